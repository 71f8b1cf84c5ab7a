"""Money, durations, dates and regions as lists hold them."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone

import pytest

from matcher.text.amounts import header_factor, parse_duration, parse_money
from matcher.text.dates import DateError, parse_date, today, year_of
from matcher.text.regions import parse_region, short_name


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("500", 500, 500), ("500万元", 500, 500), ("５００万", 500, 500), ("1.2亿元", 12000, 12000),
        ("3000000元", 300, 300), ("300-500万元", 300, 500), ("300万元至1亿元", 300, 10000),
        ("壹佰万元", 100, 100), ("1,200万", 1200, 1200), ("不超过1000万元", 1000, 1000),
        ("约800万元左右", 800, 800), ("面议", None, None), ("双方协商确定", None, None),
        ("￥50万元", 50, 50), ("2千万元", 2000, 2000), ("\n   50万\n", 50, 50),
        ("50万/年", 50, 50), ("每年50万元", 50, 50), ("300余万元", 300, 300),
        ("300多万", 300, 300), ("近300万元", 300, 300), ("500至1亿元", 500, 10000),
        ("1至2亿元", 10000, 20000), (">200万", 200, 200), ("详谈", None, None),
        ("可面谈", None, None), ("按合同", None, None), ("不设上限", None, None),
        ("以合同约定为准", None, None), ("根据项目情况商定", None, None), ("100万美元", None, None),
        ("USD 50万", None, None), ("财政100万元，企业自筹200万元", 300, 300),
        ("总投资500万元，其中财政资金100万元，自筹400万元", 500, 500),
    ],
)  # fmt: skip
def test_money(text: str, low: float | None, high: float | None) -> None:
    money = parse_money(text)
    assert money is not None
    assert (money.low, money.high) == (low, high)


def test_money_in_parts_tells_the_public_one() -> None:
    for text in ("财政100万元，企业自筹200万元", "企业自筹200万元、省级财政100万元"):
        money = parse_money(text)
        assert money is not None
        assert (money.high, money.public, money.exact) == (300, 100, False)


def test_what_is_not_the_whole_of_the_wording_is_not_exact() -> None:
    for text in ("50万/年", "300余万元", ">200万", "100万美元", "面议"):
        money = parse_money(text)
        assert money is not None
        assert not money.exact, text


def test_a_header_in_traditional_script_gives_its_unit() -> None:
    assert header_factor("榜額（萬元）") == 1.0
    assert header_factor("總投入(億元)") == 10000.0


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


def test_the_day_is_that_of_china_whatever_the_machine_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chinese = datetime.now(timezone(timedelta(hours=8))).date()
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        try:
            assert today() == chinese
        finally:
            monkeypatch.delenv("TZ")
            time.tzset()
