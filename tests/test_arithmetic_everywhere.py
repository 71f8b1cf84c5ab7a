"""The same answers, bit for bit, whatever the processor: for equal vectors.

A processor is imitated by its settings: the kernels of the BLAS, numpy's own vector code switched
off level by level, the C library without fused operations, one thread or two.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from matcher import Workspace, read_challenges, read_teams
from matcher.resources import data_path

from .conftest import DEMO, TINY

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parent.parent
# Kernels of OpenBLAS and what a processor must have for them, as numpy calls it.
KERNELS = {
    "Nehalem": ("SSE42",),
    "Haswell": ("AVX2", "FMA3"),
    "SkylakeX": ("AVX512_SKX",),
}
OWN = ""
# Numpy's levels that this processor runs, lowest first; each can be switched off with those above.
LEVELS = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
# exp, log and pow of glibc as they are on a processor without AVX2 and fused operations.
PLAIN_LIBM = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX2_Usable,-FMA_Usable,-FMA4_Usable"


@dataclass(frozen=True)
class Setting:
    """``levels``: how many of numpy's levels stay on; None for all."""

    kernel: str = OWN
    levels: int | None = None
    threads: int = 2
    plain_libm: bool = False

    @property
    def environment(self) -> dict[str, str]:
        made = {f"{name}_NUM_THREADS": str(self.threads) for name in ("OMP", "OPENBLAS")}
        made["LOKY_MAX_CPU_COUNT"] = str(self.threads)
        if self.kernel:
            made["OPENBLAS_CORETYPE"] = self.kernel
        if self.levels is not None:
            made["NPY_DISABLE_CPU_FEATURES"] = " ".join(LEVELS[self.levels :])
        if self.plain_libm:
            made["GLIBC_TUNABLES"] = PLAIN_LIBM
        return made

    def __str__(self) -> str:
        kernel = self.kernel or "own kernel"
        levels = "all" if self.levels is None else self.levels
        return f"{kernel}, {levels} levels, {self.threads} threads, plain {self.plain_libm}"


# Every kernel, every level and both numbers of threads, not every one with every other.
FEW = [
    Setting("Nehalem", levels=0, threads=1, plain_libm=True),
    Setting("Haswell", levels=1, threads=2),
    Setting("SkylakeX", levels=2, threads=1),
]
ALL = [
    setting
    for setting in map(
        Setting, *zip(*product((OWN, *KERNELS), range(len(LEVELS) + 1), (1, 2)), strict=True)
    )
    if setting not in FEW
]


@dataclass
class Place:
    """A workspace, and what an untouched processor with two threads makes of it."""

    folder: Path
    expected: dict[str, Any]

    def answers(self, setting: Setting) -> tuple[dict[str, Any], list[str]]:
        """What is made of the workspace under a setting, and by which kernels."""
        return answers(self.folder, setting)


def answers(folder: Path, setting: Setting) -> tuple[dict[str, Any], list[str]]:
    copy = folder / f"copy-{len(list(folder.iterdir()))}"
    words = [str(part) for part in (folder / "base", copy, folder / "report")]
    done = subprocess.run(
        [sys.executable, "-m", "tests.answers", *words], cwd=ROOT, text=True, check=False,
        capture_output=True, env=os.environ | setting.environment,
    )  # fmt: skip
    assert done.returncode == 0, f"{setting}\n{done.stderr}"
    made = json.loads(done.stdout.splitlines()[-1])
    return made["answers"], made["kernels"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("place")
    workspace = Workspace(folder / "base", encoder=str(TINY))
    workspace.put_challenges(read_challenges(data_path(f"{DEMO}/challenges.jsonl")).records[:16])
    workspace.put_teams(read_teams(data_path(f"{DEMO}/teams.jsonl")).records[:90])
    expected, _ = answers(folder, Setting())
    assert "报告.html" in expected.pop("报告")
    return Place(folder, expected)


def made(place: Place, setting: Setting) -> tuple[dict[str, Any], str]:
    """What comes out under a setting, the proof of the report apart."""
    lacking = [name for name in KERNELS.get(setting.kernel, ()) if not __cpu_features__.get(name)]
    if lacking:
        pytest.skip(f"this processor cannot run {setting.kernel}: no {', '.join(lacking)}")
    if setting.levels is not None and setting.levels > len(LEVELS):
        pytest.skip(f"numpy has {len(LEVELS)} levels here, not {setting.levels}")
    found, kernels = place.answers(setting)
    if setting.kernel and kernels != [setting.kernel]:
        pytest.skip(f"the BLAS here has no kernels for {setting.kernel}: {kernels}")
    proof = found.pop("报告")
    assert proof.startswith("0 "), proof
    return found, proof


@pytest.mark.parametrize("setting", FEW, ids=str)
def test_answers_are_the_same_to_the_bit(place: Place, setting: Setting) -> None:
    found, proof = made(place, setting)
    assert found == place.expected
    assert "核对通过" in proof


@pytest.mark.long
@pytest.mark.parametrize("setting", ALL, ids=str)
def test_answers_are_the_same_whatever_is_combined(place: Place, setting: Setting) -> None:
    found, proof = made(place, setting)
    assert found == place.expected
    assert "核对通过" in proof
