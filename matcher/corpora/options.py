"""What the person who imports knows about a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the person who imports knows about a file.

    Args:
        columns: header → field, going before everything else; field ``extra`` keeps a column as
            it is.
        aliases: further names of organisations (`matcher.text.organisations.read_aliases`).
        year: the year of dates that do not name theirs.
        organisation: whose the records of a list are that names no organisation.
        listed_year: of the works of a list that gives them none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    organisation: str = ""
    listed_year: int | None = None
