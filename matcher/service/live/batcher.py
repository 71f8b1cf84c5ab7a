"""Matchings done in a few threads, and rankings asked for at the same time made together.

Over a large library most of the time of a ranking goes into looking through all passages; several
challenges looked up together pass over them once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from matcher.index.documents import Filter
from matcher.matches import Failure, Ranking
from matcher.pipeline import Matcher
from matcher.records import Challenge

_T = TypeVar("_T")
# Rankings made together: the later ones wait for the earlier ones' share of the work.
MOST_TOGETHER = 16


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    challenge: Challenge
    answer: Future[Ranking | Failure] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What rankings must share to be made together."""

    matcher: int
    top: int
    where: Filter


class Batcher:
    """The matching of a service: so many at once, the rest waits and is gathered meanwhile.

    The teams of a challenge take a tenth of a second, the challenges of a team seconds: each kind
    waits for its own only.

    Args:
        threads: how many matchings of a kind run at once.
    """

    def __init__(self, threads: int) -> None:
        self._ranking = ThreadPoolExecutor(threads, thread_name_prefix="ranking")
        self._matching = ThreadPoolExecutor(threads, thread_name_prefix="matching")
        self._lock = threading.Lock()
        self._waiting: dict[_Kind, tuple[Matcher, list[_Asked]]] = {}
        self._under_way = 0

    @property
    def busy(self) -> bool:
        """Whether somebody is waiting for a matching."""
        return self._under_way > 0

    def do(self, work: Callable[[], _T]) -> _T:
        """The result of some matching, done when a thread is free."""
        with self._counted():
            return self._matching.submit(work).result()

    def rank(self, matcher: Matcher, challenge: Challenge, top: int, where: Filter) -> Ranking:
        """As `Matcher.rank`, together with what else waits for the same matcher and filter.

        Raises:
            InputError: there is no text to match.
        """
        asked = _Asked(challenge)
        kind = _Kind(id(matcher), top, where)
        with self._lock:
            self._waiting.setdefault(kind, (matcher, []))[1].append(asked)
        with self._counted():
            self._ranking.submit(self._next)
            found = asked.answer.result()
        if isinstance(found, Failure):
            raise found.error
        return found

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._ranking, self._matching):
            pool.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def _next(self) -> None:
        """Make the rankings of the kind that has waited longest; nothing if others made them."""
        with self._lock:
            if not self._waiting:
                return
            kind, (matcher, waiting) = next(iter(self._waiting.items()))
            del self._waiting[kind]
            mine, rest = waiting[:MOST_TOGETHER], waiting[MOST_TOGETHER:]
            if rest:
                self._waiting[kind] = matcher, rest
        challenges = [asked.challenge for asked in mine]
        try:
            made = matcher.rankings(challenges, kind.top, kind.where)
            for asked, found in zip(mine, made, strict=True):
                asked.answer.set_result(found)
        except BaseException as error:
            for asked in mine:
                if not asked.answer.done():
                    asked.answer.set_exception(error)
