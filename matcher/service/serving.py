"""Run the application until it is told to stop, finishing what has begun."""

from __future__ import annotations

import uvicorn

from matcher.service.app import create_app
from matcher.service.settings import Settings

_GRACE_SECONDS = 20
_MOST_AT_ONCE = 200


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises: as `create_app`."""
    config = uvicorn.Config(
        create_app(settings), host=settings.host, port=settings.port, log_config=None,
        access_log=False, server_header=False, proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies), limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=_GRACE_SECONDS, h11_max_incomplete_event_size=64 * 1024,
    )  # fmt: skip
    uvicorn.Server(config).run()
