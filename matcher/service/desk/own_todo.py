"""What waits for the sides of a pair, and for a broker: counted, with the way to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set

from matcher.procedure import AWARDED, FOLLOWED, IDLE, PAIR, PARTED, RECEIVED, RECOMMENDED
from matcher.service.access import Role
from matcher.service.context import Caller
from matcher.service.desk import cases, contracts, drafts, own_teams, teams
from matcher.service.desk.cases import Case, PairQuery
from matcher.service.desk.contracts import contract_todos
from matcher.service.desk.waiting import (
    NEAR_DAYS,
    RECENT_DAYS,
    RISK_DAYS,
    SHOWN,
    OfPairs,
    Todo,
    Urgency,
    days_ago,
    days_left,
    ending,
    waiting,
)
from matcher.service.showing import is_given, is_own
from matcher.service.store.steps import standing
from matcher.service.views import ChallengeLine, challenge_page, pair_page
from matcher.text.dates import today

_LONG = 10_000
_ByState = Mapping[str, list[Case]]
_AGREED_BY_TEAM, _AGREED_BY_DEMAND = "揭榜方同意互换", "需求方同意互换"


def own(caller: Caller) -> list[Todo]:
    """What waits for a side of pairs, or a broker; nothing for anybody else."""
    return [one for part in _PARTS.get(caller.principal.role, ()) for one in part(caller)]


def _bids(caller: Caller) -> list[Todo]:
    """What teams want of an enterprise, and what they did not answer."""
    by_state = _by_state(caller)
    talking = [*by_state["有意向"], *by_state[_AGREED_BY_TEAM]]
    late = [
        one for one in by_state["逾期"] if one.pair and one.pair.updated >= days_ago(RECENT_DAYS)
    ]
    open_, over = _by_day(by_state["已邀请"])
    given = {case.key[0] for state in AWARDED for case in by_state[state]}
    kept = _followed(caller, by_state["候选"])
    waiting_still = [case for case in kept if case.key[0] not in given]
    declined = [
        case for case in by_state["婉拒"]
        if case.key[0] not in given and case.pair and case.pair.updated >= days_ago(RECENT_DAYS)
        and _last_move(caller, case) == "婉拒邀请"
    ]  # fmt: skip
    of = OfPairs(by_state, _team)
    return [
        of.waiting("经纪人推荐的团队", "看推荐的理由，邀请、采纳，或不采纳", "办", RECOMMENDED,
                   _followed(caller, by_state[RECOMMENDED])),
        of.waiting("团队婉拒了邀请", "看理由，换一个团队", "办", "婉拒", declined),
        of.waiting("逾期未答", "换一个团队，或再邀请一次", "急", found=[*over, *late]),
        of.waiting("揭榜书待处理", "看揭榜书，选定，或等管理人员组织评审", "办", "已揭榜"),
        of.waiting("团队有意向", "同意互换联系方式，或谢绝", "办", found=talking),
        of.waiting("等待签约", "与团队签约后登记", _pressing(by_state["已立项"]), "已立项"),
        of.waiting("候选还没有邀请", "邀请，或移出候选", "看", "候选", waiting_still),
        of.waiting("已邀请，等答复", "到期没有答复的换一个团队", "看", "已邀请", open_),
        *_reviewed(caller, by_state),
        *_signed(caller, by_state),
    ]  # fmt: skip


def _reviewed(caller: Caller, by_state: _ByState) -> list[Todo]:
    """What an enterprise waits for, who has to act, and what it may do meanwhile."""
    chosen = {case.key[0] for state in ("拟立项", *AWARDED) for case in by_state[state]}
    open_bids, spare = (
        [case for case in by_state[state] if case.key[0] not in chosen]
        for state in ("评审中", "备选")
    )
    gone, withdrawn = ([
        case for state in states for case in by_state[state]
        if case.pair and case.pair.updated >= days_ago(RECENT_DAYS)
        and case.key[0] not in chosen and _began(caller, case)
    ] for states in (("已放弃立项", "终止"), ("撤回",)))  # fmt: skip
    of, left = OfPairs(by_state, _team), OfPairs(by_state, _team_gone)
    return [
        left.waiting("团队放弃或退出", "等管理人员递补备选团队；没有备选的再邀请团队", "急",
                     found=gone),
        left.waiting("团队撤回了揭榜", "看理由；还要团队的再邀请", "办", "撤回", withdrawn),
        of.waiting("揭榜书评审中", "等管理人员组织评审；可以先看揭榜书，选定合适的", "看", "评审中",
                   open_bids),
        of.waiting("备选的揭榜书", "等管理人员递补；也可以选定", "看", "备选", spare),
        of.waiting("已选定，等待立项", "等管理人员立项", "看", "拟立项"),
        of.waiting("已互换联系方式", "与团队商谈；等对方揭榜", "看", "已互换联系方式"),
        of.waiting("已同意互换，等对方", "等团队同意互换联系方式", "看", _AGREED_BY_DEMAND),
    ]  # fmt: skip


def _last_move(caller: Caller, case: Case) -> str:
    steps = standing(caller.service.pairs.history(case.key))
    return steps[-1].move if steps else ""


def _began(caller: Caller, case: Case) -> bool:
    """Whether a team that left had bid: a withdrawn invitation leaves nothing to be filled."""
    return any(step.move == "揭榜" for step in caller.service.pairs.history(case.key))


def _signed(caller: Caller, by_state: _ByState) -> list[Todo]:
    """What the sides of a signed pair wait for: milestones, acceptance, the contract itself."""
    own = {case.key: case for case in by_state[contracts.SIGNED] if case.parties}
    found = [
        due for due in (contracts.dues(caller) if own else ()) if due.key in own
        and (due.kind != "合同" or "demand" in own[due.key].parties)
    ]  # fmt: skip
    return contract_todos(
        found, lambda due: (own[due.key].challenge.name, own[due.key].team.name),
        "完成的登记完成；要改的由需求方更改合同", "揭榜方完成后提请验收",
        "等管理人员组织验收", "揭榜方整改后再提请验收",
    )  # fmt: skip


def _calls(caller: Caller) -> list[Todo]:
    """The challenges of an enterprise that nobody has bid for, or no team was sought for."""
    who, day, pairs = caller.principal, today(), caller.service.pairs
    bid = {pair.challenge_id for pair in pairs.in_states(RECEIVED)}
    lines = [one for one in caller.snapshot.challenges.lines if is_own(who, one)]
    risk = ending([one for one in lines if one.challenge_id not in bid], day, RISK_DAYS)
    told = {one.challenge_id for one in risk}
    going = set(PAIR.states) - PARTED - {"移出"}
    paired = {pair.challenge_id for pair in pairs.in_states(going)}
    alone = _alone(lines, paired | told)
    return [
        waiting("快截止，还没有团队揭榜", "邀请团队，或请管理人员延期", "急",
                "/challenges?mine=1&open=1&sort=deadline", risk,
                lambda one: (one.title, days_left((one.apply_deadline - day).days),
                             challenge_page(one.challenge_id))),
        waiting("还没有找团队", "看候选团队，列入候选或邀请", "办", "/challenges?mine=1&open=1",
                alone, _seek),
    ]  # fmt: skip


def _written(caller: Caller) -> list[Todo]:
    """Drafts that came back, and those not handed in."""
    back, begun = (
        drafts.browse(caller, drafts.DraftQuery(state=state, size=SHOWN))
        for state in ("退回", "草稿")
    )
    return [
        waiting("草稿被退回", "按退回的理由修改，再提交", "急", "/drafts?state=退回", back, _draft),
        waiting("草稿还没有提交", "写完后提交，管理人员审核后发布", "看", "/drafts?state=草稿",
                begun, _draft),
    ]  # fmt: skip


def _invitations(caller: Caller) -> list[Todo]:
    """What enterprises ask of the teams of a university, and what goes on with them."""
    by_state = _by_state(caller)
    invited, over = _by_day(by_state["已邀请"])
    asked = [*by_state["有意向"], *by_state[_AGREED_BY_TEAM]]
    bid = [*by_state["已揭榜"], *by_state["评审中"], *by_state["备选"], *by_state["拟立项"]]
    of, awaited = OfPairs(by_state, _challenge), [*over, *invited]
    return [
        of.waiting("邀请待答复", "表示意向、揭榜，或婉拒", _pressing(awaited), "已邀请", awaited),
        of.waiting("对方同意互换联系方式", "也同意，双方就看得到联系方式", "办", _AGREED_BY_DEMAND),
        of.waiting("已互换联系方式", "与需求单位商谈；合适的填写揭榜书", "办", "已互换联系方式",
                   _followed(caller, by_state["已互换联系方式"])),
        of.waiting("在办的合同", "登记完成的里程碑；都完成了提请验收", "看", contracts.SIGNED),
        of.waiting("已立项，等待签约", "与需求单位签约；不能承担的放弃立项",
                   _pressing(by_state["已立项"]), "已立项"),
        of.waiting("揭榜之后", "评审、备选的进展；进入评审之前可以修改揭榜书", "看", found=bid),
        of.waiting("已表示意向", "等对方答复；合适的可以直接揭榜", "看", found=asked),
        *_signed(caller, by_state),
    ]  # fmt: skip


def _kept(caller: Caller) -> list[Todo]:
    """Teams of a university: changes that came back, and teams without proof."""
    latest: dict[str, own_teams.ChangeView] = {}
    proposed = own_teams.changes(caller, own_teams.ChangeQuery(size=100)).items
    for change in sorted(proposed, key=lambda one: -one.number):
        latest.setdefault(change.team_id, change)
    back = [change for change in latest.values() if change.state == "退回"]
    bare = [one for one in teams.own(caller) if not one.evidence]
    brought = caller.service.messages.unread_of(caller.account_id, "team")
    return [
        waiting("导入给团队加了内容", "核对是不是本团队的；不是的标记出来", "办", "/inbox", brought,
                lambda one: (one.title, one.body.partition("\n")[0], "/inbox")),
        waiting("资料修改被退回", "按退回的理由修改，再提交", "办", "/team-changes", back,
                lambda one: (one.team, one.reason, "/team-changes")),
        waiting("没有成果的团队", "补上论文、专利、项目，更容易被找到", "看", "/my-teams", bare,
                lambda one: (one.team_name, "、".join(one.research_directions[:2]),
                             f"/team-changes/teams/{one.team_id}")),
    ]  # fmt: skip


def _given(caller: Caller) -> list[Todo]:
    """What a broker was given: challenges without a team, and pairs on their way."""
    who = caller.principal
    lines = [one for one in caller.snapshot.challenges.lines if is_given(who, one)]
    by_state = _by_state(caller)
    going = [one for state in PAIR.states if state not in IDLE for one in by_state[state]]
    begun = {case.key[0] for state in PAIR.states for case in by_state[state]}
    refused = [
        case for case in by_state["移出"]
        if case.pair and case.pair.updated >= days_ago(RECENT_DAYS)
        and _last_move(caller, case) == "不采纳推荐"
    ]  # fmt: skip
    of = OfPairs(by_state, _challenge)
    return [
        of.waiting("推荐没有被采纳", "看理由，换一个团队", "看", "移出", refused),
        of.waiting("已推荐，等需求单位", "需求单位采纳、邀请或不采纳，会告诉你", "看", RECOMMENDED,
                   _followed(caller, by_state[RECOMMENDED])),
        waiting("还没有开始对接", "看候选团队，把合适的推荐给需求单位", "办", "/challenges",
                _alone(lines, begun), _seek),
        of.waiting("对接中", "看双方到了哪一步", "看", found=going),
    ]  # fmt: skip


_PARTS: Mapping[Role, Sequence[Callable[[Caller], list[Todo]]]] = {
    "enterprise": (_bids, _calls, _written),
    "university": (_invitations, _kept),
    "broker": (_given,),
}


def _followed(caller: Caller, found: Sequence[Case]) -> list[Case]:
    """Those whose challenge still takes what begins something: not taken down or closed."""
    return [case for case in found if caller.snapshot.states[case.key[0]] in FOLLOWED]


def _by_state(caller: Caller) -> _ByState:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in cases.seen(caller, PairQuery()):
        found[case.state].append(case)
    return found


def _alone(lines: Sequence[ChallengeLine], paired: Set[str]) -> list[ChallengeLine]:
    """The open calls among some that have no pair yet."""
    return [one for one in lines
            if one.open and one.published and one.challenge_id not in paired]  # fmt: skip


def _by_day(found: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """Those whose answer may still come, the next due first, and those that are late."""
    by_day = sorted(found, key=_days)
    return ([case for case in by_day if _days(case) >= 0],
            [case for case in by_day if _days(case) < 0])  # fmt: skip


def _pressing(found: Sequence[Case]) -> Urgency:
    return "急" if any(_days(case) <= NEAR_DAYS for case in found) else "办"


def _days(case: Case) -> int:
    """Days until an answer is due; none is due in a long time."""
    until = None if case.pair is None else case.pair.until
    return _LONG if until is None else (until - today()).days


def _due(case: Case) -> str:
    days = _days(case)
    return "" if days == _LONG else "已过期" if days < 0 else days_left(days)


def _team_gone(case: Case) -> tuple[str, str, str]:
    name, note, link = _team(case)
    return name, f"{case.state}：{note}", link


def _team(case: Case) -> tuple[str, str, str]:
    """A pair as the side of the challenge reads it."""
    note = f"{case.challenge.name}，{case.team.org_name}"
    return case.team.name, " ".join((_due(case), note)).strip(), pair_page(*case.key)


def _challenge(case: Case) -> tuple[str, str, str]:
    """A pair as the side of the team reads it."""
    note = f"{case.state}：{case.team.name}，{case.challenge.demand_org or '未填写需求单位'}"
    return case.challenge.name, " ".join((_due(case), note)).strip(), pair_page(*case.key)


def _seek(line: ChallengeLine) -> tuple[str, str, str]:
    return line.title, line.demand_org, f"{challenge_page(line.challenge_id)}/teams"


def _draft(one: drafts.DraftView) -> tuple[str, str, str]:
    return one.fields.title or one.fields.problem[:30], one.returned, f"/drafts/{one.draft_id}"
