"""What costs much to understand is refused before it is; one amount too large is told at once."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.corpora import read_any_of, read_challenges
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
