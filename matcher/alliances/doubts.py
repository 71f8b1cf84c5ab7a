"""What is to be settled beside a programme's own items: two plans for one project, who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.alliances.projects import Paid
from matcher.alliances.received import of_another_lead
from matcher.policy import Claim, PolicyPack
from matcher.records.alliance import Alliance


def joined(*several: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The doubts of several, by id of a programme."""
    found: dict[str, tuple[str, ...]] = {}
    for doubts in several:
        for programme_id, told in doubts.items():
            found[programme_id] = (*found.get(programme_id, ()), *told)
    return found


def both_plans(pack: PolicyPack, alliance: Alliance) -> dict[str, tuple[str, ...]]:
    """Programmes whose only project is on a list: of one project for two plans nothing is said."""
    if not alliance.challenges or alliance.projects:
        return {}
    ids = "、".join(alliance.challenges)
    names = {p.id: p.name for p in pack.programme}
    return {
        programme.id: (
            f"同一项目能否两头得（攻关项目只有榜单 {ids}，可走“{'、'.join(others)}”；"
            "条文没有写同一项目能否都得）→ 请主管部门明确能否两头得，"
            "或写明另外的项目（联盟表「承担项目」栏）",
        )
        for programme in pack.programme
        if (others := [names[i].replace("“", "").replace("”", "") for i in programme.beside])
    }


def asked_twice(
    pack: PolicyPack, challenge_id: str, claims: Sequence[Claim]
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """Programmes of a list, where the same project has, or asks for, money of another plan."""
    found: dict[str, tuple[str, ...]] = {}
    for plan in pack.programme:
        sums = "、".join(
            f"{'已得' if c.given else '拟申请'} {c.amount_words}（{c.where}）"
            for c in claims
            if c.key == challenge_id and c.programme == plan.id
        )
        for other in plan.beside if sums else ():
            found[other] = (
                f"同一项目能否两头得（“{plan.name}”{sums}；条文没有写同一项目能否都得，"
                "也没有写合不合起来比）→ 请主管部门明确能否两头得",
            )
    return found


def asked_by_others(
    pack: PolicyPack, challenge_id: str, claims: Sequence[Claim], lead: frozenset[str]
) -> dict[str, tuple[str, ...]]:  # fmt: skip
    """Programmes of a list for whose project an alliance of another lead asks too.

    Args:
        pack: the rules.
        challenge_id: the project.
        claims: of everybody.
        lead: of the alliance that carries it, as keys.
    """
    sums = "、".join(
        f"盟主 {c.entered_for} 拟申请 {c.level or '出资方未写明'} {c.amount_words}（{c.where}）"
        for c in claims
        if c.key == challenge_id and c.origin == "联盟申请" and of_another_lead(c, lead)
    )
    words = (
        f"哪家联盟承担（另有联盟也为它申请：{sums}；没有与这家的合起来算）"
        "→ 请管理人员核对这项榜单由哪家联盟承担，另一家的改正榜单编号或撤回"
    )
    return {p.id: (words,) for p in pack.programme if sums and p.subject == "榜单项目" and p.payers}


def unpaid(pack: PolicyPack, paid: Paid) -> dict[str, tuple[str, ...]]:
    """Programmes others have to pay for too, where nobody says how much, or that it is nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for programme in (p for p in pack.programme if p.subject == "榜单项目"):
        nothing, whose, blank = [], [], []
        for payer in programme.payers[1:]:
            level = "市级" if payer == "市" else payer
            mine = [(sum_, at) for named, sum_, at in paid if named.removesuffix("级") == payer]
            told = [(sum_, at) for sum_, at in mine if sum_ is not None]
            if not told:
                blank.append(level)
            elif not any(sum_ for sum_, _ in told):
                whose.append(level)
                nothing.append(f"{level}（写作 0，{'、'.join(at for _, at in told)}）")
        payers = "、".join(programme.payers)
        words = [
            f"配套出资（{'、'.join(nothing)}；条文写由{payers}"
            f"按比例出资，没有写比例：写错的请盟主改正；确实是 0 的话合不合条文没有写，"
            "合的话照这里的数额，不合的话不能申请）→ 请盟主核对配套出资是不是写错"
            "（资金表「金额(万元)」栏）；确实是 0 的，"
            f"请主管部门明确{'、'.join(whose)}不出合不合条文"
        ] * bool(nothing)  # fmt: skip
        if blank:
            who = "、".join(blank)
            words.append(
                f"配套出资（{who}未填写；条文写由{payers}按比例出资，没有写比例；"
                f"没有{who}的份的话合不合条文要主管部门明确）→ 请盟主写明{who}各出多少"
                "（资金表「金额(万元)」「出资方」「榜单编号」栏）"
            )
        if words:
            found[programme.id] = tuple(words)
    return found
