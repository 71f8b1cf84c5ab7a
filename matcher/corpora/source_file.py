"""A file before it is read: is it there, what is it, and its fingerprint."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from matcher.corpora.reading import FileFormat
from matcher.errors import InputError

SUPPORTED = ".xlsx、.csv、.jsonl"
_BY_SUFFIX: dict[str, FileFormat] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".xlsx": "xlsx",
}  # fmt: skip
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A readable, non-empty file. ``encoding`` and ``lines`` are for the text formats."""

    path: Path
    format: FileFormat
    sha256: str
    encoding: str = ""
    lines: int = 0

    @property
    def name(self) -> str:
        """The file's own name, which is all that records remember of its place."""
        return self.path.name


def inspect_file(path: str | Path) -> SourceFile:
    """Look at a file once, in pieces: format, encoding, SHA-256.

    Raises:
        InputError: missing, empty, unreadable, or of a format that is not read.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(
                "这是文件夹, 不是文件", given=str(path), expected=f"一个 {SUPPORTED} 文件",
                remedy="指定其中的一个文件",
            )  # fmt: skip
        with path.open("rb") as file:
            head = file.read(64)
        if not head:
            raise InputError(
                "文件是空的", given=str(path), expected="至少有表头和一行记录", remedy="换一个文件"
            )
        return _inspect(path, _format(path, head))
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
    """By content where it is unmistakable, else by the suffix."""
    expected = f"{SUPPORTED} 文件"
    if head.startswith(_OLE):
        raise InputError(
            "这是旧版 Excel (.xls) 或加密的文件", given=str(path), expected=expected,
            remedy="在 Excel 或 WPS 中打开, 另存为不加密的 .xlsx",
        )  # fmt: skip
    suffix = path.suffix.lower()
    if head.startswith(_ZIP):
        if suffix in (".docx", ".pptx", ".zip"):
            raise InputError(
                "不是能读的格式", given=str(path), expected=expected, remedy="另存为 .xlsx"
            )
        return "xlsx"
    if suffix == ".xlsx":
        raise InputError(
            "扩展名是 .xlsx, 内容却不是", given=str(path), expected="Excel 工作簿",
            remedy="在 Excel 或 WPS 中打开, 另存为 .xlsx; 若本是文本, 把扩展名改为 .csv",
        )  # fmt: skip
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if suffix in (".jsonl", ".ndjson", ".json") and not text.startswith(b"{") and text:
        raise InputError(
            "不是 JSONL", given=str(path), expected="每行一个 JSON 对象, 以 { 开头",
            remedy="若整个文件是一个 JSON 数组, 改为每行一个对象",
        )  # fmt: skip
    found: FileFormat | None = "jsonl" if text.startswith(b"{") else _BY_SUFFIX.get(suffix)
    if found is None:
        raise InputError(
            "不是能读的格式", given=str(path), expected=expected, remedy="另存为其中一种"
        )
    return found


def _inspect(path: Path, file_format: FileFormat) -> SourceFile:
    """One pass for the digest, the line count and whether the whole is UTF-8."""
    digest, lines, is_utf8 = hashlib.sha256(), 0, file_format != "xlsx"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            if is_utf8:
                is_utf8 = _decodes(decoder, chunk)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    if file_format == "xlsx":
        return SourceFile(path, file_format, digest.hexdigest())
    encoding = "utf-8-sig" if is_utf8 else _encoding_by_lines(path)
    return SourceFile(path, file_format, digest.hexdigest(), encoding, lines)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding_by_lines(path: Path) -> str:
    """UTF-8 with a few damaged lines, or GB18030?

    UTF-8 Chinese often passes as GB18030 (and turns into other characters), GB18030 Chinese
    hardly ever as UTF-8. So UTF-8 is believed unless most lines speak against it; the damaged
    lines then become rejects.
    """
    utf8 = gb18030 = other = 0
    with path.open("rb") as file:
        for line in file:
            if line.isascii():
                continue
            if _is(line, "utf-8"):
                utf8 += 1
            elif _is(line, "gb18030"):
                gb18030 += 1
            else:
                other += 1
    if utf8 >= gb18030 and utf8:
        return "utf-8-sig"
    if gb18030 > other:
        return "gb18030"
    raise InputError(
        "认不出文字编码", given=str(path), expected="UTF-8 或 GB18030 (GBK) 的文本",
        remedy="在 Excel 中另存为“CSV UTF-8”, 或在记事本中另存为 UTF-8",
    )  # fmt: skip


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
