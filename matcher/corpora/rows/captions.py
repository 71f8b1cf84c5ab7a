"""What stands above a list of achievements and is true of all its rows: whose, of what year."""

from __future__ import annotations

import re

from matcher.text.organisations import organisation_kind

_TOLD = re.compile(
    r"(?:(?:填报|申报|填表|报送|所在|依托|推荐|承担)?单位|学校|院系?)(?:名称)?\s*(?:[(（]\s*(?:公章|盖章|章)\s*[)）])?"
    r"\s*[:：]\s*([\u3400-\u9fffA-Za-z（）()·]{4,40})"
)
# 甲大学2023年度立项清单, 甲大学机械学院近五年成果: the name comes before the years.
_BEGINS = re.compile(
    r"^\s*(?:附[件表]\s*\d*\s*[:：]?\s*)?([\u3400-\u9fff（）()·]{4,30}?)(?=(?:关于)?(?:19|20)\d\d|近[一二三四五六七八九十两\d]+年|"
    r"[“\"]?十[一二三四五]五|教师|教职工|科研|发表|获得|获授权|授权|承担|主持|立项)"
)
_OF_ITS_OWN = re.compile(r"大学|公司|集团|科学院|研究[院所]|设计院|医院|[\u3400-\u9fff]{4,}学院$")
_YEAR = re.compile(r"(?<![\d\-—–~至.])((?:19|20)\d\d)\s*年度?(?!\s*(?:[-—–~至]|\d))")
_ANOTHER_DAY = re.compile(r"日期|时间|截[至止]|填表|印发|发文|〔|［|\[")


def organisation_above(text: str) -> str:
    """The organisation that the lines above a list name; "" where none is named for certain.

    A department of government lists the work of others, and a school by itself (材料学院) is
    anybody's.

    >>> organisation_above("材料学院近五年成果\\n填报单位（盖章）：甲城大学材料学院")
    '甲城大学材料学院'
    >>> organisation_above("甲省科技厅2022年项目"), organisation_above("甲城大学2023年度立项清单")
    ('', '甲城大学')
    """
    lines = text.split("\n")
    told = [found[1] for line in lines if (found := _TOLD.search(line))]
    begun = [found[1] for line in lines if (found := _BEGINS.match(line))]
    for name in (*(re.split(r"\s|填表|填报|联系", one)[0] for one in told), *begun):
        if organisation_kind(name) and _OF_ITS_OWN.search(name):
            return name
    return ""


def year_above(text: str) -> int | None:
    """The one year the lines above a list name; None for a span, or where there are several.

    >>> [year_above(t) for t in ("2022年度项目", "2020-2023年横向项目", "填表日期：2024年1月")]
    [2022, None, None]
    """
    lines = (line for line in text.split("\n") if not _ANOTHER_DAY.search(line))
    years = {int(year) for line in lines for year in _YEAR.findall(line)}
    return years.pop() if len(years) == 1 else None
