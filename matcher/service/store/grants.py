"""What brokers and local staff were given: challenges, teams, organisations, regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from matcher.errors import InputError
from matcher.service.access import Given
from matcher.service.clock import now
from matcher.service.store.database import Database
from matcher.text.organisations import normalise_organisation
from matcher.text.regions import Region, parse_region

GrantKind = Literal["challenge", "team", "organisation", "region"]
GRANT_KINDS: tuple[GrantKind, ...] = get_args(GrantKind)
GRANT_NAMES: dict[GrantKind, str] = {
    "challenge": "难题", "team": "团队", "organisation": "单位", "region": "地区",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """One thing that was given: an id, the name of an organisation, a region (辽宁 大连)."""

    kind: GrantKind
    value: str
    given: str


class Grants:
    """What the accounts of a workspace were given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, account_id: int, kind: GrantKind, value: str) -> Grant:
        """Give something; once is enough. Raises: InputError: nothing, or no region there is."""
        kept = as_region(value) if kind == "region" else " ".join(value.split())
        if not 1 <= len(kept) <= 200:
            raise InputError(
                f"没有写{GRANT_NAMES[kind]}", given=value[:100] or "空", expected="1 至 200 个字",
                remedy="补上后再加",
            )  # fmt: skip
        grant = Grant(kind, kept, now())
        self._database.write(
            "INSERT OR IGNORE INTO grants VALUES (?, ?, ?, ?)",
            (account_id, grant.kind, grant.value, grant.given),
        )
        return grant

    def remove(self, account_id: int, kind: GrantKind, value: str) -> bool:
        """Take something back; whether it had been given."""
        return bool(
            self._database.write(
                "DELETE FROM grants WHERE account_id = ? AND kind = ? AND value = ?",
                (account_id, kind, value),
            )
        )

    def listed(self, account_id: int) -> tuple[Grant, ...]:
        """What an account was given, by kind."""
        rows = self._database.rows(
            "SELECT kind, value, given FROM grants WHERE account_id = ? ORDER BY kind, value",
            (account_id,),
        )
        return tuple(Grant(**dict(row)) for row in rows)

    def of(self, account_id: int) -> Given:
        """The same, to be held against records."""
        return _given(self.listed(account_id))

    def all(self) -> Mapping[int, Given]:
        """What each account was given that was given anything."""
        rows = self._database.rows("SELECT account_id, kind, value, given FROM grants")
        found: dict[int, list[Grant]] = {}
        for row in rows:
            grant = Grant(row["kind"], row["value"], row["given"])
            found.setdefault(row["account_id"], []).append(grant)
        return {account_id: _given(grants) for account_id, grants in found.items()}


def _given(grants: Iterable[Grant]) -> Given:
    kept: dict[str, list[str]] = {kind: [] for kind in GRANT_KINDS}
    for grant in grants:
        kept[grant.kind].append(grant.value)
    regions = (value.partition(" ") for value in kept["region"])
    return Given(
        frozenset(kept["challenge"]),
        frozenset(kept["team"]),
        frozenset(map(normalise_organisation, kept["organisation"])),
        frozenset((province, city) for province, _, city in regions),
    )


def as_region(text: str) -> str:
    """A region as it is kept: the province and, of part of one, the city.

    >>> as_region("辽宁省大连市"), as_region("辽宁")
    ('辽宁 大连', '辽宁')

    Raises:
        InputError: no region is recognised.
    """
    return " ".join(filter(None, stated_region(text)))


def stated_region(text: str) -> Region:
    """Where somebody says something is. Raises: InputError: no region is recognised."""
    found = parse_region(text)
    if not found.province:
        raise InputError(
            "不认识的地区", given=text[:100] or "空", expected="省，或省和市，如 辽宁大连",
            remedy="写全称",
        )  # fmt: skip
    return found
