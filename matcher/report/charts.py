"""Charts of the paper as PNG, drawn with a Chinese font of this machine; none without one.

A chart whose words come out as boxes is worse than a table, so without a font nothing is drawn
and the paper says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.report.drawing import FIELD_COLOURS
from matcher.report.flow import Flow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#1f4e79", "#b8c4d0")
# Families that hold simplified Chinese, best first.
_FAMILIES = (
    "Microsoft YaHei", "SimHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "Source Han Sans CN", "Noto Sans CJK JP", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "SimSun", "STSong", "Noto Serif CJK SC", "AR PL UMing CN",
)  # fmt: skip


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


def bar_chart(
    title: str, rows: Sequence[tuple[str, int, int]], names: tuple[str, str]
) -> bytes | None:
    """Horizontal bars as PNG; None without a Chinese font or without rows.

    Args:
        title: above the chart.
        rows: (label, first value, second value), largest first.
        names: of the two values; "" leaves the second out.
    """
    font = chinese_font()
    if font is None or not rows:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    words = FontProperties(fname=str(font), size=9)
    figure = Figure(figsize=(6.4, 0.6 + 0.32 * len(rows)), dpi=150)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    places = range(len(rows))
    shown = [(0, names[0])] + ([(1, names[1])] if names[1] else [])
    high = 0.8 / len(shown)
    for number, name in shown:
        values = [row[1 + number] for row in rows]
        heights = [place + (number - (len(shown) - 1) / 2) * high for place in places]
        drawn = axes.barh(heights, values, height=high, color=_COLOURS[number], label=name)
        axes.bar_label(drawn, padding=2, fontsize=8)
    axes.set_yticks(list(places), [_short(row[0]) for row in rows], fontproperties=words)
    axes.invert_yaxis()
    axes.set_title(title, fontproperties=words)
    axes.xaxis.set_visible(False)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    if names[1]:
        axes.legend(prop=words, frameon=False, loc="lower right")
    figure.tight_layout()
    return _png(figure)


def flow_chart(title: str, flow: Flow | None) -> bytes | None:
    """Bands from fields to organisations as PNG; None without a Chinese font or assignments."""
    font = chinese_font()
    if font is None or flow is None:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.path import Path as Line

    words = FontProperties(fname=str(font), size=8)
    figure = Figure(figsize=(6.4, 0.4 + 0.043 * flow.height), dpi=150)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.22, 0.0, 0.44, 0.94))
    codes = [1, 4, 4, 4, 2, 4, 4, 4, 79]  # move, curve, line, curve, close
    for band in flow.bands:
        a, b = band.left, band.right
        c, d = b + band.count, a + band.count
        corners = [(0, a), (0.5, a), (0.5, b), (1, b), (1, c), (0.5, c), (0.5, d), (0, d), (0, a)]
        colour = FIELD_COLOURS[band.colour % len(FIELD_COLOURS)]
        axes.add_patch(PathPatch(Line(corners, codes), facecolor=colour, alpha=0.45, linewidth=0))
    for nodes, x, side, place in ((flow.fields, -0.03, "right", -0.05),
                                  (flow.orgs, 1.0, "left", 1.05)):  # fmt: skip
        for node in nodes:
            axes.add_patch(Rectangle((x, node.top), 0.03, node.count, facecolor="#3b4754"))
            axes.text(place, node.top + node.count / 2, f"{_short(node.name)} {node.count}",
                      fontproperties=words, ha=side, va="center")  # fmt: skip
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(flow.height, 0)
    axes.set_axis_off()
    figure.suptitle(title, fontproperties=words, y=0.99)
    return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = BytesIO()
    # No software name and no time inside, so that the same chart is the same bytes.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _short(text: str) -> str:
    return text if len(text) <= 16 else f"{text[:15]}…"
