"""The API's own description."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from matcher.service.access import ANYONE, allow
from matcher.service.api.routing import api_router
from matcher.service.problems import Problem
from matcher.service.routing import GuardedRoute

router = api_router("", "说明")
VERSION = "1.0.0"
_ABOUT = """揭榜挂帅匹配的接口。

- 身份：`Authorization: Bearer 接口密钥`；网页里的脚本用会话和 `X-CSRF-Token`。
- 错误：`application/problem+json`，写明原因、实际、应为、处理。
- 写入可带 `Idempotency-Key`：同一个键重复提交只做一次，得到同一个回答。
- 改写、提交、删除、发布草稿须带 `If-Match`（读到的 `ETag`）：没带是 428，别人改过是 412。
- 列表一律分页：`page` `size`，回答里 `items` `total`。
- 读取的回答带 `ETag`；带 `If-None-Match` 再问，没有变就是 304。
- 后台任务（`/jobs`）先得到 202 和任务编号，再查进度。
"""


@router.get("/openapi.json", include_in_schema=False)
@allow(ANYONE)
def openapi(request: Request) -> JSONResponse:
    """OpenAPI description of the API."""
    return JSONResponse(description(request.app))


def description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description; made once."""
    if app.openapi_schema is None:
        routes = [
            r for r in app.routes if isinstance(r, GuardedRoute) and r.path.startswith("/api")
        ]
        made = get_openapi(title=app.title, version=VERSION, description=_ABOUT, routes=routes)
        parts = made.setdefault("components", {})
        parts.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"key": []}]
        app.openapi_schema = made
    return app.openapi_schema
