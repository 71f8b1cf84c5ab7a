"""Pages of the yearly evaluation: the evaluator's own marks, and the whole for staff."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Path, Request
from pydantic import Field, ValidationError
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.report.tables.alliances import evaluation_tables
from matcher.service.access import SIGNED_IN, STAFF, allow
from matcher.service.desk import evaluating
from matcher.service.errors import ConflictError
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, faults_of, form_as, texts
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router()
_Year = Annotated[int, Path(ge=1949, le=2100)]
_Id = Annotated[str, Field(max_length=200)]


@router.get("/evaluations/{year}")
@allow(SIGNED_IN)
def own(request: Request, caller: CurrentCaller, year: _Year) -> Response:
    """The alliances one is asked to mark."""
    shown = {"year": year, "own": evaluating.mine(caller, year),
             "twin": f"/api/v1/evaluations/{year}/marks"}  # fmt: skip
    return render(request, "evaluations.html", shown)


@router.post("/evaluations/{year}")
@allow(SIGNED_IN)
@again(own, InputError)
def hand_in(request: Request, caller: CurrentCaller, year: _Year) -> Response:
    """Hand the marks of the year in."""
    evaluating.hand_in(caller, year)
    return RedirectResponse(f"/evaluations/{year}", 303)


@router.get("/evaluations/{year}/{alliance_id:path}")
@allow(SIGNED_IN)
def marking(request: Request, caller: CurrentCaller, year: _Year, alliance_id: _Id) -> Response:
    """The sheet of one alliance, with the record beside the marks."""
    shown = {"one": evaluating.form(caller, year, alliance_id),
             "twin": f"/api/v1/evaluations/{year}/marks/{quote(alliance_id, safe='')}"}  # fmt: skip
    return render(request, "evaluation_marks.html", shown)


@router.post("/evaluations/{year}/{alliance_id:path}")
@allow(SIGNED_IN)
@again(marking, InputError, ConflictError)
def mark(
    request: Request, caller: CurrentCaller, year: _Year, alliance_id: _Id, form: Form
) -> Response:
    """Keep the marks."""
    evaluating.save(caller, year, alliance_id, _marks(texts(form)))
    return RedirectResponse(f"/evaluations/{year}", 303)


@router.get("/staff/evaluations/{year}")
@allow(STAFF)
def whole(request: Request, caller: CurrentCaller, year: _Year) -> Response:
    """Who marks, how far they are, what came of it."""
    found = evaluating.result(caller, year)
    shown = {
        "found": evaluating.overview(caller, year),
        "places": found.places if found else (),
        "tables": evaluation_tables(found)[1:] if found else (),
        "twin": f"/api/v1/evaluations/{year}",
    }  # fmt: skip
    return render(request, "evaluation.html", shown)


@router.post("/staff/evaluations/{year}/evaluators")
@allow(STAFF)
@again(whole)
def ask(request: Request, caller: CurrentCaller, year: _Year, form: Form) -> Response:
    """Ask an account to mark, or no longer."""
    given = texts(form)
    if given.get("release", "").isdigit():
        evaluating.release(caller, year, int(given["release"]))
    elif given.get("back", "").isdigit():
        evaluating.give_back(caller, year, int(given["back"]))
    else:
        evaluating.ask(caller, year, form_as(form, evaluating.EvaluatorAsked))
    return RedirectResponse(f"/staff/evaluations/{year}", 303)


def _marks(given: dict[str, str]) -> evaluating.MarksAsked:
    """The fields of the sheet: ``s:`` and ``r:`` before the id of an indicator."""
    scores = {n[2:]: v for n, v in given.items() if n.startswith("s:") and v.strip()}
    reasons = {n[2:]: v for n, v in given.items() if n.startswith("r:") and v.strip()}
    try:
        return evaluating.MarksAsked.model_validate(
            {"scores": scores, "reasons": reasons, "conflict": given.get("conflict", "")}
        )
    except ValidationError as error:
        raise InputError(
            "有分数或理由不能用", given="、".join(faults_of(error).values()),
            expected="不小于 0 的数，理由不超过 500 字", remedy="改正后再提交",
        ) from None  # fmt: skip
