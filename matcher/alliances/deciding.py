"""What decides whether a rule on rewards is on a result, whoever told of it: a row or a note."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from matcher.alliances.periods import Start, counted_from
from matcher.policy import Fact
from matcher.policy.amounts import plain
from matcher.policy.rules import ConditionItem
from matcher.records.alliance import HolderKind

OF_STATE = ("政府设立的高校", "政府设立的科研机构")
_UNSURE = ("", "其他事业单位", "政府和社会共同举办的院所")
_LOOSE = {"民办高校": "高校", "民办科研机构": "科研院所"}
_WORDS = {"高校": "高等院校", "科研院所": "科研机构"}
_RESEARCH = ("高校", "科研机构", "院所")
_LEAST_USE = 10
_SMALL, _HALF, _WHOLE = Decimal(20), Decimal(50), Decimal(100)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a result is.

    Attributes:
        told: who, as it stands in the record.
        kind: of what kind; empty where nothing tells.
        service: whether the result is one of the job.
        ask: where the kind is to be written.
        amend: where it is to be put right, if it is wrong.
    """

    told: str
    kind: HolderKind
    service: Fact
    ask: str
    amend: str = ""


def public_holder(holder: Holder, item: ConditionItem) -> Fact:
    """That the state set it up and that the result is one of the job."""
    kind, service, told = holder.kind, holder.service, holder.told
    if kind in OF_STATE:
        basis = "；".join(filter(None, (told, service.basis)))
        return Fact(service.holds, basis, service.ask, short=service.short)
    if not kind:
        turns = "政府设立的高校院所的职务科技成果适用，不是的不适用"
        return Fact(None, f"{told}；{turns}", holder.ask, short=turns)
    if (loose := _LOOSE.get(kind)) in item.loose_kinds and loose:
        either = f"“政府设立的”管不管后面的“{_WORDS[loose]}”"
        turns = f"{either}，条文没有写明：管的话不适用，这份条文没有要求；不管的话照这里算"
        ask = f"请主管部门明确“政府设立的”管不管“{_WORDS[loose]}”"
        return Fact(None, f"{told}：{turns}", ask, short=turns)
    if kind == "政府和社会共同举办的院所":
        turns = (
            f"{told}：算不算“政府设立的”条文没有写，算的话照这里算，不算的话条文不管，按规定或约定"
        )
        return Fact(None, turns, "请主管部门明确共同举办的算不算“政府设立的”", short=turns)
    if kind == "其他事业单位":
        turns = f"{told}：算不算条文写的高校、科研机构没有写，算的话照这里算，不算的话条文不管"
        return Fact(None, turns, "请主管部门明确算不算", short=turns)
    instead = f"；{item.instead}" if item.instead else ""
    others = kind.removeprefix("其他")
    words = f"条文只管政府设立的研究开发机构、高等院校的，不管{others}{instead}"
    return Fact(False, f"{told}：{words}", holder.amend, short=words)


def research_holder(holder: Holder) -> Fact:
    """That it is a university or an institute, of whatever kind, and the result one of the job."""
    kind, service = holder.kind, holder.service
    if kind.endswith(_RESEARCH) and not kind.startswith("改制"):
        basis = "；".join(filter(None, (holder.told, service.basis)))
        return Fact(service.holds, basis, service.ask, short=service.short)
    if kind in ("", "其他事业单位"):
        return Fact(None, f"{holder.told}：高等院校、科研机构的适用，别的条文不管", holder.ask)
    words = f"{holder.told}：条文只写高等院校、科研机构，企业的不管"
    return Fact(False, words, holder.amend, short=words)


def no_own_rule(
    holder: Holder, item: ConditionItem, has: bool | None, ask: str, due: str = ""
) -> Fact:
    """A rule or an agreement of its own goes before the standard, but of what the state set up.

    Args:
        holder: whose the result is.
        item: that asks for it.
        has: whether there is one; None where nobody says.
        ask: where it is to be written.
        due: what is due by it, in words.
    """
    told = holder.told
    if holder.kind in OF_STATE:
        bound = "" if has is False else "：规定或约定的也应当符合这个标准"
        return Fact(True, f"{told}{bound}")
    if has is False:
        return Fact(True, "没有规定也没有约定")
    if has is None:
        turns = "没有规定也没有约定的按这个标准，有的按规定或约定"
        return Fact(None, turns, ask, short=turns)
    if (loose := _LOOSE.get(holder.kind)) in item.loose_kinds and loose:
        which = f"“国家设立的”管不管后面的“{_WORDS[loose]}”"
        turns = f"{which}，条文没有写明：管的话按规定或约定{due}，不管的话也应当符合这个标准"
        ask = f"请主管部门明确“国家设立的”管不管“{_WORDS[loose]}”"
        return Fact(None, turns, ask, short=turns)
    if holder.kind in _UNSURE:
        turns = "国家设立的研究开发机构、高等院校的也应当符合这个标准，别的单位按规定或约定"
        return Fact(None, f"{told}：{turns}", holder.ask, short=turns)
    by_own = f"有规定或约定的按它给，不按条文的标准{due}"
    words = f"{told}：不是国家设立的研究开发机构、高等院校，{by_own}"
    return Fact(False, words, short=by_own if due else words)


def public_money(share: Decimal, quote: str = "", amend: str = "") -> Fact:
    """All of it, or mainly, by the share in per cent: more than half by the plain meaning of it."""
    told = f"财政资金占 {plain(share)}%"
    quoted = f"{quote}；" if quote else ""
    if share == _WHOLE:
        return Fact(True, quote or f"全部利用财政性资金（{told}）")
    if share > _HALF:
        meant = "占一半以上，看作“主要”〔理解〕；占多少算“主要”条文没有写"
        return Fact(True, f"{quoted}{told}，{meant}")
    if share > _SMALL:
        turns = (
            f"{told}，不到一半或正好一半，算不算“主要”（过半才算，还是各种来源里最多就算）条文没有写："
            "算的话可以约定，不算的话条文不管"
        )
        return Fact(None, f"{quoted}{turns}", "请主管部门明确算不算“主要”", short=turns)
    words = f"{told}，既不是全部也谈不上“主要”〔理解〕，条文不管"
    if not share:
        words = "不是利用财政性资金完成的，条文不管"
    return Fact(False, f"{quoted}{words}", amend, short=words)


def no_title(told: str = "", amend: str = "") -> Fact:
    """That none was agreed on: nobody may ask for one alone."""
    words = "没有约定：条文写的是“可以…约定”，双方约定才有，完成人不能单方面要"
    return Fact(False, "；".join(filter(None, (told, words))), amend, short=words)


def use_right(years: int | None, told: str, ask: str) -> Fact:
    """A right of use for so many years, against the ten the source names."""
    if years is None:
        return Fact(None, f"没有写多少年：不少于 {_LEAST_USE} 年的合乎条文，少于的不合", ask)
    if years >= _LEAST_USE:
        return Fact(True, f"{told}，不少于 {_LEAST_USE} 年，合乎条文")
    words = f"{told}，少于条文的 {_LEAST_USE} 年，要改成不少于 {_LEAST_USE} 年"
    return Fact(False, words, ask, short=words)


def within_years(
    told: str, start: Start, asked: int, years: tuple[int, int], columns: tuple[str, str, str],
    agreed_years: int | None = None,
) -> Fact:  # fmt: skip
    """Whether a year is within so many from the day production began: days decide.

    Args:
        told: of that day, as it stands in the record.
        start: the day.
        asked: the year.
        years: the least and the most there are.
        columns: for that day, for how many years were settled, and for the year's profit.
        agreed_years: how many were.
    """
    if (later := counted_from(start, asked)) != start:
        how = "当日不计，次日起算" if start.day else "从次年起一年一年算"
        told, start = f"{told}（{how}〔理解〕）", later
    least, most = years
    first, last = start.within(asked, least), start.within(asked, most)
    span = f"{told}，{most} 年算到 {start.until(most)}"
    if asked < start.year:
        return Fact(False, f"{span}，{asked} 年还没有投产", short=f"{asked} 年还没有投产")
    if first:
        return Fact(True, f"{span}，{asked} 年在内")
    if last is False:
        words = f"{span}，{asked} 年已过，不在这些年里"
        return Fact(False, words, short=words)
    if least < most and agreed_years:
        settled = max(least, min(agreed_years, most))
        by_unit = f"{told}，单位定了 {agreed_years} 年"
        return within_years(by_unit, start, asked, (settled, settled), columns)
    if least < most:
        until = "到那时为止的" if last is None else ""
        else_ = f"满 {least} 年以前的" if first is None else "不"
        turns = (
            f"{span}；条文写“三至五年”，满 {least} 年（{start.until(least)}）以后到第几年"
            f"没有写谁定，由单位定〔理解〕：定到 {asked} 年的话{until}在内，"
            f"没有的话{else_}在内"
        )
        ask = f"请成果完成单位写明定了几年（{columns[1]}）"
    elif not start.month:
        turns = f"{span}；{asked} 年在不在内看是几月投产"
        ask = f"请成果完成单位写明几月投产（{columns[0]}）"
    else:
        turns = f"{span}：到那时为止的在内，以后的不在内"
        ask = f"请成果完成单位写明这一年到那时为止的数（{columns[2]}）"
    return Fact(None, turns, ask, short=turns)
