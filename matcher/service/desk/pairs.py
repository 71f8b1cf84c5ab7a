"""A challenge and a team as each side sees them, and the moves each side may make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from matcher.errors import InputError
from matcher.procedure import (
    AWARDED,
    FOLLOWED,
    IDLE,
    NOTHING,
    PAIR,
    PARTIES,
    PARTY_NAMES,
    PUBLIC,
    Party,
)
from matcher.service.clock import shown_moment
from matcher.service.context import Caller
from matcher.service.desk import cases, moving
from matcher.service.desk.cases import Case, Named, PairQuery
from matcher.service.showing import contacts, facts_view
from matcher.service.store.pairs import known_steps
from matcher.service.store.steps import Act, Step, standing
from matcher.service.views import Contacts, FactsView, Page, View
from matcher.text.dates import today

# What an invitation may show of a challenge that is not published; its title always is.
Shown = Literal[
    "背景及主要问题", "技术难点", "攻关内容", "考核指标", "已有基础", "榜额和期限", "揭榜条件"
]
SHOWN: tuple[Shown, ...] = get_args(Shown)
_TEXTS: dict[str, str] = {
    "背景及主要问题": "problem", "技术难点": "tech_difficulties", "攻关内容": "research_content",
    "考核指标": "indicators_text", "已有基础": "existing_basis", "揭榜条件": "eligibility_text",
}  # fmt: skip
# What is to be answered, or signed, by a day; after it the pair lapses.
_AWAITED = frozenset({"邀请", "立项", "递补"})
_SWAPPED = frozenset({"也同意互换（揭榜方）", "也同意互换（需求方）"})
_ANSWER_DAYS = 14
_NO_NEWS: Mapping[tuple[str, str], int] = {}
_Text = Annotated[str, Field(max_length=2000)]


class MoveAsked(Named):
    """A move somebody wants to make."""

    move: Annotated[str, Field(max_length=20, examples=["邀请"])]
    reason: Annotated[str, Field(max_length=500)] = ""
    message: Annotated[_Text, Field(description="随邀请发给对方的话")] = ""
    shown: list[Shown] = Field(
        default=[], description="未发布的难题给受邀团队看哪些内容", max_length=10
    )
    until: Annotated[date | None, Field(description="请在这一天之前答复")] = None
    version: Annotated[int | None, Field(ge=0, description="看到的那一版")] = None
    key: Annotated[str, Field(max_length=64, description="同一个键只办一次")] = ""


class MoveOption(View):
    """A move that may be made now."""

    name: str
    needs_reason: bool


class PairLine(View):
    """A pair in a list."""

    challenge_id: str
    challenge: str
    demand_org: str
    team_id: str
    team: str
    org_name: str
    state: str
    place: Annotated[int, Field(description="第几；只有需求方和管理人员看得到，别人为 0")]
    until: date | None
    overdue: bool
    updated: str
    news: Annotated[bool, Field(description="上次来访以来有变化")] = False


class StepLine(View):
    """A step of a pair."""

    at: str
    move: str
    party: str
    account: str
    reason: str
    message: str
    undone: bool


class PairView(PairLine):
    """A pair as one side of it, or staff, see it."""

    version: int
    parties: list[str]
    moves: list[MoveOption]
    others: Annotated[list[str], Field(description="等着谁：别的各方现在可以办什么")]
    undo: Annotated[str, Field(description="管理人员可以撤销的一步")]
    stays: Annotated[str, Field(description="撤销收不回什么")]
    steps: list[StepLine]
    public: Annotated[bool, Field(description="难题已公开")]
    takes_bids: Annotated[bool, Field(description="难题在发布里，没有过揭榜截止日期")]
    challenge_state: Annotated[str, Field(description="难题的状态", examples=["已发布"])]
    texts: Annotated[dict[str, str], Field(description="未公开的难题给受邀团队看的内容")]
    demand_contacts: Contacts | None
    team_contacts: Contacts | None
    load: Annotated[str, Field(description="团队已承担几项、可承担几项")]
    facts: Annotated[FactsView, Field(description="既往合作、转化记录、成熟度；不计入得分")]


def browse(caller: Caller, query: PairQuery) -> Page[PairLine]:
    """A page of the pairs a caller sees, what is new to it first."""
    news = _news(caller)
    found = [
        _line(caller, case, news) for case in cases.seen(caller, query)
        if query.state in ("", case.state) and case.state != NOTHING
    ]  # fmt: skip
    if query.challenge:
        found.sort(key=lambda line: line.place)
    else:
        found.sort(key=lambda line: line.updated, reverse=True)
        found.sort(key=lambda line: not line.news)
    return Page[PairLine].of(found, query.page, query.size)


def all_lines(caller: Caller) -> list[PairLine]:
    """All pairs a caller sees, by challenge; looking this way marks nothing as seen."""
    return [_line(caller, case) for case in cases.seen(caller, PairQuery())]


def view(caller: Caller, challenge_id: str, team_id: str) -> PairView:
    """One pair. Raises: NotFoundError."""
    return _view(caller, cases.find(caller, challenge_id, team_id))


def move(caller: Caller, asked: MoveAsked) -> PairView:
    """Make a move.

    Raises:
        NotFoundError: there is no such pair for this caller.
        ConflictError: the table does not allow it, or the team carries as much as it can.
        ChangedError: somebody has made a move since.
        InputError: the day of an answer has passed.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    if asked.key and caller.service.pairs.was_done(asked.key):
        return _view(caller, case)
    if asked.move in ("揭榜", "修改揭榜书"):
        raise InputError("揭榜要有揭榜书", remedy="填写揭榜书再提交")
    detail: dict[str, Any] = {}
    until = asked.until if asked.move in _AWAITED else None
    if asked.move == "邀请":
        until = until or today() + timedelta(days=_ANSWER_DAYS)
        detail = {"message": asked.message, "shown": asked.shown}
    if until is not None and until < today():
        asked_for = "答复" if asked.move == "邀请" else "签约"
        raise InputError(f"{asked_for}的期限已过", given=until, remedy="写今天或以后的日期")
    act = moving.acting(caller, case, asked.move, asked.reason, detail, asked.key)
    moving.make(caller, case, asked.move, act, asked.version, until)
    return view(caller, asked.challenge_id, asked.team_id)


def undo(caller: Caller, asked: MoveAsked) -> PairView:
    """Undo the last step; staff only. Raises: as `move`."""
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    if asked.key and caller.service.pairs.was_done(asked.key):
        return _view(caller, case)
    act = Act(caller.principal, "staff", asked.reason, key=asked.key)
    steps = standing(caller.service.pairs.history(case.key))
    target = steps[-1].source if steps else case.state
    work = partial(caller.service.pairs.undo, case.key, act, case.sides, asked.version)
    moving.carried(caller, case, target, work)
    return view(caller, asked.challenge_id, asked.team_id)


def swapped(caller: Caller, case: Case) -> bool:
    """Whether the sides know each other's contacts."""
    if case.state in AWARDED:  # from then on they have to reach each other; the bid says so
        return True
    steps = standing(caller.service.pairs.history(case.key))
    return any(step.move in _SWAPPED for step in steps)


def _news(caller: Caller) -> Mapping[tuple[str, str], int]:
    """The pairs to which others did something since the caller's last visit: the first step."""
    events = caller.service.events
    before = caller.service.dossier.visit(caller.account_id, events.last())
    return {
        (event.challenge_id, event.team_id): event.step
        for event in reversed(events.after(before)) if event.account != caller.principal.name
    }  # fmt: skip


def _line(caller: Caller, case: Case, news: Mapping[tuple[str, str], int] = _NO_NEWS) -> PairLine:
    pair, until = case.pair, None if case.pair is None else case.pair.until
    hosts = "demand" in case.parties or "staff" in case.parties
    return PairLine(
        challenge_id=case.key[0], challenge=case.challenge.name,
        demand_org=case.challenge.demand_org, team_id=case.key[1], team=case.team.name,
        org_name=case.team.org_name, state=case.state or "尚未开始",
        place=pair.place if pair is not None and hosts else 0, until=until,
        overdue=until is not None and until < today(), updated="" if pair is None else pair.updated,
        news=pair is not None and news.get(case.key, pair.version + 1) <= pair.version,
    )  # fmt: skip


def _view(caller: Caller, case: Case) -> PairView:
    history = caller.service.pairs.history(case.key)
    known = swapped(caller, case)
    staff = "staff" in case.parties
    counted = standing(history)
    last = PAIR[counted[-1].move] if staff and counted else None
    undoable = last is not None and last.undoable
    team = case.team
    public = caller.snapshot.states[case.key[0]] in PUBLIC
    # What is not published is seen by the team as far as its invitation shows it.
    hidden = {} if public or case.parties != ("team",) else {"target_trl": None}
    return PairView(
        **_line(caller, case).model_dump(),
        version=0 if case.pair is None else case.pair.version,
        parties=[PARTY_NAMES[party] for party in case.parties],
        moves=[MoveOption(name=m.name, needs_reason=m.needs_reason)
               for m in moving.allowed(caller, case)],
        others=_others(caller, case) if case.parties and case.pair is not None else [],
        undo=last.name if last and undoable else "",
        stays=last.kept if last and undoable else "",
        steps=[_step(case, step) for step in known_steps(history, case.acting)],
        public=public,
        facts=facts_view(case.challenge.model_copy(update=hidden), team),
        takes_bids=caller.snapshot.states[case.key[0]] in FOLLOWED
        and not (case.challenge.apply_deadline and case.challenge.apply_deadline < today()),
        challenge_state=caller.snapshot.states[case.key[0]],
        texts=_texts(case, counted) if case.parties else {},
        demand_contacts=contacts(case.challenge) if _reaches(case, "demand", known) else None,
        team_contacts=contacts(team) if _reaches(case, "team", known) else None,
        load=f"在研 {team.active_challenges} 项，可承担"
        + (f" {team.max_challenges} 项" if team.max_challenges is not None else "未填写"),
    )  # fmt: skip


def _others(caller: Caller, case: Case) -> list[str]:
    """What the other parties may do now to get on, in words."""
    found = []
    for party in PARTIES:
        mine = party in case.parties or party == "service"
        moves = () if mine else PAIR.allowed(case.state, party)
        onward = (
            m for m in moves
            if m.target not in (*IDLE, case.state)
            and (m.name in moving.SWAPPING or moving.may_now(caller, case, m.name, party))
        )  # fmt: skip
        names = [m.name.removeprefix("也").partition("（")[0] for m in onward]
        if names:
            found.append(f"{PARTY_NAMES[party]}可以{'、'.join(names)}")
    return found


def _texts(case: Case, steps: tuple[Step, ...]) -> dict[str, str]:
    """What the last invitation shows of a challenge."""
    invited = [step for step in steps if step.move == "邀请"]
    shown = invited[-1].detail.get("shown", ()) if invited else ()
    challenge = case.challenge
    found = {name: str(getattr(challenge, _TEXTS[name])) for name in shown if name in _TEXTS}
    if "榜额和期限" in shown:
        amount = "未填写" if challenge.bounty_wan is None else f"{challenge.bounty_wan:g} 万元"
        found["榜额和期限"] = f"榜额 {amount}；截止 {challenge.apply_deadline or '未填写'}"
    return {name: text for name, text in found.items() if text}


def _reaches(case: Case, party: Party, known: bool) -> bool:
    """Whether somebody sees the contacts of a side: itself, staff, the other once they agreed."""
    return bool(case.parties) and (known or party in case.parties or "staff" in case.parties)


def _step(case: Case, step: Step) -> StepLine:
    message = str(step.detail.get("message", "")) if case.parties else ""
    return StepLine(
        at=shown_moment(step.at), move=step.move, party=PARTY_NAMES[step.party],
        account=step.account, reason=step.reason, message=message,
        undone=step.undone is not None,
    )  # fmt: skip
