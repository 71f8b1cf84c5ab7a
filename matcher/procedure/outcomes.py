"""What became of a pair, for training: read off its moves, so it can never say anything else."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.procedure.pairs import PAIR
from matcher.records import OutcomeStage

# A team that is taken up again after it was turned down is not turned down any more.
_AGAIN: frozenset[OutcomeStage] = frozenset({"揭榜", "立项"})


def outcome_stages(moves: Iterable[str]) -> tuple[OutcomeStage, ...]:
    """The stages a pair went through, by its moves that were not undone, oldest first.

    Being looked at, listed or shortlisted is no success: only what people did is, and what is put
    before them (推荐, 联系) teaches nothing (`matcher.learning.outcomes`), so popularity does not
    feed on itself.

    >>> outcome_stages(["邀请", "表示意向", "揭榜", "进入评审", "不予入选"])
    ('推荐', '联系', '揭榜', '评榜', '驳回')
    """
    found: dict[OutcomeStage, None] = {}
    for name in moves:
        stage = PAIR[name].outcome
        if stage in _AGAIN:
            found.pop("驳回", None)
        if stage is not None:
            found[stage] = None
    return tuple(found)
