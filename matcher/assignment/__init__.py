"""The balanced plan over a whole list: exact, never below the band that staff set."""

from matcher.assignment.concentration import (
    Concentration,
    compare,
    concentration_of,
    gini,
    hhi,
    out_of_province_share,
    shares,
)
from matcher.assignment.plan import assign, plan_values
from matcher.assignment.problem import (
    RESEARCH_MEMBER,
    AssignmentProblem,
    Bidder,
    CandidatePair,
    Exclusion,
    Objective,
    Opening,
    Rules,
)
from matcher.assignment.result import (
    AssignedPair,
    Assignment,
    InfeasibleAssignmentError,
    Limit,
    Relaxation,
    Unanswered,
    Values,
)
from matcher.assignment.sensitivity import CHANGE, Hold, Sensitivity, sensitivity

__all__ = [
    "CHANGE",
    "RESEARCH_MEMBER",
    "AssignedPair",
    "Assignment",
    "AssignmentProblem",
    "Bidder",
    "CandidatePair",
    "Concentration",
    "Exclusion",
    "Hold",
    "InfeasibleAssignmentError",
    "Limit",
    "Objective",
    "Opening",
    "Relaxation",
    "Rules",
    "Sensitivity",
    "Unanswered",
    "Values",
    "assign",
    "compare",
    "concentration_of",
    "gini",
    "hhi",
    "out_of_province_share",
    "plan_values",
    "sensitivity",
    "shares",
]
