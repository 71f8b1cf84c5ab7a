"""The rule pack beside the figures: every rule with its source, and the forms staff fill in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from matcher.policy import READS, TABLES, PolicyPack, figures, score_sheet
from matcher.policy.rules import AmountRange, LeastShare, OwnFundsRatio, ShareCap, YearlyCap
from matcher.records import Challenge
from matcher.report.model import ChallengeCard
from matcher.report.rule_lines import AmountRule, AskedItem, RuleBook, RuleLine


def rulebook(
    pack: PolicyPack, cards: Sequence[ChallengeCard], challenges: Mapping[str, Challenge]
) -> RuleBook:
    """The pack as data of the report.

    Args:
        pack: the rules.
        cards: counted for what the alliances of answered challenges have and lack.
        challenges: counted for which the checks have something to go by.
    """
    sheet = score_sheet(pack)
    return RuleBook(
        pack=pack.pack.id,
        name=pack.pack.name,
        rules=tuple(_rules(pack, challenges.values())),
        items=tuple(_items(pack, [card for card in cards if card.assigned])),
        aspects=tuple(AskedItem(a.aspect_id, a.name, a.aspect_id, a.source) for a in sheet.aspects),
        full_marks=sheet.full_marks,
        marks_note=sheet.note,
        amounts=tuple(_amounts(pack)),
    )


def _rules(pack: PolicyPack, challenges: Iterable[Challenge]) -> Iterator[RuleLine]:
    for table, rule in pack.rules():
        source = pack.sources[rule.source]
        text = getattr(rule, "text", "") or getattr(rule, "name", "")
        yield RuleLine(
            rule=rule.id,
            table=TABLES[table],
            text=text,
            figures=figures(rule),
            source=pack.cite(rule),
            checked=source.verified,
            url=source.url,
            applies=sum(all(getattr(c, name) for name in _read_by(rule)) for c in challenges),
        )


def _read_by(rule: object) -> frozenset[str]:
    """What a challenge must say for the check to have something to go by.

    A province that is not told is taken from the pack.
    """
    fields, _ = READS.get(getattr(rule, "kind", ""), (frozenset(), frozenset()))
    return fields - {"province"}


def _items(pack: PolicyPack, answered: Sequence[ChallengeCard]) -> Iterator[AskedItem]:
    said = Counter((fact.key, fact.holds) for card in answered for fact in card.facts)
    for condition in pack.condition:
        for item in condition.items:
            met, missing = said[item.key, True], said[item.key, False]
            yield AskedItem(
                key=item.key,
                text=item.text,
                rule=condition.id,
                source=pack.cite(condition),
                met=met,
                missing=missing,
                unknown=len(answered) - met - missing,
            )


def _amounts(pack: PolicyPack) -> Iterator[AmountRule]:
    for rule in pack.funding:
        if isinstance(rule, AmountRange):
            continue
        if not isinstance(rule, LeastShare) or rule.base == "财政资金":
            factor, cap, word = _arithmetic(rule)
            yield AmountRule(rule.id, f"{rule.name}{word}", rule.kind, factor, cap, pack.cite(rule))


def _arithmetic(
    rule: ShareCap | YearlyCap | OwnFundsRatio | LeastShare,
) -> tuple[float | None, float | None, str]:
    """Factor, cap, and the word that says which end of the amount it is."""
    if isinstance(rule, ShareCap):
        return rule.share, rule.cap_wan, "最多"
    if isinstance(rule, YearlyCap):
        return None, rule.cap_wan, "尚可"
    return (rule.ratio if isinstance(rule, OwnFundsRatio) else rule.share), None, "最少"
