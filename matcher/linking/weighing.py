"""What speaks for two groups of mentions being one person, and what against: log-odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.linking.mentions import cosine


@dataclass(frozen=True, slots=True)
class Weights:
    """What each observation adds to the log-odds; measured on `tests/data/identity`."""

    prior: float = 2.0
    common_name: float = -3.0
    same_organisation: float = 3.3
    other_organisation: float = -2.3
    # A list without organisations is mostly one of a single place or field; where others have one,
    # it was only lost: times the share of mentions without.
    unknown_organisation: float = 2.8
    same_department: float = 1.2
    other_department: float = -2.4
    coworker: float = 2.7
    more_coworkers: float = 1.2
    no_coworker: float = -0.7
    subject: float = 7.0
    subject_offset: float = -0.75
    years_apart: float = -0.12
    same_identifier: float = 9.0
    other_identifier: float = -9.0
    initials: float = -1.6


MEASURED = Weights()


@dataclass(slots=True)
class Group:
    """Mentions held to be one person, and what they say together."""

    members: list[int]
    works: set[int]
    organisations: set[str]
    departments: set[str]
    coworkers: set[str]
    years: tuple[int, int] | None
    identifiers: set[str]
    subject: dict[str, float]
    common: float
    initials: bool


def log_odds(one: Group, other: Group, weights: Weights) -> float:
    """The logarithm of the odds that two groups of the same name are one person."""
    return sum(value for _, value in weighed(one, other, weights))


def weighed(one: Group, other: Group, weights: Weights) -> list[tuple[str, float]]:
    """What each observation adds to the log-odds, by what is observed."""
    parts = [
        ("姓名", weights.prior + weights.common_name * max(one.common, other.common)),
        ("单位", _organisations(one, other, weights)),
        ("年代", weights.years_apart * _gap(one.years, other.years)),
    ]
    shared = len(one.coworkers & other.coworkers)
    if shared:
        parts.append(("合作者", weights.coworker + weights.more_coworkers * min(shared - 1, 3)))
    elif len(one.coworkers) >= 2 and len(other.coworkers) >= 2:
        parts.append(("合作者", weights.no_coworker))
    if one.subject and other.subject and _one_script(one.subject, other.subject):
        likeness = cosine(one.subject, other.subject)
        told = min(weights.subject * likeness, 3.0) + weights.subject_offset
        parts.append(("内容", told))
    if one.identifiers and other.identifiers:
        agree = one.identifiers & other.identifiers
        told = weights.same_identifier if agree else weights.other_identifier
        parts.append(("编号", told))
    if one.initials or other.initials:
        parts.append(("缩写", weights.initials))
    return parts


def _organisations(one: Group, other: Group, weights: Weights) -> float:
    if not one.organisations or not other.organisations:
        both = not one.organisations and not other.organisations
        related = not one.subject.keys().isdisjoint(other.subject)
        return weights.unknown_organisation if both and related else 0.0
    if not one.organisations & other.organisations:
        # A Chinese and an English name may well be those of one place.
        foreign = _foreign(one.organisations) != _foreign(other.organisations)
        return 0.0 if foreign else weights.other_organisation
    if one.departments and other.departments:
        if _alike(one.departments, other.departments):
            return weights.same_organisation + weights.same_department
        return weights.same_organisation + weights.other_department
    return weights.same_organisation


def _one_script(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether two subjects are told in one language; those of two cannot be held together."""
    return all(map(str.isascii, one)) == all(map(str.isascii, other))


def _foreign(organisations: set[str]) -> bool:
    return all(name.isascii() for name in organisations)


def _alike(one: set[str], other: set[str]) -> bool:
    """Whether two departments are one, under longer and shorter names."""
    return any(
        a == b or a in b or b in a or len(set(a) & set(b)) >= 0.7 * min(len(set(a)), len(set(b)))
        for a in one for b in other
    )  # fmt: skip


def _gap(one: tuple[int, int] | None, other: tuple[int, int] | None) -> int:
    if one is None or other is None:
        return 0
    return max(0, max(one[0], other[0]) - min(one[1], other[1]) - 3)


def span(years: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """From the earliest to the latest of some spans of years."""
    return (min(y[0] for y in years), max(y[1] for y in years)) if years else None
