"""What is installed is pinned and hashed, can be audited offline, and works as a wheel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from matcher.service.settings import Settings

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
_ENTRY = re.compile(
    r"^([\w.-]+)==([^\s;]+).*\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.M
)


def _pins(*names: str) -> dict[str, Version]:
    pins: dict[str, Version] = {}
    for name in names:
        text = (LOCKS / name).read_text(encoding="utf-8")
        found = list(_ENTRY.finditer(text))
        assert "".join(entry.group() for entry in found) == text, f"{name}: a pin without hashes"
        pins |= {canonicalize_name(one[1]): Version(one[2]) for one in found}
    return pins


def _wanted(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    texts = [*project["dependencies"], *(text for extra in extras for text in optional[extra])]
    return [Requirement(text) for text in texts if not text.startswith("jiebang-matcher")]


@pytest.mark.parametrize("torch", ["torch-cpu.txt", "torch.txt"])
@pytest.mark.parametrize(
    ("lock", "extras"), [("product.txt", ()), ("develop.txt", ("dev", "cluster", "notebooks"))]
)
def test_every_dependency_is_pinned_within_its_range(
    lock: str, extras: tuple[str, ...], torch: str
) -> None:
    pins = _pins(lock, torch)
    for wanted in _wanted(*extras):
        assert pins[canonicalize_name(wanted.name)] in wanted.specifier, wanted


def test_the_product_is_tested_at_the_versions_it_ships_with() -> None:
    product, develop = _pins("product.txt"), _pins("develop.txt")
    assert product.items() <= develop.items()


def test_lock_files_name_no_place() -> None:
    assert not [path for path in LOCKS.glob("*.txt") if "://" in path.read_text(encoding="utf-8")]


def _audit(folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "lock.txt").write_text("Some_Thing==1.5 ; python_version > '3' \\\n", "utf-8")
    command = [sys.executable, str(LOCKS / "audit.py"), str(folder / "advisories")]
    return subprocess.run(
        [*command, str(folder / "lock.txt")], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("affected", "code"),
    [
        ({"versions": ["1.5.0"]}, 1),
        ({"versions": ["1.4", "not a version"]}, 0),
        ({"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}, 1),
        ({"ranges": [{"events": [{"introduced": "1"}, {"fixed": "1.5.1"}]}]}, 1),
        ({"ranges": [{"events": [{"introduced": "1"}, {"fixed": "1.5"}]}]}, 0),
        ({"ranges": [{"events": [{"introduced": "0"}, {"last_affected": "1.5"}]}]}, 1),
        ({"ranges": [{"events": [{"introduced": "1.6"}]}]}, 0),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, 0),
    ],
)
def test_an_advisory_is_found_where_it_applies(
    tmp_path: Path, affected: dict[str, object], code: int
) -> None:
    folder = tmp_path / "advisories" / "some-thing"
    folder.mkdir(parents=True)
    advisory = {"id": "A-1", "affected": [{"package": {"name": "some.thing"}, **affected}]}
    (folder / "A-1.json").write_text(json.dumps(advisory), encoding="utf-8")
    assert _audit(tmp_path).returncode == code
    advisory["withdrawn"] = "2026-01-01"
    (folder / "A-1.json").write_text(json.dumps(advisory), encoding="utf-8")
    ended = _audit(tmp_path)
    assert (ended.returncode, "没有读到公告" in ended.stderr) == (2, True)


@pytest.mark.parametrize(("ranges", "code"), [(["<1.2", ">=1.4,<1.6"], 1), (["<1.5"], 0)])
def test_ranges_of_versions_are_looked_through_too(
    tmp_path: Path, ranges: list[str], code: int
) -> None:
    (tmp_path / "advisories").mkdir()
    known = {"$meta": {"timestamp": 1775023247}, "some-thing": ranges}
    (tmp_path / "advisories/insecure.json").write_text(json.dumps(known), encoding="utf-8")
    ended = _audit(tmp_path)
    assert (ended.returncode, "最新 2026-04-01" in ended.stdout) == (code, True)


def test_the_container_file_names_what_there_is() -> None:
    text = (ROOT / "deploy/Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
    assert copied
    assert all(
        (ROOT / name).exists() for names in copied for name in names.split() if "*" not in name
    )
    names = {name.lower() for name in re.findall(r"MATCHER_SERVICE_([A-Z_]+)=", text)}
    assert names
    assert names <= Settings.model_fields.keys()
    locks = re.findall(r"-r (requirements/\S+?)[\s)]", text)
    assert len(locks) == 3
    assert all((ROOT / lock).is_file() for lock in locks)


@pytest.mark.long
def test_the_wheel_works_where_nothing_else_is(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run([*pip, str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    trial = [sys.executable, str(LOCKS / "try_wheel.py"), str(wheel), str(tmp_path / "trial")]
    subprocess.run(trial, check=True)
