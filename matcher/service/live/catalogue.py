"""The lists of a snapshot in memory, for browsing: found by words, filtered, counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from matcher.records import Challenge, Team
from matcher.service.showing import challenge_line, team_line
from matcher.service.views import ChallengeLine, TeamLine
from matcher.text.normalise import normalise
from matcher.text.organisations import normalise_organisation

LineT = TypeVar("LineT", ChallengeLine, TeamLine)
Keep = Callable[[LineT], bool]


@dataclass(frozen=True)
class Catalogue(Generic[LineT]):
    """One side's lines by id, each with the normalised words it is found by.

    Attributes:
        hashes: of the records the lines were made of; empty where nobody will ask.
    """

    lines: tuple[LineT, ...]
    words: tuple[str, ...]
    hashes: tuple[str, ...] = ()

    def find(self, text: str, keep: Keep[LineT], among: Iterable[int] | None = None) -> list[LineT]:
        """The lines that hold every word of ``text`` and pass, by id.

        Args:
            among: places of the only lines to look at, ascending.
        """
        wanted = [normalise(word) for word in text.split()]
        return [line for place in self.holding(wanted, among) if keep(line := self.lines[place])]

    def holding(self, words: Sequence[str], among: Iterable[int] | None = None) -> Iterator[int]:
        """Places of the lines that hold every one of some normalised words, ascending."""
        for place in range(len(self.lines)) if among is None else among:
            if all(word in self.words[place] for word in words):
                yield place

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Of the records, line by line."""
        return tuple(
            line.challenge_id if isinstance(line, ChallengeLine) else line.team_id
            for line in self.lines
        )

    @cached_property
    def place(self) -> dict[str, int]:
        """Where the line of a record is."""
        return {record_id: place for place, record_id in enumerate(self.ids)}


def challenge_catalogue(
    records: Iterable[Challenge], states: Mapping[str, str]
) -> Catalogue[ChallengeLine]:
    """Challenges with their states, found by their texts and who posted them."""
    kept = list(records)
    return Catalogue(
        tuple(
            challenge_line(c).model_copy(update={"state": states[c.challenge_id]}) for c in kept
        ),
        tuple(
            normalise(
                " ".join([c.challenge_id, c.title, c.demand_org, c.industry, *c.tech_domain,
                          *c.keywords, c.problem, c.research_content, c.indicators_text])
            )
            for c in kept
        ),
    )  # fmt: skip


def team_catalogue(
    records: Mapping[str, Team],
    hashes: Mapping[str, str],
    before: Catalogue[TeamLine] | None = None,
) -> Catalogue[TeamLine]:
    """Teams, found by who they are and what they say they do.

    Args:
        records: looked at one by one, and only those that ``before`` does not hold as they are.
        hashes: of all records, by id.
        before: the catalogue as it was; a hash covers everything that is shown of a record.
    """
    made: dict[str, tuple[TeamLine, str]] = {}
    if before is not None:
        made.update(zip(before.hashes, zip(before.lines, before.words, strict=True), strict=True))
    kept: list[tuple[TeamLine, str, str]] = []
    for team_id, mark in sorted(hashes.items()):
        known = made.get(mark)
        if known is None:
            team = records.get(team_id)
            if team is None:  # deleted since the hashes were read
                continue
            known = team_line(team), _team_words(team)
        kept.append((*known, mark))
    return Catalogue(*zip(*kept, strict=True)) if kept else Catalogue((), ())


def by_organisation(teams: Catalogue[TeamLine]) -> dict[str, tuple[int, ...]]:
    """The places of each organisation's teams, by its normalised name."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(teams.lines):
        places[normalise_organisation(line.org_name)].append(place)
    return {name: tuple(own) for name, own in places.items() if name}


def _team_words(team: Team) -> str:
    return normalise(
        " ".join([team.team_id, team.team_name, team.org_name, *team.org_aliases, team.department,
                  team.leader_name, *team.tech_domain, *team.research_directions,
                  *team.core_capabilities])
    )  # fmt: skip


def is_open(line: ChallengeLine, day: date) -> bool:
    """Whether a team may still bid on that day; lines outlive the day they were made on."""
    return line.open and (line.apply_deadline is None or line.apply_deadline >= day)
