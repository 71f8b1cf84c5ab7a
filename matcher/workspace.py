"""A workspace: a folder that keeps challenges, teams, outcomes and their index between runs."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from matcher.arrays import FloatArray
from matcher.encoding import DEFAULT_ENCODER, Encoder
from matcher.encoding.token_table import drafting
from matcher.errors import InputError, WorkspaceError
from matcher.index.collection import Collection
from matcher.index.indexing import BLOCK, entries, phrase_vectors, record_hash
from matcher.index.library import Library
from matcher.index.records import StoredRecords, owned, selected
from matcher.index.snapshot import Kept, forget, open_library
from matcher.index.staging import staged
from matcher.index.store import Entry, Side, Stamp, Store
from matcher.models import (
    DEFAULT_RANKER,
    NO_RERANKER,
    RankerChoice,
    calibration_for,
    open_encoder,
    open_ranker,
    passage_centre,
)
from matcher.pipeline import Matcher
from matcher.progress import Progress
from matcher.ranking.stages import Stage
from matcher.records import Challenge, Outcome, Team
from matcher.text.tokenise import Tokenizer, default_tokenizer

Batch = tuple[Side, Sequence[Challenge | Team]]
STORE_FILE = "workspace.sqlite"
INDEX_FOLDER = "index"
_RANKER, _RANKER_BEFORE = "ranker", "ranker_before"


@dataclass(frozen=True, slots=True)
class Change:
    """What an import did."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Status:
    """What a workspace holds: records and passages of each side, outcomes, what made the index,
    how many passages are still compared by drafts of their vectors, and of how many of the teams'
    the phrases are not read yet.
    """

    challenges: int
    challenge_passages: int
    teams: int
    team_passages: int
    outcomes: int
    stamp: Stamp
    pending: int = 0
    unread: int = 0


class Workspace:
    """Records on disk, indexed as they come in.

    Args:
        folder: made when first written to.
        encoder: a name or folder, an `Encoder`, or None for lexical matching only. A workspace
            keeps to the encoder it was made with; another one is refused until `rebuild`.
        tokenizer: the shipped one by default.
        later: put teams without the vectors that take long to make; drafts stand in for them until
            `complete`.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        encoder: Encoder | str | None = DEFAULT_ENCODER,
        tokenizer: Tokenizer | None = None,
        later: bool = False,
    ) -> None:
        self.folder = Path(folder)
        self.later = later
        self._encoder = encoder
        self.tokenizer = tokenizer or default_tokenizer()

    @property
    def exists(self) -> bool:
        """Whether anything was ever imported."""
        return Store.exists(self.folder / STORE_FILE)

    def make(self) -> None:
        """An empty workspace where there is none. Raises: ModelError, StorageError."""
        if not self.exists:
            Store.create(self.folder / STORE_FILE, self._stamp).close()

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder. Raises: ModelError."""
        return open_encoder(self._encoder)

    def put(
        self, batches: Sequence[Batch], outcomes: Iterable[Outcome] = (),
        progress: Progress | None = None, *, removed: Sequence[tuple[Side, str]] = (),
        keeping: bool = False, along: Callable[[sqlite3.Connection], None] | None = None,
        as_stated: bool = False,
    ) -> list[Change]:  # fmt: skip
        """Add or replace records of both sides and outcomes in one transaction: all or nothing.

        What did not change is not indexed again. Of two records with one id the later one stays.
        ``removed`` are records that go (``keeping`` them among the versions), ``along`` writes
        what goes with it, all in the same transaction. Pieces that were said not to be a team's
        are left out, but ``as_stated``.

        Raises:
            WorkspaceError: made by another encoder, or in use by another writer.
            StorageError: the disk is full or read-only.
        """
        store = self._writable()
        batches = batches if as_stated else self._owned(batches)
        stated = {o.record_id: o.model_dump_json(exclude_defaults=True) for o in outcomes}
        with ExitStack() as stack:
            changes, ready = [], []
            for (side, records), (change, positions) in zip(
                batches, self._compared(batches), strict=True
            ):
                changes.append(change)
                if positions:
                    whole = len(positions) == len(records)
                    wanted = records if whole else selected(records, positions)
                    made = self._entries(wanted, self._encoder_of(side), progress)
                    ready.append((side, stack.enter_context(staged(made, self.folder))))
            if ready or stated or removed or along is not None:
                with store.writing(indexed=bool(ready or removed)) as connection:
                    for side, made_entries in ready:
                        store.put(side, made_entries)
                    for side, record_id in removed:
                        store.delete(side, [record_id], keeping=keeping)
                    store.put_outcomes(stated)
                    if along is not None:
                        along(connection)
        return changes

    def _entries(
        self, records: Sequence[Challenge | Team], encoder: Encoder | None,
        progress: Progress | None = None,
    ) -> Iterator[Entry]:  # fmt: skip
        """Entries whose tokens are kept here and nowhere else."""
        return entries(records, self.tokenizer, encoder, progress, kept=False, by_phrase=True)

    def _encoder_of(self, side: Side) -> Encoder | None:
        """What makes the vectors of a side now."""
        if not self.later or side != "team" or self.encoder is None:
            return self.encoder
        drafting(self.encoder)(["钢"])  # refused before anything is written
        return None

    def complete(self, progress: Progress | None = None) -> None:
        """Make the vectors that were put off, block by block, and those of phrases that a file
        made before phrases had any lacks.

        Others go on reading, with what is there; what is done stays done when this is interrupted.

        Args:
            progress: called with (passages with vectors, passages in all), and again so with the
                teams' passages whose phrases have some.

        Raises:
            WorkspaceError: as `put`.
        """
        store = self._writable()
        total = store.count("challenge")[1] + store.count("team")[1]
        while self.encoder is not None and (left := store.pending()):
            last = ""
            while block := store.pending_contents("team", last, BLOCK):
                if progress:
                    progress(total - left, total)
                left -= self._complete(store, block)
                last = max(block)
        if progress:
            progress(total, total)
        forget(self.folder / INDEX_FOLDER)
        for left in self.reading_phrases():
            if progress:
                progress(store.count("team")[1] - left, store.count("team")[1])

    def reading_phrases(self, together: int = BLOCK, teams: int | None = None) -> Iterator[int]:
        """Read the phrases of teams' passages that have no vectors of theirs yet; changes no
        answer, for what is not kept is read when it is compared.

        Args:
            together: passages read at a time and put in one transaction.
            teams: stop after so many; None for all.

        Yields:
            Before each block, and at the end, how many passages are left; nothing where none were.

        Raises:
            WorkspaceError: as `put`.
        """
        store = self._checked()
        if self.encoder is None or not (left := store.unread()):
            return
        yield left
        last, seen = 0, set[str]()
        while left and (teams is None or len(seen) < teams):
            found = store.unread_passages(last, together)
            if not found:
                return
            vectors = phrase_vectors(list(found.values()), self.encoder)
            store.put_phrases(dict(zip(found, vectors, strict=True)))
            last, left = max(found), left - len(found)
            seen.update(passage.document_id for passage in found.values())
            yield left

    def _complete(self, store: Store, contents: Mapping[str, str]) -> int:
        """Vectors of some records, put if these are still what they were; how many."""
        teams = [Team.model_validate_json(content) for content in contents.values()]
        made = list(self._entries(teams, self.encoder))
        with store.writing():
            same = [e for e in made if store.content("team", e.record_id) == contents[e.record_id]]
            store.put("team", same)
        return sum(len(entry.passages) for entry in same)

    def changes(self, batches: Sequence[Batch]) -> list[Change]:
        """What `put` would do, without doing it."""
        return [change for change, _ in self._compared(self._owned(batches))]

    def put_challenges(
        self, challenges: Sequence[Challenge], progress: Progress | None = None
    ) -> Change:
        """Add or replace challenges; as `put`."""
        return self.put([("challenge", challenges)], progress=progress)[0]

    def put_teams(self, teams: Sequence[Team], progress: Progress | None = None) -> Change:
        """Add or replace teams; as `put`."""
        return self.put([("team", teams)], progress=progress)[0]

    def add_challenge(
        self, challenge: Challenge, along: Callable[[sqlite3.Connection], None]
    ) -> None:
        """Add a challenge under a number nobody has, together with something else or not at all.

        Args:
            challenge: indexed before the workspace is locked.
            along: writes what goes with it through the connection of the same transaction; what it
                raises undoes everything.

        Raises:
            InputError: the number is taken.
            WorkspaceError, StorageError: as `put_challenges`.
        """
        store = self._writable()
        made = tuple(self._entries([challenge], self.encoder))
        with store.writing() as connection:
            if store.content("challenge", challenge.challenge_id) is not None:
                raise InputError(
                    "这个榜单编号已有", given=challenge.challenge_id, remedy="换一个编号"
                )
            store.put("challenge", made)
            along(connection)

    def restate(self, along: Callable[[sqlite3.Connection], None]) -> None:
        """Write what changes nothing that is stored here but what it means: who may see it.

        Args:
            along: writes through the connection of the transaction; what was derived from the
                records before is stale afterwards.

        Raises:
            WorkspaceError, StorageError: as `put`.
        """
        with self._writable().writing() as connection:
            along(connection)

    def beside(self, along: Callable[[sqlite3.Connection], None]) -> None:
        """Write what is kept beside the records and makes no index stale, in one transaction.

        Raises:
            StorageError: as `put`.
        """
        with self._store.writing(indexed=False) as connection:
            along(connection)

    def put_outcomes(self, outcomes: Iterable[Outcome]) -> int:
        """Add or replace outcomes; returns how many. Raises: as `put`."""
        stated = {outcome.record_id: outcome for outcome in outcomes}
        self.put((), stated.values())
        return len(stated)

    def delete_outcomes(self, outcome_ids: Iterable[str]) -> int:
        """Remove outcomes by `Outcome.record_id`; returns how many were there."""
        return self._store.delete_outcomes(outcome_ids)

    def delete_challenges(self, challenge_ids: Iterable[str]) -> int:
        """Remove challenges; returns how many were there. Raises: as `matcher`."""
        return self._checked().delete("challenge", challenge_ids)

    def delete_teams(self, team_ids: Iterable[str]) -> int:
        """Remove teams; returns how many were there. Raises: as `matcher`."""
        return self._checked().delete("team", team_ids)

    def challenge_versions(self, challenge_id: str) -> tuple[Challenge, ...]:
        """A challenge as it was before each change, oldest first, without the current one.

        `matcher.corpora.difference` tells what changed between two of them.
        """
        kept = self._store.versions("challenge", challenge_id)
        return tuple(Challenge.model_validate_json(content) for content in kept)

    def team_versions(self, team_id: str) -> tuple[Team, ...]:
        """The same for a team."""
        kept = self._store.versions("team", team_id)
        return tuple(Team.model_validate_json(content) for content in kept)

    def outcomes(self, challenge_id: str = "") -> tuple[Outcome, ...]:
        """Outcomes by id: all, or those of one challenge."""
        prefix = f"{challenge_id}\t" if challenge_id else ""
        kept = self._store.outcomes(prefix)
        return tuple(Outcome.model_validate_json(content) for content in kept)

    def hashes(self, side: Side) -> dict[str, str]:
        """Content hash of every stored record, to tell what an import would change."""
        return self._store.hashes(side)

    def mark(self, side: Side) -> tuple[int, int]:
        """Another one after every change of what is searched of a side."""
        return self._store.last_position(side), self._store.count(side)[1]

    def challenges(self) -> Mapping[str, Challenge]:
        """Stored challenges by id, read when looked at."""
        return StoredRecords(self._store, "challenge", Challenge)

    def teams(self) -> Mapping[str, Team]:
        """Stored teams by id, read when looked at."""
        return StoredRecords(self._store, "team", Team)

    @property
    def ranker(self) -> RankerChoice:
        """The ranker in use here: the shipped one until another was chosen."""
        return self._remembered(_RANKER)

    @property
    def ranker_before(self) -> RankerChoice:
        """The one `change_back` changes to."""
        return self._remembered(_RANKER_BEFORE)

    def use_ranker(self, ranker: str, reranker: str = "none") -> None:
        """Rank by another one from now on; the one used so far is kept for `change_back`.

        Args:
            ranker: ``default``, ``fused``, or a file made by ``matcher train``; its content is
                kept here, so the file may move.
            reranker: folder or name of a cross-encoder, which has to stay; ``none`` for none.

        Raises:
            ModelError: a file is missing, damaged or of another version.
            WorkspaceError: nothing imported, or another process is writing.
        """
        chosen = RankerChoice(ranker, reranker).made_lasting()
        open_ranker(chosen, None)
        if chosen != self.ranker:
            self._remember(chosen, self.ranker)

    def change_back(self) -> RankerChoice:
        """Use the ranker that was in use before this one, and keep this one in its stead.

        Raises:
            WorkspaceError: as `use_ranker`.
        """
        self._remember(self.ranker_before, self.ranker)
        return self.ranker

    def _remembered(self, key: str) -> RankerChoice:
        written = self._store.setting(key)
        if not written:
            return RankerChoice(DEFAULT_RANKER, NO_RERANKER)
        return RankerChoice(**json.loads(written))

    def _remember(self, now: RankerChoice, before: RankerChoice) -> None:
        choices = {_RANKER: now, _RANKER_BEFORE: before}
        self._store.set_settings({key: json.dumps(asdict(c)) for key, c in choices.items()})

    def matcher(self, ranker: Stage | RankerChoice | str = "") -> Matcher:
        """Everything stored, ready to be matched.

        Args:
            ranker: see `matcher.models.open_ranker`; "" for the one in use here.

        Raises:
            WorkspaceError: nothing imported, or made by another encoder.
            ModelError: the ranker cannot be used.
        """
        self._check_stamp(self._store)
        if isinstance(ranker, str | RankerChoice):
            asked = RankerChoice(ranker) if isinstance(ranker, str) else ranker
            ranker = asked.over(self.ranker)
        chosen = open_ranker(ranker, self.encoder)
        library = Collection.whole(self._library())
        return Matcher(
            self.challenges(),
            self.teams(),
            library,
            self.tokenizer,
            self.encoder,
            chosen,
            calibration_for(chosen, self.encoder),
        )

    @property
    def generation(self) -> int:
        """Grows with every change of records or index; a `Matcher` made before it is stale."""
        return self._store.generation

    @property
    def state(self) -> str:
        """A mark that no other state of this or any other workspace has."""
        history = self._store.history
        return history[-1] if history else ""

    def _library(self) -> Library:
        draft = None if self.encoder is None else self._draft
        centre = passage_centre(self.encoder)
        return open_library(Kept(self._store, "team", self.folder / INDEX_FOLDER, centre, draft))

    def _draft(self, texts: Sequence[str]) -> FloatArray:
        return drafting(self.encoder)(texts)

    def challenge_library(self) -> Library:
        """The challenges as a library in memory, to be searched; there are few beside teams."""
        return Collection.from_store(self._store, "challenge").source

    def rebuild(self, progress: Progress | None = None) -> None:
        """Index everything anew with the current tokeniser and encoder, in one transaction.

        Raises:
            WorkspaceError: another process changed the workspace meanwhile.
        """
        store = self._store
        with store.reading():
            state = self.state
            sides: tuple[tuple[Side, Sequence[Challenge | Team]], ...] = (
                ("challenge", tuple(self.challenges().values())),
                ("team", tuple(self.teams().values())),
            )
        with ExitStack() as stack:
            ready = {
                side: stack.enter_context(staged(made, self.folder))
                for side, records in sides
                for made in (self._entries(records, self.encoder, progress),)
            }
            self.replace_index(ready, state)

    def replace_index(self, made: Mapping[Side, Iterable[Entry]], state: str) -> None:
        """Put entries of all records, made with the current tokeniser and encoder, in one go.

        Args:
            made: all records of both sides.
            state: of the workspace when they were read.

        Raises:
            WorkspaceError: another process changed the workspace since.
        """
        store = self._store
        with store.writing():
            if self.state != state:
                raise WorkspaceError(
                    "重建期间工作区被另一个进程更新", given=self.folder, remedy="再重建一次"
                )
            for side, entries_of_side in made.items():
                store.put(side, entries_of_side)
            store.restamp(self._stamp)

    def status(self) -> Status:
        """Counts and stamp. Raises: WorkspaceError."""
        store = self._store
        return Status(
            *store.count("challenge"),
            *store.count("team"),
            outcomes=sum(1 for _ in store.outcomes()),
            stamp=store.stamp,
            pending=0 if store.stamp.encoder == "none" else store.pending(),
            unread=0 if store.stamp.encoder == "none" else store.unread(),
        )

    @cached_property
    def _store(self) -> Store:
        return Store.open(self.folder / STORE_FILE)

    @property
    def _stamp(self) -> Stamp:
        model = self.encoder
        return Stamp(
            self.tokenizer.identity,
            "none" if model is None else model.identity,
            0 if model is None else model.dimension,
        )

    def _writable(self) -> Store:
        self.make()
        return self._checked()

    def _checked(self) -> Store:
        self._check_stamp(self._store)
        return self._store

    def _check_stamp(self, store: Store) -> None:
        made, current = store.stamp, self._stamp
        if made != current:
            raise WorkspaceError(
                "工作区的索引与当前模型不符，结果会不可比",
                given=f"索引：{made.encoder} / {made.tokenizer}",
                expected=f"当前：{current.encoder} / {current.tokenizer}",
                remedy="用 matcher index --rebuild 以当前模型重建，或用 --encoder 指定原来的模型",
            )

    def _owned(self, batches: Sequence[Batch]) -> Sequence[Batch]:
        """The same without pieces that were said not to be a team's."""
        disowned = self._store.disowned() if self.exists else {}
        if not disowned:
            return batches
        return [(side, owned(records, disowned)) for side, records in batches]

    def _compared(self, batches: Sequence[Batch]) -> Iterator[tuple[Change, Sequence[int]]]:
        """Of each batch what it changes, and where in it the records stand that do."""
        known = {side: self._store.hashes(side) if self.exists else {} for side, _ in batches}
        for number, (side, records) in enumerate(batches, 1):
            mine = known[side]
            later = any(side == other for other, _ in batches[number:])
            if not mine and not later:
                yield Change(len(records), 0, 0), range(len(records))
                continue
            changed, added = array("Q"), 0
            for position, record in enumerate(records):
                # What nobody has is new, whatever it says.
                compared = later or record.record_id in mine
                stamp = record_hash(record) if compared else ""
                if mine.get(record.record_id) != stamp:
                    changed.append(position)
                    added += record.record_id not in mine
                    if later:  # that batch may hold it again
                        mine[record.record_id] = stamp
            yield Change(added, len(changed) - added, len(records) - len(changed)), changed
