"""Connections that are given up: headers that do not come to an end, answers that nobody takes.

uvicorn waits for a client as long as it likes, and every connection counts against the most at
once: a few hundred that send nothing, or a byte now and then, or never read what they asked for,
would shut everybody else out. So would the browsers of forty people, each of which keeps half a
dozen open, and uploads that stop half way: when there are too many, the one goes that has sent
nothing for longest while it was its turn.
"""

from __future__ import annotations

import asyncio
from typing import Final, cast

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from matcher.service.edge.unavailable import unavailable

_CROWDED: Final = "同时办理的请求太多，请稍后再试"


def protocol(header_seconds: float, unread_seconds: float, most: int) -> type[H11Protocol]:
    """HTTP/1.1 as uvicorn speaks it, with so much time for the headers of each request.

    Args:
        header_seconds: for all of them together.
        unread_seconds: a client may leave an answer lying, once the system's buffers are full.
        most: connections at once; if all of them are being answered, new ones are refused.
    """
    # Those whose turn it is to send something, the one that sent nothing for longest first.
    waiting: dict[asyncio.Transport, None] = {}

    class Impatient(H11Protocol):
        _limit: asyncio.TimerHandle | None = None
        _unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(cast(asyncio.Transport, transport))
            self._begin()
            if len(self.connections) >= most and waiting:
                longest = next(iter(waiting))
                del waiting[longest]
                longest.close()
            waiting[self.transport] = None

        def data_received(self, data: bytes) -> None:
            if self._limit is None and self.conn.their_state is h11.IDLE:
                self._begin()
            if len(self.connections) >= most:
                self.app = _crowded
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                return
            self._end()
            waiting.pop(self.transport, None)
            if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
                waiting[self.transport] = None

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
                waiting[self.transport] = None

        def connection_lost(self, exc: Exception | None) -> None:
            self._end()
            self._taken()
            waiting.pop(self.transport, None)
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._taken()
            self._unread = self.loop.call_later(unread_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            self._taken()
            super().resume_writing()

        def _taken(self) -> None:
            if self._unread is not None:
                self._unread.cancel()
                self._unread = None

        def _begin(self) -> None:
            self._limit = self.loop.call_later(header_seconds, self.transport.close)

        def _end(self) -> None:
            if self._limit is not None:
                self._limit.cancel()
                self._limit = None

    return Impatient


async def _crowded(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a request; its connection ends with the answer."""
    await unavailable(scope["path"], _CROWDED, "crowded")(scope, receive, send)
