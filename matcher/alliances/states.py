"""From forming to ended: the states of an alliance with every move, as data."""

from __future__ import annotations

from datetime import date

from matcher.procedure import NOTHING, Move, Party, Procedure
from matcher.records.alliance import Alliance

_STAFF: frozenset[Party] = frozenset({"staff"})
_LEAD: frozenset[Party] = frozenset({"demand", "staff"})
_TOLD: frozenset[Party] = frozenset({"demand"})

ALLIANCE = Procedure(
    states=("组建中", "已签约", "已备案", "典型", "已评估", "已结束"),
    moves=(
        Move("组建", _LEAD, frozenset({NOTHING}), "组建中", undoable=False, kept="记录可以结束"),
        Move("签订协议", _LEAD, frozenset({"组建中"}), "已签约", told=_TOLD),
        Move("备案", _STAFF, frozenset({"已签约"}), "已备案", told=_TOLD),
        Move("认定典型", _STAFF, frozenset({"已备案", "已评估"}), "典型", needs_reason=True,
             told=_TOLD),
        Move("评估", _STAFF, frozenset({"已备案", "典型"}), "已评估", needs_reason=True,
             told=_TOLD),
        Move("结束", _STAFF, frozenset({"组建中", "已签约", "已备案", "典型", "已评估"}), "已结束",
             needs_reason=True, told=_TOLD),
    ),
)  # fmt: skip
# The day that a move writes into the record.
DATED = {
    "组建": "formed_on", "签订协议": "agreed_on", "备案": "registered_on",
    "认定典型": "model_on", "结束": "ended_on",
}  # fmt: skip


def moves_told(alliance: Alliance) -> tuple[str, ...]:
    """The moves that a record from a list has behind it, by the days it tells.

    A day of a later state tells the earlier ones too.

    >>> moves_told(Alliance(alliance_id="A", registered_on="2021-03-01"))
    ('组建', '签订协议', '备案')
    """
    names = ("组建", "签订协议", "备案", "认定典型")
    reached = [n for n, name in enumerate(names) if getattr(alliance, DATED[name]) is not None]
    made = names[: max(reached, default=0) + 1]
    return (*made, "结束") if alliance.ended_on else made


def dated(alliance: Alliance, move: str, day: date) -> Alliance:
    """The record with the day of a move; one that is there already stays."""
    field = DATED.get(move)
    if field is None or getattr(alliance, field) is not None:
        return alliance
    return alliance.model_copy(update={field: day})


def undated(alliance: Alliance, move: str) -> Alliance:
    """The record as before a move that was undone."""
    field = DATED.get(move)
    return alliance if field is None else alliance.model_copy(update={field: None})
