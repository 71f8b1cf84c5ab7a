"""Whose an income of results is, and whether a rule of its own goes before the standard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from matcher.alliances import wording
from matcher.alliances.agreed import LABELS, REWARD_AGREED, agreed_of, told_in, ways_of
from matcher.alliances.deciding import (
    OF_STATE,
    Holder,
    no_own_rule,
    public_holder,
    research_holder,
)
from matcher.alliances.members import RESEARCH, kind_of_member, organisation_of
from matcher.alliances.net import equity_in, noted_net, paid_in
from matcher.alliances.titles import public_money, title_told, titles_of
from matcher.alliances.totals import Sum, sum_in
from matcher.policy import Agreed, Fact, PolicyPack
from matcher.policy.agreements import left_to_pay
from matcher.policy.amounts import plain, up, wan
from matcher.policy.rules import Base, ConditionItem
from matcher.records.alliance import Alliance, HolderKind, MemberKind
from matcher.text.amounts import is_nothing
from matcher.text.normalise import without_brackets

_BETWEEN = re.compile("[、，,；;/\n]|(?<=[司学院所])[和与](?=.{2})")
_PUBLIC = re.compile(
    "(?<!不是)(?<!并非)(?<!非)(?:政府|国家)设立|公办|公立|[省市县部]属(?!企业|国企|公司)"
)
_CLAIM = re.compile(
    "(?:(?:不是|并非|非)?(?:政府|国家)(?:设立|举办)|公办|公立|[省市县部]属|民办|私立|民营)"
    "[^，,。；;、（(]{0,8}?(?:高校|大学|学院|院校|学校|研究所|研究院|机构|科研院所)"
)
_SPEAKER = re.compile(
    "(?:^(?:（[^）]*）)?(?:某|一[家所])[^。；;，,]{0,16}?|(?:我们|我)在[^。；;，,]{0,20}?"
    "|(?:我们|我|本)(?:单位|学校|研究所|研究院|公司|企业|大学|校|所|院)?(?:原来|现在)?"
    "(?:是[^。；;，,]{0,24}?|(?:公办|民办|公立|[省市]属|国家设立的?|政府设立的?)))"
    "(高校|大学|学院|院校|研究所|研究院|研究开发机构|科研院所|企业|公司)"
    "(?:[^。；;？?]{0,30}(?:不是政府设立|没有政府出资|自然人出资|举办))?"
)
_BOUGHT = re.compile("受让|购买|买来|买入|买了|引进了")
_SERVICE_ANY = re.compile("职务")
_SERVICE_RESULT = re.compile("职务(?:科技)?(?:成果|发明)")
_FIRMS = {"企业", "金融", "中介"}
_NOT_SERVICE = re.compile("(?:非|不是|并非|不属于?)职务")
_SERVICE = re.compile("职务(?!.{0,6}[否无])")
_DENIED = re.compile("不是|并非|非(?:政府|国家|职务)|没有政府|不属|民办|私立|民营")
_PRIVATE = re.compile("民办|私立|民营|(?:不是|并非|非)(?:政府|国家)|没有政府")
_NO_RULE = re.compile(
    "(?:没有?|未|无)(?:规定|约定)?(?:[、，,]?(?:也|又)?(?:没有?|未|无)(?:规定|约定))?"
)
_NO_RULE_TOLD = re.compile(
    "(?:没有?|未)(?:任何)?(?:规定|约定)[、，,]?(?:过)?[^。；;]{0,6}(?:也|又|都)?(?:没有?|未)[^。；;，,]{0,8}约定"
    "|(?:没有|未)(?:作|做)?(?:任何|别的|其他)?规定(?:和|或|或者|、)约定"
    "|(?:既|也)?(?:没有|未)[^。；;，,]{0,6}规定[，,、]?[^。；;]{0,4}(?:没有|未)[^。；;，,]{0,10}约定"
)
# By key of the item that asks for it, of which income an agreement of their own may be.
_WAYS: Mapping[str, Base] = {
    "no_own_rule": "转让许可净收入", "no_own_rule_equity": "股份或出资",
    "no_own_rule_profit": "营业利润",
}  # fmt: skip
_INSTITUTE = re.compile("(?:院|所|大学|学校)$")
_LAST_WORDS: tuple[tuple[re.Pattern[str], MemberKind], ...] = (
    (re.compile("(?:高校|院校|高等学校|大学|学院|学校)$"), "高校"),
    (re.compile("(?:研究(?:开发)?机构|科研机构|科研院所|研究所|研究院)$"), "科研院所"),
    (re.compile("(?:企业|公司|集团|厂)$"), "企业"),
)
_INCOMES: Mapping[Base, str] = {"转让许可净收入": "licence_income_wan", "营业利润": "profit_wan"}
_WHOSE, _EQUITY = "income_of", "equity_share"


def told_of_incomes(pack: PolicyPack, alliance: Alliance) -> dict[str, Fact]:
    """What the columns say of the items a rule on rewards asks for; a blank says nothing.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("zhejiang-2021")
    >>> one = Alliance(alliance_id="A", lead_org="甲公司", income_of="盟主")
    >>> told_of_incomes(pack, one)["public_holder"].holds
    False
    >>> own = Alliance(alliance_id="A", income_of="浙江大学（政府设立，职务科技成果）")
    >>> told_of_incomes(pack, own)["public_holder"].holds
    True
    >>> note = "我们是杭州的一所公办高校。学校许可一项职务科技成果"
    >>> told_of_incomes(pack, Alliance(alliance_id="A", note=note))["public_holder"].holds
    True
    """
    found = {}
    agreed = agreed_of(pack, alliance)
    alliance = _with_holder(alliance)
    holder = _holder_of(alliance)
    for item in pack.items:
        if item.key == "public_holder" and holder is not None:
            found[item.key] = _by_holder(alliance, item, holder)
        elif base := _WAYS.get(item.key):
            own = _without_own_rule(pack, alliance, base, item, agreed, holder)
            found |= {} if own is None else {item.key: own}
    found["research_holder"] = _by_research(alliance, holder)
    if (money := public_money(alliance)) is not None:
        found["public_money"] = money
    found |= titles_of(*title_told(alliance))
    if alliance.equity_share:
        found["equity"] = _equity(alliance)
    elif (held := equity_in(alliance.note)) is not None:
        found["equity"] = Fact(True, f"按备注的 {held:g}%，请核对")
    return found


def _with_holder(alliance: Alliance) -> Alliance:
    """With what a note says of the one who speaks, where the column is blank or says less of it.

    A note names others too: only 我们是…, or the one word of its kind, tells of the holder.
    """
    note, written = alliance.note, alliance.income_of.strip()
    if not note or is_nothing(written):
        return alliance
    more = [_of_service(note)] if not _SERVICE_ANY.search(written) else []
    if not written:
        if not (speaker := _SPEAKER.search(note)) or _BOUGHT.search(note):
            return alliance
        written, more = f"某{speaker[1]}", [speaker[0].strip(), *more]
    elif not (_PUBLIC.search(written) or _DENIED.search(written)):
        claims = {found[0] for found in _CLAIM.finditer(note)}
        public = {bool(_PUBLIC.search(claim)) for claim in claims}
        more = [*claims, *more] if len(public) == 1 else more
    told = [re.sub("[（()）]", "", words) for words in more if words]
    if not told:
        return alliance
    return alliance.model_copy(update={"income_of": f"{written}（备注：{'；'.join(told)}）"})


def _of_service(note: str) -> str:
    return "职务科技成果" if _SERVICE_RESULT.search(note) and "非职务" not in note else ""


def _holder_of(alliance: Alliance) -> Holder | None:
    """By the kinds of who is named and the words behind them; None where that is nobody."""
    text = alliance.income_of
    if not text or is_nothing(text):
        return None
    kinds = _kinds(alliance)
    college = "高校" in kinds
    kind: HolderKind = ""
    if kinds <= _FIRMS:
        kind = "其他企业"
    elif kinds <= set(RESEARCH) and _PRIVATE.search(text):
        kind = "民办高校" if college else "民办科研机构"
    elif kinds <= set(RESEARCH) and _PUBLIC.search(text):
        kind = "政府设立的高校" if college else "政府设立的科研机构"
    column = f"联盟表「{LABELS[_WHOSE]}」栏"
    ask = "请成果持有单位写明是谁的、是不是职务科技成果（成果收益表「单位性质」「职务成果」栏）"
    service = Fact(True)
    if _NOT_SERVICE.search(text):
        words = "不是职务科技成果，条文不管"
        service = Fact(False, words, f"填错的请改正（{column}）", short=words)
    elif not _SERVICE.search(text):
        service = Fact(None, "政府设立的高校院所的职务科技成果适用，不是的不适用", ask)
    return Holder(told_in(alliance, _WHOSE), kind, service, ask, f"填错的请改正（{column}）")


def _by_holder(alliance: Alliance, item: ConditionItem, holder: Holder) -> Fact:
    """That the state set it up; of several of whom only some may be, how far the rule goes."""
    kinds = _kinds(alliance)
    if kinds <= _FIRMS or kinds <= set(RESEARCH):
        return public_holder(holder, item)
    turns = "政府设立的高校院所的那部分适用，企业的不适用"
    return Fact(
        None, f"{holder.told}；{turns}", holder.ask.replace("写明是谁的", "写明各是多少", 1)
    )


def _by_research(alliance: Alliance, holder: Holder | None) -> Fact:
    """Whether it is a university or an institute; where nobody says, neither that nor the job."""
    if holder is None:
        return Fact(True, tacit=True)
    if _kinds(alliance) <= set(RESEARCH):
        return holder.service if holder.service.holds is False else Fact(True, holder.told)
    return research_holder(holder)


def _kinds(alliance: Alliance) -> set[str]:
    """The kinds of who is named; an institute by its last word, where the state set it up."""
    of_state = bool(_PUBLIC.search(alliance.income_of))
    kinds = {name: kind_of_member(name) for name in _holders(alliance)}
    return {
        "科研院所" if kind == "其他" and of_state and _INSTITUTE.search(name)
        else _by_last_word(name) if kind == "其他" else kind
        for name, kind in kinds.items()
    }  # fmt: skip


def _by_last_word(name: str) -> MemberKind:
    """What a name that is none (某公办高校, 某民营企业) says of its kind."""
    return next((kind for words, kind in _LAST_WORDS if words.search(name)), "其他")


def _holders(alliance: Alliance) -> Iterator[str]:
    for name in filter(None, map(str.strip, _BETWEEN.split(without_brackets(alliance.income_of)))):
        if name in ("盟主", "盟主企业", "企业", "公司"):
            yield alliance.lead_org if name.startswith("盟主") else "企业公司"
        else:
            yield organisation_of(alliance, name) or name


def _own_rule(alliance: Alliance, agreed: Agreed | None) -> tuple[str, str]:
    """What of a rule or an agreement of its own is told, and where: in the column, or a note."""
    if written := alliance.reward_agreed.strip():
        return written, told_in(alliance, REWARD_AGREED)
    if denied := _NO_RULE_TOLD.search(alliance.note):
        return "没有", f"备注写“{denied[0]}”"
    if agreed is not None and agreed.words.startswith("备注"):
        return agreed.words.removeprefix("备注写"), agreed.words
    return "", f"{LABELS[REWARD_AGREED]}未填写"


def _without_own_rule(
    pack: PolicyPack, alliance: Alliance, base: Base, item: ConditionItem, agreed: Agreed | None,
    holder: Holder | None,
) -> Fact | None:  # fmt: skip
    """Of what income an agreement is, beside what decides; None where nothing tells of one.

    One about another kind of income alone says nothing of this.
    """
    written, told = _own_rule(alliance, agreed)
    column = f"联盟表「{LABELS[_WHOSE]}」栏"
    who = f"{LABELS[_WHOSE]}未填写"
    known = holder or Holder(
        who, "", Fact(None), f"请成果完成单位写明是谁的收入、是不是国家设立的（{column}）"
    )
    of_state = known.kind in OF_STATE
    if not written and not of_state:
        return None
    none = bool(written) and (is_nothing(written) or bool(_NO_RULE.fullmatch(written)))
    ask = f"请成果完成单位写明规定或约定多少（联盟表「{LABELS[REWARD_AGREED]}」栏）"
    if not (none or of_state) and (named := ways_of(written)) and base not in named:
        turns = "没有规定也没有约定的按条文的标准，有的按规定或约定"
        ask = f"请成果完成单位写明{base}有没有规定或约定（联盟表「{LABELS[REWARD_AGREED]}」栏）"
        return Fact(None, f"{told}，只写了{'、'.join(named)}的，没有写{base}的：{turns}", ask)
    has = None if not written else not none
    fact = no_own_rule(known, item, has, ask, _by_own(pack, alliance, base, agreed))
    more = f"；{ask}" if fact.ask == known.ask and agreed is None else ""
    return replace(fact, basis=f"{told}；{fact.basis}", ask=fact.ask + more)


def _by_own(pack: PolicyPack, alliance: Alliance, base: Base, agreed: Agreed | None) -> str:
    """What an agreement comes to, where it names one share or a sum."""
    income = _INCOMES.get(base)
    if agreed is None or agreed.doubt or agreed.of_reward or not agreed.is_of(base):
        return ""
    if agreed.amount_wan is not None:
        return f"：约定的 {plain(wan(agreed.amount_wan))} 万元"
    (share,) = agreed.shares
    told = sum_in(alliance, income) if income else None
    noted = noted_net(pack, alliance.note)[0] if base == "转让许可净收入" else ()
    if told is not None and told.most_wan is None and len(noted) == 1:
        told = Sum(noted[0], noted[0], "")
    if told is None or told.most_wan is None or told.words:
        return f"：约定的 {plain(share)}%"
    amount = up(wan(told.most_wan) * share / 100)
    due = f"：约定的 {told.plain} × {plain(share)}% = {plain(amount)} 万元"
    paid = wan(paid_in(alliance.note))
    return f"{due}，{left_to_pay(amount, paid)}" if paid else due


def _equity(alliance: Alliance) -> Fact:
    told, written = told_in(alliance, _EQUITY), alliance.equity_share
    if wording.LACK.fullmatch(written) or is_nothing(written) or re.fullmatch("0+%?", written):
        return Fact(False, told)
    if wording.PLANNED.search(written):
        return Fact(None, f"{told}，还没有形成股份；形成了再看", "请成果完成单位核对有没有作价投资")
    return Fact(True, told)
