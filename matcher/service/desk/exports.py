"""One challenge with its teams as a document: what an enterprise takes to its meeting."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from matcher.records import Challenge
from matcher.report import ReportInputs, ReportSettings, build_report, write_report
from matcher.service.context import Caller
from matcher.service.desk.matching import TeamFilter
from matcher.service.live.snapshot import WorkspaceSnapshot


class ExportAsked(TeamFilter):
    """Which teams, and in what kind of file."""

    format: Literal["xlsx", "docx", "html"] = "xlsx"


def export(caller: Caller, challenge: Challenge, asked: ExportAsked) -> bytes:
    """The teams for a challenge as a workbook, a document or a page, without contacts.

    Raises:
        InputError: there is no text to match.
    """
    shown = caller.service.live.ranked(challenge, asked.where, asked.top).matches

    def work(snapshot: WorkspaceSnapshot) -> bytes:
        matcher = snapshot.matcher.over(
            {challenge.challenge_id: challenge}, {m.team_id: m.team for m in shown}
        )
        settings = ReportSettings(
            title=challenge.name, top=asked.top, contenders=asked.top, draws=0
        )
        return _written(ReportInputs(matcher, settings=settings, where=asked.where), asked.format)

    made = caller.service.live.matching(work)
    caller.note("export.teams", challenge.challenge_id, format=asked.format, teams=len(shown))
    return made


def _written(inputs: ReportInputs, file_format: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"团队.{file_format}"
        write_report(build_report(inputs), [path])
        return path.read_bytes()
