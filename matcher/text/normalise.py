"""One spelling for one thing: Unicode forms, script, control characters, white space."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

# Zero-width and directional marks, soft hyphens and other format characters survive copying from
# web pages and word processors; they split words invisibly.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# What `clean` has any work with; most texts hold nothing of the kind.
_UNCLEAN = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffb]"
)
# Of a text that is printable throughout: a space that `clean` takes away, or may.
_LOOSE = re.compile(r" (?: |$|(?<=[\u3400-\u9fff] )(?=[\u3400-\u9fff])|\S \S \S )")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")
_SCRIPT = ((0x2E80, 0x3040), (0x3400, 0xA000), (0xF900, 0xFB00))
# Traditional in words only (瞭解, 藉口, 答覆), by themselves as they are in simplified script.
_ONLY_IN_PHRASES = "乾瞭藉覆徵彷沈昇祇牴畫鍊鍾"
# What ``t2s`` leaves: forms of Hong Kong and Taiwan, and 著 where simplified script writes 着.
_FORMS = "衞枱敍睪迳於"
_REGIONAL = str.maketrans(_FORMS, "卫台叙睾径于")
_ZHE = re.compile("(?<![显卓昭专编原名土合论巨译])著(?![名作称录述者])")
_CJK_GAP = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
_BRACKETED = re.compile("[（(](.*?)[)）]", re.DOTALL)
HAN = re.compile("[\u3400-\u9fff]")
"""A Chinese character."""
# Five letters with spaces between them: the line is set like a heading (G a N 外 延).
_LETTERED = re.compile(r"(?<!\S)\S(?: \S){4}(?!\S)")
_MOSTLY_SINGLE = 0.9
_CJK_BREAK = re.compile(r"(?<=[\u3400-\u9fff]) *\n\s*(?=[\u3400-\u9fff])")


@cache
def _converter() -> Any:
    """OpenCC's traditional to simplified converter (loaded on first use)."""
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """A character by which a text is known to need converting.

    Simplified texts are left alone, for the phrases of ``t2s`` would change them (打坏: 打坯).
    """
    candidates = [chr(code) for first, last in _SCRIPT for code in range(first, last)]
    converted = _converter().convert("\n".join(candidates)).split("\n")
    changed = [old for old, new in zip(candidates, converted, strict=True) if old != new]
    return re.compile(f"[{''.join(changed)}{_ONLY_IN_PHRASES}{_FORMS}\U00020000-\U000323af]")


@cache
def _settled() -> re.Pattern[str]:
    """Letters, digits, signs and Chinese in simplified script, without any white space."""
    changed = _traditional()
    han = "".join(sign for sign in map(chr, range(0x4E00, 0xA000)) if not changed.search(sign))
    return re.compile(f"[!-~、。{han}]*")


def is_settled(text: str) -> bool:
    """Whether NFKC, `clean` and `simplify` all leave a text as it is: told in one look.

    >>> is_settled("GCr15轴承钢(3)"), is_settled("軸承"), is_settled("轴 承"), is_settled("（甲）")
    (True, False, False, False)
    """
    return _settled().fullmatch(text) is not None


def clean(text: str) -> str:
    """Text without invisible and control characters, white space folded; line breaks kept.

    Spaces between two Chinese characters go: converters and OCR put them there, writers do not.

    >>> clean("光 刻\\u200b胶\\r\\n\\n ArF")
    '光刻胶\\nArF'
    """
    # All that is unclean is a space or not printable: told at a tenth of the cost.
    if text.isprintable():
        if not text.startswith(" ") and not _LOOSE.search(text):
            return text
    elif not _UNCLEAN.search(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    text = _BLANK_LINES.sub("\n", _SPACES.sub(" ", text)).strip()
    if _LETTERED.search(text):
        text = "\n".join(map(_closed, text.split("\n")))
    return _CJK_GAP.sub("", text).strip()


def _closed(line: str) -> str:
    """A line set with a space behind every letter, without these; others as they are."""
    pieces = line.split(" ")
    single = sum(len(piece) == 1 for piece in pieces)
    return "".join(pieces) if single >= _MOSTLY_SINGLE * len(pieces) and HAN.search(line) else line


def in_brackets(text: str) -> list[str]:
    """What stands in brackets of whatever width.

    >>> in_brackets("某大学（基地）、甲(厂")
    ['基地']
    """
    return [found[1] for found in _BRACKETED.finditer(text, 0, _last_closed(text))]


def without_brackets(text: str) -> str:
    """A text without what stands in brackets of whatever width.

    >>> without_brackets("某大学（基地）、甲(厂")
    '某大学、甲(厂'
    """
    end = _last_closed(text)
    return _BRACKETED.sub("", text[:end]) + text[end:]


def _last_closed(text: str) -> int:
    """Where the last bracket is closed: beyond, every open one would be followed to the end."""
    return max(text.rfind(")"), text.rfind("）")) + 1


def joined_lines(text: str) -> str:
    """Lines that end and go on in Chinese characters made one: scanners break them inside words.

    >>> joined_lines("光刻\\n胶用 ArF\\n光源")
    '光刻胶用 ArF\\n光源'
    """
    return _CJK_BREAK.sub("", text) if "\n" in text else text


def simplify(text: str) -> str:
    """Traditional characters as simplified ones (OpenCC ``t2s``, and what it leaves).

    >>> simplify("軸承鋼"), simplify("打坏的模具"), simplify("隨著顯著")
    ('轴承钢', '打坏的模具', '随着显著')
    """
    if not _traditional().search(text):
        return text
    converted = str(_converter().convert(text)).translate(_REGIONAL)
    return _ZHE.sub("着", converted).replace("座标", "坐标")


def plain(text: str) -> str:
    """What an encoder reads: clean, in simplified script, Chinese lines joined; case as written.

    >>> plain("軸 承\\n鋼 GCr15")
    '轴承钢 GCr15'
    """
    return simplify(joined_lines(clean(text)))


def normalise(text: str) -> str:
    """The one form in which texts are compared: NFKC, simplified script, cleaned, lower case.

    For matching only; what people see stays as it was written.

    >>> normalise("ＩＴＯ靶材　5μｍ")
    'ito靶材 5μm'
    """
    if is_settled(text):
        return text.lower()
    # Lone surrogates come from broken decoders and cannot be encoded by anything downstream.
    text = text.encode("utf-8", "replace").decode("utf-8")
    # Lower case may leave combining marks out of their canonical order: composed a second time.
    lower = unicodedata.normalize("NFKC", clean(text)).lower()
    return clean(simplify(clean(unicodedata.normalize("NFKC", lower))))
