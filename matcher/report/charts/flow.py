"""From fields of technology to organisations: how many assignments go where, as bands to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.report.model import Report

UNNAMED = "未注明"
_FIELDS, _ORGS = 10, 14
# Every name needs this many units of height, with little air between.
_NAME, _AIR = 2.6, 0.3


@dataclass(frozen=True, slots=True)
class Node:
    """A field or an organisation; from ``top`` it is ``count`` units high."""

    name: str
    count: int
    top: float


@dataclass(frozen=True, slots=True)
class Band:
    """Assignments of one field in one organisation, ``count`` units wide at both ends.

    Attributes:
        colour: number of the field.
        left, right: where its upper edge starts and ends.
    """

    field: str
    org: str
    count: int
    colour: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Flow:
    """A picture in units of one assignment; ``height`` holds both sides with their gaps."""

    fields: tuple[Node, ...]
    orgs: tuple[Node, ...]
    bands: tuple[Band, ...]
    height: float


def flow_of(report: Report) -> Flow | None:
    """The assignments (主) by field and organisation; None without any.

    The smallest fields and organisations are put together as 其他, with how many they are.
    """
    field_of = {c.challenge_id: c.tech_domain.split(" / ")[0] or UNNAMED for c in report.cards}
    counts = Counter(
        (field_of[x.challenge_id], x.org_name or UNNAMED)
        for x in report.plan.lines
        if x.role == "主"
    )
    if not counts:
        return None
    fields = _merged(_side(counts, 0), _FIELDS, "领域")
    orgs = _merged(_side(counts, 1), _ORGS, "单位")
    merged: Counter[tuple[str, str]] = Counter()
    for (field, org), n in counts.items():
        merged[fields[field], orgs[org]] += n
    sides = [
        {name: _side(merged, side)[name] for name in dict.fromkeys(names.values())}
        for side, names in enumerate((fields, orgs))
    ]
    height = max(sum(map(_slot, side.values())) for side in sides)
    left, right = (_nodes(side, height) for side in sides)
    return Flow(left, right, tuple(_bands(merged, left, right)), height)


def _side(counts: Mapping[tuple[str, str], int], side: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, n in counts.items():
        total[key[side]] += n
    return total


def _merged(totals: Mapping[str, int], most: int, what: str) -> dict[str, str]:
    """Under which name each is drawn, largest first; those that are too many under one."""
    ordered = sorted(totals, key=lambda name: (-totals[name], name))
    if len(ordered) <= most:
        return {name: name for name in ordered}
    rest = f"其他 {len(ordered) - most + 1} 个{what}"
    return {name: name if n < most - 1 else rest for n, name in enumerate(ordered)}


def _slot(count: int) -> float:
    return max(count, _NAME) + _AIR


def _nodes(totals: Mapping[str, int], height: float) -> tuple[Node, ...]:
    """One below the other in their slots, spread over the whole height."""
    spare = (height - sum(map(_slot, totals.values()))) / max(1, len(totals))
    nodes, top = [], 0.0
    for name, count in totals.items():
        room = _slot(count) + spare
        nodes.append(Node(name, count, top + (room - count) / 2))
        top += room
    return tuple(nodes)


def _bands(
    counts: Mapping[tuple[str, str], int], left: Sequence[Node], right: Sequence[Node]
) -> list[Band]:
    """Leaving and arriving in the order of the other side, so that few of them cross."""
    leave = {node.name: node.top for node in left}
    arrive = {node.name: node.top for node in right}
    bands = []
    for colour, field in enumerate(left):
        for org in right:
            n = counts.get((field.name, org.name), 0)
            if n:
                start, end = leave[field.name], arrive[org.name]
                bands.append(Band(field.name, org.name, n, colour, start, end))
                leave[field.name] += n
                arrive[org.name] += n
    return bands
