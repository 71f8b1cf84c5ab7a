"""Large files: built by several processes, kept on disk, and what one process makes of them."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from matcher.corpora import Reading, find_duplicates, read_challenges, read_teams
from matcher.corpora.duplicates import alike
from matcher.corpora.duplicates.reconciling import reconcile
from matcher.corpora.formats import csv_file, safety
from matcher.corpora.rows import blocks
from matcher.corpora.spool import BLOCK, KEPT, Spool
from matcher.errors import InputError, StorageError
from matcher.processes import shared
from matcher.records import Challenge, Team
from matcher.workspace import Change, Workspace

ROWS = KEPT + 3 * BLOCK


def _lines() -> Iterator[list[str]]:
    """A list with everything that can befall a row: refused, twice there, damaged, a total."""
    yield ["2026年揭榜挂帅榜单", "", "", "", "", "", ""]
    yield ["序号", "项目名称", "需求单位", "考核指标", "榜额", "截止时间", "备注栏"]
    for n in range(1, ROWS):
        yield [
            str(n if n % 701 else n - 1),
            f"高温合金叶片铸造{n}" if n % 400 else "",
            f"某某重工{n % 7}有限公司",
            f"合格率≥{n % 90}%；寿命≥{n}h" if n % 13 else "日?報?損失",
            "一大笔" if n % 97 == 0 else f"{n}万元",
            "3月31日",
            f"见附{n}" if n % 3 == 0 else "",
        ]
    yield ["合计", "", "", "", "999", "", ""]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "榜单.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(_lines())
    return path


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine with two processors and a file that is worth them."""
    monkeypatch.setattr(blocks, "WORTH_SHARING", 0)
    monkeypatch.setattr(blocks, "processors", lambda: 2)


def _plain(reading: Reading[object]) -> Reading[object]:
    return replace(reading, records=tuple(reading.records), rejects=tuple(reading.rejects))


@pytest.mark.slow
def test_many_processes_make_what_one_makes(large: Path, request: pytest.FixtureRequest) -> None:
    alone = read_challenges(large)
    request.getfixturevalue("processes")
    together = read_challenges(large)
    assert _plain(together) == _plain(alone)
    assert list(together.mapping.items()) == list(alone.mapping.items())
    assert alone.count.unaccounted == 0
    reasons = {reject.reason.partition("：")[0] for reject in alone.rejects}
    assert len(alone.records) > KEPT
    assert {"编号重复", "缺少必填项"} < reasons
    assert any("丢失的字" in warning for warning in alone.warnings)
    assert alone.omitted[-1].why == "合计行"


@pytest.mark.slow
def test_teams_with_pieces_of_evidence_in_cells(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "团队.csv"
    pieces = '[{"title": "叶片论文", "year": 2020, "引用": 3}, {"title": "坏的", "year": "某年"}]'
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["团队编号", "团队名称", "单位", "代表性论文", "成果"])
        for n in range(700):
            paper = f"[1] 张三. 单晶叶片定向凝固{n}[J]. 金属学报, 2020, 56(1): 1-9."
            writer.writerow([n, f"铸造团队{n}", "大工", paper, pieces if n % 5 == 0 else ""])
    alone = read_teams(path)
    request.getfixturevalue("processes")
    together = read_teams(path)
    assert _plain(together) == _plain(alone)
    assert together.unknown_columns == alone.unknown_columns
    assert together.mapping == alone.mapping
    assert alone.rejects
    assert alone.records[1].evidence


def test_a_missing_column_is_told_all_the_same(tmp_path: Path, processes: None) -> None:
    path = tmp_path / "a.csv"
    path.write_text("榜额,需求单位\n5,甲\n", encoding="utf-8")
    with pytest.raises(InputError, match="缺少必需的列"):
        read_challenges(path)


def _dies_elsewhere(number: int) -> int:
    if os.environ.get("MATCHER_TEST_PARENT") != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


@pytest.mark.processes
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal on this system")
def test_work_of_killed_processes_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_TEST_PARENT", str(os.getpid()))
    assert list(shared(_dies_elsewhere, range(9))) == [(n, n * n) for n in range(9)]


@pytest.mark.slow
def test_a_full_temporary_folder_is_told(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(StorageError, match="TMPDIR"):
        read_challenges(large)


def test_what_is_kept_is_as_good_as_a_tuple() -> None:
    spool: Spool[int] = Spool(keep=10)
    spool.extend(range(1000))
    kept = spool.kept()
    assert kept == tuple(range(1000))
    assert (kept[-1], kept[5:8], kept[990:]) == (999, (5, 6, 7), tuple(range(990, 1000)))
    assert list(reversed(kept))[:2] == [999, 998]
    with pytest.raises(IndexError):
        kept[1000]


@pytest.mark.slow
def test_only_what_changed_of_a_large_file_is_indexed_again(tmp_path: Path) -> None:
    path = tmp_path / "团队.jsonl"
    teams = [
        {"team_id": f"T{n}", "team_name": f"{n}号铸造组", "org_name": f"第{n}大学"}
        for n in range(KEPT + 50)
    ]
    opened = Workspace(tmp_path / "w", encoder=None)
    for edited, expected in (
        (None, Change(len(teams), 0, 0)),
        (KEPT, Change(0, 1, len(teams) - 1)),
    ):
        if edited is not None:
            teams[edited]["profile"] = "改过"
        path.write_text("\n".join(json.dumps(team, ensure_ascii=False) for team in teams))
        ready = reconcile(read_teams(path).records, opened.teams() if edited else {})
        assert opened.put_teams(ready.records) == expected
    assert opened.teams()[f"T{KEPT}"].profile == "改过"


@pytest.mark.slow
def test_duplicates_of_a_large_file_are_merged_where_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "团队.jsonl"
    names = [f"{n}号铸造组{n * 7919}" for n in range(KEPT + 10)]
    lines = [{"team_id": f"T{n}", "team_name": name, "org_name": "某大学"} for n, name in
             enumerate(names)]  # fmt: skip
    lines.append({**lines[5], "team_id": "再来", "profile": "新简介"})
    path.write_text("\n".join(json.dumps(team, ensure_ascii=False) for team in lines))
    records = read_teams(path).records
    stored = {"旧": Team(team_id="旧", team_name=names[9], org_name="某大学")}
    ready = reconcile(records, stored, merging=True)
    merged = [note for note in ready.notes if note.startswith("合并")]
    assert [note.partition("（")[0] for note in merged] == [
        "合并：再来 并入 T5", "合并：T9 并入 旧"
    ]  # fmt: skip
    assert len(ready.records) == len(records) - 1
    assert ready.records[5].profile == "新简介"
    assert ready.records[-1].team_id == "旧"
    assert {team.team_id for team in ready.records}.isdisjoint({"再来", "T9"})


def test_duplicates_are_found_whatever_is_looked_at_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = random.Random(3)
    words = ("轴承钢", "高温合金", "靶材", "齿轮", "光刻胶", "锂电池", "控制", "检测", "铸造")
    titles = ["".join(chosen.choices(words, k=chosen.randrange(1, 5))) for _ in range(200)]
    challenges = [
        Challenge(challenge_id=str(n), title=f"{title}{'的' if n % 3 else ''}", demand_org="甲")
        for n, title in enumerate(titles)
    ]
    whole = find_duplicates(challenges)
    monkeypatch.setattr(alike, "_RUNS", 50)
    monkeypatch.setattr(alike, "_TOGETHER", 7)
    assert find_duplicates(iter(challenges)) == whole
    every = {frozenset((d.first_id, d.second_id)) for d in whole if d.score == 1.0}
    same = defaultdict(list)
    for challenge in challenges:
        same[challenge.title].append(challenge.challenge_id)
    assert every
    assert every <= {frozenset(p) for ids in same.values() for p in combinations(ids, 2)}


def test_a_line_without_end_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "MAX_LINE", 3 << 20)
    for name, start in (("a.csv", "榜单编号,项目名称\n1,"), ("b.jsonl", '{"a": 1}\n{"b": "')):
        path = tmp_path / name
        path.write_text(start + "甲" * (2 << 20), encoding="utf-8")
        with pytest.raises(InputError, match="文件太大"):
            read_challenges(path)


def test_an_open_quote_does_not_take_in_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_file, "_MAX_CELL", 2_000)
    limit = csv.field_size_limit()
    path = tmp_path / "a.csv"
    rows = [f"{n},第{n}号叶片" for n in range(1, 1000)]
    rows[9] = '10,"第10号叶片'
    path.write_text("\n".join(["榜单编号,项目名称", *rows]), encoding="utf-8")
    reading = read_challenges(path)
    csv.field_size_limit(limit)
    assert reading.count.unaccounted == 0
    assert len(reading.rejects) == 1
    assert "第 11 行至第" in reading.rejects[0].reason
    assert len(reading.records) > 500
