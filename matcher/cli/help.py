"""The help of commands in Chinese; the command line library has its headings in English only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from typer.core import TyperCommand

_Context: Any = TyperCommand.context_class
_Formatter: Any = _Context.formatter_class
_HEADINGS = {"Arguments": "参数", "Options": "选项", "Commands": "命令"}
_USAGE = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 …"}
_NOTES = (
    ("Show this message and exit.", "显示用法。"),
    ("[default: ", "[默认："),
    ("; default: ", "；默认："),
    ("[env var: ", "[环境变量："),
    ("; required]", "；必填]"),
    ("[required]", "[必填]"),
)


class ChineseFormatter(_Formatter):  # type: ignore[misc]
    """Headings and standing remarks in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """One line: the command and what may follow it."""
        for english, chinese in _USAGE.items():
            args = args.replace(english, chinese)
        super().write_usage(prog, args, "用法：" if prefix is None else prefix)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A heading and what is indented below it."""
        with super().section(_HEADINGS.get(name, name)):
            yield

    def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Names beside their explanations."""
        told = []
        for name, explanation in rows:
            for english, chinese in _NOTES:
                explanation = explanation.replace(english, chinese)  # noqa: PLW2901
            told.append((name, explanation))
        super().write_dl(told, *args, **kwargs)


def speak_chinese() -> None:
    """Let every command write its help this way."""
    _Context.formatter_class = ChineseFormatter
