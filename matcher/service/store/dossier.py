"""What belongs to a pair beside its state: bids with files, consents, appraisals, follow-ups."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from matcher.service.clock import now
from matcher.service.store.database import Database


@dataclass(frozen=True, slots=True)
class Bid:
    """One version of a bid; earlier ones stay."""

    bid_id: int
    content: Mapping[str, Any]
    account: str
    at: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """Confidential detail of a challenge and the terms under which it is shown."""

    detail: str
    terms: str


@dataclass(frozen=True, slots=True)
class Consent:
    """That an organisation agreed to terms, with the text it agreed to."""

    organisation: str
    account: str
    terms: str
    at: str


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What one expert thinks of a bid.

    Attributes:
        conflict: the declared conflict of interest; with one the scores do not count.
        scores: by criterion, 0 to 100.
    """

    expert: str
    conflict: str
    scores: Mapping[str, float]
    comment: str
    account: str
    at: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A day on which an organisation wants to come back to a pair."""

    number: int
    due: str
    note: str
    account: str
    done: str | None


class Dossier:
    """The papers of a workspace; all of them lie in its file and so in its backup."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_bid(
        self, pair_id: int, content: Mapping[str, Any], account: str,
        files: Iterable[tuple[str, bytes]], stay: Iterable[str] = (),
    ) -> int:  # fmt: skip
        """Keep a version of a bid with its files; its number.

        Args:
            stay: files of the pair's earlier versions that are part of this one too, by id.
        """
        with self._database.writing() as connection:
            made = connection.execute(
                "INSERT INTO bids (pair_id, content, account, at) VALUES (?, ?, ?, ?)",
                (pair_id, json.dumps(content, ensure_ascii=False), account, now()),
            )
            bid_id = int(made.lastrowid or 0)
            connection.executemany(
                """INSERT INTO bid_files SELECT ?, ?, name, content FROM bid_files
                WHERE id = ? AND bid_id IN (SELECT id FROM bids WHERE pair_id = ?)""",
                [(secrets.token_hex(16), bid_id, file_id, pair_id) for file_id in stay],
            )
            connection.executemany(
                "INSERT INTO bid_files VALUES (?, ?, ?, ?)",
                [(secrets.token_hex(16), bid_id, name, content) for name, content in files],
            )
        return bid_id

    def bids(self, pair_id: int) -> tuple[Bid, ...]:
        """The versions of a bid, oldest first."""
        rows = self._database.rows("SELECT * FROM bids WHERE pair_id = ? ORDER BY id", (pair_id,))
        return tuple(
            Bid(row["id"], json.loads(row["content"]), row["account"], row["at"],
                self._files(row["id"]))
            for row in rows
        )  # fmt: skip

    def file(self, pair_id: int, file_id: str) -> tuple[str, bytes] | None:
        """Name and content of a file of a pair's bids, or of what was filed with its steps."""
        row = self._database.row(
            """SELECT f.name, f.content FROM bid_files AS f JOIN bids AS b ON f.bid_id = b.id
            WHERE f.id = ?1 AND b.pair_id = ?2
            UNION ALL SELECT f.name, f.content FROM step_files AS f JOIN steps AS s
            ON f.step = s.number WHERE f.id = ?1 AND s.subject = 'pair'
            AND s.subject_id = CAST(?2 AS TEXT)""",
            (file_id, pair_id),
        )
        return None if row is None else (str(row["name"]), bytes(row["content"]))

    def file_with(self, step: int, files: Iterable[tuple[str, bytes]]) -> None:
        """File papers with a step of a pair."""
        with self._database.writing() as connection:
            connection.executemany(
                "INSERT INTO step_files VALUES (?, ?, ?, ?)",
                [(secrets.token_hex(16), step, name, content) for name, content in files],
            )

    def filed_with(self, step: int) -> tuple[tuple[str, str], ...]:
        """Id and name of the papers filed with a step."""
        rows = self._database.rows(
            "SELECT id, name FROM step_files WHERE step = ? ORDER BY name, id", (step,)
        )
        return tuple((row["id"], row["name"]) for row in rows)

    def keep_secret(self, challenge_id: str, secret: Secret, account: str) -> None:
        """Keep or replace the confidential detail of a challenge."""
        self._database.write(
            "INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?, ?)",
            (challenge_id, secret.detail, secret.terms, account, now()),
        )

    def secret(self, challenge_id: str) -> Secret | None:
        """The confidential detail of a challenge, if there is any."""
        row = self._database.row(
            "SELECT detail, terms FROM secrets WHERE challenge_id = ?", (challenge_id,)
        )
        return None if row is None else Secret(**dict(row))

    def consent(self, challenge_id: str, consent: Consent) -> None:
        """Keep that an organisation agreed."""
        self._database.write(
            """INSERT INTO consents (challenge_id, organisation, account, terms, at)
            VALUES (?, ?, ?, ?, ?)""",
            (challenge_id, consent.organisation, consent.account, consent.terms, consent.at),
        )

    def consents(self, challenge_id: str) -> tuple[Consent, ...]:
        """Who agreed to what, oldest first."""
        rows = self._database.rows(
            """SELECT organisation, account, terms, at FROM consents WHERE challenge_id = ?
            ORDER BY id""",
            (challenge_id,),
        )
        return tuple(Consent(**dict(row)) for row in rows)

    def appraise(self, pair_id: int, appraisal: Appraisal) -> None:
        """Keep or replace what an expert thinks of a bid."""
        self._database.write(
            """INSERT OR REPLACE INTO appraisals
            (pair_id, expert, conflict, scores, comment, account, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (pair_id, appraisal.expert, appraisal.conflict,
             json.dumps(appraisal.scores, ensure_ascii=False), appraisal.comment,
             appraisal.account, appraisal.at),
        )  # fmt: skip

    def appraisals(self, pair_id: int) -> tuple[Appraisal, ...]:
        """What the experts think of a bid, by name."""
        rows = self._database.rows(
            """SELECT expert, conflict, scores, comment, account, at FROM appraisals
            WHERE pair_id = ? ORDER BY expert""",
            (pair_id,),
        )
        return tuple(Appraisal(**{**dict(r), "scores": json.loads(r["scores"])}) for r in rows)

    def follow(self, pair_id: int, organisation: str, due: str, note: str, account: str) -> None:
        """Note a day to come back to a pair."""
        self._database.write(
            """INSERT INTO follow_ups (pair_id, organisation, due, note, account)
            VALUES (?, ?, ?, ?, ?)""",
            (pair_id, organisation, due, note, account),
        )

    def follow_ups(self, pair_id: int, organisation: str) -> tuple[FollowUp, ...]:
        """The days an organisation noted, the next first."""
        rows = self._database.rows(
            """SELECT id AS number, due, note, account, done FROM follow_ups
            WHERE pair_id = ? AND organisation = ? ORDER BY done IS NOT NULL, due, id""",
            (pair_id, organisation),
        )
        return tuple(FollowUp(**dict(row)) for row in rows)

    def due(self, organisation: str, day: str) -> tuple[tuple[tuple[str, str], FollowUp], ...]:
        """The days an organisation noted that have come, each with its challenge and team."""
        rows = self._database.rows(
            """SELECT p.challenge_id, p.team_id, f.id AS number, f.due, f.note, f.account, f.done
            FROM follow_ups AS f JOIN pairs AS p ON p.id = f.pair_id
            WHERE f.organisation = ? AND f.done IS NULL AND f.due <= ? ORDER BY f.due, f.id""",
            (organisation, day),
        )
        return tuple((tuple(row)[:2], FollowUp(*tuple(row)[2:])) for row in rows)

    def followed(self, pair_id: int, organisation: str, number: int) -> bool:
        """Say that one is done; whether there was such a one."""
        return bool(
            self._database.write(
                """UPDATE follow_ups SET done = ? WHERE id = ? AND pair_id = ?
                AND organisation = ? AND done IS NULL""",
                (now(), number, pair_id, organisation),
            )
        )

    def visit(self, account_id: int, last: int) -> int:
        """Note that an account has looked at everything up to an event; what it had seen before.

        Looking again within the hour is the same visit, so that what is new stays marked.
        """
        with self._database.writing() as connection:
            row = connection.execute(
                """SELECT event, before, at < ? AS over FROM visits WHERE account_id = ?""",
                (_an_hour_ago(), account_id),
            ).fetchone()
            before = 0 if row is None else int(row["event"] if row["over"] else row["before"])
            started = now() if row is None or row["over"] else None
            connection.execute(
                """INSERT INTO visits VALUES (?, ?, ?, ?) ON CONFLICT (account_id) DO UPDATE SET
                event = excluded.event, before = excluded.before,
                at = coalesce(?, at)""",
                (account_id, last, before, started or now(), started),
            )
        return before

    def _files(self, bid_id: int) -> tuple[tuple[str, str], ...]:
        rows = self._database.rows(
            "SELECT id, name FROM bid_files WHERE bid_id = ? ORDER BY rowid", (bid_id,)
        )
        return tuple((row["id"], row["name"]) for row in rows)


def _an_hour_ago() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
