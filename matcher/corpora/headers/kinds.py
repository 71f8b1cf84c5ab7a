"""What a table is about: challenges, teams, their evidence, outcomes, or none of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.corpora.headers.fields import TeamEvidence, required_groups
from matcher.corpora.headers.labels import LabelBook, normalise_header, standard_book
from matcher.records import Challenge, Outcome, Record, Team

KINDS: tuple[type[Record], ...] = (Challenge, Team, TeamEvidence, Outcome)
_NAMES: dict[type[Record], tuple[str, ...]] = {
    Challenge: ("榜单", "需求", "难题", "攻关", "课题", "challenge", "技术榜", "发榜"),
    Team: ("团队", "实验室", "平台", "高校", "院所", "专家", "team", "人才"),
    TeamEvidence: ("成果", "论文", "专利", "获奖", "evidence", "业绩"),
    Outcome: ("结果", "outcome", "对接情况"),
}
# Fields that name what only this kind of record has; ids and names alone tell little.
_TELLING: dict[type[Record], frozenset[str]] = {
    Challenge: frozenset(
        [
            "demand_org",
            "problem",
            "tech_difficulties",
            "research_content",
            "indicators_text",
            "bounty_wan",
            "total_budget_wan",
            "fiscal_support_wan",
            "apply_deadline",
            "eligibility_text",
            "ip_terms",
            "intended_partners",
            "existing_basis",
            "duration_months",
        ]
    ),
    Team: frozenset(
        [
            "team_name",
            "leader_name",
            "leader_title",
            "members",
            "research_directions",
            "core_capabilities",
            "facilities",
            "department",
            "org_type",
            "application_domains",
            "profile",
        ]
    ),
    TeamEvidence: frozenset(["team_id", "year", "role", "partner_org", "kind"]),
    Outcome: frozenset(["team_id", "stage", "grade"]),
}
_SURE = 85.0


def fields_found(
    columns: Sequence[str], record_type: type[Record], given: Mapping[str, str] | None = None
) -> set[str]:
    """The fields of a record type that these headers name with some certainty."""
    book = LabelBook(record_type, given) if given else standard_book(record_type)
    guesses = (book.find(column) for column in columns)
    return {guess.field for guess in guesses if guess is not None and guess.score >= _SURE}


def label_hits(columns: Sequence[str], given: Mapping[str, str] | None = None) -> int:
    """How many fields of one kind of record these texts name: of the kind that fits best."""
    return max(len(fields_found(columns, record_type, given)) for record_type in KINDS)


def classify(
    columns: Sequence[str], sheet: str | None, given: Mapping[str, str] | None = None
) -> type[Record] | None:
    """The kind of record a table holds, or None if it holds none.

    >>> classify(["序号", "项目名称", "需求单位", "榜额"], None).__name__
    'Challenge'
    >>> classify(["姓名", "工资"], "工资表") is None
    True
    """
    scores = {kind: _score(columns, sheet, kind, given) for kind in KINDS}
    best = max(KINDS, key=lambda kind: scores[kind])
    return best if scores[best] > 0 else None


def _score(
    columns: Sequence[str],
    sheet: str | None,
    kind: type[Record],
    given: Mapping[str, str] | None,
) -> float:
    found = fields_found(columns, kind, given)
    if any(not found.intersection(group) for group in needed_groups(kind)):
        return 0.0
    telling = len(found & _TELLING[kind])
    name = normalise_header(sheet or "")
    hinted = any(word in name for word in _NAMES[kind])
    return len(found) + telling + (3.0 if hinted else 0.0)


def needed_groups(kind: type[Record]) -> tuple[tuple[str, ...], ...]:
    """The fields a table must name; an id can be made, so it is not among them."""
    groups = required_groups(kind)
    return groups[1:] if kind in (Challenge, Team) else groups
