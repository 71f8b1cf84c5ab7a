"""The rules a pack may hold, each kind a model; unknown keys are refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from matcher.records import CreditStatus
from matcher.text.regions import city_names

Day = date
Severity = Literal["禁止", "提示"]
Words = Annotated[str, Field(min_length=1)]
Wan = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(gt=0, le=1)]
Year = Annotated[int, Field(ge=1949, le=2100)]
Base = Literal[
    "财政资金", "转让许可净收入", "股份或出资", "营业利润", "研发经费", "科技成果所有权"
]  # fmt: skip
Receiver = Literal["盟主", "联盟", "成员单位", "完成人", "盟主提出"]
Subject = Literal["榜单项目", "联盟"]
Measure = Literal[
    "典型联盟", "自发组建联盟", "公布联盟", "揭榜挂帅项目", "攻克技术", "新产品和零部件",
    "支持资金",
]  # fmt: skip
GuardKind = Literal["拉郎配", "一哄而上", "地区分割", "垄断"]


class Part(BaseModel):
    """Base: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class PolicySource(Part):
    """The document a rule is taken from.

    ``verified``: somebody compared the rule with the document or its public report; ``kind`` says
    with which of the two. ``effective``: the day it took effect, where it says one.
    """

    name: Words
    date: date
    effective: Day | None = None
    verified: bool = False
    kind: Literal["原文", "报道"] = "原文"
    note: str = ""
    url: str = ""

    @property
    def since(self) -> Day | None:
        """From which day on the text that was read holds: one amended since then not before."""
        return None if self.effective is None else max(self.effective, self.date)

    @property
    def since_words(self) -> str:
        """From which day on, in words; empty where the source does not say one."""
        if self.effective is None:
            return ""
        amended = f"，{self.date} 修正过" if self.date > self.effective else ""
        return f"{self.effective} 起施行{amended}"

    @property
    def citation(self) -> str:
        """Name and date as shown beside every figure."""
        return f"{self.name}, {self.date.isoformat()}{'' if self.verified else ' (原文待核)'}"


class Rule(Part):
    """What all rules have: an id, words, a source, and where in it they stand (第几条).

    Attributes:
        original: the sentence of the source, word by word.
        further: what else the source says of it, in other words than its own.
        reading: what of the rule is the pack's own reading, where the source does not say.
    """

    id: Words
    text: Words
    source: Words
    clause: str = ""
    original: str = ""
    further: tuple[Words, ...] = ()
    reading: tuple[Words, ...] = ()


class Principle(Rule):
    """Something to keep in mind; nothing is computed from it."""


def _compiling(words: str) -> str:
    try:
        re.compile(words)
    except re.error as error:
        raise ValueError(f"写法不对（{error}）：各词之间用 | 分开") from error
    return words


class Topic(Rule):
    """What people ask in their own words: the clause that says it, or that the source does not.

    Attributes:
        words: by which a record tells of it, as a regular expression; {城市} stands for any city.
        by_plan: by id of a programme, what it says where something is asked for under that one.
        silent: whether the source says nothing of it; ``text`` then names what it does not say.
        ask: whom to ask for what the source leaves open.
        recovers: whether it is that of money got by fraud, which is to be given back.
        agree: what an agreement has to settle, each with the words by which a record tells of it.
        society_share: what part of the place's product research is to be, of all who spend on it.
        needs: what it is limited to, by the words with which a record says or denies it.
    """

    words: Words
    needs: str = ""
    by_plan: dict[str, str] = Field(default_factory=dict)
    silent: bool = False
    ask: str = ""
    recovers: bool = False
    agree: dict[str, Words] = Field(default_factory=dict)
    society_share: Share | None = None

    @field_validator("words")
    @classmethod
    def _pattern(cls, words: str) -> str:
        return _compiling(words.replace("{城市}", "|".join(city_names())))


class Synonym(Part):
    """What people call a thing, and the pack's words for it, parts apart by a comma.

    ``named``: whether it is said that the source has no such name.
    """

    words: Words
    means: Words
    named: bool = False

    @field_validator("words")
    @classmethod
    def _pattern(cls, words: str) -> str:
        return _compiling(words)


class _Check(Rule):
    severity: Severity


class DemandOrgCheck(_Check):
    """The demand unit may not bid for its own challenge."""

    kind: Literal["demand_org_not_bidder"]


class AffiliatedOrgCheck(_Check):
    """Nor may its affiliates."""

    kind: Literal["affiliated_org"]


class CreditCheck(_Check):
    """Credit states that bar a team, and states to be looked into; ``years`` for how long.

    ``whose``: whom the source bars, where it does not name the organisation.
    """

    kind: Literal["credit_record"]
    barred: tuple[CreditStatus, ...]
    doubtful: tuple[CreditStatus, ...] = ()
    years: Annotated[int | None, Field(ge=1)] = None
    whose: str = ""


class LeaderLimitCheck(_Check):
    """Most challenges one leader may hold, the new one included."""

    kind: Literal["leader_limit"]
    limit: Annotated[int, Field(ge=1)]


class RegionCheck(_Check):
    """A regional condition, only where the notice's text has one of the phrases and no waiver."""

    kind: Literal["region_stated"]
    phrases: Annotated[tuple[Words, ...], Field(min_length=1)]
    waivers: tuple[Words, ...] = ()


class EarlierWorkCheck(_Check):
    """Earlier work with the demand organisation: told (or barred), or required."""

    kind: Literal["earlier_work"]
    required: bool = False


class MaturityCheck(_Check):
    """How many levels of readiness a team may be short of the target."""

    kind: Literal["maturity_gap"]
    limit: Annotated[int, Field(ge=0, le=8)]


class ConversionCheck(_Check):
    """How many pieces of a team must have been put to use at the least."""

    kind: Literal["conversion"]
    least: Annotated[int, Field(ge=1, le=100)] = 1


CheckRule = Annotated[
    DemandOrgCheck
    | AffiliatedOrgCheck
    | CreditCheck
    | LeaderLimitCheck
    | RegionCheck
    | EarlierWorkCheck
    | MaturityCheck
    | ConversionCheck,
    Field(discriminator="kind"),
]


class _Funding(Rule):
    name: Words


class ShareCap(_Funding):
    """Support is at most ``share`` of the total investment and at most ``cap_wan`` 万元."""

    kind: Literal["share_cap"]
    share: Share
    cap_wan: Wan | None = None


class YearlyCap(_Funding):
    """One receiver gets at most ``cap_wan`` 万元 a year of one level's money.

    ``payer``: whose money counts; "" for everybody's. ``alliance``: what the source says of an
    alliance beside it, where it has no cap.
    """

    kind: Literal["yearly_cap"]
    cap_wan: Wan
    payer: Literal["国家", "省", "市", ""] = ""
    alliance: str = ""


class AmountRange(_Funding):
    """An amount lies between the two, 万元.

    Attributes:
        one_sum: whether all of a year is one sum, by grade, however many payments are asked for.
    """

    kind: Literal["amount_range"]
    min_wan: Wan
    max_wan: Wan
    one_sum: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> AmountRange:
        if self.min_wan > self.max_wan:
            raise ValueError(f"min_wan {self.min_wan:g} 大于 max_wan {self.max_wan:g}")
        return self


class OwnFundsRatio(_Funding):
    """The enterprise's own money is at least ``ratio`` times the fiscal support."""

    kind: Literal["own_funds_ratio"]
    ratio: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class LeastShare(_Funding):
    """At least ``share`` of ``base`` goes on: of a grant to the team, of income to its makers.

    ``below``: what comes of an agreement on less. ``net``: the clause that says that net income is
    the price less costs, public money left out, and taxes. ``optional``: the source says 可以: who
    holds the result decides whether to.
    """

    kind: Literal["least_share"]
    share: Share
    base: Base = "财政资金"
    below: str = ""
    net: str = ""
    optional: bool = False


FundingRule = Annotated[
    ShareCap | YearlyCap | AmountRange | OwnFundsRatio | LeastShare, Field(discriminator="kind")
]


class ConditionItem(Part):
    """One fact a condition asks for.

    Attributes:
        open: what the source leaves open where no record answers it, with what each reading gives.
        ask: who is to settle that.
        reading: whether it is the pack's own reading that this has to hold.
        noted: words by which an alliance's note tells of it, as a regular expression.
        years: how long it holds from the year the note names on, at the least and at the longest.
        unless: words of a record, as a regular expression, that raise it at all: where none of
            them stand there, it holds of itself and is not told. ``bars``: then it does not hold.
        out_if, in_if: words that settle one that was raised: it does not hold, it does.
        instead: what holds in the stead of the rule where this does not.
        loose_kinds: kinds of organisation of which the source does not say whether a word before
            others (政府设立的) is meant of them too.
        topic: id of the topic with the clause that says so, where it is another than the rule's.
    """

    key: Words
    text: Words
    open: str = ""
    ask: str = ""
    reading: bool = False
    noted: str = ""
    years: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] | None = None
    unless: str = ""
    bars: bool = False
    out_if: str = ""
    in_if: str = ""
    instead: str = ""
    loose_kinds: tuple[Literal["高校", "科研院所"], ...] = ()
    topic: str = ""

    @property
    def words(self) -> str:
        """Its text, with a mark where it is a reading."""
        return f"{self.text}〔理解〕" if self.reading else self.text

    @field_validator("noted", "unless", "out_if", "in_if")
    @classmethod
    def _pattern(cls, words: str) -> str:
        return _compiling(words)


class Condition(Rule):
    """A condition of an alliance and the facts that make it true."""

    items: Annotated[tuple[ConditionItem, ...], Field(min_length=1)]


class Aspect(Part):
    """One aspect staff score by hand."""

    id: Words
    name: Words
    source: Words
    ask: str = ""


class Evaluation(Part):
    """The score sheet: aspects and the marks of each."""

    full_marks: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    note: str = ""
    aspect: tuple[Aspect, ...] = ()


class LeastPart(Part):
    """Whose part of a whole reward is at least what ``share`` of it."""

    whose: Words
    share: Share


class Programme(Rule):
    """What may be asked for: a sum of money, or a standing.

    Attributes:
        subject: who asks, a challenge or an alliance.
        receiver: whom the money goes to; a yearly cap is of one receiver.
        payers: levels that pay in proportion, the pack's own first.
        items: the facts that must hold.
        amount: id of the `funding` rule that limits it; "" where the policy names no figure.
        amount_if: under which condition the figure holds, in words; it stands beside it.
        open_amount: what the policy says instead of a figure.
        open_base: the sum it is a share of, where the policy names no share.
        to_whom: who it is for, in words, where the policy does not say who is paid.
        chosen: how the authority chooses among those who may ask, in the policy's own word.
        negotiable: what is settled case by case (一事一议), which may go beyond the figure.
        capped_by: ids of the yearly caps it counts towards.
        perhaps_capped_by: ids of those of which the source does not say whether it does.
        encouraged: the policy only encourages it; nobody has a right to ask for it.
        parts: who has what of a reward at the least.
        also_of: ids of programmes of alliances whose projects it is of too.
        beside: ids of programmes of which the source does not say whether one project may have
            both.
        raised: words by which a record tells of it, as a regular expression; of what a record
            does not tell where it tells of others, little is said.
    """

    name: Words
    subject: Subject
    receiver: Receiver
    payers: tuple[Words, ...] = ()
    items: tuple[ConditionItem, ...] = ()
    amount: str = ""
    amount_if: str = ""
    open_amount: str = ""
    open_base: Base | None = None
    to_whom: str = ""
    chosen: str = ""
    negotiable: str = ""
    capped_by: tuple[Words, ...] = ()
    perhaps_capped_by: tuple[Words, ...] = ()
    encouraged: bool = False
    beside: tuple[Words, ...] = ()
    also_of: tuple[Words, ...] = ()
    parts: tuple[LeastPart, ...] = ()
    raised: str = ""

    @field_validator("raised")
    @classmethod
    def _pattern(cls, words: str) -> str:
        return _compiling(words)

    @model_validator(mode="after")
    def _one_way(self) -> Programme:
        if bool(self.amount) == bool(self.open_amount):
            raise ValueError("amount（数额规则的 id）与 open_amount（没有数额时的原话）应写其一")
        return self


class Target(Rule):
    """A number to be reached between two years, both included.

    ``payer``: of 支持资金, whose money is meant; "" for everybody's but the enterprise's own.
    """

    name: Words
    measure: Measure
    from_year: Year
    to_year: Year
    value: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    unit: Words
    payer: Literal["国家", "省", "市", ""] = ""

    @model_validator(mode="after")
    def _forwards(self) -> Target:
        if self.from_year > self.to_year:
            raise ValueError(f"from_year {self.from_year} 晚于 to_year {self.to_year}")
        return self


class Guard(Rule):
    """What must be prevented, and from where on it is shown; the limit is the user's own."""

    name: Words
    kind: GuardKind
    limit: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PackHead(Part):
    """What the pack is. ``kind`` 示例 is a template, not the policy of any place.

    ``city``: of a city's rules, in ``region``, its province. ``silent``: what people ask and the
    source does not say.
    """

    id: Words
    name: Words
    kind: Literal["政策", "示例"]
    region: str = ""
    city: str = ""
    year: Year
    note: str = ""
    silent: tuple[Words, ...] = ()
