"""The adapter for sentence-transformers folders."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np

from matcher.encoding.archive import file_sha256
from matcher.encoding.protocol import Role, Vectors
from matcher.encoding.settings import FolderSettings, read_settings
from matcher.encoding.token_table import TokenTable, open_table
from matcher.errors import ModelError
from matcher.processes import threads as own_threads
from matcher.progress import Progress
from matcher.text.normalise import plain

Backend: TypeAlias = Literal["auto", "onnx", "torch"]

_MANIFEST = "manifest.json"
_CHARACTERS_A_TOKEN = 16  # the longest piece of the vocabularies in use


class SentenceEncoder:
    """Encodes with a sentence-transformers folder, or a model name cached on this machine.

    Prompts, maximum length, pooling and dimension are the folder's own. Nothing is downloaded.

    Args:
        source: folder, or hub name (torch only, from the local cache).
        backend: ``onnx`` runs the folder's ONNX twin without torch, ``torch`` runs the library,
            ``auto`` takes the twin where the folder has one that fits its modules.
        threads: cores to use; None takes `matcher.processes.threads` (onnx only; torch keeps its
            own setting).
        max_length: tokens read of a text, to go below the folder's own maximum.

    Raises:
        ModelError: not there, damaged, or without the ONNX twin asked for.

    Example:
        >>> encoder = SentenceEncoder("tests/fixtures/tiny-encoder")
        >>> encoder.encode_queries(["热轧带钢板形控制"]).shape == (1, encoder.dimension)
        True
    """

    def __init__(
        self,
        source: str | Path,
        *,
        backend: Backend = "auto",
        threads: int | None = None,
        max_length: int | None = None,
    ) -> None:
        if backend not in ("auto", "onnx", "torch"):
            raise ModelError(
                "编码方式未知", given=backend, expected="auto、onnx 或 torch", remedy="改正该设置"
            )
        folder = Path(source)
        self.folder = folder
        if folder.is_dir():
            settings = read_settings(folder)
            self.backend = _chosen(backend, settings, folder)
            self._load_folder(folder, settings, threads or own_threads(), max_length)
        elif isinstance(source, str) and backend != "onnx":
            self.backend = "torch"
            self._load_named(source, max_length)
        else:
            raise ModelError(
                "找不到编码器文件夹", given=source, remedy="运行 matcher models build，或检查路径"
            )

    @property
    def identity(self) -> str:
        """Name and hash of everything that shapes a vector."""
        return self._identity

    @property
    def dimension(self) -> int:
        """Length of one vector."""
        return self._runtime.dimension

    def encode_queries(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See :meth:`matcher.encoding.protocol.Encoder.encode_queries`."""
        return self._encode(texts, "query", progress)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """See :meth:`matcher.encoding.protocol.Encoder.encode_passages`."""
        return self._encode(texts, "passage", progress)

    def encode_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[str]]
    ) -> list[Vectors]:
        """See :func:`matcher.encoding.parts.encode_with_parts`; in one pass with the ONNX twin of
        a model whose vectors are means over tokens.
        """
        prepared = [self._prepared(text, "query") for text in texts]
        spans = [
            [_span(text, part, len(self._prompts["query"])) for part in own]
            for text, own in zip(prepared, parts, strict=True)
        ]
        found = self._runtime.embed_spans(prepared, spans)
        alone = dict.fromkeys(
            part
            for own, (_, read) in zip(parts, found, strict=True)
            for number, part in enumerate(own)
            if number not in read
        )
        by_itself = dict(zip(alone, self.encode_queries(list(alone)), strict=True))
        made = []
        for own, (vectors, read) in zip(parts, found, strict=True):
            within = dict(zip(read, vectors[1:], strict=True))
            rows = [within[n] if n in within else by_itself[part] for n, part in enumerate(own)]
            made.append(np.stack([vectors[0], *rows]))
        return made

    def draft(self, texts: Sequence[str]) -> Vectors:
        """Vectors near those of `encode_passages`, at a thousandth of the cost.

        Raises:
            ModelError: the folder has no table of token vectors.
        """
        return self._table.draft(texts)

    def token_vectors(self) -> Vectors:
        """Every token of the vocabulary alone, as a passage: (vocabulary, dimension); onnx only."""
        from matcher.encoding.onnx_runtime import OnnxRuntime

        assert isinstance(self._runtime, OnnxRuntime)
        return self._runtime.token_vectors(self._prompts["passage"])

    @cached_property
    def _table(self) -> TokenTable:
        return open_table(self.folder, self.max_length)

    def _encode(self, texts: Sequence[str], role: Role, progress: Progress | None) -> Vectors:
        if isinstance(texts, str):
            raise TypeError("texts must be a sequence of strings, not one string")
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        prepared = [self._prepared(text, role) for text in texts]
        done = 0

        def tick(finished: int) -> None:
            nonlocal done
            done += finished
            if progress is not None:
                progress(done, len(prepared))

        return self._runtime.embed(prepared, tick)

    def _prepared(self, text: str, role: Role) -> str:
        """As the model reads it."""
        return self._prompts[role] + clipped(plain(text), self.max_length)

    def _load_folder(
        self, folder: Path, settings: FolderSettings, threads: int, max_length: int | None
    ) -> None:
        from matcher.encoding.onnx_runtime import OnnxRuntime
        from matcher.encoding.torch_runtime import TorchRuntime

        self.name = settings.name
        self.centring = settings.centring
        self.max_length = min(max_length or settings.max_length, settings.max_length)
        self._prompts = {"query": settings.query_prompt, "passage": settings.passage_prompt}
        self._runtime: OnnxRuntime | TorchRuntime
        if self.backend == "onnx" and settings.onnx is not None and settings.pooling is not None:
            weights = _verified_hash(folder, [settings.onnx, folder / "tokenizer.json"])
            self._runtime = OnnxRuntime(
                folder, settings.onnx, settings.pooling, self.max_length, threads
            )
        else:
            files = sorted(
                path
                for pattern in ("**/*.safetensors", "**/pytorch_model*.bin", "**/tokenizer.json")
                for path in folder.glob(pattern)
            )
            weights = _verified_hash(folder, files)
            self._runtime = TorchRuntime(str(folder), self.max_length)
        self._identity = self._stamp(weights)

    def _load_named(self, name: str, max_length: int | None) -> None:
        from matcher.encoding.torch_runtime import TorchRuntime

        runtime = TorchRuntime(name, max_length)
        self.name = name
        self.centring = False
        self.max_length = runtime.max_length or 512
        prompts = runtime.prompts
        self._prompts = {
            "query": prompts.get("query", ""),
            "passage": prompts.get("passage") or prompts.get("document", ""),
        }
        self._runtime = runtime
        self._identity = self._stamp(runtime.weights_hash())

    def _stamp(self, weights: str) -> str:
        parts = [self.backend, weights, str(self.max_length), *sorted(self._prompts.values())]
        parts.append(self._prompts["query"])
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        return f"{self.name}@{digest[:16]}"


def clipped(text: str, max_length: int) -> str:
    """The part of a text that can still reach the model, with whitespace runs made single.

    A megabyte is cut before it is tokenised; lone surrogates, which no tokeniser takes, become
    question marks.
    """
    limit = max_length * _CHARACTERS_A_TOKEN
    short = " ".join(text[: 4 * limit].split())[:limit]
    return short.encode("utf-8", "replace").decode("utf-8")


def _span(text: str, part: str, start: int) -> tuple[int, int]:
    """Where a part stands in a prepared text behind its prompt; nothing where it does not."""
    said = " ".join(plain(part).split())
    place = text.find(said, start)
    return (place, place + len(said)) if place >= 0 else (0, 0)


def _chosen(backend: Backend, settings: FolderSettings, folder: Path) -> Literal["onnx", "torch"]:
    usable = settings.onnx is not None and settings.pooling is not None
    if backend == "onnx" and not usable:
        raise ModelError(
            "这个模型文件夹没有可用的 ONNX 文件",
            given=folder,
            expected="onnx/model.onnx，且模块为 Transformer + Pooling（mean 或 cls）+ Normalize",
            remedy="把编码方式改为 auto 或 torch，或运行 matcher models build 建立默认编码器",
        )
    if backend == "torch" or not usable:
        return "torch"
    return "onnx"


def _verified_hash(folder: Path, files: Sequence[Path]) -> str:
    """Hash of the files that decide the vectors, checked against the build's manifest."""
    try:
        expected = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        expected = {}
    digest = hashlib.sha256()
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            actual = file_sha256(path)
        except OSError as error:
            raise _damaged(path) from error
        if expected.get(name, actual) != actual:
            raise _damaged(path)
        digest.update(f"{name}:{actual}\n".encode())
    return digest.hexdigest()


def _damaged(path: Path) -> ModelError:
    return ModelError(
        "编码器文件已损坏或缺失（与建立时的校验值不符）",
        given=path,
        remedy="重新运行 matcher models build",
    )
