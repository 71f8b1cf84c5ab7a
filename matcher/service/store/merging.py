"""Two records that are one: what was kept of the one that goes is kept of the one that stays."""

from __future__ import annotations

from matcher.index.store import Side
from matcher.procedure import IDLE
from matcher.service.clock import now
from matcher.service.store.database import Database
from matcher.service.store.pairs import Pair, Pairs

_COLUMNS: dict[Side, str] = {"challenge": "challenge_id", "team": "team_id"}
# What else says which record it belongs to; where both have one, that of the one that stays stays.
_TABLES: dict[Side, tuple[str, ...]] = {
    "challenge": ("secrets", "consents", "comments", "handlings", "corrections"),
    "team": ("corrections", "team_changes"),
}


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


def move_over(database: Database, pairs: Pairs, side: Side, old: str, new: str) -> None:
    """Let everything of one record be another's, in the open transaction."""
    column = _COLUMNS[side]
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
