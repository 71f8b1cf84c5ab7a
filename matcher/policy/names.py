"""Names of organisations and provinces as rules compare them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcher.text.normalise import normalise

_PUNCTUATION = re.compile(r"[\s()·,.、\"'-]+")
_REGION_ENDS = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|特别行政区$|[省市]$")


def organisation_key(name: str, aliases: Mapping[str, str] | None = None) -> str:
    """The form in which names of organisations are compared.

    >>> organisation_key("某某（沈阳）有限公司") == organisation_key("某某(沈阳) 有限公司")
    True
    """
    full = (aliases or {}).get(name.strip(), name)
    return _PUNCTUATION.sub("", normalise(full))


def region_key(name: str) -> str:
    """A province without its ending: 辽宁省 is 辽宁.

    >>> region_key("广西壮族自治区"), region_key("北京市")
    ('广西', '北京')
    """
    return _REGION_ENDS.sub("", name.strip())
