"""How true 覆盖 and 未见 are, on pairs a person judged blind; ``--fit`` fits anew.

    python -m benchmarks.coverage                # the figures, cross-validated by challenge
    python -m benchmarks.coverage --fit --write  # new bounds, and the figures into the document

Offline, in seconds; to be run again when the encoder changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

import numpy as np

from matcher import Matcher
from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.encoding import DEFAULT_ENCODER
from matcher.models import SHIPPED_COVERAGE, piece_reader, shipped_coverage
from matcher.ranking.calibration import Logistic, fit_logistic
from matcher.ranking.coverage import (
    Bounds,
    CoverageRule,
    Judgement,
    PieceReader,
    Said,
    save_rule,
)
from matcher.ranking.grades import LIKELY, Coverage
from matcher.ranking.query import queries
from matcher.records import Challenge
from matcher.resources import data_path
from matcher.text.facets import Facet

BENCHMARK = "corpora/benchmark"
PAIRS = f"{BENCHMARK}/coverage.jsonl"
DOCUMENT = Path("docs/evaluation.md")
MARKS = ("<!-- coverage -->", "<!-- end coverage -->")
SAYS_SO = 2
COVERED_PRECISION, LIKELY_PRECISION, UNSEEN_PRECISION = 0.85, 0.50, 0.90
# A bound chosen on some pairs does a little worse on others.
_MARGIN = {"covered": 0.02, "likely": 0.05, "unseen": 0.04}
_FOLDS = 5
# What is claimed turns on which challenges fall into one fold: 37 to 66 times 覆盖.
_CUTS = 16
_PROMISED = ("covered", "likely", "partly", "related", "unseen")
_CLAIMS = (20, 40, 60, 80, 100, 120, 150, 200, 250)
# A model of more signals, or a boosted one, did no better on challenges it had not seen.
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
    (query,) = queries([_challenge(matcher, pair)], matcher.tokenizer, matcher.encoder)
    asked = replace(query, facets=(Facet("攻关内容", 1, pair["requirement"]),))
    said = Said(pair["evidence_kind"], pair["evidence"], pair["text"] or pair["evidence"])
    found = reader.signals(reader.asked(asked, matcher.library.lexical), [said])
    return np.asarray(found[0, 0], dtype=np.float32)


def _challenge(matcher: Matcher, pair: dict[str, str]) -> Challenge:
    """Of the benchmark, or a written one that the pair holds itself."""
    if "problem" not in pair:
        return matcher.challenge(pair["challenge"])
    return Challenge(challenge_id=pair["challenge"], title=pair["title"], problem=pair["problem"])


def _fold(challenge: str, split: int = 0) -> int:
    named = f"{challenge}{split or ''}"
    return int(hashlib.sha256(named.encode()).hexdigest(), 16) % _FOLDS


def fit(pairs: Judged) -> Bounds:
    """Models that rise in every signal, with bounds chosen on chances they did not see."""
    return Bounds(_says_so(pairs), _related(pairs), *_bounds(pairs, *_held_out(pairs)))


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


def _bounds(pairs: Judged, says_so: FloatArray, related: FloatArray) -> tuple[float, float, float]:
    """The lowest bounds that keep 覆盖 and `LIKELY` true often enough, the highest for 未见."""
    chances, right = says_so[~pairs.indicator], pairs.grades[~pairs.indicator] >= SAYS_SO
    covered = _lowest(chances, right, COVERED_PRECISION + _MARGIN["covered"])
    below = chances < covered
    likely = _lowest(chances[below], right[below], LIKELY_PRECISION + _MARGIN["likely"])
    seen = 1 - _lowest(1 - related, pairs.grades == 0, UNSEEN_PRECISION + _MARGIN["unseen"])
    return round(covered, 4), round(likely, 4), round(seen, 4)


def _lowest(chances: FloatArray, right: BoolArray, precision: float) -> float:
    """The lowest bound above which this part is right; the highest chance where none is."""
    order = np.argsort(-chances, kind="stable")
    held = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(held >= precision)
    return float(chances[order[good[-1] if len(good) else 0]])


@dataclass(frozen=True)
class Claim:
    """What became of one word: claims made, those that were true, and all that are true; the mean
    number of several ways to hold out.
    """

    name: str
    made: float
    true: float
    real: float

    @property
    def precision(self) -> float:
        """Share of the claims that were true."""
        return self.true / self.made if self.made else 0.0


def apart(pairs: Judged) -> list[Judgement]:
    """What is said of every pair by bounds that saw no pair of its challenge."""
    said = [Judgement(Coverage.UNSEEN, 0.0)] * len(pairs.grades)
    for fold in np.unique(pairs.folds):
        own = pairs.folds == fold
        bounds = fit(pairs.rows(np.flatnonzero(~own)))
        for place in np.flatnonzero(own):
            said[place] = bounds.judged(pairs.signals[place])
    return said


def claims(pairs: Judged, said: Sequence[Judgement]) -> dict[str, Claim]:
    """How true each word was, by code."""
    grades, plain = pairs.grades, ~pairs.indicator
    status = np.array([one.status for one in said])
    likely = np.array([bool(one.note) for one in said])
    partly = (status == Coverage.PARTLY) & plain
    says_so, unrelated = (grades >= SAYS_SO) & plain, grades == 0
    rows = {
        "covered": ("覆盖（难点、内容、问题）", (status == Coverage.COVERED) & plain, says_so),
        "likely": (f"部分，{LIKELY}", partly & likely, says_so),
        "partly": ("部分，其余：说到了", partly & ~likely, says_so),
        "related": ("部分，其余：至少有关", partly & ~likely, ~unrelated & plain),
        "unseen": ("未见：与要求无关", status == Coverage.UNSEEN, unrelated),
        "silent": ("未见：没有说到", status == Coverage.UNSEEN, grades < SAYS_SO),
    }
    return {
        code: Claim(name, int(made.sum()), int((made & true).sum()), int(true.sum()))
        for code, (name, made, true) in rows.items()
    }


def averaged(pairs: Judged) -> dict[str, Claim]:
    """How true each word was of the shipped pairs, the mean of several ways to cut folds."""
    named = [
        json.loads(line)["challenge"] for line in data_path(PAIRS).read_text("utf-8").splitlines()
    ]
    cut = [
        replace(pairs, folds=np.array([_fold(challenge, number) for challenge in named]))
        for number in range(_CUTS)
    ]
    found = [claims(one, apart(one)) for one in cut]
    return {
        code: Claim(
            one.name,
            *(sum(getattr(every[code], part) for every in found) / _CUTS
              for part in ("made", "true", "real")),
        )
        for code, one in found[0].items()
    }  # fmt: skip


def table(found: Mapping[str, Claim]) -> str:
    """Precision and recall with Wilson intervals, in Markdown."""
    lines = ["| 说法 | 说了 | 属实 | 准确率 | 召回率 |", "|---|---|---|---|---|"]
    for one in found.values():
        lines.append(
            f"| {one.name} | {one.made:.0f} | {one.true:.0f} "
            f"| {_share(one.true, one.made)} | {_share(one.true, one.real)} |"
        )
    return "\n".join(lines)


def curve(pairs: Judged) -> str:
    """What 覆盖 would be worth at other bounds: the surest claims first, held out, in Markdown."""
    plain = np.flatnonzero(~pairs.indicator)
    chances, right = _held_out(pairs)[0][plain], pairs.grades[plain] >= SAYS_SO
    found = np.cumsum(right[np.argsort(-chances, kind="stable")])
    lines = ["| 若说覆盖的条数 | 属实 | 准确率 | 召回率 |", "|---|---|---|---|"]
    for made in (number for number in _CLAIMS if number <= len(found)):
        true = int(found[made - 1])
        lines.append(
            f"| {made} | {true} | {true / made:.2f} | {true / max(int(found[-1]), 1):.2f} |"
        )
    return "\n".join(lines)


def _share(part: float, whole: float) -> str:
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
    found = averaged(by_meaning)
    # Words alone never showed 覆盖 and, fitted on the harder pairs too, would show nothing at all:
    # their bounds are those of the first 598 pairs, told with what they are worth on all.
    words = shipped_coverage().by_words
    if options.fit:
        measured = {code: round(found[code].precision, 2) for code in _PROMISED}
        rule = CoverageRule(fit(by_meaning), words, {"pairs": len(by_meaning.grades)} | measured)
        save_rule(rule, Path(SHIPPED_COVERAGE), encoder=DEFAULT_ENCODER)
    alone = claims(by_words, [words.judged(row) for row in by_words.signals])
    shown = f"### 有编码器\n\n{table(found)}\n\n{curve(by_meaning)}\n\n### 只用词\n\n{table(alone)}"
    print(shown)
    if options.write:
        before, rest = DOCUMENT.read_text("utf-8").split(MARKS[0])
        after = rest.split(MARKS[1])[1]
        DOCUMENT.write_text(f"{before}{MARKS[0]}\n{shown}\n{MARKS[1]}{after}", "utf-8")


if __name__ == "__main__":
    main()
