"""Headers of files ↔ fields of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from matcher.contacts import is_private_name
from matcher.corpora.headers.labels import Guess, How, book_of, normalise_header
from matcher.records import Challenge, Record, Team, headers

# What a column is given as when the user wants it kept as it is.
KEEP = "extra"
# What several columns each say a part of (大类, 中类); in tables of others also 固定电话, 手机.
_JOINED = frozenset(("tech_domain",))
_JOINED_OF_OTHERS = _JOINED | {"contact_phone"}
_EXACT = 99.0


def is_private_column(header: str) -> bool:
    """Whether a column holds a personal contact, judged by its header.

    Also true of columns that only reached ``extra`` (a second telephone column, say).

    >>> is_private_column("项目联系人及手机"), is_private_column("通信技术")
    (True, False)
    """
    name = normalise_header(header)
    return name in _private_headers() or is_private_name(header)


@cache
def _private_headers() -> frozenset[str]:
    return frozenset(
        normalise_header(name)
        for record_type in (Challenge, Team)
        for field, mark in headers(record_type)
        if mark.private
        for name in (field, mark.name, *mark.synonyms)
    )


def column_letter(index: int) -> str:
    """Name of the column as spreadsheets show it, from a 0-based index.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def unique_name(name: str, taken: Iterable[str]) -> str:
    """``name``, or ``name_2``, ``name_3`` … when it is taken already."""
    used = set(taken)
    candidate, count = name, 1
    while candidate in used:
        count += 1
        candidate = f"{name}_{count}"
    return candidate


class TableHeader:
    """The header row of a table: a distinct name for every column, blank ones by their letter."""

    def __init__(self, cells: Sequence[str]) -> None:
        self.names: list[str] = []
        self.warnings: list[str] = []
        self._unnamed: set[int] = set()
        for index, cell in enumerate(cells):
            if not cell.strip():
                self._unnamed.add(index)
            name = unique_name(cell if cell.strip() else _letter_name(index), self.names)
            if cell.strip() and name != cell:
                self.warnings.append(f"表头「{cell}」重复，第二列按「{name}」保留")
            self.names.append(name)

    @property
    def named(self) -> tuple[str, ...]:
        """The names the file itself gives."""
        return tuple(n for i, n in enumerate(self.names) if i not in self._unnamed)

    def row(self, cells: Sequence[object]) -> dict[str, object]:
        """The cells under their names; cells under no header only if they hold something."""
        values: dict[str, object] = {}
        for index, cell in enumerate(cells):
            if index < len(self.names) and index not in self._unnamed:
                values[self.names[index]] = cell
            elif str(cell).strip():
                name = self.names[index] if index < len(self.names) else _letter_name(index)
                values[name] = cell
        return values


def _letter_name(index: int) -> str:
    return f"{column_letter(index)}列"


class Learned(NamedTuple):
    """What a `ColumnMap` has met."""

    mapping: dict[str, str]
    guesses: dict[str, Guess]
    unknown: dict[str, None]
    warnings: dict[str, None]


class ColumnMap:
    """Which column feeds which field, collected over all rows of a file.

    Columns given by the user go first, then the name of a field (English, or the Chinese header we
    write), its synonyms, and what is like them: so 序号 beside 榜单编号 is not taken for the id.
    Among equals the first column wins. The columns that lose stay with the record as unknown ones
    do, and are named in ``warnings``. ``exact`` leaves likeness out.
    """

    def __init__(
        self, record_type: type[Record], given: Mapping[str, str] | None = None, *,
        exact: bool = False,
    ) -> None:  # fmt: skip
        self._book = book_of(record_type, given)
        self._surest = 99.0 if exact else 0.0
        self._joined = _JOINED if exact else _JOINED_OF_OTHERS
        self._assigned: dict[tuple[str, ...], Mapping[str, str]] = {}
        self.mapping: dict[str, str] = {}
        self.guesses: dict[str, Guess] = {}
        self.unknown: dict[str, None] = {}
        self.warnings: dict[str, None] = {}

    def assign(self, columns: Iterable[str]) -> Mapping[str, str]:
        """Column → field for one row; columns without an entry belong to ``extra``."""
        key = tuple(columns)
        if key not in self._assigned:
            self._assigned[key] = self._assign(key)
        return self._assigned[key]

    def _assign(self, columns: tuple[str, ...]) -> Mapping[str, str]:
        found = {column: self._book.find(column) for column in columns}
        takers: dict[str, str] = {}
        joined: dict[str, str] = {}
        for column in sorted(columns, key=lambda c: -_rank(found[c])):
            guess = found[column]
            if guess is None or guess.field == KEEP or guess.score < self._surest:
                self.unknown.setdefault(column)
            elif guess.field in takers and guess.field in self._joined and guess.score >= _EXACT:
                joined[column] = guess.field
                self.guesses[column] = guess
            elif guess.field in takers:
                self.warnings.setdefault(
                    f"「{column}」与「{takers[guess.field]}」是同一项内容，"
                    f"采用「{takers[guess.field]}」，「{column}」原样保留"
                )
            else:
                takers[guess.field] = column
                self.guesses[column] = guess
        assigned = {column: field for field, column in takers.items()} | joined
        ordered = {column: assigned[column] for column in columns if column in assigned}
        self.mapping.update(ordered)
        return ordered

    @property
    def learned(self) -> Learned:
        """What was met so far, for another map of the same file to `learn`."""
        return Learned(self.mapping, self.guesses, self.unknown, self.warnings)

    def learn(self, learned: Learned) -> None:
        """Take over what another map met in later rows of the same file."""
        for mine, yours in zip(self.learned, learned, strict=True):
            mine.update(yours)  # type: ignore[attr-defined]

    def lacks(self, required: Sequence[Sequence[str]]) -> Sequence[str] | None:
        """The first group of fields of which no column was met, if any."""
        met = set(self.mapping.values())
        return next((group for group in required if not met.intersection(group)), None)


def _rank(guess: Guess | None) -> float:
    """Surer first; a header the user names before all others."""
    if guess is None:
        return 0.0
    return 200.0 if guess.how is How.GIVEN else guess.score
