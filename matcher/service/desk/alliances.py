"""Alliances: who leads or belongs sees its own, staff all; every change is a step of somebody."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from matcher.alliances import (
    ALLIANCE,
    Organisations,
    Records,
    Sum,
    YearReport,
    advantage_shown,
    alliance_facts,
    belongs,
    check_conditions,
    form_alliance,
    members_of,
    overlaps,
    research_members,
    sums_of,
    year_report,
)
from matcher.corpora.cells import format_cell
from matcher.errors import InputError, NotFoundError
from matcher.policy import Fact, PolicyPack, shipped_pack
from matcher.procedure import Party
from matcher.records import Challenge, headers
from matcher.records.alliance import Alliance, Income
from matcher.service.access import Principal
from matcher.service.context import Caller
from matcher.service.desk import matching
from matcher.service.desk.uploads import attachments
from matcher.service.errors import ConflictError
from matcher.service.live.snapshot import WorkspaceSnapshot
from matcher.service.store.steps import Act, Step
from matcher.service.views import Filled, Page, PageNumber, PageSize, View
from matcher.text.dates import today
from matcher.text.organisations import normalise_organisation

DEFAULT_PACK = "liaoning-2021"
_LARGEST = 20_000_000
_SHOWN = 100
PackName = Annotated[str, Field(max_length=100, description="规则包", examples=[DEFAULT_PACK])]
Year = Annotated[int, Field(ge=1949, le=2100, examples=[2021])]


class AllianceQuery(Filled):
    """Filters of a list."""

    q: Annotated[str, Field(max_length=100, description="名称、单位里的词")] = ""
    state: Annotated[str, Field(max_length=20, description="状态", examples=["已备案"])] = ""
    page: PageNumber = 1
    size: PageSize = 20


class NewAlliance(Filled):
    """A challenge and the teams that join its enterprise."""

    challenge_id: Annotated[str, Field(min_length=1, max_length=200, examples=["K1"])]
    team_ids: Annotated[
        str, Field(max_length=2000, description="团队编号，逗号分开；空为最好的一个")
    ] = ""
    consortium: Annotated[bool, Field(description="取合起来覆盖要求的最少几个")] = False


class MoveAsked(Filled):
    """A step, the day it was made, and why."""

    move: Annotated[str, Field(min_length=1, max_length=20, examples=["备案"])]
    day: date | None = None
    reason: Annotated[str, Field(max_length=500)] = ""


class AllianceLine(View):
    """An alliance in a list."""

    alliance_id: str
    title: str
    lead_org: str
    members: list[str]
    tech_domain: list[str]
    city: str
    state: str
    formed_on: date | None


class MemberView(View):
    """Who belongs, and as what."""

    organisation: str
    kind: str
    role: str


class ConditionView(View):
    """A condition: met, missing or to be verified, and what to ask for next."""

    text: str
    status: str
    lines: list[str]
    ask: list[str]
    source: str


class StepView(View):
    """What was done."""

    at: str
    who: str
    move: str
    reason: str


class GrantView(View):
    """Money of a year: whose, to whom, and under which cap it counts."""

    year: int | None
    amount_wan: float | None
    payer: str
    receiver: str
    programme: str
    standing: str
    note: str


class IncomeView(View):
    """What a result brought in: its columns that are filled in, by name."""

    columns: dict[str, str]


class FileView(View):
    """An agreement that is kept."""

    file_id: str
    name: str
    at: str


class AllianceView(AllianceLine):
    """An alliance in full; money, agreements and programmes only for its lead and staff."""

    organisations: list[MemberView]
    agreed_on: date | None
    registered_on: date | None
    model_on: date | None
    market_goal: str
    technical_targets: str
    benefit_mechanism: str
    challenges: list[str]
    projects: list[str]
    match_band: str
    match_proof: list[str]
    conditions: list[ConditionView]
    steps: list[StepView]
    moves: list[str]
    full: bool
    grants: list[GrantView]
    incomes: list[IncomeView]
    files: list[FileView]


class OverlapView(View):
    """What several alliances have in common."""

    kind: str
    organisation: str
    alliances: list[str]
    words: str


def pack_of(name: str) -> PolicyPack:
    """A shipped pack. Raises: NotFoundError."""
    return shipped_pack(name or DEFAULT_PACK)


def browse(caller: Caller, query: AllianceQuery) -> Page[AllianceLine]:
    """The alliances somebody may see: staff all, others those they lead or belong to."""
    principal, store = caller.principal, caller.service.alliances
    if principal.is_staff or principal.organisation_key:
        key = "" if principal.is_staff else principal.organisation_key
        found, total = store.page(query.page, query.size, query.state, key, query.q)
        items = [_line(alliance, state) for alliance, state in found]
        return Page(items=items, total=total, page=query.page, size=query.size)
    states = store.states()
    mine = [a for a in store.all() if _given(principal, a)]
    lines = [_line(a, states[a.alliance_id]) for a in mine]
    chosen = [
        line for line in lines
        if query.state in ("", line.state)
        and any(query.q in text for text in (line.title, line.lead_org, *line.members))
    ]  # fmt: skip
    return Page[AllianceLine].of(chosen, query.page, query.size)


def view(caller: Caller, alliance_id: str, pack: str = "") -> AllianceView:
    """One in full. Raises: NotFoundError: there is none that somebody may see."""
    alliance, state = find(caller, alliance_id)
    store, rules, full = caller.service.alliances, pack_of(pack), may_all(caller, alliance)
    looked_up = shown_of(caller, alliance) if full else {}
    facts = alliance_facts(rules, alliance, challenges_of(caller), shown=looked_up)
    party: Party = "staff" if caller.principal.is_staff else "demand"
    shown = alliance.model_dump(
        include={"agreed_on", "registered_on", "model_on", "market_goal", "technical_targets",
                 "benefit_mechanism", "match_band"}
    )  # fmt: skip
    return AllianceView(
        **_line(alliance, state).model_dump(), **shown,
        organisations=[MemberView(**asdict(m)) for m in members_of(alliance)],
        challenges=list(alliance.challenges), projects=list(alliance.projects),
        match_proof=list(alliance.match_proof),
        conditions=[
            ConditionView(text=c.text, status=c.status, lines=list(c.lines), ask=list(c.ask),
                          source=c.source)
            for c in check_conditions(rules, facts)
        ],
        steps=[_step(s, full) for s in store.history(alliance_id)],
        moves=[m.name for m in ALLIANCE.allowed(state, party)] if full else [], full=full,
        grants=_grants(caller, rules, alliance) if full else [],
        incomes=[_income(one) for one in alliance.incomes] if full else [],
        files=[FileView(file_id=i, name=n, at=at) for i, n, at in store.files(alliance_id)]
        if full else [],
    )  # fmt: skip


def _grants(caller: Caller, rules: PolicyPack, alliance: Alliance) -> list[GrantView]:
    known = Organisations.of(caller.service.alliances.all())
    return [_grant(one) for one in sums_of(rules, alliance, known)]


def _income(one: Income) -> IncomeView:
    told = {mark.name: getattr(one, field) for field, mark in headers(Income)}
    return IncomeView(columns={
        name: str(format_cell(value)).removesuffix(".0") for name, value in told.items()
        if value not in (None, "", "未知")
    })  # fmt: skip


def _grant(one: Sum) -> GrantView:
    given = one.grant
    return GrantView(
        year=given.year, amount_wan=given.amount_wan, payer=given.payer, receiver=one.receiver,
        programme=given.programme, standing=given.standing, note=one.note,
    )  # fmt: skip


def form(caller: Caller, asked: NewAlliance) -> AllianceView:
    """A match or a consortium becomes an alliance.

    Raises:
        NotFoundError: no challenge of one's own, no such team.
        ConflictError: the challenge has an alliance already.
    """
    challenge = matching.challenge_of(caller, asked.challenge_id)
    if not (caller.principal.is_staff or caller.principal.belongs_to(challenge.demand_org)):
        raise NotFoundError(
            "没有这项榜单", given=asked.challenge_id, remedy="只能为本单位的榜单组建"
        )
    wanted = [p.strip() for p in asked.team_ids.replace("，", ",").split(",") if p.strip()]
    made: Alliance = caller.service.live.matching(
        lambda snapshot: form_alliance(
            snapshot.matcher, challenge, wanted, asked.consortium, today()
        )
    )
    if made.alliance_id in caller.service.alliances.states():
        raise ConflictError("这项榜单已经组建了联盟", given=made.alliance_id, remedy="看已有的联盟")
    reason = f"由榜单 {challenge.challenge_id} 的匹配组建"
    caller.service.alliances.put([made], _act(caller, reason))
    return view(caller, made.alliance_id)


def move(caller: Caller, alliance_id: str, asked: MoveAsked, key: str = "") -> AllianceView:
    """Make a step. Raises: ConflictError: not now, or not by this side. NotFoundError."""
    led(caller, alliance_id)
    act = _act(caller, asked.reason, key)
    caller.service.alliances.move(alliance_id, asked.move, act, asked.day or today())
    return view(caller, alliance_id)


def undo(caller: Caller, alliance_id: str, reason: str) -> AllianceView:
    """Take the last step back. Raises: ConflictError: it cannot be, or no reason is given."""
    caller.service.alliances.undo(alliance_id, _act(caller, reason))
    return view(caller, alliance_id)


def keep_file(caller: Caller, alliance_id: str, name: str, content: bytes) -> AllianceView:
    """Keep an agreement. Raises: NotFoundError; InputError: too large, or none that is filed."""
    led(caller, alliance_id)
    ((safe, content),) = attachments([(name, content)])
    if len(content) > _LARGEST:
        raise InputError("协议文件太大", given=f"{len(content)} 字节",
                         expected=f"不超过 {_LARGEST // 1_000_000} MB")  # fmt: skip
    caller.service.alliances.keep_file(alliance_id, safe, content, _act(caller))
    return view(caller, alliance_id)


def file(caller: Caller, alliance_id: str, file_id: str) -> tuple[str, bytes]:
    """An agreement; its lead's and staff's alone. Raises: NotFoundError."""
    led(caller, alliance_id)
    found = caller.service.alliances.file(alliance_id, file_id)
    caller.note("alliance.read-file", alliance_id, file=file_id)
    return found


def overlapping(caller: Caller, page: int, size: int) -> Page[OverlapView]:
    """Suspected duplicates and organisations in several alliances."""
    found = Page[Any].of(overlaps(caller.service.alliances.all()), page, size)
    items = [
        OverlapView(kind=o.kind, organisation=o.organisation, alliances=list(o.alliances[:_SHOWN]),
                    words=o.words)
        for o in found.items
    ]  # fmt: skip
    return Page(items=items, total=found.total, page=page, size=size)


def year(caller: Caller, asked: int, pack: str = "") -> YearReport:
    """A year against its plan, with the guards."""
    workspace = caller.snapshot.workspace
    records = Records(
        caller.service.alliances.all(), tuple(challenges_of(caller).values()), workspace.outcomes()
    )
    return year_report(pack_of(pack), records, asked)


def find(caller: Caller, alliance_id: str) -> tuple[Alliance, str]:
    """One with its state. Raises: NotFoundError: there is none that somebody may see."""
    found = caller.service.alliances.find(alliance_id)
    principal = caller.principal
    own = belongs(found[0], principal.organisation_key)
    if not (principal.is_staff or own or _given(principal, found[0])):
        raise _hidden(alliance_id)
    return found


def led(caller: Caller, alliance_id: str) -> Alliance:
    """One whose money and agreements are the caller's matter. Raises: NotFoundError."""
    alliance, _ = find(caller, alliance_id)
    if not may_all(caller, alliance):
        raise _hidden(alliance_id)
    return alliance


def _step(step: Step, full: bool) -> StepView:
    """Who did it and why is not for every member."""
    who, reason = (step.account, step.reason) if full else ("", "")
    return StepView(at=step.at, who=who, move=step.move, reason=reason)


def may_all(caller: Caller, alliance: Alliance) -> bool:
    """Whether money, agreements and steps are somebody's matter: of its lead and staff."""
    return caller.principal.is_staff or caller.principal.belongs_to(alliance.lead_org)


def _given(principal: Principal, alliance: Alliance) -> bool:
    """Whether it is of what a broker or local staff were given, by its lead or its place."""
    return principal.given.covers([alliance.lead_org], alliance.province, alliance.city)


def _hidden(alliance_id: str) -> NotFoundError:
    return NotFoundError("没有这个联盟", given=alliance_id, remedy="核对联盟编号")


def _act(caller: Caller, reason: str = "", key: str = "") -> Act:
    party: Party = "staff" if caller.principal.is_staff else "demand"
    return Act(caller.principal, party, reason, key=key)


def challenges_of(caller: Caller) -> dict[str, Challenge]:
    """All challenges of the workspace, by id."""
    return dict(caller.snapshot.matcher.challenges)


def shown_of(caller: Caller, alliance: Alliance) -> dict[str, Fact]:
    """What the library shows of its members' advantage, looked up once for each import."""

    def work(snapshot: WorkspaceSnapshot) -> Fact | None:
        names = {normalise_organisation(name) for name in research_members(alliance)}
        places = [place for name in names for place in snapshot.own_teams.get(name, ())]
        mine = [snapshot.teams.lines[place].team_id for place in places]
        return advantage_shown(snapshot.matcher, mine, alliance, snapshot.matcher.challenges)

    if not any(key in caller.snapshot.matcher.challenges for key in alliance.challenges):
        return {}
    key = ("advantage", alliance.alliance_id, alliance.members, alliance.challenges)
    fact = caller.service.live.cached(key, work)
    return {} if fact is None else {alliance.alliance_id: fact}


def _line(alliance: Alliance, state: str) -> AllianceLine:
    return AllianceLine(
        alliance_id=alliance.alliance_id, title=alliance.title, lead_org=alliance.lead_org,
        members=list(alliance.members), tech_domain=list(alliance.tech_domain),
        city=alliance.city, state=state, formed_on=alliance.formed_on,
    )  # fmt: skip
