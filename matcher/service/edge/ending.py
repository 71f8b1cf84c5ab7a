"""Requests that are still being answered when the service can wait no longer."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.service.edge.unavailable import unavailable

_WHY: Final = "服务正在停止，这个请求没有做完，请稍后再试"
# What the server says before it breaks off what is still running.
_SERVER_SAYS: Final = "Cancel %s running task(s), timeout graceful shutdown exceeded"


class Ending:
    """ASGI middleware: whoever is broken off is told so, and may ask again."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        begun = False

        async def seen(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, seen)
        except asyncio.CancelledError:
            # Only the end of the service cancels requests, each once.
            if scope["type"] != "http" or begun:
                raise
            await unavailable(scope["path"], _WHY, "stopping")(scope, receive, send)


class OneLine(logging.Filter):
    """One line for all that is broken off, instead of one for each with where it was."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is written."""
        if record.msg == _SERVER_SAYS:
            record.msg = "停止服务：%s 个请求在时限内没有做完，已中断"
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or not issubclass(kind, asyncio.CancelledError)
