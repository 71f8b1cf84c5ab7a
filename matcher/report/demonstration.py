"""Whether a report is made of the records shipped for trying: a reader must know that it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache

from matcher.records import Challenge, Team
from matcher.resources import data_path

_LISTS = ("challenges.jsonl", "chokepoints35.jsonl")
_LIBRARY = ("teams.jsonl",)
Mark = tuple[str, str]


def demonstration(challenges: Iterable[Challenge], teams: Iterable[Team]) -> Iterator[str]:
    """What to say of them where at least half are those shipped; by contents, not by file names."""
    asked = _most(((c.challenge_id, c.problem) for c in challenges), _LISTS, "problem")
    library = _most(((t.team_id, t.team_name) for t in teams), _LIBRARY, "team_name")
    if asked:
        which = "榜单和团队库" if library else "榜单"
        yield f"这是示范：{which}随软件提供，不是真实的需求，不能据此评价任何单位。"
    elif library:
        yield "团队库是随软件提供的示范库，不能据此评价任何单位。"


def _most(marks: Iterable[Mark], files: tuple[str, ...], text: str) -> bool:
    own = list(marks)
    shipped = frozenset[Mark]().union(*(_marks(file, text) for file in files))
    return bool(own) and 2 * sum(mark in shipped for mark in own) >= len(own)


@cache
def _marks(file: str, text: str) -> frozenset[Mark]:
    """Id and text of every record of a shipped file."""
    key = "team_id" if text == "team_name" else "challenge_id"
    with data_path(f"corpora/demo/{file}").open(encoding="utf-8") as lines:
        return frozenset((one[key], one[text]) for one in map(json.loads, lines))
