"""The quality table on the shipped judged benchmark; behind ``make evaluate``.

    python -m benchmarks.judged > docs/evaluation-judged.md

Offline. Names the hash of every file the figures come from.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from matcher import Challenge
from matcher.encoding import DEFAULT_ENCODER
from matcher.learning.baselines import baseline_runs
from matcher.learning.evaluation import Evaluation, Qrels, Run, evaluate, main_measure, read_qrels
from matcher.learning.grading import cross_validated, graded_groups, in_order, more_groups
from matcher.matches import Ranking
from matcher.models import shipped_linear
from matcher.pipeline import Matcher
from matcher.report.evaluation_table import as_markdown
from matcher.resources import data_path

BENCHMARK = "corpora/benchmark"
DEPTH = 50


def judged(by_title: bool = False) -> tuple[Matcher, Qrels]:
    """The shipped benchmark, perhaps with titles alone."""
    folder = data_path(BENCHMARK)
    matcher = Matcher.from_files(folder / "challenges.jsonl", folder / "teams.jsonl")
    if by_title:
        titles = {
            i: Challenge(challenge_id=i, title=c.title) for i, c in matcher.challenges.items()
        }
        matcher = replace(matcher, challenges=titles)
    return matcher, read_qrels(folder / "qrels_graded.txt")


def run_of(matcher: Matcher) -> Run:
    """The best teams of every challenge."""
    return {
        ranking.challenge.challenge_id: [match.team_id for match in ranking.matches]
        for ranking in matcher.match(top=DEPTH)
        if isinstance(ranking, Ranking)
    }


def table(by_title: bool = False) -> str:
    """Baselines, the linear ranker of before, and the present one cross-validated, tested against
    plain hybrid search.
    """
    matcher, qrels = judged(by_title)
    measured: list[Evaluation] = [
        evaluate(qrels, run, name) for name, run in baseline_runs(matcher)
    ]
    before = run_of(replace(matcher, ranker=shipped_linear()))
    measured.append(evaluate(qrels, before, "linear (上一版)"))
    groups = graded_groups(matcher, qrels)
    folder = data_path(BENCHMARK)
    more = more_groups(folder / "silver", folder, DEFAULT_ENCODER)
    measured.append(
        evaluate(qrels, in_order(groups, cross_validated(groups, more)), "graded (交叉验证)")
    )
    return as_markdown(measured, main_measure(qrels), "bm25+dense")


def hashes() -> Iterator[str]:
    """A line for each file that decides the figures."""
    for folder in (BENCHMARK, "models/encoders", "models/ranker"):
        for path in sorted(data_path(folder).glob("*.*")):
            if path.suffix != ".md":
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                yield f"| `{folder}/{path.name}` | `{digest[:16]}` |"


def report() -> Iterator[str]:
    """The whole section."""
    yield "| 文件 | sha256 (前 16 位) |\n|---|---|"
    yield from hashes()
    yield f"\n### 全文\n\n{table()}\n"
    yield f"### 仅题目\n\n{table(by_title=True)}"


def main() -> None:
    """Print the section, or put it into a document between its marks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, help="a document with a section for it")
    into = parser.parse_args().into
    section = "\n".join(report())
    if into is None:
        print(section)
        return
    begin, end = "<!-- make evaluate -->\n", "<!-- end -->"
    before, _, rest = into.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    into.write_text(f"{before}{begin}{section}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
