"""What is asked for under a programme, in words, and what is wrong with it."""

from __future__ import annotations

from decimal import Decimal

from matcher.policy.amounts import amount_of, plain, up, wan
from matcher.policy.means import Means
from matcher.policy.pack import PolicyPack
from matcher.policy.rules import Programme, ShareCap
from matcher.policy.working import Working


def wrong_with(made: Working, programme: Programme, means: Means) -> str:
    """What is wrong with the sum asked for: in the year, and for a project in all years."""
    wanted = means.asked.get(programme.id, means.asked_wan)
    said = "" if wanted is None else _beyond(made, programme, means, amount_of(wanted, "申请金额"))
    least = means.asked_least.get(programme.id)
    if said and wanted is not None and least is not None and least < wanted:
        low = _beyond(made, programme, means, wan(least)) or f"申请 {plain(wan(least))}，没有超过"
        return f"申请的数额是区间，按最多的一头：{said}；按最少的一头：{low}"
    in_all = means.asked_in_all_wan
    if not said and in_all is not None and made.upper is not None and wan(in_all) > made.upper:
        asked, most = wan(in_all), made.upper
        over = f"超过最多 {plain(most)} 万元，多 {plain(asked - most)} 万元"
        return f"各年申请合计 {plain(asked)} 万元，{over}"
    return said


def _beyond(made: Working, programme: Programme, means: Means, asked: Decimal) -> str:
    """A sum against its ends; a plan without a figure is held against the balance."""
    what, low, most = "最多", made.low, made.most
    rooms = [means.rooms[cap] for cap in programme.capped_by if cap in means.rooms]
    if not programme.amount and rooms:
        what, low = "本年余额", min(wan(room.floor) for room in rooms)
        most = min(wan(room.upper) for room in rooms)
    largest = means.largest.get(programme.id)
    by_rule = most is not None and programme.amount and most == made.upper
    if most is not None and by_rule and largest is not None and wan(largest) <= most < asked:
        return (
            f"申请合计 {plain(asked)} 万元，每笔都没有超过 {plain(most)} 万元；"
            f"条文没有写是一笔的还是合计的，合计算的话多 {plain(asked - most)} 万元"
        )
    if most is not None and asked > most:
        over = plain(asked - most)
        more = ""
        if low is not None and low < most:
            more = f"；按最少的一头 {plain(low)} 算，多 {plain(asked - low)} 万元"
        if programme.amount and made.upper is not None and most < made.upper:
            more += f"（{plain(most)} 是本年余额，这项计划本身最多 {plain(made.upper)}）"
        lefts = [wan(means.rooms[c].floor) for c in programme.perhaps_capped_by if c in means.rooms]
        counted = wan(means.may_count.get(programme.id, 0))
        if lefts and counted > min(lefts) < most:
            left = min(lefts)
            more += f"；计入盟主年度上限的话余额 {plain(left)}，多 {plain(counted - left)} 万元"
        return f"申请 {plain(asked)} 万元，超过{what} {plain(most)} 万元，多 {over} 万元{more}"
    if made.least is not None and asked < made.least:
        return f"申请 {plain(asked)} 万元，低于最少 {plain(made.least)} 万元"
    if most is not None and low is not None and low < asked:
        ends = f"按 {plain(low)} 算多 {plain(asked - low)} 万元，按 {plain(most)} 算没有超过"
        return f"申请 {plain(asked)} 万元，{what}在 {plain(low)}–{plain(most)} 万元之间：{ends}"
    return _beyond_perhaps(programme, means, wan(means.may_count.get(programme.id, float(asked))))


def _beyond_perhaps(programme: Programme, means: Means, asked: Decimal) -> str:
    """The same under a cap of which nobody says whether it holds, by each reading."""
    for room in (means.rooms[cap] for cap in programme.perhaps_capped_by if cap in means.rooms):
        ends = ((room.upper, "的话超过本年余额 {} 万元"), (room.lower, "而余额是 {} 万元的话"),
                (room.floor, f"、{room.other}也计入的话余额 {{}}"))  # fmt: skip
        for left, words in ((wan(end), words) for end, words in ends):
            if asked > left:
                over = f"{words.format(plain(left))}，多 {plain(asked - left)} 万元"
                rest = "不计入的话没有超过" if left == wan(room.upper) else "别的理解没有超过"
                return f"申请 {plain(asked)} 万元，计入盟主年度上限{over}；{rest}"
    return ""


def request_of(pack: PolicyPack, programme: Programme, means: Means) -> str:
    """What is asked for, in short."""
    wanted = means.asked.get(programme.id, means.asked_wan)
    if not where_asked(programme, means):
        return _untied(programme, means)
    if wanted is None and means.asked_in_all_wan is not None:
        return f"别的年度申请 {plain(wan(means.asked_in_all_wan))} 万元"
    if wanted is None:
        return "申请的数额未填写"
    needed = wanted_of(pack, programme, means).rpartition("；要得这个数，")[2]
    total = f"，要得这个数，{needed}" if needed.startswith("总投入至少") else ""
    return f"申请 {plain(wan(wanted))} 万元{total}"


def wanted_of(pack: PolicyPack, programme: Programme, means: Means) -> str:
    """What is asked for; and of a share of a total that is blank, what total it would take."""
    where = where_asked(programme, means)
    wanted = means.asked.get(programme.id, means.asked_wan)
    if not where:
        return _untied(programme, means)
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if wanted and means.total_wan is None and isinstance(rule, ShareCap):
        if rule.cap_wan is not None and wanted > rule.cap_wan:
            return f"拟申请 {where}；总投入多少都超过最高数额 {plain(wan(rule.cap_wan))} 万元"
        total = plain(up(wan(wanted) / wan(rule.share)))
        return f"拟申请 {where}；要得这个数，总投入至少 {total} 万元"
    return f"拟申请 {where}"


def _untied(programme: Programme, means: Means) -> str:
    """What is asked for under it for some project of several, and not told for which."""
    loose = means.untied.get(programme.id)
    return f"另有拟申请 {loose}，没有写是哪项榜单的，没有与这项的最多比" if loose else ""


def where_asked(programme: Programme, means: Means) -> str:
    """Where what is asked for stands; a project's sum is asked of what gives money."""
    own = means.wanted if programme.payers else ""
    return means.wanted_of.get(programme.id, own)
