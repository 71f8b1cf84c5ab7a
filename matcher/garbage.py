"""Python looks for cycles of garbage less often while thousands of records are made.

Records, rows and texts form no cycles, and the collector looks at all that are alive again and
again: a fifth of the time of reading a large table.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# Objects made between two looks; Python's own choice is 700.
_SELDOM = 20_000
_LOCK = Lock()
_within = 0
_usual = gc.get_threshold()


@contextmanager
def collected_seldom() -> Iterator[None]:
    """While several threads are within, the last one to leave sets things back."""
    global _within, _usual  # noqa: PLW0603 -- the collector is one for the whole process
    with _LOCK:
        if not _within:
            _usual = gc.get_threshold()
            gc.set_threshold(max(_SELDOM, _usual[0]) if _usual[0] else 0, *_usual[1:])
        _within += 1
    try:
        yield
    finally:
        with _LOCK:
            _within -= 1
            if not _within:
                gc.set_threshold(*_usual)


def collect_seldom() -> None:
    """The same until this process ends: for processes that do nothing else."""
    gc.set_threshold(_SELDOM, *gc.get_threshold()[1:])
