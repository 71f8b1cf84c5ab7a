"""Runs any sentence-transformers model with the library itself, in float32 on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from matcher.encoding.onnx_runtime import Span, normalised
from matcher.encoding.protocol import Vectors
from matcher.errors import ModelError

_CHUNK = 128
_BATCH = 8


class TorchRuntime:
    """A loaded SentenceTransformer."""

    def __init__(self, source: str, max_length: int | None) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        with no_progress_bar(), _loading(source):
            # transformers keeps a half-precision folder in half precision, which a CPU runs
            # several times slower; local_files_only keeps a match from touching the network.
            self._model = SentenceTransformer(
                source,
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": torch.float32},
            )
        self._model.float().eval()
        # A static embedding has no maximum (infinity), nor a way to set one.
        own = getattr(self._model, "max_seq_length", None)
        if isinstance(own, int):
            self._model.max_seq_length = min(max_length or own, own)
        self.max_length: int | None = own if isinstance(own, int) else None
        self.prompts: dict[str, str] = dict(self._model.prompts or {})
        self.dimension = int(np.shape(self._encode(["检"]))[1])

    def embed(self, texts: Sequence[str], tick: Callable[[int], None]) -> Vectors:
        """As :meth:`matcher.encoding.onnx_runtime.OnnxRuntime.embed`."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), _CHUNK):
            chosen = order[start : start + _CHUNK]
            vectors[chosen] = self._encode([texts[index] for index in chosen])
            tick(len(chosen))
        return vectors

    def embed_spans(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Vectors, list[int]]]:
        """As :meth:`matcher.encoding.onnx_runtime.OnnxRuntime.embed_spans`, but no span is read."""
        return [(row[None], []) for row in self.embed(texts, lambda _done: None)]

    def weights_hash(self) -> str:
        """Hex sha256 over all tensors, for models without a folder of their own."""
        import hashlib

        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.cpu().numpy().tobytes())
        return digest.hexdigest()

    def _encode(self, texts: list[str]) -> Vectors:
        # An empty prompt keeps the library from adding a default one: ours is in the text already.
        encoded = self._model.encode(
            texts,
            prompt="",
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return normalised(encoded)


@contextmanager
def _loading(source: str) -> Iterator[None]:
    """What the libraries raise, in a form that names the remedy."""
    try:
        yield
    except Exception as error:
        raise ModelError(
            "编码器无法载入",
            given=f"{source}: {_first_line(error)}",
            expected="本机上的 sentence-transformers 文件夹，或已缓存在本机的模型名",
            remedy="默认编码器用 matcher models build 建立；其他模型先下载到本机，再给出文件夹路径",
        ) from error


@contextmanager
def no_progress_bar() -> Iterator[None]:
    """Loading takes a moment; a bar of the library's would break into the user's output."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
