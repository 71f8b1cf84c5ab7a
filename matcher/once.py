"""Results kept in memory while they hold, each computed once however many ask at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar

_A = TypeVar("_A")
_K = TypeVar("_K", bound=Hashable)
_T = TypeVar("_T")


class Once:
    """The results asked for last, by key.

    >>> once = Once(10)
    >>> once.get(("a", 1), lambda: 5), once.get(("a", 1), lambda: 6)
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

    def only(self, wanted: Callable[[Hashable, Any], bool]) -> Once:
        """A cache of those results that are there and wanted."""
        kept = Once(self._most)
        with self._lock:
            there = [(key, one) for key, one in self._kept.items()
                     if one.done() and one.exception() is None]  # fmt: skip
        kept._kept.update((key, one) for key, one in there if wanted(key, one.result()))
        return kept

    def get(self, key: Hashable, work: Callable[[], _T]) -> _T:
        """The result of ``work`` for a key. Who asks meanwhile waits; an error is not kept."""
        return self.several({key: None}, lambda _: [work()])[0]

    def several(
        self, wanted: Mapping[_K, _A], work: Callable[[list[_A]], Iterable[_T]]
    ) -> list[_T]:
        """The results for some keys; those that nobody has begun are made together.

        Args:
            wanted: key to what it is made of.
            work: makes the results of what it is given, in order.
        """
        mine: dict[_K, Future[Any]] = {}
        found: list[Future[Any]] = []
        with self._lock:
            for key in wanted:
                if key in self._kept:
                    self._kept.move_to_end(key)
                else:
                    mine[key] = self._kept[key] = Future()
                found.append(self._kept[key])
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if mine:
            self._make(mine, lambda: work([wanted[key] for key in mine]))
        return [one.result() for one in found]

    def _make(self, mine: Mapping[_K, Future[Any]], work: Callable[[], Iterable[_T]]) -> None:
        try:
            for future, made in zip(mine.values(), work(), strict=True):
                future.set_result(made)
        except BaseException as error:
            with self._lock:
                for key, future in mine.items():
                    if not future.done() and self._kept.get(key) is future:
                        del self._kept[key]
            for future in mine.values():
                if not future.done():
                    future.set_exception(error)
            raise
