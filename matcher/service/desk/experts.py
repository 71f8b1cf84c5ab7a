"""Experts mark the bids of the challenges given to them: alone, and blind to each other's marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from matcher.errors import InputError, NotFoundError
from matcher.policy import is_demand_side
from matcher.procedure import READABLE
from matcher.service.context import Caller
from matcher.service.desk import appraising, asking, bids, contracts
from matcher.service.desk.appraising import MARKED, AppraisalView, OwnAppraisal
from matcher.service.desk.bids import BidView
from matcher.service.desk.cases import Case, Named
from matcher.service.store.dossier import Appraisal
from matcher.service.store.messages import Told
from matcher.service.views import FacetView, Filled, View
from matcher.text.organisations import normalise_organisation

_UNDER_EVALUATION = READABLE - {"已揭榜"}
OPEN = "未评"


class ExpertAsked(Filled):
    """An account that is to mark the bids of a challenge."""

    challenge_id: Annotated[str, Field(min_length=1, max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=100, description="账号", examples=["甲"])]


class ExpertLine(View):
    """How far an expert is with the bids of a challenge."""

    account_id: int
    name: str
    organisation: str
    marked: int
    left_out: Annotated[int, Field(description="回避的揭榜书")]
    asked: int


class ExpertChoice(View):
    """An account of an expert."""

    name: str
    organisation: str


class Experts(View):
    """Who marks the bids of a challenge."""

    challenge_id: str
    experts: list[ExpertLine]
    choices: Annotated[list[ExpertChoice], Field(description="还可以请的专家账号")]


class BidToMark(View):
    """A bid that an expert was given, and how far the expert is."""

    challenge_id: str
    challenge: str
    team_id: str
    team: str
    org_name: str
    status: Annotated[str, Field(description="未评、已评、回避、已结束")]


class BidsToMark(View):
    """All bids an expert was given; those that wait first."""

    bids: list[BidToMark]


class MarkSheet(BidToMark):
    """A bid to be marked by one expert; nobody else's marks are in it."""

    problem: str
    bounty_wan: float | None
    requirements: list[FacetView]
    bid: BidView | None
    barred: Annotated[str, Field(description="为什么必须回避；空为不必")]
    open: Annotated[bool, Field(description="现在可以评")]
    own: AppraisalView | None


@dataclass(frozen=True)
class _Bid:
    """A bid under evaluation, read once: its versions, the last first, and all marks."""

    case: Case
    versions: list[BidView]
    appraisals: tuple[Appraisal, ...]

    @property
    def line(self) -> dict[str, str]:
        """What a list tells of it."""
        case = self.case
        return {
            "challenge_id": case.key[0], "challenge": case.challenge.name, "team_id": case.key[1],
            "team": case.team.name, "org_name": case.team.org_name,
        }  # fmt: skip

    def marks_of(self, expert: str) -> Appraisal | None:
        """What an expert said of it."""
        return next((one for one in self.appraisals if one.expert == expert), None)

    def status(self, expert: str, organisation: str) -> str:
        """How far an expert is with it."""
        own = self.marks_of(expert)
        if own is not None and own.scores:
            return "已评"
        if own is not None or self.barred(organisation):
            return "回避"
        return OPEN if self.case.state in MARKED else "已结束"

    def barred(self, organisation: str) -> str:
        """Why somebody of an organisation has to stand back; empty where nothing says so."""
        if not organisation:
            return ""
        team, challenge = self.case.team, self.case.challenge
        if any(_same(organisation, name) for name in (team.org_name, *team.org_aliases)):
            return f"{organisation}是揭榜单位"
        if _same(organisation, challenge.demand_org):
            return f"{organisation}是需求单位"
        content = self.versions[0].content if self.versions else None
        if content is not None and organisation in f"{content.partners}\n{content.consortium}":
            return f"{organisation}在揭榜书的合作单位里"
        return ""


def page(one: BidToMark) -> str:
    """The path of the page on which a bid is marked."""
    return (
        f"/appraisals/one?{urlencode({'challenge_id': one.challenge_id, 'team_id': one.team_id})}"
    )


def mine(caller: Caller) -> BidsToMark:
    """The bids the caller was given to mark."""
    account_id = caller.principal.account_id
    given = () if account_id is None else appraising.experts_of(caller).tasks_of(account_id)
    name, organisation = caller.principal.name, caller.principal.organisation
    found = [
        BidToMark(**bid.line, status=bid.status(name, organisation))
        for challenge_id in given for bid in _bids(caller, challenge_id)
    ]  # fmt: skip
    return BidsToMark(bids=sorted(found, key=lambda one: one.status != OPEN))


def sheet(caller: Caller, named: Named) -> MarkSheet:
    """A bid with what the caller thinks of it. Raises: NotFoundError: it was not given to it."""
    bid, who = _given(caller, named), caller.principal
    case, own = bid.case, bid.marks_of(who.name)
    return MarkSheet(
        **bid.line, status=bid.status(who.name, who.organisation),
        problem=case.challenge.problem, bounty_wan=case.challenge.bounty_wan,
        requirements=contracts.requirements(case.challenge),
        bid=bid.versions[0] if bid.versions else None, barred=bid.barred(who.organisation),
        open=case.state in MARKED, own=None if own is None else appraising.shown(own),
    )  # fmt: skip


def file(caller: Caller, named: Named, file_id: str) -> tuple[str, bytes]:
    """A file of a bid that the caller marks. Raises: NotFoundError."""
    return bids.file_of(caller, _given(caller, named).case, file_id)


def mark(caller: Caller, asked: OwnAppraisal) -> MarkSheet:
    """Keep what the caller thinks of a bid; who has to stand back gives no scores.

    Raises:
        NotFoundError: it was not given to the caller.
        ConflictError: it is not under evaluation any more.
        InputError: scores are missing.
    """
    bid = _given(caller, asked)
    conflict = asked.conflict or bid.barred(caller.principal.organisation)
    said = asked.model_copy(update={"conflict": conflict})
    appraising.keep(caller, bid.case, said, caller.principal.name)
    return sheet(caller, Named(challenge_id=asked.challenge_id, team_id=asked.team_id))


def experts(caller: Caller, challenge_id: str) -> Experts:
    """Who marks the bids of a challenge, for staff. Raises: NotFoundError: no such challenge."""
    bids.owned_challenge(caller, challenge_id)
    found = _bids(caller, challenge_id)
    demand = caller.snapshot.matcher.challenges[challenge_id].demand_org
    asked = appraising.experts_of(caller).of(challenge_id)
    lines = []
    for one in asked:
        told = [bid.status(one.name, one.organisation) for bid in found]
        lines.append(ExpertLine(
            account_id=one.account_id, name=one.name, organisation=one.organisation,
            marked=told.count("已评"), left_out=told.count("回避"), asked=len(found),
        ))  # fmt: skip
    known = {one.account_id for one in asked}
    choices = [
        ExpertChoice(name=one.name, organisation=one.organisation)
        for one in caller.service.accounts.all()
        if one.role == "expert" and not one.disabled and one.account_id not in known
        and not _same(one.organisation, demand)
    ]  # fmt: skip
    return Experts(challenge_id=challenge_id, experts=lines, choices=choices)


def ask(caller: Caller, asked: ExpertAsked) -> Experts:
    """Give the bids of a challenge to an account to be marked; it is told once.

    Raises:
        NotFoundError: no such challenge, no such account.
        InputError: the account is closed, or of the organisation that posted the challenge.
    """
    name = bids.owned_challenge(caller, asked.challenge_id)
    account = caller.service.accounts.get(asked.name)
    challenge = caller.snapshot.matcher.challenges[asked.challenge_id]
    if _same(account.organisation, challenge.demand_org):
        raise InputError(
            "不能请这个账号评审", given=asked.name, expected="不是需求单位的账号",
            remedy="换一位专家",
        )  # fmt: skip
    told = Told(
        f"expert:{asked.challenge_id}", "case", f"请你评审：{name}",
        "看揭榜书，逐份打分；有利害关系的写明并回避。看不到别人的分。", "/appraisals",
    )  # fmt: skip
    asking.ask(caller, "揭榜书", asked.challenge_id, account, told)
    return experts(caller, asked.challenge_id)


def release(caller: Caller, challenge_id: str, account_id: int) -> Experts:
    """Ask it no longer; what it said stays. Raises: NotFoundError: no such challenge."""
    asking.release(caller, "揭榜书", challenge_id, account_id)
    return experts(caller, challenge_id)


def _given(caller: Caller, named: Named) -> _Bid:
    account_id = caller.principal.account_id
    if appraising.experts_of(caller).find(named.challenge_id, account_id) is not None:
        for bid in _bids(caller, named.challenge_id):
            if bid.case.team.team_id == named.team_id:
                return bid
    raise NotFoundError("没有请你评这份揭榜书", given=named.team_id, remedy="回到列表核对")


def _bids(caller: Caller, challenge_id: str) -> list[_Bid]:
    """The bids of a challenge that are, or were, under evaluation."""
    matcher, dossier = caller.snapshot.matcher, caller.service.dossier
    challenge = matcher.challenges.get(challenge_id)
    return [
        _Bid(Case(challenge, team, pair, ()), bids.versions(caller, pair),
             dossier.appraisals(pair.pair_id))
        for pair in caller.service.pairs.of_challenge(challenge_id)
        if pair.state in _UNDER_EVALUATION and challenge is not None
        and (team := matcher.teams.get(pair.team_id)) is not None
        and not is_demand_side(challenge, team)
    ]  # fmt: skip


def _same(one: str, other: str) -> bool:
    return bool(one and other) and normalise_organisation(one) == normalise_organisation(other)
