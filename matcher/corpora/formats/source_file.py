"""A file before it is read: is it there, what is it, and its fingerprint. Content decides."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.corpora.formats.encodings import encoding_of
from matcher.corpora.formats.safety import MAX_MARKUP, LineLength, check_container, check_size
from matcher.corpora.headers.kinds import classify
from matcher.corpora.reading import FileFormat
from matcher.errors import InputError

SUPPORTED = ".xlsx、.xls、.ods、.csv、.docx、.html、.pdf、.json、.jsonl、.zip"
_TEXT_SUFFIX: dict[str, FileFormat] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv",
    ".txt": "text", ".md": "text", ".bib": "bibtex", ".ris": "ris",
}  # fmt: skip
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20
_JSON_ARRAY = re.compile(rb"\[\s*(?:\{|\])")
_BY_LINES: tuple[FileFormat, ...] = ("csv", "jsonl")
_BINARY: tuple[FileFormat, ...] = ("xlsx", "xls", "ods", "docx", "pdf", "zip", "html", "mhtml")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A readable, non-empty file. ``encoding`` and ``lines`` are for the text formats.

    ``label`` is its name within an archive: 材料.zip/榜单.xlsx.
    """

    path: Path
    format: FileFormat
    sha256: str
    encoding: str = ""
    lines: int = 0
    label: str = ""

    @property
    def decoding(self) -> str:
        """How bytes that are no text are decoded: as marks by which the row is told.

        The codecs of UTF-16 know no such marks and leave U+FFFD.
        """
        return "replace" if self.encoding.startswith("utf-16") else "surrogateescape"

    @property
    def name(self) -> str:
        """The file's own name, which is all that records remember of its place."""
        return self.label or self.path.name


def inspect_file(path: str | Path, label: str = "") -> SourceFile:
    """Look at a file once, in pieces: format, encoding, SHA-256.

    Raises:
        InputError: missing, empty, unreadable, dangerous, or of a format that is not read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(
                "这是文件夹, 不是文件", given=str(path), expected=f"一个 {SUPPORTED} 文件",
                remedy="指定其中的一个文件",
            )  # fmt: skip
        if not path.is_file() and path.exists():
            raise InputError("这不是普通文件", given=str(path), remedy="指定一个文件")
        with path.open("rb") as file:
            head = file.read(4096)
        if not head:
            raise InputError(
                "文件是空的", given=str(path), expected="至少有表头和一行记录", remedy="换一个文件"
            )
        return _inspect(path, _format(path, head), label)
    except FileNotFoundError as error:
        raise InputError(
            "找不到文件", given=str(path), expected=f"一个 {SUPPORTED} 文件",
            remedy="检查路径和文件名",
        ) from error  # fmt: skip
    except OSError as error:
        raise InputError(
            "读不了文件", given=f"{path} ({error.strerror})",
            remedy="检查文件权限, 或关闭打开它的程序",
        ) from error  # fmt: skip


def _format(path: Path, head: bytes) -> FileFormat:
    """By content; the suffix only tells one kind of text from another."""
    if head.startswith(_ZIP):
        return check_container(path)
    if head.startswith(_OLE):
        return _ole_format(path)
    if head.lstrip()[:5] == b"%PDF-":
        return "pdf"
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise InputError(
            "图片或其他压缩包, 里面没有可读的文字", given=str(path),
            expected=f"{SUPPORTED} 文件",
            remedy="图片先做文字识别 (OCR) 并核对; 压缩包先解压或改为 .zip",
        )  # fmt: skip
    return _text_format(path, head)


def _ole_format(path: Path) -> FileFormat:
    """Old Office files share one container; the names of their streams are UTF-16."""
    with path.open("rb") as file:
        content = file.read(8 * _CHUNK)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise InputError(
            "文件有密码, 打不开", given=str(path), expected="不加密的文件",
            remedy="在 Excel 或 WPS 中打开, 去掉密码后另存",
        )  # fmt: skip
    if "WordDocument".encode("utf-16-le") in content:
        raise InputError(
            "这是旧版 Word 文件 (.doc)", given=str(path), expected=".docx 文件",
            remedy="在 Word 或 WPS 中打开, 另存为 .docx",
        )  # fmt: skip
    if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        return "xls"
    raise InputError(
        "旧版 Office 文件, 里面不是表格", given=str(path), expected=f"{SUPPORTED} 文件",
        remedy="在原来的程序中打开, 另存为 .xlsx 或 .docx",
    )  # fmt: skip


def _text_format(path: Path, head: bytes) -> FileFormat:  # noqa: PLR0911
    suffix = path.suffix.lower()
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    lower = start[:2048].lower()
    if lower.startswith((b"mime-version:", b"from: <saved by", b"from:")) and b"multipart" in lower:
        return "mhtml"
    if _is_html(start, lower):
        return "html"
    if _JSON_ARRAY.match(start):
        return "json"
    if start.startswith(b"{"):
        return "jsonl" if _line_by_line(path) else "json"
    if suffix in (".jsonl", ".ndjson", ".json") and start:
        raise InputError(
            "不是 JSON", given=str(path),
            expected="一个由对象组成的数组, 或每行一个对象 (.jsonl)",
            remedy="重新导出, 或换一个文件",
        )  # fmt: skip
    if start.startswith(b"@") and b"{" in start[:40]:
        return "bibtex"
    if start.startswith(b"TY  -"):
        return "ris"
    if suffix == ".txt" and _looks_tabular(head, (b"\t", b"|")):
        return "csv"
    found = _TEXT_SUFFIX.get(suffix)
    if found not in (None, "jsonl", "bibtex", "ris"):
        return found
    return "csv" if _looks_tabular(head) or suffix in (".xlsx", ".xls", ".et") else "text"


def _line_by_line(path: Path) -> bool:
    """Whether each line of a file that begins with ``{`` is a record by itself.

    A single line is one, unless it only wraps an array of records as programs do.
    """
    with path.open("rb") as file:
        first = file.readline(MAX_MARKUP).removeprefix(codecs.BOM_UTF8).strip()
        while not first and (line := file.readline(MAX_MARKUP)):
            first = line.strip()
        alone = not file.read(_CHUNK).strip()
    try:
        value = json.loads(first)
    except (ValueError, RecursionError):
        # A damaged line among others, or an object laid out over several lines.
        return not first.endswith((b"{", b"[", b",", b":")) and not alone
    return not alone or not isinstance(value, dict) or is_record(value)


def is_record(value: dict[str, Any]) -> bool:
    """Whether a JSON object is itself a record, and what it holds are parts of it."""
    parts = [inner for inner in value.values() if isinstance(inner, dict | list)]
    return not parts or classify(list(value), None) is not None


def _is_html(start: bytes, lower: bytes) -> bool:
    for encoding in ("utf-16-le", "utf-16-be"):
        if "<html".encode(encoding) in start[:4096]:
            return True
    if not lower.startswith(b"<"):
        return False
    marks = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<div", b"<meta", b"<p")
    return any(mark in lower for mark in marks)


def _looks_tabular(head: bytes, marks: tuple[bytes, ...] = (b",", b"\t", b"|", b";")) -> bool:
    lines = [line for line in head.split(b"\n")[:6] if line.strip()]
    if b"\x00" in head[:200]:
        return True
    return any(
        len(lines) > 1 and all(line.count(mark) >= 1 for line in lines[:-1]) for mark in marks
    )


def _inspect(path: Path, file_format: FileFormat, label: str) -> SourceFile:
    """One pass for the digest, the line count and whether the whole is UTF-8."""
    check_size(path, file_format)
    digest, lines, is_utf8 = hashlib.sha256(), 0, file_format not in _BINARY
    decoder = codecs.getincrementaldecoder("utf-8")()
    length = LineLength(path) if file_format in _BY_LINES else None
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if length is not None:
                length.check(chunk)
            lines += chunk.count(b"\n")
            if is_utf8:
                is_utf8 = _decodes(decoder, chunk)
    if file_format in _BINARY:
        return SourceFile(path, file_format, digest.hexdigest(), label=label)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    encoding = encoding_of(path, is_utf8=is_utf8)
    return SourceFile(path, file_format, digest.hexdigest(), encoding, lines, label)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
