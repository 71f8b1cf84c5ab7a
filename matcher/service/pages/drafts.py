"""An enterprise's own challenges: pasted or uploaded, understood, corrected, saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError, MatcherError, ModelError, NotFoundError
from matcher.service.access import DRAFTED, ENTERPRISE, STAFF, allow
from matcher.service.context import Caller
from matcher.service.desk import drafts, publishing, understanding
from matcher.service.desk.draft_fields import DraftFields
from matcher.service.errors import ChangedError, ConflictError, UnreadError
from matcher.service.pages.again import again, fault_of, filled_in
from matcher.service.pages.asked import (
    Form,
    address,
    form_as,
    linker,
    query_as,
    texts,
    twin_of,
    upload,
)
from matcher.service.pages.entered import Entered, fields_of, put_back, rows_changed
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.views import challenge_page

router = guarded_router()
_SAME: Mapping[str, list[str]] = {}


@router.get("/ask")
@allow(ENTERPRISE)
def ask_page(request: Request) -> Response:
    """Paste or upload a challenge."""
    return render(request, "ask.html", {"text": texts(filled_in(request)).get("text", "")})


@router.post("/ask")
@allow(ENTERPRISE.reading_files())
@again(ask_page, InputError, filled=True)
def ask(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """What was understood of it, to be corrected and saved."""
    given = upload(form)
    if given is not None:
        reading = understanding.read_file(caller, *given)
    else:
        reading = understanding.read_text(caller, texts(form).get("text", ""))
    ids = [drafts.new_id() for _ in reading.challenges]
    return render(request, "understood.html", {"reading": reading, "ids": ids, "faults": {}})


@router.get("/drafts")
@allow(DRAFTED)
def draft_list(request: Request, caller: CurrentCaller) -> Response:
    """The drafts of one's own organisation; of staff those in their charge."""
    query = query_as(request, drafts.DraftQuery)
    shown = {
        "query": query,
        "page": drafts.browse(caller, query),
        "states": get_args(drafts.DraftState),
        "link": linker(request),
        "twin": twin_of(request),
    }
    return render(request, "drafts.html", shown)


@router.post("/drafts")
@allow(ENTERPRISE)
def save_new(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Keep what was understood as a draft, and go on to its teams if asked."""
    fields, draft_id = fields_of(form), texts(form).get("draft_id", "")
    if "put" in form:
        return _unsaved(request, draft_id, put_back(form))
    if isinstance(fields, Entered):
        return _unsaved(request, draft_id, fields)
    try:
        made = drafts.create(caller, fields, draft_id)
    except InputError as error:
        return _unsaved(request, draft_id, Entered(fields.model_dump(), {"title": error.what}))
    except ChangedError as error:
        return _overtaken(request, caller, draft_id, fields, error)
    return _onward(form, made.draft_id)


@router.get("/drafts/{draft_id}")
@allow(DRAFTED)
def draft_page(request: Request, caller: CurrentCaller, draft_id: str) -> Response:
    """A draft: what is understood of it, and its fields."""
    return _draft(request, caller, draft_id)


@router.post("/drafts/{draft_id}")
@allow(ENTERPRISE)
def change(request: Request, caller: CurrentCaller, draft_id: str, form: Form) -> Response:
    """Write a draft anew."""
    if "put" in form:
        return _with_put_back(request, caller, draft_id, form)
    fields = fields_of(form)
    if isinstance(fields, Entered):
        return _draft(request, caller, draft_id, fields)
    return _changed(request, caller, draft_id, fields, form)


@router.post("/drafts/{draft_id}/submission")
@allow(ENTERPRISE)
def submit(request: Request, caller: CurrentCaller, draft_id: str, form: Form) -> Response:
    """Keep what the form holds, where it is sent along, and hand it to staff."""
    fields = fields_of(form) if "title" in form else None
    if isinstance(fields, Entered):
        return _draft(request, caller, draft_id, fields)
    try:
        drafts.submit(caller, draft_id, _read(form), fields)
    except InputError as error:
        assert fields is not None
        return _draft(
            request, caller, draft_id, Entered(fields.model_dump(), {"title": error.what})
        )
    except ChangedError as error:
        if fields is not None:
            return _overtaken(request, caller, draft_id, fields, error)
        return _draft(request, caller, draft_id, fault=error)
    except ConflictError as error:
        return _draft(request, caller, draft_id, fault=error)
    return RedirectResponse(f"/drafts/{draft_id}", 303)


@router.post("/drafts/{draft_id}/recall")
@allow(ENTERPRISE)
@again(draft_page, ChangedError, ConflictError)
def recall(request: Request, caller: CurrentCaller, draft_id: str, form: Form) -> Response:
    """Take it back to write on."""
    drafts.recall(caller, draft_id, _read(form))
    return RedirectResponse(f"/drafts/{draft_id}", 303)


@router.post("/drafts/{draft_id}/return")
@allow(STAFF)
@again(draft_page, but=(NotFoundError, UnreadError))
def send_back(request: Request, caller: CurrentCaller, draft_id: str, form: Form) -> Response:
    """Give it back to be mended."""
    drafts.send_back(caller, draft_id, form_as(form, drafts.Returned), _read(form))
    return RedirectResponse(f"/drafts/{draft_id}", 303)


@router.post("/drafts/{draft_id}/deletion")
@allow(ENTERPRISE)
@again(draft_page, ChangedError)
def delete(request: Request, caller: CurrentCaller, draft_id: str, form: Form) -> Response:
    """Throw it away."""
    drafts.delete(caller, draft_id, _read(form))
    return RedirectResponse("/drafts", 303)


@router.post("/drafts/{draft_id}/publication")
@allow(STAFF)
@again(draft_page, but=(NotFoundError,), filled=True)
def publish(request: Request, caller: CurrentCaller, draft_id: str, form: Form) -> Response:
    """Put it on the list under a number."""
    number, at_once = texts(form).get("challenge_id", ""), form.get("then") != "wait"
    made = drafts.publish(caller, draft_id, number, _read(form), at_once)
    return RedirectResponse(challenge_page(made.challenge_id), 303)


def _draft(
    request: Request, caller: Caller, draft_id: str, entered: Entered | None = None,
    fault: MatcherError | None = None,
) -> Response:  # fmt: skip
    """A draft; where the fault may be of its number, the form that was sent holds that."""
    fault, sent = fault or fault_of(request), filled_in(request)
    number = None if sent is None else texts(sent).get("challenge_id", "")
    draft = drafts.view(caller, draft_id)
    understood = understanding.understand(caller, draft.fields.challenge(draft_id))
    said = {"source_words": draft.fields.source_words}
    shown = {
        "draft": draft,
        "entered": entered or Entered({**understood.fields.model_dump(), **said}),
        "understood": understood,
        "fault": fault,
        "number": publishing.next_number(caller.snapshot.states) if number is None else number,
        "unusable": fault.what if number is not None and fault and fault.code != "changed" else "",
        "writable": drafts.is_writable(caller, draft),
        "gone": request.query_params.getlist("gone"),
        "read": request.query_params.getlist("read"),
        "twin": twin_of(request, f"/drafts/{draft_id}"),
    }
    status = 422 if entered and entered.faults and fault is None else None
    return render(request, "draft.html", shown, status=status)


def _changed(
    request: Request, caller: Caller, draft_id: str, fields: DraftFields, form: FormData
) -> Response:
    """A draft written anew, or the page again with what keeps that from being done."""
    try:
        drafts.change(caller, draft_id, fields, _read(form))
    except InputError as error:
        return _draft(
            request, caller, draft_id, Entered(fields.model_dump(), {"title": error.what})
        )
    except ChangedError as error:
        return _overtaken(request, caller, draft_id, fields, error)
    except ConflictError as error:
        return _draft(request, caller, draft_id, fault=error)
    if form.get("then") == "ask":
        try:
            understanding.ask_model(caller, fields.challenge(draft_id))
        except (InputError, ModelError) as error:
            return _draft(request, caller, draft_id, fault=error)
    return _onward(form, draft_id, rows_changed(form, fields))


def _with_put_back(request: Request, caller: Caller, draft_id: str, form: FormData) -> Response:
    """A draft as it was filled in, with the words of the source in one field; not yet kept."""
    entered = put_back(form)
    try:
        drafts.check_version(caller, draft_id, _read(form))
    except ChangedError as error:
        return _draft(request, caller, draft_id, entered, _still_there(error))
    return _draft(request, caller, draft_id, entered)


def _unsaved(request: Request, draft_id: str, entered: Entered) -> Response:
    """A new draft as it was filled in, with what is wrong with it."""
    shown = {"entered": entered, "draft_id": draft_id}
    return render(request, "draft_form.html", shown, status=422 if entered.faults else 200)


def _overtaken(
    request: Request, caller: Caller, draft_id: str, fields: DraftFields, error: ChangedError
) -> Response:
    """A draft that holds something else by now, with what was to be written over it."""
    entered = Entered(fields.model_dump())
    return _draft(request, caller, draft_id, entered, _still_there(error))


def _still_there(error: ChangedError) -> ChangedError:
    return ChangedError(
        error.what, given=error.given,
        remedy="你填的内容还在下面，尚未保存；另开一页看现在的内容，再按保存就以你的为准",
    )  # fmt: skip


def _read(form: FormData) -> drafts.Versions:
    """Which version the page showed. Raises: UnreadError: the form does not say."""
    version = texts(form).get("version")
    if version is None:
        raise UnreadError("表单不完整", remedy="重新打开草稿，在那里改")
    return [version]


def _onward(form: FormData, draft_id: str, changed: Mapping[str, list[str]] = _SAME) -> Response:
    if form.get("then") == "teams":
        return RedirectResponse(f"/challenges/{draft_id}/teams", 303)
    return RedirectResponse(address(f"/drafts/{draft_id}", changed), 303)
