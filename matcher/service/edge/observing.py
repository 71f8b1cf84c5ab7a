"""What is seen of the service from outside: metrics for Prometheus, log lines without people.

Neither holds addresses, names, queries or texts: a line says which route, for which role, how it
ended and how long it took.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matcher.service.edge.ending import OneLine

_log = logging.getLogger("matcher.service")
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3.0, 10.0)
_OWN_FIELDS: Final = ("route", "method", "status", "role", "seconds", "request", "error", "job",
                      "kind")  # fmt: skip
_QUIET: Final = ("/healthz", "/readyz", "/metrics", "/static")


class Metrics:
    """The metrics of one application; nothing global."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "matcher_request_seconds", "Time to answer", ("route", "method", "status"),
            buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.running = Gauge(
            "matcher_requests_running", "Requests being answered", registry=self.registry
        )
        self.failures = Counter(
            "matcher_errors_total", "Answers with a server error", ("route",),
            registry=self.registry,
        )  # fmt: skip
        self.jobs = Gauge("matcher_jobs", "Jobs by state", ("state",), registry=self.registry)
        self.records = Gauge("matcher_records", "Records served", ("side",), registry=self.registry)
        self.generation = Gauge(
            "matcher_generation", "Generation of the workspace served", registry=self.registry
        )

    def text(self) -> bytes:
        """In the format Prometheus reads."""
        return generate_latest(self.registry)


class Observer:
    """ASGI middleware: times every request, gives it a number, writes one line about it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(8)
        began = time.perf_counter()
        status = 500

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message).setdefault("X-Request-Id", number)
            await send(message)

        self._metrics.running.inc()
        try:
            await self._app(scope, receive, seen)
        finally:
            self._metrics.running.dec()
            self._note(scope, status, time.perf_counter() - began, number)

    def _note(self, scope: Scope, status: int, seconds: float, number: str) -> None:
        route = _route(scope)
        self._metrics.seconds.labels(route, scope["method"], str(status)).observe(seconds)
        if status >= 500:
            self._metrics.failures.labels(route).inc()
        quiet = status < 500 and route.startswith(_QUIET)
        principal = scope.get("state", {}).get("principal")
        _log.log(
            logging.DEBUG if quiet else logging.INFO,
            "request",
            extra={"route": route, "method": scope["method"], "status": status,
                   "role": getattr(principal, "role", "public"), "seconds": round(seconds, 4),
                   "request": number},
        )  # fmt: skip


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an error its kind and place, not its message: that may quote
    what a user wrote.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if record.exc_info is None else str(record.msg),
        }
        line.update({name: vars(record)[name] for name in _OWN_FIELDS if name in vars(record)})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(level: str) -> None:
    """Send the log of the service and its server to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(OneLine())
    for name in ("matcher", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(level.upper())


def _route(scope: Scope) -> str:
    """The route's pattern, never the path itself: paths hold ids."""
    route = scope.get("route")
    if route is not None:
        return str(getattr(route, "path_format", "other"))
    return "/static" if scope["path"].startswith("/static/") else "other"
