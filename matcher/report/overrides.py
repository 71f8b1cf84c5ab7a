"""Decisions of staff (人工推荐, 人工排除) as the plan honours them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.records import Outcome

Pair = tuple[str, str]
PIN, BAR = "人工推荐", "人工排除"


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions that stand, by (challenge_id, team_id), and all that were made."""

    pinned: Mapping[Pair, Outcome]
    barred: Mapping[Pair, Outcome]
    made: tuple[Outcome, ...]

    def words(self, pair: Pair) -> str:
        """The standing decision on a pair with its reason; "" without one."""
        outcome = self.pinned.get(pair) or self.barred.get(pair)
        if outcome is None:
            return ""
        return f"{outcome.stage}：{outcome.reason or '未填写理由'}"


def decisions(outcomes: Iterable[Outcome]) -> Decisions:
    """The later decision on a pair stands; on one day, or without dates, 人工排除 stands.

    >>> made = decisions([
    ...     Outcome(challenge_id="C", team_id="T", stage="人工推荐", when=date(2021, 3, 2)),
    ...     Outcome(challenge_id="C", team_id="T", stage="人工排除", when=date(2021, 3, 1))])
    >>> list(made.pinned), list(made.barred)
    ([('C', 'T')], [])
    """
    made = sorted((o for o in outcomes if o.stage in (PIN, BAR)), key=_order)
    standing = {(o.challenge_id, o.team_id): o for o in made}
    return Decisions(
        pinned={pair: o for pair, o in standing.items() if o.stage == PIN},
        barred={pair: o for pair, o in standing.items() if o.stage == BAR},
        made=tuple(sorted(made, key=lambda o: (o.challenge_id, o.team_id, *_order(o)))),
    )


def _order(outcome: Outcome) -> tuple[date, bool]:
    return (outcome.when or date.min, outcome.stage == BAR)
