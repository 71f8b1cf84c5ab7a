"""What a move is, and a procedure: states with the moves between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from matcher.records import OutcomeStage

Party = Literal["demand", "team", "broker", "staff", "service"]
PARTIES: tuple[Party, ...] = get_args(Party)
PARTY_NAMES: dict[Party, str] = {
    "demand": "需求方", "team": "揭榜方", "broker": "技术经纪人", "staff": "管理人员",
    "service": "到期自动",
}  # fmt: skip
# The state of what is not there yet.
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move.

    Attributes:
        name: what it is called; unique over all procedures.
        who: who may make it.
        sources: the states it starts from; `NOTHING` where it may be the first.
        target: the state it leads to.
        needs_reason: whether a reason has to be written.
        told: who learns of it, beside staff, who see everything.
        kept: what of it cannot be undone, in words.
        undoable: whether staff may undo it, with a reason; otherwise it stays altogether.
        outcome: what it is for training.
    """

    name: str
    who: frozenset[Party]
    sources: frozenset[str]
    target: str
    needs_reason: bool = False
    told: frozenset[Party] = frozenset()
    undoable: bool = True
    kept: str = ""
    outcome: OutcomeStage | None = None


@dataclass(frozen=True)
class Procedure:
    """States in the order in which they are reached, and every move there is.

    Attributes:
        final: states that end it well or badly; what follows is a new beginning.
    """

    states: tuple[str, ...]
    moves: tuple[Move, ...]

    @cached_property
    def _by_name(self) -> dict[str, Move]:
        return {move.name: move for move in self.moves}

    def __getitem__(self, name: str) -> Move:
        """A move by name. Raises: KeyError."""
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves)

    def allowed(self, state: str, party: Party) -> tuple[Move, ...]:
        """The moves a party may make from a state, in the order of the table."""
        return tuple(m for m in self.moves if party in m.who and state in m.sources)

    def refusal(self, name: str, state: str, parties: Iterable[Party], reason: str) -> str:
        """Why a move may not be made, in words; empty where it may.

        Args:
            parties: what somebody is: a side of the pair, staff.

        >>> from matcher.procedure import PAIR
        >>> PAIR.refusal("签约", "已立项", ["team"], "")
        '签约由需求方、管理人员办理'
        >>> PAIR.refusal("签约", "已立项", ["staff"], "")
        ''
        """
        move = self._by_name.get(name)
        if move is None:
            return f"没有“{name}”这一步"
        if not move.who.intersection(parties):
            names = "、".join(PARTY_NAMES[party] for party in PARTIES if party in move.who)
            return f"{name}由{names}办理"
        if state not in move.sources:
            return f"现在是“{state or '尚未开始'}”，不能{name}"
        if move.needs_reason and not reason.strip():
            return f"{name}须写明理由"
        return ""
