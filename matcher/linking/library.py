"""Lists in, a library of teams out: what is new is added, what people corrected is kept."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from matcher.linking.editions import as_pieces
from matcher.linking.identity import Persons, identify
from matcher.linking.mentions import mentions_of
from matcher.linking.questions import Question, mention_key, questions
from matcher.linking.register import Register, remember_built, remember_people, unnamed
from matcher.linking.teams import Built, build_teams
from matcher.progress import Progress
from matcher.records import Achievement, Contributor, Evidence, Team
from matcher.text.affiliations import split_affiliation
from matcher.text.person_names import parse_name
from matcher.workspace import Change, Workspace

# What stands for a record of a supervisor or a team among the works: no piece of evidence.
_STANDS_FOR = "登记表"


@dataclass(frozen=True, slots=True)
class Tally:
    """Names on some works, the persons behind them, and those of them found in several places."""

    names: int
    persons: int
    merged: int


@dataclass(frozen=True)
class Linked:
    """What linking gave: teams, works without a team, open questions, and counts."""

    teams: tuple[Team, ...]
    works: Mapping[str, Achievement]
    unassigned: tuple[str, ...]
    questions: tuple[Question, ...]
    found: Persons
    keys: tuple[str, ...]
    built: Built
    into: Mapping[str, str]

    @property
    def persons(self) -> int:
        """How many persons there are."""
        return len(set(self.found.of))

    def tally(self, works: Iterable[str]) -> Tally:
        """Who is named on some of the works (by `work_key`)."""
        number = {key: n for n, key in enumerate(self.keys)}
        chosen = {number[self.into[key]] for key in works if key in self.into}
        named = [i for i, m in enumerate(self.found.mentions) if m.work in chosen]
        times = Counter(self.found.of)
        persons = {self.found.of[i] for i in named}
        return Tally(len(named), len(persons), sum(times[p] > 1 for p in persons))


@dataclass(frozen=True)
class Update:
    """What a build changed in a workspace, or would; ``teams`` as they are to be stored."""

    linked: Linked
    change: Change
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    teams: tuple[Team, ...] = ()

    @property
    def counts(self) -> dict[str, Any]:
        """What is told of it afterwards."""
        return {
            "changes": {"teams": asdict(self.change)}, "works": len(self.linked.works),
            "unassigned": len(self.linked.unassigned), "questions": len(self.linked.questions),
        }  # fmt: skip


def link(
    works: Mapping[str, Achievement], people: Sequence[Team] = (),
    decisions: Iterable[tuple[str, str, bool]] = (),
) -> Linked:  # fmt: skip
    """Find the persons behind ``works`` (by `work_key`) and build their teams.

    ``people`` are records of supervisors, experts or teams already known: each keeps its words and
    is given the achievements of its leader. ``decisions`` as `Register.decisions`.
    """
    told, into = as_pieces(works)
    keys = [*told, *(f"{_STANDS_FOR}{team.team_id}" for team in people)]
    pieces = [*told.values(), *(_standing_for(team) for team in people)]
    known = {len(told) + n: team for n, team in enumerate(people)}
    mentions = mentions_of(pieces)
    index = {mention_key(keys[m.work], m): i for i, m in enumerate(mentions)}
    pairs = [
        (index[one], index[other], same)
        for a, b, same in decisions
        if (one := _kept(a, into)) in index and (other := _kept(b, into)) in index and one != other
    ]
    persons = identify(
        pieces, mentions=mentions,
        same=[(a, b) for a, b, same in pairs if same],
        different=[(a, b) for a, b, same in pairs if not same],
    )  # fmt: skip
    built = build_teams(pieces, persons, known)
    return Linked(
        built.teams, told, tuple(keys[n] for n in built.unassigned if n not in known),
        questions(persons, pieces, keys, pairs), persons, tuple(keys), built, into,
    )  # fmt: skip


def decide(
    workspace: Workspace, register: Register, answers: Iterable[tuple[str, str, bool | None]]
) -> Update:
    """Remember answers to questions, and build the library by them."""
    register.decide(answers)
    return update(workspace, register)


def _kept(mention: str, into: Mapping[str, str]) -> str:
    """The key of a mention on the piece that its edition went into."""
    work, mark, name = mention.partition("#")
    return f"{into.get(work, work)}{mark}{name}"


def update(
    workspace: Workspace, register: Register, people: Sequence[Team] = (),
    progress: Progress | None = None, beside: Callable[[sqlite3.Connection], None] | None = None,
) -> Update:  # fmt: skip
    """Build the library of a workspace anew from all it was ever given, in one transaction.

    A field that somebody changed since the last build stays as changed; a piece somebody took off
    a team stays off; a team somebody deleted stays deleted. ``people`` are new records of
    supervisors or experts; those of earlier builds are remembered. ``beside`` writes what goes with
    it, in the same transaction.
    """
    plan = plan_update(workspace, register, people)

    def along(connection: sqlite3.Connection) -> None:
        remember_people(connection, people)
        remember_built(connection, plan.linked.teams, plan.linked.questions)
        if beside is not None:
            beside(connection)

    (change,) = workspace.put(
        [("team", plan.teams)], progress=progress, removed=[("team", i) for i in plan.removed],
        along=along,
    )  # fmt: skip
    return replace(plan, change=change)


def plan_update(workspace: Workspace, register: Register, people: Sequence[Team] = ()) -> Update:
    """What `update` would do, without doing it."""
    before = register.built()
    current = dict(workspace.teams()) if workspace.exists else {}
    told = register.people() | {team.team_id: team for team in people}
    linked = link(register.works(), _people(told, before, current), register.decisions())
    teams, kept, left_out = [], [], []
    for made in linked.teams:
        old, now = before.get(made.team_id), current.get(made.team_id)
        if register.is_taken_out(made.leader_name, made.org_name):
            left_out.append(made.team_id)
        elif old is not None and now is None:
            kept.append(made.team_id)
        else:
            team = corrected(old, now, made) if old is not None and now is not None else made
            if team != made:
                kept.append(made.team_id)
            teams.append(team)
    present = {team.team_id for team in linked.teams}
    removed = [
        i for i, old in before.items() if i not in present and i in current and current[i] == old
    ]
    (change,) = workspace.changes([("team", teams)])
    return Update(linked, change, tuple(kept), tuple(removed), tuple(left_out), tuple(teams))


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What taking a person out removed: pieces of lists, teams, mentions in teams, old versions."""

    works: int
    teams: int
    members: int
    versions: int


def take_out(
    workspace: Workspace, register: Register, name: str, organisation: str = ""
) -> TakenOut:
    """Take a person out of everything: lists, teams, members, pieces, kept versions.

    A team that was built around the person goes; one that others entered stays without the name.
    The register keeps a keyed hash so that the next list does not bring the person back.
    """
    works = register.take_out(name, organisation)
    built, asked = register.built(), [question for question, _ in register.questions()]
    gone, changed = [], []
    for team in workspace.teams().values():
        kept = without_person(team, name, organisation)
        if kept is team:
            continue
        if team.team_id in built and not kept.leader_name and team.leader_name:
            gone.append(team.team_id)
        else:
            changed.append(kept)
    touched = {*gone, *(team.team_id for team in changed)}
    versions = 0

    def forget(connection: sqlite3.Connection) -> None:
        nonlocal versions
        left = [
            without_person(team, name, organisation) for i, team in built.items() if i not in gone
        ]
        remember_built(connection, left, asked)
        for team_id in touched:
            statement = "DELETE FROM versions WHERE side = 'team' AND id = ?"
            versions += connection.execute(statement, (team_id,)).rowcount

    workspace.put([("team", changed)], removed=[("team", i) for i in gone], along=forget)
    return TakenOut(works, len(gone), len(changed), versions)


def without_person(team: Team, name: str, organisation: str = "") -> Team:
    """The team without a person's name: the same object if the name is not in it."""
    person = parse_name(name)
    where = split_affiliation(organisation).organisation
    if person is None or (where and split_affiliation(team.org_name).organisation != where):
        return team

    def is_it(text: str) -> bool:
        found = parse_name(text)
        return found is not None and found.key == person.key

    values: dict[str, Any] = {}
    if is_it(team.leader_name):
        values = {"leader_name": "", "leader_title": "", "contact_phone": "", "contact_email": ""}
        values["team_name"] = team.team_name.replace(team.leader_name, "").strip() or team.org_name
    if is_it(team.contact_name):
        values |= {"contact_name": "", "contact_phone": "", "contact_email": ""}
    members = tuple(member for member in team.members if not is_it(member))
    evidence = tuple(_unnamed_piece(piece, name) for piece in team.evidence)
    if members != team.members:
        values["members"] = members
    if evidence != team.evidence:
        values["evidence"] = evidence
    return team.model_copy(update=values) if values else team


def _unnamed_piece(piece: Evidence, name: str) -> Evidence:
    extra = unnamed(piece.extra, {name})
    return piece if extra == piece.extra else piece.model_copy(update={"extra": extra})


def corrected(base: Team, now: Team, made: Team) -> Team:
    """The team as built, with what somebody changed in the record since the last build."""
    changed = {
        name: getattr(now, name)
        for name in Team.model_fields
        if name != "evidence" and getattr(now, name) != getattr(base, name)
    }
    return made.model_copy(update=changed | {"evidence": _evidence(base, now, made)})


def _evidence(base: Team, now: Team, made: Team) -> tuple[Evidence, ...]:
    """The pieces as built, without those taken off by hand, with those added or changed by hand."""
    before = {_piece(e): e for e in base.evidence}
    current = {_piece(e): e for e in now.evidence}
    taken = before.keys() - current.keys()
    by_hand = {k: e for k, e in current.items() if before.get(k) != e}
    kept = [by_hand.get(_piece(e), e) for e in made.evidence if _piece(e) not in taken]
    there = {_piece(e) for e in kept}
    return (*kept, *(e for k, e in by_hand.items() if k not in there))


def _piece(evidence: Evidence) -> tuple[str, str]:
    return evidence.kind, evidence.title


def _people(
    people: Mapping[str, Team], before: Mapping[str, Team], current: Mapping[str, Team]
) -> list[Team]:
    """Records that stand for persons: of lists, and those in the workspace that no build made."""
    known = {t.team_id: t for t in current.values() if t.team_id not in before and t.leader_name}
    return list({**known, **people}.values())


def _standing_for(team: Team) -> Achievement:
    """A record of a person as a work of its own, so that it is linked like any other mention."""
    names = [team.leader_name or team.team_name]
    where = (f"{team.org_name}{team.department}",) if team.org_name else ()
    return Achievement(
        kind="其他", title=" ".join((*team.research_directions, *team.core_capabilities)),
        keywords=(*team.research_directions, *team.tech_domain),
        contributors=tuple(Contributor(name=n, organisations=where, leads=True) for n in names),
        organisations=where,
    )  # fmt: skip
