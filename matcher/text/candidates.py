"""What may be meant by a field of a need, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Candidate(NamedTuple):
    """What may be meant, the words it was read from, and what speaks for it."""

    value: Any
    words: str
    features: Mapping[str, float]

    def score(self, weights: Mapping[str, float]) -> float:
        """How much more speaks for it than against it, added up in the order of its features."""
        return sum(weights.get(name, 0.0) * value for name, value in self.features.items())


def best(found: Iterable[Candidate], weights: Mapping[str, float]) -> Candidate | None:
    """The first of those most speaks for.

    >>> one, other = Candidate(1, "", {"near": 1}), Candidate(2, "", {"far": 1})
    >>> best([one, other], {"far": 0.5}).value
    2
    """
    return max(found, key=lambda one: one.score(weights), default=None)
