"""Background jobs: batch matches, reports, imports."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, File, Query, UploadFile
from pydantic import Field
from starlette.responses import FileResponse, Response

from matcher.corpora import TemplateKind, template_bytes
from matcher.corpora.headers.kinds import KindName
from matcher.policy import programme_names
from matcher.report.model import TopicMap
from matcher.service.access import SIGNED_IN, STAFF, allow
from matcher.service.api.routing import XLSX, api_router, attachment
from matcher.service.desk import board, imports, queue
from matcher.service.desk.work import ImportAsked, ImportChoice, MatchAsked, ReportAsked
from matcher.service.routing import CurrentCaller
from matcher.service.views import Page

router = api_router("", "任务")
JobId = Annotated[str, Field(max_length=100, examples=["9f86d081884c7d65"])]


@router.get("/jobs")
@allow(STAFF)
def list_jobs(
    caller: CurrentCaller, query: Annotated[queue.JobQuery, Query()]
) -> Page[queue.JobView]:
    """任务，新的在前。"""
    return queue.browse(caller, query)


@router.get("/jobs/{job_id}")
@allow(STAFF)
def get_job(caller: CurrentCaller, job_id: JobId) -> queue.JobView:
    """一个任务的进度和结果。"""
    return queue.view(caller, job_id)


@router.post("/jobs/match", status_code=202)
@allow(STAFF)
def match_all(caller: CurrentCaller, asked: Annotated[MatchAsked, Body()]) -> queue.JobView:
    """给整张榜单匹配团队，写成一个文件。"""
    return queue.submit(caller, "match", asked)


@router.post("/jobs/report", status_code=202)
@allow(STAFF)
def make_report(caller: CurrentCaller, asked: Annotated[ReportAsked, Body()]) -> queue.JobView:
    """写一份会议报告。"""
    return queue.submit(caller, "report", asked)


@router.post("/jobs/{job_id}/cancellation")
@allow(STAFF)
def cancel_job(caller: CurrentCaller, job_id: JobId) -> queue.JobView:
    """取消一个任务。"""
    return queue.cancel(caller, job_id)


@router.post("/jobs/{job_id}/repetition", status_code=202)
@allow(STAFF)
def repeat_job(caller: CurrentCaller, job_id: JobId) -> queue.JobView:
    """重新运行。"""
    return queue.again(caller, job_id)


@router.get("/jobs/{job_id}/files/{name}", response_class=FileResponse)
@allow(STAFF)
def download_file(
    caller: CurrentCaller, job_id: JobId, name: Annotated[str, Field(max_length=200)]
) -> Response:
    """任务写出的文件。"""
    path = queue.download(caller, job_id, name)
    return FileResponse(path, filename=path.name, content_disposition_type="attachment")


@router.post("/imports", status_code=201)
@allow(STAFF.reading_files())
def upload_file(
    caller: CurrentCaller, file: Annotated[UploadFile, File()],
    kind: Annotated[KindName | None, Query(description="联盟名单写 alliances")] = None,
) -> imports.ImportPreview:  # fmt: skip
    """上传榜单、团队库、成果、结果、联盟名单：先看认出了什么，不写入。"""
    how = imports.HowRead(kind)
    return imports.upload(caller, file.filename or "", file.file.read(), how)


@router.get("/templates/{kind}", response_class=Response)
@allow(SIGNED_IN)
def download_template(kind: TemplateKind) -> Response:
    """空白填报表 (.xlsx): 榜单、团队、联盟。"""
    return attachment(template_bytes(kind, programme_names()), f"{kind}.xlsx", XLSX)


@router.get("/imports/{import_id}")
@allow(STAFF.reading_files())
def preview_import(
    caller: CurrentCaller, import_id: JobId,
    kind: Annotated[KindName | None, Query(description="按什么读；看不准时由人选")] = None,
    organisation: Annotated[
        str, Query(max_length=200, description="没有写单位的行，都属于这个单位")
    ] = "",
) -> imports.ImportPreview:  # fmt: skip
    """上传的文件里有什么，与工作区现有内容比较。"""
    return imports.preview(caller, import_id, imports.HowRead(kind, organisation))


@router.get("/imports/{import_id}/rejects", response_class=Response)
@allow(STAFF.reading_files())
def download_rejects(
    caller: CurrentCaller, import_id: JobId,
    kind: Annotated[KindName | None, Query(description="按什么读；看不准时由人选")] = None,
) -> Response:  # fmt: skip
    """不能用的行 (.xlsx), 改好后再上传。"""
    made = imports.rejects_file(caller, import_id, imports.HowRead(kind))
    return attachment(made, "拒收.xlsx", XLSX)


@router.post("/imports/{import_id}/commitment", status_code=202)
@allow(STAFF.reading_files())
def commit_import(
    caller: CurrentCaller, import_id: JobId, choice: Annotated[ImportChoice, Body()]
) -> queue.JobView:
    """写入工作区（后台）。"""
    asked = ImportAsked(upload_id=import_id, **choice.model_dump())
    return queue.submit(caller, "import", asked)


@router.get("/board")
@allow(STAFF)
def get_board(caller: CurrentCaller) -> board.BoardView:
    """最近一份报告的数字。"""
    return board.board(caller)


@router.get("/topics")
@allow(STAFF)
def get_topics(caller: CurrentCaller) -> TopicMap:
    """最近一份报告的供需分布：需求和团队按内容远近，各领域有多少需求没有合适团队。"""
    return board.topics(caller)


@router.get("/review")
@allow(STAFF)
def list_review(
    caller: CurrentCaller, query: Annotated[board.ReviewQuery, Query()]
) -> board.ReviewView:  # fmt: skip
    """最近一份报告里待审的需求，流标风险高的在前。"""
    return board.review(caller, query)


@router.get("/assignment")
@allow(STAFF)
def list_assignment(
    caller: CurrentCaller, query: Annotated[board.BoardQuery, Query()]
) -> board.AssignmentView:
    """最近一份报告的指派方案，逐项。"""
    return board.assignment(caller, query)
