"""What is said to be done can be done where it is said: no commands on pages and in answers."""

from __future__ import annotations

import ast
from pathlib import Path

import matcher
from matcher.errors import InputError, ModelError
from matcher.service.problems import of_error
from matcher.service.remedies import _AT_PAGES, _COMMAND, remedy_at_pages

from .service import Caller, make_app

API = "/api/v1"
PACKAGE = Path(matcher.__file__).parent


def _texts(folder: Path, *, beside: frozenset[str] = frozenset()) -> list[str]:
    """The texts in the source, each as it is put together."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        if beside & set(path.relative_to(folder).parts) or path.name == "remedies.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


def test_every_translation_is_of_something_that_is_said() -> None:
    said = "\n".join(_texts(PACKAGE, beside=frozenset({"cli"})))
    assert [typed for typed, _ in _AT_PAGES if typed not in said] == []


def test_no_remedy_of_the_service_itself_is_a_command() -> None:
    for path in sorted((PACKAGE / "service" / "desk").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "remedy":
                assert not _COMMAND.search(ast.unparse(node.value)), path


def test_what_only_the_server_can_do_is_staff_s() -> None:
    told = of_error(ModelError("校准文件坏了", remedy="用 matcher calibrate 重新生成"))
    assert told.remedy == "请管理人员在服务器上处理：用 matcher calibrate 重新生成"
    assert remedy_at_pages("写上理由") == "写上理由"
    told = of_error(InputError("没有编号", given="改正（命令行也可以用 --year 说明）"))
    assert told.given == "改正"


def test_an_unknown_expert_is_told_with_where_accounts_stand(tmp_path: Path) -> None:
    staff = Caller(make_app(tmp_path), "staff")
    asked = {"challenge_id": "K1", "name": "查无此人"}
    told = staff.post(f"{API}/appraisals/experts", json=asked)
    page = staff.client.post("/appraisals/experts", data={"csrf": staff.token, **asked})
    for text in (told.text, page.text):
        assert "在“账号”里查看有哪些账号" in text
        assert "matcher accounts" not in text
    assert 'value="expert"' in staff.get("/pairs?challenge=K1").text  # who may be asked
