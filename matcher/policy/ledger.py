"""Yearly caps that add up: what a receiver has been given, in a stated order, and what is left.

The order is 联盟已得, then 结果 (立项、验收), then what alliances ask for, then the list itself as
it is ordered: what is there counts before what is asked for. What is not filled in is not nothing;
it is counted apart and makes the room an upper bound.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from matcher.policy.amounts import plain, sum_of, wan
from matcher.policy.demand import demand_organisations
from matcher.policy.names import Level, name_key, organisation_key
from matcher.policy.pack import PolicyPack
from matcher.policy.rules import YearlyCap
from matcher.records import Challenge, Outcome

Origin = Literal["联盟已得", "结果", "联盟申请", "榜单"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
_TURN = {origin: turn for turn, origin in enumerate(ORIGINS)}
GIVEN: frozenset[Origin] = frozenset({"联盟已得", "结果"})
"""Origins of money that was given; the others only ask for it."""
GRANTED = frozenset({"立项", "验收"})
"""Outcomes by which money of a list counts as given."""

_OF_SEVERAL = "「财政支持」可能含市级、国家资金，请核对省级是多少"


@dataclass(frozen=True, slots=True)
class Claim:
    """Money one receiver has, or asks for, in one year.

    Attributes:
        key: of what it is for: a challenge, or an alliance with its programme. A key counts once,
            by the earliest origin.
        amount_wan: 万元; None where nobody filled it in.
        year: None where nobody knows.
        group: the group of companies the receiver belongs to; its sum is shown, no cap is on it.
        level: whose money it is; "" where nobody says: then it counts.
        assumed: whether receiver or payer is taken for granted, not told.
        programme: id of the programme it was given under; "" where nobody says.
        entered_for: the lead of the alliance it is entered for.
        stranger: whether its receiver is nobody of that alliance.
        doubt: why nobody knows yet whether, or how much of it, counts.
        least_wan: the lower end where a range is written; ``amount_wan`` is the upper one.
        where: the row or the column it stands in.
        plan: the programme as it is written, where the pack has none of that name.
        called: its programme as it is written, where that has words left out.
        unnamed: whether the receiver is nobody by name: the alliance, or its members.
        most_wan: what its programme gives at most, by itself; None where the policy has no figure.
        same_as: all names and credit codes of the receiver, where several are known.
    """

    receiver: str
    key: str
    origin: Origin
    amount_wan: float | None
    year: int | None
    group: str = ""
    level: Level = ""
    assumed: bool = False
    programme: str = ""
    entered_for: str = ""
    stranger: bool = False
    doubt: str = ""
    least_wan: float | None = None
    where: str = ""
    same_as: tuple[str, ...] = ()
    plan: str = ""
    called: str = ""
    unnamed: bool = False
    most_wan: float | None = None

    @property
    def amount_words(self) -> str:
        """The amount with its unit; or that nobody filled it in."""
        return "未填写" if self.amount_wan is None else f"{plain(wan(self.amount_wan))} 万元"

    @property
    def sum_words(self) -> str:
        """The amount, or its two ends, without the unit; or that nobody filled it in."""
        if self.amount_wan is None:
            return "未填写"
        least = f"{plain(wan(self.least_wan))}–" if self.least_wan is not None else ""
        return least + plain(wan(self.amount_wan))

    @property
    def given(self) -> bool:
        """Whether the money is there, not only asked for."""
        return self.origin in GIVEN

    def is_of(self, names: Collection[str]) -> bool:
        """Whether it went to an organisation of one of these names or codes, as keys."""
        if not self.same_as:
            return name_key(self.receiver) in names
        return any(name in names for name in self.same_as)


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim held against the cap.

    Attributes:
        room_wan: what was left before it; None without a year.
        most_wan: what of it fits: min(amount, room); None where either is not known.
        over_wan: what of it does not fit.
        formula: how the room came about, in numbers.
    """

    claim: Claim
    room_wan: float | None
    most_wan: float | None
    over_wan: float
    formula: str


@dataclass(frozen=True, slots=True)
class Account:
    """One receiver in one year.

    Attributes:
        claimed_wan: the sum of what is filled in.
        blank: how many claims are not.
        left_wan: what is left in the end; an upper bound where ``blank`` is above 0; None
            without a year.
    """

    receiver: str
    year: int | None
    entries: tuple[Entry, ...]
    claimed_wan: float
    blank: int
    left_wan: float | None

    @property
    def over(self) -> bool:
        """Whether more is claimed than the cap allows."""
        return any(entry.over_wan > 0 for entry in self.entries)


@dataclass(frozen=True, slots=True)
class GroupSum:
    """The receivers of one group in one year, together; the policy puts no cap on a group."""

    group: str
    year: int | None
    receivers: tuple[str, ...]
    claimed_wan: float
    blank: int


def accounts(
    rule: YearlyCap, claims: Iterable[Claim], aliases: Mapping[str, str] | None = None
) -> tuple[Account, ...]:
    """All receivers by year, each claim held against what the ones before it have left.

    Money of other payers than the cap is about is left out.

    >>> from matcher.policy import shipped_pack
    >>> cap = shipped_pack("liaoning-2021").funding_rule("leader-yearly")
    >>> claims = [Claim("甲公司", f"K{n}", "榜单", 1000, 2021) for n in (1, 2, 3)]
    >>> [(e.most_wan, e.formula) for e in accounts(cap, claims)[0].entries][-1]
    (0.0, '2000 − 1000（K1） − 1000（K2） = 0；本项 1000，超出 1000')
    """
    kept: dict[tuple[str, int | None], list[Claim]] = {}
    names: dict[str, str] = {}
    keys: dict[str, str] = {}
    for claim in _once(c for c in claims if counts(rule, c)):
        if claim.receiver not in keys:
            known = claim.same_as[0] if claim.same_as else ""
            keys[claim.receiver] = known or (
                organisation_key(claim.receiver, aliases) if aliases else name_key(claim.receiver)
            )
        receiver = keys[claim.receiver]
        names.setdefault(receiver, claim.receiver)
        kept.setdefault((receiver, claim.year), []).append(claim)
    return tuple(_account(rule, names[who], year, mine) for (who, year), mine in kept.items())


def counts(rule: YearlyCap, claim: Claim) -> bool:
    """Whether a sum is of the payer a cap is about, as far as anybody says."""
    return not rule.payer or claim.level in ("", rule.payer)


def group_sums(claims: Iterable[Claim]) -> tuple[GroupSum, ...]:
    """The sums of groups with more than one receiver, for a person to look at."""
    kept: dict[tuple[str, int | None], list[Claim]] = {}
    for claim in _once(claims):
        if claim.group:
            kept.setdefault((claim.group, claim.year), []).append(claim)
    return tuple(
        GroupSum(group, year, receivers, float(sum_of(c.amount_wan for c in mine)),
                 sum(c.amount_wan is None for c in mine))
        for (group, year), mine in kept.items()
        if len(receivers := tuple(dict.fromkeys(c.receiver for c in mine))) > 1
    )  # fmt: skip


def claims_of_list(
    challenges: Sequence[Challenge], outcomes: Iterable[Outcome] = (), year: int | None = None
) -> tuple[Claim, ...]:
    """What a list asks for, and what outcomes say it was given.

    Args:
        challenges: in the order of the list; the receiver is the demand organisation.
        outcomes: those of 立项 and 验收 count; the sum is the challenge's 财政支持.
        year: of the list; by default that of each deadline, and for those without one the latest
            year any deadline has.
    """
    years = [c.apply_deadline.year for c in challenges if c.apply_deadline]
    usual = year if year is not None else max(years, default=None)
    given: dict[str, int | None] = {}
    for outcome in outcomes:
        if outcome.stage in GRANTED:
            when = outcome.when.year if outcome.when else None
            given.setdefault(outcome.challenge_id, when)
    made = []
    for one in challenges:
        asked = one.apply_deadline.year if one.apply_deadline and year is None else usual
        origin: Origin = "结果" if one.challenge_id in given else "榜单"
        when = given.get(one.challenge_id) or asked
        receiver = next(iter(demand_organisations(one)), "")
        row = f"第 {one.source.row} 行" if one.source and one.source.row else one.challenge_id
        made.append(Claim(
            receiver, one.challenge_id, origin, one.fiscal_support_wan, when,
            doubt=_OF_SEVERAL if origin == "结果" else "", where=f"榜单表{row}「财政支持」栏",
        ))  # fmt: skip
    return tuple(claim for claim in made if claim.receiver)


def room_before(rule: YearlyCap, claims: Iterable[Claim]) -> dict[str, Entry]:
    """By key, what each claim finds left."""
    return {e.claim.key: e for account in accounts(rule, claims) for e in account.entries}


def received_before(pack: PolicyPack, claims: Iterable[Claim]) -> dict[str, float]:
    """By key, what its receiver has been given or has asked for before it, the same year."""
    caps = [rule for rule in pack.funding if isinstance(rule, YearlyCap)]
    if not caps:
        return {}
    taken: dict[str, float] = {}
    for account in accounts(caps[0], claims):
        before = Decimal(0)
        for entry in account.entries:
            taken[entry.claim.key] = float(before)
            if account.year is not None:
                before += wan(entry.claim.amount_wan or 0)
    return taken


def _once(claims: Iterable[Claim]) -> list[Claim]:
    """In the stated order; of two origins of one key the earlier stays, with all its sums."""
    first: dict[str, Origin] = {}
    ordered = sorted(claims, key=lambda c: _TURN[c.origin])
    return [c for c in ordered if first.setdefault(c.key, c.origin) == c.origin]


def _account(rule: YearlyCap, name: str, year: int | None, claims: list[Claim]) -> Account:
    cap, taken, words, blank = wan(rule.cap_wan), Decimal(0), plain(wan(rule.cap_wan)), 0
    entries, assumed = [], 0
    for claim in claims:
        room = max(Decimal(0), cap - taken) if year is not None else None
        beyond = f"（已超出 {plain(taken - cap)}）" if taken > cap else ""
        entries.append(_entry(claim, room, words, taken, beyond + _doubts(blank, assumed)))
        assumed += claim.assumed
        if claim.amount_wan is None:
            blank += 1
        else:
            taken += wan(claim.amount_wan)
            words += f" − {plain(wan(claim.amount_wan))}（{claim.key}）"
    left = None if year is None else float(max(Decimal(0), cap - taken))
    return Account(name, year, tuple(entries), float(taken), blank, left)


def _doubts(blank: int, assumed: int) -> str:
    """What may yet change the room."""
    said = f"（另有 {blank} 项未填写，余额只会更少）" if blank else ""
    if assumed:
        said += f"（其中 {assumed} 项没有写明出资方或收款单位，先按计入）"
    return said


def _entry(claim: Claim, room: Decimal | None, words: str, taken: Decimal, doubts: str) -> Entry:
    amount = None if claim.amount_wan is None else wan(claim.amount_wan)
    if room is None:
        return Entry(claim, None, None, 0.0, "年度未填写，不能与上限相比")
    formula = (words if not taken else f"{words} = {plain(room)}") + doubts
    if amount is None:
        return Entry(claim, float(room), None, 0.0, f"{formula}；本项未填写")
    over = max(Decimal(0), amount - room)
    if over:
        formula += f"；本项 {plain(amount)}，超出 {plain(over)}"
    return Entry(claim, float(room), float(min(amount, room)), float(over), formula)
