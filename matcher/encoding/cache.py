"""Vectors kept on disk, so that a text is encoded once.

One SQLite file in WAL mode, keyed by sha256 of (encoder identity, role, text). Rows are float16:
half the size, and on 2,000 abstracts the cosine to float32 never falls below .9999998. What is
returned has gone through float16 whether it was just encoded or read back, so a second run gives
the same bytes as the first. Each row carries a checksum; a row that fails it is encoded anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np

from matcher.encoding.protocol import Encoder, Progress, Role, Vectors
from matcher.errors import StorageError

_LOG = logging.getLogger(__name__)
_FORMAT = 1  # stored in the file's user_version
_COMMIT = 256  # vectors encoded between two commits: what an interruption can cost
_ASK = 500  # keys in one SELECT
_WAIT_SECONDS = 60.0
_CHECK_BYTES = 4
_OTHER_FORMAT = "a vector cache of another format"
_DAMAGE = ("malformed", "not a database", "no such table", _OTHER_FORMAT)

_T = TypeVar("_T")


class VectorCache:
    """Vectors by key in one file; many processes and threads may use it at once.

    Args:
        path: the file; made with its folder when first written.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """Those of the keys that are stored, each with its row (dimension,) of length one.

        Raises:
            StorageError: the file cannot be read at all (permission, disk).
        """
        if not self.path.exists():
            return {}

        def select(connection: sqlite3.Connection) -> dict[bytes, Vectors]:
            found: dict[bytes, Vectors] = {}
            for start in range(0, len(keys), _ASK):
                part = keys[start : start + _ASK]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"
                for key, blob in connection.execute(query, part):
                    row = _unpacked(blob)
                    if row is not None:
                        found[key] = row
            return found

        return self._run(select)

    def put(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Store rows in one transaction: after return they survive a crash of this process.

        Raises:
            StorageError: disk full, read-only, or another process holds the file too long.
        """
        rows = [(key, _packed(vector)) for key, vector in vectors.items()]

        def insert(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

        self._run(insert)

    def __len__(self) -> int:
        """Number of stored vectors."""
        if not self.path.exists():
            return 0
        return self._run(
            lambda connection: int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
        )

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do one piece of work on a connection of its own, mending a damaged file once.

        A connection a call costs a fraction of a millisecond and makes the cache safe to share
        between threads and forked processes.
        """
        try:
            return self._attempt(work)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise _storage_error(error, self.path) from error
            damage = error
        except (sqlite3.Error, OSError) as error:
            raise _storage_error(error, self.path) from error
        try:
            self._set_aside(damage)
            return self._attempt(work)
        except (sqlite3.Error, OSError) as error:
            raise _storage_error(error, self.path) from error

    def _attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=_WAIT_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            # WAL with NORMAL keeps the file sound through kill -9; a power cut may cost the last
            # commits, which are only encoded again.
            connection.execute("PRAGMA synchronous=NORMAL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                with connection:
                    connection.execute(
                        "CREATE TABLE IF NOT EXISTS vectors"
                        " (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
                    )
                    connection.execute(f"PRAGMA user_version={_FORMAT}")
            elif version != _FORMAT:
                raise sqlite3.DatabaseError(f"{_OTHER_FORMAT}: {version}")
            return work(connection)

    def _set_aside(self, error: Exception) -> None:
        """Rename the damaged file, drop its journals, and say so.

        It is kept, not deleted: a wrong path might have pointed at somebody's own file.
        """
        aside = self.path.with_name(f"{self.path.name}.damaged")
        _LOG.warning(
            "向量缓存已损坏, 将重建 (只需重新编码, 不丢数据); 原文件改名为 %s, 可删除 (%s)",
            aside,
            error,
        )
        with suppress(FileNotFoundError):
            os.replace(self.path, aside)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)


class CachedEncoder:
    """An encoder that looks in a cache first; itself an Encoder.

    Vectors are stored every few hundred texts, so an interrupted run goes on where it stopped.

    Args:
        encoder: does the encoding.
        cache_path: the cache file; several encoders may share it.

    Example:
        >>> from matcher.encoding import resolve_encoder
        >>> cached = CachedEncoder(resolve_encoder(), Path("work/vectors.sqlite"))  # doctest: +SKIP
    """

    def __init__(self, encoder: Encoder, cache_path: Path) -> None:
        self._encoder = encoder
        self._cache = VectorCache(cache_path)

    @property
    def identity(self) -> str:
        """That of the encoder."""
        return self._encoder.identity

    @property
    def dimension(self) -> int:
        """That of the encoder."""
        return self._encoder.dimension

    @property
    def centring(self) -> bool:
        """That of the encoder; False when it has no such setting."""
        return bool(getattr(self._encoder, "centring", False))

    def encode_queries(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See :meth:`matcher.encoding.protocol.Encoder.encode_queries`.

        Raises:
            StorageError: the cache cannot be read or written.
        """
        return self._encode(texts, "query", progress)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See :meth:`matcher.encoding.protocol.Encoder.encode_passages`.

        Raises:
            StorageError: the cache cannot be read or written.
        """
        return self._encode(texts, "passage", progress)

    def _encode(self, texts: Sequence[str], role: Role, progress: Progress | None) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        keys = [cache_key(self.identity, role, text) for text in texts]
        text_of = dict(zip(keys, texts, strict=True))
        stored = self._cache.get(list(text_of))
        known = {key: row for key, row in stored.items() if row.shape == (self.dimension,)}
        missing = [key for key in text_of if key not in known]
        # Long texts together: chunks in this order pad least.
        missing.sort(key=lambda key: len(text_of[key]))
        done = len(texts) - len(missing)
        if progress is not None:
            progress(done, len(texts))
        for start in range(0, len(missing), _COMMIT):
            chunk = missing[start : start + _COMMIT]
            fresh = self._encode_chunk([text_of[key] for key in chunk], role)
            self._cache.put(dict(zip(chunk, fresh, strict=True)))
            known.update((key, _rounded(row)) for key, row in zip(chunk, fresh, strict=True))
            done += len(chunk)
            if progress is not None:
                progress(done, len(texts))
        return np.stack([known[key] for key in keys])

    def _encode_chunk(self, texts: list[str], role: Role) -> Vectors:
        if role == "query":
            return self._encoder.encode_queries(texts)
        return self._encoder.encode_passages(texts)


def cache_key(identity: str, role: Role, text: str) -> bytes:
    """sha256 of what decides a vector."""
    digest = hashlib.sha256(f"{identity}\0{role}\0".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()


def _packed(row: Vectors) -> bytes:
    half = np.ascontiguousarray(row, dtype="<f2").tobytes()
    return half + zlib.crc32(half).to_bytes(_CHECK_BYTES, "little")


def _unpacked(blob: bytes) -> Vectors | None:
    """The row, or None when the stored bytes are not what was written."""
    half, check = blob[:-_CHECK_BYTES], blob[-_CHECK_BYTES:]
    if len(half) % 2 or zlib.crc32(half).to_bytes(_CHECK_BYTES, "little") != check:
        return None
    return _unit(np.frombuffer(half, "<f2").astype(np.float32))


def _rounded(row: Vectors) -> Vectors:
    """What reading the row back will give."""
    return _unit(row.astype("<f2").astype(np.float32))


def _unit(row: Vectors) -> Vectors:
    length = np.float32(np.linalg.norm(row))
    scaled: Vectors = row / length if length > 0 else row
    return scaled


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in _DAMAGE)


def _storage_error(error: Exception, path: Path) -> StorageError:
    text = str(error).lower()
    if "full" in text or "no space" in text:
        what, remedy = "磁盘已满, 向量缓存无法写入", "清理磁盘后重新运行: 已编码的部分会接着用"
    elif "locked" in text or "busy" in text:
        what, remedy = "向量缓存正被其他进程占用", "等另一个任务结束后重新运行"
    elif "readonly" in text or "read-only" in text or "permission" in text:
        what, remedy = "没有写入向量缓存的权限", "检查该文件夹的权限, 或换一个工作区"
    else:
        what, remedy = "向量缓存无法读写", "检查磁盘和路径, 或删除该文件后重新运行"
    return StorageError(what, given=f"{path}: {error}", remedy=remedy)
