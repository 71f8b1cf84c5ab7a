"""The help of every command is in Chinese."""

from __future__ import annotations

import re

import pytest
import typer.main

from matcher.cli import app

from .conftest import Cli

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_no_english_headings(command: str, cli: Cli) -> None:
    done = cli(*filter(None, (command, "-h")))
    assert done.code == 0
    assert re.search(f"用法：.*{command}", done.out)
    assert "选项:\n" in done.out
    assert "显示用法。" in done.out
    english = r"Usage|Options|Arguments|Commands|OPTIONS|ARGS|Show this|\[default|\[env|\[required"
    assert not re.search(english, done.out), done.out
