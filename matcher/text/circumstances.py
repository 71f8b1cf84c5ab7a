"""The circumstances a target holds under where they are told in clauses of their own.

4℃下贮藏21天，褐变指数不超过2: which of the quantities before a target are its circumstances is a
choice by weights fitted on labelled needs (`benchmarks/asked.py`); values, units and signs are
those of the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcher.records import Indicator
from matcher.text.candidates import Features, score
from matcher.text.tokenise import default_tokenizer
from matcher.text.units import unit_kind

# How many quantities back one may still be the circumstance of a target.
REACH = 4
_DIGIT = re.compile(r"\d")
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]")
# How a circumstance ends: 5000次后, 零下40度时, 距轨1米处.
_CIRCUMSTANTIAL = re.compile(r"(?:[后下时中内处]|之后|以后|条件|环境|测试?|[贮保]存|浸泡|老化)$")


def under(
    target: Indicator, before: Sequence[tuple[Indicator, float]], weights: Features
) -> list[Indicator]:
    """Those of the quantities told before a target, each with how surely it is asked for itself,
    that are its circumstances.
    """
    near = list(enumerate(reversed(before[-REACH:])))
    return [
        one
        for apart, (one, asked) in reversed(near)
        if could_be_under(one) and score(under_features(one, target, apart, asked), weights) > 0
    ]


def told_under(target: Indicator, circumstances: Sequence[Indicator]) -> Indicator:
    """A target with the circumstances it holds under."""
    if not circumstances:
        return target
    said = [*(one.text for one in circumstances), target.condition]
    return target.model_copy(update={"condition": "；".join(dict.fromkeys(filter(None, said)))})


def could_be_under(one: Indicator) -> bool:
    """Whether a quantity may be the circumstance of another: nothing is asked of it."""
    return one.operator in ("=", "区间") and one.change is None


def under_features(one: Indicator, target: Indicator, apart: int, asked: float) -> Features:
    """What speaks for a quantity told before a target being its circumstance."""
    words = _words(one.text)
    features: dict[str, float] = {
        "bias": 1,
        f"apart_{apart}": 1,
        f"unit_{unit_kind(one.unit)}": 1,
        f"of_{unit_kind(target.unit)}": 1,
        f"sign_{one.operator}": 1,
        "named": bool(one.name),
        "target_named": len(target.name) > 1,
        "target_under": bool(target.condition),
        "target_bound": target.operator != "=" or target.change is not None,
        "asked": max(-3.0, min(3.0, asked)),
        "circumstantial": _CIRCUMSTANTIAL.search(one.text.strip()) is not None,
        "same_unit": one.unit == target.unit,
        f"long_{min(4, len(one.text) // 5)}": 1,
    }
    if words:
        features |= {f"first:{words[0]}": 1, f"last:{words[-1]}": 1, f"ends:{words[-1][-1]}": 1}
    return features | {f"word:{word}": 1 for word in words}


def _words(text: str) -> list[str]:
    cut = default_tokenizer().cut(text)
    return [word for word in cut if _SAID.search(word) and not _DIGIT.search(word)]
