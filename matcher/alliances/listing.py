"""Whether a challenge is on a list that went out, and in a plan, as far as its record says."""

from __future__ import annotations

from datetime import date

from matcher.policy import Fact, PolicyPack
from matcher.records import Challenge
from matcher.text.dates import today

_NOT_YET = ("需求征集", "论证遴选")
_NEVER = ("驳回", "取消")
_OPEN = ("发榜", "揭榜")
_IN_PLAN = ("签约立项", "过程管理", "验收评价")
# After these the source does not say whether a project may still ask.
_AFTER = ("流标", "验收评价")
_STAGE = "请管理人员核对并写明榜单现在的阶段"


def on_list(pack: PolicyPack, challenge: Challenge, year: int | None) -> Fact:
    """Whether it is on a list that went out, in the year that is asked about.

    The source says nothing of stages and of deadlines: what a project may still ask for after its
    deadline, or before the list it is of, is to be checked.
    """
    name, stage, closes = (
        f"榜单 {challenge.challenge_id}",
        challenge.stage,
        challenge.apply_deadline,
    )
    if stage in (*_NOT_YET, *_NEVER):
        return Fact(False, f"{name} 没有发布", "待管理人员发布榜单" if stage in _NOT_YET else "")
    if stage is None:
        return Fact(None, f"{name} 的阶段未填写，看不出发布没有", _STAGE)
    if stage in _AFTER:
        return Fact(None, f"{name} 已到“{stage}”；条文没有写这以后能否申请", _STAGE)
    if closes is not None and (why := _untimely(pack, closes, stage, year)):
        return Fact(None, f"{name} 揭榜截止 {closes}，{why}", _STAGE)
    return Fact(True, name)


def _untimely(pack: PolicyPack, closes: date, stage: str, year: int | None) -> str:
    """Why a deadline does not fit the stage, the year that is asked about, or the pack."""
    if closes.year < pack.pack.year:
        return f"早于这项政策（{pack.pack.year} 年）；条文没有写以前的榜单算不算"
    if year is not None and closes.year > year:
        return f"在 {year} 年以后；{year} 年已经发布的话符合，还没有发布的话不符合"
    now = today()
    past = year is not None and (closes.year < year or (year == now.year and closes < now))
    if past and stage in _OPEN:
        return f"已经过了，阶段还是“{stage}”；条文没有写截止以后能否申请"
    return ""


def in_plan(challenge: Challenge, granted: bool) -> Fact:
    """Whether it is a project of the plan: granted, by its stage or by an outcome."""
    if granted or challenge.stage in _IN_PLAN:
        return Fact(True, f"榜单 {challenge.challenge_id} 已经立项")
    both = "条文没有写列入榜单就算还是立项才算：列入就算的话可以申请，立项才算的话要等立项"
    return Fact(None, f"还没有立项的记录；{both}", "请主管部门明确，或立项后再看")


def on_lists(
    pack: PolicyPack, ids: tuple[str, ...], carried: list[Challenge], year: int | None
) -> Fact:
    """The same of an alliance: whether one of those it carries is."""
    if not ids:
        return Fact(None, "承担榜单未填写")
    if not carried:
        return Fact(None, f"工作区里没有榜单 {'、'.join(ids)}")
    told = [on_list(pack, one, year) for one in carried]
    for holds in (True, None):
        if mine := [fact for fact in told if fact.holds is holds]:
            return Fact(holds, "；".join(fact.basis for fact in mine), mine[0].ask)
    return Fact(False, "榜单没有发布")
