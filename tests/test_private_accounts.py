"""Accounts of any platform, numbers told in words and names beside them; and what looks alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.records import Challenge

from .test_persons import SIGNS
from .test_private_fresh import public_of, seen

LINES = Path(__file__).with_name("data").joinpath("accounts.tsv").read_text("utf-8").splitlines()
WAYS = [line.split("\t") for line in LINES if not line.startswith("#")]
# What is a name alone is looked for in pasted texts only.
NAMED = ("炉温老匠", "炉火如镜", "访客", "Felix", "Kenny", "呼 延", "买买提", "虎占彪")


@pytest.mark.parametrize(("text", "private", "stays"), WAYS)
def test_accounts_are_parted_and_what_looks_like_them_stays(
    text: str, private: str, stays: str
) -> None:
    shown = public_of({"text": text.translate(SIGNS)})
    assert seen([one for one in private.split(";") if one], shown) == []
    assert [one for one in stays.split(";") if one not in shown] == []


@pytest.mark.parametrize(
    ("text", "private"), [way[:2] for way in WAYS if not way[1].startswith(NAMED)]
)
def test_a_record_by_any_door_keeps_accounts_to_itself(text: str, private: str) -> None:
    made = Challenge.model_validate(
        {"challenge_id": "1", "title": "炉", "problem": text, "extra": {"备注": text}}
    )
    shown = made.problem + str(made.extra)
    assert seen([one for one in private.split(";") if one], shown) == []
    assert private or shown.startswith(text)
