"""What reading a file gives: the records, and everything that could not become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from matcher.corpora.grid import Omitted
from matcher.corpora.headers.columns import is_private_column
from matcher.corpora.headers.labels import Guess
from matcher.records import Record

T = TypeVar("T", bound=Record)
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table or one line of JSONL, before it is understood.

    ``number`` counts as the user's program does (from 1, the header included; the line in JSONL).
    ``damage`` says why the row cannot be split into values at all; ``span`` how many rows of the
    file it takes (a form, a record over several rows).
    """

    number: int
    values: Mapping[str, Any]
    damage: str | None = None
    span: int = 1


@dataclass(frozen=True, slots=True)
class Reject:
    """One thing in a file that could not be used, where it is and how to mend it.

    A row with two bad cells gives two rejects. ``original`` is the row as it was in the file,
    private columns included: show it only to whoever supplied the file.
    """

    file: str
    sheet: str | None
    row: int | None
    column: str | None
    value: Any
    reason: str
    expected: str
    remedy: str
    original: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The whole in one line of Chinese; the value of a private column is masked.

        >>> Reject("榜单.csv", None, 5, "目标成熟度", "12", "超出范围", "1 至 9", "改正").message
        '榜单.csv 第5行「目标成熟度」列：超出范围（实际：12；应为：1 至 9；处理：改正）'
        """
        sheet = f"「{self.sheet}」表" if self.sheet else ""
        row = f" 第{self.row}行" if self.row is not None else ""
        column = f"「{self.column}」列" if self.column else ""
        return (
            f"{self.file}{sheet}{row}{column}：{self.reason}"
            f"（实际：{self._shown_value()}；应为：{self.expected}；处理：{self.remedy}）"
        )

    def _shown_value(self) -> str:
        if self.value is None or self.value == "":
            return "空"
        if self.column is not None and is_private_column(self.column):
            return "***"
        text = str(self.value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@dataclass(frozen=True, slots=True)
class RowCount:
    """What became of the rows of a file that hold anything."""

    total: int = 0
    used: int = 0
    rejected: int = 0
    omitted: int = 0

    @property
    def unaccounted(self) -> int:
        """Rows of which nobody knows what became; always 0."""
        return self.total - self.used - self.rejected - self.omitted

    def __add__(self, other: RowCount) -> RowCount:
        return RowCount(
            self.total + other.total, self.used + other.used,
            self.rejected + other.rejected, self.omitted + other.omitted,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """The outcome of reading one file.

    ``mapping`` tells which header was understood as which field; ``unknown_columns`` are kept in
    the ``extra`` of the records. Columns of evidence appear as ``成果.名称`` → ``evidence.title``.
    ``guesses`` says of each mapped header how surely and by which rule it was understood;
    ``omitted`` lists the rows that hold no record; ``count`` accounts for all; ``unread`` are the
    sheets nobody reads. The records of a large file are on disk, not in memory; go through them
    one by one.
    """

    records: Sequence[T]
    rejects: Sequence[Reject]
    unknown_columns: tuple[str, ...]
    file: str
    sha256: str
    format: str
    mapping: Mapping[str, str]
    notes: tuple[str, ...] = ()
    omitted: tuple[Omitted, ...] = ()
    guesses: Mapping[str, Guess] = field(default_factory=dict)
    count: RowCount = field(default_factory=RowCount)
    unread: tuple[str | None, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be looked at, in words: the notes, and the sheets that were not read."""
        return (*self.notes, *(unread_note(sheet) for sheet in self.unread))

    @property
    def rejected_rows(self) -> int:
        """How many different rows have at least one reject."""
        return len({(reject.file, reject.sheet, reject.row) for reject in self.rejects})


def unread_note(sheet: str | None) -> str:
    """What is said of a sheet that is not read."""
    return f"工作表「{sheet}」没有读取"
