"""Who belongs to an alliance, and what each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

from matcher.records.alliance import Alliance, MemberKind
from matcher.text.normalise import in_brackets, without_brackets
from matcher.text.organisations import (
    company_short_name,
    normalise_organisation,
    organisation_kind,
)

_FINANCE = re.compile(r"银行|基金|投资|担保|证券|保险|租赁")
_AGENT = re.compile(r"知识产权|专利代理|事务所|技术转移|咨询|协会|学会|促进中心")
_LED_BY = re.compile("由?([^由、：:]{2,40}?)(?:牵头|建设|负责|承担)")
_LEAD_WORDS = ("盟主", "盟主企业")
RESEARCH: tuple[MemberKind, ...] = ("高校", "科研院所")


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation, its kind by its name, its role."""

    organisation: str
    kind: MemberKind
    role: Literal["盟主", "成员"]


def kind_of_member(name: str) -> MemberKind:
    """What an organisation is, as far as its name tells.

    >>> [kind_of_member(n) for n in ("大连理工大学", "某银行", "某专利代理事务所", "某某中心")]
    ['高校', '金融', '中介', '其他']
    """
    full = normalise_organisation(name)
    if _FINANCE.search(full):
        return "金融"
    if _AGENT.search(full):
        return "中介"
    return cast("MemberKind", organisation_kind(full) or "其他")


def members_of(alliance: Alliance) -> tuple[Member, ...]:
    """The lead, then the members; an organisation once."""
    lead = normalise_organisation(alliance.lead_org) if alliance.lead_org else ""
    found = [Member(alliance.lead_org, kind_of_member(alliance.lead_org), "盟主")] if lead else []
    found += [
        Member(name, kind_of_member(name), "成员")
        for name in alliance.members
        if normalise_organisation(name) != lead
    ]
    return tuple(found)


def research_members(alliance: Alliance) -> tuple[str, ...]:
    """The universities and institutes among them."""
    return tuple(m.organisation for m in members_of(alliance) if m.kind in RESEARCH)


def organisation_of(alliance: Alliance, name: str) -> str:
    """The organisation of an alliance that a name is of; a short one where it is of one alone."""
    exact, short = _by_name((alliance.lead_org, *alliance.members))
    found = exact.get(normalise_organisation(name))
    if found is not None:
        return found
    alike = short.get(company_short_name(name), ())
    return alike[0] if len(alike) == 1 else ""


@lru_cache(maxsize=256)
def _by_name(organisations: tuple[str, ...]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Organisations by their name in one spelling, and by their short name."""
    exact: dict[str, str] = {}
    for one in filter(None, organisations):
        exact.setdefault(normalise_organisation(one), one)
    short: dict[str, list[str]] = {}
    for one in exact.values():
        short.setdefault(company_short_name(one), []).append(one)
    return exact, short


def named_in(alliance: Alliance, words: str) -> str:
    """The organisation that words name with a label: 中试基地：某大学, 某大学（基地）.

    >>> one = Alliance(alliance_id="A", lead_org="甲公司", members=["大连理工大学"])
    >>> [named_in(one, w) for w in ("基地：大连理工大学", "转化由盟主牵头", "某大学（基地）")]
    ['大连理工大学', '甲公司', '']
    """
    bare = without_brackets(words)
    tries = [words, bare, bare.rpartition("：")[2], bare.rpartition(":")[2]]
    tries += [led[1] for led in [_LED_BY.search(bare)] if led] + in_brackets(words)
    for name in map(str.strip, tries):
        if name in _LEAD_WORDS:
            return alliance.lead_org
        if found := organisation_of(alliance, name):
            return found
    return ""


def belongs(alliance: Alliance, organisation_key: str) -> bool:
    """Whether an organisation, normalised, leads it or is a member."""
    return bool(organisation_key) and any(
        normalise_organisation(name) == organisation_key
        for name in (alliance.lead_org, *alliance.members)
        if name
    )
