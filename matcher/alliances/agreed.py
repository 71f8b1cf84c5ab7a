"""What was agreed for those who did the work: a share of an income, a sum, or of the title."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from matcher.alliances import wording
from matcher.alliances.net import equity_in
from matcher.policy import PolicyPack
from matcher.policy.amounts import wan
from matcher.policy.rules import Base, LeastShare
from matcher.records import headers
from matcher.records.alliance import Alliance
from matcher.text.amounts import parse_money
from matcher.text.shares import is_exact, shares_in

LABELS = {field: mark.name for field, mark in headers(Alliance)}
REWARD_AGREED = "reward_agreed"
_TITLE_SHARE = re.compile(
    "权属|所有权|产权|专利权|权益.{0,10}[归占属]|(?:成果|专利).{0,6}归|按份|共有|份额(?:作为|登记|奖)"
)
_INCOME = re.compile("收入|收益|利润|转让费|许可费|提成|奖金|报酬|股权|股份")
_REFUSED = re.compile("不接受|没有接受|未接受|拒绝|谢绝|不同意")
_NOT_GIVEN = re.compile(
    "保留|分得|不低于|不少于|至少|条例|法[律规]|规定的|里面写|听说|有人|认为|要求|说(?!明)|补到|能不能|能否|可不可以|是不是|按.{0,6}算"
)
_OF_COMPANY = re.compile(
    r"[（(]?(?:即|占)?(?:合资|新|目标|整个)?公司(?:总?股本|股份|股权|注册资本)?的?\s?(\d+(?:\.\d+)?)\s?[%％][）)]?"
)
_SUM = re.compile(r"(?<!\d)\d++(?:\.\d++)?\s?(?:万|亿|元)[万亿元]*")
_PEOPLE = re.compile("人员|完成人|发明人|个人|团队|课题组|老师|教师|教授|贡献者")
_AGREED = re.compile("约定|规定|奖励|报酬|按份|共有|[奖分]给|提")
_OF_WAY: Mapping[Base, re.Pattern[str]] = {
    "转让许可净收入": re.compile("转让|许可"), "股份或出资": re.compile("作价|入股|股[份权]|出资"),
    "营业利润": re.compile("实施|营业|利润|投产"),
}  # fmt: skip
_WHOLE = re.compile("(?:奖励|奖金|报酬)(?:总额|总数|部分|款)|其中.{0,6}主要贡献")
_WHOLE_SUM = re.compile(
    r"(?:(?:奖励|奖金|报酬)(?:总额|总数)|提|奖|给)\D{0,3}(\d+(?:\.\d+)?\s?(?:万|亿)?元)"
)
_TITLE = re.compile("按份|共有|所有权|权属|专利权.{0,8}份额|份额作为奖|权益.{0,8}[归占属]")
_WHOLE_SHARE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed for those who did the work.

    Attributes:
        words: where it stands, and as it is written.
        shares: their share in per cent; several where nobody says which is theirs.
        doubt: why none of them may be.
        named: each of their shares with the words it stands in.
        amount_wan: the sum, where it is one and no share.
        bases: of which incomes alone it is; empty where it names none.
        of_reward: whether the shares are of the whole reward, and not of the income.
    """

    words: str
    shares: tuple[Decimal, ...]
    doubt: str = ""
    named: tuple[tuple[str, Decimal], ...] = ()
    amount_wan: float | None = None
    bases: tuple[Base, ...] = ()
    of_reward: bool = False

    @property
    def says(self) -> bool:
        """Whether it names a share or a sum at all."""
        return bool(self.shares) or self.of_reward or self.amount_wan is not None

    def is_of(self, base: Base) -> bool:
        """Whether it may be of an income."""
        return not self.bases or base in self.bases


def agreed_of(pack: PolicyPack, alliance: Alliance) -> Agreed | None:
    """The share that was agreed, from its column, or else a note or the benefit mechanism.

    Of a note that tells of a title and of an income, that which the pack has a rule on.
    """
    bases = {rule.base for rule in pack.funding if isinstance(rule, LeastShare)}
    written = alliance.reward_agreed
    agreed = (
        _in_column(alliance, written) if written
        else _in_note(alliance, title="科技成果所有权" in bases) or _in_mechanism(alliance)
    )  # fmt: skip
    return None if agreed is None else replace(agreed, bases=agreed.bases or ways_of(agreed.words))


def _in_column(alliance: Alliance, written: str) -> Agreed | None:
    told = told_in(alliance, REWARD_AGREED)
    if shares_in(written) and _is_of_title(written):
        return replace(_agreed(told, written), bases=("科技成果所有权",))
    if shares_in(written):
        agreed = _agreed(told, *_of_holding(alliance, written))
        return _of_whole_reward(agreed, written)
    found = _SUM.search(written)
    money = parse_money(found[0]) if found else None
    if money is None or money.high is None:
        return None
    return Agreed(told, (), amount_wan=money.high)


def _in_note(alliance: Alliance, title: bool) -> Agreed | None:
    """What a clause says is given; of the title where that is what is asked for."""
    for clause in wording.CLAUSE.split(alliance.note):
        of_title = _is_of_title(clause)
        own = clause if of_title and title else _given_in(clause)
        if not (own and _AGREED.search(clause) and shares_in(own)):
            continue
        agreed = _agreed(f"备注写“{own.strip()}”", *_of_holding(alliance, own))
        if of_title:
            return replace(agreed, bases=("科技成果所有权",))
        return _of_whole_reward(agreed, own)
    return None


def _in_mechanism(alliance: Alliance) -> Agreed | None:
    written = alliance.benefit_mechanism
    if not shares_in(written):
        return None
    found = _agreed(f"利益机制写“{written}”", written)
    if found.doubt or not _PEOPLE.search(written):
        doubt = "没有写是给完成、转化的人员的奖励，还是各单位之间怎样分"
        return Agreed(found.words, found.shares, doubt)
    return found


def _of_whole_reward(agreed: Agreed, text: str) -> Agreed:
    """With what its shares are of, where the text says that it is the whole reward."""
    if not _WHOLE.search(text):
        return agreed
    money = parse_money(found[1]) if (found := _WHOLE_SUM.search(text)) else None
    return replace(agreed, of_reward=True, amount_wan=money.high if money else None)


def _is_of_title(text: str) -> bool:
    """Whether what is shared is the title to a result, and no income of it."""
    return bool(_TITLE_SHARE.search(text)) and not _INCOME.search(text)


def _given_in(clause: str) -> str:
    """What of a clause says what is given: no title, no offer refused, no rule, no claim."""
    if _is_of_title(clause):
        return ""
    cut = _REFUSED.search(clause)
    pieces = re.split("(?<=[，,、；;：:])", clause[: cut.start()] if cut else clause)
    kept = [
        p for p in pieces
        if not (shares_in(p) and (_is_of_title(p) or _NOT_GIVEN.search(p)))
    ]  # fmt: skip
    if cut:
        kept = [p for p in kept if not shares_in(p)]
    return "".join(kept).strip("，,、；;：: ")


def _of_holding(alliance: Alliance, text: str) -> tuple[str, str]:
    """A text whose shares are of what was received: of the company's, by what was received of it.

    With what to add to its words.
    """
    found = _OF_COMPANY.search(text)
    held = equity_of(alliance)
    if found is None or not held:
        return text, ""
    share = (wan(float(found[1])) * 100 / wan(held)).quantize(Decimal("0.01")).normalize()
    if share > _WHOLE_SHARE:
        return text, ""
    told = f"公司的 {found[1]}% ÷ {held:g}% = 所得股份的 {share:f}%"
    rest = text.replace(found[0], "")
    said = shares_in(rest)
    if len(said) == 1 and said[0] == share:
        return rest, told
    return (rest if said else text.replace(found[0], f"{share:f}%")), told


def equity_of(alliance: Alliance) -> float | None:
    """How much of the equity it became, in per cent; None where no one figure says so."""
    written = alliance.equity_share
    if not written:
        return equity_in(alliance.note)
    if re.fullmatch(r"[1-9]\d?(\.\d+)?", written):
        return float(written)
    shares = shares_in(written)
    plain = is_exact(written) and not wording.PLANNED.search(written)
    return float(shares[0]) if len(shares) == 1 and plain else None


def _agreed(words: str, text: str, more: str = "") -> Agreed:
    """The share of those who did the work; where nobody says which it is, all of them."""
    words = "；".join(filter(None, (words, more)))
    pieces = [(piece, shares_in(piece)) for piece in wording.PIECE.split(text) if shares_in(piece)]
    theirs = [(piece, told) for piece, told in pieces if _PEOPLE.search(piece)]
    doubt = "" if is_exact(text) else "写的不是一个数"
    if theirs and all(len(told) == 1 for _, told in theirs):
        named = tuple((piece.strip(), told[0]) for piece, told in theirs)
        return Agreed(words, (sum((share for _, share in named), Decimal(0)),), doubt, named)
    shares = tuple(dict.fromkeys(s for _, told in theirs or pieces for s in told))
    unsaid = "没有写哪一份给完成、转化的人员" if len(shares) > 1 else ""
    return Agreed(words, shares, unsaid or doubt)


def ways_of(text: str) -> tuple[Base, ...]:
    """Of which incomes an agreement is, where it names any."""
    named = tuple(base for base, words in _OF_WAY.items() if words.search(text))
    title: tuple[Base, ...] = ("科技成果所有权",) if _TITLE.search(text) else ()
    if "使用权" in text and not named + title:
        return tuple(_OF_WAY)  # no share of the title
    return named + title


def told_in(alliance: Alliance, field: str) -> str:
    """A column and what stands in it, as it is quoted."""
    return f"联盟表：{LABELS[field]}={getattr(alliance, field)}"
