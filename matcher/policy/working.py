"""How much a programme gives at most, with its working: by its own rule, then under yearly caps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from matcher.policy.amounts import amount_of, down, percent, plain, up, wan
from matcher.policy.means import BLANK, Means, Received
from matcher.policy.pack import PolicyPack
from matcher.policy.rules import AmountRange, FundingRule, LeastShare, Programme, ShareCap


@dataclass(frozen=True, slots=True)
class Working:
    """An amount and how it came about.

    Attributes:
        least, most: the ends, 万元; None where they cannot be worked out.
        upper: the most before any yearly cap.
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
    doubts: tuple[str, ...] = ()


def work_out(pack: PolicyPack, programme: Programme, means: Means) -> Working:
    """What a programme gives at most. Raises: InputError: an amount is negative or no number."""
    had = means.received.get(programme.id)
    doubts = list(_blanks(pack, programme, means))
    least: Decimal | None = None
    upper: Decimal | None = None
    if not programme.amount:
        own, span = programme.open_amount, ""
    else:
        rule = pack.funding_rule(programme.amount)
        least, upper, own, span = _by_rule(rule, means)
        if had is not None and not isinstance(rule, LeastShare):
            least, upper, own = _less(had, least, upper, own)
            doubts += _once_more(rule, had, upper)
            span = "" if had.amount_wan else span
    doubts += had.doubts if had else ()
    doubts += _open_rooms(programme, means, least, upper)
    doubts += _perhaps(programme, means, upper)
    made = _under_caps(pack, programme, means, least, upper, own)
    return Working(
        least, made.most, upper, made.formula, made.told, made.rooms,
        _span(span, least, made.most), _used_up(programme, means, least, upper), tuple(doubts),
    )  # fmt: skip


def _blanks(pack: PolicyPack, programme: Programme, means: Means) -> Iterator[str]:
    """Sums the amount is a share of, where nobody filled in one: blank is not nought."""
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if isinstance(rule, ShareCap) and means.total_wan is None:
        written = f"写作“{means.total_words}”" if means.total_words else BLANK
        yield f"项目总投入（{written}）→ 请盟主填写项目总投入（万元）"
    elif isinstance(rule, ShareCap) and means.total_words:
        yield f"项目总投入（写作“{means.total_words}”）→ 请盟主写明一个数（万元）"
    if isinstance(rule, LeastShare) and rule.base not in means.bases:
        yield f"{rule.base}（{BLANK}）→ 请成果持有单位填写{rule.base}（万元）"


def _by_rule(rule: FundingRule, means: Means) -> tuple[Decimal | None, Decimal | None, str, str]:
    """Least, most, the working, and the range that stays one."""
    if isinstance(rule, AmountRange):
        low, high = wan(rule.min_wan), wan(rule.max_wan)
        span = f"{plain(low)}–{plain(high)}"
        return low, high, span, span
    if isinstance(rule, LeastShare):
        return *_share_of_base(rule, means), ""
    assert isinstance(rule, ShareCap)
    return _share_of_total(rule, means)


def _share_of_total(
    rule: ShareCap, means: Means
) -> tuple[Decimal | None, Decimal | None, str, str]:
    cap = None if rule.cap_wan is None else wan(rule.cap_wan)
    if means.total_wan is None:
        words = f"总投入{BLANK}，算不出 {percent(rule.share)}"
        return None, cap, words + ("" if cap is None else f"；最高不超过 {plain(cap)}"), ""
    totals = [amount_of(means.total_wan, "总投入")]
    if means.total_least_wan is not None:
        totals.insert(0, amount_of(means.total_least_wan, "总投入"))
    parts = [down(total * wan(rule.share)) for total in totals]
    formula = f"{_dash(totals)} × {percent(rule.share)} = {_dash(parts)}"
    if cap is not None:
        parts = [min(part, cap) for part in parts]
        formula += f"，上限 {plain(cap)}，取小者 {_dash(parts)}"
    return None, parts[-1], formula, _dash(parts) if len(set(parts)) > 1 else ""


def _dash(amounts: list[Decimal]) -> str:
    return "–".join(plain(amount) for amount in amounts)


def _share_of_base(rule: LeastShare, means: Means) -> tuple[Decimal | None, Decimal | None, str]:
    given = means.bases.get(rule.base)
    if given is None:
        return None, None, f"{rule.base}{BLANK}；不低于其 {percent(rule.share)}"
    base = amount_of(given, rule.base)
    least = up(base * wan(rule.share))
    return least, None, f"{plain(base)} × {percent(rule.share)} = {plain(least)}，不低于此数"


def _less(
    had: Received, least: Decimal | None, most: Decimal | None, formula: str
) -> tuple[Decimal | None, Decimal | None, str]:
    """What may still be given once part of it was; a floor is of the whole, too."""
    if not had.amount_wan:
        return least, most, formula + (f"；{had.words}" if had.words else "")
    got = amount_of(had.amount_wan, "已得")
    formula += f"；已得 {had.words}"
    if least is not None:
        least = max(Decimal(0), least - got)
    if most is not None:
        most = max(Decimal(0), most - got)
        formula += f"，还可 {plain(most)}"
    return least, most, formula


def _once_more(rule: FundingRule, had: Received, upper: Decimal | None) -> Iterator[str]:
    """A range is of one grant; whether there may be a second, its clause does not say."""
    if isinstance(rule, AmountRange) and had.amount_wan and upper is not None:
        top, left = plain(wan(rule.max_wan)), plain(upper)
        yield (
            f"能否再给（本年已得同一计划 {had.words}；条文没有写一年能否再给、合计多少，"
            f"这里按合计不超过 {top} 理解，还可 {left}）→ 请主管部门明确"
        )


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
            yield (
                f"本年余额未定（{'；'.join(room.doubts)}；在 {plain(low)}–{plain(high)} 万元之间）"
                "→ 请盟主和出资方补齐"
            )


def _perhaps(programme: Programme, means: Means, upper: Decimal | None) -> Iterator[str]:
    """A cap of which nobody says whether it holds, where it would bind."""
    for cap in programme.perhaps_capped_by:
        room = means.rooms.get(cap)
        if room is not None and upper is not None and wan(room.lower) < upper:
            ends = sorted({wan(room.lower), wan(room.left_wan)})
            left = "–".join(plain(end) for end in ends)
            yield (
                "计不计入盟主的年度上限（条文没有写；拨给盟主企业而计入的话，"
                f"本年余额 {left}，不超过 {plain(min(ends[-1], upper))}）→ 请主管部门明确"
            )


def _under_caps(
    pack: PolicyPack, programme: Programme, means: Means, least: Decimal | None,
    most: Decimal | None, own: str,
) -> Working:  # fmt: skip
    """Most, the whole formula, the formula beside the rooms, and the rooms."""
    formula = working = own
    upper, rooms = most, []
    for cap in (pack.funding_rule(c) for c in programme.capped_by if c in means.rooms):
        left = means.rooms[cap.id]
        room = amount_of(left.left_wan, "本年余额")
        words = left.words or plain(room)
        rooms.append(f"{cap.name}（万元）：本年余额 {words}")
        if not programme.amount:
            working += f"；不超过本年余额 {plain(room)}"
            formula += f"；不超过本年余额 {words}"
            continue
        most = room if most is None else min(most, room)
        least_of = f"，取小者 {plain(most)}"
        formula += f"；本年余额 {words}{least_of}"
        working += f"；本年余额 {plain(room)}{least_of}"
    if least is not None and most is not None and most < least:
        too_low = f"，低于起点 {plain(least)}，本年不能再给"
        most, formula, working = Decimal(0), formula + too_low, working + too_low
    return Working(least, most, upper, formula, working, tuple(rooms))


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
