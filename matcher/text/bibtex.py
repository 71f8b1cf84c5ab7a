"""BibTeX as databases write it: braces in braces, names in Chinese, tags of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from matcher.text.tagged import Entry, Fields

# Parentheses are as good as braces, but an address in a text is no entry.
_ENTRY = re.compile(r"@(\w+)\s*(?:\{|\((?=\s*[^,\s]*\s*,\s*\w+\s*=))\s*([^,\s]*)\s*,")
_NAME = re.compile(r"\s*,?\s*([\w\-]+)\s*=\s*")
_SKIPPED = frozenset(("comment", "string", "preamble"))
_MEANS = {
    "title": "title", "author": "author", "journal": "venue", "booktitle": "venue",
    "secondarytitle": "venue", "year": "year", "date": "date", "trydate": "date",
    "keywords": "keyword",
    "abstract": "abstract", "authoraddress": "organisation", "address": "place", "school": "school",
    "institution": "school", "tertiaryauthor": "supervisor", "subsidiaryauthor": "applicant",
    "doi": "doi", "url": "url", "publisher": "publisher", "srcdatabase": "database",
    "affiliation": "organisation",
    "organization": "organisation", "assignee": "applicant", "holder": "applicant", "fund": "fund",
}  # fmt: skip
_NUMBERS = frozenset(("patent", "techreport", "standard"))
_MACRO = re.compile(r"@string\s*[{(]\s*(\w+)\s*=\s*", re.I)
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

    >>> [e.fields["author"] for e in parse_bibtex("@Article{k, author = {张一 and 李二}}")]
    [['张一', '李二']]
    """
    line, seen = 1, 0
    macros = {
        found[1].lower(): _plain(_value(text, found.end())[0]) for found in _MACRO.finditer(text)
    }
    for found in _ENTRY.finditer(text):
        kind = found[1].lower()
        line, seen = line + text.count("\n", seen, found.start()), found.start()
        if kind not in _SKIPPED:
            yield Entry(line, _fields(kind, found[2], _values(text, found.end(), macros)))


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
    fields.setdefault("title", [key])
    return fields


def _values(text: str, position: int, macros: Mapping[str, str]) -> list[tuple[str, str]]:
    """``name = {value}`` up to the brace that ends the entry; a name may come twice."""
    values: list[tuple[str, str]] = []
    while found := _NAME.match(text, position):
        value, position = _value(text, found.end())
        plain = _plain(value)
        said = macros.get(plain.lower(), plain) if plain == value else plain
        values.append((found[1].lower(), said))
    return values


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


def _value(text: str, start: int) -> tuple[str, int]:
    if start >= len(text) or text[start] not in '{"':
        found = re.compile(r"[^,}\n]*").match(text, start)
        return (found[0].strip(), found.end()) if found else ("", start)
    closing = "}" if text[start] == "{" else '"'
    depth, index = 0, start + 1
    while index < len(text):
        char = text[index]
        if char == closing and depth == 0:
            break
        depth += (char == "{") - (char == "}")
        index += 1
    return text[start + 1 : index], index + 1
