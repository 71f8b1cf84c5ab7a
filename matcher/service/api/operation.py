"""For whoever runs the service: is it alive, is it ready, what does it measure."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import JSONResponse, Response

from matcher.service.access import ANYONE, METRICS, allow
from matcher.service.context import service_of
from matcher.service.jobs import STATES
from matcher.service.routing import room as make_room

room = make_room()
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@room.get("/healthz", include_in_schema=False)
@allow(ANYONE)
async def healthz() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@room.get("/readyz", include_in_schema=False)
@allow(ANYONE)
def readyz(request: Request) -> JSONResponse:
    """The workspace is open and can be asked."""
    service = service_of(request)
    ready = service.library.ready and service.database.row("SELECT 1 FROM meta") is not None
    return JSONResponse({"status": "ok" if ready else "starting"}, 200 if ready else 503)


@room.get("/metrics", include_in_schema=False)
@allow(METRICS)
def metrics(request: Request) -> Response:
    """Measures for Prometheus; an API key needs the scope ``metrics``."""
    service = service_of(request)
    counted = dict(
        tuple(row) for row in service.database.rows("SELECT state, count(*) FROM jobs GROUP BY 1")
    )
    for state in STATES:
        service.measures.jobs.labels(state).set(counted.get(state, 0))
    edition = service.library.current()
    service.measures.records.labels("challenge").set(len(edition.challenges.lines))
    service.measures.records.labels("team").set(len(edition.teams.lines))
    service.measures.generation.set(edition.generation)
    return Response(service.measures.text(), media_type=_PROMETHEUS)
