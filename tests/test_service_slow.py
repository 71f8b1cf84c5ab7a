"""Clients that dawdle, against the service as a process of its own."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from matcher.service.edge.connections import _crowded
from matcher.service.serving import _MOST_AT_ONCE
from matcher.service.store.keys import Keys

from .service import make_app, service_of
from .test_service_operation import Running

pytestmark = pytest.mark.processes

SECONDS = 1.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    folder: Path = tmp_path_factory.mktemp("w")
    service = service_of(make_app(folder))
    (staff,) = [a for a in service.accounts.all() if a.role == "staff"]
    _, key = Keys(service.database).add(staff.account_id, "慢", ["read", "write"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHER_SERVICE_UPLOAD_SECONDS", str(SECONDS))
        patch.setenv("MATCHER_SERVICE_HEADER_SECONDS", str(SECONDS))
        made = Running(folder)
    yield made, key
    made.process.terminate()
    made.process.wait(40)


def answer(port: int, head: bytes, trickle: bytes, most: float = 30.0) -> tuple[bytes, float]:
    """What comes back to somebody who sends a byte every tenth second, and after how long."""
    with socket.create_connection(("127.0.0.1", port), timeout=0.1) as client:
        client.sendall(head)
        began, received = time.monotonic(), b""
        while time.monotonic() - began < most:
            try:
                client.sendall(trickle)
                part = client.recv(65536)
            except TimeoutError:
                continue
            except ConnectionError:
                break
            if not part:
                break
            received += part
        return received, time.monotonic() - began


def test_an_upload_that_trickles_in_is_cut_off(running: tuple[Running, str]) -> None:
    service, key = running
    head = (
        "POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: 1000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    )
    received, seconds = answer(service.port, head.encode(), b"a")
    assert re.match(rb"HTTP/1.1 408 ", received), received[:500]
    assert "上传太慢" in received.decode()
    assert SECONDS <= seconds < 30.0  # told, and the connection closed


def test_headers_that_trickle_in_are_cut_off(running: tuple[Running, str]) -> None:
    service, _ = running
    received, seconds = answer(service.port, b"GET /healthz HTTP/1.1\r\nX-Slow: ", b"a")
    assert received == b""
    assert 0.5 * SECONDS <= seconds < 30.0  # they count from when it was connected
    assert service.get("/healthz") == {"status": "ok"}


def test_an_answer_that_nobody_reads_is_given_up(running: tuple[Running, str]) -> None:
    service, _ = running
    with socket.create_connection(("127.0.0.1", service.port), timeout=0.1) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        ask = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 40:  # asks on and on, and reads nothing
                with suppress(TimeoutError):
                    client.send(ask * 10)
                time.sleep(0.05)
        assert time.monotonic() - began < 39
    assert service.get("/healthz") == {"status": "ok"}


def test_idle_connections_give_way_to_those_that_ask(running: tuple[Running, str]) -> None:
    service, _ = running
    ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        for number in range(2 * _MOST_AT_ONCE):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), 30))
            if number % 2:  # half of them have asked before, as browsers have
                client.sendall(ask)
                assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert service.get("/healthz") == {"status": "ok"}


def test_uploads_that_stop_half_way_turn_nobody_away(running: tuple[Running, str]) -> None:
    service, key = running
    head = (
        "POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nabc'
    )
    with ExitStack() as stack:
        for _ in range(_MOST_AT_ONCE + 50):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", service.port), 30))
            client.sendall(head.encode())
        for _ in range(5):
            assert service.get("/healthz") == {"status": "ok"}


def test_who_finds_all_connections_busy_may_ask_again() -> None:
    client = TestClient(_crowded)
    for path, words in (("/sign-in", "请稍后再试"), ("/api/v1/teams", '"crowded"')):
        told = client.get(path)
        assert (told.status_code, told.headers["Retry-After"]) == (503, "10")
        assert words in told.text


def test_who_goes_away_while_sending_is_no_error(running: tuple[Running, str]) -> None:
    service, _ = running
    head = (
        b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nname="
    )
    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(head)
        time.sleep(0.3)
    until = time.monotonic() + 30
    while '"status": 499' not in (log := service.log.read_text(encoding="utf-8")):
        assert time.monotonic() < until, log[-2000:]
        time.sleep(0.05)
    assert '"level": "error"' not in log
