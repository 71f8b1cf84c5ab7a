"""Which mentions of a name are one person: evidence for and against, added as log-odds.

The model is that of Fellegi and Sunter (A Theory for Record Linkage, 1969): every agreement or
disagreement adds its weight, the sum is the logarithm of the odds that two groups of mentions are
one person. Groups of the same name are joined in order of their odds, and what a joined group
knows (co-workers, subjects, organisations) is weighed anew. Fame, titles and numbers of citations
are not looked at.

To take two persons for one credits a stranger's work and is the worse fault: without evidence for
it, two organisations mean two persons.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from matcher.linking.mentions import Mention, Subjects, mentions_of
from matcher.linking.weighing import MEASURED, Group, Weights, log_odds, span, weighed
from matcher.records import Achievement

# From this chance on two groups are joined; between the bounds a person should look.
JOIN, UNSURE = 0.5, (0.2, 0.9)
# More groups of one name than this are first divided by organisation.
_MOST = 600
# Where students of every institute of the academy are enrolled: no place of work.
_ENROLMENT = frozenset(("中国科学院大学", "中国科学院研究生院"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two groups that may be one person: a question for somebody who knows them.

    Attributes:
        one, other: the mentions of the two (indices), as they were held together then.
        chance: that they are one.
        joined: what was done.
        parts: what speaks for it and what against, see `weighed`.
    """

    one: tuple[int, ...]
    other: tuple[int, ...]
    chance: float
    joined: bool
    parts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Persons:
    """The persons found: ``of[i]`` is the number of the person of mention ``i``."""

    mentions: tuple[Mention, ...]
    of: tuple[int, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def members(self) -> dict[int, list[int]]:
        """Person → indices of the mentions."""
        found: dict[int, list[int]] = defaultdict(list)
        for mention, person in enumerate(self.of):
            found[person].append(mention)
        return dict(found)


@dataclass(slots=True)
class _Block:
    """The groups of compatible names, and the arithmetic over them."""

    groups: dict[int, Group]
    weights: Weights
    apart: frozenset[tuple[int, int]]
    subjects: Subjects
    doubts: list[Doubt] = field(default_factory=list)

    def join_all(self) -> None:
        """Join the likeliest pair until none is likely enough."""
        heap = [
            (-chance, a, b, 0)
            for a, b in combinations(sorted(self.groups), 2)
            if (chance := self.chance(a, b)) >= UNSURE[0]
        ]
        heapq.heapify(heap)
        version = dict.fromkeys(self.groups, 0)
        while heap and -heap[0][0] >= JOIN:
            minus, a, b, _stamp = heapq.heappop(heap)
            if a not in self.groups or b not in self.groups or _stamp != version[a] + version[b]:
                continue
            if -minus < UNSURE[1]:
                self.doubts.append(self._doubt(a, b, -minus, joined=True))
            self._join(a, b)
            version[a] += version[b] + 1
            for other in self.groups:
                if other != a and (chance := self.chance(a, other)) >= UNSURE[0]:
                    pair = (min(a, other), max(a, other))
                    heapq.heappush(heap, (-chance, *pair, version[a] + version[other]))
        for minus, a, b, stamp in sorted(heap):
            if a in self.groups and b in self.groups and stamp == version[a] + version[b]:
                self.doubts.append(self._doubt(a, b, -minus, joined=False))

    def chance(self, a: int, b: int) -> float:
        one, other = self.groups[a], self.groups[b]
        if one.works & other.works or self._kept_apart(one, other):
            return 0.0
        return 1.0 / (1.0 + math.exp(-log_odds(one, other, self.weights)))

    def _kept_apart(self, one: Group, other: Group) -> bool:
        return bool(self.apart) and any(
            (min(a, b), max(a, b)) in self.apart for a in one.members for b in other.members
        )

    def _doubt(self, a: int, b: int, chance: float, *, joined: bool) -> Doubt:
        one, other = self.groups[a], self.groups[b]
        parts = tuple(weighed(one, other, self.weights))
        return Doubt(tuple(one.members), tuple(other.members), chance, joined, parts)

    def _join(self, a: int, b: int) -> None:
        one, other = self.groups[a], self.groups.pop(b)
        one.members = sorted(one.members + other.members)
        one.works |= other.works
        one.organisations |= other.organisations
        one.departments |= other.departments
        one.coworkers |= other.coworkers
        one.identifiers |= other.identifiers
        one.years = span([y for y in (one.years, other.years) if y])
        one.initials = one.initials and other.initials
        one.common = min(one.common, other.common)
        one.subject = self.subjects.of(sorted(one.works))


def identify(
    works: Sequence[Achievement], *, weights: Weights = MEASURED,
    same: Iterable[tuple[int, int]] = (), different: Iterable[tuple[int, int]] = (),
    mentions: Sequence[Mention] | None = None,
) -> Persons:  # fmt: skip
    """The persons behind the names on ``works``.

    ``same`` and ``different`` are pairs of mentions (indices into `mentions_of`) about which
    somebody has decided; they go before all arithmetic.
    """
    mentions = list(mentions if mentions is not None else mentions_of(works))
    weights = _in_list(weights, mentions)
    subjects = Subjects(works)
    person = list(range(len(mentions)))
    apart = frozenset((min(a, b), max(a, b)) for a, b in different)
    doubts: list[Doubt] = []
    joined = _decided(same)
    spread = _holders(mentions)
    beside = _beside(mentions)
    for block in _blocks(mentions):
        groups = _start(block, mentions, works, subjects, joined, spread, beside)
        for part in _parts(groups):
            work = _Block(part, weights, apart, subjects)
            work.join_all()
            doubts += work.doubts
            for number, group in part.items():
                for member in group.members:
                    person[member] = number
    _attach_latin(mentions, works, person, subjects, weights, spread, beside, apart, doubts)
    return Persons(tuple(mentions), tuple(person), tuple(sorted(doubts, key=lambda d: -d.chance)))


def _in_list(weights: Weights, mentions: Sequence[Mention]) -> Weights:
    """Weights for a list of which a part names no organisation."""
    share = sum(not m.organisations for m in mentions) / max(1, len(mentions))
    return replace(weights, unknown_organisation=share * weights.unknown_organisation)


def _blocks(mentions: Sequence[Mention]) -> list[list[int]]:
    """Mentions whose names are written alike, in a stable order."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, mention in enumerate(mentions):
        found[mention.name.key].append(index)
    return [found[key] for key in sorted(found)]


def _holders(mentions: Sequence[Mention]) -> dict[str, int]:
    """How many organisations have somebody of the name: the more, the less a name says."""
    found: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        found[mention.name.key] |= mention.organisations
    return {key: len(orgs) for key, orgs in found.items()}


def _beside(mentions: Sequence[Mention]) -> dict[int, list[Mention]]:
    found: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        found[mention.work].append(mention)
    return found


def _decided(same: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Mention → the first of those it was decided to be one with."""
    first: dict[int, int] = {}
    for a, b in same:
        low, high = sorted((first.get(a, a), first.get(b, b)))
        first = {k: low if v == high else v for k, v in first.items()} | {a: low, b: low, high: low}
    return first


def _start(
    block: list[int], mentions: Sequence[Mention], works: Sequence[Achievement],
    subjects: Subjects, joined: Mapping[int, int], spread: Mapping[str, int],
    beside: Mapping[int, list[Mention]],
) -> dict[int, Group]:  # fmt: skip
    """The groups to begin with: same name, organisation and a co-worker in common are one."""
    first: dict[tuple[str, str], int] = {}
    parent = {index: joined.get(index, index) for index in block}

    def root(index: int) -> int:
        while parent.get(index, index) != index:
            index = parent[index]
        return index

    for index in block:
        mention = mentions[index]
        others = {m.name.key for m in beside[mention.work] if m.place != mention.place}
        marks = [f"#{mention.identifier}"] if mention.identifier else []
        where = mention.organisations - _ENROLMENT
        marks += [f"{org}+{other}" for org in sorted(where) for other in sorted(others)]
        for mark in marks:
            known = first.setdefault((mention.name.key, mark), index)
            low, high = sorted((root(known), root(index)))
            if low != high and not _same_work(mentions, low, high):
                parent[high] = low
    members: dict[int, list[int]] = defaultdict(list)
    for index in block:
        members[root(index)].append(index)
    return {
        number: _group(indices, mentions, works, subjects, spread, beside)
        for number, indices in sorted(members.items())
    }


def _same_work(mentions: Sequence[Mention], one: int, other: int) -> bool:
    return mentions[one].work == mentions[other].work


def _group(
    indices: list[int], mentions: Sequence[Mention], works: Sequence[Achievement],
    subjects: Subjects, spread: Mapping[str, int], beside: Mapping[int, list[Mention]],
) -> Group:  # fmt: skip
    own = [mentions[i] for i in indices]
    numbers = {m.work for m in own}
    years = [year for n in numbers if (year := works[n].year) is not None]
    held = spread.get(own[0].name.key, 1)
    return Group(
        members=list(indices), works=numbers,
        organisations={org for m in own for org in m.organisations} - _ENROLMENT,
        departments={a.department for m in own for a in m.affiliations if a.department},
        coworkers={o.name.key for m in own for o in beside[m.work] if o.place != m.place},
        years=(min(years), max(years)) if years else None,
        identifiers={m.identifier for m in own if m.identifier},
        subject=subjects.of(sorted(numbers)),
        common=min(1.0, own[0].name.commonness + 0.1 * math.log2(max(1, held))),
        initials=all(m.name.initials_only for m in own),
    )  # fmt: skip


def _parts(groups: dict[int, Group]) -> list[dict[int, Group]]:
    """All groups of a name together, or by organisation where there are too many to compare."""
    if len(groups) <= _MOST:
        return [groups]
    found: dict[str, dict[int, Group]] = defaultdict(dict)
    for number, group in groups.items():
        found[min(group.organisations, default="")][number] = group
    return [found[key] for key in sorted(found)]


def _attach_latin(  # noqa: PLR0913, PLR0917
    mentions: Sequence[Mention], works: Sequence[Achievement], person: list[int],
    subjects: Subjects, weights: Weights, spread: Mapping[str, int],
    beside: Mapping[int, list[Mention]], apart: frozenset[tuple[int, int]], doubts: list[Doubt],
) -> None:  # fmt: skip
    """Join persons known in Latin letters with the one person of that name in Chinese script.

    Co-workers are compared by sound here, and a tie between two of one sound joins nobody.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(person):
        members[number].append(index)
    by_sound: dict[str, list[int]] = defaultdict(list)
    for number, indices in members.items():
        by_sound[mentions[indices[0]].name.sound].append(number)
    for sound in sorted(by_sound):
        numbers = by_sound[sound]
        latin = [n for n in numbers if not mentions[members[n][0]].name.han]
        if not latin or len(numbers) < 2 or len(numbers) > _MOST:
            continue
        groups = {
            n: _sounding(
                _group(members[n], mentions, works, subjects, spread, beside), mentions, beside
            )
            for n in numbers
        }
        block = _Block(groups, weights, apart, subjects)
        for number in latin:
            if number not in groups:
                continue
            name = mentions[members[number][0]].name
            rated = sorted(
                ((block.chance(number, n), n) for n in groups
                 if n != number and name.compatible(mentions[members[n][0]].name)),
                reverse=True,
            )  # fmt: skip
            if not rated or rated[0][0] < UNSURE[0]:
                continue
            second = rated[1][0] if len(rated) > 1 else 0.0
            joined = rated[0][0] >= JOIN and second < JOIN
            if rated[0][0] < UNSURE[1] or not joined:
                doubts.append(block._doubt(number, rated[0][1], rated[0][0], joined=joined))
            if joined:
                target = rated[0][1]
                for index in members[number]:
                    person[index] = target
                members[target] += members.pop(number)
                block._join(target, number)


def _sounding(
    group: Group, mentions: Sequence[Mention], beside: Mapping[int, list[Mention]]
) -> Group:
    group.coworkers = {
        o.name.sound for i in group.members for o in beside[mentions[i].work]
        if o.place != mentions[i].place
    }  # fmt: skip
    return group
