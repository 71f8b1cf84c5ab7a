"""A drawing as SVG inside a page, in the reader's own font."""

from __future__ import annotations

from markupsafe import Markup

from matcher.report.charts.drawing import COLOURS, NODE, Block, Dot, Drawing, Label, Ribbon
from matcher.report.charts.tiles import SHADES

# Marks that a dark page shows otherwise.
_THEMED = dict(
    zip(
        (*COLOURS, NODE, *SHADES),
        ("--chart-1", "--chart-2", "--chart-node", "--tile-0", "--tile-1", "--tile-2", "--tile-3"),
        strict=True,
    )
)


def svg(drawing: Drawing) -> Markup:
    """The element; all text is escaped. How wide it may be is said by the page's style sheet."""
    shapes = Markup("").join(map(_shape, drawing.shapes))
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        "chart scrolls" if drawing.scrolls else "chart",
        _n(drawing.width), _n(drawing.height), drawing.words, shapes,
    )  # fmt: skip


def _shape(shape: Block | Dot | Ribbon | Label) -> Markup:
    if isinstance(shape, Block):
        return _block(shape)
    if isinstance(shape, Ribbon):
        return _ribbon(shape)
    if isinstance(shape, Dot):
        start = Markup('<circle cx="{}" cy="{}" r="{}" fill="{}"').format(
            _n(shape.x), _n(shape.y), _n(shape.radius), paint(shape.colour)
        )
        return start + _told(shape.words, "circle")
    anchor = "" if shape.anchor == "start" else Markup(' text-anchor="{}"').format(shape.anchor)
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(
        _n(shape.x), _n(shape.y), anchor, shape.text
    )


def _block(shape: Block) -> Markup:
    x, y, width, height = map(_n, (shape.x, shape.y, shape.width, shape.height))
    start = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"').format(
        x, y, width, height, paint(shape.colour)
    )
    return start + _told(shape.words, "rect")


def _told(words: str, name: str) -> Markup:
    """The end of an element, with what is said of it."""
    return Markup("><title>{}</title></{}>").format(words, name) if words else Markup("/>")


def paint(colour: str) -> str:
    """A colour, or what a page's style sheet puts in its place on a dark screen."""
    name = _THEMED.get(colour)
    return f"var({name},{colour})" if name else colour


def _ribbon(r: Ribbon) -> Markup:
    left, middle, right = map(_n, (r.left, (r.left + r.right) / 2, r.right))
    a, b, c, d = map(_n, (r.start, r.end, r.end + r.width, r.start + r.width))
    return Markup(
        '<path d="M{left},{a} C{middle},{a} {middle},{b} {right},{b} V{c} C{middle},{c} '
        '{middle},{d} {left},{d} Z" fill="{colour}" fill-opacity="0.45"><title>{words}</title>'
        "</path>"
    ).format(
        left=left,
        middle=middle,
        right=right,
        a=a,
        b=b,
        c=c,
        d=d,
        colour=paint(r.colour),
        words=r.words,
    )


def _n(value: float) -> str:
    """To a tenth, which nobody sees."""
    return f"{value:.1f}".removesuffix(".0")
