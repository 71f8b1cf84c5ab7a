"""Recipes: where an encoder's weights come from and how its folder is made."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import ModelError
from matcher.resources import data_path

DEFAULT_ENCODER = "multilingual-e5-small-zh"


@dataclass(frozen=True)
class Archive:
    """The registry package that carries the weights, and the hashes it must have."""

    package: str
    version: str
    python_version: str
    platforms: tuple[str, ...]
    sha256: str
    member: str
    member_sha256: str


@dataclass(frozen=True)
class Changes:
    """What the encoder was taught: low-rank changes of its weights, shipped with the recipe."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Recipe:
    """One file of ``models/encoders/``, checked."""

    name: str
    title: str
    origin: str
    licence: str
    format: str
    archive: Archive
    changes: Changes | None
    latin_pieces: int
    acronym_letters: int
    words: tuple[str, ...]
    max_length: int
    pooling: str
    centring: bool
    prompts: Mapping[str, str]
    digest: str
    """sha256 of the recipe and the files it names: a changed recipe means another folder."""


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        ModelError: not readable, not TOML, or a field is missing or of the wrong kind.
    """
    try:
        raw = path.read_bytes()
        table = tomllib.loads(raw.decode("utf-8"))
        english = path.parent / table["vocabulary"]["english"]
        digest = hashlib.sha256(raw + english.read_bytes()).hexdigest()
        return _recipe(table, path.parent, digest)
    except OSError as error:
        raise ModelError(
            "读不到编码器配方", given=path, remedy="检查路径，或重新安装 jiebang-matcher"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"编码器配方有误：{error}",
            given=path,
            expected="与 models/encoders/ 中的配方相同的字段",
            remedy="改正该文件，或重新安装 jiebang-matcher",
        ) from error


def shipped_recipe(name: str = DEFAULT_ENCODER) -> Recipe:
    """The recipe of that name shipped with the product.

    Raises:
        ModelError: there is none; the message lists those there are.
    """
    names = recipe_names()
    if name not in names:
        raise ModelError(
            "没有这个编码器配方",
            given=name,
            expected="、".join(names),
            remedy="改用列出的名称，或给出模型文件夹的路径",
        )
    return load_recipe(data_path("models/encoders") / f"{name}.toml")


def recipe_names() -> tuple[str, ...]:
    """Names of the shipped recipes, sorted."""
    return tuple(sorted(path.stem for path in data_path("models/encoders").glob("*.toml")))


def _recipe(table: Mapping[str, Any], folder: Path, digest: str) -> Recipe:
    archive, encoder, changes = table["archive"], table["encoder"], table.get("changes")
    return Recipe(
        name=str(table["name"]),
        title=str(table["title"]),
        origin=str(table["origin"]),
        licence=str(table["licence"]),
        format=str(table["format"]),
        archive=Archive(
            package=str(archive["package"]),
            version=str(archive["version"]),
            python_version=str(archive["python_version"]),
            platforms=tuple(str(platform) for platform in archive["platforms"]),
            sha256=str(archive["sha256"]),
            member=str(archive["member"]),
            member_sha256=str(archive["member_sha256"]),
        ),
        changes=changes and Changes(folder / changes["file"], str(changes["sha256"])),
        latin_pieces=int(table["vocabulary"]["latin_pieces"]),
        acronym_letters=int(table["vocabulary"]["acronym_letters"]),
        words=(
            *str(table["vocabulary"]["words"]).split(),
            *_english(folder / table["vocabulary"]["english"]),
        ),
        max_length=int(encoder["max_length"]),
        pooling=str(encoder["pooling"]),
        centring=bool(encoder["centring"]),
        prompts={str(role): str(text) for role, text in encoder["prompts"].items()},
        digest=digest,
    )


def _english(path: Path) -> Iterator[str]:
    """The words of a list, small and with a capital as at the beginning of a title."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line
            yield line.capitalize()
