"""Names of organisations and provinces as rules compare them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from matcher.text.normalise import normalise
from matcher.text.organisations import normalise_organisation
from matcher.text.regions import is_municipality, parse_region

Level = Literal["国家", "省", "市", "企业", "其他", ""]
"""Whose money a sum is; "" where nobody says."""

_PUNCTUATION = re.compile(r"[\s()·,.、\"'-]+")
_OWN_MONEY = re.compile(r"自筹|自有|企业(?:出资|配套|投入)|盟主|^(?:联盟)?企业$|(?:公司|集团|厂)$")
_STATE = re.compile(r"国家|中央|科技部|工信部|财政部|发改委")
_SEVERAL = re.compile(r"省[、和与及]?市|各级|两级|多级")
_BELOW = re.compile(r"[市县区州]")
_OTHER = re.compile(r"银行|贷款|基金|社会资本|捐赠")
_REGION_ENDS = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|[省市]$")


def organisation_key(name: str, aliases: Mapping[str, str] | None = None) -> str:
    """The form in which names of organisations are compared.

    >>> organisation_key("某某（沈阳）有限公司") == organisation_key("某某(沈阳) 有限公司")
    True
    """
    full = (aliases or {}).get(name.strip(), name)
    return _PUNCTUATION.sub("", normalise(full))


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """A name in the form in which receivers are compared: full where it is a known alias.

    >>> name_key("大工") == name_key("大连理工大学")
    True
    """
    return organisation_key(normalise_organisation(name))


def region_key(name: str) -> str:
    """A province without its ending: 辽宁省 is 辽宁.

    >>> region_key("广西壮族自治区"), region_key("北京市")
    ('广西', '北京')
    """
    return _REGION_ENDS.sub("", name.strip())


@lru_cache(maxsize=10_000)
def payer_level(payer: str, region: str = "") -> Level:
    """Whose money a payer's is: of the state, a province, a city (or below), the enterprise.

    Args:
        payer: as it is written.
        region: the province that is meant by 省; money of another is 其他.

    >>> [payer_level(p) for p in ("省科技厅", "沈阳市科技局", "企业自筹", "省市两级", "国家")]
    ['省', '市', '企业', '', '国家']
    >>> payer_level("吉林省科技厅", "辽宁"), payer_level("上海市科委"), payer_level("大连")
    ('其他', '省', '市')
    """
    name = normalise(payer)
    if not name or _SEVERAL.search(name):
        return ""
    if _OWN_MONEY.search(name):
        return "企业"
    return _of_place(name, region) or (
        "国家" if _STATE.search(name) else "其他" if _OTHER.search(name) else ""
    )


def _of_place(name: str, region: str) -> Level:
    """Of a province or of what lies below one, by the place a payer's name begins with."""
    place = parse_region(name)
    if region and place.province and place.province != region_key(region):
        return "其他"
    if is_municipality(place.province):
        return "省"
    if place.city or _BELOW.search(name.replace("自治区", "省")):
        return "市"
    return "省" if place.province or "省" in name or "自治区" in name else ""
