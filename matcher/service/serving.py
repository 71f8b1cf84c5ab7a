"""Run the application until it is told to stop, finishing what has begun."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import uvicorn

from matcher.errors import WorkspaceError
from matcher.service.app import create_app
from matcher.service.edge.connections import protocol
from matcher.service.edge.observing import log_to_stderr
from matcher.service.settings import Settings

_GRACE_SECONDS = 20
_MOST_AT_ONCE = 200
# Longer than browsers and proxies keep a connection: closed from here, one could fail just as it
# is used again.
_KEPT_ALIVE_SECONDS = 120
_LOCK = "service.lock"
# A request goes to the database a dozen times and comes back to a matching that computes: with the
# usual five thousandths of a second each time, twenty people wait for it.
_SWITCH_SECONDS = 0.0005


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        WorkspaceError: another service runs over this workspace that this one is not ``beside``; or
            as `create_app`.
    """
    log_to_stderr(settings.log_level)
    sys.setswitchinterval(_SWITCH_SECONDS)
    app = create_app(settings)
    with nullcontext() if settings.beside else alone(settings.workspace):
        config = uvicorn.Config(
            app, http=protocol(settings.header_seconds, settings.upload_seconds, _MOST_AT_ONCE),
            host=settings.host, port=settings.port,
            log_config=None, access_log=False, server_header=False,
            proxy_headers=bool(settings.proxies), forwarded_allow_ips=list(settings.proxies),
            ws="none", timeout_graceful_shutdown=_GRACE_SECONDS,
            timeout_keep_alive=_KEPT_ALIVE_SECONDS, h11_max_incomplete_event_size=64 * 1024,
        )  # fmt: skip
        uvicorn.Server(config).run()


@contextmanager
def alone(workspace: Path) -> Iterator[None]:
    """The one service over a workspace that works in the background; the lock goes with the
    process, however it ends.

    Raises:
        WorkspaceError: there is another one.
    """
    with (workspace / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WorkspaceError(
                "这个工作区已经有一个服务在运行", given=workspace,
                remedy="先停掉它，换一个工作区，或用 --beside 在它旁边再开一个进程",
            ) from error  # fmt: skip
        yield
