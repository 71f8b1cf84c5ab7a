"""What waits for whoever asks, the most urgent first; here what waits for staff."""

from __future__ import annotations

from collections import defaultdict

from matcher.procedure import ENGAGED, RECEIVED, RECOMMENDED
from matcher.service.access import LOCAL_STAFF
from matcher.service.context import Caller
from matcher.service.desk import (
    contracts,
    corrections,
    drafts,
    evaluating,
    experts,
    handling,
    lists,
    own_teams,
    own_todo,
    pairs,
    publishing,
    registration,
)
from matcher.service.desk.messages import STUCK
from matcher.service.desk.pairs import PairLine
from matcher.service.desk.waiting import (
    NEAR_DAYS,
    RECENT_DAYS,
    RISK_DAYS,
    SHOWN,
    OfPairs,
    Todo,
    TodoView,
    days_ago,
    ending,
    ends,
    waiting,
)
from matcher.service.showing import in_charge
from matcher.service.views import challenge_page, pair_page
from matcher.text.dates import today


def todo(caller: Caller) -> TodoView:
    """What waits for staff, local staff in their charge, a side of pairs, or a broker."""
    role = caller.principal.role
    own = [*own_todo.own(caller), *_marking(caller)]
    if role in LOCAL_STAFF.roles:
        own += [*_desk(caller), *_challenges(caller)]
    if role == "staff":
        own += [*_pairs(caller), *_checks(caller)]
    items = sorted((one for one in own if one.count), key=lambda one: "急办看".index(one.urgency))
    return TodoView(items=items, count=sum(one.count for one in items))


def _marking(caller: Caller) -> list[Todo]:
    """What an account was given to mark, whatever its role."""
    left = [one for one in experts.mine(caller).bids if one.status == experts.OPEN]
    years = [year for year in evaluating.years(caller)
             if not evaluating.mine(caller, year).handed_in]  # fmt: skip
    return [
        waiting("揭榜书待评", "看揭榜书打分；有利害关系的写明并回避", "办", "/appraisals", left,
                lambda one: (one.team, one.challenge, experts.page(one))),
        waiting("联盟待评", "评完交分", "办", f"/evaluations/{max(years, default=0)}", years,
                lambda year: (f"{year} 年联盟评估", "", f"/evaluations/{year}")),
    ]  # fmt: skip


def _desk(caller: Caller) -> list[Todo]:
    """What was handed in."""
    handed = drafts.browse(caller, drafts.DraftQuery(state="已提交", size=SHOWN))
    asked = registration.browse(caller, registration.RegistrationQuery(state="待审核", size=SHOWN))
    advice = ("核对后通过、发榜，或退回修改" if caller.principal.is_staff
              else "由科技管理部门审核、编号发榜；可以先看")  # fmt: skip
    return [
        waiting("草稿待审核", advice, "办" if caller.principal.is_staff else "看",
                "/drafts?state=已提交", handed,
                lambda one: (one.fields.title or one.fields.problem[:30], one.organisation,
                             f"/drafts/{one.draft_id}")),
        waiting("账号申请待审核", "核对单位，通过或退回", "办", "/staff/registrations", asked,
                lambda one: (one.organisation, one.name, "/staff/registrations")),
    ]  # fmt: skip


def _challenges(caller: Caller) -> list[Todo]:
    """Open calls that end soon, and those for which nobody has bid."""
    day, who = today(), caller.principal
    bid = {pair.challenge_id for pair in caller.service.pairs.in_states(RECEIVED)}
    lines = [one for one in caller.snapshot.challenges.lines if in_charge(who, one)]
    left = [one for one in lines if one.challenge_id not in bid]
    risk = ending(left, day, RISK_DAYS)
    near = ending([one for one in lines if one.challenge_id in bid], day, NEAR_DAYS)
    over = [one for one in left if one.state == "截止"]
    return [
        waiting("流标风险", f"{RISK_DAYS} 天内截止，还没有人揭榜：邀请团队，或更正截止日期", "急",
                "/challenges?open=1&sort=deadline", risk, ends(day)),
        waiting("截止而无人揭榜", "延期后重新发布，或撤下", "急", "/challenges?stage=评审论证",
                over, ends(day)),
        waiting("临近截止", f"{NEAR_DAYS} 天内截止，已有人揭榜：准备评审", "看",
                "/challenges?open=1&sort=deadline", near, ends(day)),
    ]  # fmt: skip


def _pairs(caller: Caller) -> list[Todo]:
    """Bids to be reviewed, answers that did not come, places to be filled."""
    by_state: dict[str, list[PairLine]] = defaultdict(list)
    by_key: dict[tuple[str, str], PairLine] = {}
    for line in pairs.all_lines(caller):
        by_state[line.state].append(line)
        by_key[line.challenge_id, line.team_id] = line
    noted = caller.service.dossier.due("", today().isoformat())
    due = [(by_key[key], follow) for key, follow in noted if key in by_key]
    since = days_ago(RECENT_DAYS)
    late = [one for one in by_state["逾期"] if one.updated >= since]
    late += [one for state in ("已邀请", "已立项") for one in by_state[state] if one.overdue]
    taken = {one.challenge_id for state in (*ENGAGED, "已验收", "拟立项", "评审中")
             for one in by_state[state]}  # fmt: skip
    unheard = [one for state in ("有意向", "揭榜方同意互换", RECOMMENDED)
               for one in by_state[state] if not one.demand_org]  # fmt: skip
    vacant = [one for one in by_state["备选"] if one.challenge_id not in taken]
    of = OfPairs(by_state, _pair)
    return [
        of.waiting("可以递补", "没有在研的团队，备选的在等：递补，或告知不予入选", "急", "备选",
                   vacant),
        of.waiting("逾期未答", "换一个团队，或再邀请一次", "急", "逾期", late),
        of.waiting("代需求方答复", "难题没有需求单位：由管理人员同意互换、采纳推荐，或谢绝", "办",
                   found=unheard),
        of.waiting("揭榜待受理", "看揭榜书，进入评审或不予入选", "办", "已揭榜"),
        of.waiting("评审中", "登记专家评分，定备选、立项或不予入选", "办", "评审中"),
        waiting("跟进到期", "记下的日子到了，办完后标记", "办", "/pairs", due,
                lambda one: (_pair(one[0])[0], f"{one[1].due} {one[1].note}", _pair(one[0])[2])),
        of.waiting("选定待立项", "需求单位已选定，等待立项", "办", "拟立项"),
        *contracts.contract_todos(
            [one for one in contracts.dues(caller) if one.key in by_key],
            lambda one: (by_key[one.key].challenge, by_key[one.key].team),
            "催双方登记完成，或更改合同", "组织验收，登记达到的指标",
            "组织验收，登记达到的指标，或退回整改", "等团队整改后再提请",
        ),
    ]  # fmt: skip


def _checks(caller: Caller) -> list[Todo]:
    """What is to be published, approved, looked at."""
    unpublished = publishing.pending(caller, publishing.PendingQuery(size=SHOWN))
    proposed = own_teams.changes(caller, own_teams.ChangeQuery(state="待审核", size=SHOWN))
    listed = lists.browse(caller, lists.ListQuery(state="待审核", size=SHOWN))
    marked = corrections.recent(caller, days_ago(RECENT_DAYS))
    states = caller.service.deliveries.counted()
    stuck = sum(states[state] for state in STUCK)
    mine = handling.assigned(caller)
    return [
        waiting("分给我的", "由你负责的难题", "看", "/staff/progress?by=meeting", mine,
                lambda one: (one.title, one.state, challenge_page(one.challenge_id))),
        waiting("待发布的难题", "看过公开后的样子，再发布", "办", "/staff/publishing", unpublished,
                lambda one: (one.title, one.demand_org, challenge_page(one.challenge_id))),
        waiting("团队资料待审核", "采用，或退回", "办", "/team-changes", proposed,
                lambda one: (one.team, one.organisation, "/team-changes")),
        waiting("清单待审核", "看会建成哪些团队，照此建库或退回", "办", "/lists", listed,
                lambda one: (one.file, one.organisation, f"/lists/{one.list_id}")),
        waiting("单位标记的更正", f"近 {RECENT_DAYS} 天由单位标记，已经照办；标错的撤销", "看",
                "/staff/corrections", marked,
                lambda one: (f"{one.team}：{one.subject or one.challenge}", one.reason,
                             "/staff/corrections")),
        Todo(title="没有发出的邮件", advice="重新发送，或不再发送", urgency="看", count=stuck,
             link="/staff/messages", lines=[]),
    ]  # fmt: skip


def _pair(one: PairLine) -> tuple[str, str, str]:
    return (f"{one.challenge} – {one.team}", one.org_name,
            pair_page(one.challenge_id, one.team_id))  # fmt: skip
