"""What a file may cost before it is opened: size, unpacked size, entries, paths, grid."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from matcher.corpora.formats.joined import check_one_archive
from matcher.errors import InputError

MAX_BYTES = 150 << 20
# Read line by line and never held whole; but a line is.
MAX_BYTES_LINES = 16 << 30
MAX_LINE = 32 << 20
MAX_PDF = 60 << 20
MAX_MARKUP = 60 << 20
MAX_UNPACKED = 1 << 30
MAX_MEMBER = 700 << 20
# A million rows of a wide list; what an .xlsx holds of these is read in stretches.
MAX_WORKBOOK = 512 << 20
STRETCHED = ("xl/worksheets/", "xl/sharedStrings.xml")
MAX_STRETCHED = 3 << 30
MAX_RATIO = 250
MAX_ENTRIES = 20_000
MAX_CELLS = 40_000_000
MAX_COLUMNS = 2_000
# What a damaged or locked archive makes the library raise.
UNPACKING = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, OverflowError,
    NotImplementedError, RuntimeError, EOFError, OSError,
)  # fmt: skip
SMALL = 10 << 20
# Before the first element of a part, where its entities would be declared.
_BEGINNING = 64 << 10
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# The folders of an office file, which its readers find by these very letters.
_FOLDERS = frozenset(("xl", "word", "docProps", "customXml", "_rels", "META-INF"))
_FOLDED_FOLDERS = frozenset(folder.casefold() for folder in _FOLDERS)


def check_size(path: Path, limit: int) -> None:
    """Refuse files too large to be read in bounded memory.

    Raises:
        InputError: larger than its format may be, in bytes.
    """
    size = path.stat().st_size
    if size > limit:
        raise InputError(
            "文件太大", given=f"{path} ({size / 1e6:.0f} MB)",
            expected=f"不超过 {limit / 1e6:.0f} MB",
            remedy="去掉图片和空白行列，或分成几个文件；几十万条记录请用 .jsonl",
        )  # fmt: skip


class LineLength:
    """Watches a file go by in chunks for a line too long to be held."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._length = 0

    def check(self, chunk: bytes) -> None:
        """Look at the next chunk.

        Raises:
            InputError: the line that it belongs to is too long.
        """
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        self._length = len(chunk) - end - 1 if end >= 0 else self._length + len(chunk)
        if self._length > MAX_LINE:
            raise InputError(
                "文件太大：有一行没有尽头", given=f"{self._path}（一行超过 {MAX_LINE >> 20} MB）",
                expected="每行一条记录", remedy="检查文件是否损坏，或换行符是否丢失",
            )  # fmt: skip


@contextmanager
def container(path: Path) -> Iterator[zipfile.ZipFile]:
    """A ZIP container, open.

    Raises:
        InputError: damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except UNPACKING as error:
        raise InputError(
            "读不了这个工作簿、文档或压缩包", given=f"{path} ({error})",
            expected="完好、不加密的文件",
            remedy="在原来的程序中打开（必要时修复），另存一份",
        ) from error  # fmt: skip


def check_entries(path: Path) -> frozenset[str]:
    """The names in a ZIP container, after a look at its directory; nothing is unpacked.

    Raises:
        InputError: damaged, a bomb, several in one, or with entries that point outside.
    """
    with container(path) as archive:
        entries = archive.infolist()
        _check_entries(entries, path)
        check_one_archive(path, entries)
    return frozenset(entry.filename for entry in entries)


def _check_entries(entries: list[zipfile.ZipInfo], path: Path) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    sizes = [entry.file_size for entry in entries if not entry.filename.startswith(STRETCHED)]
    too_much = sum(sizes) > MAX_UNPACKED or any(size > MAX_MEMBER for size in sizes)
    if too_much or unpacked > MAX_STRETCHED or len(entries) > MAX_ENTRIES:
        raise _bomb(path, f"{len(entries)} 个条目，解开后 {unpacked / 1e6:.0f} MB")
    if unpacked > SMALL and unpacked / packed > MAX_RATIO:
        raise _bomb(path, f"解开后是原来的 {unpacked // packed} 倍")
    for entry in entries:
        if _points_outside(entry.filename):
            raise InputError(
                "压缩包里有指向包外的路径", given=f"{path}: {entry.filename[:80]}",
                expected="只有包内的相对路径", remedy="向提供者核实来源，重新打包",
            )  # fmt: skip


def _points_outside(name: str) -> bool:
    pure = PurePosixPath(name.replace("\\", "/"))
    return pure.is_absolute() or ".." in pure.parts or ":" in name[:3]


def _bomb(path: Path, given: str) -> InputError:
    return InputError(
        "文件解开后过大，不予打开", given=f"{path}: {given}",
        expected=f"解开后不超过 {MAX_UNPACKED >> 20} MB，膨胀不超过 {MAX_RATIO} 倍",
        remedy="向提供者核实来源；确是大表时分成几个文件",
    )  # fmt: skip


def check_markup(path: Path, names: Iterable[str]) -> None:
    """The beginning of every part of an office file that is XML.

    Raises:
        InputError: one declares entities, is there twice, or has a name that some programs find
            and others do not; or damaged.
    """
    with container(path) as archive:
        found = archive.namelist()
        if odd := next((name for name in found if _is_misspelt(name)), None):
            raise InputError(
                "文件里各部分的名称写法不合规矩，可能有内容找不到", given=f"{path}: {odd[:80]}",
                expected="普通的办公文件", remedy="在 Excel 或 Word 中打开（必要时修复），另存一份",
            )  # fmt: skip
        if len(found) > len(frozenset(map(part_name, found))):
            raise InputError(
                "文件里同一部分有两份，不知道以哪份为准", given=str(path),
                expected="普通的办公文件", remedy="在 Excel 或 Word 中打开（必要时修复），另存一份",
            )  # fmt: skip
        for name in sorted(names):
            if name.lower().endswith((".xml", ".rels")):
                with archive.open(name) as stream:
                    _refuse_entities(stream.read(_BEGINNING), path)


def part_name(name: str) -> str:
    """The name of a part of an office file as office programs compare it.

    >>> part_name("XL\\\\.\\\\worksheets//Sheet%31.xml")
    'xl/worksheets/sheet1.xml'
    """
    steps = unquote(name).replace("\\", "/").strip().casefold().split("/")
    return "/".join(step for step in steps if step not in ("", "."))


def _is_misspelt(name: str) -> bool:
    steps = name.removesuffix("/").split("/")
    top = steps[0]
    return (
        "\\" in name or name != name.strip() or not {"", "."}.isdisjoint(steps)
        or (top.casefold() in _FOLDED_FOLDERS and top not in _FOLDERS)
    )  # fmt: skip


def too_wide(given: str, columns: int) -> InputError:
    """What is told of a table or an object with more columns than anybody fills in."""
    return InputError(
        "表格范围过大", given=f"{given}：{columns} 列", expected=f"不超过 {MAX_COLUMNS} 列",
        remedy="删去多余的列，或检查行列是否弄反、分隔符是否丢失",
    )  # fmt: skip


def _refuse_entities(piece: bytes, path: Path) -> None:
    if _ENTITY.search(piece):
        raise InputError(
            "文件里有 XML 实体声明，不予打开", given=str(path), expected="普通的办公文件",
            remedy="向提供者核实来源；在 Excel 或 Word 中打开后另存",
        )  # fmt: skip
