"""Money, durations, dates and regions as lists hold them."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.text.amounts import parse_duration, parse_money
from matcher.text.dates import DateError, parse_date, year_of
from matcher.text.regions import parse_region, short_name


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("500", 500, 500), ("500万元", 500, 500), ("５００万", 500, 500), ("1.2亿元", 12000, 12000),
        ("3000000元", 300, 300), ("300-500万元", 300, 500), ("300万元至1亿元", 300, 10000),
        ("壹佰万元", 100, 100), ("1,200万", 1200, 1200), ("不超过1000万元", 1000, 1000),
        ("约800万元左右", 800, 800), ("面议", None, None), ("双方协商确定", None, None),
        ("￥50万元", 50, 50), ("2千万元", 2000, 2000),
    ],
)  # fmt: skip
def test_money(text: str, low: float | None, high: float | None) -> None:
    money = parse_money(text)
    assert money is not None
    assert (money.low, money.high) == (low, high)


@pytest.mark.parametrize("text", ["很多", "500人", "五家公司", "2021年", "面议的", "-"])
def test_what_is_no_money(text: str) -> None:
    assert parse_money(text) is None


@pytest.mark.parametrize(
    ("text", "months"),
    [("24个月", 24), ("两年", 24), ("3年", 36), ("一年半", 18), ("半年", 6), ("90天", 3),
     ("2021年3月-2023年2月", 24), ("2021.3—2022.12", 22), ("18", 18), ("很久", None)],
)  # fmt: skip
def test_durations(text: str, months: int | None) -> None:
    assert parse_duration(text) == months


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021年3月底前", date(2021, 3, 31)), ("3月31日", date(2021, 3, 31)),
        ("2021.3", date(2021, 3, 31)), ("2021-03-05", date(2021, 3, 5)),
        ("20210305", date(2021, 3, 5)), ("二〇二一年三月五日", date(2021, 3, 5)),
        ("2021年3月上旬", date(2021, 3, 10)), ("截至2021年3月5日17:00", date(2021, 3, 5)),
        ("2021/3/5", date(2021, 3, 5)), ("2021年底", date(2021, 12, 31)),
        ("2021年3月1日至2021年3月31日", date(2021, 3, 31)), ("3月底", date(2021, 3, 31)),
        ("2021年3月5日（周五）前", date(2021, 3, 5)),
    ],
)  # fmt: skip
def test_dates(text: str, day: date) -> None:
    assert parse_date(text, 2021) == day


@pytest.mark.parametrize("text", ["年底", "2021年2月30日", "尽快", "2021.13"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(DateError):
        parse_date(text)


def test_a_date_without_its_year_is_not_guessed() -> None:
    with pytest.raises(DateError, match="年份"):
        parse_date("3月31日", year_of("2020年通知", "2021年榜单"))


@pytest.mark.parametrize(
    ("text", "province", "city"),
    [("辽宁省大连市甘井子区", "辽宁", "大连"), ("大连", "辽宁", "大连"),
     ("辽宁/沈阳", "辽宁", "沈阳"),
     ("内蒙古自治区包头市", "内蒙古", "包头"),
     ("北京市海淀区", "北京", "北京"),
     ("吉林省吉林市", "吉林", "吉林"),
     ("广西壮族自治区南宁市", "广西", "南宁"), ("某地", "", "")],
)  # fmt: skip
def test_regions(text: str, province: str, city: str) -> None:
    assert parse_region(text) == (province, city)
    assert short_name("沈阳市") == "沈阳"
