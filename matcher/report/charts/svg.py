"""A drawing as SVG inside a page, in the reader's own font."""

from __future__ import annotations

from markupsafe import Markup

from matcher.report.charts.drawing import Block, Drawing, Label, Ribbon


def svg(drawing: Drawing) -> Markup:
    """The element; all text is escaped."""
    shapes = Markup("").join(map(_shape, drawing.shapes))
    least = "min-width:640px;" if drawing.scrolls else ""
    return Markup(
        '<svg viewBox="0 0 {} {}" style="{}max-width:900px;width:100%" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(_n(drawing.width), _n(drawing.height), least, drawing.words, shapes)


def _shape(shape: Block | Ribbon | Label) -> Markup:
    if isinstance(shape, Block):
        x, y, width, height = map(_n, (shape.x, shape.y, shape.width, shape.height))
        return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>').format(
            x, y, width, height, shape.colour
        )
    if isinstance(shape, Ribbon):
        return _ribbon(shape)
    anchor = Markup(' text-anchor="end"') if shape.anchor == "end" else ""
    return Markup('<text x="{}" y="{}"{}>{}</text>').format(
        _n(shape.x), _n(shape.y), anchor, shape.text
    )


def _ribbon(r: Ribbon) -> Markup:
    left, middle, right = map(_n, (r.left, (r.left + r.right) / 2, r.right))
    a, b, c, d = map(_n, (r.start, r.end, r.end + r.width, r.start + r.width))
    return Markup(
        '<path d="M{left},{a} C{middle},{a} {middle},{b} {right},{b} V{c} C{middle},{c} '
        '{middle},{d} {left},{d} Z" fill="{colour}" fill-opacity="0.45"><title>{words}</title>'
        "</path>"
    ).format(
        left=left, middle=middle, right=right, a=a, b=b, c=c, d=d, colour=r.colour, words=r.words
    )


def _n(value: float) -> str:
    """To a tenth, which nobody sees."""
    return f"{value:.1f}".removesuffix(".0")
