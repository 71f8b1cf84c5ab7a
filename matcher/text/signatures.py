"""Who signed a work and from where, as printed: names with the marks beside them, addresses with
the numbers that the marks refer to.

>>> people, places = "张一¹，李二¹,²*（通讯作者）", "1.甲大学；2.乙有限公司"
>>> [(one.name, one.marks) for one in signatures(people)], numbered(places)["2"]
([('张一', ('1',)), ('李二', ('1', '2'))], '乙有限公司')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matcher.text.organisations import organisation_kind
from matcher.text.person_names import parse_name

_H = "\u3400-\u9fff"
_HAN = re.compile(f"[{_H}]")
_BRACKET = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_SIGN = "[*#†‡§^&~∗⁎※△▲☆★✉]"
_INDEX = r"(?:(?<!\d)\d{1,2}(?!\d)|[a-f](?![A-Za-z]))"
_BESIDE = rf"(?:{_BRACKET.pattern}|{_SIGN}|{_INDEX}|(?<=[\d*#†‡a-f])\s*,\s*(?=[\d*#†‡a-f]))"
# A name in Chinese script, what stands beside it, and what divides it from the next.
_SIGNED = re.compile(
    rf"\s*(?:[(（]?\d{{1,2}}[.．、)）]?\s*)?([{_H}]\s+[{_H}](?![{_H}])|[{_H}]{{2,4}}(?:[·•・‧∙.][{_H}]{{1,8}})*)"
    rf"((?:\s*{_BESIDE})*)\s*(?:[;、,|/\n。]+|\s(?=\s*(?:[(（]?\d{{1,2}}[.．、)）]\s*)?[{_H}])|$)"
)
_ET_AL = re.compile(r"(?:(?<=..)等|[\s,、;]*\bet\s+al\.?|[\s,、;]+等)$", re.I)
# Zhang S Y and San Zhang, of which several stand between commas; Zhang, San is one.
_FULL_LATIN = re.compile(r"[A-Z][\w'’\-]+(?:\s+(?:[A-Z][\w'’.\-]*|[A-Z]\.(?:-?[A-Z]\.)*))+")
_BESIDE_LATIN = re.compile(
    rf"(?:\s*(?:{_SIGN}|\d{{1,2}}|,(?=\s*[\d*#†‡])|[(\[][\d,\s*#]+[)\]])){{1,40}}+$"
)
# 1.某院 培养处；2.某公司: numbered addresses stand in one value.
_ADDRESS_CUT = re.compile(r"[;；]+\s*(?![^()（）]{0,400}[)）])|\|")
_NUMBER = re.compile(
    rf"(?:^|(?<=[;；,，。\s]))\s*(?:[\[(（【]\s*({_INDEX})\s*[\])）】]\s*[.．、]?|({_INDEX})\s*[.．、:：)）]|"
    rf"(\d{{1,2}})(?=\s*[{_H}]))\s*(?=[{_H}A-Z])"
)
# 张一 编著; 张一/甲大学.
_EDITED = re.compile(r"\s*(?:编著|主编|副主编)$|\s+(?:等?著|译|编)$")
_SLASHED = re.compile(rf"/\s*([{_H}()]{{4,}})")
_WHOLE = ("大学", "公司", "集团", "科学院", "设计院", "研究总院", "总厂", "厂", "局")
_PART_OF = ("学院", "学校", "研究所", "研究院", "医院", "中心", "站")


class Signature(NamedTuple):
    """A name, the numbers or letters beside it, and the organisation in a bracket behind it."""

    name: str
    marks: tuple[str, ...] = ()
    place: str = ""


def signatures(text: str) -> list[Signature]:
    """Names with what stands beside them, whatever divides them: ; ； | 、 and, between Chinese
    names, a comma or a space.
    """
    plain = unicodedata.normalize("NFKC", text).replace("˒", ",").strip(" ,;、")
    plain = _ET_AL.sub("", _EDITED.sub("", plain))
    plain = _SLASHED.sub(lambda m: f"({m[1]})" if organisation_kind(m[1]) else m[0], plain)
    if _HAN.search(plain) and (found := _chinese(plain)):
        return found
    parts = re.split(r"[;|、\n]+|\s+and\s+", plain)
    several = [name for part in parts for name in _by_commas(part.strip(" ,{}"))]
    named = (_ET_AL.sub("", name) for name in several)
    return [
        Signature(_BESIDE_LATIN.sub("", name).strip(" ,"), _marks(_beside_latin(name)))
        for name in named
        if name.strip(" ,") and name.casefold() != "others"
    ]


def _chinese(plain: str) -> list[Signature]:
    """All of a text as names in Chinese script; none if anything else is in it."""
    found: list[Signature] = []
    place = 0
    while place < len(plain):
        match = _SIGNED.match(plain, place)
        if match is None:
            return []
        name, beside = "".join(match[1].split()), match[2]
        inside = [held.strip() for held in _BRACKET.findall(beside)]
        where = next((held for held in inside if organisation_kind(held)), "")
        found.append(Signature(_ET_AL.sub("", name), _marks(beside), where))
        place = match.end()
    return [one for one in found if one.name != "等"]


def _by_commas(part: str) -> list[str]:
    """What commas divide: Chinese names, and Latin ones of which each has all its parts."""
    several = re.split(r"[,\s]+", part)
    if len(several) > 1 and all(2 <= len(p) <= 4 and _HAN.match(p) for p in several):
        return several
    several = [one for one in re.split(r"\s*,\s*(?![\d*#†‡])", part) if one]
    full = all(_FULL_LATIN.fullmatch(_BESIDE_LATIN.sub("", one)) for one in several)
    return several if len(several) > 1 and full else [part]


def _beside_latin(name: str) -> str:
    found = _BESIDE_LATIN.search(name)
    return found[0] if found else ""


def _marks(beside: str) -> tuple[str, ...]:
    """The numbers beside a name; a remark in a bracket (学生) has none."""
    told = _BRACKET.sub(lambda m: m[1] if re.fullmatch(r"[\da-f,*#\s]+", m[1]) else " ", beside)
    return tuple(dict.fromkeys(re.findall(_INDEX, told)))


def printed_names(values: Sequence[str]) -> list[str]:
    """Names as printed, without the marks beside them, each once."""
    return list(dict.fromkeys(one.name for value in values for one in signatures(value)))


def names_of(values: Sequence[str]) -> list[str]:
    """Names of persons; who is none (本报评论员, Null) is left out.

    >>> names_of(["张一#; 李二*"]), names_of(["张一(1),李二（学生），王三等"])
    (['张一', '李二'], ['张一', '李二', '王三'])
    >>> names_of(["Zhang, Yi"]), names_of(["{Null}"])
    (['Zhang, Yi'], [])
    """
    return [name for name in printed_names(values) if parse_name(name) is not None]


def addresses_of(values: Sequence[str]) -> list[str]:
    """Addresses as printed, one an item, without the numbers that refer to authors.

    >>> addresses_of(["[1]甲大学材料学院;[2]乙公司"]), addresses_of(["甲城大学、乙有限公司"])
    (['甲大学材料学院', '乙公司'], ['甲城大学', '乙有限公司'])
    """
    parts = (part for value in values for part in _ADDRESS_CUT.split(value))
    bare = (re.sub(r"^\s*[\[【][^\]】]*[\]】]\s*", "", part) for part in parts)
    tidy = (_NUMBER.sub("", part, count=1) if _NUMBER.match(part) else part for part in bare)
    several = (one for part in tidy for one in _enumerated(part.strip(" ;；,，、。")))
    return list(dict.fromkeys(one for one in several if one))


def _enumerated(text: str) -> Iterator[str]:
    """甲大学、乙公司: each by itself; 甲大学, 机械学院 is one with its part."""
    for mark, ends in (("[、]", (*_WHOLE, *_PART_OF)), (r"[,，\s]", _WHOLE)):
        parts = [part for part in re.split(rf"{mark}\s*", text) if part]
        if len(parts) > 1 and all(_stands_alone(part, ends) for part in parts):
            yield from parts
            return
    yield text


def _stands_alone(part: str, ends: tuple[str, ...]) -> bool:
    bare = re.sub(r"[(（][^()（）]*[)）]$", "", part)
    return len(bare) >= 4 and bare.endswith(ends) and not bare.startswith(("第", "附属", "直属"))


def numbered(text: str) -> dict[str, str]:
    """The addresses of a text by the numbers before them; none where they are not numbered."""
    found = list(_NUMBER.finditer(text))
    if not found or text[: found[0].start()].strip():
        return {}
    ends = [*(mark.start() for mark in found[1:]), len(text)]
    return {
        next(filter(None, mark.groups())): text[mark.end() : end].strip(" ;；,，。\n")
        for mark, end in zip(found, ends, strict=True)
    }
