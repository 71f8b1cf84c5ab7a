"""JSON as programs export it: an array, an array in an envelope, a record over several lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from matcher.corpora import read_any, read_challenges, read_teams
from matcher.errors import InputError

ROWS = [
    {"项目名称": "高温合金叶片", "榜额": "500万元", "需求单位": "大工"},
    {"项目名称": "海水淡化膜", "榜额": 300},
]


@pytest.mark.parametrize(
    "value", [ROWS, {"data": ROWS}, {"code": 0, "data": {"total": 2, "rows": ROWS}}]
)
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_wherever_it_stands(value: Any, indent: int | None, tmp_path: Path) -> None:
    path = tmp_path / "榜单.json"
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent), encoding="utf-8")
    found = read_any(path).challenges
    assert found is not None
    assert [record.title for record in found.records] == ["高温合金叶片", "海水淡化膜"]
    assert [record.source.row for record in found.records if record.source] == [1, 2]
    assert (found.format, found.count.total, found.count.unaccounted) == ("json", 2, 0)
    assert found == read_any(path, "challenges").challenges


@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_record(indent: int | None, tmp_path: Path) -> None:
    team = {"team_id": "T1", "team_name": "轧制", "evidence": [{"title": "超快冷"}]}
    path = tmp_path / "团队.json"
    path.write_text(json.dumps(team, indent=indent), encoding="utf-8")
    (record,) = read_teams(path).records
    assert (record.team_id, record.evidence[0].title) == ("T1", "超快冷")


def test_items_that_are_no_records_are_rejects(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(
        '[{"编号": "1", "名称": "甲"}, 7, {"编号": "2", "名称": "乙", "名称": "丙"},'
        ' {"编号": "3", "名称": "\\ud800"}, {"编号": "4", "名称": "丁"}]'.encode()
    )
    found = read_challenges(path)
    assert [record.challenge_id for record in found.records] == ["1", "4"]
    assert [(reject.row, reject.reason) for reject in found.rejects] == [
        (2, "不是 JSON 对象"), (3, "同一个键出现了两次"), (4, "含有损坏的字符"),
    ]  # fmt: skip
    assert found.count.unaccounted == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"名称": "甲"},\n{"名称": }]', "第 2 行"),
        ('{"a": [{"x": 1}],\n "b": [{"y": 1}]}', "几个数组"),
        ("[{" * 100_000, "JSON"),
        ('{"名称": "甲"', "合法的 JSON|没有一行能读"),
        ("[]", "没有记录"),
        ('[{"a": 1}]', "看不出"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        read_any(path)
    assert caught.value.remedy


@pytest.mark.parametrize("first", ["9" * 5000, '"\\ud800"', '1, "项目名称": 2', "nonsense"])
def test_a_first_line_that_is_damaged_does_not_hide_the_others(first: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"项目名称": {first}}}\n{{"项目名称": "轴承"}}\n', encoding="utf-8")
    read = read_any(path).challenges
    assert ([one.title for one in read.records], len(read.rejects)) == (["轴承"], 1)
