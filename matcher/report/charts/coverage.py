"""Requirements against teams: who shows what, as a table of signs that is also read aloud."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from matcher.ranking.grades import Coverage

SIGNS: Mapping[Coverage, str] = {
    Coverage.COVERED: "●", Coverage.PARTLY: "◐", Coverage.UNSEEN: "○",
}  # fmt: skip


class Answered(Protocol):
    """A requirement as one team answers it."""

    @property
    def label(self) -> str:
        """Its short name."""

    @property
    def text(self) -> str:
        """What it asks."""

    @property
    def status(self) -> Coverage:
        """How far the team shows it."""


@dataclass(frozen=True, slots=True)
class CoverageMatrix:
    """What each team shows of each requirement.

    Attributes:
        requirements: (label, text), one a row.
        teams: (rank, name), one a column.
        cells: row by row, a status a team.
    """

    requirements: tuple[tuple[str, str], ...]
    teams: tuple[tuple[int, str], ...]
    cells: tuple[tuple[Coverage, ...], ...]


def coverage_matrix(
    teams: Iterable[tuple[int, str, Sequence[Answered]]],
) -> CoverageMatrix | None:
    """The matrix of (rank, name, requirements as answered); None where nothing is asked.

    All are held against the same requirements, in one order.
    """
    shown = list(teams)
    asked = shown[0][2] if shown else ()
    if not asked:
        return None
    return CoverageMatrix(
        requirements=tuple((one.label, one.text) for one in asked),
        teams=tuple((rank, name) for rank, name, _ in shown),
        cells=tuple(
            tuple(Coverage(answers[row].status) for _, _, answers in shown)
            for row in range(len(asked))
        ),
    )
