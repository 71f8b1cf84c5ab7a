"""A library on disk, made from the store once and then brought up to date with what changed.

The store is what counts; a snapshot can be deleted at any time and is made again. It is a list of
segments that are never rewritten: what was put into the store since is a new segment, and documents
that were replaced or removed are struck off the old ones. Arrays are mapped into memory, so that
opening a large library takes no time and processes share one copy.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import BoolArray, FloatArray, IntArray
from matcher.atomic import atomic_path
from matcher.errors import StorageError
from matcher.index.collection import (
    Draft,
    library_of,
    stored_documents,
    stored_phrases,
    stored_text,
)
from matcher.index.library import Library
from matcher.index.postings import spans
from matcher.index.segment import SEGMENT_PASSAGES, Segment, save_array, segments
from matcher.index.statistics import DenseStatistics, followed_statistics
from matcher.index.store import Side, Store, Within
from matcher.processes import alone, processors, shared

_FORMAT = 6
_FILE = "snapshot.json"
# Of the statistics, beside the lengths.
_ARRAYS = ("count", "centre", "units", "squares")
# Past this share of new and struck-off passages, or this many segments, all is made anew.
_WORN = 0.2
_MANY = 64
# Folders nobody refers to are left by killed processes; younger ones may still be in the making.
_ABANDONED_SECONDS = 86_400
_UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
# Part of every name that this process gives.
_OWN = secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is written of a library beside its segments.

    Attributes:
        state: mark of the store's last change at that time.
        position: the highest of a passage then.
        segments: their folders.
        gone: per segment, the file of struck-off documents, empty where there are none.
        statistics: folder of the statistics of all vectors, empty without vectors.
        centre: mark of what is taken off all vectors, empty where they are compared as they are.
    """

    format: int
    state: str
    position: int
    segments: tuple[str, ...]
    gone: tuple[str, ...]
    statistics: str
    centre: str

    @property
    def names(self) -> set[str]:
        """Everything it refers to."""
        return {*self.segments, *self.gone, self.statistics} - {""}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a library is made of, and where.

    Attributes:
        store: the workspace file.
        side: which records.
        folder: where the snapshot is kept; made when needed.
        centre: (dim,) taken off all vectors; None where they are compared as they are.
        draft: stands in for vectors that are not made yet.
    """

    store: Store
    side: Side
    folder: Path
    centre: FloatArray | None = None
    draft: Draft | None = None


def open_library(kept: Kept) -> Library:
    """One side of a store as a library on disk, brought up to date first.

    Where the folder cannot be written (a full or read-only disk), the library is made in memory.

    Raises:
        StorageError: the disk fails otherwise.
    """
    store, folder = kept.store, kept.folder
    if not store.history:
        return _in_memory(kept)
    with store.reading():
        old = _read(folder, store)
        if old is not None and old.state == store.history[-1] and old.centre == _mark(kept.centre):
            with suppress(OSError, ValueError):
                return _opened(kept, old)
            old = None
        try:
            new = _written(kept, old)
        except (OSError, StorageError) as error:
            _remove_begun(folder, old)
            cause = error.__cause__ if isinstance(error, StorageError) else error
            if isinstance(cause, OSError) and cause.errno in _UNWRITABLE:
                return _in_memory(kept)
            raise StorageError(
                "无法保存索引", given=f"{folder} ({error})", remedy="检查磁盘后重试"
            ) from error
        library = _opened(kept, new)
        _clean(folder, new, old)
        return library


def _written(kept: Kept, old: Snapshot | None) -> Snapshot:
    """The snapshot of what the store holds now, on disk."""
    kept.folder.mkdir(parents=True, exist_ok=True)
    new = None
    if old is not None:
        # What is damaged is made again.
        with suppress(FileNotFoundError, ValueError):
            new = _updated(kept, old)
    if new is None:
        made = _segments(kept)
        new = _finished(kept, made, [""] * len(made))
    with atomic_path(kept.folder / _FILE) as temporary:
        temporary.write_text(json.dumps(asdict(new), indent=1), encoding="utf-8")
    return new


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Documents that make a segment, to be written by any process.

    Attributes:
        store, folder: the workspace file, and where the segment goes.
        state: of the store, which must still be that.
        within: first and last id.
    """

    store: Path
    state: str
    side: Side
    within: Within
    folder: Path
    name: str


def _segments(kept: Kept) -> list[str]:
    """All documents of a side as segments on disk; their names.

    Several are written side by side; what other processes cannot make is made in this one.
    """
    store, side = kept.store, kept.side
    stretches = [
        _Stretch(store.path, store.history[-1], side, within, kept.folder, _name("segment"))
        for within in store.stretches(side, SEGMENT_PASSAGES)
    ]
    drafted = kept.draft is not None and store.pending() > 0
    if len(stretches) < 2 or processors() < 2 or not alone() or drafted:
        documents = stored_documents(store, side, draft=kept.draft)
        return [_save(kept.folder, one) for one in segments(documents, SEGMENT_PASSAGES)]
    for stretch, written in shared(_written_apart, stretches):
        if not written:
            _write(store, stretch)
    return [stretch.name for stretch in stretches]


def _written_apart(stretch: _Stretch) -> bool:
    """Write a segment in a process of its own; not where the store was changed meanwhile."""
    store = Store.open(stretch.store)
    try:
        with store.reading():
            if store.history[-1] != stretch.state:
                return False
            _write(store, stretch)
            return True
    finally:
        store.close()


def _write(store: Store, stretch: _Stretch) -> None:
    target = stretch.folder / stretch.name
    shutil.rmtree(target, ignore_errors=True)  # a process may have been killed over it
    Segment.build(stored_documents(store, stretch.side, within=stretch.within)).save(target)


def forget(folder: Path) -> None:
    """Have the library made anew when it is next opened."""
    (folder / _FILE).unlink(missing_ok=True)


def _in_memory(kept: Kept) -> Library:
    made = tuple(segments(stored_documents(kept.store, kept.side, draft=kept.draft)))
    library = library_of(made, stored_text(kept.store, made), kept.centre)
    return replace(library, phrases=stored_phrases(kept.store, made))


def _mark(centre: FloatArray | None) -> str:
    """Tells centres apart, in a few letters."""
    return "" if centre is None else hashlib.sha256(centre.tobytes()).hexdigest()[:16]


def _read(folder: Path, store: Store) -> Snapshot | None:
    """The snapshot, if there is one of this store that can be built upon."""
    try:
        content = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        lists = {name: tuple(content[name]) for name in ("segments", "gone")}
        found = Snapshot(**(content | lists))
    except (OSError, ValueError, TypeError):
        return None
    # Only what the store has been itself can be built upon.
    return found if found.format == _FORMAT and found.state in store.history else None


def _opened(kept: Kept, snapshot: Snapshot) -> Library:
    folder, centre = kept.folder, kept.centre
    made = tuple(Segment.open(folder / name) for name in snapshot.segments)
    known = None
    if snapshot.statistics and snapshot.centre == _mark(centre):
        known = _read_statistics(folder / snapshot.statistics, len(made))
    return Library(
        made, _gone(folder, snapshot), stored_text(kept.store, made), centre, known,
        phrases=stored_phrases(kept.store, made),
    )  # fmt: skip


def _gone(folder: Path, snapshot: Snapshot) -> tuple[IntArray, ...]:
    nothing = np.zeros(0, dtype=np.int64)
    return tuple(np.load(folder / name) if name else nothing for name in snapshot.gone)


def _updated(kept: Kept, old: Snapshot) -> Snapshot | None:
    """A snapshot that builds on an old one; None where little of that would be left."""
    store, side, folder = kept.store, kept.side, kept.folder
    library = _opened(kept, old)
    passages = store.count(side)[1]
    fresh = store.count_after(side, old.position)
    if fresh > _WORN * max(passages, 1) or len(old.segments) >= _MANY:
        return None
    added = list(segments(stored_documents(store, side, old.position, kept.draft))) if fresh else []
    alive = library.alive.copy()
    for segment in added:
        numbers = (library.number(document_id.decode()) for document_id in segment.documents.ids)
        alive[[number for number in numbers if number >= 0]] = False
    sizes = np.diff(library.starts)
    if int(sizes[alive].sum()) + fresh != passages:
        known = set(store.document_ids(side))
        ids = library.document_ids(np.flatnonzero(alive))
        missing = np.array([document_id not in known for document_id in ids], dtype=bool)
        alive[np.flatnonzero(alive)[missing]] = False
    if int(sizes[~alive].sum()) > _WORN * max(int(sizes.sum()), 1):
        return None
    if not added and np.array_equal(alive, library.alive) and old.centre == _mark(kept.centre):
        return replace(old, state=store.history[-1])
    followed = None
    if library.kept_statistics is not None:
        followed = _followed(library, library.kept_statistics, alive, added)
    gone = []
    for name, before, low, high in zip(
        old.gone, library.gone, library.document_offsets, library.document_offsets[1:], strict=False
    ):
        dead = np.flatnonzero(~alive[low:high])
        gone.append(name if len(dead) == len(before) else _save_gone(folder, dead))
    names = [*old.segments, *(_save(folder, segment) for segment in added)]
    marks = [*gone, *[""] * len(added)]
    return _finished(kept, names, marks, followed)


def _followed(
    library: Library, old: DenseStatistics, alive: BoolArray, added: Sequence[Segment]
) -> DenseStatistics:
    """Statistics of a library once only some of its documents are left and segments are added."""
    lost = library.alive & ~alive
    gone = [
        (segment.vectors, lengths, spans(segment.starts, np.flatnonzero(lost[low:high]))[0])
        for segment, lengths, low, high in zip(
            library.segments, old.lengths, library.document_offsets, library.document_offsets[1:],
            strict=False,
        )
        if segment.vectors is not None
    ]  # fmt: skip
    fresh = [segment.vectors for segment in added if segment.vectors is not None]
    return followed_statistics(old, gone, fresh)


def _finished(
    kept: Kept, names: Sequence[str], gone: Sequence[str], followed: DenseStatistics | None = None
) -> Snapshot:
    """A snapshot of segments that are on disk, with the statistics of all of them.

    Args:
        followed: the statistics, where they are known already.
    """
    bare = Snapshot(
        _FORMAT, kept.store.history[-1], kept.store.last_position(kept.side), tuple(names),
        tuple(gone), "", _mark(kept.centre),
    )  # fmt: skip
    library = _opened(kept, bare)
    if not library.has_vectors:
        return bare
    statistics = _name("statistics")
    target = kept.folder / statistics
    target.mkdir()
    found = followed or library.statistics
    for name in _ARRAYS:
        save_array(target / name, np.asarray(getattr(found, name)))
    for number, lengths in enumerate(found.lengths):
        save_array(target / f"lengths-{number}", lengths)
    return replace(bare, statistics=statistics)


def _read_statistics(folder: Path, count: int) -> DenseStatistics:
    def read(name: str) -> NDArray[Any]:
        return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))

    lengths = tuple(read(f"lengths-{number}") for number in range(count))
    return DenseStatistics(
        int(read("count")), read("centre"), lengths, read("units"), read("squares")
    )


def _save(folder: Path, segment: Segment) -> str:
    name = _name("segment")
    segment.save(folder / name)
    return name


def _save_gone(folder: Path, dead: IntArray) -> str:
    name = f"{_name('gone')}.npy"
    save_array((folder / name).with_suffix(""), dead)
    return name


def _name(kind: str) -> str:
    # Two processes that bring a snapshot up to date at the same time do not share a name.
    return f"{kind}-{_OWN}{secrets.token_hex(4)}"


def _remove_begun(folder: Path, old: Snapshot | None) -> None:
    """Give back the space of what this process could not finish."""
    for path in folder.glob(f"*-{_OWN}*"):
        if old is None or path.name not in old.names:
            _remove(path)


def _remove(path: Path) -> None:
    # Processes that have it mapped keep what they have.
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _clean(folder: Path, new: Snapshot, old: Snapshot | None) -> None:
    """Remove what only the old snapshot needed, and what killed processes left behind."""
    stale = (old.names if old else set()) - new.names
    long_ago = time.time() - _ABANDONED_SECONDS
    for path in folder.iterdir():
        if path.name in new.names or path.name == _FILE:
            continue
        if path.name in stale or os.stat(path).st_mtime < long_ago:
            _remove(path)
