"""Phrases: each direction, capability and result of a team by itself against a challenge.

A team does several things; the one that answers is drowned in the mean of them all. So every
phrase is compared with the title, with the whole text and with its clauses one by one (late
interaction, Khattab & Zaharia 2020, over phrases instead of tokens).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import on_grid, products, unit
from matcher.arrays import FloatArray, IntArray
from matcher.encoding import Encoder
from matcher.index.collection import Collection
from matcher.index.passages import PROFILE, Passage
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.query import Query
from matcher.ranking.view import View
from matcher.text.normalise import HAN

PHRASES: Mapping[str, str] = {
    "phrase_title": "一个方向与题目",
    "phrase_title_three": "三个方向与题目",
    "phrase_body": "一个方向与全文",
    "phrase_body_three": "三个方向与全文",
    "phrase_whole": "一个方向与题目及全文",
    "phrase_whole_three": "三个方向与题目及全文",
    "phrase_clauses": "各句最近的方向",
    "phrase_clause": "一个方向与一句",
    "phrase_clause_three": "三个方向与各句",
}
_SHORTEST, _LONGEST, _MOST = 2, 200, 40
# Documents whose phrases stay in memory; each has about seven of 384 numbers.
_KEPT = 20_000
_Spoken: TypeAlias = tuple[tuple[str, ...], bool]
"""Phrases of a document, and whether English ones lie about a centre of their own."""


@dataclass
class PhraseReader:
    """Vectors of teams' phrases and queries' clauses, made when first asked for.

    Attributes:
        encoder: makes them.
        query_centre, clause_centre, passage_centre: (dim,) means of queries, of clauses read within
            theirs, and of phrases in general.
        english_centre: (dim,) mean of English phrases, taken off those where the question is
            English too: what both share is then the language and no likeness. None where it is not
            known.
    """

    encoder: Encoder
    query_centre: FloatArray
    clause_centre: FloatArray
    passage_centre: FloatArray
    english_centre: FloatArray | None = None
    _known: dict[_Spoken, FloatArray] = field(default_factory=dict, repr=False)

    def compare(self, view: View, places: IntArray) -> FeatureMatrix:
        """`PHRASES` of the documents at some places of a view: (len(places), 9)."""
        asked = self._asked(view.query)
        own = not view.query.in_chinese and self.english_centre is not None
        spoken = self._vectors([(document_phrases(view, int(place)), own) for place in places])
        counts = [len(vectors) for vectors in spoken]
        if not sum(counts):
            return FeatureMatrix(tuple(PHRASES), np.zeros((len(places), len(PHRASES)), np.float32))
        cosines = products(asked, np.concatenate(spoken).T)
        return FeatureMatrix(tuple(PHRASES), _features(cosines, counts))

    def _asked(self, query: Query) -> FloatArray:
        """(3 + clauses, dim) of title, whole text, both, and the clauses."""
        if query.title_vector is None or query.body_vector is None or query.vector is None:
            raise ValueError("the query was made without an encoder")
        found = query.clause_vectors(self.encoder)
        whole = np.stack([query.title_vector, query.body_vector, query.vector])
        shifted = np.concatenate([whole - self.query_centre, found - self.clause_centre])
        return on_grid(unit(shifted))

    def _vectors(self, wanted: Sequence[_Spoken]) -> list[FloatArray]:
        """(phrases, dim) for each document; new ones are encoded in one batch."""
        new = [one for one in dict.fromkeys(wanted) if one not in self._known]
        if len(self._known) + len(new) > _KEPT:
            self._known.clear()
            new = list(dict.fromkeys(wanted))
        vectors = self.encoder.encode_passages([text for phrases, _ in new for text in phrases])
        centres = [self._centre(text, own) for phrases, own in new for text in phrases]
        centred = on_grid(unit(vectors - np.array(centres).reshape(vectors.shape)))
        start = 0
        for one in new:
            self._known[one] = centred[start : start + len(one[0])]
            start += len(one[0])
        return [self._known[one] for one in wanted]

    def _centre(self, text: str, own: bool) -> FloatArray:
        """What is taken off a phrase, that of its ``own`` language where the question shares it."""
        english = self.english_centre
        return self.passage_centre if english is None or not own or HAN.search(text) else english


def read_ahead(encoder: Encoder, collection: Collection, places: Sequence[int]) -> None:
    """Have the phrases of some documents encoded; an encoder with a cache will find them there."""
    spans = [range(*collection.starts[place : place + 2]) for place in places]
    passages = [collection.passages[row] for span in spans for row in span]
    encoder.encode_passages([text for passage in passages for text in phrases_of(passage)])


def document_phrases(view: View, place: int) -> tuple[str, ...]:
    """The phrases of one document, each once: parts of its description, titles of its evidence."""
    span = slice(int(view.starts[place]), int(view.starts[place + 1]))
    passages = [view.collection.passages[int(row)] for row in view.rows[span]]
    return tuple(dict.fromkeys(text for passage in passages for text in phrases_of(passage)))


@lru_cache(_KEPT)
def phrases_of(passage: Passage) -> tuple[str, ...]:
    """The phrases of a passage.

    >>> phrases_of(Passage("t", 0, "方向", "", "控轧控冷。超快冷。轧"))
    ('控轧控冷', '超快冷')
    """
    # The title as it is searched, without words of rank and honour.
    parts = passage.text.split("。")[: _MOST if passage.kind == PROFILE else 1]
    return tuple(part[:_LONGEST] for part in parts if len(part) >= _SHORTEST)


def _features(cosines: NDArray[np.floating[Any]], counts: Sequence[int]) -> FloatArray:
    """(3 + clauses, phrases of all documents) to the nine features of each; more phrases never
    lower any.

    Args:
        cosines: to the phrases, document by document.
        counts: how many phrases each document has.
    """
    owners = np.repeat(np.arange(len(counts)), counts)
    places = np.arange(len(owners)) - np.repeat(np.cumsum([0, *counts[:-1]]), counts)
    said = cosines[3:] if len(cosines) > 3 else cosines[:1]
    rows = np.concatenate([cosines[:3], said.max(axis=0, keepdims=True)])
    # The other phrases of a document that has fewer are as far away as can be.
    spread = np.full((len(rows), len(counts), max(3, *counts, 0)), -np.inf)
    spread[:, owners, places] = rows
    best = np.sort(spread, axis=2)[:, :, :-4:-1]
    threes = _three(best)
    by_clause = np.full((len(counts), len(said)), -np.inf)
    np.maximum.at(by_clause, owners, said.T)
    columns = [column for row in range(3) for column in (best[row, :, 0], threes[row])]
    columns += [by_clause.mean(axis=1), best[3, :, 0], threes[3]]
    found = np.stack(columns, axis=1)
    found[np.array(counts) == 0] = 0.0
    return found.astype(np.float32)


def _three(best: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """A third of the sum of the three best; one that is missing adds nothing."""
    kept = np.maximum(best, 0)
    return np.asarray((kept[..., 0] + kept[..., 1] + kept[..., 2]) / 3)
