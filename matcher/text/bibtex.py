"""BibTeX as databases write it: braces in braces, names in Chinese, tags of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from matcher.text.tagged import STRAY, Entry, Fields

# Parentheses are as good as braces, but an address in a text is no entry.
_HEADER = re.compile(
    r"@\s{0,9}(\w+)\s{0,9}([{(])(?:(?<=\{)|(?=\s{0,99}[^,\s]{0,200}\s{0,99},\s{0,99}[\w\-]+\s{0,99}=))"
)
_AT_LINE = re.compile(rf"^[ \t%]*{_HEADER.pattern}", re.M)
_INNER = re.compile(r"@\s{0,9}\w+\s{0,9}[{(]\s{0,99}[^,\s{}]{0,200}\s{0,99}[,=]")
_KEY = re.compile(r"\s*([^,\s={}\"]*+)(?!\s*=)\s*,?")
_NAME = re.compile(r"[\s,]*+([\w\-]+)\s*=\s*")
_LATER_NAME = re.compile(r"(?<=[\s,}\"])[\w\-]+\s*=")
_BRACES = re.compile(r"[{}]")
_QUOTES = re.compile(r'[{}"]')
_BARE = re.compile(r'[^,}\n#{"]+')
_JOIN = re.compile(r"[\s#]*")
# What looks like an entry, or the rest of one, where none is.
_LIKE_AN_ENTRY = re.compile(
    r"\w\s{0,9}=\s{0,9}[{\"]|\[\s?[A-Z]{1,2}(?:/OL)?\s?\]|@\s{0,9}\w+\s{0,9}[{(]"
    r"|[\u4e00-\u9fff][^\n]{0,80}[,，;；\t|]\s{0,9}[\u4e00-\u9fff]"
)
_SKIPPED = frozenset(("comment", "string", "preamble"))
# The meaning of an entry within ``@comment``, which programs pass over.
COMMENTED = "~@comment"
_SHOWN = 2_000
_MEANS = {
    "title": "title", "author": "author", "journal": "venue", "booktitle": "venue",
    "secondarytitle": "venue", "year": "year", "date": "date", "trydate": "date",
    "keywords": "keyword",
    "abstract": "abstract", "authoraddress": "organisation", "address": "place", "school": "school",
    "institution": "school", "tertiaryauthor": "supervisor", "subsidiaryauthor": "applicant",
    "doi": "doi", "url": "url", "publisher": "publisher", "srcdatabase": "database",
    "affiliation": "organisation",
    "organization": "organisation", "assignee": "applicant", "holder": "applicant", "fund": "fund",
    "number": "issue",
}  # fmt: skip
_NUMBERS = frozenset(("patent", "techreport", "standard"))
_COMMENT = re.compile(r"@\s{0,9}comment\s{0,9}[{(]", re.I)
_CLOSING_BRACKET = re.compile(r"[{}]|\)(?=\s*(?:@|\n|\Z))")
# \\"{o} and {\\'e}: a letter and the accent over or under it.
_ACCENTS = dict(
    zip(
        "\"'`^~=.uvHckr",
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0328\u030a",
        strict=True,
    )
)
_ACCENTED = re.compile(r"\\(?:([\"'`^~=.])\s*|([uvHckr])(?:\s+|(?=\{)))\{?\\?([A-Za-z])\}?")
_LETTERS = {"\\o": "ø", "\\O": "Ø", "\\l": "ł", "\\L": "Ł", "\\ss": "ß", "\\ae": "æ", "\\aa": "å"}
_LETTER = re.compile(r"(\\(?:ss|ae|aa|[oOlL]))(?![A-Za-z])\s?")


def parse_bibtex(text: str) -> Iterator[Entry]:
    """The entries of a BibTeX text; one without a title is kept by its key.

    What is commented out or stands outside the entries, and looks like one, comes as an entry of
    nothing but `COMMENTED` or `STRAY` text.

    >>> [e.fields["author"] for e in parse_bibtex("@Article{k, author = {张一 and 李二}}")]
    [['张一', '李二']]
    """
    return _Parser(text).entries()


class _Parser:
    """A text gone through once, whatever is left open in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line, self._seen = 1, 0
        # Where the next entry begins a line, and up to where nothing is closed.
        self._next, self._broken = 0, 0
        self._macros: dict[str, str] = {}

    def entries(self) -> Iterator[Entry]:
        position = 0
        while found := _HEADER.search(self._text, position):
            yield from self._left_over(position, found.start())
            if found[1].lower() in _SKIPPED:
                position = self._end_of_remark(found)
                self._define(found, position)
                yield from self._commented(found.end(), position)
            else:
                position = self._end(found)
                yield from self._entry(found, position)
        yield from self._left_over(position, len(self._text))

    def _entry(self, found: re.Match[str], end: int) -> Iterator[Entry]:
        text, begin = self._text, found.end()
        line = self._line_at(found.start())
        key = _KEY.match(text, begin, end)
        values, odd = _values(text, key.end() if key else begin, end, self._macros)
        yield Entry(line, _fields(found[1].lower(), key[1] if key else "", values))
        yield from (Entry(line, {STRAY: [part[:_SHOWN]]}) for part in odd)

    def _define(self, found: re.Match[str], end: int) -> None:
        """What ``@string`` has an abbreviation mean from here on."""
        if found[1].lower() == "string":
            values, _ = _values(self._text, found.end(), end, self._macros)
            self._macros |= dict(values)

    def _left_over(self, start: int, end: int) -> Iterator[Entry]:
        """What stands between two entries: told, if it looks like one."""
        found = _LIKE_AN_ENTRY.search(self._text, start, end)
        if found is not None:
            told = self._text[start:end].strip("{}() \t\r\n")[:_SHOWN]
            yield Entry(self._line_at(found.start()), {STRAY: [told]})

    def _commented(self, start: int, end: int) -> Iterator[Entry]:
        """The entries in a remark."""
        starts = [found.start() for found in _INNER.finditer(self._text, start, end)]
        for begin, until in pairwise([*starts, end]):
            told = self._text[begin:until].strip()[:_SHOWN]
            yield Entry(self._line_at(begin), {COMMENTED: [told]})

    def _end(self, found: re.Match[str]) -> int:
        """Where an entry ends: at its brace, or before the next one if that is missing."""
        begin, opened = found.end(), found[2]
        limit = self._next_at_line(begin)
        if begin > self._broken:
            end = _closing(self._text, begin, limit, opened)
            if end is not None:
                return end
            self._broken = limit
        inner = _INNER.search(self._text, begin, limit)
        limit = inner.start() if inner else limit
        end = _closing(self._text, begin, limit, opened)
        return limit if end is None else end

    def _end_of_remark(self, found: re.Match[str]) -> int:
        """Where a remark, a macro or a preamble ends; entries may stand in a remark."""
        limit = self._next_at_line(found.end())
        if found[1].lower() != "comment":
            end = _closing(self._text, found.end(), limit, found[2])
            return limit if end is None else end
        again = _COMMENT.search(self._text, found.end())
        end = _closing(
            self._text, found.end(), again.start() if again else len(self._text), found[2]
        )
        return limit if end is None else end

    def _next_at_line(self, position: int) -> int:
        if self._next < position:
            found = _AT_LINE.search(self._text, position)
            self._next = found.start() if found else len(self._text)
        return self._next

    def _line_at(self, position: int) -> int:
        self._line += self._text.count("\n", self._seen, position)
        self._seen = max(self._seen, position)
        return self._line


def _closing(text: str, start: int, limit: int, opened: str) -> int | None:
    """Where what was opened before ``start`` is closed."""
    if opened == "(":
        depth = 0
        for found in _CLOSING_BRACKET.finditer(text, start, limit):
            if found[0] == ")" and depth <= 0:
                return found.start()
            depth += (found[0] == "{") - (found[0] == "}")
        return None
    depth = 1
    for found in _BRACES.finditer(text, start, limit):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return None


def _fields(kind: str, key: str, values: Iterable[tuple[str, str]]) -> Fields:
    fields: Fields = {"type": [kind]}
    for name, value in values:
        meaning = _MEANS.get(name)
        if name in ("number", "notes", "typeofwork", "isbn") and kind in (*_NUMBERS, "misc"):
            meaning = "number"
        if meaning is not None and value:
            parts = (
                re.split(r"\s+and\s+", value) if meaning in ("author", "supervisor") else [value]
            )
            fields.setdefault(meaning, []).extend(parts)
    fields.setdefault("title", [key] if key else [])
    return fields


def _values(
    text: str, position: int, end: int, macros: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """``name = {value}`` up to the end of an entry; a name may come twice. And what is neither."""
    values: list[tuple[str, str]] = []
    odd: list[str] = []
    while position < end:
        found = _NAME.match(text, position, end)
        if found is None:
            later = _LATER_NAME.search(text, position, end)
            until = later.start() if later else end
            said = text[position:until].strip(" \t\r\n,{}()")
            odd += [said] if said and (values or _LIKE_AN_ENTRY.search(said)) else []
            position = until
            continue
        value, position = _value(text, found.end(), end, macros)
        odd += [value] if _INNER.search(value) else []
        values.append((found[1].lower(), _plain(value)))
    return values, odd


def _plain(value: str) -> str:
    """A value as it is read: accents on their letters, no braces.

    >>> _plain(r'{\\"O}zg{\\"u}r and {Stra\\ss e}')
    'Özgür and Straße'
    """
    value = _ACCENTED.sub(
        lambda m: unicodedata.normalize("NFC", m[3] + _ACCENTS[m[1] or m[2]]), value
    )
    value = _LETTER.sub(lambda m: _LETTERS[m[1]], value)
    return " ".join(re.sub(r"[{}]|\\(?=[&%$#_])", "", value).split())


def _value(text: str, start: int, end: int, macros: Mapping[str, str]) -> tuple[str, int]:
    """A value and where it ends: pieces in braces, in quotes or bare, joined by ``#`` or not."""
    made, position = "", start
    while True:
        between = _JOIN.match(text, position, end)
        after = between.end() if between else position
        if after >= end or text[after] in ",}" or (after > start and _NAME.match(text, after, end)):
            return made, after
        piece, position = _piece(text, after, end, macros)
        made += piece if not made or (between and "#" in between[0]) else f" {piece}"


def _piece(text: str, start: int, end: int, macros: Mapping[str, str]) -> tuple[str, int]:
    if text[start] == "{":
        closed = _closing(text, start + 1, end, "{")
    elif text[start] == '"':
        closed = _closing_quote(text, start + 1, end)
    else:
        found = _BARE.match(text, start, end)
        bare = found[0].strip() if found else ""
        return macros.get(bare.lower(), bare), found.end() if found else start + 1
    closed = end if closed is None else closed
    return text[start + 1 : closed], closed + 1


def _closing_quote(text: str, start: int, end: int) -> int | None:
    depth = 0
    for found in _QUOTES.finditer(text, start, end):
        if depth == 0 and found[0] != "{":
            return found.start()
        depth += (found[0] == "{") - (found[0] == "}")
    return None
