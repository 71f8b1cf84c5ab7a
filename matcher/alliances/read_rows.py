"""Rows of 成果收益 read out of what a list says without them: its older columns and its notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matcher.alliances.agreed import LABELS, Agreed, agreed_of, equity_of, ways_of
from matcher.alliances.holders import holder_read, own_rule_told
from matcher.alliances.net import (
    capital_in,
    costs_in,
    net_incomes_in,
    own_part_in,
    paid_by_year_in,
    paid_in,
    profits_in,
)
from matcher.alliances.periods import start_in
from matcher.alliances.result_rows import (
    OF_REWARD,
    PAID_IN_ALL,
    READ_FROM,
    SHARES,
    UNSURE,
    key_of,
)
from matcher.alliances.titles import public_share, title_told, titles_in
from matcher.alliances.topics import words_of
from matcher.alliances.wording import LACK, PLANNED
from matcher.corpora.headers.originals import ORIGINAL
from matcher.policy import PolicyPack
from matcher.policy.rules import Base, LeastShare
from matcher.records import headers
from matcher.records.alliance import Alliance, Income, Way
from matcher.text.amounts import is_nothing

_CELLS = {field_: mark.name for field_, mark in headers(Income)}
_BASES: Mapping[str, Base] = {
    "licence_income": "转让许可净收入", "equity": "股份或出资", "operating_profit": "营业利润",
}  # fmt: skip
_NOTE = "备注"
# Of whom a rule gives a part of the whole reward.
_PART = re.compile("主要贡献|管理|转移")


@dataclass(slots=True)
class _Read:
    """Cells with the words each was read from."""

    cells: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, value: object, words: str) -> None:
        """A cell, where the words tell of it."""
        if value not in (None, "", ()):
            self.cells[name], self.words[name] = value, words

    def with_(self, other: _Read) -> _Read:
        return _Read(self.cells | other.cells, self.words | other.words, self.extra | other.extra)

    def row(self, way: Way) -> Income:
        told = {_CELLS[name]: words for name, words in self.words.items()}
        return Income(way=way, **self.cells, extra=self.extra | {READ_FROM: told})


def rows_of(pack: PolicyPack, alliance: Alliance) -> tuple[Income, ...]:
    """The rows that are written; where none is, one of each reward a pack rules on, as it is told.

    >>> from matcher.policy import shipped_pack
    >>> note = "我们是一所公办高校。许可一项职务科技成果，净收入400万元，已发给团队50万元"
    >>> row = rows_of(shipped_pack("china-law"), Alliance(alliance_id="A", note=note))[0]
    >>> row.holder_kind, row.net_wan, row.paid_wan, row.extra[READ_FROM]["净收入(万元)"]
    ('政府设立的高校', 400.0, 50.0, '备注')
    """
    if alliance.incomes:
        return alliance.incomes
    common, agreed = _common(alliance), agreed_of(pack, alliance)
    found: list[Income] = []
    for programme in pack.programme:
        if (key := key_of(programme)) is None:
            continue
        if key in _BASES:
            found += _incomes(pack, alliance, key, common.with_(_agreed(alliance, agreed, key)))
        else:
            found.append(_title(alliance, key, common, agreed))
    return tuple(found)


def _common(alliance: Alliance) -> _Read:
    """Whose it is, whether it is one of the job, and what part is its own."""
    read = _Read()
    holder, kind, service, words = holder_read(alliance)
    read.put("holder", holder, words)
    read.put("holder_kind", kind, words)
    read.put("service", service, words)
    share, amount = own_part_in(
        "\n".join((alliance.note, alliance.benefit_mechanism, alliance.income_of))
    )
    read.put("own_percent", share, "备注或利益机制")
    read.put("own_wan", amount, "备注或利益机制")
    return read


def _agreed(alliance: Alliance, agreed: Agreed | None, key: str) -> _Read:
    """What was agreed on of one kind of income: one share, a sum, or shares nobody tells apart."""
    read, base = _Read(), _BASES[key]
    written, words = own_rule_told(alliance, agreed)
    if written == "没有":
        read.put("agreed", "没有", words)
        return read
    if not written and (agreed is None or not agreed.says):
        return read
    named = ways_of(written)
    if (named and base not in named) or (agreed is not None and not agreed.is_of(base)):
        return read
    by_unit = "规定" in written and "约定" not in written
    if written:  # how members share, by their mechanism, need be no agreement with people
        read.put("agreed", "单位规定" if by_unit else "与人员约定", words)
    if agreed is None or not agreed.says:
        return read
    read.put("agreed_wan", agreed.amount_wan, agreed.words)
    parts = tuple(one for one in agreed.named if _PART.search(one[0]))
    doubt = agreed.doubt or ("没有写是收入的份额还是奖励总额的份额" if parts else "")
    if parts or agreed.of_reward:
        read.extra[OF_REWARD] = agreed.named
    if len(agreed.shares) == 1 and not doubt:
        read.put("agreed_percent", float(agreed.shares[0]), agreed.words)
    elif not agreed.of_reward:
        read.extra |= {SHARES: agreed.shares, UNSURE: doubt}
        read.words["agreed_percent"] = agreed.words
    return read


def _incomes(pack: PolicyPack, alliance: Alliance, key: str, common: _Read) -> Iterator[Income]:
    """The rows of one kind of income: several where a note names several sums."""
    told = {"licence_income": _licences, "equity": _equities, "operating_profit": _profits}[key]
    rows = list(told(pack, alliance)) or [_Read()]
    paid, by_year = paid_in(words_of(alliance)), paid_by_year_in(words_of(alliance))
    for one in rows:
        row = common.with_(one)
        year = row.cells.get("year")
        if year in by_year:
            row.put("paid_wan", by_year[year], _NOTE)
        elif paid and len(rows) > 1 and not by_year:
            row.extra[PAID_IN_ALL] = paid
        elif paid and one.cells and key != "equity":
            row.put("paid_wan", paid, _NOTE)
        yield row.row(_way(alliance, key))


def _way(alliance: Alliance, key: str) -> Way:
    text = "\n".join((words_of(alliance), alliance.note))
    if key == "equity":
        return "作价投资"
    if key == "operating_profit":
        return "合作实施" if "合作" in text and "自行" not in text else "自行实施"
    return "转让" if "许可" not in text else "许可" if "转让" not in text else "转让或许可"


def _licences(pack: PolicyPack, alliance: Alliance) -> Iterator[_Read]:
    read = _sum_of(alliance, "licence_income_wan", "net_wan")
    if read.cells or read.extra:
        yield read
        return
    reckons = any(isinstance(rule, LeastShare) and rule.net for rule in pack.funding)
    if reckons and (costs := costs_in(alliance.note)):
        for name, amount in costs.items():
            read.put(name, amount, _NOTE)
        yield read
        return
    for amount in net_incomes_in(alliance.note):
        one = _Read()
        one.put("net_wan", amount, _NOTE)
        yield one


def _sum_of(alliance: Alliance, column: str, cell: str) -> _Read:
    """A sum of a column, with the words of one that is no plain number."""
    read = _Read()
    read.put(cell, getattr(alliance, column), f"「{LABELS[column]}」栏")
    if written := alliance.extra.get(f"{LABELS[column]}{ORIGINAL}", ""):
        read.extra[f"{_CELLS[cell]}{ORIGINAL}"] = written
    return read


def _equities(pack: PolicyPack, alliance: Alliance) -> Iterator[_Read]:
    read = _Read()
    where = f"「{LABELS['equity_share']}」栏" if alliance.equity_share else _NOTE
    read.put("equity_percent", equity_of(alliance), where)
    read.put("capital_wan", capital_in(words_of(alliance)), where)
    written = alliance.equity_share
    if LACK.fullmatch(written) or is_nothing(written):
        read.put("equity_percent", 0.0 if written else None, where)
    elif PLANNED.search(written):
        read.put("note", f"{written}，还没有形成股份；形成了再看", where)
    if read.cells:
        yield read


def _profits(pack: PolicyPack, alliance: Alliance) -> Iterator[_Read]:
    start = start_in(alliance.note, "投产")
    began = _Read()
    if start is not None:
        parts = zip((start.year, start.month, start.day), "年月日", strict=True)
        began.put("started", "".join(f"{n}{unit}" for n, unit in parts if n), start.words)
    one = _sum_of(alliance, "profit_wan", "profit_wan")
    if one.cells or one.extra:
        yield one.with_(began)
        return
    for year, amount in sorted(profits_in(alliance.note).items()):
        read = _Read()
        read.put("year", year, _NOTE)
        read.put("profit_wan", amount, _NOTE)
        yield read.with_(began)


def _title(alliance: Alliance, key: str, common: _Read, agreed: Agreed | None) -> Income:
    """A title that is told of: this kind, another kind, or that there is none."""
    read = replace(common)
    text, words = title_told(alliance)
    way, cells = titles_in(text, key)
    row = _Read()
    for name, value in cells.items():
        row.put(name, value, words)
    share, quoted = public_share(alliance)
    row.put("public_percent", share, quoted)
    if key == "shared_title" and cells.get("agreed") != "没有" and agreed is not None:
        told = agreed.is_of("科技成果所有权") and len(agreed.shares) == 1 and not agreed.doubt
        row.put("maker_percent", float(agreed.shares[0]) if told else None, agreed.words)
    return read.with_(row).row(way)
