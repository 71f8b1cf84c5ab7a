"""Saved queries over the list and their Atom feeds."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Annotated

from lxml import etree
from pydantic import Field

from matcher.errors import InputError, NotFoundError
from matcher.index.indexing import record_hash
from matcher.service.clock import now
from matcher.service.context import Caller
from matcher.service.desk.challenges import ChallengeQuery, found
from matcher.service.store.sessions import digest
from matcher.service.views import ChallengeLine, Filled, View, challenge_page

MOST_SAVED = 50
_MOST_ENTRIES = 100
_ATOM = "http://www.w3.org/2005/Atom"


class SavedAsked(Filled):
    """A query to be kept under a name."""

    name: Annotated[str, Field(min_length=1, max_length=100, examples=["钢铁，辽宁"])]
    query: ChallengeQuery


class SavedView(View):
    """A saved query and how much it finds now."""

    saved_id: str
    name: str
    query: ChallengeQuery
    created: str
    found: int


class SavedNew(SavedView):
    """A saved query just made; the address of its feed is told this once."""

    feed: Annotated[str, Field(description="Atom 订阅地址；知道它的人都能读")]


@dataclass(frozen=True, slots=True)
class _Sighting:
    hash: str
    seen: str


def save(caller: Caller, asked: SavedAsked) -> SavedNew:
    """Keep a query. Raises: InputError: too many."""
    if len(browse(caller)) >= MOST_SAVED:
        raise InputError("保存的查询太多", given=f"{MOST_SAVED} 个", remedy="先删除不用的")
    saved_id, token = secrets.token_hex(8), secrets.token_urlsafe(24)
    with caller.service.database.writing() as connection:
        connection.execute(
            "INSERT INTO saved_queries VALUES (?, ?, ?, ?, ?, ?)",
            (saved_id, caller.principal.account_id, asked.name, asked.query.model_dump_json(),
             digest(token), now()),
        )  # fmt: skip
        caller.note("query.save", saved_id)
    shown = view(caller, saved_id)
    return SavedNew(**dict(shown), feed=f"/feeds/{token}.xml")


def browse(caller: Caller) -> list[SavedView]:
    """The saved queries of an account, oldest first."""
    rows = caller.service.database.rows(
        "SELECT * FROM saved_queries WHERE account_id = ? ORDER BY created, id",
        (caller.principal.account_id,),
    )
    return [_view(caller, row) for row in rows]


def view(caller: Caller, saved_id: str) -> SavedView:
    """One of them. Raises: NotFoundError: the account has no such query."""
    row = caller.service.database.row(
        "SELECT * FROM saved_queries WHERE id = ? AND account_id = ?",
        (saved_id, caller.principal.account_id),
    )
    if row is None:
        raise NotFoundError("没有这个保存的查询", given=saved_id[:100])
    return _view(caller, row)


def delete(caller: Caller, saved_id: str) -> None:
    """Forget one; its feed ends. Raises: NotFoundError."""
    view(caller, saved_id)
    with caller.service.database.writing() as connection:
        connection.execute("DELETE FROM saved_queries WHERE id = ?", (saved_id,))
        connection.execute("DELETE FROM digests WHERE saved_id = ?", (saved_id,))
        connection.execute("DELETE FROM digested WHERE saved_id = ?", (saved_id,))
        caller.note("query.delete", saved_id)


def feed(caller: Caller, token: str, address: str) -> bytes:
    """The Atom feed of a saved query: published challenges, the newest first.

    Args:
        address: of the service, for links.

    Raises:
        NotFoundError: no such feed, or its account is closed.
    """
    row = caller.service.database.row(
        """SELECT q.* FROM saved_queries AS q JOIN accounts AS a ON a.id = q.account_id
        WHERE q.feed_hash = ? AND NOT a.disabled""",
        (digest(token),),
    )
    if row is None:
        raise NotFoundError("没有这个订阅", remedy="在“保存的查询”里重新建立")
    query = ChallengeQuery.model_validate_json(row["query"])
    # As the public sees the list: whoever has the address reads it, signed in or not.
    lines = found(Caller(caller.service), query.model_copy(update={"mine": False}))
    seen = _sightings(caller, lines)
    newest = sorted(lines, key=lambda x: (seen[x.challenge_id].seen, x.challenge_id), reverse=True)
    return _atom(row, newest[:_MOST_ENTRIES], seen, address)


def _sightings(caller: Caller, lines: list[ChallengeLine]) -> dict[str, _Sighting]:
    """When each challenge was first seen as it is now; noted for those that are new."""
    kept = {
        row["challenge_id"]: _Sighting(row["hash"], row["seen"])
        for row in caller.service.database.rows("SELECT * FROM sightings")
    }
    challenges = caller.snapshot.matcher.challenges
    hashes = {x.challenge_id: record_hash(challenges[x.challenge_id]) for x in lines
              if x.challenge_id in challenges}  # fmt: skip
    moment = now()
    fresh = {
        i: _Sighting(value, moment)
        for i, value in hashes.items()
        if i not in kept or kept[i].hash != value
    }
    if fresh:
        with caller.service.database.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO sightings VALUES (?, ?, ?)",
                [(i, s.hash, s.seen) for i, s in fresh.items()],
            )
    return {**{x.challenge_id: _Sighting("", moment) for x in lines}, **kept, **fresh}


def _atom(
    row: sqlite3.Row, lines: list[ChallengeLine], seen: dict[str, _Sighting], address: str
) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    updated = max((seen[x.challenge_id].seen for x in lines), default=row["created"])
    for name, text in (("id", f"urn:jiebang:query:{row['id']}"), ("title", row["name"]),
                       ("updated", updated)):  # fmt: skip
        _add(root, name, text)
    _add(_add(root, "author"), "name", "揭榜挂帅匹配")
    for line in lines:
        entry = _add(root, "entry")
        _add(entry, "id", f"urn:jiebang:challenge:{line.challenge_id}")
        _add(entry, "title", line.title)
        _add(entry, "updated", seen[line.challenge_id].seen)
        link = _add(entry, "link")
        link.set("href", f"{address}{challenge_page(line.challenge_id)}")
        unstated = "面议" if line.negotiable else "未填写"
        amount = unstated if line.bounty_wan is None else f"{line.bounty_wan:g} 万元"
        deadline = line.apply_deadline or "未定"
        _add(entry, "summary", f"{line.demand_org}；榜额 {amount}；揭榜截止 {deadline}")
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return made


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    if text is not None:
        # What XML cannot hold at all is left out.
        child.text = "".join(
            c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff")
        )
    return child


def _view(caller: Caller, row: sqlite3.Row) -> SavedView:
    query = ChallengeQuery.model_validate_json(row["query"])
    return SavedView(
        saved_id=row["id"], name=row["name"], query=query, created=row["created"],
        found=len(found(caller, query)),
    )  # fmt: skip
