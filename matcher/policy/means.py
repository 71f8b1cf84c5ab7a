"""What is known of a subject: its facts, the money it has and asks for, what caps leave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.policy.rules import Base, ConditionItem

BLANK = "未填写"


@dataclass(frozen=True, slots=True)
class Fact:
    """Whether something holds (None: nobody knows yet), and what says so.

    Attributes:
        ask: who is to supply what, where that would settle it.
        parts: what it is made of, in words; then these are told in its stead.
        tacit: whether it holds of itself and is not told, being no condition of its own.
        short: what is said on the first screen in the stead of the name of what does not hold or
            is not known, where each reading fits there.
    """

    holds: bool | None
    basis: str = ""
    ask: str = ""
    parts: tuple[tuple[str, Fact], ...] = ()
    tacit: bool = False
    short: str = ""


def unknown(item: ConditionItem) -> Fact:
    """What is known of an item where no record says anything: one that has to be raised holds."""
    return Fact(True, tacit=True) if item.unless else Fact(None, item.open, item.ask)


@dataclass(frozen=True, slots=True)
class Received:
    """What was given already of what a programme gives at most.

    Attributes:
        amount_wan: the sum, 万元, if all that is told counts.
        words: the sums it is made of.
        doubts: money of which nobody knows whether, or how much of it, counts.
        sure_wan: what of the sum counts whatever comes out; None for all of it.
        note: which other record says otherwise.
        loose: sums among them of which nobody says whether they were for this project.
        past: what was given in other years, or in none by name, in words; ``past_wan`` the sum.
    """

    amount_wan: float
    words: str
    doubts: tuple[str, ...] = ()
    sure_wan: float | None = None
    note: str = ""
    loose: str = ""
    past: str = ""
    past_wan: float = 0.0

    @property
    def lower(self) -> float:
        """What surely counts."""
        return self.amount_wan if self.sure_wan is None else self.sure_wan


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a yearly cap.

    Attributes:
        left_wan: by what is counted, 万元.
        words: how that came about.
        least_wan, most_wan: what may yet be left, by what nobody knows; None for ``left_wan``.
        doubts: what is not known.
        notes: every sum with where it stands, and what is asked for.
        read_wan: what is left by the other reading of what counts, and ``other`` the sums that
            count by it too; None where it makes no difference. ``read_most_wan`` its upper end.
        beyond: all that is asked for, in words, where that may be more than is left.
        elsewise: how far it is beyond what is left by the other reading, where it is.
    """

    left_wan: float
    words: str = ""
    least_wan: float | None = None
    most_wan: float | None = None
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    read_wan: float | None = None
    read_most_wan: float | None = None
    other: str = ""
    beyond: str = ""
    elsewise: str = ""

    @property
    def lower(self) -> float:
        """The lower end."""
        return self.left_wan if self.least_wan is None else self.least_wan

    @property
    def floor(self) -> float:
        """The lower end by either reading."""
        return self.lower if self.read_wan is None else min(self.lower, self.read_wan)

    @property
    def other_ends(self) -> tuple[float, float]:
        """What is left by the other reading: two ends."""
        low = self.lower if self.read_wan is None else self.read_wan
        return low, low if self.read_most_wan is None else self.read_most_wan

    @property
    def upper(self) -> float:
        """The upper end."""
        return self.left_wan if self.most_wan is None else self.most_wan


@dataclass(frozen=True, slots=True)
class Means:
    """The money that is known; what is None was not filled in.

    Attributes:
        total_wan: total investment of the project, 万元; the upper end of a range.
        asked_wan: what is asked for in the year, 万元, whatever the programme; ``asked`` by id of a
            programme; ``asked_in_all_wan`` in all years, for a project.
        largest: by id of a programme, the largest of several sums that are asked for;
            ``may_count`` what of all of them may count under a cap of the lead's; ``asked_least``
            their lower end where ranges are written.
        bases: other sums a share is of (what is spent on research), 万元; ``bases_least`` the lower
            ends of those that are written as a range.
        rooms: by id of a yearly cap, what is left of it for the receiver.
        received: by id of a programme, what was given of it already.
        doubts: what is to be checked whatever the programme; ``doubts_of`` by id of one.
        refusals: why none may be had.
        readings: what of it all the source does not say.
        total_least_wan: the lower end where the total is a range.
        total_words: the total as it is written, where that is no plain number.
        wanted: where what is asked for stands, in words; ``wanted_of`` by id of a programme.
        paid: what others than the pack's own level pay for the project: level, 万元 (None: blank),
            and where it stands.
        topics: what the source says, or does not say, of what the record's words ask, a line each.
        answers: what is asked, answered in a line each before all else.
        idle: ids of programmes of which the record does not tell, where it tells of others.
        unruled: of which place the rules are, where the lead is of another; what is asked for and
            no programme is for; a line each.
        unnamed: by id of a programme, where a sum stands of which nobody says who receives it;
            ``untied`` sums that are asked for, of which nobody says for which project.
    """

    total_wan: float | None = None
    asked_wan: float | None = None
    bases: Mapping[Base, float] = field(default_factory=dict)
    rooms: Mapping[str, Room] = field(default_factory=dict)
    asked: Mapping[str, float] = field(default_factory=dict)
    received: Mapping[str, Received] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    doubts_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    total_least_wan: float | None = None
    total_words: str = ""
    wanted: str = ""
    wanted_of: Mapping[str, str] = field(default_factory=dict)
    paid: tuple[tuple[str, float | None, str], ...] = ()
    asked_in_all_wan: float | None = None
    largest: Mapping[str, float] = field(default_factory=dict)
    may_count: Mapping[str, float] = field(default_factory=dict)
    asked_least: Mapping[str, float] = field(default_factory=dict)
    unnamed: Mapping[str, str] = field(default_factory=dict)
    untied: Mapping[str, str] = field(default_factory=dict)
    unruled: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    idle: frozenset[str] = frozenset()
    bases_least: Mapping[Base, float] = field(default_factory=dict)
