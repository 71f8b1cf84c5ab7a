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


def check_replaced(database: Database, side: Side, before: Challenge | Team) -> None:
    """Whether what the open transaction replaced or took out is what somebody had before them.

    Raises:
        ChangedError: somebody has changed it meanwhile.
    """
    row = database.row(
        "SELECT content FROM versions WHERE side = ? AND id = ? ORDER BY number DESC LIMIT 1",
        (side, before.record_id),
    )
    if row is None or TYPES[side].model_validate_json(row["content"]) != before:
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
