"""Several processes answer over one workspace; one of them works for all."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matcher import Workspace
from matcher.records import Team
from matcher.service.store.database import Database
from matcher.service.store.jobs import Jobs
from matcher.workspace import STORE_FILE

from .service import Caller, make_app, service_of


@pytest.mark.slow
def test_who_is_beside_does_not_take_up_another_s_work(tmp_path: Path) -> None:
    first, beside = make_app(tmp_path), make_app(tmp_path, beside=True, warm_rankings=0)
    staff = service_of(first).accounts.get("staff")
    jobs = Jobs(Database(tmp_path / STORE_FILE))  # outlives the services
    begun = jobs.add(staff.account_id, "match", {"top": 3})
    assert jobs.claim() == jobs.get(begun.job_id)  # the first process has it in hand
    queued = jobs.add(staff.account_id, "match", {"top": 3})
    with TestClient(beside):
        assert service_of(beside).jobs.get(queued.job_id).state == "queued"
    assert jobs.get(begun.job_id).state == "running"
    assert jobs.get(queued.job_id).state == "queued"


def test_whoever_signed_in_at_one_is_known_to_the_other_and_sees_its_changes(
    tmp_path: Path,
) -> None:
    first, beside = make_app(tmp_path), make_app(tmp_path, beside=True)
    staff, there = Caller(first, "staff"), Caller(beside)
    there.client.cookies.set("session", staff.client.cookies["session"])
    path = "/api/v1/challenges/K1/teams"
    assert there.get(path).json() == staff.get(path).json()
    Workspace(tmp_path, encoder=None).put_teams(
        [Team(team_id="T9", team_name="新来的", org_name="新大学", profile="光刻胶树脂")]
    )
    for app, caller in ((first, staff), (beside, there)):
        service_of(app).live.reopen()
        assert caller.get("/api/v1/teams/T9").status_code == 200
    assert there.get(path).json() == staff.get(path).json()
