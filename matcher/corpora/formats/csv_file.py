"""CSV and its like, in any encoding and with any common delimiter; written as UTF-8 with BOM and
commas, so that Excel opens it.

A spreadsheet runs a cell that begins with ``= + - @`` (full-width forms too), a tab or a line
break as a formula, in CSV even when it is quoted. Such texts are written with one ``'`` before
them, and that ``'`` is taken off again on reading; a text that itself has quotes before such a
sign gets one more, so that nothing is lost.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from matcher.corpora.formats.format import Format, Sample, SourceFile
from matcher.corpora.formats.safety import MAX_BYTES_LINES, MAX_COLUMNS, too_wide
from matcher.corpora.grid import Grid, GridRow
from matcher.corpora.headers.classifying import label_hits
from matcher.corpora.table import Cell, Sheet

# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# ="001": how spreadsheets and databases write a value that must stay text.
_KEPT_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
# A quote that is never closed would take in the rest of the file.
_MAX_CELL = 16 << 20
_DELIMITERS = (",", "\t", ";", "|", "，", "；")
_SAMPLE = 64_000
# So many cells of a row tell whether it is one of headers; to ask about thousands takes seconds.
_MOST_HEADERS = 100


def guard_formula(text: str) -> str:
    """A text as a CSV cell that no spreadsheet runs.

    >>> guard_formula("=1+1"), guard_formula("-40℃"), guard_formula("'=1")
    ("'=1+1", "'-40℃", "''=1")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_formula(text: str) -> str:
    """The text that `guard_formula` was given."""
    return text[1:] if _GUARDED.match(text) else text


def read_csv(source: SourceFile) -> list[Grid]:
    """The rows of a text file with whatever delimiter it uses."""
    return [Grid(None, _grid_rows(source))]


def _grid_rows(source: SourceFile) -> Iterator[GridRow]:
    delimiter = delimiter_of(source)
    for number, cells, damage in _numbered_rows(source, delimiter):
        if any(cells[MAX_COLUMNS:]):
            raise too_wide(str(source.path), len(cells))
        yield GridRow(number, cells[:MAX_COLUMNS], damage)


def delimiter_of(source: SourceFile) -> str:
    """The delimiter that gives rows of one width, or most known headers; a comma in doubt."""
    with source.path.open(encoding=source.encoding, errors="replace", newline="") as file:
        sample = file.read(_SAMPLE)
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in _DELIMITERS:
        try:
            reader = csv.reader(sample.splitlines(), delimiter=delimiter)
            rows = [row for row, _ in zip(reader, range(40), strict=False) if len(row) > 1]
        except csv.Error:
            rows = []
        heads = [[cell for cell in row[:_MOST_HEADERS] if len(cell) <= 40] for row in rows]
        hits = max(map(label_hits, heads), default=0)
        widths = Counter(len(row) for row in rows)
        scores[delimiter] = (hits, widths.most_common(1)[0][1] if widths else 0)
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > scores[","] else ","


def _numbered_rows(
    source: SourceFile, delimiter: str
) -> Iterator[tuple[int, list[str], str | None]]:
    """Rows as a spreadsheet counts them (a quoted cell may span lines), with their damage."""
    csv.field_size_limit(_MAX_CELL)  # the library's own limit of 128 KB would refuse long texts
    with source.path.open(encoding=source.encoding, errors=source.decoding, newline="") as file:
        reader, number = csv.reader(file, delimiter=delimiter, strict=True), 0
        while True:
            number += 1
            start = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                span = f"文件第 {start} 行" + (
                    f"至第 {reader.line_num} 行" if reader.line_num > start else ""
                )
                yield number, [], f"引号不成对（{span}没有读取）"
                continue
            if not cells:  # ten million empty lines are counted, and nothing more
                continue
            whole = "".join(cells)
            if not _is_sound(whole):
                cells = [cell.encode(errors="replace").decode() for cell in cells]
                yield number, cells, "含有损坏的字符"
            elif "'" in whole or '="' in whole:
                yield number, [_plain(cell) for cell in cells], None
            else:
                yield number, cells, None


def _plain(cell: str) -> str:
    kept = _KEPT_AS_TEXT.fullmatch(cell.strip())
    return kept[1].replace('""', '"') if kept else unguard_formula(cell)


def _is_sound(text: str) -> bool:
    """No byte that could not be decoded (such bytes come as lone surrogates)."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def write_csv(sheet: Sheet, path: Path) -> None:
    """Write a table as UTF-8 with BOM."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guard_formula(name) for name in sheet.header])
        writer.writerows(_texts(row) for row in sheet.rows)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [guard_formula(cell) if isinstance(cell, str) else _number(cell) for cell in row]


def _number(cell: int | float | date) -> str:
    if isinstance(cell, date):
        return cell.isoformat()
    whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15
    return str(int(cell)) if whole else repr(cell)


def _is_csv(sample: Sample) -> bool:
    """By the suffix, or rows of delimiters; other programs call such texts .txt, or .xls even."""
    if sample.suffix in (".csv", ".tsv"):
        return True
    if sample.suffix in (".txt", ".md"):
        return sample.suffix == ".txt" and _looks_tabular(sample.head, (b"\t", b"|"))
    return _looks_tabular(sample.head) or sample.suffix in (".xlsx", ".xls", ".et")


def _looks_tabular(head: bytes, marks: tuple[bytes, ...] = (b",", b"\t", b"|", b";")) -> bool:
    lines = [line for line in head.split(b"\n")[:6] if line.strip()]
    if b"\x00" in head[:200]:
        return True
    return any(
        len(lines) > 1 and all(line.count(mark) >= 1 for line in lines[:-1]) for mark in marks
    )


CSV = Format("csv", _is_csv, read_csv, MAX_BYTES_LINES, is_text=True, by_lines=True)
