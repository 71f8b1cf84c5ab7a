"""Runs a folder's ONNX twin with onnxruntime and tokenizers alone.

Importing sentence-transformers takes seconds and some 470 MB; a query from the command line
needs neither. The folder stays an ordinary sentence-transformers folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from matcher.arithmetic import lengths
from matcher.arrays import FloatArray, IntArray
from matcher.encoding.protocol import Vectors
from matcher.encoding.settings import Pooling
from matcher.errors import ModelError

_CHUNK = 1024  # texts tokenised and sorted by length at a time
_FEW = 32  # texts tokenised here: threads for so few are waited for longer than they take
_BATCH_TOKENS = 1024  # padded tokens a run: more falls out of a core's cache
_BATCH_TEXTS = 64
_RUN_TOKENS = 8  # what starting a run costs, in tokens

_Result = TypeVar("_Result")
Span: TypeAlias = tuple[int, int]
"""From which character of a text, and before which."""


def load_onnxruntime() -> Any:
    """onnxruntime, which else writes a device id at import and reports its use over the network."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read once, when it is first imported
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where somebody else has imported it before
    return onnxruntime


class OnnxRuntime:
    """A loaded twin; safe to call from several threads."""

    def __init__(
        self, folder: Path, onnx: Path, pooling: Pooling, max_length: int, threads: int
    ) -> None:
        onnxruntime = load_onnxruntime()
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # One core a batch and several batches at once: no core waits for another inside a batch.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(onnx), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise ModelError(
                "编码器的 ONNX 文件或分词器无法载入",
                given=f"{folder}: {error}",
                remedy="重新运行 matcher models build",
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length)
        self._inputs = {node.name for node in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name
        self._pooling = pooling
        self._threads = threads
        self.dimension = int(self._session.get_outputs()[0].shape[-1])

    def embed(self, texts: Sequence[str], tick: Callable[[int], None]) -> Vectors:
        """Encode texts that already carry their prompt.

        Args:
            texts: n texts, clipped to a sensible length.
            tick: called with the number of texts just finished.

        Returns:
            (n, dimension) float32, rows of length one, in the order of the texts.
        """
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # By characters first, so that each chunk holds texts of about one length.
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        for start in range(0, len(order), _CHUNK):
            chosen = order[start : start + _CHUNK]
            ids = self._ids([texts[index] for index in chosen])
            for batch, found in self._batches(ids, self._run):
                vectors[[chosen[i] for i in batch]] = found
                tick(len(batch))
        return vectors

    def embed_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Vectors, list[int]]]:
        """Encode texts that already carry their prompt, and spans of each within it.

        Returns:
            For each text (1 + k, dimension) of the text and of those spans that were read to
            their end, and which of its spans these k are.
        """
        encoded = [self._tokenizer.encode(text) for text in texts]
        ids = [np.asarray(item.ids, np.int64) for item in encoded]
        within = self._pooling == "mean"
        tokens = [
            dict(_tokens(item.offsets, own)) if within else {}
            for item, own in zip(encoded, spans, strict=True)
        ]
        found: list[tuple[Vectors, list[int]]] = [(np.empty(0, np.float32), [])] * len(texts)
        for batch, (hidden, whole) in self._batches(ids, self._run_open):
            for row, number in enumerate(batch):
                # Added up token by token: the same whatever else is in the batch.
                means = [
                    hidden[row, low:high].mean(axis=0) for low, high in tokens[number].values()
                ]
                own = np.stack([whole[row], *means])
                own[1:] = normalised(own[1:])
                found[number] = own, list(tokens[number])
        return found

    def _batches(
        self, ids: Sequence[IntArray], run: Callable[[list[IntArray]], _Result]
    ) -> Generator[tuple[list[int], _Result]]:
        """Token ids in batches of about one length; which of them each is, and its result."""
        batches = list(length_batches([len(row) for row in ids]))
        rows = [[ids[i] for i in batch] for batch in batches]
        with closing(self._runs(rows, run)) as runs:
            yield from zip(batches, runs, strict=True)

    def _ids(self, texts: Sequence[str]) -> list[IntArray]:
        """Token ids of each text."""
        if len(texts) <= _FEW:
            encoded = [self._tokenizer.encode(text) for text in texts]
        else:
            encoded = self._tokenizer.encode_batch_fast(texts)
        return [np.asarray(item.ids, np.int64) for item in encoded]

    def _runs(
        self, batches: Sequence[list[IntArray]], run: Callable[[list[IntArray]], _Result]
    ) -> Generator[_Result]:
        """Each batch run, in order; several at a time where there are threads for them."""
        if self._threads == 1 or len(batches) == 1:
            yield from map(run, batches)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                yield from pool.map(run, batches)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def token_vectors(self, prompt: str) -> Vectors:
        """Every token of the vocabulary alone behind a prompt: (vocabulary, dimension)."""
        frame = self._tokenizer.encode(prompt).ids
        ids = [
            np.array([*frame[:-1], token, frame[-1]], np.int64)
            for token in range(self._tokenizer.get_vocab_size())
        ]
        size = _BATCH_TOKENS // (len(frame) + 1)
        with ThreadPoolExecutor(self._threads) as pool:
            runs = pool.map(self._run, [ids[low : low + size] for low in range(0, len(ids), size)])
            return np.concatenate(list(runs))

    def _run(self, rows: list[IntArray]) -> Vectors:
        """One batch: token ids of k texts -> (k, dimension), rows of length one."""
        return self._run_open(rows)[1]

    def _run_open(self, rows: list[IntArray]) -> tuple[FloatArray, Vectors]:
        """The same with what became of every token: (k, tokens, dimension)."""
        longest = max(len(row) for row in rows)
        ids = np.zeros((len(rows), longest), np.int64)
        mask = np.zeros((len(rows), longest), np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        given: dict[str, Any] = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            given["token_type_ids"] = np.zeros_like(ids)
        hidden = self._session.run([self._output], given)[0]
        return hidden, normalised(pooled(hidden, mask, self._pooling))


def _tokens(offsets: Sequence[Span], spans: Sequence[Span]) -> Iterator[tuple[int, Span]]:
    """Spans of characters that were read to their end, by number, as spans of tokens."""
    read = max((end for _, end in offsets), default=0)
    for number, (start, end) in enumerate(spans):
        tokens = [n for n, (low, high) in enumerate(offsets) if low < end and high > start]
        if tokens and end <= read:
            yield number, (tokens[0], tokens[-1] + 1)


def length_batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Positions grouped by length, within the limits of one run, so that all runs cost least.

    A run costs its padded tokens and a little for itself: a title is not padded to the length of
    a page, nor run alone beside other titles. Longest first: the short ones at the end let all
    threads finish together.
    """
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    # The least cost of the first ``end`` texts, and where the last run of theirs begins.
    costs, begins = [0], [0]
    for end in range(1, len(order) + 1):
        best, begin = min(
            (costs[start] + _RUN_TOKENS + lengths[order[start]] * (end - start), start)
            for start in _starts(lengths, order, end)
        )
        costs.append(best)
        begins.append(begin)
    batches = []
    end = len(order)
    while end:
        batches.append(order[begins[end] : end])
        end = begins[end]
    yield from reversed(batches)


def _starts(lengths: Sequence[int], order: Sequence[int], end: int) -> Iterator[int]:
    """Where a run that ends before ``end`` may begin."""
    yield end - 1
    for start in range(end - 2, max(-1, end - 1 - _BATCH_TEXTS), -1):
        if lengths[order[start]] * (end - start) > _BATCH_TOKENS:
            break
        yield start


def pooled(hidden: FloatArray, mask: IntArray, pooling: Pooling) -> Vectors:
    """Token vectors (k, tokens, dimension) and their mask (k, tokens) -> (k, dimension)."""
    if pooling == "cls":
        return hidden[:, 0]
    weights = (mask / mask.sum(axis=1, keepdims=True)).astype(np.float32)
    averaged: Vectors = np.einsum("ktd,kt->kd", hidden, weights)
    return averaged


def normalised(vectors: npt.NDArray[np.floating[Any]]) -> Vectors:
    """Rows scaled to length one, float32; a row of zeros stays."""
    single = np.nan_to_num(np.asarray(vectors, np.float32))
    scaled: Vectors = single / np.maximum(lengths(single)[:, None], np.float32(1e-12))
    return scaled
