"""Whatever is tried in whatever order, and whenever the process is killed, all of it agrees."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from matcher import Workspace
from matcher.procedure import CHALLENGE, NOTHING, PAIR, PARTIES, Party, Procedure
from matcher.service.access import OF_ORGANISATION
from matcher.service.context import Service
from matcher.service.desk.notices import tell_events
from matcher.service.errors import ConflictError
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.events import Events
from matcher.service.store.pairs import Pairs, outcomes_of
from matcher.service.store.states import States
from matcher.service.store.steps import UNDO, Act, standing
from matcher.workspace import STORE_FILE

from .service import make_app, service_of
from .test_service_moves import SIDES, WHO

_NAMES = st.sampled_from([move.name for move in PAIR])
_CHALLENGE_NAMES = st.sampled_from([move.name for move in CHALLENGE])
_PARTIES = st.sampled_from(PARTIES)
_REASONS = st.sampled_from(["", " ", "因为"])


def _agree(database: Database, pairs: Pairs, key: tuple[str, str]) -> None:
    """State, steps, events, audit and outcomes of a pair tell one story."""
    pair, history = pairs.find(key), pairs.history(key)
    if pair is None:
        assert history == ()
        return
    counted = standing(history)
    assert pair.state == (counted[-1].target if counted else NOTHING)
    state = NOTHING
    for step in counted:  # every step that counts is in the table, from where the last one led
        move = PAIR[step.move]
        assert step.party in move.who
        assert state == step.source
        assert state in move.sources
        assert step.reason or not move.needs_reason
        state = move.target
    assert all(step.reason for step in history if step.move == UNDO)
    numbers = [step.number for step in history]
    told = database.rows(
        "SELECT step FROM events WHERE challenge_id = ? AND team_id = ? ORDER BY number", key
    )
    assert [row["step"] for row in told] == numbers
    noted = database.rows(
        """SELECT json_extract(detail, '$.step') AS step FROM audit WHERE target = ?
        ORDER BY number""",
        (" ".join(key),),
    )
    assert [row["step"] for row in noted] == numbers
    kept = database.rows(
        "SELECT content FROM outcomes WHERE id > ? AND id < ?",
        ("\t".join(key) + "\t", "\t".join(key) + "\n"),  # all that begin so
    )
    stated = {o.model_dump_json(exclude_defaults=True) for o in outcomes_of(key, history)}
    assert {row["content"] for row in kept} == stated


class _Moves(RuleBasedStateMachine):
    """Random moves by random parties on something new, let through as its table says."""

    table: ClassVar[Procedure]
    names: ClassVar[st.SearchStrategy[str]]

    def __init__(self) -> None:
        super().__init__()
        self.state = NOTHING
        self.path: list[tuple[str, str]] = []

    def make(self, name: str, act: Act) -> None:
        raise NotImplementedError

    def take_back(self, act: Act) -> None:
        raise NotImplementedError

    def go(self, name: str, party: Party, reason: str) -> None:
        refused = self.table.refusal(name, self.state, [party], reason)
        try:
            self.make(name, Act(WHO[party], party, reason))
        except ConflictError:
            assert refused
            return
        assert not refused
        self.path.append((name, self.state))
        self.state = self.table[name].target

    @rule(data=st.data(), party=_PARTIES, reason=_REASONS)
    def move(self, data: Any, party: Party, reason: str) -> None:
        self.go(data.draw(self.names), party, reason)

    @rule(data=st.data())
    def allowed(self, data: Any) -> None:
        fitting = [(m, p) for p in PARTIES for m in self.table.allowed(self.state, p)]
        if fitting:
            move, party = data.draw(st.sampled_from(fitting))
            self.go(move.name, party, "因为")

    @rule(reason=_REASONS)
    def undo(self, reason: str) -> None:
        may = self.path and self.table[self.path[-1][0]].undoable and reason.strip()
        try:
            self.take_back(Act(WHO["staff"], "staff", reason))
        except ConflictError:
            assert not may
            return
        assert may
        self.state = self.path.pop()[1]


def _machine(database: Database) -> type[RuleBasedStateMachine]:
    """A new pair of one workspace, beside one whose team is named nearly the same."""
    pairs, fresh = Pairs(database, Audit(database)), count()

    class PairMoves(_Moves):
        table, names = PAIR, _NAMES

        def __init__(self) -> None:
            super().__init__()
            challenge = f"K{next(fresh)}"
            self.key, self.beside = (challenge, "M1"), (challenge, "M10")
            pairs.move(self.beside, "邀请", Act(WHO["demand"], "demand"), SIDES)

        def make(self, name: str, act: Act) -> None:
            pairs.move(self.key, name, act, SIDES)

        def take_back(self, act: Act) -> None:
            pairs.undo(self.key, act, SIDES)

        @invariant()
        def agrees(self) -> None:
            _agree(database, pairs, self.key)
            _agree(database, pairs, self.beside)
            pair = pairs.find(self.key)
            assert self.state == (NOTHING if pair is None else pair.state)

    return PairMoves


def _challenge_machine(database: Database) -> type[RuleBasedStateMachine]:
    """A new challenge: onto the list, off it, taken out, put back."""
    states, fresh = States(database, Audit(database)), count()

    class ChallengeMoves(_Moves):
        table, names = CHALLENGE, _CHALLENGE_NAMES

        def __init__(self) -> None:
            super().__init__()
            self.id = f"C{next(fresh)}"

        def make(self, name: str, act: Act) -> None:
            states.move(self.id, name, NOTHING, act)

        def take_back(self, act: Act) -> None:
            states.undo(self.id, act)

        @invariant()
        def agrees(self) -> None:
            assert (states.of(self.id) or NOTHING) == self.state
            history = states.history(self.id)
            assert [(s.move, s.source) for s in standing(history)] == self.path
            numbers = [step.number for step in history]
            for query in (
                "SELECT step FROM events WHERE challenge_id = ? ORDER BY number",
                """SELECT json_extract(detail, '$.step') AS step FROM audit WHERE target = ?
                ORDER BY number""",
            ):
                assert [row["step"] for row in database.rows(query, (self.id,))] == numbers

    return ChallengeMoves


def _run(folder: Path, sequences: int) -> None:
    Workspace(folder, encoder=None).make()
    with closing(Database(folder / STORE_FILE)) as database:
        database.rows("PRAGMA synchronous = OFF")  # what is tested is what is written
        for table in ("events (challenge_id, team_id)", "audit (target)"):  # looked at every step
            database.write(f"CREATE INDEX {table.split()[0]}_looked_at ON {table}")
        for machine in (_machine(database), _challenge_machine(database)):
            run_state_machine_as_test(  # type: ignore[no-untyped-call]
                machine, settings=settings(max_examples=sequences, stateful_step_count=12)
            )
        for made in (
            "SELECT count(DISTINCT challenge_id) FROM pairs",
            "SELECT count(*) FROM steps",
        ):  # all ran, and more than nothing was allowed
            counted = database.row(made)
            assert counted is not None
            assert counted[0] >= sequences


@pytest.mark.slow
def test_random_moves_leave_nothing_illegal_unaudited_or_inconsistent(tmp_path: Path) -> None:
    _run(tmp_path, 40)


@pytest.mark.long
def test_ten_thousand_sequences_of_random_moves(tmp_path: Path) -> None:
    _run(tmp_path, 10_000)


_MOVING = """
import sys
import threading
from pathlib import Path
from matcher.service.access import Principal
from matcher.service.desk.notices import tell_events
from matcher.service.store.steps import Act
from tests.service import SIDES, make_app, service_of
service = service_of(make_app(Path(sys.argv[1]), warm_rankings=0))
def act(party, reason, **detail):
    return Act(Principal("staff", 1, party), party, reason, detail)
def tell():
    while True:
        if tell_events(service):
            print("told", service.messages.told_up_to(), flush=True)
threading.Thread(target=tell, daemon=True).start()
pairs, papers = service.pairs, service.dossier
path = [("邀请", "demand"), ("表示意向", "team"), ("揭榜", "team"), ("进入评审", "staff"),
        ("立项", "staff"), ("签约", "demand"), ("更改合同", "demand"), ("完成里程碑", "team"),
        ("提请验收", "team"), ("退回整改", "staff"), ("验收", "staff")]
for number in range(100_000):
    key = ("K1", f"{sys.argv[2]}-{number}")
    for name, party in path:
        with service.database.writing():  # as a contract is filed: the step with its paper
            pair = pairs.move(key, name, act(party, "因为", contract={}), SIDES)
            papers.file_with(pair.version, [(f"{name}.pdf", b"%PDF" * 50_000)])
        print(key[1], name, flush=True)
    pairs.undo(key, act("staff", "点错了"), SIDES)
"""


def _be_killed(folder: Path, times: int) -> None:
    service = service_of(make_app(folder, warm_rankings=0))
    database, chance = service.database, random.Random(7)
    for turn in range(times):
        process = subprocess.Popen(
            [sys.executable, "-c", _MOVING, str(folder), str(turn)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        said = [process.stdout.readline().split()]
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        said += [line.split() for line in process.stdout.read().splitlines(keepends=True)
                 if line.endswith("\n")]  # fmt: skip
        process.wait()
        for row in database.rows("SELECT team_id FROM pairs WHERE team_id LIKE ?", (f"{turn}-%",)):
            _agree(database, service.pairs, ("K1", row["team_id"]))
            for step in service.pairs.history(("K1", row["team_id"])):  # a paper with each step
                assert len(service.dossier.filed_with(step.number)) == (step.move != UNDO)
        for what, name in said:  # nothing that was acknowledged is lost
            if what == "told":
                assert service.messages.told_up_to() >= int(name)
                continue
            moves = [step.move for step in service.pairs.history(("K1", what))]
            assert name in moves, (what, name)
        assert Events(database).last() >= len([what for what, _ in said if what != "told"])
        while tell_events(service):
            pass
        _told_once(service)


def _told_once(service: Service) -> None:
    """Every account concerned has a message of every event, and one only."""
    found = [(row["account_id"], row["key"]) for row in service.database.rows(
        "SELECT account_id, key FROM messages")]  # fmt: skip
    wanted = {
        (account.account_id, f"event:{event.number}")
        for event in service.events.after(0, 10**9) for account in service.accounts.all()
        if account.name != event.account and (
            event.to_staff if account.role == "staff"
            else account.role in OF_ORGANISATION
            and account.principal.belongs_to(*event.organisations))
    }  # fmt: skip
    assert len(found) == len(set(found))
    assert set(found) == wanted


@pytest.mark.processes
def test_killed_during_moves_nothing_is_lost_or_half_done(tmp_path: Path) -> None:
    _be_killed(tmp_path, 1)


@pytest.mark.long
@pytest.mark.processes
def test_killed_fifty_times_during_moves(tmp_path: Path) -> None:
    _be_killed(tmp_path, 50)
