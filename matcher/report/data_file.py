"""The report for programs: JSON (everything) and CSV (one line a challenge and team)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from matcher.corpora.formats.csv_file import write_csv
from matcher.corpora.table import Cell, Sheet
from matcher.report.model import ChallengeCard, Report, TeamLine

_ADAPTER = TypeAdapter(Report)
RANKING_HEADER = (
    "榜单编号", "项目名称", "总体判断", "名次", "方案", "等级", "团队名称", "单位", "省",
    "最佳依据", "依据年份", "覆盖的要求", "未见依据的要求", "提示", "团队编号", "单位类型", "市",
    "共有用词", "部分覆盖", "指标与实测", "人工决定", "来源",
)  # fmt: skip


def report_as_json(report: Report) -> dict[str, Any]:
    """The report as plain data; contacts and times are not in it."""
    data: dict[str, Any] = _ADAPTER.dump_python(report, mode="json")
    return data


def report_bytes(report: Report) -> bytes:
    """What `write_json` writes: the same report, the same bytes (fields in their order)."""
    return _ADAPTER.dump_json(report, indent=1) + b"\n"


def read_report(path: Path) -> Report:
    """Read what `write_json` wrote. Raises: pydantic.ValidationError, OSError."""
    return _ADAPTER.validate_json(path.read_bytes())


def write_json(report: Report, path: Path) -> None:
    """Everything."""
    path.write_bytes(report_bytes(report))


def write_ranking_csv(report: Report, path: Path) -> None:
    """`ranking_rows` as CSV that a spreadsheet opens."""
    rows = [list(row) for card in report.cards for row in ranking_rows(card)]
    write_csv(Sheet("各需求排名", RANKING_HEADER, rows), path)


def ranking_rows(card: ChallengeCard) -> list[tuple[Cell, ...]]:
    """One row a team, columns as `RANKING_HEADER`; a challenge without teams gets one row."""
    head: tuple[Cell, ...] = (card.challenge_id, card.title, card.verdict)
    if not card.teams:
        empty: tuple[Cell, ...] = ("",) * (len(RANKING_HEADER) - len(head) - 1)
        return [(*head, *empty, card.source)]
    return [(*head, *_team_cells(line)) for line in card.teams]


def _team_cells(line: TeamLine) -> tuple[Cell, ...]:
    best = line.evidence[0] if line.evidence else None
    return (
        line.rank or "未列入",
        line.role,
        line.band,
        line.team_name,
        line.org_name,
        line.province,
        f"[{best.kind}] {best.title}" if best else "",
        (best.year or "") if best else "",
        "、".join(line.labels("覆盖")),
        "、".join(line.labels("未见")),
        caution_words(line),
        line.team_id,
        line.org_type,
        line.city,
        "、".join(dict.fromkeys(t for e in line.evidence for t in e.terms)),
        "、".join(line.labels("部分")),
        indicator_words(line),
        line.override,
        best.source_url if best else "",
    )


def indicator_words(line: TeamLine) -> str:
    """Indicators beside demonstrated values."""
    return "; ".join(f"{r.text} → {r.demonstrated}" for r in line.requirements if r.demonstrated)


def caution_words(line: TeamLine) -> str:
    """Cautions with their rules."""
    return "; ".join(f"{c.kind}: {c.text}{f' [{c.rule}]' if c.rule else ''}" for c in line.cautions)
