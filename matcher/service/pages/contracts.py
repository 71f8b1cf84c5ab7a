"""The forms by which a contract is filed and what was reached is accepted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.service.access import PAIRED, STAFF, allow
from matcher.service.desk import bids, cases, contracts
from matcher.service.desk.cases import Named
from matcher.service.desk.contracts import AcceptanceAsked, ContractAsked, ContractFields
from matcher.service.pages.again import again, filled_in
from matcher.service.pages.asked import Form, chosen, form_as, new_key, several, texts, uploads
from matcher.service.pages.pairs import NamedSent, pair_page, to_pair
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.text.dates import today

router = guarded_router("/pairs")
_Named = Annotated[Named, Query()]
# Lines for milestones beyond those that are there.
_FREE_LINES = 4


@router.get("/contract")
@allow(PAIRED)
def contract_form(request: Request, caller: CurrentCaller, named: _Named) -> Response:
    """The form of a contract, filled in with what is agreed or was bid."""
    form = filled_in(request)
    found = bids.dossier(caller, named.challenge_id, named.team_id)
    given = {**_agreed(found), "lost": chosen(form)}
    if form is not None:
        given |= {
            **texts(form),
            "targets": several(form, "targets"),
            "milestones": _milestones(form),
        }
    free = [{"due": "", "what": ""}] * _FREE_LINES
    return _shown(request, "contract.html", named, found,
                  {"given": given, "lines": [*given["milestones"], *free],
                   "agreed": found.contract is not None})  # fmt: skip


@router.post("/contract")
@allow(PAIRED)
@again(contract_form, filled=True)
def sign(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """File a contract."""
    fields = form_as(form, ContractFields, milestones=_milestones(form),
                     targets=several(form, "targets"))  # fmt: skip
    contracts.sign(caller, form_as(form, ContractAsked, contract=fields), uploads(form))
    return to_pair(named)


@router.post("/milestone")
@allow(PAIRED)
def reach(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Say that a milestone is done."""
    asked = form_as(form, contracts.MilestoneAsked)
    contracts.reach(caller, asked)
    return to_pair(asked)


@router.post("/handing-in")
@allow(PAIRED)
@again(pair_page, filled=True)
def hand_in(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """Ask for acceptance."""
    contracts.hand_in(caller, form_as(form, contracts.HandingInAsked), uploads(form))
    return to_pair(named)


@router.get("/acceptance")
@allow(STAFF)
def acceptance_form(request: Request, caller: CurrentCaller, named: _Named) -> Response:
    """The form of an acceptance, target by target."""
    form = filled_in(request)
    found = bids.dossier(caller, named.challenge_id, named.team_id)
    case = cases.find(caller, named.challenge_id, named.team_id)
    given: dict[str, Any] = {"reached": [], "result": [], "reason": "", "lost": chosen(form)}
    if form is not None:
        given |= {
            **texts(form),
            "reached": several(form, "reached"),
            "result": several(form, "result"),
        }
    return _shown(request, "acceptance.html", named, found,
                  {"given": given, "today": today(), "targets": contracts.targets(caller, case),
                   "results": contracts.RESULTS})  # fmt: skip


@router.post("/acceptance")
@allow(STAFF)
@again(acceptance_form, filled=True)
def accept(request: Request, caller: CurrentCaller, named: NamedSent, form: Form) -> Response:
    """Accept what was done."""
    reached = [
        {"reached": words, "result": result}
        for words, result in zip(several(form, "reached"), several(form, "result"), strict=False)
    ]
    contracts.accept(caller, form_as(form, AcceptanceAsked, results=reached), uploads(form))
    return to_pair(named)


def _agreed(found: bids.Dossier) -> dict[str, Any]:
    """What is agreed, or what may be agreed by the bid."""
    if found.contract is not None:
        kept = found.contract.model_dump(mode="json")
        return {**kept, "targets": [one.agreed for one in found.contract.targets], "reason": ""}
    bid = found.bids[0].content if found.bids else None
    sides = dict.fromkeys(filter(None, (found.pair.demand_org, found.pair.org_name)))
    return {
        "signed": today(), "number": "", "begins": None, "ends": None, "reason": "",
        "parties": "、".join(sides), "milestones": [],
        "amount_wan": None if bid is None else bid.budget_wan,
        "targets": [] if bid is None else bid.answers,
    }  # fmt: skip


def _shown(
    request: Request, template: str, named: Named, found: bids.Dossier, more: dict[str, Any]
) -> Response:
    query = {"challenge_id": named.challenge_id, "team_id": named.team_id}
    shown = {"found": found, "pair": found.pair, "query": query, "key": new_key(), **more}
    return render(request, template, shown)


def _milestones(form: FormData) -> list[dict[str, str]]:
    """The lines that are filled in."""
    lines = zip(several(form, "due"), several(form, "what"), strict=False)
    return [{"due": due, "what": what} for due, what in lines if due or what]
