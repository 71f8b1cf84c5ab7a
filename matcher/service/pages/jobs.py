"""Files in and reports out: imports with their preview, background jobs, downloads."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.corpora.headers.kinds import READABLE
from matcher.corpora.headers.listing import ListedAchievement
from matcher.errors import InputError
from matcher.plan_settings import PlanRules
from matcher.policy import shipped_pack, shipped_pack_ids
from matcher.records import Challenge, Evidence, Outcome, Team, headers
from matcher.records.alliance import Alliance
from matcher.service.access import STAFF, allow
from matcher.service.desk import imports, queue
from matcher.service.desk.imports import HowRead
from matcher.service.desk.queue import JobView
from matcher.service.desk.work import ImportAsked, MatchAsked, ReportAsked
from matcher.service.pages.again import again
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
from matcher.service.pages.rendering import render
from matcher.service.pages.settings_form import boxes
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.store.jobs import JobKind

router = guarded_router("/staff")
# Jobs whose files somebody wants to find again.
_WRITTEN: list[JobKind] = ["report", "match"]
_NAMES = {
    kind: {field: header.name for field, header in headers(record_type)}
    for kind, record_type in (
        ("challenges", Challenge), ("teams", Team), ("evidence", Evidence), ("outcomes", Outcome),
        ("achievements", ListedAchievement), ("alliances", Alliance),
    )
}  # fmt: skip


@router.get("/imports")
@allow(STAFF)
def import_page(request: Request) -> Response:
    """Choose a file."""
    return render(request, "imports.html")


@router.post("/imports")
@allow(STAFF.reading_files())
@again(import_page, InputError)
def upload_file(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Take a file up and show what is in it; nothing is written."""
    given = upload(form)
    if given is None:
        raise InputError("没有选文件", remedy="选一个榜单或团队库的文件再上传")
    how = _how(texts(form))
    made = imports.upload(caller, *given, how)
    asked = f"?kind={how.kind}" if how.kind else ""
    return RedirectResponse(f"/staff/imports/{made.import_id}{asked}", 303)


@router.get("/imports/{import_id}")
@allow(STAFF.reading_files())
@again(import_page, InputError)
def preview(request: Request, caller: CurrentCaller, import_id: str) -> Response:
    """What was understood of a file, held against the workspace."""
    how = _how(request.query_params)
    shown = {"preview": imports.preview(caller, import_id, how), "how": how, "names": _NAMES,
             "twin": _twin(request)}  # fmt: skip
    return render(request, "import_preview.html", shown)


def _how(chosen: Mapping[str, str]) -> HowRead:
    """What was chosen on the page: how to read the file, and whose it is."""
    kind = next((k.name for k in READABLE if k.name == chosen.get("kind")), None)
    return HowRead(kind, chosen.get("organisation", "").strip()[:200])


@router.post("/imports/{import_id}/commitment")
@allow(STAFF.reading_files())
def commit(caller: CurrentCaller, import_id: str, form: Form) -> Response:
    """Write it, in the background."""
    chosen = texts(form)
    how = _how(chosen)
    asked = ImportAsked(
        upload_id=import_id, partial="partial" in chosen, merge="merge" in chosen,
        organisation=how.organisation, kind=how.kind,
    )  # fmt: skip
    job = queue.submit(caller, "import", asked)
    return _to(job)


@router.get("/jobs")
@allow(STAFF)
def job_list(request: Request, caller: CurrentCaller) -> Response:
    """All jobs, newest first."""
    found = queue.browse(caller, query_as(request, queue.JobQuery))
    shown = {"page": found, "link": linker(request), "twin": _twin(request)}
    return render(request, "jobs.html", shown)


@router.get("/jobs/{job_id}")
@allow(STAFF)
def job_page(request: Request, caller: CurrentCaller, job_id: str) -> Response:
    """One job: how far it is, what came of it."""
    job = queue.view(caller, job_id)
    return render(request, "job.html", {"job": job, "twin": _twin(request)})


@router.post("/jobs/{job_id}/cancellation")
@allow(STAFF)
def cancel(caller: CurrentCaller, job_id: str) -> Response:
    """Stop it."""
    return _to(queue.cancel(caller, job_id))


@router.post("/jobs/{job_id}/repetition")
@allow(STAFF)
def repeat(caller: CurrentCaller, job_id: str) -> Response:
    """Do the same once more."""
    return _to(queue.again(caller, job_id))


@router.get("/reports")
@allow(STAFF)
def reports(request: Request, caller: CurrentCaller) -> Response:
    """The form of a new report, and those made before with their files."""
    query = query_as(request, queue.JobQuery).model_copy(update={"kind": _WRITTEN})
    shown = {
        "page": queue.browse(caller, query),
        "link": linker(request, "/staff/reports"),
        "defaults": ReportAsked(),
        "plan": boxes(PlanRules),
        "packs": [shipped_pack(pack_id).pack for pack_id in shipped_pack_ids()],
        "twin": address("/api/v1/jobs", {"kind": _WRITTEN, "page": query.page}),
    }
    return render(request, "reports.html", shown)


@router.post("/reports")
@allow(STAFF)
@again(reports, InputError)
def make_report(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Start a report."""
    return _to(queue.submit(caller, "report", form_as(form, ReportAsked)))


@router.post("/matches")
@allow(STAFF)
@again(reports, InputError)
def match_all(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Start a batch match."""
    return _to(queue.submit(caller, "match", form_as(form, MatchAsked)))


def _to(job: JobView) -> Response:
    return RedirectResponse(f"/staff/jobs/{job.job_id}", 303)


def _twin(request: Request) -> str:
    """The desk's addresses lie under /staff, their twins do not."""
    return twin_of(request, request.url.path.removeprefix("/staff"))
