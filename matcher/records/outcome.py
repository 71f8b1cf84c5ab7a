"""Outcome: what became of a pair."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.records.fields import Header, Identifier, Record, Source, Text

OutcomeStage = Literal[
    "推荐", "联系", "揭榜", "评榜", "立项", "验收", "驳回", "人工推荐", "人工排除"
]


class Outcome(Record):
    """What became of a pair: a label to learn from, or an override by staff."""

    challenge_id: Annotated[Identifier, Header("榜单编号", "编号、项目编号")]
    team_id: Annotated[Identifier, Header("团队编号", "团队ID")]
    stage: Annotated[OutcomeStage, Header("阶段", "环节、结果")]
    grade: Annotated[int | None, Field(ge=0, le=3), Header("等级", "评级、分级")] = None
    reason: Annotated[Text, Header("理由", "原因、说明")] = ""
    who: Annotated[Text, Header("操作人", "经办人")] = ""
    when: Annotated[date | None, Header("日期", "时间、操作日期")] = None
    extra: dict[str, Any] = Field(default_factory=dict)
    source: Source | None = None

    @property
    def record_id(self) -> str:
        """The id under which the record is stored."""
        return "\t".join((self.challenge_id, self.team_id, self.stage))
