"""For whoever runs the service: is it alive, is it ready, what does it measure."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from matcher.service.access import ANYONE, METRICS, allow
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.store.jobs import STATES

router = guarded_router()
_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", include_in_schema=False)
@allow(ANYONE)
async def healthz() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", include_in_schema=False)
@allow(ANYONE)
def readyz(caller: CurrentCaller) -> JSONResponse:
    """The workspace is open and can be asked."""
    service = caller.service
    ready = service.live.ready and service.database.row("SELECT 1 FROM meta") is not None
    return JSONResponse({"status": "ok" if ready else "starting"}, 200 if ready else 503)


@router.get("/metrics", include_in_schema=False)
@allow(METRICS)
def metrics(caller: CurrentCaller) -> Response:
    """Metrics for Prometheus; an API key needs the scope ``metrics``."""
    service = caller.service
    counted = dict(
        tuple(row) for row in service.database.rows("SELECT state, count(*) FROM jobs GROUP BY 1")
    )
    for state in STATES:
        service.metrics.jobs.labels(state).set(counted.get(state, 0))
    snapshot = service.live.current()
    service.metrics.records.labels("challenge").set(len(snapshot.challenges.lines))
    service.metrics.records.labels("team").set(len(snapshot.teams.lines))
    service.metrics.generation.set(snapshot.generation)
    return Response(service.metrics.text(), media_type=_PROMETHEUS)
