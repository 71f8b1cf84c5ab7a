"""From a match to an alliance: its states, its members, its conditions; pure, without I/O.

What is kept of it stands in the workspace: `matcher.service.store.alliances`.
"""

from matcher.alliance_records import Alliance, Grant
from matcher.alliances.facts import ConditionCheck, alliance_facts, check_conditions, what_to_ask
from matcher.alliances.forming import alliance_id_for, from_consortium, from_matches
from matcher.alliances.importing import Incoming, look
from matcher.alliances.members import Member, belongs, members_of, research_members
from matcher.alliances.money import advice_for, advice_for_challenge, claims_of_alliances
from matcher.alliances.overlaps import Overlap, duplicates_of, overlaps
from matcher.alliances.states import ALLIANCE, dated, moves_told, undated

__all__ = [
    "ALLIANCE",
    "Alliance",
    "ConditionCheck",
    "Grant",
    "Incoming",
    "Member",
    "Overlap",
    "advice_for",
    "advice_for_challenge",
    "alliance_facts",
    "alliance_id_for",
    "belongs",
    "check_conditions",
    "claims_of_alliances",
    "dated",
    "duplicates_of",
    "from_consortium",
    "from_matches",
    "look",
    "members_of",
    "moves_told",
    "overlaps",
    "research_members",
    "undated",
    "what_to_ask",
]
