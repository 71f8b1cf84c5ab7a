"""What may be meant by a field of a need, and what speaks for it.

How much each thing counts was fitted on labelled needs by a program of `benchmarks`, and stands in
a file of ``models`` (`matcher.learnt`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Features = Mapping[str, float]


def score(features: Features, weights: Features) -> float:
    """How much more speaks for something than against it, the same in every order.

    >>> score({"near": 1.0, "unknown": 1.0}, {"near": 0.5, "far": -1.0})
    0.5
    """
    return math.fsum(weights[name] * value for name, value in features.items() if name in weights)


class Candidate(NamedTuple):
    """What may be meant, the words it was read from, and what speaks for it."""

    value: Any
    words: str
    features: Features

    def score(self, weights: Features) -> float:
        """How much more speaks for it than against it."""
        return score(self.features, weights)


def best(found: Iterable[Candidate], weights: Features) -> Candidate | None:
    """The first of those most speaks for.

    >>> one, other = Candidate(1, "", {"near": 1}), Candidate(2, "", {"far": 1})
    >>> best([one, other], {"far": 0.5}).value
    2
    """
    return max(found, key=lambda one: one.score(weights), default=None)


def sureness(value: Any, found: Iterable[Candidate], weights: Features) -> float:
    """How likely a value is meant, and no other or none, as the weights were fitted.

    >>> one, other = Candidate(1, "", {"near": 1}), Candidate(2, "", {"near": 1})
    >>> round(sureness(1, [one, other], {"near": 9.0}), 2)
    0.5
    """
    told = [(one.value, one.score(weights)) for one in found]
    most = max(0.0, *(one for _, one in told)) if told else 0.0
    every = math.fsum((math.exp(-most), *(math.exp(one - most) for _, one in told)))
    return math.fsum(math.exp(one - most) for other, one in told if other == value) / every
