"""The names of the pages, and where each challenge and team stands, for links between pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.report.grid import Link

OVERVIEW, RANKINGS, REQUIREMENTS = "总览", "各需求排名", "要求对照"
PLAN, FIRMNESS, RISKS, CONFLICTS = "指派方案", "稳定性", "流标风险", "冲突与提示"
OVERRIDES, JOINT = "人工决定", "联合体"
CONDITIONS, MARKS, AMOUNTS = "联盟条件", "评估评分", "金额测算"
TEAMS, SPREAD, RULES, METHOD = "按团队", "集中度", "规则与出处", "方法与清单"


@dataclass(frozen=True)
class Places:
    """Rows (from 0) of challenges on 各需求排名, teams on 按团队, rules on 规则与出处."""

    challenges: Mapping[str, int]
    teams: Mapping[str, int]
    rules: Mapping[str, int]

    def challenge(self, challenge_id: str) -> Link | str:
        """A link to its ranking; plain text where the report has none."""
        return _link(challenge_id, RANKINGS, self.challenges)

    def team(self, team_id: str) -> Link | str:
        """A link to the team; plain text where the report does not show it."""
        return _link(team_id, TEAMS, self.teams)

    def rule(self, rule_id: str) -> Link | str:
        """A link to the rule; plain text where the pack has none of that name."""
        return _link(rule_id, RULES, self.rules)


def _link(text: str, page: str, rows: Mapping[str, int]) -> Link | str:
    return Link(text, page, rows[text]) if text in rows else text
