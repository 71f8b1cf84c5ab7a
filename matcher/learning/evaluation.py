"""Evaluation: runs and qrels, measures by ir-measures, intervals and paired tests by scipy."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.arrays import WideArray
from matcher.atomic import atomic_path
from matcher.errors import InputError
from matcher.records import Challenge

if TYPE_CHECKING:
    from pandas import DataFrame

Qrels = Mapping[str, Mapping[str, int]]
Run = Mapping[str, Sequence[str]]
"""Query id to document ids, best first."""

MEASURES = ("nDCG@10", "RR@10", "Success@10", "R@10", "R@50", "P@5")
# For judged grades (0 unrelated, 1 could contribute, 2 worth calling, 3 squarely on the point):
# gains by grade, the rest at 2 or more, and how much of the ten best anybody has judged.
GRADED_MEASURES = (
    "nDCG@10",
    "P(rel=2)@1",
    "P(rel=2)@5",
    "RR(rel=2)@10",
    "R(rel=2)@50",
    "Judged@10",
)
MEASURE_LABELS = {
    "RR@10": "MRR@10",
    "Success@10": "hit@10",
    "P(rel=2)@1": "P@1 (≥2)",
    "P(rel=2)@5": "P@5 (≥2)",
    "RR(rel=2)@10": "MRR@10 (≥2)",
    "R(rel=2)@50": "R@50 (≥2)",
    "Judged@10": "已判@10",
}
HIGHEST_GRADE = 3
ORGANISATION_PREFIX = "ORG:"
# What a mean over nothing would be; shown as a dash.
_NOTHING = math.nan
# What a line holds, in the order of TREC; a JSONL line may leave out what nobody reads.
_QRELS_FIELDS = ("query_id", "iteration", "id", "grade")
_RUN_FIELDS = ("query_id", "q0", "id", "rank", "score", "tag")
_UNREAD = ("iteration", "q0", "score", "tag")
_RESAMPLES = 9999
_SEED = 20260101


@dataclass(frozen=True)
class Evaluation:
    """Measures of one run, query by query.

    Attributes:
        name: of the run.
        query_ids: the ``n`` judged queries, ascending; a query the run leaves out counts as 0.
        values: measure name to (n,) float64.
    """

    name: str
    query_ids: tuple[str, ...]
    values: Mapping[str, WideArray]

    def mean(self, measure: str) -> float:
        """Mean over the queries; nan without any."""
        return float(self.values[measure].mean()) if self.query_ids else _NOTHING

    def interval(self, measure: str) -> tuple[float, float]:
        """95% bootstrap interval of the mean (percentile method, Efron 1979), fixed seed."""
        values = self.values[measure]
        if len(values) < 2 or np.ptp(values) == 0:
            return self.mean(measure), self.mean(measure)
        from scipy.stats import bootstrap

        found = bootstrap(
            (values,), np.mean, n_resamples=_RESAMPLES, method="percentile", vectorized=True,
            batch=500, rng=np.random.default_rng(_SEED),
        )  # fmt: skip
        return float(found.confidence_interval.low), float(found.confidence_interval.high)

    def to_frame(self) -> DataFrame:
        """As a pandas DataFrame: a row a query, a column a measure."""
        from pandas import DataFrame, Index

        return DataFrame(dict(self.values), index=Index(self.query_ids, name="query_id"))

    def subset(self, keep: Callable[[str], bool]) -> Evaluation:
        """The same for some of the queries."""
        kept = np.array([keep(query) for query in self.query_ids], dtype=bool)
        return Evaluation(
            self.name,
            tuple(q for q, k in zip(self.query_ids, kept, strict=True) if k),
            {measure: values[kept] for measure, values in self.values.items()},
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """One run against the baseline on one measure.

    Attributes:
        difference: mean of the paired differences, run minus baseline.
        p_value: two-sided paired randomisation test.
        adjusted: the same after Holm's correction over all runs compared together.
    """

    name: str
    baseline: str
    measure: str
    n: int
    difference: float
    p_value: float
    adjusted: float


def is_graded(qrels: Qrels) -> bool:
    """Whether judgements say how well a team fits (0-3), not only who did the work."""
    return any(grade >= HIGHEST_GRADE for judged in qrels.values() for grade in judged.values())


def main_measure(qrels: Qrels) -> str:
    """What runs are compared by: nDCG@10 on judged grades, MRR@10 on recorded answers."""
    return "nDCG@10" if is_graded(qrels) else "RR@10"


def evaluate(qrels: Qrels, run: Run, name: str = "run") -> Evaluation:
    """Measure a run against judgements. Every judged query counts, ranked or not.

    `GRADED_MEASURES` where the judgements are graded, `MEASURES` otherwise; who was not judged
    counts as unrelated.

    Raises:
        InputError: there are no judgements.
    """
    if not qrels:
        raise InputError("没有可用的判断 (qrels)", remedy="检查 qrels 文件是否为空")
    import ir_measures

    judged = [ir_measures.Qrel(q, d, g) for q, rel in qrels.items() for d, g in rel.items()]
    # Ranks, not scores, are given as scores: ties were already broken by id.
    scored = [
        ir_measures.ScoredDoc(q, d, -float(rank))
        for q in qrels
        for rank, d in enumerate(run.get(q, ()))
    ]
    query_ids = tuple(sorted(qrels))
    place = {query: i for i, query in enumerate(query_ids)}
    names = GRADED_MEASURES if is_graded(qrels) else MEASURES
    values = {measure: np.zeros(len(query_ids)) for measure in names}
    measures = [ir_measures.parse_measure(m) for m in names]
    for one in ir_measures.iter_calc(measures, judged, scored):
        values[str(one.measure)][place[one.query_id]] = one.value
    return Evaluation(name, query_ids, values)


def compare(runs: Sequence[Evaluation], baseline: Evaluation, measure: str) -> list[Comparison]:
    """Paired two-sided randomisation tests of runs against a baseline, with Holm's correction.

    The test is the one Smucker, Allan & Carterette (2007) recommend for retrieval.

    Raises:
        InputError: the runs were evaluated on other queries.
    """
    p_values = []
    for run in runs:
        if run.query_ids != baseline.query_ids:
            raise InputError(
                "两个结果不是在同一批需求上评测的",
                given=f"{run.name} {len(run.query_ids)} 项，"
                f"{baseline.name} {len(baseline.query_ids)} 项",
                remedy="用同一个 qrels 文件重新评测",
            )
        p_values.append(_paired_p(run.values[measure], baseline.values[measure]))
    return [
        Comparison(
            run.name,
            baseline.name,
            measure,
            len(run.query_ids),
            run.mean(measure) - baseline.mean(measure),
            p,
            adjusted,
        )
        for run, p, adjusted in zip(runs, p_values, holm(p_values), strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values of Holm (1979), "A Simple Sequentially Rejective Multiple Test Procedure".

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    for step, place in enumerate(order):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - step)))
        adjusted[place] = highest
    return adjusted


def collapse(run: Run, org_of: Mapping[str, str]) -> dict[str, list[str]]:
    """A run over organisations: each stands where its best team stands, as ``ORG:<name>``."""
    return {
        query: list(dict.fromkeys(ORGANISATION_PREFIX + org_of.get(t, t) for t in ranked))
        for query, ranked in run.items()
    }


def judges_organisations(qrels: Qrels) -> bool:
    """Whether the judgements name organisations rather than teams."""
    return any(d.startswith(ORGANISATION_PREFIX) for rel in qrels.values() for d in rel)


def length_group(challenge: Challenge) -> str:
    """How much a challenge says, for breakdowns."""
    size = len(challenge.title + challenge.problem + challenge.research_content)
    return "≤40字" if size <= 40 else "41–150字" if size <= 150 else ">150字"


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """TREC qrels (``query 0 id grade``) or JSONL with those names.

    Raises:
        InputError: missing file, or a line that is neither; names the line.
    """
    qrels: dict[str, dict[str, int]] = {}
    for number, fields in _lines(path, _QRELS_FIELDS):
        try:
            grade = int(fields[3])
        except ValueError as error:
            raise _bad_line(path, number, fields[3], "整数等级") from error
        qrels.setdefault(fields[0], {})[fields[2]] = grade
    return qrels


def read_run(path: Path) -> dict[str, list[str]]:
    """A TREC run (``query Q0 id rank score tag``) or JSONL with those names, ordered by rank.

    The JSONL that `matcher.report.write_run` writes, one ranking a line, is read too.

    Raises:
        InputError: as `read_qrels`.
    """
    ranked: dict[str, list[tuple[int, str]]] = {}
    for number, fields in _lines(path, _RUN_FIELDS):
        try:
            ranked.setdefault(fields[0], []).append((int(fields[3]), fields[2]))
        except ValueError as error:
            raise _bad_line(path, number, fields[3], "整数名次") from error
    return {query: [d for _, d in sorted(pairs)] for query, pairs in ranked.items()}


def write_qrels(qrels: Qrels, path: Path) -> None:
    """Write TREC qrels, or JSONL where the name ends so.

    Raises:
        InputError: an id holds white space, which separates the columns of TREC.
    """
    judged = [(q, d, int(g)) for q, rel in qrels.items() for d, g in rel.items()]
    if path.suffix == ".jsonl":
        rows = (dict(zip(("query_id", "id", "grade"), one, strict=True)) for one in judged)
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    else:
        torn = [one for q, d, _ in judged for one in (q, d) if one.split() != [one]]
        if torn:
            raise InputError("TREC 文件里的编号不能有空格", given=torn[0], remedy="改存为 .jsonl")
        lines = [f"{q} 0 {d} {g}" for q, d, g in judged]
    with atomic_path(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _lines(path: Path, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("找不到文件", given=path, remedy="检查路径") from error
    except UnicodeDecodeError as error:
        raise InputError("文件不是 UTF-8 文本", given=path, remedy="另存为 UTF-8") from error
    # Not splitlines: a title may hold a separator that JSON leaves as it is.
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("{"):
            try:
                rows = [_fields(row, names) for row in _places(json.loads(line))]
            except (ValueError, KeyError, TypeError) as error:
                expected = "一行一个 JSON 对象，有 " + "、".join(
                    n for n in names if n not in _UNREAD
                )
                raise _bad_line(path, number, line, expected) from error
            yield from ((number, row) for row in rows)
        elif line.strip():
            fields = line.split()
            if len(fields) != len(names):
                raise _bad_line(path, number, line, " ".join(names))
            yield number, fields


def _places(found: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """A line as it is, or the places of a ranking as `matcher match` writes it."""
    if "matches" not in found:
        return [found]
    return [
        {"query_id": found["challenge_id"], "id": match["team_id"], "rank": match["rank"]}
        for match in found["matches"]
    ]


def _fields(row: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    return ["" if name in _UNREAD else str(row[name]) for name in names]


def _bad_line(path: Path, number: int, given: str, expected: str) -> InputError:
    return InputError(
        f"{path.name} 第{number}行无法理解", given=given[:80], expected=expected,
        remedy="改正这一行",
    )  # fmt: skip


def _paired_p(a: WideArray, b: WideArray) -> float:
    if not len(a) or np.array_equal(a, b):
        return 1.0
    from scipy.stats import permutation_test

    found = permutation_test(
        (a, b), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
        vectorized=True, n_resamples=_RESAMPLES, batch=500, rng=np.random.default_rng(_SEED),
    )  # fmt: skip
    return float(found.pvalue)
