"""The end of the service while requests are still being answered."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from threading import Event, Thread

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from matcher.service.edge.ending import Ending
from matcher.service.edge.observing import log_to_stderr


@pytest.mark.parametrize("path", ["/api/v1/imports", "/staff/imports"])
def test_who_is_broken_off_is_told_and_the_log_has_one_line(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, met = io.StringIO(), Event()
    monkeypatch.setattr("sys.stderr", written)
    loggers = [logging.getLogger(name) for name in ("matcher", "uvicorn")]
    before = [(one, one.handlers, one.propagate, one.level) for one in loggers]
    log_to_stderr("warning")

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        met.set()
        await asyncio.Event().wait()

    config = uvicorn.Config(
        Ending(endless), port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=0
    )
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    running = Thread(target=server.run, args=([socket],))
    answers: list[httpx.Response] = []
    address = f"http://127.0.0.1:{socket.getsockname()[1]}{path}"
    asking = Thread(target=lambda: answers.append(httpx.get(address, timeout=60)))
    try:
        running.start()
        asking.start()
        assert met.wait(60)
        server.should_exit = True
        asking.join(60)
        running.join(60)
    finally:
        for one, handlers, propagate, level in before:
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)
    (answer,) = answers
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert "服务正在停止" in answer.text
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["停止服务：1 个请求在时限内没有做完，已中断"]
