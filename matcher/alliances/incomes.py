"""Whose an income of results is and what was agreed for those who did the work, by its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from matcher.alliances import wording
from matcher.alliances.members import RESEARCH, kind_of_member, organisation_of
from matcher.alliances.net import equity_in, net_incomes_in, paid_in
from matcher.alliances.totals import Sum, sum_in
from matcher.policy import Agreed, Fact, PolicyPack
from matcher.policy.amounts import plain, up, wan
from matcher.policy.rules import Base, ConditionItem, LeastShare
from matcher.records import headers
from matcher.records.alliance import Alliance, MemberKind
from matcher.text.amounts import is_nothing, parse_money
from matcher.text.numerals import number
from matcher.text.shares import is_exact, shares_in

_LABELS = {field: mark.name for field, mark in headers(Alliance)}
_BETWEEN = re.compile("[、，,；;/\n]|(?<=[司学院所])[和与](?=.{2})")
_BRACKETS = re.compile("[（(].*?[)）]")
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
_WORDS = {"高校": "高等院校", "科研院所": "科研机构"}
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
_SERVICE = re.compile("职务(?!.{0,6}[否无])")
_DENIED = re.compile("不是|并非|非(?:政府|国家|职务)|没有政府|不属|民办|私立|民营")
_PRIVATE = re.compile("民办|私立|民营|(?:不是|并非|非)(?:政府|国家)|没有政府")
_SUM = re.compile(r"\d+(?:\.\d+)?\s?(?:万|亿|元)[万亿元]*")
_NO_RULE = re.compile(
    "(?:没有?|未|无)(?:规定|约定)?(?:[、，,]?(?:也|又)?(?:没有?|未|无)(?:规定|约定))?"
)
_NO_RULE_TOLD = re.compile(
    "(?:没有?|未)(?:任何)?(?:规定|约定)[、，,]?(?:过)?[^。；;]{0,6}(?:也|又|都)?(?:没有?|未)[^。；;，,]{0,8}约定"
    "|(?:没有|未)(?:作|做)?(?:任何|别的|其他)?规定(?:和|或|或者|、)约定"
    "|(?:既|也)?(?:没有|未)[^。；;，,]{0,6}规定[，,、]?[^。；;]{0,4}(?:没有|未)[^。；;，,]{0,10}约定"
)
_PEOPLE = re.compile("人员|完成人|发明人|个人|团队|课题组|老师|教师|教授|贡献者")
_AGREED = re.compile("约定|规定|奖励|报酬|按份|共有|[奖分]给|提")
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
_WHOLE = re.compile("(?:奖励|奖金|报酬)(?:总额|总数|部分|款)|其中.{0,6}主要贡献")
_WHOLE_SUM = re.compile(
    r"(?:(?:奖励|奖金|报酬)(?:总额|总数)|提|奖|给)\D{0,3}(\d+(?:\.\d+)?\s?(?:万|亿)?元)"
)
_MADE_WITH = re.compile(
    "(?:经费|资金|投入|出资).*(?:财政|企业|自筹|横向)|(?:财政|企业|自筹|横向).*(?:经费|资金|出资)"
)
_MONEY = re.compile("财政|经费|资金|投入|出资|自筹")
_UNSURE = re.compile("约(?!定)|左右|大部分|(?<!全)部分|不清楚|待|[没未不]")
_MAINLY = re.compile("主要.{0,6}财政")
_ALL = re.compile("全部|全额|完全|均为|都是|百分之百|100%")
_OWN_MONEY = re.compile("企业|自筹|横向|公司|社会")
_HALF, _WHOLE_SHARE = Decimal(50), Decimal(100)
_TITLE = re.compile("按份|共有|所有权|权属|专利权.{0,8}份额|份额作为奖|权益.{0,8}[归占属]")
_INSTITUTE = re.compile("(?:院|所|大学|学校)$")
_GIVEN_TITLE = re.compile(
    "约定[^。；;]{0,20}(?:共有|使用权)|使用权[^。；;]{0,10}[给赋]|[给赋][^。；;]{0,12}使用权|(?:按份|共同)共有"
)
_WISHED = re.compile(
    "想|打算|拟|准备|没有约定|未约定|还没|如果|假如|能不能(?:约定|给)|可不可以(?:约定|给)"
)
_USE_YEARS = re.compile("([0-9一二两三四五六七八九十]+)年")
_LEAST_USE = 10
_LAST_WORDS: tuple[tuple[re.Pattern[str], MemberKind], ...] = (
    (re.compile("(?:高校|院校|高等学校|大学|学院|学校)$"), "高校"),
    (re.compile("(?:研究(?:开发)?机构|科研机构|科研院所|研究所|研究院)$"), "科研院所"),
    (re.compile("(?:企业|公司|集团|厂)$"), "企业"),
)
_INCOMES: Mapping[Base, str] = {"转让许可净收入": "licence_income_wan", "营业利润": "profit_wan"}
_WHOSE, _RULE, _EQUITY = "income_of", "reward_agreed", "equity_share"


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
    if alliance.income_of and not is_nothing(alliance.income_of):
        found["public_holder"] = _public_holder(alliance, _item(pack, "public_holder"))
    for key, base in _WAYS.items():
        if (own := _no_own_rule(alliance, base, _item(pack, key), agreed)) is not None:
            found[key] = own
    found["research_holder"] = _research_holder(alliance)
    if (money := _public_money(alliance)) is not None:
        found["public_money"] = money
    found |= _titles(*_title_told(alliance))
    if alliance.equity_share:
        found["equity"] = _equity(alliance)
    elif (held := equity_in(alliance.note)) is not None:
        found["equity"] = Fact(True, f"按备注的 {held:g}%，请核对")
    return found


def _title_told(alliance: Alliance) -> tuple[str, str]:
    """What is told of a title that was given, and where: in the column, or a note that says so."""
    if alliance.reward_agreed:
        return alliance.reward_agreed, _told(alliance, _RULE)
    for clause in wording.CLAUSE.split(alliance.note):
        if _GIVEN_TITLE.search(clause) and not _WISHED.search(clause):
            return clause, f"备注写“{clause.strip()}”"
    return "", ""


def _titles(text: str, told: str) -> dict[str, Fact]:
    """The items on titles a text answers."""
    found = {}
    if "共同共有" in text:
        found["joint_title"] = Fact(True, told)
    if "使用权" in text:
        found["use_right"] = _use_right(text, told)
    if "共有" in text or "按份" in text:
        by_share = "按份" in text
        joint = "；其中共同共有的不适用这个份额" if "共同共有" in text else ""
        found["shared_title"] = Fact(
            by_share, f"{told}{joint}" if by_share else f"{told}，不是按份的"
        )
    return found


def _item(pack: PolicyPack, key: str) -> ConditionItem | None:
    return next((i for p in pack.programme for i in p.items if i.key == key), None)


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
    told = [words for words in more if words]
    if not told:
        return alliance
    return alliance.model_copy(update={"income_of": f"{written}（备注：{'；'.join(told)}）"})


def _of_service(note: str) -> str:
    return "职务科技成果" if _SERVICE_RESULT.search(note) and "非职务" not in note else ""


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
    return None if agreed is None else replace(agreed, bases=agreed.bases or _ways_of(agreed.words))


def _in_column(alliance: Alliance, written: str) -> Agreed | None:
    told = _told(alliance, _RULE)
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
    pieces = [(piece, shares_in(piece)) for piece in _PIECE.split(text) if shares_in(piece)]
    theirs = [(piece, told) for piece, told in pieces if _PEOPLE.search(piece)]
    doubt = "" if is_exact(text) else "写的不是一个数"
    if theirs and all(len(told) == 1 for _, told in theirs):
        named = tuple((piece.strip(), told[0]) for piece, told in theirs)
        return Agreed(words, (sum((share for _, share in named), Decimal(0)),), doubt, named)
    shares = tuple(dict.fromkeys(s for _, told in theirs or pieces for s in told))
    unsaid = "没有写哪一份给完成、转化的人员" if len(shares) > 1 else ""
    return Agreed(words, shares, unsaid or doubt)


def _public_holder(alliance: Alliance, item: ConditionItem | None) -> Fact:
    """By the kinds of who is named; what a name does not tell is written behind it."""
    instead = f"；{item.instead}" if item and item.instead else ""
    kinds = _kinds(alliance)
    told = _told(alliance, _WHOSE)
    form = f"（联盟表「{_LABELS[_WHOSE]}」栏写作“单位名称（政府设立，职务科技成果）”）"
    if kinds <= {"企业", "金融", "中介"}:
        only = "条文只管政府设立的研究开发机构、高等院校的职务科技成果，企业的不适用" + instead
        ask = f"填错的请改正（联盟表「{_LABELS[_WHOSE]}」栏）"
        return Fact(False, f"{told}；{only}", ask, short=only)
    if not kinds <= set(RESEARCH):
        ask = f"请成果持有单位写明各是多少，是不是政府设立的、是不是职务科技成果{form}"
        return Fact(None, f"{told}；政府设立的高校院所的那部分适用，企业的不适用", ask)
    if _stated(alliance):
        return Fact(True, told)
    if item and kinds & set(item.loose_kinds) and _PRIVATE.search(alliance.income_of):
        return _loose(item, told)
    turns = "政府设立的高校院所的职务科技成果适用，不是的不适用"
    ask = f"请成果持有单位写明是不是政府设立的、是不是职务科技成果{form}"
    if _DENIED.search(alliance.income_of):
        return Fact(False, f"{told}；{turns}{instead}", ask)
    return Fact(None, f"{told}；{turns}", ask)


def _loose(item: ConditionItem, told: str) -> Fact:
    """Of one of whom the word before others may not be meant: what each reading gives."""
    first, second = ("“政府设立的”", "、".join(f"“{_WORDS[kind]}”" for kind in item.loose_kinds))
    turns = (
        f"{first}管不管后面的{second}，条文没有写明：管的话不适用，这份条文没有要求；"
        "不管的话照这里算"
    )
    ask = f"请主管部门明确{first}管不管{second}"
    return Fact(None, f"{told}；{turns}", ask, short=turns)


def _public_money(alliance: Alliance) -> Fact | None:
    """Of what money a result was made, where a note says that it was all of one kind, or a share.

    Of less than half the source does not say whether it is 主要.
    """
    told = [
        "，".join(p.strip() for p in _PIECE.split(c) if _MONEY.search(p))
        for c in wording.CLAUSE.split(alliance.note) if _MADE_WITH.search(c)
    ]  # fmt: skip
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
        own = _OWN_MONEY.search(clause) and (whole or "完成" in clause)
        return Decimal(0) if own else None
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


def _use_right(text: str, told: str) -> Fact:
    """A right of use for so many years, against the ten the source names."""
    written = _USE_YEARS.search(text)
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
        "科研院所" if kind == "其他" and of_state and _INSTITUTE.search(name)
        else _by_last_word(name) if kind == "其他" else kind
        for name, kind in kinds.items()
    }  # fmt: skip


def _by_last_word(name: str) -> MemberKind:
    """What a name that is none (某公办高校, 某民营企业) says of its kind."""
    return next((kind for words, kind in _LAST_WORDS if words.search(name)), "其他")


def _holders(alliance: Alliance) -> Iterator[str]:
    for name in filter(None, map(str.strip, _BETWEEN.split(_BRACKETS.sub("", alliance.income_of)))):
        if name in ("盟主", "盟主企业", "企业", "公司"):
            yield alliance.lead_org if name.startswith("盟主") else "企业公司"
        else:
            yield organisation_of(alliance, name) or name


def _own_rule(alliance: Alliance, agreed: Agreed | None) -> tuple[str, str]:
    """What of a rule or an agreement of its own is told, and where: in the column, or a note."""
    if written := alliance.reward_agreed.strip():
        return written, _told(alliance, _RULE)
    if denied := _NO_RULE_TOLD.search(alliance.note):
        return "没有", f"备注写“{denied[0]}”"
    if agreed is not None and agreed.words.startswith("备注"):
        return agreed.words.removeprefix("备注写"), agreed.words
    return "", f"{_LABELS[_RULE]}未填写"


def _no_own_rule(
    alliance: Alliance, base: Base, item: ConditionItem | None, agreed: Agreed | None
) -> Fact | None:
    """A rule or an agreement of its own goes before the standard, but of what the state set up.

    One about another kind of income alone says nothing of this. None where nothing tells.
    """
    written, told = _own_rule(alliance, agreed)
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
        either = "" if written else "没有规定也没有约定的按这个标准，有的"
        return Fact(True, f"{told}；{whose}：{either}{bound}")
    return _by_own_rule(alliance, base, item, agreed)


def _by_own_rule(
    alliance: Alliance, base: Base, item: ConditionItem | None, agreed: Agreed | None
) -> Fact:
    """The same where the state is not said to have set it up, and it has a rule of its own."""
    written, told = _own_rule(alliance, agreed)
    kinds = _kinds(alliance) if alliance.income_of else set()
    private = bool(_PRIVATE.search(alliance.income_of))
    if private and item and kinds and kinds <= set(item.loose_kinds):
        turns = (
            "“国家设立的”管不管后面的“高等院校”，条文没有写明：管的话有规定或约定的按规定或约定"
            f"{_by_own(alliance, base, agreed)}，不管的话也应当符合这个标准"
        )
        ask = "请主管部门明确“国家设立的”管不管“高等院校”"
        return Fact(None, f"{told}；{turns}", ask, short=turns)
    if (named := _ways_of(written)) and base not in named:
        turns = "没有规定也没有约定的按条文的标准，有的按规定或约定"
        ask = f"请成果完成单位写明{base}有没有规定或约定（联盟表「{_LABELS[_RULE]}」栏）"
        return Fact(None, f"{told}，只写了{'、'.join(named)}的，没有写{base}的：{turns}", ask)
    if kinds and (private or kinds <= {"企业", "金融", "中介"}):
        whose = f"{_told(alliance, _WHOSE)}，不是国家设立的"
        by_own = "有规定或约定的按规定或约定给，不按条文的标准"
        return Fact(
            False, f"{told}；{whose}：{by_own}", short=by_own + _by_own(alliance, base, agreed)
        )
    turns = "国家设立的研究开发机构、高等院校的规定和约定也应当符合这个标准，别的单位按规定或约定"
    ask = f"请成果完成单位写明是谁的收入、是不是国家设立的（联盟表「{_LABELS[_WHOSE]}」栏）"
    if agreed is None:
        ask += f"、规定或约定多少（「{_LABELS[_RULE]}」栏）"
    return Fact(None, f"{told}；{turns}", ask)


def _by_own(alliance: Alliance, base: Base, agreed: Agreed | None) -> str:
    """What an agreement comes to, where it names one share or a sum."""
    income = _INCOMES.get(base)
    if agreed is None or agreed.doubt or agreed.of_reward or not agreed.is_of(base):
        return ""
    if agreed.amount_wan is not None:
        return f"：约定的 {plain(wan(agreed.amount_wan))} 万元"
    (share,) = agreed.shares
    told = sum_in(alliance, income) if income else None
    noted = net_incomes_in(alliance.note) if base == "转让许可净收入" else ()
    if told is not None and told.most_wan is None and len(noted) == 1:
        told = Sum(noted[0], noted[0], "")
    if told is None or told.most_wan is None or told.words:
        return f"：约定的 {plain(share)}%"
    amount = up(wan(told.most_wan) * share / 100)
    due = f"：约定的 {told.plain} × {plain(share)}% = {plain(amount)} 万元"
    if not (paid := wan(paid_in(alliance.note))):
        return due
    left = f"还差 {plain(amount - paid)} 万元" if amount > paid else "不少于它，不差"
    return f"{due}，按备注已付 {plain(paid)} 万元，{left}（请核对已付的）"


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
