"""How far the challenges of each round have come: from published to accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Literal

from pydantic import Field

from matcher.procedure import PUBLIC
from matcher.service.context import Caller
from matcher.service.store.pairs import is_by_hand
from matcher.service.views import Asked, View

By = Literal["year", "list", "meeting"]
BY_NAMES: dict[By, str] = {"year": "年度", "list": "榜单文件", "meeting": "会议"}
STAGES = ("发布", "有回应", "对接", "揭榜", "立项", "签约", "验收")
# The furthest stage that a move, or an outcome entered by hand, shows.
_BY_MOVE = {
    "表示意向": 1, "婉拒邀请": 1, "谢绝意向": 1, "同意互换（需求方）": 1, "同意互换（揭榜方）": 1,
    "也同意互换（揭榜方）": 2, "也同意互换（需求方）": 2, "揭榜": 3, "立项": 4, "递补": 4,
    "签约": 5, "验收": 6,
}  # fmt: skip
_BY_OUTCOME = {"联系": 2, "揭榜": 3, "评榜": 3, "立项": 4, "验收": 6}


class FunnelQuery(Asked):
    """By what the rounds are told apart, and which one is looked at."""

    by: Annotated[By, Field(description="year 年度，list 榜单文件，meeting 会议")] = "year"
    batch: Annotated[str, Field(max_length=300, description="哪一批；空为全部")] = ""


class FunnelRow(View):
    """How many challenges of a round came at least as far as each stage."""

    batch: str
    counts: Annotated[list[int], Field(description="与 stages 逐项对应")]


class FunnelView(View):
    """All rounds, and the one that is looked at."""

    stages: list[str]
    rows: list[FunnelRow]
    shown: FunnelRow


def funnel(caller: Caller, query: FunnelQuery) -> FunnelView:
    """How far the published challenges came, round by round, the newest first."""
    far = reached(caller)
    batches: dict[str, list[int]] = defaultdict(list)
    named = _batches(caller, query.by)
    for line in caller.snapshot.challenges.lines:
        if line.state in PUBLIC:
            batches[named[line.challenge_id]].append(far.get(line.challenge_id, 0))
    rows = [_row(name, batches[name]) for name in sorted(batches, reverse=True)]
    everything = _row("全部", [stage for found in batches.values() for stage in found])
    shown = next((row for row in rows if row.batch == query.batch), everything)
    return FunnelView(stages=list(STAGES), rows=rows, shown=shown)


def reached(caller: Caller) -> Mapping[str, int]:
    """The furthest stage of each challenge that anybody answered, by any of its teams."""
    far: dict[str, int] = {}
    for challenge_id, move in caller.service.pairs.standing_moves():
        far[challenge_id] = max(far.get(challenge_id, 0), _BY_MOVE.get(move, 0))
    for outcome in caller.snapshot.workspace.outcomes():
        if is_by_hand(outcome):
            stage = _BY_OUTCOME.get(outcome.stage, 0)
            far[outcome.challenge_id] = max(far.get(outcome.challenge_id, 0), stage)
    return far


def _batches(caller: Caller, by: By) -> Mapping[str, str]:
    """The round of each challenge."""
    records = caller.snapshot.matcher.challenges
    if by == "meeting":
        kept = caller.service.handlings.all()
        return {i: (kept[i].meeting if i in kept else "") or "未注明会议" for i in records}
    found = {}
    for challenge_id, challenge in records.items():
        if by == "list":
            source = challenge.source
            found[challenge_id] = PurePath(source.file).stem if source else "网上提交"
        else:
            deadline = challenge.apply_deadline
            found[challenge_id] = f"{deadline.year} 年" if deadline else "未填写截止日期"
    return found


def _row(batch: str, stages: list[int]) -> FunnelRow:
    counts = [sum(stage >= place for stage in stages) for place in range(len(STAGES))]
    return FunnelRow(batch=batch, counts=counts)
