"""What an import brought: told to the organisation of each team, which was not asked before, and
to staff, whoever imported it and by whatever way.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.records import Team
from matcher.service.access import OF_ORGANISATION, Principal
from matcher.service.store.accounts import Account, Accounts
from matcher.service.store.database import Database
from matcher.service.store.messages import Messages, Told

# Of one import, in one message; the pages of the teams hold the rest.
_TEAMS, _TITLES = 10, 5


class _Brought(NamedTuple):
    """What came to a team: all of it, where it is new."""

    team: Team
    titles: list[str]
    members: list[str]
    new: bool


class Listed(NamedTuple):
    """The challenges of an import, counted."""

    new: int = 0
    changed: int = 0
    waiting: int = 0

    @property
    def told(self) -> str:
        """In words; empty without any."""
        if not (self.new or self.changed):
            return ""
        waiting = f"（其中 {self.waiting} 项待发布）" if self.waiting else ""
        return f"难题：新增 {self.new} 项{waiting}，更新 {self.changed} 项。"


_NONE_LISTED = Listed()


@dataclass(frozen=True, slots=True)
class Before:
    """How the teams of a workspace stood before an import.

    Attributes:
        known: the ids of the teams.
        version: the number of the last kept version of anything.
    """

    known: frozenset[str]
    version: int

    @classmethod
    def of(cls, database: Database) -> Before:
        """As they stand now."""
        known = database.rows("SELECT id FROM records WHERE side = 'team'")
        last = database.row("SELECT max(number) FROM versions")
        return cls(frozenset(row["id"] for row in known), int((last and last[0]) or 0))

    def tell(
        self, database: Database, messages: Messages, who: Principal, source: str,
        listed: Listed = _NONE_LISTED,
    ) -> None:  # fmt: skip
        """Tell each organisation what its teams were given, and staff what there is, in the
        transaction that gave it.

        Args:
            who: imported it, and is not told.
            source: the file that was imported, as it is told.
        """
        accounts = [one for one in Accounts(database).all() if not one.disabled]
        if not accounts:
            return
        key = f"arrivals:{self.version}:{len(self.known)}"
        brought = [*self._grown(database), *self._new(database)]
        _tell_organisations(messages, accounts, brought, key, source)
        staff = [one.account_id for one in accounts
                 if one.role == "staff" and one.account_id != who.account_id]  # fmt: skip
        new = sum(one.new for one in brought)
        teams = f"团队：新增 {new} 个，{len(brought) - new} 个加了成果或成员。" if brought else ""
        if told := "\n".join(filter(None, (listed.told, teams))):
            link = "/staff/publishing" if listed.waiting else "/staff"
            by = f"{who.name}导入了“{source}”"
            messages.post(Told(f"imported:{secrets.token_hex(8)}", "desk", by, told, link), staff)

    def _grown(self, database: Database) -> list[_Brought]:
        """The teams that were there, with what they have now and had not."""
        rows = database.rows(
            """SELECT v.content AS before, r.content AS now FROM versions AS v
            JOIN records AS r ON r.side = v.side AND r.id = v.id
            WHERE v.side = 'team' AND v.number > ? ORDER BY v.id""",
            (self.version,),
        )
        found = []
        for row in rows:
            before, now = (Team.model_validate_json(row[name]) for name in ("before", "now"))
            had = {piece.title for piece in before.evidence}
            titles = [piece.title for piece in now.evidence if piece.title not in had]
            members = [name for name in now.members if name not in before.members]
            if titles or members:
                found.append(_Brought(now, titles, members, new=False))
        return found

    def _new(self, database: Database) -> list[_Brought]:
        now = database.rows("SELECT id FROM records WHERE side = 'team' ORDER BY id")
        found = []
        for row in now:
            if row["id"] in self.known:
                continue
            kept = database.row(
                "SELECT content FROM records WHERE side = 'team' AND id = ?", (row["id"],)
            )
            assert kept is not None
            team = Team.model_validate_json(kept["content"])
            found.append(_Brought(team, [p.title for p in team.evidence], [], new=True))
        return found


def _tell_organisations(
    messages: Messages, accounts: Sequence[Account], brought: Sequence[_Brought], key: str,
    source: str,
) -> None:  # fmt: skip
    by_place: dict[str, list[_Brought]] = defaultdict(list)
    for one in brought:
        by_place[one.team.org_name].append(one)
    concerned = [one for one in accounts if one.role in OF_ORGANISATION]
    for place, of_place in by_place.items():
        own = [one.account_id for one in concerned if one.principal.belongs_to(place)]
        messages.post(_told(f"{key}:{place}", of_place, source), own)


def _told(key: str, brought: list[_Brought], source: str) -> Told:
    pieces = sum(len(one.titles) for one in brought)
    lines = [_line(one) for one in brought[:_TEAMS]]
    if len(brought) > _TEAMS:
        lines.append(f"另有 {len(brought) - _TEAMS} 个团队，在“我的团队”里看。")
    lines.append(f"来自管理人员导入的“{source}”。请核对：不是本团队的，在团队的页面上标记“不是本团队的”，"
                 "标记后不再计入，以后也不再加上。")  # fmt: skip
    link = f"/teams/{brought[0].team.team_id}" if len(brought) == 1 else "/my-teams"
    title = f"导入给本单位 {len(brought)} 个团队加了 {pieces} 条成果，请核对"
    return Told(key, "team", title, "\n".join(lines), link)


def _line(one: _Brought) -> str:
    words = [f"新增团队“{one.team.name}”" if one.new else f"“{one.team.name}”"]
    if one.titles:
        more = f"等 {len(one.titles)} 条" if len(one.titles) > _TITLES else ""
        words.append(f"成果：{'；'.join(one.titles[:_TITLES])}{more}")
    if one.members:
        words.append(f"成员：{'、'.join(one.members)}")
    return "，".join(words)
