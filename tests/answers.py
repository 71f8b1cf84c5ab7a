"""What this processor, set up as it is, makes of a workspace: ``python -m tests.answers``.

python -m tests.answers WORKSPACE COPY REPORT

Works on a copy: matches, changes the index, matches again, writes the report, or verifies the one
that is there. Prints a hash of everything, and which kernels worked it out.
"""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_info

from matcher import Matcher, Workspace
from matcher.cli import main
from matcher.learning.training import evidence_groups
from matcher.ranking.calibration import fit_logistic
from matcher.ranking.learned import fit_linear
from matcher.workspace import INDEX_FOLDER

from .conftest import TINY

TOP, EXPLAINED = 25, 4


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]


def answered(matcher: Matcher) -> str:
    return digest(repr(list(matcher.match(top=TOP, explained=EXPLAINED))).encode())


def index_files(folder: Path) -> dict[str, str]:
    """The files of an index; its folders have names drawn by lot."""
    written = json.loads((folder / "snapshot.json").read_text(encoding="utf-8"))
    names = [*written["segments"], *written["gone"], written["statistics"]]
    return {
        f"{number} {path.relative_to(folder / name)}": digest(path.read_bytes())
        for number, name in enumerate(names)
        if name
        for path in sorted([folder / name, *(folder / name).rglob("*")])
        if path.is_file()
    }


def changed(workspace: Workspace) -> None:
    teams = list(workspace.teams().values())
    others = zip(teams[:4], teams[-4:], strict=True)
    workspace.put_teams(
        [team.model_copy(update={"profile": f"{other.profile}轴承钢"}) for team, other in others]
    )
    workspace.delete_teams([team.team_id for team in teams[20:23]])


def command(*words: object) -> str:
    """What the program says, its code first."""
    said = StringIO()
    with patch.object(sys, "argv", ["matcher", *map(str, words)]), redirect_stdout(said):
        try:
            with redirect_stderr(said):
                main()
        except SystemExit as leaving:
            return f"{leaving.code} {said.getvalue()}"
    return said.getvalue()


def reported(folder: Path, report: Path) -> str:
    """The report written; or, where it is there, what verifying it says."""
    common = ("--workspace", folder, "--encoder", TINY, "--pack", "liaoning-2021")
    manifest = report / "报告.manifest.json"
    if manifest.exists():
        return command("report", "--verify", manifest, *common)
    return command("report", "--output", report, "--format", "json,html", "--draws", 2,
                   "--lowest-band", "未定", *common)  # fmt: skip


def trained(matcher: Matcher) -> str:
    drawn = np.random.default_rng(1)
    logistic = fit_logistic(("a", "b"), drawn.random((300, 2)), drawn.integers(0, 2, 300))
    return digest(repr([fit_linear(evidence_groups(matcher, limit=15)), logistic]).encode())


def run(base: Path, folder: Path, report: Path) -> dict[str, object]:
    shutil.copytree(base, folder)
    workspace = Workspace(folder, encoder=str(TINY))
    made = workspace.matcher()
    found: dict[str, object] = {"匹配": answered(made), "索引": index_files(folder / INDEX_FOLDER)}
    changed(workspace)
    made = Workspace(folder, encoder=str(TINY)).matcher()
    found |= {"改后匹配": answered(made), "改后索引": index_files(folder / INDEX_FOLDER)}
    found |= {"训练": trained(made), "报告": reported(folder, report)}
    kernels = {one["architecture"] for one in threadpool_info() if "architecture" in one}
    return {"answers": found, "kernels": sorted(kernels)}


if __name__ == "__main__":
    print(json.dumps(run(*map(Path, sys.argv[1:])), ensure_ascii=False))
