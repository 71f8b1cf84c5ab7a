"""Jobs as staff ask for them: queued, watched, cancelled, their files taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.service.context import Caller
from matcher.service.desk.imports import file_name, preview
from matcher.service.desk.work import ImportAsked, result_file
from matcher.service.errors import ConflictError
from matcher.service.store.jobs import Job, JobKind, JobState
from matcher.service.views import Page, PageNumber, PageSize, View

KIND_NAMES: dict[JobKind, str] = {
    "match": "批量匹配", "report": "报告", "import": "导入", "library": "建立团队库",
    "survey": "清单预览",
}  # fmt: skip
STATE_NAMES: dict[JobState, str] = {
    "queued": "排队", "running": "进行中", "done": "完成", "failed": "没有完成",
    "cancelled": "已取消",
}  # fmt: skip


class JobQuery(BaseModel):
    """Which jobs are wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[list[JobKind], Field(max_length=5, description="只要这几种；空为全部")] = []
    page: PageNumber = 1
    size: PageSize = 20


class FileLine(View):
    """A file a job made."""

    name: str
    bytes: int


class JobView(View):
    """A job and how far it is."""

    job_id: Annotated[str, Field(examples=["9f86d081884c7d65"])]
    kind: JobKind
    kind_name: str
    about: Annotated[str, Field(description="导入的文件名，或报告的标题")]
    import_id: Annotated[str, Field(description="导入的文件；已清掉的为空")]
    state: JobState
    state_name: str
    done: int
    total: int
    files: list[FileLine]
    summary: Annotated[dict[str, Any], Field(description="结果的数字")]
    error: str
    created: str
    started: str | None
    finished: str | None


def submit(caller: Caller, kind: JobKind, asked: BaseModel) -> JobView:
    """Queue a job. Raises: NotFoundError: the upload is gone."""
    if isinstance(asked, ImportAsked):
        preview(caller, asked.upload_id)
    with caller.service.database.writing():
        job = caller.service.jobs.add(caller.account_id, kind, asked.model_dump(mode="json"))
        caller.note(f"job.{kind}", job.job_id)
    caller.service.jobs.call()
    return _view(caller, job)


def browse(caller: Caller, query: JobQuery) -> Page[JobView]:
    """A page of the jobs, newest first."""
    jobs, total = caller.service.jobs.page(query.kind, query.page, query.size)
    shown = [_view(caller, job) for job in jobs]
    return Page(items=shown, total=total, page=query.page, size=query.size)


def view(caller: Caller, job_id: str) -> JobView:
    """One job. Raises: NotFoundError."""
    return _view(caller, caller.service.jobs.get(job_id))


def cancel(caller: Caller, job_id: str) -> JobView:
    """Stop a job. Raises: NotFoundError; ConflictError: it is over."""
    if caller.service.jobs.get(job_id).state not in ("queued", "running"):
        raise ConflictError("任务已经结束", given=job_id, remedy="不用取消")
    job = caller.service.jobs.cancel(job_id)
    caller.note("job.cancel", job_id)
    return _view(caller, job)


def again(caller: Caller, job_id: str) -> JobView:
    """Queue the same once more. Raises: NotFoundError; ConflictError: it is not over."""
    job = caller.service.jobs.get(job_id)
    if job.state in ("queued", "running"):
        raise ConflictError("任务还没有结束", given=job_id, remedy="等它结束，或先取消")
    with caller.service.database.writing():
        fresh = caller.service.jobs.add(caller.account_id, job.kind, job.settings)
        caller.note(f"job.{job.kind}", fresh.job_id, again=job_id)
    caller.service.jobs.call()
    return _view(caller, fresh)


def download(caller: Caller, job_id: str, name: str) -> Path:
    """A file of a job; noted as an export. Raises: NotFoundError."""
    path = result_file(caller.service, caller.service.jobs.get(job_id), name)
    caller.note("export.job", job_id, file=path.name)
    return path


def _view(caller: Caller, job: Job) -> JobView:
    import_id = str(job.settings.get("upload_id", ""))
    file = file_name(caller.service, import_id) if import_id else ""
    summary = {name: value for name, value in job.result.items() if name != "files"}
    return JobView(
        job_id=job.job_id, kind=job.kind, kind_name=KIND_NAMES[job.kind],
        about=file or str(job.settings.get("title", "")), import_id=import_id if file else "",
        state=job.state, state_name=STATE_NAMES[job.state], done=job.done, total=job.total,
        files=[FileLine(**file) for file in job.result.get("files", ())], summary=summary,
        error=job.error, created=job.created, started=job.started, finished=job.finished,
    )  # fmt: skip
