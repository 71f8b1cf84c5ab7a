"""The bundled corpora keep what their data card promises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from matcher import Challenge, Team, read_challenges, read_teams
from matcher.records import EVIDENCE_KINDS, ORG_TYPES, private_fields
from matcher.resources import data_path

DEMO = data_path("corpora/demo")
PROVINCES = frozenset(
    """
    北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南
    广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾
    """.split()  # noqa: SIM905
)


@pytest.fixture(scope="module")
def every_challenge(challenges: Sequence[Challenge]) -> list[Challenge]:
    return [*challenges, *read_challenges(DEMO / "chokepoints35.jsonl").records]


def text(challenge: Challenge) -> str:
    return "\n".join(
        (challenge.title, challenge.problem, challenge.research_content, challenge.indicators_text,
         challenge.tech_difficulties, *challenge.keywords)
    )  # fmt: skip


@pytest.mark.parametrize("name", ["challenges", "chokepoints35"])
def test_challenge_lists_read_without_a_reject(name: str) -> None:
    reading = read_challenges(DEMO / f"{name}.jsonl")
    assert (reading.rejects, reading.unknown_columns) == ((), ("year",))


def test_the_library_reads_without_a_reject() -> None:
    reading = read_teams(DEMO / "teams.jsonl")
    assert (reading.rejects, reading.unknown_columns) == ((), ())


def test_there_is_enough_to_try_the_software_on(
    every_challenge: list[Challenge], challenges: Sequence[Challenge], teams: Sequence[Team]
) -> None:
    assert len(challenges) >= 100
    assert len(every_challenge) - len(challenges) == 35
    assert len(teams) >= 400


def test_ids_are_unique(every_challenge: list[Challenge], teams: Sequence[Team]) -> None:
    ids = [record.record_id for record in (*every_challenge, *teams)]
    assert len(ids) == len(set(ids))


def test_places_kinds_and_types_are_of_the_fixed_lists(
    every_challenge: list[Challenge], teams: Sequence[Team]
) -> None:
    assert {team.province for team in teams} <= PROVINCES
    assert {challenge.province for challenge in every_challenge} <= PROVINCES | {""}
    assert {piece.kind for team in teams for piece in team.evidence} <= set(EVIDENCE_KINDS)
    assert {team.org_type for team in teams} <= set(ORG_TYPES)
    assert {team.provenance for team in teams} <= {"page", "general_knowledge"}


def test_no_record_holds_a_contact(every_challenge: list[Challenge], teams: Sequence[Team]) -> None:
    for record in (*every_challenge, *teams):
        assert {getattr(record, name) for name in private_fields(type(record))} == {""}


def test_no_challenge_names_an_organisation_a_team_or_a_person(
    every_challenge: list[Challenge], teams: Sequence[Team]
) -> None:
    names = {
        name
        for team in teams
        for name in (team.org_name, *team.org_aliases, *team.affiliated_orgs, team.team_name,
                     team.leader_name, *team.members)
        if len(name) > 1
    }  # fmt: skip
    assert len(names) > 400
    told = [(c.challenge_id, name) for c in every_challenge for name in names if name in text(c)]
    assert told == []


def test_every_challenge_can_be_matched(every_challenge: list[Challenge]) -> None:
    assert [c.challenge_id for c in every_challenge if not (c.title and c.problem)] == []


def test_clauses_of_indicators_are_words_of_the_problem(challenges: Sequence[Challenge]) -> None:
    stray = [
        (challenge.challenge_id, clause)
        for challenge in challenges
        for clause in challenge.indicators_text.split(";")
        if clause and clause not in challenge.problem
    ]
    assert stray == []


def judgements(path: Path) -> list[tuple[str, str, str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(a, b, c, d) for a, b, c, d in (line.split() for line in lines)]


@pytest.mark.parametrize("name", ["qrels_org", "qrels_team"])
def test_judgements_are_about_records_that_are_there(
    name: str, challenges: Sequence[Challenge], teams: Sequence[Team]
) -> None:
    ids = {challenge.challenge_id for challenge in challenges}
    answers = {team.team_id for team in teams} | {f"ORG:{team.org_name}" for team in teams}
    rows = judgements(DEMO / f"{name}.txt")
    assert len(rows) > 50
    for challenge_id, zero, answer, grade in rows:
        assert challenge_id in ids
        assert answer in answers
        assert (zero, grade) in {("0", "1"), ("0", "2")}
    assert len({row[::2] for row in rows}) == len(rows)


def test_judged_teams_belong_to_judged_organisations(teams: Sequence[Team]) -> None:
    org_of = {team.team_id: team.org_name for team in teams}
    by_org = {(row[0], row[2]) for row in judgements(DEMO / "qrels_org.txt")}
    for challenge_id, _, team_id, _ in judgements(DEMO / "qrels_team.txt"):
        assert (challenge_id, f"ORG:{org_of[team_id]}") in by_org
