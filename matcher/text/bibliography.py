"""What the fields of an export mean: an `Achievement` with its people and organisations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from matcher.records import Achievement, Contributor, EvidenceKind, Source
from matcher.text.affiliations import split_affiliation
from matcher.text.person_names import parse_name
from matcher.text.references import Reference
from matcher.text.signatures import addresses_of, names_of, printed_names
from matcher.text.tagged import Entry, Fields

_KINDS: tuple[tuple[EvidenceKind, re.Pattern[str]], ...] = (
    ("专利", re.compile(r"patent|\bpat\b|专利", re.I)),
    ("标准", re.compile(r"standard|\bstand\b|标准", re.I)),
    ("论文", re.compile(
        r"journal|article|jour|thes|diss|degree|conference|proceeding|\bcpaper|\bconf\b|^[jcs]$|review|letter|期刊|博士|"
        r"硕士|会议|辑刊|论文|inproceedings|incollection|phdthesis|mastersthesis", re.I)),
    ("项目", re.compile(r"grant|project|项目", re.I)),
    ("其他", re.compile(r"news|book|report|misc|gen|web|报纸|年鉴|图书|成果|统计", re.I)),
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_OPENING = re.compile(
    r"^(?:<正>|\s|Abstract\s*\(#br\)|\(#br\)|摘\s*要\s*[:：]|Abstract\s*[:：])+", re.I
)
_WOS_ADDRESS = re.compile(r"^\[([^\]]+)\]\s*(.+)$")
_PATENT = re.compile(r"^(?:ZL|CN)?\s*\d{6,}[\d.]*[A-Z]?\d?$|^CN\s?\d", re.I)
# In ``extra``: titles after the first.
OTHER_TITLES = "其他题名"
_NOBODY = frozenset(("null", "none", "佚名", "无"))
_INSTITUTION = re.compile(r"(?:研究[所院]|大学|公司|委员会|协会|学会|中心|标准化\S*|局|厂)$")


def achievement_of(entry: Entry, source: Source | None = None) -> Achievement:
    """The achievement an entry tells of; fields nobody knows are kept in ``extra``.

    A thesis belongs to its school and is led by the supervisor, a patent to its applicant.

    Raises:
        ValueError: a value that no achievement can hold.
    """
    fields = entry.fields
    kind = _kind(fields)
    authors = names_of(fields.get("full_name") or fields.get("author") or [])
    corporate = [name for name in authors if _INSTITUTION.search(name) and parse_name(name)]
    addresses, of_author = _addresses(fields)
    organisations = tuple(_owners(kind, fields, addresses, corporate))
    contributors = _contributors(
        kind, fields, [a for a in authors if a not in corporate], of_author
    )
    return Achievement(
        kind=kind, title=_first(fields, "title"), abstract=opened(_first(fields, "abstract")),
        keywords=keywords_of(fields.get("keyword", ())), year=_year(fields),
        contributors=contributors, organisations=organisations, number=_number(kind, fields),
        source_url=_first(fields, "url"),
        extra=_extra(fields, addresses, organisations), source=source,
        partner_org="、".join(_partners(kind, organisations)),
    )  # fmt: skip


def cited(reference: Reference, source: Source | None = None) -> Achievement:
    """A work as somebody cited it, as an achievement."""
    values = reference.as_dict()
    authors = names_of([str(reference.extra.get("作者", ""))])
    people = tuple(Contributor(name=name) for name in authors)
    return Achievement(**values, contributors=people, source=source)


def keywords_of(values: Sequence[str]) -> tuple[str, ...]:
    """Keywords whatever divides them; none of them empty.

    A comma divides only where nothing else does: 1,3-丁二烯 is one word.

    >>> keywords_of(["轴承;;密封;; 油膜"]), keywords_of(["产值,用电量,"])
    (('轴承', '密封', '油膜'), ('产值', '用电量'))
    """
    found: list[str] = []
    for value in values:
        divided = re.split(r"\s*(?:;+|；+|\|+|\n)\s*", value)
        if len([part for part in divided if part]) == 1 and not re.search(r"\d[,，]\d", value):
            divided = re.split(r"\s*[,，]\s*", divided[0] or value)
        found += [_plain(part) for part in divided if part.strip(" ,，;；")]
    return tuple(dict.fromkeys(found))


def _kind(fields: Fields) -> EvidenceKind:
    for text in (_first(fields, "database"), _first(fields, "type"), _first(fields, "degree")):
        for kind, pattern in _KINDS:
            if text and pattern.search(text) and not (kind == "其他" and _PATENT.match(text)):
                return kind
    return (
        "专利"
        if _PATENT.match(_first(fields, "number"))
        else "论文"
        if "venue" in fields
        else "其他"
    )


def _addresses(fields: Fields) -> tuple[list[str], dict[str, list[str]]]:
    """All addresses, and those of each author where the export says whose they are."""
    of_author: dict[str, list[str]] = {}
    plain: list[str] = []
    for value in fields.get("organisation", ()):
        found = _WOS_ADDRESS.match(value)
        if found is None:
            plain.append(value)
            continue
        plain.append(found[2].rstrip("."))
        for name in re.split(r"\s*;\s*", found[1]):
            of_author.setdefault(_key(name), []).append(found[2].rstrip("."))
    named = [value for value in plain if value and re.search(r"[^\W\d]", value)]
    return addresses_of(named), of_author


def _owners(
    kind: str, fields: Fields, addresses: Sequence[str], corporate: Sequence[str]
) -> list[str]:
    """Whose a piece is: the applicant of a patent, the school of a thesis, the addresses."""
    applicants = addresses_of(fields.get("applicant", ()))
    if kind == "专利":
        return applicants or [
            a for a in addresses if split_affiliation(a).department or _INSTITUTION.search(a)
        ]
    school = addresses_of(fields.get("school", ()))
    if _is_thesis(fields):
        return school or list(addresses) or addresses_of(fields.get("publisher", ()))
    return [*addresses, *corporate, *([] if addresses or corporate else school)]


def _contributors(
    kind: str, fields: Fields, authors: Sequence[str], of_author: Mapping[str, list[str]]
) -> tuple[Contributor, ...]:
    supervisors = names_of(fields.get("supervisor", ())) if _is_thesis(fields) else []
    first = set(names_of(fields.get("first", ())))
    people = [
        Contributor(name=name, organisations=tuple(of_author.get(_key(name), ())), leads=True)
        for name in supervisors
    ]
    ordered = sorted(authors, key=lambda name: name not in first) if first else list(authors)
    people += [
        Contributor(name=name, organisations=tuple(of_author.get(_key(name), ())))
        for name in ordered if name not in supervisors
    ]  # fmt: skip
    return tuple(people)


def _is_thesis(fields: Fields) -> bool:
    text = " ".join((_first(fields, "type"), _first(fields, "database"), _first(fields, "degree")))
    return bool(re.search(r"thes|diss|degree|博士|硕士|学位", text, re.I))


def _partners(kind: str, organisations: Sequence[str]) -> list[str]:
    return list(organisations[1:]) if kind == "专利" else []


def _number(kind: str, fields: Fields) -> str:
    if kind in ("专利", "标准"):
        return next((v for v in fields.get("number", ()) if re.search(r"\d{4,}", v)), "")
    return _first(fields, "doi") or ""


def opened(abstract: str) -> str:
    """An abstract without the marks databases put before it (<正>, Abstract(#br))."""
    return _OPENING.sub("", abstract).strip()


def year_in(text: str) -> int | None:
    """The first year in a text: that of 2018.01-2020.12 is 2018."""
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def _year(fields: Fields) -> int | None:
    values = (value for name in ("year", "date") for value in fields.get(name, ()))
    return next((year for value in values if (year := year_in(value)) is not None), None)


def _extra(fields: Fields, addresses: Sequence[str], owners: Sequence[str]) -> dict[str, Any]:
    """What is said besides, under the words of the field: 作者, 单位, 出处 and the rest."""
    bibtex = "organisation" in fields and _first(fields, "type").islower()
    units: Any = list(addresses) or list(owners)
    if bibtex or "school" in fields or "applicant" in fields:
        units = split_affiliation(owners[0]).organisation if owners else ""
    authors = printed_names(fields.get("full_name") or fields.get("author") or [])
    said = {
        "作者": [name for name in authors if name.casefold() not in _NOBODY], "单位": units,
        "出处": _first(fields, "venue") or _publisher(fields),
        "导师": names_of(fields.get("supervisor", ())), "基金": _first(fields, "fund"),
        "DOI": _first(fields, "doi"), "分类号": _first(fields, "class"),
        OTHER_TITLES: _others(fields, "title"), "其他摘要": _others(fields, "abstract"),
    }  # fmt: skip
    return {name: value for name, value in said.items() if value or name == "作者"}


def _publisher(fields: Fields) -> str:
    return "" if "school" in fields else _first(fields, "publisher")


def _first(fields: Fields, name: str) -> str:
    return _plain(next((value for value in fields.get(name, ()) if value.strip()), ""))


def _others(fields: Fields, name: str) -> list[str]:
    """The values after the first that say something else: a title in English, a second one."""
    values = dict.fromkeys(_plain(value) for value in fields.get(name, ()))
    return [value for value in values if value][1:]


def _plain(text: str) -> str:
    """One line without typesetting spaces; letters and signs stay as they are written."""
    return " ".join(text.replace("\u3000", " ").split())


def _key(name: str) -> str:
    found = parse_name(name)
    return found.sound if found else unicodedata.normalize("NFKC", name)
