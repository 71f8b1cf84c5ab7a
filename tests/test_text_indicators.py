"""Indicator phrases as lists hold them, against a labelled list."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text import indicators
from matcher.text.indicators import parse_indicator, parse_indicators
from matcher.text.units import in_base_units, normalise_unit

# One list per labeller; a further one is read as soon as it lies there.
DATA = Path(__file__).with_name("data")
LISTS = sorted((DATA / "indicators").glob("*.tsv"))


def _labelled(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _number(text: str) -> float | None:
    return float(text) if text else None


def _same(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9))


def wrong_parts(row: dict[str, str]) -> list[str]:
    found = (parse_indicators(row["phrase"]) or (parse_indicator(row["phrase"]),))[0]
    wrong = []
    for part in ("name", "operator", "unit", "condition", "change"):
        if (getattr(found, part) or "") != (row[part] or ""):
            wrong.append(f"{part}: {getattr(found, part)!r} 应为 {row[part]!r}")
    for part in ("value", "high"):
        if not _same(getattr(found, part), _number(row[part])):
            wrong.append(f"{part}: {getattr(found, part)!r} 应为 {row[part]!r}")
    return wrong


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_nearly_all_of_the_labelled_phrases_are_right(
    path: Path, record_property: pytest.RecordProperty
) -> None:  # fmt: skip
    rows = _labelled(path)
    assert len(rows) >= 200
    wrong = {row["phrase"]: parts for row in rows if (parts := wrong_parts(row))}
    share = 1 - len(wrong) / len(rows)
    record_property(f"indicators_right_{path.stem}", round(share, 4))
    print(f"\n指标短语 {path.stem} {len(rows)} 条, 全部项目正确 {share:.1%}")
    assert share >= 0.98, "\n".join(f"{phrase}: {parts}" for phrase, parts in wrong.items())


def test_no_limit_comes_out_the_wrong_way_round() -> None:
    for denied in ("不得", "不应", "不能", "不可", "不宜", "严禁", "别", "未", "不再", "切勿"):
        for words, operator in (
            ("低于 小于 少于 不足", "≥"),
            ("高于 大于 超过 多于 超出", "≤"),
        ):
            for word in words.split():
                (found,) = parse_indicators(f"合格率{denied}{word}95%")
                assert (found.name, found.operator, found.value) == ("合格率", operator, 95), (
                    found.text
                )


@pytest.mark.parametrize(
    "text",
    [
        "符合GB/T 19001-2016和IATF 16949:2016要求", "公司现有职工1200人，其中技术人员180人",
        "2024年公司实现产值3.2亿元", "我司拥有专利56项", "现有生产线3条", "邮政编码116000",
        "选用TC4-DT钛合金和ER70-6焊丝", "针对Q345和Q460两种高强钢开展研究", "见表3和图2-1",
        "国产设备价格只有进口的60%", "进口产品单价是国产的5倍", "采用4G/5G通信", "详见附录2第3.2节",
        "上位机为S7-300型，下位机为S7-1200型", "团队中博士5人，高级职称8人", "近三年销售额排名第2",
    ],
)  # fmt: skip
def test_what_is_named_or_told_of_the_firm_is_no_target(text: str) -> None:
    assert [one for one in parse_indicators(text) if one.value is not None] == []


def test_what_is_read_without_the_grammar_is_what_it_would_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phrases = [row["phrase"] for path in DATA.glob("*/indicators.tsv") for row in _labelled(path)]
    phrases += [row["phrase"] for path in LISTS for row in _labelled(path)]
    names = sorted({"".join(re.findall("[\u4e00-\u9fff]+", phrase)) for phrase in phrases})
    made = [
        f"{at}{name}{sign}{value}{unit}"
        for name in names
        for at, sign, value, unit in (
            ("", "≥", "95", "%"),
            ("25℃", "≤", "0.5", "MPa"),
            ("", "<", "3", ""),
        )
    ]
    texts = [*phrases, *made]
    short = [parse_indicator(text) for text in texts]
    plain = [text for text in made if indicators._PLAINLY.fullmatch(text)]
    monkeypatch.setattr(indicators, "_PLAINLY", re.compile("(?!)"))
    assert len(plain) > 400
    assert [parse_indicator(text) for text in texts] == short


def test_a_change_by_is_not_a_change_to() -> None:
    by, to = parse_indicators("效率提高30%；效率提高到30%")
    assert (by.change, to.change) == ("increase_by", "increase_to")


def test_what_has_no_name_speaks_of_the_quantity_before_it() -> None:
    found = parse_indicators("稼动率提高10个百分点，达到85%")
    assert [(i.name, i.value, i.unit) for i in found] == [
        ("稼动率提高", 10, "个百分点"), ("稼动率", 85, "%"),
    ]  # fmt: skip


def test_a_list_of_indicators_shares_its_unit() -> None:
    found = parse_indicators("烟尘≤5、SO2≤35、NOx≤50mg/m³；模具寿命提高50%以上")
    assert [(i.name, i.value, i.unit) for i in found] == [
        ("烟尘", 5, "mg/m³"), ("SO2", 35, "mg/m³"), ("NOx", 50, "mg/m³"), ("模具寿命提高", 50, "%"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b"),
    [((5, "μm"), (0.005, "mm")), ((1, "MPa"), (1, "N/mm²")), ((2, "小时"), (120, "分钟"))],
)
def test_units_of_one_dimension_compare(a: tuple[float, str], b: tuple[float, str]) -> None:
    assert in_base_units(*a) == in_base_units(*b)


def test_an_unknown_unit_has_no_dimension() -> None:
    assert in_base_units(1, "某单位") is None
    assert in_base_units(1, "((") is None
    assert normalise_unit("某单位") == "某单位"


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet="总氧≤≥<>0123456789.,%℃μm×10^-~至()（）以上提高、；\n 万亿ppm/·", max_size=40)
)
def test_no_phrase_breaks_the_parser(text: str) -> None:
    for indicator in parse_indicators(text):
        assert indicator.text


def test_the_problem_before_the_first_indicator_is_not_its_name() -> None:
    text = "需要从冶炼到锻轧的控制技术,指标如总氧≤15ppm、横纵向冲击韧性比≥0.8、模具寿命提高50%以上"
    found = [(i.name, i.value, i.unit) for i in parse_indicators(text)]
    assert found == [("总氧", 15, "ppm"), ("横纵向冲击韧性比", 0.8, ""), ("模具寿命提高", 50, "%")]


@pytest.mark.parametrize(
    ("folder", "count"), [("reader", 250), ("later", 235), ("attack", 120), ("unseen", 80)]
)
def test_phrases_labelled_before_they_were_run_are_read_the_right_way(
    folder: str, count: int
) -> None:
    """Sign, numbers and change; how units and names are spelled is a convention of ours."""
    rows = _labelled(Path(__file__).parent / "data" / folder / "indicators.tsv")
    wrong = {}
    for row in rows:
        parts = [
            p for p in wrong_parts(row) if p.startswith(("operator", "value", "high", "change"))
        ]
        tolerance = "±" in row["phrase"] and row["operator"] == "区间"
        if parts and not (
            tolerance and all("±" in p or "区间" in p or "value" in p or "high" in p for p in parts)
        ):
            wrong[row["phrase"]] = parts
    assert len(rows) >= count
    assert 1 - len(wrong) / len(rows) >= 0.95, wrong


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("粉尘浓度起码得降到4mg/m³", [("≤", 4.0, "mg/m³")]),
        ("开票响应不得慢于3秒", [("≤", 3.0, "s")]),
        ("切换不慢于两分钟", [("≤", 2.0, "min")]),
        ("整包重量不能超过六公斤半", [("≤", 6.5, "kg")]),
        (
            "含水率不超过百分之十二二十八天吸湿率不超过百分之三",
            [("≤", 12.0, "%"), ("≤", 3.0, "%")],
        ),
        (
            "每公斤二百八十瓦时的能量密度放电容量不低于常温的百分之八十五整包重量不超过六公斤",
            [("≥", 85.0, "%"), ("≤", 6.0, "kg")],
        ),
    ],
)
def test_spoken_bounds_and_numerals_are_read_the_right_way_round(
    said: str, asked: list[tuple[str, float, str]]
) -> None:
    found = [(one.operator, one.value, one.unit) for one in parse_indicators(said)]
    assert found[-len(asked) :] == asked


def test_a_name_before_its_circumstance_and_a_change_from_today_are_told() -> None:
    (bath,) = parse_indicators("接头之间的绝缘电阻，泡水7天以后不低于100MΩ")
    assert (bath.name, bath.condition) == ("接头之间的绝缘电阻", "泡水7天以后")
    now, wanted = parse_indicators("留核率现在55%，想做到75%以上")
    assert (now.change, wanted.name, wanted.change) == (None, "留核率", "increase_to")
    met, better = parse_indicators("收率现在80%，不低于75%")
    assert (met.change, better.change) == (None, None)


@pytest.mark.parametrize(
    ("phrase", "name", "operator", "value", "unit", "condition"),
    [
        # a share of something else, named between the sign and the number
        ("单片修复费用不高于新叶片的三分之一", "单片修复费用", "≤", 100 / 3, "%", "新叶片"),
        ("挠度不大于跨距的二百分之一", "挠度", "≤", 0.5, "%", "跨距"),
        ("最高反转速度不超额定转速的1.2倍", "最高反转速度", "≤", 1.2, "倍", "额定转速"),
        ("混凝土强度达到设计强度的四分之三", "混凝土强度", "≥", 75, "%", "设计强度"),
        # any adjective with 于
        ("纤维平均直径不粗于6.5μm", "纤维平均直径", "≤", 6.5, "μm", ""),
        # counted by what no list of units knows
        ("产能600板以上", "产能", "≥", 600, "板", ""),
        # what it is shared out over belongs to the unit, but not the size or price of a piece
        ("附着物每平方不超过1.5公斤", "附着物", "≤", 1.5, "kg/m²", ""),
        ("露铝点每万米不多于2个", "露铝点", "≤", 2, "个/万米", ""),
        ("弯曲度每根最多两毫米", "弯曲度每根", "≤", 2, "mm", ""),
        ("每片成本增加不超过人民币0.2元", "每片成本增加", "≤", 0.2, "元", ""),
    ],
)
def test_what_a_value_is_shared_out_over_or_held_against_is_read(
    phrase: str, name: str, operator: str, value: float, unit: str, condition: str
) -> None:
    (found,) = parse_indicators(phrase)
    assert (found.name, found.operator, found.unit) == (name, operator, unit)
    assert found.value == pytest.approx(value)
    assert found.condition == condition


@pytest.mark.parametrize(
    ("phrase", "low", "high"),
    [
        ("轴长公差+0.2/-0.1mm", -0.1, 0.2),
        ("槽液温度六十加减五度", 55, 65),
    ],
)
def test_deviations_told_apart_are_a_range(phrase: str, low: float, high: float) -> None:
    (found,) = parse_indicators(phrase)
    assert (found.operator, found.value, found.high) == ("区间", low, high)


def test_a_numeral_of_digits_before_ten_thousand_runs_into_no_other() -> None:
    (found,) = parse_indicators("总投入12万两年做完轴承寿命提高两成")
    assert (found.value, found.change) == (20, "increase_by")
