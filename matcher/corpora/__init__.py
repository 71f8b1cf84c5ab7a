"""Files ↔ records: readers that report every row they cannot use, writers that lose nothing.

>>> import tempfile
>>> from pathlib import Path
>>> from matcher.records import Challenge
>>> path = Path(tempfile.mkdtemp()) / "榜单.xlsx"
>>> write_challenges([Challenge(challenge_id="1", title="海上风电齿轮箱轴承")], path)
>>> reading = read_challenges(path)
>>> reading.records[0].title, reading.records[0].source.row, reading.rejects
('海上风电齿轮箱轴承', 2, ())
"""

from matcher.corpora.duplicates.identity import (
    Duplicate,
    FieldChange,
    difference,
    find_duplicates,
    merge,
)
from matcher.corpora.duplicates.merging import (
    Decision,
    Merged,
    apply_decisions,
    read_decisions,
    write_duplicates,
)
from matcher.corpora.importing import FileContent, read_any, read_any_of
from matcher.corpora.options import ReadOptions, RowAllowance
from matcher.corpora.output.template import TEMPLATES, TemplateKind, template_bytes, write_template
from matcher.corpora.output.write import (
    write_challenges,
    write_outcomes,
    write_records,
    write_rejects,
    write_teams,
)
from matcher.corpora.read import (
    iter_jsonl,
    read_challenges,
    read_outcomes,
    read_records,
    read_teams,
)
from matcher.corpora.reading import Reading, Reject, Row, RowCount

__all__ = [
    "TEMPLATES",
    "Decision",
    "Duplicate",
    "FieldChange",
    "FileContent",
    "Merged",
    "ReadOptions",
    "Reading",
    "Reject",
    "Row",
    "RowAllowance",
    "RowCount",
    "TemplateKind",
    "apply_decisions",
    "difference",
    "find_duplicates",
    "iter_jsonl",
    "merge",
    "read_any",
    "read_any_of",
    "read_challenges",
    "read_decisions",
    "read_outcomes",
    "read_records",
    "read_teams",
    "template_bytes",
    "write_challenges",
    "write_duplicates",
    "write_outcomes",
    "write_records",
    "write_rejects",
    "write_teams",
    "write_template",
]
