"""What nobody answered in time lapses by itself, once, and everybody concerned is told."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher import Challenge, Team, Workspace
from matcher.service.access import SERVICE, Principal
from matcher.service.context import Service
from matcher.service.desk.lapsing import lapse
from matcher.service.desk.notices import tell_events
from matcher.service.store.steps import Act
from matcher.service.worker import Worker
from matcher.text.dates import today

from .service import ENTERPRISE, UNIVERSITY, Caller, make_app, service_of

API = "/api/v1"
PAIR = {"challenge_id": "K1", "team_id": "T1"}
LATER = today() + timedelta(days=30)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    made = make_app(tmp_path)
    yield made
    service_of(made).close()


def moves(service: Service, key: tuple[str, str] = ("K1", "T1")) -> list[str]:
    return [step.move for step in service.pairs.history(key)]


def invite(app: FastAPI, until: date) -> None:
    asked = {**PAIR, "move": "邀请", "until": until.isoformat()}
    assert Caller(app, "enterprise").post(f"{API}/pairs/move", json=asked).status_code == 200


def test_an_invitation_lapses_after_its_day_once_and_is_told(app: FastAPI) -> None:
    service = service_of(app)
    invite(app, today() + timedelta(days=3))
    due = today() + timedelta(days=3)
    assert lapse(service, due) == 0  # the whole day counts
    assert lapse(service, due + timedelta(days=1)) == 1
    assert lapse(service, due + timedelta(days=1)) == 0
    assert moves(service) == ["邀请", "逾期未答"]
    last = service.pairs.history(("K1", "T1"))[-1]
    assert (last.party, last.account) == ("service", SERVICE.name)
    tell_events(service)
    for name in ("enterprise", "university", "staff"):
        shown = Caller(app, name).get(f"{API}/inbox").json()["items"]
        assert sum("逾期未答" in one["title"] for one in shown) == 1, name
    audited = Caller(app, "staff").get(f"{API}/audit?action=pair.move").json()["items"]
    assert [line["detail"]["move"] for line in audited] == ["逾期未答", "邀请"]


def test_what_staff_undid_does_not_lapse_again(app: FastAPI) -> None:
    service = service_of(app)
    invite(app, today())
    assert lapse(service, LATER) == 1
    undo = {**PAIR, "move": "撤销", "reason": "学校放假，再等"}
    assert Caller(app, "staff").post(f"{API}/pairs/undo", json=undo).status_code == 200
    assert lapse(service, LATER) == 0
    pair = service.pairs.find(("K1", "T1"))
    assert pair is not None
    assert pair.state == "已邀请"


@pytest.mark.slow
def test_an_award_that_is_not_signed_in_time_lapses_and_gives_the_place_back(app: FastAPI) -> None:
    service = service_of(app)
    staff = Act(Principal("staff", 9, "staff"), "staff", "因为")
    team = Act(Principal("university", 8, "university", UNIVERSITY), "team")
    sides = {"demand": ENTERPRISE, "team": UNIVERSITY}
    service.pairs.move(("K1", "T1"), "揭榜", team, sides)
    service.pairs.move(("K1", "T1"), "进入评审", staff, sides)
    caller = Caller(app, "staff")
    asked = {**PAIR, "move": "立项", "reason": "最好", "until": today().isoformat()}
    assert caller.post(f"{API}/pairs/move", json=asked).status_code == 200
    assert service.live.current().matcher.teams["T1"].active_challenges == 1
    assert lapse(service, LATER) == 1
    assert moves(service)[-1] == "逾期未答"
    assert service.live.current().matcher.teams["T1"].active_challenges == 0


@pytest.mark.slow
def test_a_published_call_closes_after_its_deadline(app: FastAPI) -> None:
    service = service_of(app)
    deadline = today() + timedelta(days=5)
    made = [Challenge(challenge_id=f"D{n}", title=f"难题{n}", demand_org=ENTERPRISE, stage="发榜",
                      apply_deadline=deadline) for n in (1, 2)]  # fmt: skip
    service.put([("challenge", made)], lambda: service.states.move(
        "D1", "导入", "", Act(SERVICE, "staff")))  # fmt: skip
    caller = Caller(app, "staff")
    assert caller.post(f"{API}/publishing", json={"challenge_ids": ["D1"]}).status_code == 200
    assert lapse(service, deadline) == 0
    assert lapse(service, deadline + timedelta(days=1)) == 1
    assert lapse(service, deadline + timedelta(days=1)) == 0
    assert service.states.of("D1") == "截止"
    assert service.states.of("D2") is None  # from before states were kept: left alone
    shown = caller.get(f"{API}/challenges/D1/history").json()
    assert (shown["state"], shown["steps"][-1]["party"]) == ("截止", "service")
    again = {"move": "重新发布", "reason": "延期"}
    assert caller.post(f"{API}/challenges/D1/state", json=again).status_code == 200
    assert lapse(service, LATER) == 0  # put up again knowing its deadline


@pytest.mark.slow
def test_two_services_over_one_workspace_lapse_once(app: FastAPI, tmp_path: Path) -> None:
    invite(app, today())
    services = [service_of(app), service_of(make_app(tmp_path))]
    threads = [threading.Thread(target=lapse, args=(one, LATER)) for one in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert moves(services[0]) == ["邀请", "逾期未答"]
    services[1].close()


def test_the_worker_does_it_at_the_start_and_when_a_day_begins(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, done = [date(2026, 1, 1)], []
    monkeypatch.setattr("matcher.service.worker.today", lambda: day[0])
    worker = Worker(service_of(app).jobs, lambda *_: {}, lambda: done.append(day[0]))
    worker.start()
    for number in (1, 2):
        deadline = time.monotonic() + 10
        while len(done) < number and time.monotonic() < deadline:
            time.sleep(0.02)
        day[0] = date(2026, 1, number + 1)
        service_of(app).jobs.call()
    worker.stop()
    assert done[:2] == [date(2026, 1, 1), date(2026, 1, 2)]


_LAPSING = """
import sys
from datetime import date
from pathlib import Path
from matcher.service.context import Service
from matcher.service.desk.lapsing import lapse
from matcher.service.settings import Settings
service = Service.open(Settings(workspace=Path(sys.argv[1]), encoder="none"))
print("opened", flush=True)
lapse(service, date(2099, 1, 1))
"""
_MANY = 60


@pytest.mark.long
@pytest.mark.processes
def test_killed_while_it_lapses_the_next_does_the_rest_once(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, encoder=None)
    workspace.put_challenges([Challenge(challenge_id="K1", title="题", demand_org=ENTERPRISE)])
    teams = [Team(team_id=f"T{n}", team_name=f"团队{n}", org_name=UNIVERSITY) for n in range(_MANY)]
    workspace.put_teams(teams)
    app = make_app(tmp_path)
    service = service_of(app)
    invited = Act(Principal("staff", 9, "staff"), "staff")
    sides = {"demand": ENTERPRISE, "team": UNIVERSITY}
    with service.database.writing():
        for team in teams:
            service.pairs.move(("K1", team.team_id), "邀请", invited, sides, until=today())
    process = subprocess.Popen(
        [sys.executable, "-c", _LAPSING, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "opened\n"
    while not service.pairs.in_states(["逾期"]):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = len(service.pairs.in_states(["已邀请"]))
    assert 0 < left < _MANY
    assert lapse(service, LATER) == left
    for team in teams:
        assert moves(service, ("K1", team.team_id)) == ["邀请", "逾期未答"]
    while tell_events(service):
        pass
    caller = Caller(app, "university")
    assert caller.get(f"{API}/inbox").json()["total"] == 2 * _MANY
    service.close()
