"""Duplicates decided by a person, field by field: a table to be filled in, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from matcher.atomic import atomic_path
from matcher.corpora.cells import cell_text, read_out
from matcher.corpora.duplicates.identity import Duplicate, difference, merge
from matcher.corpora.formats.registry import inspect_file
from matcher.corpora.formats.workbook import read_workbook
from matcher.corpora.formats.xlsx_file import write_xlsx
from matcher.corpora.grid import row_text
from matcher.corpora.headers.kinds import KINDS, kind_of
from matcher.corpora.table import Cell, Sheet
from matcher.errors import InputError, NotFoundError
from matcher.records import Challenge, Team, headers

RecordT = TypeVar("RecordT", Challenge, Team)
Side = Literal["first", "second"]

HEADER = ("组", "种类", "第一条编号", "第二条编号", "项目", "第一条", "第二条", "取")
WHETHER = "是否同一项"
YES, NO, FIRST, SECOND, RULE = "是", "否", "第一条", "第二条", "合在一起"
_SIDES: dict[str, Side] = {FIRST: "first", SECOND: "second"}
_HELP = (
    "每一组是两条可能相同的记录。先看「是否同一项」：是，合并；否或空着，不动。",
    "其余各行是两条不同的内容，「取」写第一条、第二条；列表和成果可以合在一起。",
    "「取」已按规则填好，只改要改的。",
    "合并后留下第一条的编号，第二条删去。填好后：matcher merge 本文件 --check 先看结果。",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Two records that are one, and the fields for which a person chose."""

    kind: str
    first_id: str
    second_id: str
    row: int
    choices: Mapping[str, Side] = field(default_factory=dict)


@dataclass(frozen=True)
class Merged(Generic[RecordT]):
    """The records that stay, as merged, and what became of each id that goes: old → new."""

    records: tuple[RecordT, ...]
    replaced: Mapping[str, str]


def write_duplicates(pairs: Iterable[tuple[Duplicate, Any, Any]], path: str | Path) -> None:
    """Write pairs of records as a table to be filled in, with the choice of the rule in place.

    Raises:
        InputError: more rows than a sheet holds.
        StorageError: the file cannot be written.
    """
    rows: list[Sequence[Cell]] = []
    for number, (duplicate, first, second) in enumerate(pairs, start=1):
        place = (number, kind_of(type(first)).label, first.record_id, second.record_id)
        sure = YES if duplicate.sure else ""
        rows.append((*place, WHETHER, first.name, f"{second.name} ({duplicate.why})", sure))
        rows += [
            (*place, change.label, change.before, change.after, _by_rule(first, second, change))
            for change in difference(first, second)
            if change.field in _choosable(type(first))
        ]
    table = Sheet("重复", HEADER, rows, {"取": (YES, NO, FIRST, SECOND, RULE)})
    notes = Sheet("填写说明", ["填写说明"], [[line] for line in _HELP])
    with atomic_path(Path(path)) as temporary:
        write_xlsx([table, notes], temporary)


def _choosable(record_type: type[Any]) -> dict[str, str]:
    """Field → label of what a person may choose; the id is that of the first."""
    first = next(iter(headers(record_type)))[0]
    fixed = (first, "indicators")  # the targets are read from their text, whichever is taken
    return {name: mark.name for name, mark in headers(record_type) if name not in fixed}


def _by_rule(first: Any, second: Any, change: Any) -> str:
    """What `merge` does with a field if nobody says otherwise."""
    if isinstance(getattr(first, change.field), tuple):
        return RULE
    kept = getattr(merge(first, second), change.field)
    return FIRST if read_out(kept) == change.before else SECOND


def read_decisions(path: str | Path) -> tuple[Decision, ...]:
    """The pairs of a filled-in table that are said to be one.

    Raises:
        InputError: not such a table, or a cell that says neither.
    """
    source = inspect_file(path)
    if source.format != "xlsx":
        raise _not_ours(source.name, source.format)
    grid = read_workbook(source)[0]
    rows = iter(grid.rows)
    head = next(rows, None)
    names = [cell_text(cell) for cell in head.cells] if head is not None else []
    if not set(HEADER) <= set(names):
        raise _not_ours(source.name, row_text(names))
    found: dict[tuple[str, str, str], Decision | None] = {}
    for row in rows:
        values = dict(zip(names, map(cell_text, row.cells), strict=False))
        key = (values["种类"], values["第一条编号"], values["第二条编号"])
        if not any(key):
            continue
        if values["项目"] == WHETHER:
            same = _answer(values["取"], (YES, NO, ""), source.name, row.number) == YES
            found[key] = Decision(*key, row.number) if same else None
            continue
        decision = found.get(key)
        if decision is not None:
            _choose(decision, values, source.name, row.number, found)
    return tuple(decision for decision in found.values() if decision is not None)


def _choose(
    decision: Decision, values: Mapping[str, str], name: str, number: int,
    found: dict[tuple[str, str, str], Decision | None],
) -> None:  # fmt: skip
    record_type = next((k.record for k in KINDS if k.label == decision.kind), Challenge)
    fields = {label: field for field, label in _choosable(record_type).items()}
    answer = _answer(values["取"], (FIRST, SECOND, RULE, ""), name, number)
    side = _SIDES.get(answer)
    if side is not None and values["项目"] in fields:
        chosen = {**decision.choices, fields[values["项目"]]: side}
        key = (decision.kind, decision.first_id, decision.second_id)
        found[key] = Decision(*key, decision.row, chosen)


def _answer(text: str, allowed: Sequence[str], name: str, number: int) -> str:
    text = text.strip()
    if text not in allowed:
        raise InputError(
            "「取」一列的写法不对", given=f"{name} 第 {number} 行：{text}",
            expected="、".join(word for word in allowed if word) + "，或空着",
            remedy="改正这一格后再试",
        )  # fmt: skip
    return text


def _not_ours(name: str, given: str) -> InputError:
    return InputError(
        "不是查重的表", given=f"{name}: {given}",
        expected="matcher duplicates --output 写出的 .xlsx",
        remedy="先运行 matcher duplicates --output 重复.xlsx，填好后交回",
    )  # fmt: skip


def apply_decisions(
    decisions: Iterable[Decision], records: Mapping[str, RecordT]
) -> Merged[RecordT]:
    """Merge the pairs one after another; what was merged into another is followed there.

    Raises:
        NotFoundError: a record is not there.
    """
    kept: dict[str, RecordT] = {}
    replaced: dict[str, str] = {}
    for decision in decisions:
        first_id, second_id = (
            _last(one, replaced) for one in (decision.first_id, decision.second_id)
        )
        if first_id == second_id:
            continue
        first, second = (
            kept.get(one) or _stored(one, records, decision) for one in (first_id, second_id)
        )
        kept[first_id] = merge(first, second, decision.choices)
        kept.pop(second_id, None)
        replaced[second_id] = first_id
    followed = {old: _last(old, replaced) for old in replaced}
    return Merged(tuple(kept.values()), followed)


def _last(record_id: str, replaced: Mapping[str, str]) -> str:
    *_, last = _chain(record_id, replaced)
    return last


def _chain(record_id: str, replaced: Mapping[str, str]) -> Iterator[str]:
    yield record_id
    while record_id in replaced:
        record_id = replaced[record_id]
        yield record_id


def _stored(record_id: str, records: Mapping[str, RecordT], decision: Decision) -> RecordT:
    found = records.get(record_id)
    if found is None:
        raise NotFoundError(
            "工作区里没有这条记录", given=f"第 {decision.row} 行：{record_id}",
            expected=f"{decision.kind}里的编号", remedy="重新运行 matcher duplicates 得到新的表",
        )  # fmt: skip
    return found
