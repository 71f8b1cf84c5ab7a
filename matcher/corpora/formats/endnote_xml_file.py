"""EndNote's library as XML, which Zotero, Mendeley and NoteExpress write as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matcher.corpora.formats.bibliography_file import made
from matcher.corpora.formats.format import Format, Sample, SourceFile, Works
from matcher.corpora.formats.safety import MAX_MARKUP
from matcher.corpora.reading import Row
from matcher.records import Achievement
from matcher.text.tagged import Entry, Fields

# Where in a record a value stands, and what it means.
_MEANS = {
    "contributors/authors/author": "author",
    "contributors/tertiary-authors/author": "supervisor",
    "contributors/subsidiary-authors/author": "applicant",
    "auth-address": "organisation", "titles/title": "title",
    "titles/secondary-title": "venue", "periodical/full-title": "venue",
    "dates/year": "year", "dates/pub-dates/date": "date", "keywords/keyword": "keyword",
    "abstract": "abstract", "electronic-resource-num": "doi",
    "urls/related-urls/url": "url", "urls/web-urls/url": "url",
    "publisher": "publisher", "work-type": "degree", "isbn": "issn", "accession-num": "number",
}  # fmt: skip
# Fields whose lines are values of their own.
_LISTED = ("organisation", "keyword")


def _read(source: SourceFile) -> Works:
    return Works(_items(source))


def _items(source: SourceFile) -> Iterator[Achievement | Row]:
    """Record by record: those before a break are used."""
    from lxml import etree

    number = 0
    with source.path.open("rb") as file:
        # No entity is resolved and nothing is fetched, whatever the file asks for.
        records = etree.iterparse(
            file, tag="record", resolve_entities=False, no_network=True, huge_tree=False
        )
        try:
            for _, record in records:
                number += 1
                yield from made([Entry(number, _fields(record))], source)
                record.clear()
                while record.getprevious() is not None:
                    del record.getparent()[0]
        except etree.XMLSyntaxError as error:
            told = f"文件到这里断了（{str(error)[:80]}），以下的内容没有；前面的照用"
            yield Row(number + 1, {}, told)


def _fields(record: Any) -> Fields:
    fields: Fields = {}
    for path, meaning in _MEANS.items():
        for element in record.findall(path):
            text = "".join(element.itertext()).strip()
            values = text.splitlines() if meaning in _LISTED else [" ".join(text.split())]
            fields.setdefault(meaning, []).extend(value.strip() for value in values if value)
    kind = record.find("ref-type")
    if kind is not None:
        fields["type"] = [kind.get("name", "")]
    return {meaning: values for meaning, values in fields.items() if values}


def _is_it(sample: Sample) -> bool:
    return b"<record>" in sample.lower and b"<ref-type" in sample.lower


ENDNOTE_XML = Format("endnote-xml", _is_it, _read, MAX_MARKUP)
