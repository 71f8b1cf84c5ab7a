"""An .xlsx too large to be held, taken apart into small ones of some thousand rows each.

Every small one is the workbook's own parts with a stretch of the rows and the shared texts these
refer to, and is read as any other; so a value is read the same whatever the size of its file. What
is held of the whole are the shared texts, packed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import IO, NamedTuple

from python_calamine import CalamineSheet, CalamineWorkbook

from matcher.confinement import go_on
from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.safety import STRETCHED, container
from matcher.errors import InputError

# Unpacked bytes of sheets and shared texts; the reader of values takes some times as many.
LARGE = 192 << 20
_CHUNK = 8 << 20
_MOST_LEFT = 128 << 20
_SECONDS = 60  # a stretch takes one; where much else is done, minutes pass
_TEXTS = "xl/sharedStrings.xml"
_COMMON = ("[Content_Types]", "_rels/", "xl/workbook", "xl/_rels/", "xl/styles")
_TOGETHER = 1024
_DATA = re.compile(rb"<sheetData\s*(/?)>")
_END = b"</sheetData>"
_EXTENT = re.compile(rb"<dimension\b[^>]*/>")
_OPENING = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
_ROW_NUMBER = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')
_ITEM = re.compile(rb"<si\b[^>]*/>|<si\b.*?</si>", re.DOTALL)
_SHARED = re.compile(rb'(<c\b[^>]*\st="s"[^>]*><v>)(\d+)(?=</v>)')
_SAYS_SHARED = re.compile(rb"<c\b[^>]*\st\s*=\s*[\"']s[\"'][^>]*(?<!/)>")


class Outline(NamedTuple):
    """A sheet without its rows, and the number of the last one."""

    part: str
    before: bytes
    after: bytes
    rows: int


def is_large(path: Path) -> bool:
    """Whether the sheets and texts of an .xlsx are too large to be held."""
    with container(path) as archive:
        entries = archive.infolist()
    return sum(e.file_size for e in entries if e.filename.startswith(STRETCHED)) > LARGE


class LargeWorkbook:
    """The sheets of a workbook, a stretch of rows at a time.

    Args:
        source: the file.
        parts: in which part of it each sheet is.

    Raises:
        InputError: it is written in a way that cannot be taken apart.
    """

    def __init__(self, source: SourceFile, parts: Mapping[str, str]) -> None:
        self._source = source
        self._parts = parts
        self._archive = zipfile.ZipFile(source.path)
        self._texts = _SharedTexts(self._archive)
        self._common = {
            entry.filename: self._archive.read(entry)
            for entry in self._archive.infolist()
            if entry.filename.endswith((".xml", ".rels"))
            and entry.filename.startswith(_COMMON)
            and entry.filename != _TEXTS
        }
        self.book = self._small("", b"", ())

    def outline(self, sheet: str) -> Outline:
        """Look through a sheet once. Raises: as the class."""
        part = self._parts[sheet]
        with self._archive.open(part) as stream:
            before, rest = self._before(stream)
            last = 0
            for stretch in self._stretches(stream, rest):
                found = _ROW_NUMBER.match(stretch, stretch.rfind(b"<row"))
                last = int(found[1]) if found else last + stretch.count(b"<row")
                rest = stretch
        _, end, after = rest.rpartition(_END)
        if not end:
            raise self._unusual()
        # Its extent is that of the whole.
        return Outline(part, _EXTENT.sub(b"", before), after, last)

    def without_rows(self, sheet: str, outline: Outline) -> CalamineSheet:
        """What stands behind the rows of a sheet: merged ranges."""
        content = b"".join((outline.before, _END, outline.after))
        return self._small(outline.part, content, ()).get_sheet_by_name(sheet)

    def stretches(self, sheet: str, outline: Outline) -> Iterator[CalamineSheet]:
        """The sheet with some thousand of its rows, then the next. Raises: as the class."""
        with self._archive.open(outline.part) as stream:
            _, rest = self._before(stream)
            done = 0
            for stretch in self._stretches(stream, rest):
                rows = stretch.partition(_END)[0]
                if not rows.strip():
                    continue
                rows, texts = self._with_texts(_numbered(rows, done + 1))
                content = b"".join((outline.before, rows, _END, b"</worksheet>"))
                found = self._small(outline.part, content, texts).get_sheet_by_name(sheet)
                if found.end is not None:
                    done = found.end[0] + 1
                    yield found

    def _stretches(self, stream: IO[bytes], rest: bytes) -> Iterator[bytes]:
        """Whole rows, some together; the last with all that stands behind them."""
        while chunk := stream.read(_CHUNK):
            go_on(_SECONDS)
            rows, rest = _whole(rest + chunk, b"</row>")
            if len(rest) > _MOST_LEFT:
                raise self._unusual()
            if rows:
                yield rows
        yield rest

    def _before(self, stream: IO[bytes]) -> tuple[bytes, bytes]:
        """What stands before the rows, and the beginning of these."""
        head = stream.read(_CHUNK)
        found = _DATA.search(head)
        if found is None:
            raise self._unusual()
        if found[1]:  # no rows at all
            return head[: found.start()] + b"<sheetData>", _END + head[found.end() :]
        return head[: found.end()], head[found.end() :]

    def _with_texts(self, rows: bytes) -> tuple[bytes, Sequence[bytes]]:
        """Rows that refer to the shared texts beside them, and these."""
        wanted: dict[bytes, int] = {}
        mended, count = _SHARED.subn(
            lambda found: b"%s%d" % (found[1], wanted.setdefault(found[2], len(wanted))), rows
        )
        if count != len(_SAYS_SHARED.findall(rows)):
            raise self._unusual()
        try:
            return mended, self._texts.of([int(number) for number in wanted])
        except IndexError as error:
            raise self._unusual() from error

    def _small(self, part: str, content: bytes, texts: Sequence[bytes]) -> CalamineWorkbook:
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for name, common in self._common.items():
                archive.writestr(name, common)
            if part:
                archive.writestr(part, content)
            archive.writestr(_TEXTS, b"".join((_OPENING, *texts, b"</sst>")))
        made.seek(0)
        return CalamineWorkbook.from_filelike(made)

    def _unusual(self) -> InputError:
        return InputError(
            "工作簿很大，写法又不常见，不能分段读", given=str(self._source.path),
            expected=f"解开后不超过 {LARGE >> 20} MB，或由 Excel、WPS 保存的 .xlsx",
            remedy="在 Excel 或 WPS 中打开，另存为 .xlsx；或改用 .csv",
        )  # fmt: skip


def _whole(content: bytes, end: bytes) -> tuple[bytes, bytes]:
    """Up to the last end of an element, and what is behind it."""
    stop = content.rfind(end) + len(end) if end in content else 0
    return content[:stop], content[stop:]


def _numbered(rows: bytes, number: int) -> bytes:
    """Rows of which the first says its number."""
    start = rows.find(b"<row")
    if start < 0 or _ROW_NUMBER.match(rows, start):
        return rows
    return b'%s<row r="%d"%s' % (rows[:start], number, rows[start + 4 :])


class _SharedTexts:
    """The texts that cells share, by number: packed a thousand together.

    A stretch of rows refers to texts of nearly all blocks, so where each ends is kept: to look for
    it again took most of the time of a million rows.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._blocks: list[bytes] = []
        self._ends: list[array[int]] = []
        if _TEXTS in archive.namelist():
            with archive.open(_TEXTS) as stream:
                self._read(stream)

    def of(self, numbers: Sequence[int]) -> list[bytes]:
        """Some of them, each as it is written. Raises: IndexError."""
        found: dict[int, bytes] = {}
        block, texts = -1, b""
        for number in sorted(numbers):
            if number // _TOGETHER != block:
                block = number // _TOGETHER
                texts = zlib.decompress(self._blocks[block])
            ends, place = self._ends[block], number % _TOGETHER
            found[number] = texts[ends[place - 1] if place else 0 : ends[place]]
        return [found[number] for number in numbers]

    def _read(self, stream: IO[bytes]) -> None:
        waiting: list[bytes] = []
        rest = b""
        while chunk := stream.read(_CHUNK):
            texts, rest = _whole(rest + chunk, b"</si>")
            waiting += _ITEM.findall(texts)
            waiting = self._pack(waiting)
            go_on(_SECONDS)
        waiting += _ITEM.findall(rest)
        self._pack(waiting, last=True)

    def _pack(self, waiting: list[bytes], last: bool = False) -> list[bytes]:
        """Keep whole blocks; what is left over."""
        stop = len(waiting) if last else len(waiting) - len(waiting) % _TOGETHER
        for low in range(0, stop, _TOGETHER):
            together = waiting[low : min(low + _TOGETHER, stop)]
            self._blocks.append(zlib.compress(b"".join(together), 1))
            self._ends.append(array("I", accumulate(map(len, together))))
        return waiting[stop:]
