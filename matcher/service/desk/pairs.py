"""A challenge and a team as each side sees them, and the moves each side may make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import InputError, NotFoundError
from matcher.policy import is_demand_side
from matcher.procedure import (
    ENGAGED,
    FOLLOWED,
    NOTHING,
    PAIR,
    PARTY_NAMES,
    PUBLIC,
    SHARED,
    Move,
    Party,
)
from matcher.records import Challenge, Team
from matcher.service.access import BY_GRANT, OF_ORGANISATION, Principal
from matcher.service.clock import shown_moment
from matcher.service.context import Caller
from matcher.service.desk import teams
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.showing import contacts, is_given, is_in_hand, is_own
from matcher.service.store.pairs import Pair
from matcher.service.store.steps import UNDO, Act, Step, standing
from matcher.service.views import Contacts, Page, PageNumber, PageSize, View
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
_BEGINNINGS = frozenset({"列入候选", "邀请", "表示意向", "揭榜"})
# What is to be answered, or signed, by a day; after it the pair lapses.
_AWAITED = frozenset({"邀请", "立项", "递补"})
_SWAPPED = frozenset({"也同意互换（揭榜方）", "也同意互换（需求方）"})
# From the award on both sides have to reach each other; the form of a bid says so.
_SIGNED = frozenset({"已立项", "已签约", "已验收"})
_ANSWER_DAYS = 14
_Id = Annotated[str, Field(min_length=1, max_length=200)]
_Text = Annotated[str, Field(max_length=2000)]


class PairQuery(BaseModel):
    """Which pairs are wanted; empty settings want all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    challenge: Annotated[str, Field(max_length=200, description="榜单编号")] = ""
    team: Annotated[str, Field(max_length=200, description="团队编号")] = ""
    state: Annotated[str, Field(max_length=20, description="现在到哪一步")] = ""
    page: PageNumber = 1
    size: PageSize = 20


class Named(BaseModel):
    """A pair by its two ids."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    challenge_id: Annotated[_Id, Field(examples=["KB-18"])]
    team_id: Annotated[_Id, Field(examples=["L0001"])]


class MoveAsked(Named):
    """A move somebody wants to make."""

    move: Annotated[str, Field(max_length=20, examples=["邀请"])]
    reason: Annotated[str, Field(max_length=500)] = ""
    message: Annotated[_Text, Field(description="随邀请发给对方的话")] = ""
    shown: Annotated[
        list[Shown], Field(description="未发布的难题给受邀团队看哪些内容", max_length=10)
    ] = []
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
    place: int
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
    undo: Annotated[str, Field(description="管理人员可以撤销的一步")]
    stays: Annotated[str, Field(description="撤销收不回什么")]
    steps: list[StepLine]
    public: Annotated[bool, Field(description="难题已公开")]
    texts: Annotated[dict[str, str], Field(description="未公开的难题给受邀团队看的内容")]
    demand_contacts: Contacts | None
    team_contacts: Contacts | None
    load: Annotated[str, Field(description="团队已承担几项、可承担几项")]


@dataclass(frozen=True)
class Case:
    """A pair with its records, and what the caller is to it."""

    challenge: Challenge
    team: Team
    pair: Pair | None
    parties: tuple[Party, ...]

    @property
    def key(self) -> tuple[str, str]:
        """Challenge and team."""
        return self.challenge.challenge_id, self.team.team_id

    @property
    def state(self) -> str:
        """Where it stands."""
        return NOTHING if self.pair is None else self.pair.state

    @property
    def sides(self) -> Mapping[Party, str]:
        """The organisation of each side."""
        return {"demand": self.challenge.demand_org, "team": self.team.org_name}


def find(caller: Caller, challenge_id: str, team_id: str) -> Case:
    """A pair, begun or not, for one of its sides or staff.

    Raises:
        NotFoundError: there is no such pair for this caller.
    """
    matcher = caller.snapshot.matcher
    challenge, team = matcher.challenges.get(challenge_id), matcher.teams.get(team_id)
    pair = caller.service.pairs.find((challenge_id, team_id))
    if challenge is not None and team is not None:
        case = Case(challenge, team, pair, _parties(caller.principal, challenge, team))
        public = caller.snapshot.states[challenge_id] in PUBLIC
        told = pair is not None and "team" in pair.told
        if case.parties and (public or told or case.parties != ("team",)):
            return case
        if watches(caller.principal, case):
            return case
    raise NotFoundError(
        "没有这一对难题和团队", given=f"{challenge_id} – {team_id}", remedy="在“对接”里查找"
    )


def watches(principal: Principal, case: Case) -> bool:
    """Whether somebody who is no side of a pair reads it: whoever was given it, once both know.

    Local staff have what is in their charge, brokers need challenge and team.
    """
    if case.pair is None or not case.pair.told >= SHARED or principal.role not in BY_GRANT:
        return False
    return is_given(principal, case.challenge) and is_in_hand(principal, case.team)


def browse(caller: Caller, query: PairQuery) -> Page[PairLine]:
    """A page of the pairs a caller sees, what is new to it first."""
    news = _news(caller)
    found = [
        _line(caller, case, news) for case in _mine(caller, query)
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
    return [_line(caller, case) for case in _mine(caller, PairQuery()) if case.state != NOTHING]


def view(caller: Caller, challenge_id: str, team_id: str) -> PairView:
    """One pair. Raises: NotFoundError."""
    return _view(caller, find(caller, challenge_id, team_id))


def move(caller: Caller, asked: MoveAsked) -> PairView:
    """Make a move.

    Raises:
        NotFoundError: there is no such pair for this caller.
        ConflictError: the table does not allow it, or the team carries as much as it can.
        ChangedError: somebody has made a move since.
        InputError: the day of an answer has passed.
    """
    case = find(caller, asked.challenge_id, asked.team_id)
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
        raise InputError("答复的期限已过", given=until, remedy="写今天或以后的日期")
    act = _act(caller, case, asked.move, asked.reason, detail, asked.key)
    make(caller, case, asked.move, act, asked.version, until)
    return view(caller, asked.challenge_id, asked.team_id)


def undo(caller: Caller, asked: MoveAsked) -> PairView:
    """Undo the last step; staff only. Raises: as `move`."""
    case = find(caller, asked.challenge_id, asked.team_id)
    if asked.key and caller.service.pairs.was_done(asked.key):
        return _view(caller, case)
    act = Act(caller.principal, "staff", asked.reason, key=asked.key)
    steps = standing(caller.service.pairs.history(case.key))
    target = steps[-1].source if steps else case.state
    work = partial(caller.service.pairs.undo, case.key, act, case.sides, asked.version)
    _carried(caller, case, target, work)
    return view(caller, asked.challenge_id, asked.team_id)


def bidding_act(caller: Caller, case: Case, name: str, key: str) -> Act:
    """Who bids. Raises: ConflictError: nobody of the caller's may."""
    return _act(caller, case, name, "", {}, key)


def make(
    caller: Caller, case: Case, name: str, act: Act, version: int | None,
    until: date | None = None, along: Callable[[Pair], None] | None = None,
) -> None:  # fmt: skip
    """Make a move with what goes with it, in one transaction.

    Raises:
        ConflictError, ChangedError: as `move`.
    """
    check_beginning(caller, case, name)

    def work() -> None:
        pair = caller.service.pairs.move(case.key, name, act, case.sides, version, until)
        if along is not None:
            along(pair)

    target = PAIR[name].target if name in PAIR else case.state
    _carried(caller, case, target, work)


def check_beginning(caller: Caller, case: Case, name: str) -> None:
    """Whether the challenge still takes what begins something. Raises: ConflictError."""
    if name not in _BEGINNINGS:
        return
    state = caller.snapshot.states[case.challenge.challenge_id]
    if state not in FOLLOWED:
        raise ConflictError(f"这项难题现在是“{state}”，不能{name}", given=case.key[0])
    if name == "揭榜" and not case.challenge.is_open(today()):
        raise ConflictError(
            "这项难题已截止，不能揭榜", given=case.challenge.apply_deadline,
            remedy="请管理人员延期或重新发布",
        )  # fmt: skip
    if name == "揭榜":
        _check_room(case.team)


def allowed(caller: Caller, case: Case) -> list[Move]:
    """The moves a caller may make now."""
    found = [m for party in case.parties for m in PAIR.allowed(case.state, party)]
    return [m for m in found if _may_begin(caller, case, m.name)]


def swapped(caller: Caller, case: Case) -> bool:
    """Whether the sides know each other's contacts."""
    if case.state in _SIGNED:
        return True
    steps = standing(caller.service.pairs.history(case.key))
    return any(step.move in _SWAPPED for step in steps)


def _parties(principal: Principal, challenge: Challenge, team: Team) -> tuple[Party, ...]:
    """What somebody is to a pair; nobody is anything where an organisation would pair itself."""
    if is_demand_side(challenge, team):
        return ()
    if principal.is_staff:
        return ("staff",)
    if is_own(principal, challenge):
        return ("demand",)
    if principal.role in OF_ORGANISATION and teams.is_own(principal, team):
        return ("team",)
    return ()


def _act(
    caller: Caller, case: Case, name: str, reason: str, detail: Mapping[str, Any], key: str
) -> Act:  # fmt: skip
    if name not in PAIR:
        raise ConflictError(f"没有“{name}”这一步", remedy="刷新页面，看能走哪一步")
    fitting = [party for party in case.parties if party in PAIR[name].who] or [*case.parties]
    return Act(caller.principal, fitting[0], reason, detail, key)


def _mine(caller: Caller, query: PairQuery) -> list[Case]:
    """The pairs a caller sees."""
    pairs, matcher = caller.service.pairs, caller.snapshot.matcher
    if query.challenge:
        kept: Sequence[Pair] = pairs.of_challenge(query.challenge)
    elif query.team:
        kept = pairs.of_teams([query.team])
    else:
        kept = pairs.in_states(PAIR.states)
    found = []
    for pair in kept:
        challenge, team = matcher.challenges.get(pair.challenge_id), matcher.teams.get(pair.team_id)
        if challenge is None or team is None or query.team not in ("", pair.team_id):
            continue
        case = Case(challenge, team, pair, _parties(caller.principal, challenge, team))
        own = case.parties and (case.parties != ("team",) or "team" in pair.told)
        if own or watches(caller.principal, case):
            found.append(case)
    return found


def _news(caller: Caller) -> frozenset[tuple[str, str]]:
    """The pairs to which something happened since the caller's last visit, by others."""
    events = caller.service.events
    before = caller.service.dossier.visit(caller.account_id, events.last())
    return frozenset(
        (event.challenge_id, event.team_id) for event in events.after(before)
        if event.account != caller.principal.name
    )  # fmt: skip


def _line(caller: Caller, case: Case, news: frozenset[tuple[str, str]] = frozenset()) -> PairLine:
    pair, until = case.pair, None if case.pair is None else case.pair.until
    return PairLine(
        challenge_id=case.key[0], challenge=case.challenge.name,
        demand_org=case.challenge.demand_org, team_id=case.key[1], team=case.team.name,
        org_name=case.team.org_name, state=case.state or "尚未开始",
        place=0 if pair is None else pair.place, until=until,
        overdue=until is not None and until < today(), updated="" if pair is None else pair.updated,
        news=case.key in news,
    )  # fmt: skip


def _view(caller: Caller, case: Case) -> PairView:
    history = caller.service.pairs.history(case.key)
    known = swapped(caller, case)
    staff = "staff" in case.parties
    counted = standing(history)
    last = PAIR[counted[-1].move] if staff and counted else None
    undoable = last is not None and last.undoable
    team = case.team
    return PairView(
        **_line(caller, case).model_dump(),
        version=0 if case.pair is None else case.pair.version,
        parties=[PARTY_NAMES[party] for party in case.parties],
        moves=[MoveOption(name=m.name, needs_reason=m.needs_reason) for m in allowed(caller, case)],
        undo=last.name if last and undoable else "",
        stays=last.kept if last and undoable else "",
        steps=[_step(case, step) for step in history if _may_read(case, step)],
        public=caller.snapshot.states[case.key[0]] in PUBLIC,
        texts=_texts(case, counted) if case.parties else {},
        demand_contacts=contacts(case.challenge) if _reaches(case, "demand", known) else None,
        team_contacts=contacts(team) if _reaches(case, "team", known) else None,
        load=f"在研 {team.active_challenges} 项，可承担"
        + (f" {team.max_challenges} 项" if team.max_challenges is not None else "未填写"),
    )  # fmt: skip


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


def _may_read(case: Case, step: Step) -> bool:
    """Whether a side learns of a step."""
    if "staff" in case.parties or step.party in case.parties or step.move == UNDO:
        return True
    told = PAIR[step.move].told
    return bool(told.intersection(case.parties)) if case.parties else told >= SHARED


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


def _may_begin(caller: Caller, case: Case, name: str) -> bool:
    try:
        check_beginning(caller, case, name)
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


def _carried(caller: Caller, case: Case, target: str, work: Callable[[], object]) -> None:
    """Make a move in one transaction with what it changes in what the team carries.

    Raises:
        ConflictError: it carries as much as it can.
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
        work()
        now = caller.service.pairs.find(case.key)
        assert now is not None
        if (now.state in ENGAGED) == (case.state in ENGAGED):  # made already: a second click
            raise ChangedError("这一步已经办过", remedy="刷新页面，看现在的状态")

    teams.replace(caller, before, after, moved)
