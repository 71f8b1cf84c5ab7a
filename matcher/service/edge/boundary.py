"""The outermost layer: strict headers on every answer, bodies limited in size and time."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.service.settings import Settings

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS: Final = "max-age=31536000"


class Boundary:
    """ASGI middleware: headers out, limits in."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        bodiless = scope["method"] == "HEAD"
        if bodiless:  # answered as GET is, without the body
            scope["method"] = "GET"

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                if bodiless:
                    scope["method"] = "HEAD"
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if self._settings.tls:
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            elif bodiless:
                message = {**message, "body": b""}
            await send(message)

        limited = _Limited(receive, self._settings.upload_bytes, self._settings.upload_seconds)
        await self._app(scope, limited, headed)


class _Limited:
    """The body of one request, as long as it is neither too large nor too slow."""

    def __init__(self, receive: Receive, largest: int, seconds: float) -> None:
        self._receive = receive
        self._left = largest
        self._seconds = seconds
        self._until: float | None = None
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is the end of the connection
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._until = self._until or loop.time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, headers={"Connection": "close"}) from error
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._left < 0:
                raise HTTPException(413, headers={"Connection": "close"})
        return message
