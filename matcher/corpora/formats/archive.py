"""ZIP archives: every file in it is read as if it had come alone."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from matcher.corpora.formats.safety import UNPACKING
from matcher.corpora.formats.source_file import SourceFile
from matcher.corpora.reading import Reading, Reject
from matcher.corpora.spool import Spool
from matcher.errors import InputError
from matcher.records import Record

T = TypeVar("T", bound=Record)
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


def read_archive(source: SourceFile, read: Callable[[Path], Reading[T]]) -> Reading[T]:
    """The records of all files of an archive together; a file that gives none is told.

    Raises:
        InputError: not one file gives a record.
    """
    total: Reading[T] | None = None
    unread: list[str] = []
    with unpacked(source) as members:
        for name, path in members:
            try:
                reading = _renamed(read(path), path.name, f"{source.name}/{name}")
            except InputError as error:
                unread.append(f"压缩包里的「{name}」没有读取: {error.what}")
                continue
            total = reading if total is None else _together(total, reading)
    if total is None:
        raise InputError(
            "压缩包里没有能读的文件", given=f"{source.name}: " + "；".join(unread)[:500],
            expected="至少一个有记录的文件", remedy="解压后逐个检查",
        )  # fmt: skip
    return _with(
        total, file=source.name, sha256=source.sha256, format="zip",
        warnings=(*total.warnings, *unread),
    )  # fmt: skip


def _with(reading: Reading[T], **changes: object) -> Reading[T]:

    return replace(reading, **changes)  # type: ignore[arg-type]


def _renamed(reading: Reading[T], temporary: str, name: str) -> Reading[T]:
    records: Spool[T] = Spool()
    for record in reading.records:
        source = getattr(record, "source", None)
        told = {"source": source.model_copy(update={"file": name})} if source else None
        records.append(record.model_copy(update=told) if told else record)
    rejects: Spool[Reject] = Spool()
    rejects.extend(
        replace(reject, file=name) if reject.file == temporary else reject
        for reject in reading.rejects
    )
    return _with(reading, records=records.kept(), rejects=rejects.kept(), file=name)


def _together(first: Reading[T], second: Reading[T]) -> Reading[T]:
    """Two readings as one; the same id from two files is told, and the first stays."""
    known = {record.record_id for record in first.records}  # type: ignore[attr-defined]
    records: Spool[T] = Spool()
    records.extend(first.records)
    records.extend(r for r in second.records if r.record_id not in known)  # type: ignore[attr-defined]
    again = len(first.records) + len(second.records) - len(records)
    rejects: Spool[Reject] = Spool()
    rejects.extend(chain(first.rejects, second.rejects))
    doubled = (
        (f"「{second.file}」有 {again} 条编号与前面的文件相同, 没有重复收入",) if again else ()
    )
    return _with(
        first, records=records.kept(), rejects=rejects.kept(),
        unknown_columns=tuple(dict.fromkeys((*first.unknown_columns, *second.unknown_columns))),
        mapping={**first.mapping, **second.mapping}, guesses={**first.guesses, **second.guesses},
        warnings=(*first.warnings, *second.warnings, *doubled),
        omitted=first.omitted + second.omitted, count=first.count + second.count,
    )  # fmt: skip
