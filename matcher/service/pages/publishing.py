"""Publishing: ticked, looked at as the public will see it, confirmed; corrected and taken down."""

from __future__ import annotations

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError, MatcherError
from matcher.service.access import STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import challenges, publishing
from matcher.service.desk.draft_fields import DraftFields
from matcher.service.pages.again import again, fault_of
from matcher.service.pages.asked import Form, form_as, linker, new_key, query_as, texts, twin_of
from matcher.service.pages.entered import Entered, fields_of, put_back
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import challenge_page

router = guarded_router("/staff")


@router.get("/publishing")
@allow(STAFF)
def pending(request: Request, caller: CurrentCaller) -> Response:
    """What waits to be published, to be ticked."""
    query = query_as(request, publishing.PendingQuery)
    shown = {
        "query": query,
        "page": publishing.pending(caller, query),
        "done": request.query_params.get("done", "") if fault_of(request) is None else "",
        "most": publishing.MOST_AT_ONCE,
        "link": linker(request, "/staff/publishing"),
        "twin": twin_of(request, "/publishing"),
    }
    return render(request, "publishing.html", shown)


@router.post("/publishing/preview")
@allow(STAFF)
def preview(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """What the public will see of those that were ticked."""
    chosen = _chosen(caller, form)
    if not chosen:
        request.state.fault = InputError("没有勾选难题", remedy="勾选要发布的，再点“预览”")
        return pending(request, caller)
    shown = {"previews": publishing.preview(caller, chosen), "key": new_key()}
    return render(request, "publishing_preview.html", shown)


@router.post("/publishing")
@allow(STAFF)
@again(pending)
def publish(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Put them before the public."""
    key = texts(form).get("key", "")[:64]
    done = publishing.publish(caller, form_as(form, publishing.Chosen), key)
    return RedirectResponse(f"/staff/publishing?done={len(done)}", 303)


@router.get("/challenges/{challenge_id:path}/correction")
@allow(STAFF)
def correction_form(request: Request, caller: CurrentCaller, challenge_id: str) -> Response:
    """The fields of a published challenge, to be mended."""
    return _correction(request, caller, challenge_id)


@router.post("/challenges/{challenge_id:path}/correction")
@allow(STAFF)
def correct(request: Request, caller: CurrentCaller, challenge_id: str, form: Form) -> Response:
    """Mend a published challenge, with the reason."""
    fields, given = fields_of(form), texts(form)
    if "put" in form:
        entered = put_back(form)
        return _correction(request, caller, challenge_id, entered, reason=given.get("reason", ""))
    if isinstance(fields, Entered):
        return _correction(request, caller, challenge_id, fields, reason=given.get("reason", ""))
    try:
        asked = form_as(form, publishing.Correction, fields=fields)
        publishing.correct(caller, challenge_id, asked, given.get("version"))
    except MatcherError as error:
        if error.code == "not-found":
            raise
        entered = Entered(fields.model_dump())
        reason = given.get("reason", "")
        return _correction(request, caller, challenge_id, entered, error, reason)
    return _to(challenge_id)


@router.post("/challenges/{challenge_id:path}/state")
@allow(STAFF)
def restate(caller: CurrentCaller, challenge_id: str, form: Form) -> Response:
    """Take down, close, put up again, undo."""
    publishing.restate(caller, challenge_id, form_as(form, publishing.Restated))
    return _to(challenge_id)


def _correction(
    request: Request, caller: Caller, challenge_id: str, entered: Entered | None = None,
    fault: MatcherError | None = None, reason: str = "",
) -> Response:  # fmt: skip
    challenge = challenges.find(caller, challenge_id)
    fields = DraftFields.of(challenge)
    fields = fields.model_copy(update={"source_words": fields.original_words})
    shown = {
        "challenge": challenge,
        "history": publishing.history(caller, challenge_id),
        "entered": entered or Entered(fields.model_dump()),
        "reason": reason,
        "fault": fault,
    }
    status = 422 if entered and entered.faults and fault is None else None
    return render(request, "correction.html", shown, status=status)


def _chosen(caller: Caller, form: FormData) -> list[str]:
    """What was ticked, or everything that was found."""
    if form.get("all"):
        query = form_as(form, publishing.PendingQuery, page=1, size=100)
        found: list[str] = []
        while len(found) < publishing.MOST_AT_ONCE:
            page = publishing.pending(caller, query)
            found += [line.challenge_id for line in page.items]
            if query.page >= page.pages:
                break
            query = query.model_copy(update={"page": query.page + 1})
        return found[: publishing.MOST_AT_ONCE]
    return [str(one) for one in form.getlist("challenge_ids")][: publishing.MOST_AT_ONCE]


def _to(challenge_id: str) -> Response:
    return RedirectResponse(challenge_page(challenge_id), 303)
