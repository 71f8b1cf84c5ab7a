"""Works of OpenAlex (one JSON object each) as achievements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.records import Achievement, Contributor, EvidenceKind, Source
from matcher.text.bibliography import opened

_KINDS: dict[str, EvidenceKind] = {
    "patent": "专利", "standard": "标准", "grant": "项目", "report": "其他", "book": "其他",
          "dataset": "其他", "paratext": "其他", "editorial": "其他"}  # fmt: skip
_KEYWORDS, _SCORE = 8, 0.3


def is_work(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a work of OpenAlex, or of a list in its shape."""
    return isinstance(value.get("authorships"), list) and bool(
        value.get("title") or value.get("display_name") or "openalex.org/W" in str(value.get("id"))
    )


def work_of(value: Mapping[str, Any], source: Source | None = None) -> Achievement:
    """The achievement of a work; the abstract is put together from its inverted index.

    Counts of citations are left where they are: they are no proof of what a team can do.

    Raises:
        ValueError: a value that no achievement can hold.
    """
    people = tuple(
        Contributor(
            name=person.get("raw_author_name")
            or (person.get("author") or {}).get("display_name")
            or "",
            organisations=_places(person),
            identifier=str((person.get("author") or {}).get("id") or "").rpartition("/")[2],
        )
        for person in value.get("authorships") or ()
    )
    venue = ((value.get("primary_location") or {}).get("source") or {}).get("display_name") or ""
    extra: dict[str, Any] = {"作者": [person.name for person in people]}
    if venue:
        extra["出处"] = venue
    return Achievement(
        kind=_KINDS.get(str(value.get("type")), "论文"),
        title=value.get("title") or value.get("display_name") or "",
        abstract=opened(abstract_of(value.get("abstract_inverted_index") or {})),
        keywords=_keywords(value), year=value.get("publication_year"), contributors=people,
        number=str(value.get("doi") or value.get("id") or "").replace("https://doi.org/", ""),
        source_url=str(value.get("id") or ""), extra=extra, source=source,
    )  # fmt: skip


def abstract_of(positions: Mapping[str, list[int]]) -> str:
    """The text of an inverted index: word → where it stands.

    >>> abstract_of({"steel": [1], "clean": [0]})
    'clean steel'
    """
    placed = sorted((place, word) for word, places in positions.items() for place in places)
    return " ".join(word for _, word in placed)


def _places(person: Mapping[str, Any]) -> tuple[str, ...]:
    printed = person.get("raw_affiliation_strings") or ()
    known = (i.get("display_name") for i in person.get("institutions") or ())
    return tuple(dict.fromkeys(place for place in (*known, *printed) if place))


def _keywords(value: Mapping[str, Any]) -> tuple[str, ...]:
    given = value.get("keywords") or ()
    words = (
        word.get("display_name") or word.get("keyword") if isinstance(word, Mapping) else word
        for word in given if not isinstance(word, Mapping) or word.get("score", 1.0) >= _SCORE
    )  # fmt: skip
    return tuple(dict.fromkeys(str(word) for word in words if word))[:_KEYWORDS]
