"""One value of ten or a hundred thousand characters costs in proportion to its length, whatever it
repeats.

What is held is processor time: each of these took from half a minute to hours when a run of signs
was read anew from each of its places.
"""

from __future__ import annotations

import csv
import io
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from matcher.alliances import alliance_facts, check_conditions
from matcher.contacts import hide_contacts, part_contacts
from matcher.corpora import read_any_of
from matcher.corpora.pasted import LONGEST_TEXT, challenge_from_text, source_sentences
from matcher.diagnosis import diagnose
from matcher.errors import InputError
from matcher.linking.directions import title_phrases
from matcher.policy import shipped_pack
from matcher.records import Challenge
from matcher.records.alliance import Alliance
from matcher.text.amounts import parse_duration
from matcher.text.indicators import parse_indicators
from matcher.text.needs import read_need
from matcher.text.normalise import clean

LONG, LONGER = 10_000, 100_000
MOST_SECONDS = 8.0
# Ten times as long takes ten times as long, or a hundred times where it grows with the square.
MOST_TIMES, LEAST_SECONDS = 25, 0.3
CHALLENGE = (
    "title", "demand_org", "problem", "tech_difficulties", "research_content", "indicators_text",
    "existing_basis", "excluded_routes", "eligibility_text", "ip_terms", "industry", "city",
)  # fmt: skip
ALLIANCE = (
    "name", "lead_org", "market_goal", "technical_targets", "benefit_mechanism", "talent_origin",
    "talent_kind", "income_of", "reward_agreed", "equity_share", "research_kind", "note",
)  # fmt: skip
REPEATED = ("外线", "自起", "-(", "\n ", "1", "1,", "一", "张", "和", "（", " ", "\n", "1.长\n",
            "13800000000", "成员雏",
            "联系人张三 13800000000；", "(1)", "联系人")  # fmt: skip
HEADER = ("项目名称", "需求单位", "技术需求", "考核指标", "榜额", "截止时间", "联系人", "某列")


def _diagnosed(value: str) -> None:
    diagnose(Challenge.model_validate({"challenge_id": "K", **dict.fromkeys(CHALLENGE, value)}))


def _pasted(value: str) -> None:
    half = value[: (LONGEST_TEXT - 20) // 2]  # what is longer is refused
    text = clean(f"轴承{half}强度{half}≥5MPa")
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


def _imported(value: str) -> None:
    """Of tables, a page with a form and text, and lists of works, everywhere."""
    table = io.StringIO()
    csv.writer(table).writerows(
        [[f"榜单{value}"], [*HEADER, f"备注{value}"], ["轴承钢", *[value] * 8], [f"注：{value}"]]
    )
    form = "".join(f"<tr><td>{name}<td>{value}" for name in HEADER)
    page = f"<html><table>{form}</table><p>1. {value}x<p>技术需求：{value}<p>考核指标 {value}强度"
    files = {
        "a.csv": table.getvalue(), "a.html": page,
        "a.bib": f"@article{{k,title={{钢{value}}},author={{张三 and {value} }},year={{2020}}\n}}",
        "a.txt": f"[1] 张三, {value} 李四. 钢{value}[J]. 钢铁, 2020.\n[2] 王五. 靶[J]. 钢铁, 2021.",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder) / name
            path.write_text(content, encoding="utf-8")
            with suppress(InputError):
                for found in read_any_of(path):
                    for reading in found.readings:
                        assert list(reading.records) or reading.rejects or reading.omitted


READERS = (_diagnosed, _pasted, _of_alliance, _parted, _imported)


def _spent(read: Callable[[str], None], repeated: str, length: int) -> float:
    started = time.process_time()
    read((repeated * length)[:length])
    return time.process_time() - started


@pytest.mark.slow
@pytest.mark.parametrize("repeated", REPEATED)
@pytest.mark.parametrize("read", READERS)
def test_a_long_value_is_read_in_proportion_to_its_length(
    read: Callable[[str], None], repeated: str
) -> None:
    read("轴承")  # what is loaded once
    assert _spent(read, repeated, LONG) < MOST_SECONDS


@pytest.mark.long
@pytest.mark.parametrize("repeated", REPEATED)
@pytest.mark.parametrize("read", READERS)
def test_ten_times_as_long_takes_no_more_than_its_share(
    read: Callable[[str], None], repeated: str
) -> None:
    read("轴承")

    def too_long() -> bool:
        once = max(_spent(read, repeated, LONG), LEAST_SECONDS)
        return _spent(read, repeated, LONGER) > MOST_TIMES * once

    assert not (too_long() and too_long())


@pytest.mark.parametrize("length", [30, 2_000, 20_000])
@pytest.mark.parametrize("word", ["外线", "移动", "电话/", "微信同号", "请联系", "-("])
def test_words_that_announce_a_contact_are_not_parted_in_every_way(word: str, length: int) -> None:
    """Forty letters of one of these took for ever."""
    started = time.process_time()
    found = part_contacts(f"{word * length}某 13812345678 {word * length}某")
    assert found.phones == ("13812345678",)
    assert time.process_time() - started < MOST_SECONDS


@pytest.mark.parametrize("word", ["最好", "要到", "需要", "并且", "1"])
def test_words_around_a_name_are_not_parted_in_every_way(word: str) -> None:
    """Two hundred of these took minutes."""
    started = time.process_time()
    parse_indicators(f"{word * 200}强度{word * 200}≥5MPa")
    assert time.process_time() - started < MOST_SECONDS


def test_a_term_is_not_parted_in_every_way() -> None:
    started = time.process_time()
    assert parse_duration("自起" * 2_000) is None
    assert parse_duration("自起重机到货起12个月") == 12
    assert time.process_time() - started < MOST_SECONDS


def test_what_is_longer_than_any_need_is_refused() -> None:
    with pytest.raises(InputError, match="文字太长"):
        challenge_from_text("轴" * (LONGEST_TEXT + 1))


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
