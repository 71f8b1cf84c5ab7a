"""Provinces and cities: 辽宁省大连市甘井子区 → 辽宁, 大连."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from matcher.resources import data_path

_LIST = "corpora/dictionary/regions.tsv"
_ENDINGS = re.compile(
    r"(?:壮族|回族|维吾尔|藏族|彝族|蒙古族|哈萨克|朝鲜族)?(?:特别行政区|自治区|自治州|省|市|州|地区)$"
)
_MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆", "香港", "澳门"})
# Cities and provinces of one name: the province goes first, the city needs its 市.
_AMBIGUOUS = {"吉林市": ("吉林", "吉林"), "海南州": ("青海", "海南州")}


class Region(NamedTuple):
    """Province and city in short form; ``""`` for what is not known."""

    province: str
    city: str


@cache
def _cities() -> dict[str, str]:
    """City → province, from the shipped table."""
    found: dict[str, str] = {}
    for line in data_path(_LIST).read_text(encoding="utf-8").splitlines()[1:]:
        province, _, cities = line.partition("\t")
        found.update(dict.fromkeys(cities.split(), province))
    return found


@cache
def provinces() -> tuple[str, ...]:
    """The provinces in short form, in the official order of the table."""
    lines = data_path(_LIST).read_text(encoding="utf-8").splitlines()[1:]
    return tuple(line.partition("\t")[0] for line in lines)


def cities_by_province() -> Mapping[str, tuple[str, ...]]:
    """The cities of each province in short form, both in the order of the table; none of a
    province that is a city itself.

    >>> cities_by_province()["辽宁"][:2], cities_by_province()["上海"]
    (('沈阳', '大连'), ())
    """
    found: dict[str, tuple[str, ...]] = dict.fromkeys(provinces(), ())
    for city, province in _cities().items():
        if not is_municipality(province):
            found[province] = (*found[province], _AMBIGUOUS.get(city, (province, city))[1])
    return found


def city_names() -> tuple[str, ...]:
    """The short names of all cities below a province, in the order of the table.

    >>> "大连" in city_names(), "长沙" in city_names(), "上海" in city_names()
    (True, True, False)
    """
    return tuple(name for names in cities_by_province().values() for name in names)


def places() -> frozenset[str]:
    """The short names of all provinces and cities."""
    return frozenset((*provinces(), *_cities()))


@lru_cache(maxsize=10_000)
def parse_region(text: str) -> Region:
    """Province and city at the beginning of an address; both empty if there is none.

    >>> parse_region("辽宁省大连市甘井子区"), parse_region("大连"), parse_region("上海市浦东新区")
    (Region(province='辽宁', city='大连'), Region(province='辽宁', city='大连'), \
Region(province='上海', city='上海'))
    """
    text = "".join(text.split()).removeprefix("中国").lstrip("-/·,，、")
    if text[:3] in _AMBIGUOUS:
        return Region(*_AMBIGUOUS[text[:3]])
    province = next((name for name in provinces() if text.startswith(name)), "")
    rest = text.removeprefix(province)
    rest = re.sub(r"^(?:壮族|回族|维吾尔)?(?:特别行政区|自治区|省|市)?[-/·,，、\s]*", "", rest)
    if province in _MUNICIPALITIES:
        return Region(province, province)
    cities = _cities()
    for size in range(min(6, len(rest)), 1, -1):
        city = rest[:size]
        home = cities.get(city)
        if home is not None and province in ("", home):
            return Region(home, _AMBIGUOUS.get(city, (home, city))[1])
    if province == "吉林" and rest.startswith("吉林"):
        return Region("吉林", "吉林")
    return Region(province, "")


def is_municipality(province: str) -> bool:
    """Whether a province, in short form, is a city too.

    >>> is_municipality("上海"), is_municipality("辽宁")
    (True, False)
    """
    return province in _MUNICIPALITIES


def short_name(text: str) -> str:
    """A province or city without its rank: 辽宁省 → 辽宁, 大连市 → 大连.

    >>> short_name("广西壮族自治区")
    '广西'
    """
    text = "".join(text.split())
    short = _ENDINGS.sub("", text)
    return short if len(short) >= 2 else text
