"""The manifest of a report: what it was made from, with what, and what came out; and its proof."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from matcher.atomic import atomic_path
from matcher.errors import InputError
from matcher.report.data_file import report_bytes
from matcher.report.identity import Identity
from matcher.report.model import Report
from matcher.report.settings import ReportSettings
from matcher.report.standing import Standing

FORM = 1
_LIBRARIES = ("numpy", "scipy", "pydantic", "onnxruntime", "jieba", "xlsxwriter", "python-docx",
              "matplotlib")  # fmt: skip
_SETTINGS = TypeAdapter(ReportSettings)
_NAMES: Mapping[str, str] = {
    "version": "软件版本", "code": "源码", "tokenizer": "分词", "encoder": "语义模型",
    "ranker": "排序模型", "calibration": "校准", "challenges": "榜单内容", "teams": "团队库内容",
    "outcomes": "人工决定", "pack": "规则包", "alliances": "联盟记录", "awards": "立项情况",
    "parted": "未成的对接",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``*.manifest.json`` holds.

    Attributes:
        settings: every option that changes the report, as JSON.
        inputs: hashes of what went in.
        report: sha256 of the report as JSON.
        files: sha256 by file name.
        versions: of Python and libraries.
        made: when, from which commit, and how long it took; the only times anywhere. The commit
            is for people: what is verified is the hash of the source (``inputs["code"]``).
        standing: how things stood, for a later report to be compared with.
        before: how they stood in the report this one was compared with.
    """

    form: int
    settings: dict[str, Any]
    pack: str
    inputs: dict[str, str]
    report: str
    files: dict[str, str]
    versions: dict[str, str]
    made: dict[str, Any]
    standing: Standing | None = None
    before: Standing | None = None

    @property
    def report_settings(self) -> ReportSettings:
        """The settings as they were."""
        return _SETTINGS.validate_python(self.settings)


def manifest_of(
    report: Report,
    identity: Identity,
    settings: ReportSettings,
    pack: str,
    files: Sequence[Path],
    seconds: float,
) -> Manifest:
    """The manifest of a report just written.

    Args:
        report: as data.
        identity: of its inputs.
        settings: it was made with.
        pack: name of the rule pack, or "".
        files: those written.
        seconds: the whole run.
    """
    return Manifest(
        form=FORM,
        settings=_SETTINGS.dump_python(settings, mode="json"),
        pack=pack,
        inputs=asdict(identity),
        report=report_hash(report),
        files={path.name: file_hash(path) for path in files},
        versions=_versions(),
        made={
            "commit": commit(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            # The only chance in the program is the lot drawn from ids; no seed can change it.
            "seed": None,
        },
    )


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write as JSON. Raises: StorageError."""
    written = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    with atomic_path(path) as temporary:
        temporary.write_text(written + "\n", encoding="utf-8")


def read_manifest(path: Path) -> Manifest:
    """Read what `write_manifest` wrote.

    Raises:
        InputError: missing, damaged, or of another form.
    """
    try:
        manifest = TypeAdapter(Manifest).validate_json(path.read_bytes())
        manifest.report_settings  # noqa: B018  (validated here, not when first used)
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            "清单文件无法读取", given=f"{path}: {reason}",
            expected="matcher report 写的 *.manifest.json", remedy="检查文件名，或重新生成报告",
        ) from error  # fmt: skip
    if manifest.form != FORM:
        raise InputError("清单是另一版本写的", given=manifest.form, expected=str(FORM),
                         remedy="用写它的版本核对，或重新生成报告")  # fmt: skip
    return manifest


def standing_before(path: Path) -> Standing:
    """How things stood in an earlier report, by its manifest.

    Raises:
        InputError: no manifest, or one that does not say.
    """
    manifest = read_manifest(path)
    if manifest.standing is None:
        raise InputError(
            "清单里没有排名，不能比较", given=str(path), expected="本版本写的 *.manifest.json",
            remedy="用当时的输入重新生成一次报告，再与它的清单比较",
        )  # fmt: skip
    day = str(manifest.made.get("at", ""))[:10]
    told = f"{day} 的报告（{manifest.report[:8]}）"
    return replace(manifest.standing, against=told)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was held against the manifest."""

    what: str
    holds: bool
    detail: str = ""


def check_files(manifest: Manifest, folder: Path) -> Iterator[Check]:
    """The files beside the manifest, against the hashes in it."""
    for name, expected in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file():
            yield Check(f"文件 {name}", False, "不在清单旁边")
        else:
            same = file_hash(path) == expected
            yield Check(f"文件 {name}", same, "" if same else "内容与清单不符，生成后被改过")


def check_inputs(manifest: Manifest, identity: Identity) -> Iterator[Check]:
    """What would go in now, against what went in then."""
    now = asdict(identity)
    for name, label in _NAMES.items():
        then = manifest.inputs.get(name, "")
        same = now[name] == then
        detail = "" if same else f"当时 {then[:16] or '无'}，现在 {now[name][:16] or '无'}"
        yield Check(label, same, detail)


def check_report(manifest: Manifest, report: Report) -> Check:
    """The report made anew, against the one of the manifest."""
    same = report_hash(report) == manifest.report
    return Check("重新生成的报告", same, "" if same else "内容与清单不符")


def report_hash(report: Report) -> str:
    """sha256 of the report as JSON."""
    return sha256(report_bytes(report)).hexdigest()


def file_hash(path: Path) -> str:
    """sha256 of a file."""
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def commit() -> str:
    """The commit of the repository the package runs from, with 改动 added when its source differs.

    "" where it is installed elsewhere, even inside another repository; then the version says it.
    """
    here = Path(__file__).resolve().parent
    own = here.parent / "__init__.py"
    if not _git(here, "ls-files", "--error-unmatch", str(own)):
        return ""
    head = _git(here, "rev-parse", "HEAD")
    changed = _git(here, "status", "--porcelain", "--untracked-files=no", "--", str(own.parent))
    return f"{head}+改动" if changed else head


def _git(folder: Path, *words: str) -> str:
    """What git says; "" where it says nothing, refuses or is not there."""
    try:
        said = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "platform": sys.platform}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found
