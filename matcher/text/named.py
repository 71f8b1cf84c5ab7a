"""Which quantities of an utterance are told for themselves, and which of its words name each.

Speech has no commas to go by: 中心温度30分钟要到-18度 tells one target under a circumstance.
Whether a quantity has a name of its own, and which words before it are that name, is scored by what
stands around it; what counts how much was fitted on labelled phrases and needs
(`benchmarks/named.py`) and stands in ``models/named.json``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matcher.learnt import learnt
from matcher.speech import part_of_speech
from matcher.text.candidates import Features, score
from matcher.text.quantities import Quantity
from matcher.text.tokenise import default_tokenizer
from matcher.text.units import unit_kind

CHOICE = "named"
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]")
# How far back a name may stand, how long it is at most, and what may stand between it and a value.
_REACH, _LONGEST, _WIDEST_GAP = 30, 14, 14
_NEAR, _BEHIND = 16, 10
_BREAKS = frozenset(",，、:：。；;")
_LOOSE = "#"
# What quantities are called at their end.
_MEASURED = re.compile(
    r"(?:[率量速值比重]|[硬糖粘黏浓密强亮白速厚宽长高深精]度|[压拉应张扭推]力|误差|寿命|时间|"
    r"指数|系数|续航|成本|噪[声音]|[直粒]径|固含|电流|电压|能耗|[苗株]高|偏差|重复性|排距|待机|功率|回弹)[嘛呢啊]?$"
)
# What a speaker says between a name and its value, and what he says of neither.
_FILLING = re.compile(
    r"(?:怎么[也都]得|[要得]求?|最好|至少|起码|大概|应该|必须|希望|我们|的话|[嘛呢吧啊哦哈呀]|能|可以|"
    r"[是有到在]|上|都|也|就|[一每]个?(?:分钟|小时|天|班|月|年|吨|台|亩|公?斤|升|米|件)){1,20}$"
)
_BOUND_BEFORE = re.compile(r"(?:至少|起码|最少|最多|顶多)[\u4e00-\u9fff]{1,4}$")
# 25度下, 3天后: what goes on is told under it.
_GOES_ON = re.compile(r"\s?(?:[下时后]|以后|之后|的|条件|环境|[到至~±])")

# 30天内误报次数: within which the next holds.
_WITHIN = re.compile(r"(?:天|月|年|h|小时|分钟|周|日)(?:以|之)?内$")

_SPANS = frozenset(("unit_clock", "unit_calendar"))


class Name(NamedTuple):
    """The words from ``start`` to ``end`` as a name, and what speaks for it."""

    start: int
    end: int
    features: Features


class _Word(NamedTuple):
    text: str
    start: int
    speech: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def told_for_themselves(text: str, found: Sequence[Quantity]) -> list[bool]:
    """For each quantity whether it is no mere circumstance of another, nor a detail.

    >>> from matcher.text.quantities import quantities
    >>> text = "放28天酸价不超过15mg/g处理量2吨以上"
    >>> told_for_themselves(text, quantities(text))
    [False, True, True]
    """
    weights = learnt(CHOICE)["told"]
    features = [told_features(text, found, at) for at in range(len(found))]
    return [score(own, weights) > 0 and not _leads_on(own) for own in features]


def _leads_on(own: Features) -> bool:
    """Whether it is the circumstance of the next: 3000r/min时, or a bare time without a name."""
    bare_span = own.keys() & _SPANS and not own.keys() & {"said", "measured"}
    return "last" not in own and bool("goes_on" in own or bare_span)


def name_before(
    text: str, found: Sequence[Quantity], at: int, told: Sequence[bool]
) -> tuple[int, int] | None:
    """Where the name of a quantity stands, behind the last that is told for itself."""
    weights = learnt(CHOICE)["name"]
    names = list(names_before(text, found, at, told))
    best = max(names, key=lambda one: score(one.features, weights), default=None)
    return best[:2] if best else None


def told_features(text: str, found: Sequence[Quantity], at: int) -> Features:
    """What speaks for a quantity's being told for itself."""
    one = found[at]
    begin = found[at - 1].end if at else 0
    end = found[at + 1].start if at + 1 < len(found) else len(text)
    before = text[max(begin, one.start - _NEAR) : one.start]
    led, follows = _words(before)[-4:], _words(text[one.end : min(end, one.end + _BEHIND)])[:2]
    bare = _FILLING.sub("", before)
    unit = unit_kind(one.unit)
    measured = _MEASURED.search(bare) is not None
    features: dict[str, float] = {
        "bias": 1,
        "said": one.said,
        f"sign_{one.sign}": 1,
        "limit": bool(one.limit),
        f"change_{one.change}": 1,
        "range": one.high is not None,
        f"unit_{unit}": 1,
        f"said_{one.said}_{unit}": 1,
        "first": at == 0,
        "last": at == len(found) - 1,
        "alone": not before.strip(),
        "short": 0 < len(before.strip()) < 3,
        f"behind_{min(3, (end - one.end) // 3)}": 1,
        "former": one.former,
        "measured": measured,
        f"measured_{one.said}": measured,
        "goes_on": _GOES_ON.match(text, one.end) is not None,
        "within": at + 1 < len(found) and _WITHIN.search(text[: one.end]) is not None,
        "bound_before": _BOUND_BEFORE.search(before) is not None,
        "named": len(bare) > 1,
        "at_end": not follows,
        "next_said": at + 1 < len(found) and found[at + 1].said,
        "next_strong": at + 1 < len(found) and found[at + 1].strong,
        "last_said": at > 0 and found[at - 1].said,
    }
    for back, word in enumerate(reversed(led)):
        features |= {f"before:{word.text}": 1, f"before{back}_{word.speech}": 1}
    if led:
        features |= {f"last:{led[-1].text}": 1, f"ends:{led[-1].text[-1]}": 1}
    for on, word in enumerate(follows):
        features |= {f"after{on}:{word.text}": 1, f"after{on}_{word.speech}": 1}
    return {name: float(value) for name, value in features.items() if value}


def names_before(
    text: str, found: Sequence[Quantity], at: int, told: Sequence[bool]
) -> Iterator[Name]:
    """All words in a row that may name a quantity, behind the last that is told for itself."""
    start = found[at].start
    last = max((one.end for one, own in zip(found[:at], told, strict=False) if own), default=0)
    begin = max(last, start - _REACH)
    words = _with_loose(_words(text[begin:start], begin), found[:at])
    edge = "far" if begin > last else "behind" if last else "beginning"
    for end in range(len(words), 0, -1):
        gap = words[end:]
        if sum(len(word.text) for word in gap) > _WIDEST_GAP:
            return
        if words[end - 1].text in _BREAKS or words[end - 1].text == _LOOSE:
            continue
        about = _gap_features(gap)
        for first in range(end - 1, -1, -1):
            size = words[end - 1].end - words[first].start
            broken = words[first].text in _BREAKS or words[first].text == _LOOSE
            if broken or size > _LONGEST:
                break
            if size > 1:
                name = words[first:end]
                led = words[first - 1] if first else None
                features = about | _name_features(name, text[name[0].start : name[-1].end])
                features |= (
                    {f"led:{led.text}": 1, f"led_{led.speech}": 1} if led else {f"edge_{edge}": 1}
                )
                yield Name(name[0].start, name[-1].end, features)


def _gap_features(gap: Sequence[_Word]) -> dict[str, float]:
    size = sum(len(word.text) for word in gap)
    return {
        **{f"gap:{word.text}": 1 for word in gap},
        **{f"gap_{kind}": count for kind, count in Counter(w.speech for w in gap).items()},
        "gap": len(gap),
        f"gap_{min(4, size)}": 1,
        "gap_loose": sum(word.text == _LOOSE for word in gap),
        "gap_breaks": sum(word.text in _BREAKS for word in gap),
    }


def _name_features(name: Sequence[_Word], text: str) -> dict[str, float]:
    first, last = name[0], name[-1]
    return {
        f"words_{min(5, len(name))}": 1,
        f"size_{min(7, len(text) // 2)}": 1,
        f"first:{first.text}": 1,
        f"first_{first.speech}": 1,
        f"last:{last.text}": 1,
        f"last_{last.speech}": 1,
        f"ends:{last.text[-1]}": 1,
        "measured": _MEASURED.search(text) is not None,
        **{f"in_{kind}": count for kind, count in Counter(w.speech for w in name).items()},
        **{f"in:{word.text}": 1 for word in name},
    }


def _words(text: str, begin: int = 0) -> list[_Word]:
    """The words of a text where they stand, and each sign between them as one."""
    words: list[_Word] = []
    at = 0
    for word in [*default_tokenizer().cut(text), ""]:
        place = text.find(word, at) if word else len(text)
        if place < 0:
            continue
        words += [
            _Word(sign, begin + at + on, "w")
            for on, sign in enumerate(text[at:place])
            if not sign.isspace()
        ]
        if word:
            speech = part_of_speech(word)[0] if _SAID.search(word) else "w"
            words.append(_Word(word, begin + place, speech))
        at = place + len(word)
    return words


def _with_loose(words: Sequence[_Word], found: Sequence[Quantity]) -> list[_Word]:
    """The words, each quantity among them as one sign."""
    kept: list[_Word] = []
    for word in words:
        inside = next((one for one in found if one.start <= word.start < one.end), None)
        if inside is None:
            kept.append(word)
        elif not (kept and kept[-1].text == _LOOSE and kept[-1].start == inside.start):
            kept.append(_Word(_LOOSE, inside.start, "w"))
    return kept
