"""Bibliographic exports with a tag a line: RIS, RefWorks, EndNote, NoteExpress, E-Study, WoS, NBIB.

A format is a line of one table: how its records begin, how a tag is written, and what the tags
mean. All of them give the same `Fields`, which `matcher.text.bibliography` makes sense of.

>>> text = "TY - JOUR\\nA1 - 张一\\nT1 - 轴承打滑\\nY1 - 2021\\nER - "
>>> [(e.line, e.fields["title"], e.fields["author"]) for e in parse_tagged(text)]
[(1, ['轴承打滑'], ['张一'])]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Fields = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of an export: the line it begins in (from 1) and its values by meaning."""

    line: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class TaggedFormat:
    """How one kind of export is written.

    ``starts`` matches the first line of a record, ``tag`` a line with its tag and value. Lines
    without a tag go on with the value before; a tag that is not in ``means`` is kept under its
    own name after a ``~``. ``by_author`` says that addresses stand below the author they are of.
    """

    name: str
    starts: re.Pattern[str]
    tag: re.Pattern[str]
    means: Mapping[str, str]
    ends: str = ""
    by_author: bool = False


def _means(text: str) -> dict[str, str]:
    """``meaning=TAG,TAG`` words as tag → meaning."""
    pairs = (part.partition("=") for part in text.split())
    return {tag: meaning for meaning, _, tags in pairs for tag in tags.split(",")}


_RIS = TaggedFormat(
    "RIS", re.compile(r"^TY {0,2}- ?\S"), re.compile(r"^([A-Z][A-Z0-9]) {0,2}- ?(.*)$"),
    _means(
        "type=TY title=T1,TI,CT author=AU,A1 editor=A2,ED supervisor=A3 year=PY,Y1 date=DA "
        "keyword=KW abstract=AB,N2 organisation=AD venue=JO,JF,T2,JA,BT publisher=PB doi=DO url=UR "
        "fund=FU issn=SN number=M1,C1,AN"
    ), "ER",
)  # fmt: skip
_REFWORKS = TaggedFormat(
    "RefWorks", re.compile(r"^RT [A-Z]"), re.compile(r"^([A-Z][A-Z0-9]) (.*)$"),
    _means(
        "type=RT title=T1 author=A1 supervisor=A3,A4 organisation=AD venue=JF,JO,T2 year=YR "
        "date=FD keyword=K1 abstract=AB url=LK,UL publisher=PB doi=DO issn=SN number=PN"
    ),
)  # fmt: skip
_ENDNOTE = TaggedFormat(
    "EndNote", re.compile(r"^%0 "), re.compile(r"^(%[0-9A-Za-z+@!#$&*()<>^?\]\[]) ?(.*)$"),
    _means(
        "type=%0 title=%T author=%A supervisor=%Y,%E organisation=%+ venue=%J,%B year=%D date=%8 "
        "keyword=%K abstract=%X url=%U doi=%R publisher=%I degree=%9 issn=%@ number=%M"
    ),
)  # fmt: skip
_NOTEEXPRESS = TaggedFormat(
    "NoteExpress", re.compile(r"^\{Reference Type\}:"), re.compile(r"^\{([^{}]{2,40})\}:\s?(.*)$"),
    {
        "Reference Type": "type", "Title": "title", "Author": "author",
        "Author Address": "organisation",
        "Journal": "venue", "Secondary Title": "venue", "Tertiary Title": "venue", "Year": "year",
        "Date": "date", "Keywords": "keyword", "Abstract": "abstract", "URL": "url", "DOI": "doi",
        "Tertiary Author": "supervisor", "Subsidiary Author": "applicant", "Publisher": "publisher",
        "Type of Work": "degree", "Patent Number": "number", "ISBN/ISSN": "issn", "ISSN": "issn",
        "Database Provider": "provider", "SrcDatabase": "database", "Inventor": "author",
        "Applicant": "applicant", "Assignee": "applicant",
    },
)  # fmt: skip
_ESTUDY = TaggedFormat(
    "E-Study", re.compile(r"^(?:SrcDatabase-来源库|DataType|Title-题名)\s*[:：]"),
    re.compile(r"^([A-Za-z]{2,20}(?:-[^:：\s]{1,12})?)\s*[:：]\s?(.*)$"),
    {
        "SrcDatabase-来源库": "database", "Title-题名": "title", "Author-作者": "author",
        "Organ-单位": "organisation", "Organ-机构": "organisation", "Source-文献来源": "venue",
        "Keyword-关键词": "keyword", "Summary-摘要": "abstract", "PubTime-发表时间": "date",
        "FirstDuty-第一责任人": "first", "Fund-基金": "fund", "Year-年": "year", "URL-网址": "url",
        "DOI-DOI": "doi", "CLC-中图分类号": "class", "Tutor-导师": "supervisor",
    },
)  # fmt: skip
_WOS = TaggedFormat(
    "Web of Science", re.compile(r"^PT [A-Z]"), re.compile(r"^([A-Z][A-Z0-9]) (.*)$"),
    _means(
        "type=DT title=TI author=AU full_name=AF organisation=C1 reprint=RP venue=SO year=PY "
        "keyword=DE keyword_plus=ID abstract=AB doi=DI number=UT fund=FU issn=SN"
    ), "ER",
)  # fmt: skip
_PUBMED = TaggedFormat(
    "PubMed", re.compile(r"^PMID- ?\d"), re.compile(r"^([A-Z]{2,4}) *- (.*)$"),
    _means(
        "type=PT title=TI,TT full_name=FAU author=AU organisation=AD venue=JT year=DP "
        "keyword=OT abstract=AB number=PMID doi=LID"
    ), by_author=True,
)  # fmt: skip
FORMATS: tuple[TaggedFormat, ...] = (
    _RIS, _REFWORKS, _ENDNOTE, _NOTEEXPRESS, _ESTUDY, _WOS, _PUBMED,
)  # fmt: skip
# Values of which each line is one: names and addresses are listed, prose is wrapped.
_LISTED = frozenset(("author", "full_name", "organisation", "reprint", "keyword"))
# Values that may go on after an empty line.
_IN_PARAGRAPHS = frozenset(("abstract", "title"))
# Values of a line of their own.
_IN_A_LINE = frozenset(("year", "date", "type"))
_LOOKED_AT = 40
_BREAK = re.compile(r"\r\n?|\n")
# The meaning of lines that belong to no record.
STRAY = "~"


def tagged_format(text: str) -> TaggedFormat | None:
    """The format of an export, told by how its first record begins, or None.

    >>> tagged_format("%0 Journal Article\\n%A 张一").name, tagged_format("关于征集的通知")
    ('EndNote', None)
    """
    lines = [
        line.strip("\ufeff ")
        for line in _BREAK.split(text.lstrip("\ufeff"), _LOOKED_AT)[:_LOOKED_AT]
    ]
    for kind in FORMATS:
        if any(kind.starts.match(line) for line in lines):
            tags = sum(kind.tag.match(line) is not None for line in lines if line)
            if tags >= 2 and tags >= 0.4 * sum(bool(line) for line in lines):
                return kind
    return None


def parse_tagged(text: str | Iterable[str], kind: TaggedFormat | None = None) -> Iterator[Entry]:
    """The records of an export. Lines before the first record (a header of the file) are skipped.

    What stands between two records, or behind the last, is a record that lacks its beginning, or
    one of nothing but ``STRAY`` lines.

    Args:
        text: the whole text, or its lines from a stream.
        kind: the format; told from the text if it is whole.
    """
    if kind is None:
        kind = tagged_format(text) if isinstance(text, str) else None
    if kind is None:
        return
    current: Entry | None = None
    last, met, apart = "", False, False
    for number, raw in enumerate(text.split("\n") if isinstance(text, str) else text, 1):
        line = raw.rstrip("\r\n").strip("\ufeff")
        if kind.starts.match(line.strip()) and not (current and not _begins(kind, current)):
            if current is not None and current.fields:
                yield current
            current = Entry(number, {})
        if not line.strip() or (current is None and not met):
            apart = not line.strip()
            continue
        if (current is None or last == STRAY) and not _says_something(line):
            continue
        found = kind.tag.match(line.strip() if not line.startswith("   ") else line)
        if current is None or (found is None and _ends(kind, last, apart)):
            yield from filter(None, [current])
            current, last = Entry(number, {STRAY: []}), STRAY
        apart = False
        if found is not None and found[1] == kind.ends:
            yield current
            current, last, met = None, "", True
        elif found is not None:
            last = _take(kind, current.fields, found[1], found[2].strip())
        else:
            _go_on(current.fields, last, line.strip(), listed=not kind.by_author)
    if current is not None and current.fields:
        yield current


def _begins(kind: TaggedFormat, entry: Entry) -> bool:
    """Whether the next start is a new record: E-Study may begin with either of two tags."""
    return kind is not _ESTUDY or "title" in entry.fields


def _ends(kind: TaggedFormat, last: str, apart: bool) -> bool:
    """Whether a line without a tag does not go on with the value before."""
    ended = apart and not kind.ends and last not in _IN_PARAGRAPHS
    return last in _IN_A_LINE or (ended and not last.startswith("~"))


def _says_something(line: str) -> bool:
    """No mark at the end of a file (EF)."""
    return len(line.strip()) > 2


def _take(kind: TaggedFormat, fields: Fields, tag: str, said: str) -> str:
    """Keep a value; what it means."""
    meaning = kind.means.get(tag, f"~{tag}")
    if kind.by_author and meaning == "organisation" and "full_name" in fields:
        said = f"[{fields['full_name'][-1]}] {said}"
    fields.setdefault(meaning, []).append(said)
    return meaning


def _go_on(fields: Fields, meaning: str, text: str, *, listed: bool) -> None:
    values = fields.get(meaning)
    if values is None:
        return
    if meaning == STRAY or (listed and meaning in _LISTED):
        values.append(text)
    else:
        values[-1] = f"{values[-1]} {text}".strip()
