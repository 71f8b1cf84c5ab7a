"""What is chosen from the closed list is answered by its kind, whatever the words beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from matcher.alliances import Alliance, advice_for
from matcher.alliances.kinds import _KINDS
from matcher.cli import app
from matcher.corpora import write_template
from matcher.policy import shipped_pack, shipped_pack_ids, statement_of
from matcher.records.alliance import Ask, Grant, Income

LAW = shipped_pack("china-law")
KINDS: tuple[Ask, ...] = get_args(Ask)


def lines_of(pack: str, alliance: Alliance, year: int = 2022) -> list[str]:
    rules = shipped_pack(pack)
    return [
        line for line in statement_of(rules, advice_for(rules, alliance, year)).summary
        if line.startswith(("所问", "逐问"))
    ]  # fmt: skip


def licence(**more: object) -> Income:
    given = {
        "way": "许可", "holder": "甲大学", "holder_kind": "政府设立的高校", "service": "是",
        "received": "2022-03", "net_wan": 200, "agreed": "没有", "paid_wan": 0,
    }  # fmt: skip
    return Income.model_validate(given | more)


def test_every_kind_has_an_answer_of_its_own() -> None:
    assert list(_KINDS) == list(KINDS)
    known = {t.id for pack in shipped_pack_ids() for t in shipped_pack(pack).topic}
    named = {name for kind in _KINDS.values() for name in (*kind.always, *kind.raised)}
    assert named <= known


@pytest.mark.parametrize("pack", [p for p in shipped_pack_ids() if shipped_pack(p).programme])
def test_every_kind_says_something_or_whom_to_ask(pack: str) -> None:
    said = lines_of(pack, Alliance(alliance_id="A", lead_org="甲公司", asks=KINDS))
    assert [line.partition("：")[0] for line in said] == [
        f"所问 {number}“{kind}”" for number, kind in enumerate(KINDS, start=1)
    ]
    assert all(line.partition("：")[2] for line in said)


def test_what_is_chosen_goes_before_what_is_written() -> None:
    one = Alliance(alliance_id="A", lead_org="甲公司", question="由谁付？", incomes=(licence(),))
    assert lines_of("china-law", one)[0].startswith("逐问 1“由谁付”")
    (said,) = lines_of("china-law", one.model_copy(update={"asks": ("奖励应给多少还差多少",)}))
    assert said.startswith("所问 1“奖励应给多少还差多少”")
    assert "200 × 50% = 100" in said


@pytest.mark.parametrize(("offered", "told"), [
    ({"offered_percent": 40}, "40% 是 80 万元，比应给的 100 万元少 20 万元：不够"),
    ({"offered_wan": 100}, "100 万元，就是应给的数：正好"),
    ({"offered_wan": 70, "paid_wan": 30}, "70 万元，就是还差的数：正好"),
    ({"offered_wan": 90, "paid_wan": 30}, "90 万元，比还差的 70 万元多 20 万元：多出的不是这一条"),
])  # fmt: skip
def test_what_somebody_offers_is_held_against_what_is_due(
    offered: dict[str, float], told: str
) -> None:
    one = Alliance(
        alliance_id="A", lead_org="甲公司", asks=("奖励应给多少还差多少",),
        incomes=(licence(**offered),),
    )  # fmt: skip
    assert told in lines_of("china-law", one)[0]


def test_a_part_of_the_company_is_held_against_the_least_of_it() -> None:
    row = Income.model_validate({
        "way": "作价投资", "holder": "乙所", "holder_kind": "政府设立的科研机构", "service": "是",
        "signed": "2022-03", "equity_percent": 40, "equity_wan": 800, "agreed": "没有",
        "paid_wan": 0, "offered_percent": 12,
    })  # fmt: skip
    one = Alliance(
        alliance_id="A", lead_org="甲公司", asks=("奖励应给多少还差多少",), incomes=(row,)
    )
    assert "不够：公司的 12%比至少的公司的 20%" in lines_of("china-law", one)[0]


def test_a_sum_no_clause_names_is_not_owed() -> None:
    grant = Grant(
        year=2021, amount_wan=80, payer="省科技厅", standing="申请",
        programme="科技型中小企业技术能力提升后补助计划",
    )  # fmt: skip
    one = Alliance(
        alliance_id="A", lead_org="甲公司", grants=(grant,), lead_is_small="是", lead_rd_wan=400,
        asks=("是不是应当给", "什么时候给"),
    )  # fmt: skip
    duty, when = lines_of("liaoning-2021", one, 2021)
    assert "条文没有写数额，80 万元不能说应当给" in duty
    assert "做在先、给在后" in when


def test_what_was_told_once_is_not_told_again() -> None:
    one = Alliance(alliance_id="A", lead_org="甲", incomes=(licence(),),
                   asks=("奖励应给多少还差多少", "净收入怎么算"))  # fmt: skip
    page = statement_of(LAW, advice_for(LAW, one, 2022))
    assert sum("200 × 50% = 100" in line for line in page.summary) == 1
    assert "见所问 1" in next(line for line in page.summary if line.startswith("所问 2"))


def test_the_form_offers_the_kinds_and_takes_several(tmp_path: Path) -> None:
    form = tmp_path / "联盟.xlsx"
    write_template("alliances", form)
    page = load_workbook(form).worksheets[0]
    heads = {cell.value: cell for cell in page[1]}
    hint = heads["问哪几样"].comment
    assert hint is not None
    assert all(kind in hint.text for kind in KINDS)
    rules = [v.formula1 for v in page.data_validations.dataValidation
             if heads["问哪几样"].column_letter in str(v.sqref)]  # fmt: skip
    assert rules == [f'"{",".join(KINDS)}"']
    assert len(rules[0]) <= 255  # a longer list Excel refuses


def test_a_kind_that_is_not_of_the_list_is_refused_with_the_list(tmp_path: Path) -> None:
    said = CliRunner().invoke(
        app, ["alliances", "import", str(_list(tmp_path, "食堂几点开门")),
              "--workspace", str(tmp_path / "ws")],
    )  # fmt: skip
    assert "问哪几样" in said.output
    assert "最多给多少" in said.output


def _list(folder: Path, asks: str) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["联盟编号", "联盟名称", "盟主企业", "问哪几样"])
    page.append(["A1", "轴承联盟", "甲公司", asks])
    book.save(folder / "名单.xlsx")
    return folder / "名单.xlsx"


def test_the_command_asks_and_refuses_by_the_same_list(tmp_path: Path) -> None:
    work = ["--workspace", str(tmp_path / "ws")]
    run = CliRunner()
    listed = str(_list(tmp_path, "失信与追回；什么时候给"))
    assert run.invoke(app, ["alliances", "import", listed, *work]).exit_code == 0
    filled = run.invoke(app, ["programmes", "A1", "--json", *work])
    assert [line.partition("：")[0] for line in json.loads(filled.stdout)[0]["each"]] == [
        "所问 1“失信与追回”", "所问 2“什么时候给”",
    ]  # fmt: skip
    said = run.invoke(
        app, ["programmes", "A1", "--ask", "最多给多少", "--ask", "谁出钱给谁", "--json", *work]
    )
    each = json.loads(said.stdout)[0]["each"]
    assert [line.partition("：")[0] for line in each] == [
        "所问 1“最多给多少”", "所问 2“谁出钱给谁”",
    ]  # fmt: skip
    wrong = run.invoke(app, ["programmes", "A1", "--ask", "多少", *work])
    assert wrong.exit_code != 0
    assert "最多给多少" in str(wrong.exception)
