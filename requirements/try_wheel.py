"""Try a wheel where nothing else is: ``python requirements/try_wheel.py WHEEL FOLDER``.

Makes a fresh environment in the folder, installs what ``product.txt`` names and the wheel, and,
outside this checkout, runs ``matcher --help``, ``matcher models build`` into the folder and a query
over records made there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LOCK = Path(__file__).resolve().parent
TEAMS = [
    {"team_id": "T1", "team_name": "特钢组", "profile": "轴承钢洁净度与疲劳寿命, 非金属夹杂物控制"},
    {"team_id": "T2", "team_name": "育种组", "profile": "水稻育种与基因编辑"},
]


def main() -> None:
    """Stop at the first command that fails."""
    wheel, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    pip = [
        str(scripts / "python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    locked = [*pip, "--no-deps", "--require-hashes", "-r"]
    _run([*locked, str(LOCK / "product.txt")], folder)
    try:
        _run([*locked, str(LOCK / "torch-cpu.txt")], folder)
    except subprocess.CalledProcessError:
        _run([*locked, str(LOCK / "torch.txt")], folder)
    _run([*pip, "--no-deps", str(wheel)], folder)
    _use(str(scripts / "matcher"), folder)


def _use(matcher: str, folder: Path) -> None:
    shown = _run([matcher, "--help"], folder)
    assert "models" in shown, shown
    _run([matcher, "models", "build"], folder)
    lines = "".join(json.dumps(team, ensure_ascii=False) + "\n" for team in TEAMS)
    (folder / "teams.jsonl").write_text(lines, encoding="utf-8")
    _run([matcher, "import", "--teams", "teams.jsonl"], folder)
    found = _run([matcher, "teams", "高端轴承钢洁净度不足, 疲劳寿命短"], folder)
    assert "T1" in found, found
    print(found)


def _run(command: list[str], folder: Path) -> str:
    print("$", *(Path(command[0]).name, *command[1:]), flush=True)
    own = {"MATCHER_MODELS_DIR": str(folder / "models"), "XDG_CACHE_HOME": str(folder / "cache")}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        command, check=True, cwd=folder, env=kept | own, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    main()
