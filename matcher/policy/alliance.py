"""Conditions of an alliance as a checklist, and the score sheet staff fill by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matcher.errors import InputError
from matcher.policy.names import region_key
from matcher.policy.pack import PolicyPack
from matcher.records import Challenge, Team


@dataclass(frozen=True, slots=True)
class ConditionStatus:
    """One condition.

    Attributes:
        met: True; False when a fact is missing; None when a fact is not known yet.
        missing, unknown: the facts, in words.
    """

    condition_id: str
    text: str
    met: bool | None
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    source: str


def checklist(pack: PolicyPack, facts: Mapping[str, bool]) -> tuple[ConditionStatus, ...]:
    """The pack's conditions held against what is known.

    Args:
        pack: the rules.
        facts: by key of the pack's items; keys left out are unknown.

    Raises:
        InputError: a key the pack does not ask for.
    """
    asked = {item.key for condition in pack.condition for item in condition.items}
    strange = sorted(set(facts) - asked)
    if strange:
        raise InputError(
            "规则包没有问这些事项",
            given="、".join(strange),
            expected="、".join(sorted(asked)),
            remedy="改用所列的键",
        )
    listed = []
    for condition in pack.condition:
        missing = tuple(i.text for i in condition.items if facts.get(i.key) is False)
        unknown = tuple(i.text for i in condition.items if i.key not in facts)
        met = False if missing else None if unknown else True
        source = pack.cite(condition)
        listed.append(ConditionStatus(condition.id, condition.text, met, missing, unknown, source))
    return tuple(listed)


@dataclass(frozen=True, slots=True)
class KnownFact:
    """What a record says about an item of a condition, and which record says it."""

    holds: bool
    basis: str


def known_facts(
    pack: PolicyPack, challenge: Challenge, teams: Iterable[Team]
) -> dict[str, KnownFact]:
    """What the records themselves say about the pack's items; staff add the rest.

    ``has_research_member``: a university or institute is among the teams; not known without
    teams. ``lead_in_province``: the demand organisation's province is the pack's.
    ``technical_targets``: 考核指标 are given.
    """
    targets = bool(challenge.indicators_text or challenge.indicators)
    said = "榜单：有考核指标" if targets else "榜单：没有考核指标"
    facts = {"technical_targets": KnownFact(targets, said)}
    members = tuple(teams)
    if members:
        research = any(t.org_type in ("高校", "科研院所") for t in members)
        named = "、".join(f"{t.org_name or t.name} ({t.org_type})" for t in members)
        facts["has_research_member"] = KnownFact(research, f"团队库：{named}")
    if challenge.province and pack.pack.region:
        same = region_key(challenge.province) == region_key(pack.pack.region)
        facts["lead_in_province"] = KnownFact(same, f"榜单：需求单位在{challenge.province}")
    asked = {item.key for condition in pack.condition for item in condition.items}
    return {key: fact for key, fact in facts.items() if key in asked}


@dataclass(frozen=True, slots=True)
class AspectScore:
    """One line of the sheet; ``score`` None until staff fill it."""

    aspect_id: str
    name: str
    source: str
    score: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The aspects of the pack, to be scored from 0 to ``full_marks`` each."""

    pack_id: str
    full_marks: float
    note: str
    aspects: tuple[AspectScore, ...]

    @property
    def total(self) -> float | None:
        """Sum of the scores; None while one is missing."""
        scores = [a.score for a in self.aspects]
        known = [s for s in scores if s is not None]
        return math.fsum(known) if known and len(known) == len(scores) else None

    def filled(
        self, scores: Mapping[str, float], notes: Mapping[str, str] | None = None
    ) -> ScoreSheet:
        """The sheet with these scores and notes by aspect id.

        Raises:
            InputError: an unknown aspect, or a score outside 0..full_marks.
        """
        words = notes or {}
        known = {a.aspect_id for a in self.aspects}
        wrong = [f"没有“{key}”这一方面" for key in sorted({*scores, *words} - known)]
        wrong += [
            f"{key} 的 {value:g} 分"
            for key, value in sorted(scores.items())
            if not 0 <= value <= self.full_marks
        ]
        if wrong:
            raise InputError(
                "评分表填写有误",
                given="; ".join(wrong),
                expected=f"每个方面 0–{self.full_marks:g} 分",
                remedy="改正后重填",
            )
        aspects = tuple(
            replace(
                a,
                score=scores.get(a.aspect_id, a.score),
                note=words.get(a.aspect_id, a.note),
            )
            for a in self.aspects
        )
        return replace(self, aspects=aspects)


def score_sheet(pack: PolicyPack) -> ScoreSheet:
    """An empty sheet of the pack's aspects."""
    evaluation = pack.evaluation
    aspects = tuple(AspectScore(a.id, a.name, pack.cite(a)) for a in evaluation.aspect)
    return ScoreSheet(pack.pack.id, evaluation.full_marks, evaluation.note, aspects)
