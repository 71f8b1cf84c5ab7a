"""Low-rank changes of an encoder's weights, merged when it is built.

The file holds for each changed layer ``<layer>.down`` (rank, in) and ``<layer>.up`` (out, rank) in
float16; the layer's weight grows by up @ down (Hu et al. 2021, "LoRA"). `benchmarks/teach.py`
makes it.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from matcher.arithmetic import products
from matcher.encoding.archive import file_sha256
from matcher.encoding.recipe import Changes
from matcher.errors import ModelError

Weights: TypeAlias = dict[str, npt.NDArray[np.float32]]

_DOWN, _UP = ".down", ".up"


def taught(weights: Weights, changes: Changes | None) -> Weights:
    """The weights with the changes added; the same bits on every processor.

    Raises:
        ModelError: the file is missing, is not the one the recipe names, or does not fit.
    """
    if changes is None:
        return weights
    parts = _read(changes)
    changed = dict(weights)
    for name in sorted(part for part in parts if part.endswith(_DOWN)):
        layer = name.removesuffix(_DOWN)
        kept = f"{layer}.weight"
        down, up = parts[name], parts.get(layer + _UP)
        if up is None or kept not in weights or (len(up), down.shape[1]) != weights[kept].shape:
            raise _unusable(changes, f"{layer} 与编码器不符")
        # float16 below 1 is on the grid of 2**-24, so that the sums are exact.
        added = products(up.astype(np.float64), down.astype(np.float64))
        changed[kept] = np.asarray(weights[kept] + added, dtype=np.float32)
    return changed


def _read(changes: Changes) -> dict[str, npt.NDArray[np.float16]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    if not changes.path.is_file():
        raise _unusable(changes, "文件不存在")
    if file_sha256(changes.path) != changes.sha256:
        raise _unusable(changes, "与配方记录的校验值不符")
    try:
        return dict(load_file(changes.path))
    except SafetensorError as error:
        raise _unusable(changes, str(error)) from error


def _unusable(changes: Changes, why: str) -> ModelError:
    return ModelError(
        "编码器学到的改动无法使用",
        given=f"{changes.path.name}: {why}",
        expected=f"sha256 {changes.sha256}",
        remedy="重新安装 jiebang-matcher 后再运行 matcher models build",
    )
