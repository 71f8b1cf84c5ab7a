"""The lists of an edition in memory, for browsing: found by words, filtered, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from matcher.records import Challenge, Team
from matcher.service.desk.showing import challenge_line, team_line
from matcher.service.desk.views import ChallengeLine, Option, TeamLine
from matcher.text.normalise import normalise

LineT = TypeVar("LineT", ChallengeLine, TeamLine)
Keep = Callable[[LineT], bool]
MOST_OPTIONS = 40


@dataclass(frozen=True)
class Shelf(Generic[LineT]):
    """One side's lines by id, each with the normalised words it is found by."""

    lines: tuple[LineT, ...]
    words: tuple[str, ...]

    def find(self, text: str, keep: Keep[LineT]) -> list[LineT]:
        """The lines that hold every word of ``text`` and pass, by id."""
        wanted = [normalise(word) for word in text.split()]
        return [
            line
            for line, words in zip(self.lines, self.words, strict=True)
            if all(word in words for word in wanted) and keep(line)
        ]


def challenge_shelf(records: Iterable[Challenge]) -> Shelf[ChallengeLine]:
    """Challenges, found by their texts and who posted them."""
    kept = list(records)
    return Shelf(
        tuple(challenge_line(c) for c in kept),
        tuple(
            normalise(
                " ".join([c.challenge_id, c.title, c.demand_org, c.industry, *c.tech_domain,
                          *c.keywords, c.problem, c.research_content, c.indicators_text])
            )
            for c in kept
        ),
    )  # fmt: skip


def team_shelf(records: Iterable[Team]) -> Shelf[TeamLine]:
    """Teams, found by who they are and what they say they do."""
    kept = [(team_line(t), t) for t in records]
    return Shelf(
        tuple(line for line, _ in kept),
        tuple(
            normalise(
                " ".join([t.team_id, t.team_name, t.org_name, *t.org_aliases, t.department,
                          t.leader_name, *t.tech_domain, *t.research_directions,
                          *t.core_capabilities])
            )
            for _, t in kept
        ),
    )  # fmt: skip


def options(lines: Iterable[LineT], values: Callable[[LineT], Iterable[str]]) -> list[Option]:
    """The values of a filter, most frequent first."""
    counted = Counter(value for line in lines for value in values(line) if value)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [Option(value=value, count=count) for value, count in ordered[:MOST_OPTIONS]]


def is_open(line: ChallengeLine, day: date) -> bool:
    """Whether a team may still bid on that day; lines outlive the day they were made on."""
    return line.open and (line.apply_deadline is None or line.apply_deadline >= day)
