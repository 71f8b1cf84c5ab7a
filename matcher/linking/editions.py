"""One piece met several times: by a newer list, or as a preprint and as what was printed of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from matcher.records import Achievement, Source
from matcher.text.normalise import normalise
from matcher.text.person_names import parse_name

_SOURCES = "其他来源"
# A shorter title may be that of several papers: 前言, 编者按.
_SHORTEST = 8
# From the preprint to the journal, and to the correction of it.
_YEARS = 3


def merged(old: Achievement, new: Achievement) -> Achievement:
    """A piece met again: what the newer list says goes before, what it leaves out stays."""
    values = {
        name: getattr(old, name)
        for name in Achievement.model_fields
        if not getattr(new, name) and getattr(old, name)
    }
    if not any(c.organisations for c in new.contributors) and len(old.contributors) >= len(
        new.contributors
    ):
        values["contributors"] = old.contributors
    # A list that is for all goes before one of a single organisation.
    both = old.only_for and new.only_for
    values["only_for"] = tuple(dict.fromkeys((*old.only_for, *new.only_for))) if both else ()
    sources = _sources(old, new.source)
    extra = old.extra | new.extra
    if sources:
        extra[_SOURCES] = sources
    return new.model_copy(update=values | {"extra": extra, "source": old.source or new.source})


def as_pieces(
    works: Mapping[str, Achievement],
) -> tuple[dict[str, Achievement], dict[str, str]]:
    """The editions of a paper as one piece, under the key of the first: the pieces, and for every
    key the one it went into.

    A paper is the same under two numbers if title and at least half of the people are.
    """
    pieces: dict[str, Achievement] = {}
    into: dict[str, str] = {}
    titled: dict[str, list[str]] = defaultdict(list)
    for key, work in works.items():
        title = _plain_title(work)
        known = titled[title] if title else []
        first = next((k for k in known if _one_paper(pieces[k], work)), key)
        pieces[first] = merged(pieces[first], work) if first != key else work
        into[key] = first
        if title and first == key:
            known.append(key)
    return pieces, into


def _plain_title(work: Achievement) -> str:
    title = re.sub(r"[\W_]+", "", normalise(work.title)) if work.kind == "论文" else ""
    return title if len(title) >= _SHORTEST else ""


def _one_paper(one: Achievement, other: Achievement) -> bool:
    if one.year and other.year and abs(one.year - other.year) > _YEARS:
        return False
    people = [{n.key for c in w.contributors if (n := parse_name(c.name))} for w in (one, other)]
    fewer = min(map(len, people))
    return fewer > 0 and 2 * len(people[0] & people[1]) >= fewer


def _sources(old: Achievement, new: Source | None) -> list[str]:
    """Where else a piece was met, each place once."""
    known = list(old.extra.get(_SOURCES, ()))
    if new is None or new == old.source:
        return known
    place = "/".join(str(part) for part in (new.file, new.sheet, new.row) if part is not None)
    return known if place in known else [*known, place]
