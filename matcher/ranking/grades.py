"""What is said of a match, a challenge and a requirement: codes, and the words they stand for.

A code is its word wherever it is written: in files, answers and stored data.
"""

from __future__ import annotations

from enum import StrEnum


class Band(StrEnum):
    """How likely a team is an answer."""

    STRONG = "强"
    MEDIUM = "中"
    WEAK = "弱"
    UNKNOWN = "未定"


class Verdict(StrEnum):
    """Whether the library holds a fitting team."""

    ANSWERABLE = "有合适团队"
    DOUBTFUL = "需扩大范围"
    NOBODY = "库内无合适团队"
    UNKNOWN = "未定"


class Coverage(StrEnum):
    """Whether a team shows anything on a requirement."""

    COVERED = "覆盖"
    PARTLY = "部分"
    UNSEEN = "未见"


# Said of an indicator beside 部分: what is asked for is worked on, but no value shown meets it.
UNVERIFIED = "方向相关，指标待核实"
# Said beside 部分 where about half of such pieces were found to say what is asked.
LIKELY = "可能说到，待核实"
