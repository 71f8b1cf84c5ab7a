"""Persons and what they did → teams: who leads, who belongs, which achievements are theirs.

Whoever is declared responsible (investigator, supervisor, first of an award) has a team of their
own. Whoever is only named on papers or patents belongs with those of the same organisation they
work with, led by who leads most. A piece of several teams is held by each of them, never copied
to people who are not named on it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import cast

from matcher.linking.directions import Direction, directions, openings
from matcher.linking.identity import Persons
from matcher.linking.mentions import Mention
from matcher.records import ORG_TYPES, Achievement, Evidence, OrgType, Team
from matcher.text.affiliations import Affiliation, split_affiliation
from matcher.text.organisations import organisation_kind

# A circle of co-workers larger than this is divided into those who work together most.
_CIRCLE = 25
_MEMBERS = 30
# Marks what was told from achievements, so that a person's own words go before it.
DERIVED = "由成果归纳"
QUOTED = "摘自成果的摘要"


@dataclass(frozen=True, slots=True)
class Draft:
    """A team before it is a record: persons and works by number."""

    organisation: str
    leader: int | None
    members: tuple[int, ...] = ()
    works: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Built:
    """The teams, the directions behind their words, and the works nobody can be credited with."""

    teams: tuple[Team, ...]
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    directions: Mapping[str, tuple[Direction, ...]] = field(default_factory=dict)
    unassigned: tuple[int, ...] = ()


class _View:
    """Works and persons with the look-ups that drafting and writing need, made once."""

    def __init__(
        self, works: Sequence[Achievement], persons: Persons, known: Mapping[int, Team]
    ) -> None:
        self.works, self.known = works, known
        self.mentions, self.person_of = persons.mentions, persons.of
        self.members = persons.members
        self.by_work: dict[int, list[int]] = defaultdict(list)
        self.namesakes: dict[tuple[str, str], set[int]] = defaultdict(set)
        for index, mention in enumerate(persons.mentions):
            self.by_work[mention.work].append(index)
            for organisation in mention.organisations or frozenset([""]):
                self.namesakes[organisation, mention.name.key].add(persons.of[index])
        self.home = {
            person: main_affiliation(own, persons.mentions).organisation
            for person, own in self.members.items()
        }

    def serves(self, work: int, organisation: str) -> bool:
        """Whether a team of the organisation may be built from a work."""
        only = self.works[work].only_for
        return not only or organisation in only

    def key_of(self, person: int) -> str:
        """The name of a person as it is compared."""
        return self.mentions[self.members[person][0]].name.key


def build_teams(
    works: Sequence[Achievement], persons: Persons, known: Mapping[int, Team] | None = None
) -> Built:
    """Teams of the persons behind ``works``.

    ``known`` are records that lists of supervisors or teams gave, by the number of the work that
    stands for them: their own words are kept and the achievements of the person are added.
    """
    view = _View(works, persons, known or {})
    teams: dict[str, Team] = {}
    drafts: dict[str, Draft] = {}
    for draft in _drafts(view):
        team = _record(draft, view)
        while team.team_id in teams:
            team = team.model_copy(update={"team_id": team.team_id + "x"})
        teams[team.team_id], drafts[team.team_id] = team, draft
    taken = {work for draft in drafts.values() for work in draft.works}
    own = {i: [w for w in d.works if w not in view.known] for i, d in drafts.items()}
    told = directions(own, works)
    return Built(
        tuple(_described(team, told[i], openings(own[i], works)) for i, team in teams.items()),
        drafts, told,
        tuple(n for n, work in enumerate(works) if n not in taken and not work.only_for),
    )  # fmt: skip


def _drafts(view: _View) -> Iterator[Draft]:
    leads = {view.person_of[i] for i, m in enumerate(view.mentions) if m.leads}
    yield from _led(view, leads)
    circles: dict[str, list[tuple[int, list[int]]]] = defaultdict(list)
    for work, indices in view.by_work.items():
        if any(view.person_of[i] in leads for i in indices):
            continue
        for organisation, own in _by_organisation(indices, view).items():
            # Who neither begins nor ends a work helped with it: their organisation is a partner.
            at_an_end = own[0] == indices[0] or own[-1] == indices[-1]
            if at_an_end and view.serves(work, organisation):
                circles[organisation].append((work, [view.person_of[i] for i in own]))
    for organisation in sorted(circles):
        yield from _circles(organisation, circles[organisation])
    nameless: dict[str, list[int]] = defaultdict(list)
    for number, piece in enumerate(view.works):
        if number not in view.by_work and piece.organisations:
            organisation = split_affiliation(piece.organisations[0]).organisation
            if view.serves(number, organisation):
                nameless[organisation].append(number)
    for organisation, pieces in nameless.items():
        yield Draft(organisation, None, (), tuple(pieces))


def _led(view: _View, leads: set[int]) -> Iterator[Draft]:
    """One team for each person declared responsible, with whoever is named beside them there."""
    for person, everything in view.members.items():
        organisation = view.home[person]
        own = [i for i in everything if view.serves(view.mentions[i].work, organisation)]
        if person not in leads or not own:
            continue
        beside = Counter(
            view.person_of[i]
            for m in own for i in view.by_work[view.mentions[m].work]
            if view.person_of[i] != person
            and (not organisation or organisation in view.mentions[i].organisations)
        )  # fmt: skip
        members = sorted(beside, key=lambda p: (-beside[p], p))[:_MEMBERS]
        works = tuple(sorted({view.mentions[m].work for m in own}))
        yield Draft(organisation, person, tuple(members), works)


def _circles(organisation: str, together: list[tuple[int, list[int]]]) -> Iterator[Draft]:
    """The circles of co-workers within an organisation, each with the works its people began."""
    circle_of = _divide(together)
    held: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
    for work, people in together:
        for circle in dict.fromkeys(circle_of[p] for p in (people[0], people[-1])):
            held[circle].append((work, [p for p in people if circle_of[p] == circle]))
    for circle in sorted(held):
        leading: Counter[int] = Counter()
        named: Counter[int] = Counter()
        for _, people in held[circle]:
            leading[people[0]] += 2
            leading[people[-1]] += 1 if len(people) > 2 else 0
            named.update(people)
        leader = min(leading, key=lambda p: (-leading[p], -named[p], p))
        members = sorted((p for p in named if p != leader), key=lambda p: (-named[p], p))
        yield Draft(
            organisation, leader, tuple(members[:_MEMBERS]),
            tuple(sorted({work for work, _ in held[circle]})),
        )  # fmt: skip


def _divide(together: list[tuple[int, list[int]]]) -> dict[int, int]:
    """Person → circle: who works together, directly or through others; large ones divided."""
    import networkx as nx

    heads = {p for _, people in together for p in (people[0], people[-1])}
    ties: Counter[tuple[int, int]] = Counter()
    for _, people in together:
        heading = sorted(p for p in people if p in heads)
        ties.update(combinations(heading, 2))
        # Who begins a work and who ends it belong together, be it their only one; that somebody
        # once helped another group does not make the two groups one.
        ties[min(people[0], people[-1]), max(people[0], people[-1])] += 1
    graph = nx.Graph()
    graph.add_nodes_from(sorted(heads))
    graph.add_weighted_edges_from((a, b, n) for (a, b), n in ties.items() if n > 1 and a != b)
    circles: dict[int, int] = {}
    for component in nx.connected_components(graph):
        parts: Iterable[set[int]] = [component]
        if len(component) > _CIRCLE:
            parts = nx.community.louvain_communities(
                graph.subgraph(sorted(component)), resolution=1.5, seed=0
            )
        for part in parts:
            circles |= dict.fromkeys(part, min(part))
    return circles | _helpers(together, circles)


def _helpers(
    together: list[tuple[int, list[int]]], circles: Mapping[int, int]
) -> dict[int, int]:  # fmt: skip
    """Person who heads nothing → the circle they work with most."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for _, people in together:
        beside = {circles[p] for p in (people[0], people[-1])}
        for person in people:
            if person not in circles:
                found[person].update(beside)
    return {p: min(held, key=lambda c: (-held[c], c)) for p, held in found.items()}


def _by_organisation(indices: list[int], view: _View) -> dict[str, list[int]]:
    """The mentions of a work by their first organisation; where none is printed, by that of the
    person's other works; who has none at all stands alone.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for index in indices:
        own = view.mentions[index].affiliations
        found[own[0].organisation if own else view.home[view.person_of[index]]].append(index)
    return found


def main_affiliation(indices: Sequence[int], mentions: Sequence[Mention]) -> Affiliation:
    """Where a person is: the organisation printed most often, with its commonest department."""
    first = [m.affiliations[0] for i in indices if (m := mentions[i]).affiliations]
    if not first:
        return Affiliation("")
    organisations = Counter(a.organisation for a in first)
    organisation = max(organisations, key=lambda o: (organisations[o], o))
    departments = Counter(
        a.department for a in first if a.organisation == organisation and a.department
    )
    return Affiliation(
        organisation, max(departments, key=lambda d: (departments[d], d), default="")
    )


def printed_name(indices: Sequence[int], mentions: Sequence[Mention]) -> str:
    """The spelling to show: Chinese script before pinyin, the commoner before the rarer."""
    spellings = Counter(
        (bool(mentions[i].name.han), mentions[i].name.han or mentions[i].printed) for i in indices
    )
    return max(spellings, key=lambda s: (s[0], spellings[s], s[1]))[1]


def _record(draft: Draft, view: _View) -> Team:
    own = [] if draft.leader is None else view.members[draft.leader]
    leader = printed_name(own, view.mentions) if own else ""
    main = main_affiliation(own, view.mentions)
    department = main.department if main.organisation == draft.organisation else ""
    evidence = tuple(_evidence(n, draft, view) for n in draft.works if n not in view.known)
    names = tuple(printed_name(view.members[p], view.mentions) for p in draft.members)
    stated = next((view.known[n] for n in draft.works if n in view.known), None)
    if stated is not None:
        more = tuple(name for name in names if name not in stated.members)
        # Lists of supervisors name persons, not teams.
        called = stated.team_name or (f"{leader}团队" if leader else "")
        return stated.model_copy(update={
            "team_name": called, "evidence": stated.evidence + evidence,
            "members": stated.members + more,
        })  # fmt: skip
    return Team(
        team_id=_team_id(draft, view),
        team_name=f"{leader}团队" if leader else draft.organisation,
        org_name=draft.organisation, department=department,
        org_type=_org_type(draft.organisation),
        leader_name=leader, members=names, evidence=evidence,
        provenance=f"由 {len(evidence)} 项成果归并",
    )  # fmt: skip


def _org_type(organisation: str) -> OrgType:
    kind = organisation_kind(organisation)
    return cast(OrgType, kind) if kind in ORG_TYPES else "其他"


def _team_id(draft: Draft, view: _View) -> str:
    """The same for the same leader and organisation in every run, whatever else is added.

    Of namesakes within an organisation each is told by the first of their works.
    """
    leader = "" if draft.leader is None else view.key_of(draft.leader)
    mark = ""
    if len(view.namesakes.get((draft.organisation, leader), ())) > 1:
        mark = min((view.works[n].year or 9999, view.works[n].title) for n in draft.works)[1]
    text = "\t".join((draft.organisation, leader, mark))
    return "T" + hashlib.sha256(text.encode()).hexdigest()[:10]


def _evidence(number: int, draft: Draft, view: _View) -> Evidence:
    """The piece as the team's: with the leader's part in it, other organisations as partners."""
    work = view.works[number]
    others = dict.fromkeys(
        split_affiliation(org).organisation
        for org in (*work.organisations, *(o for c in work.contributors for o in c.organisations))
    )
    partners = [org for org in others if org and org != draft.organisation]
    values = {name: getattr(work, name) for name in Evidence.model_fields}
    values["partner_org"] = work.partner_org or "、".join(partners)
    values["role"] = work.role or _role(number, draft, view)
    return Evidence(**values)


def _role(number: int, draft: Draft, view: _View) -> str:
    kind = view.works[number].kind
    for index in view.by_work[number]:
        mention = view.mentions[index]
        if view.person_of[index] == draft.leader:
            if mention.leads:
                return "负责人"
            first = {"论文": "第一作者", "专利": "第一发明人"}.get(kind, "")
            return first if mention.place == 0 else f"第 {mention.place + 1} 位"
    return ""


def _described(team: Team, told: Sequence[Direction], opening: str) -> Team:
    """The team with what its achievements say of it, where nobody else has said it."""
    values: dict[str, object] = {}
    marks: dict[str, object] = {}
    if told and not team.research_directions:
        values["research_directions"] = tuple(d.phrase for d in told)
        marks["研究方向依据"] = DERIVED
    if opening and not team.profile:
        values["profile"] = opening
        marks["简介依据"] = QUOTED
    return team.model_copy(update={**values, "extra": team.extra | marks}) if values else team
