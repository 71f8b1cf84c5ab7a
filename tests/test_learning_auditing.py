"""The audit: shares that sum to one, known answers on a small library, nothing scored by it."""

from __future__ import annotations

from math import isnan, log2
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from matcher import Challenge, Matcher, Team
from matcher.corpora import write_records
from matcher.learning.auditing import audit, correlation, has_rank

from .conftest import Cli

TEAMS = [
    Team(team_id="1", org_name="大", org_type="高校", province="辽宁", profile="轴承钢夹杂物",
         team_name="冶金国家重点实验室"),
    Team(team_id="2", org_name="大", org_type="高校", province="辽宁", profile="轴承钢热处理"),
    Team(team_id="3", org_name="小", org_type="企业", profile="光刻胶树脂"),
]  # fmt: skip
CHALLENGES = [
    Challenge(challenge_id="A", title="轴承钢夹杂物"),
    Challenge(challenge_id="B", title="光刻胶"),
]


@pytest.fixture(scope="module")
def small() -> Matcher:
    return Matcher.from_records(CHALLENGES, TEAMS, encoder=None)


def test_the_first_place_counts_most(small: Matcher) -> None:
    found = audit(small, depth=2)
    # A lists 1 then 2, B lists 3 first and one of the others second.
    assert found.ranker.by_org["小"] == pytest.approx(1 / (2 + 2 / log2(3)))
    assert found.ranker.small == found.ranker.by_org["小"]
    assert found.library.by_org == {"大": pytest.approx(2 / 3), "小": pytest.approx(1 / 3)}
    assert found.library.hhi == pytest.approx(5 / 9)
    assert found.library.by_province == {"辽宁": pytest.approx(2 / 3), "未填": pytest.approx(1 / 3)}


def test_shares_sum_to_one_and_only_first_places_count_at_depth_one(small: Matcher) -> None:
    found = audit(small, depth=1)
    for exposure in (found.library, found.fused, found.ranker):
        for shares in (exposure.by_org, exposure.by_org_type, exposure.by_province):
            assert sum(shares.values()) == pytest.approx(1)
    assert found.ranker.by_org == {"大": 0.5, "小": 0.5}


def test_without_an_encoder_the_ranker_is_the_fused_score(small: Matcher) -> None:
    found = audit(small)
    assert found.ranker.by_org == found.fused.by_org
    assert isnan(found.ranker.correlations["成果条数"])


def test_correlations_are_those_of_scipy() -> None:
    drawn = np.random.default_rng(1)
    one, other = drawn.integers(0, 5, 300), drawn.random(300)
    found = correlation(one.tolist(), (one + other).tolist())
    assert found == pytest.approx(spearmanr(one, one + other).statistic, abs=1e-12)
    assert isnan(correlation([1.0, 2.0], [2.0, 1.0]))


def test_rank_is_seen_in_names_and_titles() -> None:
    assert has_rank(TEAMS[0])
    assert has_rank(Team(team_id="4", leader_title="中国科学院院士"))
    assert not has_rank(TEAMS[1])


def test_nothing_to_audit_is_an_audit_of_nothing() -> None:
    found = audit(Matcher.from_records([], TEAMS, encoder=None))
    assert (found.challenges, found.ranker.hhi, found.ranker.small) == (0, 0, 0)


def test_the_command_shows_the_library_beside_both_rankings(cli: Cli, tmp_path: Path) -> None:
    write_records(CHALLENGES, tmp_path / "榜单.jsonl")
    write_records(TEAMS, tmp_path / "团队.jsonl")
    asked = ("audit", "--challenges", "榜单.jsonl", "--teams", "团队.jsonl", "--encoder", "none")
    done = cli(*asked, "--output", "审计.md")
    assert done.code == 0, done.err
    assert "| 库中只有一个团队的单位 | 33.3% |" in done.out
    assert Path("审计.md").read_text(encoding="utf-8") == done.out
    data = cli(*asked, "--json").json
    assert data["teams"] == 3
    assert set(data["ranker"]["by_org"]) == {"大", "小"}
