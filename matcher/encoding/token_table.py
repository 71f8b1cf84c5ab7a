"""Vectors of texts at a thousandth of the cost: a mean of vectors of their tokens.

Every token of the vocabulary goes through the encoder once. A text is the mean of its tokens, the
frequent ones weighing less (Arora, Liang & Ma 2017), moved into the encoder's own space by the
least-squares map of the shipped texts, so that such a draft stands for the exact vector until that
is made. Nothing is trained; model2vec (Tulkens & van Dongen 2024) distils likewise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matcher.arithmetic import unit
from matcher.arrays import FloatArray, IntArray
from matcher.encoding.protocol import Vectors
from matcher.errors import ModelError
from matcher.resources import data_path
from matcher.text.normalise import plain

TABLE_FILE = "tokens.npz"
_TEXTS = "corpora/silver/problems.jsonl"
# Of these the encoder reads every so many for the map; it has dim x dim numbers to find.
_EVERY = 3
_RARE = 1e-3
_RIDGE = 2.0
_CHUNK = 4096
Encode = Callable[[Sequence[str]], Vectors]


class TokenTable:
    """Drafts vectors of texts.

    Args:
        tokens: (vocabulary, dim) float16, mapped and weighed.
        centre: (dim,) mean of exact vectors.
        length: of exact vectors about the centre, on average.
        tokenizer: the encoder's, which cuts texts at its maximum.
    """

    def __init__(self, tokens: Any, centre: FloatArray, length: float, tokenizer: Any) -> None:
        self._tokens = tokens
        self._centre = centre
        self._length = length
        self._tokenizer = tokenizer

    def draft(self, texts: Sequence[str]) -> Vectors:
        """(n, dim) rows of length one; a text without known tokens is at the centre."""
        found = np.empty((len(texts), len(self._centre)), dtype=np.float32)
        for low in range(0, len(texts), _CHUNK):
            chunk = [_readable(text) for text in texts[low : low + _CHUNK]]
            for place, ids in enumerate(_token_ids(self._tokenizer, chunk), low):
                found[place] = self._tokens[ids].astype(np.float32).sum(axis=0)
        return unit(self._centre + self._length * unit(found))

    def save(self, path: Path) -> None:
        """Write what `open_table` reads."""
        np.savez(path, tokens=self._tokens, centre=self._centre, length=self._length)


def open_table(folder: Path, max_length: int) -> TokenTable:
    """The table in an encoder's folder.

    Raises:
        ModelError: the encoder was built without one, or it is damaged.
    """
    try:
        with np.load(folder / TABLE_FILE, allow_pickle=False) as kept:
            parts = kept["tokens"], kept["centre"], float(kept["length"])
        return TokenTable(*parts, _tokenizer(folder, max_length))
    except Exception as error:
        raise ModelError(
            "这个编码器没有词元向量表，不能先粗算",
            given=f"{folder / TABLE_FILE}: {error}",
            remedy="运行 matcher models build 重新建立默认编码器；或导入时不加 --meaning later",
        ) from error


def distilled(folder: Path, encode: Encode, token_vectors: FloatArray, length: int) -> TokenTable:
    """The table of an encoder.

    Args:
        folder: of the encoder, for its tokeniser.
        encode: makes exact vectors of texts.
        token_vectors: (vocabulary, dim) of every token alone, from the encoder.
        length: tokens it reads of a text.
    """
    texts = [_readable(text) for text in _shipped_texts()]
    tokenizer = _tokenizer(folder, length)
    ids = _token_ids(tokenizer, texts)
    counts = np.bincount(np.concatenate(ids), minlength=len(token_vectors)) + 1.0
    weights = (_RARE / (_RARE + counts / counts.sum())).astype(np.float32)
    weighed = (token_vectors - token_vectors.mean(axis=0)) * weights[:, None]
    read = texts[::_EVERY]
    exact = encode(read)
    centre = exact.mean(axis=0)
    about = (exact - centre).astype(np.float64)
    means = unit(np.stack([weighed[own].sum(axis=0) for own in ids[::_EVERY]])).astype(np.float64)
    square = means.T @ means + _RIDGE * np.eye(means.shape[1])
    moved = weighed @ np.linalg.solve(square, means.T @ about)
    typical = float(np.linalg.norm(about, axis=1).mean())
    return TokenTable(moved.astype(np.float16), centre.astype(np.float32), typical, tokenizer)


def _shipped_texts() -> list[str]:
    """Problems as enterprises write them, and subjects as laboratories name them."""
    texts = []
    for line in data_path(_TEXTS).read_text(encoding="utf-8").splitlines():
        written = json.loads(line)
        texts += [f"{written['title']}。{written['problem']}", "。".join(written["lab"])]
    return texts


def _readable(text: str) -> str:
    return plain(text).encode("utf-8", "replace").decode("utf-8")


def _tokenizer(folder: Path, length: int) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    return tokenizer


def _token_ids(tokenizer: Any, texts: Sequence[str]) -> list[IntArray]:
    """Ids of the tokens of each text, without the marks at its ends."""
    encoded = tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
    return [np.asarray(item.ids, dtype=np.int64) for item in encoded]


def drafting(encoder: object) -> Callable[[Sequence[str]], Vectors]:
    """How an encoder drafts vectors.

    Raises:
        ModelError: it makes no drafts.
    """
    draft: Callable[[Sequence[str]], Vectors] | None = getattr(encoder, "draft", None)
    if draft is None:
        raise ModelError(
            "这个编码器不能先粗算向量",
            given=type(encoder).__name__,
            remedy="导入时不加 --meaning later",
        )
    return draft
