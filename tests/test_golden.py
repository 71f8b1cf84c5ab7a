"""The first three teams for thirty demonstration challenges, as they were last reviewed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from matcher import Challenge, Matcher, Team, read_challenges
from matcher.encoding import Encoder
from matcher.matches import Ranking
from matcher.resources import data_path

GOLDEN = Path(__file__).parent / "golden" / "demo_top3.json"
REVIEW = (
    "排序变了。若不是有意的, 请找原因; 若是有意的: 运行 "
    "python -m pytest tests/test_golden.py --update-golden, "
    "逐条看 git diff tests/golden/ 是否变好, 再提交。"
)
Top = dict[str, dict[str, list[str]]]


@pytest.fixture
def found(challenges: Sequence[Challenge], teams: Sequence[Team], encoder: Encoder) -> Top:
    chokepoints = read_challenges(data_path("corpora/demo/chokepoints35.jsonl")).records
    wanted = [*challenges[::6], *chokepoints[::3]]
    matcher = Matcher.from_records(wanted, teams, encoder=encoder)
    return {
        ranking.challenge.challenge_id: {
            "title": [ranking.challenge.title],
            "teams": [
                f"{match.team.team_id} {match.team.org_name} {match.team.team_name}"
                for match in ranking.matches
            ],
        }
        for ranking in matcher.match(top=3)
        if isinstance(ranking, Ranking)
    }


def test_the_first_three_are_those_that_were_reviewed(
    found: Top, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--update-golden"):
        written = json.dumps(found, ensure_ascii=False, indent=1)
        GOLDEN.write_text(written + "\n", encoding="utf-8")
    reviewed: Top = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert len(found) >= 30
    changed = [
        f"{challenge_id} {found[challenge_id]['title'][0]}\n"
        f"    以前: {'; '.join(reviewed.get(challenge_id, {}).get('teams', ['（没有）']))}\n"
        f"    现在: {'; '.join(found[challenge_id]['teams'])}"
        for challenge_id in found
        if found[challenge_id] != reviewed.get(challenge_id)
    ]
    assert not changed, REVIEW + "\n" + "\n".join(changed)
    assert found.keys() == reviewed.keys(), REVIEW
