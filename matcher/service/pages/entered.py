"""The form of a challenge: as it was filled in, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin

from pydantic import ValidationError
from starlette.datastructures import FormData

from matcher.corpora.cells import split_list
from matcher.ranking.suggestions import with_terms
from matcher.service.desk.draft_fields import MOST_INDICATORS, DraftFields
from matcher.service.pages.asked import faults_of, texts
from matcher.text.indicators import parse_indicators

_ROW = ("name", "operator", "value", "high", "unit", "change", "condition", "text")
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
    given["original_words"] = {
        name: sent[f"original-{name}"]
        for name in DraftFields.model_fields
        if sent.get(f"original-{name}")
    }
    try:
        return DraftFields.model_validate(given)
    except ValidationError as error:
        return Entered({**DraftFields().model_dump(), **given}, faults_of(error))


def _indicators(sent: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of indicators as they were corrected.

    A row without name and value is left out. Where the text above them was changed too, rows whose
    words are gone from it go, and what is new in it is read.
    """
    rows = [_row(sent, number) for number in range(MOST_INDICATORS)]
    rows = [row for row in rows if row["name"] or row["value"] is not None]
    now, then = _plain(sent.get("indicators_text", "")), _plain(sent.get("indicators-of", ""))
    if now == then:
        return rows
    kept = [row for row in rows if not row["text"] or row["text"] in now]
    read = (one for one in parse_indicators(now) if one.text not in then)
    return [*kept, *(one.model_dump() for one in read)][:MOST_INDICATORS]


def _without_removed(text: str, sent: Mapping[str, str]) -> str:
    """The text without the lines that only said what was removed from the rows."""
    rows = [_row(sent, number) for number in range(MOST_INDICATORS)]
    kept = {row["text"] for row in rows if row["name"] or row["value"] is not None}
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


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
