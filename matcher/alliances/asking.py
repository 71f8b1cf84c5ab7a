"""What is asked for in a year beside a cap: every sum once, counted, not counted, or open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from matcher.policy import Claim, PolicyPack, counts
from matcher.policy.amounts import plain, wan
from matcher.policy.rules import Programme, YearlyCap

OTHER_LEVELS = ("市", "国家")
"""Whose money may count under a cap of the province's too, where its source does not say."""
_NONE = Decimal(0)
_SILENT = "计不计入没有写"


@dataclass(frozen=True, slots=True)
class Request:
    """A sum that is asked for, and what of it counts under a cap once it is granted.

    Attributes:
        least_wan, most_wan: what counts, 万元, by what nobody knows yet; nought where nothing does
            or nobody filled in the sum.
        words: whether it counts, with what each reading comes to.
        silent: whether it is the source that does not say.
        plan: the programme it is asked under, as the pack or else the table names it.
        may_count: whether any of it may count.
        elsewise_wan: what more of it counts if public money of other levels does, which the source
            does not say.
    """

    claim: Claim
    least_wan: Decimal
    most_wan: Decimal
    words: str
    silent: bool = False
    plan: str = ""
    may_count: bool = True
    elsewise_wan: Decimal = _NONE

    @property
    def line(self) -> str:
        """Where it stands, for what and for whom, and whether it counts."""
        one = self.claim
        undated = "，没有写年度" if one.year is None else ""
        plan = f"，{self.plan}" if self.plan else ""
        place = f"{one.key}，{one.where}{undated}"
        if one.level == "企业":
            return f"企业自筹 {one.sum_words}（{place}）{plan}：{self.words}"
        return f"拟申请 {one.sum_words}（{place}）{plan}，给{one.receiver}：{self.words}"


def asked_once(cap: YearlyCap, year: int, near: Sequence[Claim]) -> list[Claim]:
    """What is asked for in a year; of a challenge once, and not what came.

    What city and enterprise pay for a challenge does not stand for what the list asks for it.
    """
    asked = [c for c in near if not c.given and c.year in (year, None)]
    told = {
        c.key
        for c in near
        if counts(cap, c) and (c.given or (c.origin == "联盟申请" and c in asked))
    }
    return [
        c for c in asked
        if c.origin == "联盟申请" or (c.key not in told and c.amount_wan is not None)
    ]  # fmt: skip


def requests_of(
    pack: PolicyPack, cap: YearlyCap, year: int, near: Sequence[Claim], lead: frozenset[str]
) -> tuple[Request, ...]:
    """Every sum a lead or its alliances ask for in a year, and whether it counts under a cap.

    Args:
        pack: the rules.
        cap: of one receiver a year.
        year: whose account is meant.
        near: of the lead, and of its alliances.
        lead: its names and codes, as keys.
    """
    plans = {p.id: p for p in pack.programme}
    return tuple(
        _request(cap, claim, plans.get(claim.programme), claim.is_of(lead))
        for claim in asked_once(cap, year, near)
    )


def _request(cap: YearlyCap, claim: Claim, plan: Programme | None, own: bool) -> Request:
    most = wan(claim.amount_wan or 0)
    whole = most if claim.least_wan is None else wan(claim.least_wan)
    least, words, silent, may_count, elsewise = _NONE, "", False, True, _NONE
    taken = f"占 {claim.sum_words}" if claim.amount_wan is not None else f"占多少{_blank(claim)}"
    whole_sum = taken
    if claim.most_wan is not None and most > (limit := wan(claim.most_wan)):
        taken += f"（批准额最多 {plain(limit)}，则占 {plain(limit)}）"
    if not counts(cap, claim):
        words, may_count = f"不计入（不是{cap.payer}级资金）", False
        if (
            cap.reading
            and claim.level in OTHER_LEVELS
            and (own or claim.unnamed)
            and claim.amount_wan != 0
        ):
            elsewise = most
            words += f"；也计入的话{whole_sum}，条文没有写计不计"
        most = _NONE
    elif not own and claim.unnamed:
        silent = True
        words = f"没有写拨给哪家，拨给盟主企业而计入的话{taken}，不计入的话不占"
    elif not own and plan is not None and plan.receiver == "盟主":
        words = (
            f"条文写的是给盟主企业：写错了、改给盟主的话{taken}；"
            f"真给{claim.receiver}的话不占，条文没有写可以给它"
        )
    elif not own and claim.stranger:
        words = f"它不是盟主也不是成员，请核对是哪一家：就是盟主的话{taken}，不是的话不占"
    elif not own:
        most, words, may_count = _NONE, f"不计入（给{claim.receiver}，不是盟主）", False
    elif plan is not None and cap.id in plan.perhaps_capped_by:
        silent, words = True, f"{_SILENT}：计入的话{taken}，不计入的话不占"
    elif claim.year is None:
        words = f"没有写年度：是所问年度的话{taken}，不是的话不占"
    elif claim.plan:
        words = f"{claim.doubt}：计入的话{taken}，不计入的话不占"
    elif claim.assumed:
        words = f"{claim.doubt}：是{cap.payer}级、给盟主的话{taken}，不是的话不占"
    else:
        least, words = whole, f"批准的话{taken}"
    name = plan.name if plan else claim.plan
    return Request(claim, least, most, words, silent, name, may_count, elsewise)


def _blank(claim: Claim) -> str:
    """Of a sum without a figure, what stands there."""
    return f"不知道（{claim.doubt}）" if claim.doubt else "未填写"


def later_requests(cap: YearlyCap, year: int, near: Sequence[Claim]) -> Iterator[str]:
    """What is asked for in other years, in one line."""
    years = sorted({c.year for c in near if c.year is not None} - {year})
    told = [c for other in years for c in asked_once(cap, other, near) if c.year == other]
    if told:
        sums = "、".join(f"{c.year} 年 {c.sum_words}（{c.key}，{c.where}）" for c in told)
        yield f"别的年度拟申请的不在本年合计里：{sums}"


def asked_in_all(
    requests: Sequence[Request], least: Decimal, most: Decimal, elsewise: str = ""
) -> tuple[tuple[str, ...], str]:
    """All that is asked for against both ends of the room; again where it may be beyond it.

    ``elsewise``: how far it is beyond it by the other reading of what counts (`over_otherwise`).
    """
    counted = [r for r in requests if r.may_count]
    other = elsewise and f"；{elsewise}"
    if not counted:
        words = f"拟申请的都不计入盟主的年度上限{other}"
        return ((words,) if requests else ()), words if other else ""
    total = sum((r.most_wan for r in counted), _NONE)
    sure = sum((r.least_wan for r in counted), _NONE)
    blank = sum(r.claim.amount_wan is None for r in counted)
    why = _SILENT if all(r.silent for r in counted if r.least_wan < r.most_wan) else "计不计入未定"
    more = f"（另有 {blank} 项未填写）" if blank else ""
    more += f"（其中 {plain(total - sure)} {why}）" if sure < total else ""
    left = plain(least) if least == most else f"{plain(least)}–{plain(most)}"
    allowed = sum((_allowed(r) for r in counted), _NONE)
    granted = f"；按条文最多的数额批准则合计 {plain(allowed)}" if allowed < total else ""
    words = f"拟申请合计 {plain(total)} 万元{more}，本年余额 {left} 万元"
    low, high = max(_NONE, sure - most), max(_NONE, total - least)
    if not high:
        words += "，填写了的没有超出，未填写的补上再比" if blank else "，没有超出"
        return (words + other + granted,), words + other if other else ""
    words += _over(low, high, open_room=least < most, open_sum=sure < total) + other + granted
    return (words,), words


def over_otherwise(
    requests: Sequence[Request], ends: tuple[Decimal, Decimal], read: tuple[float, float] | None
) -> str:
    """How far all is beyond the room if public money of other levels counts too; "" if not.

    Args:
        requests: of the year.
        ends: of the room, by the pack's own reading.
        read: what is left by the other; None where that is the same.
    """
    left, most = (wan(end) for end in read) if read else ends
    pending = sum((r.elsewise_wan for r in requests), _NONE)
    total = pending + sum((r.most_wan for r in requests if r.may_count), _NONE)
    if total <= left or not (left < ends[0] or pending):
        return ""
    in_all = f"合计 {plain(total)}（含别级拟申请 {plain(pending)}），" if pending else ""
    room, over = (
        "–".join(dict.fromkeys(map(plain, pair)))
        for pair in ((left, most), (max(_NONE, total - most), total - left))
    )
    told = f"{in_all}余额 {room}，超出 {over} 万元"
    return f"别级资金也计入上限的话，{told}（条文没有写计不计）"


def _allowed(request: Request) -> Decimal:
    limit = request.claim.most_wan
    return request.most_wan if limit is None else min(request.most_wan, wan(limit))


def _over(low: Decimal, high: Decimal, open_room: bool, open_sum: bool) -> str:
    """By how much it is beyond the room, and by which reading."""
    if low == high:
        return f"，超出 {plain(high)} 万元"
    turns = ["余额弄清后是多少"] * open_room + ["计不计入"] * open_sum
    words = f"，超出 {plain(low)}–{plain(high)} 万元，看{'、'.join(turns)}"
    if open_room:
        return words
    neither = f"多 {plain(low)} 万元" if low else "没有超出"
    return f"{words}：都计入的话多 {plain(high)} 万元，都不计入的话{neither}"
