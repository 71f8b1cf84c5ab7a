"""Lists of papers, patents, projects and people on their way to teams: uploaded, looked at, built.

Staff build for everybody; a university for its own people, and where what it writes has to be
approved it hands the lists in and staff build.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.errors import InputError, NotFoundError
from matcher.linking.questions import Question
from matcher.service.context import Caller
from matcher.service.desk import queue
from matcher.service.desk.building import BuildAsked
from matcher.service.desk.imports import file_name
from matcher.service.desk.namesakes import Told
from matcher.service.desk.uploads import keep_upload, kept_upload, packed
from matcher.service.errors import ConflictError
from matcher.service.store.jobs import Job, JobState
from matcher.service.views import Asked, Filled, Page, PageNumber, PageSize, View

MOST_FILES = 50
ListState = Literal["正在看", "待确认", "待审核", "退回", "已建库", "没有完成"]


class ListQuery(Asked):
    """Which lists are wanted."""

    state: Annotated[Literal["待审核"] | None, Field(description="只要等审核的")] = None
    page: PageNumber = 1
    size: PageSize = 20


class FileLine(View):
    """What a file gave."""

    name: str
    new: Annotated[int, Field(description="新的成果")]
    changed: Annotated[int, Field(description="有变化的成果")]
    same: Annotated[int, Field(description="已有的成果")]
    withheld: Annotated[int, Field(description="按本人要求不收的成果")]
    people: Annotated[int, Field(description="人员")]
    rejected: Annotated[int, Field(description="不能用的行")]
    unread: str


class BuiltTeam(View):
    """A team as it would be."""

    team_id: str
    name: str
    organisation: str
    state: Literal["新增", "更新"]
    leader: str
    pieces: int
    members: int
    directions: list[str]
    titles: Annotated[list[str], Field(description="前几项成果")]


class Found(View):
    """What building from the lists would do."""

    lists: tuple[FileLine, ...] = ()
    rejects: Annotated[tuple[str, ...], Field(description="不能用的地方（前 50 处）")] = ()
    people: int = 0
    names: Annotated[int, Field(description="署名")] = 0
    persons: Annotated[int, Field(description="认出的人")] = 0
    merged: Annotated[int, Field(description="由几处署名合成的人")] = 0
    added: Annotated[int, Field(description="新增的团队")] = 0
    changed: Annotated[int, Field(description="更新的团队")] = 0
    removed: Annotated[int, Field(description="并入别的团队、去掉的团队")] = 0
    kept: Annotated[int, Field(description="有人工改过的内容、照旧保留的团队")] = 0
    left_out: Annotated[int, Field(description="负责人要求不收录的团队")] = 0
    unassigned: Annotated[int, Field(description="归不到团队的成果")] = 0
    doubts: Annotated[int, Field(description="拿不准是否同一人的地方")] = 0
    teams: Annotated[tuple[BuiltTeam, ...], Field(description="新增、更新的团队（前 100 个）")] = ()
    questions: Annotated[tuple[Question, ...], Field(description="最拿不准的（前 30 处）")] = ()


class ListsView(View):
    """Uploaded lists and how far they are."""

    list_id: Annotated[str, Field(examples=["9f86d081884c7d65"])]
    file: str
    organisation: Annotated[str, Field(description="只建这个单位的团队；空：不限")]
    state: ListState
    going: Annotated[bool, Field(description="任务还在做")]
    done: int
    total: int
    error: str
    reason: Annotated[str, Field(description="退回的理由")]
    created: str
    found: Found
    summary: Annotated[dict[str, Any], Field(description="建库的结果")]
    answers: tuple[Told, ...]


class ListsAnswer(Asked):
    """That the lists are to be built as they were shown, and who is one with whom."""

    answers: Annotated[tuple[Told, ...], Field(max_length=30)] = ()


class ListsReturn(Filled):
    """That lists are given back to who handed them in."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


def start(caller: Caller, files: Sequence[tuple[str, bytes]], organisation: str = "") -> ListsView:
    """Take lists up and look, in the background, what would come of them.

    Raises:
        InputError: no file, too many, or an organisation that has no name.
    """
    who = caller.principal
    if not files or len(files) > MOST_FILES:
        raise InputError(
            "没有选文件" if not files else "文件太多", given=len(files),
            expected=f"1 到 {MOST_FILES} 个清单文件", remedy="选清单文件再上传",
        )  # fmt: skip
    only_for = "" if who.is_staff else who.organisation
    if not who.is_staff and not only_for:
        raise InputError("这个账号没有单位", remedy="请管理人员填上单位")
    upload_id = secrets.token_hex(8)
    name, content = packed(files)
    keep_upload(caller, upload_id, name, content)
    asked = BuildAsked(
        upload_id=upload_id, organisation=only_for or organisation.strip()[:200],
        only_for=only_for,
    )  # fmt: skip
    return view(caller, queue.submit(caller, "survey", asked).job_id)


def again(caller: Caller, upload_id: str, organisation: str = "") -> ListsView:
    """The same with a file that was uploaded to be imported. Raises: NotFoundError."""
    return start(caller, [kept_upload(caller.service, upload_id)], organisation)


def browse(caller: Caller, query: ListQuery) -> Page[ListsView]:
    """A page of the lists: all for staff, those of one's own organisation else."""
    who = caller.principal
    only_for = "" if who.is_staff else who.organisation or "-"
    jobs, total = caller.service.jobs.surveys(only_for, query.state or "", query.page, query.size)
    shown = [_view(caller, job) for job in jobs]
    return Page(items=shown, total=total, page=query.page, size=query.size)


def view(caller: Caller, list_id: str) -> ListsView:
    """Lists and what would come of them. Raises: NotFoundError."""
    return _view(caller, _own(caller, list_id))


def commit(caller: Caller, list_id: str, asked: ListsAnswer) -> ListsView:
    """Build the teams, in the background; or hand the lists in where staff have to approve.

    Raises:
        NotFoundError: no such lists of one's own; the upload is gone; something was not asked.
        ConflictError: they are not there yet, or done.
    """
    job = _own(caller, list_id)
    staff = caller.principal.is_staff
    if _state(caller, job) not in (("待确认", "待审核", "退回") if staff else ("待确认", "退回")):
        raise ConflictError("现在不能建库", given=_state(caller, job), remedy="刷新页面")
    known = {q.pair for q in Found.model_validate(job.result).questions}
    if any(tuple(sorted((told.one, told.other))) not in known for told in asked.answers):
        raise NotFoundError("没有问过这一处", remedy="刷新页面")
    answers = asked.answers or _answers(job)
    kept = {"answers": [told.model_dump() for told in answers], "reason": ""}
    if not staff and caller.service.settings.team_approval:
        caller.note("lists.hand-in", list_id)
        return _view(caller, caller.service.jobs.amend(list_id, {**kept, "state": "待审核"}))
    kept_upload(caller.service, str(job.settings["upload_id"]))
    build = BuildAsked.model_validate({**job.settings, "answers": answers})
    made = queue.submit(caller, "library", build)
    more = {**kept, "built": made.job_id, "state": "待确认"}
    return _view(caller, caller.service.jobs.amend(list_id, more))


def give_back(caller: Caller, list_id: str, asked: ListsReturn) -> ListsView:
    """Give lists back that were handed in; staff only. Raises: NotFoundError, ConflictError."""
    job = _own(caller, list_id)
    if _state(caller, job) != "待审核":
        raise ConflictError("没有在等审核", given=_state(caller, job), remedy="刷新页面")
    caller.note("lists.return", list_id)
    more = {"state": "退回", "reason": asked.reason}
    return _view(caller, caller.service.jobs.amend(list_id, more))


def _own(caller: Caller, list_id: str) -> Job:
    job = caller.service.jobs.get(list_id)
    only_for = str(job.settings.get("only_for", ""))
    mine = caller.principal.is_staff or caller.principal.belongs_to(only_for)
    if job.kind != "survey" or not mine:
        raise NotFoundError("没有这份清单", given=list_id[:100], remedy="在清单列表里查找")
    return job


def _answers(job: Job) -> tuple[Told, ...]:
    return tuple(Told.model_validate(told) for told in job.result.get("answers", ()))


def _build_of(caller: Caller, job: Job) -> Job | None:
    """The job that builds what was looked at, if it was begun and is not cleared away."""
    built = str(job.result.get("built", ""))
    try:
        return caller.service.jobs.get(built) if built else None
    except NotFoundError:
        return None


def _state(caller: Caller, job: Job) -> ListState:
    build = _build_of(caller, job)
    looked: dict[JobState, ListState] = {
        "queued": "正在看", "running": "正在看", "failed": "没有完成", "cancelled": "没有完成",
    }  # fmt: skip
    if build is not None and build.state in ("failed", "cancelled"):
        return "待确认"
    if build is not None or job.result.get("built"):
        return "已建库"
    kept: ListState = job.result.get("state", "待确认")
    return looked.get(job.state, kept)


def _view(caller: Caller, job: Job) -> ListsView:
    build = _build_of(caller, job)
    now = build or job
    return ListsView(
        list_id=job.job_id, file=file_name(caller.service, str(job.settings["upload_id"])),
        organisation=str(job.settings.get("only_for", "")), state=_state(caller, job),
        going=now.state in ("queued", "running"), done=now.done, total=now.total, error=now.error,
        reason=str(job.result.get("reason", "")), created=job.created,
        found=Found.model_validate(job.result), summary=dict(build.result) if build else {},
        answers=_answers(job),
    )  # fmt: skip
