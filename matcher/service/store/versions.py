"""What records were before they were changed or taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.index.store import Side
from matcher.records import Challenge, Team
from matcher.service.errors import ChangedError
from matcher.service.store.database import Database

TYPES: Mapping[Side, type[Challenge] | type[Team]] = {"challenge": Challenge, "team": Team}


@dataclass(frozen=True, slots=True)
class Gone:
    """A record that is not there any more, as it last was."""

    side: Side
    record: Challenge | Team


def last_version(database: Database, side: Side, record_id: str) -> Challenge | Team | None:
    """What a record was before it was last changed or taken out; None where it never was."""
    row = database.row(
        "SELECT content FROM versions WHERE side = ? AND id = ? ORDER BY number DESC LIMIT 1",
        (side, record_id),
    )
    return None if row is None else TYPES[side].model_validate_json(row["content"])


def check_replaced(database: Database, side: Side, before: Challenge | Team) -> None:
    """Whether what the open transaction replaced or took out is what somebody had before them.

    Raises:
        ChangedError: somebody has changed it meanwhile.
    """
    if last_version(database, side, before.record_id) != before:
        raise ChangedError("这条记录刚被修改", remedy="重新打开，看过别人的修改再办")


def gone(database: Database, page: int, size: int) -> tuple[tuple[Gone, ...], int]:
    """A page of the records that were taken out, the last first, and how many there are."""
    rows, total = database.page(
        """SELECT v.side, v.content FROM versions AS v JOIN (SELECT max(number) AS number
        FROM versions GROUP BY side, id) AS last ON last.number = v.number
        WHERE NOT EXISTS (SELECT 1 FROM records AS r WHERE r.side = v.side AND r.id = v.id)
        ORDER BY v.number DESC""",
        (), page, size,
    )  # fmt: skip
    found = (Gone(row["side"], TYPES[row["side"]].model_validate_json(row["content"]))
             for row in rows)  # fmt: skip
    return tuple(found), total
