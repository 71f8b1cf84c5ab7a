"""How much a team's evidence speaks for it, in units of its own.

Unlike `matcher.ranking.features` these are not compared with who else is in the library, and more
evidence never lowers any of them: each is a best piece, a second best that counts for nothing
where there is none, or a share of words that all pieces hold together. The same piece entered
twice counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import FloatArray
from matcher.index.passages import PROFILE
from matcher.ranking.features import FEATURES, Feature, FeatureMatrix
from matcher.ranking.view import View

# Stands for a piece that is not there: as far away as can be.
ABSENT = -1.0
_APPLIED = ("转化", "标准", "专利")
_SAME = 1e-6
# A word this rare is as special as any: how much rarer still depends on who else is in the library.
_SPECIAL = 0.70
# No token holds a control character.
_UNSEEN = "\0"


def _best(name: str) -> Callable[[View], FloatArray]:
    return lambda view: view.best(getattr(view.scores, name)[view.rows])


def _next_best(name: str) -> Callable[[View], FloatArray]:
    """The best of the pieces that are not the best one again."""

    def compute(view: View) -> FloatArray:
        scores = getattr(view.scores, name)[view.rows]
        best = view.best(scores)[view.document_of]
        return view.best(np.where(scores < best - _SAME, scores, np.float32(ABSENT)))

    return compute


def _among(wanted: Callable[[View], NDArray[np.bool_]]) -> Callable[[View], FloatArray]:
    """Nearest of some kinds of pieces."""
    return lambda view: view.best(
        np.where(wanted(view), view.scores.cosine[view.rows], np.float32(ABSENT))
    )


def _both(view: View) -> FloatArray:
    """What words and meaning of one piece agree on: their geometric mean."""
    words = np.maximum(view.scores.share[view.rows], 0)
    meaning = np.maximum(view.scores.cosine[view.rows], 0)
    return view.best(np.sqrt(words * meaning))


def _amount(view: View) -> FloatArray:
    """How much of the question's words one piece holds: so many of the rarest there could be.

    A share says less of a long question than of a title; this is the same whatever else it says.
    None of a question without a Chinese character: what it is worth was set on Chinese, and it put
    reviewers of English papers into a worse order (docs/evaluation.md).
    """
    if not view.query.in_chinese:
        return np.zeros(len(view.documents), dtype=np.float32)
    lexical = view.collection.lexical
    rarest = lexical.idf(_UNSEEN)
    whole = sum((idf / rarest) ** 2 for idf in lexical.weights(view.query.tokens).values())
    return view.best(view.scores.share[view.rows]) * np.float32(whole)


def _rarest(name: str) -> Callable[[View], FloatArray]:
    """How special the most special shared word is, as a part of what no piece holds; from
    `_SPECIAL` on the same. Without that bound six hundred unrelated teams, who make every word
    rarer, changed who came first (docs/evaluation.md).
    """

    def compute(view: View) -> FloatArray:
        most = view.collection.lexical.idf(_UNSEEN)
        share = view.rarest(getattr(view, name)) / np.float32(most)
        return np.asarray(np.minimum(share, np.float32(_SPECIAL)), dtype=np.float32)

    return compute


EVIDENCE: Mapping[str, Feature] = {
    "meaning": Feature("意思最近的依据", _best("cosine")),
    "meaning_next": Feature("意思第二近的依据", _next_best("cosine")),
    "title_meaning": Feature("意思最近题目的依据", _best("title_cosine")),
    "body_meaning": Feature("意思最近全文的依据", _best("body_cosine")),
    "words": Feature("用词最近的依据", _best("share")),
    "words_next": Feature("用词第二近的依据", _next_best("share")),
    "words_amount": Feature("一条依据里共有用词之多", _amount),
    "title_words": Feature("用词最近题目的依据", _best("title_share")),
    "both": Feature("用词与意思一致的依据", _both),
    "terms_covered": FEATURES["terms_covered"],
    "title_terms_covered": FEATURES["title_terms_covered"],
    "rarest_term": Feature("最专门的共有用词", _rarest("held")),
    "title_rarest_term": Feature("题目中最专门的共有用词", _rarest("title_held")),
    "described": Feature("研究方向的接近", _among(lambda v: v.collection.kinds[v.rows] == PROFILE)),
    "proven": Feature("成果的接近", _among(lambda v: v.collection.kinds[v.rows] != PROFILE)),
    "applied": Feature(
        "转化、专利、标准的接近", _among(lambda v: np.isin(v.collection.kinds[v.rows], _APPLIED))
    ),
    "indicators_met": FEATURES["indicators_met"],
    "domain": FEATURES["domain"],
}


def evidence(view: View, names: Sequence[str] = tuple(EVIDENCE)) -> FeatureMatrix:
    """Features of a view's documents, as they are."""
    if not len(view.documents) or not names:
        nothing = np.zeros((len(view.documents), len(names)), dtype=np.float32)
        return FeatureMatrix(tuple(names), nothing)
    columns = [EVIDENCE[name].compute(view) for name in names]
    return FeatureMatrix(tuple(names), np.stack(columns, axis=1).astype(np.float32))
