"""English and other Latin script in technical text: words, stems, formulas, quantities.

Words become stems (Porter 2, Snowball), names of substances and grades stay as they are written,
a number parts from its unit. British spellings count as American ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER

_SPELLING = f"{DICTIONARY_FOLDER}/spelling_en.tsv"
# Units of several letters; a single letter behind digits makes a name as often (5G, 316L, 300M).
_UNITS = (
    "mpa|gpa|kpa|hpa|nm|um|μm|mm|cm|dm|km|kg|mg|ug|μg|kw|mw|gw|kwh|mwh|gwh|wh|ah|mah|kv|mv|ma|ka|"
    "hz|khz|mhz|ghz|thz|db|dbm|kn|mn|nn|min|ms|us|μs|ns|ps|fs|ppm|ppb|wt|vol|mol|mmol|kj|mj|rpm|"
    "hrc|hv|hb|bit|kb|mb|gb|tb|gbps|mbps|tbps|fps|lm|lux|ev|kev|mev|gev|dpi|tops|tflops|ml|μl|ul"
)
_JOINED = r"[-‐–−/+&·]|(?<=\d)\.(?=\d)"
_LATIN = re.compile(
    rf"(?<![^\W_])(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>{_UNITS})(?![^\W_])"
    rf"|(?P<term>[^\W_]+(?:(?:{_JOINED})[^\W_]+)*(?:\+\+|#)?)"
    r"|(?P<stop>[,;:!?()\[\]。，；：、]|\.(?=\s|$))"
)
_AT_JOINTS = re.compile(r"[-‐–−/+&·]")
_QUANTITY = re.compile(rf"(\d+(?:\.\d+)?)({_UNITS})")
_POSSESSIVE = re.compile(r"['’]s(?![^\W_])")
# A word that a line's end cut in two.
_HYPHENATED = re.compile(r"(?<=[a-z]{2})-\n(?=[a-z]{2})")
# The first that fits; what it leaves as it is stands before what would change it.
_PLURALS = (
    ("ss", "ss"), ("us", "us"), ("is", "is"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"),
    ("shes", "sh"), ("zes", "z"), ("ies", "y"), ("s", ""),
)  # fmt: skip
_ISE = re.compile("is(e|ed|ing|er|ation)$")
# Shorter words are abbreviations more often than plurals: gas, ros, les.
_SHORTEST_STEMMED = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what was written together.

    Attributes:
        word: as written, in lower case; "" for a mark of punctuation, over which no phrase goes.
        tokens: what it is searched by; the last part of a name also brings the whole name.
    """

    word: str
    tokens: tuple[str, ...]

    @property
    def key(self) -> str:
        """What a phrase knows it by: stems would make one of hydrogen and hydrogenation."""
        return singular(self.word)


_PAUSE = Part("", ())


def parts(normal: str) -> Iterator[Part]:
    """The parts of a normalised text without Chinese characters, in reading order.

    >>> [p.tokens for p in parts("in-situ rolling of al2o3 at 1200mpa")][1:3]
    [('situ',), ('roll',)]
    >>> [token for part in parts("sic/sic, x-ray") for token in part.tokens]
    ['sic', 'sic', 'ray', 'x-ray']
    """
    if "\n" in normal:
        normal = _HYPHENATED.sub("", normal)
    if "'" in normal or "’" in normal:
        normal = _POSSESSIVE.sub("", normal)
    for found in _LATIN.finditer(normal):
        if found["term"]:
            yield from _of_term(found["term"])
        elif found["unit"]:
            yield from _of_quantity(found["number"], found["unit"])
        else:
            yield _PAUSE


@lru_cache(maxsize=100_000)
def _of_term(term: str) -> tuple[Part, ...]:
    """A word, or a name of several parts.

    The whole is kept too where its parts say little: x-ray, c/c, ti-6al-4v.
    """
    if not term[-1].isalnum():  # c++, c#
        return (Part(term, (term,)),)
    pieces = _AT_JOINTS.split(term)
    if any(_QUANTITY.fullmatch(piece) for piece in pieces):
        found = [_QUANTITY.fullmatch(piece) for piece in pieces]
        return tuple(
            part
            for piece, quantity in zip(pieces, found, strict=True)
            for part in (_of_quantity(*quantity.groups()) if quantity else (_of_word(piece),))
        )
    made = [_of_word(piece) for piece in pieces]
    whole = any(len(p) == 1 or any(map(str.isdigit, p)) for p in pieces)
    if len(made) > 1 and whole and not all(map(_is_number, pieces)):
        made[-1] = Part(made[-1].word, (*made[-1].tokens, term))
    return tuple(made)


def _of_word(word: str) -> Part:
    return Part(word, () if len(word) == 1 or _is_number(word) else (stem(word),))


def _of_quantity(number: str, unit: str) -> tuple[Part, Part]:
    return Part(number, (number,) if len(number) > 1 else ()), Part(unit, (unit,))


def _is_number(text: str) -> bool:
    return text.replace(".", "").isdigit()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a lower-case word in American spelling; names and abbreviations as they are.

    >>> stem("rolling"), stem("fibres"), stem("gcr15"), stem("gas")
    ('roll', 'fiber', 'gcr15', 'gas')
    """
    if not _inflected(word):
        return word
    stemmed = str(_stemmer().stemWord(word))
    return _american_stems().get(stemmed, stemmed)


@lru_cache(maxsize=100_000)
def singular(word: str) -> str:
    """A lower-case word without its plural, in American spelling.

    After Harman (1991), "How effective is suffixing?", the S stemmer.

    >>> singular("batteries"), singular("fibres"), singular("processes"), singular("analysis")
    ('battery', 'fiber', 'process', 'analysis')
    """
    if not _inflected(word):
        return word
    for ending, instead in _PLURALS:
        if word.endswith(ending):
            word = word[: len(word) - len(ending)] + instead
            break
    word = _american_words().get(word, word)
    return _ISE.sub(r"iz\1", word)


def _inflected(word: str) -> bool:
    return len(word) >= _SHORTEST_STEMMED and word.isascii() and word.isalpha()


@cache
def _stemmer() -> Any:
    from Stemmer import Stemmer

    return Stemmer("english")


@cache
def _american_words() -> dict[str, str]:
    lines = data_path(_SPELLING).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return dict(pairs)


@cache
def _american_stems() -> dict[str, str]:
    """Stems of British spellings and those of the American ones."""
    snowball = _stemmer().stemWord
    return {
        snowball(british): snowball(american) for british, american in _american_words().items()
    }
