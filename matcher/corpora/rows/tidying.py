"""Values of a table as one reads and searches them: mended texts, one name for one organisation.

Only for tables of others: what this software wrote itself is taken letter for letter.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from matcher.contacts import part_contacts
from matcher.corpora.cells import cell_text, split_list
from matcher.corpora.headers.labels import EVIDENCE_LABELS, strip_label
from matcher.records import EVIDENCE_KINDS, Challenge, Record, Team
from matcher.records.alliance import Alliance
from matcher.text.amounts import parse_duration
from matcher.text.normalise import simplify
from matcher.text.organisations import normalise_organisation, organisation_kind
from matcher.text.regions import Region, parse_region, short_name
from matcher.text.repair import Damage, repair

_ONE_LINE = frozenset({"title", "team_name", "demand_org", "org_name", "leader_name", "industry"})
_PERSONS = ("leader_name", "contact_name")
_ORGANISATIONS = ("demand_org", "org_name")
_ORGANISATION_LISTS = ("intended_partners", "affiliated_orgs")
_LIST_SEPARATORS = re.compile(r"[、,，|/／;；\n\t]|\s{2,}")
_COUNTED = re.compile(r"\D{0,12}\d{1,4}\s*余?[篇项件个部套]\D{0,6}")
# 1.智能开采；2.矿山物联网: the numbers are of the list.
_NUMBER = re.compile(r"^\s*(?:[(（]\d{1,2}[)）]|\d{1,2}[.、．)）](?!\d)|[①-⑳])\s*(?=\S)")
# 张一 李二: what stands between names and places divides them, and no one mends it.
_SIGNED = frozenset((
    "authors", "full_names", "other_authors", "corresponding", "organisations",
    "applicants", "host_org", "placed",
))  # fmt: skip
# 实施周期不超过3年 among the conditions, where a guide has no line of its own for it.
_TERM = re.compile(
    r"(?:(?:实施|执行|研究|项目|攻关)(?:周期|期限|年限|期)|完成时限)[^，,。；;\d一二三四五六七八九十半]{0,8}"
    r"((?:\d+|[一二两三四五六七八九十]+|半)\s*(?:年半?|个?月))"
)
# What an id begins with that was made of the content.
MADE = ("TD-", "XQ-", "LM-")
# Lists number needs XQ-04 themselves: only what is made is as long.
MADE_ID = re.compile("(?:TD|XQ|LM)-[0-9a-f]{10}")


def mend(name: str, value: Any, *, loose: bool) -> tuple[Any, tuple[Damage, ...]]:
    """A text, or each item of a list, after `repair`; and what is lost in it."""
    if isinstance(value, str) and name in _SIGNED:
        return simplify(value).strip(), ()
    if isinstance(value, str):
        mended = repair(value, join_lines=loose)
        text = mended.text.replace("\n", "") if name in _ONE_LINE else mended.text
        return text, mended.damages
    if isinstance(value, list):
        parts = [repair(item) if isinstance(item, str) else None for item in value]
        texts = [
            item if part is None else _NUMBER.sub("", part.text)
            for item, part in zip(value, parts, strict=True)
        ]
        return texts, tuple(d for part in parts if part is not None for d in part.damages)
    return value, ()


def split_keywords(text: str) -> list[str]:
    """Keywords divided by whatever their writer used, white space included if nothing else.

    >>> split_keywords("轴承钢/夹杂物 洁净度")
    ['轴承钢', '夹杂物 洁净度']
    >>> split_keywords("轴承钢 夹杂物")
    ['轴承钢', '夹杂物']
    """
    if text.lstrip().startswith("["):
        return [str(item) for item in split_list(text)]
    parts = [part.strip() for part in _LIST_SEPARATORS.split(text) if part.strip()]
    if len(parts) == 1 and not parts[0].isascii():
        parts = parts[0].split()
    return parts


def tidy(record_type: type[Record], values: dict[str, Any], aliases: Mapping[str, str]) -> None:
    """Organisations, regions and indicators of a record, in place."""
    for name in _ORGANISATIONS:
        if isinstance(values.get(name), str):
            values[name] = normalise_organisation(values[name], aliases)
    for name in _ORGANISATION_LISTS:
        if isinstance(values.get(name), list):
            values[name] = [normalise_organisation(str(item), aliases) for item in values[name]]
    if record_type in (Challenge, Team):
        _tidy_region(values)
        _part_contacts(values)
    if record_type is Team and isinstance(values.get("org_name"), str):
        # Few libraries have a column for it, and an alliance needs a member of the right kind.
        values.setdefault("org_type", organisation_kind(values["org_name"]))
    if record_type is Challenge and values.get("eligibility_text"):
        term = _TERM.search(values["eligibility_text"])
        months = parse_duration(term[1]) if term else None
        if months:
            values.setdefault("duration_months", months)
    if record_type is Challenge and values.get("indicators_text") and "indicators" not in values:
        from matcher.text.indicators import parse_indicators

        values["indicators"] = parse_indicators(values["indicators_text"])


def _part_contacts(values: dict[str, Any]) -> None:
    """A number written beside a name goes where contacts are kept apart from what is shown."""
    for name in _PERSONS:
        given = values.get(name)
        if not isinstance(given, str):
            continue
        found = part_contacts(given)
        values[name] = found.rest or "、".join(found.names)
        for field, parts in (("contact_phone", found.numbers), ("contact_email", found.emails)):
            given = str(values.get(field) or "")
            more = [part for part in parts if part not in given]
            if more:
                values[field] = "；".join([given, *more] if given else more)
    phone = str(values.get("contact_phone") or "")
    if not phone:
        return
    reached = part_contacts(phone)
    if reached.emails and not reached.rest and not values.get("contact_email"):
        # One column for both (联系方式).
        values["contact_phone"] = "；".join(reached.numbers)
        values["contact_email"] = "；".join(reached.emails)


def _tidy_region(values: dict[str, Any]) -> None:
    given = Region(str(values.get("province") or ""), str(values.get("city") or ""))
    if not any(given):
        return
    found = _settled(given)
    if found.province:
        values["province"] = found.province
    if found.city:
        values["city"] = found.city


@lru_cache(maxsize=10_000)
def _settled(given: Region) -> Region:
    """Province and city by their short names; what one of them says of the other is filled in."""
    province, city = given
    if province:
        region = parse_region(province)
        province = region.province or short_name(province)
        city = city or region.city
        if not region.province or city == region.city:
            return Region(province, city)
    if city:
        home = parse_region(city)
        if not home.city:
            return Region(province, short_name(city))
        return Region(province or home.province, home.city)
    return Region(province, city)


def evidence_kind(column: str) -> str | None:
    """The kind of evidence a column of a table of teams lists (代表性论文 → 论文), if it does."""
    kind = EVIDENCE_LABELS.get(strip_label(column))
    return kind if kind in EVIDENCE_KINDS else None


def is_count(raw: str) -> bool:
    """Whether a cell of achievements says how many there are, not which.

    >>> is_count("论文12篇，专利5项"), is_count("轴承钢夹杂物控制, 钢铁, 2019")
    (True, False)
    """
    parts = [part for part in _LIST_SEPARATORS.split(raw.strip("。 ")) if part.strip()]
    return all(_COUNTED.fullmatch(part.strip()) for part in parts)


def evidence_pieces(raw: Any, kind: str | None) -> list[dict[str, Any]]:
    """The pieces of evidence listed in one cell."""
    from matcher.text.references import parse_references

    return [piece.as_dict() for piece in parse_references(cell_text(raw), kind)]


def made_id(record_type: type[Record], values: Mapping[str, Any]) -> str:
    """An id for a record whose table has none: the same record gets the same one everywhere."""
    if record_type is Team:
        parts: tuple[str, ...] = ("team_name", "org_name", "leader_name")
        prefix = MADE[0]
    elif record_type is Alliance:
        parts = ("name", "lead_org")
        prefix = MADE[2]
    else:
        parts = ("title", "demand_org") if values.get("title") else ("problem", "demand_org")
        prefix = MADE[1]
    text = "\n".join("".join(str(values.get(name) or "").split()) for name in parts)
    return prefix + hashlib.sha256(text.encode(errors="replace")).hexdigest()[:10]
