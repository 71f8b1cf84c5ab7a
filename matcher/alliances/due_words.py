"""What is due out of a result in words: the sum, what is left of it, who pays, by which clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from matcher.alliances.periods import counted_from
from matcher.alliances.reckoning import NONE, Reckoned, amount_of
from matcher.alliances.result_rows import (
    OF_REWARD,
    PAID_IN_ALL,
    SHARES,
    UNSURE,
    base_of,
    day_of,
    ends_of,
    equity_of_row,
    holders_of,
    is_read,
    net_of,
    when_of,
)
from matcher.policy import Fact, PolicyPack
from matcher.policy.amounts import percent, plain, up, wan
from matcher.policy.rules import LeastPart, LeastShare, Programme
from matcher.records.alliance import Income

FIRMS = ("民营企业", "国有企业")
OF_STATE_ONLY = "国家设立的研究开发机构、高等院校"
"""How a paragraph begins that is on universities and institutes of the state alone."""
# How many letters in common tell whose part of a reward is meant.
_ALIKE = 4
_DISPUTED = re.compile("争议|该不该扣|能不能扣|可不可以扣|要不要扣|扣不扣|算不算成本|不同意扣")
_OBJECTED = re.compile(
    "([㐀-鿿]{0,12}?)(?<![该能应可])(?:不该|不应该?|不应当|不能|不可以|不同意|不让)再?扣"
)
_SAYS = re.compile("^.*(?:认为|觉得|主张|以为|说)|^(?:我们?|团队|教授|学校)?(?:这|那)?笔?")
_FURTHER = re.compile("还要|另外?|再|此外|又要")
_SEVERAL = re.compile("[两这几三各]项|[两这几三各]笔|这些|都")
_CLAIMED = re.compile("要把[^，]*扣|都要?扣|只能扣|[不]?应该?扣")


def answers_on(pack: PolicyPack, programme: Programme, rows: Sequence[Reckoned]) -> Iterator[str]:
    """The answers on one result under one programme: the sum, what is left, who pays, why."""
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    head = f"结论（{_head(rows)}）"
    if not isinstance(rule, LeastShare) or rule.base == "科技成果所有权":
        least = rule if isinstance(rule, LeastShare) else None
        yield from _of_title(pack, programme, least, rows, head)
        return
    others = "不由受让、被许可的一方付，也" if rule.base == "转让许可净收入" else ""
    holder = rows[0].row.holder or "成果完成单位"
    if len(holders_of(rows[0].row)) > 1:
        holder = "各完成单位各自"
    payer = f"{holder}付，{others}不向政府申请"
    due = [one for one in rows if one.holds]
    open_ = [one for one in rows if one.holds is None]
    out = [one for one in rows if one.holds is False]
    if len(rows) > 1:
        more = (
            "；另加待核实里写的“满几年以前的那一部分”"
            if any(_until_least(programme, one) for one in open_)
            else ""
        )
        yield f"{head}：{_in_all(rule, rows)}{more}；由{payer}"
        yield from _by_years(programme, rule, rows)
    by_itself = f"；由{payer}" if len(rows) == 1 else ""
    net_open = net_is_open(pack)
    if due:
        where = f"适用（{_whens(due)}）" if len(rows) > 1 else head
        yield f"{where}：{_due(rule, due)}{by_itself}"
    for kind, several in (("待核实", open_), ("不适用", out)):
        for one in several:
            rest = _until_least(programme, one)
            told = _open(rule, one, net_open, rest) if kind == "待核实" else _out(one, payer)
            amount = amount_of(one.row)[0]
            if amount and kind == "不适用" and not one.instead:
                told += f"；说的是这一笔 {plain(amount)} 万元"
            where = f"{kind}（{_which(one)}）" if len(rows) > 1 else head
            yield f"{where}：{told}{by_itself if kind == '待核实' else ''}"
    if any(one.holds and not one.instead and not one.row.service for one in rows):
        yield "职务成果没有填，这里按是职务科技成果算；不是的话这一条不管"
    if any(one.row.service == "主要利用单位物质技术条件" for one in rows):
        yield "是职务科技成果：主要利用单位的物质技术条件完成的也是，不必是单位下达的任务"
    yield from _years_agreed(programme, rule, rows)
    yield from _of_reward(programme, rows)
    yield from _unsure(rule, rows)
    yield from _agreed(rule, [one for one in rows if not one.instead and not _after_agreed(one)])
    if programme.parts and due:
        yield _parts(programme.parts, due)
    yield f"依据：{_clause(pack, programme, _of_holder(rule, rows))}"


def floor_of(pack: PolicyPack, programme: Programme, one: Reckoned) -> str:
    """The least as a share, where it is of no sum of money."""
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if not isinstance(rule, LeastShare) or one.least is not None:
        return ""
    held = equity_of_row(one.row)[1] if rule.base == "股份或出资" else None
    if held is None:
        return f"不低于{rule.base}的 {percent(rule.share)}"
    part = plain(held * wan(rule.share))
    return f"不低于 {part}%（{rule.base}：{plain(held)}% × {percent(rule.share)} = {part}%）"


def of_parts(pack: PolicyPack, programme: Programme, one: Reckoned) -> tuple[str, ...]:
    """The least by all of an income that several share, and by one's own part of it."""
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if one.part is None or one.least is None or not isinstance(rule, LeastShare):
        return ()
    return (
        f"按全部{rule.base}算不低于 {plain(one.least)}，按本单位分得的算不低于 {plain(one.part)}",
    )


def parts_of(programme: Programme, one: Reckoned) -> str:
    """What is settled case by case; of a whole reward, what each part of its least comes to."""
    if not one.least or not programme.parts:
        return programme.negotiable
    sums = "，".join(
        f"{part.whose}不低于 {plain(up(one.least * wan(part.share)))}" for part in programme.parts
    )
    return f"{programme.negotiable}：总额是 {plain(one.least)} 万元的话，{sums}"


def _head(rows: Sequence[Reckoned]) -> str:
    first = rows[0].row
    what = "" if first.way in ("按份共有", "共同共有", "使用权") else "奖励"
    name = f"“{first.result}”" if first.result else ""
    ways = "、".join(dict.fromkeys(one.row.way for one in rows))
    return "，".join(filter(None, (what, name, ways, _whens(rows))))


def _whens(rows: Sequence[Reckoned]) -> str:
    return "、".join(filter(None, (when_of(one.row) for one in rows)))


def _which(one: Reckoned) -> str:
    """What tells a row from the others: when it was, or the sum."""
    amount = amount_of(one.row)[0]
    return when_of(one.row) or ("" if amount is None else f"{plain(amount)} 万元的")


def _in_all(rule: LeastShare, rows: Sequence[Reckoned]) -> str:
    """What is left of all rows: for sure, and with those of which it is open."""
    known = [one for one in rows if one.least is not None]
    if paid := rows[0].row.extra.get(PAID_IN_ALL):
        ends = [sum((getattr(one, end) for one in known), NONE) for end in ("sure", "most")]
        left = [max(NONE, end - wan(paid)) for end in ends]
        least = f"一共应给不少于 {plain(ends[0])} 万元"
        more = f"，待核实的都算的话 {plain(ends[1])} 万元" if ends[0] < ends[1] else ""
        gap = f"还差 {'–'.join(dict.fromkeys(map(plain, left)))} 万元" if left[1] else "不差"
        return f"{least}{more}；已付 {plain(wan(paid))} 万元，{gap}"
    if rule.optional:
        return "条文写的是“可以”，提不提由单位定；每一笔见下"
    sure = sum((max(NONE, one.sure - one.paid) for one in known), NONE)
    most = sum((max(NONE, one.most - one.paid) for one in known), NONE)
    told = any(one.given is not None for one in rows)
    word = "还应补" if told else "应给"
    if sure == most:
        more = _carried(known, sure)
        return f"一共{word}不少于 {plain(sure)} 万元{more}" if sure else f"没有{word}的（0）"
    either = f"待核实的都算的话不少于 {plain(most)} 万元"
    return f"没有争议的，一共{word}不少于 {plain(sure)} 万元；{either}"


def _carried(rows: Sequence[Reckoned], left: Decimal) -> str:
    """What is left if what was paid beyond one row's due stands for the others'."""
    beyond = sum((max(NONE, one.paid - one.most) for one in rows), NONE)
    if not (beyond and left):
        return ""
    less = max(NONE, left - beyond)
    then = f"还应补 {plain(less)} 万元" if less else "不用再补"
    return (
        f"；多付的 {plain(beyond)} 万元抵别的年的话{then}"
        "（抵不抵条文没有写，双方同意的按同意的〔理解〕）"
    )


def _by_years(programme: Programme, rule: LeastShare, rows: Sequence[Reckoned]) -> Iterator[str]:
    """What all years come to together by each number of years a unit may settle on."""
    years = next((item.years for item in programme.items if item.years), None)
    start = day_of(rows[0].row.started)
    profits = [
        (one.row.year, amount_of(one.row)[0], one.paid) for one in rows if one.holds is not False
    ]
    open_ = [one.row.year for one in rows if one.holds is None and one.row.year]
    if years is None or start is None or not open_ or rows[0].row.agreed_years:
        return
    start, each = counted_from(start, max(open_)), []
    for number in range(years[0], years[1] + 1):
        last = (start.ends(number)[0] - timedelta(1)).year
        told = [
            max(NONE, up(amount * wan(rule.share)) - paid)
            for year, amount, paid in profits if year and amount is not None and year <= last
        ]  # fmt: skip
        each.append(f"{number} 年（到 {last} 年）{plain(sum(told, NONE))}")
    whole = "" if start.month == 1 else "；最后一年按整年的利润算，只算到满的那个月要少些"
    yield (
        f"结论（定几年）：一共还应补多少看定几年，条文写“三至五年”，没有写谁定，由单位定〔理解〕："
        f"{'，'.join(each)} 万元{whole}"
    )


def _due(rule: LeastShare, rows: Sequence[Reckoned]) -> str:
    """The least of what a rule is on, and what is left to pay of it."""
    if any(one.least is None for one in rows):
        return "；".join(
            _of_company(rule, one) or f"不低于{rule.base}的 {percent(rule.share)}" for one in rows
        )
    may = "条文写的是“可以”：提不提由单位定，没有提不算欠付；提的话" if rule.optional else ""
    total = sum((one.least or NONE for one in rows), NONE)
    working = "；".join(_working(one, several=len(rows) > 1) for one in rows)
    added = f"，合计 {plain(total)}" if len(rows) > 1 else ""
    if any(one.unsplit for one in rows):
        return f"{may}{_of_own_part(rule, rows, total, working + added)}"
    what = "奖励的股份或出资" if rule.base == "股份或出资" else "奖励总额"
    if not rule.optional and (agreed := _more_agreed(rule, rows, what, working)):
        return agreed
    words = f"{may}{what}不低于 {plain(total)} 万元（{working}{added}{_not_of(rows[0].row)}）"
    words += "".join(_of_company(rule, one) for one in rows)
    if shared := [one for one in rows if one.part is not None]:
        part = sum((one.sure for one in rows), NONE)
        own = "、".join(_own(one.row) for one in shared)
        return (
            f"{may}按全部{rule.base}算，奖励总额不低于 {plain(total)} 万元（{working}{added}）；"
            f"按本单位分得的（{own}）算，不低于 {plain(part)} 万元；条文没有写按哪一个；"
            f"没有争议的至少 {plain(part)} 万元{_left(rows, [one.sure for one in rows])}"
            "→ 请主管部门明确按哪一个"
        )
    if rule.optional and not any(one.paid for one in rows):
        return words
    return words + _left(rows, [one.least or NONE for one in rows])


def _of_own_part(rule: LeastShare, rows: Sequence[Reckoned], total: Decimal, working: str) -> str:
    """Where several have not settled who gets what: by the part that is its own, both ends."""
    paid = sum((one.paid for one in rows), NONE)
    given = f"；已付 {plain(paid)} 万元" if any(one.given is not None for one in rows) else ""
    return (
        f"几个单位怎样分没有定，奖励不低于本单位分得的那一份的 {percent(rule.share)}："
        f"全归本单位的话 {plain(total)} 万元（{working}），一点没有分得的话 0，"
        f"分定以前算不出一个数{given}"
    )


def _more_agreed(rule: LeastShare, rows: Sequence[Reckoned], what: str, working: str) -> str:
    """Where more was agreed on than the least: that is due, and the least is in it."""
    (one, *others) = rows
    if others or one.part is not None or one.agreed is None or one.agreed <= (one.least or NONE):
        return ""
    theirs = "" if not _agreed_of_company(one.row) else f"，即{_agreed_of_company(one.row)[1:-1]}"
    least_of = f"条文的最低 {working}{_of_company(rule, one)}"
    words = f"{what}按约定应给 {_by_agreement(one)}{theirs}（{least_of}）"
    if one.given is None:
        return words
    left, least = (max(NONE, due - one.paid) for due in (one.agreed, one.least or NONE))
    by_rule = "条文的最低数已够" if not least else f"其中按条文至少还应补 {plain(least)}"
    return f"{words}；已付 {plain(one.paid)} 万元，按约定还差 {plain(left)} 万元（{by_rule}）"


def _by_agreement(one: Reckoned) -> str:
    """What was agreed on, with how it comes about."""
    share, amount = one.row.agreed_percent, amount_of(one.row)[0]
    working = f"{plain(amount)} × {share:g}% = " if share is not None and amount else ""
    return f"{working}{plain(one.agreed or NONE)} 万元"


def _not_of(row: Income) -> str:
    """What a share is not of, though people take it for that."""
    if base_of(row) == "营业利润":
        return "；按营业利润算，不按营业收入"
    return (
        "；按净收入算，不按成交额" if row.price_wan is not None and row.net_wan is not None else ""
    )


def _own(row: Income) -> str:
    return f"{plain(wan(row.own_wan))} 万元" if row.own_wan is not None else f"{row.own_percent:g}%"


def _working(one: Reckoned, several: bool) -> str:
    if not several:
        return one.worked
    paid = f"，已付 {plain(one.paid)}" if one.given is not None else ""
    return f"{when_of(one.row)} {one.worked}{paid}"


def _of_company(rule: LeastShare, one: Reckoned) -> str:
    """The same as a part of the company, where a row says how much of it the result became."""
    worth, held = equity_of_row(one.row)
    if rule.base != "股份或出资" or held is None:
        return ""
    share = plain((held * wan(rule.share)).quantize(Decimal("0.0001")).normalize())
    told = f"不低于成果所形成的股份的 {percent(rule.share)}，即公司的 {share}%"
    if one.row.paid_percent is not None and worth is None:
        given, least = wan(one.row.paid_percent), held * wan(rule.share)
        left = f"还应补不少于公司的 {plain(least - given)}%" if given < least else "已够"
        told += f"；已给公司的 {plain(given)}%，{left}"
    return told if worth is None else f"，即公司的 {share}%"


def _left(rows: Sequence[Reckoned], least: Sequence[Decimal]) -> str:
    """What is left to pay, row by row: what was paid of one is not paid of another."""
    if all(one.given is None for one in rows):
        return ""
    paid = sum((one.paid for one in rows), NONE)
    left = [max(NONE, due - one.paid) for one, due in zip(rows, least, strict=True)]
    total = sum(left, NONE)
    if not total:
        return f"；已付 {plain(paid)} 万元，已够条文的最低数，按这一条不用再补"
    each = "、".join(
        f"{when_of(one.row)} {plain(part)}" for one, part in zip(rows, left, strict=True) if part
    )
    which = f"（{each}）" if len(rows) > 1 else _points(rows[0], total)
    return (
        f"；已付 {plain(paid)} 万元，还应补不少于 {plain(total)} 万元{which}{_carried(rows, total)}"
    )


def _points(one: Reckoned, amount: Decimal) -> str:
    """A sum as a part of the company, in per cent, where it is one of equity."""
    worth, held = equity_of_row(one.row)
    if not worth or held is None:
        return ""
    return f"（公司的 {(amount * held / worth).quantize(Decimal('0.01')).normalize():f}%）"


def _until_least(programme: Programme, one: Reckoned) -> str:
    """What is due of a year that ends after the least years but begins within them, in any case."""
    years = next((item.years for item in programme.items if item.years), None)
    start = day_of(one.row.started)
    if years is None or start is None or one.row.year is None:
        return ""
    start = counted_from(start, one.row.year)
    if start.ends(years[0])[0] <= date(one.row.year, 1, 1):
        return ""
    if start.within(one.row.year, years[0]) is not None:
        return ""
    until = start.until(years[0])
    return f"满 {years[0]} 年（{until}）以前的那一部分也应给，数没有填，不是 0"


def _open(rule: LeastShare, one: Reckoned, net_open: bool, rest: str) -> str:
    """What the reading comes to by which the rule is on it, and what is due by the other."""
    if one.least is None and net_open and (each := _nets(rule, one.row)):
        paid = f"；已付 {plain(one.paid)} 万元" if one.paid else ""
        return each + paid
    if one.unsplit:
        of_own = f"奖励不低于本单位分得的那一份的 {percent(rule.share)}"
        return f"{one.why}——按它算的话{of_own}，几个单位怎样分没有定，现在算不出一个数"
    if one.least is None:
        return f"{one.why}——适用的话不低于{rule.base}的 {percent(rule.share)}"
    paid = f"，已付 {plain(one.paid)}，还应补 {plain(max(NONE, one.least - one.paid))}"
    told = paid if one.given is not None else ""
    if ends_of(one.row)[2] and "；" not in one.why:
        return (
            f"奖励总额不低于 {plain(one.least)} 万元（{one.worked}{told}）；{one.why}，弄清了再算"
        )
    least = f"按它算的话不低于 {plain(one.least)} 万元（{one.worked}{told}）"
    return f"{one.why}——{least}，不按它的话{rest or '这一条没有应付的'}"


def net_is_open(pack: PolicyPack) -> bool:
    """Whether a pack says that its source does not tell how net income is reckoned."""
    return any(topic.silent and topic.text.startswith("净收入怎样算") for topic in pack.topic)


def _nets(rule: LeastShare, row: Income) -> str:
    """Each reading of a net income nobody settled: with nothing off, the costs, what is disputed.

    >>> row = Income(way="许可", price_wan=100, cost_wan=12, note="研发投入40万元该不该扣有争议")
    >>> [float(one) for one in disputed_costs(row.note)]
    [40.0]
    """
    if base_of(row) != "转让许可净收入" or row.price_wan is None:
        return ""
    if net_of(row)[0] is not None:
        return _nets_of_filled(rule, row)
    left, words = wan(row.price_wan), plain(wan(row.price_wan))
    each = [f"什么都不扣的话 {_share_of(rule, left, words)}"]
    cost = wan(row.cost_wan or 0) + wan(row.tax_wan or 0)
    filled = {wan(one) for one in (row.price_wan, row.cost_wan, row.tax_wan) if one}
    steps = [("扣填写的成本" + ("和税金" if row.tax_wan else ""), cost)]
    steps += [
        (f"有争议的 {plain(one)} 也扣", one)
        for one in dict.fromkeys(disputed_costs(row.note)) if one not in {*filled, cost}
    ]  # fmt: skip
    for what, off in steps:
        if off:
            left, words = left - off, f"{words} − {plain(off)}"
            told = f"{words} = {plain(left)}"
            each.append(f"{what}的话 {_share_of(rule, left, told)}")
    return _by_each(rule, each, left)


def _nets_of_filled(rule: LeastShare, row: Income) -> str:
    """The same where costs and taxes are filled in, and a sum is disputed beside or among them; one
    that the note lists as a part of the costs (成本70万元：专利费10万元，研发费60万元) is not taken
    off twice.
    """
    price, cost = wan(row.price_wan or 0), wan(row.cost_wan or 0)
    filled = price - (net_of(row)[0] or NONE)  # public money is no cost
    offs = {filled: "扣填写的成本和税金"}
    for one in disputed_beside(row):
        clauses = [c for c in re.split("[。；;]", row.note) if f"{plain(one)}万" in c]
        if one <= cost and not any(_FURTHER.search(c) for c in clauses):
            offs[filled - one] = f"成本里含着有争议的 {plain(one)}、不扣它"
        listed = re.compile(f"成本{plain(cost)}万元?[：:（(]")
        if one != cost and not any(map(listed.search, clauses)):
            offs[max(offs) + one] = f"有争议的 {plain(one)} 也扣"
    each, left = [], price
    for off in sorted(offs):
        left = price - off
        told = f"{plain(price)} − {plain(off)} = {plain(left)}"
        each.append(f"{offs[off]}的话 {_share_of(rule, left, told)}")
    return _by_each(rule, each, left)


def disputed_beside(row: Income) -> list[Decimal]:
    """The disputed sums of a row with price, costs and taxes: those beside its costs, or these.

    >>> row = Income(way="许可", price_wan=200, cost_wan=16, tax_wan=4,
    ...              note="学校还要扣除研发经费80万元，我认为不该扣")
    >>> [float(one) for one in disputed_beside(row)]
    [80.0]
    """
    if row.price_wan is None or row.net_wan is not None or net_of(row)[0] is None:
        return []
    price, cost, tax = (wan(one or 0) for one in (row.price_wan, row.cost_wan, row.tax_wan))
    told = [one for one in dict.fromkeys(disputed_costs(row.note)) if NONE < one < price]
    beside = [one for one in told if one not in (cost, tax, cost + tax)]
    return beside or [one for one in told if one == cost]


def _by_each(rule: LeastShare, each: Sequence[str], left: Decimal) -> str:
    """Every reading, and what is due by each of them."""
    asked = "净收入怎样算、哪些能扣，条文没有写，请问本单位和主管部门"
    least = plain(up(left * wan(rule.share)))
    sure = f"；按上面哪一种都不低于 {least} 万元" if left > 0 and len(each) > 1 else ""
    return f"{asked}；每种算法：{'；'.join(each)}{sure}"


def _share_of(rule: LeastShare, left: Decimal, words: str) -> str:
    if left <= 0:
        return f"{words}，没有可以提取的"
    least = plain(up(left * wan(rule.share)))
    return f"{words}，不低于 {least} 万元"


def disputed_costs(note: str) -> Iterator[Decimal]:
    """The sums a note says are disputed as costs: of the clause itself, or those told before it.

    >>> told = "中介费等30万元；此前用自有资金投入过120万元；两项扣不扣有争议"
    >>> claimed = "财务处要把30万元和120万元都扣掉再算，我们认为最多只能扣30万元"
    >>> [[float(one) for one in disputed_costs(note)] for note in (told, claimed)]
    [[30.0, 120.0], [30.0, 120.0]]
    """
    before: list[str] = []
    for clause in re.split("[。；;]", note):
        sums = re.findall(r"(\d+(?:\.\d+)?)\s?万元?", clause)
        named = before if not sums and _SEVERAL.search(clause) else sums
        disputed = _DISPUTED.search(clause) and (len(sums) == 1 or named is before)
        if disputed or _CLAIMED.search(clause):
            yield from dict.fromkeys(wan(float(one)) for one in named)
        yield from _objected(clause, note)
        before = [*before, *sums] if len(sums) == 1 else [] if sums else before


def _objected(clause: str, note: str) -> Iterator[Decimal]:
    """What somebody says is not to be deducted: by the name of the cost, or the sum before it."""
    sums = r"(\d+(?:\.\d+)?)\s?万元?"
    for found in _OBJECTED.finditer(clause):
        cost = _SAYS.sub("", found[1])
        pieces = [p for p in re.split("[，,、。；;]", note) if len(cost) > 1 and cost in p]
        named = [told[0] for p in pieces if len(told := re.findall(sums, p)) == 1]
        if not named and len(cost) < 2:
            named = re.findall(sums, clause[: found.start()])[-1:]
        yield from (wan(float(one)) for one in dict.fromkeys(named))


def _after_agreed(one: Reckoned) -> bool:
    """Whether a rule of its own gives nothing for the year of a row, which is past its years."""
    start = day_of(one.row.started)
    if not (one.row.agreed_years and one.row.year and start) or one.row.agreed == "没有":
        return False
    return start.within(one.row.year, one.row.agreed_years) is False


def _years_agreed(
    programme: Programme, rule: LeastShare, rows: Sequence[Reckoned]
) -> Iterator[str]:
    """That fewer years were agreed on than the least: these are to be raised too."""
    years = next((item.years for item in programme.items if item.years), None)
    if years is None:
        return
    bound = [one for one in rows if one.holds and not one.instead and one.row.agreed != "没有"]
    for agreed in sorted({one.row.agreed_years for one in bound if one.row.agreed_years}):
        if agreed < years[0]:
            mine = [one for one in bound if one.row.agreed_years == agreed]
            late = "、".join(when_of(one.row) for one in mine if _after_agreed(one))
            also = f"；{late}也要给" if late else ""
            words = (
                f"{mine[0].row.agreed or '约定'}的 {agreed} 年不够，少于条文的至少 {years[0]} 年"
            )
            yield f"{words}：要改到不少于 {years[0]} 年{also}"


def _out(one: Reckoned, payer: str) -> str:
    if one.instead and one.agreed is not None:
        left = max(NONE, one.agreed - one.paid)
        told = f"还差 {plain(left)} 万元" if left else "已付清"
        paid = f"；已付 {plain(one.paid)} 万元，{told}" if one.given is not None else ""
        return f"{one.why}：应给 {_by_agreement(one)}{paid}；由{payer}"
    share = one.row.agreed_percent
    if one.instead and share is not None:
        of_company = _agreed_of_company(one.row)
        return f"{one.why}：应给约定的 {share:g}%{of_company}；由{payer}"
    return f"按这一条没有应付的（0）：{one.why}；由政府补也没有写"


def _agreed(rule: LeastShare, rows: Sequence[Reckoned]) -> Iterator[str]:
    """What was agreed on, against the least: too little is to be raised, more is kept."""
    for one in rows:
        if one.holds is False or (one.agreed is None and one.row.agreed_percent is None):
            continue
        if_on = "" if one.holds else "按它算的话，"
        of_company = _agreed_of_company(one.row)
        if one.agreed is None or one.least is None:
            share = wan(one.row.agreed_percent or 0)
            enough = share >= wan(rule.share) * 100
            told = "不低于条文的最低比例，可以" if enough else f"低于条文的 {percent(rule.share)}"
            yield f"约定的 {plain(share)}%{of_company}：{told}"
            continue
        by_whom = "约定" if is_read(one.row) else one.row.agreed or "约定"
        agreed = one.row.agreed_percent
        share_words = "" if agreed is None else f" {agreed:g}% 是"
        words = f"{by_whom}的{share_words} {plain(one.agreed)} 万元{of_company}"
        words += _of_transfer(one)
        least = f"条文的最低 {plain(one.least)}"
        if one.agreed < one.least:
            yield f"{words}，比{least} 少 {plain(one.least - one.agreed)} 万元：{if_on}{rule.below}"
        elif one.agreed == one.least:
            when = f"（{when_of(one.row)}）" if len(rows) > 1 else ""
            yield f"{words}{when}，正好是条文的最低数，够"
        else:
            yield f"{words}，比{least} 多 {plain(one.agreed - one.least)}：{_beyond(rule)}"


def _unsure(rule: LeastShare, rows: Sequence[Reckoned]) -> Iterator[str]:
    """Shares that were agreed on, of which nobody says which is meant: each against the least."""
    for one in rows:
        amount = amount_of(one.row)[0]
        told = []
        for share in one.row.extra.get(SHARES, ()):
            if amount is None or one.least is None:
                enough = share >= wan(rule.share) * 100
                told.append(
                    f"{plain(share)}%，{'不低于' if enough else '低于'}条文的 {percent(rule.share)}"
                )
                continue
            theirs = up(amount * share / 100)
            gap = "够" if theirs >= one.least else f"少 {plain(one.least - theirs)}"
            told.append(
                f"按 {plain(share)}% 是 {plain(theirs)}，条文的最低 {plain(one.least)}，{gap}"
            )
        if told:
            yield f"约定的{one.row.extra[UNSURE]}：{'；'.join(told)}"


def _of_reward(programme: Programme, rows: Sequence[Reckoned]) -> Iterator[str]:
    """Shares of a whole reward that were agreed on, against the parts a rule names."""
    for words, share in rows[0].row.extra.get(OF_REWARD, ()):
        for part in programme.parts if "重要贡献" not in words or "主要" in words else ():
            if any(
                part.whose[i : i + _ALIKE] in words for i in range(len(part.whose) - _ALIKE + 1)
            ):
                held = (
                    "不低于条文的 {}，够"
                    if share >= wan(part.share) * 100
                    else "低于条文的 {}，不够"
                )
                told = f"{part.whose} {plain(share)}%，{held.format(percent(part.share))}"
                yield f"约定的按占奖励总额的份额看：{told}"


def _of_transfer(one: Reckoned) -> str:
    """What of an agreement is for those who put the result to use, by the same income."""
    amount = amount_of(one.row)[0]
    if one.row.agreed_transfer_percent is None or amount is None or one.agreed is None:
        return ""
    theirs = up(amount * wan(one.row.agreed_transfer_percent) / 100)
    working = f"{plain(amount)} × {one.row.agreed_transfer_percent:g}% = {plain(theirs)}"
    rest = plain(one.agreed - theirs)
    return f"（其中转移和管理人员 {working}，其余 {rest} 给别的重要贡献人员）"


def _beyond(rule: LeastShare) -> str:
    """That more may be agreed on than the least, and by what that is due."""
    return (
        f"{percent(rule.share)} 是下限，不是上限，约定更高的不违反这一条，可以给；"
        "多出的是按约定应给的，不是这一条要求的"
    )


def _agreed_of_company(row: Income) -> str:
    held = equity_of_row(row)[1]
    if base_of(row) != "股份或出资" or held is None or row.agreed_percent is None:
        return ""
    part = (held * wan(row.agreed_percent) / 100).quantize(Decimal("0.0001")).normalize()
    return f"（公司的 {part:f}%）"


def _parts(parts: Sequence[LeastPart], rows: Sequence[Reckoned]) -> str:
    """Whose part of the whole reward is at least how much, and what is left of it."""
    if any(one.least is None for one in rows):
        return "其中：" + "；".join(f"{p.whose}不低于奖励总额的 {percent(p.share)}" for p in parts)
    whole = sum((max(one.least or NONE, one.agreed or NONE, one.paid) for one in rows), NONE)
    told = []
    for part in parts:
        least = up(whole * wan(part.share))
        field = "paid_main_wan" if part.whose.startswith("主要") else "paid_transfer_wan"
        given = [amount for one in rows if (amount := getattr(one.row, field)) is not None]
        paid = sum(map(wan, given), NONE)
        left = f"还应补不少于 {plain(least - paid)}" if least > paid else "够"
        words = f"，已付 {plain(paid)}，{left}" if given else ""
        working = f"{plain(whole)} × {percent(part.share)}{words}"
        told.append(f"{part.whose}不低于 {plain(least)} 万元（{working}）")
    return (
        f"其中（按奖励总额 {plain(whole)} 万元算）：{'；'.join(told)}；其余给谁、各人多少条文没有写"
    )


def _of_title(
    pack: PolicyPack, programme: Programme, rule: LeastShare | None, rows: Sequence[Reckoned],
    head: str,
) -> Iterator[str]:  # fmt: skip
    """A title or a right of use that is given: whether what was agreed on is enough."""
    for one in rows:
        share = one.row.maker_percent
        if one.holds is False:
            yield f"{head}：{one.why}"
        else:
            words = f"可以约定{one.row.way}" if one.holds else f"待核实：{one.why}"
            if rule is not None and share is not None:
                least = wan(rule.share) * 100
                short = plain(least - wan(share))
                if_on = "" if one.holds else "算的话，"
                words += f"；完成人 {share:g}%，{if_on}" + (
                    f"不低于条文的 {percent(rule.share)}，合乎条文" if wan(share) >= least
                    else f"低于条文的 {percent(rule.share)}，少 {short} 个百分点：{rule.below}"
                )  # fmt: skip
                words += f"；单位最多保留份额的 {plain(100 - least)}%"
            elif rule is not None:
                words += f"；完成人不低于 {percent(rule.share)}"
            elif one.row.way == "使用权" and one.row.use_years is not None:
                words += f"；{one.row.use_years} 年，不少于十年，合乎条文"
            else:
                words += f"；{programme.open_amount}"
            yield f"{head}：{words}"
    yield f"依据：{_clause(pack, programme, _of_holder(rule, rows))}"


def deciding_clauses(
    pack: PolicyPack, programme: Programme, told: Sequence[Mapping[str, Fact]]
) -> Iterator[str]:
    """The clauses of items that keep a row out or leave it open, where that is one of their own."""
    topics = {topic.id: topic for topic in pack.topic}
    for item in programme.items:
        if item.topic in topics and any(not facts[item.key].holds for facts in told):
            yield f"依据：{pack.quote(topics[item.topic])}"


def _of_holder(rule: LeastShare | None, rows: Sequence[Reckoned]) -> LeastShare | None:
    """A rule without the paragraph on agreements of the state's own, where a firm has none."""
    firms = all(one.row.holder_kind in FIRMS and one.row.agreed == "没有" for one in rows)
    if rule is None or not firms:
        return rule
    kept = [line for line in rule.original.splitlines() if not line.startswith(OF_STATE_ONLY)]
    return rule.model_copy(update={"original": "\n".join(kept)}) if kept else rule


def _clause(pack: PolicyPack, programme: Programme, rule: LeastShare | None) -> str:
    """The clause whole: who and how much."""
    if rule is None or rule.original in programme.original:
        return pack.quote(programme)
    if programme.original in rule.original or not programme.original:
        return pack.quote(rule)
    return pack.quote(
        rule.model_copy(update={"original": f"{programme.original}\n{rule.original}"})
    )
