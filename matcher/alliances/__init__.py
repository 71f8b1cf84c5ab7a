"""From a match to an alliance: its states, its members, its conditions; pure, without I/O.

What is kept of it stands in the workspace: `matcher.service.store.alliances`.
"""

from matcher.alliances.advantage import advantage_shown, teams_of
from matcher.alliances.evaluating import Agreement, Evaluation, Place, evaluate
from matcher.alliances.facts import ConditionCheck, alliance_facts, check_conditions
from matcher.alliances.forming import (
    alliance_id_for,
    form_alliance,
    from_consortium,
    from_matches,
)
from matcher.alliances.importing import Incoming, held_against
from matcher.alliances.members import Member, belongs, members_of, research_members
from matcher.alliances.money import (
    AccountYear,
    account_year,
    advice_around_challenge,
    advice_for,
    advice_for_challenge,
    carrier_of,
)
from matcher.alliances.organisations import Organisations
from matcher.alliances.overlaps import Overlap, duplicates_of, overlaps
from matcher.alliances.receiving import (
    Sum,
    all_claims,
    claims_of_alliances,
    strange_programmes,
    sums_of,
)
from matcher.alliances.sheet import Known, Sheet, prefill, read_sheet, shipped_sheet
from matcher.alliances.states import ALLIANCE, dated, moves_told, undated
from matcher.alliances.yearly import Progress, Records, Seen, YearReport, year_report
from matcher.records.alliance import Alliance, Grant, Mark

__all__ = [
    "ALLIANCE",
    "AccountYear",
    "Agreement",
    "Alliance",
    "ConditionCheck",
    "Evaluation",
    "Grant",
    "Incoming",
    "Known",
    "Mark",
    "Member",
    "Organisations",
    "Overlap",
    "Place",
    "Progress",
    "Records",
    "Seen",
    "Sheet",
    "Sum",
    "YearReport",
    "account_year",
    "advantage_shown",
    "advice_around_challenge",
    "advice_for",
    "advice_for_challenge",
    "all_claims",
    "alliance_facts",
    "alliance_id_for",
    "belongs",
    "carrier_of",
    "check_conditions",
    "claims_of_alliances",
    "dated",
    "duplicates_of",
    "evaluate",
    "form_alliance",
    "from_consortium",
    "from_matches",
    "held_against",
    "members_of",
    "moves_told",
    "overlaps",
    "prefill",
    "read_sheet",
    "research_members",
    "shipped_sheet",
    "strange_programmes",
    "sums_of",
    "teams_of",
    "undated",
    "year_report",
]
