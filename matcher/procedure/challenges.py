"""A challenge on its way to the list and off it again."""

from __future__ import annotations

import re
from typing import get_args

from matcher.procedure.moves import NOTHING, Move, Party, Procedure
from matcher.records import Challenge, ChallengeStage

_STAFF: frozenset[Party] = frozenset({"staff"})
_DEMAND: frozenset[Party] = frozenset({"demand", "staff"})
_BOTH: frozenset[Party] = frozenset({"demand", "team"})
_SEEN = "已经看到的人和已发出的通知收不回"

CHALLENGE = Procedure(
    states=("草稿", "已提交", "退回", "待发布", "已发布", "撤榜", "截止", "已删除"),
    moves=(
        Move("起草", _DEMAND, frozenset({NOTHING}), "草稿", undoable=False,
             kept="草稿可以删除"),
        Move("提交", _DEMAND, frozenset({"草稿", "退回"}), "已提交"),
        Move("收回", _DEMAND, frozenset({"已提交"}), "草稿"),
        Move("退回修改", _STAFF, frozenset({"已提交"}), "退回", needs_reason=True,
             told=frozenset({"demand"}), kept="已发出的通知收不回"),
        Move("通过", _STAFF, frozenset({"草稿", "已提交", "退回"}), "待发布",
             told=frozenset({"demand"}), undoable=False, kept="编号已经给出"),
        Move("导入", frozenset({"staff", "service"}), frozenset({NOTHING}), "待发布",
             undoable=False, kept="导入的记录可以删除"),
        Move("发布", _STAFF, frozenset({"待发布"}), "已发布", told=frozenset({"demand"}),
             kept=_SEEN),
        Move("更正", _STAFF, frozenset({"已发布"}), "已发布", needs_reason=True, told=_BOTH,
             undoable=False, kept="更正之前的内容已有人看过；要改回去，再更正一次"),
        Move("修改", _STAFF, frozenset({"待发布", "撤榜"}), "待发布", needs_reason=True,
             told=frozenset({"demand"}), undoable=False, kept="以前的内容在历次版本里，可以恢复"),
        Move("删除", _STAFF, frozenset({"待发布", "撤榜"}), "已删除", needs_reason=True,
             told=frozenset({"demand"}), undoable=False, kept="内容在历次版本里，可以恢复"),
        Move("并入另一项", _STAFF, frozenset({"待发布", "已发布", "撤榜", "截止"}), "已删除",
             needs_reason=True, told=_BOTH, undoable=False, kept="内容在历次版本里，可以恢复"),
        Move("恢复", _STAFF, frozenset({"已删除"}), "待发布", needs_reason=True,
             told=frozenset({"demand"}), undoable=False, kept="已发出的通知收不回"),
        Move("撤下", _STAFF, frozenset({"已发布", "截止"}), "撤榜", needs_reason=True, told=_BOTH,
             kept=_SEEN),
        Move("停止揭榜", frozenset({"staff", "service"}), frozenset({"已发布"}), "截止", told=_BOTH,
             kept="已发出的通知收不回"),
        Move("重新发布", _STAFF, frozenset({"撤榜", "截止"}), "已发布", needs_reason=True,
             told=_BOTH, kept=_SEEN),
    ),
)  # fmt: skip
# States in which pairs may begin: before the list goes out by invitation only.
FOLLOWED = frozenset({"待发布", "已发布"})
# In these everybody may read it.
PUBLIC = frozenset({"已发布", "截止"})

_HIDDEN: tuple[ChallengeStage, ...] = ("需求征集", "论证遴选")
_OVER: tuple[ChallengeStage, ...] = (
    "评审论证", "签约立项", "过程管理", "验收评价", "驳回", "流标", "取消"
)  # fmt: skip


_ORDER: tuple[ChallengeStage, ...] = get_args(ChallengeStage)
# What an award of one of its pairs makes of a challenge, by the state of the pair.
_GIVEN: dict[str, ChallengeStage] = {
    "已立项": "签约立项", "已签约": "签约立项", "已验收": "验收评价",
}  # fmt: skip
_SEVERAL = re.compile(
    r"(?<!不实行)(?<!不采用)(?<!不设)赛马|(?:平行|并行)立项|立项(?:多家|[两二三2-9]家)"
)


def several_may_win(challenge: Challenge) -> bool:
    """Whether a challenge says itself that more than one team may be awarded it.

    >>> several_may_win(Challenge(challenge_id="K1", eligibility_text="采用赛马制，择优支持"))
    True
    >>> several_may_win(Challenge(challenge_id="K1", eligibility_text="可由多家单位联合揭榜"))
    False
    """
    texts = (challenge.eligibility_text, challenge.research_content, challenge.ip_terms)
    return _SEVERAL.search(" ".join([*texts, *map(str, challenge.extra.values())])) is not None


def state_of(kept: str | None, challenge: Challenge) -> str:
    """The state of a challenge; one for which none was kept is as public as its stage says."""
    return kept or ("待发布" if challenge.stage in _HIDDEN else "已发布")


def revising(state: str) -> str:
    """The move by which the content of a challenge changes; whether it may is said by the table.

    >>> revising("已发布"), revising("待发布")
    ('更正', '修改')
    """
    return "更正" if state in PUBLIC else "修改"


def imported(
    kept: str | None, challenge: Challenge, *, new: bool, changed: bool
) -> tuple[str, str]:
    """What an import is for a challenge: the move, and the state it starts from; "" for none.

    What is new waits to be published; a change of what is public is a correction.

    >>> imported(None, Challenge(challenge_id="K1", stage="发榜"), new=True, changed=False)
    ('导入', '')
    """
    if new:
        return "导入", NOTHING
    state = state_of(kept, challenge)
    return ("更正" if changed and state == "已发布" else "", state)


def stage_of(state: str | None, challenge: Challenge, awarded: str = "") -> ChallengeStage | None:
    """The stage of a challenge as its state has it; a state says more than the file it came from.

    Args:
        awarded: the state of the pair it was awarded to; "" for none. It takes no more bids then,
            unless several may win.

    >>> stage_of("待发布", Challenge(challenge_id="K1", stage="发榜"))
    '论证遴选'
    >>> stage_of(None, Challenge(challenge_id="K1", stage="发榜"))
    '发榜'
    >>> stage_of("已发布", Challenge(challenge_id="K1", stage="发榜"), "已立项")
    '签约立项'
    """
    stage = _listed_stage(state, challenge)
    if not awarded or state_of(state, challenge) not in PUBLIC or several_may_win(challenge):
        return stage
    given = _GIVEN[awarded]
    return given if stage is None else max(stage, given, key=_ORDER.index)


def _listed_stage(state: str | None, challenge: Challenge) -> ChallengeStage | None:
    """The stage by the state alone."""
    stage = challenge.stage
    if state in ("待发布", "撤榜"):  # off the list it is selected anew
        return stage if stage in _HIDDEN else "论证遴选"
    if state == "已发布":
        return "发榜" if stage in (None, *_HIDDEN, "评审论证") else stage
    if state == "截止":
        return stage if stage in _OVER else "评审论证"
    return stage
