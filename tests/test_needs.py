"""Needs as people paste them: a chat, a mail, a ramble, a row of a table (all invented)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from matcher.corpora import read_any
from matcher.corpora.pasted import challenge_from_text
from matcher.records import Challenge
from matcher.text.asked import of_line
from matcher.text.indicators import parse_indicators
from matcher.text.needs import is_need, read_need
from matcher.text.stated import candidates_of
from matcher.text.units import normalise_unit

_DATA = Path(__file__).parent / "data/needs"
_CASES = [json.loads(line) for line in (_DATA / "needs.jsonl").read_text("utf-8").splitlines()]
_TODAY = [json.loads(line) for line in (_DATA / "today.jsonl").read_text("utf-8").splitlines()]
# A title may carry a few words more than the shortest that names the need.
_MORE_WORDS = 12


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["title"])
def test_what_a_pasted_need_says_goes_to_its_fields(case: dict[str, Any]) -> None:
    made = challenge_from_text(case["text"])
    assert made.demand_org == case["demand_org"]
    assert made.bounty_wan == case["bounty_wan"]
    assert made.duration_months == case["duration_months"]
    assert str(made.apply_deadline or "") == (case["apply_deadline"] or "")
    found = made.indicators or parse_indicators(made.indicators_text)
    stated = [[i.operator, i.value, i.unit] for i in found]
    assert [target for target in case["indicators"] if target not in stated] == []
    public = {k: v for k, v in made.model_dump(mode="json").items() if "contact" not in k}
    assert [text for text in case["private"] if text in str(public)] == []


@pytest.mark.parametrize("name", ["needs", "later", "attack", "kinds"])
def test_titles_are_right_in_nine_of_ten(name: str) -> None:
    cases = [json.loads(line) for line in (_DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]
    titles = [(challenge_from_text(case["text"]).title, case["title"]) for case in cases]
    wrong = [
        one for one in titles if one[1] not in one[0] or len(one[0]) > len(one[1]) + _MORE_WORDS
    ]
    assert len(wrong) <= 0.1 * len(cases), wrong


@pytest.mark.parametrize("name", ["later", "attack", "kinds"])
def test_needs_written_before_they_were_read_are_right_in_nine_of_ten(name: str) -> None:
    """36, 20 and 6 needs: what each says was written down before the reading was tried on them."""
    text = (_DATA / f"{name}.jsonl").read_text("utf-8")
    cases = [json.loads(line) for line in text.splitlines()]
    fields = ("demand_org", "bounty_wan", "duration_months", "apply_deadline")
    right: Counter[str] = Counter()
    for case in cases:
        made = challenge_from_text(case["text"])
        told = made.model_dump(mode="json")
        right.update(field for field in fields if (told[field] or None) == case[field])
        found = made.indicators or parse_indicators(made.indicators_text)
        stated = {(i.operator, i.value, normalise_unit(i.unit)) for i in found}
        wanted = {(sign, value, normalise_unit(unit)) for sign, value, unit in case["indicators"]}
        right["indicators"] += len(wanted & stated)
        right["wanted"] += len(wanted)
        public = str({name: value for name, value in told.items() if "contact" not in name})
        assert [text for text in case["private"] if text in public] == []
    for field in fields:
        assert right[field] >= 0.9 * len(cases), (field, right[field])
    assert right["indicators"] >= 0.9 * right["wanted"]


def test_a_chat_in_a_file_is_a_challenge_and_a_notice_is_none(tmp_path: Path) -> None:
    chat, notice = tmp_path / "群聊.txt", tmp_path / "通知.txt"
    chat.write_text(_CASES[0]["text"], "utf-8")
    notice.write_text("关于征集技术需求的通知\n各有关单位：\n请于3月底前报送。", "utf-8")
    found = read_any(chat).challenges
    assert found is not None
    (made,) = found.records
    assert isinstance(made, Challenge)
    assert made.demand_org == "示例轴承有限公司"
    assert read_any(notice).notice is not None


def test_small_talk_is_no_need() -> None:
    assert not is_need("大家好，下午两点开会，想参加的说一声。")


@pytest.mark.parametrize("case", _TODAY, ids=lambda case: case["title"])
def test_how_bad_things_are_today_is_no_target(case: dict[str, Any]) -> None:
    found = [[i.operator, i.value, i.unit] for i in read_need(case["text"]).indicators]
    assert found == case["indicators"]


def test_each_of_very_many_days_is_told_with_its_clause_and_only_the_first_is_first() -> None:
    # Where every day looked through the whole text again this took two minutes.
    found = candidates_of("deadline", "报名在2027年3月1日前，" * 8_000)
    assert len(found) == 8_000
    assert {one.words for one in found} == {"报名在2027年3月1日前"}
    assert [bool(one.features["first"]) for one in found[:3]] == [True, False, False]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("4℃下贮藏21天，褐变指数不超过2.0", [("褐变指数", "4℃下贮藏21天")]),
        ("目前合格率85%，要求合格率不低于95%", [("合格率", "")]),
    ],
)
def test_a_circumstance_in_a_clause_of_its_own_goes_to_the_target_behind_it(
    line: str, told: list[tuple[str, str]]
) -> None:
    assert [(one.name, one.condition) for one in of_line(line)] == told
