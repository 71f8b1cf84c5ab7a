"""How much a programme gives at most, with its working: by its own rule, then under yearly caps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from matcher.policy.amounts import amount_of, down, percent, plain, wan
from matcher.policy.means import BLANK, Means, Received, Room
from matcher.policy.pack import PolicyPack
from matcher.policy.rules import (
    AmountRange,
    FundingRule,
    LeastShare,
    Programme,
    ShareCap,
    YearlyCap,
)

Ends = tuple[Decimal | None, Decimal | None]
"""The lowest and the highest the most may be, by what nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is to be settled before a sum is.

    Attributes:
        words: all of it, and whom to ask.
        short: what each reading comes to, for the first screen; empty where its name is enough.
        turns: the most by each reading, in the stead of one that only one of them gives.
    """

    words: str
    short: str = ""
    turns: str = ""


@dataclass(frozen=True, slots=True)
class Working:
    """An amount and how it came about.

    Attributes:
        least, most: the ends, 万元; None where they cannot be worked out.
        upper: the most before any yearly cap.
        low: the least that may come out of what is doubtful.
        ceiling: the most before anything that was given is taken off.
        formula: all of it; ``told`` the same where what is left of yearly caps is told apart.
        rooms: what is left of each cap it counts towards, in words.
        span: the range that stays one: by grade, or of a total that is written as one.
        used_up: whether the yearly caps leave nothing, whatever comes out of what is doubtful.
        doubts: what is to be settled before the sum is.
    """

    least: Decimal | None
    most: Decimal | None
    upper: Decimal | None
    formula: str
    told: str
    rooms: tuple[str, ...] = ()
    span: str = ""
    used_up: bool = False
    doubts: tuple[Doubt, ...] = ()
    low: Decimal | None = None
    ceiling: Decimal | None = None


def work_out(pack: PolicyPack, programme: Programme, means: Means) -> Working:
    """What a programme gives at most. Raises: InputError: an amount is negative or no number."""
    had = means.received.get(programme.id)
    doubts = [Doubt(words) for words in _blanks(pack, programme, means)]
    least: Decimal | None = None
    upper = lower = ceiling = None
    turns = ""
    if not programme.amount:
        own, span = programme.open_amount, ""
    else:
        rule = pack.funding_rule(programme.amount)
        least, (lower, upper), own, span = _by_rule(rule, means)
        ceiling = upper
        own += f"（{programme.amount_if}）" if programme.amount_if else ""
        if had is not None and not isinstance(rule, LeastShare):
            least, lower, upper, own = _less(had, least, (lower, upper), own)
            doubts += _once_more(rule, had, (lower, upper), _rooms_of(programme, means))
            if isinstance(rule, AmountRange) and had.amount_wan:
                # Nothing more, or each grant by itself: the ends of all readings.
                turns = _three_ways(rule, upper, _room_of(programme, means))
                lower, upper, span = Decimal(0), ceiling, ""
    if not programme.amount and had is not None and had.amount_wan:
        again = f"本年已得同一计划 {had.words}；条文没有写能否再给"
        short = f"能否再给（本年已得 {plain(wan(had.amount_wan))}）"
        doubts.append(Doubt(f"能否再给（{again}）→ 请主管部门明确", short))
    doubts += [Doubt(words) for words in (had.doubts if had else ())]
    if had is not None and had.past:
        doubts.append(_of_other_years(pack, programme, means, had))
    doubts += [Doubt(words) for words in _open_rooms(programme, means, least, upper)]
    doubts += _perhaps(pack, programme, means, least, upper)
    doubts += _readings(programme, means, least, upper)
    made = _under_caps(pack, programme, means, least, (lower, upper), own, turns)
    open_end = made.low is not None and made.most is not None and made.low < made.most
    if open_end and programme.amount and not span:
        span = f"{plain(made.low or Decimal(0))}–{plain(made.most or Decimal(0))}"
    else:
        span = _span(span, least, made.most)
    return replace(
        made,
        upper=upper,
        span=span,
        doubts=tuple(doubts),
        ceiling=ceiling,
        used_up=_used_up(programme, means, least, upper),
    )


def _blanks(pack: PolicyPack, programme: Programme, means: Means) -> Iterator[str]:
    """Sums the amount is a share of, where nobody filled in one: blank is not nought."""
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if isinstance(rule, ShareCap) and means.total_wan is None:
        written = f"写作“{means.total_words}”" if means.total_words else BLANK
        yield f"项目总投入（{written}）→ 请盟主填写项目总投入（万元）（榜单表「总投入(万元)」栏）"
    elif isinstance(rule, ShareCap) and means.total_wan == 0 and not means.total_words:
        yield "项目总投入（写作 0，算出来没有省级资金）→ 请盟主核对项目总投入（万元）"
    elif isinstance(rule, ShareCap) and means.total_words:
        yield f"项目总投入（写作“{means.total_words}”）→ 请盟主写明项目总投入是多少，一个数（万元）"


def _by_rule(rule: FundingRule, means: Means) -> tuple[Decimal | None, Ends, str, str]:
    """Least, the ends of the most, the working, and the range that stays one."""
    if isinstance(rule, AmountRange):
        low, high = wan(rule.min_wan), wan(rule.max_wan)
        span = f"{plain(low)}–{plain(high)}"
        return low, (high, high), span, span
    if isinstance(rule, LeastShare):  # what it comes to is for who knows the income to say
        return None, (None, None), f"不低于{rule.base}的 {percent(rule.share)}", ""
    assert isinstance(rule, ShareCap)
    return None, *_share_of_total(rule, means), ""


def _share_of_total(rule: ShareCap, means: Means) -> tuple[Ends, str]:
    """What the share gives at the least and at the most the total may be."""
    cap = None if rule.cap_wan is None else wan(rule.cap_wan)
    if means.total_wan is None:
        return _share_without_end(rule, cap, means)
    totals = [amount_of(means.total_wan, "总投入")]
    if means.total_least_wan is not None:
        totals.insert(0, amount_of(means.total_least_wan, "总投入"))
    parts = [share_of(rule, total) for total in totals]
    formula = f"{_dash(totals)} × {percent(rule.share)} = {_dash(parts)}"
    if any(total * wan(rule.share) != part for total, part in zip(totals, parts, strict=True)):
        formula += "（舍到 0.01 万元）"
    if cap is not None:
        parts = [min(part, cap) for part in parts]
        formula += f"，上限 {plain(cap)}，取小者 {_ends(parts[0], parts[-1])}"
    return (parts[0], parts[-1]), formula


def _share_without_end(rule: ShareCap, cap: Decimal | None, means: Means) -> tuple[Ends, str]:
    """The same of a total nobody filled in, or of which only the least is written."""
    most = "" if cap is None else f"；最高不超过 {plain(cap)}"
    if means.total_least_wan is None:
        return (cap, cap), f"总投入{BLANK}，算不出 {percent(rule.share)}{most}"
    least = amount_of(means.total_least_wan, "总投入")
    part = share_of(rule, least)
    formula = f"总投入至少 {plain(least)}，× {percent(rule.share)} 至少 {plain(part)}{most}"
    return (part if cap is None else min(part, cap), cap), formula


def share_of(rule: ShareCap, total: Decimal) -> Decimal:
    """The share of a total, 万元, before any cap."""
    return down(total * wan(rule.share))


def _dash(amounts: list[Decimal]) -> str:
    return "–".join(plain(amount) for amount in amounts)


def _less(
    had: Received, least: Decimal | None, ends: Ends, formula: str
) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    """Least, and the two ends of the most, once part of it was given; a floor is of the whole."""
    lower, most = ends
    if not had.amount_wan:
        return least, lower, most, formula + (f"；{had.words}" if had.words else "")
    got, sure = amount_of(had.amount_wan, "已得"), amount_of(had.lower, "已得")
    formula += f"；已得 {had.words}"
    if least is not None:
        least = max(Decimal(0), least - got)
    if most is None or lower is None:
        return least, None, None, formula
    low, high = max(Decimal(0), lower - got), max(Decimal(0), most - sure)
    formula += f"，还可 {_ends(low, high)}"
    if got > most:
        told = "已得超出最多" if sure > most else "都计入的话，已得超出最多"
        over = _ends(max(Decimal(0), sure - most), got - most) if sure > most else plain(got - most)
        formula += f"（{told} {over}，请核对）"
    return least, low, high, formula


def _ends(low: Decimal, high: Decimal) -> str:
    return plain(low) if low == high else _dash([low, high])


def _once_more(rule: FundingRule, had: Received, ends: Ends, rooms: Ends) -> Iterator[Doubt]:
    """Whether there may be a second grant, no clause says: what each reading comes to."""
    (low, high), (floor, room) = ends, rooms
    if not had.amount_wan or low is None or high is None:
        return
    ask = "→ 请主管部门明确"
    if had.loose:
        yield _of_which(had, _within(low, room), _within(high, room))
    if isinstance(rule, AmountRange):
        top, left = wan(rule.max_wan), plain(high)
        short = (
            f"能否再给：不能的话 0，合计算的话还可 {plain(_within(high, room))}，"
            f"每次分开算的话不超过 {plain(_within(top, room))}"
        )
        yield Doubt(
            f"能否再给（本年已得同一计划 {had.words}；条文没有写一年能否再给、合计多少，"
            f"这里按合计不超过 {plain(top)} 理解，还可 {left}；"
            f"不能再给的话 0，每次分开算的话不超过 {plain(top)}）{ask}",
            short, short,
        )  # fmt: skip
    elif isinstance(rule, ShareCap) and high > 0 and had.lower:
        left = _ends(_within(low, floor), _within(high, room))
        short = f"能否再给：能的话还可 {left}，不能的话 0"
        yield Doubt(
            f"能否再给（这个项目已得 {had.words}；条文没有写一个项目能否分次给、再给："
            f"能的话还可 {left}，不能的话 0）{ask}",
            short, short,
        )  # fmt: skip
    elif isinstance(rule, ShareCap) and not had.loose and wan(had.amount_wan) < high:
        # None of it surely counts; only where it does is there a second grant to ask about.
        left = _ends(_within(low, floor), _within(high - wan(had.amount_wan), room))
        sums = plain(wan(had.amount_wan))
        short = (
            f"已得的 {sums} 计入的话能否再给：能的话还可 {left}，不能的话 0；"
            f"不计入的话不超过 {plain(_within(high, room))}"
        )
        yield Doubt(
            f"能否再给（这个项目已得 {had.words}，计不计入没有定；"
            f"条文没有写一个项目能否分次给、再给；{short}）{ask}",
            short, short,
        )  # fmt: skip


def _of_other_years(pack: PolicyPack, programme: Programme, means: Means, had: Received) -> Doubt:
    """Of what was given in other years no clause says whether it stands against this one."""
    told, ask = f"别的年度已得过同一计划（{had.past}", "→ 请主管部门明确能否再给"
    if "没有年度" in had.past:
        told = f"别的年度或没有写年度的已得过同一计划（{had.past}"
        ask = "→ 请盟主写明年度（资金表「年度」栏），请主管部门明确能否再给"
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if not isinstance(rule, AmountRange) or not had.past_wan or had.amount_wan:
        return Doubt(f"{told}；条文没有写能否再给，没有从最多里减去）{ask}")
    room, top = _room_of(programme, means), wan(rule.max_wan)
    left = _within(max(Decimal(0), top - wan(had.past_wan)), room)
    each = plain(_within(top, room))
    asked = wan(means.asked.get(programme.id, 0))
    over = f"（申请 {plain(asked)} 多 {plain(asked - left)}）" if asked > left else ""
    turns = f"不能的话 0，合计算的话还可 {plain(left)}{over}，每年分开算的话不超过 {each}"
    sums = plain(wan(had.past_wan))
    short = f"别的年度已得 {sums}，能否再给：{turns}"
    return Doubt(f"{told}；条文没有写能否再给：{turns}）{ask}", short, short)


def _three_ways(rule: AmountRange, left: Decimal | None, room: Decimal | None) -> str:
    """What may still be given of a range, by each reading, within what the year leaves."""
    least, top = wan(rule.min_wan), _within(wan(rule.max_wan), room)
    each = f"{plain(least)}–{plain(top)}" if least <= top else "余额不够最低一档"
    more = _within(left or Decimal(0), room)
    return (
        f"；三种理解：不能再给 0；合计不超过 {rule.max_wan:g} 还可 {plain(more)}；每次分开算 {each}"
    )


def _of_which(had: Received, low: Decimal, high: Decimal) -> Doubt:
    """Money that names no project of a list: what is left if it was this one's, and if not."""
    turns = f"是这项榜单的话还可 {plain(low)}，不是的话不超过 {plain(high)}"
    ask = "请盟主写明是哪项榜单的（资金表「榜单编号」栏；出资方、支持计划没有填的也填上）"
    short = f"已得的没有写榜单编号：{turns}"
    return Doubt(f"已得而没有写榜单编号的资金（{had.loose}；{turns}）→ {ask}", short, short)


def _within(amount: Decimal, room: Decimal | None) -> Decimal:
    return amount if room is None else min(amount, room)


def _room_of(programme: Programme, means: Means) -> Decimal | None:
    """What the yearly caps it counts towards leave at most; None where there is none."""
    rooms = [wan(means.rooms[cap].upper) for cap in programme.capped_by if cap in means.rooms]
    return min(rooms, default=None)


def _rooms_of(programme: Programme, means: Means) -> Ends:
    """The same with the least they may leave, by whatever reading, before it."""
    return min(floors_of(programme, means), default=None), _room_of(programme, means)


def floors_of(programme: Programme, means: Means) -> list[Decimal]:
    """The least each yearly cap it counts towards may leave, by whatever reading."""
    return [wan(means.rooms[cap].floor) for cap in programme.capped_by if cap in means.rooms]


def _open_rooms(
    programme: Programme, means: Means, least: Decimal | None, upper: Decimal | None
) -> Iterator[str]:
    """What is not known of the yearly caps, where the answer turns on it."""
    for cap in programme.capped_by:
        room = means.rooms.get(cap)
        if room is None or not room.doubts:
            continue
        low, high = wan(room.lower), wan(room.upper)
        if programme.amount:
            ends = [end if upper is None else min(end, upper) for end in (low, high)]
            open_end = ends[0] != ends[1]
        else:
            open_end = low == 0 < high
        if open_end:
            below = least is not None and low < least
            floor = f"，低于起点 {plain(least or low)} 就给不了" if below else ""
            why = "；".join(room.doubts)
            yield (
                f"本年余额未定（{why}；在 {plain(low)}–{plain(high)} 万元之间{floor}）"
                f"→ 请盟主补齐年度上限里 {len(room.doubts)} 处没有写明的，"
                "条文没有写的请主管部门明确"
            )


def _perhaps(
    pack: PolicyPack, programme: Programme, means: Means, least: Decimal | None,
    upper: Decimal | None,
) -> Iterator[Doubt]:  # fmt: skip
    """A cap of which nobody says whether it holds, where it would bind.

    Of a programme without a figure it does once anything was taken off it, but for a sum that
    fits either way.
    """
    for cap in programme.perhaps_capped_by:
        room = means.rooms.get(cap)
        if room is None:
            continue
        floor, ends = wan(room.floor), (wan(room.lower), wan(room.upper))
        asked = means.may_count.get(programme.id, means.asked.get(programme.id))
        if asked == 0 and means.asked.get(programme.id):
            continue  # it is to go to others than the lead
        if not programme.amount and _taken(pack, cap, floor, asked):
            counted, otherwise = _of_room(None, None, room), "不受余额限制"
        elif upper is not None and floor < upper:
            counted, otherwise = _of_room(least, upper, room), f"不超过 {plain(upper)}"
        else:
            continue
        named = bool(asked) and programme.id not in means.unnamed
        entered = "计入的话" if named else "拨给盟主企业而计入的话"
        apart = "不计入的话" if named else "拨给成员单位或不计入的话"
        to_lead = "，表里写给盟主企业" if named else ""
        turns = f"{entered}{counted}，{apart}{otherwise}"
        short = f"计不计入盟主的年度上限：{turns}"
        yield Doubt(
            f"计不计入盟主的年度上限（条文没有写{to_lead}；{entered}，本年余额 {_ends(*ends)}，"
            f"{counted}；{apart}，{otherwise}）→ 请主管部门明确",
            short, _from(least, short) if programme.amount else "",
        )  # fmt: skip


def _from(least: Decimal | None, turns: str) -> str:
    """With the least a range gives before what it gives at most."""
    return f"{plain(least)} 万元起，{turns}" if least else turns


def _of_room(least: Decimal | None, upper: Decimal | None, room: Room) -> str:
    """The most under a cap; beside it, by what else may count under it, where that is less."""
    told = _if_counted(least, upper, (wan(room.lower), wan(room.upper)))
    if room.read_wan is None or room.read_wan >= room.lower:
        return told
    low, high = map(wan, room.other_ends)
    return f"{told}（{room.other}也计入上限的话{_if_counted(least, upper, (low, high))}）"


def _taken(pack: PolicyPack, cap: str, low: Decimal, asked: float | None) -> bool:
    """Whether a cap has less than all of it left, and not enough for what is asked for."""
    rule = pack.funding_rule(cap)
    taken = isinstance(rule, YearlyCap) and low < wan(rule.cap_wan)
    return taken and not (asked is not None and wan(asked) <= low)


def _if_counted(least: Decimal | None, upper: Decimal | None, room: tuple[Decimal, Decimal]) -> str:
    low, high = room
    if not high:
        return "没有余额"
    if upper is None:
        return f"不超过 {_ends(low, high)}" + ("，余额为 0 就给不了" if low == 0 else "")
    if least is not None and high < least:
        return f"低于起点 {plain(least)}，给不了"
    if least is not None and low < least:
        return f"不超过 {plain(min(high, upper))}，余额低于起点 {plain(least)} 就给不了"
    return f"不超过 {_ends(min(low, upper), min(high, upper))}"


def _readings(
    programme: Programme, means: Means, least: Decimal | None, upper: Decimal | None
) -> Iterator[Doubt]:
    """Where the pack's own reading of a cap changes the amount: what the other one leaves."""
    for cap in programme.capped_by:
        room = means.rooms.get(cap)
        if room is None or room.read_wan is None:
            continue
        other, left, ends = wan(room.read_wan), wan(room.lower), (wan(room.lower), wan(room.upper))
        other_ends = (other, wan(room.other_ends[1]))
        now, then = ((end if upper is None else min(end, upper)) for end in (left, other))
        if now != then:
            top = other_ends[1] if upper is None else min(other_ends[1], upper)
            most = f"，最多 {_ends(then, top)}" if programme.amount else ""
            if least is not None and then < least:
                most = f"，低于起点 {plain(least)}，给不了"
            turns = ""
            if programme.amount:
                turns = f"年度上限计不计{room.other}：不计的话{_if_counted(least, upper, ends)}"
                turns += f"，计的话{_if_counted(least, upper, other_ends)}"
            yield Doubt(
                f"年度上限计不计{room.other}（条文没有写，这里不计；"
                f"计入的话本年余额 {_ends(*other_ends)}{most}）→ 请主管部门明确",
                turns, _from(least, turns) if turns else "",
            )  # fmt: skip


def _under_caps(
    pack: PolicyPack, programme: Programme, means: Means, least: Decimal | None,
    ends: Ends, own: str, turns: str,
) -> Working:  # fmt: skip
    """The ends of the most, the whole formula, the formula beside the rooms, and the rooms.

    ``turns``: what each reading comes to, in the stead of the lesser of all.
    """
    formula = working = own
    (low, most), rooms = ends, []
    for cap in (pack.funding_rule(c) for c in programme.capped_by if c in means.rooms):
        left = means.rooms[cap.id]
        down_to, room = amount_of(left.floor, "本年余额"), amount_of(left.upper, "本年余额")
        told, words = _ends(down_to, room), left.words or plain(room)
        rooms.append(f"{cap.name}（万元）：本年余额 {words}")
        if not programme.amount:
            own_cap = "（这是年度上限余下的，不是这项计划的数额）"
            working += f"；不超过本年余额 {told}{own_cap}"
            formula += f"；不超过本年余额 {words}{own_cap}"
            continue
        low = down_to if low is None else min(low, down_to)
        most = room if most is None else min(most, room)
        least_of = "" if turns else f"，取小者 {_ends(low, most)}"
        formula += f"；本年余额 {words}{least_of}"
        working += f"；本年余额 {told}{least_of}"
    formula, working = formula + turns, working + turns
    if least is not None and most is not None and most < least:
        too_low = f"，低于起点 {plain(least)}"
        most, formula, working = Decimal(0), formula + too_low, working + too_low
    return Working(least, most, None, formula, working, tuple(rooms), low=low)


def _used_up(
    programme: Programme, means: Means, least: Decimal | None, upper: Decimal | None
) -> bool:
    """Whether a yearly cap leaves nothing, or less than the floor, whatever the doubts come to."""
    rooms = [wan(means.rooms[cap].upper) for cap in programme.capped_by if cap in means.rooms]
    most = min([*rooms, *([] if upper is None else [upper])], default=None)
    below = bool(rooms) and least is not None and most is not None and most < least
    return 0 in rooms or below


def _span(span: str, least: Decimal | None, most: Decimal | None) -> str:
    """A range as far as the yearly caps leave it."""
    if span and least is not None and most is not None:
        return f"{plain(least)}–{plain(most)}" if least < most else ""
    return span
