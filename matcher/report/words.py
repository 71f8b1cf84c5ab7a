"""The colour of a word, the same in every face. Colour only repeats what the word says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from matcher.ranking.grades import Band, Coverage, Verdict

Tone = Literal["good", "near", "fair", "poor", "main", "faint", "blank"]

TONES: Mapping[str, Tone] = {
    **dict.fromkeys((Band.STRONG, Verdict.ANSWERABLE, Coverage.COVERED, "低", "稳", "是"), "good"),
    **dict.fromkeys((Band.MEDIUM, Verdict.DOUBTFUL, Coverage.PARTLY, "提示", "难分"), "fair"),
    **dict.fromkeys((Verdict.NOBODY, Coverage.UNSEEN, "高", "禁止", "人工排除", "否"), "poor"),
    "可先联系": "good", "联系时补材料": "near", "须先核实": "main", "须会议审定": "fair",
    "未指派": "poor",
    "主": "main", Band.WEAK: "faint", Band.UNKNOWN: "blank",
}  # fmt: skip
COLOURS: Mapping[Tone, str] = {
    "good": "#C6E7CE", "near": "#E3F1D4", "fair": "#FFF0C2", "poor": "#F8D0CB", "main": "#D5E4F7",
    "faint": "#F1F1F1", "blank": "#FFFFFF",
}  # fmt: skip


def fill(word: str, otherwise: str = "") -> str:
    """The colour behind a word; ``otherwise`` where it has none.

    >>> fill("强"), fill("甲")
    ('#C6E7CE', '')
    """
    tone = TONES.get(word)
    return otherwise if tone is None else COLOURS[tone]


def mark(word: str) -> str:
    """The colour of what a chart counts under a word: as its fill, and dark enough to stand alone.

    >>> mark("有合适团队")
    '#5CB278'
    """
    return _MARKS.get(TONES.get(word, "blank"), "#B8C4D0")


_MARKS: Mapping[Tone, str] = {
    "good": "#5CB278", "near": "#A9CF7A", "fair": "#F2C94C", "poor": "#D9685A", "main": "#8FB3DE",
}  # fmt: skip
