"""What is printed beside an author: the organisation, and which part of it.

>>> split_affiliation("大连理工大学机械工程学院, 辽宁 大连 116024")
Affiliation(organisation='大连理工大学', department='机械工程学院')
>>> split_affiliation("张一(大连理工大学 机械工程学院").organisation
'大连理工大学'
>>> split_affiliation("中国科学院 金属研究所 沈阳").organisation
'中国科学院金属研究所'
>>> split_affiliation("大连理工大学机械工程学院大连").department
'机械工程学院'
>>> split_affiliation("示例鼓风机(集团)有限公司").organisation
'示例鼓风机（集团）有限公司'
>>> split_affiliation("Dept of Testing, University of Example, Nowhere").organisation
'University of Example'
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from matcher.resources import data_path
from matcher.text.normalise import HAN, simplify
from matcher.text.organisations import ALIASES, is_alias, normalise_organisation
from matcher.text.regions import places

_POST = re.compile(r"(?<!\d)\d{6}(?!\d)")
_NUMBER = re.compile(r"^[\s(（\[]*(?:\d{1,2}|[a-z])[)）\].、．:：]?\s*(?=[\u3400-\u9fffA-Z])")
# Academies whose institutes are organisations of their own.
_ACADEMY = (
    r"(?:中国科学院|中科院|中国农业科学院|中国林业科学研究院|中国医学科学院|中国水产科学研究院|中国中医科学院|"
    r"中国热带农业科学院|中国空气动力研究与发展中心|中国工程物理研究院|[\u3400-\u9fff]{2,10}?(?:省|市|自治区)?(?:农业科学院|科学院|林业科学院))"
)
_INSTITUTE = (
    r"[\u3400-\u9fffA-Za-z0-9()·—\-]{2,30}?"
    r"(?:研究所|研究院|研究中心|天文台|植物园|实验室|图书馆|中心|[所院台园站])"
)
_BRANCH = r"(?:[(][\u3400-\u9fff]{2,6}[)])?"
_COMPANY = r"(?:(?:集团)?(?:股份有限公司|有限责任公司|有限公司|总公司|公司)|集团(?![)])|总厂|厂)"
# 中国科学院 国家天文台: the two are one name.
_PARTED = re.compile(rf"^({_ACADEMY})\s+(?={_INSTITUTE}(?:\s|$))")
# In this order: what is named more exactly goes before what its name begins with.
_WHOLE = tuple(
    re.compile(rf"^({pattern})")
    for pattern in (
        rf"{_ACADEMY}{_INSTITUTE}",
        r"[\u3400-\u9fff]{2,30}?公司第[一二三四五六七八九十〇零\d]{1,6}研究[所院]",
        r"[\u3400-\u9fffA-Za-z0-9()·&]{2,40}?(?:分公司|子公司)",
        r"[\u3400-\u9fff]{2,24}?医院",
        rf"[\u3400-\u9fffA-Za-z0-9()·&]{{1,40}}?{_COMPANY}",
        rf"[\u3400-\u9fff]{{1,20}}?大学(?!院){_BRANCH}",
        r"[\u3400-\u9fff]{1,24}?(?:设计研究院|研究总院|研究设计院|科学院|设计院|研究院|研究所)",
        rf"[\u3400-\u9fff]{{2,20}}?(?:学院|学校|实验室|研究中心|中心|[所院局站台]){_BRANCH}",
    )
)
_OWNED = re.compile(
    r"^(.{4,30}?(?:国家重点|重点|国家工程|工程)[^()]{2,16})[(](.{2,30}(?:大学|院|所|公司))[)]$"
)
# 张一(某大学: a name with the organisation behind it in a bracket, which may have been cut off.
_NAMED = re.compile(
    r"^(?![^(]*(?:大学|公司|集团|中心|[所院局厂站台室部处系])\s*[(])[\u3400-\u9fff·\s]{2,16}"
    r"[(](?=[\u3400-\u9fff]{2,20}(?:大学|学院|研究[所院]|科学院|医院|公司|中心))([^()]*)[)]?"
)
_ACADEMY_ENGLISH = re.compile(r"\bacad\w*\b", re.I)
_ENGLISH_PART = re.compile(r"\s*[,;]\s*")
_ENGLISH = (
    re.compile(r"\b(?:univ(?:ersity|ersite|ersität)?|polytech\w*)\b", re.I),
    re.compile(
        r"\b(?:institute of technology|inst technol|chinese acad\w* (?:of )?sci\w*|academy)\b", re.I
    ),
    re.compile(r"\b(?:inc|ltd|corp\w*|company|co|gmbh|llc|plc)\b\.?", re.I),
    re.compile(r"\b(?:inst(?:itute)?|hospital|college|bureau)\b", re.I),
    re.compile(r"\b(?:laborator\w*|lab|cent(?:er|re))\b", re.I),
)
_INNER = re.compile(
    r"\b(?:school|sch|college|coll|faculty|dept|department|division|office|group) (?:of )?", re.I
)


# Words as Web of Science and Scopus shorten them.
_SHORTENED = {
    "univ": "university", "technol": "technology", "sci": "science", "engn": "engineering",
    "inst": "institute", "acad": "academy", "chem": "chemistry", "phys": "physics", "met": "metal",
    "res": "research", "elect": "electric", "agr": "agricultural", "aeronaut": "aeronautics",
    "astronaut": "astronautics", "telecommun": "telecommunications", "mat": "materials",
    "min": "mining", "petr": "petroleum", "def": "defense", "natl": "national",
    "polytech": "polytechnical", "cent": "central", "ctr": "center", "med": "medical",
    "ind": "industry", "environm": "environmental", "int": "international",
}  # fmt: skip


# Universities of which there is another one on the mainland under the same name.
_TWICE = ("清华大学", "中山大学", "中央大学", "交通大学", "政治大学", "暨南大学", "东华大学")


class Affiliation(NamedTuple):
    """An organisation under its full name, and the part of it (``""`` if none is named)."""

    organisation: str
    department: str = ""


@lru_cache(maxsize=200_000)
def split_affiliation(text: str) -> Affiliation:
    """The organisation and department of an address as printed; nothing is invented.

    >>> split_affiliation("中国科学院金属研究所 沈阳材料科学国家研究中心").department
    '沈阳材料科学国家研究中心'
    >>> split_affiliation("Dalian Univ Technol, Sch Mech Engn, Dalian 116024, Peoples R China")[0]
    '大连理工大学'
    """
    # Spaces divide the parts of an address; `clean` would take them from between characters.
    plain = " ".join(simplify(unicodedata.normalize("NFKC", text)).split())
    plain = _NUMBER.sub("", plain).strip(" ;,。.")
    if not plain:
        return Affiliation("")
    return _chinese(plain) if HAN.search(plain) else _english(plain)


def _chinese(text: str) -> Affiliation:
    text = _PARTED.sub(r"\1", _NAMED.sub(r"\1", text))
    # 国立成功大学 is 成功大学; 国立清华大学 is not 清华大学.
    if text.startswith("国立") and not text[2:].startswith(_TWICE):
        text = text[2:]
    if is_alias(text):
        return Affiliation(normalise_organisation(text))
    parts = [
        _town().sub("", part)
        for part in re.split(r"[,;、\s]+", _POST.sub("", text))
        if HAN.search(part)
    ]
    if not parts:
        return Affiliation("")
    owned = _OWNED.match(parts[0])
    if owned:
        return Affiliation(normalise_organisation(owned[2]), owned[1])
    # 沈阳 东北大学: a place may stand before the organisation.
    for position, part in enumerate(parts):
        found = next((m for pattern in _WHOLE if (m := pattern.match(part))), None)
        if found:
            rest = part[found.end() :].strip("-—·:") or _next_part(parts[position + 1 :])
            return Affiliation(normalise_organisation(found[0]), rest)
    return Affiliation(normalise_organisation(parts[0]), _next_part(parts[1:]))


@cache
def _town() -> re.Pattern[str]:
    """A town behind an organisation, without a comma: 某大学农学院长沙."""
    names = "|".join(sorted(places(), key=len, reverse=True))
    return re.compile(rf"(?<=[学院所室心站场园馆])(?:{names})市?$")


def _next_part(parts: list[str]) -> str:
    """The part after the organisation if it is one of it, and no town."""
    return (
        parts[0]
        if parts and re.search(r"(?:学院|系|所|院|中心|实验室|部|室|团队|课题组|处)$", parts[0])
        else ""
    )


def _english(text: str) -> Affiliation:
    parts = [part.strip(" .") for part in _ENGLISH_PART.split(text) if part.strip(" .")]
    if not parts:
        return Affiliation("")
    for pattern in _ENGLISH:
        for part in parts:
            if not pattern.search(part) or (_INNER.match(part) and pattern is not _ENGLISH[0]):
                continue
            others = [p for p in parts if p != part and any(w.search(p) for w in _ENGLISH[3:])]
            if _ACADEMY_ENGLISH.search(part) and others:
                return Affiliation(_known(f"{others[0]}, {part}", parts))
            inner = [p for p in parts if p != part and _INNER.search(p)]
            return Affiliation(_known(part, parts), (inner or others or [""])[0])
    return Affiliation(normalise_organisation(parts[0]))


def _known(name: str, parts: list[str]) -> str:
    """The organisation under its Chinese name, if one is listed for the English one.

    Words may be shortened or lack their "of"; universities of one name are told by their town.
    """
    plain = _spelled_out(name)
    found = _english_names().get(plain)
    if found is None:
        towns = (re.sub(r"[\d\s]+", " ", part).strip().casefold() for part in parts)
        found = next(
            (full for town in towns if (full := _english_names().get(f"{plain} {town}"))), None
        )
    return found or normalise_organisation(name)


def _spelled_out(name: str) -> str:
    words = re.findall(r"[a-z]+", name.casefold().replace("'", ""))
    return " ".join(_SHORTENED.get(w, w) for w in words if w not in ("of", "and", "the", "for"))


@lru_cache(maxsize=1)
def _english_names() -> dict[str, str]:
    """English names of the list in the form `_known` looks for."""
    found = {}
    for line in data_path(ALIASES).read_text(encoding="utf-8").splitlines():
        alias, _, full = line.partition("\t")
        if alias.isascii() and " " in alias:
            found[_spelled_out(alias)] = full
    return found
