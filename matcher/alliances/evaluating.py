"""Marks of several people made one result: conflicts left out, agreement, a ranking in doubt."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matcher.alliances.members import belongs
from matcher.alliances.sheet import Sheet
from matcher.errors import InputError
from matcher.records.alliance import Alliance, Mark
from matcher.text.organisations import normalise_organisation

_Scores = NDArray[np.float64]
# Krippendorff's own bounds: below the second no conclusion may be drawn.
_RELIABLE, _TENTATIVE = 0.8, 0.667
_DRAWS, _SEED, _SURE = 2000, 20210301, 0.95
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far evaluators agree: Krippendorff's alpha over interval marks; None where unknown."""

    what: str
    alpha: float | None
    evaluators: int

    @property
    def words(self) -> str:
        """The alpha in words."""
        if self.alpha is None:
            return "评委不足两位或分数全同，无法比较"
        if self.alpha >= _RELIABLE:
            return "一致"
        return "大致一致，结论要慎重" if self.alpha >= _TENTATIVE else "不一致，不宜据此下结论"


@dataclass(frozen=True, slots=True)
class Place:
    """One alliance in the result.

    Attributes:
        rank: 1 is best; None where nobody's marks are whole.
        tier: alliances of one tier are not told apart by these marks; 1 is best.
        total: 0 to 100, the mean of the evaluators.
        low, high: where the total lies in nine of ten draws of the evaluators.
        aspects: mean per aspect, 0 to 100.
        evaluators: whose marks count; ``left_out`` says who does not, and why.
    """

    alliance_id: str
    title: str
    rank: int | None = None
    tier: int | None = None
    total: float | None = None
    low: float | None = None
    high: float | None = None
    aspects: Mapping[str, float] = field(default_factory=dict)
    evaluators: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def explained(self) -> str:
        """Why it stands where it does, in words."""
        if self.total is None:
            return "没有填齐的评分" + ("；" + "；".join(self.left_out) if self.left_out else "")
        best = max(self.aspects, key=lambda name: self.aspects[name])
        worst = min(self.aspects, key=lambda name: self.aspects[name])
        words = f"最高 {best} {self.aspects[best]:.0f}，最低 {worst} {self.aspects[worst]:.0f}"
        return "；".join((words, *self.left_out))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of a year."""

    sheet_id: str
    year: int
    places: tuple[Place, ...]
    agreement: tuple[Agreement, ...]


def evaluate(
    sheet: Sheet, alliances: Sequence[Alliance], marks: Sequence[Mark], draws: int = _DRAWS
) -> Evaluation:
    """The result of a year's marks.

    An evaluator with a declared conflict, or of an organisation that belongs to the alliance, does
    not count there. An evaluator whose marks of an alliance are not whole does not count there.

    Args:
        sheet: what is marked.
        alliances: all that may be marked.
        marks: one for each evaluator, alliance and indicator.
        draws: of the bootstrap over evaluators; the same seed always.

    Raises:
        InputError: a mark of an unknown alliance or indicator, or outside its scale.
    """
    by_id = {one.alliance_id: one for one in alliances}
    _check(sheet, by_id, marks)
    people = sorted({mark.evaluator for mark in marks})
    marked = [by_id[i] for i in dict.fromkeys(mark.alliance_id for mark in marks)]
    cube, left_out = _cube(sheet, marked, marks, people)
    totals = _weighted(sheet, cube)
    aspects = {name: _mean(_weighted(sheet, cube, name)) for name in sheet.aspects}
    means = [float(mean) for mean in _mean(totals)]
    drawn = _drawn(totals, draws)
    order = sorted(range(len(marked)), key=lambda i: (-_known(means[i]), marked[i].alliance_id))
    tiers = _tiers(order, means, drawn)
    places = []
    for rank, i in enumerate(order, 1):
        said = {name: float(values[i]) for name, values in aspects.items()}
        who = tuple(p for p, t in zip(people, totals[:, i], strict=True) if not np.isnan(t))
        out = left_out.get(marked[i].alliance_id, ())
        bare = Place(marked[i].alliance_id, marked[i].title, evaluators=who, left_out=out)
        places.append(bare if np.isnan(means[i]) else _placed(bare, rank, tiers[i], drawn[:, i]))
        if not np.isnan(means[i]):
            places[-1] = replace(places[-1], total=round(means[i], 2), aspects=_rounded(said))
    return Evaluation(sheet.sheet.id, sheet.sheet.year, tuple(places), _agreement(sheet, cube))


def _check(sheet: Sheet, by_id: Mapping[str, Alliance], marks: Sequence[Mark]) -> None:
    scales = {one.id: one.scale for one in sheet.indicator}
    wrong = []
    for mark in marks:
        where = f"{mark.evaluator} {mark.alliance_id} {mark.indicator_id}"
        if mark.alliance_id not in by_id:
            wrong.append(f"{where}：没有这个联盟")
        elif mark.indicator_id not in scales:
            wrong.append(f"{where}：没有这项指标")
        elif mark.score is not None and mark.score > scales[mark.indicator_id]:
            wrong.append(f"{where}：{mark.score:g} 分超过满分 {scales[mark.indicator_id]:g}")
    if wrong:
        raise InputError("评分有误", given="；".join(wrong[:10]), remedy="改正后重新导入")


def _cube(
    sheet: Sheet, marked: Sequence[Alliance], marks: Sequence[Mark], people: Sequence[str]
) -> tuple[_Scores, dict[str, tuple[str, ...]]]:
    """Shares of the scale, (evaluators, alliances, indicators); NaN where nothing counts."""
    row = {name: i for i, name in enumerate(people)}
    column = {one.alliance_id: i for i, one in enumerate(marked)}
    depth = {one.id: (i, one.scale) for i, one in enumerate(sheet.indicator)}
    cube = np.full((len(people), len(marked), len(depth)), np.nan)
    conflicts: dict[tuple[str, str], str] = {}
    for mark in marks:
        alliance = marked[column[mark.alliance_id]]
        conflict = _conflict(mark, alliance)
        if conflict:
            conflicts[mark.alliance_id, mark.evaluator] = conflict
        place, scale = depth[mark.indicator_id]
        if mark.score is not None:
            cube[row[mark.evaluator], column[mark.alliance_id], place] = mark.score / scale
    told: dict[str, tuple[str, ...]] = {}
    for (alliance_id, who), why in conflicts.items():
        cube[row[who], column[alliance_id]] = np.nan
        told[alliance_id] = (*told.get(alliance_id, ()), f"{who}回避（{why}）")
    for mark in marks:
        scores = cube[row[mark.evaluator], column[mark.alliance_id]]
        partly = np.isnan(scores).any() and not np.isnan(scores).all()
        words = f"{mark.evaluator}没有填齐"
        if partly and words not in told.get(mark.alliance_id, ()):
            told[mark.alliance_id] = (*told.get(mark.alliance_id, ()), words)
    return cube, told


def _conflict(mark: Mark, alliance: Alliance) -> str:
    if mark.conflict:
        return mark.conflict
    if mark.organisation and belongs(alliance, normalise_organisation(mark.organisation)):
        return f"{mark.organisation}是联盟成员"
    return ""


def _weighted(sheet: Sheet, cube: _Scores, aspect: str = "") -> _Scores:
    """0 to 100, (evaluators, alliances); NaN where one of the sheet's marks is missing."""
    chosen = [i for i, one in enumerate(sheet.indicator) if not aspect or one.aspect == aspect]
    weights = np.array([sheet.indicator[i].weight for i in chosen])
    made: _Scores = (cube[:, :, chosen] * weights).sum(axis=2) * (100.0 / weights.sum())
    return np.where(np.isnan(cube).any(axis=2), np.nan, made)


def _mean(totals: _Scores) -> _Scores:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # an alliance nobody's marks count for
        made: _Scores = np.nanmean(totals, axis=0)
    return made


def _drawn(totals: _Scores, draws: int) -> _Scores:
    """Means when evaluators are drawn again and again, (draws, alliances)."""
    people = totals.shape[0]
    counts = np.random.default_rng(_SEED).multinomial(people, [1 / people] * people, draws)
    made = np.full((draws, totals.shape[1]), np.nan)
    for begin in range(0, totals.shape[1], _AT_ONCE):
        part = totals[:, begin : begin + _AT_ONCE]
        there = ~np.isnan(part)
        filled = np.where(there, part, 0.0)
        sums = sum(counts[:, [p]] * filled[p] for p in range(people))
        marks = sum(counts[:, [p]] * there[p] for p in range(people))
        np.divide(sums, marks, out=made[:, begin : begin + _AT_ONCE], where=np.asarray(marks) > 0)
    return made


def _tiers(order: Sequence[int], means: Sequence[float], drawn: _Scores) -> dict[int, int]:
    """A tier ends where its first stands above the next in nearly all draws that have both."""
    tiers: dict[int, int] = {}
    first, tier = -1, 0
    for i in order:
        if np.isnan(means[i]):
            continue
        if first < 0 or _stands_above(drawn[:, first], drawn[:, i]):
            first, tier = i, tier + 1
        tiers[i] = tier
    return tiers


def _stands_above(one: _Scores, other: _Scores) -> bool:
    both = ~(np.isnan(one) | np.isnan(other))
    # One evaluator always draws the same: that tells nothing of others.
    if not both.any() or (np.ptp(one[both]) == 0 and np.ptp(other[both]) == 0):
        return False
    return bool((one[both] > other[both]).mean() >= _SURE)


def _known(total: float) -> float:
    return -1.0 if np.isnan(total) else total


def _placed(bare: Place, rank: int, tier: int, drawn: _Scores) -> Place:
    low, high = np.nanpercentile(drawn, [5, 95])
    return replace(bare, rank=rank, tier=tier, low=round(float(low), 2), high=round(float(high), 2))


def _rounded(aspects: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in aspects.items()}


def _agreement(sheet: Sheet, cube: _Scores) -> tuple[Agreement, ...]:
    people = cube.shape[0]
    found = [Agreement("全部", _alpha(cube.reshape(people, -1)), people)]
    for aspect in sheet.aspects:
        chosen = [i for i, one in enumerate(sheet.indicator) if one.aspect == aspect]
        found.append(Agreement(aspect, _alpha(cube[:, :, chosen].reshape(people, -1)), people))
    return tuple(found)


def _alpha(data: _Scores) -> float | None:
    """Krippendorff's alpha; None where no two marks of one thing can be compared, or all agree."""
    from krippendorff import alpha

    comparable = data[:, (~np.isnan(data)).sum(axis=0) >= 2]
    if comparable.size == 0 or np.nanmin(comparable) == np.nanmax(comparable):
        return None
    return round(float(alpha(reliability_data=comparable, level_of_measurement="interval")), 4)
