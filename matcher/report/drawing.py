"""Charts of the page as inline SVG and HTML: they need no library and no font but the reader's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from matcher.report.model import Report, TeamLine

COLOURS = ("#1f4e79", "#b8c4d0")
STATUS_COLOURS = {"覆盖": "#5cb278", "部分": "#f2c94c", "未见": "#e6e6e6"}
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
