"""The form of a challenge: as it was filled in, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_origin

from pydantic import ValidationError
from starlette.datastructures import FormData

from matcher.corpora.cells import read_out, split_list
from matcher.ranking.suggestions import with_terms
from matcher.records import Indicator
from matcher.service.desk.draft_fields import MOST_INDICATORS, DraftFields
from matcher.service.pages.asked import faults_of, texts
from matcher.text.amounts import parse_duration, parse_money
from matcher.text.dates import DateError, parse_date
from matcher.text.indicators import parse_indicators
from matcher.text.stated import deadline_in

_ROW = ("name", "operator", "value", "high", "unit", "change", "condition", "text")
_PARTS = re.compile(r"[\n；;]")
_UNIT = re.compile("[元万亿]")
_IN_WORDS = re.compile("[年月日号]")
_OPTIONAL = ("value", "high", "change")


@dataclass(frozen=True)
class Entered:
    """A form as it was filled in, and what is wrong with it."""

    values: Mapping[str, Any]
    faults: Mapping[str, str] = field(default_factory=dict)


def fields_of(form: FormData) -> DraftFields | Entered:
    """The form as fields of a challenge, or what is wrong with it.

    Suggested words that were ticked join the search terms.
    """
    sent = texts(form)
    given: dict[str, Any] = {n: v for n, v in sent.items() if n in DraftFields.model_fields}
    for name, kind in DraftFields.model_fields.items():
        if name in given and get_origin(kind.annotation) is list:
            given[name] = list(split_list(given[name]))
    ticked = [str(term) for term in form.getlist("suggested")]
    if ticked:
        given["search_terms"] = with_terms(given.get("search_terms", ()), ticked, ())
    if "indicators_text" in given:
        given["indicators_text"] = _without_removed(given["indicators_text"], sent)
    given["indicators"] = _indicators(sent)
    words = {
        name: sent[f"original-{name}"]
        for name in DraftFields.model_fields
        if sent.get(f"original-{name}")
    }
    given["original_words"] = {**words, **_read_words(given)}
    given["source_words"] = _source_words(sent)
    try:
        made = DraftFields.model_validate(given)
        return made.opened(int(sent["open"])) if sent.get("open", "").isdecimal() else made
    except ValidationError as error:
        return Entered({**DraftFields().model_dump(), **given}, faults_of(error))


def put_back(form: FormData) -> Entered:
    """The form as it was filled in, but for the field that holds the words of its source again."""
    sent = texts(form)
    found = fields_of(form)
    values = found.values if isinstance(found, Entered) else found.model_dump()
    name, words = sent.get("put", ""), _source_words(sent)
    if name not in words:
        return Entered(values)
    text = words[name] if "\n" in words[name] else words[name].strip()
    return Entered({**values, name: text, "source_words": words})


def _source_words(sent: Mapping[str, str]) -> dict[str, str]:
    """What the source said beside each field, as the form carried it along."""
    return {
        name: _plain(words)
        for name in DraftFields.model_fields
        if (words := sent.get(f"source-{name}", "")).strip()
    }


def _read_words(given: dict[str, Any]) -> dict[str, str]:
    """Sums, spans and days written in words become values in place (面议: none); the words.

    Of a sum without a unit nobody knows what it counts: that is asked for again.
    """
    found = {}
    for name in ("bounty_wan", "total_budget_wan"):
        money = parse_money(given.get(name, ""))
        if money is not None and not money.foreign and (money.open or _UNIT.search(given[name])):
            found[name], given[name] = given[name], money.high
    months = given.get("duration_months", "")
    span = None if _is_number(months) else parse_duration(months)
    if span is not None:
        found["duration_months"], given["duration_months"] = months, span
    written = given.get("apply_deadline", "")
    day = _day(written) if _IN_WORDS.search(written) else None
    if day is not None:
        found["apply_deadline"], given["apply_deadline"] = written, day
    return found


def _day(text: str) -> date | None:
    """The day that words name: 2027年6月底, 报名到2027年6月30日."""
    try:
        return parse_date(text)
    except DateError:
        return deadline_in(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _indicators(sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of indicators as they were corrected.

    A row without name and value is left out. Where the text above them was changed too, rows whose
    words are gone from it go, and what is new in it is read. Words that were changed so that
    nothing is read in them any more keep the row whose number they still hold.
    """
    rows = _rows(sent)
    now, then = _plain(sent.get("indicators_text", "")), _plain(sent.get("indicators-of", ""))
    if now == then:
        return rows
    found = parse_indicators(now)
    valued = [one.text for one in found if one.value is not None]
    unread = [part.strip() for part in _PARTS.split(now)
              if not any(_bare(text) in _bare(part) for text in valued)]  # fmt: skip
    kept = [still for row in rows if (still := _kept(row, now, valued, unread))]
    before = [one.text for one in parse_indicators(then)]
    known = {_bare(text) for text in (*before, *(row["text"] for row in kept))}
    read = (one for one in found if _bare(one.text) not in known)
    return [*kept, *(one.model_dump() for one in read)][:MOST_INDICATORS]


def _kept(
    row: dict[str, Any], now: str, read: Collection[str], unread: Sequence[str]
) -> dict[str, Any] | None:
    """A row as it stays beside a text that was changed; None where its words are gone."""
    text = row["text"]
    if not text or text in read or (text in now and not any(text in one for one in read)):
        return row
    held = (part for part in unread if row["value"] and row["value"] in part
            and (row["name"] in part or (row["unit"] and row["unit"] in part)))  # fmt: skip
    return next(({**row, "text": part} for part in held), None)


def _rows(sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows that say anything."""
    rows = [_row(sent, number) for number in range(MOST_INDICATORS)]
    return [row for row in rows if row["name"] or row["value"] is not None]


def rows_changed(form: FormData, fields: DraftFields) -> dict[str, list[str]]:
    """Which rows of indicators went, and which were read, as the text above them was changed."""
    try:
        rows = [Indicator.model_validate(row) for row in _rows(texts(form))]
    except ValidationError:  # told beside the row itself
        return {}
    before, after = ({_measured(one): one for one in some} for some in (rows, fields.indicators))
    return {
        "gone": [read_out((one,)) for what, one in before.items() if what not in after],
        "read": [read_out((one,)) for what, one in after.items() if what not in before],
    }


def _measured(one: Indicator) -> Indicator:
    """An indicator but for the words it was read in."""
    return one.model_copy(update={"text": "", "condition": ""})


def _without_removed(text: str, sent: Mapping[str, str]) -> str:
    """The text without the lines that only said what was removed from the rows."""
    rows = [_row(sent, number) for number in range(MOST_INDICATORS)]
    kept = {row["text"] for row in _rows(sent)}
    removed = {row["text"] for row in rows} - kept - {""}
    lines = _plain(text).split("\n")
    return "\n".join(line for line in lines if line.strip() not in removed)


def _row(sent: Mapping[str, str], number: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        part: sent.get(f"indicator-{number}-{part}", "").strip() for part in _ROW
    }
    for part in _OPTIONAL:
        row[part] = row[part] or None
    row["operator"] = row["operator"] or "="
    return row


def _bare(text: str) -> str:
    """A text however it is spaced, and whatever the width of its marks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
