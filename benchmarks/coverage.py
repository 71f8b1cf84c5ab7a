"""How true 覆盖 and 未见 are, on pairs a person judged blind; ``--fit`` fits anew.

    python -m benchmarks.coverage                # the figures, cross-validated by challenge
    python -m benchmarks.coverage --fit --write  # new bounds, and the figures into the document

Offline, in seconds; to be run again when the encoder changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np

from matcher import Matcher
from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.encoding import DEFAULT_ENCODER
from matcher.models import SHIPPED_COVERAGE, piece_reader
from matcher.ranking.calibration import Logistic, fit_logistic
from matcher.ranking.coverage import Bounds, CoverageRule, PieceReader, Said, save_rule
from matcher.ranking.grades import Coverage
from matcher.ranking.query import queries
from matcher.resources import data_path
from matcher.text.facets import Facet

BENCHMARK = "corpora/benchmark"
PAIRS = f"{BENCHMARK}/coverage.jsonl"
DOCUMENT = Path("docs/evaluation.md")
MARKS = ("<!-- coverage -->", "<!-- end coverage -->")
SAYS_SO = 2
COVERED_PRECISION, UNSEEN_PRECISION = 0.85, 0.90
_FOLDS = 5
# Few pairs say so (33 of 508): a model of more signals did worse on challenges it had not seen.
_TELLING = {"cosine", "subject_cosine", "subject_shared"}


@dataclass(frozen=True)
class Judged:
    """The judged pairs with their signals.

    Attributes:
        signals: (n, len(names)).
        grades: (n,) 2 says so, 1 related, 0 no.
        indicator: (n,) whether the requirement is an indicator, which only a value can cover.
        folds: (n,) by challenge.
    """

    names: tuple[str, ...]
    signals: FloatArray
    grades: IntArray
    indicator: BoolArray
    folds: IntArray

    def rows(self, chosen: IntArray) -> Judged:
        """Some of the pairs."""
        return Judged(
            self.names, self.signals[chosen], self.grades[chosen], self.indicator[chosen],
            self.folds[chosen],
        )  # fmt: skip


def benchmark() -> Matcher:
    """Over the shipped challenges and teams that the pairs are of."""
    folder = data_path(BENCHMARK)
    return Matcher.from_files(folder / "challenges.jsonl", folder / "teams.jsonl")


def judged(matcher: Matcher, reader: PieceReader) -> Judged:
    """The shipped pairs, read with the statistics of the shipped library."""
    pairs = [json.loads(line) for line in data_path(PAIRS).read_text("utf-8").splitlines()]
    return Judged(
        reader.names,
        np.array([_signals(matcher, reader, pair) for pair in pairs]),
        np.array([p["grade"] for p in pairs]),
        np.array([p["kind"] == "考核指标" for p in pairs]),
        np.array([_fold(p["challenge"]) for p in pairs]),
    )


def _signals(matcher: Matcher, reader: PieceReader, pair: dict[str, str]) -> FloatArray:
    """Of one pair: the requirement in its challenge, and the piece."""
    (query,) = queries([matcher.challenge(pair["challenge"])], matcher.tokenizer, matcher.encoder)
    asked = replace(query, facets=(Facet("攻关内容", 1, pair["requirement"]),))
    said = Said(pair["evidence_kind"], pair["evidence"], pair["text"] or pair["evidence"])
    found = reader.signals(reader.asked(asked, matcher.library.lexical), [said])
    return np.asarray(found[0, 0], dtype=np.float32)


def _fold(challenge: str) -> int:
    return int(hashlib.sha256(challenge.encode()).hexdigest(), 16) % _FOLDS


def fit(pairs: Judged) -> Bounds:
    """Models that rise in every signal, with bounds chosen on chances they did not see."""
    covered, seen = _bounds(pairs, *_held_out(pairs))
    return Bounds(_says_so(pairs), _related(pairs), covered, seen)


def _says_so(pairs: Judged) -> Logistic:
    """Of what is no indicator: those are covered by values only."""
    plain = pairs.rows(np.flatnonzero(~pairs.indicator))
    of = _TELLING if "cosine" in plain.names else set(plain.names)
    return _rising(plain, plain.grades >= SAYS_SO, of)


def _related(pairs: Judged) -> Logistic:
    return _rising(pairs, pairs.grades > 0, set(pairs.names))


def _rising(pairs: Judged, labels: BoolArray, of: set[str]) -> Logistic:
    """Signals whose weight would be negative are left out one by one."""
    kept = [i for i, name in enumerate(pairs.names) if name in of]
    while True:
        names = [pairs.names[i] for i in kept]
        found = fit_logistic(names, pairs.signals[:, kept], labels.astype(np.int64))
        worst = int(np.argmin(found.weights))
        if found.weights[worst] >= 0:
            weights = dict(zip(found.names, found.weights, strict=True))
            return Logistic(
                pairs.names, tuple(weights.get(n, 0.0) for n in pairs.names), found.bias
            )
        del kept[worst]


def _held_out(pairs: Judged) -> tuple[FloatArray, FloatArray]:
    """Both chances of every pair, by models that saw no pair of its challenge."""
    chances = np.zeros((2, len(pairs.grades)), dtype=np.float32)
    for fold in np.unique(pairs.folds):
        own = pairs.folds == fold
        seen = pairs.rows(np.flatnonzero(~own))
        chances[0, own] = _says_so(seen).probability(pairs.signals[own])
        chances[1, own] = _related(seen).probability(pairs.signals[own])
    return chances[0], chances[1]


def _bounds(pairs: Judged, says_so: FloatArray, related: FloatArray) -> tuple[float, float]:
    """The lowest bound that keeps 覆盖 true often enough, and the highest that keeps 未见 so."""
    plain = ~pairs.indicator
    covered = _lowest(says_so[plain], pairs.grades[plain] >= SAYS_SO, COVERED_PRECISION)
    seen = 1 - _lowest(1 - related, pairs.grades == 0, UNSEEN_PRECISION)
    return round(covered, 4), round(seen, 4)


def _lowest(chances: FloatArray, right: BoolArray, precision: float) -> float:
    """The lowest bound above which this part is right; the highest chance where none is."""
    order = np.argsort(-chances, kind="stable")
    held = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(held >= precision)
    return float(chances[order[good[-1] if len(good) else 0]])


def figures(pairs: Judged) -> list[tuple[str, int, int, int]]:
    """(name, claims, true ones, all that are true), bounds chosen without the challenge."""
    claimed = np.full(len(pairs.grades), "", dtype=object)
    for fold in np.unique(pairs.folds):
        own = pairs.folds == fold
        bounds = fit(pairs.rows(np.flatnonzero(~own)))
        claimed[own] = [bounds.judged(row)[0] for row in pairs.signals[own]]
    plain, grades = ~pairs.indicator, pairs.grades
    covered, unseen = (claimed == Coverage.COVERED) & plain, claimed == Coverage.UNSEEN
    says_so = (grades >= SAYS_SO) & plain
    return [
        (
            "覆盖（难点、内容、问题）",
            int(covered.sum()),
            int((covered & says_so).sum()),
            int(says_so.sum()),
        ),
        (
            "未见：与要求无关",
            int(unseen.sum()),
            int((unseen & (grades == 0)).sum()),
            int((grades == 0).sum()),
        ),
        (
            "未见：没有说到",
            int(unseen.sum()),
            int((unseen & (grades < SAYS_SO)).sum()),
            int((grades < SAYS_SO).sum()),
        ),
    ]


def table(pairs: Judged) -> str:
    """Precision and recall with Wilson intervals, in Markdown."""
    lines = ["| 说法 | 说了 | 属实 | 准确率 | 召回率 |", "|---|---|---|---|---|"]
    for name, claims, true, real in figures(pairs):
        lines.append(
            f"| {name} | {claims} | {true} | {_share(true, claims)} | {_share(true, real)} |"
        )
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    """A share with its 95% Wilson interval."""
    if not whole:
        return "无"
    z, p = 1.96, part / whole
    centre, spread = p + z * z / (2 * whole), z * sqrt(p * (1 - p) / whole + (z / (2 * whole)) ** 2)
    low, high = ((centre + sign * spread) / (1 + z * z / whole) for sign in (-1, 1))
    return f"{p:.2f} [{max(low, 0):.2f}, {high:.2f}]"


def main() -> None:
    """Print the figures; with ``--fit`` write the bounds, with ``--write`` the document."""
    parser = argparse.ArgumentParser(description="覆盖、未见有多可信: 交叉验证的准确率")
    parser.add_argument("--fit", action="store_true", help="重新拟合 models/ranker/coverage.json")
    parser.add_argument("--write", action="store_true", help="把表写进 docs/evaluation.md")
    options = parser.parse_args()
    matcher = benchmark()
    by_meaning = judged(matcher, piece_reader(matcher.encoder, matcher.tokenizer))
    by_words = judged(matcher, PieceReader(matcher.tokenizer))
    if options.fit:
        rule = CoverageRule(fit(by_meaning), fit(by_words))
        save_rule(rule, Path(SHIPPED_COVERAGE), encoder=DEFAULT_ENCODER)
    shown = f"### 有编码器\n\n{table(by_meaning)}\n\n### 只用词\n\n{table(by_words)}"
    print(shown)
    if options.write:
        before, rest = DOCUMENT.read_text("utf-8").split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        DOCUMENT.write_text(f"{before}{MARKS[0]}\n{shown}\n{MARKS[1]}{after}", "utf-8")


if __name__ == "__main__":
    main()
