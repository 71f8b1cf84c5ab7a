"""The passages' vectors: exact ones on disk, and codes of one byte a number to look through first.

A vector is stored as ``centre + scale * codes`` with whole numbers from -127 to 127; sentence
vectors share a large common part, and codes of what is left are three times as fine. What they
leave out is known for every passage (``errors``), so a product with the codes says within which
bounds the exact product lies: looking through the codes finds everything the exact vectors would.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import lengths, on_grid
from matcher.arrays import FloatArray
from matcher.index.file_rows import FileRows

# Rows converted together: their float32 copy stays in the cache of one core.
_BLOCK = 1024


@dataclass(frozen=True)
class Vectors:
    """Vectors of ``n`` passages of one segment.

    Attributes:
        exact: (n, dim) float16, as the store keeps them; in memory or in a file.
        centre: (dim,) their mean, on the grid of `matcher.arithmetic`.
        codes: (n, dim) int8.
        scales: (n,) what one step of a code is worth.
        errors: (n,) length of what the codes leave out.
        sizes: (n,) length of what the codes say.
    """

    exact: NDArray[np.float16] | FileRows
    centre: FloatArray
    codes: NDArray[np.int8]
    scales: FloatArray
    errors: FloatArray
    sizes: FloatArray

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def build(cls, exact: NDArray[np.float16]) -> Vectors:
        """Code vectors, block by block."""
        codes = np.empty(exact.shape, dtype=np.int8)
        scales, errors, sizes = np.empty((3, len(exact)), dtype=np.float32)
        spans = [slice(low, low + _BLOCK) for low in range(0, len(exact), _BLOCK)]
        total = sum((widened(exact[span]).sum(axis=0, dtype=np.float64) for span in spans),
                    np.zeros(exact.shape[1]))  # fmt: skip
        centre = on_grid(total / max(len(exact), 1)).astype(np.float32)
        for span in spans:
            codes[span], scales[span], errors[span] = coded(widened(exact[span]) - centre)
            said = codes[span].astype(np.float32)
            sizes[span] = lengths(said) * scales[span]
        return cls(exact, centre, codes, scales, errors, sizes)


def coded(rows: FloatArray) -> tuple[NDArray[np.int8], FloatArray, FloatArray]:
    """Codes of vectors, what a step of each one's codes is worth, and how long their errors are."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-6) / np.float32(127)
    codes = np.rint(rows / scales[:, None]).astype(np.int8)
    errors = lengths(rows - codes * scales[:, None])
    return codes, scales, errors


def widened(rows: NDArray[np.float16]) -> FloatArray:
    """The same numbers as float32; numpy takes ten times as long."""
    import numkong

    if not rows.size:
        return rows.astype(np.float32)
    return np.asarray(numkong.astype(np.ascontiguousarray(rows), "float32"))


class CodedQueries:
    """Queries in codes, to be held against the codes of passages.

    Whole numbers are added up without rounding: the products do not depend on how many queries or
    passages are looked at together, nor on the processor.

    Attributes:
        scales, errors: (q,) as of `coded`.
    """

    def __init__(self, queries: FloatArray) -> None:
        import numkong

        codes, self.scales, self.errors = coded(queries)
        self._packed = numkong.dots_pack(codes)
        self._product = numkong.dots_packed

    def products(self, codes: NDArray[np.int8]) -> NDArray[np.int32]:
        """Products of the codes of passages and queries: shape (n, q)."""
        return np.asarray(self._product(codes, self._packed))
