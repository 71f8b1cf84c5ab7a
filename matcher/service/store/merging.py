"""Two records that are one: what was kept of the one that goes is kept of the one that stays."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.index.store import Side
from matcher.procedure import IDLE
from matcher.service.clock import now
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.pairs import Pair, Pairs
from matcher.service.store.steps import Act, Steps, standing

_COLUMNS: Mapping[Side, str] = {"challenge": "challenge_id", "team": "team_id"}
# What else says which record it belongs to; where both have one, that of the one that stays stays.
_TABLES: Mapping[Side, tuple[str, ...]] = {
    "challenge": ("secrets", "consents", "comments", "handlings", "corrections", "digested"),
    "team": ("corrections", "team_changes"),
}
# In the detail of the step by which a record goes: where it went.
INTO = "into"


def moving(pairs: Pairs, side: Side, old: str, new: str) -> tuple[list[Pair], list[Pair]]:
    """The pairs of a record: those that can be another's, and those that clash with its own.

    Two pairs with the same counterpart clash where both are under way; one that is idle stays
    behind.
    """
    mine, theirs = ((pairs.of_challenge(one) if side == "challenge" else pairs.of_teams([one]))
                    for one in (old, new))  # fmt: skip
    other = "team_id" if side == "challenge" else "challenge_id"
    taken = {getattr(pair, other) for pair in theirs}
    free = [pair for pair in mine if getattr(pair, other) not in taken]
    clashing = [pair for pair in mine if pair not in free and pair.state not in IDLE]
    return free, clashing


def move_over(database: Database, side: Side, old: str, new: str, act: Act) -> None:
    """Let everything of one record be another's, in the open transaction.

    Its own past stays under its number: versions, steps, audit, and links, which lead on.
    """
    column, audit = _COLUMNS[side], Audit(database)
    pairs = Pairs(database, audit)
    for pair in moving(pairs, side, old, new)[0]:
        key = (new, pair.team_id) if side == "challenge" else (pair.challenge_id, new)
        pairs.rename(pair, key)
    for table in _TABLES[side]:
        database.write(
            f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (new, old)
        )  # fmt: skip
    database.write(
        "UPDATE OR IGNORE grants SET value = ? WHERE kind = ? AND value = ?", (new, side, old)
    )
    if side == "challenge":
        database.write(
            "UPDATE OR IGNORE evaluators SET task = ? WHERE kind = '揭榜书' AND task = ?",
            (new, old),
        )
        Alliances(database, audit).renumber(old, new, act)
    _part_from(database, side, old, new)


def gone_into(database: Database, side: Side, record_id: str) -> str:
    """The number of the record that one was merged into; empty where it was not."""
    found = record_id
    for _ in range(100):  # merged on and on; never in a circle, but for a record put back by hand
        steps = standing(Steps(database).of(side, found))
        if not steps or not (into := str(steps[-1].detail.get(INTO, ""))):
            break
        found = into
    return found if found != record_id else ""


def keep_apart(database: Database, side: Side, ids: tuple[str, str], account: str) -> None:
    """Note that two records that look alike are not one."""
    database.write(
        "INSERT OR REPLACE INTO kept_apart VALUES (?, ?, ?, ?, ?)",
        (side, *sorted(ids), account, now()),
    )


def apart(database: Database, side: Side) -> frozenset[tuple[str, str]]:
    """The pairs that were said not to be one, each in the order of the ids."""
    rows = database.rows("SELECT one, other FROM kept_apart WHERE side = ?", (side,))
    return frozenset((row["one"], row["other"]) for row in rows)


def _part_from(database: Database, side: Side, old: str, new: str) -> None:
    """What the one that goes is not, the one that stays is not either."""
    rows = database.rows(
        "SELECT * FROM kept_apart WHERE side = ? AND (one = ? OR other = ?)", (side, old, old)
    )
    for row in rows:
        database.write(
            "DELETE FROM kept_apart WHERE side = ? AND one = ? AND other = ?", tuple(row)[:3]
        )
        (third,) = {row["one"], row["other"]} - {old}
        if third != new:
            keep_apart(database, side, (new, third), row["account"])
