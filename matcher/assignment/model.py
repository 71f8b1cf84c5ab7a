"""An assignment problem as sparse rows over x (pairs) and z (challenges answered)."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from scipy import sparse

from matcher.arrays import IntArray, WideArray
from matcher.assignment.problem import AssignmentProblem, Bidder, CandidatePair, Opening
from matcher.assignment.result import RelaxationKind

# Fits closer than a ten-thousandth of the scale are the same fit.
_LEVELS = 4


@dataclass(frozen=True, eq=False)
class RowBlock:
    """Constraints of one kind: low ≤ matrix · (x, z) ≤ high.

    Attributes:
        names: what each row is called before a reader.
        matrix: (n_rows, n_pairs + n_openings), sparse.
        low, high: (n_rows,).
    """

    kind: RelaxationKind
    names: tuple[str, ...]
    matrix: Any
    low: WideArray
    high: WideArray


@dataclass(frozen=True, eq=False)
class Model:
    """A problem in canonical order, so that the order of the input cannot matter.

    Attributes:
        pairs: the variables x, by (challenge_id, team_id).
        challenge, team: (n_pairs,) places in ``openings`` and ``bidders``.
        fit: (n_pairs,) whole numbers of ``quantum``.
        tie: (n_pairs,) below one quantum in sum; decides between plans of equal value.
    """

    problem: AssignmentProblem
    openings: tuple[Opening, ...]
    bidders: tuple[Bidder, ...]
    pairs: tuple[CandidatePair, ...]
    challenge: IntArray
    team: IntArray
    fit: WideArray
    quantum: float
    tie: WideArray
    blocks: tuple[RowBlock, ...]

    @property
    def orgs(self) -> tuple[str, ...]:
        """Organisation of each pair's team."""
        return tuple(self.bidders[t].org for t in self.team)

    @property
    def most(self) -> IntArray:
        """Most teams of each opening: (n_openings,)."""
        return np.array([self.problem.max_teams(o) for o in self.openings], dtype=np.int64)


def eligible(problem: AssignmentProblem) -> tuple[CandidatePair, ...]:
    """The pairs that may be assigned: not below the lowest band, not excluded."""
    excluded = {(e.challenge_id, e.team_id) for e in problem.rules.excluded}
    bands = set(problem.rules.allowed_bands)
    return tuple(p for p in problem.pairs if p.band in bands and p.key not in excluded)


def quantum(pairs: Sequence[CandidatePair]) -> float:
    """The difference of fit that counts: 10⁻⁴ of the power of ten at or above the largest fit."""
    largest = Decimal(str(max((p.fit for p in pairs), default=0.0)))
    if largest <= 0:
        return 1.0
    # A logarithm in floating point may tip at a power of ten.
    power = largest.adjusted()
    return float(f"1e{power + (largest > Decimal(1).scaleb(power)) - _LEVELS}")


def lot(challenge_id: str, team_id: str) -> float:
    """A number in [0, 1) drawn from the ids by SHA-256: the same for everybody, favouring nobody.

    >>> lot("C1", "T1") == lot("C1", "T1") != lot("C1", "T2")
    True
    """
    digest = hashlib.sha256(f"{challenge_id}\x1f{team_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def build(
    problem: AssignmentProblem, pairs: Iterable[CandidatePair], openings: Iterable[Opening]
) -> Model:
    """The model of these pairs and openings under the problem's rules."""
    ordered = tuple(sorted(pairs, key=lambda p: p.key))
    posted = tuple(sorted(openings, key=lambda o: o.challenge_id))
    bidders = tuple(sorted(problem.bidders, key=lambda b: b.team_id))
    place = {o.challenge_id: n for n, o in enumerate(posted)}
    seat = {b.team_id: n for n, b in enumerate(bidders)}
    challenge = np.array([place[p.challenge_id] for p in ordered], dtype=np.int64)
    team = np.array([seat[p.team_id] for p in ordered], dtype=np.int64)
    step = quantum(problem.pairs)
    room = max(1, sum(problem.max_teams(o) for o in posted))
    blocks = (
        *_challenge_blocks(problem, posted, bidders, challenge, team),
        *_limit_blocks(problem, len(posted), bidders, team),
        *_staff_blocks(problem, posted, ordered),
    )
    return Model(
        problem=problem,
        openings=posted,
        bidders=bidders,
        pairs=ordered,
        challenge=challenge,
        team=team,
        fit=np.round(np.array([p.fit for p in ordered], dtype=np.float64) / step),
        quantum=step,
        tie=np.array([lot(*p.key) for p in ordered], dtype=np.float64) / (2 * room),
        blocks=tuple(block for block in blocks if block.names),
    )


def _challenge_blocks(
    problem: AssignmentProblem,
    openings: Sequence[Opening],
    bidders: Sequence[Bidder],
    challenge: IntArray,
    team: IntArray,
) -> tuple[RowBlock, ...]:
    """Teams per answered challenge, and the kinds each needs."""
    n = len(openings)
    ids = tuple(o.challenge_id for o in openings)
    most = np.array([problem.max_teams(o) for o in openings], dtype=np.float64)
    least = np.array([problem.min_teams(o) for o in openings], dtype=np.float64)
    zeros, unbounded = np.zeros(n), np.full(n, np.inf)
    return (
        RowBlock("最多团队数", ids, _beside(challenge, -most), -unbounded, zeros),
        RowBlock("最少团队数", ids, _beside(challenge, -least), zeros, unbounded),
        _kind_block(problem, openings, [bidders[t].org_type for t in team], challenge),
    )


def _kind_block(
    problem: AssignmentProblem,
    openings: Sequence[Opening],
    org_types: Sequence[str],
    challenge: IntArray,
) -> RowBlock:
    """Σ x over the teams of a group ≥ z, one row a challenge and group."""
    names: list[str] = []
    entries: list[tuple[int, int, float]] = []
    first = np.searchsorted(challenge, np.arange(len(openings) + 1))
    for place, opening in enumerate(openings):
        for group in problem.kinds(opening):
            row = len(names)
            names.append(f"{opening.challenge_id} 须有{'或'.join(group)}")
            entries.append((row, len(challenge) + place, -1.0))
            span = range(first[place], first[place + 1])
            entries.extend((row, pair, 1.0) for pair in span if org_types[pair] in group)
    table = np.array(entries, dtype=np.float64).reshape(-1, 3)
    rows, columns = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    matrix = _rows(rows, columns, table[:, 2], len(names), len(challenge) + len(openings))
    high = np.full(len(names), np.inf)
    return RowBlock("单位类型", tuple(names), matrix, np.zeros(len(names)), high)


def _limit_blocks(
    problem: AssignmentProblem, n_openings: int, bidders: Sequence[Bidder], team: IntArray
) -> tuple[RowBlock, ...]:
    """Capacity of teams, leaders and organisations."""
    rules = problem.rules
    limits: list[tuple[RelaxationKind, list[Hashable | None], dict[Hashable, float]]] = [
        (
            "团队名额",
            [None if b.capacity is None else b.team_id for b in bidders],
            {b.team_id: float(b.capacity) for b in bidders if b.capacity is not None},
        )
    ]
    if rules.leader_limit is not None:
        limits.append(("负责人上限", [b.leader_key for b in bidders], leader_room(problem)))
    if rules.org_limit is not None:
        room = float(rules.org_limit)
        limits.append(
            ("单位上限", [b.org or None for b in bidders], {b.org: room for b in bidders})
        )
    return tuple(
        _limit_block(kind, holder, room, n_openings, team) for kind, holder, room in limits
    )


def leader_room(problem: AssignmentProblem) -> dict[Hashable, float]:
    """Challenges each leader may still take: the limit less the running ones of all teams led."""
    room: dict[Hashable, float] = {}
    for bidder in problem.bidders:
        if bidder.leader_key and problem.rules.leader_limit is not None:
            left = room.get(bidder.leader_key, float(problem.rules.leader_limit))
            room[bidder.leader_key] = max(0.0, left - bidder.active)
    return room


def holder_name(holder: Hashable) -> str:
    """A team, an organisation or a leader (organisation, name) in words.

    >>> holder_name(("东北大学", "王"))
    '东北大学·王'
    """
    return "·".join(filter(None, holder)) if isinstance(holder, tuple) else str(holder)


def _limit_block(
    kind: RelaxationKind,
    holders: Sequence[Hashable | None],
    room: dict[Hashable, float],
    n_openings: int,
    team: IntArray,
) -> RowBlock:
    used = sorted({h for h in (holders[t] for t in team) if h is not None}, key=holder_name)
    row = {holder: n for n, holder in enumerate(used)}
    rows = np.array([row.get(holders[t], -1) for t in team], dtype=np.int64)
    inside = np.flatnonzero(rows >= 0)
    matrix = _rows(rows[inside], inside, np.ones(len(inside)), len(used), len(team) + n_openings)
    return RowBlock(
        kind,
        tuple(holder_name(h) for h in used),
        matrix,
        np.full(len(used), -np.inf),
        np.array([room[h] for h in used], dtype=np.float64),
    )


def _staff_blocks(
    problem: AssignmentProblem, openings: Sequence[Opening], pairs: Sequence[CandidatePair]
) -> tuple[RowBlock, ...]:
    """Pinned and excluded pairs, challenges that must be answered.

    A pinned pair that is no variable gives an empty row, which no plan satisfies.
    """
    place = {p.key: n for n, p in enumerate(pairs)}
    width = len(pairs) + len(openings)
    posted = {o.challenge_id for o in openings}
    forced = sorted({key for key in problem.rules.forced if key[0] in posted})
    excluded = sorted({(e.challenge_id, e.team_id) for e in problem.rules.excluded} & set(place))
    must = [n for n, o in enumerate(openings) if o.must_answer]
    columns = [place.get(key, -1) for key in forced]
    barred = [place[key] for key in excluded]
    return (
        _picked("指定", ["–".join(k) for k in forced], columns, width, (1.0, np.inf)),
        _picked(
            "必须有人揭",
            [openings[n].challenge_id for n in must],
            [len(pairs) + n for n in must],
            width,
            (1.0, np.inf),
        ),
        _picked("排除", ["–".join(k) for k in excluded], barred, width, (-np.inf, 0.0)),
    )


def _picked(
    kind: RelaxationKind,
    names: Sequence[str],
    columns: Sequence[int],
    width: int,
    bounds: tuple[float, float],
) -> RowBlock:
    """One row a variable; column -1 leaves the row empty."""
    place = np.array(columns, dtype=np.int64)
    kept = np.flatnonzero(place >= 0)
    matrix = _rows(kept, place[kept], np.ones(len(kept)), len(names), width)
    low, high = (np.full(len(names), bound) for bound in bounds)
    return RowBlock(kind, tuple(names), matrix, low, high)


def _rows(rows: IntArray, columns: IntArray, values: WideArray, height: int, width: int) -> Any:
    return sparse.csr_matrix((values, (rows, columns)), shape=(height, width))


def _beside(challenge: IntArray, z: WideArray) -> Any:
    """Rows Σ x + z·(its coefficient), one a challenge."""
    rows = np.concatenate([challenge, np.arange(len(z))])
    values = np.concatenate([np.ones(len(challenge)), z])
    return _rows(rows, np.arange(len(rows)), values, len(z), len(rows))
