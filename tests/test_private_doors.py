"""Some two hundred ways of writing a contact through every door, looked for at every exit.

Doors: files of every kind (import), pasting, drafts, programs. Exits: pages and answers to the
public and to another organisation, what is searched, reports, exports, the log, the audit trail.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from fastapi import FastAPI

from matcher import Challenge, Matcher, Workspace
from matcher.corpora import read_any, write_challenges
from matcher.corpora.pasted import challenge_from_text
from matcher.report import ReportInputs, build_report, write_report
from matcher.workspace import STORE_FILE

from .service import ANY, TEAMS, Caller, add_account, make_app
from .test_contacts import WAYS, _public, _seen

HEADERS = ("榜单编号", "项目名称", "需求单位", "背景及主要问题", "考核指标", "备注")
Rows = Sequence[Sequence[str]]
API = "/api/v1"
_KEY = re.compile(r"(?=[0-9a-f]*[a-f])(?<![0-9a-f])[0-9a-f]{16,}(?![0-9a-f])")


def _rows() -> list[tuple[str, ...]]:
    return [
        (
            f"P-{n}",
            f"柱塞泵密封改进{n}",
            f"示例液压件{n}厂",
            f"密封圈漏油。{way}",
            "压力≥15MPa",
            way,
        )
        for n, (way, _) in enumerate(WAYS)
    ]


def _xlsx(path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADERS, *rows):
        book.active.append(row)
    book.save(path)


def _table_of_word(path: Path, rows: Rows) -> None:
    made = docx.Document()
    table = made.add_table(len(rows) + 1, len(HEADERS))
    for line, row in zip(table.rows, (HEADERS, *rows), strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text
    made.save(str(path))


def _text_of_word(path: Path, rows: Rows) -> None:
    made = docx.Document()
    for row in rows:
        for header, text in zip(HEADERS, row, strict=True):
            made.add_paragraph(f"{header}：{text}")
    made.save(str(path))


def _page(path: Path, rows: Rows) -> None:
    lines = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in (HEADERS, *rows)
    )
    path.write_text(f"<html><body><table>{lines}</table></body></html>", "utf-8")


def _text(path: Path, rows: Rows) -> None:
    lines = (f"{h}：{cell}" for row in rows for h, cell in zip(HEADERS, row, strict=True))
    path.write_text("\n".join(lines), "utf-8")


def _csv(path: Path, rows: Rows) -> None:
    cells = (",".join('"{}"'.format(c.replace('"', '""')) for c in row) for row in (HEADERS, *rows))
    path.write_text("\n".join(cells), "utf-8")


def _jsonl(path: Path, rows: Rows) -> None:
    objects = (dict(zip(HEADERS, row, strict=True)) for row in rows)
    path.write_text("\n".join(json.dumps(o, ensure_ascii=False) for o in objects), "utf-8")


DOORS: dict[str, Callable[[Path, Rows], None]] = {
    "表.csv": _csv, "表.xlsx": _xlsx, "表.docx": _table_of_word, "文.docx": _text_of_word,
    "页.html": _page, "文.txt": _text, "表.jsonl": _jsonl,
}  # fmt: skip


def leaks(shown: str) -> list[str]:
    """The ways of which something can be seen in a text.

    Left out are random keys and hashes: four digits of a spoken number stand in one in two
    hundred of them by chance.
    """
    said = _KEY.sub("", shown)
    return [way for way, secrets in WAYS if _seen(secrets, said)]


@pytest.mark.parametrize("door", DOORS)
def test_no_kind_of_file_brings_a_contact_into_a_public_field(door: str, tmp_path: Path) -> None:
    path = tmp_path / door
    DOORS[door](path, _rows())
    found = read_any(path).challenges
    assert found is not None
    records = {record.challenge_id: record for record in found.records}
    assert len(records) == len(WAYS)
    seen = [
        way for n, (way, secrets) in enumerate(WAYS) if _seen(secrets, _public(records[f"P-{n}"]))
    ]
    assert not seen


def test_pasted_needs_keep_contacts_to_themselves() -> None:
    seen = []
    for way, secrets in WAYS:
        for text in (
            f"求柱塞泵密封圈方案\n密封圈两个月就漏，压力不能低于15MPa。\n{way}",
            f"主要问题：密封圈漏油。{way}\n考核指标：压力≥15MPa",
        ):
            if _seen(secrets, _public(challenge_from_text(text))):
                seen.append(text)
    assert not seen


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """A service with a challenge on the public list for every way."""
    folder = tmp_path_factory.mktemp("服务")
    workspace = Workspace(folder, encoder=None)
    workspace.put_challenges(
        [
            Challenge.model_validate(
                {"challenge_id": f"P-{n}", "title": f"密封改进{n} {way}", "stage": "发榜",
                 "demand_org": f"示例液压件{n}厂", "problem": f"密封圈漏油。{way}",
                 "indicators_text": f"压力≥15MPa；{way}", "extra": {"备注": way, "Tel": way}}
            )
            for n, (way, _) in enumerate(WAYS)
        ]
    )  # fmt: skip
    workspace.put_teams(TEAMS)
    return make_app(folder, public_lists=True)


def _listed(caller: Caller) -> Iterator[str]:
    page = 1
    while True:
        answer = caller.get(f"{API}/challenges", params={"page": page, "size": 100})
        assert answer.status_code == 200
        yield answer.text
        if not answer.json()["items"]:
            return
        page += 1


@pytest.mark.parametrize("name", ["public", "other", "university"])
def test_lists_show_strangers_no_contact(name: str, app: FastAPI) -> None:
    if name == "other":
        caller = add_account(app, "other", "enterprise", "不相干的公司")
    else:
        caller = Caller(app, name)
    listed = "".join(_listed(caller))
    assert listed.count("示例液压件") >= len(WAYS)
    assert not leaks(listed)


@pytest.mark.slow
def test_pages_show_strangers_no_contact(app: FastAPI) -> None:
    public = Caller(app)
    for n in range(0, len(WAYS), 20):
        for path in (f"/challenges/P-{n}", f"{API}/challenges/P-{n}"):
            answer = public.get(path)
            assert answer.status_code == 200
            assert not _seen(WAYS[n][1], answer.text), WAYS[n]


def test_nothing_that_is_searched_or_kept_for_it_holds_a_contact(app: FastAPI) -> None:
    store = Path(app.state.service.settings.workspace) / STORE_FILE
    with sqlite3.connect(store) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")]  # fmt: skip
        private = {"records", "versions", "drafts", "uploads"}
        kept = "\n".join(
            _readable(cell)
            for name in names
            if name not in private
            for row in connection.execute(f'SELECT * FROM "{name}"')
            for cell in row
        )
    assert "密封圈漏油" in kept
    assert not leaks(kept)


def _readable(cell: Any) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


def test_reports_and_exports_hold_no_contact(app: FastAPI, tmp_path: Path) -> None:
    records = list(app.state.service.live.connect().challenges().values())
    write_challenges(records, tmp_path / "榜单.csv")
    write_challenges(records, tmp_path / "榜单.jsonl")
    made = build_report(ReportInputs(Matcher.from_records(records[:60], TEAMS, encoder=None)))
    write_report(made, [tmp_path / f"报告.{suffix}" for suffix in ("html", "json")])
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) >= 4
    for path in written:
        assert not leaks(path.read_text("utf-8-sig")), path.name


@pytest.mark.slow
def test_drafts_imports_and_readings_leave_nothing_in_logs_or_trail(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    enterprise, staff = Caller(app, "enterprise"), Caller(app, "staff")
    numbers = range(3, len(WAYS), 100)
    for n in numbers:
        way = WAYS[n][0]
        text = f"求密封方案{n}\n密封圈漏油。{way}\n压力≥15MPa"
        assert enterprise.post(f"{API}/challenges/reading", json={"text": text}).status_code == 200
        body = {"title": f"密封草稿{n} {way}", "problem": f"漏油。{way}"}
        made = enterprise.post(f"{API}/drafts", json=body)
        assert made.status_code == 201
        path = f"{API}/drafts/{made.json()['draft_id']}"
        assert enterprise.post(f"{path}/submission", headers=ANY).status_code == 200
        sent = staff.post(f"{path}/publication", json={"challenge_id": f"D-{n}"}, headers=ANY)
        assert sent.status_code in (200, 201), sent.text
    public = Caller(app)
    for n in numbers:
        assert not _seen(WAYS[n][1], public.get(f"{API}/challenges/D-{n}").text), WAYS[n]
    assert not leaks(caplog.text)
    assert not leaks(staff.get(f"{API}/audit", params={"size": 100}).text)
