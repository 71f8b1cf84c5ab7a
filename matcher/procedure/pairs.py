"""A challenge and a team on their way from found to signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.procedure.challenges import several_may_win
from matcher.procedure.moves import NOTHING, Move, Party, Procedure
from matcher.records import Challenge


@dataclass(frozen=True, slots=True)
class Award:
    """A challenge with the team it was given to; the state of the pair says how far they are."""

    challenge_id: str
    team_id: str
    state: str


_STAFF: frozenset[Party] = frozenset({"staff"})
_DEMAND: frozenset[Party] = frozenset({"demand"})
_TEAM: frozenset[Party] = frozenset({"team"})
_HOST: frozenset[Party] = frozenset({"demand", "staff"})
_BOTH: frozenset[Party] = frozenset({"demand", "team"})
_BROKER: frozenset[Party] = frozenset({"broker"})

_SWAPPED = "已互换联系方式"
_HALF = frozenset({"需求方同意互换", "揭榜方同意互换"})
_TALKING = frozenset({"有意向", _SWAPPED}) | _HALF
_OVER = frozenset({"婉拒", "已放弃立项", "撤回", "逾期", "移出"})
SHORTLISTED, RECOMMENDED = "候选", "经纪人推荐"
_FRESH = frozenset({NOTHING, SHORTLISTED, RECOMMENDED, "已邀请"})
_TOLD = "对方已经收到的通知收不回"
_SHOWN = "已经看到的联系方式收不回"
_READ = "需求方可能已读过揭榜书"

# In these a team has taken the challenge on: what it carries is counted by them.
ENGAGED = frozenset({"已立项", "已签约"})
# The challenge is given away: others come too late, unless it says that several may win.
AWARDED = ENGAGED | {"已验收"}
# Nothing is under way or came of it: the records may go.
IDLE = _OVER | {SHORTLISTED, RECOMMENDED, "未入选", "终止"}
# It came to nothing: the two are not put together anew until one of them begins again.
PARTED = (_OVER - {"移出"}) | {"未入选", "终止"}
# What both sides are told of: what somebody beside them may read.
SHARED: frozenset[Party] = _BOTH
# A bid is there to be read.
RECEIVED = frozenset(
    {"已揭榜", "评审中", "备选", "拟立项", "已立项", "已签约", "已验收", "未入选", "终止"}
)
# And in this it stays to be read by who read it: an award that was given up is still on record.
READABLE = RECEIVED | {"已放弃立项"}

PAIR = Procedure(
    states=(
        SHORTLISTED, RECOMMENDED, "移出", "已邀请", "有意向", "需求方同意互换", "揭榜方同意互换",
        _SWAPPED, "已揭榜", "评审中", "备选", "拟立项", "已立项", "已签约", "已验收",
        "未入选", "婉拒", "已放弃立项", "撤回", "逾期", "终止",
    ),
    moves=(
        Move("列入候选", _HOST, frozenset({NOTHING}) | _OVER, SHORTLISTED, told=_DEMAND,
             outcome="推荐"),
        Move("移出候选", _HOST, frozenset({SHORTLISTED}), "移出", told=_DEMAND),
        # From the shortlist too: a broker is not told of it, nor by being refused.
        Move("推荐", _BROKER, frozenset({NOTHING, SHORTLISTED}) | _OVER, RECOMMENDED,
             needs_reason=True, told=_DEMAND | _BROKER, kept=_TOLD, outcome="推荐"),
        Move("收回推荐", _BROKER, frozenset({RECOMMENDED}), "移出", needs_reason=True,
             told=_DEMAND | _BROKER, kept=_TOLD),
        Move("采纳推荐", _HOST, frozenset({RECOMMENDED}), SHORTLISTED, told=_DEMAND | _BROKER,
             kept=_TOLD),
        Move("不采纳推荐", _HOST, frozenset({RECOMMENDED}), "移出", needs_reason=True,
             told=_DEMAND | _BROKER, kept=_TOLD),
        Move("邀请", _HOST, frozenset({NOTHING, SHORTLISTED, RECOMMENDED}) | _OVER, "已邀请",
             told=_BOTH, kept=_TOLD, outcome="推荐"),
        Move("收回邀请", _HOST, frozenset({"已邀请"}), "撤回", needs_reason=True, told=_BOTH,
             kept=_TOLD),
        Move("表示意向", _TEAM, _FRESH | _OVER, "有意向",
             told=_BOTH, kept=_TOLD, outcome="联系"),
        Move("婉拒邀请", _TEAM, frozenset({"已邀请"}), "婉拒", needs_reason=True, told=_BOTH,
             kept=_TOLD, outcome="驳回"),
        Move("谢绝意向", _DEMAND, _TALKING, "婉拒", needs_reason=True, told=_BOTH, kept=_TOLD,
             outcome="驳回"),
        Move("同意互换（需求方）", _DEMAND, frozenset({"有意向"}), "需求方同意互换", told=_BOTH,
             kept=_TOLD),
        Move("同意互换（揭榜方）", _TEAM, frozenset({"有意向"}), "揭榜方同意互换", told=_BOTH,
             kept=_TOLD),
        Move("也同意互换（揭榜方）", _TEAM, frozenset({"需求方同意互换"}), _SWAPPED, told=_BOTH,
             undoable=False, kept=_SHOWN, outcome="联系"),
        Move("也同意互换（需求方）", _DEMAND, frozenset({"揭榜方同意互换"}), _SWAPPED, told=_BOTH,
             undoable=False, kept=_SHOWN, outcome="联系"),
        Move("揭榜", _TEAM, _FRESH | _TALKING | _OVER, "已揭榜",
             told=_BOTH, kept=_READ, outcome="揭榜"),
        Move("修改揭榜书", _TEAM, frozenset({"已揭榜"}), "已揭榜", told=_BOTH, undoable=False,
             kept="以前的揭榜书都留着；要改回去，再改一次"),
        Move("撤回揭榜", _TEAM, _TALKING | {"已揭榜", "评审中", "备选", "拟立项"}, "撤回",
             needs_reason=True, told=_BOTH, kept=_TOLD),
        Move("进入评审", _STAFF, frozenset({"已揭榜"}), "评审中", told=_BOTH, kept=_TOLD,
             outcome="评榜"),
        Move("列为备选", _STAFF, frozenset({"评审中", "拟立项"}), "备选", told=_BOTH, kept=_TOLD),
        Move("不予入选", _STAFF, frozenset({"已揭榜", "评审中", "备选", "拟立项"}), "未入选",
             needs_reason=True, told=_BOTH, kept=_TOLD, outcome="驳回"),
        Move("选定", _DEMAND, frozenset({"已揭榜", "评审中", "备选"}), "拟立项",
             needs_reason=True, told=_BOTH, kept=_TOLD),
        Move("立项", _STAFF, frozenset({"评审中", "拟立项"}), "已立项", needs_reason=True,
             told=_BOTH, kept=_SHOWN, outcome="立项"),
        Move("递补", _STAFF, frozenset({"备选"}), "已立项", needs_reason=True,
             told=_BOTH, kept=_SHOWN, outcome="立项"),
        Move("放弃立项", _TEAM, frozenset({"已立项"}), "已放弃立项", needs_reason=True,
             told=_BOTH, kept=_TOLD, outcome="驳回"),
        Move("签约", _HOST, frozenset({"已立项"}), "已签约", told=_BOTH),
        Move("更改合同", _HOST, frozenset({"已签约"}), "已签约", needs_reason=True, told=_BOTH,
             kept=_TOLD),
        Move("完成里程碑", _BOTH | _STAFF, frozenset({"已签约"}), "已签约", needs_reason=True,
             told=_BOTH, kept=_TOLD),
        Move("提请验收", _TEAM, frozenset({"已签约"}), "已签约", needs_reason=True,
             told=_BOTH, kept=_TOLD),
        Move("退回整改", _STAFF, frozenset({"已签约"}), "已签约", needs_reason=True,
             told=_BOTH, kept=_TOLD),
        Move("验收", _STAFF, frozenset({"已签约"}), "已验收", needs_reason=True, told=_BOTH,
             outcome="验收"),
        Move("终止合作", _STAFF, frozenset({"已立项", "已签约"}), "终止", needs_reason=True,
             told=_BOTH, kept=_TOLD, outcome="驳回"),
        Move("逾期未答", frozenset({"staff", "service"}), frozenset({"已邀请", "已立项"}), "逾期",
             told=_BOTH, kept=_TOLD),
    ),
)  # fmt: skip


def settled(challenges: Mapping[str, Challenge], awards: Iterable[Award]) -> tuple[Award, ...]:
    """The awards after which a challenge seeks no other team."""
    return tuple(
        award for award in awards
        if (challenge := challenges.get(award.challenge_id)) is not None
        and not several_may_win(challenge)
    )  # fmt: skip


def furthest(awards: Iterable[Award]) -> Mapping[str, str]:
    """By challenge, how far the furthest of its awards is.

    >>> furthest([Award("K1", "T1", "已签约"), Award("K1", "T2", "已立项")])
    {'K1': '已签约'}
    """
    found = sorted(awards, key=lambda award: PAIR.states.index(award.state))
    return {award.challenge_id: award.state for award in found}
