"""Contacts are parted from free text by whatever door they come in, and shown at no exit."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from matcher import contacts
from matcher.contacts import hide_contacts, is_private_name, part_contacts
from matcher.corpora import read_any
from matcher.corpora.output.write import write_challenges
from matcher.records import Challenge, Evidence, Team, private_fields
from matcher.text.facets import facets

_FILE = Path(__file__).with_name("data") / "contacts.txt"
WAYS = [
    (way, tuple(secret.split("|")))
    for line in _FILE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for way, secret in [line.split("\t")]
]
_AROUND = (
    "{}",
    "密封圈两个月就漏，想换材料。{}",
    "柱塞泵寿命≥5000h，{}，压力≥15MPa。",
    "问题：漏油\n{}\n希望尽快解决",
)


def _seen(secrets: tuple[str, ...], text: str) -> list[str]:
    return [secret for secret in secrets if secret in text]


def test_every_way_of_writing_a_contact_is_found() -> None:
    assert len(WAYS) >= 195
    seen = []
    for way, secrets in WAYS:
        for around in _AROUND:
            text = around.format(way)
            if _seen(secrets, part_contacts(text).rest) or _seen(secrets, hide_contacts(text)):
                seen.append(text)
    assert not seen


def test_what_stands_around_a_contact_stays() -> None:
    for way, _ in WAYS:
        rest = part_contacts(f"柱塞泵寿命≥5000h，{way}，压力≥15MPa。").rest
        assert rest.startswith("柱塞泵寿命≥5000h"), way
        assert rest.endswith("压力≥15MPa。"), way


@pytest.mark.parametrize(
    "text",
    [
        "寿命≥13800000000次", "专利号ZL201310123456.7", "公开号CN113800000001A", "GB/T 13800-2000",
        "误差0.05-0.1234567", "温度-40~85℃，压力0.5-1.2MPa", "信用代码91210200MA00000X00",
        "项目编号2021JH1-10100001", "2021-03-05至2023-02-28", "产值138000000元",
        "ISBN 978-7-111-00000-0", "分子量1380000~15900000", "疲劳寿命10^7次", "电话机外壳注塑",
        "微信小程序端可查看", "联系人体工学设计座椅", "1200 1300 1400 1500", "手机中框阳极氧化",
    ],
)  # fmt: skip
def test_figures_are_no_contacts(text: str) -> None:
    assert part_contacts(text).rest == text
    assert hide_contacts(text) == text


def _public(record: Challenge | Team) -> str:
    """All but the private fields and the columns that are private by their name."""
    public = {name: value for name, value in record.extra.items() if not is_private_name(name)}
    shown = record.model_copy(update={"extra": public})
    return shown.model_dump_json(exclude=set(private_fields(type(record))))


def _challenge(way: str) -> Challenge:
    return Challenge.model_validate(
        {
            "challenge_id": "C1", "title": f"柱塞泵密封改进 {way}", "problem": f"密封圈漏油。{way}",
            "indicators_text": f"压力≥15MPa；{way}", "tech_difficulties": way,
            "keywords": ["密封", way], "extra": {"备注": way, "Tel": way},
        }
    )  # fmt: skip


def test_no_record_shows_a_contact_and_none_is_lost() -> None:
    for way, secrets in WAYS:
        challenge = _challenge(way)
        assert not _seen(secrets, _public(challenge)), way
        kept = challenge.contact_name + challenge.contact_phone + challenge.contact_email
        assert kept, way
        team = Team.model_validate(
            {"team_id": "T1", "team_name": "密封团队", "org_name": "示例大学", "profile": way,
             "research_directions": [way], "extra": {"微信": way, "说明": way}}
        )  # fmt: skip
        assert not _seen(secrets, _public(team)), way
        piece = Evidence.model_validate({"title": f"某论文 {way}", "abstract": way, "extra": {}})
        assert not _seen(secrets, piece.model_dump_json()), way


def test_no_part_of_a_challenge_that_is_searched_holds_a_contact() -> None:
    for way, secrets in WAYS:
        challenge = _challenge(way)
        shown = "\n".join(facet.text for facet in facets(challenge))
        assert not _seen(secrets, shown), way


def test_files_bring_no_contact_into_public_fields(tmp_path: Path) -> None:
    rows = [
        {
            "榜单编号": f"C{n}",
            "项目名称": f"密封改进{n}",
            "背景及主要问题": f"漏油。{way}",
            "备注": way,
        }
        for n, (way, _) in enumerate(WAYS)
    ]
    source = tmp_path / "list.json"
    source.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    read = read_any(source)
    assert read.challenges is not None
    records = {record.challenge_id: record for record in read.challenges.records}
    assert len(records) == len(WAYS)
    for number, (way, secrets) in enumerate(WAYS):
        assert not _seen(secrets, _public(records[f"C{number}"])), way
    out = tmp_path / "out.csv"
    write_challenges(list(records.values()), out)
    written = out.read_text(encoding="utf-8-sig")
    assert not [way for way, secrets in WAYS if _seen(secrets, written)]


def test_looking_only_where_a_contact_may_begin_misses_none() -> None:
    chosen = random.Random(7)
    ways = [way for way, _ in WAYS]
    found = 0
    for _ in range(600):
        pieces = (chosen.choice(ways) for _ in range(4))
        cut = [piece[chosen.randrange(len(piece)) // 2 :] for piece in pieces]
        text = chosen.choice(["", "a", "1", "-", "."]).join(cut).translate(contacts._FULL)
        everywhere = [one.span() for one in contacts._FINDERS.finditer(text)]
        assert [one.span() for one in contacts._found(text)] == everywhere, text
        found += len(everywhere)
        if not any(word in text for word in contacts._NAMING):
            assert contacts._NAMED.search(text) is None, text
    assert found > 500


def test_headers_of_contacts_are_private_in_any_language() -> None:
    for header in (
        "Tel", "Mobile", "phone", "PHONE", "办公电话", "微信", "E-mail", "QQ", "联系人", "传真",
    ):  # fmt: skip
        assert is_private_name(header), header
    for header in ("技术指标", "通信技术", "Hotel", "邮政编码", "Title", "电机"):
        assert not is_private_name(header), header


def test_names_of_files_sheets_and_columns_and_objects_in_cells_show_no_contact() -> None:
    made = Challenge.model_validate(
        {
            "challenge_id": "C1", "title": "密封改进",
            "source": {"file": "榜单 王工13912345777.xlsx", "sheet": "一季度13912345778", "row": 3},
            "extra": {
                "备注13912345779": "无", "其他": {"电话": "23887733", "说明": ["见 13912345780"]},
            },
        }
    )  # fmt: skip
    shown = made.model_dump_json(exclude=set(private_fields(Challenge)))
    assert not [n for n in ("1391234577", "1391234578", "王工", "23887733") if n in shown]
    assert made.source is not None
    assert (made.source.file, made.source.row) == ("榜单 ******.xlsx", 3)
    for number in ("13912345779", "23887733", "13912345780"):
        assert number in made.contact_phone
