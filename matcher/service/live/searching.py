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
        words: what is marked in the texts.
        passages: by id, the passage that speaks most of it, where one does.
    """

    ids: tuple[str, ...]
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
    """The records that hold all the words as they were typed, then those nearest by meaning.

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
    scores = {find.document_id: find.score for find in near}
    held = set(catalogue.holding(typed))
    ranked = {
        catalogue.place[f.document_id] for f in near if f.document_id in catalogue.place
    } | held
    order = sorted(ranked, key=lambda place: _rank(catalogue, scores, held, place))
    ids = tuple(catalogue.ids[place] for place in order)
    return Found(
        ids, _marked(typed, query), library, {find.document_id: find.passage for find in near}
    )


def _rank(
    catalogue: Catalogue[LineT], scores: Mapping[str, float], held: set[int], place: int
) -> tuple[bool, float, int]:
    return place not in held, -scores.get(catalogue.ids[place], float("-inf")), place


def _marked(typed: list[str], query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*filter(None, typed), *query.words]))
