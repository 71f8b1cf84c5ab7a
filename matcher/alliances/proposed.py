"""What somebody proposes, a share or a sum, held against what is due by the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from matcher.alliances.reckoning import NONE, Reckoned, amount_of
from matcher.alliances.result_rows import equity_of_row
from matcher.alliances.wording import CLAUSE, PIECE, stands_in
from matcher.policy import Advice, PolicyPack
from matcher.policy.amounts import percent, plain, up, wan
from matcher.policy.rules import AmountRange, LeastShare, Programme, ShareCap
from matcher.records.alliance import Alliance

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?[%％]")
_SUM = re.compile(r"(?<!\d)(\d+(?:\.\d+)?)\s?万元?")
_HALF = re.compile("一半|半数")
_CLAIMS = re.compile("要求|主张|打算|方案|想给|只肯|认为|依据")
_CLAIMED = re.compile("要求|主张|打算|方案|想给|只肯|认为应|则")
_MORE = re.compile("[补再还]|欠|差")
_OTHERWISE = re.compile("算法|再按|减去|扣除|扣掉")
_MOST = re.compile("最多|最高|多少|可以出")
_OWED = re.compile(
    "应当|应该|规定|要求|必须|该不该|应不应|是不是|应给|该给|[依按]条例|[依按]法|能否全|能不能全|[%％]"
)
_YEARS_RD = re.compile(r"((?:19|20)\d\d)\s?年[^\d，,；;。]{0,12}?(\d+(?:\.\d+)?)\s?万元")
_SPENT = re.compile("研发|研究开发|投入")


def proposals_told(
    pack: PolicyPack, alliance: Alliance, advice: Sequence[Advice],
    rewards: Sequence[tuple[LeastShare, Reckoned]], question: str,
) -> Iterator[str]:  # fmt: skip
    """What the shares and sums of a question come to beside what is due, each in a line.

    Of a question that names a claim and no figure of its own, those the note says are claimed.
    """
    told = question
    claim = _CLAIMS.search(question)
    if claim and not (_PERCENT.search(question) or _SUM.search(question)):
        pieces = [p for c in CLAUSE.split(alliance.note) for p in PIECE.split(c)]
        named = [piece for piece in pieces if claim[0] in piece]
        told = "，".join(named or (piece for piece in pieces if _CLAIMED.search(piece)))
    if len(rewards) == 1:
        yield from _of_reward(*rewards[0], told)
    elif not rewards:
        yield from _of_plans(pack, alliance, advice, told)


def offers_told(rewards: Sequence[tuple[LeastShare, Reckoned]]) -> Iterator[str]:
    """What the columns say is offered or asked for, held against what is due by the rules.

    >>> from matcher.alliances.reckoning import Reckoned
    >>> from matcher.policy import shipped_pack
    >>> from matcher.records.alliance import Income
    >>> rule = shipped_pack("china-law").funding_rule("licence-reward")
    >>> row = Income(way="许可", net_wan=200, offered_percent=40)
    >>> list(offers_told([(rule, Reckoned(row, True, "", least=Decimal(100)))]))
    ['拟给或要求的 40% 是 80 万元，比应给的 100 万元少 20 万元：不够']
    """
    for rule, one in rewards:
        row = one.row
        share, theirs = row.offered_percent, row.offered_wan
        worth, held = equity_of_row(row)
        if rule.base == "股份或出资":
            if held and share is not None:
                yield _of_company(rule, wan(share), held, worth)
            continue
        amount, due = amount_of(row)[0], _due(one)
        if due is None or one.part is not None or one.unsplit:
            continue
        if share is not None and amount is not None:
            yield _offered(f"{plain(wan(share))}% 是", up(amount * wan(share) / 100), due, "应给")
        if theirs is not None:
            left = max(NONE, due - one.paid)
            what = "还差" if one.paid else "应给"
            yield _offered("", wan(theirs), left, what)


def _offered(named: str, theirs: Decimal, due: Decimal, what: str) -> str:
    if theirs == due:
        word = "正好"
        gap = f"就是{what}的数"
    else:
        word = "不够" if theirs < due else "多出的不是这一条要求的"
        gap = f"比{what}的 {plain(due)} 万元{_gap(theirs, due)}"
    return f"拟给或要求的 {named}{' ' if named else ''}{plain(theirs)} 万元，{gap}：{word}"


def _of_reward(rule: LeastShare, one: Reckoned, told: str) -> Iterator[str]:
    row, amount = one.row, amount_of(one.row)[0]
    worth, held = equity_of_row(row)
    if rule.base == "股份或出资":
        for share in map(_number, _PERCENT.findall(told)):
            if held and share not in (held, wan(row.agreed_percent or 0)):
                yield _of_company(rule, share, held, worth)
        return
    due = _due(one)
    if amount is None or due is None or one.part is not None or one.unsplit:
        return
    for share in map(_number, _PERCENT.findall(told)):
        theirs = up(amount * share / 100)
        if share != wan(row.agreed_percent or 0) and theirs != due:
            yield (
                f"按 {plain(share)}% 是 {plain(theirs)} 万元，"
                f"应给的是 {plain(due)} 万元，{_gap(theirs, due)}"
            )
    known = {
        wan(value)
        for value in (row.net_wan, row.price_wan, row.cost_wan, row.paid_wan, row.tax_wan)
        if value is not None
    }  # fmt: skip
    for found in _SUM.finditer(told):
        theirs = _number(found[1])
        left = max(NONE, due - one.paid)
        piece = PIECE.split(told[: found.start()])[-1]
        against, what = (left, "还差") if _MORE.search(piece) else (due, "应给")
        if theirs in known or amount == theirs:
            continue
        if theirs == against:
            yield f"{plain(theirs)} 万元正好是{what}的数"
        elif _CLAIMED.search(told) or _MORE.search(piece):
            yield f"{plain(theirs)} 万元与{what}的 {plain(against)} 万元比，{_gap(theirs, against)}"


def _due(one: Reckoned) -> Decimal | None:
    if one.instead:
        return one.agreed
    if not one.holds or one.least is None:
        return None
    return max(one.least, one.agreed or NONE)


def _of_company(rule: LeastShare, share: Decimal, held: Decimal, worth: Decimal | None) -> str:
    """A part of the company somebody means to give or asks for, against the least of it."""
    least = held * wan(rule.share)

    def money(part: Decimal) -> str:
        return "" if worth is None else f"（{plain((worth * part / held).quantize(NONE))} 万元）"

    of_all = f"公司的 {plain(share)}%"
    floor = f"至少的公司的 {plain(least)}%（{plain(held)}% × {percent(rule.share)}）"
    if share < least:
        return f"不够：{of_all}比{floor}少 {plain(least - share)} 个百分点{money(least - share)}"
    if share > held:
        return (
            f"没有依据：{of_all}比这项成果形成的 {plain(held)}% 还多；"
            f"比例从形成的 {plain(held)}% 里提取，不是公司全部股份的 {plain(share)}%"
        )
    return f"{of_all}不低于{floor}，可以"


def _of_plans(
    pack: PolicyPack, alliance: Alliance, advice: Sequence[Advice], told: str
) -> Iterator[str]:
    plans = {p.id: p for p in pack.programme}
    wanted = [one for one in advice if one.wanted and not one.answered]
    for one in wanted[:1]:
        plan = plans[one.programme_id]
        shares = [*_unwritten(plan.original, told), *_HALF.findall(told)[:1]]
        rule = pack.funding_rule(plan.amount) if plan.amount else None
        if isinstance(rule, ShareCap):
            if _MOST.search(told):
                yield from _reckoned_otherwise(alliance, one)
        elif isinstance(rule, AmountRange) and shares:
            yield (
                f"条文没有写按费用的{'、'.join(shares)}给：这一项写的是 "
                f"{rule.min_wan:g}–{rule.max_wan:g} 万元，没有写比例"
            )
        elif (
            not plan.amount
            and _OWED.search(told)
            and (named := [n for n in _SUM.findall(told) if n in one.request])
        ):
            parts = _unwritten(plan.original, alliance.question)
            yield from _of_base(alliance, plan, parts, named[0])
        elif not plan.amount and shares:
            yield from _of_base(alliance, plan, shares)


def _unwritten(clause: str, told: str) -> list[str]:
    """The per cents of a text a clause does not have: those it has nobody proposes.

    >>> _unwritten("达到百分之三至百分之六的", "没到3%，按30%给")
    ['30%']
    """
    shares = (f"{part}%" for part in _PERCENT.findall(told))
    return [one for one in shares if not stands_in(one, clause)]


def _of_base(
    alliance: Alliance, plan: Programme, shares: Sequence[str], asked: str = ""
) -> Iterator[str]:
    """What a share nobody wrote would come to, year by year."""
    base = plan.open_base
    sums = {} if base is None else {
        year: _number(amount)
        for clause in CLAUSE.split(alliance.note) if _SPENT.search(clause)
        for year, amount in _YEARS_RD.findall(clause)
    }  # fmt: skip
    each = [
        f"{year} 年 {plain(amount)} 万元的 {share} 是 {plain(amount * _number(share[:-1]) / 100)}"
        for share in shares if share.endswith("%") for year, amount in sums.items()
    ]  # fmt: skip
    if not sums and base and alliance.lead_rd_wan is not None:
        spent = wan(alliance.lead_rd_wan)
        each = [
            f"{plain(spent)} 万元的 {share} 是 {plain(spent * _number(share[:-1]) / 100)}"
            for share in shares if share.endswith("%")
        ]  # fmt: skip
    reckoned = f"（{'，'.join(each)}）" if each else ""
    named = "、".join((*([f"{asked} 万元"] if asked else []), *dict.fromkeys(shares)))
    what = f"{asked} 万元" if asked else "照它算出的数"
    owed = "应当给予" in plan.original
    left = "支持应当给，是不是给钱、给多少没有写" if owed else "给不给、给多少由主管部门定"
    yield f"条文没有写{named}{reckoned}：{what}不能说应当给，{left}"


def _reckoned_otherwise(alliance: Alliance, one: Advice) -> Iterator[str]:
    """A sum of a project that is reckoned in another way than the clause has it."""
    if one.most_wan is None or "=" not in one.working:
        return
    most, asked = wan(one.most_wan), _SUM.findall(one.request)
    asked += [plain(wan(grant.amount_wan or 0)) for grant in alliance.all_grants]
    told = [c for c in CLAUSE.split(alliance.question) if _OTHERWISE.search(c)]
    for theirs in dict.fromkeys(map(_number, _SUM.findall("。".join(told)))):
        if theirs != most and plain(theirs) not in asked:
            rule = one.working.partition("；")[0]
            yield (
                f"{plain(theirs)} 万元不是照条文算的：条文是{rule}，"
                f"没有写先减市里的或别的；{_gap(theirs, most)}"
            )


def _gap(theirs: Decimal, due: Decimal) -> str:
    return f"{'多' if theirs > due else '少'} {plain(abs(theirs - due))} 万元"


def _number(text: str) -> Decimal:
    return wan(float(text))
