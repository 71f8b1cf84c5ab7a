"""What costs much to understand is refused before it is; one amount too large is told at once."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.corpora import ReadOptions, RowAllowance, read_any_of, read_challenges
from matcher.errors import InputError

MANY = {f"字段{n}": n for n in range(50_000)}


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"{number}.csv", "榜单编号,项目名称\n1,轴承\n")


WIDE: dict[str, Callable[[Path], object]] = {
    "a.json": lambda path: path.write_text(json.dumps([{**MANY, "项目名称": "轴承"}])),
    "b.json": lambda path: path.write_text(json.dumps({**MANY, "项目名称": "轴承"})),
    "a.jsonl": lambda path: path.write_text(
        "\n".join(json.dumps({**MANY, "项目名称": f"轴承{n}"}) for n in range(3))
    ),
    "a.csv": lambda path: path.write_text(",".join(MANY) + "\n" + "1," * 50_000 + "1\n"),
    "a.html": lambda path: path.write_text(f"<table><tr>{'<td>格</td>' * 2_500}</tr></table>"),
    "a.zip": _zip,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WIDE)
def test_what_is_too_much_is_refused_at_once(name: str, tmp_path: Path) -> None:
    WIDE[name](tmp_path / name)
    started = time.process_time()
    try:
        found = list(read_any_of(tmp_path / name))
    except InputError as error:
        said = error.message
    else:
        said = "".join(r.message for part in found for x in part.readings for r in x.rejects)
    assert any(words in said for words in ("范围过大", "个字段", "文件太多")), said
    assert time.process_time() - started < 60


@pytest.mark.parametrize("amount", ["1e308", "1e14", "99999999999999999999"])
def test_an_amount_nobody_has_is_told_at_import(amount: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'[{{"榜单编号":"1","项目名称":"轴承","榜额(万元)":{amount}}},'
                    '{"榜单编号":"2","项目名称":"齿轮","榜额(万元)":500}]')  # fmt: skip
    reading = read_challenges(path)
    assert [r.challenge_id for r in reading.records if (r.bounty_wan or 0) > 0] == ["2"]
    told = [r.message for r in reading.rejects] + list(reading.notes)
    assert any("榜额" in text for text in told), told
    assert not any("大得少见" in text for text in reading.notes if reading.rejects)


def test_an_upload_may_have_so_many_rows_in_all_its_files(tmp_path: Path) -> None:
    """A file of a kilobyte can hold a million."""
    rows = "".join(f"轴承{n},某厂\n" for n in range(30))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("甲.csv", "乙.csv"):
            archive.writestr(name, f"项目名称,需求单位\n{rows}")

    def read(most: int) -> list[str]:
        options = ReadOptions(rows=RowAllowance(most))
        return [text for part in read_any_of(tmp_path / "a.zip", options=options)
                for text in part.unread]  # fmt: skip

    assert read(62) == []
    assert ["行数过多" in text for text in read(61)] == [True]
    with pytest.raises(InputError, match="压缩包里没有能读的文件"):
        read(30)


def table(title: str) -> str:
    rows = (("项目名称", "需求单位"), (title, "某厂"))
    return f"<table>{''.join(f'<tr><td>{a}</td><td>{b}</td></tr>' for a, b in rows)}</table>"


def nested(inside: str, depth: int) -> str:
    return "<div>" * depth + inside + "</div>" * depth


WHOLE = {
    "a picture": f"<img src='data:image/png;base64,{'A' * 11_000_000}'>",
    "a script": f"<script>{'a' * 11_000_000}</script>",
    "deep": nested("深处", 270),
}


@pytest.mark.parametrize("between", WHOLE.values(), ids=WHOLE)
def test_a_page_is_read_to_its_end(between: str, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body>{table('轴承')}{between}{table('齿轮')}</body></html>")
    assert [record.title for record in read_challenges(path).records] == ["轴承", "齿轮"]


@pytest.mark.parametrize("depth", [400, 3_000])
def test_a_page_too_deep_is_not_read_in_part(depth: int, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body>{table('轴承')}{nested('深处', depth)}{table('齿轮')}")
    with pytest.raises(InputError, match="读不"):
        read_challenges(path)


def test_a_cell_too_deep_is_not_read_in_part(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(table("轴承").replace("某厂", f"{'<b>' * 400}某厂{'</b>' * 400}"))
    with pytest.raises(InputError, match="嵌套过深"):
        read_challenges(path)


def test_what_nobody_sees_in_a_header_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("项\u200b目\u200d名\ufeff称,需求\u00ad单位\n轴承,某厂\n")
    assert [(r.title, r.demand_org) for r in read_challenges(path).records] == [("轴承", "某厂")]
