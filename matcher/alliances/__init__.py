"""From a match to an alliance: its states, its members, its conditions; pure, without I/O.

What is kept of it stands in the workspace: `matcher.service.store.alliances`.
"""

from matcher.alliance_records import Alliance, Grant, Mark
from matcher.alliances.evaluating import Agreement, Evaluation, Place, evaluate
from matcher.alliances.facts import ConditionCheck, alliance_facts, check_conditions, what_to_ask
from matcher.alliances.forming import (
    alliance_id_for,
    form_alliance,
    from_consortium,
    from_matches,
)
from matcher.alliances.importing import Incoming, look
from matcher.alliances.members import Member, belongs, members_of, research_members
from matcher.alliances.money import advice_for, advice_for_challenge, claims_of_alliances
from matcher.alliances.overlaps import Overlap, duplicates_of, overlaps
from matcher.alliances.sheet import Known, Sheet, prefill, read_sheet, shipped_sheet
from matcher.alliances.states import ALLIANCE, dated, moves_told, undated
from matcher.alliances.yearly import Progress, Records, Seen, YearReport, year_report

__all__ = [
    "ALLIANCE",
    "Agreement",
    "Alliance",
    "ConditionCheck",
    "Evaluation",
    "Grant",
    "Incoming",
    "Known",
    "Mark",
    "Member",
    "Overlap",
    "Place",
    "Progress",
    "Records",
    "Seen",
    "Sheet",
    "YearReport",
    "advice_for",
    "advice_for_challenge",
    "alliance_facts",
    "alliance_id_for",
    "belongs",
    "check_conditions",
    "claims_of_alliances",
    "dated",
    "duplicates_of",
    "evaluate",
    "form_alliance",
    "from_consortium",
    "from_matches",
    "look",
    "members_of",
    "moves_told",
    "overlaps",
    "prefill",
    "read_sheet",
    "research_members",
    "shipped_sheet",
    "undated",
    "what_to_ask",
    "year_report",
]
