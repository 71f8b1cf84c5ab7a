"""A change of the two sides, learnt from grades: what a question asks and what a team says.

The encoder knows what is alike; readers say who can do it. So the vectors of a question and those
of phrases are each changed a little (a matrix of low rank) before they are compared. It costs no
pass of the encoder, and more phrases still never lower anything.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.arithmetic import on_grid, products, unit
from matcher.arrays import FloatArray, WideArray
from matcher.ranking.likeness import best_and_three

# How much title, text and both count.
ROWS = (0.15, 0.3, 0.55)
# Weights are whole multiples of 2**-14, and so small that all sums are exact.
PLACES = 14
_MOST = 2.0
_BETWEEN = 20
_PARTS = ("asked_down", "asked_up", "said_down", "said_up")


@dataclass(frozen=True, eq=False)
class Sides:
    """What is added to vectors: ``v + (v @ down) @ up.T``, each (dim, rank)."""

    asked_down: WideArray
    asked_up: WideArray
    said_down: WideArray
    said_up: WideArray

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sides) and self.content() == other.content()

    def __hash__(self) -> int:
        return hash(tuple(self.content().values()))

    @property
    def dimension(self) -> int:
        """Of the vectors it changes."""
        return len(self.asked_down)

    def compare(self, asked: FloatArray, spoken: Sequence[FloatArray]) -> FloatArray:
        """How near documents come to a question, once both are changed: (k,).

        Args:
            asked: (at least 3, dim) of title, text and both, centred unit vectors on the grid.
            spoken: of each document the phrases, the same.
        """
        counts = [len(vectors) for vectors in spoken]
        if not sum(counts):
            return np.zeros(len(counts), dtype=np.float32)
        question = changed(asked[: len(ROWS)], self.asked_down, self.asked_up)
        said = changed(np.concatenate(spoken), self.said_down, self.said_up)
        near = best_and_three(products(question, said.T), counts)
        sums = sum(weight * row.sum(axis=1) for weight, row in zip(ROWS, near, strict=True))
        return np.asarray(np.where(counts, sums, 0.0), dtype=np.float32)

    def content(self) -> dict[str, Any]:
        """For a file; see `sides_of`."""
        written = {name: getattr(self, name) * 2**PLACES for name in _PARTS}
        return {
            "rank": self.asked_down.shape[1],
            **{
                name: base64.b64encode(values.astype("<i2").tobytes()).decode("ascii")
                for name, values in written.items()
            },
        }


def sides_of(content: Mapping[str, Any]) -> Sides:
    """Sides from what `Sides.content` gave.

    Raises:
        ValueError, KeyError, TypeError: it is not that.
    """
    rank = int(content["rank"])
    read = [np.frombuffer(base64.b64decode(content[name]), "<i2") for name in _PARTS]
    if len({len(values) for values in read}) != 1 or not rank or not len(read[0]):
        raise ValueError("sides")
    return Sides(*(values.reshape(-1, rank) / 2.0**PLACES for values in read))


def kept(weights: WideArray) -> WideArray:
    """Weights as a file holds them."""
    return on_grid(np.clip(weights.astype(np.float64), -_MOST + 0.01, _MOST - 0.01), PLACES)


def changed(vectors: FloatArray, down: WideArray, up: WideArray) -> FloatArray:
    """Unit vectors of one side, changed: the same, alone or among others."""
    lower = on_grid(products(vectors, down), _BETWEEN)
    return on_grid(unit(np.asarray(vectors + products(lower, up.T))))
