"""Assignments another team could as well have had: what a meeting chooses between, and by what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.ranking.grades import Coverage
from matcher.report.model import Report, TeamLine
from matcher.report.plan_lines import FlipLine, TeamView


@dataclass(frozen=True, slots=True)
class CloseCall:
    """An assignment that another team could as well have had.

    Attributes:
        planned, rival: team and organisation, as the plan has it and who else could.
        contrast: wherein the two differ, as the records have it; the former is the planned one.
    """

    challenge_id: str
    title: str
    planned: tuple[str, str]
    rival: tuple[str, str]
    contrast: str


def close_calls(report: Report) -> Iterator[CloseCall]:
    """Every one, the least firm first."""
    views = {team.team_id: team for team in report.teams}
    cards = {card.challenge_id: card for card in report.cards}

    def named(team_id: str, name: str) -> tuple[str, str]:
        return name, views[team_id].org_name if team_id in views else ""

    for line in report.firmness.open_calls if report.firmness else ():
        lines = {team.team_id: team for team in cards[line.challenge_id].teams}
        rival = line.rivals[0] if line.rivals else None
        yield CloseCall(
            line.challenge_id, line.challenge_title, named(line.team_id, line.team_name),
            ("无人", "") if rival is None else named(rival.team_id, rival.team_name),
            "；".join(_contrast(line, lines, views, report.home)),
        )  # fmt: skip


def _contrast(
    line: FlipLine, lines: Mapping[str, TeamLine], views: Mapping[str, TeamView], home: str
) -> Iterator[str]:
    """What the records say of both, and what choosing the other would undo."""
    rival = line.rivals[0].team_id if line.rivals else ""
    former, latter = lines.get(line.team_id), lines.get(rival)
    if former is not None and latter is not None:
        yield from _requirements(former, latter)
        yield from _either("只有自述", _only_says(former), _only_says(latter))
        if home:
            yield from _either(f"在{home}", former.province == home, latter.province == home)
    view = views.get(rival)
    if view is not None and view.assigned and view.capacity is not None:
        full = len(view.assigned) >= view.capacity
        yield f"后者{'名额已用于' if full else '已拟承担'} {'、'.join(view.assigned)}"


def _requirements(former: TeamLine, latter: TeamLine) -> Iterator[str]:
    """On how many requirements each shows something."""
    asked = len(former.requirements)
    a, b = (asked - len(team.labels(Coverage.UNSEEN)) for team in (former, latter))
    if asked:
        shown = f"各 {a} 条有依据" if a == b else f"前者 {a} 条有依据，后者 {b} 条"
        yield f"要求 {asked} 条：{shown}"


def _either(what: str, former: bool, latter: bool) -> Iterator[str]:
    """Of whom something holds; of neither, nothing."""
    if former or latter:
        yield f"{'都' if former and latter else '前者' if former else '后者'}{what}"


def _only_says(team: TeamLine) -> bool:
    return any(caution.kind == "只有自述" for caution in team.cautions)
