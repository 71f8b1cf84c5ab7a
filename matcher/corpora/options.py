"""What the person who imports knows about a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.errors import InputError


class RowAllowance:
    """How many rows may still be read, of all files of one upload together.

    A file of a kilobyte can hold a million rows: those of others should not wait for them.
    """

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def take(self) -> None:
        """One row more. Raises: InputError: that is one too many."""
        self._left -= 1
        if self._left < 0:
            raise InputError(
                "行数过多", given=f"{self._most} 行以上", expected=f"一次不超过 {self._most} 行",
                remedy="分成几个文件，或请管理人员在服务器上用 matcher import 导入",
            )  # fmt: skip


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
        rows: how many rows may be read; as many as there are if not said.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    organisation: str = ""
    listed_year: int | None = None
    rows: RowAllowance | None = None
