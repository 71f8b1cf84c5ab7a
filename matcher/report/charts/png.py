"""A drawing as PNG for paper, in a Chinese font of this machine; none without one.

A chart whose words come out as boxes is worse than a table, so without a font nothing is drawn
and the paper says so.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from matcher.report.charts.drawing import LETTER, Block, Dot, Drawing, Label, Ribbon

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path as Line

# Families that hold simplified Chinese, best first.
_FAMILIES = (
    "Microsoft YaHei", "SimHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "SimSun", "STSong", "Noto Serif CJK SC", "AR PL UMing CN",
)  # fmt: skip
# Letters as high as those of the paper's tables.
_POINTS = 8.0
_TITLE = 1.45 * LETTER


@cache
def chinese_font() -> Path | None:
    """The file of a font that holds Chinese; None where none is installed."""
    from matplotlib import font_manager

    places: dict[str, str] = {}
    # A collection lists one file for several weights; the regular one reads best.
    entries = font_manager.fontManager.ttflist
    for entry in sorted(entries, key=lambda e: e.weight not in (400, "normal", "regular")):
        places.setdefault(entry.name, entry.fname)
    found = next((places[name] for name in _FAMILIES if name in places), None)
    return None if found is None else Path(found)


def png(title: str, drawing: Drawing | None) -> bytes | None:
    """The picture under its title; None without a Chinese font or anything to draw."""
    font = chinese_font()
    if font is None or drawing is None:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    words = FontProperties(fname=str(font), size=_POINTS)
    inches = _POINTS / LETTER / 72
    size = (drawing.width * inches, (drawing.height + _TITLE) * inches)
    figure = Figure(figsize=size, dpi=200)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, drawing.width)
    axes.set_ylim(drawing.height, -_TITLE)
    axes.set_axis_off()
    axes.text(0, LETTER - _TITLE, title, fontproperties=words, weight="bold")
    if len(drawing.key) > 1:
        _key(axes, drawing, words)
    for shape in drawing.shapes:
        _draw(axes, shape, words)
    buffer = BytesIO()
    # No software name and no time inside, so that the same chart is the same bytes.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _key(axes: Axes, drawing: Drawing, words: FontProperties) -> None:
    """What is drawn in which colour, at the right of the title."""
    x = drawing.width
    for name, colour in reversed(drawing.key):
        x -= LETTER * (_letters(name) + 2)
        _draw(axes, Block(x, -_TITLE + 2, LETTER, LETTER, colour), words)
        _draw(axes, Label(x + 1.5 * LETTER, LETTER - _TITLE, name), words)


def _letters(text: str) -> float:
    """How wide it is, in Chinese letters; Latin ones and figures are about half as wide."""
    return sum(1 if east_asian_width(letter) in "WF" else 0.6 for letter in text)


def _draw(axes: Axes, shape: Block | Dot | Ribbon | Label, words: FontProperties) -> None:
    from matplotlib.patches import Circle, PathPatch, Rectangle

    if isinstance(shape, Label):
        side = {"start": "left", "middle": "center", "end": "right"}[shape.anchor]
        axes.text(shape.x, shape.y, shape.text, fontproperties=words, ha=side)
    elif isinstance(shape, Dot):
        axes.add_artist(Circle((shape.x, shape.y), shape.radius, color=shape.colour, linewidth=0))
    elif isinstance(shape, Block):
        corner = (shape.x, shape.y)
        axes.add_artist(Rectangle(corner, shape.width, shape.height, facecolor=shape.colour))
    else:
        band = PathPatch(_outline(shape), facecolor=shape.colour, alpha=0.45, linewidth=0)
        axes.add_artist(band)


def _outline(r: Ribbon) -> Line:
    from matplotlib.path import Path as Line

    middle, below = (r.left + r.right) / 2, r.start + r.width
    corners = [
        (r.left, r.start), (middle, r.start), (middle, r.end), (r.right, r.end),
        (r.right, r.end + r.width), (middle, r.end + r.width), (middle, below), (r.left, below),
        (r.left, r.start),
    ]  # fmt: skip
    codes = [Line.MOVETO, *[Line.CURVE4] * 3, Line.LINETO, *[Line.CURVE4] * 3, Line.CLOSEPOLY]
    return Line(corners, codes)
