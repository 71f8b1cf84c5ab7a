"""Questions about who is who, as a table that staff fill in and hand back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matcher.atomic import atomic_path
from matcher.corpora.cells import cell_text
from matcher.corpora.formats.registry import inspect_file
from matcher.corpora.formats.workbook import read_workbook
from matcher.corpora.formats.xlsx_file import write_xlsx
from matcher.corpora.table import Cell, Sheet
from matcher.errors import InputError
from matcher.linking.questions import Question

HEADER = ("姓名", "甲", "乙", "可能性", "现在的处理", "是否同一人", "甲的编号", "乙的编号")
# As it is written now; tables without the evidence are read as well.
_WRITTEN = (*HEADER[:3], "像一个人", "像两个人", *HEADER[3:])
YES, NO, UNSURE = "是", "否", "拿不准"
MEANS = {YES: True, NO: False, UNSURE: None}
_HELP = (
    "每一行是同名的两处，系统拿不准是不是同一个人。",
    "在“是否同一人”一栏填“是”“否”或“拿不准”；拿不准的和空着的，系统按“现在的处理”办。",
    "填好后：matcher library review 本文件。决定会记住，以后导入新清单时照此处理。",
)


def write_questions(questions: Sequence[Question], path: str | Path) -> None:
    """Write the questions as a table (.xlsx) with a column to be filled in.

    Raises:
        InputError: more rows than a sheet holds.
        StorageError: the file cannot be written.
    """
    rows: list[Sequence[Cell]] = [
        (q.name, str(q.one), str(q.other), "；".join(q.speaks_for), "；".join(q.against),
         f"{q.chance:.0%}", "算一个人" if q.joined else "算两个人", "", q.one_key, q.other_key)
        for q in questions
    ]  # fmt: skip
    table = Sheet("待确认", _WRITTEN, rows, {"是否同一人": (*MEANS,)})
    notes = Sheet("填写说明", ["填写说明"], [[line] for line in _HELP])
    with atomic_path(Path(path)) as temporary:
        write_xlsx([table, notes], temporary)


def read_answers(path: str | Path) -> tuple[tuple[str, str, bool | None], ...]:
    """The pairs somebody answered, as `Register.decide` takes them; empty ones are left out.

    Raises:
        InputError: not such a table, or an answer that is none of 是, 否, 拿不准.
    """
    source = inspect_file(path)
    rows = iter(read_workbook(source)[0].rows) if source.format == "xlsx" else iter(())
    head = next(rows, None)
    names = [cell_text(cell) for cell in head.cells] if head is not None else []
    if not set(HEADER) <= set(names):
        raise InputError(
            "不是待确认表", given=f"{source.name}：{'、'.join(names)[:200]}",
            expected="matcher library build 写出的待确认表", remedy="用原表填写，不改列名",
        )  # fmt: skip
    found = []
    for row in rows:
        values = dict(zip(names, map(cell_text, row.cells), strict=False))
        answer = values["是否同一人"].strip()
        if answer and answer not in MEANS:
            raise InputError(
                "看不懂的回答", given=f"{source.name} 第 {row.number} 行，是否同一人：{answer}",
                expected="是、否、拿不准，或空着", remedy="改正这一格",
            )  # fmt: skip
        if answer:
            found.append((values["甲的编号"], values["乙的编号"], MEANS[answer]))
    return tuple(found)
