"""Words of the laboratory: suggested, chosen by a person, searched and kept with the challenge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher import Challenge, Evidence, Matcher, Team
from matcher.ranking.query import queries
from matcher.ranking.suggestions import SuggestedTerm, suggested_terms, with_terms
from matcher.text.tokenise import default_tokenizer
from matcher.workspace import Workspace

from .conftest import Cli

ASKED = Challenge(
    challenge_id="C", title="连铸坯中心偏析控制", problem="厚板探伤不合格，芯部发黑开裂，要求轻压下"
)


def suggested(challenge: Challenge) -> tuple[SuggestedTerm, ...]:
    tokenizer = default_tokenizer()
    (query,) = queries([challenge], tokenizer, None)
    return suggested_terms(query, tokenizer)


def test_terms_come_from_near_problems_and_the_glossary() -> None:
    found = suggested(ASKED)
    assert {"电磁搅拌", "center segregation"} <= {s.term for s in found}
    assert {s.origin for s in found} == {"术语表", "相近难题"}
    assert next(s.of for s in found if s.term == "center segregation") == "中心偏析"
    assert len({s.term for s in found}) == len(found) <= 16


def test_what_is_said_already_is_not_suggested() -> None:
    said = ASKED.model_copy(update={"problem": "电磁搅拌效果不好"})
    assert "电磁搅拌" not in {s.term for s in suggested(said)}


def test_a_subject_nobody_wrote_of_gets_no_near_problems() -> None:
    strange = Challenge(challenge_id="C", title="合唱团排练曲目的编排", problem="")
    assert not [s for s in suggested(strange) if s.origin == "相近难题"]


@pytest.mark.parametrize(
    ("kept", "added", "removed", "left"),
    [
        ([], ["甲", "乙", "甲"], [], ["甲", "乙"]),
        (["甲", "乙"], ["丙"], ["甲"], ["乙", "丙"]),
        (["ArF"], ["arf"], [], ["ArF"]),
        (["甲"], [], ["丁"], ["甲"]),
    ],
)
def test_terms_are_added_and_removed(
    kept: list[str], added: list[str], removed: list[str], left: list[str]
) -> None:
    assert with_terms(kept, added, removed) == left


def test_kept_terms_are_searched() -> None:
    teams = [
        Team(team_id=i, team_name=i, org_name=i, evidence=[Evidence(title=title)])
        for i, title in (("A", "电磁搅拌与凝固组织"), ("B", "合唱指挥法"), ("D", "芯片设计"))
    ]
    asked = Challenge(challenge_id="C", title="厚板芯部发黑")
    matcher = Matcher.from_records([asked], teams, encoder=None)
    helped = asked.model_copy(update={"search_terms": ("电磁搅拌",)})
    best = matcher.find_teams(helped)[0]
    assert best.team_id == "A"
    assert best.explanation is not None
    assert "电磁搅拌" in best.explanation.terms
    assert not matcher.find_teams(asked)[0].explanation.terms  # type: ignore[union-attr]


def test_the_command_shows_and_keeps_them(cli: Cli, tmp_path: Path) -> None:
    opened = Workspace(tmp_path / "ws", encoder=None)
    opened.put_challenges([ASKED])
    where = ("-w", str(tmp_path / "ws"), "--encoder", "none", "--json")
    done = cli("terms", "C", *where)
    assert done.code == 0, done.err
    assert "电磁搅拌" in {s["term"] for s in json.loads(done.out)["suggested"]}
    added = cli("terms", "C", "--add", "电磁搅拌", "--add", "甲", *where)
    assert json.loads(added.out)["search_terms"] == ["电磁搅拌", "甲"]
    removed = cli("terms", "C", "--remove", "甲", *where)
    assert json.loads(removed.out)["search_terms"] == ["电磁搅拌"]
    assert Workspace(tmp_path / "ws", encoder=None).challenges()["C"].search_terms == ("电磁搅拌",)
