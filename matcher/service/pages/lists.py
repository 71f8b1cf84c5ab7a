"""From lists to teams: choose files, look at what would come of them, build."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import STAFF, UNIVERSITY, allow
from matcher.service.desk import lists
from matcher.service.desk.lists import ListsView
from matcher.service.pages.again import again
from matcher.service.pages.asked import (
    Form,
    form_as,
    linker,
    query_as,
    texts,
    twin_of,
    uploads,
)
from matcher.service.pages.namesakes import answers_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/lists")


@router.get("")
@allow(UNIVERSITY)
def page(request: Request, caller: CurrentCaller) -> Response:
    """Choose files; those chosen before."""
    shown = {
        "page": lists.browse(caller, query_as(request, lists.ListQuery)),
        "link": linker(request, "/lists"), "twin": twin_of(request, "/lists"),
        "most": lists.MOST_FILES,
    }  # fmt: skip
    return render(request, "lists.html", shown)


@router.post("")
@allow(UNIVERSITY.reading_files())
@again(page, InputError)
def upload(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Take files up and look what would come of them."""
    given = texts(form)
    organisation = given.get("organisation", "")
    if "import_id" in given and caller.principal.is_staff:
        return _to(lists.again(caller, given["import_id"], organisation))
    return _to(lists.start(caller, uploads(form), organisation))


@router.get("/{list_id}")
@allow(UNIVERSITY)
def one(request: Request, caller: CurrentCaller, list_id: str) -> Response:
    """What would come of them, or came."""
    shown = lists.view(caller, list_id)
    told = {tuple(sorted((one.one, one.other))): one.same for one in shown.answers}
    context = {"lists": shown, "told": told, "twin": twin_of(request)}
    return render(request, "list.html", context)


@router.post("/{list_id}/commitment")
@allow(UNIVERSITY)
@again(one)
def build(request: Request, caller: CurrentCaller, list_id: str, form: Form) -> Response:
    """Build, or hand in."""
    asked = form_as(form, lists.ListsAnswer, answers=answers_of(form))
    return _to(lists.commit(caller, list_id, asked))


@router.post("/{list_id}/return")
@allow(STAFF)
@again(one)
def give_back(request: Request, caller: CurrentCaller, list_id: str, form: Form) -> Response:
    """Give back what was handed in."""
    return _to(lists.give_back(caller, list_id, form_as(form, lists.ListsReturn)))


def _to(made: ListsView) -> Response:
    return RedirectResponse(f"/lists/{made.list_id}", 303)
