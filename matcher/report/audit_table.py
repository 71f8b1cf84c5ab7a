"""The prestige audit as a page of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import isnan

from matcher.learning.auditing import PROXIES, Audit, Exposure

_PROVINCES = 10
_ORGANISATIONS = 10


def as_markdown(audit: Audit) -> str:
    """Tables in Markdown: the library, the fused score and the ranker side by side."""
    seen = (audit.library, audit.fused, audit.ranker)
    head = (
        f"{audit.challenges} 个需求，{audit.teams} 个团队，每个需求看前 {audit.depth} 名，"
        "名次按 1/log2(1+名次)计。份额是事实，不是结论：各单位做的题目不同。"
    )
    parts = [
        head,
        _table(
            "不论大小",
            seen,
            [
                ("库中只有一个团队的单位", lambda e: f"{e.small:.1%}"),
                ("集中度 HHI", lambda e: f"{e.hhi:.4f}"),
                ("基尼系数", lambda e: f"{e.gini:.3f}"),
            ],
        ),
        _table("与出身的秩相关", seen[1:], [(p, _correlation(p)) for p in PROXIES]),
        _table("单位类型的份额", seen, _shares(audit.library.by_org_type, "by_org_type")),
        _table(
            f"省份的份额（前 {_PROVINCES}）",
            seen,
            _shares(list(audit.ranker.by_province)[:_PROVINCES], "by_province"),
        ),
        _table(
            f"单位的份额（前 {_ORGANISATIONS}）",
            seen,
            _shares(list(audit.ranker.by_org)[:_ORGANISATIONS], "by_org"),
        ),
    ]
    return "\n\n".join(parts)


Cell = Callable[[Exposure], str]


def _shares(names: Iterable[str], field: str) -> list[tuple[str, Cell]]:
    return [(name, _share(name, field)) for name in names]


def _share(name: str, field: str) -> Cell:
    return lambda exposure: f"{getattr(exposure, field).get(name, 0.0):.1%}"


def _correlation(proxy: str) -> Cell:
    def cell(exposure: Exposure) -> str:
        value = exposure.correlations[proxy]
        return "无差别可比" if isnan(value) else f"{value:+.3f}"

    return cell


def _table(title: str, seen: Iterable[Exposure], rows: Iterable[tuple[str, Cell]]) -> str:
    columns = list(seen)
    lines = [
        f"| {title} | " + " | ".join(exposure.name for exposure in columns) + " |",
        "| --- |" + " --- |" * len(columns),
    ]
    lines += [f"| {name} | " + " | ".join(map(cell, columns)) + " |" for name, cell in rows]
    return "\n".join(lines)
