"""Vectors of what teams say, phrase by phrase: kept with the index, the same as read now."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from matcher.cluster.indexing import read_entries, write_entries
from matcher.index import migrations
from matcher.index.indexing import entries
from matcher.index.passages import phrases_of
from matcher.pipeline import Matcher
from matcher.records import Challenge, Team
from matcher.workspace import STORE_FILE, Workspace
from tests.conftest import CountingEncoder


@pytest.fixture
def some(teams: Sequence[Team]) -> list[Team]:
    return list(islice(teams, 30))


@pytest.fixture
def reading(counting: CountingEncoder) -> CountingEncoder:
    """Counts, and its vectors are compared phrase by phrase."""
    counting.centring = True
    return counting


def phrases(opened: Workspace) -> set[str]:
    passages = opened.matcher("fused").library.passages
    return {text for passage in passages for text in phrases_of(passage)}


def forget(opened: Workspace) -> None:
    """As a version left the file that kept no vectors of phrases."""
    with opened._store.writing(indexed=False) as connection:
        connection.execute("DELETE FROM phrases")


def kept(opened: Workspace) -> list[tuple[int, bytes]]:
    query = "SELECT position, vectors FROM phrases ORDER BY position"
    return list(opened._store._db.execute(query))


def test_a_first_question_finds_all_phrases_read(
    tmp_path: Path, reading: CountingEncoder, challenges: Sequence[Challenge], some: list[Team]
) -> None:
    opened = Workspace(tmp_path, encoder=reading)
    opened.put_teams(some)
    assert opened.status().unread == 0
    matcher = opened.matcher()
    reading.encoded.clear()
    found = matcher.find_teams(challenges[0], 9)
    assert len(found) == 9
    assert phrases(opened).isdisjoint(reading.encoded)
    in_memory = Matcher.from_records([], some, encoder=reading)
    assert [(m.team_id, m.score) for m in in_memory.find_teams(challenges[0], 9)] == [
        (m.team_id, m.score) for m in found
    ]
    assert not phrases(opened).isdisjoint(reading.encoded)


def test_what_an_older_version_did_not_keep_is_read_when_compared_and_by_the_index(
    tmp_path: Path, reading: CountingEncoder, challenges: Sequence[Challenge], some: list[Team]
) -> None:
    opened = Workspace(tmp_path, encoder=reading)
    opened.put_teams(some)
    before, whole = kept(opened), opened.status().team_passages
    expected = opened.matcher().find_teams(challenges[0], 9)
    forget(opened)
    assert opened.status().unread == whole
    state = opened.state
    reading.encoded.clear()
    assert opened.matcher().find_teams(challenges[0], 9) == expected
    assert not phrases(opened).isdisjoint(reading.encoded)
    seen: list[tuple[int, int]] = []
    opened.complete(lambda done, of: seen.append((done, of)))
    assert (seen[-1], opened.status().unread) == ((whole, whole), 0)
    assert kept(opened) == before
    assert opened.state == state  # no answer is another one, so none is stale
    assert opened.matcher().find_teams(challenges[0], 9) == expected


def test_reading_goes_on_where_it_stopped(
    tmp_path: Path, reading: CountingEncoder, some: list[Team]
) -> None:
    opened = Workspace(tmp_path, encoder=reading)
    opened.put_teams(some)
    before, whole = kept(opened), opened.status().team_passages
    forget(opened)
    lefts = opened.reading_phrases(7)
    assert [next(lefts), next(lefts), next(lefts)] == [whole, whole - 7, whole - 14]
    lefts.close()
    again = Workspace(tmp_path, encoder=reading)
    assert again.status().unread == whole - 14
    reading.encoded.clear()
    assert [*again.reading_phrases(7, teams=1)][-1] == whole - 21
    *_, last = again.reading_phrases()
    assert last == 0
    assert kept(again) == before


def test_a_team_that_changes_or_goes_takes_its_phrases_along(
    tmp_path: Path, reading: CountingEncoder, some: list[Team]
) -> None:
    opened = Workspace(tmp_path, encoder=reading)
    opened.put_teams(some)
    first = some[0].model_copy(update={"profile": "低温电池热管理"})
    reading.encoded.clear()
    opened.put_teams([first])
    assert "低温电池热管理" in reading.encoded
    opened.delete_teams([some[1].team_id])
    positions = {row[0] for row in opened._store._db.execute(
        "SELECT position FROM passages WHERE side = 'team'")}  # fmt: skip
    assert {position for position, _ in kept(opened)} == positions
    # Renamed, no more: its passages stay, and so do the vectors of their phrases.
    before = kept(opened)
    opened.put_teams([first.model_copy(update={"contact_name": "王一"})])
    assert kept(opened) == before


def test_teams_put_later_are_read_when_they_are_completed(
    tmp_path: Path, reading: CountingEncoder, some: list[Team], monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = Workspace(tmp_path / "now", encoder=reading)
    at_once.put_teams(some)
    monkeypatch.setattr(reading, "draft", reading.encode_passages, raising=False)
    opened = Workspace(tmp_path / "later", encoder=reading, later=True)
    opened.put_teams(some)
    status = opened.status()
    assert status.unread == status.pending == status.team_passages
    opened.complete()
    assert (opened.status().unread, opened.status().pending) == (0, 0)
    assert [v for _, v in kept(opened)] == [v for _, v in kept(at_once)]


def test_a_file_of_the_version_before_is_upgraded(
    tmp_path: Path, reading: CountingEncoder, some: list[Team]
) -> None:
    Workspace(tmp_path, encoder=reading).put_teams(some)
    with closing(sqlite3.connect(tmp_path / STORE_FILE)) as connection, connection:
        connection.execute("DROP TABLE phrases")
        version = migrations.MIGRATIONS.index(migrations._PHRASES)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (str(version),))
    opened = Workspace(tmp_path, encoder=reading)
    assert opened.status().unread == opened.status().team_passages
    opened.complete()
    assert opened.status().unread == 0


def test_blocks_of_a_cluster_carry_them(
    tmp_path: Path, reading: CountingEncoder, challenges: Sequence[Challenge], some: list[Team],
) -> None:  # fmt: skip
    opened = Workspace(tmp_path, encoder=reading)
    records = [challenges[0], *some[:5]]
    made = list(entries(records, opened.tokenizer, reading, by_phrase=True))
    write_entries(tmp_path / "block.zip", iter(made))
    back = list(read_entries(tmp_path / "block.zip"))
    assert (made[0].phrases, back[0].phrases) == (None, None)
    for one, other in zip(made[1:], back[1:], strict=True):
        assert one.phrases is not None
        assert other.phrases is not None
        for mine, others in zip(one.phrases, other.phrases, strict=True):
            np.testing.assert_array_equal(mine, others)
