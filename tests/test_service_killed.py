"""kill -9 at random moments: contracts with papers, messages on their way, lists being built."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from fastapi import FastAPI

from matcher.service.context import Service
from matcher.service.store.accounts import Accounts
from matcher.service.store.database import Database
from matcher.service.store.keys import Keys
from matcher.workspace import STORE_FILE

from .service import SIDES, STAFF, TEAM, UNIVERSITY, make_app, service_of
from .test_leftovers_random import MARK, _orphans
from .test_service_messages import (
    Mailbox,
    app,
    filled,
    has_mailbox,
    mailbox,
    send_all,
    service,
    told,
)
from .test_service_operation import Running

__all__ = ["app", "filled", "mailbox", "service"]
pytestmark = [pytest.mark.processes, pytest.mark.long]
KILLS = 20
MESSAGES = 30

# Says "ready", then one line for everything that is done.
FILING = """
import sys
from pathlib import Path
from matcher.service.access import Principal
from matcher.service.context import Caller, Service
from matcher.service.desk import contracts
from matcher.service.settings import Settings
service = Service.open(Settings(workspace=Path(sys.argv[1]), encoder="none"))
service.live.reopen()
caller = Caller(service, Principal("staff", 9, "管理"))
print("ready", flush=True)
for number in range(10_000):
    name = f"{sys.argv[2]}-{number}"
    papers = [(f"{name}-{n}.pdf", f"{name}-{n}".encode() * 20_000) for n in range(3)]
    asked = contracts.ContractAsked.model_validate({
        "challenge_id": "K1", "team_id": "T1", "reason": "登记",
        "contract": {"signed": "2026-01-02", "number": name}})
    contracts.sign(caller, asked, papers)
    print(name, flush=True)
"""
DELIVERING = """
import sys
from pathlib import Path
from matcher.service.context import Service
from matcher.service.store.accounts import Accounts
from matcher.service.desk import delivering
from matcher.service.settings import Settings
service = Service.open(Settings(workspace=Path(sys.argv[1]), encoder="none",
    mail_host="127.0.0.1", mail_port=int(sys.argv[2]), mail_security="none",
    mail_from="noreply@jbgs.example.cn", public_address="https://jbgs.example.cn"))
print("ready", flush=True)
while (one := service.deliveries.claim()) is not None:
    delivering.deliver(service, one)
print("done", flush=True)
"""


def _killed(script: str, arguments: list[str], after: float) -> list[str]:
    """Run a script, kill it so long after it was ready; what it said before."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    said = [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    return said


def test_contracts_that_were_acknowledged_are_there_with_all_their_papers(tmp_path: Path) -> None:
    made = service_of(make_app(tmp_path))
    for name, act in (("揭榜", TEAM), ("进入评审", STAFF), ("立项", STAFF)):
        made.pairs.move(("K1", "T1"), name, act, SIDES)
    made.close()
    chance, promised = random.Random(5), []
    for turn in range(KILLS):
        promised += _killed(FILING, [str(tmp_path), str(turn)], chance.uniform(0, 1.0))
        with closing(Database(tmp_path / STORE_FILE)) as database:
            assert database.row("PRAGMA integrity_check")[0] == "ok"
            kept = {
                str(row["name"]): bytes(row["content"])
                for row in database.rows("SELECT name, content FROM step_files")
            }
            steps = database.rows("SELECT detail FROM steps WHERE subject = 'pair'")
        names = {
            json.loads(row["detail"] or "{}").get("contract", {}).get("number") for row in steps
        }
        assert set(promised) <= names, set(promised) - names
        # A contract is there with its three papers, or not at all.
        for name in names - {None}:
            for n in range(3):
                paper = f"{name}-{n}"
                assert kept.pop(f"{paper}.pdf") == paper.encode() * 20_000
        assert not kept
    assert len(promised) >= KILLS
    print(f"{KILLS} kills, {len(promised)} contracts acknowledged, none lost or half there")


def test_messages_reach_every_inbox_once_and_what_is_in_doubt_is_listed(
    app: FastAPI, service: Service, mailbox: Mailbox
) -> None:
    account = has_mailbox(service, "university")
    folder = str(service.settings.workspace)
    chance, doubts, posted = random.Random(6), 0, 0
    for turn in range(KILLS):
        for number in range(MESSAGES):
            service.messages.post(told(f"{turn}-{number}"), [account])
        posted += MESSAGES
        _killed(DELIVERING, [folder, str(mailbox.port)], chance.uniform(0, 0.4))
        service.deliveries.recover()
        counted = service.deliveries.counted()
        assert counted["doubt"] - doubts <= 1, counted  # one is on its way at a time
        doubts = counted["doubt"]
        sent = Counter(mail["Message-ID"] for mail in mailbox.mails)
        assert set(sent.values()) <= {1}
        assert counted["sent"] <= len(sent) <= counted["sent"] + doubts
    send_all(service)
    counted = service.deliveries.counted()
    sent = Counter(mail["Message-ID"] for mail in mailbox.mails)
    assert counted["sent"] + counted["doubt"] == posted
    assert set(sent.values()) == {1}
    assert service.messages.unread(account) == posted
    print(f"{KILLS} kills, {posted} messages, {len(sent)} mails, {doubts} in doubt, none twice")


class _Lists:
    """Lists given to a service that is killed in between."""

    def __init__(self, workspace: Path, seed: int) -> None:
        self.workspace = workspace
        self.chance = random.Random(seed)
        self.starts = 0
        make_app(workspace)
        with closing(Database(workspace / STORE_FILE)) as held:
            account = next(one for one in Accounts(held).all() if one.name == "staff")
            self.secret = Keys(held).add(account.account_id, "试", ["read", "write"])[1]
        self.begin()

    def begin(self) -> None:
        self.starts += 1
        (self.workspace / "log").unlink(missing_ok=True)  # with the port of the one before
        self.mark = f"lists-{os.getpid()}-{self.starts}"
        with patch.dict(os.environ, {MARK: self.mark}):
            self.running = Running(self.workspace)
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.running.port}/api/v1", timeout=60,
            headers={"Authorization": f"Bearer {self.secret}"},
        )  # fmt: skip

    def killed(self, after: float) -> None:
        """Kill it so long from now; nothing of it lives on; start it again."""
        time.sleep(self.chance.uniform(0, after))
        self.running.process.kill()
        self.running.process.wait()
        assert _orphans(self.mark) == []
        self.begin()

    def settled(self, list_id: str) -> str:
        """What has become of lists when nothing is done with them any more."""
        until = time.monotonic() + 120
        while (found := self.client.get(f"/lists/{list_id}").json())["going"]:
            assert time.monotonic() < until, found
            time.sleep(0.05)
        return str(found["state"])


def test_lists_are_looked_at_and_built_once_whenever_the_service_is_killed(tmp_path: Path) -> None:
    lists = _Lists(tmp_path, 8)
    for name in "一二三四五六七八九十":
        papers = (
            f"题名,作者,单位\n靶材{name}烧结,卫{name},{UNIVERSITY}\n钢{name},卫{name},{UNIVERSITY}"
        )
        sent = [("files", ("论文.csv", papers.encode(), "text/csv"))]
        given = lists.client.post("/lists", files=sent)
        assert given.status_code == 202
        list_id = given.json()["list_id"]
        lists.killed(0.6)
        assert lists.settled(list_id) == "待确认"
        assert lists.client.post(f"/lists/{list_id}/commitment", json={}).is_success
        lists.killed(0.6)
        assert lists.settled(list_id) == "已建库"
        found = lists.client.get("/teams", params={"q": f"卫{name}", "size": 50}).json()["items"]
        assert [t["team_name"] for t in found].count(f"卫{name}团队") == 1
    lists.running.process.send_signal(signal.SIGTERM)
    lists.running.process.wait(40)
    assert not list(tmp_path.rglob(".tmp-*"))
