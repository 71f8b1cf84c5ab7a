"""Vectors kept on disk, so that a text is encoded once.

Keyed by sha256 of (encoder identity, role, text); a part of a text also by the text it was read in.
Rows are float16: half the size, and on 2,000 abstracts the cosine to float32 never falls below
.9999998. What is returned has gone through float16 whether it was just encoded or read back, so a
second run gives the same bytes as the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import unit
from matcher.content_cache import ContentCache
from matcher.encoding.parts import encode_with_parts
from matcher.encoding.protocol import Encoder, Role, Vectors
from matcher.encoding.token_table import drafting
from matcher.progress import Progress
from matcher.text.normalise import plain

_COMMIT = 256  # vectors encoded between two commits: what an interruption can cost


class VectorCache(ContentCache[Vectors]):
    """Rows (dimension,) of length one by key."""

    name = "向量缓存"
    column = "vector"

    def pack(self, value: Vectors) -> bytes:
        """The row as float16."""
        return np.ascontiguousarray(value, dtype="<f2").tobytes()

    def unpack(self, packed: Mapping[bytes, bytes]) -> dict[bytes, Vectors]:
        """The rows, of length one again: all of a dimension in one go, a request reads hundreds."""
        found: dict[bytes, Vectors] = {}
        for size in {len(row) for row in packed.values() if len(row) % 2 == 0}:
            keys = [key for key, row in packed.items() if len(row) == size]
            rows = np.frombuffer(b"".join(packed[key] for key in keys), "<f2")
            found.update(zip(keys, _of_length_one(rows.reshape(len(keys), -1)), strict=True))
        return found


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

    def encode_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[str]]
    ) -> list[Vectors]:
        """See :func:`matcher.encoding.parts.encode_with_parts`; a part is kept with its text.

        Raises:
            StorageError: the cache cannot be read or written.
        """
        keys = [
            [cache_key(self.identity, "query", plain(text)), *self._part_keys(text, own)]
            for text, own in zip(texts, parts, strict=True)
        ]
        known = self._known(list(dict.fromkeys(chain.from_iterable(keys))))
        missing = [n for n, own in enumerate(keys) if not all(key in known for key in own)]
        for start in range(0, len(missing), _COMMIT):
            chunk = missing[start : start + _COMMIT]
            found = encode_with_parts(
                self._encoder, [plain(texts[n]) for n in chunk], [parts[n] for n in chunk]
            )
            fresh = {
                key: row
                for n, rows in zip(chunk, found, strict=True)
                for key, row in zip(keys[n], rows, strict=True)
                if key not in known
            }
            self._cache.put(fresh)
            known.update((key, _rounded(row)) for key, row in fresh.items())
        return [np.stack([known[key] for key in own]) for own in keys]

    def _part_keys(self, text: str, parts: Sequence[str]) -> list[bytes]:
        within = hashlib.sha256(plain(text).encode("utf-8", "surrogatepass")).hexdigest()
        return [cache_key(self.identity, f"part of {within}", plain(part)) for part in parts]

    def _known(self, keys: list[bytes]) -> dict[bytes, Vectors]:
        stored = self._cache.get(keys)
        return {key: row for key, row in stored.items() if row.shape == (self.dimension,)}

    def draft(self, texts: Sequence[str]) -> Vectors:
        """That of the encoder; drafts are not worth keeping.

        Raises:
            ModelError: the encoder makes none.
        """
        return drafting(self._encoder)(texts)

    def _encode(self, texts: Sequence[str], role: Role, progress: Progress | None) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        # As the encoder reads them: one spelling, one vector.
        texts = [plain(text) for text in texts]
        keys = [cache_key(self.identity, role, text) for text in texts]
        text_of = dict(zip(keys, texts, strict=True))
        known = self._known(list(text_of))
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


def cache_key(identity: str, role: str, text: str) -> bytes:
    """sha256 of what decides a vector; the role of a part names the text that it was read in."""
    digest = hashlib.sha256(f"{identity}\0{role}\0".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()


def _rounded(row: Vectors) -> Vectors:
    """What reading the row back will give."""
    return _of_length_one(row.astype("<f2"))


def _of_length_one(rows: NDArray[np.float16]) -> Vectors:
    return unit(rows.astype(np.float32))
