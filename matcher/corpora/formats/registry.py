"""The formats this software reads, and a file looked at before it is read. Content decides.

A new format is a file of its own that ends in a `Format`, and its name in ``KNOWN``.
"""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path

from matcher.corpora.formats.archive import ZIP
from matcher.corpora.formats.bibliography_file import BIBTEX, OPENALEX, OPENALEX_GZIP, TAGGED
from matcher.corpora.formats.confined import CAN_CONFINE, read_confined
from matcher.corpora.formats.csv_file import CSV
from matcher.corpora.formats.docx_file import DOCX
from matcher.corpora.formats.encodings import encoding_of
from matcher.corpora.formats.endnote_xml_file import ENDNOTE_XML
from matcher.corpora.formats.format import Content, Format, Refusal, Sample, SourceFile
from matcher.corpora.formats.html_file import HTML, MHTML
from matcher.corpora.formats.json_file import JSON
from matcher.corpora.formats.jsonl_file import JSONL
from matcher.corpora.formats.pdf_file import PDF
from matcher.corpora.formats.safety import LineLength, check_size
from matcher.corpora.formats.text_file import TEXT
from matcher.corpora.formats.unreadable import (
    APPLE_OFFICE,
    DAMAGED_WORKBOOK,
    ENCRYPTED,
    FIXED_LAYOUT,
    NOT_JSON,
    OLD_WORD,
    OTHER_OLD_OFFICE,
    OTHER_OPEN_DOCUMENT,
    PICTURE,
    SLIDES,
    UNPACKED_OFFICE,
)
from matcher.corpora.formats.workbook import ODS, XLSX
from matcher.corpora.formats.xls_file import XLS
from matcher.corpora.formats.xml_workbook_file import XML_WORKBOOK
from matcher.errors import InputError

# The first that says yes is it; the last takes any text.
KNOWN: tuple[Format | Refusal, ...] = (
    ODS, OTHER_OPEN_DOCUMENT, XLSX, DOCX, SLIDES, FIXED_LAYOUT, APPLE_OFFICE, DAMAGED_WORKBOOK,
    UNPACKED_OFFICE, ZIP,
    ENCRYPTED, OLD_WORD, XLS, OTHER_OLD_OFFICE,
    PDF, OPENALEX_GZIP, PICTURE, XML_WORKBOOK, ENDNOTE_XML, MHTML, HTML,
    *TAGGED, BIBTEX, OPENALEX, JSONL, JSON, NOT_JSON, CSV, TEXT,
)  # fmt: skip
FORMATS = {known.name: known for known in KNOWN if isinstance(known, Format)}
SUPPORTED = ".xlsx、.xls、.ods、.csv、.docx、.html、.pdf、.json、.jsonl、.zip"
_HEAD = 4096
_CHUNK = 1 << 20


def inspect_file(path: str | Path, label: str = "") -> SourceFile:
    """Look at a file once, in pieces: format, encoding, SHA-256.

    Raises:
        InputError: missing, empty, unreadable, dangerous, or of a format that is not read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(
                "这是文件夹，不是文件", given=str(path), expected=f"一个 {SUPPORTED} 文件",
                remedy="指定其中的一个文件",
            )  # fmt: skip
        if not path.is_file() and path.exists():
            raise InputError("这不是普通文件", given=str(path), remedy="指定一个文件")
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if not head:
            raise InputError(
                "文件是空的", given=str(path), expected="至少有表头和一行记录", remedy="换一个文件"
            )
        return _inspect(path, _format_of(Sample(path, head)), label)
    except FileNotFoundError as error:
        raise InputError(
            "找不到文件", given=str(path), expected=f"一个 {SUPPORTED} 文件",
            remedy="检查路径和文件名",
        ) from error  # fmt: skip
    except OSError as error:
        raise InputError(
            "读不了文件", given=f"{path} ({error.strerror})",
            remedy="检查文件权限，或关闭打开它的程序",
        ) from error  # fmt: skip


def read_file(source: SourceFile) -> Content:
    """What a file holds, before it is understood; large tables are read as their rows are taken.

    Raises:
        InputError: damaged, empty, or dangerous.
    """
    known = FORMATS[source.format]
    return read_confined(source) if known.confined and CAN_CONFINE else known.read(source)


def _format_of(sample: Sample) -> Format:
    known = next(known for known in KNOWN if known.is_it(sample))
    if isinstance(known, Refusal):
        raise known.error(sample.path, SUPPORTED)
    # What is read in a process of limited means is looked through there, too.
    if known.check is not None and not (known.confined and CAN_CONFINE):
        known.check(sample)
    return known


def _inspect(path: Path, known: Format, label: str) -> SourceFile:
    """One pass for the digest, the line count and whether the whole is UTF-8."""
    check_size(path, known.limit)
    digest, lines, is_utf8 = hashlib.sha256(), 0, known.is_text
    decoder = codecs.getincrementaldecoder("utf-8")()
    length = LineLength(path) if known.by_lines else None
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if length is not None:
                length.check(chunk)
            lines += chunk.count(b"\n")
            if is_utf8:
                is_utf8 = _decodes(decoder, chunk)
    if not known.is_text:
        return SourceFile(path, known.name, digest.hexdigest(), label=label)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    encoding = encoding_of(path, is_utf8=is_utf8)
    return SourceFile(path, known.name, digest.hexdigest(), encoding, lines, label)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
