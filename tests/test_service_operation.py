"""Running it: backup and restore, health, metrics, logs, limits, replies, settings, kill -9."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matcher import Workspace
from matcher.errors import InputError, WorkspaceError
from matcher.index.backup import backup, restore
from matcher.service.edge.observing import JsonLines
from matcher.service.serving import alone
from matcher.service.settings import Settings, read_settings
from matcher.service.store.database import Database
from matcher.service.store.jobs import Jobs
from matcher.workspace import STORE_FILE

from .conftest import Cli
from .service import Caller, make_app, make_workspace, service_of

API = "/api/v1"
ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_what_is_backed_up_comes_back(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    app = make_app(tmp_path / "w")
    staff = Caller(app, "staff")
    copy = tmp_path / "备份.sqlite"
    assert backup(tmp_path / "w" / STORE_FILE, copy) == copy.stat().st_size
    assert list(tmp_path.glob("*备份*")) == [copy]  # one file, nothing beside it
    workspace.delete_teams(["T1", "T2"])
    generation = workspace.generation
    restore(copy, tmp_path / "w" / STORE_FILE)  # under a running service
    assert Workspace(tmp_path / "w", encoder=None).status().teams == 3
    assert workspace.generation > generation
    assert staff.get(f"{API}/teams").status_code == 401  # old sign-ins are not brought back
    again = Caller(app, "staff")
    assert again.get(f"{API}/challenges/K1/teams").json()["matches"][0]["team_id"] == "T1"


def test_a_backup_restores_into_an_empty_place(tmp_path: Path) -> None:
    make_workspace(tmp_path / "w")
    backup(tmp_path / "w" / STORE_FILE, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "new" / STORE_FILE)
    assert Workspace(tmp_path / "new", encoder=None).status().teams == 3


@pytest.mark.parametrize("damage", ["not a database", "cut", "newer", "missing"])
def test_a_bad_backup_changes_nothing(tmp_path: Path, damage: str) -> None:
    workspace = make_workspace(tmp_path / "w")
    copy = tmp_path / "b"
    backup(tmp_path / "w" / STORE_FILE, copy)
    if damage == "not a database":
        copy.write_bytes(b"PK\x03\x04" * 1000)
    elif damage == "cut":
        copy.write_bytes(copy.read_bytes()[:6000])
    elif damage == "newer":
        with closing(sqlite3.connect(copy)) as raw, raw:
            raw.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    else:
        copy.unlink()
    with pytest.raises(InputError, match="备份"):
        restore(copy, tmp_path / "w" / STORE_FILE)
    assert workspace.status().teams == 3


def test_backup_and_restore_from_the_command_line(cli: Cli, tmp_path: Path) -> None:
    make_workspace(tmp_path / "workspace")
    assert "已备份" in cli("backup", "b.sqlite").out
    assert cli("restore", "b.sqlite", "--yes").code == 0
    assert cli("restore", "b.sqlite", stdin=b"n\n").code == 130
    cli("restore", "没有", "--yes").refused("找不到备份文件")
    cli("backup", "b.sqlite", "-w", "nowhere").refused("找不到工作区数据")


@pytest.mark.slow
def test_health_and_measures(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    public = Caller(app)
    assert public.get("/healthz").json() == {"status": "ok"}
    assert public.get("/readyz").status_code == 503
    service_of(app).live.reopen()
    assert public.get("/readyz").status_code == 200
    assert public.get("/metrics").status_code in (303, 401)
    staff = Caller(app, "staff")
    key = staff.post(f"{API}/keys", json={"label": "m", "scopes": ["metrics"]}).json()["secret"]
    staff.get(f"{API}/challenges/K1?q=13900000001")
    bearer = {"Authorization": f"Bearer {key}"}
    text = public.get("/metrics", headers=bearer).text
    assert 'route="/api/v1/challenges/{challenge_id}"' in text
    assert 'matcher_records{side="team"} 3.0' in text
    assert "K1" not in text
    assert public.get(f"{API}/challenges", headers=bearer).status_code == 403


@pytest.mark.slow
def test_log_lines_hold_no_people(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = make_app(tmp_path)
    person = Caller(app, "enterprise")
    with caplog.at_level(logging.DEBUG):
        person.get(f"{API}/challenges", params={"q": "张三 13900000001"})
        person.get(f"{API}/challenges/张三")
        person.post("/sign-in", data={"name": "张三", "password": "13900000001",
                                      "csrf": person.token})  # fmt: skip
    formatter = JsonLines()
    lines = [formatter.format(r) for r in caplog.records if r.name.startswith("matcher")]
    assert json.loads(lines[0]) | {"route": f"{API}/challenges", "status": 200} == json.loads(
        lines[0]
    )
    text = "\n".join(lines)
    for private in ("张三", "139000", "testclient", "某某钢铁", person.token):
        assert private not in text


def test_an_error_in_the_log_has_its_place_but_not_its_words() -> None:
    try:
        raise ValueError("张三 13900000001")
    except ValueError:
        record = logging.LogRecord("matcher", logging.ERROR, "", 0, "job failed", None,
                                   sys.exc_info())  # fmt: skip
    line = JsonLines().format(record)
    assert "ValueError" in line
    assert "test_service_operation.py" in line
    assert "张三" not in line


@pytest.mark.slow
def test_too_many_requests_are_refused(tmp_path: Path) -> None:
    app = make_app(tmp_path, requests_per_minute=12)
    staff = Caller(app, "staff")
    answers = [staff.get(f"{API}/status").status_code for _ in range(16)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert staff.get(f"{API}/status").headers["retry-after"]


@pytest.mark.slow
def test_what_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    staff = Caller(make_app(tmp_path), "staff")
    first = staff.get(f"{API}/challenges/K1")
    etag = {"If-None-Match": first.headers["etag"]}
    assert staff.get(f"{API}/challenges/K1", headers=etag).status_code == 304
    assert staff.get(f"{API}/challenges/K2", headers=etag).status_code == 200


def test_a_write_sent_twice_is_done_once(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    person, other = Caller(app, "enterprise"), Caller(app, "staff")
    key = {"Idempotency-Key": "a-1"}
    first = person.post(f"{API}/drafts", json={"title": "轴承"}, headers=key)
    again = person.post(f"{API}/drafts", json={"title": "轴承"}, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert person.get(f"{API}/drafts").json()["total"] == 1
    different = person.post(f"{API}/drafts", json={"title": "靶材"}, headers=key)
    assert different.status_code == 409
    mine = other.post(f"{API}/drafts", json={"title": "轴承"}, headers=key)
    assert mine.json()["draft_id"] != first.json()["draft_id"]
    # What failed was not done, so the key is free again.
    retry = {"Idempotency-Key": "a-2"}
    assert person.post(f"{API}/drafts", json={}, headers=retry).status_code == 422
    assert person.post(f"{API}/drafts", json={"title": "x"}, headers=retry).status_code == 201


def test_a_secret_is_not_kept_for_replay(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    person = Caller(app, "enterprise")
    key = {"Idempotency-Key": "k"}
    asked = {"label": "x", "scopes": ["read"]}
    secret = person.post(f"{API}/keys", json=asked, headers=key).json()["secret"]
    assert person.post(f"{API}/keys", json=asked, headers=key).status_code == 409
    rows = service_of(app).database.rows("SELECT * FROM replies")
    assert secret not in str([dict(row) for row in rows])


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("prot = 1", "prot: 没有这一项设置"),
        ('port = "x"', "port: 应为整数"),
        ("port = 70000", "port: 太大 65535"),
        ('host = "0.0.0.0"', "TLS 代理"),
        ('log_level = "loud"', "log_level: 不是可选的值之一"),
        ("port = ", "设置读不了"),
    ],
)
def test_wrong_settings_are_told_in_chinese(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "s.toml").write_text(written, encoding="utf-8")
    with pytest.raises(InputError, match=r"(?s).*处理") as refused:
        read_settings(tmp_path / "s.toml")
    assert told in str(refused.value)


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "s.toml").write_text('port = 1\ntitle = "甲"\nhosts = ["a.cn"]', encoding="utf-8")
    monkeypatch.setenv("MATCHER_SERVICE_PORT", "2")
    monkeypatch.setenv("MATCHER_SERVICE_TITLE", "乙")
    read = read_settings(tmp_path / "s.toml", port=3, title=None)
    assert (read.port, read.title, read.hosts) == (3, "乙", ("a.cn",))
    assert isinstance(read, Settings)
    with pytest.raises(InputError, match="找不到设置文件"):
        read_settings(tmp_path / "没有.toml")


def test_only_one_service_over_a_workspace(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(WorkspaceError, match="已经有一个服务"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


class Running:
    """``matcher serve`` as a process of its own."""

    def __init__(self, workspace: Path) -> None:
        self.log = workspace / "log"
        command = [sys.executable, "-c", "from matcher.cli import main; main()", "serve",
                   "-w", str(workspace), "--encoder", "none", "--port", "0"]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, cwd=ROOT, env=environment)
        self.port = self._port()

    def _port(self) -> int:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for line in self.log.read_text(encoding="utf-8").splitlines()[::-1]:
                if "Uvicorn running on" in line:
                    return int(line.split("http://127.0.0.1:")[1].split(" ")[0].strip('"},'))
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return json.loads(answer.read())


@pytest.mark.processes
def test_kill_9_in_a_job_and_the_next_start_does_it_again(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    make_app(tmp_path)
    jobs = Jobs(Database(tmp_path / STORE_FILE))
    running = Running(tmp_path)
    assert running.get("/readyz") == {"status": "ok"}
    many = [jobs.add(1, "report", {"draws": 0, "lowest_band": "未定"}) for _ in range(3)]
    deadline = time.monotonic() + 60
    while all(jobs.get(job.job_id).state == "queued" for job in many):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    with closing(sqlite3.connect(tmp_path / STORE_FILE)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert any(jobs.get(job.job_id).state in ("running", "queued") for job in many)
    again = Running(tmp_path)
    deadline = time.monotonic() + 90
    while any(jobs.get(job.job_id).state in ("queued", "running") for job in many):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert {jobs.get(job.job_id).state for job in many} == {"done"}
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(40) in (0, -signal.SIGTERM)
    assert "Traceback" not in again.log.read_text(encoding="utf-8")
