"""Commands written wrongly: every answer is Chinese and says what to do."""

from __future__ import annotations

import re

import pytest

from .conftest import Cli

MISTAKES = {
    "no such option": (("import", "--chek"), ("没有这个选项", "--chek", "是否指 --check")),
    "no such command": (("imprt",), ("没有这个命令", "imprt", "是否指 import")),
    "missing argument": (("template",), ("缺少参数 kind", "榜单")),
    "missing value": (("import", "--year"), ("选项 --year 后面缺少值",)),
    "no value wanted": (("import", "--check=3"), ("选项 --check 后面不写值",)),
    "not a number": (("import", "a", "--year", "x"), ("选项 --year 的值不对", "实际：x", "整数")),
    "out of range": (("teams", "x", "--top", "0"), ("--top", "实际：0", "不小于 1")),
    "too much": (("template", "teams", "a.xlsx", "b.xlsx"), ("多写了内容", "b.xlsx")),
}


@pytest.mark.parametrize(("words", "parts"), MISTAKES.values(), ids=MISTAKES)
def test_a_command_written_wrongly(
    words: tuple[str, ...], parts: tuple[str, ...], cli: Cli
) -> None:
    done = cli(*words)
    assert done.code == 2
    assert done.out == ""
    assert all(part in done.err for part in (*parts, "处理：matcher")), done.err
    english = re.sub(r"--?[\w-]+|matcher|\S*\.xlsx|challenges|teams", "", done.err)
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", english), done.err


def test_a_bare_group_shows_its_help(cli: Cli) -> None:
    done = cli("models")
    assert done.code == 2
    assert "build" in done.err
    assert "错误" not in done.err


def test_a_path_the_system_refuses_is_no_defect(cli: Cli) -> None:
    done = cli("status", "--workspace", "长" * 300)
    assert done.code == 1
    assert "文件名太长" in done.err
