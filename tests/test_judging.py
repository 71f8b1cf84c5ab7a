"""The judging desk: blind sheets out, grades back, a ranker taught, before and after."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matcher import Challenge, Evidence, Team
from matcher.corpora import write_records
from matcher.errors import InputError
from matcher.judging import (
    Answers,
    agreement,
    deal,
    pooled,
    read_answers,
    read_key,
    settled,
    write_key,
    write_sheet,
)
from matcher.learning.evaluation import read_qrels
from matcher.ranking.additive import AdditiveRanker
from matcher.ranking.learned import load_ranker

from .conftest import Cli

FIELDS = ("轴承钢", "光刻胶", "风电叶片", "锂电隔膜", "数控机床")
TOPICS = ("疲劳寿命", "缺陷检测", "成型工艺", "表面处理", "残余应力")
SUBJECTS = [(field, topic) for field in FIELDS for topic in TOPICS]
CHALLENGES = [
    Challenge(challenge_id=f"C{n:02}", title=f"{field}{topic}", problem="电话 13900001111 联系")
    for n, (field, topic) in enumerate(SUBJECTS)
]
TEAMS = [
    Team(
        team_id=f"T{n:02}", org_name=f"东海大学{n % 7}",
        team_name=f"东海大学{n % 7}{field}国家重点实验室",
        leader_name="赵六七", research_directions=(f"{field}{topic}", f"赵六七的{topic}"),
        evidence=(Evidence(kind="论文", title=f"东海大学{n % 7}{field}{topic}研究", year=2020),),
    )
    for n, (field, topic) in enumerate(SUBJECTS)
]  # fmt: skip
RUN = {c.challenge_id: [t.team_id for t in TEAMS[:3]] for c in CHALLENGES[:2]}
ITEMS = pooled([RUN], 3)
KEY = {item.code: item for item in ITEMS}
BY_ID = {c.challenge_id: c for c in CHALLENGES}, {t.team_id: t for t in TEAMS}


def _true_grade(challenge: str, team: str) -> int:
    (field, topic), (own, works) = SUBJECTS[int(challenge[1:])], SUBJECTS[int(team[1:])]
    return 3 if (field, topic) == (own, works) else 2 if field == own else int(topic == works)


def _fill(path: Path, grade: Callable[[str], Any]) -> None:
    """Grade every row that has a code, as a judge does in a spreadsheet."""
    book = openpyxl.load_workbook(path)
    for page in book.worksheets[1:]:
        for row in page.iter_rows(min_row=2):
            if re.fullmatch("[A-R]{6}", str(row[0].value)):
                row[5].value = grade(str(row[0].value))
    book.save(path)


def test_a_pool_holds_the_best_of_every_run_once_and_nothing_judged() -> None:
    runs = [{"q": ["a", "b", "c"]}, {"q": ["c", "a"], "p": ["a"]}]
    found = pooled(runs, 2, {"q": {"b": 0}})
    assert {(i.challenge_id, i.team_id) for i in found} == {("q", "a"), ("q", "c"), ("p", "a")}
    assert len({i.code for i in found}) == 3
    assert all(i.code.isalpha() for i in found)


def test_judges_get_the_same_pairs_in_orders_that_are_no_ranking() -> None:
    orders = [[i.code for d in deal(ITEMS, judge) for i in d.items] for judge in range(1, 5)]
    assert all(sorted(order) == sorted(KEY) for order in orders)
    assert len({tuple(order) for order in orders}) > 1


@pytest.mark.parametrize("ending", [".xlsx", ".txt"])
def test_a_sheet_is_blind(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"表{ending}"
    write_sheet(deal(ITEMS, 1), *BY_ID, path, "1")
    if ending == ".txt":
        text = path.read_text(encoding="utf-8")
    else:
        book = openpyxl.load_workbook(path)
        text = "\n".join(
            str(cell.value) for page in book for row in page.iter_rows() for cell in row
        )
        (rule,) = book.worksheets[1].data_validations.dataValidation[:1]
        assert (rule.type, rule.formula1, rule.formula2) == ("whole", "0", "3")
    for shown in ("轴承钢疲劳寿命", "正对题", *KEY):
        assert shown in text
    for hidden in ("东海大学", "赵六七", "国家重点", "13900001111", "T00", "C00"):
        assert hidden not in text


def test_what_is_filled_in_comes_back_from_both_forms(tmp_path: Path) -> None:
    for ending in (".xlsx", ".txt"):
        path = tmp_path / f"表{ending}"
        write_sheet(deal(ITEMS, 1), *BY_ID, path, "1")
        blank = read_answers(path, KEY)
        assert (dict(blank.grades), sorted(blank.blank)) == ({}, sorted(KEY))
        wanted = {code: n % 4 for n, code in enumerate(sorted(KEY))}
        if ending == ".xlsx":
            _fill(path, lambda code, wanted=wanted: wanted[code])
        else:
            text = path.read_text(encoding="utf-8")
            for code, grade in wanted.items():
                before, after = text.split(f"--- {code}")
                text = f"{before}--- {code}" + after.replace("等级：", f"等级：{grade}", 1)
            path.write_text(text, encoding="gb18030")
        found = read_answers(path, KEY)
        assert (dict(found.grades), found.rejects, found.blank) == (wanted, (), ())


def test_what_cannot_be_read_is_told_where_it_is_and_the_rest_counts(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    write_sheet(deal(ITEMS, 1), *BY_ID, path, "1")
    bad = iter(["4", "高", "２"])
    _fill(path, lambda _: next(bad, 1))
    found = read_answers(path, KEY)
    assert len(found.rejects) == 2
    assert sorted(found.grades.values()) == [1] * (len(KEY) - 3) + [2]
    for part in ("表.xlsx", "「第1组」表", "行「等级」列", "实际：4", "应为：0、1、2、3", "处理："):
        assert part in found.rejects[0].message
    foreign = read_answers(path, {})
    assert all("不在对照文件里" in reject.reason for reject in foreign.rejects)


def test_a_grade_beside_no_code_and_two_grades_of_one_code_are_told(tmp_path: Path) -> None:
    code = next(iter(KEY))
    path = tmp_path / "表.txt"
    path.write_text(f"等级：2\n--- {code}\n等级：2\n--- {code}\n等级：3\n", encoding="utf-8")
    found = read_answers(path, KEY)
    assert dict(found.grades) == {code: 2}
    assert [r.row for r in found.rejects] == [1, 5]
    path.write_text("一封信", encoding="utf-8")
    with pytest.raises(InputError, match="不是评判表"):
        read_answers(path, KEY)


def test_agreement_is_cohens_with_quadratic_weights() -> None:
    first = Answers("甲", {"a": 0, "b": 1, "c": 2, "d": 3})
    second = Answers("乙", {"a": 0, "b": 2, "c": 2, "d": 3})
    (found,) = agreement([first, second])
    # By definition: 1 - squared differences seen / those of grades dealt out at random.
    mine, theirs = [0, 1, 2, 3], [0, 2, 2, 3]
    expected = sum((a - b) ** 2 for a in mine for b in theirs) / 4
    assert found.kappa == pytest.approx(1 - 1 / expected)
    assert (found.n, found.exact, found.same_side) == (4, 0.75, 0.75)
    (constant,) = agreement([Answers("甲", {"a": 1, "b": 1}), Answers("乙", {"a": 1, "b": 1})])
    assert constant.kappa != constant.kappa


def test_two_who_differ_settle_nothing_and_three_settle_by_the_median() -> None:
    first, second = Answers("甲", {"a": 0, "b": 1}), Answers("乙", {"a": 3, "b": 1, "c": 2})
    two = settled([first, second])
    assert (dict(two.grades), two.disputed) == ({"b": 1, "c": 2}, ("a",))
    three = settled([first, second, Answers("丙", {"a": 2})])
    assert (three.grades["a"], three.disputed) == (2, ())


def test_a_key_survives_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    write_key(ITEMS, tmp_path / "k.jsonl")
    assert read_key(tmp_path / "k.jsonl") == KEY
    (tmp_path / "k.jsonl").write_text('{"code": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="第1行"):
        read_key(tmp_path / "k.jsonl")


@pytest.mark.slow
def test_the_whole_road_from_sheets_to_a_ranker(cli: Cli) -> None:
    write_records(CHALLENGES, "榜单.jsonl")
    write_records(TEAMS, "团队.jsonl")
    files = ("--challenges", "榜单.jsonl", "--teams", "团队.jsonl")
    done = cli("judge", "sheet", *files, "-o", "评判", "--depth", "6", "--encoder", "none")
    assert done.code == 0, done.err
    key = read_key(Path("评判/编号对照.jsonl"))
    true = {code: _true_grade(i.challenge_id, i.team_id) for code, i in key.items()}
    astray = {next(c for c, grade in sorted(true.items()) if grade == 1): 3}
    _fill(Path("评判/评判表1.xlsx"), true.__getitem__)
    _fill(Path("评判/评判表2.xlsx"), lambda code: astray.get(code, true[code]))
    both = ("评判/评判表1.xlsx", "评判/评判表2.xlsx", "--key", "评判/编号对照.jsonl", *files)
    read = cli("judge", "read", *both, "-q", "判断.txt", "--third", "第三份.xlsx")
    assert read.code == 0, read.err
    assert "κ" in read.out
    assert "1 对意见不同，写在 第三份.xlsx" in read.out
    (code,) = astray
    assert key[code].team_id not in read_qrels(Path("判断.txt"))[key[code].challenge_id]
    _fill(Path("第三份.xlsx"), true.__getitem__)
    again = cli("judge", "read", "第三份.xlsx", *both, "-q", "判断.txt", "--json")
    assert again.code == 0, again.err
    assert (again.json["settled"], again.json["disputed"]) == (len(key), 0)
    judged = read_qrels(Path("判断.txt"))
    assert judged == {
        c: {i.team_id: true[i.code] for i in key.values() if i.challenge_id == c}
        for c in {i.challenge_id for i in key.values()}
    }
    nothing = cli("judge", "sheet", *files, "-o", "再判", "--depth", "6", "--encoder", "none",
                  "--judged", "判断.txt")  # fmt: skip
    assert "没有要评判的" in nothing.out
    taught = cli("train", "--judged", "判断.txt", *files, "--alone", "--encoder", "none",
                 "-o", "排序.json")  # fmt: skip
    assert taught.code == 0, taught.err
    assert "| 原模型 | 25 |" in taught.out
    assert "| 新模型（交叉验证） | 25 |" in taught.out
    assert isinstance(load_ranker(Path("排序.json")), AdditiveRanker)
    measured = cli("evaluate", *files, "--qrels", "判断.txt", "--encoder", "none",
                   "--ranker", "排序.json")  # fmt: skip
    assert measured.code == 0, measured.err


def test_too_few_grades_are_refused(cli: Cli) -> None:
    write_records(CHALLENGES, "榜单.jsonl")
    write_records(TEAMS, "团队.jsonl")
    files = ("--challenges", "榜单.jsonl", "--teams", "团队.jsonl", "--encoder", "none")
    Path("判断.txt").write_text("C00 0 T00 3\nC00 0 T07 0\n", encoding="utf-8")
    done = cli("train", "--judged", "判断.txt", *files, "--alone", "-o", "排序.json")
    done.refused("评判太少", "至少 20 项")
    assert not Path("排序.json").exists()
    cli("train", "--judged", "判断.txt", "-o", "排序.json").refused("哪个榜单和团队库")
    # Of one organisation alone nothing could be held apart.
    write_records([t.model_copy(update={"org_name": "东海大学"}) for t in TEAMS], "团队.jsonl")
    lines = [f"C{n:02} 0 T{n:02} 3\nC{n:02} 0 T{24 - n:02} 0\n" for n in range(25) if n != 12]
    Path("判断.txt").write_text("".join(lines), encoding="utf-8")
    done = cli("train", "--judged", "判断.txt", *files, "--alone", "-o", "排序.json")
    done.refused("评判太少", "5 个单位")
