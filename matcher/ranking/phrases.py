"""Phrases: each direction, capability and result of a team by itself against a challenge.

A team does several things; the one that answers is drowned in the mean of them all. So every
phrase is compared with the title, with the whole text and with its clauses one by one (late
interaction, Khattab & Zaharia 2020, over phrases instead of tokens).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import on_grid, products, unit
from matcher.arrays import FloatArray, IntArray
from matcher.encoding import Encoder
from matcher.index.passages import phrases_of
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
        spoken = self._vectors(view, places, own)
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

    def _vectors(self, view: View, places: IntArray, own: bool) -> list[FloatArray]:
        """(phrases, dim) for each document; those not seen lately are taken from what is kept, and
        what is not kept is encoded in one batch.
        """
        wanted = [(document_phrases(view, int(place)), own) for place in places]
        if len(self._known) + len(wanted) > _KEPT:
            self._known.clear()
        new = {one: place for one, place in zip(wanted, places, strict=True)
               if one not in self._known}  # fmt: skip
        rows = [view.rows[_span(view, int(place))] for place in new.values()]
        read = view.collection.phrase_vectors(np.concatenate([view.rows[:0], *rows]))
        texts = [text for phrases, _ in new for text in phrases]
        missing = [text for text in dict.fromkeys(texts) if text not in read]
        encoded = self.encoder.encode_passages(missing).astype(np.float16)
        read |= dict(zip(missing, encoded, strict=True))
        size = len(self.passage_centre)
        found = np.array([read[text] for text in texts], np.float16).reshape(len(texts), size)
        # As a cache of vectors gives them back: kept or encoded now, the very same.
        vectors = unit(found.astype(np.float32))
        centres = [self._centre(text, own) for text in texts]
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


def document_phrases(view: View, place: int) -> tuple[str, ...]:
    """The phrases of one document, each once: parts of its description, titles of its evidence."""
    passages = [view.collection.passages[int(row)] for row in view.rows[_span(view, place)]]
    return tuple(dict.fromkeys(text for passage in passages for text in phrases_of(passage)))


def _span(view: View, place: int) -> slice:
    return slice(int(view.starts[place]), int(view.starts[place + 1]))


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
