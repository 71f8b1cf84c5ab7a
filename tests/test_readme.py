"""Documents are tests: the README runs, and docs/cli.md names every command and option."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from matcher.cli import app
from matcher.encoding import DEFAULT_ENCODER

from .conftest import TINY

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def blocks(path: Path, language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return [str(block) for block in found]


@pytest.fixture
def default_encoder(own_home: Path) -> Iterator[None]:
    """The small encoder stands where the default one would be."""
    place = own_home / "models" / DEFAULT_ENCODER
    shutil.copytree(TINY, place)
    yield
    shutil.rmtree(place)


@pytest.mark.slow
@pytest.mark.usefixtures("default_encoder")
def test_the_python_of_the_readme_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    written = blocks(README, "python")
    assert written
    names: dict[str, Any] = {}
    for block in written:
        exec(compile(block, str(README), "exec"), names)
    assert capsys.readouterr().out.strip()


def commands(command: Any = None, words: str = "matcher") -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words that call it."""
    command = command or get_command(app)
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{words} {name}")
    if not getattr(command, "commands", None):
        yield words, command


COMMANDS = dict(commands())


def section(words: str) -> str:
    match = re.search(rf"^## {re.escape(words)}\n(.*?)(?=^## |\Z)", CLI, re.DOTALL | re.MULTILINE)
    assert match, f"docs/cli.md has no section '## {words}'"
    return match[1]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_documented_and_every_documented_option_exists(words: str) -> None:
    options = {o for p in COMMANDS[words].params for o in p.opts if o.startswith("-")}
    table = "\n".join(line for line in section(words).splitlines() if line.startswith("| `"))
    documented = set(re.findall(r"`(--?[a-z][a-z-]*)`", table))
    assert documented == options
    for parameter in COMMANDS[words].params:
        if parameter.param_type_name == "argument":
            assert f"| `{parameter.name}` |" in table


def test_every_documented_command_exists() -> None:
    assert set(re.findall(r"^## (matcher .*)$", CLI, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("document", ["README.md", "docs/cli.md"])
def test_commands_in_examples_exist_with_their_options(document: str) -> None:
    lines = "\n".join(blocks(ROOT / document, "bash")).replace("\\\n", " ").splitlines()
    shown = [line for line in lines if line.startswith("matcher ")]
    assert shown
    for line in shown:
        words = max((w for w in COMMANDS if f"{line} ".startswith(f"{w} ")), key=len, default="")
        assert words, line
        options = {option for p in COMMANDS[words].params for option in p.opts}
        assert set(re.findall(r"(?<= )--[a-z-]+", line.split("#")[0])) <= options, line


@pytest.mark.parametrize("document", ["README.md", "docs/cli.md", "docs/architecture.md"])
def test_links_inside_the_project_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
