"""Names of organisations: one spelling for one organisation, by a list anyone may extend.

An alias is replaced only when it is the whole field: 北大 stands inside 东北大学.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from matcher.errors import InputError
from matcher.resources import data_path
from matcher.text.normalise import clean, is_settled, simplify

ALIASES = "corpora/dictionary/organisations.tsv"
_SPACES = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_KINDS = (
    ("企业", re.compile(r"(?:公司|集团|厂)$")),
    ("高校", re.compile(r"(?:大学|学院|(?:大学|学院).{2,6}(?:校区|分校))$")),
    ("科研院所", re.compile(r"(?:研究所|研究院|科学院|设计院)$")),
)
_BRACKETS = str.maketrans("()", "（）")
_AT_ENDS = "。;；,，"


def read_aliases(path: Path) -> dict[str, str]:
    """Aliases from a table with the columns ``alias`` and ``full_name``, tab-separated.

    Raises:
        InputError: not readable, or a line without a tab.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "读不了单位别名表", given=str(path), expected="UTF-8 文本，每行“别名<制表符>全称”"
        ) from error
    aliases: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        alias, tab, name = line.partition("\t")
        if not line.strip() or line.startswith("#") or (alias, name) == ("alias", "full_name"):
            continue
        if not tab or not name.strip():
            raise InputError(
                "单位别名表有一行不对", given=f"{path} 第 {number} 行：{line[:60]}",
                expected="别名<制表符>全称", remedy="改正这一行",
            )  # fmt: skip
        aliases[_key(alias)] = name.strip()
    return aliases


@cache
def shipped_aliases() -> Mapping[str, str]:
    """The aliases that come with the software."""
    return read_aliases(data_path(ALIASES))


def organisation_kind(name: str) -> str:
    """高校, 科研院所 or 企业 where the end of a name says so, else ``""``.

    >>> organisation_kind("大连理工大学"), organisation_kind("某大学科技园有限公司")
    ('高校', '企业')
    >>> organisation_kind("中国科学院金属研究所"), organisation_kind("某某中心")
    ('科研院所', '')
    """
    plain = re.sub(r"[(（][^()（）]*[)）]\s*$", "", name.strip())
    return next((kind for kind, ending in _KINDS if ending.search(plain)), "")


_COMPANY_END = re.compile(r"(?:集团)?(?:股份有限公司|有限责任公司|有限公司|公司|集团)$")


def company_short_name(name: str) -> str:
    """A company without what says that it is one; any other name in one spelling.

    >>> company_short_name("铁岭壬有限公司"), company_short_name("铁岭壬")
    ('铁岭壬', '铁岭壬')
    """
    full = normalise_organisation(name)
    return _COMPANY_END.sub("", full) or full


def is_alias(name: str) -> bool:
    """Whether the whole field is a name that the shipped list knows another, full one for.

    >>> is_alias("大工"), is_alias("大连理工大学机械工程学院")
    (True, False)
    """
    return _key(name) in shipped_aliases()


def normalise_organisation(name: str, aliases: Mapping[str, str] | None = None) -> str:
    """The full name if the whole field is a known alias, else the name in one spelling.

    ``aliases`` (keys as given by `read_aliases`) go before the shipped ones.

    >>> normalise_organisation("大工"), normalise_organisation("某某 大 学")
    ('大连理工大学', '某某大学')
    """
    key, full = _full_name(name[:500])
    return (aliases or {}).get(key) or full


@lru_cache(maxsize=20_000)
def _full_name(name: str) -> tuple[str, str]:
    if is_settled(name):
        tidy = name.strip(_AT_ENDS)
        key = tidy.casefold()
    else:
        plain = clean(simplify(unicodedata.normalize("NFKC", name)))
        tidy = _SPACES.sub("", plain).strip(_AT_ENDS)
        key = _key(tidy)
    return key, shipped_aliases().get(key) or tidy.translate(_BRACKETS)


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", simplify(name)).split()).casefold()
