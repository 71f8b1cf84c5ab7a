"""Rows of lists and cited works → achievements with their people and organisations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar, cast, overload

from matcher.corpora.headers.kinds import TeamEvidence, field_labels
from matcher.corpora.headers.listing import ListedAchievement
from matcher.corpora.reading import Reading
from matcher.records import Achievement, Contributor, Evidence
from matcher.text.bibliography import opened, year_in
from matcher.text.normalise import HAN
from matcher.text.person_names import parse_name
from matcher.text.references import parse_reference
from matcher.text.signatures import Signature, addresses_of, names_of, numbered, signatures

A = TypeVar("A")
B = TypeVar("B")

# What a list is of, by a sign in its headers, its file or sheet, or in a cell for the form.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("专利", re.compile(
        r"专利|著作权人|软件名称|软著|发明(?:\(设计\))?人|申请\(专利权\)人|申请号|公开.{0,4}号|ipc|patent|实用新型|"
        r"申请年份|公开年份", re.I)),
    ("标准", re.compile(r"标准(?:号|名称|编号)|起草|standard", re.I)),
    ("转化", re.compile(r"卖方|买方|转让|受让|许可方|技术合同|合同登记", re.I)),
    ("其他", re.compile(r"成果登记号|成果水平|著作名称|书名|isbn", re.I)),
    ("奖励", re.compile(r"完成人|完成单位|获奖|奖励|奖项|提名", re.I)),
    ("论文", re.compile(
        r"作者|刊|论文|(?<!课)题名|author|source title|journal|article|conference|thesis|硕士|博士|"
        r"会议|doi|issn|^so$|^au$|^[jcs]$", re.I)),
    ("项目", re.compile(r"批准号|依托单位|承担单位|课题|项目|资助|起止|合同|grant", re.I)),
)  # fmt: skip
# 张一, (Y.) 大连理工大学; Scopus writes each author before the own affiliation.
_SCOPUS = re.compile(r"^\s*([^,;]+(?:,\s*(?:[A-Z]\.[\s-]?)+)?),\s*(.+)$")
_WOS = re.compile(r"\[([^\]]+)\]\s*([^\[]+)")
_GUIDE = re.compile("导师|指导教师")
_WOS_NAMES = re.compile(r"\[[^\]\d][^\]]*\]\s*")


class Converted(Sequence[B], Generic[A, B]):
    """A sequence whose items are made of another's when they are looked at, wherever it lies."""

    def __init__(self, items: Sequence[A], make: Callable[[A], B]) -> None:
        self._items, self._make = items, make

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> B: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[B]: ...
    def __getitem__(self, index: int | slice) -> B | Sequence[B]:
        if isinstance(index, slice):
            return Converted(self._items[index], self._make)
        return self._make(self._items[index])

    def __iter__(self) -> Iterator[B]:
        return map(self._make, self._items)


class Listing:
    """How the rows of one list become achievements: what it is a list of, what its columns say."""

    def __init__(self, mapping: Mapping[str, str], file: str) -> None:
        self._columns = {field: column for column, field in mapping.items()}
        self._kind = _form_of(*mapping) or _form_of(file) or "其他"

    def achievement(self, row: ListedAchievement) -> Achievement:
        """The achievement of a row; people and places stay in ``extra`` as they were printed."""
        row = _of_citation(row)
        kind = row.kind if row.kind != "其他" else _form_of(row.form) or self._sheet_kind(row)
        owners = self._owners(row, kind)
        people = _people(
            row, kind, guided=bool(_GUIDE.search(self._columns.get("leader_name", "")))
        )
        values = {name: getattr(row, name) for name in Evidence.model_fields}
        values |= {
            "kind": kind, "title": " ".join(row.title.split()), "abstract": opened(row.abstract),
            "year": row.year or year_in(row.period), "number": row.number,
            "contributors": people, "organisations": tuple(owners), "extra": self._extra(row),
        }  # fmt: skip
        if kind == "专利" and len(owners) > 1 and not row.partner_org:
            values["partner_org"] = "、".join(owners[1:])
        return Achievement(**values)

    def _sheet_kind(self, row: ListedAchievement) -> str:
        sheet = row.source.sheet if row.source is not None else ""
        return self._kind if self._kind != "其他" else _form_of(sheet or "") or "其他"

    def _owners(self, row: ListedAchievement, kind: str) -> list[str]:
        """Whose the piece is, the first first."""
        applicants = addresses_of([row.applicants])
        hosts = addresses_of([row.host_org])
        printed = _printed(row.organisations) or [place for _, place in _of_scopus(row.placed)]
        return applicants or [*hosts, *(p for p in printed if p not in hosts)]

    def _extra(self, row: ListedAchievement) -> dict[str, Any]:
        """The further columns, and those of people and places under their own headers."""
        extra = dict(row.extra)
        for field, value in (
            ("authors", names_of([row.full_names or row.authors])),
            ("organisations", _printed(row.organisations)),
            ("applicants", addresses_of([row.applicants])), ("host_org", row.host_org),
            ("leader_name", row.leader_name), ("venue", row.venue), ("number", row.number),
            ("period", row.period), ("form", row.form),
            ("other_authors", names_of([row.other_authors])),
            ("corresponding", names_of([row.corresponding])),
        ):  # fmt: skip
            if value:
                extra[_label(self._columns.get(field, field), field)] = value
        return extra


def _of_citation(row: ListedAchievement) -> ListedAchievement:
    """A row of which one cell says all: 张一, 李二. 题目. 刊名, 2020, 49(1): 1-8."""
    if row.authors or row.full_names or row.leader_name or not re.search(r"[.．。]", row.title):
        return row
    found = parse_reference(row.title, "论文")
    if "作者" not in found.extra:
        return row
    told: dict[str, Any] = {
        "title": found.title,
        "authors": found.extra["作者"],
        "year": row.year or found.year,
    }
    told["extra"] = {**row.extra, "原文": row.title}
    return row.model_copy(update={**told, "venue": row.venue or found.extra.get("出处", "")})


def achievements_of(reading: Reading[ListedAchievement]) -> Reading[Achievement]:
    """The rows of a list as achievements."""
    listing = Listing(reading.mapping, reading.file)
    return cast(
        Reading[Achievement],
        replace(reading, records=Converted(reading.records, listing.achievement)),  # type: ignore[arg-type]
    )


def evidence_of_team(work: Achievement, team_id: str) -> TeamEvidence:
    """An achievement as a piece of evidence of a team that is named beside the list."""
    values = {name: getattr(work, name) for name in Evidence.model_fields}
    return TeamEvidence(team_id=team_id, **values)


def _people(row: ListedAchievement, kind: str, *, guided: bool) -> tuple[Contributor, ...]:
    """Who is named, each with the places printed beside the name or under its number.

    Responsible are the leader of a project, the first of those who completed an award, and whoever
    guided a thesis.
    """
    leaders = _signed(row.leader_name)
    listed = _signed(row.full_names or row.authors)
    others = [*listed, *_signed(row.other_authors), *_signed(row.corresponding)]
    written = kind in ("论文", "专利") and {_key(one) for one in leaders} <= {
        _key(o) for o in others
    }
    once: dict[str, Signature] = {}
    # Of somebody named twice the place among the authors says more than a column of their own.
    for one in [*([] if written and listed else leaders), *others]:
        known = once.setdefault(_key(one), one)
        once[_key(one)] = known._replace(place=known.place or one.place)
    ordered = list(once.values())
    places, under = _places(row.placed or row.organisations), numbered(row.organisations)
    led = guided or kind == "项目"
    responsible = kind in ("奖励", "转化", "其他") or (led and bool(leaders))
    return tuple(
        Contributor(
            name=one.name, organisations=tuple(_where(one, places, under)),
            leads=number == 0 and responsible and (kind != "其他" or bool(row.authors)),
        )
        for number, one in enumerate(ordered)
    )  # fmt: skip


def _signed(printed: str) -> list[Signature]:
    return [one for one in signatures(printed) if parse_name(one.name) is not None]


def _key(one: Signature) -> str:
    found = parse_name(one.name)
    return found.key if found is not None else one.name


def _where(
    one: Signature, places: Mapping[str, list[str]], under: Mapping[str, str]
) -> list[str]:  # fmt: skip
    """Where somebody is: by the bracket or the numbers beside the name, or as an address says."""
    if one.place:
        return [one.place]
    return [under[mark] for mark in one.marks if mark in under] or places.get(
        _compared(one.name), []
    )


def _printed(addresses: str) -> list[str]:
    """The addresses of a cell; those of Web of Science without the names before them."""
    return addresses_of([_WOS_NAMES.sub("", addresses)])


def _places(printed: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for names, place in _WOS.findall(printed):
        for name in re.split(r"\s*;\s*", names):
            found.setdefault(_compared(name), []).append(place.strip(" ;."))
    if not found and _SCOPUS.match(printed):
        for name, place in _of_scopus(printed):
            found.setdefault(_compared(name), []).append(place)
    return found


def _of_scopus(printed: str) -> Iterator[tuple[str, str]]:
    for part in printed.split(";"):
        match = _SCOPUS.match(part)
        if match is not None:
            yield match[1], match[2].strip()


def _compared(name: str) -> str:
    """Surname and first letter: databases shorten the names before addresses."""
    found = parse_name(name)
    return found.sound if found is not None else name


def _form_of(*texts: str) -> str:
    return next((kind for kind, sign in _FORMS if any(sign.search(t) for t in texts if t)), "")


def _label(header: str, field: str) -> str:
    """The header as the list has it; that of the field where it is in English or in two languages.

    >>> _label("依托单位", "host_org"), _label("Source-文献来源", "venue"), _label("AU", "authors")
    ('依托单位', '出处', '作者')
    """
    return header.strip() if HAN.match(header.strip()) else field_labels(ListedAchievement)[field]
