"""英雄不问出处: who a team is never changes its score. Personal contacts stay inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from matcher import Challenge, Matcher, Team, Workspace
from matcher.index.passages import challenge_passages, team_passages
from matcher.models import open_ranker
from matcher.records import private_fields
from matcher.report import FORMATS, write_run

CHANGED = ("L0001", "L0100", "L0211", "L0300")
HONOURS = ("国家重点实验室", "院士", "一等奖", "双一流", "国家科技进步一等奖", "教育部", "长江学者")


def scores(matcher: Matcher, library: Matcher) -> list[list[tuple[str, float]]]:
    """Every score a matcher's ranker gives for some challenges, to the last digit."""
    wanted = list(matcher.challenges)[:6]
    return [
        [(match.team.team_id, match.score) for match in ranking.matches]
        for ranking in replace(library, ranker=matcher.ranker).match(wanted, top=1000)
        if hasattr(ranking, "matches")
    ]


def changed(teams: Sequence[Team], change: Any) -> list[Team]:
    """The library with some teams changed."""
    return [
        team.model_copy(update=change(team)) if team.team_id in CHANGED else team for team in teams
    ]


@pytest.fixture(params=["lexical", "dense", "fused", "linear", "boosted", "shipped"])
def blind(request: pytest.FixtureRequest) -> Matcher:
    if request.param == "shipped":
        everyone: Matcher = request.getfixturevalue("fused")
        return replace(everyone, ranker=open_ranker("default", everyone.encoder))
    chosen: Matcher = request.getfixturevalue(request.param)
    return chosen


IDENTITIES: dict[str, Any] = {
    "leader": lambda team: {"leader_name": "钟某某"},
    "title": lambda team: {"leader_title": "中国科学院院士"},
    "members": lambda team: {"members": ("钱某", "孙某")},
    "type": lambda team: {"org_type": "企业" if team.org_type != "企业" else "高校"},
    "department": lambda team: {"department": "国家重点实验室"},
    "province": lambda team: {"province": "西藏", "city": "拉萨"},
    "affiliated": lambda team: {"affiliated_orgs": ("清华大学",)},
    "credit": lambda team: {"credit_status": "失信", "active_challenges": 9},
    "provenance": lambda team: {"source_url": "https://清华大学", "provenance": "院士推荐"},
    "extra": lambda team: {"extra": {"荣誉": "国家科技进步一等奖"}},
}


@pytest.mark.parametrize("change", IDENTITIES.values(), ids=IDENTITIES)
def test_who_a_team_is_never_reaches_what_is_searched(teams: tuple[Team, ...], change: Any) -> None:
    for before, after in zip(teams, changed(teams, change), strict=True):
        assert team_passages(before) == team_passages(after)


def test_the_organisation_in_a_name_is_not_searched(teams: tuple[Team, ...]) -> None:
    for team in teams:
        here = team.model_copy(update={"team_name": f"{team.org_name}{team.team_name}"})
        there = team.model_copy(
            update={"team_name": f"清华大学{team.team_name}", "org_name": "清华大学"}
        )
        assert team_passages(here) == team_passages(there) == team_passages(team)


def everything(team: Team) -> dict[str, Any]:
    """Another organisation, other people, other honours; the same work."""
    update: dict[str, Any] = {}
    for change in IDENTITIES.values():
        update |= change(team)
    update["org_name"] = "清华大学"
    update["team_name"] = team.team_name.replace(team.org_name, "清华大学") + "国家重点实验室"
    update["evidence"] = tuple(
        piece.model_copy(update={"title": f"{piece.title}(国家科技进步一等奖)"})
        for piece in team.evidence
    )
    return update


def swapped(teams: Sequence[Team]) -> list[Team]:
    """Every team changes hands at once."""
    return [
        team.model_copy(
            update={
                "org_name": other.org_name,
                "team_name": team.team_name.replace(team.org_name, other.org_name),
                "org_type": other.org_type,
                "province": other.province,
            }
        )
        for team, other in zip(teams, teams[::-1], strict=True)
    ]


@pytest.fixture(scope="module")
def libraries(fused: Matcher, teams: tuple[Team, ...]) -> dict[tuple[str, bool], Matcher]:
    """The library and its two disguises, with and without vectors."""
    wanted = list(fused.challenges.values())
    disguises = {"honoured": changed(teams, everything), "swapped": swapped(teams), "own": teams}
    assert all(disguises[name] != list(teams) for name in ("honoured", "swapped"))
    return {
        (name, encoder is not None): Matcher.from_records(wanted, disguise, encoder=encoder)
        for name, disguise in disguises.items()
        for encoder in (None, fused.encoder)
    }


@pytest.mark.slow
@pytest.mark.parametrize("disguise", ["honoured", "swapped"])
def test_no_identity_and_no_honour_changes_any_score(
    blind: Matcher, libraries: dict[tuple[str, bool], Matcher], disguise: str
) -> None:
    seen = blind.encoder is not None
    before = scores(blind, libraries["own", seen])
    assert len(before) == 6
    assert len({score for ranked in before for _, score in ranked}) > 30
    assert scores(blind, libraries[disguise, seen]) == before


@pytest.mark.parametrize("honour", HONOURS)
def test_honours_in_names_and_titles_are_not_searched(teams: tuple[Team, ...], honour: str) -> None:
    for pattern in ("{}{}", "{}({})", "{},{}", "{} {}", "{}【{}】"):
        for team in teams:
            if team.team_id not in CHANGED:
                continue
            honoured = team.model_copy(
                update={
                    "team_name": pattern.format(team.team_name, honour),
                    "evidence": tuple(
                        piece.model_copy(update={"title": pattern.format(piece.title, honour)})
                        for piece in team.evidence
                    ),
                }
            )
            before = [passage.text for passage in team_passages(team)]
            assert [passage.text for passage in team_passages(honoured)] == before


CONTACTS = {
    "contact_name": "欧阳暗号",
    "contact_phone": "13900001234",
    "contact_email": "secret@example.org",
}
PRIVATE = list(CONTACTS.values())


@pytest.fixture
def with_contacts() -> tuple[list[Challenge], list[Team]]:
    challenge = Challenge(challenge_id="题", title="轴承钢夹杂物", **CONTACTS)
    return [challenge], [Team(team_id="队", profile="轴承钢冶炼", **CONTACTS)]


def test_the_contacts_of_these_tests_are_all_private_fields() -> None:
    assert private_fields(Team) == private_fields(Challenge) == set(CONTACTS)


def test_contacts_are_in_no_passage_and_no_token(
    with_contacts: tuple[list[Challenge], list[Team]], tmp_path: Path
) -> None:
    challenges, teams = with_contacts
    for passage in (*challenge_passages(challenges[0]), *team_passages(teams[0])):
        assert not any(secret in repr(passage) for secret in PRIVATE)
    workspace = Workspace(tmp_path, encoder=None)
    workspace.put_challenges(challenges)
    workspace.put_teams(teams)
    rows = workspace._store._db.execute("SELECT kind, title, text, tokens FROM passages").fetchall()
    assert len(rows) == 2
    assert not any(secret in repr(rows) for secret in PRIVATE)
    assert workspace.teams()["队"].contact_name == "欧阳暗号"  # kept for whoever may see it


@pytest.mark.parametrize("file_format", FORMATS)
def test_contacts_are_in_no_run_file(
    with_contacts: tuple[list[Challenge], list[Team]], tmp_path: Path, file_format: str
) -> None:
    matcher = Matcher.from_records(*with_contacts, encoder=None)
    path = tmp_path / f"结果.{file_format}"
    write_run(matcher.match(explained=10), path, file_format, "t")  # type: ignore[arg-type]
    shown = cells(path) if file_format == "xlsx" else path.read_text(encoding="utf-8-sig")
    assert "队" in shown
    assert not any(secret in shown for secret in PRIVATE)


def cells(path: Path) -> str:
    return "\n".join(
        str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.values for cell in row
    )
