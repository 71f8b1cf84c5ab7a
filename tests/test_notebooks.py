"""The notebooks run from the first cell to the last, and are committed without outputs."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import nbformat
import pytest
from matplotlib import font_manager, rc_context
from nbclient import NotebookClient

from matcher.encoding import DEFAULT_ENCODER

from .conftest import INSTALLED_ENCODER, TINY

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def text_of(output: nbformat.NotebookNode) -> str:
    return str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))


def test_the_notebooks_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:2]) for path in NOTEBOOKS] == list(range(1, len(NOTEBOOKS) + 1))
    assert len(NOTEBOOKS) >= 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs_from_the_first_cell_to_the_last(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the small encoder of the tests: the steps are the same, the figures are not."""
    monkeypatch.setenv("MATCHER_ENCODER", str(TINY))
    _run(path, monkeypatch)


@pytest.mark.skipif(INSTALLED_ENCODER is None, reason="the default encoder is not built here")
def test_the_first_notebook_runs_with_the_default_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_MODELS_DIR", str(INSTALLED_ENCODER))
    monkeypatch.setenv("MATCHER_ENCODER", DEFAULT_ENCODER)
    shown = _run(NOTEBOOKS[0], monkeypatch)
    assert "结论：未定" not in shown


def _run(path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a notebook prints, run in a kernel of its own over this checkout."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # A library asks for ipywidgets to draw its progress bars; nothing here needs them.
    monkeypatch.setenv("PYTHONWARNINGS", "ignore:IProgress not found")
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = "\n".join(map(text_of, outputs))
    assert "得分" in shown or "MRR@10" in shown
    # matplotlib warns of every character its fonts cannot draw.
    assert "Glyph" not in shown
    assert not re.search(r"Warning|Traceback", shown), shown
    return shown


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_explains_itself_in_chinese_and_points_nowhere_else(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(re.search("[\u4e00-\u9fff]", text) for text in prose)
    for link in re.findall(r"\]\(([^)]+)\)", "\n".join(prose)):
        assert (FOLDER / link).exists(), link
    longest = max(cell.source.count("\n") for cell in notebook.cells)
    assert longest < 30, "cells short enough to read"


@pytest.mark.parametrize(
    ("fonts", "drawn", "said"), [(["DejaVu Sans"], "score", True), (["SimHei"], "得分", False)]
)
def test_labels_are_english_where_no_chinese_font_is_found_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    fonts: list[str],
    drawn: str,
    said: bool,
) -> None:
    monkeypatch.setattr(font_manager, "get_font_names", lambda: fonts)
    with rc_context():
        module = runpy.run_path(str(FOLDER / "plotting.py"))
    assert module["label"]("得分", "score") == drawn
    assert ("没有找到中文字体" in capsys.readouterr().out) == said
