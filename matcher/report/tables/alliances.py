"""Tables of a year of alliances and of an evaluation, each declared once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.alliances.evaluating import Agreement, Evaluation, Place
from matcher.alliances.sheet import Known
from matcher.alliances.yearly import Count, Progress, Seen, YearReport
from matcher.report.tables.table import (
    FIT,
    MONEY,
    NUMBER,
    PERCENT,
    Column,
    Look,
    Table,
)


def year_tables(report: YearReport) -> tuple[Table[Any], ...]:
    """Plan against progress, the breakdowns, money by programme, and the guards."""
    return (
        _progress(report),
        _guards(report),
        _counts("按年度", "年度", report.by_year),
        _counts("按市", "市", report.by_city),
        _counts("按领域", "领域", report.by_field),
        _sums("按计划的资金", "计划", report.by_programme),
        _sums("按出资方的资金", "出资方", report.by_payer),
    )


def _progress(report: YearReport) -> Table[Progress]:
    return Table("目标与进度", (
        Column("目标", lambda p: p.name, xlsx=24, html=True),
        Column("年度", lambda p: p.years, xlsx=12, html=True),
        Column("计划", lambda p: p.planned, MONEY, xlsx=10, html=True),
        Column("已达到", lambda p: p.reached, MONEY, xlsx=10, html=True),
        Column("单位", lambda p: p.unit, xlsx=8, html=True),
        Column("完成", lambda p: p.share, PERCENT, xlsx=8, html=True),
        Column("未填写的记录", lambda p: p.blank, NUMBER, xlsx=12, html=True),
        Column("说明", lambda p: p.note, xlsx=40, html=True),
        Column("出处", lambda p: p.source, xlsx=40, html=True),
    ), report.progress, note=f"到 {report.year} 年底；未填写的没有算在已达到里；"
       "怎样数的见说明。", printed=True)  # fmt: skip


def _guards(report: YearReport) -> Table[Seen]:
    return Table("防范", (
        Column("防范", lambda g: g.name, xlsx=12, html=True),
        Column("提示", lambda g: "请核对" if g.raised else "", xlsx=10, html=True),
        Column("看到的", lambda g: g.words, xlsx=60, html=True),
        Column("哪些", lambda g: "、".join(g.shown), xlsx=50, html=True),
        Column("出处", lambda g: g.source, xlsx=40, html=True),
    ), report.guards, note="只列出供人核对，不改变任何排序和认定。", printed=True)  # fmt: skip


def _counts(name: str, key: str, rows: Sequence[Count]) -> Table[Count]:
    numbers = (
        ("组建", "formed"), ("签约", "agreed"), ("典型", "models"), ("榜单", "challenges"),
        ("有人揭榜", "answered"), ("立项", "signed"), ("验收", "accepted"),
        ("攻克技术", "technologies"), ("新产品", "products"),
    )  # fmt: skip
    return Table(name, (
        Column(key, lambda c: c.key, xlsx=16, html=True),
        *(Column(label, _of(field), NUMBER, xlsx=9, html=True) for label, field in numbers),
        Column("已得(万元)", lambda c: c.given_wan, MONEY, xlsx=12, html=True),
        Column("申请(万元)", lambda c: c.asked_wan, MONEY, xlsx=12, html=True),
        Column("未填写的联盟", lambda c: c.blank, NUMBER, xlsx=12, html=True),
    ), rows, printed=True)  # fmt: skip


def _of(field: str) -> Any:
    return lambda row: getattr(row, field)


def _sums(name: str, key: str, money: Mapping[str, float]) -> Table[tuple[str, float]]:
    return Table(name, (
        Column(key, lambda r: r[0], xlsx=30, html=True),
        Column("已得(万元)", lambda r: r[1], MONEY, xlsx=14, html=True),
    ), tuple(money.items()), printed=True)  # fmt: skip


def evaluation_tables(found: Evaluation) -> tuple[Table[Any], ...]:
    """The ranking with its uncertainty, and how far evaluators agree."""
    aspects = list(dict.fromkeys(name for p in found.places for name in p.aspects))
    ranking: Table[Place] = Table("评估结果", (
        Column("名次", lambda p: p.rank, NUMBER, xlsx=8, html=True),
        Column("梯次", lambda p: p.tier, NUMBER, xlsx=8, html=True),
        Column("联盟编号", lambda p: p.alliance_id, xlsx=16, html=True),
        Column("联盟", lambda p: p.title, xlsx=30, html=True),
        Column("总分", lambda p: p.total, FIT, xlsx=9, html=True),
        Column("九成区间", _interval, xlsx=14, html=True),
        *(Column(name, _aspect(name), FIT, xlsx=9, html=True) for name in aspects),
        Column("评委", lambda p: "、".join(p.evaluators), xlsx=24, html=True),
        Column("说明", lambda p: p.explained, xlsx=50, html=True),
    ), found.places, note="同一梯次的凭这些评分分不出先后；区间由重抽评委得出。",
       printed=True)  # fmt: skip
    agreement: Table[Agreement] = Table("评委一致性", (
        Column("方面", lambda a: a.what, xlsx=16, html=True),
        Column("Krippendorff α", lambda a: a.alpha, FIT, xlsx=14, html=True),
        Column("结论", lambda a: a.words, xlsx=40, html=True),
        Column("评委数", lambda a: a.evaluators, NUMBER, xlsx=8, html=True),
    ), found.agreement, note="0.8 以上一致，0.667 以下不宜下结论。", printed=True)  # fmt: skip
    return ranking, agreement


def _interval(place: Place) -> str:
    return "" if place.low is None else f"{place.low:.1f}–{place.high:.1f}"


def _aspect(name: str) -> Any:
    return lambda place: place.aspects.get(name)


def score_sheet(known: Sequence[Known]) -> Table[Known]:
    """The sheet to hand out: what is known is filled in, marks are left to the evaluator."""
    filled = Look(filled=True)
    return Table("评分", (
        Column("联盟编号", lambda k: k.alliance_id, xlsx=16),
        Column("指标编号", lambda k: k.indicator.id, xlsx=14),
        Column("方面", lambda k: k.indicator.aspect, xlsx=14),
        Column("指标名称", lambda k: k.indicator.text, xlsx=34),
        Column("满分", lambda k: k.indicator.scale, NUMBER, xlsx=8),
        Column("记录里已有的", lambda k: k.words, xlsx=40),
        Column("记录出处", lambda k: k.source, xlsx=24),
        Column("评委", lambda _: "", filled, xlsx=12),
        Column("评委单位", lambda _: "", filled, xlsx=20),
        Column("得分", lambda _: None, filled, xlsx=8),
        Column("利益冲突", lambda _: "", filled, xlsx=20),
        Column("理由", lambda _: "", filled, xlsx=30),
    ), known, note="有利益冲突的写明，整个联盟不计这位评委的分。")  # fmt: skip
