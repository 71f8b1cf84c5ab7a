"""Rules and amounts read from policy packs: data with sources, never code."""

from matcher.policy.alliance import (
    AspectScore,
    ConditionStatus,
    KnownFact,
    ScoreSheet,
    checklist,
    known_facts,
    score_sheet,
)
from matcher.policy.checks import READS, Context, Finding, check_pair
from matcher.policy.comparing import Difference, Side, compare
from matcher.policy.demand import demand_organisations, is_demand_side, others
from matcher.policy.funding import (
    Figure,
    FundingSheet,
    check_amount,
    funding_sheet,
    least_own_funds,
    least_paid,
    most_support,
    range_figures,
    yearly_room,
)
from matcher.policy.names import organisation_key, region_key
from matcher.policy.pack import PolicyPack, read_pack, shipped_pack, shipped_pack_ids
from matcher.policy.pairs import (
    PairFacts,
    conversions,
    earlier_work,
    maturity,
    maturity_gap,
    pair_facts,
)
from matcher.policy.telling import TABLES, figures, verified_share

__all__ = [
    "READS",
    "TABLES",
    "AspectScore",
    "ConditionStatus",
    "Context",
    "Difference",
    "Figure",
    "Finding",
    "FundingSheet",
    "KnownFact",
    "PairFacts",
    "PolicyPack",
    "ScoreSheet",
    "Side",
    "check_amount",
    "check_pair",
    "checklist",
    "compare",
    "conversions",
    "demand_organisations",
    "earlier_work",
    "figures",
    "funding_sheet",
    "is_demand_side",
    "known_facts",
    "least_own_funds",
    "least_paid",
    "maturity",
    "maturity_gap",
    "most_support",
    "organisation_key",
    "others",
    "pair_facts",
    "range_figures",
    "read_pack",
    "region_key",
    "score_sheet",
    "shipped_pack",
    "shipped_pack_ids",
    "verified_share",
    "yearly_room",
]
