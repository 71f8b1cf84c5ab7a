"""Who may use which route: every route against every role, read from the routes themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from matcher.service import areas
from matcher.service.access import ANYONE, ROLES, STAFF, Role, access_of, allow
from matcher.service.app import check_routes, routes_of
from matcher.service.routing import guarded_router
from matcher.service.settings import Settings
from matcher.service.store.accounts import Details

from .service import ORGANISATIONS, PASSWORD, Caller, make_app, service_of


@pytest.fixture(params=[False, True], ids=["private lists", "public lists"], scope="module")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    app = make_app(tmp_path_factory.mktemp("w"), public_lists=request.param)
    service_of(app).live.reopen()
    return app


ADMINS: dict[str, Role] = {"enterprise admin": "enterprise", "university admin": "university"}


@pytest.fixture(params=[*ROLES, *ADMINS], scope="module")
def caller(request: pytest.FixtureRequest, app: FastAPI) -> tuple[Role, Caller, bool]:
    if request.param in ROLES:
        return request.param, Caller(app, request.param), False
    role = ADMINS[request.param]
    details = Details(organisation_admin=True)
    service_of(app).accounts.add(request.param, role, ORGANISATIONS[role], PASSWORD, details)
    return role, Caller(app, request.param), True


@pytest.mark.slow
def test_every_route_admits_exactly_the_roles_of_its_rule(
    app: FastAPI, caller: tuple[Role, Caller, bool]
) -> None:
    role, somebody, admin = caller
    settings = app.state.service.settings
    wrong = []
    for route in routes_of(app):
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        for method in sorted(route.methods or ()):
            if path == "/sign-out":
                continue  # would end the session of the matrix itself
            answer = somebody.send(method, path)
            signed_out = answer.status_code == 303 and "/sign-in" in answer.headers["location"]
            stopped = answer.status_code in (401, 403) or signed_out
            # A wrong password is 401 too, but the sign-in form is for anyone.
            expected = not route.access.allows(role, settings, admin)
            if stopped != expected or answer.status_code >= 500:
                wrong.append((role, method, path, answer.status_code))
    assert wrong == []


def test_a_route_without_a_rule_cannot_be_made() -> None:
    made = guarded_router()
    with pytest.raises(RuntimeError, match="without an access rule"):

        @made.get("/forgotten")
        def forgotten() -> None: ...


def test_a_route_beside_the_guard_stops_the_start(tmp_path: Path) -> None:
    app = make_app(tmp_path)

    @app.get("/beside")
    def beside() -> None: ...

    with pytest.raises(RuntimeError, match="without a guard"):
        check_routes(app)


def test_a_rule_is_read_where_it_was_declared() -> None:
    @allow(STAFF)
    def endpoint(request: Request) -> Response: ...

    assert access_of(endpoint) is STAFF
    assert ANYONE.allows("public", Settings())


def test_every_module_with_routes_is_in_the_list_of_areas() -> None:
    package = Path(areas.__file__).parent
    routed = [
        path.stem for face in ("api", "pages") for path in package.glob(f"{face}/*.py")
        if "\nrouter = " in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert set(routed) == set(areas.AREAS)
    assert len(list(areas.routers())) == len(routed) > len(areas.AREAS)
