"""Pairs: the list of each side, one pair with its moves, the form of a bid."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.procedure import PAIR
from matcher.service.access import BROKER, ENTERPRISE, PAIRED, STAFF, WATCHED, allow
from matcher.service.api.routing import attachment
from matcher.service.context import Caller
from matcher.service.desk import appraising, bids, bids_beside, cases, experts, pairs
from matcher.service.desk.appraising import CRITERIA
from matcher.service.desk.bids import BidFields
from matcher.service.desk.cases import Named
from matcher.service.desk.pairs import SHOWN, MoveAsked
from matcher.service.pages.again import again, fault_of, filled_in
from matcher.service.pages.asked import (
    Form,
    address,
    chosen,
    form_as,
    linker,
    new_key,
    query_as,
    sent,
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
NamedSent = Annotated[Named, sent(Named)]
_Move = Annotated[MoveAsked, sent(MoveAsked)]
# What brings a pair on stands before what ends it.
_FORWARD = frozenset({"立项", "递补", "进入评审", "选定", "提请验收"})
# Moves that have a form of their own.
_BIDDING, _FILING = ("揭榜", "修改揭榜书"), ("签约", "更改合同", "验收")


@router.get("")
@allow(WATCHED)
def pair_list(request: Request, caller: CurrentCaller) -> Response:
    """What is under way, what is new first; of one challenge in its order."""
    return _pairs(request, caller, query_as(request, cases.PairQuery))


def pairs_of(request: Request, caller: Caller, form: FormData) -> Response:
    """The pairs of the challenge that a form is about."""
    challenge = texts(form).get("challenge_id", "")
    return _pairs(request, caller, cases.PairQuery(challenge=challenge))


def _pairs(request: Request, caller: Caller, query: cases.PairQuery) -> Response:
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
        "typed": texts(filled_in(request)),
        "today": today().isoformat(),
        "shown": SHOWN,
        "criteria": CRITERIA,
        "key": new_key(),
        "here": address("/pairs/one", query),
        "bid_at": address("/pairs/bid", query),
        "contract_at": address("/pairs/contract", query),
        "acceptance_at": address("/pairs/acceptance", query),
        "query": query,
        "lost": chosen(filled_in(request)),
        "twin": address("/api/v1/pairs/one", query),
    }
    return render(request, "pair.html", shown)


@router.post("/move")
@allow(PAIRED)
@again(pair_page, filled=True)
def move(request: Request, caller: CurrentCaller, named: _Move, form: Form) -> Response:
    """Make a move."""
    pairs.move(caller, named)
    return to_pair(named)


@router.post("/recommendation")
@allow(BROKER)
@again(pair_page, filled=True)
def recommend(request: Request, caller: CurrentCaller, named: _Move, form: Form) -> Response:
    """A broker recommends a team, or takes it back."""
    pairs.move(caller, named)
    return to_pair(named)


@router.post("/undo")
@allow(STAFF)
@again(pair_page)
def undo(
    request: Request, caller: CurrentCaller,
    named: Annotated[MoveAsked, sent(MoveAsked, move="撤销")],
) -> Response:  # fmt: skip
    """Undo the last step."""
    pairs.undo(caller, named)
    return to_pair(named)


@router.get("/bid")
@allow(PAIRED)
def bid_form(request: Request, caller: CurrentCaller, named: _Named) -> Response:
    """The form of a bid, filled in with the last one."""
    form = filled_in(request)
    found = bids.dossier(caller, named.challenge_id, named.team_id)
    last = found.bids[0].content if found.bids else BidFields.model_construct(statement="")
    shown = {
        "found": found,
        "pair": found.pair,
        "may_bid": fault_of(request) is not None
        or any(m.name in _BIDDING for m in found.pair.moves),
        "given": {"agree": "", **last.model_dump(), **texts(form)},
        "answers": last.answers if form is None else several(form, "answers"),
        "files": found.bids[0].files if found.bids else [],
        "removed": several(form, "removed"),
        "lost": chosen(form),
        "key": new_key(),
        "query": {"challenge_id": named.challenge_id, "team_id": named.team_id},
    }
    return render(request, "bid.html", shown)


@router.post("/bid")
@allow(PAIRED)
@again(bid_form, filled=True)
def place(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """Hand a bid in."""
    asked = form_as(
        form,
        bids.BidAsked,
        bid=form_as(form, BidFields, answers=several(form, "answers")),
        removed=several(form, "removed"),
    )
    bids.place(caller, asked, uploads(form))
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
@again(pair_page)
def consent(
    request: Request, caller: CurrentCaller,
    named: Annotated[bids.ConsentAsked, sent(bids.ConsentAsked)],
) -> Response:  # fmt: skip
    """Agree to the terms."""
    bids.consent(caller, named)
    return to_pair(named)


@router.post("/appraisal")
@allow(STAFF)
@again(pair_page)
def appraise(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """Enter what an expert thinks."""
    scores = [v for v in form.getlist("scores") if str(v).strip()]
    appraising.appraise(caller, form_as(form, appraising.AppraisalAsked, scores=scores))
    return to_pair(named)


@router.post("/follow-up")
@allow(PAIRED)
@again(pair_page)
def follow(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """Note a day to come back on."""
    bids.follow(caller, form_as(form, bids.FollowAsked))
    return to_pair(named)


def to_pair(named: Named) -> Response:
    """Back to the page of a pair."""
    query = {"challenge_id": named.challenge_id, "team_id": named.team_id}
    return RedirectResponse(address("/pairs/one", query), 303)
