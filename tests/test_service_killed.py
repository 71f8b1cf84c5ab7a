"""kill -9 at random moments of filing contracts with papers, and of delivering messages."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from matcher.service.context import Service
from matcher.service.store.database import Database
from matcher.workspace import STORE_FILE

from .service import SIDES, STAFF, TEAM, make_app, service_of
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
