"""Mistakes in writing a command, told in Chinese: what was given, what was expected, the remedy.

The command line library words its errors in English. They are told apart by the name of their
class, for the classes themselves have moved between its versions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from matcher.errors import InputError

_WANTED: dict[str, str] = {
    "int_parsing": "整数", "int_type": "整数", "int_from_float": "整数",
    "float_parsing": "数字", "float_type": "数字", "bool_parsing": "true 或 false",
    "greater_than_equal": "不小于 {ge}", "greater_than": "大于 {gt}",
    "less_than_equal": "不大于 {le}", "less_than": "小于 {lt}",
    "literal_error": "{expected}", "enum": "{expected}", "finite_number": "有限的数",
}  # fmt: skip


def is_usage_error(error: Exception) -> bool:
    """Whether the command line library refuses the way a command is written."""
    return getattr(error, "exit_code", None) == 2 and hasattr(error, "format_message")


def usage_message(error: Any) -> str:
    """The error as our own ones are told; the help itself where a group was called bare."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return str(error.format_message())
    what, given, expected = _TOLD.get(kind, _other)(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "matcher 命令"
    told = InputError(what, given=given, expected=expected, remedy=f"{command} -h 查看用法")
    return f"错误：{told}"


_Parts = tuple[str, str | None, str | None]


def _no_option(error: Any) -> _Parts:
    near = _near(error.option_name, _options(error)) or sorted(error.possibilities or ())
    return "没有这个选项", error.option_name, f"是否指 {'、'.join(near)}" if near else None


def _missing(error: Any) -> _Parts:
    return f"缺少{_named(error).strip()}", "没有写", _help(error)


def _bad_value(error: Any) -> _Parts:
    details = _details(error)
    if details is None:
        return f"{_named(error)}的值不对", error.message, _help(error)
    pattern = _WANTED.get(details["type"])
    wanted = pattern.format_map(details.get("ctx", {})) if pattern else _help(error)
    return f"{_named(error)}的值不对", str(details["input"]), wanted


def _bad_option(error: Any) -> _Parts:
    if "does not take" in error.message:
        return f"选项 {error.option_name} 后面不写值", error.option_name + "=…", error.option_name
    return f"选项 {error.option_name} 后面缺少值", "没有写", f"{error.option_name} 值"


def _other(error: Any) -> _Parts:
    if found := re.search("No such command '(.*?)'", error.message):
        commands = list(getattr(error.ctx.command, "commands", ()))
        near = _near(found[1], commands)
        return (
            "没有这个命令",
            found[1],
            f"是否指 {'、'.join(near)}" if near else "、".join(commands),
        )
    if found := re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message):
        return "多写了内容", found[1], "有空格的文件名要用引号括起"
    return "命令的写法不对", error.message, None


_TOLD: dict[str, Callable[[Any], _Parts]] = {
    "NoSuchOption": _no_option, "MissingParameter": _missing, "BadParameter": _bad_value,
    "BadOptionUsage": _bad_option,
}  # fmt: skip


def _named(error: Any) -> str:
    """The argument or option an error is about, by the name a person writes."""
    if error.param is None:
        return "参数"
    if error.param.param_type_name == "option":
        return f"选项 {' / '.join(error.param.opts)} "
    return f"参数 {error.param.name} "


def _help(error: Any) -> str | None:
    text = getattr(error.param, "help", None)
    return text.rstrip("。") if text else None


def _details(error: Any) -> dict[str, Any] | None:
    """What the validating library found wrong with a value first."""
    cause = error.__cause__
    return cause.errors()[0] if hasattr(cause, "errors") else None


def _options(error: Any) -> list[str]:
    if error.ctx is None:
        return []
    return [name for param in error.ctx.command.params for name in param.opts]


def _near(name: str, known: list[str]) -> list[str]:
    return get_close_matches(name, known, n=3)
