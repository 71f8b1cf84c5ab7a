"""Ranking quality on judged sets: baselines, cross-validated rankers, transfer between sets.

    python -m benchmarks.quality SET_FOLDER [SET_FOLDER …] > docs/evaluation-tables.md

A set folder holds ``challenges.jsonl``, ``teams.jsonl``, ``qrels_*.txt`` and perhaps
``challenges_title_only.jsonl``. Every learned figure is of a query whose organisation the ranker
never saw in training.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from matcher import read_challenges
from matcher.learning.baselines import BASELINES, baseline_runs
from matcher.learning.evaluation import (
    Evaluation,
    Qrels,
    Run,
    collapse,
    evaluate,
    judges_organisations,
)
from matcher.learning.training import (
    OWN_QUERIES,
    TITLE_ONLY,
    Fit,
    cross_validate,
    evidence_groups,
    judged_groups,
    judged_set,
    ranked,
)
from matcher.ranking.learned import Group, fit_boosted, fit_linear
from matcher.report.evaluation_table import as_markdown

FITS: Mapping[str, Fit] = {"linear": fit_linear, "lambdamart": partial(fit_boosted, seed=0)}


@dataclass(frozen=True)
class JudgedSet:
    """A judged set with its features, computed once."""

    name: str
    family: str
    qrels: Qrels
    org_of: Mapping[str, str]
    baselines: Mapping[str, Run]
    groups: Sequence[Group]
    own: Sequence[Group]

    def measured(self, run: Run, name: str) -> Evaluation:
        """A run measured on this set."""
        by_org = judges_organisations(self.qrels)
        return evaluate(self.qrels, collapse(run, self.org_of) if by_org else run, name)


def read_set(folder: Path, challenges: Path | None = None) -> JudgedSet:
    """Read a set folder (or its title-only challenges) and compute baselines and features."""
    matcher, qrels = judged_set(folder)
    if challenges is not None:
        titles = {c.challenge_id: c for c in read_challenges(challenges).records}
        matcher = replace(matcher, challenges=titles)
    return JudgedSet(
        folder.name + ("" if challenges is None else " (仅题目)"),
        folder.name,
        qrels,
        {team_id: team.org_name for team_id, team in matcher.teams.items()},
        dict(baseline_runs(matcher)),
        judged_groups(matcher, qrels),
        evidence_groups(matcher, OWN_QUERIES) if challenges is None else [],
    )


def report(one: JudgedSet, sets: Sequence[JudgedSet]) -> str:
    """A section of Markdown for one set."""
    rows = [one.measured(run, name) for name, run in one.baselines.items()]
    more = [g for other in sets if other is not one for g in (*other.groups, *other.own)]
    strangers = [
        g for other in sets if other.family != one.family for g in (*other.groups, *other.own)
    ]
    for name, fit in FITS.items():
        run = cross_validate(one.groups, fit, more=[*more, *one.own])
        rows.append(one.measured(run, f"{name} (交叉验证)"))
        if strangers:
            run = ranked(one.groups, fit(strangers))
            rows.append(one.measured(run, f"{name} (只用其他集合训练)"))
    return f"### {one.name}\n\n{as_markdown(rows, 'RR@10', 'bm25+dense')}\n"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    sets: list[JudgedSet] = []
    for folder in parser.parse_args().folders:
        sets.append(read_set(folder))
        if (folder / TITLE_ONLY).exists():
            sets.append(read_set(folder, folder / TITLE_ONLY))
    print(f"基线: {'、'.join(BASELINES)}; 检验: 对 bm25+dense 的配对随机化, Holm 校正, MRR@10。\n")
    for one in sets:
        print(report(one, sets))


if __name__ == "__main__":
    main()
