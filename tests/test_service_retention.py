"""What is old is cleared away, what is needed stays."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from matcher.service.context import Service
from matcher.service.store.retention import RESULTS, clear

from .service import make_app, service_of

OLD, NEW = "2020-01-01T00:00:00+00:00", "2999-01-01T00:00:00+00:00"


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return service_of(make_app(tmp_path))


def job(service: Service, kind: str, state: str, finished: str | None, settings: object) -> str:
    made = service.jobs.add(1, kind, settings)  # type: ignore[arg-type]
    service.database.write(
        "UPDATE jobs SET state = ?, finished = ? WHERE id = ?", (state, finished, made.job_id)
    )
    folder = service.settings.workspace / RESULTS / made.job_id
    folder.mkdir(parents=True)
    (folder / "x").write_text("x")
    return made.job_id


def uploaded(service: Service, name: str, created: str) -> None:
    service.database.write(
        "INSERT INTO uploads VALUES (?, 1, ?, ?, ?)", (name, name, b"x", created)
    )


def left(service: Service) -> tuple[set[str], set[str], set[str]]:
    """Jobs, uploads, folders of results."""
    ids = (
        {str(row["id"]) for row in service.database.rows(f"SELECT id FROM {table}")}
        for table in ("jobs", "uploads")
    )
    folders = {path.name for path in (service.settings.workspace / RESULTS).iterdir()}
    return (*ids, folders)  # type: ignore[return-value]


def test_what_is_old_goes_and_what_is_needed_stays(service: Service) -> None:
    uploaded(service, "old", OLD)
    uploaded(service, "needed", OLD)
    uploaded(service, "new", NEW)
    old = [job(service, "match", state, OLD, {}) for state in ("done", "failed", "cancelled")]
    earlier = job(service, "report", "done", "2019-01-01T00:00:00+00:00", {})
    stay = {
        job(service, "report", "done", OLD, {}),  # the board reads the last one
        job(service, "match", "done", NEW, {}),
        job(service, "match", "running", None, {}),
        job(service, "import", "queued", None, {"upload_id": "needed"}),
    }
    folder = service.settings.workspace / RESULTS
    (folder / ("0" * 16)).mkdir()  # of a killed process
    (folder / "人放的").mkdir()
    _, lines = service.audit.lines()
    kept = service.database, service.audit, service.settings.workspace, 90
    assert clear(*kept) == (len([*old, earlier]), 1)
    assert left(service) == (stay, {"needed", "new"}, stay | {"人放的"})
    (newest, *others), _ = service.audit.lines()
    assert (newest.action, newest.detail["jobs"], newest.detail["uploads"]) == (
        "retention.clear", 4, 1,
    )  # fmt: skip
    assert len(others) == lines  # nothing of the log is cleared
    assert clear(*kept) == (0, 0)
    assert service.audit.lines()[1] == lines + 1


@pytest.mark.slow
def test_a_running_service_clears_by_itself(tmp_path: Path) -> None:
    app = make_app(tmp_path, keep_days=1)
    service = service_of(app)
    old = job(service, "match", "done", OLD, {})
    with TestClient(app):
        deadline = time.monotonic() + 60
        while old in left(service)[2]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert old not in left(service)[0]


def test_jobs_of_one_second_keep_their_order(service: Service) -> None:
    """The board shows the last report, also where two were done within a second."""
    queued = [service.jobs.add(1, "report", {}).job_id for _ in range(20)]
    for _ in queued:
        claimed = service.jobs.claim()
        assert claimed is not None
        service.jobs.finish(claimed.job_id, {})
        last = service.jobs.latest_done("report")
        assert last is not None
        assert last.job_id == claimed.job_id
    listed, _ = service.jobs.page(["report"], 1, 50)
    assert [one.job_id for one in listed] == queued[::-1]
