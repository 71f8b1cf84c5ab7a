"""Assignments another team could as well have had: between whom a meeting chooses, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matcher.ranking.grades import Coverage
from matcher.report.model import Report, TeamLine
from matcher.report.plan_lines import FlipLine, TeamView
from matcher.report.settling import Settling, settling

PLANNED, OTHER = "方案拟定", "另一候选"
# A third team is named where it is drawn at least so often.
_OFTEN = 0.15
_TITLE_LETTERS = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """A team a challenge could have.

    Attributes:
        role: 方案拟定 or 另一候选.
        fit: 0..1. drawn: part of the draws that choose it, 0..1.
        shown: how many requirements it covers, covers in part and shows nothing on; None where
            the team is not among those listed.
        at_home: whether it is in the province of the rule pack.
        held: other challenges the plan gives it, where it can take no more.
        remarks: what else the records say.
    """

    team_id: str
    role: str
    name: str
    org: str
    fit: float
    drawn: float
    shown: tuple[int, int, int] | None
    at_home: bool
    only_says: bool
    held: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CloseCall:
    """An assignment that another team could as well have had; the planned team comes first.

    Attributes:
        tied: other close calls that want a team of this one, each with that team's organisation.
        sums: fits of all that hang together, as planned and with the first rivals; of the first
            of them only, and where all the rivals differ.
        displaced: the challenges beside them whose team a first rival is planned as, whose loss
            is in no sum; of the first of them only.
        follows: the first of them; "" for itself.
        settling: what sets the first two apart; None where the list does not have both.
    """

    challenge_id: str
    title: str
    candidates: tuple[Candidate, ...]
    tied: tuple[tuple[str, str], ...] = ()
    sums: tuple[float, float] | None = None
    displaced: tuple[str, ...] = ()
    follows: str = ""
    settling: Settling | None = None


def close_calls(report: Report) -> Iterator[CloseCall]:
    """Every one, the least firm first, and after it those it hangs together with."""
    left = list(_with_ties(list(_each(report)), report))
    while left:
        group = [left.pop(0)]
        for call in group:
            wanted = {i for i, _ in call.tied}
            joined = [one for one in left if one.challenge_id in wanted]
            group += joined
            left = [one for one in left if one not in joined]
        yield replace(group[0], sums=_sums(group), displaced=_displaced(group))
        for call in group[1:]:
            yield replace(call, follows=group[0].challenge_id)


def _sums(group: list[CloseCall]) -> tuple[float, float] | None:
    pairs = [call.candidates[:2] for call in group]
    rivals = {rival.team_id for _, rival in pairs if rival.team_id}
    if len(group) < 2 or len(rivals) < len(group):
        return None
    planned, others = (sum(round(pair[place].fit, 2) for pair in pairs) for place in (0, 1))
    return planned, others


def _displaced(group: list[CloseCall]) -> tuple[str, ...]:
    own = {call.challenge_id for call in group}
    held = (i for call in group for rival in call.candidates[1:2] for i in rival.held)
    return tuple(dict.fromkeys(i for i in held if i not in own))


def _with_ties(calls: list[CloseCall], report: Report) -> Iterator[CloseCall]:
    """Two hang together where one team is a candidate of both and has room for one."""
    views = {team.team_id: team for team in report.teams}
    about = {call.challenge_id for call in calls}
    asking: dict[str, list[str]] = {}
    planned = {call.candidates[0].team_id for call in calls}
    for call in calls:
        for one in call.candidates:
            asking.setdefault(one.team_id, []).append(call.challenge_id)
    scarce = {
        team_id: asked for team_id, asked in asking.items()
        if (view := views.get(team_id)) is not None and view.capacity is not None
        and view.capacity - sum(i not in about for i in view.assigned) < len(asked)
    }  # fmt: skip
    for call in calls:
        # Of several teams two calls share, the one that is planned says most.
        wanted = sorted(call.candidates, key=lambda one: one.team_id not in planned)
        ties: dict[str, str] = {}
        for one in wanted:
            for other in scarce.get(one.team_id, ()):
                if other != call.challenge_id:
                    ties.setdefault(other, one.org or one.name)
        yield replace(call, tied=tuple(ties.items()))


def _each(report: Report) -> Iterator[CloseCall]:
    calls = report.firmness.open_calls if report.firmness else ()
    candidates = _Candidates(
        report, {team.team_id: team for team in report.teams},
        {card.challenge_id: card.title for card in report.cards},
        frozenset(call.challenge_id for call in calls),
    )  # fmt: skip
    for line in calls:
        found = tuple(candidates.of(line))
        listed = [candidates.listed(line, one.team_id) for one in found[:2]]
        yield CloseCall(line.challenge_id, line.challenge_title, found, settling=settling(*listed))


@dataclass(frozen=True)
class _Candidates:
    """Reads what the report says of the teams of a close call."""

    report: Report
    views: dict[str, TeamView]
    titles: dict[str, str]
    open: frozenset[str]

    def of(self, line: FlipLine) -> Iterator[Candidate]:
        """The planned one, and who takes the challenge instead in a good part of the draws."""
        yield self._one(PLANNED, line, (line.team_id, line.team_name, line.fit, line.stays))
        for place, rival in enumerate(line.rivals):
            if place == 0 or rival.share >= _OFTEN:
                told = (rival.team_id, rival.team_name, rival.fit, rival.share)
                yield self._one(OTHER, line, told)
        if not line.rivals:
            yield Candidate("", OTHER, "无人", "", 0.0, 1 - line.stays, None, False, False, (), ())

    def listed(self, line: FlipLine, team_id: str) -> TeamLine | None:
        """What the ranking of its challenge says of a team; None where it is not on it."""
        cards = self.report.cards
        card = next(card for card in cards if card.challenge_id == line.challenge_id)
        return next((team for team in card.teams if team.team_id == team_id), None)

    def _one(self, role: str, line: FlipLine, told: tuple[str, str, float, float]) -> Candidate:
        team_id, name, fit, drawn = told
        team, view = self.listed(line, team_id), self.views.get(team_id)
        others = tuple(i for i in view.assigned if i != line.challenge_id) if view else ()
        full = view is not None and view.capacity is not None and (
            len(view.assigned) >= view.capacity
        )  # fmt: skip
        return Candidate(
            team_id, role, name, view.org_name if view else "", fit, drawn, _shown(team),
            view is not None and bool(self.report.home) and view.province == self.report.home,
            team is not None and team.only_says, others if full else (),
            tuple(self._remarks(line, team, view)),
        )  # fmt: skip

    def _remarks(
        self, line: FlipLine, team: TeamLine | None, view: TeamView | None
    ) -> Iterator[str]:
        """Where it is, what it has to show, what choosing it would undo."""
        if view is not None and self.report.home and view.province == self.report.home:
            yield f"在{view.province}"
        if team is not None and team.only_says:
            yield "只有自述"
        others = [i for i in view.assigned if i != line.challenge_id] if view else []
        if view is not None and others and view.capacity is not None:
            full = len(view.assigned) >= view.capacity
            held = "、".join(map(self._held, others))
            yield f"已拟给 {held}" if full else f"已拟承担 {held}"

    def _held(self, challenge_id: str) -> str:
        title = self.titles.get(challenge_id, "")
        short = title if len(title) <= _TITLE_LETTERS else f"{title[: _TITLE_LETTERS - 1]}…"
        return f"{challenge_id} {short}{'（也待审定）' if challenge_id in self.open else ''}"


def _shown(team: TeamLine | None) -> tuple[int, int, int] | None:
    if team is None or not team.requirements:
        return None
    covered, partly, unseen = (
        len(team.labels(status)) for status in (Coverage.COVERED, Coverage.PARTLY, Coverage.UNSEEN)
    )
    return covered, partly, unseen
