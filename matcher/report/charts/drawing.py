"""A chart as shapes on a plane, in units of which letters are 12 high; y grows downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matcher.report.charts.flow import Flow, Node

Anchor = Literal["start", "middle", "end"]
LETTER = 12
COLOURS = ("#1f4e79", "#b8c4d0")
NODE = "#3b4754"
_FIGURES = 60
_STRIP = 11
# One a field, dark enough for white paper; the first ten fields differ.
FIELD_COLOURS = (
    "#1f4e79", "#c0504d", "#4f8f4f", "#8064a2", "#d98c1f", "#2a9d9d", "#a05a2c", "#5f7f9f",
    "#b0477f", "#7a7a3a",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """How wide the names and the marks of a chart may be, and how high a line is."""

    names: int
    marks: int
    step: int = 24

    @property
    def longest(self) -> int:
        """Letters of a name that fit."""
        return self.names // LETTER - 3

    @property
    def width(self) -> int:
        """Of the chart, with the figures beside its marks."""
        return self.names + self.marks + _FIGURES


ON_PAGE, ASIDE, ON_PAPER, HALF_PAPER = (
    Room(260, 560),
    Room(156, 76, 15),
    Room(260, 336),
    Room(166, 106, 13),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A filled rectangle from its upper left corner; ``words`` for who points at it."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle around a point; ``words`` for who points at it."""

    x: float
    y: float
    radius: float
    colour: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A band from (left, y of its start) to (right, y of its end), ``width`` high at both ends."""

    left: float
    right: float
    start: float
    end: float
    width: float
    colour: str
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text on its base line, from x to the right (start), around x, or up to x (end)."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart.

    Attributes:
        words: what it shows, for readers who do not see it.
        key: (name, colour) of what is drawn.
        scrolls: whether a narrow page moves it sideways instead of making it smaller.
    """

    width: float
    height: float
    shapes: tuple[Block | Dot | Ribbon | Label, ...]
    words: str
    key: tuple[tuple[str, str], ...] = ()
    scrolls: bool = False


def bars(
    rows: Sequence[tuple[str, int, int]],
    names: Sequence[str],
    room: Room = ON_PAGE,
    most: int = 0,
) -> Drawing | None:
    """Horizontal bars; None without rows.

    Args:
        rows: (label, first value, second value), largest first.
        names: of the values that are drawn: one or both.
        room: for names and bars.
        most: the value whose bar takes all the room, where charts side by side share a scale.
    """
    if not rows:
        return None
    most = max(1, most, *(max(row[1:]) for row in rows))
    step, left, width = 34 if len(names) > 1 else room.step, room.names, room.marks
    shapes: list[Block | Label] = []
    for place, (name, *values) in enumerate(rows):
        y = place * step + 4
        shown = name if len(name) <= room.longest else f"{name[: room.longest - 1]}…"
        shapes.append(Label(left - 8, y + 13, shown, "end"))
        for number, (value, colour) in enumerate(zip(values[: len(names)], COLOURS, strict=False)):
            top, long = y + 14 * number, width * value / most
            shapes.append(Block(left, top, long, 12, colour))
            shapes.append(Label(left + long + 6, top + 11, str(value)))
    return Drawing(
        room.width, len(rows) * step + 8, tuple(shapes), "、".join(names),
        tuple(zip(names, COLOURS, strict=False)),
    )  # fmt: skip


def flow_chart(flow: Flow | None, room: Room = ON_PAGE) -> Drawing | None:
    """Bands from fields to organisations, as wide as assignments are many; None without any."""
    if flow is None:
        return None
    unit, left, node = 5.2, 190, 12
    right = left + room.marks - 130
    shapes: list[Block | Ribbon | Label] = [
        Ribbon(
            left + node, right, band.left * unit, band.right * unit, band.count * unit,
            FIELD_COLOURS[band.colour % len(FIELD_COLOURS)],
            f"{band.field} → {band.org}：{band.count} 项",
        )
        for band in flow.bands
    ]  # fmt: skip
    sides: tuple[tuple[Sequence[Node], float, float, Anchor], ...] = (
        (flow.fields, left, left - 6, "end"),
        (flow.orgs, right, right + node + 6, "start"),
    )
    for nodes, x, text, anchor in sides:
        for one in nodes:
            top, high = one.top * unit, one.count * unit
            shapes.append(Block(x, top, node, high, NODE))
            words = f"{one.name} {one.count}"
            shapes.append(Label(text, top + high / 2 + 4, words, anchor))
    return Drawing(
        right + 260, flow.height * unit, tuple(shapes), "指派从技术领域到单位的流向", scrolls=True
    )


def strip(parts: Sequence[tuple[str, int, str]], width: float) -> Drawing | None:
    """One bar of several parts, named in its key; None without any.

    Args:
        parts: (name with its number, number, colour), in order.
        width: of the whole.
    """
    total = sum(number for _, number, _ in parts)
    if not total:
        return None
    shapes, x = [], 0.0
    for _, number, colour in parts:
        long = width * number / total
        shapes.append(Block(x, 0, max(long - 2, 1), _STRIP, colour))
        x += long
    key = tuple((name, colour) for name, _, colour in parts)
    return Drawing(width, _STRIP, tuple(shapes), "、".join(name for name, _ in key), key)
