"""The alliances of a workspace: records, steps, files, marks; every change is audited."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date

from matcher.alliances.states import ALLIANCE, dated, moves_told, undated
from matcher.errors import NotFoundError
from matcher.procedure import NOTHING
from matcher.records.alliance import Alliance, Mark
from matcher.service.clock import now
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.steps import UNDO, Act, Step, Steps, undoable
from matcher.text.organisations import normalise_organisation


class Alliances:
    """What is kept of alliances; a state is only ever changed by a step."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._steps = Steps(database)
        self._audit = audit
        self._read: tuple[str, tuple[Alliance, ...]] = ("", ())

    def all(self) -> tuple[Alliance, ...]:
        """All records, by id; read again only where one has changed."""
        row = self._database.row(
            "SELECT group_concat(updated) FROM (SELECT updated FROM alliances ORDER BY updated)"
        )
        stamp = str(row[0] or "") if row else ""
        if stamp != self._read[0]:
            rows = self._database.rows("SELECT content FROM alliances ORDER BY id")
            self._read = stamp, tuple(Alliance.model_validate_json(r["content"]) for r in rows)
        return self._read[1]

    def states(self) -> Mapping[str, str]:
        """State by id."""
        rows = self._database.rows("SELECT id, state FROM alliances")
        return {row["id"]: row["state"] for row in rows}

    def page(
        self, page: int, size: int, state: str = "", organisation: str = "", words: str = ""
    ) -> tuple[tuple[tuple[Alliance, str], ...], int]:
        """One page with the states, newest change first, and how many there are in all.

        Args:
            page, size: from 1 on.
            state: "" for every one.
            organisation: normalised; only those it leads or belongs to.
            words: what the name, the lead or a member contains; money is not searched.
        """
        rows, total = self._database.page(
            """SELECT content, state FROM alliances WHERE (?1 = '' OR state = ?1)
            AND (?2 = '' OR instr(parties, char(10) || ?2 || char(10)) > 0)
            AND (?3 = '' OR instr(parties, ?3) > 0
                OR instr(coalesce(json_extract(content, '$.name'), ''), ?3) > 0)
            ORDER BY updated DESC, id""",
            (state, organisation, words), page, size,
        )  # fmt: skip
        found = ((Alliance.model_validate_json(r["content"]), str(r["state"])) for r in rows)
        return tuple(found), total

    def find(self, alliance_id: str) -> tuple[Alliance, str]:
        """One with its state. Raises: NotFoundError."""
        row = self._row(alliance_id)
        if row is None:
            raise NotFoundError("没有这个联盟", given=alliance_id, remedy="核对联盟编号")
        return Alliance.model_validate_json(row["content"]), str(row["state"])

    def version(self, alliance_id: str) -> str:
        """Changes with every change of the record or its state."""
        row = self._row(alliance_id)
        return "" if row is None else str(row["updated"])

    def put(self, alliances: Iterable[Alliance], act: Act) -> int:
        """Add or replace records in one transaction; new ones have the steps their days tell.

        Returns how many were written.
        """
        done = 0
        with self._database.writing():
            for alliance in alliances:
                if self._row(alliance.alliance_id) is None:
                    self._begin(alliance, act)
                else:
                    self._write(alliance, None)
                    self._audit.write(act.who, "alliance.change", alliance.alliance_id)
                done += 1
        return done

    def change(self, alliance: Alliance, act: Act, read: str) -> None:
        """Replace a record that somebody has read.

        Raises:
            ChangedError: it was changed since. NotFoundError: it is not there.
        """
        with self._database.writing():
            self.find(alliance.alliance_id)
            if read != self.version(alliance.alliance_id):
                raise ChangedError("这个联盟在你打开之后有变动", remedy="看过现在的，再改一次")
            self._write(alliance, None)
            self._audit.write(act.who, "alliance.change", alliance.alliance_id)

    def move(self, alliance_id: str, name: str, act: Act, day: date) -> str:
        """Make a move; the state it leads to.

        Raises:
            ConflictError: the table does not allow it. NotFoundError: no such alliance.
        """
        with self._database.writing():
            alliance, state = self.find(alliance_id)
            if self._steps.by_key(act.key) is not None:
                return state
            refused = ALLIANCE.refusal(name, state, [act.party], act.reason)
            if refused:
                raise ConflictError(refused, given=alliance_id, remedy="看它现在的状态")
            self._step(alliance_id, name, state, act)
            self._write(dated(alliance, name, day), ALLIANCE[name].target)
            return ALLIANCE[name].target

    def undo(self, alliance_id: str, act: Act) -> str:
        """Undo the last step; the state it leads back to.

        Raises:
            ConflictError: there is nothing to undo, it cannot be, or no reason is given.
        """
        with self._database.writing():
            alliance, _ = self.find(alliance_id)
            last = undoable(ALLIANCE, self.history(alliance_id), act.reason)
            step = self._steps.add("alliance", alliance_id, UNDO, last.target, last.source, act)
            self._steps.mark_undone(last.number, step)
            self._write(undated(alliance, last.move), last.source)
            self._audit.write(act.who, "alliance.undo", alliance_id, move=last.move, step=step)
        return last.source

    def history(self, alliance_id: str) -> tuple[Step, ...]:
        """All steps, oldest first."""
        return self._steps.of("alliance", alliance_id)

    def renumber(self, old: str, new: str, act: Act) -> None:
        """Let all that names one challenge name another: the two were merged."""
        for alliance in self.all():
            named = {*alliance.challenges, *(grant.challenge_id for grant in alliance.grants)}
            if old not in named:
                continue
            challenges = dict.fromkeys(new if one == old else one for one in alliance.challenges)
            grants = tuple(
                grant.model_copy(update={"challenge_id": new}) if grant.challenge_id == old
                else grant for grant in alliance.grants
            )  # fmt: skip
            changed = {"challenges": tuple(challenges), "grants": grants}
            self.put([alliance.model_copy(update=changed)], act)

    def keep_file(self, alliance_id: str, name: str, content: bytes, act: Act) -> str:
        """Keep an agreement; only staff and the lead may read it. Returns its id."""
        self.find(alliance_id)
        file_id = secrets.token_urlsafe(12)
        with self._database.writing():
            self._database.write(
                "INSERT INTO alliance_files VALUES (?, ?, ?, ?, ?, ?)",
                (file_id, alliance_id, name, content, act.who.name, now()),
            )
            self._audit.write(act.who, "alliance.file", alliance_id, bytes=len(content))
        return file_id

    def files(self, alliance_id: str) -> tuple[tuple[str, str, str], ...]:
        """Id, name and time of each agreement, newest first."""
        rows = self._database.rows(
            "SELECT id, name, at FROM alliance_files WHERE alliance_id = ? ORDER BY at DESC, id",
            (alliance_id,),
        )
        return tuple((r["id"], r["name"], r["at"]) for r in rows)

    def file(self, alliance_id: str, file_id: str) -> tuple[str, bytes]:
        """Name and content. Raises: NotFoundError."""
        row = self._database.row(
            "SELECT name, content FROM alliance_files WHERE id = ? AND alliance_id = ?",
            (file_id, alliance_id),
        )
        if row is None:
            raise NotFoundError("没有这个协议文件", given=file_id, remedy="回到联盟页核对")
        return str(row["name"]), bytes(row["content"])

    def put_marks(self, marks: Iterable[Mark], year: int, act: Act) -> int:
        """Keep what evaluators say of alliances in a year, in one transaction.

        All an evaluator said of an alliance that year is replaced. Returns how many marks.

        Raises:
            NotFoundError: a mark of an alliance that is not there.
        """
        said: dict[tuple[str, str], list[Mark]] = {}
        for mark in marks:
            said.setdefault((mark.alliance_id, mark.evaluator), []).append(mark)
        with self._database.writing():
            for (alliance_id, evaluator), mine in said.items():
                self.find(alliance_id)
                content = [mark.model_dump(mode="json", exclude_defaults=True) for mark in mine]
                self._database.write(
                    "INSERT OR REPLACE INTO alliance_marks VALUES (?, ?, ?, ?, ?)",
                    (alliance_id, year, evaluator, json.dumps(content, ensure_ascii=False), now()),
                )
                self._audit.write(act.who, "alliance.mark", alliance_id, year=year)
        return sum(map(len, said.values()))

    def marks(self, year: int) -> tuple[Mark, ...]:
        """All marks of a year, by alliance and evaluator."""
        rows = self._database.rows(
            "SELECT content FROM alliance_marks WHERE year = ? ORDER BY alliance_id, evaluator",
            (year,),
        )
        return tuple(
            Mark.model_validate(mark) for row in rows for mark in json.loads(row["content"])
        )

    def counted_marks(self, year: int) -> tuple[Mark, ...]:
        """Without those of accounts that were asked and have not handed in, even if no longer."""
        rows = self._database.rows(
            """SELECT name FROM evaluators JOIN accounts ON id = account_id
            WHERE kind = '联盟' AND task = ? AND handed_in = ''""",
            (str(year),),
        )
        late = {row["name"] for row in rows}
        return tuple(mark for mark in self.marks(year) if mark.evaluator not in late)

    def _begin(self, alliance: Alliance, act: Act) -> None:
        """A new record with the steps its days tell; without any day it has just been formed."""
        self._write(alliance, self._walk(alliance, moves_told(alliance), act))

    def _walk(self, alliance: Alliance, moves: tuple[str, ...], act: Act) -> str:
        state = NOTHING
        for name in moves:
            self._step(alliance.alliance_id, name, state, act)
            state = ALLIANCE[name].target
        return state

    def _step(self, alliance_id: str, name: str, state: str, act: Act) -> None:
        step = self._steps.add("alliance", alliance_id, name, state, ALLIANCE[name].target, act)
        self._audit.write(act.who, "alliance.move", alliance_id, move=name, step=step)

    def _write(self, alliance: Alliance, state: str | None) -> None:
        """Write the record; ``state`` None: as it is."""
        kept = self._row(alliance.alliance_id)
        reached = state if state is not None else str(kept["state"]) if kept else NOTHING
        self._database.write(
            "INSERT OR REPLACE INTO alliances VALUES (?, ?, ?, ?, ?)",
            (alliance.alliance_id, alliance.model_dump_json(exclude_defaults=True), reached,
             parties(alliance), f"{now()} {secrets.token_hex(4)}"),
        )  # fmt: skip

    def _row(self, alliance_id: str) -> sqlite3.Row | None:
        return self._database.row("SELECT * FROM alliances WHERE id = ?", (alliance_id,))


def parties(alliance: Alliance) -> str:
    """Everybody who belongs to it, normalised, each between line ends."""
    names = [normalise_organisation(n) for n in (alliance.lead_org, *alliance.members) if n]
    return "\n" + "\n".join(dict.fromkeys(names)) + "\n"
