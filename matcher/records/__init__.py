"""The records of the domain, validated and frozen: a file for each.

Columns that no field knows are kept in ``extra`` under their original header.
"""

from matcher.records.challenge import Challenge, ChallengeStage
from matcher.records.evidence import (
    EVIDENCE_KINDS,
    Achievement,
    Contributor,
    Evidence,
    EvidenceKind,
    Indicator,
    IndicatorChange,
    IndicatorOperator,
)
from matcher.records.fields import (
    Amount,
    Header,
    Identifier,
    Record,
    Source,
    Text,
    TextList,
    Year,
    headers,
    private_fields,
)
from matcher.records.outcome import Outcome, OutcomeStage
from matcher.records.team import ORG_TYPES, CreditStatus, OrgType, Team

__all__ = [
    "EVIDENCE_KINDS", "ORG_TYPES", "Achievement", "Amount", "Challenge", "ChallengeStage",
    "Contributor", "CreditStatus", "Evidence", "EvidenceKind", "Header", "Identifier", "Indicator",
    "IndicatorChange", "IndicatorOperator", "OrgType", "Outcome", "OutcomeStage", "Record",
    "Source", "Team", "Text", "TextList", "Year", "headers", "private_fields",
]  # fmt: skip
