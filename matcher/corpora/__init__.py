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

from matcher.corpora.jsonl_file import iter_jsonl
from matcher.corpora.read import read_challenges, read_outcomes, read_records, read_teams
from matcher.corpora.reading import Reading, Reject, Row
from matcher.corpora.write import (
    write_challenges,
    write_outcomes,
    write_records,
    write_rejects,
    write_teams,
)

__all__ = [
    "Reading",
    "Reject",
    "Row",
    "iter_jsonl",
    "read_challenges",
    "read_outcomes",
    "read_records",
    "read_teams",
    "write_challenges",
    "write_outcomes",
    "write_records",
    "write_rejects",
    "write_teams",
]
