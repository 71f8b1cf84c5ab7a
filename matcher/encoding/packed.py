"""Reader of the packed 4-bit encoder file ("E5S1" layout).

The layout, little-endian throughout:

- magic ``E5S1``, version; width, layers, heads, inner width, embedding rows, positions, token
  types (int32 each); layer-norm epsilon (float32); block length (int32)
- tokeniser: number of pieces, ids of <s> </s> <pad> <unk> (int32), length of the piece bytes
  (uint64), piece offsets (uint32, one more than pieces), log probabilities (float32), piece bytes
- character map: entries (int32), bytes (uint32), then per entry code point (uint32), count
  (uint8) and that many replacement code points (uint32)
- tensor directory: entries (int32), then per entry name (uint16 length + bytes), kind (uint8),
  number of values (uint32), offset in the file and size in bytes (uint64)

Kind 0 is float32. Kind 1 is blocks of 32 weights: a float16 scale and 16 bytes whose low nibbles
are weights 0-15 and high nibbles weights 16-31; a weight is (nibble - 8) x scale.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matcher.arrays import FloatArray
from matcher.errors import ModelError

MAGIC = b"E5S1"
BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_FLOAT, _BLOCKS = 0, 1
_SIZES = ("width", "layers", "heads", "inner", "rows", "positions", "token_types")


@dataclass(frozen=True)
class Architecture:
    """Sizes of a BERT encoder."""

    width: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class SpecialIds:
    """Ids of the four marks every sequence needs."""

    start: int
    end: int
    padding: int
    unknown: int


class PackedModel:
    """A packed encoder file held in memory; tensors are unpacked when asked for."""

    def __init__(self, data: bytes) -> None:
        try:
            self._read(data)
        except (struct.error, ValueError, IndexError) as error:
            raise _damaged(str(error)) from error

    @classmethod
    def from_file(cls, path: Path) -> PackedModel:
        """Read the whole file.

        Raises:
            ModelError: not such a file, or damaged.
        """
        return cls(path.read_bytes())

    def _read(self, data: bytes) -> None:
        if data[:4] != MAGIC:
            raise _damaged("文件开头不是 E5S1")
        cursor = _Cursor(data, 8)
        sizes = cursor.unpack("<7i")
        epsilon, block = cursor.unpack("<fi")
        if block != BLOCK:
            raise _damaged(f"分块长度为 {block}，应为 {BLOCK}")
        self.architecture = Architecture(**dict(zip(_SIZES, sizes, strict=True)), epsilon=epsilon)
        count, start, end, padding, unknown = cursor.unpack("<5i")
        self.special = SpecialIds(start, end, padding, unknown)
        (blob_size,) = cursor.unpack("<Q")
        offsets = cursor.array("<u4", count + 1)
        self.scores: FloatArray = cursor.array("<f4", count)
        blob = cursor.take(blob_size)
        self.pieces: list[str] = [
            blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)
        ]
        self.character_map = _character_map(cursor)
        self._directory = _directory(cursor)
        self._data = data

    def tensor(self, name: str, width: int) -> FloatArray:
        """A tensor by its short name, shape (rows, width), float32.

        Raises:
            ModelError: not there, or its size does not fit.
        """
        if name not in self._directory:
            raise _damaged(f"缺少张量 {name}")
        kind, count, offset, size = self._directory[name]
        if offset + size > len(self._data):
            raise _damaged("文件不完整")
        raw = np.frombuffer(self._data, np.uint8, size, offset)
        values = unpack_blocks(raw) if kind == _BLOCKS else raw.view("<f4")
        if values.size != count or count % width:
            raise _damaged(f"张量 {name} 大小不符")
        return values.reshape(-1, width).astype(np.float32, copy=False)


def unpack_blocks(raw: npt.NDArray[np.uint8]) -> FloatArray:
    """Weights of consecutive 4-bit blocks: bytes (18 n,) -> float32 (32 n,)."""
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    values: FloatArray = (nibbles.astype(np.float32) - 8.0) * scales
    return values.reshape(-1)


class _Cursor:
    """Reads onwards through the bytes; running past the end is an error, never a short read."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._position = position

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def array(self, kind: str, count: int) -> FloatArray:
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), kind)

    def take(self, size: int) -> bytes:
        end = self._position + size
        if size < 0 or end > len(self._data):
            raise ValueError("文件不完整")
        part = self._data[self._position : end]
        self._position = end
        return part


def _character_map(cursor: _Cursor) -> dict[str, str]:
    entries, size = cursor.unpack("<iI")
    part = _Cursor(cursor.take(size), 0)
    mapping = {}
    for _ in range(entries):
        code, length = part.unpack("<IB")
        mapping[chr(code)] = "".join(map(chr, part.unpack(f"<{length}I")))
    return mapping


def _directory(cursor: _Cursor) -> Mapping[str, tuple[int, int, int, int]]:
    (entries,) = cursor.unpack("<i")
    directory = {}
    for _ in range(entries):
        (length,) = cursor.unpack("<H")
        name = cursor.take(length).decode("utf-8")
        kind, count, offset, size = cursor.unpack("<BIQQ")
        if kind not in (_FLOAT, _BLOCKS):
            raise ValueError(f"张量 {name} 的类型 {kind} 未知")
        directory[name] = (kind, count, offset, size)
    return directory


def _damaged(why: str) -> ModelError:
    return ModelError(
        f"权重文件无法解读：{why}",
        expected="E5S1 格式的完整文件",
        remedy="重新运行 matcher models build",
    )
