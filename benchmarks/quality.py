"""Ranking quality on judged sets: baselines, cross-validated rankers, transfer between sets.

    python -m benchmarks.quality SET_FOLDER [SET_FOLDER …] > docs/evaluation-tables.md

A set folder holds ``challenges.jsonl``, ``teams.jsonl``, ``qrels_*.txt`` and perhaps
``challenges_title_only.jsonl``. Every learned figure is of a query whose organisation the ranker
never saw in training.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from matcher import Matcher
from matcher.baselines import BASELINES, baseline_runs
from matcher.evaluation import (
    Evaluation,
    Qrels,
    Run,
    collapse,
    evaluate,
    judges_organisations,
    read_qrels,
)
from matcher.ranking.learned import Group, fit_boosted, fit_linear
from matcher.report.evaluation_table import as_markdown
from matcher.training import Fit, cross_validate, evidence_groups, judged_groups, ranked

_SELF_QUERIES = 600
FITS: Mapping[str, Fit] = {"linear": fit_linear, "lambdamart": partial(fit_boosted, seed=0)}


@dataclass(frozen=True)
class JudgedSet:
    """A judged set with its features, computed once."""

    name: str
    qrels: Qrels
    org_of: Mapping[str, str]
    baselines: Mapping[str, Run]
    groups: Sequence[Group]
    own: Sequence[Group]

    def measured(self, run: Run, name: str) -> Evaluation:
        """A run measured on this set."""
        by_org = judges_organisations(self.qrels)
        return evaluate(self.qrels, collapse(run, self.org_of) if by_org else run, name)


def read_set(folder: Path, challenges: str = "challenges.jsonl") -> JudgedSet:
    """Read a set folder and compute baselines and features."""
    matcher = Matcher.from_files(folder / challenges, folder / "teams.jsonl", ranker="fused")
    qrels = read_qrels(sorted(folder.glob("qrels_*.txt"))[0])
    known = {q: j for q, j in qrels.items() if q in matcher.challenges}
    titled = challenges != "challenges.jsonl"
    return JudgedSet(
        folder.name + ("_title_only" if titled else ""),
        known,
        {team_id: team.org_name for team_id, team in matcher.teams.items()},
        dict(baseline_runs(matcher)),
        judged_groups(matcher, known),
        [] if titled else evidence_groups(matcher, _SELF_QUERIES),
    )


def report(one: JudgedSet, others: Sequence[JudgedSet]) -> str:
    """A section of Markdown for one set."""
    parent = next((o for o in others if one.name == o.name + "_title_only"), one)
    rows = [one.measured(run, name) for name, run in one.baselines.items()]
    for name, fit in FITS.items():
        run = cross_validate(one.groups, fit, more=parent.own)
        rows.append(one.measured(run, f"{name} (交叉验证)"))
        for other in others:
            if other.name.split("_")[0] != one.name.split("_")[0] and other.own is not one.own:
                trained = fit([*other.groups, *other.own])
                rows.append(one.measured(ranked(one.groups, trained), f"{name} ({other.name}→)"))
    return f"### {one.name}\n\n{as_markdown(rows, 'RR@10')}\n"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    sets: list[JudgedSet] = []
    for folder in parser.parse_args().folders:
        sets.append(read_set(folder))
        if (folder / "challenges_title_only.jsonl").exists():
            sets.append(read_set(folder, "challenges_title_only.jsonl"))
    print(f"基线: {'、'.join(BASELINES)}; 检验: 对 fused 的配对随机化, Holm 校正, MRR@10。\n")
    for one in sets:
        print(report(one, sets))


if __name__ == "__main__":
    main()
