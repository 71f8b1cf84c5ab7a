"""A list as bars and signs in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matcher.cli.console import say
from matcher.ranking.grades import Coverage

if TYPE_CHECKING:
    from matcher.matches import Match

_WIDTH, _EIGHTHS = 12, " ▏▎▍▌▋▊▉"
_SIGNS = {Coverage.COVERED: "●", Coverage.PARTLY: "◐", Coverage.UNSEEN: "○"}


def show_chart(found: Sequence[Match]) -> None:
    """A line a team: a bar of how likely it fits, and a sign for each requirement."""
    best = max(match.score for match in found)
    for match in found:
        # Without a calibration scores compare within this list only.
        share = match.chance if match.chance is not None else max(0.0, match.score) / (best or 1.0)
        told = match.explanation
        signs = "".join(_SIGNS[c.status] for c in told.coverage) if told else ""
        say(f"{match.rank:>3}. {bar(share)} {match.band} {match.team.name}  {signs}".rstrip())
    say("条越长越可能合适；● 覆盖 ◐ 部分 ○ 未见，依次为各条要求")


def bar(share: float) -> str:
    """A share of 1 in eighths of a letter, always as wide.

    >>> bar(0.5), bar(0.02)
    ('██████      ', '▎           ')
    """
    full, rest = divmod(round(max(0.0, min(share, 1.0)) * _WIDTH * 8), 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(_WIDTH)
