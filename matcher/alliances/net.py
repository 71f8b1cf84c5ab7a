"""Incomes a note names: net income, price less costs and taxes; profits by year; a share held."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from matcher.alliances.wording import CLAUSE
from matcher.text.amounts import parse_money

_WAN = r"\d+(?:\.\d+)?\s?(?:万|亿)?元"
_AMOUNT = f"[^\\d，,；;。（(]{{0,8}}?({_WAN})"
_PRICE = re.compile(f"(?:成交额|成交价|合同额|合同金额|转让费|许可费|转让价款){_AMOUNT}")
_COSTS = re.compile(f"(?<!其中)成本{_AMOUNT}")
_TAXES = re.compile(f"(?:税金|税费|税款|纳税|缴税){_AMOUNT}")
_TOTAL = re.compile(f"总(?:投入|投资)[^\\d，,；;。（(%％]{{0,6}}?({_WAN})")
_NET = re.compile(f"净收入[^\\d，,；;。（(%％]{{0,12}}?({_WAN})")
_SUM = re.compile(r"(?<!\d)\d++(?:\.\d++)?\s?(?:万|亿)元?")
_IN_TURN = re.compile(
    r"((?:19|20)\d\d)年?[至到–—-]((?:19|20)\d\d)年[^。；;\d]{0,10}?(?:依次|分别)(?:为|是)?"
    r"((?:\d+(?:\.\d+)?\s?(?:万|亿)元?[、，,和]?)+)"
)
_OF_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?年(?!\s?\d+\s?月)")
_BESIDE_PROFIT = re.compile(f"利润(?:总额)?[^\\d，,；;。（(]{{0,8}}?({_WAN})")
_FIRST_SUM = re.compile(f"(?:(?!收入|销售|成本|费)[^\\d，,；;。（(]){{0,12}}?({_WAN})")
_PAID = re.compile(
    "(?:(?:已经?|只|先|公司|学校|单位|所里)[^，,；;。？?万元]{0,16}?)"
    f"(?:发给|付给|发放|支付|付了|给了|发了|付过|领到|拿到)[^，,；;。\\d%％]{{0,8}}({_WAN})(?!补[助贴]|定金)"
    f"|(?:发给|付给)[^。；;]{{0,10}}共({_WAN})"
    f"|(?<!价)(?<!费)(?<!款)(?:即|共|的)({_WAN})[，,]?(?:已经?|都已)(?:发放|付清|支付|发给|付给)"
    f"|(?:[%％]|比例)[，,]?(?:即|共)({_WAN})[，,]?(?:发了|付了|给了|发给|付给)"
)
_PAID_BY_YEAR = re.compile(
    "(?:发给|付给|发放|支付)[^。；;：:\\d]{0,14}[：:]"
    f"((?:(?:19|20)\\d\\d\\s?年度?{_WAN}[、，,和及]?)+)"
)
_CAPITAL = re.compile(f"注册资本(?:金)?[^\\d，,；;。]{{0,4}}({_WAN})")
_OWN_SHARE = re.compile(
    r"(?:研究所|研究院|大学|高校|学校|学院|本单位|我所|我校|我院|院所)(?:分得?|得)\s?(\d+(?:\.\d+)?)\s?[%％]"
)
_OWN_SUM = re.compile(
    f"(?:研究所|研究院|大学|高校|学校|学院|本单位|我所|我校|我院|院所|自己)(?:已|实际)?分得(?:的)?[^\\d，,；;。]{{0,4}}({_WAN})"
)
_INVESTED = re.compile("作价|入股")
_HELD = re.compile(
    r"(?:占股|持股|占(?:公司|其|该公司|新公司|企业)?(?:的)?(?:股份|股权|股比|出资|注册资本)(?:比例)?(?:为|的)?)"
    r"\s?(\d+(?:\.\d+)?)\s?[%％]"
)
_PUBLIC = re.compile(
    f"(其中|含|包括)?[^，,；;。（()0-9]{{0,14}}财政(?:资金|经费|投入|拨款){_AMOUNT}"
)


def costs_in(note: str) -> dict[str, float]:
    """Price, costs and taxes of a note that names each once, 万元, by cell; else nothing.

    Public money that a result was made with is no cost: it is left out where the note says that
    the costs hold it.

    >>> note = "许可合同成交额500万元，成本120万元（其中研发所用财政资金60万元），税金20万元"
    >>> costs_in(note)
    {'price_wan': 500.0, 'cost_wan': 120.0, 'tax_wan': 20.0, 'public_cost_wan': 60.0}
    """
    found = [pattern.findall(note) for pattern in (_PRICE, _COSTS, _TAXES)]
    if [len(sums) for sums in found] != [1, 1, 1]:
        return {}
    price, costs, taxes = (money_in(sums[0]) for sums in found)
    public = _PUBLIC.findall(note)
    if len(public) > 1 or (public and not public[0][0]):
        return {}
    within = money_in(public[0][1]) if public else 0.0
    told = {"price_wan": price, "cost_wan": costs, "tax_wan": taxes}
    if within > costs or price - (costs - within) - taxes < 0:
        return {}
    return told | ({"public_cost_wan": within} if within else {})


def net_incomes_in(note: str) -> tuple[float, ...]:
    """The net incomes a note names as such, 万元, each once.

    >>> net_incomes_in("净收入已核定为400万元；净收入共72万元")
    (400.0, 72.0)
    """
    return tuple(dict.fromkeys(map(money_in, _NET.findall(note))))


def profits_in(note: str) -> dict[int, float]:
    """By year, the profits a note names, 万元; none where it names two of one year.

    >>> profits_in("实施该成果的营业利润2023年为400万元，2024年为500万元")
    {2023: 400.0, 2024: 500.0}
    >>> profits_in("营业利润2018至2019年依次为2万、3万元，2023年的营业收入30万元、利润6万元")
    {2018: 2.0, 2019: 3.0, 2023: 6.0}
    """
    found: dict[int, set[float]] = {}
    for clause in CLAUSE.split(note):
        for year, amount in _profits_of(clause) if "利润" in clause else ():
            found.setdefault(year, set()).add(money_in(amount))
    return {year: sums.pop() for year, sums in found.items() if len(sums) == 1}


def _profits_of(clause: str) -> Iterator[tuple[int, str]]:
    """The profits of a clause by year: beside 利润, or in a list of years, or of many in turn."""
    for row in _IN_TURN.finditer(clause):
        years = range(int(row[1]), int(row[2]) + 1)
        sums = _SUM.findall(row[3])
        if len(sums) == len(years):
            yield from zip(years, (one if "元" in one else f"{one}元" for one in sums), strict=True)
    rest = _IN_TURN.sub("", clause)
    starts = list(_OF_YEAR.finditer(rest))
    for place, start in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(rest)
        part = rest[start.end() : end]
        beside = _BESIDE_PROFIT.search(part)
        listed = "利润" in rest[: start.start()] and _FIRST_SUM.match(part)
        if found := beside or listed:
            yield int(start[1]), found[1]


def paid_by_year_in(note: str) -> dict[int, float]:
    """What a note says was paid of a reward already by year, 万元.

    >>> paid_by_year_in("已发给团队：2021年度40万元、2022年度50万元")
    {2021: 40.0, 2022: 50.0}
    """
    listed = _PAID_BY_YEAR.search(note)
    sums = re.findall(rf"((?:19|20)\d\d)\s?年度?({_WAN})", listed[1]) if listed else ()
    return {int(year): money_in(amount) for year, amount in sums}


def paid_in(note: str) -> float:
    """What a note says was paid of a reward already, 万元, all of it.

    >>> paid_in("学校5月已就此项目发给我10万元奖励"), paid_in("合同价200万元已付清，领到10万元补助")
    (10.0, 0.0)
    >>> paid_in("已发给团队：2021年度40万元、2022年度40万元"), paid_in("以75%即150万元发了奖励")
    (80.0, 150.0)
    """
    if by_year := paid_by_year_in(note):
        return sum(by_year.values(), 0.0)
    sums = [one for found in _PAID.findall(note) for one in found if one]
    return sum(map(money_in, dict.fromkeys(sums)), 0.0)


def capital_in(text: str) -> float | None:
    """The registered capital a text names, 万元, where it names one."""
    return _the_one(map(money_in, _CAPITAL.findall(text)))


def own_part_in(text: str) -> tuple[float | None, float | None]:
    """What a text says one's own part of a profit or an income is: per cent, 万元.

    >>> own_part_in("约定营业利润研究所分30%、丙公司分70%，研究所已分得300万元")
    (30.0, 300.0)
    >>> own_part_in("奖励按净收入的50%发")
    (None, None)
    """
    share = _the_one(map(float, _OWN_SHARE.findall(text)))
    return share, _the_one(map(money_in, _OWN_SUM.findall(text)))


def total_in(note: str) -> float | None:
    """The total investment of a project a note names, 万元, where it names one.

    >>> total_in("我们的项目总投入4000万元，其中设备500万元")
    4000.0
    """
    return _the_one(map(money_in, _TOTAL.findall(note)))


def equity_in(note: str) -> float | None:
    """How much of a company a result became, in per cent, where a note says one figure.

    >>> equity_in("研究所以成果作价1000万元，研究所因此占股25%")
    25.0
    """
    if not _INVESTED.search(note):
        return None
    return _the_one(map(float, _HELD.findall(note)))


def _the_one(figures: Iterable[float]) -> float | None:
    """The figure that is told; None where none is, or several that differ."""
    found = set(figures)
    return found.pop() if len(found) == 1 else None


def money_in(text: str) -> float:
    """A sum of a note, 万元; nought where it is none."""
    money = parse_money(text)
    return 0.0 if money is None or money.high is None else money.high
