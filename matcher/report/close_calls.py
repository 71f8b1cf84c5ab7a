"""Assignments another team could as well have had: what a meeting chooses between, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.ranking.grades import Coverage
from matcher.report.model import Report, TeamLine
from matcher.report.plan_lines import FlipLine, TeamView

# A smaller difference of fits is none to a reader who is shown two digits.
_SEEN = 0.005


@dataclass(frozen=True, slots=True)
class CloseCall:
    """An assignment that another team could as well have had.

    Attributes:
        planned, rival: team and organisation, as the plan has it and who else could.
        reason: why the plan has the former, and what choosing the other would undo.
        contrast: wherein the two differ, as the records have it; the former is the planned one.
    """

    challenge_id: str
    title: str
    planned: tuple[str, str]
    rival: tuple[str, str]
    reason: str
    contrast: str


def close_calls(report: Report) -> Iterator[CloseCall]:
    """Every one, the least firm first."""
    views = {team.team_id: team for team in report.teams}
    cards = {card.challenge_id: card for card in report.cards}

    def named(team_id: str, name: str) -> tuple[str, str]:
        return name, views[team_id].org_name if team_id in views else ""

    calls = report.firmness.open_calls if report.firmness else ()
    for line in calls:
        lines = {team.team_id: team for team in cards[line.challenge_id].teams}
        rival = line.rivals[0] if line.rivals else None
        yield CloseCall(
            line.challenge_id, line.challenge_title, named(line.team_id, line.team_name),
            ("无人", "") if rival is None else named(rival.team_id, rival.team_name),
            "；".join(_reasons(line, lines, views, {call.challenge_id for call in calls})),
            "；".join(_contrast(line, lines, report.home)),
        )  # fmt: skip


def _reasons(
    line: FlipLine, lines: Mapping[str, TeamLine], views: Mapping[str, TeamView], calls: set[str]
) -> Iterator[str]:
    """Why the former; where the records speak for the latter, that too."""
    for rival in line.rivals[:1]:
        more = line.fit - rival.fit
        former, latter = lines.get(line.team_id), lines.get(rival.team_id)
        less = former and latter and _shown(former) < _shown(latter)
        fit = f"契合度高 {more:.2f}" if more >= _SEEN else "契合度相当"
        yield f"{fit}{'，但依据较少' if less else ''}"
        view = views.get(rival.team_id)
        if view is not None and view.assigned and view.capacity is not None:
            full = len(view.assigned) >= view.capacity
            held = "、".join(f"{i}（也须审定）" if i in calls else i for i in view.assigned)
            undone = "，选它须另定该项" if full else ""
            yield f"后者{'名额已用于' if full else '已拟承担'} {held}{undone}"


def _contrast(line: FlipLine, lines: Mapping[str, TeamLine], home: str) -> Iterator[str]:
    """What the records say of both."""
    rival = line.rivals[0].team_id if line.rivals else ""
    former, latter = lines.get(line.team_id), lines.get(rival)
    if former is not None and latter is not None:
        yield from _requirements(former, latter)
        yield from _either("只有自述", former.only_says, latter.only_says)
        if home:
            yield from _either(f"在{home}", former.province == home, latter.province == home)


def _shown(team: TeamLine) -> int:
    """On how many requirements it shows something."""
    return len(team.requirements) - len(team.labels(Coverage.UNSEEN))


def _requirements(former: TeamLine, latter: TeamLine) -> Iterator[str]:
    asked, a, b = len(former.requirements), _shown(former), _shown(latter)
    if asked:
        yield f"各 {a}/{asked}" if a == b else f"前者 {a}/{asked}、后者 {b}/{asked}"


def _either(what: str, former: bool, latter: bool) -> Iterator[str]:
    """Of whom something holds; of neither, nothing."""
    if former or latter:
        yield f"{'都' if former and latter else '前者' if former else '后者'}{what}"
