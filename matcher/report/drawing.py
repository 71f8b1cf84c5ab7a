"""Charts of the page as inline SVG and HTML: they need no library and no font but the reader's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from matcher.report.flow import Flow
from matcher.report.model import Report, TeamLine

COLOURS = ("#1f4e79", "#b8c4d0")
STATUS_COLOURS = {"覆盖": "#5cb278", "部分": "#f2c94c", "未见": "#e6e6e6"}
# One a field, dark enough for white paper; the first ten fields differ.
FIELD_COLOURS = (
    "#1f4e79", "#c0504d", "#4f8f4f", "#8064a2", "#d98c1f", "#2a9d9d", "#a05a2c", "#5f7f9f",
    "#b0477f", "#7a7a3a",
)  # fmt: skip
_TOP = 14


def coverage_bars(teams: Sequence[TeamLine]) -> str:
    """One bar a team, one block a requirement: who covers what, at a glance."""
    if not teams or not teams[0].requirements:
        return ""
    width = 100 / len(teams[0].requirements)
    lines = []
    for line in teams:
        blocks = "".join(
            f'<i style="width:{width:.3f}%;background:{STATUS_COLOURS[r.status]}" '
            f'title="{escape(f"{r.label}: {r.status}", quote=True)}"></i>'
            for r in line.requirements
        )
        name = f"{line.rank or '未列入'}. {line.team_name}"
        lines.append(f'<div>{escape(name)}</div><div class="stack">{blocks}</div>')
    key = "".join(f'<i style="background:{c}"></i>{name}' for name, c in STATUS_COLOURS.items())
    labels = "、".join(r.label for r in teams[0].requirements)
    return (
        f'<div class="key">每格一条要求, 依次为 {escape(labels)}。{key}</div>'
        f'<div class="cover">{"".join(lines)}</div>'
    )


def bars(rows: Sequence[tuple[str, int, int]], names: tuple[str, str]) -> str:
    """Horizontal bars, two a row; the second is left out where it has no name."""
    if not rows:
        return "<p>没有指派。</p>"
    most = max(1, *(max(a, b) for _, a, b in rows))
    step, left, width = 34 if names[1] else 24, 260, 560
    drawn = []
    for place, (name, a, b) in enumerate(rows):
        y = place * step + 4
        shown = name if len(name) <= 18 else f"{name[:17]}…"
        drawn.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(shown)}</text>')
        for offset, value, colour in ((0, a, COLOURS[0]), (14, b, COLOURS[1])):
            if offset and not names[1]:
                continue
            long = width * value / most
            drawn.append(
                f'<rect x="{left}" y="{y + offset}" width="{long:.1f}" height="12" '
                f'fill="{colour}"/><text x="{left + long + 6:.1f}" y="{y + offset + 11}">'
                f"{value}</text>"
            )
    height = len(rows) * step + 8
    named = [n for n in names if n]
    key = "".join(
        f'<i style="background:{c}"></i>{n}' for n, c in zip(named, COLOURS, strict=False)
    )
    return (
        f'<div class="key">{key}</div><svg viewBox="0 0 {left + width + 60} {height}" width="100%" '
        f'style="max-width:900px" role="img" aria-label="{escape("、".join(named))}">'
        f"{''.join(drawn)}</svg>"
    )


def flow_chart(flow: Flow | None) -> str:
    """Bands from fields to organisations, as wide as assignments are many."""
    if flow is None:
        return "<p>没有指派。</p>"
    unit, left, wide, bar = 5.2, 190, 430, 12
    right = left + wide
    drawn = []
    for band in flow.bands:
        a, b, c, d = (
            y * unit for y in (band.left, band.right, band.right + band.count,
                               band.left + band.count)
        )  # fmt: skip
        middle = left + wide / 2
        words = escape(f"{band.field} → {band.org}: {band.count} 项")
        drawn.append(
            f'<path d="M{left + bar},{a:.1f} C{middle},{a:.1f} {middle},{b:.1f} {right},{b:.1f} '
            f'V{c:.1f} C{middle},{c:.1f} {middle},{d:.1f} {left + bar},{d:.1f} Z" '
            f'fill="{FIELD_COLOURS[band.colour % len(FIELD_COLOURS)]}" fill-opacity="0.45">'
            f"<title>{words}</title></path>"
        )
    for nodes, x, text, anchor in (
        (flow.fields, left, left - 6, "end"),
        (flow.orgs, right, right + bar + 6, "start"),
    ):
        for node in nodes:
            y, high = node.top * unit, node.count * unit
            drawn.append(
                f'<rect x="{x}" y="{y:.1f}" width="{bar}" height="{high:.1f}" fill="#3b4754"/>'
                f'<text x="{text}" y="{y + high / 2 + 4:.1f}" text-anchor="{anchor}">'
                f"{escape(node.name)} {node.count}</text>"
            )
    return (
        '<p class="soft">左为技术领域, 右为单位, 数字为指派的项数; 带越宽项数越多。</p>'
        f'<div class="scroll"><svg viewBox="0 0 {right + 260} {flow.height * unit:.0f}" '
        'style="min-width:640px;max-width:900px;width:100%" role="img" '
        f'aria-label="指派从技术领域到单位的流向">{"".join(drawn)}</svg></div>'
    )


def heat_map(report: Report) -> str:
    """Fields × organisations: in how many of the rankings an organisation is 强 or 中."""
    counts: dict[tuple[str, str], int] = {}
    for card in report.cards:
        field = card.tech_domain.split(" / ")[0] or "未注明"
        for org in {t.org_name for t in card.teams if t.band in ("强", "中") and t.org_name}:
            counts[field, org] = counts.get((field, org), 0) + 1
    if not counts:
        return "<p>没有等级为强或中的团队, 不画热图。</p>"
    fields = sorted({f for f, _ in counts}, key=lambda f: (-_sum(counts, f, 0), f))[:_TOP]
    orgs = sorted({o for _, o in counts}, key=lambda o: (-_sum(counts, o, 1), o))[:_TOP]
    most = max(counts.values())
    head = "".join(f"<th>{escape(f)}</th>" for f in fields)
    rows = []
    for org in orgs:
        cells = []
        for field in fields:
            n = counts.get((field, org), 0)
            shade = f"rgba(31,78,121,{0.12 + 0.7 * n / most:.2f})" if n else "#fff"
            ink = "#fff" if n / most > 0.55 else "inherit"
            style = f"background:{shade};color:{ink};text-align:center"
            cells.append(f'<td style="{style}">{n or ""}</td>')
        rows.append(f"<tr><th>{escape(org)}</th>{''.join(cells)}</tr>")
    return (
        '<p class="soft">格中为该单位在该领域的需求里有强或中等级团队的项数。</p>'
        f'<div class="scroll"><table><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _sum(counts: dict[tuple[str, str], int], name: str, side: int) -> int:
    return sum(n for key, n in counts.items() if key[side] == name)
