"""What of a record is searched, and what is not."""

from __future__ import annotations

import pytest

from matcher import Challenge, Evidence, Team
from matcher.index.documents import DocumentFacts, Filter
from matcher.index.indexing import BLOCK, entries, record_hash
from matcher.index.passages import (
    PROFILE,
    boasts,
    challenge_passages,
    subject_of_name,
    team_passages,
    without_rank,
)
from matcher.records import Source
from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, read_word_list
from matcher.text.facets import facets
from matcher.text.tokenise import default_tokenizer


def test_a_team_is_its_description_and_its_evidence() -> None:
    team = Team(
        team_id="1", team_name="轧制技术实验室", research_directions=["控轧控冷", "板形控制"],
        evidence=[
            Evidence(kind="论文", title="超快冷", abstract="换热系数", year=2019),
            Evidence(kind="专利"),
            Evidence(kind="项目", title="中厚板", indicators="温差≤25℃"),
        ],
    )  # fmt: skip
    found = team_passages(team)
    assert [(p.number, p.kind, p.title, p.year) for p in found] == [
        (0, PROFILE, "研究方向与能力", None),
        (1, "论文", "超快冷", 2019),
        (3, "项目", "中厚板", None),
    ]
    assert "控轧控冷。板形控制" in found[0].text
    assert found[1].text == "超快冷。换热系数"
    assert found[2].text == "中厚板。温差≤25℃"
    assert {p.document_id for p in found} == {"1"}


def test_a_team_without_text_has_no_passages() -> None:
    assert team_passages(Team(team_id="1", org_name="东北大学", leader_name="王国栋")) == ()


def test_a_challenge_is_its_facets_and_its_keywords() -> None:
    challenge = Challenge(
        challenge_id="1", title="靶材", research_content="1.提纯；2.烧结", keywords=["铟", "ITO"]
    )
    assert [(p.kind, p.text) for p in challenge_passages(challenge)] == [
        ("题目", "靶材"),
        ("攻关内容1", "提纯"),
        ("攻关内容2", "烧结"),
        ("关键词", "铟。ITO"),
    ]


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("轧制技术国家重点实验室", "轧制技术"),
        ("材料电磁过程研究教育部重点实验室(国家重点实验室)", "材料电磁过程研究"),
        ("院士工作站:光刻胶", "光刻胶"),
        ("国家重点实验室", ""),
        ("轴承钢", "轴承钢"),
    ],
)
def test_words_of_rank_are_left_out(name: str, subject: str) -> None:
    assert without_rank(name) == subject


def test_every_word_of_rank_is_left_out_as_a_whole() -> None:
    """The longest one at a place, as if they were tried one after the other."""
    words = read_word_list(data_path(f"{DICTIONARY_FOLDER}/rank_words.txt"))
    assert [word for word in words if without_rank(f"轧制{word}") != "轧制"] == []
    assert [word for word in words if not boasts(f"轧制{word}")] == []


def test_the_subject_of_a_name_is_without_organisation_leader_and_rank() -> None:
    team = Team(
        team_id="1", team_name="东北大学(东大)王国栋院士轧制技术国家重点实验室",
        org_name="东北大学", org_aliases=["东大"], leader_name="王国栋",
    )  # fmt: skip
    assert subject_of_name(team) == "轧制技术"


def test_the_hash_of_a_record_ignores_where_it_came_from() -> None:
    team = Team(team_id="1", profile="轴承", evidence=[Evidence(title="超快冷")])
    moved = Team(
        team_id="1", profile="轴承", source=Source(file="b.xlsx", row=9, sha256="ff"),
        evidence=[Evidence(title="超快冷", source=Source(file="b.xlsx", row=3))],
    )  # fmt: skip
    assert record_hash(team) == record_hash(moved)


@pytest.mark.parametrize(
    "change",
    [
        {"profile": "轴承钢"},
        {"province": "辽宁"},
        {"contact_name": "张三"},
        {"extra": {"备注": "1"}},
    ],
)
def test_the_hash_of_a_record_covers_everything_else(change: dict[str, object]) -> None:
    team = Team(team_id="1", profile="轴承")
    assert record_hash(team) != record_hash(team.model_copy(update=change))


def test_entries_keep_the_order_and_tell_progress_by_block() -> None:
    teams = [Team(team_id=f"{n:03}", profile="轴承") for n in range(BLOCK + 2)]
    told: list[tuple[int, int]] = []
    made = list(entries(teams, default_tokenizer(), None, lambda *done: told.append(done)))
    assert [entry.record_id for entry in made] == [team.team_id for team in teams]
    assert told == [(BLOCK, BLOCK + 2), (BLOCK + 2, BLOCK + 2)]
    assert made[0].vectors is None


@pytest.mark.parametrize(
    ("wanted", "place", "same"),
    [
        ("辽宁", "辽宁省", True),
        ("辽宁省", "辽宁", True),
        ("内蒙古", "内蒙古自治区", True),
        ("新疆维吾尔自治区", "新疆", True),
        ("吉林", "辽宁", False),
        ("辽宁", "", False),
        ("", "", True),
        ("", "辽宁", True),
    ],
)
def test_places_are_the_same_with_and_without_suffix(wanted: str, place: str, same: bool) -> None:
    assert Filter(province=wanted).accepts(DocumentFacts("1", province=place)) is same
    assert Filter(city=wanted).accepts(DocumentFacts("1", city=place)) is same


def test_numbers_and_addresses_written_into_a_text_are_not_searched() -> None:
    said = "轴承钢冶炼, 联系王工13900001111或 wang@example.com, 寿命≥20000000次"
    team = Team(
        team_id="T", profile=said, facilities=[said],
        evidence=[Evidence(kind="论文", title=said, abstract=said)],
    )  # fmt: skip
    challenge = Challenge(
        challenge_id="C", title=said, problem=said, keywords=[said],
        tech_difficulties=said, research_content=f"1.{said}\n2.{said}", indicators_text=said,
    )  # fmt: skip
    passages = [*team_passages(team), *challenge_passages(challenge)]
    texts = [*(p.text for p in passages), *(p.title for p in passages)]
    texts += [facet.text for facet in facets(challenge)]
    assert not [text for text in texts if "1390000" in text or "@" in text]
    assert all("20000000" in passage.text for passage in passages)
