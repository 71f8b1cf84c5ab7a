"""The architecture, held by a machine: imports point down, and importing changes nothing."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "matcher"
MODULES = sorted(PACKAGE.rglob("*.py"))


def orders() -> dict[str, list[str]]:
    """Package ("" is the whole, else "corpora" or "corpora/rows") → what lies in it, highest first.

    docs/architecture.md lists them in fenced blocks, each marked with its package.
    """
    section = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = section.split("## Layers")[1].split("\n## ")[0]
    blocks = re.findall(r"^```([\w/]*)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return {package: [name.strip() for name in names.split(">")] for package, names in blocks}


ORDERS = orders()


def layer_of(path: Path, package: str) -> str:
    return path.relative_to(PACKAGE / package).parts[0].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    """Parsed once, whichever orders the module stands in."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> tuple[tuple[int, str], ...]:
    """(line, name) of every import, inside functions too, not for types only."""
    todo: list[ast.AST] = [tree(path)]
    found: list[tuple[int, str]] = []
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo.extend(node.orelse)
        elif isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        else:
            todo.extend(ast.iter_child_nodes(node))
    return tuple(found)


def imports(path: Path, package: str) -> Iterator[tuple[int, str]]:
    """(line, layer) of every import from the package."""
    prefix = ".".join(("matcher", *filter(None, package.split("/"))))
    for line, name in imported(path):
        if name == prefix or name.startswith(f"{prefix}."):
            yield line, name.removeprefix(prefix).lstrip(".").split(".")[0]


def inside(package: str) -> list[Path]:
    return [path for path in MODULES if path.is_relative_to(PACKAGE / package)]


@pytest.mark.parametrize("package", ORDERS)
def test_every_module_has_its_place_in_the_list(package: str) -> None:
    named = {layer_of(path, package) for path in inside(package)} - {"__init__"}
    assert named == set(ORDERS[package])
    assert len(ORDERS[package]) == len(set(ORDERS[package]))


@pytest.mark.parametrize("package", ORDERS, ids=lambda package: package or "all")
def test_imports_point_strictly_down(package: str) -> None:
    order, wrong = ORDERS[package], []
    for path in inside(package):
        own = layer_of(path, package)
        if own not in order:
            continue  # the face of the package; anything else fails the test above
        below = set(order[order.index(own) :])
        wrong += [
            f"{path.relative_to(PACKAGE)}:{line}: {layer or 'the face'}"
            for line, layer in imports(path, package)
            if layer not in below
        ]
    assert wrong == []


@pytest.mark.slow
def test_no_import_is_relative() -> None:
    for path in MODULES:
        for node in ast.walk(tree(path)):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path


@pytest.mark.slow
def test_jieba_and_opencc_are_loaded_inside_functions_only() -> None:
    for path in MODULES:
        for node in tree(path).body:
            names = {alias.name.split(".")[0] for alias in getattr(node, "names", ())}
            names.add(str(getattr(node, "module", "")).split(".")[0])
            assert not {"jieba", "opencc", "torch", "sentence_transformers"} & names, path


def python(program: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


@pytest.mark.slow
def test_importing_everything_changes_no_state() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
    ]
    program = f"""
import json, locale, logging, os, signal, sys, warnings
import numpy, pandas, pydantic, scipy.optimize, typer  # libraries may do as they please; not we
def state():
    loggers = {{
        name: (logger.level, len(logger.handlers), logger.disabled)
        for name, logger in logging.Logger.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and name.split(".")[0] in ("matcher", "jieba")
        and (logger.level or logger.handlers or logger.disabled)
    }}
    root = logging.getLogger()
    return [dict(os.environ), root.level, len(root.handlers), loggers, len(warnings.filters),
            os.getcwd(), str(signal.getsignal(signal.SIGINT)), locale.setlocale(locale.LC_ALL)]
before = state()
for name in {names!r}:
    __import__(name)
print(json.dumps([before == state(), sorted({{"jieba", "torch"}} & set(sys.modules))]))
"""
    assert json.loads(python(program)) == [True, []]


@pytest.mark.slow
@pytest.mark.parametrize("program", ["import matcher", "import matcher.cli", "--help"])
def test_the_first_steps_load_nothing_heavy(program: str) -> None:
    if program == "--help":
        program = (
            "import sys; sys.argv = ['matcher', '--help']\n"
            "from matcher.cli import main\ntry:\n    main()\nexcept SystemExit as left:\n"
            "    assert left.code == 0\n"
        )
    heavy = (
        "{'torch', 'numpy', 'pandas', 'scipy', 'sklearn', 'jieba', 'opencc', 'onnxruntime',"
        " 'fastapi', 'starlette', 'uvicorn', 'jinja2'}"
    )
    shown = python(f"{program}\nimport sys; print(); print(sorted({heavy} & set(sys.modules)))")
    assert shown.splitlines()[-1] == "[]"
