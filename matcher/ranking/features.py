"""Named features of (challenge, team) pairs, one function each.

No feature reads the name, rank, title, honours, age, fame or size of an organisation or a person
(tests/test_prestige.py): they are not in the passages, and only passages, kinds and years of
evidence and the technical domain are read here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from matcher.arithmetic import log1p
from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.index.fusion import best_two
from matcher.index.passages import PROFILE
from matcher.ranking.view import View
from matcher.text.indicators import targets_of
from matcher.text.meeting import meets, shown_values

if TYPE_CHECKING:
    from pandas import DataFrame

# A passage this many units above the library's average counts as being on the point.
_ON_THE_POINT = 3.0
# Stands for "no such piece": as far below average as a piece can reasonably be.
_ABSENT = -3.0
# Kinds of evidence that show a result in use rather than on paper.
_APPLIED = ("转化", "标准", "专利")
_RECENT_YEARS = 10


@dataclass(frozen=True)
class FeatureMatrix:
    """Features of ``k`` candidates: ``values`` is (k, len(names)) float32."""

    names: tuple[str, ...]
    values: FloatArray

    def column(self, name: str) -> FloatArray:
        """One feature of all candidates: shape (k,)."""
        return np.asarray(self.values[:, self.names.index(name)])

    def columns(self, names: Sequence[str]) -> FloatArray:
        """Some features in the order given: shape (k, len(names))."""
        return self.values[:, [self.names.index(name) for name in names]]

    def to_frame(self) -> DataFrame:
        """As a pandas DataFrame: a row a candidate, a column a feature."""
        from pandas import DataFrame

        return DataFrame(self.values, columns=list(self.names))

    def rows(self, places: IntArray) -> FeatureMatrix:
        """The same features of some candidates."""
        return FeatureMatrix(self.names, self.values[places])


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: how it is called in reports, how it is computed."""

    label: str
    compute: Callable[[View], FloatArray]


def _of(name: str) -> Callable[[View], FloatArray]:
    """Best of one of the passage scores."""
    return lambda view: view.best(getattr(view.scores, name)[view.rows])


def _second_of(name: str) -> Callable[[View], FloatArray]:
    return lambda view: view.second(getattr(view.scores, name)[view.rows])


def _fused_mean(view: View) -> FloatArray:
    return np.asarray((view.best(view.fused) + view.second(view.fused)) / 2, dtype=np.float32)


def _third_best(view: View) -> FloatArray:
    """Fused score of the third piece; of the last one where there are fewer."""
    order = np.lexsort((-view.fused, view.document_of))
    place = view.starts[:-1] + np.minimum(np.diff(view.starts), 3) - 1
    return np.asarray(view.fused[order[place]], dtype=np.float32)


def _indicators_met(view: View) -> FloatArray:
    """Share of the challenge's indicators for which a piece shows a value that meets them.

    A value of the same quantity that falls short counts half: the team works on it and measures it.
    """
    challenge = view.query.challenge
    parsed = targets_of(challenge)
    targets = [target for target in parsed if target.value is not None]
    shares = np.zeros(len(view.documents), dtype=np.float32)
    if not targets:
        return shares
    spoken = [word for word in view.query.words if any(word in t.name.lower() for t in targets)]
    held = view._held(spoken)[0].any(axis=1)
    best = np.zeros((len(view.documents), len(targets)), dtype=np.float32)
    for row in np.flatnonzero(held):
        shown = shown_values(view.collection.passages[int(view.rows[row])].text, targets)
        for place, target in enumerate(targets):
            verdicts = [meets(target, value, named=True) for value in shown]
            worth = 1.0 if True in verdicts else 0.5 if False in verdicts else 0.0
            document = view.document_of[row]
            best[document, place] = max(best[document, place], worth)
    return np.asarray(best.mean(axis=1), dtype=np.float32)


def _pieces_on_the_point(view: View) -> FloatArray:
    """Depth: how many pieces are on the point, with falling returns."""
    depth = view.total((view.fused > _ON_THE_POINT).astype(np.float32))
    return log1p(depth).astype(np.float32)


def _support(view: View) -> FloatArray:
    """Depth: how much all pieces above average add up to, with falling returns."""
    return log1p(view.total(np.maximum(view.fused, 0))).astype(np.float32)


def _focus(view: View) -> FloatArray:
    """Mean similarity of all pieces: a team whose whole work is near the subject."""
    return np.asarray(view.total(_dense(view)) / np.diff(view.starts), dtype=np.float32)


def _dense(view: View) -> FloatArray:
    dense = view.scores.dense
    return np.zeros(len(view.rows), dtype=np.float32) if dense is None else dense[view.rows]


def _best_dense(view: View) -> FloatArray:
    return view.best(_dense(view))


def _second_dense(view: View) -> FloatArray:
    return view.second(_dense(view))


def _agreement(view: View) -> FloatArray:
    """What both retrievers can agree on: the lower of a document's best score by either."""
    return np.minimum(view.best(view.scores.lexical[view.rows]), _best_dense(view))


def _best_where(view: View, wanted: BoolArray) -> FloatArray:
    return view.best(np.where(wanted, view.fused, np.float32(_ABSENT)))


def _description(view: View) -> FloatArray:
    return _best_where(view, view.collection.kinds[view.rows] == PROFILE)


def _proven(view: View) -> FloatArray:
    return _best_where(view, view.collection.kinds[view.rows] != PROFILE)


def _applied(view: View) -> FloatArray:
    return _best_where(view, np.isin(view.collection.kinds[view.rows], _APPLIED))


def _recency(view: View) -> FloatArray:
    """1 for a best piece of the library's newest year, 0 at ten years or without a year."""
    first, _ = best_two(view.fused, view.starts)
    years = view.collection.years[view.rows][first].astype(np.float32)
    age = float(view.collection.newest_year) - years
    return np.where(years > 0, np.clip(1 - age / _RECENT_YEARS, 0, 1), 0).astype(np.float32)


def _domain(view: View) -> FloatArray:
    """Share of the challenge's 技术领域 levels that the team names too."""
    wanted = set(view.query.challenge.tech_domain)
    if not wanted:
        return np.zeros(len(view.documents), dtype=np.float32)
    domains = view.collection.source.fact("tech_domain", view.numbers)
    shares = [len(wanted.intersection(domain)) / len(wanted) for domain in domains]
    return np.array(shares, dtype=np.float32)


FEATURES: Mapping[str, Feature] = {
    "fused": Feature("两条最佳依据的综合分", _fused_mean),
    "third_best": Feature("第三条依据的综合分", _third_best),
    "lexical_best": Feature("用词最近的依据", _of("lexical")),
    "lexical_second_best": Feature("用词第二近的依据", _second_of("lexical")),
    "dense_best": Feature("语义最近的依据", _best_dense),
    "dense_second_best": Feature("语义第二近的依据", _second_dense),
    "title_lexical_best": Feature("用词最近题目的依据", _of("title_lexical")),
    "title_lexical_second": Feature("用词第二近题目的依据", _second_of("title_lexical")),
    "title_dense_best": Feature("语义最近题目的依据", _of("title_dense")),
    "title_dense_second": Feature("语义第二近题目的依据", _second_of("title_dense")),
    "body_dense_best": Feature("语义最近全文的依据", _of("body_dense")),
    "body_dense_second": Feature("语义第二近全文的依据", _second_of("body_dense")),
    "terms_covered": Feature("覆盖的关键用词", lambda v: v.covered(v.held)),
    "terms_repeated": Feature("多条依据覆盖的用词", lambda v: v.repeated(v.held)),
    "rarest_term": Feature("最专门的共有用词", lambda v: v.rarest(v.held)),
    "title_terms_covered": Feature("覆盖的题目用词", lambda v: v.covered(v.title_held)),
    "title_terms_repeated": Feature("多条依据覆盖的题目用词", lambda v: v.repeated(v.title_held)),
    "title_rarest_term": Feature("题目中最专门的共有用词", lambda v: v.rarest(v.title_held)),
    "pieces_on_the_point": Feature("切题依据的数量", _pieces_on_the_point),
    "support": Feature("全部依据的支持", _support),
    "focus": Feature("整体研究方向的接近", _focus),
    "agreement": Feature("用词与语义的一致", _agreement),
    "description": Feature("研究方向的接近", _description),
    "proven": Feature("成果的接近", _proven),
    "applied": Feature("转化、专利、标准的接近", _applied),
    "indicators_met": Feature("达到的考核指标", _indicators_met),
    "recency": Feature("最佳依据的新近", _recency),
    "domain": Feature("技术领域相同", _domain),
}
# Read as they are, not in deviations: how near a team is, whoever else is in the library. Only the
# title's words: a long text shares a smaller part of its words with anybody.
SIGNALS: Mapping[str, Feature] = {
    "cosine": Feature("最近依据的余弦", _of("cosine")),
    "title_terms_covered": FEATURES["title_terms_covered"],
}


def features(view: View, names: Sequence[str] = tuple(FEATURES)) -> FeatureMatrix:
    """Raw features of a view's documents."""
    if not len(view.documents):
        return FeatureMatrix(tuple(names), np.zeros((0, len(names)), dtype=np.float32))
    columns = [{**FEATURES, **SIGNALS}[name].compute(view) for name in names]
    return FeatureMatrix(tuple(names), np.stack(columns, axis=1).astype(np.float32))


def standardised(wanted: FeatureMatrix, reference: FeatureMatrix) -> FeatureMatrix:
    """Features in deviations from the mean of a query's reference candidates.

    What matters is how a team compares with the others for the same challenge; raw values differ
    from challenge to challenge. The reference does not depend on filters, so neither do scores.
    """
    if not len(reference.values):
        return wanted
    mean = reference.values.mean(axis=0)
    deviation = reference.values.std(axis=0)
    scaled = (wanted.values - mean) / np.where(deviation > 1e-6, deviation, 1.0)
    return FeatureMatrix(wanted.names, np.clip(scaled, -8, 8).astype(np.float32))
