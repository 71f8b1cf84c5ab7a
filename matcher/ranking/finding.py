"""What words typed into a search box find: documents that hold them, and those that mean the same.

The scores are those of matching. A search must also know where to stop: the nearest of a library
that holds nothing of the kind are no finds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from matcher.arrays import FloatArray
from matcher.index.collection import Collection
from matcher.index.library import Library
from matcher.index.passages import Passage
from matcher.ranking.query import Query
from matcher.ranking.search import neighbourhoods
from matcher.ranking.view import View, reference_view

DEEPEST = 200
# A document is found that holds so much of the words by their idf; or some of them in a passage so
# many deviations nearer than the library's mean; or a passage of such a cosine, whatever its words.
# Looked at with words of the demonstration library, and with words it knows nothing of.
_HELD, _NEAR, _SAME = 0.75, 2.0, 0.35
# What does not hold so much of the words is weak below the first score, and no find below the
# second: set by pairs that were graded by hand, see benchmarks/finding.py and docs/evaluation.md.
_CLOSE, _LEAST = 4.0, 3.0
# Without vectors the words alone decide.
_HELD_ALONE = 0.5
_SENTENCE = re.compile(r"[。；;！!？?\n]+")
_LONGEST = 120

_Chosen = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Find:
    """A document that was found, and where.

    Attributes:
        score: of its best passage; comparable within one search only.
        passage: by number in the library.
        weak: holds less than the words, and is near them by little.
    """

    document_id: str
    score: float
    passage: int
    weak: bool


def finds(query: Query, library: Library, centre: FloatArray | None) -> tuple[Find, ...]:
    """What is found of the `DEEPEST` nearest documents, best first, ties by id.

    Args:
        query: what was typed, as a challenge of a title alone.
        library: challenges or teams.
        centre: mean of query vectors, see `matcher.ranking.scoring.direction`.
    """
    if not query.facets or not library.alive.any():
        return ()
    near = next(neighbourhoods([query], library, centre, DEEPEST))
    view = reference_view(query, near.collection, near.scores, DEEPEST)
    if not len(view.documents):
        return ()
    scores = view.best(view.fused)
    strong, weak = _is_found(view, scores)
    kept = np.flatnonzero(strong | weak)
    order = sorted(kept.tolist(), key=lambda place: (-float(scores[place]), view.ids[place]))
    return tuple(
        Find(view.ids[place], float(scores[place]), _passage(view, place, near.collection),
             bool(weak[place]))
        for place in order
    )  # fmt: skip


def excerpt(passage: Passage, words: tuple[str, ...]) -> str:
    """The sentence of a passage that holds most of the words, else its first one.

    >>> excerpt(Passage("t", 0, "方向", "", "储能。低温电池管理。"), ("电池", "低温"))
    '低温电池管理'
    """
    sentences = [said for part in _SENTENCE.split(passage.text) if (said := part.strip())]
    if not sentences:
        return ""
    best = max(sentences, key=lambda said: sum(word in said.lower() for word in words))
    return best[:_LONGEST]


def _is_found(view: View, scores: FloatArray) -> tuple[_Chosen, _Chosen]:
    """(k,) twice: which documents of a view are finds, and which of the rest are weak ones."""
    held = view.covered(view.held)
    dense = view.scores.dense
    if dense is None:
        return held >= _HELD_ALONE, np.zeros(len(held), dtype=np.bool_)
    near = (view.best(dense[view.rows]) >= _NEAR) & (held > 0)
    same = view.best(view.scores.cosine[view.rows]) >= _SAME
    strong = (held >= _HELD) | ((near | same) & (scores >= _CLOSE))
    return strong, ~strong & (near | same) & (scores >= _LEAST)


def _passage(view: View, place: int, part: Collection) -> int:
    return int(part.rows[view.pieces[0][place]])
