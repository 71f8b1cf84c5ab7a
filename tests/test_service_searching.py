"""Search as people expect it: by words and by meaning, in order, counted, suggested, chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher.pipeline import Matcher
from matcher.ranking.finding import Find, finds
from matcher.ranking.query import queries
from matcher.records import Challenge
from matcher.service.desk.searching import counted
from matcher.service.live import searching
from matcher.service.live.suggesting import Lines
from matcher.service.showing import team_line

from .service import TEAMS, Caller, make_app

API = "/api/v1"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return make_app(tmp_path_factory.mktemp("searching"), public_lists=True)


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Caller:
    return Caller(app, "staff")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("轴承钢", ["K1"]),
        ("轴承 疲劳", ["K1"]),  # the words need not stand together
        ("夹杂物轴承钢", ["K1"]),  # nor in this order
        ("树脂分子量", ["K2"]),
        ("K2", ["K2"]),
        ("合唱指挥", []),
    ],
)
def test_words_find_challenges(staff: Caller, text: str, wanted: list[str]) -> None:
    found = staff.get(f"{API}/challenges", params={"q": text}).json()
    assert [one["challenge_id"] for one in found["items"]] == wanted


def test_what_may_not_be_seen_is_neither_found_nor_counted_nor_suggested(app: FastAPI) -> None:
    public = Caller(app)
    for text in ("靶材", "未发布的靶材难题"):
        assert public.get(f"{API}/challenges", params={"q": text}).json()["total"] == 0
        assert public.get(f"{API}/challenges/suggestions", params={"q": text}).json() == []
        choices = public.get(f"{API}/challenges/choices", params={"q": text}).json()
        assert not any(choices.values())
    assert Caller(app, "enterprise").get(f"{API}/challenges?q=靶材").json()["total"] == 1
    assert public.get(f"{API}/teams/suggestions?q=轴承").status_code == 401


def test_teams_are_found_by_what_they_do_and_by_who_they_are(staff: Caller) -> None:
    for text, team in (("树脂合成", "T2"), ("外地研究所", "T2"), ("夹杂物与疲劳", "T1")):
        items = staff.get(f"{API}/teams", params={"q": text}).json()["items"]
        assert items[0]["team_id"] == team, text
    (hit,) = staff.get(f"{API}/teams", params={"q": "轴承钢 寿命"}).json()["items"]
    assert (hit["team_id"], hit["excerpt"]) == ("T1", "轴承钢夹杂物与疲劳寿命")
    page = staff.get("/teams", params={"q": "轴承钢 寿命"}).text
    assert "<mark>轴承钢</mark>" in page
    assert "疲劳<mark>寿命</mark>" in page


def test_finds_hold_the_words_or_are_near_and_the_weak_are_told(fused: Matcher) -> None:
    typed = [Challenge(challenge_id="查找", title=text) for text in ("电池低温", "疫苗", "轴承钢")]
    told = set()
    for query in queries(typed, fused.tokenizer, fused.encoder):
        found = finds(query, fused.library.source, fused.centre)
        assert all(3 <= find.score < 4 for find in found if find.weak)
        told |= {find.weak for find in found}
    assert told == {False, True}


def test_the_weak_come_last_below_a_line(
    app: FastAPI, staff: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = (Find("K2", 9.0, 0, True), Find("U2", 5.0, 1, False), Find("K1", 3.5, 2, True))
    monkeypatch.setattr(searching, "finds", lambda *_: near)
    for order in ("relevance", "deadline"):
        told = staff.get(f"{API}/challenges?q=洁净度&sort={order}").json()["items"]
        # A record that holds what was typed as it was typed is never weak.
        assert [(one["challenge_id"], one["weak"]) for one in told] == [
            ("K1", False), ("U2", False), ("K2", True)]  # fmt: skip
    page = staff.get("/challenges?q=洁净度").text
    assert page.count("以下相关性低") == 1
    assert page.index("别家未发布") < page.index("以下相关性低") < page.index("光刻胶")
    assert "以下相关性低" in staff.get("/challenges?q=洁净度&page=3&size=1").text
    assert "以下相关性低" not in staff.get("/challenges?q=洁净度&page=2&size=1").text


def test_facets_count_what_choosing_them_would_leave(staff: Caller) -> None:
    def of(**query: str) -> dict[str, dict[str, int]]:
        told = staff.get(f"{API}/teams/choices", params=query).json()
        return {name: {o["value"]: o["count"] for o in options} for name, options in told.items()}

    everything = of()
    assert everything["provinces"] == {"辽宁": 1, "江苏": 1}
    assert everything["kinds"] == {"论文": 1, "专利": 1}
    there = of(province="辽宁")
    assert there["provinces"] == everything["provinces"]  # its own facet can be changed
    assert there["kinds"] == {"论文": 1}
    for name, values in everything.items():
        singular = {"cities": "city"}.get(name, name.removesuffix("s"))
        for value, count in values.items():
            left = staff.get(f"{API}/teams", params={singular: value}).json()["total"]
            assert left == count, (name, value)


def test_a_line_that_fails_two_filters_counts_for_neither() -> None:
    line = team_line(TEAMS[0])
    values = {"province": lambda _: ["辽宁"], "city": lambda _: ["大连"]}
    no = {"province": lambda _: False, "city": lambda _: False}
    assert counted([line], no, values) == {"province": [], "city": []}


def test_suggestions_name_records_and_words(staff: Caller) -> None:
    told = staff.get(f"{API}/teams/suggestions?q=轴承").json()
    assert ("用词", "轴承钢夹杂物控制") in {(one["kind"], one["value"]) for one in told}
    assert ("团队", "T1") in {(one["kind"], one["value"]) for one in told}
    (only,) = staff.get(f"{API}/challenges/suggestions?q=光刻&records=1").json()
    assert (only["value"], only["label"], only["note"]) == (
        "K2",
        "光刻胶树脂合成",
        "另一家有限公司",
    )
    assert staff.get(f"{API}/teams/suggestions?q=没有这样的").json() == []
    assert staff.get(f"{API}/teams/suggestions?q=").status_code == 422


def test_lines_are_found_by_every_word_once_and_by_their_place() -> None:
    lines = Lines.of(["高端轴承 轴承厂", "轴承 钢厂", "", "ＩＴＯ靶材"])
    assert list(lines.holding("轴承")) == [(0, 2), (1, 0)]
    assert list(lines.holding("轴承 钢")) == [(1, 0)]
    assert list(lines.holding("ito")) == [(3, 0)]
    assert list(lines.holding(" ")) == []


def test_a_record_may_be_chosen_by_its_name(tmp_path: Path) -> None:
    staff = Caller(make_app(tmp_path), "staff")
    form = {"csrf": staff.token, "stage": "揭榜", "challenge_id": "光刻胶树脂合成"}
    made = staff.client.post("/staff/outcomes", data={**form, "team_id": "光刻胶团队"})
    assert made.headers["location"] == "/staff/outcomes?challenge=K2"
    refused = staff.client.post("/staff/outcomes", data={**form, "team_id": "光刻胶"})
    assert refused.status_code == 422
    assert "是否指：光刻胶团队（T2，外地研究所）" in refused.text
    for page, boxes in (("/staff/outcomes", 3), ("/staff/review/K1", 1)):
        assert staff.get(page).text.count("data-suggest") == boxes, page
