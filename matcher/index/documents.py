"""What is known of the documents of passages beside their text, and the filters over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import BoolArray, IntArray
from matcher.records import Challenge, Team


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The filterable facts of one challenge or team; never scored."""

    document_id: str
    province: str = ""
    city: str = ""
    org_type: str = ""
    tech_domain: tuple[str, ...] = ()
    latest_year: int | None = None
    maturity: int | None = None
    deadline: str = ""
    closed: bool = False


def document_facts(record: Challenge | Team) -> DocumentFacts:
    """The facts of a record that filters read."""
    if isinstance(record, Team):
        years = [e.year for e in record.evidence if e.year]
        return DocumentFacts(
            record.team_id,
            record.province,
            record.city,
            record.org_type,
            record.tech_domain,
            max(years, default=None),
            record.maturity,
        )
    return DocumentFacts(
        record.challenge_id,
        record.province,
        record.city,
        tech_domain=record.tech_domain,
        deadline=record.apply_deadline.isoformat() if record.apply_deadline else "",
        closed=not record.is_open(date.min),
    )


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents may be candidates. Empty settings let everybody through.

    Attributes:
        province, city: 省, 市; the suffix (省, 市, 自治区) may be left out.
        org_type: 高校, 科研院所, 企业 or 其他.
        tech_domain: any level of the 技术领域 contains this text.
        since_year: has evidence of that year or later (teams).
        least_trl: its records show this level of readiness or a higher one (teams).
        open_on: still open for bids on that day (challenges).
    """

    province: str = ""
    city: str = ""
    org_type: str = ""
    tech_domain: str = ""
    since_year: int | None = None
    open_on: date | None = None
    least_trl: int | None = None

    def accepts(self, facts: DocumentFacts) -> bool:
        """Whether one document passes."""
        return all(test(getattr(facts, name)) for name, test in self._tests())

    def mask(self, documents: DocumentTable) -> BoolArray:
        """Which documents pass: shape (n_documents,). Each distinct value is looked at once."""
        passed = np.ones(len(documents), dtype=bool)
        for name, test in self._tests():
            column = documents.columns[name]
            passed &= np.array([test(v) for v in column.values], dtype=bool)[column.codes]
        return passed

    def _tests(self) -> Iterator[tuple[str, Callable[[Any], bool]]]:
        """(name of a fact, what it must fulfil) of every setting that is not empty."""
        if self.province:
            yield "province", lambda place: _same_place(self.province, place)
        if self.city:
            yield "city", lambda place: _same_place(self.city, place)
        if self.org_type:
            yield "org_type", lambda kind: kind == self.org_type
        if self.tech_domain:
            yield "tech_domain", lambda domains: any(self.tech_domain in d for d in domains)
        if self.since_year is not None:
            since = self.since_year
            yield "latest_year", lambda year: (year or 0) >= since
        if self.least_trl is not None:
            least = self.least_trl
            yield "maturity", lambda level: (level or 0) >= least
        if self.open_on is not None:
            day = self.open_on.isoformat()
            yield "closed", lambda closed: not closed
            yield "deadline", lambda deadline: not deadline or deadline >= day


@dataclass(frozen=True)
class Column:
    """One fact of many documents: each distinct value once, and which of them each document has."""

    values: tuple[Any, ...]
    codes: NDArray[np.int32]


@dataclass(frozen=True)
class DocumentTable:
    """Facts of many documents by column: a million of them are a few arrays, not a million objects.

    Attributes:
        ids: (n,) UTF-8, ascending.
        columns: the other facts by name.
    """

    ids: NDArray[np.bytes_]
    columns: Mapping[str, Column]

    @classmethod
    def build(cls, documents: Iterable[DocumentFacts]) -> DocumentTable:
        """From facts in order of id."""
        ids: list[bytes] = []
        seen: dict[str, dict[Any, int]] = {name: {} for name in FACTS}
        codes: dict[str, list[int]] = {name: [] for name in FACTS}
        for facts in documents:
            ids.append(facts.document_id.encode())
            for name in FACTS:
                known = seen[name]
                codes[name].append(known.setdefault(getattr(facts, name), len(known)))
        columns = {n: Column(tuple(seen[n]), np.array(codes[n], dtype=np.int32)) for n in FACTS}
        return cls(np.array(ids, dtype=np.bytes_) if ids else np.zeros(0, dtype="S1"), columns)

    def __len__(self) -> int:
        return len(self.ids)

    def facts(self, places: IntArray) -> list[DocumentFacts]:
        """Facts of the documents at some places."""
        rows = zip(
            *(self.fact(name, places) for name in self.columns), strict=True,
        )  # fmt: skip
        ids = self.ids[places].tolist()
        names = tuple(self.columns)
        return [
            DocumentFacts(document_id.decode(), **dict(zip(names, row, strict=True)))
            for document_id, row in zip(ids, rows, strict=True)
        ]

    def fact(self, name: str, places: IntArray) -> list[Any]:
        """One fact of the documents at some places."""
        column = self.columns[name]
        return [column.values[code] for code in column.codes[places].tolist()]

    def place(self, document_id: str) -> int:
        """The place of a document, -1 where there is none."""
        key = document_id.encode()
        if len(key) > self.ids.itemsize:
            return -1
        place = int(np.searchsorted(self.ids, np.bytes_(key)))
        return place if place < len(self.ids) and self.ids[place] == key else -1


FACTS = tuple(field.name for field in fields(DocumentFacts) if field.name != "document_id")


def _same_place(wanted: str, place: str) -> bool:
    return bool(place) and (place.startswith(wanted) or wanted.startswith(place))
