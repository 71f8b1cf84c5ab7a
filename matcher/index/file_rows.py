"""Arrays in files that are looked at here and there."""

from __future__ import annotations

import os
import weakref
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import IntArray


class FileRows:
    """Rows of an array in a .npy file, mapped for as long as they are looked at.

    A query looks at a few thousand exact vectors and the words of as many passages, here and there,
    and the system maps what is around them too. Kept mapped, what queries have looked at would add
    up to all of it within a few hundred of them.

    Args:
        path: the file; it is opened now, and may be removed afterwards.
    """

    def __init__(self, path: Path) -> None:
        mapped = np.load(path, mmap_mode="r")
        self.shape, self._dtype, self._offset = mapped.shape, mapped.dtype, mapped.offset
        self._descriptor = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: slice | IntArray) -> NDArray[Any]:
        """A copy of some rows."""
        mapped = mmap(self._descriptor, 0, access=ACCESS_READ)
        numbers = np.frombuffer(mapped, self._dtype, offset=self._offset)
        return np.array(numbers.reshape(self.shape)[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self[:] if dtype is None else self[:].astype(dtype)
