"""From found to signed: the states of a challenge and of a pair, as data with allowed moves.

Pure: nothing here reads or writes. The service keeps what was done; this says what may be done.
"""

from matcher.procedure.challenges import (
    CHALLENGE,
    FOLLOWED,
    PUBLIC,
    imported,
    revising,
    several_may_win,
    stage_of,
    state_of,
)
from matcher.procedure.moves import NOTHING, PARTIES, PARTY_NAMES, Move, Party, Procedure
from matcher.procedure.outcomes import outcome_stages
from matcher.procedure.pairs import (
    AWARDED,
    ENGAGED,
    IDLE,
    PAIR,
    PARTED,
    READABLE,
    RECEIVED,
    RECOMMENDED,
    SHARED,
    SHORTLISTED,
    Award,
    furthest,
    settled,
)

__all__ = [
    "AWARDED",
    "CHALLENGE",
    "ENGAGED",
    "FOLLOWED",
    "IDLE",
    "NOTHING",
    "PAIR",
    "PARTED",
    "PARTIES",
    "PARTY_NAMES",
    "PUBLIC",
    "READABLE",
    "RECEIVED",
    "RECOMMENDED",
    "SHARED",
    "SHORTLISTED",
    "Award",
    "Move",
    "Party",
    "Procedure",
    "furthest",
    "imported",
    "outcome_stages",
    "revising",
    "settled",
    "several_may_win",
    "stage_of",
    "state_of",
]
