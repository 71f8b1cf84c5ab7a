"""ZIP archives: every file in it is read as if it had come alone."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from matcher.corpora.formats.confined import CAN_CONFINE, asked
from matcher.corpora.formats.format import Format, Parts, SourceFile
from matcher.corpora.formats.safety import UNPACKING, container
from matcher.errors import InputError

# What systems put beside the files of people, by its whole name.
_OF_SYSTEMS = re.compile(
    r"(?:.*/)?(?:\.DS_Store|Thumbs\.db|desktop\.ini)|__MACOSX/(?:.*/)?\._[^/]*"
)
# A file of a few rows takes some milliseconds, whatever it has.
MOST_FILES = 500
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
        InputError: an entry cannot be unpacked, or there are too many.
    """
    parts = asked("unpack", source) if CAN_CONFINE else members(source)
    with tempfile.TemporaryDirectory() as folder:
        yield _written(parts, Path(folder))


def members(source: SourceFile) -> Iterator[str | bytes]:
    """The name of every file of an archive, each followed by its content in pieces.

    Raises:
        InputError: an entry cannot be unpacked, or there are too many.
    """
    with container(source.path) as archive:
        named = [(member_name(entry), entry) for entry in archive.infolist()]
        wanted = [
            (name, entry)
            for name, entry in named
            if not (_OF_SYSTEMS.fullmatch(name) or (entry.is_dir() and not entry.file_size))
        ]
        if len(wanted) > MOST_FILES:
            raise InputError(
                "压缩包里的文件太多", given=f"{source.name}：{len(wanted)} 个",
                expected=f"不超过 {MOST_FILES} 个", remedy="分成几个压缩包，或解压后把表合成一个",
            )  # fmt: skip
        for name, entry in wanted:
            yield name
            yield from _pieces(archive, entry, f"{source.name}: {name}")


def _written(parts: Iterable[str | bytes], folder: Path) -> list[tuple[str, Path]]:
    """Files as `members` tells them, under names of ours: theirs never become a path."""
    found: list[tuple[str, Path]] = []
    with ExitStack() as opened:
        out: IO[bytes] | None = None
        for part in parts:
            if isinstance(part, str):
                opened.close()
                suffix = Path(part).suffix[:10]
                plain = suffix[1:].isalnum() and suffix.isascii()
                found.append((part, folder / f"{len(found)}{suffix if plain else ''}"))
                out = opened.enter_context(found[-1][1].open("wb"))
            elif out is not None:
                out.write(part)
    return found


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
