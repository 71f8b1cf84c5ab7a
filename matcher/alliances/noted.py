"""What an alliance's words tell of items no column is for: they are quoted, not judged.

A year that is plainly named decides how long an item holds from it on; words a rule names keep
out what it keeps out.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from matcher.alliances.wording import CLAUSE, PLANNED
from matcher.policy import Fact, PolicyPack
from matcher.policy.rules import ConditionItem, CreditCheck
from matcher.records import headers
from matcher.records.alliance import Alliance

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_CREDIT = re.compile("诚信|失信|信用")
_CLEAN = re.compile("(?:无|没有|未).{0,6}(?:失信|不良|记录|记入)|(?:诚信|信用).{0,4}(?:良好|正常)")
_DENIED = re.compile("没|未(?!来)|不")
# Right before the words that raise an item.
_DENIES = re.compile("(?:没有?|未|不是|不|并非|非)[^，,；;。、（(]{0,4}$")
_WORDS = ("income_of", "reward_agreed", "equity_share", "talent_kind")
_LABELS = {field: mark.name for field, mark in headers(Alliance)}


def noted_facts(
    pack: PolicyPack, note: str, year: int | None, known: Collection[str]
) -> dict[str, Fact]:
    """What the note says of the pack's items, by key.

    Args:
        pack: whose items name the words to look for.
        note: of the record.
        year: that is asked about.
        known: keys of items that columns tell of.
    """
    items = {i.key: i for p in pack.programme for i in p.items if i.noted and i.key not in known}
    found = {}
    for key, item in items.items():
        pattern = re.compile(item.noted)
        if said := "；".join(c.strip() for c in CLAUSE.split(note) if pattern.search(c)):
            found[key] = _quoted(item, said) if item.years is None else _dated(item, said, year)
    return found


def raised_facts(pack: PolicyPack, alliance: Alliance) -> dict[str, Fact]:
    """Items that hold of themselves but where a record's words raise them, by key.

    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", income_of="浙江某研究院（政府设立，2019年改制为企业）")
    >>> raised_facts(shipped_pack("zhejiang-2021"), one)["not_reformed"].holds
    False
    """
    places = [(f"联盟表：{_LABELS[field]}=", getattr(alliance, field)) for field in _WORDS]
    places += [("备注写", clause.strip()) for clause in CLAUSE.split(alliance.note)]
    return {
        item.key: _raised(item, places)
        for programme in pack.programme for item in programme.items if item.unless
    }  # fmt: skip


def _raised(item: ConditionItem, places: list[tuple[str, str]]) -> Fact:
    pattern = re.compile(item.unless)
    for where, text in places:
        for found in pattern.finditer(text):
            if not _DENIES.search(text[: found.start()]):
                said = f"{where}“{text}”" if where == "备注写" else where + text
                return Fact(False if item.bars else None, f"{said}；{item.open}", item.ask)
    return Fact(True, tacit=True)


def credit_in(pack: PolicyPack, note: str, year: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a note tells of a record of broken trust: why nothing may be had, what is to be checked.

    >>> from matcher.policy import shipped_pack
    >>> credit_in(shipped_pack("luoyang-2019"), "2018年记入科研诚信档案", 2020)[1][0][:21]
    '信用（备注写“2018年记入科研诚信档案”'
    """
    said = "；".join(
        c.strip() for c in CLAUSE.split(note) if _CREDIT.search(c) and not _CLEAN.search(c)
    )
    check = next((c for c in pack.check if isinstance(c, CreditCheck)), None)
    if check is None or not said:
        return (), ()
    told = f"信用（备注写“{said}”；条文写的是：{check.text}"
    ask = "请主管部门核对科研诚信档案"
    years = {int(named) for named in _YEAR.findall(said)}
    if check.years is None or len(years) != 1:
        return (), (f"{told}；在期限里的不能申报，不在的可以）→ {ask}",)
    (start,) = years
    end = start + check.years
    month = re.search(rf"{start}\s?年\s?(\d{{1,2}})\s?月", said)
    until = f"{end} 年" + (f" {int(month[1])} 月" if month else "")
    if year > end:
        return (), ()
    if year == end:
        turns = f"到 {until}满 {check.years} 年，满了以后可以申报，以前不能"
        return (), (f"{told}；{turns}{_of_whom(check)}）→ {ask}",)
    if check.whose:
        turns = f"到 {until}满 {check.years} 年，{year} 年还在期限里"
        return (), (f"{told}；{turns}{_of_whom(check)}）→ {ask}，写明记入的是谁",)
    return (
        f"{told}；到 {until}满 {check.years} 年，{year} 年还在期限里）→ {ask}，写错的请改正",
    ), ()


def _of_whom(check: CreditCheck) -> str:
    """Whom it bars by the source, where that is not the organisation that asks."""
    if not check.whose:
        return ""
    return f"：条文写的是{check.whose}，记入的人不能申报，单位和没有记入的人能不能申报没有写"


def _quoted(item: ConditionItem, said: str) -> Fact:
    """Whose words they are is for a person to see."""
    ask = item.ask.replace("写明", "核对备注写的", 1)
    return Fact(None, "；".join(filter(None, (f"备注写“{said}”", item.open))), ask)


def _dated(item: ConditionItem, said: str, year: int | None) -> Fact:
    """Whether it still holds in a year, where the note names one year and says it came about."""
    years = {int(told) for told in _YEAR.findall(said)}
    plain = len(years) == 1 and not PLANNED.search(said) and not _DENIED.search(said)
    if item.years is None or year is None or not plain:
        return Fact(None, f"备注写“{said}”，看不出是哪一年", item.ask)
    (start,), (least, most) = years, item.years
    told = f"备注写“{said}”，{most} 年算到 {start + most} 年"
    if year > start + most:
        ask = f"请成果完成单位核对备注写的 {start} 年"
        return Fact(False, f"{told}，{year} 年已过，条文不再适用", ask)
    if start <= year < start + least:
        return Fact(True, told)
    turns, ask = _turns(item, said, start, year)
    return Fact(None, f"{told}；{turns}", ask)


def _turns(item: ConditionItem, said: str, start: int, year: int) -> tuple[str, str]:
    """What it hangs on in a year that is not plainly within, and whom to ask."""
    assert item.years is not None
    least, most = item.years
    if year < start:
        return f"{year} 年还没有开始", item.ask
    if least < most and year < start + most:
        turns = f"满 {least} 年以后到第几年由单位定：定到这一年的话在内，没有的话不在内"
        return turns, f"请成果完成单位写明定了几年（{least} 到 {most} 年，联盟表「备注」栏）"
    if month := re.search(rf"{start}\s?年\s?(\d{{1,2}})\s?月", said):
        turns = f"到 {year} 年 {int(month[1])} 月满 {year - start} 年：以前的在内，以后的不在内"
        return turns, "请成果完成单位写明这一年到那时为止的数（联盟表「成果营业利润(万元)」栏）"
    return "这一年在不在内看是几月投产", "请成果完成单位写明几月投产（联盟表「备注」栏）"
