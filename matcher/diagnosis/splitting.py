"""A need that holds several jobs: items of its research content about different objects."""

from __future__ import annotations

from matcher.diagnosis.elements import element_of, terms
from matcher.diagnosis.finding import Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.wording import general_title
from matcher.records import Challenge
from matcher.text.facets import split_items
from matcher.text.normalise import clean

_OBJECTS = ("产品", "材料")


def several_jobs(challenge: Challenge) -> tuple[Finding, ...]:
    """A proposal how to split, if the items are about different things and no title joins them.

    The parts of a machine are one job: only a title that names nothing, or that itself names
    several of the things, lets the items stand for jobs of their own.
    """
    groups = _grouped(split_items(challenge.research_content))
    title = clean(challenge.title)
    named = sum(any(_related(objects(title), found)) for _, found in groups)
    if len(groups) < 2 or not (named > 1 or general_title(challenge) or not title):
        return ()
    return (finding(FindingCode.SEVERAL_JOBS, *("、".join(items) for items, _ in groups)),)


def objects(text: str) -> frozenset[str]:
    """What a text is about: its products and materials."""
    return frozenset(term for term in terms(text) if element_of(term) in _OBJECTS)


def _grouped(items: tuple[str, ...]) -> list[tuple[list[str], frozenset[str]]]:
    """Items with what they are about, those of related objects together; items of none are out."""
    groups: list[tuple[list[str], frozenset[str]]] = []
    for item in items:
        mine, about = [item], objects(item)
        if not about:
            continue
        apart = []
        for others, theirs in groups:
            if any(_related(about, theirs)):
                mine, about = [*others, *mine], about | theirs
            else:
                apart.append((others, theirs))
        groups = [*apart, (mine, about)]
    return groups


def _related(some: frozenset[str], others: frozenset[str]) -> list[bool]:
    """For each pair of objects whether they share a word of two characters."""
    return [bool(_pairs(one) & _pairs(other)) for one in some for other in others]


def _pairs(word: str) -> set[str]:
    return {word[n : n + 2] for n in range(len(word) - 1)}
