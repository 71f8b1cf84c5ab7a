"""What is still to be asked about a sum that is asked for, where the source does not say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from matcher.policy.amounts import plain, wan
from matcher.policy.means import Means
from matcher.policy.pack import PolicyPack
from matcher.policy.requests import where_asked
from matcher.policy.rules import AmountRange, LeastShare, Programme, ShareCap

_LEVELS = "年度上限计不计"
_AMOUNT = "请盟主写明申请多少（资金表「金额(万元)」栏）"


def questions_of(
    pack: PolicyPack,
    programme: Programme,
    means: Means,
    ready: bool = False,
    told_of_room: bool = False,
    told_of_levels: bool = False,
) -> tuple[str, ...]:
    """Whom to ask what, one thing a question; they decide nothing.

    Args:
        pack: the rules.
        programme: one of them.
        means: the money that is known.
        told_of_room: whether what is not known of the yearly balance is a doubt already.
        told_of_levels: whether it is one, too, whether money of other levels counts.
        ready: whether it may be asked for; then what it would come to is a question too.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("liaoning-2021")
    >>> small = next(p for p in pack.programme if p.id == "small-firms")
    >>> asked = {small.id: 60}
    >>> means = Means(asked=asked, wanted_of={small.id: "60 万元"}, bases={"研发经费": 600})
    >>> questions_of(pack, small, means)[0]
    '请主管部门明确 60 万元能否全给（是研发经费 600 万元的 10%，条文没有写比例）'
    """
    if loose := means.untied.get(programme.id):
        whose = f"请盟主写明是哪项榜单的申请（{loose}；资金表「榜单编号」栏）"
        rest = replace(means, untied={})
        return (whose, *questions_of(pack, programme, rest, ready))
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if isinstance(rule, LeastShare):
        return ()
    if not where_asked(programme, means):
        open_sum = ready and programme.payers and not programme.amount
        base = f"，按哪一年的{programme.open_base}" if programme.open_base else ""
        return (f"请主管部门明确给多少{base}（{programme.open_amount}）",) if open_sum else ()
    wanted = means.asked.get(programme.id, means.asked_wan)
    blank = wanted is None and means.asked_in_all_wan is None
    told = [_AMOUNT] if blank and programme.amount else []
    if blank and not programme.amount:
        base = f"，按哪一年的{programme.open_base}" if programme.open_base else ""
        told.append(f"请主管部门明确给多少{base}（{programme.open_amount}）")
    if place := means.unnamed.get(programme.id):
        told.append(f"请盟主写明收款单位（{place}，「收款单位」栏）")
    rooms = [means.rooms[cap] for cap in programme.capped_by if cap in means.rooms]
    if not told_of_room and (
        open_ := dict.fromkeys(d for r in rooms if r.beyond for d in r.doubts)
    ):
        told.append(f"请盟主补齐年度上限里 {len(open_)} 处没有写明的，合计超不超出看它")
    said = _open(pack, programme, means, None if wanted is None else wan(wanted))
    asks = (one for one in said if not (told_of_levels and one.startswith(_LEVELS)))
    return (*told, *(f"请主管部门明确{one}" for one in asks))


def _open(
    pack: PolicyPack, programme: Programme, means: Means, wanted: Decimal | None
) -> Iterator[str]:
    rule = pack.funding_rule(programme.amount) if programme.amount else None
    if rule is None and wanted is not None:
        share = _share(programme, means, wanted)
        yield f" {plain(wanted)} 万元能否全给（{share or programme.open_amount}）"
    elif isinstance(rule, AmountRange):
        yield f"给多少（条文写 {rule.min_wan:g}–{rule.max_wan:g} 万元，没有写怎样定）"
    rest = "、".join(programme.payers[1:])
    rooms = [means.rooms[cap] for cap in programme.capped_by if cap in means.rooms]
    if any(room.elsewise for room in rooms):
        yield f"{_LEVELS}别级（市、国家）资金（条文没有写）"
    if rest and isinstance(rule, ShareCap):
        yield f"{'、'.join(programme.payers)}各出多少（条文没有写比例）"
    elif rest:
        yield f"{rest}配套多少（条文没有写）"


def _share(programme: Programme, means: Means, wanted: Decimal) -> str:
    """What part it is of the sum the source names, where it names no share."""
    base = means.bases.get(programme.open_base) if programme.open_base else None
    if not base:
        return (
            f"{programme.open_amount}；{programme.open_base}未填写" if programme.open_base else ""
        )
    name = programme.open_base
    assert name is not None
    ends = [means.bases_least[name], base] if means.bases_least.get(name) else [base]
    sums = "–".join(plain(wan(end)) for end in ends)
    shares = [(wanted / wan(end) * 100).quantize(Decimal("0.01")) for end in reversed(ends)]
    part = "–".join(f"{plain(share)}%" for share in shares)
    return f"是{name} {sums} 万元的 {part}，条文没有写比例"
