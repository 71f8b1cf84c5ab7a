"""Routes that are guarded before anything of the request's body is understood.

The guard finds out who asks (session cookie or API key), holds it against the route's rule, and
lets no form or script of another site act in a person's name.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from matcher.service.access import PUBLIC, Access, Principal, access_of
from matcher.service.context import Caller, Service
from matcher.service.errors import Denied
from matcher.service.store.replies import LONGEST_KEY, Reply, fingerprint

READING = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION, VISITOR = "session", "visitor"
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
IDEMPOTENCY = "idempotency-key"
_GONE = 499  # what the log says of a request whose sender went away, as others' logs do
# What of an answer is given again with its body; cookies are not.
_KEPT_HEADERS = frozenset({"content-type", "etag", "location", "content-disposition"})


def service_of(request: Request) -> Service:
    """The service a request is for."""
    found: Service = request.app.state.service
    return found


async def caller_of(request: Request) -> Caller:
    """Who sent a request, as the guard has found out, and for which service."""
    return Caller(service_of(request), request.state.principal)


CurrentCaller = Annotated[Caller, Depends(caller_of)]


class GuardedRoute(APIRoute):
    """A route that declares its access rule; without one the service does not start."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.access: Access = access_of(endpoint)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """The endpoint behind the guard."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await looked_after(request)
            except ClientDisconnect:  # nobody is there to be answered
                return Response(status_code=_GONE)

        async def looked_after(request: Request) -> Response:
            await guard(request, self.access)
            if self.access.reads_files:
                async with service_of(request).turns.turn(request.state.principal.subject):
                    return await answered(request)
            return await answered(request)

        async def answered(request: Request) -> Response:
            key = request.headers.get(IDEMPOTENCY)
            if key is None or request.method in READING:
                answer = conditional(request, await handler(request))
                return answer if self.access.tells_secret else returnable(answer)
            return await _once(request, self.access, key, handler)

        return guarded


def guarded_router(prefix: str = "", **options: Any) -> APIRouter:
    """A router whose routes are guarded; one for each resource."""
    return APIRouter(prefix=prefix, route_class=GuardedRoute, **options)


async def guard(request: Request, access: Access) -> None:
    """Find out who asks and whether it may; leaves ``principal`` and ``form_owner`` in the state.

    Raises:
        Denied: it may not.
    """
    service = service_of(request)
    principal, owner = await run_in_threadpool(_identify, request, service)
    request.state.principal = principal
    request.state.form_owner = owner
    _check_rate(request, service, principal, access)
    if not access.allows(principal.role, service.settings, principal.organisation_admin):
        raise Denied(*((403, "没有权限") if principal.signed_in else (401, "请先登录")))
    needed = access.needs(request.method)
    if principal.scopes is not None and needed not in principal.scopes:
        raise Denied(403, f"接口密钥没有 {needed} 权限")
    if access.by_person and principal.scopes is not None:
        raise Denied(403, "接口密钥不能办这件事，请登录网页后再办")
    if request.method not in READING and principal.scopes is None and not access.by_link:
        await _check_form(request, service, owner)


def conditional(request: Request, response: Response) -> Response:
    """The answer with its ETag, or 304 if the caller has it already."""
    body = getattr(response, "body", None)
    if request.method != "GET" or response.status_code != 200 or not isinstance(body, bytes):
        return response
    tag = response.headers.get("etag") or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "private, no-cache")
    given = [part.strip().removeprefix("W/") for part in
             request.headers.get("if-none-match", "").split(",")]  # fmt: skip
    if tag not in given:
        return response
    kept = {name: response.headers[name] for name in ("etag", "cache-control")}
    return Response(status_code=304, headers=kept)


def returnable(response: Response) -> Response:
    """A page that answers a form, so kept that the button “back” of a browser finds it again."""
    if response.headers.get("content-type", "").startswith("text/html"):
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


async def _once(
    request: Request, access: Access, key: str,
    handler: Callable[[Request], Awaitable[Response]],
) -> Response:  # fmt: skip
    """Do a write once, however often it is sent under the same key."""
    service, principal = service_of(request), request.state.principal
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Denied(422, f"Idempotency-Key 应为 1 至 {LONGEST_KEY} 个字符")
    asked = fingerprint(request.method, str(request.url), await request.body())
    known = await run_in_threadpool(service.replies.begin, principal.subject, key, asked)
    if isinstance(known, str):
        raise Denied(409, known)
    if known is not None and access.tells_secret:
        raise Denied(409, "已经办过；密钥和订阅地址只在第一次显示")
    if known is not None:
        again = {**known.headers, "Idempotency-Replayed": "true"}
        return Response(known.body, known.status, again)
    try:
        response = await handler(request)
    except BaseException:
        await run_in_threadpool(service.replies.forget, principal.subject, key)
        raise
    body = b"" if access.tells_secret else bytes(response.body)
    kept = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
    reply = Reply(response.status_code, kept, body)
    await run_in_threadpool(service.replies.keep, principal.subject, key, reply)
    return response


def _check_rate(request: Request, service: Service, principal: Principal, access: Access) -> None:
    caller = principal.subject
    if not principal.signed_in or access.per_minute is not None:
        caller = f"address:{request.client.host if request.client else ''}"
    purpose = request.url.path if access.per_minute is not None else ""
    if not service.limiter.admits(caller, purpose, access.per_minute):
        raise Denied(429, "请求太频繁，请稍后再试", {"Retry-After": "30"})


def _identify(request: Request, service: Service) -> tuple[Principal, str]:
    """Who asks, and whose CSRF tokens count.

    Raises:
        Denied: a key that opens nothing.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        holder = service.keys.find(secret.strip())
        if holder is None:
            raise Denied(401, "接口密钥不对或已撤销", {"WWW-Authenticate": "Bearer"})
        return holder, ""
    token = request.cookies.get(cookie_name(service, SESSION), "")
    principal = service.sessions.find(token) if token else None
    if principal is not None:
        return principal, token
    return PUBLIC, request.cookies.get(cookie_name(service, VISITOR), "") or new_visitor(request)


def new_visitor(request: Request) -> str:
    """A cookie for somebody without a session, so that its forms are guarded too."""
    request.state.new_visitor = secrets.token_urlsafe(16)
    return str(request.state.new_visitor)


def cookie_name(service: Service, name: str) -> str:
    """Behind TLS no other host of the domain may set or read the cookie."""
    return f"__Host-{name}" if service.settings.tls else name


async def _check_form(request: Request, service: Service, owner: str) -> None:
    """A request that changes something must come from a page of ours."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Denied(403, "请求来自别的网站")
    given = request.headers.get(CSRF_HEADER)
    if given is None and "form" in request.headers.get("content-type", ""):
        # Parsed once: the endpoint gets the same form.
        given = str((await request.form()).get(CSRF_FIELD, ""))
    if not service.sessions.is_form_token(owner, given or ""):
        raise Denied(403, "页面已过期，请刷新后重新提交")
