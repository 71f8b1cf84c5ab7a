"""Files written one after the other into one: programs open one of them and pass over the rest."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from matcher.errors import InputError

# The end of a PDF, then the beginning of another that is not enclosed in it.
_NEXT_PDF = re.compile(rb"%%EOF(?:(?!endstream).){0,1024}?%PDF-\d", re.DOTALL)
_PDF_END = b"%%EOF"
_ENTRY, _DIRECTORY_END = b"PK\x03\x04", b"PK\x05\x06"
_DIRECTORY_END_LENGTH, _COMMENT_LENGTH = 22, slice(20, 22)
_LONGEST_COMMENT = 1 << 16
# Of what a transmission leaves behind, and of a row.
_STRAY = 16


def check_one_pdf(path: Path) -> list[str]:
    """What is said of bytes behind the end of a PDF.

    Raises:
        InputError: there is more than one document; a viewer shows the last one only.
    """
    content = path.read_bytes()
    if _NEXT_PDF.search(content):
        raise _several(path, "PDF", "阅读器只显示最后一个")
    behind = content[content.rfind(_PDF_END) + len(_PDF_END) :] if _PDF_END in content else b""
    return _stray(behind)


def old_office_notes(content: bytes) -> list[str]:
    """What is said of bytes behind an old Office file, which is all sectors."""
    sector = 1 << min(int.from_bytes(content[30:32], "little"), 12)
    rest = len(content) % sector
    return _stray(content[-rest:]) if rest else []


def check_one_archive(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Nothing but what its directory lists, and what is between, is in a ZIP container.

    Raises:
        InputError: another one before it, or something behind it.
    """
    first = min((entry.header_offset for entry in entries), default=0)
    with path.open("rb") as file:
        if first > 0 and file.read(len(_ENTRY)) == _ENTRY:
            raise _several(path, "压缩格式的文件（.zip、.docx、.xlsx 等）", "程序只打开最后一个")
        file.seek(max(0, path.stat().st_size - _LONGEST_COMMENT - _DIRECTORY_END_LENGTH))
        tail = file.read()
    at = tail.rfind(_DIRECTORY_END)
    if at < 0:
        return
    end = tail[at : at + _DIRECTORY_END_LENGTH]
    comment = int.from_bytes(end[_COMMENT_LENGTH], "little")
    if notes := _stray(tail[at + _DIRECTORY_END_LENGTH + comment :]):
        raise InputError(
            "文件末尾接着别的内容", given=f"{path}：{notes[0].partition('；')[0]}",
            expected="一个完整的文件",
            remedy="向来文单位索取分开的文件，或在原来的程序中打开后另存",
        )  # fmt: skip


def _stray(behind: bytes) -> list[str]:
    length = len(behind.strip(b"\0\r\n\t \x1a"))
    if length < _STRAY:
        return []
    return [
        f"文件末尾还有 {length} 字节不属于它，没有读入；"
        "后面接着别的文件的，向来文单位索取分开的文件"
    ]


def _several(path: Path, what: str, shown: str) -> InputError:
    return InputError(
        f"几个{what}首尾相接成了一个", given=f"{path}（{shown}，前面的看不到也读不到）",
        expected="一个文件里一份材料", remedy="向来文单位索取分开的文件，逐个导入",
    )  # fmt: skip
