"""The parts of a report that look across challenges: conflicts, teams, concentration, firmness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matcher.assignment import Assignment, Hold, Sensitivity, compare
from matcher.report.method import distribution_rule
from matcher.report.model import ChallengeCard
from matcher.report.overrides import PIN, Pair
from matcher.report.plan_lines import (
    FIRMNESS,
    ConflictLine,
    Firmness,
    FlipLine,
    OverrideLine,
    PlanLine,
    PlanSummary,
    Rival,
    Spread,
    TeamView,
    firmness_word,
)
from matcher.report.planning import Planning

_UNKNOWN = "不详"
# Who else takes a challenge; further ones take it hardly ever.
_MOST_RIVALS = 3


@dataclass(frozen=True)
class Sections:
    """Reads the plan and the cards."""

    planning: Planning
    plan: Assignment
    infeasible: str
    sensitivity: Sensitivity | None
    cards: Sequence[ChallengeCard]
    home: str

    def plan_summary(self) -> PlanSummary:
        """The plan in figures and lines."""
        values, gap = self.plan.values, self.plan.gap
        return PlanSummary(
            answered=values.answered,
            challenges=len(self.planning.ranked),
            total_fit=round(values.total_fit, 4),
            worst_fit=None if values.worst_fit is None else round(values.worst_fit, 4),
            optimal=self.plan.optimal,
            gap=None if gap == float("inf") else round(gap, 4),
            infeasible=self.infeasible,
            limits=tuple(
                f"{x.kind} {x.name}（上限 {x.limit}）：还有 {x.waiting} 个够格的配对在等"
                for x in self.plan.binding
            ),
            lines=tuple(self._plan_lines()),
            org_limit=self.planning.settings.org_limit,
            lowest=self.planning.settings.lowest_band,
            rule=distribution_rule(
                self.planning.settings,
                any(c.chance is not None for c in self.planning.contenders.values()),
            ),
        )

    def _plan_lines(self) -> Iterator[PlanLine]:
        titles = {card.challenge_id: card.title for card in self.cards}
        stays = {(h.challenge_id, h.team_id): h.share for h in self._holds()}
        for pair in self.plan.pairs:
            key = (pair.challenge_id, pair.team_id)
            team = self.planning.teams[pair.team_id]
            contender = self.planning.contenders[key]
            yield PlanLine(
                challenge_id=pair.challenge_id,
                challenge_title=titles[pair.challenge_id],
                team_id=pair.team_id,
                team_name=team.name,
                org_name=team.org_name,
                org_type=team.org_type,
                province=team.province,
                role=pair.role,
                band=contender.band,
                rank=contender.rank,
                fit=round(pair.fit, 4),
                forced=pair.forced,
                stays=_part(stays.get(key)) if pair.role == "主" else None,
            )

    def _holds(self) -> Sequence[Hold]:
        return () if self.sensitivity is None else self.sensitivity.holds

    def firmness(self) -> Firmness | None:
        """How firm the plan is; None where it was not asked."""
        found = self.sensitivity
        if found is None:
            return None
        words = Counter(firmness_word(h.share) for h in found.holds)
        return Firmness(
            change=found.change,
            draws=found.draws,
            weights=found.weights,
            counts=tuple((word, words[word]) for word in FIRMNESS),
            adverse_holds=found.adverse_holds,
            flips=tuple(self._flip(h) for h in found.holds if firmness_word(h.share) != "稳"),
        )

    def _flip(self, hold: Hold) -> FlipLine:
        challenge, teams = hold.challenge_id, self.planning.teams
        own = self.planning.contenders[challenge, hold.team_id]
        rivals = [
            Rival(
                t,
                teams[t].name,
                rival.band,
                round(rival.fit, 4),
                round(share, 4),
            )
            for t, share in hold.replaced_by[:_MOST_RIVALS]
            for rival in (self.planning.contenders[challenge, t],)
        ]
        return FlipLine(
            challenge_id=challenge,
            challenge_title=self.planning.challenges[challenge].name,
            team_id=hold.team_id,
            team_name=teams[hold.team_id].name,
            band=own.band,
            fit=round(own.fit, 4),
            stays=_part(hold.share) or 0.0,
            lost_to=hold.lost_to,
            rivals=tuple(rivals),
        )

    def conflicts(self) -> tuple[ConflictLine, ...]:
        """What rules and staff say against shown teams and contenders in band."""
        lines = []
        titles = {card.challenge_id: card.title for card in self.cards}
        shown = {(c.challenge_id, t.team_id) for c in self.cards for t in c.teams}
        allowed = set(self.planning.settings.allowed_bands)
        for pair, said in sorted(self.planning.findings.items()):
            if pair in shown or self.planning.contenders[pair].band in allowed:
                lines += [
                    self._conflict(
                        pair, titles[pair[0]], f.severity, (f.message, f.rule_id, f.source)
                    )
                    for f in said
                ]
        for pair, outcome in sorted(self.planning.decisions.barred.items()):
            if pair in self.planning.contenders:
                words = (outcome.reason or "未填写理由", "", f"人工：{outcome.who or '未署名'}")
                lines.append(self._conflict(pair, titles[pair[0]], outcome.stage, words))
        return tuple(sorted(lines, key=lambda c: (c.severity != "禁止", c.challenge_id, c.team_id)))

    def _conflict(
        self, pair: Pair, title: str, severity: str, words: tuple[str, str, str]
    ) -> ConflictLine:
        team = self.planning.teams[pair[1]]
        return ConflictLine(severity, pair[0], title, pair[1], team.name, team.org_name, *words)

    def team_views(self) -> tuple[TeamView, ...]:
        """Every team that is shown or planned anywhere, most assigned first."""
        listed = Counter(t.team_id for card in self.cards for t in card.teams)
        first = _grouped((t.team_id, c.challenge_id) for c in self.cards for t in c.teams[:1])
        main = _grouped((p.team_id, p.challenge_id) for p in self.plan.assigned)
        spare = _grouped((p.team_id, p.challenge_id) for p in self.plan.pairs if p.role != "主")
        bidders = {b.team_id: b for b in self.planning.problem.bidders}
        views = [
            TeamView(
                team_id=team_id,
                team_name=team.name,
                org_name=team.org_name,
                org_type=team.org_type,
                province=team.province,
                capacity=bidders[team_id].capacity,
                active=team.active_challenges,
                assigned=main.get(team_id, ()),
                alternate=spare.get(team_id, ()),
                first=first.get(team_id, ()),
                listed=listed[team_id],
            )
            for team_id in {*listed, *main, *spare}
            for team in (self.planning.teams[team_id],)
        ]
        return tuple(sorted(views, key=lambda v: (-len(v.assigned), -v.listed, v.team_id)))

    def spread(self) -> Spread:
        """Concentration of plan and ranking alone."""
        plan, ranking = compare(self.planning.problem, self.plan, self.home)
        return Spread(plan, ranking, self._provinces())

    def _provinces(self) -> tuple[tuple[str, int, int], ...]:
        home = {b.team_id: b.province or _UNKNOWN for b in self.planning.problem.bidders}
        planned = Counter(home[p.team_id] for p in self.plan.assigned)
        listed = Counter(home[t.team_id] for card in self.cards for t in card.teams)
        names = sorted({*planned, *listed}, key=lambda n: (-planned[n], -listed[n], n))
        return tuple((name, planned[name], listed[name]) for name in names)

    def overrides(self) -> tuple[OverrideLine, ...]:
        """Every decision of staff and what became of it."""
        assigned = {(p.challenge_id, p.team_id) for p in self.plan.assigned}
        lines = []
        for outcome in self.planning.decisions.made:
            pair = (outcome.challenge_id, outcome.team_id)
            team = self.planning.teams.get(outcome.team_id)
            lines.append(
                OverrideLine(
                    challenge_id=outcome.challenge_id,
                    team_id=outcome.team_id,
                    team_name=team.name if team else "",
                    stage=outcome.stage,
                    reason=outcome.reason,
                    who=outcome.who,
                    when=outcome.when.isoformat() if outcome.when else "",
                    honoured=self._honoured(pair, outcome.stage, pair in assigned),
                )
            )
        return tuple(lines)

    def _honoured(self, pair: Pair, stage: str, assigned: bool) -> str:
        made = self.planning.decisions
        standing = made.pinned if stage == PIN else made.barred
        if pair not in standing:
            return "已被之后的决定取代"
        if stage != PIN:
            return "已排除" if pair in self.planning.contenders else "不在候选之列"
        if pair in self.planning.refused:
            return f"未采纳：{self.planning.refused[pair]}"
        return "已指派" if assigned else "未采纳：各项指定不能同时满足"


def _part(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _grouped(pairs: Iterable[Pair]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        grouped[key] = (*grouped.get(key, ()), value)
    return grouped
