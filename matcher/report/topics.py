"""Challenges and teams on one plane by what they are about: where demand has no supply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.arithmetic import on_grid, products, unit
from matcher.arrays import FloatArray, WideArray
from matcher.pipeline import Matcher
from matcher.ranking.query import query_vectors
from matcher.report.model import ChallengeCard, TopicField, TopicMap, TopicPoint

# The plane is so many units wide and high; whole numbers, so that no last bit shows.
PLANE = 1000
# Vectors and axes on this grid add up exactly: products of 2 x 20 places, sums below 2**13.
_GRID = 20
_FEWEST = 3
_MOST_TEAMS = 5000
_NO_FIELD = "未注明"


@dataclass(frozen=True, slots=True)
class _Side:
    """Challenges or teams: ids, names, and (n, dim) unit vectors about their own mean."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    vectors: WideArray


def topic_map(matcher: Matcher, cards: Sequence[ChallengeCard]) -> TopicMap | None:
    """The map of a list against a library; None without vectors or with too little to draw.

    Its axes are the two principal components of the means of the fields, which keep fields apart
    better than those of all points: of a challenge's five neighbours in the demonstration, two
    are of its field, by the components of all points one.
    """
    if matcher.encoder is None or not matcher.library.source.has_vectors:
        return None
    by_id = sorted(cards, key=lambda card: card.challenge_id)
    demand, supply = _demand(matcher, by_id), _supply(matcher, by_id)
    if min(len(demand.ids), len(supply.ids)) < _FEWEST:
        return None
    fields = [field_of(card) for card in by_id]
    nearest = products(supply.vectors, demand.vectors.T).argmax(axis=1)
    near = [fields[place] for place in nearest]
    axes = _axes(demand.vectors, fields)
    plane = _on_plane(products(np.vstack([demand.vectors, supply.vectors]), axes))
    verdicts = [card.verdict for card in by_id]
    n = len(by_id)
    asked = _points(demand, plane[:n], fields, verdicts)
    return TopicMap(asked, _points(supply, plane[n:], near, [""] * len(near)), _fields(asked, near))


def field_of(card: ChallengeCard) -> str:
    """The first technical field a challenge names."""
    return card.tech_domain.split(" / ")[0] or _NO_FIELD


def _demand(matcher: Matcher, cards: Sequence[ChallengeCard]) -> _Side:
    asked = [matcher.challenge(card.challenge_id) for card in cards]
    assert matcher.encoder is not None
    vectors = query_vectors(asked, matcher.encoder)
    return _Side(
        tuple(card.challenge_id for card in cards), tuple(card.title for card in cards),
        _about_mean(vectors),
    )  # fmt: skip


def _supply(matcher: Matcher, cards: Sequence[ChallengeCard]) -> _Side:
    """Each team by the mean of its passages; of a large library those that a card lists."""
    library = matcher.library
    listed = {team.team_id for card in cards for team in card.teams}
    few = len(library.ids) <= _MOST_TEAMS
    spans = [(i, library.span(place)) for place, i in enumerate(library.ids)]
    said = [(i, span) for i, span in spans if span.stop > span.start and (few or i in listed)]
    sums = [
        np.add.reduce(library.vectors_of(np.arange(span.start, span.stop)), axis=0)
        for _, span in said
    ]
    ids = tuple(i for i, _ in said)
    return _Side(ids, tuple(matcher.teams[i].name for i in ids), _about_mean(np.array(sums)))


def _about_mean(vectors: WideArray | FloatArray) -> WideArray:
    """Unit vectors about their mean: what questions and answers each have in common is left out."""
    made = unit(np.asarray(vectors, dtype=np.float32)).astype(np.float64)
    if len(made):
        made -= np.add.reduce(made, axis=0) / len(made)
    return on_grid(unit(made.astype(np.float32)).astype(np.float64), _GRID)


def _axes(vectors: WideArray, fields: Sequence[str]) -> WideArray:
    """(dim, 2) axes, their signs fixed."""
    many = {field: n for field, n in Counter(fields).items() if n > 1}
    rows = vectors
    if len(many) >= _FEWEST:
        named = np.array(fields)
        means = [
            np.add.reduce(vectors[named == field], axis=0) / n**0.5
            for field, n in sorted(many.items())
        ]
        rows = on_grid(np.array(means), _GRID)
    spread = products(rows.T, rows)
    found = np.linalg.eigh(spread)[1][:, [-1, -2]]
    heaviest = np.abs(found).argmax(axis=0)
    found *= np.sign(found[heaviest, [0, 1]])
    return on_grid(found, _GRID)


def _on_plane(places: WideArray) -> WideArray:
    """Whole numbers from 0 to `PLANE`; both axes on one scale would leave one of them empty."""
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray(np.rint((places - low) / np.maximum(high - low, 1e-9) * PLANE))


def _points(
    side: _Side, plane: WideArray, fields: Sequence[str], verdicts: Sequence[str]
) -> tuple[TopicPoint, ...]:
    return tuple(
        TopicPoint(i, name, int(x), int(y), field, verdict)
        for i, name, (x, y), field, verdict in zip(
            side.ids, side.names, plane, fields, verdicts, strict=True
        )
    )


def _fields(demand: Sequence[TopicPoint], near: Sequence[str]) -> tuple[TopicField, ...]:
    """Field by field, where most lacks a team first."""
    asked, teams = Counter(point.field for point in demand), Counter(near)
    unmet = Counter(point.field for point in demand if point.unmet)
    made = (TopicField(name, n, unmet[name], teams[name]) for name, n in asked.items())
    return tuple(sorted(made, key=lambda f: (-f.unmet / f.challenges, -f.challenges, f.name)))
