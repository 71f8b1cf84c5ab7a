"""What a rule says, in figures and words: the same in reports, checks and comparisons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from matcher.policy.pack import PolicyPack
from matcher.policy.rules import (
    AmountRange,
    Guard,
    LeaderLimitCheck,
    LeastShare,
    OwnFundsRatio,
    Programme,
    ShareCap,
    Target,
    YearlyCap,
)

TABLES: Mapping[str, str] = {
    "principle": "原则", "check": "资格与冲突", "funding": "资金", "condition": "联盟条件",
    "programme": "支持计划", "target": "目标", "guard": "防范", "topic": "常问的",
    "evaluation.aspect": "评估方面",
}  # fmt: skip
"""Tables of a pack by what people call them."""


def figures(rule: object) -> str:
    """The figures of a rule; empty where it has none.

    >>> from matcher.policy import shipped_pack
    >>> figures(shipped_pack("liaoning-2021").funding[0])
    '总投入 × 30%, 上限 1000 万元'
    """
    say = _FIGURES.get(type(rule))
    return "" if say is None else say(rule)


def _share_cap(rule: ShareCap) -> str:
    cap = "" if rule.cap_wan is None else f", 上限 {rule.cap_wan:g} 万元"
    return f"总投入 × {rule.share:.0%}{cap}"


_FIGURES: Mapping[type, Callable[[Any], str]] = {
    ShareCap: _share_cap,
    YearlyCap: lambda rule: f"一年 {rule.cap_wan:g} 万元",
    AmountRange: lambda rule: f"{rule.min_wan:g}–{rule.max_wan:g} 万元",
    OwnFundsRatio: lambda rule: f"财政支持 × {rule.ratio:g}",
    LeastShare: lambda rule: f"{rule.base} × {rule.share:.0%}",
    LeaderLimitCheck: lambda rule: f"{rule.limit} 项",
    Target: lambda rule: f"{rule.from_year}–{rule.to_year} 年 {rule.value:g} {rule.unit}",
    Programme: lambda rule: rule.open_amount or f"见 {rule.amount}",
    Guard: lambda rule: f"{rule.limit:g}",
}


def verified_words(pack: PolicyPack) -> str:
    """How many rules were compared with the text itself, how many only with a report of it.

    >>> from matcher.policy import shipped_pack
    >>> verified_words(shipped_pack("liaoning-2021"))
    '对照过报道 86 条'
    """
    read = Counter(
        source.kind for _, rule in pack.rules() if (source := pack.sources[rule.source]).verified
    )
    return "，".join(f"对照过{kind} {n} 条" for kind, n in sorted(read.items())) or "都没有对照过"


def verified_share(pack: PolicyPack) -> tuple[int, int]:
    """How many rules stand on a source that was read, and how many there are."""
    rules = [pack.sources[rule.source].verified for _, rule in pack.rules()]
    return sum(rules), len(rules)
