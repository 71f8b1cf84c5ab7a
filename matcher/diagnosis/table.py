"""A diagnosis as a workbook staff can send on: one row a question, one row a need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matcher.atomic import atomic_path
from matcher.corpora.formats.xlsx_file import write_xlsx
from matcher.corpora.table import Cell, Sheet
from matcher.diagnosis.elements import NAMES
from matcher.diagnosis.finding import Diagnosis
from matcher.errors import InputError
from matcher.records import Challenge, headers

_QUESTIONS = ("榜单编号", "项目名称", "类别", "发现", "栏目", "需求原文", "要问的", "示例", "答复")
_NEEDS = ("榜单编号", "项目名称", "完整度", "缺少", "其他发现", *NAMES)


def write_diagnoses(diagnoses: Sequence[Diagnosis], path: str | Path) -> None:
    """Write sheets 需要补充 (a row a finding, with room for the answer) and 总览 (a row a need).

    Raises:
        InputError: not .xlsx, or more rows than a sheet holds.
        StorageError: the disk refuses.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError("诊断表只写成 .xlsx", given=path.name, remedy="把扩展名改为 .xlsx")
    labels = {name: header.name for name, header in headers(Challenge)}
    questions: list[Sequence[Cell]] = [
        (one.challenge_id, one.title, found.kind.value, found.told, labels[found.field],
         "；".join(found.words), found.question, found.example, "")
        for one in diagnoses
        for found in one.findings
    ]  # fmt: skip
    needs = [_need(one) for one in diagnoses]
    with atomic_path(path) as temporary:
        write_xlsx(
            [Sheet("需要补充", _QUESTIONS, questions), Sheet("总览", _NEEDS, needs)], temporary
        )


def _need(one: Diagnosis) -> Sequence[Cell]:
    others = [found.told for found in one.findings if found.words]
    chips = ["、".join(element.words) for element in one.elements]
    return (
        one.challenge_id, one.title, one.completeness.score, "、".join(one.missing),
        "；".join(others), *chips,
    )  # fmt: skip
