"""`create_app`: the web application over one workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from matcher.corpora.formats.confined import warm
from matcher.service import problems
from matcher.service.areas import routers
from matcher.service.context import Service
from matcher.service.courier import Courier
from matcher.service.desk import work
from matcher.service.desk.delivering import deliver
from matcher.service.desk.digests import send_digests
from matcher.service.desk.lapsing import lapse
from matcher.service.desk.notices import tell_events
from matcher.service.edge.boundary import Boundary
from matcher.service.edge.ending import Ending
from matcher.service.edge.observing import Observer
from matcher.service.pages.errors import error_page
from matcher.service.routing import GuardedRoute
from matcher.service.settings import Settings
from matcher.service.store.retention import clear
from matcher.service.warming import Warmer
from matcher.service.worker import Worker

STATIC = Path(__file__).parent / "static"


class _Static(StaticFiles):
    """Static files; an address with the version of its content may be kept for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file."""
        response = await super().get_response(path, scope)
        if b"v=" in scope["query_string"]:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response


def create_app(settings: Settings) -> FastAPI:
    """The application; ``app.state.service`` holds its parts.

    Raises:
        WorkspaceError, ModelError: the workspace cannot be served.
        RuntimeError: a route declares no access rule.
    """
    service = Service.open(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(service.live.reopen)
        warm()
        # One process works for all: what it had begun is taken up again when that one starts.
        running: list[Worker | Courier | Warmer] = [Warmer(service)]
        if not settings.beside:
            running = [_worker(service), _courier(service), *running]
        for part in running:
            part.start()
        yield
        for part in reversed(running):
            await run_in_threadpool(part.stop)
        await run_in_threadpool(service.close)

    app = FastAPI(
        title=settings.title, openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan
    )
    app.state.service = service
    problems.install(app, error_page)
    for router in routers():
        # Not include_router: the routes stay in one flat list that can be checked.
        app.router.routes.extend(router.routes)
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.all_hosts)
    app.add_middleware(Ending)
    app.add_middleware(Boundary, settings=settings)
    app.add_middleware(Observer, metrics=service.metrics)
    check_routes(app)
    return app


def routes_of(app: FastAPI) -> tuple[GuardedRoute, ...]:
    """All guarded routes, for the authorisation matrix."""
    return tuple(route for route in app.routes if isinstance(route, GuardedRoute))


def check_routes(app: FastAPI) -> None:
    """Nothing but guarded routes and the static files may be reached.

    Raises:
        RuntimeError: something else can.
    """
    for route in app.routes:
        if isinstance(route, GuardedRoute):
            continue
        if isinstance(route, Mount) and route.path == "/static":
            continue
        raise RuntimeError(f"route without a guard: {route!r}")


def _worker(service: Service) -> Worker:
    """Does the jobs of a service; every day what is old is cleared away and what is over lapses."""
    settings = service.settings

    def daily() -> None:
        lapse(service)
        clear(service.database, service.audit, settings.workspace, settings.keep_days)

    return Worker(service.jobs, partial(work.do, service), daily)


def _courier(service: Service) -> Courier:
    """Makes messages of what happens in a service, and sends them."""

    def gather() -> None:
        tell_events(service)
        send_digests(service)

    return Courier(service.deliveries, gather, partial(deliver, service))
