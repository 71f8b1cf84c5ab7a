"""What differs from an earlier report, as data: each move with what moved it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal[
    "指派", "总体判断", "第一名", "等级", "名次", "进出名单", "新增需求", "不再列入"
]  # fmt: skip
CHANGE_KINDS: tuple[ChangeKind, ...] = (
    "指派", "总体判断", "第一名", "等级", "名次", "进出名单", "新增需求", "不再列入",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One move.

    Attributes:
        team_ids: whom it concerns; empty where it is of the challenge alone.
        before, now: in words.
        why: what changed since that bears on it, the nearest first.
    """

    kind: ChangeKind
    challenge_id: str
    challenge_title: str
    team_ids: tuple[str, ...]
    before: str
    now: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """A report held against an earlier one.

    Attributes:
        against: which, in words.
        inputs: what went in that differs, in words; empty where all is the same.
    """

    against: str
    inputs: tuple[str, ...]
    lines: tuple[Change, ...]

    @property
    def counts(self) -> tuple[tuple[ChangeKind, int], ...]:
        """(kind, how many), those that occur, the weightiest first."""
        counted = Counter(line.kind for line in self.lines)
        return tuple((kind, counted[kind]) for kind in CHANGE_KINDS if counted[kind])

    @property
    def told(self) -> str:
        """In one sentence."""
        if not self.lines:
            return f"与 {self.against}相比，指派、等级和名次都没有变。"
        moved = "，".join(f"{kind} {n} 处" for kind, n in self.counts)
        return f"与 {self.against}相比：{moved}。"
