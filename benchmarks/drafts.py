"""What the best by drafts, read exactly, lose against exact vectors of everybody.

    python benchmarks/drafts.py [--others TEAMS.jsonl] [--read 25 50 100 200] [--student FOLDER]

The judged benchmark, in a library with other teams beside: the ranking of a workspace whose teams
were put ``later``, against that of one with all vectors; paired differences of nDCG@10 with 95%
bootstrap intervals. With ``--student`` the drafts are what an encoder of few layers makes, not the
table of token vectors.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from matcher import pipeline
from matcher.corpora import read_challenges, read_teams
from matcher.encoding import DEFAULT_ENCODER, resolve_encoder
from matcher.learning.evaluation import Evaluation, evaluate, read_qrels
from matcher.matches import Ranking
from matcher.models import open_encoder
from matcher.pipeline import Matcher
from matcher.records import Team
from matcher.resources import data_path
from matcher.workspace import Workspace

_DEPTH = 10
_MEASURE = "nDCG@10"


def by_title(team: Team) -> Team:
    """A team with the titles of its evidence alone."""
    return team.model_copy(
        update={"evidence": tuple(e.model_copy(update={"abstract": ""}) for e in team.evidence)}
    )


def run_of(matcher: Matcher) -> dict[str, list[str]]:
    """The best teams of every challenge."""
    return {
        ranking.challenge.challenge_id: [match.team_id for match in ranking.matches]
        for ranking in matcher.match(top=_DEPTH)
        if isinstance(ranking, Ranking)
    }


def difference(one: Evaluation, other: Evaluation) -> str:
    """Mean of the paired differences, with its interval."""
    values = {_MEASURE: one.values[_MEASURE] - other.values[_MEASURE]}
    paired = replace(one, values=values)
    low, high = paired.interval(_MEASURE)
    return f"{paired.mean(_MEASURE):+.4f} [{low:+.4f}, {high:+.4f}]"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="粗算的向量与全部精算之比")
    parser.add_argument("--others", type=Path, help="另加的团队 (只用成果题目), JSONL")
    parser.add_argument("--read", type=int, nargs="+", default=[10, 25, 50, 100, 200])
    parser.add_argument("--student", type=Path, help="编码器文件夹: 由它粗算")
    options = parser.parse_args()
    folder = data_path("corpora/benchmark")
    challenges = read_challenges(folder / "challenges.jsonl").records
    teams = list(read_teams(folder / "teams.jsonl").records)
    if options.others is not None:
        teams += [by_title(team) for team in read_teams(options.others).records]
    qrels = read_qrels(folder / "qrels_graded.txt")
    encoder = open_encoder(DEFAULT_ENCODER)
    if options.student is not None:
        student = resolve_encoder(options.student)
        setattr(encoder, "draft", student.encode_passages)  # noqa: B010
    with tempfile.TemporaryDirectory() as place:
        matchers = []
        for later in (False, True):
            opened = Workspace(Path(place) / str(later), encoder=encoder, later=later)
            opened.put([("challenge", challenges), ("team", teams)])
            matchers.append(opened.matcher())
        whole, drafted = matchers
        exact = run_of(whole)
        base = evaluate(qrels, exact)
        print(f"{len(teams)} 个团队, {len(challenges)} 项; 全部精算 {base.mean(_MEASURE):.4f}")
        for count in options.read:
            setattr(pipeline, "READ", count)  # noqa: B010
            run = run_of(drafted)
            measured = evaluate(qrels, run)
            kept = np.mean([len({*run[q][:10]} & {*exact[q][:10]}) / 10 for q in exact])
            print(
                f"精算前 {count}\t{measured.mean(_MEASURE):.4f}\t{difference(measured, base)}\t"
                f"前十名相同 {kept:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
