"""Pairs: the list of each side, one pair with its moves, the form of a bid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.errors import MatcherError
from matcher.procedure import PAIR
from matcher.service.access import BROKER, ENTERPRISE, PAIRED, STAFF, WATCHED, allow
from matcher.service.api.routing import attachment
from matcher.service.context import Caller
from matcher.service.desk import appraising, bids, bids_beside, cases, experts, pairs
from matcher.service.desk.appraising import CRITERIA
from matcher.service.desk.bids import BidFields
from matcher.service.desk.cases import Named
from matcher.service.desk.pairs import SHOWN, MoveAsked
from matcher.service.pages.asked import (
    Form,
    address,
    chosen,
    form_as,
    linker,
    new_key,
    query_as,
    several,
    texts,
    twin_of,
    uploads,
)
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.text.dates import today

router = guarded_router("/pairs")
_Named = Annotated[Named, Query()]
# Moves that have a form of their own.
_NOTHING_TYPED: Mapping[str, str] = {}
# What brings a pair on stands before what ends it.
_FORWARD = frozenset({"立项", "递补", "进入评审", "选定", "提请验收"})
_BIDDING, _FILING = ("揭榜", "修改揭榜书"), ("签约", "更改合同", "验收")


@router.get("")
@allow(WATCHED)
def pair_list(request: Request, caller: CurrentCaller) -> Response:
    """What is under way, what is new first; of one challenge in its order."""
    return _pairs(request, caller, query_as(request, cases.PairQuery))


def pairs_of(
    request: Request, caller: Caller, challenge: str, fault: MatcherError | None = None
) -> Response:
    """The pairs of a challenge, with what was wrong in a form that stands there."""
    return _pairs(request, caller, cases.PairQuery(challenge=challenge), fault)


def _pairs(
    request: Request, caller: Caller, query: cases.PairQuery, fault: MatcherError | None = None
) -> Response:
    hosts = caller.principal.role in ENTERPRISE.roles
    own = not query.challenge or not hosts
    staff = caller.principal.is_staff and not own
    asking = experts.experts(caller, query.challenge) if staff else None
    shown = {
        "query": query,
        "page": pairs.browse(caller, query),
        "states": PAIR.states,
        "name": "" if own else bids.owned_challenge(caller, query.challenge),
        "secret": None if own else bids.secret_of(caller, query.challenge),
        "beside": [] if own else bids_beside.beside(caller, query.challenge),
        "experts": None if asking is None else asking.experts,
        "choices": [] if asking is None else asking.choices,
        "fault": fault,
        "link": linker(request, "/pairs"),
        "twin": twin_of(request, "/pairs"),
    }
    return render(request, "pairs.html", shown)


@router.get("/bids")
@allow(ENTERPRISE)
def bids_side_by_side(
    request: Request, caller: CurrentCaller, challenge: Annotated[str, Query(max_length=200)]
) -> Response:
    """The bids of a challenge against each of its requirements, to be read or printed."""
    found = bids_beside.table(caller, challenge)
    promised = [{one.label: one for one in bid.promises} for bid in found.bids]
    shown = {
        "found": found,
        "rows": [(facet, [kept.get(facet.label) for kept in promised])
                 for facet in found.requirements],
        "twin": address("/api/v1/pairs/bids", {"challenge": challenge}),
    }  # fmt: skip
    return render(request, "bids_beside.html", shown)


@router.get("/one")
@allow(WATCHED)
def pair_page(request: Request, caller: CurrentCaller, named: _Named) -> Response:
    """One pair: where it stands, what may be done, what was done."""
    return pair_with(request, caller, named)


@router.post("/move")
@allow(PAIRED)
def move(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Make a move."""
    return _moved(request, caller, form)


@router.post("/recommendation")
@allow(BROKER)
def recommend(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A broker recommends a team, or takes it back."""
    return _moved(request, caller, form)


@router.post("/undo")
@allow(STAFF)
def undo(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Undo the last step."""
    asked = form_as(form, MoveAsked, move="撤销")
    try:
        pairs.undo(caller, asked)
    except MatcherError as error:
        return pair_with(request, caller, asked, error)
    return to_pair(asked)


@router.get("/bid")
@allow(PAIRED)
def bid_form(request: Request, caller: CurrentCaller, named: _Named) -> Response:
    """The form of a bid, filled in with the last one."""
    return _bid(request, caller, named)


@router.post("/bid")
@allow(PAIRED)
def place(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Hand a bid in."""
    named = form_as(form, Named)
    try:
        asked = form_as(
            form,
            bids.BidAsked,
            bid=form_as(form, BidFields, answers=several(form, "answers")),
            removed=several(form, "removed"),
        )
        bids.place(caller, asked, uploads(form))
    except MatcherError as error:
        return _bid(request, caller, named, error, form)
    return to_pair(named)


@router.get("/files/{file_id}")
@allow(PAIRED)
def bid_file(caller: CurrentCaller, file_id: str, named: _Named) -> Response:
    """A file of a bid."""
    name, content = bids.file(caller, named, file_id)
    return attachment(content, name, "application/octet-stream")


@router.post("/secret")
@allow(ENTERPRISE)
def keep_secret(caller: CurrentCaller, form: Form) -> Response:
    """Keep what is confidential of a challenge."""
    asked = form_as(form, bids.SecretAsked)
    bids.keep_secret(caller, asked)
    return RedirectResponse(address("/pairs", {"challenge": asked.challenge_id}), 303)


@router.post("/consent")
@allow(PAIRED)
def consent(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Agree to the terms."""
    asked = form_as(form, bids.ConsentAsked)
    try:
        bids.consent(caller, asked)
    except MatcherError as error:
        return pair_with(request, caller, asked, error)
    return to_pair(asked)


@router.post("/appraisal")
@allow(STAFF)
def appraise(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Enter what an expert thinks."""
    named = form_as(form, Named)
    scores = [v for v in form.getlist("scores") if str(v).strip()]
    try:
        appraising.appraise(caller, form_as(form, appraising.AppraisalAsked, scores=scores))
    except MatcherError as error:
        return pair_with(request, caller, named, error)
    return to_pair(named)


@router.post("/follow-up")
@allow(PAIRED)
def follow(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Note a day to come back on."""
    named = form_as(form, Named)
    try:
        bids.follow(caller, form_as(form, bids.FollowAsked))
    except MatcherError as error:
        return pair_with(request, caller, named, error)
    return to_pair(named)


def _moved(request: Request, caller: Caller, form: FormData) -> Response:
    asked = form_as(form, MoveAsked)
    try:
        pairs.move(caller, asked)
    except MatcherError as error:
        return pair_with(request, caller, asked, error, typed=texts(form))
    return to_pair(asked)


def pair_with(
    request: Request, caller: Caller, named: Named, fault: MatcherError | None = None,
    lost: Sequence[str] = (), typed: Mapping[str, str] = _NOTHING_TYPED,
) -> Response:  # fmt: skip
    """The page of a pair, with what was wrong in a form that stands there, and its files.

    Args:
        typed: of a move that was refused: it stands in its form again.
    """
    found = bids.dossier(caller, named.challenge_id, named.team_id)
    pair = found.pair
    query = {"challenge_id": pair.challenge_id, "team_id": pair.team_id}
    shown = {
        "found": found,
        "pair": pair,
        "bidding": [m.name for m in pair.moves if m.name in _BIDDING],
        "filing": [m.name for m in pair.moves if m.name in _FILING],
        "moves": sorted(
            (m for m in pair.moves if m.name not in (*_BIDDING, *_FILING, "完成里程碑")),
            key=lambda move: move.name not in _FORWARD,
        ),
        "typed": typed,
        "today": today().isoformat(),
        "shown": SHOWN,
        "criteria": CRITERIA,
        "key": new_key(),
        "here": address("/pairs/one", query),
        "bid_at": address("/pairs/bid", query),
        "contract_at": address("/pairs/contract", query),
        "acceptance_at": address("/pairs/acceptance", query),
        "query": query,
        "lost": lost,
        "fault": fault,
        "twin": address("/api/v1/pairs/one", query),
    }
    return render(request, "pair.html", shown)


def _bid(
    request: Request, caller: Caller, named: Named, fault: MatcherError | None = None,
    form: FormData | None = None,
) -> Response:  # fmt: skip
    found = bids.dossier(caller, named.challenge_id, named.team_id)
    last = found.bids[0].content if found.bids else BidFields.model_construct(statement="")
    values = last.model_dump() if form is None else {**last.model_dump(), **texts(form)}
    shown = {
        "found": found,
        "pair": found.pair,
        "may_bid": fault is not None or any(m.name in _BIDDING for m in found.pair.moves),
        "given": {"agree": "", **values},
        "answers": several(form, "answers") if form is not None else last.answers,
        "files": found.bids[0].files if found.bids else [],
        "removed": [] if form is None else several(form, "removed"),
        "lost": chosen(form),
        "key": new_key(),
        "query": {"challenge_id": named.challenge_id, "team_id": named.team_id},
        "fault": fault,
    }
    return render(request, "bid.html", shown)


def to_pair(named: Named) -> Response:
    """Back to the page of a pair."""
    query = {"challenge_id": named.challenge_id, "team_id": named.team_id}
    return RedirectResponse(address("/pairs/one", query), 303)
