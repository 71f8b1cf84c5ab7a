"""Achievements of the lists that may be a team's: proposed to its organisation, never added alone.

A namesake's work is worse than a missing one: only what bears the name of a member with the team's
own organisation is proposed, and what is refused is never proposed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

from pydantic import Field

from matcher.errors import InputError
from matcher.linking.register import Register
from matcher.records import Achievement, Contributor, Evidence, Team
from matcher.service.context import Caller
from matcher.service.desk import corrections, own_teams, teams
from matcher.service.views import Filled, View
from matcher.text.affiliations import split_affiliation
from matcher.text.normalise import clean
from matcher.text.organisations import normalise_organisation
from matcher.text.person_names import parse_name
from matcher.workspace import STORE_FILE

# Of one team at a time; the rest comes when these are answered.
MOST = 50


class ProposedView(View):
    """An achievement that may be a team's."""

    key: str
    kind: str
    title: str
    year: int | None
    why: Annotated[str, Field(description="谁、以哪个单位署名")]


class ProposedAnswer(Filled):
    """Which of those that were proposed are a team's, or are not, and why not."""

    keys: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=MOST)]
    own: bool
    reason: Annotated[str, Field(max_length=500)] = ""


def proposed(caller: Caller, team_id: str) -> list[ProposedView]:
    """What may be a team's, the newest first. Raises: NotFoundError: no such team of one's own."""
    return [
        ProposedView(key=key, kind=work.kind, title=work.title, year=work.year,
                     why=f"{who.name}，{'、'.join(who.organisations or work.organisations)}")
        for key, work, who in _found(caller, teams.find_own(caller, team_id))
    ]  # fmt: skip


def answer(caller: Caller, team_id: str, asked: ProposedAnswer) -> None:
    """Take some as a team's, as any change of it is taken, or refuse them for good.

    Raises:
        NotFoundError: no such team of one's own.
        InputError: none of them is proposed.
        ConflictError: a change of the team still waits to be approved.
    """
    team = teams.find_own(caller, team_id)
    chosen = [work for key, work, _ in _found(caller, team) if key in asked.keys]
    if not chosen:
        raise InputError("没有勾选成果", remedy="勾选后再提交；已经答过的不再列出")
    pieces = [piece_of(work) for work in chosen]
    if asked.own:
        own_teams.confirm(caller, team, pieces)
        return
    reason = asked.reason or "不是本团队的成果"
    with caller.service.database.writing():
        for piece in pieces:
            corrections.refuse(caller, team, piece, reason)


def piece_of(work: Evidence) -> Evidence:
    """A work as a piece of a team: without whose it is."""
    return Evidence.model_validate(work.model_dump(include=set(Evidence.model_fields)))


def names_of(team: Team) -> set[str]:
    """Who is of a team, as names are compared."""
    return {n.key for one in (team.leader_name, *team.members) if (n := parse_name(one))}


def homes_of(team: Team) -> set[str]:
    """Where a team is, as organisations are compared."""
    return {normalise_organisation(name) for name in (team.org_name, *team.org_aliases) if name}


def _found(caller: Caller, team: Team) -> list[tuple[str, Achievement, Contributor]]:
    """Pieces with who of the team is named on them."""
    names = names_of(team)
    if not names:
        return []
    homes = homes_of(team)
    refused = caller.service.corrections.standing(team_id=team.team_id)
    known = {clean(piece.title) for piece in team.evidence}
    known |= {one.subject for one in refused if one.kind == "成果"}
    spelt = {one for one in (team.leader_name, *team.members) if one}
    with closing(Register.open(caller.service.settings.workspace / STORE_FILE)) as register:
        works = register.naming(spelt)
    found = [
        (key, work, who) for key, work in works.items() if clean(work.title) not in known
        for who in list(_members(work, names, homes))[:1]
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-(one[1].year or 0), one[0]))[:MOST]


def _members(work: Achievement, names: set[str], homes: set[str]) -> Iterator[Contributor]:
    for who in work.contributors:
        name = parse_name(who.name)
        places = who.organisations or work.organisations
        printed = {normalise_organisation(split_affiliation(one).organisation) for one in places}
        if name is not None and name.key in names and not printed.isdisjoint(homes):
            yield who
