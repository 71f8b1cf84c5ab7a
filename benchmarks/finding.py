"""How what a search finds was graded by hand: the finds, the weak ones among them.

    python benchmarks/finding.py

Each challenge of the benchmark is searched for by its title; what is found of its teams was graded
for the most part (3 to the point, 2 near, 1 the same broad field, 0 unrelated). What was not graded
counts as unrelated.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from matcher import Challenge, Matcher, read_challenges, read_teams
from matcher.encoding import DEFAULT_ENCODER
from matcher.ranking.finding import finds
from matcher.ranking.query import queries

_BENCHMARK = Path(__file__).resolve().parents[1] / "corpora" / "benchmark"


def grades() -> dict[str, dict[str, int]]:
    """Of each challenge, by team."""
    made: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (_BENCHMARK / "qrels_graded.txt").read_text(encoding="utf-8").splitlines():
        challenge, _, team, grade = line.split()
        made[challenge][team] = int(grade)
    return made


def main() -> None:
    """Print how many were found a search, and how they were graded."""
    challenges = read_challenges(_BENCHMARK / "challenges.jsonl").records
    teams = read_teams(_BENCHMARK / "teams.jsonl").records
    matcher = Matcher.from_records((), teams, encoder=DEFAULT_ENCODER)
    graded = grades()
    found: dict[bool, list[int]] = {False: [], True: []}
    for challenge in challenges:
        typed = Challenge(challenge_id="查找", title=challenge.title)
        (query,) = queries([typed], matcher.tokenizer, matcher.encoder)
        for find in finds(query, matcher.library.source, matcher.centre):
            found[find.weak].append(graded[challenge.challenge_id].get(find.document_id, -1))
    for weak, name in ((False, "其余"), (True, "相关性低")):
        given = np.array(found[weak])
        print(
            f"{name}: 每次查找 {len(given) / len(challenges):.1f} 个, "
            f"判过的 {(given >= 0).mean():.0%}, 其中和没有判过的合计: "
            f"相近以上 (2, 3) {(given >= 2).mean():.0%}, 同一大领域以上 {(given >= 1).mean():.0%}"
        )


if __name__ == "__main__":
    main()
