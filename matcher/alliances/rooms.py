"""What the yearly caps leave a lead, with every sum that enters and every one that is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from matcher.alliances.asking import (
    OTHER_LEVELS,
    Request,
    asked_in_all,
    later_requests,
    over_otherwise,
    requests_of,
)
from matcher.alliances.organisations import code_of
from matcher.alliances.receiving import claims_of_alliances
from matcher.policy import Claim, PolicyPack, Room, accounts, counts, name_key
from matcher.policy.amounts import plain, sum_of, wan
from matcher.policy.rules import YearlyCap
from matcher.records.alliance import Alliance

_HERE = "本项"
_SHORTEST = 2
# What differs in the names of one firm: 鞍山轴承有限公司, 鞍山轴承集团有限责任公司.
_FORM = re.compile("集团|股份|有限|责任|公司")


def rooms_of_lead(
    pack: PolicyPack, keys: frozenset[str], year: int, claims: Iterable[Claim],
    alliance: Alliance | None = None,
) -> dict[str, Room]:  # fmt: skip
    """What each yearly cap leaves a lead of what was given.

    One lead has one account a year, whatever is asked about. What is only asked for may be refused
    and takes nothing off it; it is told beside it. Where nobody knows yet whether a sum counts, or
    how much it is, the room has two ends.

    Args:
        pack: the rules.
        keys: of the lead, by name and by code (`matcher.alliances.organisations.keys_of`).
        year: whose account is meant.
        claims: of everybody.
        alliance: whose own sums are added up beside it, where the source says it has no cap.
    """
    near = [
        _alike(keys, c) for c in claims
        if c.is_of(keys) or _entered_for(keys, c) or _named_alike(keys, c)
    ]  # fmt: skip
    own = [_as_lead(keys, c) for c in near if c.is_of(keys)]
    others = [c for c in near if not c.is_of(keys)]
    whole = () if alliance is None else claims_of_alliances(pack, [alliance])
    return {
        cap.id: _room(pack, cap, year, keys, own, others, tuple(_of_alliance(cap, year, whole)))
        for cap in pack.funding
        if isinstance(cap, YearlyCap)
    }


def _of_alliance(cap: YearlyCap, year: int, claims: Sequence[Claim]) -> Iterator[str]:
    """What one alliance has and asks for in a year, whoever receives it."""
    mine = [c for c in claims if c.year in (year, None) and counts(cap, c)]
    if not (cap.alliance and mine):
        return
    told = []
    for word, sums in (
        ("已得", [c for c in mine if c.given]), ("拟申请", [c for c in mine if not c.given])
    ):  # fmt: skip
        total = plain(sum_of(c.amount_wan for c in sums))
        blank = sum(c.amount_wan is None for c in sums)
        open_ones = f"，其中 {blank} 笔没有填金额" if blank else ""
        undated = sum(c.year is None for c in sums)
        open_ones += f"，其中 {undated} 笔没有写年度" if undated else ""
        told.append(f"{word} {total} 万元（{len(sums)} 笔{open_ones}）" if sums else f"{word} 没有")
    whose = f"{cap.payer}级资金，" if cap.payer else ""
    yield f"本联盟 {year} 年合计（{whose}不论谁收）：{'，'.join(told)}；条文写“{cap.alliance}”"


def _entered_for(keys: frozenset[str], claim: Claim) -> bool:
    return bool(claim.entered_for) and name_key(claim.entered_for) in keys


def _named_alike(keys: frozenset[str], claim: Claim) -> bool:
    """Whether a receiver has the lead's name but for its form, and no codes tell them apart."""
    if not claim.given or claim.is_of(keys):
        return False
    bare = _bare(claim.receiver)
    if len(bare) < _SHORTEST or all(_bare(key) != bare for key in keys):
        return False
    return not (any(map(code_of, keys)) and any(map(code_of, claim.same_as)))


@lru_cache(maxsize=50_000)
def _bare(name: str) -> str:
    """A name without what tells its form; asked of everybody's names for each lead."""
    return _FORM.sub("", name_key(name))


def _alike(keys: frozenset[str], claim: Claim) -> Claim:
    """The same with the doubt whether it is the lead."""
    if not _named_alike(keys, claim):
        return claim
    return replace(
        claim, doubt=f"收款单位{claim.receiver}与盟主名称相近，没有信用代码可对，请核对是不是同一家"
    )


def _as_lead(keys: frozenset[str], claim: Claim) -> Claim:
    """Of what it received as a member of another's alliance nobody says whether it counts."""
    if not claim.given or not claim.entered_for or _entered_for(keys, claim) or claim.doubt:
        return claim
    return replace(claim, doubt=f"作为{claim.entered_for}的联盟成员收到的，条文没有写计不计")


def _room(
    pack: PolicyPack, cap: YearlyCap, year: int, keys: frozenset[str], own: Sequence[Claim],
    others: Sequence[Claim], whole: Sequence[str] = (),
) -> Room:  # fmt: skip
    given = [c for c in own if c.given]
    one = (_HERE,)  # all of one receiver, however it is written
    asked = Claim(_HERE, _HERE, "榜单", None, year, same_as=one)
    accounted = accounts(cap, [*(replace(c, same_as=one) for c in given), asked])
    entry = next(a for a in accounted if a.year == year).entries[-1]
    assert entry.room_wan is not None
    entered = [
        e.claim for a in accounted if a.year == year for e in a.entries if e.claim.key != _HERE
    ]
    undated = [c for c in given if c.year is None and counts(cap, c)]
    strangers = [
        c for c in others if c.given and c.doubt and c.year in (year, None) and counts(cap, c)
    ]
    least, most = _ends(cap, entered, [*undated, *strangers])
    near = [*own, *others]
    wanted = requests_of(pack, cap, year, near, keys)
    words = entry.formula.removesuffix("；本项未填写")
    read, others_too = _read_otherwise(cap, year, given, (least, most))
    elsewise = over_otherwise(wanted, (least, most), read)
    in_all, beyond = asked_in_all(wanted, least, most, elsewise)
    words += _apart(cap, given, year, undated)
    words += "" if read is None else f"；也计入的话，余额 {_dash(*read)}"
    words += _of_strangers(strangers)
    if least != most:
        words += f"；未定的弄清后在 {plain(least)}–{plain(most)} 之间"
    words += _of_wanted(wanted)
    sums = [*given, *(c for c in others if c.given)]
    notes = [*_without_code(keys), *_notes(pack, cap, year, sums, keys=own),
             *(r.line for r in wanted), *in_all, *later_requests(cap, year, near),
             *whole]  # fmt: skip
    doubts = [f"{c.key}{_why(c)}" for c in (*entered, *undated, *strangers) if _why(c)]
    return Room(
        entry.room_wan, words, float(least), float(most), tuple(dict.fromkeys(doubts)),
        tuple(notes), read[0] if read else None, read[1] if read else None, others_too, beyond,
        elsewise,
    )  # fmt: skip


def _read_otherwise(
    cap: YearlyCap, year: int, given: Sequence[Claim], ends: tuple[Decimal, Decimal]
) -> tuple[tuple[float, float] | None, str]:
    """What is left if public money of other levels counted too, which the source does not say."""
    others = [
        c for c in given
        if c.year == year and c.level in OTHER_LEVELS and not counts(cap, c) and c.amount_wan
    ]  # fmt: skip
    if not others or not cap.reading:
        return None, ""
    taken = sum_of(c.amount_wan for c in others)
    low, high = (float(max(Decimal(0), end - taken)) for end in ends)
    sums = "、".join(f"{_level(c)} {c.sum_words}（{c.key}）" for c in others)
    return (low, high), sums


def _ends(
    cap: YearlyCap, entered: Sequence[Claim], perhaps: Sequence[Claim]
) -> tuple[Decimal, Decimal]:
    """The room if all that is doubtful counts at its highest, and if none of it does."""
    top = wan(cap.cap_wan)
    if any(c.amount_wan is None for c in (*entered, *perhaps)):
        low = Decimal(0)
    else:
        low = top - sum(wan(c.amount_wan or 0) for c in (*entered, *perhaps))
    high = top - sum(_surely(c) for c in entered)
    return max(Decimal(0), low), max(Decimal(0), high)


def _dash(*ends: float) -> str:
    return "–".join(dict.fromkeys(plain(wan(end)) for end in ends))


def _surely(claim: Claim) -> Decimal:
    """What of a sum counts whatever comes out."""
    if claim.least_wan is not None and not claim.assumed:
        return wan(claim.least_wan)
    return Decimal(0) if claim.doubt or claim.amount_wan is None else wan(claim.amount_wan)


def _why(claim: Claim) -> str:
    """Why a sum is doubtful."""
    told = [claim.doubt] if claim.doubt else []
    told += ["没有写年度"] if claim.year is None else []
    told += ["没有填金额"] if claim.amount_wan is None else []
    return "、".join(told)


def _apart(cap: YearlyCap, given: Sequence[Claim], year: int, undated: Sequence[Claim]) -> str:
    """What of the receiver's own money does not count, and why."""
    others = [
        c for c in given if c.year == year and not counts(cap, c) and c.amount_wan is not None
    ]
    said = [f"{_level(c)} {plain(wan(c.amount_wan or 0))}（{c.key}）" for c in others]
    words = f"；不计入{'、'.join(said)}" if said else ""
    return words + (f"；另有 {len(undated)} 项没有年度，没有计入" if undated else "")


def _of_strangers(strangers: Iterable[Claim]) -> str:
    """Money entered for a lead's alliances that went to nobody of them: perhaps the lead's own."""
    sums = [
        f"{plain(wan(c.amount_wan))}（{c.key}，收款单位{c.receiver}）"
        for c in strangers
        if c.stranger and c.amount_wan is not None
    ]
    told = "、".join(dict.fromkeys(sums))
    return f"；没有计入 {told}：它不是盟主也不是成员，请核对是哪一家" if sums else ""


def _of_wanted(wanted: Iterable[Request]) -> str:
    sums = [f"{r.claim.sum_words}（{r.claim.key}）" for r in wanted if r.may_count]
    return f"；另有拟申请 {'、'.join(sums)}，没有批准，没有从余额里减去" if sums else ""


def _without_code(keys: frozenset[str]) -> Iterator[str]:
    if not any(map(code_of, keys)):
        yield "盟主的信用代码未填写，只按名称认：用别的名称收到的没有计入，请盟主填写"


def _notes(
    pack: PolicyPack, cap: YearlyCap, year: int, given: Sequence[Claim], keys: Sequence[Claim]
) -> Iterator[str]:
    """Every sum with where it stands, and whether it counts."""
    mine = {id(c) for c in keys}
    outcomes = {c.key for c in given if c.origin == "联盟已得" and counts(cap, c)}
    for claim in given:
        if claim.year not in (year, None):
            continue
        if claim.origin == "结果" and claim.key in outcomes:
            counted = "不计入（资金表已有这项榜单的资金）"
        else:
            counted = _counted(cap, year, claim, id(claim) in mine)
        plan = next((p.name for p in pack.programme if p.id == claim.programme), "")
        when = f"{claim.year} 年" if claim.year is not None else "年度未填写"
        unknown = "，没有认出是哪项" if counts(cap, claim) else ""
        strange = f"计划写作“{claim.plan}”{unknown}，" if claim.plan else ""
        what = f"{plan}，" if plan else "立项结果，" if claim.origin == "结果" else strange
        money = claim.sum_words + (" 万元" if claim.amount_wan is not None else "")
        yield (
            f"{claim.key}：{when} {what}{_level(claim) or '出资方未写明'} {money}，"
            f"给{claim.receiver}（{claim.where}）：{counted}"
        )
    past = [c for c in given if c.year not in (year, None) and counts(cap, c) and id(c) in mine]
    if past:
        sums = "、".join(f"{c.year} 年 {c.sum_words}（{c.key}，{c.where}）" for c in past)
        yield f"别的年度的不减：{sums}"


def _counted(cap: YearlyCap, year: int, claim: Claim, mine: bool) -> str:
    """Whether a sum counts, in words."""
    if not counts(cap, claim):
        return f"不计入（不是{cap.payer}级资金）"
    if not mine:
        why = claim.doubt or f"给{claim.receiver}，不是盟主"
        return f"没有计入（{why}）"
    if claim.year != year:
        return "没有计入（没有写年度）"
    if claim.amount_wan is None:
        return "计入，金额未填写"
    return "计入" + (f"（{claim.doubt}，先按计入）" if claim.doubt else "")


def _level(claim: Claim) -> str:
    return claim.level + ("级" if claim.level in ("省", "市") else "")
