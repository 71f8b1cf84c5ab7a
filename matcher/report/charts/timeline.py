"""The evidence of a team by year and kind, as columns of blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.report.charts.drawing import FIELD_COLOURS, Block, Drawing, Label

# Earlier years are put together: what counts is whether a team still works on it.
_MOST_YEARS = 15
_COLUMN, _PIECE, _MOST_HIGH = 30, 12, 120


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many pieces of each kind a year.

    Attributes:
        years: in order, each shown even where it has none.
        earlier: pieces before the first of them; ``undated``: those without a year.
        counts: by (year, kind).
    """

    years: tuple[int, ...]
    kinds: tuple[str, ...]
    counts: dict[tuple[int, str], int]
    earlier: int
    undated: int

    def of_year(self, year: int) -> int:
        """All of a year."""
        return sum(self.counts.get((year, kind), 0) for kind in self.kinds)


def timeline_of(pieces: Iterable[tuple[str, int | None]]) -> Timeline | None:
    """The timeline of (kind, year); None where no year is known."""
    found = list(pieces)
    dated = [(kind, year) for kind, year in found if year is not None]
    if not dated:
        return None
    last = max(year for _, year in dated)
    first = max(min(year for _, year in dated), last - _MOST_YEARS + 1)
    shown = [(kind, year) for kind, year in dated if year >= first]
    by_kind = Counter(kind for kind, _ in shown)
    return Timeline(
        years=tuple(range(first, last + 1)),
        kinds=tuple(sorted(by_kind, key=lambda kind: (-by_kind[kind], kind))),
        counts=dict(Counter((year, kind) for kind, year in shown)),
        earlier=len(dated) - len(shown),
        undated=len(found) - len(dated),
    )


def timeline_chart(timeline: Timeline) -> Drawing:
    """A column a year, a block as high as its pieces a kind; the number above, the year below."""
    most = max(map(timeline.of_year, timeline.years))
    unit = min(_PIECE, _MOST_HIGH / most)
    bottom = most * unit + 16
    colours = dict(zip(timeline.kinds, FIELD_COLOURS, strict=False))
    shapes: list[Block | Label] = []
    for place, year in enumerate(timeline.years):
        x, y = place * _COLUMN + 4.0, bottom
        for kind in timeline.kinds:
            count = timeline.counts.get((year, kind), 0)
            y -= count * unit
            if count:
                high = max(count * unit - 1, 1)
                shapes.append(Block(x, y, _COLUMN - 8, high, colours[kind]))
        if timeline.of_year(year):
            shapes.append(Label(x + _COLUMN / 2 - 4, y - 4, str(timeline.of_year(year)), "middle"))
        shapes.append(Label(x + _COLUMN / 2 - 4, bottom + 14, f"{year % 100:02d}", "middle"))
    told = "，".join(
        f"{year} 年 {n} 条" for year in timeline.years if (n := timeline.of_year(year))
    )
    # As wide as the longest, so that a few years are not blown up.
    width = _MOST_YEARS * _COLUMN + 8
    return Drawing(width, bottom + 18, tuple(shapes), f"各年成果：{told}", tuple(colours.items()))
