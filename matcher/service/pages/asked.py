"""What a browser asks for: filters of an address and fields of a form, as models."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_origin
from urllib.parse import urlencode

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from matcher.errors import InputError
from matcher.records import Challenge, Team, headers

ModelT = TypeVar("ModelT", bound=BaseModel)
_WORDS = {
    "missing": "没有填",
    "string_too_short": "没有填",
    "int_parsing": "应为整数",
    "float_parsing": "应为数字",
    "date_from_datetime_parsing": "应为日期，如 2026-12-31",
    "date_parsing": "应为日期，如 2026-12-31",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "string_too_long": "太长",
    "too_long": "太多",
    "literal_error": "不是可选的值之一",
}

# What fields are called: those of records as their headers, then what forms have beside.
_NAMES = {field: mark.name for kind in (Challenge, Team) for field, mark in headers(kind)} | {
    "name": "名称", "password": "密码", "organisation": "单位", "role": "角色", "old": "原密码",
    "new": "新密码", "challenge_id": "榜单编号", "team_id": "团队编号", "reason": "理由",
    "decision": "决定", "stage": "环节", "grade": "等级", "when": "日期", "label": "用途",
    "scopes": "权限", "title": "标题", "formats": "文件", "since": "日期", "top": "列出",
    "query": "条件",
    "style": "种类", "address": "网址", "secret": "加签密钥", "kinds": "消息种类",
    "wanted": "消息种类", "every": "多久一次",
    "region": "所在省、市", "email": "邮箱", "note": "说明", "value": "内容",
    "kind": "种类", "statement": "怎么解决",
    "budget_wan": "经费", "months": "时限", "expert": "专家", "scores": "分数", "due": "日期",
    "until": "答复期限", "terms": "条款", "detail": "保密的详细情况", "bid": "揭榜书",
    "move": "步骤", "text": "意见", "meeting": "会议或批次", "assignee": "负责人",
    "version": "版本", "challenge_ids": "难题",
    "signed": "签订日期", "amount_wan": "合同金额", "begins": "执行期起", "ends": "执行期止",
    "parties": "签约各方", "milestones": "里程碑", "targets": "约定的指标", "results": "达到了什么",
    "number": "编号",
    "day": "日期", "team_ids": "团队编号",
}  # fmt: skip


def query_as(request: Request, model: type[ModelT]) -> ModelT:
    """The filters of an address; a browser also sends the fields left empty.

    Raises:
        InputError: a value that cannot be used.
    """
    given: dict[str, Any] = {}
    for name, values in _given(request).items():
        field = model.model_fields.get(name)
        if field is not None:
            given[name] = values if get_origin(field.annotation) is list else values[-1]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = "；".join(f"{name}：{why}" for name, why in faults_of(error).items())
        raise InputError(
            "网址里的筛选条件不能用", given=faults, remedy="回到列表重新筛选"
        ) from error


def form_as(form: FormData, model: type[ModelT], **fixed: Any) -> ModelT:
    """The fields of a form as a model; fields left empty take their defaults.

    Raises:
        InputError: which fields cannot be used, and why.
    """
    given: dict[str, Any] = {n: v for n, v in texts(form).items() if n in model.model_fields}
    for name, field in model.model_fields.items():
        if name in given and get_origin(field.annotation) is list:
            given[name] = [str(value) for value in form.getlist(name)]
    try:
        return model.model_validate({**given, **fixed})
    except ValidationError as error:
        faults = faults_of(error).items()
        raise InputError(
            "有栏目不能用", given="；".join(f"{_NAMES.get(n, n)}：{why}" for n, why in faults),
            remedy="改正后再提交",
        ) from error  # fmt: skip


def faults_of(error: ValidationError) -> dict[str, str]:
    """What is wrong with each field, in words."""
    return {
        str(fault["loc"][0]) if fault["loc"] else "": _WORDS.get(fault["type"], "不能用")
        for fault in error.errors()
    }


def linker(request: Request, path: str | None = None) -> Callable[[int], str]:
    """Addresses of the other pages of a list, with the filters kept."""

    def link(page: int) -> str:
        kept = {**_given(request), "page": page}
        return f"{path or request.url.path}?{urlencode(kept, doseq=True)}"

    return link


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    words: str
    without: str


def chips(request: Request, names: Mapping[str, str]) -> list[Chip]:
    """The filters of an address that are set, each to be taken off by itself.

    Args:
        request: of the page.
        names: of filters, in words; with ``{}`` for the value where it is told.
    """
    given = _given(request)
    return [
        Chip(words.format(given[name][-1]),
             address(request.url.path, {n: v for n, v in given.items() if n not in (name, "page")}))
        for name, words in names.items()
        if name in given
    ]  # fmt: skip


def address(path: str, query: Mapping[str, Any]) -> str:
    """A path with what of a query is set."""
    kept = {n: v for n, v in query.items() if v not in (None, "", False, [])}
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def twin_of(request: Request, path: str | None = None) -> str:
    """The JSON twin: the same address under the API, with the filters that are set."""
    return address(f"/api/v1{path or request.url.path}", _given(request))


async def _form_of(request: Request) -> FormData:
    return await request.form()


Form = Annotated[FormData, Depends(_form_of)]


def sent(model: type[ModelT], **fixed: Any) -> Any:
    """What is sent with a form as a model, for the argument of an endpoint."""

    def read(form: Form) -> ModelT:
        return form_as(form, model, **fixed)

    return Depends(read)


def texts(form: FormData | None) -> dict[str, str]:
    """The text fields of a form that are filled in; what was ticked of one, in one."""
    found: dict[str, list[str]] = {}
    for name, value in () if form is None else form.multi_items():
        if isinstance(value, str) and value.strip():
            found.setdefault(name, []).append(value.strip())
    return {name: "；".join(values) for name, values in found.items()}


def new_key() -> str:
    """What names a form, so that sending it twice does once what it asks for."""
    return secrets.token_urlsafe(16)


def upload(form: FormData, name: str = "file") -> tuple[str, bytes] | None:
    """An uploaded file: its name and content; None where none was chosen."""
    given = form.get(name)
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return given.filename, given.file.read()


def _given(request: Request) -> dict[str, list[str]]:
    query = request.query_params
    return {n: kept for n in query if (kept := [v for v in query.getlist(n) if v.strip()])}


def uploads(form: FormData, name: str = "files") -> list[tuple[str, bytes]]:
    """Name and content of the files that were chosen."""
    return [
        (file.filename, file.file.read())
        for file in form.getlist(name)
        if isinstance(file, UploadFile) and file.filename
    ]


def chosen(form: FormData | None, name: str = "files") -> list[str]:
    """The names of files that came with a form; a page shown again cannot hold the files."""
    given = [] if form is None else form.getlist(name)
    return [file.filename for file in given if isinstance(file, UploadFile) and file.filename]


def several(form: FormData | None, name: str) -> list[str]:
    """What the fields of one name hold, those left empty too, in the order of the form."""
    return [] if form is None else [str(value).strip() for value in form.getlist(name)]
