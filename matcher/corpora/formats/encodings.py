"""Which encoding a text is in: UTF-8, UTF-16, UTF-32, GB18030 or Big5.

GB18030 and Big5 share most of their byte pairs, so what decodes is not yet right: the one whose
text is made of common characters is taken.
"""

from __future__ import annotations

import codecs
from collections import Counter
from pathlib import Path

from matcher.errors import InputError

_SAMPLE = 200_000
_MOSTLY = 0.85
# Bytes beyond the first of its letters: eight Chinese ones in UTF-8, as no GB18030 is by chance.
_SURE = 16
_UNMARKED = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # which begins as UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path, *, is_utf8: bool) -> str:
    """The encoding of a text file of which it is known whether the whole is UTF-8.

    Raises:
        InputError: none of the encodings fits.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    return guess_encoding(sample, str(path), is_utf8=is_utf8, lines_of=path)


def guess_encoding(
    sample: bytes, given: str, *, is_utf8: bool, lines_of: Path | None = None
) -> str:
    """The same for the beginning of a text.

    Raises:
        InputError: none of the encodings fits.
    """
    for bom, name in _BOMS:
        if sample.startswith(bom) and (name == "utf-8-sig" or _is_sound(sample, name)):
            return name
    if b"\0" in sample[:4000] and not sample.startswith(b"\xff\xfe"):
        wide = max(_UNMARKED, key=lambda name: _readable(sample, name))
        if _readable(sample, wide) > _MOSTLY:
            return wide
    if is_utf8:
        return "utf-8-sig"
    utf8, legacy, other, sure = _votes(sample, lines_of)
    if utf8 >= legacy and utf8:
        return "utf-8-sig"
    if legacy > other:
        if sure:
            raise InputError(
                "文件里混有两种文字编码",
                given=f"{given}（{sure} 行是 UTF-8，{legacy} 行是 GB18030）",
                expected="从头到尾一种编码", remedy="把两部分分别另存为 UTF-8，再合成一个文件",
            )  # fmt: skip
        return "big5hkscs" if _common_big5(sample) > _common_gb(sample) else "gb18030"
    raise InputError(
        "认不出文字编码", given=given, expected="UTF-8、UTF-16、GB18030 (GBK) 或 Big5 的文本",
        remedy="在 Excel 中另存为“CSV UTF-8”，或在记事本中另存为 UTF-8",
    )  # fmt: skip


def _votes(sample: bytes, path: Path | None) -> tuple[int, int, int, int]:
    """Lines that are UTF-8, a Chinese double-byte encoding, or neither; UTF-8 for sure.

    UTF-8 Chinese often passes as GB18030 (and turns into other characters), GB18030 Chinese
    hardly ever as UTF-8. So UTF-8 is believed unless most lines speak against it; the damaged
    lines then become rejects.
    """
    utf8 = legacy = other = sure = 0
    lines = sample.splitlines() if path is None else path.open("rb")
    try:
        for line in lines:
            if line.isascii():
                continue
            if _is(line, "utf-8"):
                utf8 += 1
                sure += len(line) - len(line.decode()) >= _SURE
            elif _is(line, "gb18030") or _is(line, "big5hkscs"):
                legacy += 1
            else:
                other += 1
    finally:
        if path is not None:
            lines.close()  # type: ignore[union-attr]
    return utf8, legacy, other, sure


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_sound(sample: bytes, encoding: str) -> bool:
    try:
        text = _whole(sample, encoding).decode(encoding, errors="strict")
    except UnicodeDecodeError as error:
        return error.start >= len(sample) - 4
    return bool(text)


def _whole(sample: bytes, encoding: str) -> bytes:
    """Without the beginning of a character at its end."""
    width = 4 if encoding.startswith("utf-32") else 2
    return sample[: len(sample) // width * width]


def _readable(sample: bytes, encoding: str) -> float:
    """Share of the characters that are ASCII, Chinese or Chinese punctuation."""
    text = _whole(sample, encoding).decode(encoding, errors="replace")
    good = sum(
        " " <= c <= "~" or c in "\r\n\t" or "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f"
        or "\uff00" <= c <= "\uffef"
        for c in text
    )  # fmt: skip
    return good / len(text) if text else 0.0


def _common_gb(sample: bytes) -> float:
    """Share of the Chinese characters that are of level 1 of GB 2312 (rows 16-55)."""
    return _share(sample, "gb18030", "gb2312", range(0xB0, 0xD8))


def _common_big5(sample: bytes) -> float:
    """Share of the Chinese characters that are of the frequent level of Big5 (A4-C6)."""
    return _share(sample, "big5hkscs", "big5", range(0xA4, 0xC7))


def _share(sample: bytes, encoding: str, level: str, leads: range) -> float:
    common = total = 0
    for char, times in Counter(sample.decode(encoding, errors="replace")).items():
        if char == "\ufffd":
            total += 2 * times
        elif "\u3400" <= char <= "\u9fff" or "\ue000" <= char <= "\uf8ff":
            total += times
            coded = char.encode(level, errors="ignore")
            common += times if coded and coded[0] in leads else 0
    return common / total if total else 0.0
