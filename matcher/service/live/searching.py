"""A snapshot searched by meaning and words together, in the order of relevance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.index.library import Library
from matcher.index.passages import PROFILE
from matcher.pipeline import Matcher
from matcher.ranking.finding import excerpt, finds
from matcher.ranking.query import Query, queries
from matcher.records import Challenge
from matcher.service.live.catalogue import Catalogue, LineT
from matcher.text.normalise import normalise


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        ids: of the records, the most relevant first.
        weak: those of them that are near by little, after all others.
        words: what is marked in the texts.
        passages: by id, the passage that speaks most of it, where one does.
    """

    ids: tuple[str, ...]
    weak: frozenset[str]
    words: tuple[str, ...]
    library: Library
    passages: Mapping[str, int]

    def excerpt(self, record_id: str, name: str) -> str:
        """Why a record was found, in its own words; empty where its name says it all."""
        number = self.passages.get(record_id)
        if number is None:
            return ""
        passage = self.library.text(number)
        said = excerpt(passage, self.words)
        if not said or said in name:
            return ""
        source = "" if passage.kind == PROFILE or passage.title in said else passage.title
        return said if not source or said in source else f"{source}：{said}"


def search(
    text: str, catalogue: Catalogue[LineT], library: Library, matcher: Matcher
) -> Found:  # fmt: skip
    """The records that hold all the words as they were typed, then those near by meaning, then
    those that are so by little.

    Args:
        text: as typed; words may be parted by spaces.
        catalogue: knows names and organisations, which are no part of any passage.
        library: of the same records.
        matcher: whose tokeniser, encoder and mean of queries are used.
    """
    typing = Challenge(challenge_id="查找", title=text)
    (query,) = queries([typing], matcher.tokenizer, matcher.encoder)
    near = finds(query, library, matcher.centre)
    typed: list[str] = [normalise(word) for word in text.split()]
    known = {find.document_id: find for find in near}
    held = {catalogue.ids[place] for place in catalogue.holding(typed)}
    weak = frozenset(find.document_id for find in near if find.weak) - held
    ids = sorted(
        (known.keys() & catalogue.place.keys()) | held,
        key=lambda one: (
            one not in held, one in weak,
            -known[one].score if one in known else float("inf"), catalogue.place[one],
        ),
    )  # fmt: skip
    passages = {find.document_id: find.passage for find in near}
    return Found(tuple(ids), weak, _marked(typed, query), library, passages)


def _marked(typed: list[str], query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*filter(None, typed), *query.words]))
