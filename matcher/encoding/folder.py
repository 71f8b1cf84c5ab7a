"""Writes a sentence-transformers folder: settings, weights, tokeniser and ONNX twin."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matcher.arrays import FloatArray, IntArray
from matcher.encoding.onnx_graph import Weights, write_onnx
from matcher.encoding.packed import Architecture, PackedModel
from matcher.encoding.recipe import Recipe

ONNX_FILE = "onnx/model_int8.onnx"
WEIGHTS_FILE = "model.safetensors"
CARD_FILE = "matcher_card.toml"

_LAYER_PARTS = {
    "attention.self.query": ("q", "width"),
    "attention.self.key": ("k", "width"),
    "attention.self.value": ("v", "width"),
    "attention.output.dense": ("ao", "width"),
    "intermediate.dense": ("fi", "width"),
    "output.dense": ("fo", "inner"),
}
_LAYER_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


def bert_weights(packed: PackedModel, rows: IntArray) -> dict[str, FloatArray]:
    """The packed tensors under BertModel names, word vectors only of the given rows."""
    sizes = packed.architecture
    width = sizes.width
    weights = {
        "embeddings.word_embeddings.weight": packed.tensor("emb.word", width)[rows],
        "embeddings.position_embeddings.weight": packed.tensor("emb.pos", width),
        "embeddings.token_type_embeddings.weight": packed.tensor("emb.type", width),
        "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w", width)[0],
        "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b", width)[0],
    }
    for layer in range(sizes.layers):
        prefix = f"encoder.layer.{layer}."
        for name, (short, columns) in _LAYER_PARTS.items():
            stem = f"l{layer}.{short}"
            weights[f"{prefix}{name}.weight"] = packed.tensor(f"{stem}.w", getattr(sizes, columns))
            weights[f"{prefix}{name}.bias"] = packed.tensor(f"{stem}.b", 1)[:, 0]
        for name, short in _LAYER_NORMS.items():
            stem = f"l{layer}.{short}"
            weights[f"{prefix}{name}.weight"] = packed.tensor(f"{stem}.w", width)[0]
            weights[f"{prefix}{name}.bias"] = packed.tensor(f"{stem}.b", width)[0]
    # No sentence vector uses the pooler; without it transformers warns of missing weights.
    weights["pooler.dense.weight"] = np.zeros((width, width), np.float32)
    weights["pooler.dense.bias"] = np.zeros(width, np.float32)
    return weights


def write_weights(folder: Path, weights: Weights, architecture: Architecture) -> None:
    """Save float32 ``model.safetensors`` and its 8-bit ONNX twin."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in weights.items()}
    # Not save_file: it makes a file only its owner may read, and a models folder may be shared.
    (folder / WEIGHTS_FILE).write_bytes(save(contiguous, metadata={"format": "pt"}))
    (folder / ONNX_FILE).parent.mkdir(exist_ok=True)
    write_onnx(folder / ONNX_FILE, weights, architecture)


def write_settings(
    folder: Path,
    recipe: Recipe,
    architecture: Architecture,
    tokenizer: Mapping[str, Any],
    padding: int,
) -> None:
    """Save every settings file sentence-transformers looks for, and the card of ours."""
    _write_json(folder / "config.json", _bert_settings(architecture, padding, tokenizer))
    _write_json(folder / "tokenizer_config.json", tokenizer)
    _write_json(folder / "modules.json", _modules())
    _write_json(
        folder / "sentence_bert_config.json",
        {"max_seq_length": recipe.max_length, "do_lower_case": False},
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "prompts": dict(recipe.prompts),
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    (folder / "1_Pooling").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {
            "word_embedding_dimension": architecture.width,
            "pooling_mode_cls_token": recipe.pooling == "cls",
            "pooling_mode_mean_tokens": recipe.pooling == "mean",
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
    )
    (folder / CARD_FILE).write_text(_card(recipe), encoding="utf-8")


def _bert_settings(
    sizes: Architecture, padding: int, tokenizer: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": sizes.rows,
        "hidden_size": sizes.width,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.inner,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.token_types,
        "layer_norm_eps": round(sizes.epsilon, 15),
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": padding,
        "dtype": "float32",
        "torch_dtype": "float32",
    }


def _modules() -> list[dict[str, Any]]:
    kinds = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return [
        {
            "idx": number,
            "name": str(number),
            "path": path,
            "type": f"sentence_transformers.models.{kind}",
        }
        for number, (path, kind) in enumerate(kinds)
    ]


def _card(recipe: Recipe) -> str:
    """The settings sentence-transformers has no file for, and the origin of the weights."""
    return "\n".join(
        [
            "# 本文件由 matcher models build 写出；各项设置供 matcher 读取。",
            f"name = {json.dumps(recipe.name, ensure_ascii=False)}",
            f"title = {json.dumps(recipe.title, ensure_ascii=False)}",
            f'origin = "{recipe.origin}"',
            f'licence = "{recipe.licence}"',
            f"max_length = {recipe.max_length}",
            f"centring = {str(recipe.centring).lower()}",
            f'onnx = "{ONNX_FILE}"',
            "",
            "[prompts]",
            *(f"{role} = {json.dumps(text)}" for role, text in sorted(recipe.prompts.items())),
            "",
        ]
    )


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
