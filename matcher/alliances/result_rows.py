"""What a row of 成果收益 says of the items a rule on rewards asks for; a blank says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from matcher.alliances.deciding import (
    Holder,
    no_own_rule,
    no_title,
    public_holder,
    public_money,
    research_holder,
    use_right,
    within_years,
)
from matcher.alliances.members import RESEARCH, kind_of_member
from matcher.alliances.periods import Start, day_words, is_day, side_of
from matcher.alliances.totals import ends_in
from matcher.corpora.headers.originals import ORIGINAL
from matcher.policy import Fact, PolicyPack
from matcher.policy.amounts import plain, up, wan
from matcher.policy.means import unknown
from matcher.policy.rules import Base, ConditionItem, Programme
from matcher.records.alliance import Income

_PROFIT = ("自行实施", "合作实施")
_KEYS: Mapping[str, str] = {
    "转让": "licence_income", "许可": "licence_income", "转让或许可": "licence_income",
    "作价投资": "equity",
    "自行实施": "operating_profit", "合作实施": "operating_profit",
    "按份共有": "shared_title", "共同共有": "joint_title", "使用权": "use_right",
}  # fmt: skip
READ_FROM, PAID_IN_ALL = "读自", "合计已付"
"""Of a row that was read from older columns and notes: by cell the words, and what is of all."""
_BEFORE_START = re.compile("(?<!不是)(?:投产(?:以|之)?前|尚?未投产|试产|试制|试销)")
SHARES, UNSURE, OF_REWARD = "约定的份额", "约定的疑问", "奖励总额里的份额"
"""Of what was agreed: shares nobody tells apart, why not, and those of a whole reward."""
_BASES: Mapping[str, Base] = {
    "licence_income": "转让许可净收入", "equity": "股份或出资", "operating_profit": "营业利润",
    "shared_title": "科技成果所有权",
}  # fmt: skip
_SHEET = "成果收益表"
_COLUMNS = (
    "成果收益表「投产日期」栏",
    "成果收益表「约定奖励年数」栏",
    "成果收益表「营业利润(万元)」栏",
)
_RESEARCH_NAME = re.compile("(?:高校|院校|大学|学院|研究[所院]|科研机构|院所)$")
_WHICH_DAY = "请主管部门明确按签约、到账还是发奖励那天算"
_DAY = re.compile(
    r"\s*((?:19|20)\d\d)\s*[-/.年]?\s*(?:(\d{1,2})\s*[-/.月]?\s*(?:(\d{1,2})\s*日?)?)?(?:度|底|初)?"
    r"(?:[T\s]+\d{1,2}:\d{2}.*)?\s*"
)


def programme_for(pack: PolicyPack, row: Income) -> Programme | None:
    """The programme that rules on what a row is of, where a pack has one."""
    key = _KEYS.get(row.way)
    return next((p for p in pack.programme if any(i.key == key for i in p.items)), None)


def base_of(row: Income) -> Base | None:
    """The income a share of it is of."""
    return _BASES.get(_KEYS.get(row.way, ""))


def key_of(programme: Programme) -> str | None:
    """The item that tells which rows it rules on; None where it is none of these."""
    return next((item.key for item in programme.items if item.key in _KEYS.values()), None)


def is_read(row: Income) -> bool:
    """Whether it was read from older columns and notes."""
    return READ_FROM in row.extra


def is_told(row: Income) -> bool:
    """Whether anything tells of such an income or title at all."""
    cells = (row.net_wan, row.price_wan, row.profit_wan, row.equity_wan, row.equity_percent,
             row.maker_percent, row.use_years)  # fmt: skip
    titles = ("按份共有", "共同共有", "使用权")
    none = row.agreed == "没有" and (row.way != titles[0] or bool(row.note))
    of_title = row.way in titles and bool(row.agreed) and not none
    ranges = any(key.endswith(ORIGINAL) for key in row.extra)
    return not is_read(row) or of_title or ranges or any(cell is not None for cell in cells)


def ends_of(row: Income) -> tuple[Decimal | None, Decimal | None, str]:
    """The ends of an income whose cell is no plain number, and the words that stand there."""
    name = {"转让许可净收入": "净收入(万元)", "营业利润": "营业利润(万元)"}.get(
        base_of(row) or "", ""
    )
    amount = net_of(row)[0] if name.startswith("净") else (
        None if row.profit_wan is None else wan(row.profit_wan)
    )  # fmt: skip
    written = str(row.extra.get(f"{name}{ORIGINAL}", "")) if name else ""
    told = ends_in(None if amount is None else float(amount), written)
    if not told.words:
        return amount, amount, ""
    ends = (None if end is None else wan(end) for end in (told.least_wan, told.most_wan))
    return *ends, told.words  # type: ignore[return-value]


def day_of(text: str) -> Start | None:
    """A day as exactly as a cell has it; None where it is none.

    >>> day_of("2021年3月").month, day_of("2021-01-01 00:00:00").day, day_of("去年")
    (3, 1, None)
    """
    found = _DAY.fullmatch(text) if text else None
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    return Start(year or 1, month, day, text) if is_day(year or 1, month, day) else None


def holders_of(row: Income) -> tuple[str, ...]:
    """Who holds it, one by one.

    >>> holders_of(Income(holder="广东某民营企业；某研究所"))
    ('广东某民营企业', '某研究所')
    """
    return tuple(filter(None, map(str.strip, re.split("[；;、，,]", row.holder))))


def when_of(row: Income) -> str:
    """What tells a row from others of one result: its year, or a day."""
    if row.year:
        return f"{row.year} 年"
    day = day_of(row.received) or day_of(row.signed)
    return _in_words(day) if day else ""


def label_of(row: Income) -> str:
    """What a person calls a row."""
    name = f"“{row.result}”" if row.result else ""
    return "，".join(filter(None, (name, when_of(row), row.way or "转化方式未填写")))


def net_of(row: Income) -> tuple[Decimal | None, str]:
    """Net income and how it came about: as it stands, or price less costs and taxes.

    >>> net_of(Income(price_wan=500, cost_wan=120, public_cost_wan=60, tax_wan=20))
    (Decimal('420.0'), '成交额 500 − 成本（120 − 财政资金 60） − 税金 20 = 420')
    """
    if row.net_wan is not None:
        return wan(row.net_wan), plain(wan(row.net_wan))
    if None in (row.price_wan, row.cost_wan, row.tax_wan):
        return None, ""
    price, cost, tax = (wan(one or 0) for one in (row.price_wan, row.cost_wan, row.tax_wan))
    public = wan(row.public_cost_wan or 0)
    told = f"（{plain(cost)} − 财政资金 {plain(public)}）" if public else f" {plain(cost)}"
    left = price - (cost - public) - tax
    return left, f"成交额 {plain(price)} − 成本{told} − 税金 {plain(tax)} = {plain(left)}"


def equity_of_row(row: Income) -> tuple[Decimal | None, Decimal | None]:
    """What it became: 万元, and per cent of the company."""
    capital = None if row.capital_wan is None else wan(row.capital_wan)
    worth = None if row.equity_wan is None else wan(row.equity_wan)
    held = None if row.equity_percent is None else wan(row.equity_percent)
    if worth is None and capital is not None and held is not None:
        worth = capital * held / 100
    if held is None and capital and worth is not None:
        held = worth * 100 / capital
    return worth, held


def facts_of_row(
    pack: PolicyPack, programme: Programme, row: Income, year: int, known: Mapping[str, Fact]
) -> dict[str, Fact]:
    """Every item of a programme by what a row says; of items no column is for, ``known``."""
    facts = {}
    for item in programme.items:
        told = _TOLD.get(item.key)
        noted = known.get(item.key) if told is None or _is_blank(row, item.key) else None
        facts[item.key] = noted or (told(row, item, year) if told else unknown(item))
    if "not_reformed" in facts and row.holder_kind == "改制为企业的科研机构":
        facts["public_holder"] = _is_service(row)  # the other item says what holds of it
    facts["in_force"] = in_force(pack, programme, row, year)
    return facts


def _is_blank(row: Income, key: str) -> bool:
    """Whether a row has nothing in the cell for an item, so that a note may tell of it."""
    reformed = row.reformed or row.holder_kind == "改制为企业的科研机构"
    cells: Mapping[str, object] = {
        "public_holder": row.holder or row.holder_kind, "within_years": row.started,
        "not_reformed": reformed, "no_title_given": row.title,
        "public_money": row.public_percent is not None,
        "no_great_interest": row.great_interest != "未知",
    }  # fmt: skip
    return not cells.get(key, True)


def in_force(pack: PolicyPack, programme: Programme, row: Income, year: int) -> Fact:
    """Whether what a row is of came under the text that was read: its days decide."""
    source = pack.sources[programme.source]
    since, first = source.since, source.effective
    if since is None or first is None or is_read(row):
        return Fact(True, tacit=True)  # of what was read the notes' days decide
    days = dict(_days(row, year))
    sides = {
        name: side_of(day, first if name == "投产日期" else since) for name, day in days.items()
    }
    told = "、".join(f"{name} {_in_words(day)}" for name, day in days.items())
    if set(sides.values()) == {"以后"}:
        return Fact(True, tacit=True)
    ask = "请主管部门明确按哪一天、按不按这部条文"
    if all(side_of(day, first) == "以后" for day in days.values()):
        turns = f"所收的是 {since} 修正的文本，{told}那时的没有读到：那时也这样写的话照这里算"
        return Fact(None, turns, ask, short=turns)
    if set(sides.values()) == {"以前"}:
        words = f"{told}在 {first} 施行以前，不按它；那时的规定没有读到"
        return Fact(False, words, "请主管部门明确当年的规定", short=words)
    turns = f"{told}，{first} 起施行：{_by_side(sides, '施行')}施行以后的照这里算，以前的不按它"
    return Fact(None, turns, ask, short=turns)


def _days(row: Income, year: int) -> list[tuple[str, Start]]:
    if row.way in _PROFIT:
        named = [
            ("投产日期", day_of(row.started)),
            ("年份", Start(row.year or year, None, None, "")),
        ]
    else:
        named = [("合同日期", day_of(row.signed)), ("到账日期", day_of(row.received))]
    found = [(name, day) for name, day in named if day is not None]
    return found or [("年份", Start(row.year or year, None, None, ""))]


def _in_words(day: Start) -> str:
    return day_words(day.year, day.month, day.day)


def _years(row: Income, item: ConditionItem, year: int) -> Fact:
    """Whether a year is within so many from the day production began."""
    start = day_of(row.started)
    if item.years is None or start is None:
        return Fact(None, item.open, f"请成果完成单位写明哪天投产（{_SHEET}「投产日期」栏）")
    told = f"投产 {_in_words(start)}"
    if row.year == start.year and (before := _BEFORE_START.search(row.note)):
        words = f"{told}；行备注写“{before[0]}”：投产以前的不算"
        return Fact(False, words, short="投产以前的")
    return within_years(told, start, row.year or year, item.years, _COLUMNS, row.agreed_years)


def _who(row: Income) -> str:
    return f"{row.holder or '完成单位'}（{row.holder_kind or '单位性质未填写'}）"


def _is_service(row: Income) -> Fact:
    """By the two ways in which a result is one of the job."""
    if row.service in ("否", "两样都不是"):
        words = f"职务成果={row.service}：不是职务科技成果，条文不管"
        return Fact(False, words, short=words)
    if row.service == "主要利用单位物质技术条件":
        words = "主要利用单位的物质技术条件完成的也是职务科技成果，不必是单位下达的任务"
        return Fact(True, words)
    if row.service:
        return Fact(True, f"职务成果={row.service}")
    return Fact(None, "是不是职务科技成果没有填", f"请写明是不是职务成果（{_SHEET}「职务成果」栏）")


def _of_row(row: Income) -> Holder:
    ask = f"请写明完成单位的性质（{_SHEET}「单位性质」栏）"
    return Holder(_who(row), row.holder_kind, _is_service(row), ask)


def _holder(row: Income, item: ConditionItem, year: int) -> Fact:
    return public_holder(_of_row(row), item)


_UNHEARD = re.compile("(?:没有?|未)[^，。；]{0,8}(?:听取|征求|征询|公开|公示)")
_UNHEARD_RULE = (
    "单位定规定应当充分听取本单位科技人员的意见并公开，没有这样做的还算不算数，条文没有写："
    "算的话按规定给"
)


def _no_own_rule(row: Income, item: ConditionItem, year: int) -> Fact:
    has = None if not row.agreed else row.agreed != "没有"
    ask = f"请写明有没有规定或约定、多少（{_SHEET}「奖励规定或约定」栏）"
    fact = no_own_rule(_of_row(row), item, has, ask, _by_own(row) if _is_loose(row) else "")
    if fact.holds is False and row.agreed == "单位规定" and _UNHEARD.search(row.note):
        turns = f"{_UNHEARD_RULE}{_by_own(row)}，不算的话按这个标准"
        return Fact(None, turns, "请问本单位和主管部门：这样的规定算不算数", short=turns)
    blank = (row.agreed_percent, row.agreed_wan) == (None, None) and SHARES not in row.extra
    if has and blank and fact.ask:
        share = f"请写明规定或约定多少（{_SHEET}「约定奖励比例(%)」栏）"
        return replace(fact, ask=f"{fact.ask}；{share}")
    return fact


def _is_loose(row: Income) -> bool:
    return row.holder_kind in ("民办高校", "民办科研机构")


def _by_own(row: Income) -> str:
    """What an agreement comes to, where it names one share of a net income."""
    amount = net_of(row)[0]
    if amount is None or row.agreed_percent is None:
        return ""
    share = wan(row.agreed_percent)
    due = plain(up(amount * share / 100))
    return f"：约定的 {plain(amount)} × {plain(share)}% = {due} 万元"


def _research_holder(row: Income, item: ConditionItem, year: int) -> Fact:
    """By its kind; where that is blank, by its name."""
    by_name = kind_of_member(row.holder) in RESEARCH or _RESEARCH_NAME.search(row.holder)
    return _is_service(row) if by_name and not row.holder_kind else research_holder(_of_row(row))


def _public_money(row: Income, item: ConditionItem, year: int) -> Fact:
    if row.public_percent is None:
        return Fact(None, item.open, f"请写明财政资金占多少（{_SHEET}「财政资金占比(%)」栏）")
    return public_money(wan(row.public_percent))


def _title(row: Income, item: ConditionItem, year: int) -> Fact:
    """A title that was agreed on; nobody may ask for one alone."""
    told = (row.maker_percent, row.use_years, row.signed or None)
    if row.agreed == "没有" and told == (None, None, None):
        other = is_read(row) and row.note
        return Fact(False, row.note, short=row.note) if other else no_title()
    if not is_told(row):
        return Fact(None, item.open, f"请写明有没有约定（{_SHEET}「奖励规定或约定」栏）")
    if row.way == "使用权":
        ask = f"请写明多少年（{_SHEET}「使用权年限」栏）"
        if row.use_years is not None:
            ask = "请双方改约，使用权不少于十年"
        return use_right(row.use_years, f"使用权 {row.use_years} 年", ask)
    return Fact(True, f"约定{row.way}")


def _no_great_interest(row: Income, item: ConditionItem, year: int) -> Fact:
    if row.great_interest == "是":
        words = "影响国家安全、国家利益或重大社会公共利益的不能约定"
        return Fact(False, words, short=words)
    return Fact(True, tacit=row.great_interest == "未知", basis="不影响国家安全、公共利益")


def _not_reformed(row: Income, item: ConditionItem, year: int) -> Fact:
    """That it was no enterprise yet: of what came before the day it became one, it holds."""
    day = day_of(row.reformed)
    if day is None:
        reformed = row.holder_kind == "改制为企业的科研机构"
        short = item.instead if reformed else ""
        return Fact(not reformed, short, tacit=not reformed, short=short)
    days = dict(_days(row, year))
    sides = {name: side_of(one, day.first) for name, one in days.items()}
    told = "、".join(f"{name} {_in_words(one)}" for name, one in days.items())
    if set(sides.values()) == {"以前"}:
        turns = (
            f"{told}，在 {_in_words(day)} 改制以前，按那天算的话照这里算；"
            f"改制以后才发、按发奖励那天算的话，{item.instead}；按哪一天条文没有写"
        )
        return Fact(None, turns, _WHICH_DAY, short=turns)
    if set(sides.values()) == {"以后"}:
        words = f"{told}，已改制（{_in_words(day)}）；{item.instead}"
        return Fact(False, words, short=words)
    turns = (
        f"{told}，{_in_words(day)} 改制：{_by_side(sides, '改制')}改制以前的照这里算；"
        f"以后的，{item.instead}"
    )
    return Fact(None, turns, _WHICH_DAY, short=turns)


def _by_side(sides: Mapping[str, str], what: str) -> str:
    """Which of the days is on which side, where they are on both."""
    early = "、".join(name for name, side in sides.items() if side == "以前")
    late = "、".join(name for name, side in sides.items() if side == "以后")
    return f"{early}在{what}以前、{late}在以后，按哪一天条文没有写；" if early and late else ""


def _no_title_given(row: Income, item: ConditionItem, year: int) -> Fact:
    if row.title == "得了份额，没有要求比例奖励":
        return Fact(False, item.instead, short=item.instead)
    asked = row.title == "得了份额，要求比例奖励"
    return Fact(True, item.open if asked else "", tacit=not asked)


def _income(row: Income, item: ConditionItem, year: int) -> Fact:
    key = _KEYS[row.way]
    amount = net_of(row)[0] if key == "licence_income" else (
        None if row.profit_wan is None else wan(row.profit_wan)
    )  # fmt: skip
    name = "净收入" if key == "licence_income" else "营业利润"
    if words := ends_of(row)[2]:
        turns = f"{name}写作“{words}”，不是一个数"
        return Fact(None, turns, f"请写明{name}是多少，一个数（{_SHEET}「{name}(万元)」栏）")
    if amount is None:
        first = "算定后" if key == "licence_income" and row.price_wan is not None else ""
        return Fact(None, f"{name}未填写", f"请{first}填写{name}（{_SHEET}「{name}(万元)」栏）")
    words = f"{name} {plain(amount)} 万元"
    return Fact(amount > 0, words, short="" if amount > 0 else f"{words}，没有可以提取的")


def _equity(row: Income, item: ConditionItem, year: int) -> Fact:
    if row.equity_percent == 0:
        return Fact(False, "没有作价投资", short="没有作价投资")
    if not is_told(row):
        turns = row.note or item.open
        return Fact(None, turns, f"请写明有没有作价投资、占多少（{_SHEET}「股份占公司(%)」栏）")
    return Fact(True, f"作价投资（{_SHEET}）")


def _service_item(row: Income, item: ConditionItem, year: int) -> Fact:
    service = _is_service(row)
    return service if service.holds is not None else Fact(True, tacit=True)


_TOLD: Mapping[str, Callable[[Income, ConditionItem, int], Fact]] = {
    "licence_income": _income, "operating_profit": _income, "equity": _equity,
    "within_years": _years, "public_holder": _holder, "research_holder": _research_holder,
    "service_result": _service_item, "no_own_rule": _no_own_rule,
    "no_own_rule_equity": _no_own_rule, "no_own_rule_profit": _no_own_rule,
    "not_reformed": _not_reformed, "no_title_given": _no_title_given,
    "public_money": _public_money, "shared_title": _title, "joint_title": _title,
    "use_right": _title, "no_great_interest": _no_great_interest,
}  # fmt: skip
