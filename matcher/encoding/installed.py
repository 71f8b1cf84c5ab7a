"""The encoders on this machine: where they are, which there are, and loading one by name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.encoding.recipe import DEFAULT_ENCODER, recipe_names
from matcher.errors import MatcherError, ModelError

if TYPE_CHECKING:
    from matcher.encoding.sentence import Backend, SentenceEncoder

ENVIRONMENT = "MATCHER_MODELS_DIR"
_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class InstalledEncoder:
    """One model folder of this machine."""

    name: str
    path: Path
    bytes: int
    """Size of the whole folder."""
    identity: str | None
    """None when the folder cannot be used; ``problem`` says why."""
    dimension: int | None
    problem: str | None = None


def encoders_dir() -> Path:
    """Folder of the built encoders: ``$MATCHER_MODELS_DIR``, else in the user's cache."""
    given = os.environ.get(ENVIRONMENT)
    if given:
        return Path(given).expanduser()
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("jiebang-matcher", appauthor=False)) / "encoders"


def encoder_dir(name: str = DEFAULT_ENCODER) -> Path:
    """Where the encoder of that name is, or will be built."""
    return encoders_dir() / name


def list_encoders() -> list[InstalledEncoder]:
    """Every model folder in :func:`encoders_dir`, by name, damaged ones with their problem."""
    from matcher.encoding.sentence import SentenceEncoder

    found = []
    for marker in sorted(encoders_dir().glob("[!.]*/modules.json")):
        folder = marker.parent
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        try:
            encoder = SentenceEncoder(folder)
        except MatcherError as error:
            found.append(InstalledEncoder(folder.name, folder, size, None, None, error.what))
        else:
            found.append(
                InstalledEncoder(folder.name, folder, size, encoder.identity, encoder.dimension)
            )
    return found


def resolve_encoder(
    name_or_path: str | Path = DEFAULT_ENCODER,
    *,
    backend: Backend = "auto",
    threads: int | None = None,
) -> SentenceEncoder:
    """Load an encoder by name, folder, or hub name already cached on this machine.

    Args:
        name_or_path: a built encoder's name, a folder, or ``owner/model``.
        backend: see :class:`matcher.encoding.sentence.SentenceEncoder`.
        threads: cores to use.

    Raises:
        ModelError: not there or damaged; the message holds the command that mends it.
    """
    from matcher.encoding.sentence import SentenceEncoder

    text = str(name_or_path)
    for folder in (Path(text).expanduser(), encoder_dir(text)):
        if (folder / "modules.json").is_file():
            return SentenceEncoder(folder, backend=backend, threads=threads)
    if text in recipe_names():
        raise ModelError(
            "编码器尚未建立",
            given=f"{text} (应在 {encoder_dir(text)})",
            remedy="运行 matcher models build（约 71 MB 下载，一两分钟，只需一次）；"
            "或加 --encoder none 只用词面匹配",
        )
    if Path(text).expanduser().is_dir() or not _HUB_NAME.fullmatch(text):
        raise ModelError(
            "找不到编码器",
            given=text,
            expected=f"已建立的编码器名（如 {DEFAULT_ENCODER}）或模型文件夹的路径",
            remedy="运行 matcher models build 建立默认编码器，或检查名称和路径",
        )
    return SentenceEncoder(text, backend=backend, threads=threads)
