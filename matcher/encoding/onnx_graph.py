"""Writes a BERT encoder as an ONNX graph with 8-bit weights.

Why not onnxruntime's own dynamic quantisation: it takes one activation scale for a whole batch,
so a text's vector changes with its neighbours (cosine .9965 on this model) and the average
cosine to float32 is .995. Here every token row has its own scale: .999, and a text gives the same
vector alone, in a batch and under padding. The price is about 15% of the speed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.arrays import FloatArray
from matcher.encoding.packed import Architecture

Weights = Mapping[str, FloatArray]
"""Tensors under their names in a BertModel checkpoint."""

_FUSED = "com.microsoft"
_OPSET, _FUSED_OPSET, _FORMAT = 21, 1, 10
_ZERO = 128  # unsigned activations: the signed kernel is many times slower on CPUs with VNNI


def write_onnx(path: Path, weights: Weights, architecture: Architecture) -> None:
    """Save the graph.

    Inputs ``input_ids`` and ``attention_mask`` are int64 (batch, tokens); the output
    ``last_hidden_state`` is float32 (batch, tokens, width). Pooling is left to the caller.
    """
    path.write_bytes(_Graph(weights, architecture).model())


def quantise_columns(
    matrix: FloatArray,
) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """Symmetric 8-bit weights (in, out) with one scale an output column, (out,)."""
    largest = np.maximum(np.abs(matrix).max(axis=0), np.float32(1e-12))
    scales = (largest / np.float32(127)).astype(np.float32)
    return np.rint(matrix / scales).astype(np.int8), scales


class _Graph:
    """Collects the nodes and constants of one model."""

    def __init__(self, weights: Weights, architecture: Architecture) -> None:
        self._weights = weights
        self._sizes = architecture
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}

    def model(self) -> bytes:
        """The serialised model."""
        from onnx import TensorProto, helper

        hidden = self._embeddings()
        for layer in range(self._sizes.layers):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        self._op("Reshape", [hidden, "shape_hidden"], "last_hidden_state")
        axes = ["batch", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, axes)
                for name in ("input_ids", "attention_mask")
            ],
            [
                helper.make_tensor_value_info(
                    "last_hidden_state", TensorProto.FLOAT, [*axes, self._sizes.width]
                )
            ],
            list(self._constants.values()),
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, _FUSED_OPSET)]
        made = helper.make_model(
            graph, opset_imports=opsets, ir_version=_FORMAT, producer_name="jiebang-matcher"
        )
        return bytes(made.SerializeToString(deterministic=True))

    def _embeddings(self) -> str:
        """Word + position + type vectors, normalised; (batch x tokens, width)."""
        sizes = self._sizes
        words, scales = quantise_columns(self._weights["embeddings.word_embeddings.weight"].T)
        positions = (
            self._weights["embeddings.position_embeddings.weight"]
            + self._weights["embeddings.token_type_embeddings.weight"][:1]
        )
        self._op("Gather", [self._const("words", words.T), "input_ids"], "word_bytes")
        self._op("Gather", [self._const("word_scales", scales[:, None]), "input_ids"], "scales")
        self._op("Cast", ["word_bytes"], "word_floats", to=1)
        self._op("Mul", ["word_floats", "scales"], "word_vectors")
        self._shapes()
        self._op("Slice", [self._const("positions", positions), "zero", "length"], "position")
        self._op("Add", ["word_vectors", "position"], "embedded")
        self._op(
            "LayerNormalization",
            ["embedded", *self._norm("embeddings.LayerNorm.")],
            "normed",
            epsilon=sizes.epsilon,
        )
        return self._op("Reshape", ["normed", "flat"], "hidden")

    def _shapes(self) -> None:
        width = self._sizes.width
        self._const("zero", np.array([0], np.int64))
        self._const("flat", np.array([-1, width], np.int64))
        self._const("last_axis", np.array([-1], np.int64))
        self._const("tiny", np.float32(1e-12))
        self._const("per_step", np.float32(1 / 127))
        self._const("unit", np.float32(1))
        self._const("activation_zero", np.array(_ZERO, np.uint8))
        self._op("Shape", ["input_ids"], "shape")
        self._op("Gather", ["shape", self._const("second", np.array([1], np.int64))], "length")
        for name, last in (("shape_hidden", width), ("shape_attention", 3 * width)):
            self._op("Concat", ["shape", self._const(f"{name}_", np.array([last]))], name, axis=0)
        self._op("Cast", ["attention_mask"], "mask", to=6)

    def _layer(self, hidden: str, prefix: str) -> str:
        """One transformer layer on (batch x tokens, width)."""
        attended = self._attention(hidden, prefix)
        mixed = self._dense(attended, [prefix + "attention.output.dense"])
        middle = self._add_norm(mixed, hidden, prefix + "attention.output.")
        inner = self._dense(middle, [prefix + "intermediate.dense"])
        active = self._op(
            "BiasGelu",
            [inner, self._bias([prefix + "intermediate.dense"])],
            inner + ".active",
            _FUSED,
        )
        outer = self._dense(active, [prefix + "output.dense"])
        return self._add_norm(outer, middle, prefix + "output.")

    def _attention(self, hidden: str, prefix: str) -> str:
        names = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
        joint = self._dense(hidden, names)
        self._op("Reshape", [joint, "shape_attention"], joint + ".cube")
        parts = [f"{joint}.{part}" for part in "qkv"]
        self._node("Split", [joint + ".cube"], parts, "", axis=2, num_outputs=3)
        out = self._op(
            "MultiHeadAttention",
            [*parts, self._bias(names), "mask"],
            joint + ".attended",
            _FUSED,
            num_heads=self._sizes.heads,
        )
        return self._op("Reshape", [out, "flat"], out + ".flat")

    def _dense(self, source: str, names: list[str]) -> str:
        """Rows times 8-bit weights, each row with its own scale; the bias is added later."""
        name = names[0] + ".product"
        matrix = np.concatenate([self._weights[n + ".weight"] for n in names]).T
        quantised, scales = quantise_columns(matrix)
        rows, row_scales = self._quantised_rows(source)
        self._op(
            "MatMulIntegerToFloat",
            [
                rows,
                self._const(name + ".weights", quantised),
                "unit",
                self._const(name + ".scales", scales),
                "activation_zero",
                self._const(name + ".zeros", np.zeros(len(scales), np.int8)),
            ],
            name + ".unscaled",
            _FUSED,
        )
        return self._op("Mul", [name + ".unscaled", row_scales], name)

    def _quantised_rows(self, source: str) -> tuple[str, str]:
        """8-bit rows of (n, k) and their scales (n, 1)."""
        from onnx import TensorProto, helper

        self._op("Abs", [source], source + ".abs")
        self._op("ReduceMax", [source + ".abs", "last_axis"], source + ".largest", keepdims=1)
        self._op("Max", [source + ".largest", "tiny"], source + ".range")
        column = self._op("Mul", [source + ".range", "per_step"], source + ".scale")
        flat = self._op("Squeeze", [column, "last_axis"], column + ".flat")
        self._op("Shape", [flat], flat + ".shape")
        zero = helper.make_tensor("value", TensorProto.UINT8, [1], [_ZERO])
        zeros = self._op("ConstantOfShape", [flat + ".shape"], flat + ".zeros", value=zero)
        rows = self._op("QuantizeLinear", [source, flat, zeros], source + ".bytes", axis=0)
        return rows, column

    def _add_norm(self, change: str, base: str, prefix: str) -> str:
        """LayerNorm(base + change + bias)."""
        scale, shift = self._norm(prefix + "LayerNorm.")
        return self._op(
            "SkipLayerNormalization",
            [change, base, scale, shift, self._bias([prefix + "dense"])],
            prefix + "normed",
            _FUSED,
            epsilon=self._sizes.epsilon,
        )

    def _norm(self, prefix: str) -> tuple[str, str]:
        return (
            self._const(prefix + "weight", self._weights[prefix + "weight"]),
            self._const(prefix + "bias", self._weights[prefix + "bias"]),
        )

    def _bias(self, names: list[str]) -> str:
        joint = np.concatenate([self._weights[name + ".bias"] for name in names])
        return self._const(names[0] + ".bias", joint)

    def _const(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self._constants[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def _op(self, kind: str, inputs: list[str], output: str, domain: str = "", **given: Any) -> str:
        self._node(kind, inputs, [output], domain, **given)
        return output

    def _node(
        self, kind: str, inputs: list[str], outputs: list[str], domain: str, **given: Any
    ) -> None:
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **given))
