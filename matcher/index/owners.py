"""What is known of the owners of passages beside their text, and the filters over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.records import Challenge, Team


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """The filterable facts of one challenge or team; never scored."""

    owner_id: str
    province: str = ""
    city: str = ""
    org_type: str = ""
    tech_domain: tuple[str, ...] = ()
    latest_year: int | None = None
    deadline: str = ""
    closed: bool = False


def owner_facts(record: Challenge | Team) -> OwnerFacts:
    """The facts of a record that filters read."""
    if isinstance(record, Team):
        years = [e.year for e in record.evidence if e.year]
        return OwnerFacts(
            record.team_id,
            record.province,
            record.city,
            record.org_type,
            record.tech_domain,
            max(years, default=None),
        )
    return OwnerFacts(
        record.challenge_id,
        record.province,
        record.city,
        tech_domain=record.tech_domain,
        deadline=record.apply_deadline.isoformat() if record.apply_deadline else "",
        closed=not record.is_open(date.min),
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which owners may be candidates. Empty settings let everybody through.

    Attributes:
        province, city: 省, 市; the suffix (省, 市, 自治区) may be left out.
        org_type: 高校, 科研院所, 企业 or 其他.
        tech_domain: any level of the 技术领域 contains this text.
        since_year: has evidence of that year or later (teams).
        open_on: still open for bids on that day (challenges).
    """

    province: str = ""
    city: str = ""
    org_type: str = ""
    tech_domain: str = ""
    since_year: int | None = None
    open_on: date | None = None

    def accepts(self, facts: OwnerFacts) -> bool:
        """Whether one owner passes."""
        return (
            _same_place(self.province, facts.province)
            and _same_place(self.city, facts.city)
            and self.org_type in ("", facts.org_type)
            and (not self.tech_domain or any(self.tech_domain in d for d in facts.tech_domain))
            and (self.since_year is None or (facts.latest_year or 0) >= self.since_year)
            and (self.open_on is None or _open(facts, self.open_on))
        )

    def mask(self, owners: Iterable[OwnerFacts]) -> NDArray[np.bool_]:
        """Which owners pass: shape (n_owners,)."""
        return np.array([self.accepts(facts) for facts in owners], dtype=bool)


def _same_place(wanted: str, place: str) -> bool:
    return not wanted or (bool(place) and (place.startswith(wanted) or wanted.startswith(place)))


def _open(facts: OwnerFacts, day: date) -> bool:
    return not facts.closed and (not facts.deadline or facts.deadline >= day.isoformat())
