"""With whom a team worked, as its records say: a band to each organisation, by pieces shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from matcher.report.charts.drawing import FIELD_COLOURS, LETTER, NODE, Block, Drawing, Label, Ribbon

# More would be a list, which stands beside it.
MOST_DRAWN = 8
_LEFT, _RIGHT, _WIDE, _NODE = 4, 110, 380, 10
_STEP, _GAP, _HIGH = 20, 4, 120
_LETTERS = (_WIDE - _RIGHT) // LETTER - 4


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation a team worked with.

    Attributes:
        pieces: of evidence on which it is named.
        years: of these that have one, ascending, each once.
    """

    name: str
    pieces: int
    years: tuple[int, ...]

    @property
    def span(self) -> str:
        """The years in words; "" where none is known."""
        ends = dict.fromkeys((*self.years[:1], *self.years[-1:]))
        return "–".join(map(str, ends))


def partners_of(pieces: Iterable[tuple[Iterable[str], int | None]]) -> tuple[Partner, ...]:
    """Whom (organisations, year) of its pieces name, the most frequent first.

    >>> partners_of([(("甲厂", "乙所"), 2021), (("甲厂",), 2019), ((), None)])[0]
    Partner(name='甲厂', pieces=2, years=(2019, 2021))
    """
    years: dict[str, list[int | None]] = defaultdict(list)
    for names, year in pieces:
        for name in dict.fromkeys(names):
            years[name].append(year)
    made = (
        Partner(name, len(found), tuple(sorted({y for y in found if y is not None})))
        for name, found in years.items()
    )
    return tuple(sorted(made, key=lambda p: (-p.pieces, p.name)))


def partner_chart(partners: tuple[Partner, ...]) -> Drawing | None:
    """A band from the team to each of the first partners; None without any."""
    shown = partners[:MOST_DRAWN]
    if not shown:
        return None
    total = sum(p.pieces for p in shown)
    unit = min(12.0, _HIGH / total)
    rows = [max(_STEP, p.pieces * unit + _GAP) for p in shown]
    height, top = sum(rows), 0.0
    start = (height - total * unit) / 2
    shapes: list[Block | Label | Ribbon] = [Block(_LEFT, start, _NODE, total * unit, NODE)]
    for place, (partner, row) in enumerate(zip(shown, rows, strict=True)):
        name, wide, middle = partner.name, partner.pieces * unit, top + row / 2
        colour = FIELD_COLOURS[place % len(FIELD_COLOURS)]
        words = f"{name} {partner.pieces} 项"
        end = middle - wide / 2
        shapes.append(Ribbon(_LEFT + _NODE, _RIGHT, start, end, wide, colour, words))
        told = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"
        shapes.append(Label(_RIGHT + 6, middle + 4, f"{told} {partner.pieces}"))
        start, top = start + wide, top + row
    told = "，".join(f"{p.name} {p.pieces} 项" for p in shown)
    return Drawing(_WIDE, height, tuple(shapes), f"合作单位：{told}")
