"""A stage that reads need and evidence together: any sentence-transformers CrossEncoder.

Off unless asked for. What it reads of a team is what is searched of its two best pieces of
evidence, so it sees no name, rank or honour either.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from matcher.encoding.archive import file_sha256
from matcher.encoding.sentence import clipped
from matcher.encoding.torch_runtime import no_progress_bar
from matcher.errors import ModelError
from matcher.ranking.calibration import load_calibration
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.stages import Chain, Pool, Scores, Stage
from matcher.text.normalise import plain

PART = "cross_encoder"
# What `matcher calibrate --reranker` leaves in a model's folder.
SETTINGS = "matcher.json"
# How many of the best are read: what stands below them is rarely an answer, and reading is slow.
DEPTH = 30
# A chance is rounded to this, so that what a kernel does to the last digits changes no order.
_DECIMALS = 4
_PAIRS_KEPT = 20_000
# Tokens: no cross-encoder in use reads further, and a megabyte need not be tokenised.
_LENGTH = 512
_HASHED = ("*.safetensors", "*.bin", "*.json")


@dataclass(frozen=True)
class CrossEncoderStage:
    """Adds, for the library's best ``depth``, the chance that the evidence answers the need.

    A chance is never negative: nobody who was not read comes before the least of those who were.

    Attributes:
        reader: the model.
        identity: its name and the hash of its files.
        weight: of a chance of 1, in the units of the scores before; learned by
            `matcher.learning.reranking`.
    """

    reader: PairReader = field(repr=False, compare=False)
    identity: str
    weight: float = 1.0
    depth: int = DEPTH
    name: str = "cross-encoder"

    @property
    def labels(self) -> Mapping[str, str]:
        """See `matcher.ranking.stages.Stage`."""
        return {PART: "需求与依据逐对细读"}

    def rerank(self, pool: Pool) -> Scores:
        """See `matcher.ranking.stages.Stage`."""
        need = "。".join(facet.text for facet in pool.query.facets)
        added = np.zeros((len(pool.view.documents), 1), dtype=np.float32)
        for place in pool.among_best(self.depth):
            evidence = "。".join(pool.view.best_texts(int(place)))
            added[place] = self.weight * self.reader.chance(need, evidence)
        return Scores.of(FeatureMatrix((PART,), added))


class PairReader:
    """A loaded CrossEncoder. Pairs are read one by one: none depends on its neighbours.

    Args:
        source: a folder, or a name that the library finds in its cache or at its hub.

    Raises:
        ModelError: not there, damaged, or of a kind that gives more than one number a pair.
    """

    def __init__(self, source: str) -> None:
        import torch
        from sentence_transformers import CrossEncoder

        try:
            with no_progress_bar():
                self._model = CrossEncoder(
                    source,
                    device="cpu",
                    local_files_only=Path(source).is_dir(),
                    model_kwargs={"dtype": torch.float32},
                )
            outputs = int(self._model.num_labels)
        except Exception as error:
            raise ModelError(
                "重排模型无法载入",
                given=f"{source}: {(str(error).strip().splitlines() or [type(error).__name__])[0]}",
                expected="sentence-transformers CrossEncoder 的文件夹，或模型库连得上时的模型名",
                remedy="先把模型下载到本机，再用 --reranker 文件夹；不重排则去掉 --reranker",
            ) from error
        if outputs != 1:
            raise ModelError(
                "这个模型不能用来重排", given=f"{source}：每对文字给出 {outputs} 个数",
                expected="每对文字一个得分的 CrossEncoder", remedy="换一个重排模型",
            )  # fmt: skip
        self._model.eval()
        self.chance = lru_cache(_PAIRS_KEPT)(self._chance)

    def _chance(self, need: str, evidence: str) -> float:
        """The chance that a text answers another, in 0..1."""
        from torch.nn import Identity

        pair = [clipped(plain(text), _LENGTH) for text in (need, evidence)]
        (logit,) = self._model.predict(
            [pair], activation_fn=Identity(), show_progress_bar=False, convert_to_numpy=True
        )
        return round(float(1 / (1 + np.exp(-np.clip(float(logit), -30.0, 30.0)))), _DECIMALS)


def reranked(first: Stage, source: str, encoder: str) -> Chain:
    """What a ranker found, read again; as it was calibrated, if it was.

    Args:
        first: scores the candidates before.
        source: the model's folder or name.
        encoder: identity of the encoder in use; a calibration made with another one is not used.

    Raises:
        ModelError: the model or its calibration cannot be used.
    """
    file = Path(source) / SETTINGS
    if not file.is_file():
        return Chain((first, open_cross_encoder(source)))
    calibration = load_calibration(file, (PART,))
    content = json.loads(file.read_text(encoding="utf-8"))
    try:
        weight, made_with = float(content["weight"]), content["encoder"]
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(
            "重排模型的校准文件无法读取", given=f"{file}: {error}",
            remedy="用 matcher calibrate --reranker 重新生成，或删去这个文件",
        ) from error  # fmt: skip
    own = calibration if made_with == encoder else None
    return Chain((first, open_cross_encoder(source, weight)), own)


def open_cross_encoder(source: str, weight: float = 1.0) -> CrossEncoderStage:
    """The stage of a model folder or name; loaded once. Raises: ModelError."""
    folder = Path(source)
    files = sorted(file for pattern in _HASHED for file in folder.glob(pattern))
    stamp = tuple((file.name, file.stat().st_mtime_ns) for file in files)
    reader, identity = _loaded(source, stamp)
    return CrossEncoderStage(reader, identity, weight)


@lru_cache(maxsize=2)
def _loaded(source: str, stamp: tuple[tuple[str, int], ...]) -> tuple[PairReader, str]:
    reader = PairReader(source)
    parts = [f"{name}:{file_sha256(Path(source) / name)}" for name, _ in stamp if name != SETTINGS]
    digest = sha256("\n".join(parts).encode()).hexdigest()[:16]
    return reader, f"{Path(source).name}@{digest}" if parts else source
