"""Learns from grades how a question and what teams say are to be changed before they are compared.

Beside the score of the curves, which stays as it is, the changed likeness must put the teams of a
list into the order of their grades (ListNet, as for the curves).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import FloatArray, IntArray, WideArray
from matcher.ranking.sides import ROWS, Sides, kept

RANK = 16
# Beyond these, by the curves, a candidate counts only if somebody judged it.
_CANDIDATES = 40
_EPOCHS, _BATCH, _RATE, _WARM_UP = 4, 8, 2e-3, 10
_LONGEST = 1.0
# Two numbers may go faster than thousands.
_FASTER = 2.5
_ALPHA, _BETA = 3.0, 0.65
# The likeness has seen these grades, so it is worth less elsewhere than it seems here.
_SHRUNK = 0.5


@dataclass(frozen=True)
class Lesson:
    """One list: (3, dim) asked, phrases of all candidates with their owners, and what is wanted."""

    asked: FloatArray
    said: FloatArray
    owners: IntArray
    base: FloatArray
    wanted: FloatArray
    weight: float


def lesson(
    asked: FloatArray, spoken: Sequence[FloatArray], base: WideArray, judged: NDArray[np.bool_],
    gains: WideArray, weight: float,
) -> Lesson | None:  # fmt: skip
    """A list with a team that is worth something, cut to its best and those judged."""
    order = np.argsort(-base, kind="stable")
    chosen = [
        int(place)
        for rank, place in enumerate(order)
        if len(spoken[place]) and (rank < _CANDIDATES or judged[place])
    ]
    gained = gains[chosen]
    if len(chosen) < 2 or not gained.any():
        return None
    counts = [len(spoken[place]) for place in chosen]
    return Lesson(
        asked=asked[: len(ROWS)].astype(np.float32),
        said=np.concatenate([spoken[place] for place in chosen]).astype(np.float32),
        owners=np.repeat(np.arange(len(chosen)), counts),
        base=base[chosen].astype(np.float32),
        wanted=(gained / gained.sum()).astype(np.float32),
        weight=weight,
    )


def learn_sides(lessons: Sequence[Lesson]) -> tuple[Sides, float]:
    """Sides, and what a unit of their likeness is worth in the score of the curves."""
    drawn = np.random.default_rng(0)
    size = lessons[0].asked.shape[1]
    wide = 1 / np.sqrt(size)
    weights = np.zeros((4, size, RANK), dtype=np.float32)
    weights[::2] = drawn.uniform(-wide, wide, (2, size, RANK))
    scale = np.array([_ALPHA, _BETA], dtype=np.float32)
    length = _EPOCHS * max(1, len(lessons) // _BATCH)
    steps = _Steps(length), _Steps(length)
    for _ in range(_EPOCHS):
        order = drawn.permutation(len(lessons))
        for start in range(0, max(1, len(order) - _BATCH + 1), _BATCH):
            found = [_slopes(weights, scale, lessons[n]) for n in order[start : start + _BATCH]]
            by_weights, by_scale = (sum(one) / _BATCH for one in zip(*found, strict=True))
            cut = min(1.0, _LONGEST / max(1e-9, float(np.sqrt((by_weights**2).sum()))))
            weights -= steps[0].step(by_weights * np.float32(cut))
            scale -= _FASTER * steps[1].step(by_scale)
    alpha, beta = scale.tolist()
    worth = round(max(0.0, _SHRUNK * alpha / max(beta, _BETA / 4)), 3)
    return Sides(*(kept(one.astype(np.float64)) for one in weights)), worth


class _Steps:
    """Adam (Kingma & Ba 2015), its rate rising shortly and then falling."""

    def __init__(self, length: int) -> None:
        self.length, self.taken = length, 0
        self.mean = self.square = np.zeros((), dtype=np.float32)

    def step(self, slope: FloatArray) -> FloatArray:
        """How far to go down."""
        self.taken += 1
        fallen = 0.475 * (1 + np.cos(np.pi * min(1.0, self.taken / self.length))) + 0.05
        rate = _RATE * min(1.0, self.taken / _WARM_UP) * fallen
        self.mean = np.asarray(0.9 * self.mean + 0.1 * slope)
        self.square = np.asarray(0.999 * self.square + 0.001 * slope * slope)
        spread = np.sqrt(self.square / (1 - 0.999**self.taken)) + 1e-8
        return np.asarray(rate / (1 - 0.9**self.taken) * self.mean / spread, dtype=np.float32)


def _slopes(weights: FloatArray, scale: FloatArray, one: Lesson) -> tuple[FloatArray, FloatArray]:
    """Of the loss of one list, by weights and by scale."""
    asked_down, asked_up, said_down, said_up = weights
    alpha, beta = scale
    asked, asked_low, asked_long = _bent(one.asked, asked_down, asked_up)
    said, said_low, said_long = _bent(one.said, said_down, said_up)
    cosines = asked @ said.T
    near, shares = _near(cosines, one.owners)
    scores = alpha * near + beta * one.base
    chances = np.exp(scores - scores.max())
    off = one.weight * (chances / chances.sum() - one.wanted)
    by_cosine = shares * (alpha * off)[one.owners]
    by_asked = _unbent(by_cosine @ said, asked, asked_long)
    by_said = _unbent(by_cosine.T @ asked, said, said_long)
    by_weights = [
        one.asked.T @ (by_asked @ asked_up), by_asked.T @ asked_low,
        one.said.T @ (by_said @ said_up), by_said.T @ said_low,
    ]  # fmt: skip
    return np.stack(by_weights), np.array([off @ near, off @ one.base], dtype=np.float32)


def _bent(
    vectors: FloatArray, down: FloatArray, up: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Changed unit vectors, what they were in the low dimensions, and how long."""
    low = vectors @ down
    moved = vectors + low @ up.T
    long = np.sqrt((moved * moved).sum(axis=1, keepdims=True))
    return moved / long, low, long


def _unbent(slope: FloatArray, turned: FloatArray, long: FloatArray) -> FloatArray:
    """By a vector before it was scaled to one."""
    return np.asarray((slope - (slope * turned).sum(axis=1, keepdims=True) * turned) / long)


def _near(cosines: FloatArray, owners: IntArray) -> tuple[FloatArray, FloatArray]:
    """Likeness of each candidate, and what each cosine has of it: as `Sides.compare`."""
    near = np.zeros(int(owners[-1]) + 1, dtype=np.float32)
    shares = np.zeros_like(cosines)
    starts = np.searchsorted(owners, np.arange(len(near)))
    for weight, row, share in zip(ROWS, cosines, shares, strict=True):
        order = np.lexsort((-row, owners))
        rank = np.arange(len(order)) - starts[owners[order]]
        share[order[rank == 0]] += weight
        three = order[(rank < 3) & (row[order] > 0)]
        share[three] += weight / 3
        np.add.at(near, owners, share * row)
    return near, shares
