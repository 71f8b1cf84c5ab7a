"""One challenge with its teams as a document: what an enterprise takes to its meeting."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal

from matcher.index.owners import Filter
from matcher.matches import Failure, Ranking
from matcher.pipeline import EVERYONE, Matcher
from matcher.records import Challenge
from matcher.report import ReportInputs, ReportSettings, build_report, write_report
from matcher.service.access import Principal
from matcher.service.context import Service
from matcher.service.desk.matching import TeamFilter
from matcher.service.library import Edition


@dataclass
class _Filtered(Matcher):
    """A matcher that knows the filter, so that the file holds the teams that were shown."""

    where: Filter = EVERYONE

    def match(
        self, challenge_ids: Sequence[str] | None = None, **asked: Any
    ) -> Iterator[Ranking | Failure]:
        """As `Matcher.match`, under the filter."""
        return super().match(challenge_ids, **{**asked, "where": self.where})


class ExportAsked(TeamFilter):
    """Which teams, and in what kind of file."""

    format: Literal["xlsx", "docx", "html"] = "xlsx"


def export(
    service: Service, principal: Principal, challenge: Challenge, asked: ExportAsked
) -> bytes:
    """The teams for a challenge as a workbook, a document or a page, without contacts.

    Raises:
        InputError: there is no text to match.
    """
    shown = service.library.ranked(challenge, asked.where, asked.top).matches

    def work(edition: Edition) -> bytes:
        parts = {part.name: getattr(edition.matcher, part.name) for part in fields(Matcher)}
        parts["challenges"] = {challenge.challenge_id: challenge}
        parts["teams"] = {m.team_id: m.team for m in shown}
        kept = _Filtered(**parts, where=asked.where)
        vars(kept)["centre"] = edition.matcher.centre
        settings = ReportSettings(
            title=challenge.name, top=asked.top, contenders=asked.top, draws=0
        )
        return _written(ReportInputs(kept, settings=settings), asked.format)

    made = service.library.matching(work)
    service.audit.write(
        principal, "export.teams", challenge.challenge_id, format=asked.format, teams=len(shown)
    )
    return made


def _written(inputs: ReportInputs, file_format: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"团队.{file_format}"
        write_report(build_report(inputs), [path])
        return path.read_bytes()
