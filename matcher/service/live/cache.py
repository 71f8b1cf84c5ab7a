"""Results kept in memory while they hold, each computed once however many ask at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")


class Cache:
    """The results asked for last, by key.

    >>> cache = Cache(10)
    >>> cache.get(("a", 1), lambda: 5), cache.get(("a", 1), lambda: 6)
    (5, 5)
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, key: Hashable) -> bool:
        """Whether there is, or soon will be, a result for a key."""
        with self._lock:
            return key in self._kept

    def only(self, wanted: Callable[[Hashable, Any], bool]) -> Cache:
        """A cache of those results that are there and wanted."""
        kept = Cache(self._most)
        with self._lock:
            there = [(key, one) for key, one in self._kept.items()
                     if one.done() and one.exception() is None]  # fmt: skip
        kept._kept.update((key, one) for key, one in there if wanted(key, one.result()))
        return kept

    def get(self, key: Hashable, work: Callable[[], _T]) -> _T:
        """The result of ``work`` for a key. Who asks meanwhile waits; an error is not kept."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
            else:
                mine: Future[Any] = Future()
                self._kept[key] = mine
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        if known is not None:
            found: _T = known.result()
            return found
        try:
            made = work()
        except BaseException as error:
            with self._lock:
                if self._kept.get(key) is mine:
                    del self._kept[key]
            mine.set_exception(error)
            raise
        mine.set_result(made)
        return made
