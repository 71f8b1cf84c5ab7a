"""One value of ten thousand characters costs in proportion to its length, whatever it repeats.

What is held is processor time: each of these took from half a minute to hours when a run of signs
was read anew from each of its places.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from matcher.alliances import alliance_facts, check_conditions
from matcher.contacts import hide_contacts, part_contacts
from matcher.corpora.pasted import challenge_from_text, source_sentences
from matcher.diagnosis import diagnose
from matcher.linking.directions import title_phrases
from matcher.policy import shipped_pack
from matcher.records import Challenge
from matcher.records.alliance import Alliance
from matcher.text.needs import read_need
from matcher.text.normalise import clean

LONG = 10_000
MOST_SECONDS = 8.0
CHALLENGE = (
    "title", "demand_org", "problem", "tech_difficulties", "research_content", "indicators_text",
    "existing_basis", "excluded_routes", "eligibility_text", "ip_terms", "industry", "city",
)  # fmt: skip
ALLIANCE = (
    "name", "lead_org", "market_goal", "technical_targets", "benefit_mechanism", "talent_origin",
    "talent_kind", "income_of", "reward_agreed", "equity_share", "research_kind", "note",
)  # fmt: skip
REPEATED = ("1", "1,", "一", "张", "和", "（", " ", "\n", "1.长\n", "13800000000", "成员雏",
            "联系人张三 13800000000；")  # fmt: skip


def _diagnosed(value: str) -> None:
    diagnose(Challenge.model_validate({"challenge_id": "K", **dict.fromkeys(CHALLENGE, value)}))


def _pasted(value: str) -> None:
    text = clean(f"轴承{value}强度{value}≥5MPa")
    source_sentences(text, challenge_from_text(text))
    read_need(text)


def _of_alliance(value: str) -> None:
    alliance = Alliance.model_validate({"alliance_id": "A", **dict.fromkeys(ALLIANCE, value)})
    pack = shipped_pack("zhejiang-2021")
    check_conditions(pack, alliance_facts(pack, alliance, {}))


def _parted(value: str) -> None:
    written = f"联系人张三 13812345678 {value} 李四 a@b.com"
    assert "13812345678" not in hide_contacts(written)
    assert "13812345678" in part_contacts(written).phones


@pytest.mark.slow
@pytest.mark.parametrize("repeated", REPEATED)
@pytest.mark.parametrize("read", [_diagnosed, _pasted, _of_alliance, _parted])
def test_a_long_value_is_read_in_proportion_to_its_length(
    read: Callable[[str], None], repeated: str
) -> None:
    read("轴承")  # what is loaded once
    started = time.process_time()
    read((repeated * LONG)[:LONG])
    assert time.process_time() - started < MOST_SECONDS


def test_the_ends_of_a_title_are_not_parted_in_every_way() -> None:
    started = time.process_time()
    title_phrases("轴承" + "理论方法技术" * 200 + "某")
    assert time.process_time() - started < MOST_SECONDS


def test_a_name_beyond_a_wide_gap_goes_with_its_contact() -> None:
    found = part_contacts(f"轴承漏油。联系人：张三{' ' * 500}13812345678")
    assert (found.rest, found.names) == ("轴承漏油。", ("张三",))


def test_an_origin_of_commas_says_nothing() -> None:
    pack = shipped_pack("liaoning-2021")
    alliance = Alliance(alliance_id="A", talent_origin="、，", talents=2)
    assert check_conditions(pack, alliance_facts(pack, alliance, {}))
