"""What a diagnosis says: findings, a completeness of parts, the five elements. Data only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class FindingKind(StrEnum):
    """What sort of trouble a finding is, as it is shown."""

    MISSING = "缺少"
    VAGUE = "含糊"
    CONFLICT = "矛盾"
    SEVERAL = "多件事"
    GENERAL = "过宽"
    DUPLICATE = "重复"


class FindingCode(StrEnum):
    """What was found; programs tell findings apart by it."""

    NO_CURRENT_STATE = "no_current_state"
    NO_CONDITIONS = "no_conditions"
    NO_TARGETS = "no_targets"
    NO_ACCEPTANCE = "no_acceptance"
    NO_BUDGET = "no_budget"
    NO_DURATION = "no_duration"
    NO_EXCLUDED_ROUTES = "no_excluded_routes"
    VAGUE_TARGET = "vague_target"
    TARGETS_CONFLICT = "targets_conflict"
    DEADLINE_PASSED = "deadline_passed"
    FISCAL_ABOVE_TOTAL = "fiscal_above_total"
    BOUNTY_ABOVE_TOTAL = "bounty_above_total"
    SEVERAL_JOBS = "several_jobs"
    TITLE_TOO_GENERAL = "title_too_general"
    NEAR_DUPLICATE = "near_duplicate"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in a need.

    Attributes:
        field: the field of the record an answer goes to.
        words: the words of the need it concerns; empty where something is missing.
        told: what was found, for this need.
        question: what to ask the enterprise.
        example: how an answer may look.
    """

    code: FindingCode
    kind: FindingKind
    field: str
    words: tuple[str, ...]
    told: str
    question: str
    example: str


@dataclass(frozen=True, slots=True)
class CompletenessPart:
    """One element a reader looks for, and the words it was found in."""

    name: str
    weight: int
    found: bool
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what a reader looks for is there. It informs; nothing is refused by it."""

    parts: tuple[CompletenessPart, ...]

    @property
    def score(self) -> int:
        """0 to 100: the weights of what was found, of all weights."""
        total = sum(part.weight for part in self.parts)
        return round(100 * sum(part.weight for part in self.parts if part.found) / total)


@dataclass(frozen=True, slots=True)
class Element:
    """One of 材料, 方法, 功效, 产品, 应用 and the words of the need that tell it, if any."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is said of one need."""

    challenge_id: str
    title: str
    findings: tuple[Finding, ...]
    completeness: Completeness
    elements: tuple[Element, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the elements a reader misses."""
        return tuple(part.name for part in self.completeness.parts if not part.found)

    @property
    def summary(self) -> str:
        """In one line: the completeness, what is missing, what else was found."""
        missing = f"；缺少 {'、'.join(self.missing)}" if self.missing else ""
        others = "".join(f"；{found.told}" for found in self.findings if found.words)
        return f"完整度 {self.completeness.score}{missing}{others}"

    def as_data(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {
            "completeness": {
                "score": self.completeness.score,
                "parts": [asdict(part) for part in self.completeness.parts],
            }
        }
