"""Whose an income of results is and what was agreed for those who did the work, by its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from matcher.alliances import wording
from matcher.alliances.members import RESEARCH, kind_of_member, organisation_of
from matcher.alliances.totals import sum_in
from matcher.policy import Agreed, Fact
from matcher.policy.amounts import plain, up, wan
from matcher.policy.rules import Base
from matcher.records import headers
from matcher.records.alliance import Alliance
from matcher.text.amounts import is_nothing, parse_money
from matcher.text.numerals import number
from matcher.text.shares import is_exact, shares_in

_LABELS = {field: mark.name for field, mark in headers(Alliance)}
_BETWEEN = re.compile("[、，,；;/\n]|(?<=[司学院所])[和与](?=.{2})")
_BRACKETS = re.compile("[（(].*?[)）]")
_PUBLIC = re.compile("(?:政府|国家)设立|公办|公立")
_SERVICE = re.compile("职务(?!.{0,6}[否无])")
_DENIED = re.compile("不是|并非|非(?:政府|国家|职务)|没有|不属|民办|私立|民营")
_PRIVATE = re.compile("民办|私立|民营|(?:不是|并非|非)(?:政府|国家)")
_SUM = re.compile(r"\d+(?:\.\d+)?\s?(?:万|亿|元)[万亿元]*")
_NO_RULE = re.compile(
    "(?:没有?|未|无)(?:规定|约定)?(?:[、，,]?(?:也|又)?(?:没有?|未|无)(?:规定|约定))?"
)
_PEOPLE = re.compile("人员|完成人|发明人|个人|团队|课题组|老师|教师|教授|贡献者")
_AGREED = re.compile("约定|规定|奖励|报酬|按份|共有")
_PIECE = re.compile("[，,、；;。：:\n]")
# By key of the item that asks for it, of which income an agreement of their own may be.
_WAYS: Mapping[str, Base] = {
    "no_own_rule": "转让许可净收入", "no_own_rule_equity": "股份或出资",
    "no_own_rule_profit": "营业利润",
}  # fmt: skip
_OF_WAY: Mapping[Base, re.Pattern[str]] = {
    "转让许可净收入": re.compile("转让|许可"), "股份或出资": re.compile("作价|入股|股[份权]|出资"),
    "营业利润": re.compile("实施|营业|利润|投产"),
}  # fmt: skip
_WHOLE = re.compile("(?:奖励|奖金|报酬)(?:总额|总数|部分|款)")
_WHOLE_SUM = re.compile(r"(?:奖励|奖金|报酬)(?:总额|总数)\D{0,3}(\d+(?:\.\d+)?\s?(?:万|亿)?元)")
_MADE_WITH = re.compile(
    "(?:经费|资金|投入|出资).*(?:财政|企业|自筹|横向)|(?:财政|企业|自筹|横向).*(?:经费|资金|出资)"
)
_UNSURE = re.compile("约|左右|大部分|(?<!全)部分|不清楚|待|[没未不]")
_MAINLY = re.compile("主要.{0,6}财政")
_ALL = re.compile("全部|全额|完全|均为|都是|百分之百|100%")
_OWN_MONEY = re.compile("企业|自筹|横向|公司|社会")
_HALF, _WHOLE_SHARE = Decimal(50), Decimal(100)
_TITLE = re.compile("按份|共有|所有权|权属")
_INSTITUTE = re.compile("(?:院|所|大学|学校)$")
_USE_YEARS = re.compile("([0-9一二两三四五六七八九十]+)年")
_LEAST_USE = 10
_INCOMES: Mapping[Base, str] = {"转让许可净收入": "licence_income_wan", "营业利润": "profit_wan"}
_WHOSE, _RULE, _EQUITY = "income_of", "reward_agreed", "equity_share"


def told_of_incomes(alliance: Alliance) -> dict[str, Fact]:
    """What the columns say of the items a rule on rewards asks for; a blank says nothing.

    >>> one = Alliance(alliance_id="A", lead_org="甲公司", income_of="盟主")
    >>> told_of_incomes(one)["public_holder"].holds
    False
    >>> own = Alliance(alliance_id="A", income_of="浙江大学（政府设立，职务科技成果）")
    >>> told_of_incomes(own)["public_holder"].holds
    True
    """
    found = {}
    if alliance.income_of and not is_nothing(alliance.income_of):
        found["public_holder"] = _public_holder(alliance)
    for key, base in _WAYS.items():
        if (own := _no_own_rule(alliance, base)) is not None:
            found[key] = own
    found["research_holder"] = _research_holder(alliance)
    if (money := _public_money(alliance)) is not None:
        found["public_money"] = money
    if "共同共有" in alliance.reward_agreed:
        found["joint_title"] = Fact(True, _told(alliance, _RULE))
    if "使用权" in alliance.reward_agreed:
        found["use_right"] = _use_right(alliance)
    if "共有" in alliance.reward_agreed or "按份" in alliance.reward_agreed:
        told = _told(alliance, _RULE)
        by_share = "按份" in alliance.reward_agreed
        joint = "；其中共同共有的不适用这个份额" if "共同共有" in alliance.reward_agreed else ""
        found["shared_title"] = Fact(
            by_share, f"{told}{joint}" if by_share else f"{told}，不是按份的"
        )
    if alliance.equity_share:
        found["equity"] = _equity(alliance)
    return found


def agreed_of(alliance: Alliance) -> Agreed | None:
    """The share that was agreed, from its column, or else a note or the benefit mechanism."""
    agreed = _agreed_anywhere(alliance)
    return None if agreed is None else replace(agreed, bases=_ways_of(agreed.words))


def _agreed_anywhere(alliance: Alliance) -> Agreed | None:
    if shares_in(alliance.reward_agreed):
        agreed = _agreed(_told(alliance, _RULE), alliance.reward_agreed)
        return _of_whole_reward(agreed, alliance.reward_agreed)
    if written := _SUM.search(alliance.reward_agreed):
        money = parse_money(written[0])
        if money is not None and money.high is not None:
            return Agreed(_told(alliance, _RULE), (), amount_wan=money.high)
    for clause in wording.CLAUSE.split(alliance.note):
        if _AGREED.search(clause) and shares_in(clause):
            return _agreed(f"备注写“{clause.strip()}”", clause)
    if shares_in(alliance.benefit_mechanism):
        told = f"利益机制写“{alliance.benefit_mechanism}”"
        found = _agreed(told, alliance.benefit_mechanism)
        if found.doubt or not _PEOPLE.search(alliance.benefit_mechanism):
            doubt = "没有写是给完成、转化的人员的奖励，还是各单位之间怎样分"
            return Agreed(found.words, found.shares, doubt)
        return found
    return None


def _of_whole_reward(agreed: Agreed, text: str) -> Agreed:
    """With what its shares are of, where the text says that it is the whole reward."""
    if not _WHOLE.search(text):
        return agreed
    money = parse_money(found[1]) if (found := _WHOLE_SUM.search(text)) else None
    return replace(agreed, of_reward=True, amount_wan=money.high if money else None)


def equity_of(alliance: Alliance) -> float | None:
    """How much of the equity it became, in per cent; None where no one figure says so."""
    written = alliance.equity_share
    if re.fullmatch(r"[1-9]\d?(\.\d+)?", written):
        return float(written)
    shares = shares_in(written)
    plain = is_exact(written) and not wording.PLANNED.search(written)
    return float(shares[0]) if len(shares) == 1 and plain else None


def _agreed(words: str, text: str) -> Agreed:
    """The share of those who did the work; where nobody says which it is, all of them."""
    pieces = [(piece, shares_in(piece)) for piece in _PIECE.split(text) if shares_in(piece)]
    theirs = [(piece, told) for piece, told in pieces if _PEOPLE.search(piece)]
    doubt = "" if is_exact(text) else "写的不是一个数"
    if theirs and all(len(told) == 1 for _, told in theirs):
        named = tuple((piece.strip(), told[0]) for piece, told in theirs)
        return Agreed(words, (sum((share for _, share in named), Decimal(0)),), doubt, named)
    shares = tuple(dict.fromkeys(s for _, told in theirs or pieces for s in told))
    unsaid = "没有写哪一份给完成、转化的人员" if len(shares) > 1 else ""
    return Agreed(words, shares, unsaid or doubt)


def _public_holder(alliance: Alliance) -> Fact:
    """By the kinds of who is named; what a name does not tell is written behind it."""
    kinds = _kinds(alliance)
    told = _told(alliance, _WHOSE)
    form = f"（联盟表「{_LABELS[_WHOSE]}」栏写作“单位名称（政府设立，职务科技成果）”）"
    if kinds <= {"企业", "金融", "中介"}:
        only = "条文只管政府设立的研究开发机构、高等院校的职务科技成果，企业的不适用"
        return Fact(False, f"{told}；{only}", f"填错的请改正（联盟表「{_LABELS[_WHOSE]}」栏）")
    if not kinds <= set(RESEARCH):
        ask = f"请成果持有单位写明各是多少，是不是政府设立的、是不是职务科技成果{form}"
        return Fact(None, f"{told}；政府设立的高校院所的那部分适用，企业的不适用", ask)
    if _stated(alliance):
        return Fact(True, told)
    turns = "政府设立的高校院所的职务科技成果适用，不是的不适用"
    ask = f"请成果持有单位写明是不是政府设立的、是不是职务科技成果{form}"
    return Fact(False if _DENIED.search(alliance.income_of) else None, f"{told}；{turns}", ask)


def _public_money(alliance: Alliance) -> Fact | None:
    """Of what money a result was made, where a note says that it was all of one kind, or a share.

    Of less than half the source does not say whether it is 主要.
    """
    told = [c.strip() for c in wording.CLAUSE.split(alliance.note) if _MADE_WITH.search(c)]
    if len(told) != 1 or _UNSURE.search(told[0]):
        return None
    said, shares = f"备注写“{told[0]}”", _of_public(told[0])
    if shares is None:
        return None
    ask = "请成果持有单位核对备注写的经费来源（联盟表「备注」栏）"
    if shares > _HALF:
        half = "；占一半以上，看作“主要”〔理解〕，占多少算条文没有写"
        return Fact(True, said + half * (shares != _WHOLE_SHARE))
    if not shares:
        return Fact(False, f"{said}；不是利用财政性资金完成的，条文不管", ask)
    turns = "不到一半或正好一半，算不算“主要”没有写：算的话可以约定，不算的话条文不管"
    return Fact(None, f"{said}；{turns}", "请主管部门明确算不算主要利用财政性资金")


def _of_public(clause: str) -> Decimal | None:
    """How much of it is public money, in per cent; None where the clause does not tell."""
    public = [p for p in _PIECE.split(clause) if "财政" in p]
    whole = bool(_ALL.search(clause))
    if not public:
        return Decimal(0) if whole and _OWN_MONEY.search(clause) else None
    shares = [share for piece in public for share in shares_in(piece)]
    if len(shares) == 1:
        return shares[0]
    if not shares and _MAINLY.search(clause):
        return _WHOLE_SHARE
    return _WHOLE_SHARE if whole and not shares and not _OWN_MONEY.search(clause) else None


def _research_holder(alliance: Alliance) -> Fact:
    """Whether whose result it is is a university or an institute; where nobody says, not asked."""
    kinds = _kinds(alliance) if alliance.income_of else set()
    told = _told(alliance, _WHOSE)
    if kinds and kinds <= {"企业", "金融", "中介"}:
        ask = f"填错的请改正（联盟表「{_LABELS[_WHOSE]}」栏）"
        return Fact(False, f"{told}；条文只写高等院校、科研机构，企业的不管", ask)
    if kinds <= set(RESEARCH):
        return Fact(True, told if kinds else "", tacit=not kinds)
    ask = f"请成果持有单位写明是谁的成果（联盟表「{_LABELS[_WHOSE]}」栏）"
    return Fact(None, f"{told}；高等院校、科研机构的适用，企业的条文不管", ask)


def _use_right(alliance: Alliance) -> Fact:
    """A right of use for so many years, against the ten the source names."""
    told = _told(alliance, _RULE)
    written = _USE_YEARS.search(alliance.reward_agreed)
    if written is None:
        ask = f"请成果持有单位写明多少年（联盟表「{_LABELS[_RULE]}」栏）"
        turns = f"没有写多少年：不少于 {_LEAST_USE} 年的合乎条文，少于的不合"
        return Fact(None, f"{told}，{turns}", ask)
    years = number(written[1])
    if years >= _LEAST_USE:
        return Fact(True, f"{told}，不少于 {_LEAST_USE} 年")
    ask = f"请改约不少于 {_LEAST_USE} 年的，填错的请改正（联盟表「{_LABELS[_RULE]}」栏）"
    return Fact(False, f"{told}，少于条文的 {_LEAST_USE} 年", ask)


def _stated(alliance: Alliance) -> bool:
    """Whether it says of the holder that the state set it up, and of the result whose it is."""
    text = alliance.income_of
    return bool(_PUBLIC.search(text) and _SERVICE.search(text)) and not _DENIED.search(text)


def _kinds(alliance: Alliance) -> set[str]:
    """The kinds of who is named; an institute by its last word, where the state set it up."""
    of_state = bool(_PUBLIC.search(alliance.income_of))
    kinds = {name: kind_of_member(name) for name in _holders(alliance)}
    return {
        "科研院所" if kind == "其他" and of_state and _INSTITUTE.search(name) else kind
        for name, kind in kinds.items()
    }


def _holders(alliance: Alliance) -> Iterator[str]:
    for name in filter(None, map(str.strip, _BETWEEN.split(_BRACKETS.sub("", alliance.income_of)))):
        if name in ("盟主", "盟主企业", "企业", "公司"):
            yield alliance.lead_org if name.startswith("盟主") else "企业公司"
        else:
            yield organisation_of(alliance, name) or name


def _no_own_rule(alliance: Alliance, base: Base) -> Fact | None:
    """A rule or an agreement of its own goes before the standard, but of what the state set up.

    One about another kind of income alone says nothing of this. None where nothing tells.
    """
    told, written = _told(alliance, _RULE), alliance.reward_agreed.strip()
    kinds = _kinds(alliance) if alliance.income_of else set()
    private = bool(_PRIVATE.search(alliance.income_of))
    of_state = bool(kinds) and kinds <= set(RESEARCH) and not private
    of_state = of_state and bool(_PUBLIC.search(alliance.income_of))
    if not written and not of_state:
        return None
    if written and (is_nothing(written) or _NO_RULE.fullmatch(written)):
        return Fact(True, told)
    if of_state:
        whose, bound = _told(alliance, _WHOSE), "国家设立的也应当符合这个标准（第四十五条第二款）"
        told = told if written else f"{_LABELS[_RULE]}未填写"
        either = "" if written else "没有规定也没有约定的按这个标准，有的"
        return Fact(True, f"{told}；{whose}：{either}{bound}")
    if (named := _ways_of(written)) and base not in named:
        turns = "没有规定也没有约定的按条文的标准，有的按规定或约定"
        ask = f"请成果完成单位写明{base}有没有规定或约定（联盟表「{_LABELS[_RULE]}」栏）"
        return Fact(None, f"{told}，只写了{'、'.join(named)}的，没有写{base}的：{turns}", ask)
    if kinds and (private or kinds <= {"企业", "金融", "中介"}):
        whose = f"{_told(alliance, _WHOSE)}，不是国家设立的"
        by_own = "有规定或约定的按规定或约定给，不按条文的标准"
        return Fact(False, f"{told}；{whose}：{by_own}", short=by_own + _by_own(alliance, base))
    turns = "国家设立的研究开发机构、高等院校的规定和约定也应当符合这个标准，别的单位按规定或约定"
    ask = f"请成果完成单位写明是谁的收入、是不是国家设立的（联盟表「{_LABELS[_WHOSE]}」栏）"
    if agreed_of(alliance) is None:
        ask += f"、规定或约定多少（「{_LABELS[_RULE]}」栏）"
    return Fact(None, f"{told}；{turns}", ask)


def _by_own(alliance: Alliance, base: Base) -> str:
    """What an agreement comes to, where it names one share or a sum."""
    agreed, income = agreed_of(alliance), _INCOMES.get(base)
    if agreed is None or agreed.doubt or agreed.of_reward:
        return ""
    if agreed.amount_wan is not None:
        return f"：约定的 {plain(wan(agreed.amount_wan))} 万元"
    (share,) = agreed.shares
    told = sum_in(alliance, income) if income else None
    if told is None or told.most_wan is None or told.words:
        return f"：约定的 {plain(share)}%"
    amount = plain(up(wan(told.most_wan) * share / 100))
    return f"：约定的 {told.plain} × {plain(share)}% = {amount} 万元"


def _ways_of(text: str) -> tuple[Base, ...]:
    """Of which incomes an agreement is, where it names any."""
    named = tuple(base for base, words in _OF_WAY.items() if words.search(text))
    title: tuple[Base, ...] = ("科技成果所有权",) if _TITLE.search(text) else ()
    if "使用权" in text and not named + title:
        return tuple(_OF_WAY)  # no share of the title
    return named + title


def _equity(alliance: Alliance) -> Fact:
    told, written = _told(alliance, _EQUITY), alliance.equity_share
    if wording.LACK.fullmatch(written) or is_nothing(written) or re.fullmatch("0+%?", written):
        return Fact(False, told)
    if wording.PLANNED.search(written):
        return Fact(None, f"{told}，还没有形成股份；形成了再看", "请成果完成单位核对有没有作价投资")
    return Fact(True, told)


def _told(alliance: Alliance, field: str) -> str:
    return f"联盟表：{_LABELS[field]}={getattr(alliance, field)}"
