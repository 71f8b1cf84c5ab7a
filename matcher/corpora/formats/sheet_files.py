"""What openpyxl keeps on disk while it writes a workbook: a file a sheet, gone with it.

If this process is killed meanwhile, the next one that writes a workbook there removes them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path

from matcher.atomic import temporary_path

_open: ContextVar[ExitStack] = ContextVar("sheet files of the workbook that is written")


@contextmanager
def sheet_files() -> Iterator[None]:
    """Within, workbooks are written."""
    from openpyxl.worksheet import _writer

    _writer.create_temporary_file = _place
    with ExitStack() as stack:
        token = _open.set(stack)
        try:
            yield
        finally:
            _open.reset(token)


def _place(suffix: str = "") -> str:
    from openpyxl.worksheet import _writer

    stack = _open.get(None)
    if stack is None:  # somebody else's workbook, in the same process
        handle, path = tempfile.mkstemp(suffix=suffix, prefix="openpyxl.")
        os.close(handle)
        _writer.ALL_TEMP_FILES.append(path)
        return path
    beside = Path(tempfile.gettempdir()) / f"sheet{suffix}"
    path = str(stack.enter_context(temporary_path(beside)))
    _writer.ALL_TEMP_FILES.append(path)  # from where it takes what it has removed
    return path
