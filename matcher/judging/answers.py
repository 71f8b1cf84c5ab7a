"""Filled-in sheets read back: every row becomes a grade, is said to be blank, or is rejected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from matcher.corpora.cells import cell_text
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.registry import inspect_file, read_file
from matcher.corpora.grid import Grid
from matcher.corpora.reading import Reject
from matcher.errors import InputError
from matcher.judging.pool import Item
from matcher.judging.sheets import BLOCK, CODE, GRADE
from matcher.text.normalise import clean, normalise

_CODE = re.compile(r"[A-R]{6,}")
_GRADE = re.compile(r"([0-3])(?:\.0+)?")
_SAID = re.compile(rf"{GRADE}\s*[:：]\s*(.*)")


@dataclass(frozen=True)
class Answers:
    """One judge's grades by code.

    Attributes:
        file: the judge's.
        blank: codes whose grade was left open.
        rejects: rows that could not be used.
    """

    file: str
    grades: Mapping[str, int]
    blank: tuple[str, ...] = ()
    rejects: tuple[Reject, ...] = ()


class _Said(NamedTuple):
    sheet: str | None
    row: int
    code: str
    grade: str


@dataclass
class _Taken:
    file: str
    key: Mapping[str, Item]
    grades: dict[str, int] = field(default_factory=dict)
    blank: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def take(self, said: _Said) -> None:
        """One row: a grade, a blank, or a reject that says where and why."""
        found = _GRADE.fullmatch(normalise(said.grade))
        if not _CODE.fullmatch(said.code):
            if said.grade:
                self._reject(said, CODE, said.code, "这一行没有编号，等级不知属于谁",
                             "评判表里的编号", "把等级填到有编号的行")  # fmt: skip
        elif said.code not in self.key:
            self._reject(said, CODE, said.code, "编号不在对照文件里",
                         "对照文件里的编号", "检查是否是同一次评判的表")  # fmt: skip
        elif not said.grade:
            self.blank.append(said.code)
        elif found is None:
            self._reject(said, GRADE, said.grade, "等级无法理解",
                         "0、1、2、3，或留空", "改成其中一个数")  # fmt: skip
        elif self.grades.setdefault(said.code, int(found[1])) != int(found[1]):
            self._reject(said, GRADE, said.grade, "同一编号填了两个不同的等级",
                         f"与前面的 {self.grades[said.code]} 相同", "留下一行")  # fmt: skip

    def _reject(
        self, said: _Said, column: str, value: Any, reason: str, expected: str, remedy: str
    ) -> None:
        self.rejects.append(
            Reject(self.file, said.sheet, said.row, column, value, reason, expected, remedy)
        )


def read_answers(path: Path, key: Mapping[str, Item]) -> Answers:
    """One judge's filled-in sheet, as workbook, CSV or text.

    Args:
        path: the file.
        key: of `matcher.judging.read_key`.

    Raises:
        InputError: missing, damaged, or no such sheet.
    """
    source = inspect_file(path)
    taken = _Taken(source.name, key)
    rows = 0
    for said in _of_text(source) if path.suffix.lower() == ".txt" else _of_grids(source):
        rows += 1
        taken.take(said)
    if not rows:
        raise InputError(
            "不是评判表", given=source.name, expected=f"有“{CODE}”和“{GRADE}”两栏",
            remedy="用 matcher judge sheet 写出的表",
        )  # fmt: skip
    return Answers(taken.file, taken.grades, tuple(taken.blank), tuple(taken.rejects))


def _of_grids(source: SourceFile) -> Iterator[_Said]:
    content = read_file(source)
    for grid in content if isinstance(content, list | tuple) else ():
        if isinstance(grid, Grid):
            yield from _of_grid(grid)


def _of_grid(grid: Grid) -> Iterator[_Said]:
    places: tuple[int, int] | None = None
    for row in grid.rows:
        cells = [clean(cell_text(cell)) for cell in row.cells]
        if CODE in cells and GRADE in cells:
            places = cells.index(CODE), cells.index(GRADE)
        elif places is not None:
            code, grade = (cells[at] if at < len(cells) else "" for at in places)
            yield _Said(grid.sheet, row.number, code, grade)


def _of_text(source: SourceFile) -> Iterator[_Said]:
    text = source.path.read_text(encoding=source.encoding or "utf-8", errors="replace")
    code = ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(BLOCK):
            code = clean(line.removeprefix(BLOCK))
        elif found := _SAID.fullmatch(line.strip()):
            yield _Said(None, number, code, clean(found[1]))
            code = ""
