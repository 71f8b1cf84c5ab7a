"""Exports of databases of papers and patents: BibTeX, a tag a line (RIS …), OpenAlex."""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any, cast

from matcher.corpora.formats.format import Format, Sample, SourceFile, Works
from matcher.corpora.formats.safety import MAX_BYTES_LINES, MAX_LINE, MAX_RATIO, SMALL
from matcher.corpora.reading import Row
from matcher.records import Achievement, Source
from matcher.text.bibliography import achievement_of, cited
from matcher.text.bibtex import COMMENTED, parse_bibtex
from matcher.text.openalex import is_work, work_of
from matcher.text.references import parse_reference, parse_references
from matcher.text.tagged import (
    FORMATS,
    STRAY,
    Entry,
    TaggedFormat,
    parse_tagged,
    tagged_format,
)

_MOST_BLANK = 1_000_000
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 8 << 20
# Remarks of the program that wrote it, then an entry.
_BIBTEX_START = re.compile(rb"(?:%[^\n]*\n\s*)*@\s*\w+\s*[{(]")


def read_cited(source: SourceFile) -> Works:
    """The works a plain text lists, one a line or numbered."""
    return Works([cited(reference, _at(source)) for reference in parse_references(_text(source))])


def cited_at(line: str, source: SourceFile, number: int) -> Achievement:
    """The work that a line of a text cites."""
    return cited(parse_reference(line), _at(source, number))


def _read_bibtex(source: SourceFile) -> Works:
    return Works(made(parse_bibtex(_text(source)), source))


def _read_tagged(source: SourceFile) -> Works:
    return Works(_entries(source))


def _entries(source: SourceFile) -> Iterator[Achievement | Row]:
    """Entry by entry: an export of a million records is never in memory."""
    kind = next(kind for kind in FORMATS if _name(kind) == source.format)
    with source.path.open(encoding=source.encoding, errors="replace") as lines:
        yield from made(parse_tagged(lines, kind), source)


def made(entries: Iterable[Entry], source: SourceFile) -> Iterator[Achievement | Row]:
    """The achievements of entries; one that cannot be used is told with its values."""
    for entry in entries:
        try:
            if "title" not in entry.fields:
                _check_whole(entry)
            yield achievement_of(entry, _at(source, entry.line))
        except ValueError as error:
            said = {name: "；".join(values) for name, values in entry.fields.items()}
            yield Row(entry.line, said, f"这一条的值不能用：{_first_reason(error)}")


def _check_whole(entry: Entry) -> None:
    if COMMENTED in entry.fields:
        raise ValueError("写在 @comment 里，没有读入；要读入的先去掉 @comment 和它的括号")
    if STRAY in entry.fields:
        raise ValueError("不在任何一条题录里，没有读入")


def _read_openalex(source: SourceFile) -> Works:
    return Works(_of_openalex(source))


def _of_openalex(source: SourceFile) -> Iterator[Achievement | Row]:
    with source.path.open("rb") as file:
        if source.format != OPENALEX_GZIP.name:
            yield from _works_in(file, source)
            return
        size = source.path.stat().st_size
        with gzip.open(file) as unpacked:
            yield from _works_in(cast(IO[bytes], unpacked), source, max(SMALL, MAX_RATIO * size))


def _works_in(
    file: IO[bytes], source: SourceFile, most: int = MAX_BYTES_LINES
) -> Iterator[Achievement | Row]:
    """The works of the lines: of ``most`` bytes, and not behind a million lines without any."""
    number = blank = read = 0
    try:
        # A line of a packed file may be a thousand times as long as the file.
        while line := file.readline(MAX_LINE + 1):
            number += 1
            read += len(line)
            if number == 1 and line.strip() == b"{":  # a page of the API, on many lines
                line += file.read(MAX_LINE + 1 - len(line))
            if len(line) > MAX_LINE:
                yield Row(number, {}, "这一行没有尽头，从这里起没有读")
                return
            if read > most or blank > _MOST_BLANK:
                yield Row(number, {}, "解开后过大，或空行过多，从这里起没有读")
                return
            if line.strip():
                yield from _works(number, line, source)
            else:
                blank += 1
    except (EOFError, OSError, zlib.error):
        yield Row(number + 1, {}, "压缩文件到这里断了，以下的内容没有；前面的照用")


def _works(number: int, line: bytes, source: SourceFile) -> Iterator[Achievement | Row]:
    """The work of a line, or those of a page of the API."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        said = {"原文": line[:500].decode(errors="replace")}
        yield Row(number, said, f"这一行不能用：{_first_reason(error)}")
        return
    page = value.get("results") if isinstance(value, dict) else None
    for one in page if isinstance(page, list) else [value]:
        yield _work(number, one, source)


def _work(number: int, value: Any, source: SourceFile) -> Achievement | Row:
    try:
        if isinstance(value, dict) and is_work(value):
            return work_of(value, _at(source, number))
        reason = "不是 OpenAlex 的一件成果"
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        reason = f"这一行不能用：{_first_reason(error)}"
    return Row(number, {"原文": json.dumps(value, ensure_ascii=False)[:500]}, reason)


def _first_reason(error: Exception) -> str:
    return str(error).splitlines()[0][:80] if str(error) else type(error).__name__


def _text(source: SourceFile) -> str:
    return source.path.read_text(encoding=source.encoding, errors="replace")


def _at(source: SourceFile, line: int | None = None) -> Source:
    return Source(file=source.name, row=line, sha256=source.sha256)


def _begins_openalex(sample: Sample) -> bool:
    first = sample.start[:_LONGEST_LINE]
    return first.startswith(b"{") and (b"openalex.org/W" in first or b'"authorships":' in first)


def _gzip_of_openalex(sample: Sample) -> bool:
    if not sample.head.startswith(_GZIP):
        return False
    try:
        start = zlib.decompressobj(31).decompress(sample.head, 65_536)
    except zlib.error:
        return False
    return start.lstrip().startswith(b"{") and b"openalex.org/" in start


def _beginning(sample: Sample) -> str:
    """The first lines as text: tags are ASCII in any encoding but UTF-16."""
    if sample.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return sample.head[: len(sample.head) // 2 * 2].decode("utf-16", "ignore")
    text = sample.start.decode("utf-8", "ignore")
    return (
        text
        if "�" not in text and len(text) > 0.4 * len(sample.start)
        else sample.start.decode("gb18030", "ignore")
    )


def _name(kind: TaggedFormat) -> str:
    return kind.name.lower().replace(" ", "-")


def _format(kind: TaggedFormat) -> Format:
    return Format(
        _name(kind), lambda sample: tagged_format(_beginning(sample)) is kind, _read_tagged,
        MAX_BYTES_LINES, is_text=True,
    )  # fmt: skip


BIBTEX = Format(
    "bibtex", lambda sample: _BIBTEX_START.match(sample.start) is not None, _read_bibtex,
    is_text=True,
)  # fmt: skip
TAGGED = tuple(_format(kind) for kind in FORMATS)
OPENALEX = Format(
    "openalex", _begins_openalex, _read_openalex, MAX_BYTES_LINES, is_text=True, by_lines=True
)
OPENALEX_GZIP = Format("openalex-gzip", _gzip_of_openalex, _read_openalex, MAX_BYTES_LINES)
