"""The API against its own description: whatever is sent, it answers as it says it does."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from matcher.service.access import ROLES
from matcher.service.app import routes_of
from matcher.service.store.accounts import Accounts
from matcher.service.store.database import Database
from matcher.service.store.keys import Keys
from matcher.workspace import STORE_FILE

from .service import make_app, service_of
from .test_service_operation import Running

API = "/api/v1"

CHECKS = (
    not_a_server_error, content_type_conformance, response_schema_conformance,
    status_code_conformance,
)  # fmt: skip
# Guessed ids are never there; these reach what lies behind them.
KNOWN = {"challenge_id": "K1", "team_id": "T1", "name": "enterprise"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    made = make_app(tmp_path_factory.mktemp("w"), requests_per_minute=1_000_000)
    service_of(made).live.reopen()
    return made


@pytest.fixture(scope="module")
def described(app: FastAPI) -> Any:
    return openapi.from_asgi(f"{API}/openapi.json", app)


@pytest.fixture(scope="module")
def bearer(app: FastAPI) -> dict[str, str]:
    service = service_of(app)
    account = service.accounts.add("程序", "staff", "", "correct horse battery")
    _, secret = service.keys.add(account.account_id, "试", ["read", "write", "metrics"])
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.slow
def test_whatever_is_sent_is_answered_as_described(described: Any, bearer: dict[str, str]) -> None:
    faults: list[str] = []
    for found in described.get_all_operations():
        operation = found.ok()

        @settings(max_examples=12, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def answered(case: Any) -> None:
            for name in KNOWN.keys() & case.path_parameters.keys():
                case.path_parameters[name] = KNOWN[name]
            case.call_and_validate(headers=bearer, checks=CHECKS)

        try:
            answered()
        except (AssertionError, FailureGroup) as error:
            faults.append(f"{operation.label}: {str(error)[:800]}")
    assert faults == []


@pytest.mark.long
@pytest.mark.processes
def test_a_hundred_seconds_of_linked_calls_by_each_role(tmp_path: Path) -> None:
    """Calls that follow each other (what one made the next one asks for), over a real socket."""
    make_app(tmp_path)
    with closing(Database(tmp_path / STORE_FILE)) as held:
        secrets = {a.name: Keys(held).add(a.account_id, "试", ["read", "write"])[1]
                   for a in Accounts(held).all()}  # fmt: skip
    with patch.dict(os.environ, MATCHER_SERVICE_REQUESTS_PER_MINUTE="1000000"):
        running = Running(tmp_path)
    faults = {}
    for role in ROLES:
        command = [
            sys.executable, "-m", "schemathesis.cli", "run", "--no-color", "--max-time", "100",
            "--phases", "coverage,fuzzing,stateful", "--continue-on-failure",
            "--request-timeout", "120",  # the machine may be busy
            "--suppress-health-check", "all", "-c", ",".join(check.__name__ for check in CHECKS),
            f"http://127.0.0.1:{running.port}{API}/openapi.json",
        ]  # fmt: skip
        if role in secrets:
            command += ["-H", f"Authorization: Bearer {secrets[role]}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        if done.returncode:
            faults[role] = done.stdout[-6000:] + done.stderr[-2000:]
    running.process.terminate()
    running.process.wait(40)
    assert faults == {}


def test_every_route_of_the_api_is_described_with_examples(app: FastAPI, described: Any) -> None:
    paths = described.raw_schema["paths"]
    for route in routes_of(app):
        if route.path.startswith("/api/") and route.include_in_schema:
            for method in route.methods or ():
                operation = paths[route.path_format][method.lower()]
                assert operation["description"], route.path
                assert "4XX" in operation["responses"], route.path
    schemas = described.raw_schema["components"]["schemas"]
    assert "examples" in schemas["DraftFields"]
    assert "examples" in schemas["Problem"]["properties"]["remedy"]
