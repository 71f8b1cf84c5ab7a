"""The encoder on the fixture: shapes, order, neighbours, odd texts, errors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from matcher.encoding import Encoder, list_encoders, resolve_encoder
from matcher.encoding.installed import ENVIRONMENT, encoder_dir
from matcher.encoding.onnx_runtime import length_batches, normalised, pooled
from matcher.encoding.recipe import load_recipe, shipped_recipe
from matcher.encoding.sentence import SentenceEncoder, clipped
from matcher.errors import ModelError

FIXTURE = Path(__file__).parent / "fixtures" / "tiny-encoder"
TEXTS = [
    "热轧带钢板形控制",
    "",
    "锂离子电池热失控预警与安全防护技术",
    "LED",
    "水稻病虫害绿色防控。" * 12,
    "氢燃料电池质子交换膜",
    "   \n\t ",
    "冷连轧机板形闭环控制系统开发",
]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(FIXTURE, threads=2)


def test_is_an_encoder_with_unit_rows(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert isinstance(encoder, Encoder)
    assert encoder.backend == "onnx"
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dimension)
    assert encoder.encode_passages([]).dtype == np.float32


@pytest.mark.slow
def test_a_text_has_one_vector_whatever_its_neighbours(encoder: SentenceEncoder) -> None:
    many = [f"{text}{number}" for number in range(40) for text in TEXTS]
    together = encoder.encode_passages(many)
    alone = np.concatenate([encoder.encode_passages([text]) for text in many])
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_order_is_kept(encoder: SentenceEncoder) -> None:
    forward = encoder.encode_queries(TEXTS)
    backward = encoder.encode_queries(TEXTS[::-1])
    np.testing.assert_allclose(forward, backward[::-1], atol=2e-5)


def test_threads_do_not_change_vectors(encoder: SentenceEncoder) -> None:
    single = SentenceEncoder(FIXTURE, threads=1)
    assert single.identity == encoder.identity
    np.testing.assert_array_equal(single.encode_queries(TEXTS), encoder.encode_queries(TEXTS))


def test_roles_use_their_own_prompts(encoder: SentenceEncoder) -> None:
    query, passage = encoder.encode_queries(TEXTS[:1]), encoder.encode_passages(TEXTS[:1])
    assert 0.3 < float((query @ passage.T)[0, 0]) < 0.99999


@pytest.mark.parametrize(
    ("text", "related", "unrelated"),
    [
        ("热轧带钢板形控制", "冷连轧机板形闭环控制系统", "水稻病虫害防治"),
        ("锂离子电池热失控预警", "动力电池安全与热管理", "高速铁路轨道检测"),
        ("图像识别深度学习算法", "基于卷积神经网络的目标检测", "小麦育种与栽培"),
    ],
)
def test_related_texts_are_closer(
    encoder: SentenceEncoder, text: str, related: str, unrelated: str
) -> None:
    query = encoder.encode_queries([text])[0]
    near, far = encoder.encode_passages([related, unrelated])
    assert query @ near > query @ far + 0.05


def test_a_megabyte_of_text_is_cut_first(encoder: SentenceEncoder) -> None:
    huge = "高温合金涡轮叶片精密铸造技术。" * 25_000
    began = time.perf_counter()
    vectors = encoder.encode_passages([huge, huge[: encoder.max_length * 16]])
    assert time.perf_counter() - began < 2
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_text_that_is_not_valid_unicode_survives(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode_passages(["坏字符\ud800在此", "零\x00字符", "\ufeff标记"])
    assert np.isfinite(vectors).all()


def test_clipping_makes_whitespace_single() -> None:
    assert clipped("  高 \n\n 压\t", 8) == "高 压"
    assert len(clipped("长" * 10_000, 8)) == 8 * 16


def test_one_string_instead_of_a_list_is_refused(encoder: SentenceEncoder) -> None:
    with pytest.raises(TypeError, match="sequence"):
        encoder.encode_queries("热轧")


def test_progress_reaches_the_total(encoder: SentenceEncoder) -> None:
    seen: list[tuple[int, int]] = []
    encoder.encode_passages(TEXTS * 50, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(TEXTS) * 50, len(TEXTS) * 50)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_an_error_in_progress_stops_the_run(encoder: SentenceEncoder) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode_passages(TEXTS * 50, progress=stop)
    assert encoder.encode_passages(TEXTS[:1]).shape[0] == 1


def test_shorter_maximum_is_another_identity() -> None:
    whole, short = SentenceEncoder(FIXTURE), SentenceEncoder(FIXTURE, max_length=16)
    assert whole.identity != short.identity
    text = TEXTS[4]
    assert float(whole.encode_queries([text])[0] @ short.encode_queries([text])[0]) < 0.9999
    assert SentenceEncoder(FIXTURE, max_length=9999).identity == whole.identity


def test_batches_hold_every_text_once_and_stay_small() -> None:
    lengths = [5, 900, 3, 3, 512, 40] * 30
    batches = list(length_batches(lengths))
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= 1024


def test_a_short_text_is_not_padded_to_a_long_one() -> None:
    lengths = [91, 20, 24, 23, 63, 22, 25, 21]
    batches = list(length_batches(lengths))
    padded = sum(max(lengths[i] for i in batch) * len(batch) for batch in batches)
    assert padded <= 1.1 * sum(lengths)
    assert len(batches) <= 4


def test_pooling_ignores_padding() -> None:
    hidden = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    mask = np.array([[1, 1, 0]])
    np.testing.assert_allclose(pooled(hidden, mask, "mean"), hidden[:, :2].mean(axis=1))
    np.testing.assert_allclose(pooled(hidden, mask, "cls"), hidden[:, 0])
    assert np.isfinite(normalised(np.zeros((1, 4)))).all()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("multilingual-e5-small-zh", "matcher models build"),
        ("没有这个编码器", "matcher models build"),
        ("./no/such/folder", "matcher models build"),
    ],
)
def test_missing_encoder_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, says: str
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    with pytest.raises(ModelError, match=says) as caught:
        resolve_encoder(source)
    assert "编码器" in str(caught.value)


def test_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"modules\.json"):
        SentenceEncoder(tmp_path)


def test_folder_without_twin_refuses_onnx(tmp_path: Path) -> None:
    folder = shutil.copytree(FIXTURE, tmp_path / "model")
    shutil.rmtree(folder / "onnx")
    with pytest.raises(ModelError, match="ONNX"):
        SentenceEncoder(folder, backend="onnx")


def test_damaged_twin_is_told(tmp_path: Path) -> None:
    folder = shutil.copytree(FIXTURE, tmp_path / "model")
    (folder / "onnx" / "model_int8.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="matcher models build"):
        SentenceEncoder(folder)


def test_installed_encoders_are_listed_and_resolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert list_encoders() == []
    shutil.copytree(FIXTURE, encoder_dir("tiny"))
    shutil.copytree(FIXTURE, encoder_dir("broken"))
    (encoder_dir("broken") / "tokenizer.json").unlink()
    broken, tiny = list_encoders()
    assert broken.identity is None
    assert broken.problem is not None
    encoder = resolve_encoder("tiny")
    assert (tiny.identity, tiny.dimension) == (encoder.identity, encoder.dimension)
    assert tiny.bytes > 100_000
    assert resolve_encoder(FIXTURE).identity == encoder.identity


def test_shipped_recipe_reads_and_bad_ones_are_told(tmp_path: Path) -> None:
    recipe = shipped_recipe()
    assert recipe.archive.member_sha256.startswith("1571fc98")
    assert recipe.prompts == {"query": "query: ", "passage": "passage: "}
    with pytest.raises(ModelError, match="multilingual-e5-small-zh"):
        shipped_recipe("other")
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "x"', encoding="utf-8")
    with pytest.raises(ModelError, match="配方有误"):
        load_recipe(bad)


def test_fixture_is_small() -> None:
    assert sum(path.stat().st_size for path in FIXTURE.rglob("*") if path.is_file()) < 1_500_000


def test_the_runtime_leaves_no_device_id_and_no_queue_of_reports(tmp_path: Path) -> None:
    """onnxruntime reports its use over the network unless told not to before it is imported."""
    places = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
    program = (
        "from matcher.encoding import resolve_encoder\n"
        f"resolve_encoder({str(FIXTURE)!r}).encode_queries(['热轧'])\n"
    )
    subprocess.run([sys.executable, "-c", program], env={**os.environ, **places}, check=True)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in left if path.name == ".ses" or "onnxruntime" in str(path)] == []


@pytest.mark.slow
def test_light_path_loads_no_torch_and_no_network() -> None:
    """A query from the command line must not pay seconds and hundreds of MB for torch, nor an
    import for a solver.
    """
    program = (
        "import socket, sys, json\n"
        "def refuse(*given, **named): raise OSError('network')\n"
        "socket.socket.connect = refuse\n"
        "from matcher.encoding import resolve_encoder\n"
        f"resolve_encoder({str(FIXTURE)!r}).encode_queries(['热轧'])\n"
        "import matcher.intake\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'scipy'}\n"
        "print(json.dumps(sorted(heavy & set(sys.modules))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []
