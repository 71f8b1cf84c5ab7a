"""Connections that are given up: headers that do not come to an end, answers that nobody takes.

uvicorn waits for a client as long as it likes, and every connection counts against the most at
once: a few hundred that send nothing, or a byte now and then, or never read what they asked for,
would shut everybody else out. So would the browsers of forty people, each of which keeps half a
dozen open: when there are too many, the one that has been idle longest goes.
"""

from __future__ import annotations

import asyncio
from typing import cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


def protocol(header_seconds: float, unread_seconds: float, most: int) -> type[H11Protocol]:
    """HTTP/1.1 as uvicorn speaks it, with so much time for the headers of each request.

    Args:
        header_seconds: for all of them together.
        unread_seconds: a client may leave an answer lying, once the system's buffers are full.
        most: connections at once; from then on uvicorn refuses what comes over new ones.
    """
    idle: dict[asyncio.Transport, None] = {}

    class Impatient(H11Protocol):
        _limit: asyncio.TimerHandle | None = None
        _unread: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(cast(asyncio.Transport, transport))
            self._begin()
            if len(self.connections) >= most and idle:
                longest = next(iter(idle))
                del idle[longest]
                longest.close()
            idle[self.transport] = None

        def data_received(self, data: bytes) -> None:
            if self._limit is None and self.conn.their_state is h11.IDLE:
                self._begin()
            super().data_received(data)
            if self.conn.their_state is not h11.IDLE:
                self._end()
                idle.pop(self.transport, None)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
                idle[self.transport] = None

        def connection_lost(self, exc: Exception | None) -> None:
            self._end()
            self._taken()
            idle.pop(self.transport, None)
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
