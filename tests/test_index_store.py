"""The embedded store: one transaction a change, nothing half-written, clear refusals."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from matcher import Challenge, Evidence, Team
from matcher.encoding import Encoder
from matcher.errors import MatcherError, StorageError, WorkspaceError
from matcher.index import connection as connecting
from matcher.index.collection import Collection
from matcher.index.indexing import entries
from matcher.index.migrations import SCHEMA_VERSION
from matcher.index.store import Entry, Stamp, Store
from matcher.text.tokenise import default_tokenizer

STAMP = Stamp("tokenizer", "encoder", 64)


def team(team_id: str, profile: str = "轴承钢") -> Team:
    return Team(team_id=team_id, profile=profile, province="辽宁", tech_domain=["冶金", "钢铁"],
                evidence=[Evidence(kind="论文", title=f"{profile}夹杂物", year=2020)])  # fmt: skip


def made(*records: Team | Challenge, encoder: Encoder | None = None) -> list[Entry]:
    return list(entries(records, default_tokenizer(), encoder))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "深" / "一点" / "store.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(Store.create(path, STAMP)) as opened:
        yield opened


def test_what_is_put_comes_back_after_reopening(store: Store, path: Path, encoder: Encoder) -> None:
    written = made(team("b"), team("a", "光刻胶"), encoder=encoder)
    assert store.put("team", written) == 2
    store.close()
    with closing(Store.open(path)) as opened:
        assert opened.stamp == STAMP
        assert opened.hashes("team") == {entry.record_id: entry.hash for entry in written}
        assert opened.count("team") == (2, 4)
        assert tuple(opened.documents("team")) == (written[1].facts, written[0].facts)
        assert list(opened.contents("team")) == [written[1].content, written[0].content]
        assert Team.model_validate_json(opened.content("team", "a") or "") == team("a", "光刻胶")
        kept, fresh = Collection.from_store(opened, "team"), Collection.from_entries(written)
        assert tuple(kept.passages) == tuple(fresh.passages)
        assert kept.passages[1:3] == fresh.passages[1:3]
        assert kept.vectors is not None
        assert fresh.vectors is not None
        np.testing.assert_array_equal(kept.vectors, fresh.vectors)
        np.testing.assert_array_equal(
            kept.lexical.scores({"轴承": 1}), fresh.lexical.scores({"轴承": 1})
        )


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert store.count("team") == (0, 0)
    assert store.content("team", "1") is None
    assert list(store.outcomes()) == []
    collection = Collection.from_store(store, "team")
    assert (collection.ids, len(collection.passages), collection.vectors) == ((), 0, None)


def test_sides_do_not_meet(store: Store) -> None:
    store.put("team", made(team("1")))
    store.put("challenge", made(Challenge(challenge_id="1", title="光刻胶")))
    assert store.delete("challenge", ["1"]) == 1
    assert store.count("team") == (1, 2)
    assert store.count("challenge") == (0, 0)


def test_putting_again_replaces_the_whole_record(store: Store) -> None:
    store.put("team", made(team("1")))
    store.put("team", made(Team(team_id="1", profile="光刻胶")))
    assert store.count("team") == (1, 1)
    assert [p.text for p in Collection.from_store(store, "team").passages] == ["光刻胶"]


def test_deleting_takes_the_passages_too(store: Store) -> None:
    store.put("team", made(team("1"), team("2")))
    assert store.delete("team", ["2", "没有", "2"]) == 1
    assert store.count("team") == (1, 2)
    assert Collection.from_store(store, "team").ids == ("1",)


def test_an_error_in_the_middle_changes_nothing(store: Store) -> None:
    store.put("team", made(team("1")))
    before = (store.generation, store.hashes("team"), store.count("team"))

    def breaking() -> Iterator[Entry]:
        yield from made(team("1", "光刻胶"), team("2"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.put("team", breaking())
    assert (store.generation, store.hashes("team"), store.count("team")) == before


def test_each_change_is_a_new_generation(store: Store) -> None:
    seen = [store.generation]
    store.put("team", made(team("1")))
    seen.append(store.generation)
    with store.writing():
        store.delete("team", ["1"])
        store.put_outcomes({"1": "{}"})
    seen.append(store.generation)
    assert seen == sorted(set(seen))


def test_outcomes_are_kept_by_id(store: Store) -> None:
    store.put_outcomes({"b": "乙", "a": "甲"})
    store.put_outcomes({"b": "丙"})
    assert list(store.outcomes()) == ["甲", "丙"]


def test_a_reader_sees_the_old_state_until_the_writer_is_done(store: Store, path: Path) -> None:
    store.put("team", made(team("1")))
    with closing(Store.open(path)) as reader:
        with store.writing():
            store.put("team", made(team("1", "光刻胶"), team("2")))
            assert reader.count("team") == (1, 2)
            assert "轴承钢" in Collection.from_store(reader, "team").passages[0].text
        assert reader.count("team") == (2, 4)
        assert "光刻胶" in Collection.from_store(reader, "team").passages[0].text


def test_a_reader_is_never_shown_another_passage(store: Store, path: Path) -> None:
    """What an opened collection points to may be gone; it must not turn into something else."""
    store.put("team", made(team("1"), team("2")))
    with closing(Store.open(path)) as reader:
        collection = Collection.from_store(reader, "team")
        store.delete("team", ["2"])
        store.put("team", made(team("3", "光刻胶")))
        assert "轴承钢" in collection.passages[0].text
        with pytest.raises(WorkspaceError, match="另一个进程更新"):
            collection.passages[2]


def test_a_second_writer_is_told_to_wait(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_LOCK_SECONDS", 0.05)
    with (
        closing(Store.open(path)) as second,
        store.writing(),
        pytest.raises(WorkspaceError, match="正被另一个进程写入"),
    ):
        second.put("team", made(team("1")))


def test_creating_twice_keeps_what_is_there(store: Store, path: Path) -> None:
    store.put("team", made(team("1")))
    with closing(Store.create(path, Stamp("other", "other", 1))) as again:
        assert again.count("team") == (1, 2)
        assert again.stamp == STAMP


def test_a_missing_store_names_the_command_that_makes_one(tmp_path: Path) -> None:
    assert not Store.exists(tmp_path / "no.sqlite")
    with pytest.raises(WorkspaceError, match="matcher import"):
        Store.open(tmp_path / "no.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_store_whose_making_was_killed_counts_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    assert not Store.exists(path)
    with pytest.raises(WorkspaceError, match="matcher import"):
        Store.open(path)
    Store.create(path, STAMP).close()
    assert Store.exists(path)


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path, damage = tmp_path / "store.sqlite", "not a database at all, only text " * 200
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(WorkspaceError, match=r"损坏或不是本软件的文件(?s:.)*处理"):
        Store.open(path)
    assert path.read_text(encoding="utf-8") == damage


def test_a_damaged_file_is_refused(store: Store, path: Path) -> None:
    store.put("team", made(*(team(str(n)) for n in range(50))))
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(WorkspaceError, match="损坏"), closing(Store.open(path)) as opened:
        opened.put("team", made(team("1")))


def test_another_version_of_the_file_is_refused(store: Store, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    with pytest.raises(WorkspaceError) as refused:
        Store.open(path)
    assert "结构版本 999" in str(refused.value)
    assert f"结构版本不高于 {SCHEMA_VERSION}" in str(refused.value)
    assert refused.value.remedy


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(StorageError, match="检查磁盘空间和目录权限"):
        Store.create(tmp_path / "file" / "folder" / "store.sqlite", STAMP)


def test_a_disk_that_refuses_leaves_the_old_state(store: Store, path: Path) -> None:
    """SQLite's own page limit answers as a full disk does."""
    store.put("team", made(team("1")))
    store._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match="检查磁盘空间"):
        store.put("team", made(*(team(str(n), "轴承钢" * 500) for n in range(50))))
    assert store.count("team") == (1, 2)
    store._db.execute("PRAGMA max_page_count = 1000000")
    assert store.put("team", made(team("2"))) == 1


def test_a_store_can_be_copied_with_its_journal(store: Store, path: Path, tmp_path: Path) -> None:
    store.put("team", made(team("1")))
    shutil.copytree(path.parent, tmp_path / "copy")  # as a backup of a running service would
    with closing(Store.open(tmp_path / "copy" / path.name)) as copied:
        assert copied.count("team") == (1, 2)


def test_refusals_are_errors_for_users() -> None:
    assert issubclass(WorkspaceError, MatcherError)
    assert issubclass(StorageError, MatcherError)
