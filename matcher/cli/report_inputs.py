"""What a report is made from, opened from two files or from the workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.cli.console import announce
from matcher.cli.matching import Batch, batch_matcher
from matcher.cli.options import Model
from matcher.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.pipeline import Matcher
    from matcher.policy import PolicyPack
    from matcher.procedure import Award
    from matcher.records import Outcome
    from matcher.records.alliance import Alliance
    from matcher.report.build import ReportInputs
    from matcher.report.settings import ReportSettings
    from matcher.report.standing import Standing


@dataclass
class Opened:
    """A matcher with the decisions of staff.

    Attributes:
        folder: the workspace; None where files were given, then nothing is kept.
        lines: rows that could not be used.
        alliances: of the workspace.
        awards, parted: of the workspace: what was given to whom, what came to nothing.
    """

    matcher: Matcher
    folder: Path | None
    outcomes: tuple[Outcome, ...] = ()
    lines: list[str] = field(default_factory=list)
    alliances: tuple[Alliance, ...] = ()
    awards: tuple[Award, ...] = ()
    parted: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def report_inputs(
        self, settings: ReportSettings, pack: PolicyPack | None, before: Standing | None = None
    ) -> ReportInputs:
        """For `matcher.report.build.build_report`."""
        from matcher.report.build import ReportInputs

        return ReportInputs(
            self.matcher, self.outcomes, pack, settings, before=before, alliances=self.alliances,
            awards=self.awards, parted=self.parted,
        )  # fmt: skip


def open_inputs(
    challenges: Path | None,
    teams: Path | None,
    evidence: Path | None,
    outcomes: Path | None,
    workspace: Path,
    model: Model,
) -> Opened:
    """Open them.

    Args:
        challenges, teams, evidence: files; None for the workspace.
        outcomes: a file of decisions, added to those of the workspace.
        workspace: its folder.
        model: what ranks.

    Raises:
        InputError: a file cannot be read, or only one of the two is given.
        WorkspaceError: nothing imported, or made by another encoder.
    """
    from matcher.corpora import read_outcomes
    from matcher.service.store.course import course_of
    from matcher.service.store.taking_in import kept_alliances
    from matcher.workspace import Workspace

    if challenges is None and teams is None:
        announce(model.encoder)
        kept = Workspace(workspace, encoder=model.encoder)
        matcher, course = kept.matcher(model.choice), course_of(kept)
        opened = Opened(
            matcher.over(course.staged(matcher.challenges)), workspace, kept.outcomes(),
            alliances=tuple(kept_alliances(kept)), awards=course.awards, parted=course.parted,
        )  # fmt: skip
    else:
        batch = Batch()
        made = batch_matcher((challenges, teams, evidence), workspace, model, batch)
        opened = Opened(made, None, (), batch.lines)
    if outcomes is not None:
        reading = read_outcomes(outcomes)
        opened.outcomes = (*opened.outcomes, *reading.records)
        opened.lines += [reject.message for reject in reading.rejects]
    return opened


def open_pack(name: str) -> PolicyPack | None:
    """A shipped pack by id, or one from a file; None for "".

    Raises:
        InputError: the file cannot be read or used.
        NotFoundError: no such pack.
    """
    from matcher.policy import read_pack, shipped_pack

    if not name:
        return None
    return read_pack(name) if name.endswith(".toml") or Path(name).is_file() else shipped_pack(name)


def pack_of(name: str) -> PolicyPack:
    """A pack by name or file. Raises: InputError: none is named."""
    pack = open_pack(name)
    if pack is None:
        raise InputError("没有写规则包", expected="名称或 .toml 文件", remedy="加上 --pack")
    return pack
