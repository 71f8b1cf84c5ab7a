"""Pages of alliances: the list, one in full, and a year for staff."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Request
from pydantic import Field, ValidationError
from starlette.responses import RedirectResponse, Response

from matcher.alliances import ALLIANCE
from matcher.errors import InputError
from matcher.report.tables.alliances import year_tables
from matcher.service.access import ENTERPRISE, SIGNED_IN, STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import advising, alliance_editing, alliances, evaluating, signed
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.pages.again import again, fault_of, filled_in
from matcher.service.pages.asked import (
    Form,
    faults_of,
    form_as,
    linker,
    new_key,
    query_as,
    texts,
    twin_of,
    upload,
)
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.text.dates import today

router = guarded_router()
_Id = Annotated[str, Field(max_length=200)]
_OVERLAPS = 20


@router.get("/alliances")
@allow(SIGNED_IN)
def listing(request: Request, caller: CurrentCaller) -> Response:
    """The alliances somebody may see, and the form of a new one."""
    query = query_as(request, alliances.AllianceQuery)
    shown = {
        "page": alliances.browse(caller, query), "query": query, "states": ALLIANCE.states,
        "given": texts(filled_in(request)), "marking": evaluating.years(caller),
        "link": linker(request, "/alliances"),
        "twin": twin_of(request, "/alliances"),
    }  # fmt: skip
    return render(request, "alliances.html", shown)


@router.post("/alliances")
@allow(ENTERPRISE)
@again(listing, filled=True)
def form_one(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """A match becomes an alliance."""
    made = alliances.form(caller, form_as(form, alliances.NewAlliance))
    return RedirectResponse(_place(made.alliance_id), 303)


@router.get("/alliances/{alliance_id:path}/editing")
@allow(ENTERPRISE)
def editing(request: Request, caller: CurrentCaller, alliance_id: _Id) -> Response:
    """The alliance as a form."""
    given = texts(filled_in(request))
    if isinstance(fault_of(request), ChangedError):
        given["version"] = ""
    found = alliance_editing.form(caller, alliance_id)
    shown = {"one": found, "given": given,
             "twin": f"/api/v1/alliances/{quote(alliance_id, safe='')}/form"}  # fmt: skip
    return render(request, "alliance_form.html", shown)


@router.get("/alliances/{alliance_id:path}")
@allow(SIGNED_IN)
def one(
    request: Request, caller: CurrentCaller, alliance_id: _Id,
    year: Annotated[int | None, Query(ge=1949, le=2100)] = None,
) -> Response:  # fmt: skip
    """One alliance: conditions, members, steps; money and agreements for its lead and staff."""
    found = alliances.view(caller, alliance_id)
    shown = {
        "one": found, "key": new_key(),
        "signed": [] if found.agreed_on or not found.full
        else signed.signed_for(caller, found.challenges),
        "advised": advising.programmes(caller, alliance_id, year) if found.full else None,
        "twin": f"/api/v1/alliances/{quote(alliance_id, safe='')}",
    }  # fmt: skip
    return render(request, "alliance.html", shown)


@router.post("/alliances/{alliance_id:path}/moves")
@allow(ENTERPRISE)
@again(one)
def move(request: Request, caller: CurrentCaller, alliance_id: _Id, form: Form) -> Response:
    """Make a step."""
    asked = form_as(form, alliances.MoveAsked)
    alliances.move(caller, alliance_id, asked, texts(form).get("key", ""))
    return RedirectResponse(_place(alliance_id), 303)


@router.post("/alliances/{alliance_id:path}/undoing")
@allow(STAFF)
@again(one)
def undo(request: Request, caller: CurrentCaller, alliance_id: _Id, form: Form) -> Response:
    """Take the last step back."""
    alliances.undo(caller, alliance_id, texts(form).get("reason", "")[:500])
    return RedirectResponse(_place(alliance_id), 303)


@router.post("/alliances/{alliance_id:path}/files")
@allow(ENTERPRISE)
@again(one)
def add_file(request: Request, caller: CurrentCaller, alliance_id: _Id, form: Form) -> Response:
    """Keep an agreement."""
    given = upload(form)
    if given is None:
        raise InputError("没有选文件", remedy="选一个协议文件再提交")
    alliances.keep_file(caller, alliance_id, *given)
    return RedirectResponse(_place(alliance_id), 303)


@router.post("/alliances/{alliance_id:path}/editing")
@allow(ENTERPRISE)
@again(editing, InputError, ConflictError, ChangedError, filled=True)
def edit(request: Request, caller: CurrentCaller, alliance_id: _Id, form: Form) -> Response:
    """Change it; what cannot be used comes back beside what was entered."""
    alliance_editing.save(caller, alliance_id, _edits(caller, texts(form)))
    return RedirectResponse(_place(alliance_id), 303)


@router.get("/staff/alliances")
@allow(STAFF)
def year(
    request: Request, caller: CurrentCaller,
    year: Annotated[int | None, Query(ge=1949, le=2100)] = None,
) -> Response:  # fmt: skip
    """A year against its plan, the guards, what overlaps, and the form of an import."""
    asked = year or today().year
    shown = {
        "year": asked, "tables": year_tables(alliances.year(caller, asked)),
        "overlaps": alliances.overlapping(caller, 1, _OVERLAPS),
        "twin": f"/api/v1/alliances/years/{asked}",
    }  # fmt: skip
    return render(request, "alliances_year.html", shown)


def _place(alliance_id: str) -> str:
    return f"/alliances/{quote(alliance_id, safe='')}"


def _edits(caller: Caller, given: dict[str, str]) -> alliance_editing.EditAsked:
    """The fields: ``f:`` before a field, ``g<row>:`` before one of a sum, ``i<row>:`` an income."""
    values = {n[2:]: text for n, text in given.items() if n.startswith("f:")}
    values.setdefault("asks", "")  # nothing ticked is not sent
    rows: dict[str, dict[str, dict[str, str]]] = {"g": {}, "i": {}}
    for name, text in given.items():
        row, colon, field = name.partition(":")
        if colon and row[:1] in rows:
            rows[row[:1]].setdefault(row, {})[field] = text
    grants = list(rows["g"].values()) if caller.principal.is_staff else None
    incomes = list(rows["i"].values()) or None
    try:
        return alliance_editing.EditAsked(
            version=given.get("version", ""), values=values, grants=grants, incomes=incomes
        )
    except ValidationError as error:
        why = "、".join(faults_of(error).values())
        raise InputError("有栏目太长", given=why, remedy="缩短后再提交") from None
