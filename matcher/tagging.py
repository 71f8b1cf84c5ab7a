"""Persons, organisations and places in running text, told by a tagger with weights.

A bidirectional recurrent network over characters and a best path over its tags, of Baidu's LAC
(https://github.com/baidu/lac, Apache-2.0), cut down to the 8,054 characters it had learnt and
to weights of one byte: `python -m benchmarks.tagger` makes `models/tagger.safetensors`. States
and weights lie on grids, so the tags are the same on every processor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from matcher.resources import data_path

if TYPE_CHECKING:
    from matcher.tag_network import TagNetwork

WEIGHTS = "models/tagger.safetensors"
PERSON, ORGANISATION, PLACE = "PER", "ORG", "LOC"
_LONGEST, _KEPT = 80, 500
# Cells of a row and, in long lines, sentences are read by themselves.
_APART = re.compile(r"[\t\n]+")
_ENDS = re.compile(r"(?<=[。！？!?；;，, 　])")
_ALIKE = {"nr": PERSON, "nt": ORGANISATION, "ns": PLACE}


class Tagged(NamedTuple):
    """A word, what it is, and where it stands."""

    word: str
    tag: str
    start: int


def tagged(text: str) -> tuple[Tagged, ...]:
    """All words of a text in order, but for line breaks and tabs.

    >>> found = tagged("东泰泵业有限公司的韦建邦，谈高温合金涂层")
    >>> [one.word for one in found if one.tag == PERSON]
    ['韦建邦']
    >>> [one.word for one in found if one.tag == ORGANISATION]
    ['东泰泵业有限公司']
    """
    pieces = [
        (start + len(piece) - len(piece.lstrip()), piece.strip())
        for start, piece in _pieces(text) if piece.strip()
    ]  # fmt: skip
    told = _tags_of(dict.fromkeys(piece for _, piece in pieces))
    return tuple(word for start, piece in pieces for word in _words(piece, told[piece], start))


# What was read last: one need is read several times, more or less of it.
_read: dict[str, list[str]] = {}


def _tags_of(pieces: Iterable[str]) -> dict[str, list[str]]:
    # Looked up once: another thread may clear it meanwhile.
    known = {piece: tags for piece in pieces if (tags := _read.get(piece)) is not None}
    new = [piece for piece in pieces if piece not in known]
    found = dict(zip(new, _network().tags(new), strict=True))
    if len(_read) + len(found) > _KEPT:
        _read.clear()
    if len(found) <= _KEPT:
        _read.update(found)
    return known | found


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """What is read by itself, and where it begins: cells, and of long ones a few clauses."""
    at = 0
    for line in _APART.split(text):
        at = text.index(line, at)
        piece = ""
        for clause in _ENDS.split(line) if len(line) > _LONGEST else [line]:
            if piece and len(piece) + len(clause) > _LONGEST:
                yield at, piece
                at, piece = at + len(piece), ""
            piece += clause
        for cut in range(0, len(piece), 2 * _LONGEST):
            yield at + cut, piece[cut : cut + 2 * _LONGEST]
        at += len(piece)


def _words(piece: str, tags: list[str], start: int) -> Iterator[Tagged]:
    begin = 0
    for end in range(1, len(piece) + 1):
        if end == len(piece) or not tags[end].endswith("-I"):
            kind = tags[begin].rpartition("-")[0]
            yield Tagged(piece[begin:end], _ALIKE.get(kind, kind), start + begin)
            begin = end


@cache
def _network() -> TagNetwork:
    from matcher.tag_network import TagNetwork

    return TagNetwork.from_file(data_path(WEIGHTS))
