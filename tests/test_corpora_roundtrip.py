"""Writing and reading again is identity, for whatever text, list or number a record may hold."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.corpora import read_records, write_records
from matcher.corpora.cells import join_list, split_list
from matcher.corpora.formats.csv_file import guard_formula, unguard_formula
from matcher.corpora.headers.columns import normalise_header
from matcher.records import (
    EVIDENCE_KINDS,
    ORG_TYPES,
    Challenge,
    Evidence,
    Indicator,
    Outcome,
    Record,
    Team,
    headers,
)

# Signs with a meaning in some format, beside every other character of Unicode. A carriage return
# becomes a line feed by intention; U+FFFE and U+FFFF cannot be in a workbook.
_SPECIAL = st.sampled_from(
    [
        "=", "+", "-", "@", "'", '"', ",", "；", "、", "|", "[", "]", "\n", "\t", " ", "#N/A",
        "_x000D_", "_x005F_", "x0041_", "_", "\x00", "\x0b", "\x1f", "\x85", "\u2028", "\ufeff",
        "😀", "{", "}", "null", "NaN", "1", "2021-01-01", "（续2）", "轧制",
    ]
)  # fmt: skip
_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\r\ufffe\uffff")
TEXT = st.lists(_SPECIAL | _CHARACTERS, max_size=8).map(
    lambda parts: "".join(parts) if "".join(parts).strip() else ""
)
FILLED = TEXT.filter(bool)
TEXTS = st.lists(TEXT, max_size=4)
AMOUNT = st.none() | st.floats(0, allow_infinity=False, allow_nan=False)
_KNOWN = {
    normalise_header(name)
    for record_type in (Challenge, Team, Evidence, Outcome)
    for field, mark in headers(record_type)
    for name in (field, mark.name, *mark.synonyms)
}
_NAMES = FILLED.map(str.strip).filter(
    lambda name: normalise_header(name) not in _KNOWN and "（续" not in name
)
EXTRA = st.dictionaries(_NAMES, FILLED, max_size=3)
INDICATOR = st.builds(
    Indicator, name=TEXT, operator=st.sampled_from(["≥", "区间", "有"]), text=TEXT,
    value=st.none() | st.floats(allow_infinity=False, allow_nan=False),
)  # fmt: skip
EVIDENCE = st.builds(
    Evidence, kind=st.sampled_from(EVIDENCE_KINDS), title=TEXT, abstract=TEXT, keywords=TEXTS,
    year=st.none() | st.integers(1900, 2100), amount_wan=AMOUNT, extra=EXTRA,
)  # fmt: skip
CHALLENGES = st.lists(
    st.builds(
        Challenge, challenge_id=FILLED, title=FILLED, problem=TEXT, tech_domain=TEXTS,
        keywords=TEXTS, indicators=st.lists(INDICATOR, max_size=2), bounty_wan=AMOUNT,
        target_trl=st.none() | st.integers(1, 9), apply_deadline=st.none() | st.dates(),
        stage=st.none() | st.sampled_from(["发榜", "流标"]), extra=EXTRA,
    ),
    min_size=1, max_size=4, unique_by=lambda record: record.challenge_id,
)  # fmt: skip
TEAMS = st.lists(
    st.builds(
        Team, team_id=FILLED, org_name=FILLED, org_type=st.sampled_from(ORG_TYPES), members=TEXTS,
        profile=TEXT, evidence=st.lists(EVIDENCE, max_size=3), extra=EXTRA, contact_phone=TEXT,
        max_challenges=st.none() | st.integers(0, 10**20), active_challenges=st.integers(0, 9),
    ),
    min_size=1, max_size=3, unique_by=lambda record: record.team_id,
)  # fmt: skip
OUTCOMES = st.lists(
    st.builds(
        Outcome, challenge_id=FILLED, team_id=FILLED, stage=st.sampled_from(["揭榜", "立项"]),
        grade=st.none() | st.integers(0, 3), reason=TEXT, when=st.none() | st.dates(), extra=EXTRA,
    ),
    min_size=1, max_size=4,
    unique_by=lambda record: (record.challenge_id, record.team_id, record.stage),
)  # fmt: skip


def comparable(record: Record) -> dict[str, Any]:
    """Everything but where it was read from."""
    return record.model_dump(exclude={"source": True, "evidence": {"__all__": {"source"}}})


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
@given(records=CHALLENGES | TEAMS | OUTCOMES)
def test_identity(suffix: str, records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"记录.{suffix}"
        write_records(records, path, private=True)
        reading = read_records(path, type(records[0]))
    assert reading.rejects == ()
    assert [comparable(r) for r in reading.records] == [comparable(r) for r in records]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
).filter(lambda value: value is not None and str(value).strip())  # fmt: skip


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True)
@given(extra=st.dictionaries(_NAMES, JSON_VALUES, max_size=3))
def test_jsonl_keeps_extra_of_any_shape(extra: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        record = Challenge(challenge_id="1", title="甲", extra=extra)
        write_records([record], path)
        assert read_records(path, Challenge).records[0].extra == record.extra


@given(TEXT)
def test_the_guard_against_formulas_is_undone(text: str) -> None:
    guarded = guard_formula(text)
    assert unguard_formula(guarded) == text
    assert not guarded.startswith(tuple("=+-@\t\n＝＋－＠"))


@given(TEXTS.map(lambda items: [item.strip() for item in items]))
def test_a_list_in_a_cell_is_undone(items: list[str]) -> None:
    assert split_list(join_list(items)) == items


def test_a_list_with_as_many_columns_of_its_own_is_no_form(tmp_path: Path) -> None:
    kinds = ("项目", "专利", "项目")
    evidence = [
        Evidence(kind=kind, title="=", extra={f"{'=' * (3 * at + n)}": "=" for n in (1, 2, 3)})
        for at, kind in enumerate(kinds)
    ]
    team = Team(team_id="1=", org_name="=", org_type="企业", evidence=evidence)
    write_records([team], tmp_path / "记录.xlsx", private=True)
    reading = read_records(tmp_path / "记录.xlsx", Team)
    assert reading.rejects == ()
    assert [comparable(one) for one in reading.records] == [comparable(team)]
