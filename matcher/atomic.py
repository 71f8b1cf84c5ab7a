"""Files that are either written whole or not at all.

Everything the software writes for a user goes through `atomic_path`: a reader never sees half a
file, and a full disk, a crash or Ctrl-C leaves the old file as it was.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from matcher.errors import StorageError

_TEMPORARY = ".tmp-"
_DATABASE = b"SQLite format 3\0"
# What SQLite puts beside a file that it writes.
_BESIDE = ("journal", "wal", "shm")
_REASONS = {
    errno.ENOSPC: ("磁盘空间不足", "清理磁盘，或改写到另一个磁盘"),
    errno.EDQUOT: ("磁盘配额已用完", "清理文件，或请管理员提高配额"),
    errno.EFBIG: ("文件超过系统允许的大小", "分批写出，或改写到另一个磁盘"),
    errno.EROFS: ("磁盘是只读的", "改写到可写的文件夹"),
    errno.EACCES: (
        "没有写入权限，或文件正被其他程序打开",
        "关闭打开它的程序，或改写到可写的文件夹",
    ),
    errno.EPERM: ("没有写入权限", "改写到可写的文件夹"),
    errno.EIO: ("磁盘读写出错", "检查磁盘，或改写到另一个磁盘"),
    errno.ENAMETOOLONG: ("文件名太长", "缩短文件名"),
    errno.EISDIR: ("同名的文件夹已存在", "换一个文件名"),
    errno.ENOENT: ("文件夹不存在", "先建立该文件夹，或检查路径"),
    errno.ENOTDIR: ("路径中有一段不是文件夹", "检查路径"),
}


@contextmanager
def atomic_path(target: str | Path) -> Iterator[Path]:
    """A temporary path beside ``target`` that takes its place when the block ends well.

    The temporary file is in the same folder (so that the move is one step) and has the same
    suffix (for writers that look at it). It is flushed to the disk before the move, and removed
    when the block fails for any reason, Ctrl-C included. The mode of a file that is replaced is
    kept; a symbolic link keeps pointing to the same place.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with atomic_path(folder / "a.txt") as temporary:
    ...     _ = temporary.write_text("完整", encoding="utf-8")
    >>> (folder / "a.txt").read_text(encoding="utf-8")
    '完整'

    Raises:
        StorageError: the folder is missing, the disk is full or read-only, no permission, or a
            workspace would be written over by what is none.
    """
    final = Path(os.path.realpath(target))
    _check_place(final, target)
    try:
        with temporary_path(final) as temporary:
            yield temporary
            _flush(temporary)
            if _is_database(final) and not _is_database(temporary):
                raise StorageError(
                    "同名的文件是工作区或备份，不用别的内容覆盖", given=str(target),
                    remedy="换一个文件名",
                )  # fmt: skip
            if final.exists():
                shutil.copymode(final, temporary)
            os.replace(temporary, final)
            _flush_folder(final.parent)
    except OSError as error:
        # A file that the block itself failed to find is not a matter of the target.
        if error.errno not in _REASONS or error.errno == errno.ENOENT:
            raise
        raise _storage_error(error, target) from error


@contextmanager
def temporary_path(beside: Path) -> Iterator[Path]:
    """An empty file in the folder of another, gone after the block; if this process is killed, with
    the next such file in the folder.

    Raises:
        OSError: it cannot be made.
    """
    _clear_leftovers(beside.parent)
    temporary = beside.with_name(f"{_TEMPORARY}{secrets.token_hex(6)}{beside.suffix}")
    lock = None
    # Begun inside: Ctrl-C can come between the making of the file and the next line.
    try:
        lock = _begun(temporary)
        yield temporary
    finally:
        for name in (temporary.name, *(f"{temporary.name}-{kind}" for kind in _BESIDE)):
            temporary.with_name(name).unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _begun(temporary: Path) -> int:
    """The handle of a file made empty, that shows others that it is in use."""
    while True:
        try:
            lock = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        except FileNotFoundError as error:  # the folder is there, and takes no files
            raise PermissionError(
                errno.EACCES, os.strerror(errno.EACCES), temporary.parent
            ) from error
        # Between the two steps another process may have taken it for a leftover.
        _locked(lock)
        if temporary.exists():
            return lock
        os.close(lock)


def _clear_leftovers(folder: Path) -> None:
    """Remove what a killed process left; what another one uses is locked and stays."""
    with suppress(OSError):
        for path in folder.glob(f"{_TEMPORARY}*"):
            base, _, beside = path.name.rpartition("-")
            if beside in _BESIDE and path.with_name(base).exists():
                continue  # goes with the file it belongs to
            _remove_if_unused(path)
            for kind in _BESIDE:
                if not path.exists():
                    path.with_name(f"{path.name}-{kind}").unlink(missing_ok=True)


def _remove_if_unused(path: Path) -> None:
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return
    try:
        if _locked(handle):
            path.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether this process has the file for itself; so it is where files cannot be locked."""
    try:
        import fcntl
    except ImportError:  # Windows: a file in use cannot be removed there anyway
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: nothing is known of what others use
        return False
    return True


def _check_place(final: Path, target: str | Path) -> None:
    try:
        if final.is_dir():
            raise OSError(errno.EISDIR, "")
        if not final.parent.is_dir():
            raise OSError(errno.ENOENT, "")
    except OSError as error:
        raise _storage_error(error, target) from error


def _is_database(path: Path) -> bool:
    """Whether it holds a workspace: whoever writes one over does not know what is lost."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_DATABASE)) == _DATABASE


def reason_of(error: OSError) -> tuple[str, str]:
    """Why the system refuses a file, in words, and what to do."""
    return _REASONS.get(error.errno or 0, _REASONS[errno.EIO])


def _storage_error(error: OSError, target: str | Path) -> StorageError:
    reason, remedy = reason_of(error)
    return StorageError(f"写不了文件：{reason}", given=str(target), remedy=remedy)


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the move itself durable; only POSIX can open a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
