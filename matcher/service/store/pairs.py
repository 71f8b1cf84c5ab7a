"""Pairs of challenge and team: the state of each, changed only by moves that the table allows.

A move is one transaction: the state, the step with who, when and why, the event others learn of,
the line of the audit and the outcome for training.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from matcher.index.store import Store
from matcher.procedure import (
    AWARDED,
    NOTHING,
    PAIR,
    PARTED,
    PARTIES,
    SHARED,
    Award,
    Move,
    Party,
    outcome_stages,
)
from matcher.records import Outcome
from matcher.service.clock import day_of, now
from matcher.service.errors import ChangedError
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.events import Events
from matcher.service.store.steps import UNDO, Act, Step, Steps, check_move, standing, undoable

# Marks the outcomes that were read off moves; those entered by hand are left alone.
_MARK = {"来源": "流程"}
_UNTIL = "until"
PairKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A challenge and a team.

    Attributes:
        place: the order among the candidates, and later among the alternates, of one challenge.
        until: the day by which an answer is due.
        told: the sides that have learned of it; who has not does not see it.
        version: the number of its last step.
    """

    pair_id: int
    challenge_id: str
    team_id: str
    state: str
    place: int
    until: date | None
    told: frozenset[Party]
    created: str
    updated: str
    version: int

    @property
    def key(self) -> PairKey:
        """Challenge and team."""
        return self.challenge_id, self.team_id


class Pairs:
    """The pairs of a workspace."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database = database
        self._steps = Steps(database)
        self._events = Events(database)
        self._audit = audit

    def find(self, key: PairKey) -> Pair | None:
        """One pair; None where nothing was done yet."""
        found = self._where("challenge_id = ? AND team_id = ?", key)
        return found[0] if found else None

    def of_challenge(self, challenge_id: str) -> tuple[Pair, ...]:
        """The pairs of a challenge, in their order."""
        return self._where("challenge_id = ?", (challenge_id,))

    def of_teams(self, team_ids: Collection[str]) -> tuple[Pair, ...]:
        """The pairs of some teams, newest first."""
        found = [pair for team_id in team_ids for pair in self._where("team_id = ?", (team_id,))]
        return tuple(sorted(found, key=lambda pair: (pair.updated, pair.pair_id), reverse=True))

    def in_states(self, states: Collection[str]) -> tuple[Pair, ...]:
        """All pairs in one of some states, by challenge and place."""
        marks = ", ".join("?" * len(states))
        return self._where(f"state IN ({marks})", tuple(states))

    def awards(self) -> tuple[Award, ...]:
        """What was given to whom, by challenge and place."""
        found = self.in_states(AWARDED)
        return tuple(Award(pair.challenge_id, pair.team_id, pair.state) for pair in found)

    def parted(self) -> Mapping[PairKey, str]:
        """The pairs that came to nothing, each with how."""
        return {pair.key: pair.state for pair in self.in_states(PARTED)}

    def history(self, key: PairKey) -> tuple[Step, ...]:
        """All steps of a pair, oldest first."""
        pair = self.find(key)
        return () if pair is None else self._steps.of("pair", str(pair.pair_id))

    def as_known(self, pair: Pair, parties: Collection[Party]) -> Pair | None:
        """A pair as far as somebody has learned of it; None who has not learned of anything.

        Args:
            parties: what somebody is to the pair; none who only reads what both sides know.
        """
        return self.all_as_known([(pair, parties)])[0]

    def all_as_known(self, asked: Sequence[tuple[Pair, Collection[Party]]]) -> list[Pair | None]:
        """The same of many, whose steps are read together where there may be quiet ones."""
        quiet = [pair for pair, parties in asked
                 if pair.state in _after_quiet_moves(frozenset(parties))]  # fmt: skip
        kept = self._steps.of_many("pair", [str(pair.pair_id) for pair in quiet])
        return [_as_known(pair, parties, kept.get(str(pair.pair_id))) for pair, parties in asked]

    def steps_in(self, state: str) -> Mapping[PairKey, tuple[Step, ...]]:
        """The steps that count of all pairs in a state, oldest first."""
        pairs = {str(pair.pair_id): pair.key for pair in self.in_states([state])}
        found: dict[PairKey, list[Step]] = {key: [] for key in pairs.values()}
        for step in self._steps.of_pairs_in(state):
            found[pairs[step.subject_id]].append(step)
        return {key: standing(tuple(steps)) for key, steps in found.items()}

    def standing_moves(self) -> tuple[tuple[str, str], ...]:
        """Challenge and move, each once, of all steps of pairs that were not undone."""
        rows = self._database.rows(
            """SELECT DISTINCT p.challenge_id, s.move FROM steps AS s JOIN pairs AS p
            ON p.id = CAST(s.subject_id AS INTEGER) WHERE s.subject = 'pair'
            AND s.undone IS NULL AND s.move != ?""",
            (UNDO,),
        )
        return tuple((row["challenge_id"], row["move"]) for row in rows)

    def was_done(self, key: str) -> bool:
        """Whether a form made its step already."""
        return self._steps.by_key(key) is not None

    def move(
        self, key: PairKey, name: str, act: Act, sides: Mapping[Party, str],
        seen: int | None = None, until: date | None = None,
    ) -> Pair:  # fmt: skip
        """Make a move in the open transaction, or in one of its own; a form sent twice makes one.

        Args:
            sides: the organisation of each side.
            seen: the version somebody has before them; None: whatever it is.
            until: the day by which an answer is due, where one is.

        Raises:
            ConflictError: the table does not allow it.
            ChangedError: somebody has made a move since.
        """
        with self._database.writing() as connection:
            pair = self.find(key)
            if pair is not None and self._steps.by_key(act.key) is not None:
                return pair
            _check_seen(pair and self.as_known(pair, [act.party]), seen)
            state = NOTHING if pair is None else pair.state
            check_move(PAIR, name, state, act, " – ".join(key), "刷新页面，看现在到了哪一步")
            move = PAIR[name]
            pair_id = self._set(connection, pair, key, move.target, move.told, until)
            kept = act if until is None else _due(act, until)
            step = self._steps.add("pair", str(pair_id), name, state, move.target, kept)
            self._tell(name, key, step, act, [sides.get(p, "") for p in PARTIES if p in move.told])
            return self._settle(connection, key)

    def undo(
        self, key: PairKey, act: Act, sides: Mapping[Party, str], seen: int | None = None
    ) -> tuple[Pair, str]:
        """Undo the last step: the pair as it is then, and what of it stays, in words.

        Raises:
            ConflictError: there is nothing to undo, it cannot be, or no reason is given.
            ChangedError: somebody has made a move since.
        """
        with self._database.writing() as connection:
            pair = self.find(key)
            if pair is not None and self._steps.by_key(act.key) is not None:
                return pair, ""
            _check_seen(pair, seen)
            history = self.history(key)
            last = undoable(PAIR, history, act.reason)
            assert pair is not None
            before = standing(history)[-2:-1]
            step = self._steps.add("pair", str(pair.pair_id), UNDO, last.target, last.source, act)
            self._steps.mark_undone(last.number, step)
            self._set(connection, pair, key, last.source, frozenset(), _until(before))
            told = PAIR[last.move].told
            self._tell(UNDO, key, step, act, [sides.get(p, "") for p in PARTIES if p in told])
            return self._settle(connection, key), PAIR[last.move].kept

    def order(self, challenge_id: str, team_ids: Collection[str]) -> None:
        """Put the pairs of a challenge in order."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE pairs SET place = ? WHERE challenge_id = ? AND team_id = ?",
                [(place, challenge_id, team_id) for place, team_id in enumerate(team_ids, 1)],
            )

    def rename(self, pair: Pair, key: PairKey) -> None:
        """Let a pair be one of other records, with what is read off its moves: two were merged."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE pairs SET challenge_id = ?, team_id = ? WHERE id = ?", (*key, pair.pair_id)
            )
            connection.execute(
                "UPDATE events SET challenge_id = ?, team_id = ? WHERE challenge_id = ? "
                "AND team_id = ?", (*key, *pair.key),
            )  # fmt: skip
            self._write_outcomes(connection, pair.key)
            self._settle(connection, key)

    def put_outcomes(self, key: PairKey, entered: Iterable[Outcome], gone: Iterable[str]) -> int:
        """Keep what somebody enters of a pair, and take out what was entered, by id.

        What is read off its moves stays: it goes when they are undone. Returns how many went.
        """
        with self._database.writing() as connection:
            kept = Store(self._database.path, connection)
            done = kept.delete_outcomes(gone)
            kept.put_outcomes({o.record_id: o.model_dump_json(exclude_defaults=True)
                               for o in entered})  # fmt: skip
            self._write_outcomes(connection, key)
        return done

    def _set(
        self, connection: sqlite3.Connection, pair: Pair | None, key: PairKey, state: str,
        told: frozenset[Party], until: date | None,
    ) -> int:  # fmt: skip
        known = told if pair is None else told | pair.told
        values = (state, None if until is None else until.isoformat(), " ".join(sorted(known)))
        if pair is not None:
            connection.execute(
                "UPDATE pairs SET state = ?, until = ?, told = ?, updated = ? WHERE id = ?",
                (*values, now(), pair.pair_id),
            )
            return pair.pair_id
        made = connection.execute(
            """INSERT INTO pairs
            (challenge_id, team_id, state, until, told, place, created, updated) VALUES
            (?, ?, ?, ?, ?, (SELECT count(*) + 1 FROM pairs WHERE challenge_id = ?), ?, ?)""",
            (*key, *values, key[0], now(), now()),
        )
        return int(made.lastrowid or 0)

    def _tell(self, kind: str, key: PairKey, step: int, act: Act, told: Collection[str]) -> None:
        self._events.add(kind, key, step, (act.who.name, act.party), told, act.party != "staff")
        self._audit.write(act.who, "pair.move", " ".join(key), move=kind, step=step)

    def _settle(self, connection: sqlite3.Connection, key: PairKey) -> Pair:
        self._write_outcomes(connection, key)
        pair = self.find(key)
        assert pair is not None
        return pair

    def _write_outcomes(self, connection: sqlite3.Connection, key: PairKey) -> None:
        """Make the outcomes say what the steps say."""
        kept = Store(self._database.path, connection)
        stated = {o.record_id: o for o in outcomes_of(key, self.history(key))}
        of_pair = "\t".join((*key, ""))  # to the end of the number of the team: M1 is not M10
        before = [Outcome.model_validate_json(content) for content in kept.outcomes(of_pair)]
        own = {o.record_id for o in before if not is_by_hand(o)}
        by_hand = {o.record_id for o in before if is_by_hand(o)}
        kept.delete_outcomes(own - stated.keys())
        kept.put_outcomes(
            {i: o.model_dump_json(exclude_defaults=True) for i, o in stated.items()
             if i not in by_hand}
        )  # fmt: skip

    def _where(self, condition: str, values: Collection[str]) -> tuple[Pair, ...]:
        rows = self._database.rows(
            f"""SELECT p.*, (SELECT max(number) FROM steps WHERE subject = 'pair'
            AND subject_id = CAST(p.id AS TEXT)) AS version
            FROM pairs AS p WHERE {condition} ORDER BY challenge_id, place, id""",
            tuple(values),
        )
        return tuple(map(_pair, rows))


def known_steps(history: tuple[Step, ...], parties: Collection[Party]) -> tuple[Step, ...]:
    """The steps of a pair somebody learns of: staff and the service itself of all, others of what
    they did or are told.

    Args:
        parties: what somebody is to the pair; none who only reads what both sides know. A broker
            learns of that, too.
    """
    known = {
        step.number for step in history if step.move != UNDO
        and (step.party in parties or is_told(PAIR[step.move], frozenset(parties)))
    }  # fmt: skip
    undoing = {step.undone for step in history if step.number in known}
    return tuple(step for step in history if step.number in known | undoing)


def _as_known(
    pair: Pair, parties: Collection[Party], history: tuple[Step, ...] | None
) -> Pair | None:  # fmt: skip
    """A pair after the last of its steps somebody learned of; no history: after its last one."""
    known = known_steps(history, parties) if history else ()
    if history is None or len(known) == len(history):
        return pair
    if not known:
        return None
    counted = standing(known)
    return replace(
        pair, state=counted[-1].target if counted else NOTHING, until=_until(counted[-1:]),
        updated=known[-1].at, version=known[-1].number,
    )  # fmt: skip


def is_told(move: Move, parties: frozenset[Party]) -> bool:
    """Whether somebody learns of a move: staff and the service of all, a side of what it is told,
    who stands beside them of what both are, and a broker of what it is told, too.
    """
    if parties <= {"broker"} and move.told >= SHARED:
        return True
    return bool(parties & {*move.told, "staff", "service"})


@cache
def _after_quiet_moves(parties: frozenset[Party]) -> frozenset[str]:
    """Where a pair may be after a move somebody is not told of, or after the undoing of one."""
    quiet = [move for move in PAIR if not is_told(move, parties)]
    return frozenset(state for move in quiet for state in (move.target, *move.sources))


def outcomes_of(key: PairKey, history: tuple[Step, ...]) -> tuple[Outcome, ...]:
    """What a pair's steps are for training: each stage with who, when and why."""
    steps = standing(history)
    stages = outcome_stages(step.move for step in steps)
    last = {PAIR[step.move].outcome: step for step in steps}
    return tuple(
        Outcome(
            challenge_id=key[0], team_id=key[1], stage=stage, reason=last[stage].reason,
            who=last[stage].account, when=day_of(last[stage].at), extra=_MARK,
        )
        for stage in stages
    )  # fmt: skip


def is_by_hand(outcome: Outcome) -> bool:
    """Whether somebody entered it, or a file held it: it was not read off the moves."""
    return outcome.extra != _MARK


def _due(act: Act, until: date) -> Act:
    return replace(act, detail={**act.detail, _UNTIL: until.isoformat()})


def _until(steps: tuple[Step, ...]) -> date | None:
    """By when an answer was due after some steps."""
    kept = steps[-1].detail.get(_UNTIL) if steps else None
    return None if kept is None else date.fromisoformat(kept)


def _check_seen(pair: Pair | None, seen: int | None) -> None:
    if seen is not None and seen != (0 if pair is None else pair.version):
        raise ChangedError(
            "这一对在你打开之后有了新进展", remedy="刷新页面，看过现在的状态再办"
        )  # fmt: skip


def _pair(row: sqlite3.Row) -> Pair:
    values = dict(row)
    until = values["until"]
    told: list[Party] = values["told"].split()
    return Pair(
        values["id"], values["challenge_id"], values["team_id"], values["state"], values["place"],
        None if until is None else date.fromisoformat(until), frozenset(told),
        values["created"], values["updated"], int(values["version"] or 0),
    )  # fmt: skip
