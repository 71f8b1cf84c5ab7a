"""The sentence-transformers library and our lean path must agree on one folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from matcher.encoding.sentence import SentenceEncoder
from matcher.errors import ModelError

pytestmark = pytest.mark.slow

FIXTURE = Path(__file__).parent / "fixtures" / "tiny-encoder"
TEXTS = [
    "热轧带钢板形控制",
    "锂离子电池热失控预警与安全防护技术, 循环寿命≥2000次",
    "",
    "10～20 GHz 毫米波雷达芯片",
    "水稻病虫害绿色防控。" * 40,
]


@pytest.fixture(scope="module")
def torch_encoder() -> SentenceEncoder:
    return SentenceEncoder(FIXTURE, backend="torch")


@pytest.mark.slow
def test_both_backends_agree(torch_encoder: SentenceEncoder) -> None:
    onnx = SentenceEncoder(FIXTURE, backend="onnx")
    assert torch_encoder.identity != onnx.identity
    assert torch_encoder.dimension == onnx.dimension
    for role in ("encode_queries", "encode_passages"):
        ours = getattr(onnx, role)(TEXTS)
        theirs = getattr(torch_encoder, role)(TEXTS)
        assert theirs.dtype == np.float32
        cosines = (ours * theirs).sum(axis=1)
        assert cosines.mean() > 0.995
        assert cosines.min() > 0.99


@pytest.mark.slow
def test_half_precision_folder_runs_in_float32(torch_encoder: SentenceEncoder) -> None:
    import torch

    parameters = torch_encoder._runtime._model.parameters()
    assert {parameter.dtype for parameter in parameters} == {torch.float32}


def test_progress_and_empty_list(torch_encoder: SentenceEncoder) -> None:
    seen: list[tuple[int, int]] = []
    torch_encoder.encode_queries(TEXTS, progress=lambda *given: seen.append(given))
    assert seen[-1] == (len(TEXTS), len(TEXTS))
    assert torch_encoder.encode_queries([]).shape == (0, torch_encoder.dimension)


@pytest.mark.slow
def test_auto_takes_torch_where_there_is_no_twin(tmp_path: Path) -> None:
    folder = shutil.copytree(FIXTURE, tmp_path / "model")
    shutil.rmtree(folder / "onnx")
    assert SentenceEncoder(folder).backend == "torch"


def test_uncached_hub_name_is_told_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise AssertionError("network used")

    monkeypatch.setattr("socket.socket.connect", refuse)
    with pytest.raises(ModelError, match="matcher models build"):
        SentenceEncoder("nobody/no-such-model-here")


def test_model_with_other_modules_runs_through_the_library(tmp_path: Path) -> None:
    """A static embedding has no transformer: nothing for the lean path, all for the library."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(FIXTURE / "tokenizer.json"))
    tokenizer.no_truncation()
    module = StaticEmbedding(tokenizer, embedding_dim=8)
    SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path / "static"))
    encoder = SentenceEncoder(tmp_path / "static")
    assert encoder.backend == "torch"
    vectors = encoder.encode_passages(["热轧带钢", ""])
    assert vectors.shape == (2, 8)
    assert np.isfinite(vectors).all()
