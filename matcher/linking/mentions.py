"""Every name on every achievement, with what stands around it: what identity is told from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.records import Achievement
from matcher.text.affiliations import Affiliation, split_affiliation
from matcher.text.normalise import normalise
from matcher.text.person_names import PersonName, parse_name

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z0-9\-]{2,}")
# So much of an abstract says what a work is about.
_OPENING = 300
# Parts of titles that every subject shares.
_COMMON = frozenset(
    [
        "研究",
        "方法",
        "及其",
        "应用",
        "基于",
        "一种",
        "系统",
        "技术",
        "分析",
        "设计",
        "机理",
        "的研",
        "法研",
        "与应",
        "用研",
        "the",
        "and",
        "for",
        "with",
        "from",
        "based",
        "study",
        "method",
    ]
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One name on one achievement. ``work`` and ``place`` say where; ``place`` counts from 0."""

    work: int
    place: int
    name: PersonName
    printed: str
    affiliations: tuple[Affiliation, ...] = ()
    leads: bool = False
    identifier: str = ""

    @property
    def organisations(self) -> frozenset[str]:
        """The organisations under their full names."""
        return frozenset(a.organisation for a in self.affiliations if a.organisation)


def mentions_of(works: Sequence[Achievement]) -> list[Mention]:
    """The names of all works in order.

    Where a list does not say who belongs to which organisation, whoever is named on the work is
    taken to belong to the first one.
    """
    found: list[Mention] = []
    for number, work in enumerate(works):
        first = tuple(split_affiliation(org) for org in work.organisations[:1])
        for place, person in enumerate(work.contributors):
            name = parse_name(person.name)
            if name is None:
                continue
            own = tuple(split_affiliation(org) for org in person.organisations) or first
            found.append(
                Mention(
                    number, place, name, person.name.strip(), own, person.leads, person.identifier
                )
            )
    return found


class Subjects:
    """What works are about, as weighted terms: keywords, pairs of characters, words.

    Cheap on purpose: it only has to tell whether two works of one name are of one field.
    """

    def __init__(self, works: Sequence[Achievement]) -> None:
        self._terms = [_terms(work) for work in works]
        held = Counter(term for terms in self._terms for term in set(terms))
        self._weight = {t: math.log(1 + len(works) / n) for t, n in held.items()}

    def of(self, works: Sequence[int]) -> dict[str, float]:
        """The terms of some works as a vector of length 1 (empty if nothing is said)."""
        total: dict[str, float] = {}
        for work in works:
            for term in self._terms[work]:
                total[term] = total.get(term, 0.0) + self._weight[term]
        length = math.sqrt(math.fsum(value * value for value in total.values()))
        return {term: value / length for term, value in total.items()} if length else {}


def cosine(one: dict[str, float], other: dict[str, float]) -> float:
    """The cosine of two vectors of length 1."""
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return math.fsum(value * large[term] for term, value in small.items() if term in large)


def _terms(work: Achievement) -> tuple[str, ...]:
    text = normalise(f"{work.title} {work.abstract[:_OPENING]}")
    terms = {run[i : i + 2] for run in _HAN_RUN.findall(text) for i in range(len(run) - 1)}
    terms |= set(_WORD.findall(text))
    terms |= {normalise(word) for word in work.keywords}
    return tuple(sorted(terms - _COMMON))
