"""Namesakes: the evidence of both sides beside each other, to be decided by staff."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import STAFF, allow
from matcher.service.desk import namesakes, queue
from matcher.service.desk.building import BuildAsked
from matcher.service.pages.again import again, fault_of
from matcher.service.pages.asked import (
    Form,
    address,
    form_as,
    linker,
    query_as,
    several,
    texts,
    twin_of,
)
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/staff")


@router.get("/namesakes")
@allow(STAFF)
def questions(request: Request, caller: CurrentCaller) -> Response:
    """What waits to be decided."""
    query = query_as(request, namesakes.NamesakeQuery)
    shown = {
        "query": query,
        "page": namesakes.browse(caller, query),
        "waiting": namesakes.browse(caller, namesakes.NamesakeQuery(size=1)).total,
        "done": request.query_params.get("done", "") if fault_of(request) is None else "",
        "link": linker(request, "/staff/namesakes"),
        "twin": twin_of(request, "/namesakes"),
    }
    return render(request, "namesakes.html", shown)


@router.post("/namesakes")
@allow(STAFF)
@again(questions)
def tell(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Remember what was chosen."""
    chosen = answers_of(form)
    if not chosen:
        raise InputError("没有选", remedy="在要定的几行选“是”“否”或“拿不准”，再点“记住”")
    done = namesakes.tell(caller, form_as(form, namesakes.TellAsked, answers=chosen))
    query = form_as(form, namesakes.NamesakeQuery)
    kept = {"state": query.state, "q": query.q, "page": query.page, "done": done}
    return RedirectResponse(address("/staff/namesakes", kept), 303)


@router.post("/namesakes/rebuilding")
@allow(STAFF)
def rebuild(caller: CurrentCaller) -> Response:
    """Build the teams anew by what was answered."""
    job = queue.submit(caller, "library", BuildAsked())
    return RedirectResponse(f"/staff/jobs/{job.job_id}", 303)


def answers_of(form: FormData) -> list[dict[str, str]]:
    """The rows of a form of namesakes for which something was chosen."""
    given = texts(form)
    pairs = zip(several(form, "one"), several(form, "other"), strict=False)
    return [
        {"one": one, "other": other, "same": given[f"same{number}"]}
        for number, (one, other) in enumerate(pairs)
        if f"same{number}" in given
    ]
