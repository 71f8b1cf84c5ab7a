"""Imports that go wrong, each to be run in a process of its own: ``python -m tests.crashes``.

python -m tests.crashes full-disk FOLDER BYTES
python -m tests.crashes kill FOLDER MOMENT
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn
from unittest.mock import patch

from matcher import MatcherError, Team, Workspace
from matcher.encoding import resolve_encoder
from matcher.index.indexing import BLOCK
from matcher.index.store import Entry, Side, Store

from .conftest import TINY

MOMENTS = ("while the file is made", "in the second block", "before the commit", "after the commit")


def teams(count: int = BLOCK + 50) -> list[Team]:
    """Enough for a second block."""
    return [Team(team_id=f"T{n}", profile=f"光刻胶第{n}种") for n in range(count)]


def long_teams(count: int = 60) -> list[Team]:
    """Enough to fill more than a hundred kilobytes."""
    return [Team(team_id=f"S{n}", profile=f"轴承钢第{n}种" * 200) for n in range(count)]


def fill_the_disk(folder: str, size: int) -> None:
    """Import while no file may grow beyond ``size`` bytes, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    workspace = Workspace(folder, encoder=None)
    workspace.tokenizer.tokens("先装好词典")
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        workspace.put_teams(long_teams())
    except MatcherError as error:
        print(error.code, error)


def be_killed(folder: str, moment: str) -> None:
    """Import and be killed at that moment (never, if there is no such moment)."""
    with _deadly(moment):
        Workspace(folder, encoder=resolve_encoder(TINY)).put_teams(teams())
    if moment == "after the commit":
        _die()


@contextmanager
def _deadly(moment: str) -> Iterator[None]:
    insert, put = Store._insert, Store.put

    def insert_some(self: Store, side: Side, entry: Entry) -> None:
        insert(self, side, entry)
        if entry.record_id == f"T{BLOCK + 10}":
            _die()

    def put_without_commit(self: Store, side: Side, entries: Iterable[Entry]) -> NoReturn:
        with self.writing():
            put(self, side, entries)
            _die()

    traps: dict[str, tuple[str, Any]] = {
        "while the file is made": ("_set_stamp", _die),
        "in the second block": ("_insert", insert_some),
        "before the commit": ("put", put_without_commit),
    }
    name, trap = traps.get(moment, ("put", put))
    with patch.object(Store, name, trap):
        yield


def _die(*_: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


if __name__ == "__main__":
    if sys.argv[1] == "full-disk":
        fill_the_disk(sys.argv[2], int(sys.argv[3]))
    else:
        be_killed(sys.argv[2], sys.argv[3])
