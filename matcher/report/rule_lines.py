"""The rules as lines of the report: what the pack says, asks for and adds up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the pack with its numbers and source.

    Attributes:
        table: 原则, 资格与冲突, 资金, 联盟条件 or 评估方面.
        figures: its numbers in words, "" without any.
        checked: whether the pack's author held it against the original.
        applies: challenges that say what the rule reads.
    """

    rule: str
    table: str
    text: str
    figures: str
    source: str
    checked: bool
    url: str
    applies: int = 0


@dataclass(frozen=True, slots=True)
class AskedItem:
    """A line staff fill in: an item of an alliance condition, or an aspect of the evaluation.

    Attributes:
        rule: the condition or aspect it belongs to.
        met, missing, unknown: answered challenges by what their records say (items only).
    """

    key: str
    text: str
    rule: str
    source: str
    met: int = 0
    missing: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class AmountRule:
    """A funding rule as arithmetic over 总投入, 财政支持 and what was received this year.

    Attributes:
        kind: of `matcher.policy.pack.FundingRule`.
        factor: share or multiple; None where the rule has none.
        cap_wan: most, 万元; None where the rule has none.
    """

    rule: str
    name: str
    kind: str
    factor: float | None
    cap_wan: float | None
    source: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rule pack as a reader needs it beside the figures.

    Attributes:
        items: of the alliance conditions. aspects: of the evaluation.
        full_marks: of each aspect.
        amounts: the arithmetic of single challenges; ranges stand in ``rules`` only.
    """

    pack: str
    name: str
    rules: tuple[RuleLine, ...]
    items: tuple[AskedItem, ...]
    aspects: tuple[AskedItem, ...]
    full_marks: float
    marks_note: str
    amounts: tuple[AmountRule, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """What a challenge may ask for of one programme.

    Attributes:
        about: the alliance that carries it, and how that is known.
        most_wan: None where it may not be asked for, or no figure is named.
        working: how the sum came about.
        lacks: what is missing or to be verified, each with whom to ask; ``gaps`` their names.
        readings: what of it the source does not say.
        rule: of the pack, by its id.
    """

    challenge_id: str
    title: str
    programme: str
    rule: str
    verdict: str
    receiver: str
    year: int
    most_wan: float | None
    working: str
    lacks: tuple[str, ...]
    gaps: tuple[str, ...]
    readings: tuple[str, ...]
    about: str
    source: str
