"""In which state each challenge is; every change is a step, an event and a line of the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcher.index.indexing import record_hash
from matcher.procedure import CHALLENGE, NOTHING, imported
from matcher.records import Challenge
from matcher.service.access import Principal
from matcher.service.clock import now
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.events import Events
from matcher.service.store.steps import UNDO, Act, Step, Steps, check_move, undoable


class States:
    """The states of the challenges of a workspace.

    What changes who may see a challenge has to make snapshots stale, too: see `desk/publishing.py`.
    """

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._steps = Steps(database)
        self._events = Events(database)
        self._audit = audit

    def all(self) -> Mapping[str, str]:
        """State by challenge; those from before states were kept have none."""
        rows = self._database.rows("SELECT challenge_id, state FROM challenge_states")
        return {row["challenge_id"]: row["state"] for row in rows}

    def of(self, challenge_id: str) -> str | None:
        """The state of one; None where none was kept."""
        row = self._database.row(
            "SELECT state FROM challenge_states WHERE challenge_id = ?", (challenge_id,)
        )
        return None if row is None else str(row["state"])

    def move(
        self, challenge_id: str, name: str, source: str, act: Act, told: Iterable[str] = ()
    ) -> int:
        """Make a move in the open transaction, or in one of its own; the number of the step.

        Args:
            source: the state it starts from, for what has none of its own: drafts, new records,
                those from before states were kept.
            told: organisations that are to learn of it.

        Raises:
            ConflictError: the table does not allow it.
        """
        with self._database.writing():
            known = self._steps.by_key(act.key)
            if known is not None:
                return known.number
            state = self.of(challenge_id) or source
            check_move(CHALLENGE, name, state, act, challenge_id, "刷新页面，看它现在的状态")
            step = self._steps.add(
                "challenge", challenge_id, name, state, CHALLENGE[name].target, act
            )
            self._set(challenge_id, CHALLENGE[name].target)
            self._tell(name, challenge_id, step, act, told)
            return step

    def undo(self, challenge_id: str, act: Act, told: Iterable[str] = ()) -> str:
        """Undo the last step; what of it stays, in words.

        Raises:
            ConflictError: there is nothing to undo, or it cannot be.
        """
        with self._database.writing():
            last = undoable(CHALLENGE, self.history(challenge_id), act.reason)
            step = self._steps.add("challenge", challenge_id, UNDO, last.target, last.source, act)
            self._steps.mark_undone(last.number, step)
            self._set(challenge_id, last.source)
            self._tell(UNDO, challenge_id, step, act, told)
        return CHALLENGE[last.move].kept

    def take_in(
        self, who: Principal, file: str, known: Mapping[str, str], records: Iterable[Challenge]
    ) -> int:
        """What goes with an import, in the open transaction; how many wait to be published.

        Args:
            file: what was imported, as it is told.
            known: hashes of the challenges as they were before.
        """
        waiting = 0
        for challenge_id, challenge in {one.challenge_id: one for one in records}.items():
            before, state = known.get(challenge_id), self.of(challenge_id)
            changed = before is not None and before != record_hash(challenge)
            name, source = imported(state, challenge, new=before is None, changed=changed)
            if not name:
                continue
            if before is None:
                self.forget(challenge_id)
            reason = f"导入 {file}" if name == "更正" else ""
            act = Act(who, "staff", reason, {"file": file})
            self.move(challenge_id, name, source, act, [challenge.demand_org])
            waiting += before is None
        return waiting

    def history(self, challenge_id: str) -> tuple[Step, ...]:
        """All steps, oldest first."""
        return self._steps.of("challenge", challenge_id)

    def forget(self, challenge_id: str) -> None:
        """Forget the state of one that was taken out beside the service: it begins anew."""
        self._set(challenge_id, NOTHING)

    def _set(self, challenge_id: str, state: str) -> None:
        if state == NOTHING:
            self._database.write(
                "DELETE FROM challenge_states WHERE challenge_id = ?", (challenge_id,)
            )
            return
        self._database.write(
            "INSERT OR REPLACE INTO challenge_states VALUES (?, ?, ?)", (challenge_id, state, now())
        )

    def _tell(self, kind: str, challenge_id: str, step: int, act: Act, told: Iterable[str]) -> None:
        actor = (act.who.name, act.party)
        self._events.add(kind, (challenge_id, ""), step, actor, told, act.party != "staff")
        self._audit.write(act.who, "challenge.move", challenge_id, move=kind, step=step)
