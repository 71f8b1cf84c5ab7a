"""Errors as they leave the service: problem+json (RFC 9457) for programs, a page for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match

from matcher.errors import MatcherError
from matcher.service.errors import Denied
from matcher.service.remedies import at_pages, remedy_at_pages

PROBLEM_JSON = "application/problem+json"
_STATUS = {"input": 422, "not-found": 404, "sign-in": 401,
           "conflict": 409, "changed": 412, "unread": 428, "workspace": 503,
           "model": 503, "storage": 507}  # fmt: skip
# A body of a hundred thousand unknown fields gets no answer of as many lines.
_MOST_FAULTS = 100
_TITLES = {
    400: "请求不完整", 401: "请先登录", 403: "没有权限", 404: "没有这个页面或记录",
    405: "不支持这种请求", 408: "上传太慢", 409: "与现有内容冲突", 412: "内容已被修改",
    413: "上传的文件太大", 422: "内容不能用", 428: "没有说明改的是哪一版", 429: "请求太频繁",
    503: "暂时不能用", 507: "磁盘空间不足", 500: "程序内部错误",
}  # fmt: skip


class Problem(BaseModel):
    """An error: what happened, what was given and expected, what to do."""

    title: Annotated[str, Field(examples=["内容不能用"])]
    status: Annotated[int, Field(examples=[422])]
    type: str = "about:blank"
    detail: Annotated[str, Field(examples=["没有可匹配的文字"])] = ""
    code: Annotated[str, Field(examples=["input"])] = ""
    given: str | None = None
    expected: str | None = None
    remedy: Annotated[str | None, Field(examples=["写明题目或要解决的问题"])] = None
    errors: Annotated[
        list[dict[str, str]] | None, Field(description="逐项的错误：位置 (where) 和原因 (why)")
    ] = None


def of_error(error: MatcherError) -> Problem:
    """One of our errors."""
    status = _STATUS.get(error.code, 400)
    return Problem(
        title=_TITLES.get(status, error.what), status=status, detail=error.what, code=error.code,
        given=None if error.given is None else at_pages(str(error.given))[:500],
        expected=at_pages(error.expected) if error.expected else None,
        remedy=remedy_at_pages(error.remedy) if error.remedy else None,
    )  # fmt: skip


ErrorPage = Callable[[Request, Problem], Response]


def respond(
    request: Request, problem: Problem, page: ErrorPage, headers: Mapping[str, str] | None = None
) -> Response:
    """The error in the caller's form; whoever must sign in first is sent there."""
    if request.url.path.startswith("/api/"):
        body = problem.model_dump(exclude_none=True)
        return JSONResponse(body, problem.status, dict(headers or {}), media_type=PROBLEM_JSON)
    if problem.status == 401 and request.method in ("GET", "HEAD"):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)
    shown = page(request, problem)
    shown.headers.update(headers or {})
    return shown


def _methods_of(request: Request, own: str) -> list[str]:
    """What an address can be asked: the route that refused knows its own methods only."""
    found = {"OPTIONS", *filter(None, own.split(", "))}
    for route in request.app.routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or ())
    return sorted(found | ({"HEAD"} if "GET" in found else set()))


def install(app: FastAPI, page: ErrorPage) -> None:
    """Answer every kind of error; people get the page."""

    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, MatcherError)
        return respond(request, of_error(error), page)

    async def denied(request: Request, error: Exception) -> Response:
        assert isinstance(error, Denied)
        title = _TITLES[error.status]
        problem = Problem(title=title, status=error.status, detail=error.reason, code="denied")
        return respond(request, problem, page, error.headers)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        # The rejected value itself is left out: it may be a password or a contact.
        faults = [
            {"where": ".".join(map(str, fault["loc"])), "why": str(fault["msg"])}
            for fault in islice(error.errors(), _MOST_FAULTS)
        ]
        problem = Problem(title=_TITLES[422], status=422, detail="请求里有不能用的值",
                          code="input", errors=faults)  # fmt: skip
        return respond(request, problem, page)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            own = (error.headers or {}).get("Allow", "")
            allowed = {"Allow": ", ".join(_methods_of(request, own))}
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=allowed)
            error.headers = {**(error.headers or {}), **allowed}
        title = _TITLES.get(error.status_code, HTTPStatus(error.status_code).phrase)
        problem = Problem(title=title, status=error.status_code, code="http")
        return respond(request, problem, page, error.headers)

    async def unexpected(request: Request, error: Exception) -> Response:
        problem = Problem(title=_TITLES[500], status=500, code="internal",
                          remedy="重试；仍不行请联系管理人员")  # fmt: skip
        return respond(request, problem, page)

    app.add_exception_handler(MatcherError, ours)
    app.add_exception_handler(Denied, denied)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)
