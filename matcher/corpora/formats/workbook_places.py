"""Places of a sheet of an .xlsx that are written twice: its reader keeps the last without a word.

No spreadsheet program writes such a file, but home-made exports do.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from matcher.confinement import go_on

_CHUNK = 8 << 20
_SECONDS, _ELEMENTS = 60, 10_000
_DATA = re.compile(rb"<sheetData\s*>")
_ROW = re.compile(rb"""<row\b[^>]*?\sr\s*=\s*["'](\d+)["']""")
_CELL = re.compile(rb"""<c\s+r\s*=\s*["']([A-Z]+)(\d+)["']""")
_MORE_ROWS = re.compile(rb"<(?:\w+:)?row[\s>]")
_NAME = re.compile(r"([A-Za-z]+)([0-9]+)")


class Twice(NamedTuple):
    """Rows of which a cell is written twice with other content; rows that nobody reads."""

    rows: frozenset[int] = frozenset()
    beyond: int = 0


def written_twice(archive: zipfile.ZipFile, part: str) -> Twice:
    """Look through a sheet. Raises: what unpacking and parsing raise."""
    with archive.open(part) as stream:
        if _is_in_order(stream):
            return Twice()
    with archive.open(part) as stream:
        return _found(stream)


class Placed(NamedTuple):
    """A cell and where it stands: its row from 1, its column from 0."""

    row: int
    column: int
    cell: Any

    @property
    def name(self) -> str:
        """As the user finds it."""
        return str(self.cell.get("r") or f"第{self.row}行第{self.column + 1}列")


def elements(stream: IO[bytes], tag: str) -> Iterator[Any]:
    """The elements of a name in a part, one after another, none of them kept."""
    from lxml import etree

    found = etree.iterparse(
        stream, tag=f"{{*}}{tag}", resolve_entities=False, no_network=True, huge_tree=False
    )
    for number, (_, element) in enumerate(found):
        if number % _ELEMENTS == 0:
            go_on(_SECONDS)
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def rows_of(stream: IO[bytes]) -> Iterator[tuple[int, Any]]:
    """The rows of a sheet by their numbers; one that has none comes next."""
    number = 0
    for row in elements(stream, "row"):
        number = int(row.get("r", number + 1))
        yield number, row


def cells_of(row: Any, number: int) -> Iterator[Placed]:
    """The cells of a row; one that says no place comes next."""
    column = -1
    for cell in row.iterchildren("{*}c"):
        named = _NAME.fullmatch(cell.get("r", ""))
        column = _column(named[1]) if named else column + 1
        yield Placed(int(named[2]) if named else number, column, cell)


def _column(letters: str) -> int:
    """The column of a cell by the letters of its name, from 0."""
    number = 0
    for char in letters.upper():
        number = 26 * number + ord(char) - ord("A") + 1
    return number - 1


def _is_in_order(stream: IO[bytes]) -> bool:
    """Whether every row and cell says its place, as nearly all do, and each comes once.

    Looking at the bytes is much faster than parsing; what is written another way is parsed.
    """
    rest = stream.read(_CHUNK)
    begun = _DATA.search(rest)
    if begun is None:
        return False
    rest, last = rest[begun.end() :], 0
    while True:
        *rows, rest = rest.split(b"</row>")
        for row in rows:
            number = _number_in_order(row, last)
            if number is None:
                return False
            last = number
        go_on(_SECONDS)
        if not (chunk := stream.read(_CHUNK)):
            data, _, behind = rest.partition(b"</sheetData>")
            return b"<c" not in data and not _MORE_ROWS.search(behind)
        rest += chunk


def _number_in_order(row: bytes, last: int) -> int | None:
    """The number of a row, before which empty ones may stand; None if anything is unusual."""
    for stated in (numbers := _ROW.findall(row)):
        if int(stated) <= last:
            return None
        last = int(stated)
    cells = _CELL.findall(row)
    usual = (
        bool(numbers)
        and len(numbers) == row.count(b"<row")
        and len(set(cells)) == len(cells) == row.count(b"<c")
        and b"sheetData" not in row
        and all(number == numbers[-1] for _, number in cells)
    )
    return last if usual else None


def _found(stream: IO[bytes]) -> Twice:
    twice: set[int] = set()
    met: set[int] = set()
    held: dict[int, tuple[str, ...]] = {}
    data, current, beyond = None, 0, 0
    for number, row in rows_of(stream):
        data = row.getparent() if data is None else data
        if row.getparent() is not data:
            beyond += 1
            continue
        for place in cells_of(row, number):
            content = tuple(place.cell.itertext())
            if not any(content):
                continue
            if place.row != current:
                if place.row in met:
                    twice.add(place.row)
                met.add(place.row)
                current, held = place.row, {}
            content = (place.cell.get("t", ""), *content)
            if held.setdefault(place.column, content) != content:
                twice.add(place.row)
    return Twice(frozenset(twice), beyond)
