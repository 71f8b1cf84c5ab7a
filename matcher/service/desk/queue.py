"""Jobs as staff ask for them, and what the last report says to the board and the review queue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from matcher.errors import NotFoundError
from matcher.report.data_file import read_report
from matcher.report.model import PlanLine, Report
from matcher.service.access import Principal
from matcher.service.context import Service
from matcher.service.desk.imports import preview
from matcher.service.desk.views import Page, View
from matcher.service.desk.work import ImportAsked, result_file
from matcher.service.jobs import Job, JobKind, JobState
from matcher.service.problems import ConflictError

KIND_NAMES: dict[JobKind, str] = {"match": "批量匹配", "report": "报告", "import": "导入"}
STATE_NAMES: dict[JobState, str] = {
    "queued": "排队", "running": "进行中", "done": "完成", "failed": "没有完成",
    "cancelled": "已取消",
}  # fmt: skip
_JSON = "报告.json"


class FileLine(View):
    """A file a job made."""

    name: str
    bytes: int


class JobView(View):
    """A job and how far it is."""

    job_id: Annotated[str, Field(examples=["9f86d081884c7d65"])]
    kind: JobKind
    kind_name: str
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


class BoardLine(View):
    """One assignment of the last report's plan."""

    challenge_id: str
    challenge: str
    role: str
    band: str
    team_id: str
    team: str
    org: str
    forced: Annotated[bool, Field(description="人工推荐的")] = False
    stays: Annotated[float | None, Field(description="抽签里不变的比例, 0 至 1")] = None


class ReviewLine(View):
    """A challenge of the last report that somebody should look at."""

    challenge_id: str
    challenge: str
    verdict: str
    risk: str
    reason: str
    advice: str
    assigned: bool


class BoardView(View):
    """The plan of the last report."""

    job_id: str
    finished: str | None
    challenges: int
    answered: int
    lines: list[BoardLine]
    review: Annotated[list[ReviewLine], Field(description="待审: 流标风险高的在前")]


def submit(service: Service, principal: Principal, kind: JobKind, asked: BaseModel) -> JobView:
    """Queue a job. Raises: NotFoundError: the upload is gone."""
    if isinstance(asked, ImportAsked):
        preview(service, asked.upload_id)
    assert principal.account_id is not None
    with service.database.writing():
        job = service.jobs.add(principal.account_id, kind, asked.model_dump(mode="json"))
        service.audit.write(principal, f"job.{kind}", job.job_id)
    service.worker.call()
    return _view(job)


def browse(service: Service, page: int, size: int) -> Page[JobView]:
    """All jobs, newest first."""
    return Page[JobView].of([_view(job) for job in service.jobs.all()], page, size)


def view(service: Service, job_id: str) -> JobView:
    """One job. Raises: NotFoundError."""
    return _view(service.jobs.get(job_id))


def cancel(service: Service, principal: Principal, job_id: str) -> JobView:
    """Stop a job. Raises: NotFoundError; ConflictError: it is over."""
    if service.jobs.get(job_id).state not in ("queued", "running"):
        raise ConflictError("任务已经结束", given=job_id, remedy="不用取消")
    job = service.jobs.cancel(job_id)
    service.audit.write(principal, "job.cancel", job_id)
    return _view(job)


def again(service: Service, principal: Principal, job_id: str) -> JobView:
    """Queue the same once more. Raises: NotFoundError; ConflictError: it is not over."""
    job = service.jobs.get(job_id)
    if job.state in ("queued", "running"):
        raise ConflictError("任务还没有结束", given=job_id, remedy="等它结束, 或先取消")
    assert principal.account_id is not None
    with service.database.writing():
        fresh = service.jobs.add(principal.account_id, job.kind, job.settings)
        service.audit.write(principal, f"job.{job.kind}", fresh.job_id, again=job_id)
    service.worker.call()
    return _view(fresh)


def download(service: Service, principal: Principal, job_id: str, name: str) -> Path:
    """A file of a job; noted as an export. Raises: NotFoundError."""
    path = result_file(service, service.jobs.get(job_id), name)
    service.audit.write(principal, "export.job", job_id, file=path.name)
    return path


def board(service: Service) -> BoardView:
    """The plan of the last report and what is to be reviewed.

    Raises:
        NotFoundError: no report was made yet.
    """
    job = service.jobs.latest_done("report")
    made = None if job is None else _kept_report(service, job)
    if job is None or made is None:
        raise NotFoundError("还没有报告", remedy="先提交一份报告, 完成后再看指派")
    review = sorted(
        (
            ReviewLine(challenge_id=c.challenge_id, challenge=c.title, verdict=c.verdict,
                       risk=c.risk.level, reason=c.risk.reason, advice=c.risk.advice,
                       assigned=bool(c.assigned))
            for c in made.cards
        ),
        key=lambda line: ("高中低".index(line.risk), line.challenge_id),
    )  # fmt: skip
    return BoardView(
        job_id=job.job_id, finished=job.finished, challenges=made.plan.challenges,
        answered=made.plan.answered, lines=[_board_line(line) for line in made.plan.lines],
        review=review,
    )  # fmt: skip


def _kept_report(service: Service, job: Job) -> Report | None:
    """The report of a job, read once for as long as the library stays as it is."""
    kept = service.library.current().results
    return kept.of(("report", job.job_id), lambda: _report(service, job))


def _report(service: Service, job: Job) -> Report | None:
    try:
        return read_report(result_file(service, job, _JSON))
    except (NotFoundError, ValidationError, OSError):  # cleared away, or of another version
        return None


def _board_line(line: PlanLine) -> BoardLine:
    return BoardLine(
        challenge_id=line.challenge_id, challenge=line.challenge_title, role=line.role,
        band=line.band, team_id=line.team_id, team=line.team_name, org=line.org_name,
        forced=line.forced, stays=line.stays,
    )  # fmt: skip


def _view(job: Job) -> JobView:
    summary = {name: value for name, value in job.result.items() if name != "files"}
    return JobView(
        job_id=job.job_id, kind=job.kind, kind_name=KIND_NAMES[job.kind], state=job.state,
        state_name=STATE_NAMES[job.state], done=job.done, total=job.total,
        files=[FileLine(**file) for file in job.result.get("files", ())], summary=summary,
        error=job.error, created=job.created, started=job.started, finished=job.finished,
    )  # fmt: skip
