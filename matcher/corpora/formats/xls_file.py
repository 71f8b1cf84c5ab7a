"""Old workbooks (.xls), as other tables."""

from __future__ import annotations

from matcher.corpora.formats.format import Format
from matcher.corpora.formats.workbook import read_workbook

XLS = Format(
    "xls", lambda sample: sample.has_stream("Workbook", "Book"), read_workbook, confined=True
)
