"""The kinds of record a file may hold, and what tells each. One more kind is one more row here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from matcher.corpora.headers.listing import ListedAchievement
from matcher.records import Challenge, Evidence, Header, Identifier, Outcome, Record, Team, headers
from matcher.records.alliance import Alliance, Grant, Income, Mark

KindName = Literal[
    "challenges", "teams", "evidence", "outcomes", "achievements", "alliances",
    "grants", "incomes", "marks",
]  # fmt: skip


class _OwnedByTeam(Record):
    team_id: Annotated[
        Identifier, Header("团队编号", "团队ID、所属团队、团队名称、团队、所属团队编号")
    ]


class TeamEvidence(Evidence, _OwnedByTeam):
    """A row of an evidence table: a piece of evidence and the team it belongs to."""


class _OfAlliance(Record):
    alliance_id: Annotated[Identifier, Header("联盟编号", "联盟、联盟名称、所属联盟、备案号")]


class AllianceGrant(Grant, _OfAlliance):
    """A row of a table of money: a sum and the alliance it belongs to."""


class AllianceIncome(Income, _OfAlliance):
    """A row of a table of what results brought in, and the alliance it belongs to."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Rows of a table of their own that belong to records of another.

    Args:
        row: their type; ``part`` is what of them becomes a part of the owner.
        field: of the owner that holds them.
        owner_id: field of a row that names the owner; its id, or a name that only one has.
        owner: what people call it; ``name`` is the field of its name.
        label: what people call the rows.
        sheets: names of their sheets.
    """

    row: type[Record]
    part: type[Record]
    field: str
    owner_id: str
    owner: str
    name: str
    label: str
    sheets: tuple[str, ...]


OWNED: Mapping[type[Record], tuple[Owned, ...]] = {
    Team: (Owned(TeamEvidence, Evidence, "evidence", "team_id", "团队", "team_name", "成果",
                 ("成果", "evidence")),),
    Alliance: (
        Owned(AllianceGrant, Grant, "grants", "alliance_id", "联盟", "name", "资金",
              ("资金", "资金明细", "grants")),
        Owned(AllianceIncome, Income, "incomes", "alliance_id", "联盟", "name", "成果收益",
              ("成果收益", "成果收益明细", "incomes")),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record.

    Args:
        name: as programs call it.
        label: as people call it; also the name of its sheet in the files we write.
        record: its type.
        required: groups of fields of each of which a record needs one.
        telling: fields that name what only this kind has; ids and names alone tell little.
        sheet_words: what the names of its sheets contain.
        naming: fields that a form begins with; a second one begins the next record.
        makes_ids: the first of the required can be made from the content where a table has none.
    """

    name: KindName
    label: str
    record: type[Record]
    required: tuple[tuple[str, ...], ...]
    telling: frozenset[str]
    sheet_words: tuple[str, ...]
    naming: frozenset[str] = frozenset()
    makes_ids: bool = False

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """The groups of which a table must name one each."""
        return self.required[1:] if self.makes_ids else self.required


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS = (
    Kind(
        "challenges", "榜单", Challenge, (("challenge_id",), ("title", "problem")),
        _words("demand_org problem tech_difficulties research_content indicators_text bounty_wan"
               " total_budget_wan fiscal_support_wan apply_deadline eligibility_text ip_terms"
               " intended_partners existing_basis duration_months"),
        ("榜单", "需求", "难题", "攻关", "课题", "challenge", "技术榜", "发榜"),
        _words("challenge_id title"), makes_ids=True,
    ),
    Kind(
        "teams", "团队", Team, (("team_id",), ("team_name", "org_name", "leader_name")),
        _words("team_name leader_name leader_title members research_directions core_capabilities"
               " facilities department org_type application_domains profile"),
        ("团队", "实验室", "平台", "高校", "院所", "专家", "team", "人才"),
        _words("team_id team_name"), makes_ids=True,
    ),
    Kind(
        "evidence", "成果", TeamEvidence, (("team_id",),),
        _words("team_id year role partner_org kind"),
        ("成果", "论文", "专利", "获奖", "evidence", "业绩"),
    ),
    Kind(
        "outcomes", "结果", Outcome, (("challenge_id",), ("team_id",), ("stage",)),
        _words("team_id stage grade"), ("结果", "outcome", "对接情况"),
    ),
    Kind("achievements", "成果清单", ListedAchievement, (("title",),), frozenset(), ()),
)  # fmt: skip
# Never guessed: a list of alliances looks like one of challenges, so it is read when asked for.
ALLIANCES = Kind(
    "alliances", "联盟", Alliance, (("alliance_id",), ("name", "lead_org")),
    _words("members lead_rd_wan benefit_mechanism market_goal"), ("联盟",),
    _words("alliance_id name"), makes_ids=True,
)  # fmt: skip
MARKS = Kind(
    "marks", "评分", Mark, (("alliance_id",), ("indicator_id",), ("evaluator",)),
    _words("score conflict indicator_id"), ("评分",),
)  # fmt: skip
GRANTS = Kind(
    "grants", "资金", AllianceGrant, (("alliance_id",),), _words("payer receiver"), ("资金",)
)
INCOMES = Kind(
    "incomes", "成果收益", AllianceIncome, (("alliance_id",),),
    _words("way holder_kind net_wan agreed_percent"), ("成果收益",),
)  # fmt: skip
READABLE = (*KINDS, ALLIANCES)
"""What an import may hold; alliances only where somebody says so."""
ALL_KINDS = (*KINDS, ALLIANCES, MARKS)
_BY_TYPE = {kind.record: kind for kind in (*ALL_KINDS, GRANTS, INCOMES)}


def kind_of(record_type: type[Record]) -> Kind:
    """The kind whose records are of a type."""
    return _BY_TYPE[record_type]


def required_groups(record_type: type[Record]) -> tuple[tuple[str, ...], ...]:
    """The groups of fields of which at least one must be filled in."""
    kind = _BY_TYPE.get(record_type)
    return kind.required if kind else ()


def field_labels(record_type: type[Record]) -> dict[str, str]:
    """Field → Chinese header."""
    return {name: mark.name for name, mark in headers(record_type)}


def id_field(record_type: type[Record]) -> str | None:
    """The field of the id that can be made from the content where a table has none."""
    kind = _BY_TYPE.get(record_type)
    return kind.required[0][0] if kind and kind.makes_ids else None
