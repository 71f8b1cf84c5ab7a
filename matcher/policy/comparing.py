"""Two packs side by side: what both say, what only one says, with figures and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.policy.pack import PolicyPack
from matcher.policy.rules import Aspect, Rule
from matcher.policy.telling import TABLES, figures


@dataclass(frozen=True, slots=True)
class Side:
    """What a pack says in one place; empty where it says nothing."""

    rule_id: str = ""
    text: str = ""
    figures: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of two packs.

    Attributes:
        table: of the pack, as people call it.
        kind: what the rule is about: its kind, or the name of a programme or an aspect.
        same: both say the same figures there (or, without any, the same words).
    """

    table: str
    kind: str
    left: Side
    right: Side
    same: bool


def compare(left: PolicyPack, right: PolicyPack) -> tuple[Difference, ...]:
    """All rules of two packs, those about the same thing beside each other.

    Rules belong together by table and by what they are about: a check or amount by its kind,
    others by id or name. Several of one kind are held against each other in their order.

    >>> from matcher.policy import shipped_pack
    >>> one, other = shipped_pack("liaoning-2021"), shipped_pack("zhejiang-2021")
    >>> [d.right.figures for d in compare(one, other) if d.kind == "least_share"][:1]
    ['转让许可净收入 × 70%']
    """
    return tuple(_differences(left, right))


def _differences(left: PolicyPack, right: PolicyPack) -> Iterator[Difference]:
    ours, theirs = _grouped(left), _grouped(right)
    for key in dict.fromkeys((*ours, *theirs)):
        mine, other = ours.get(key, []), theirs.get(key, [])
        for place in range(max(len(mine), len(other))):
            one = _side(left, mine, place)
            two = _side(right, other, place)
            same = bool(one.rule_id and two.rule_id) and (
                one.figures == two.figures if one.figures or two.figures else one.text == two.text
            )
            yield Difference(TABLES[key[0]], key[1], one, two, same)


def _grouped(pack: PolicyPack) -> dict[tuple[str, str], list[Rule | Aspect]]:
    found: dict[tuple[str, str], list[Rule | Aspect]] = {}
    for table, rule in pack.rules():
        found.setdefault((table, _about(table, rule)), []).append(rule)
    return dict(sorted(found.items(), key=lambda item: list(TABLES).index(item[0][0])))


def _about(table: str, rule: Rule | Aspect) -> str:
    if table in ("check", "funding", "guard"):
        return str(getattr(rule, "kind", ""))
    if table == "target":
        return str(getattr(rule, "measure", ""))
    return str(getattr(rule, "name", "")) or rule.id


def _side(pack: PolicyPack, rules: list[Rule | Aspect], place: int) -> Side:
    if place >= len(rules):
        return Side()
    rule = rules[place]
    text = getattr(rule, "text", "") or getattr(rule, "name", "")
    return Side(rule.id, text, figures(rule), pack.cite(rule))
