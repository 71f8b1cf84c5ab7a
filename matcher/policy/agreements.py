"""What was agreed for those who did the work, against the least a rule gives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from matcher.policy.amounts import percent, plain, up, wan
from matcher.policy.means import Agreed, Means
from matcher.policy.rules import IN_WAN, LeastPart, LeastShare

_ALIKE = 4


def told_of_agreement(
    rule: LeastShare, means: Means, parts: Sequence[LeastPart] = ()
) -> tuple[str, str]:
    """In short, and in full with its working; empty where no share is told.

    >>> from matcher.policy.means import Agreed
    >>> rule = LeastShare(id="a", kind="least_share", name="奖励", text="奖励", source="s",
    ...                   share=0.5, base="转让许可净收入", below="不合条文")
    >>> agreed = Agreed("奖励约定=四成", (Decimal(40),))
    >>> told_of_agreement(rule, Means(bases={"转让许可净收入": 1000}, agreed=agreed))
    ('约定的 40% 是 400 万元，比条文的少 100 万元', \
'约定（奖励约定=四成；按占转让许可净收入的份额理解）：\
1000 × 40% = 400，条文的是 500，少 100：不合条文')
    """
    agreed = means.agreed
    if agreed is None or not agreed.is_of(rule.base) or not agreed.says:
        return "", ""
    base = means.bases.get(rule.base) if rule.base in IN_WAN else None
    if agreed.of_reward:
        return _within_reward(rule, base, agreed, parts)
    if agreed.amount_wan is not None:
        return _sum_against(rule, base, agreed)
    if rule.base in means.bases_words:
        base = None  # of a range the shares themselves are compared
    held = means.bases.get(rule.base) if rule.base == "股份或出资" else None
    short, full = zip(
        *(_against(rule, base, share, held, means.capital_wan) for share in agreed.shares),
        strict=True,
    )
    told = f"约定（{agreed.words}；按占{rule.base}的份额理解）：{'；'.join(full)}"
    of_parts = "；".join(_of_parts(agreed, parts))
    if of_parts:
        told += f"。按占奖励总额的份额理解的话：{of_parts}"
    if agreed.doubt:
        return f"{agreed.words}，{agreed.doubt}", f"{told}。{agreed.doubt}"
    if of_parts:
        return f"约定的按占{rule.base}理解是 {short[0]}，按占奖励总额理解是 {of_parts}", told
    return f"约定的 {short[0]}", told


def _within_reward(
    rule: LeastShare, base: float | None, agreed: Agreed, parts: Sequence[LeastPart]
) -> tuple[str, str]:
    """Shares of a whole reward against the parts a rule names, and its sum where one is told."""
    sums = _sum_against(rule, base, agreed) if agreed.amount_wan is not None else ("", "")
    compared = "；".join(_of_parts(agreed, parts))
    short = f"约定的奖励总额里：{compared}" if compared else ""
    if not short and not sums[0]:
        return "", f"约定（{agreed.words}；是奖励总额里的份额）：条文没有写这些份额"
    full = f"约定（{agreed.words}）：{short.removeprefix('约定的')}" if short else ""
    return "；".join(filter(None, (sums[0], short))), "。".join(filter(None, (sums[1], full)))


def _sum_against(rule: LeastShare, base: float | None, agreed: Agreed) -> tuple[str, str]:
    """A sum that was agreed on; without the base it cannot be compared."""
    amount = wan(agreed.amount_wan or 0)
    if base is None:
        return "", ""
    least = up(wan(base) * wan(rule.share))
    if amount >= least:
        return f"约定的 {plain(amount)} 万元，够", (
            f"约定（{agreed.words}）：{plain(amount)}，条文的是 {plain(least)}，够"
        )
    less = plain(least - amount)
    short = f"约定的 {plain(amount)} 万元，比条文的少 {less} 万元"
    return (
        short,
        f"约定（{agreed.words}）：条文的是 {plain(least)}，少 {less}：{rule.below}",
    )


def _of_parts(agreed: Agreed, parts: Sequence[LeastPart]) -> Iterator[str]:
    """The shares that are named against the parts of a whole reward."""
    for part in parts:
        for words, share in agreed.named:
            if ("重要贡献" not in words or "主要" in words) and any(
                part.whose[i : i + _ALIKE] in words for i in range(len(part.whose) - _ALIKE + 1)
            ):
                enough = share >= wan(part.share) * 100
                compared = "不低于条文的 {}，够" if enough else "低于条文的 {}，不够"
                yield f"{part.whose} {plain(share)}%，{compared.format(percent(part.share))}"


def question_of_agreement(
    rule: LeastShare, means: Means, parts: Sequence[LeastPart] = (), sure: bool = True
) -> str:
    """Whom to ask what of it: which share is meant, or what comes of one that is too small.

    ``sure``: whether the rule holds at all.
    """
    agreed = means.agreed
    if agreed is None or not agreed.is_of(rule.base) or not agreed.says:
        return ""
    if agreed.doubt:
        return "请成果完成单位写明给完成、转化的人员多少（联盟表「奖励约定」栏）"
    if not rule.below:
        return ""
    base = means.bases.get(rule.base)
    if agreed.of_reward:
        short = any("不够" in told for told in _of_parts(agreed, parts))
        return "请成果完成单位核对奖励总额里各人的份额：低于条文的要提到条文的" * short
    less = (
        base is not None and wan(agreed.amount_wan) < up(wan(base) * wan(rule.share))
        if agreed.amount_wan is not None
        else agreed.shares[0] < wan(rule.share) * 100
    )  # fmt: skip
    if less:
        return "请成果完成单位核对约定的份额" + ("" if sure else "（这一条适用的话）")
    return ""


def _against(
    rule: LeastShare,
    base: float | None,
    share: Decimal,
    held: float | None,
    capital: float | None,
) -> tuple[str, str]:
    part = f"{plain(share)}%"
    enough = share >= wan(rule.share) * 100
    if base is None:
        own, theirs = (
            f"（全部股份的 {plain(wan(held) * of)}%{_in_money(wan(held) * of, capital)}）"
            if held else ""
            for of in (share / 100, wan(rule.share))
        )  # fmt: skip
        words = f"{part}{own}，" + ("不低于" if enough else "低于")
        words += f"条文的 {percent(rule.share)}{theirs}"
        return words, words + ("，够" if enough else f"：{rule.below}" if rule.below else "")
    total, least = wan(base), up(wan(base) * wan(rule.share))
    agreed = up(total * share / 100)
    working = f"{plain(total)} × {part} = {plain(agreed)}，条文的是 {plain(least)}"
    if enough:
        return f"{part} 是 {plain(agreed)} 万元，够", f"{working}，够"
    short = plain(least - agreed)
    below = f"：{rule.below}" if rule.below else ""
    return (
        f"{part} 是 {plain(agreed)} 万元，比条文的少 {short} 万元",
        f"{working}，少 {short}{below}",
    )


def _in_money(share: Decimal, capital: float | None) -> str:
    """What a share of a company is of its registered capital."""
    if capital is None:
        return ""
    return f"，注册资本 {plain(wan(capital))} 万元里的 {plain(wan(capital) * share / 100)} 万元"


def told_of_payment(rule: LeastShare, means: Means) -> str:
    """What was paid already, against the least of all that is due; empty where nothing was."""
    sums = [amount for _, amount in means.each.get(rule.base, ())]
    if not sums and rule.base in means.bases:
        sums = [means.bases[rule.base]]
    if not means.given_wan or not sums or rule.base not in IN_WAN:
        return ""
    due = sum((up(wan(amount) * wan(rule.share)) for amount in sums), Decimal(0))
    several = f"合计 {plain(due)} 万元，" if len(sums) > 1 else ""
    return several + left_to_pay(due, wan(means.given_wan))


def left_to_pay(due: Decimal, paid: Decimal) -> str:
    """What is due, 万元, less what a note says was paid of it, in words."""
    left = f"还差 {plain(due - paid)} 万元" if due > paid else "不少于它，不差"
    return f"按备注已付 {plain(paid)} 万元，{left}（请核对已付的）"
