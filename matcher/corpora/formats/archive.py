"""ZIP archives: every file in it is read as if it had come alone."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matcher.corpora.formats.format import Format, Parts, SourceFile
from matcher.corpora.formats.safety import UNPACKING
from matcher.errors import InputError

_PASSED_OVER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_UTF8_FLAG = 0x800


def member_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry; programs that do not write UTF-8 write GB18030.

    >>> member_name(zipfile.ZipInfo("榜单.xlsx"))
    '榜单.xlsx'
    """
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


@contextmanager
def unpacked(source: SourceFile) -> Iterator[list[tuple[str, Path]]]:
    """The files of an archive in a temporary folder, with their names; archives within are left.

    Raises:
        InputError: an entry cannot be unpacked.
    """
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(source.path) as archive:
        found: list[tuple[str, Path]] = []
        for number, entry in enumerate(archive.infolist()):
            name = member_name(entry)
            if entry.is_dir() or any(mark in name for mark in _PASSED_OVER):
                continue
            # The name inside the archive never becomes a path.
            target = Path(folder) / f"{number}{Path(name).suffix[:10]}"
            with target.open("wb") as out:
                out.writelines(_pieces(archive, entry, f"{source.name}: {name}"))
            found.append((name, target))
        yield found


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, given: str) -> Iterator[bytes]:
    """An entry unpacked; what goes wrong in writing it is not the archive's fault."""
    try:
        with archive.open(entry) as packed:
            while piece := packed.read(1 << 20):
                yield piece
    except UNPACKING as error:
        raise InputError(
            "压缩包里有一个文件解不开", given=f"{given} ({error})",
            expected="没有密码、没有损坏的压缩包", remedy="解压后逐个导入",
        ) from error  # fmt: skip


def read_within(source: SourceFile) -> Parts:
    """An archive where a file was looked for. Raises: InputError, always."""
    raise InputError(
        "压缩包里又有压缩包", given=source.name, expected="一层压缩包", remedy="先解压里层的"
    )


ZIP = Format("zip", lambda sample: sample.is_zip, read_within)
