"""Moves of a pair: whether they may be made now, and made with what they change elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from matcher.procedure import (
    AWARDED,
    ENGAGED,
    FOLLOWED,
    PAIR,
    SHORTLISTED,
    Move,
    Party,
    several_may_win,
)
from matcher.records import Team
from matcher.service.context import Caller
from matcher.service.desk import teams
from matcher.service.desk.cases import Case
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.store.pairs import Pair
from matcher.service.store.steps import Act
from matcher.text.dates import today

_UNANSWERED, _CHOSEN = "逾期未答", "拟立项"
SWAPPING = frozenset({"同意互换（揭榜方）", "也同意互换（揭榜方）"})
# What asks for a bid, or promises one: of no use after the day bids end.
_ANSWERED = frozenset({"推荐", "邀请", "表示意向"})
_BEGINNINGS = frozenset({"列入候选", "推荐", "采纳推荐", "邀请", "表示意向", "揭榜"})


def bidding_act(caller: Caller, case: Case, name: str, key: str) -> Act:
    """Who bids. Raises: ConflictError: nobody of the caller's may."""
    return acting(caller, case, name, "", {}, key)


def make(
    caller: Caller, case: Case, name: str, act: Act, version: int | None,
    until: date | None = None, along: Callable[[Pair], None] | None = None,
) -> None:  # fmt: skip
    """Make a move with what goes with it, in one transaction.

    Raises:
        ConflictError, ChangedError: as `move`.
    """
    check_now(caller, case, name, act.party)

    def work() -> None:
        pair = caller.service.pairs.move(case.key, name, act, case.sides, version, until)
        if along is not None:
            along(pair)

    target = PAIR[name].target if name in PAIR else case.state
    carried(caller, case, target, work)


def check_now(caller: Caller, case: Case, name: str, party: Party) -> None:
    """Whether a move fits the day, the challenge and its other pairs. Raises: ConflictError."""
    if name in _BEGINNINGS:
        _check_beginning(caller, case, name)
    elif name == _UNANSWERED and party != "service":
        _check_overdue(case)
    elif name in PAIR:
        _check_vacant(caller, case, PAIR[name].target)
    if name in SWAPPING and not _reachable(case.team):
        raise ConflictError(
            "团队没有填联系方式，不能互换", given=case.team.name,
            remedy="先在“修改团队”里填写联系人、电话或邮箱",
        )  # fmt: skip


def _reachable(team: Team) -> bool:
    return bool(team.contact_name or team.contact_phone or team.contact_email)


def _check_overdue(case: Case) -> None:
    """Whether an answer was awaited by a day that is over."""
    until = None if case.pair is None else case.pair.until
    if until is None or until >= today():
        raise ConflictError(
            f"还没有逾期，不能办“{_UNANSWERED}”", given=until or "没有约定期限",
            remedy="过了期限再办；要提早了结，收回邀请或终止合作",
        )  # fmt: skip


def _check_vacant(caller: Caller, case: Case, target: str) -> None:
    """Whether no other team has the award to which a move would lead, now or next."""
    if target not in AWARDED | {_CHOSEN} or case.state in AWARDED:
        return
    held = _held_by_another(caller, case)
    if held is not None:
        team = caller.snapshot.matcher.teams.get(held.team_id)
        raise ConflictError(
            f"这项难题已有团队立项，不能再{'选定' if target == _CHOSEN else '立'}一家",
            given=f"{held.team_id if team is None else team.name}（{held.state}）",
            remedy="先由那一家放弃立项，或终止合作、撤销它的立项；榜文写明“赛马”的可以立几家",
        )  # fmt: skip


def _held_by_another(caller: Caller, case: Case) -> Pair | None:
    """The pair of another team that the challenge was awarded to, where only one may win."""
    if several_may_win(case.challenge):
        return None
    pairs = caller.service.pairs.of_challenge(case.challenge.challenge_id)
    others = (pair for pair in pairs if pair.key != case.key)
    return next((pair for pair in others if pair.state in AWARDED), None)


def _check_beginning(caller: Caller, case: Case, name: str) -> None:
    """Whether the challenge still takes what begins something."""
    if name == "推荐" and case.state == SHORTLISTED:  # as the broker knows
        raise ConflictError(
            "需求方已经列入候选，不用再推荐", given=case.team.name, remedy="等需求方邀请"
        )  # fmt: skip
    state = caller.snapshot.states[case.challenge.challenge_id]
    if state not in FOLLOWED:
        raise ConflictError(f"这项难题现在是“{state}”，不能{name}", given=case.key[0])
    if _held_by_another(caller, case) is not None:
        raise ConflictError(
            f"这项难题已有团队立项，不能{name}", given=case.challenge.name,
            remedy="看别的仍可揭榜的难题；立项的团队放弃或终止以后再办",
        )  # fmt: skip
    due = case.challenge.apply_deadline
    if name in _ANSWERED and due is not None and due < today():
        raise ConflictError(
            f"这项难题已过揭榜截止日期，不能{name}", given=due, remedy="请管理人员更正截止日期再办",
        )  # fmt: skip
    if name == "揭榜" and not case.challenge.is_open(today()):
        raise ConflictError(
            "这项难题已截止，不能揭榜", given=case.challenge.apply_deadline,
            remedy="请管理人员延期或重新发布",
        )  # fmt: skip
    if name == "揭榜":
        _check_room(case.team)


def allowed(caller: Caller, case: Case) -> list[Move]:
    """The moves a caller may make now."""
    found = {
        move.name: move for party in case.acting for move in PAIR.allowed(case.state, party)
        if may_now(caller, case, move.name, party)
    }  # fmt: skip
    return list(found.values())


def acting(
    caller: Caller, case: Case, name: str, reason: str, detail: Mapping[str, Any], key: str
) -> Act:  # fmt: skip
    """Who makes a move, as which side. Raises: ConflictError: there is no such move."""
    if name not in PAIR or not case.acting:
        raise ConflictError(f"没有“{name}”这一步", remedy="刷新页面，看能走哪一步")
    fitting = [party for party in case.acting if party in PAIR[name].who] or [*case.acting]
    return Act(caller.principal, fitting[0], reason, detail, key)


def may_now(caller: Caller, case: Case, name: str, party: Party) -> bool:
    """Whether a move that its table allows fits the day, the challenge and its other pairs."""
    try:
        check_now(caller, case, name, party)
    except ConflictError:
        return False
    return True


def _check_room(team: Team) -> None:
    if team.max_challenges is not None and team.active_challenges >= team.max_challenges:
        raise ConflictError(
            "这个团队已承担满",
            given=f"在研 {team.active_challenges} 项，可承担 {team.max_challenges} 项",
            remedy="有项目验收或终止后再办，或请团队更新可承担数",
        )  # fmt: skip


def carried(caller: Caller, case: Case, target: str, work: Callable[[], object]) -> None:
    """Make a move in one transaction with what it changes in what the team carries.

    Raises:
        ConflictError: it carries as much as it can, or another team has the award.
        ChangedError: the record of the team was changed meanwhile.
    """
    change = (target in ENGAGED) - (case.state in ENGAGED)
    database = caller.service.database
    if not change:
        with database.writing():
            work()
        return
    before = caller.snapshot.workspace.teams()[case.team.team_id]
    if change > 0:
        _check_room(before)
    carried = max(0, before.active_challenges + change)
    after = before.model_copy(update={"active_challenges": carried})

    def moved() -> None:
        _check_vacant(caller, case, target)  # again, now that nobody else writes
        work()
        now = caller.service.pairs.find(case.key)
        assert now is not None
        if (now.state in ENGAGED) == (case.state in ENGAGED):  # made already: a second click
            raise ChangedError("这一步已经办过", remedy="刷新页面，看现在的状态")

    teams.replace(caller, before, after, moved)
