"""Texts damaged on their way: what can be mended for certain is, what is lost is reported.

Web converters glue a reading to a character (發(fā)布會(huì)), scanners break lines inside words,
and a byte lost between encodings leaves a ``?``. The first two are undone; the third is only named.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from matcher.text.normalise import clean, simplify

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü"
_READING = f"[a-z{_TONES}]{{1,6}}"
_BRACKETED = re.compile(rf"[(（]({_READING})[)）]")
_LOST_WITH_READING = re.compile(rf"[?？]({_READING})[)）]")
_TONE = re.compile(f"[{_TONES}]")
# Toneless readings the converters write too; other short Latin words in brackets stay.
_TONELESS = frozenset(
    [
        "de",
        "le",
        "ma",
        "ne",
        "ba",
        "a",
        "la",
        "zhe",
        "men",
        "zi",
        "er",
        "jian",
        "qing",
        "hui",
        "fa",
        "ji",
        "zhi",
        "li",
        "shi",
        "yi",
        "xi",
        "wei",
        "yu",
        "ya",
        "guo",
        "ge",
        "ze",
        "che",
        "mo",
    ]
)
_LOST = re.compile(rf"\ufffd+|□{{2,}}|(?<=[{_HAN}])\?(?=[{_HAN}\d])|[{_HAN}]?\?\?+[{_HAN}]?")
# A GBK text read one byte off turns quotation marks into these rare characters.
_SHIFTED = re.compile(
    rf"[“\"]?\?[!！\ue000-\uf8ff]?[{_HAN}]{{1,12}}?[睉昜瓣]|[锟斤拷]{{3,}}|[烫屯]{{3,}}|鈥[淺檇]?"
)
_BROKEN_WORD = re.compile(rf"(?<=[{_HAN}，、])[ \t]*\n[ \t]*(?=[{_HAN}，、。；])")
# OpenCC leaves 著, which in these words is 着.
_ZHE = re.compile("著(?=[眼力手重陆想])")
# What needs no cleaning: letters, Chinese and its punctuation, no white space at all.
_SOUND = re.compile(r"[!-~\u4e00-\u9fff、。，；：？！（）“”‘’《》【】≤≥±℃%·…—～×μ]*")
_SUSPECT = re.compile(r"[?\ufffd□锟烫屯鈥]")
_CACHED = 40
_WIDE_GAP = re.compile(rf"(?<=[{_HAN}]{{2}})( {{2,}})(?=[{_HAN}]{{2}})")
# The first mark of a line, and the first gap, decide: no other is tried.
_SENTENCE = re.compile(
    r"^(?:(?>[^\n。；，！]*[。；，！]).*\S {2,}\S|(?>.*?\S {2,}\S).*[。；，！])", re.MULTILINE
)
_FULL_WIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff05\uff0b\uff0f\u3000]+")


class Damage(NamedTuple):
    """A place where characters are lost: how it reads and what stands around it."""

    text: str
    context: str


class Repaired(NamedTuple):
    """A text after mending, how many glued readings were taken out, and what is lost."""

    text: str
    readings_removed: int = 0
    damages: tuple[Damage, ...] = ()


def repair(text: str, *, join_lines: bool = False) -> Repaired:
    """Mend a text for people to read: simplified script, no glued readings, half-width digits.

    ``join_lines`` also joins lines broken inside a sentence. What bytes were lost is not guessed:
    the place keeps its ``?`` and is listed in ``damages``.

    >>> repair("遼寧省召開(kāi)發(fā)布會(huì)").text
    '辽宁省召开发布会'
    >>> [damage.text for damage in repair("日?qǐng)?bào)").damages]
    ['日??']
    """
    if len(text) <= _CACHED:
        return _repaired_short(text, join_lines)
    return _repaired(text, join_lines)


@lru_cache(maxsize=20_000)
def _repaired_short(text: str, join_lines: bool) -> Repaired:
    """Names and regions come thousands of times in a list."""
    return _repaired(text, join_lines)


def _cleaned(text: str) -> str:
    """`clean`, but for wide gaps between the words of a sentence: what stood apart stays apart."""
    if not _SENTENCE.search(text):
        return clean(text)
    parts = _WIDE_GAP.split(text)
    return "".join(part if part.isspace() else clean(part) for part in parts)


def _repaired(text: str, join_lines: bool) -> Repaired:
    if text.isascii() and text.isprintable() and "?" not in text:
        return Repaired(" ".join(text.split()))
    if not _SOUND.fullmatch(text):
        text = _cleaned(text)
        text = _FULL_WIDTH.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    removed = lost = 0
    if ")" in text or "）" in text:
        text, lost = _LOST_WITH_READING.subn(_without_reading, text)
        text, removed = _remove_readings(text)
    if join_lines:
        text = _BROKEN_WORD.sub("", text)
    damages = _damages(text) if _SUSPECT.search(text) else ()
    return Repaired(_ZHE.sub("着", simplify(text)), removed + lost, damages)


def _without_reading(found: re.Match[str]) -> str:
    return "?" if _TONE.search(found[1]) or found[1] in _TONELESS else found[0]


def _remove_readings(text: str) -> tuple[str, int]:
    removed = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal removed
        before = text[found.start() - 1] if found.start() else ""
        glued = bool(before) and ("\u3400" <= before <= "\u9fff" or before in "?？")
        if glued and (_TONE.search(found[1]) or (tonal and found[1] in _TONELESS)):
            removed += 1
            return ""
        return found[0]

    tonal = any(_TONE.search(found[1]) for found in _BRACKETED.finditer(text))
    return _BRACKETED.sub(replace, text), removed


def _damages(text: str) -> tuple[Damage, ...]:
    found = [*_LOST.finditer(text), *_SHIFTED.finditer(text)]
    kept: list[Damage] = []
    end = -1
    for match in sorted(found, key=lambda m: (m.start(), -m.end())):
        if match.start() < end:
            continue
        end = match.end()
        around = text[max(0, match.start() - 8) : match.end() + 8].replace("\n", " ")
        kept.append(Damage(match[0], simplify(around)))
    return tuple(kept)
