"""Messy needs by a reader who had not seen the software, from pasting to every public exit."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher import Challenge, Matcher
from matcher.contacts import is_private_name
from matcher.corpora.pasted import challenge_from_text
from matcher.records import private_fields
from matcher.report import ReportInputs, build_report, write_report
from matcher.text.normalise import simplify
from matcher.workspace import STORE_FILE

from .service import ANY, TEAMS, Caller, make_app
from .test_text_fresh import DATA, SECOND, wrong_parts

API = "/api/v1"
# Who wrote forty needs each on one day, and had seen nothing of the software or of each other.
FOUR = ("eleventh", "twelfth", "thirteenth", "fourteenth")


def needs_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


NEEDS, LATER, LAST, OWN, UNSEEN, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, LATE, LATEST = (
    needs_in(path)
    for path in (
        *(folder / "needs.jsonl" for folder in (DATA, SECOND, DATA / "third")),
        DATA.parent / "needs" / "fourth.jsonl",
        *(
            DATA / name / "needs.jsonl"
            for name in (
                "fourth",
                "fifth",
                "sixth",
                "seventh",
                "eighth",
                "ninth",
                "tenth",
                "fifteenth",
                "sixteenth",
            )
        ),
    )
)


def plain(text: str | None) -> str:
    return simplify(text or "").replace("(", "（").replace(")", "）")


def right_fields(need: dict[str, Any], made: Challenge) -> dict[str, bool]:
    titles = (one if isinstance(one, list) else [one] for one in need["title_must"])
    sums = [need["amount_wan"], *need.get("amount_also", ())]
    return {
        "title": all(any(word in made.title for word in words) for words in titles),
        "organisation": plain(made.demand_org) == plain(need["organisation"]),
        "amount": any(made.bounty_wan in one if one else made.bounty_wan is None for one in sums),
        "deadline": (str(made.apply_deadline) if made.apply_deadline else None)
        in [need["deadline"], *need.get("deadline_also", ())],
        "term": made.duration_months in [need["term_months"], *need.get("term_also", ())],
    }


def targets_found(need: dict[str, Any], made: Challenge) -> int:
    left = [one for one in made.indicators if one.value is not None]
    found = 0
    for wanted in need["indicators"]:
        named = {**wanted, "name": simplify(wanted["name"] or "")}
        one = next((one for one in left if not wrong_parts(named, one)), None)
        if one is not None:
            left.remove(one)
            found += 1
    return found


def seen(private: list[str], text: str) -> list[str]:
    """What can be read of them, however the digits of a number are set."""
    bare = re.sub(r"[\s\-－—.·]", "", text)
    digits = {one: re.sub(r"\D", "", one) for one in private}
    return [one for one in private if one in text or (len(digits[one]) > 6 and digits[one] in bare)]


def test_a_fresh_readers_messy_needs_are_read() -> None:
    """10 titles of 23, 22 organisations, 20 terms, 78 of 98 targets when they were first run."""
    right: Counter[str] = Counter()
    wrong, wanted, found = [], 0, 0
    for need in NEEDS:
        made = challenge_from_text(need["text"])
        fields = right_fields(need, made)
        right.update(name for name, is_right in fields.items() if is_right)
        wrong += [(need["title"], name) for name, is_right in fields.items() if not is_right]
        wanted += len(need["indicators"])
        found += targets_found(need, made)
    assert len(NEEDS) == 24
    assert min(right[name] for name in fields) >= 23, wrong
    assert found >= 0.97 * wanted


@pytest.mark.parametrize(
    ("needs", "least", "targets"),
    [  # the days by weights fitted on them, too: 16 writers' by others' weights are 427 of 448
        # 5 titles of 24, 19 organisations, 20 sums, 21 days, 18 terms, 55 of 88 targets at first
        (LATER, (19, 24, 21, 24, 22), 66),
        # 16 of 24, 19, 18, 18, 19 and 34 of 59 at first, by a third writer
        (LAST, (19, 24, 24, 24, 24), 42),
        # 20 of 24, 20, 19, 20, 19 and 52 of 72 at first, by one who knew the software
        (OWN, (22, 24, 23, 22, 22), 60),
        # 15 of 24, 21, 18, 23, 24 and 48 of 65 at first, by a fourth writer
        (UNSEEN, (19, 22, 20, 24, 24), 50),
        # 7, 23, 20, 22, 24 and 56 of 79 at first, by a fifth
        (FIFTH, (16, 23, 21, 24, 24), 59),
        # 7, 20, 18, 21, 22 and 51 of 75 at first, by a sixth
        (SIXTH, (16, 23, 22, 24, 22), 63),
        # 18, 16, 22, 20, 23 and 48 of 72 at first, by a seventh
        (SEVENTH, (19, 21, 24, 23, 24), 56),
        # 13, 20, 18, 17, 21 and 43 of 74 at first, by an eighth
        (EIGHTH, (17, 23, 23, 24, 23), 51),
        # 13, 22, 19, 19, 24 and 39 of 69 at first, by a ninth
        (NINTH, (17, 22, 22, 24, 24), 44),
        # 11, 19, 19, 23, 21 and 48 of 71 at first, by a tenth
        (TENTH, (19, 19, 19, 24, 21), 50),
        # 19, 21, 22, 15, 22 and 56 of 74 at first, by a fifteenth
        (LATE, (19, 21, 22, 24, 23), 59),
        # 21, 23, 23, 21, 23 and 37 of 74 at first, by a sixteenth
        (LATEST, (21, 23, 23, 24, 24), 42),
    ],
    ids=[
        "second",
        "third",
        "own",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "fifteenth",
        "sixteenth",
    ],
)
def test_other_writers_messy_needs_are_read_as_far_as_they_were(
    needs: list[dict[str, Any]], least: tuple[int, ...], targets: int
) -> None:
    assert len(needs) == 24
    assert short_of(needs, least, targets) == {}


@pytest.mark.parametrize(
    ("name", "count", "least", "targets"),
    [  # the first four by weights fitted on them, too; 31, 26, 39, 36, 37 and 82 at first
        ("eleventh", 40, (31, 39, 40, 40, 40), 94),
        # 36, 29, 33, 25, 36 and 74 at first
        ("twelfth", 40, (36, 33, 38, 30, 38), 82),
        # 31, 28, 30, 36, 36 and 68 at first
        ("thirteenth", 40, (31, 38, 38, 40, 38), 75),
        # 30, 28, 35, 31, 36 and 79 at first
        ("fourteenth", 40, (30, 37, 39, 38, 39), 87),
        # Nothing was fitted on these; days 27 and 26 of 30 before those were chosen.
        ("seventeenth", 30, (27, 27, 25, 29, 25), 60),
        ("eighteenth", 30, (20, 23, 27, 28, 26), 65),
        # Nor on these, and nothing was changed for them: the first figures are those of today.
        *(
            pytest.param(name, 40, least, targets, marks=pytest.mark.long)
            for name, least, targets in (
                ("nineteenth", (34, 29, 37, 38, 38), 78),
                ("twentieth", (30, 33, 37, 38, 37), 87),
                ("twentyfirst", (31, 31, 35, 31, 40), 83),
                ("twentysecond", (34, 28, 34, 37, 38), 85),
                ("twentythird", (31, 32, 39, 35, 38), 67),
                ("twentyfourth", (26, 26, 33, 33, 40), 77),
            )
        ),
    ],
)
def test_needs_of_later_writers_are_read_as_far_as_they_were(
    name: str, count: int, least: tuple[int, ...], targets: int
) -> None:
    needs = needs_in(DATA / name / "needs.jsonl")
    assert len(needs) == count
    assert short_of(needs, least, targets) == {}


def test_of_two_writers_whom_nothing_was_fitted_on_one_private_string_is_left() -> None:
    needs = [need for name in ("seventeenth", "eighteenth")
             for need in needs_in(DATA / name / "needs.jsonl")]  # fmt: skip
    assert {one for need in needs for one in seen(need["private"], public_of(need))} <= {"苗苗"}


@pytest.mark.long
def test_of_six_writers_whom_nothing_was_fitted_on_few_private_strings_are_left() -> None:
    names = ("nineteenth", "twentieth", "twentyfirst", "twentysecond", "twentythird",
             "twentyfourth")  # fmt: skip
    needs = [need for name in names for need in needs_in(DATA / name / "needs.jsonl")]
    left = [one for need in needs for one in seen(need["private"], public_of(need))]
    assert len(left) <= 14
    assert sum(len(need["private"]) for need in needs) > 400


def short_of(needs: list[dict[str, Any]], least: tuple[int, ...], targets: int) -> dict[str, int]:
    """The fields of which fewer are right than at least should be, and how many are."""
    right: Counter[str] = Counter()
    for need in needs:
        made = challenge_from_text(need["text"])
        right.update(name for name, is_right in right_fields(need, made).items() if is_right)
        right["targets"] += targets_found(need, made)
    fields = ("title", "organisation", "amount", "deadline", "term", "targets")
    floors = zip(fields, (*least, targets), strict=True)
    return {name: right[name] for name, floor in floors if right[name] < floor}


def public_of(need: dict[str, Any]) -> str:
    """All of a need that anybody may see."""
    made = challenge_from_text(need["text"])
    extra = {name: said for name, said in made.extra.items() if not is_private_name(name)}
    shown = made.model_copy(update={"extra": extra})
    return shown.model_dump_json(exclude=set(private_fields(Challenge)))


def test_no_reading_leaves_a_contact_in_a_public_field() -> None:
    """16 strings were left in 11 of the first 24 when first run, then 12, 5, 3, 5, 9, 10 and 9 in
    those of other writers, by rules alone.
    """
    for need in (*NEEDS, *LATER, *LAST, *OWN, *UNSEEN, *FIFTH, *SIXTH, *SEVENTH):
        assert seen(need["private"], public_of(need)) == [], need["title"]


def test_of_the_latest_needs_few_private_strings_are_left() -> None:
    """Two, four and five when first run, with the tagger; 查干 is a word, too."""
    left = {
        one for need in (*EIGHTH, *NINTH, *TENTH) for one in seen(need["private"], public_of(need))
    }
    assert left <= {"查干", "咪咪姐", "蒋大贵"}


def test_of_four_further_writers_few_private_strings_are_left() -> None:
    """44 in 41 of 160 before names were decided by weights and accounts by what stands beside."""
    left = set()
    for name in FOUR:
        for line in (DATA / name / "needs.jsonl").read_text("utf-8").splitlines():
            need = json.loads(line)
            left.update(seen(need["private"], public_of(need)))
    assert left <= {"岑老二", "尚可", "施金水"}


def published(folder: Path, needs: list[dict[str, Any]]) -> FastAPI:
    """A service in which each need was pasted, kept as a draft, handed in and published."""
    made = make_app(folder, public_lists=True)
    enterprise, staff = Caller(made, "enterprise"), Caller(made, "staff")
    for number, need in enumerate(needs):
        read = enterprise.post(f"{API}/challenges/reading", json={"text": need["text"]}).json()
        (understood,) = read["challenges"]
        draft = enterprise.post(f"{API}/drafts", json=understood["fields"])
        assert draft.status_code == 201, draft.text
        path = f"{API}/drafts/{draft.json()['draft_id']}"
        assert enterprise.post(f"{path}/submission", headers=ANY).status_code == 200
        body = {"challenge_id": f"F-{number}"}
        assert staff.post(f"{path}/publication", json=body, headers=ANY).status_code == 201
    return made


@pytest.mark.parametrize(
    "needs",
    [[*NEEDS[::8], *LATER[::8]], pytest.param([*NEEDS, *LATER], marks=pytest.mark.long)],
    ids=["few", "all"],
)
def test_nothing_private_of_them_comes_out_at_any_exit(
    needs: list[dict[str, Any]], tmp_path: Path
) -> None:
    app = published(tmp_path / "服务", needs)
    public, university = Caller(app), Caller(app, "university")
    records = [record for id_, record in app.state.service.live.connect().challenges().items()
               if id_.startswith("F-")]  # fmt: skip
    report = build_report(ReportInputs(Matcher.from_records(records, TEAMS, encoder=None)))
    files = [tmp_path / "报告.html", tmp_path / "报告.json"]
    write_report(report, files)
    written = "".join(path.read_text("utf-8-sig") for path in files)
    store = Path(app.state.service.settings.workspace) / STORE_FILE
    with sqlite3.connect(store) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'")]  # fmt: skip
        index = "\n".join(
            cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
            for name in names
            if name not in {"records", "versions", "drafts", "uploads"}
            for row in connection.execute(f'SELECT * FROM "{name}"')
            for cell in row
        )
    assert "熔盐泵" in written
    assert "熔盐泵" in index
    lists = [caller.get(f"{API}/challenges", params={"size": 100}).text
             for caller in (public, university)]  # fmt: skip
    for number, need in enumerate(needs):
        page = public.get(f"/challenges/F-{number}")
        assert page.status_code == 200
        exits = [page.text, public.get(f"{API}/challenges/F-{number}").text, written, index, *lists]
        assert [seen(need["private"], shown) for shown in exits] == [[]] * len(exits), need["title"]
