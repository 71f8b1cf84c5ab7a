"""The vector cache: nothing encoded twice, nothing lost, nothing wrong returned."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matcher.encoding import Encoder
from matcher.encoding.cache import CachedEncoder, VectorCache, cache_key
from matcher.encoding.protocol import Progress, Vectors
from matcher.errors import StorageError


class CountingEncoder:
    """Vectors from a hash of the text; counts what it is asked for."""

    identity = "counting@1"
    dimension = 16

    def __init__(self, fail_after: int | None = None) -> None:
        self.encoded = 0
        self._fail_after = fail_after

    def encode_queries(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        return self._encode(texts, "q")

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        return self._encode(texts, "p")

    def _encode(self, texts: Sequence[str], role: str) -> Vectors:
        if self._fail_after is not None and self.encoded >= self._fail_after:
            raise KeyboardInterrupt
        self.encoded += len(texts)
        rows = [
            np.random.default_rng(int.from_bytes(cache_key("", "query", role + text)[:8])).normal(
                size=16
            )
            for text in texts
        ]
        array = np.array(rows, np.float32).reshape(-1, 16)
        return array / np.linalg.norm(array, axis=1, keepdims=True)


def texts_of(count: int) -> list[str]:
    return [f"技术需求{number}" for number in range(count)]


def test_second_run_encodes_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    inner = CountingEncoder()
    cached = CachedEncoder(inner, tmp_path / "cache" / "vectors.sqlite")
    assert isinstance(cached, Encoder)
    first = cached.encode_passages([*texts_of(600), "技术需求0", ""])
    assert inner.encoded == 601
    again = CachedEncoder(CountingEncoder(fail_after=0), tmp_path / "cache" / "vectors.sqlite")
    second = again.encode_passages([*texts_of(600), "技术需求0", ""])
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)
    plain = inner.encode_passages([*texts_of(600), "技术需求0", ""])
    assert float((plain * first).sum(axis=1).min()) > 0.999999


def test_roles_and_identities_are_apart(tmp_path: Path) -> None:
    inner = CountingEncoder()
    cached = CachedEncoder(inner, tmp_path / "v.sqlite")
    query, passage = cached.encode_queries(["甲"]), cached.encode_passages(["甲"])
    assert abs(float(query[0] @ passage[0])) < 0.99
    inner.identity = "counting@2"  # type: ignore[misc]
    cached.encode_queries(["甲"])
    assert inner.encoded == 3
    assert len(VectorCache(tmp_path / "v.sqlite")) == 3


def test_a_vector_is_the_same_whatever_it_is_read_beside(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite")
    drawn = np.random.default_rng(0).standard_normal((300, 384), dtype=np.float32)
    rows = {bytes([number // 256, number % 256]): row for number, row in enumerate(drawn)}
    cache.put(rows)
    cache.put({b"of another model": drawn[0, :12]})
    together = cache.get([*rows, b"of another model"])
    assert len(together) == 301
    for key, row in together.items():
        np.testing.assert_array_equal(row, cache.get([key])[key])
        assert np.linalg.norm(row) == pytest.approx(1.0)


def test_no_texts(tmp_path: Path) -> None:
    cached = CachedEncoder(CountingEncoder(), tmp_path / "v.sqlite")
    assert cached.encode_queries([]).shape == (0, 16)
    assert not (tmp_path / "v.sqlite").exists()


def test_interrupted_run_resumes(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        CachedEncoder(CountingEncoder(fail_after=512), tmp_path / "v.sqlite").encode_passages(
            texts_of(1000)
        )
    inner = CountingEncoder()
    seen: list[tuple[int, int]] = []
    CachedEncoder(inner, tmp_path / "v.sqlite").encode_passages(
        texts_of(1000), progress=lambda done, total: seen.append((done, total))
    )
    assert inner.encoded == 1000 - 512
    assert seen[0] == (512, 1000)
    assert seen[-1] == (1000, 1000)


KILLED = """
import os, signal, sys
sys.path[:0] = {paths!r}
from test_encoding_cache import CachedEncoder, CountingEncoder, Path, texts_of
class Dying(CountingEncoder):
    def _encode(self, texts, role):
        if self.encoded >= {limit}:
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._encode(texts, role)
CachedEncoder(Dying(), Path({cache!r})).encode_passages(texts_of(1000)[{start}:])
"""


def run_apart(cache: Path, limit: int, start: int = 0) -> subprocess.Popen[bytes]:
    here = Path(__file__).parent
    program = KILLED.format(
        paths=[str(here), str(here.parent)], cache=str(cache), limit=limit, start=start
    )
    return subprocess.Popen([sys.executable, "-c", program])


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_run_resumes(tmp_path: Path) -> None:
    cache = tmp_path / "v.sqlite"
    assert run_apart(cache, 512).wait() == -9
    inner = CountingEncoder()
    CachedEncoder(inner, cache).encode_passages(texts_of(1000))
    assert inner.encoded == 1000 - 512


@pytest.mark.slow
def test_several_processes_share_it(tmp_path: Path) -> None:
    cache = tmp_path / "v.sqlite"
    running = [run_apart(cache, 10**9, start) for start in (0, 100)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(VectorCache(cache)) == 1000
    CachedEncoder(CountingEncoder(fail_after=0), cache).encode_passages(texts_of(1000))


@pytest.mark.parametrize("damage", ["overwritten", "middle", "cut"])
def test_damaged_file_is_rebuilt_with_a_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    path = tmp_path / "v.sqlite"
    wanted = CachedEncoder(CountingEncoder(), path).encode_passages(texts_of(800))
    data = path.read_bytes()
    if damage == "overwritten":
        path.write_bytes(b"x" * len(data))
    elif damage == "middle":
        path.write_bytes(data[:4096] + b"\xff" * (len(data) - 8192) + data[-4096:])
    else:
        path.write_bytes(data[: len(data) // 2])
    got = CachedEncoder(CountingEncoder(), path).encode_passages(texts_of(800))
    np.testing.assert_array_equal(wanted, got)
    assert "向量缓存已损坏" in caplog.text
    assert path.with_name("v.sqlite.damaged").exists()
    CachedEncoder(CountingEncoder(fail_after=0), path).encode_passages(texts_of(800))


def test_a_row_that_fails_its_checksum_is_encoded_anew(tmp_path: Path) -> None:
    path = tmp_path / "v.sqlite"
    wanted = CachedEncoder(CountingEncoder(), path).encode_passages(texts_of(10))
    key = cache_key("counting@1", "passage", "技术需求3")
    with sqlite3.connect(path) as connection:
        (blob,) = connection.execute("SELECT vector FROM vectors WHERE key=?", (key,)).fetchone()
        flipped = bytes([blob[0] ^ 1]) + blob[1:]
        connection.execute("UPDATE vectors SET vector=? WHERE key=?", (flipped, key))
    connection.close()
    inner = CountingEncoder()
    got = CachedEncoder(inner, path).encode_passages(texts_of(10))
    np.testing.assert_array_equal(wanted, got)
    assert inner.encoded == 1


def test_full_disk_is_told_and_keeps_what_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v.sqlite"
    CachedEncoder(CountingEncoder(), path).encode_passages(texts_of(100))
    connect = sqlite3.connect

    def limited(*given: object, **named: object) -> sqlite3.Connection:
        connection = connect(*given, **named)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count=8")
        return connection

    monkeypatch.setattr(sqlite3, "connect", limited)
    with pytest.raises(StorageError, match="磁盘已满"):
        CachedEncoder(CountingEncoder(), path).encode_passages(texts_of(1000))
    monkeypatch.undo()
    inner = CountingEncoder()
    CachedEncoder(inner, path).encode_passages(texts_of(100))
    assert inner.encoded == 0


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="向量缓存"):
        CachedEncoder(CountingEncoder(), tmp_path / "file" / "v.sqlite").encode_queries(["甲"])
