"""A run as TREC lines, JSONL, CSV or XLSX. Written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from matcher.atomic import atomic_path
from matcher.corpora.formats.csv_file import write_csv
from matcher.corpora.formats.xlsx_file import write_xlsx
from matcher.corpora.table import Cell, Sheet
from matcher.errors import InputError
from matcher.explanation import Explanation
from matcher.matches import Match, Ranking
from matcher.ranking.grades import Coverage

_HEADER = (
    "榜单编号", "项目名称", "需求结论", "名次", "团队编号", "团队名称", "单位", "单位类型",
    "省", "市", "档次", "得分",
    "最佳依据", "依据类型", "依据年份", "共有用词", "覆盖的要求", "部分覆盖", "未见依据的要求",
)  # fmt: skip


def write_run(rankings: Iterable[Ranking], path: Path, file_format: str, tag: str) -> None:
    """Write rankings to a file.

    Args:
        rankings: in the order they are to be written.
        path: the file.
        file_format: one of `FORMATS`.
        tag: names the run (the last column of TREC lines).

    Raises:
        InputError: an unknown format.
        StorageError: the disk is full or read-only.
    """
    writer = _WRITERS.get(file_format)
    if writer is None:
        raise InputError(
            "不认识的输出格式", given=file_format, expected=" / ".join(FORMATS),
            remedy="改成其中一种",
        )  # fmt: skip
    if not tag.strip() or any(not c.isprintable() for c in tag):
        raise InputError(
            "运行名不能用", given=repr(tag)[:80], expected="一行可见的文字",
            remedy="去掉换行和控制字符",
        )  # fmt: skip
    with atomic_path(path) as temporary:
        writer(rankings, temporary, tag)


def trec_lines(ranking: Ranking, tag: str) -> Iterator[str]:
    """``challenge_id Q0 team_id rank score tag``, one line a match."""
    query = _trec_id(ranking.challenge.challenge_id)
    for match in ranking.matches:
        yield f"{query} Q0 {_trec_id(match.team_id)} {match.rank} {match.score:.6f} {tag}"


def as_json(ranking: Ranking) -> dict[str, Any]:
    """A ranking as plain data; contacts stay out."""
    return {
        "challenge_id": ranking.challenge.challenge_id,
        "title": ranking.challenge.title,
        "verdict": ranking.verdict,
        "matches": [match_as_json(match) for match in ranking.matches],
    }


def match_as_json(match: Match) -> dict[str, Any]:
    """A match as plain data; contacts stay out."""
    team = match.team
    shown = {
        "rank": match.rank,
        "challenge_id": match.challenge.challenge_id,
        "challenge_title": match.challenge.title,
        "team_id": team.team_id,
        "team_name": team.team_name,
        "org_name": team.org_name,
        "org_type": team.org_type,
        "province": team.province,
        "city": team.city,
        "band": match.band,
        "score": round(match.score, 6),
    }
    if match.explanation is not None:
        shown["explanation"] = explanation_as_json(match.explanation)
    return shown


def explanation_as_json(explanation: Explanation) -> dict[str, Any]:
    """An explanation as plain data."""
    return {
        "parts": [
            {"name": p.name, "label": p.label, "value": round(p.value, 6)}
            for p in explanation.parts
        ],
        "evidence": [
            {
                "kind": e.kind,
                "title": e.title,
                "year": e.year,
                "lexical": round(e.lexical, 4),
                "dense": round(e.dense, 4),
                "terms": [[term, round(share, 4)] for term, share in e.terms],
                "snippet": e.snippet,
            }
            for e in explanation.evidence
        ],
        "coverage": [
            {
                "facet": c.facet.label,
                "text": c.facet.text,
                "status": c.status,
                "evidence_title": c.evidence_title,
                "evidence_kind": c.evidence_kind,
                "note": c.note,
            }
            for c in explanation.coverage
        ],
    }


def _write_trec(rankings: Iterable[Ranking], path: Path, tag: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for ranking in rankings:
            file.writelines(f"{line}\n" for line in trec_lines(ranking, tag))


def _write_jsonl(rankings: Iterable[Ranking], path: Path, tag: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for ranking in rankings:
            file.write(json.dumps({**as_json(ranking), "run": tag}, ensure_ascii=False) + "\n")


def _write_csv(rankings: Iterable[Ranking], path: Path, tag: str) -> None:
    write_csv(_sheet(rankings), path)


def _write_xlsx(rankings: Iterable[Ranking], path: Path, tag: str) -> None:
    write_xlsx([_sheet(rankings)], path)


def _sheet(rankings: Iterable[Ranking]) -> Sheet:
    return Sheet("匹配结果", _HEADER, [_row(r.verdict, m) for r in rankings for m in r.matches])


def _row(verdict: str, match: Match) -> list[Cell]:
    team, explanation = match.team, match.explanation
    row: list[Cell] = [
        match.challenge.challenge_id, match.challenge.name, verdict, match.rank,
        team.team_id, team.name, team.org_name, team.org_type, team.province, team.city,
        match.band, round(match.score, 4),
    ]  # fmt: skip
    if explanation is None or not explanation.evidence:
        return [*row, *[""] * (len(_HEADER) - len(row))]
    best = explanation.evidence[0]
    by_status = {
        status: "；".join(c.facet.label for c in explanation.coverage if c.status == status)
        for status in Coverage
    }
    return [
        *row, best.title, best.kind, best.year or "", "、".join(explanation.terms[:8]),
        *by_status.values(),
    ]  # fmt: skip


def _trec_id(record_id: str) -> str:
    """TREC columns are separated by white space, so an id cannot hold any."""
    return re.sub(r"\s+", "_", record_id)


_WRITERS: dict[str, Callable[[Iterable[Ranking], Path, str], None]] = {
    "trec": _write_trec,
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}
FORMATS = tuple(_WRITERS)
