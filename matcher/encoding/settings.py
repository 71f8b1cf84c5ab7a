"""What a model folder says about itself: prompts, maximum length, pooling, its ONNX twin."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from matcher.errors import ModelError

Pooling: TypeAlias = Literal["mean", "cls"]

CARD = "matcher_card.toml"
_DEFAULT_LENGTH = 512


@dataclass(frozen=True)
class FolderSettings:
    """Settings of a sentence-transformers folder, the card's word going before the rest."""

    name: str
    title: str
    query_prompt: str
    passage_prompt: str
    max_length: int
    """In tokens, marks included."""
    centring: bool
    """True when ranking gains from centring vectors on the corpus mean; the index does that."""
    pooling: Pooling | None
    """None when the folder's modules are more than transformer, mean or first token, normalise."""
    onnx: Path | None
    """The twin that onnxruntime can run, when there is one."""


def read_settings(folder: Path) -> FolderSettings:
    """Read the settings files of a folder.

    Raises:
        ModelError: not a sentence-transformers folder, or a settings file cannot be read.
    """
    if not (folder / "modules.json").is_file():
        raise ModelError(
            "这个文件夹不是 sentence-transformers 模型（缺少 modules.json）",
            given=folder,
            remedy="检查路径；默认编码器用 matcher models build 建立",
        )
    card = _content(folder / CARD, tomllib.loads)
    prompts = {**_prompts(folder), **card.get("prompts", {})}
    return FolderSettings(
        name=str(card.get("name", folder.resolve().name)),
        title=str(card.get("title", "")),
        query_prompt=str(prompts.get("query", "")),
        passage_prompt=str(prompts.get("passage", prompts.get("document", ""))),
        max_length=int(card.get("max_length", _max_length(folder))),
        centring=bool(card.get("centring", False)),
        pooling=_pooling(folder),
        onnx=_onnx(folder, card.get("onnx")),
    )


def _prompts(folder: Path) -> Mapping[str, str]:
    prompts = _content(folder / "config_sentence_transformers.json").get("prompts")
    return prompts if isinstance(prompts, dict) else {}


def _max_length(folder: Path) -> int:
    given = _content(folder / "sentence_bert_config.json").get("max_seq_length")
    if given is None:
        given = _content(folder / "config.json").get("max_position_embeddings")
    return int(given or _DEFAULT_LENGTH)


def _pooling(folder: Path) -> Pooling | None:
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in modules]
    if kinds not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return None
    settings = _content(folder / str(modules[1]["path"]) / "config.json")
    named = settings.get("pooling_mode")
    if named is not None:
        return named if named in ("mean", "cls") else None
    chosen = [key for key, value in settings.items() if key.startswith("pooling_mode_") and value]
    by_key: dict[str, Pooling] = {
        "pooling_mode_mean_tokens": "mean",
        "pooling_mode_cls_token": "cls",
    }
    return by_key.get(chosen[0]) if len(chosen) == 1 else None


def _onnx(folder: Path, named: str | None) -> Path | None:
    """The card's choice, or the usual name, or the only file; never a guess among several."""
    if named is not None:
        path = folder / named
        return path if path.is_file() else None
    found = sorted((folder / "onnx").glob("*.onnx"))
    usual = folder / "onnx" / "model.onnx"
    if usual in found:
        return usual
    return found[0] if len(found) == 1 else None


def _content(path: Path, parse: Callable[[str], Any] = json.loads) -> dict[str, Any]:
    try:
        content = parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelError(
            "模型的设置文件无法读取",
            given=f"{path}: {error}",
            remedy="重新运行 matcher models build，或改正该文件",
        ) from error
    return content if isinstance(content, dict) else {}
