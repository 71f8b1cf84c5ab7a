"""The map of a list against a library: teams as small dots, challenges coloured by verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from matcher.ranking.grades import Verdict
from matcher.report.charts.drawing import COLOURS, LETTER, Block, Dot, Drawing, Label
from matcher.report.model import TopicMap, TopicPoint
from matcher.report.words import mark

_WIDE, _HIGH, _EDGE = 820, 470, 14
_TEAM, _CHALLENGE = 2.5, 5.0
_ORDER = (Verdict.ANSWERABLE, Verdict.UNKNOWN, Verdict.DOUBTFUL, Verdict.NOBODY)


def topic_chart(found: TopicMap | None) -> Drawing | None:
    """The map; None without one. Challenges nobody fits are square and lie on top."""
    if found is None:
        return None
    dots = [Dot(*_place(p), _TEAM, COLOURS[1], p.name) for p in found.supply]
    asked = sorted(found.demand, key=lambda p: _ORDER.index(Verdict(p.verdict)))
    told = dict.fromkeys(Verdict(p.verdict) for p in asked)
    key = (("团队", COLOURS[1]), *((f"需求：{word}", mark(word)) for word in told))
    lines = "；".join(
        f"{f.name} {f.challenges} 项需求，{f.unmet} 项没有合适团队，邻近团队 {f.teams} 个"
        for f in found.fields
    )
    return Drawing(
        _WIDE, _HIGH, (*dots, *map(_challenge, asked), *_names(found)),
        f"需求和团队按内容远近：{lines}", key, scrolls=True,
    )  # fmt: skip


def _place(point: TopicPoint) -> tuple[float, float]:
    return (
        _EDGE + point.x * (_WIDE - 2 * _EDGE) / 1000,
        _HIGH - _EDGE - point.y * (_HIGH - 2 * _EDGE) / 1000,
    )


def _challenge(point: TopicPoint) -> Block | Dot:
    x, y = _place(point)
    words, colour = f"{point.id} {point.name}（{point.verdict}）", mark(point.verdict)
    if point.unmet:
        side = 2 * _CHALLENGE
        return Block(x - _CHALLENGE, y - _CHALLENGE, side, side, colour, words)
    return Dot(x, y, _CHALLENGE, colour, words)


def _names(found: TopicMap) -> Iterator[Label]:
    """Each field at the middle of its challenges, below whoever stands there already."""
    places: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for point in found.demand:
        places[point.field].append(_place(point))
    taken: list[tuple[float, float, float]] = []
    for field in sorted(found.fields, key=lambda f: (-f.challenges, f.name)):
        at = places[field.name]
        half = len(field.name) * LETTER / 2
        x = sum(x for x, _ in at) / len(at)
        x = min(max(x, half + 2), _WIDE - half - 2)
        y = sum(y for _, y in at) / len(at)
        while any(abs(y - b) < LETTER + 2 and abs(x - a) < half + wide for a, b, wide in taken):
            y += LETTER + 2
        taken.append((x, y, half))
        yield Label(x, min(y, _HIGH - 3), field.name, "middle")
