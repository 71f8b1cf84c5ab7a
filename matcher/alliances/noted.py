"""What an alliance's words tell of items no column is for: they are quoted, not judged.

A year that is plainly named decides how long an item holds from it on; words a rule names keep
out what it keeps out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from matcher.alliances.periods import (
    Start,
    day_words,
    days_in,
    side_of,
    start_in,
    years_after,
)
from matcher.alliances.wording import CLAUSE, PIECE
from matcher.policy import Fact, PolicyPack
from matcher.policy.rules import ConditionItem, CreditCheck
from matcher.records import headers
from matcher.records.alliance import Alliance

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ALL_MET = re.compile(
    "(?<!不)(?<!没有)(?<!未)(?<!是否)(?:符合|满足|具备)"
    "(?:联盟|组建|基本|三项|各项|全部|所有|申请|申报|规定|上述|其[他余]|的){0,5}条件(?!吗)"
    "|条件[^，,。；]{0,3}(?:都|均|全部|已)[^，,。；不未没]{0,3}(?:符合|满足|具备|齐)"
)
_IN_FORCE = re.compile(
    "仍[照按]|仍然?(?:有效|执行|适用|实行)|继续(?:执行|有效|实行)|照[^，,。；]{0,10}执行|延续"
)
_UNSURE = re.compile("不[再知]|是否|能否|[吗？?]|不清楚")
_CREDIT = re.compile("诚信|失信|信用")
_CLEAN = re.compile("(?:无|没有|未).{0,6}(?:失信|不良|记录|记入)|(?:诚信|信用).{0,4}(?:良好|正常)")
# Right before the words that raise an item.
_DENIES = re.compile("(?:没有?|未|不是|不|并非|非)[^，,；;。、（(]{0,10}$")
_WORDS = ("income_of", "reward_agreed", "equity_share", "talent_kind")
_LABELS = {field: mark.name for field, mark in headers(Alliance)}


def noted_facts(pack: PolicyPack, note: str, known: Collection[str]) -> dict[str, Fact]:
    """What the note says of the pack's items, by key.

    Args:
        pack: whose items name the words to look for.
        note: of the record.
        known: keys of items that columns tell of.
    """
    items = {item.key: item for item in pack.items if item.noted and item.key not in known}
    found = {}
    for key, item in items.items():
        pattern = re.compile(item.noted)
        if said := "；".join(c.strip() for c in CLAUSE.split(note) if pattern.search(c)):
            found[key] = _quoted(item, said)
    return found


def as_noted(facts: Mapping[str, Fact], keys: Collection[str], note: str) -> dict[str, Fact]:
    """Conditions nobody filled in that a note says are met; one that is not met is contradicted.

    >>> known = {"a": Fact(None), "b": Fact(False, "独立法人=否")}
    >>> told = as_noted(known, {"a", "b"}, "联盟符合组建基本条件")
    >>> told["a"].holds, told["a"].basis, told["b"].basis
    (True, '按备注所说：“联盟符合组建基本条件”', '独立法人=否；备注却写“联盟符合组建基本条件”')
    """
    said = next((c.strip() for c in PIECE.split(note) if _ALL_MET.search(c)), "")
    if not said:
        return {}
    found = {}
    for key in keys:
        fact = facts.get(key, Fact(None))
        if fact.holds is None:
            found[key] = Fact(True, f"按备注所说：“{said}”")
        elif fact.holds is False:
            found[key] = replace(fact, basis=f"{fact.basis}；备注却写“{said}”")
    return found


def still_in_force(note: str) -> str:
    """What a note says of rules that hold on in a later year."""
    said = (c.strip() for c in CLAUSE.split(note))
    return next((c for c in said if _IN_FORCE.search(c) and not _UNSURE.search(c)), "")


def raised_facts(pack: PolicyPack, alliance: Alliance) -> dict[str, Fact]:
    """Items that hold of themselves but where a record's words raise them, by key.

    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", income_of="浙江某研究院（政府设立，2019年改制为企业）")
    >>> raised_facts(shipped_pack("zhejiang-2021"), one)["not_reformed"].holds
    False
    """
    places = [(f"联盟表：{_LABELS[field]}=", getattr(alliance, field)) for field in _WORDS]
    places += [("备注写", clause.strip()) for clause in CLAUSE.split(alliance.note)]
    return {item.key: _raised(item, places) for item in pack.items if item.unless}


def _raised(item: ConditionItem, places: list[tuple[str, str]]) -> Fact:
    pattern = re.compile(item.unless)
    for where, text in places:
        for found in pattern.finditer(text):
            if not _DENIES.search(_before(item, text[: found.start()])):
                said = f"{where}“{text}”" if where == "备注写" else where + text
                columns = "\n".join(told for at, told in places if at != "备注写")
                own = _settled(item, said, columns)
                if own.holds is not None and _speaks(item, columns):
                    return own
                return _settled(item, said, "\n".join(told for _, told in places))
    return Fact(True, tacit=True)


def _before(item: ConditionItem, text: str) -> str:
    """What stands before words that raise an item, those before them in one list left out."""
    listed = re.compile(f"(?:{item.unless})[^，,；;。、（(]{{0,6}}[、和与][^，,；;。、（(]{{0,4}}$")
    while found := listed.search(text):
        text = text[: found.start()]
    return text


def _speaks(item: ConditionItem, text: str) -> bool:
    """Whether words that settle an item stand there."""
    return any(words and re.search(words, text) for words in (item.out_if, item.in_if))


def _settled(item: ConditionItem, said: str, text: str) -> Fact:
    """One that was raised: by the words that settle it, where only those of one side stand."""
    out = re.search(item.out_if, text) if item.out_if else None
    kept = re.search(item.in_if, text) if item.in_if else None
    if kept and not out:
        return Fact(True, f"{said}；写明“{kept[0]}”")
    if out and not kept:
        basis = f"{said}；写明“{out[0]}”；{item.open}"
        return Fact(False, basis, item.ask, short=item.instead)
    return Fact(False if item.bars else None, f"{said}；{item.open}", item.ask, short=item.instead)


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
    recorded = start_in(said, _CREDIT.pattern)
    if recorded and recorded.day:
        on = day_words(recorded.year, recorded.month, recorded.day)
        ask = f"请主管部门核对科研诚信档案，是不是 {on} 记入的"
    years = {recorded.year} if recorded else {int(named) for named in _YEAR.findall(said)}
    if check.years is None or len(years) != 1:
        turns = "在期限里的不能申报，不在的可以"
        if check.years is None:
            turns = "限几年、哪些不能申报没有写，由主管部门依法依规定"
        return (), (f"{told}；{turns}）→ {ask}",)
    (start,) = years
    end = start + check.years
    month, day = (recorded.month, recorded.day) if recorded else (None, None)
    until = day_words(end, month, day)
    if year > end:
        return (), ()
    if year == end:
        turns = f"到 {until}满 {check.years} 年，满了以后可以申报，以前不能"
        turns += _asked_on(note, recorded, end)
        return (), (f"{told}；{turns}{_of_whom(check)}）→ {ask}",)
    if check.whose:
        turns = f"到 {until}满 {check.years} 年，{year} 年还在期限里"
        return (), (f"{told}；{turns}{_of_whom(check)}）→ {ask}，写明记入的是谁",)
    return (
        f"{told}；到 {until}满 {check.years} 年，{year} 年还在期限里）→ {ask}，写错的请改正",
    ), ()


def credit_of(pack: PolicyPack, alliance: Alliance, year: int) -> str:
    """What columns tell of broken trust, held against a pack's term: the answer; else empty.

    >>> from datetime import date
    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", credit_on="2021-10-15", credit_of="申报人本人",
    ...                filed_on="2026-04-20")
    >>> credit_of(shipped_pack("luoyang-2019"), one, 2026)[:34]
    '结论：申报人本人 2021-10-15 记入，到 2026-10-1'
    """
    check = next((c for c in pack.check if isinstance(c, CreditCheck)), None)
    recorded, whose = alliance.credit_on, alliance.credit_of or "记入的是谁没有填"
    if check is None or recorded is None:
        return ""
    if check.years is None:
        turns = "限几年、哪些不能申报没有写，由主管部门依法依规定，不是记入了就一律不批"
        return f"结论：{whose} {recorded} 记入；条文写的是：{check.text}；{turns}"
    until = years_after(recorded, check.years)
    filed = alliance.filed_on
    when = f"{filed} 申报" if filed else f"{year} 年申报"
    held = filed < until if filed else None if year == until.year else year < until.year
    term = f"结论：{whose} {recorded} 记入，到 {until} 满 {check.years} 年；{when}的"
    if held is None:
        return f"{term}，那天以前不能，以后可以→ 请写明哪天申报（联盟表「申报日期」栏）"
    if not held:
        return f"{term}已满，不再受这一条限制"
    if check.whose and alliance.credit_of != "申报人本人":
        only = f"条文限制的是记入的{check.whose}本人，别的人、单位能不能申报没有写"
        return f"{term}还在期限里：{only}→ 请问主管部门"
    return f"{term}还在期限里，不能申报；{until} 起不再受这一条限制；钱退清了也照样算期限"


def is_barred(pack: PolicyPack, alliance: Alliance) -> bool:
    """Whether the one who applies is still within a pack's term on the day of applying."""
    check = next((c for c in pack.check if isinstance(c, CreditCheck)), None)
    recorded, filed = alliance.credit_on, alliance.filed_on
    if check is None or check.years is None or recorded is None or filed is None:
        return False
    return alliance.credit_of == "申报人本人" and filed < years_after(recorded, check.years)


def _asked_on(note: str, recorded: Start | None, end: int) -> str:
    """Which side of the day another day of that year stands on, where a note names one."""
    days = {day for day in days_in(note) if day[0] == end}
    if recorded is None or recorded.month is None or len(days) != 1:
        return ""
    asked = Start(*days.pop(), "")
    if asked.month == recorded.month and not (asked.day and recorded.day):
        return ""
    until = years_after(date(recorded.year, recorded.month, recorded.day or 1), end - recorded.year)
    held = "还在期限里" if side_of(asked, until) == "以前" else "已满"
    return f"；备注写的 {day_words(end, asked.month, asked.day)}{held}"


def _of_whom(check: CreditCheck) -> str:
    """Whom it bars by the source, where that is not the organisation that asks."""
    if not check.whose:
        return ""
    return f"：条文写的是{check.whose}，记入的人不能申报，单位和没有记入的人能不能申报没有写"


def _quoted(item: ConditionItem, said: str) -> Fact:
    """Whose words they are is for a person to see."""
    ask = item.ask.replace("写明", "核对备注写的", 1)
    turns = item.open if item.years is None else "看不出是哪一年"
    return Fact(None, "；".join(filter(None, (f"备注写“{said}”", turns))), ask)
