"""The report in its faces: which writer makes which file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from matcher.atomic import atomic_path
from matcher.errors import InputError, StorageError
from matcher.report.data_file import write_json, write_ranking_csv
from matcher.report.model import Report
from matcher.report.profiles import DEFAULT_PROFILE, PROFILES, Profile

STEM = "报告"


_Writer = Callable[[Report, Path, Profile, Path | None], None]


def _xlsx(report: Report, path: Path, profile: Profile, template: Path | None) -> None:
    from matcher.report.faces.workbook import write_workbook

    write_workbook(report, path, profile)


def _docx(report: Report, path: Path, profile: Profile, template: Path | None) -> None:
    from matcher.report.faces.paper import write_paper

    write_paper(report, path, profile, template)


def _html(report: Report, path: Path, profile: Profile, template: Path | None) -> None:
    from matcher.report.faces.page import write_page

    write_page(report, path, profile)


def _json(report: Report, path: Path, profile: Profile, template: Path | None) -> None:
    write_json(report, path)


def _csv(report: Report, path: Path, profile: Profile, template: Path | None) -> None:
    write_ranking_csv(report, path)


_WRITERS: dict[str, _Writer] = {
    "xlsx": _xlsx, "docx": _docx, "html": _html, "json": _json, "csv": _csv,
}  # fmt: skip
REPORT_FORMATS = tuple(_WRITERS)


def output_files(output: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """The files a run writes: one named file, or one of each format in a folder.

    Raises:
        InputError: an unknown format, or several formats for one file.

    >>> [path.name for path in output_files(Path("会议"), ["xlsx", "json"])]
    ['报告.xlsx', '报告.json']
    >>> [path.name for path in output_files(Path("会议.xlsx"), [])]
    ['会议.xlsx']
    """
    suffix = output.suffix.lstrip(".").lower()
    named = [suffix] if suffix in _WRITERS else []
    wanted = list(dict.fromkeys(formats)) or named or ["xlsx"]
    unknown = [name for name in wanted if name not in _WRITERS]
    if unknown:
        raise InputError(
            "不认识的报告格式", given="、".join(unknown), expected=" / ".join(REPORT_FORMATS),
            remedy="改正 --format",
        )  # fmt: skip
    if not named or output.is_dir():
        return tuple(output / f"{STEM}.{name}" for name in wanted)
    return tuple(output.with_suffix(f".{name}") for name in wanted)


def write_report(
    report: Report,
    files: Sequence[Path],
    profile: Profile = PROFILES[DEFAULT_PROFILE],
    template: Path | None = None,
) -> None:
    """Write each file whole or not at all; folders are made.

    Args:
        report: the report.
        files: each with the suffix of one of `REPORT_FORMATS`.
        profile: for whom; programs (json, csv) get everything.
        template: Word paper of the department.

    Raises:
        InputError: the template is no Word document.
        StorageError: the disk is full or read-only.
    """
    for path in files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                "建不了文件夹", given=str(path.parent), remedy="检查权限，或换一个位置"
            ) from error
        with atomic_path(path) as temporary:
            _WRITERS[path.suffix.lstrip(".")](report, temporary, profile, template)
