"""Where a clause is cut, so that each piece speaks of one quantity, with its conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcher.text.quantities import Quantity, quantities

CONDITION_AFTER = re.compile(
    r"\s*(?:(?:的)?(?:条件|环境|工况|情况|温度|压力|负荷|负载|载荷|电流密度|频率|"
    r"前提)?(?:条件)?(?:下|时|中|后)|(?:的)?(?:地区|区域|海域|场合|水域|工况|环境)(?!温|湿|压|噪|适|友|空|污|保|监))[,，:]?\s*"
)
WHEN = re.compile("[下时中后]")
_AT = re.compile(r"\s*在\D{0,3}")
# 32℃、盐度28条件下: both are the circumstances.
_JOINED = re.compile(r"\s*、\s*[^\d,，、]{0,4}")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_COMMA = re.compile("[,，、]")
_SEPARATOR = re.compile(
    r"[,，、]|(?<=[\u4e00-\u9fff%℃])\s(?=[\u4e00-\u9fff]{2})|且|并且|同时|以及|和(?=[^,，、\d]{2,12}[≥≤<>±\d不])"
)


def split_quantities(clause: str) -> list[str]:
    """A clause at its commas, where every piece speaks of a quantity of its own.

    >>> split_quantities("转化率≥99%，选择性≥95%")
    ['转化率≥99%', '选择性≥95%']
    >>> split_quantities("在25℃、1C条件下循环寿命≥3000次")
    ['在25℃、1C条件下循环寿命≥3000次']
    """
    if not _SEPARATOR.search(clause):
        return [clause] if clause else []
    inside = [found.span() for found in _IN_BRACKETS.finditer(clause)]
    found = [q for q in quantities(clause) if not _within(q.start, inside)]
    pieces: list[str] = []
    start = 0
    for mine, after in zip(found, [*found[1:], None], strict=False):
        if _is_condition(clause, mine, after, start):
            continue
        end = len(clause) if after is None else after.start
        cut = _separator(clause, mine.end, end, inside)
        if cut is not None and _goes_on(clause, cut, after, end):
            pieces.append(clause[start : cut.start()])
            start = cut.end()
    pieces.append(clause[start:])
    return [piece.strip() for piece in pieces if piece.strip(" ,，、")]


def _within(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(begin <= place < end for begin, end in spans)


def _is_condition(clause: str, mine: Quantity, after: Quantity | None, start: int) -> bool:
    """在25℃、…下 and …1500次后: what follows belongs to the same quantity."""
    if after is None:
        return False
    if CONDITION_AFTER.match(clause, mine.end, mine.end + 12):
        return True
    joint = _JOINED.fullmatch(clause, mine.end, after.start)
    if joint and not mine.said and CONDITION_AFTER.match(clause, after.end, after.end + 12):
        return True
    led = _AT.fullmatch(clause, start, mine.start)
    return bool(led and re.search("[下时中]", clause[mine.end : mine.end + 14]))


def _separator(
    clause: str, start: int, end: int, inside: Sequence[tuple[int, int]]
) -> re.Match[str] | None:
    cuts = (
        cut for cut in _SEPARATOR.finditer(clause, start, end) if not _within(cut.start(), inside)
    )
    return next(cuts, None)


def _goes_on(clause: str, cut: re.Match[str], after: Quantity | None, end: int) -> bool:
    """Whether what stands behind a separator is an indicator of its own, not a mere condition."""
    if after is None:
        rest = clause[cut.end() :].strip(" ,，、")
        return (
            cut[0] not in "、和"
            and len(rest) > 2
            and not WHEN.search(rest[-2:])
            and "条件" not in rest
        )
    led = _COMMA.split(clause[cut.end() :], maxsplit=1)[0]
    return bool(clause[cut.end() : end].strip(" ,，、")) or any(q.said for q in quantities(led))
