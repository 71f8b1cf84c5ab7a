"""The data model: one list of fields, validated, frozen, without two meanings for one header."""

from datetime import date

import pytest
from pydantic import ValidationError

from matcher.corpora.headers.columns import normalise_header
from matcher.records import (
    Challenge,
    Evidence,
    Indicator,
    Outcome,
    Record,
    Team,
    headers,
    private_fields,
)

TYPES = [Challenge, Team, Evidence, Outcome]


@pytest.mark.parametrize("record_type", TYPES)
def test_no_header_means_two_fields(record_type: type[Record]) -> None:
    meaning: dict[str, str] = {}
    for field, header in headers(record_type):
        for name in (field, header.name, *header.synonyms):
            assert meaning.setdefault(normalise_header(name), field) == field, name


@pytest.mark.parametrize("record_type", TYPES)
def test_every_field_has_a_header_except_bookkeeping(record_type: type[Record]) -> None:
    assert set(record_type.model_fields) - {name for name, _ in headers(record_type)} == {
        "extra",
        "source",
    }


def test_contacts_are_the_private_fields() -> None:
    contacts = {"contact_name", "contact_phone", "contact_email"}
    assert private_fields(Challenge) == private_fields(Team) == contacts
    assert private_fields(Outcome) == private_fields(Evidence) == frozenset()


def test_records_are_frozen_and_refuse_unknown_fields() -> None:
    team = Team(team_id="1")
    with pytest.raises(ValidationError):
        team.team_name = "改名"
    with pytest.raises(ValidationError):
        Team(team_id="1", nickname="轧制")


def test_numbers_become_text_where_text_is_meant() -> None:
    challenge = Challenge(challenge_id=2021001.0, title=2021, keywords=[1, 2.5, "轧制"])
    assert (challenge.challenge_id, challenge.title) == ("2021001", "2021")
    assert challenge.keywords == ("1", "2.5", "轧制")


@pytest.mark.parametrize("empty", [None, "", "  ", [], ()])
def test_an_empty_list_has_many_spellings(empty: object) -> None:
    assert Team(team_id="1", members=empty).members == ()


def test_one_text_is_a_list_of_one() -> None:
    assert Team(team_id="1", members="王国栋").members == ("王国栋",)


@pytest.mark.parametrize(
    "values",
    [
        {"challenge_id": ""},
        {"challenge_id": "  "},
        {"challenge_id": None},
        {"challenge_id": "1", "target_trl": 10},
        {"challenge_id": "1", "bounty_wan": -1},
        {"challenge_id": "1", "bounty_wan": float("nan")},
        {"challenge_id": "1", "stage": "不存在"},
    ],
)
def test_values_out_of_bounds_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Challenge(**values)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_indicator_is_finite(value: float) -> None:
    with pytest.raises(ValidationError):
        Indicator(name="总氧", value=value)


def test_umbrella_words_say_nothing_about_the_kind() -> None:
    assert Evidence(kind="成果").kind == Evidence(kind=None).kind == "其他"
    assert Team(team_id="1", org_type=None, credit_status="", active_challenges=None) == Team(
        team_id="1"
    )


def test_a_challenge_is_open_until_its_deadline_and_before_the_contract() -> None:
    challenge = Challenge(challenge_id="1", apply_deadline=date(2026, 3, 31))
    assert challenge.is_open(date(2026, 3, 31))
    assert not challenge.is_open(date(2026, 4, 1))
    assert Challenge(challenge_id="1").is_open(date(2026, 4, 1))
    assert not Challenge(challenge_id="1", stage="流标").is_open(date(2026, 3, 1))


def test_free_text_with_a_long_first_line_has_no_title() -> None:
    assert Challenge.from_text("长" * 61).title == ""
    assert Challenge.from_text(" 轴承\n寿命不足 ").problem == "寿命不足"
    assert Challenge.from_text("").name == "文本"


def test_names_fall_back() -> None:
    assert Challenge(challenge_id="1", problem="问" * 50).name == "问" * 40
    assert Team(team_id="1", org_name="东北大学").name == "东北大学"
    assert Team(team_id="1").name == "1"
