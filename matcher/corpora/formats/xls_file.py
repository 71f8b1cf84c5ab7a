"""Old workbooks (.xls), read in a process of their own with bounded memory and time.

A damaged one can make the library ask for any amount of memory, which ends the whole process and
is no exception that could be caught.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

from matcher.corpora.formats.format import Format, SourceFile
from matcher.corpora.grid import Grid, GridRow, Merge
from matcher.errors import InputError

_MAX_MEMORY = 1 << 30
_MAX_SECONDS = 60
_Sheet = tuple[str, list[GridRow], list[Merge], int]


def read_xls(source: SourceFile) -> list[Grid]:
    """The visible sheets that hold anything.

    Raises:
        InputError: not a workbook, damaged, encrypted or empty.
    """
    command = [sys.executable, "-m", __name__, str(source.path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=_MAX_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise _unreadable(source, f"{_MAX_SECONDS} 秒内没有读完") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise _unreadable(source, last[:200] if done.returncode == 1 else "文件结构已损坏")
    # Made by `main` below, of our own types.
    sheets: list[_Sheet] = pickle.loads(done.stdout)
    return [Grid(name, iter(rows), merges, end) for name, rows, merges, end in sheets]


def _unreadable(source: SourceFile, why: str) -> InputError:
    return InputError(
        "读不了这个工作簿", given=f"{source.path} ({why})", expected="完好、不加密的工作簿",
        remedy="在 Excel 或 WPS 中打开 (必要时修复), 另存为 .xlsx",
    )  # fmt: skip


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


def main() -> None:
    """Read one workbook and write its sheets to standard output."""
    from matcher.corpora.formats.workbook import read_workbook

    _limit_memory()
    path = Path(sys.argv[1])
    try:
        grids = read_workbook(SourceFile(path, "xls", ""))
        sheets = [(grid.sheet, list(grid.rows), grid.merges, grid.total) for grid in grids]
    except InputError as error:
        sys.exit(f"{error.what}: {error.given}".replace(str(path), path.name))
    except MemoryError:
        sys.exit("内存不足")
    sys.stdout.buffer.write(pickle.dumps(sheets))


XLS = Format("xls", lambda sample: sample.has_stream("Workbook", "Book"), read_xls)


if __name__ == "__main__":
    main()
