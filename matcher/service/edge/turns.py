"""Reading files takes turns: a few at a time in all, one at a time for each caller.

Who waits holds no thread, so pages and sign-in answer whatever is being read; and who sends many
files waits behind the own ones only.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from matcher.service.errors import Denied

_AT_ONCE = 2
_MOST_WAITING = 8
_RETRY = {"Retry-After": "10"}


class Turns:
    """The turns of one application."""

    def __init__(self, at_once: int = _AT_ONCE, most_waiting: int = _MOST_WAITING) -> None:
        self._at_once = at_once
        self._most = most_waiting
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = WeakKeyDictionary()

    @asynccontextmanager
    async def turn(self, caller: str) -> AsyncIterator[None]:
        """Wait for a turn and have it.

        Raises:
            Denied: the caller has too many waiting already.
        """
        loop = asyncio.get_running_loop()
        queue = self._loops.setdefault(loop, _Queue(self._at_once))
        if queue.asked[caller] > self._most:
            raise Denied(429, "前面上传的文件还没有读完，请稍后再传", _RETRY)
        queue.asked[caller] += 1
        try:
            async with queue.own.setdefault(caller, asyncio.Lock()), queue.all:
                yield
        finally:
            queue.asked[caller] -= 1
            if not queue.asked[caller]:
                del queue.asked[caller]
                queue.own.pop(caller, None)


class _Queue:
    def __init__(self, at_once: int) -> None:
        self.all = asyncio.Semaphore(at_once)
        self.own: dict[str, asyncio.Lock] = {}
        self.asked: Counter[str] = Counter()
