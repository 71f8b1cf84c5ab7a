"""Words by which what is written down is not there yet, denied, or gone; per cents as in laws."""

from __future__ import annotations

import re

CLAUSE = re.compile(r"[。；;？?！!\n]")
"""What parts a note."""
PIECE = re.compile("[，,、；;。：:\n]")
"""What parts a clause."""
_DRAFT = "起草|草案|正在|未(?!来)|尚[未不无在]"
_TALKS = "意向|洽谈"
PLANNED = re.compile(
    f"{_DRAFT}|{_TALKS}|(?<![虚模])拟|计划|预计|规划|(?<![自统])筹(?![资款措集])|在建|申[请报]中|待[建定批验投]"
    "|即将|将[建于]|没有|停|撤销|关闭"
)
"""Of a platform, a conversion, a person: planned, begun, denied or given up."""
UNSETTLED = re.compile(f"{_DRAFT}|待[定议商补填]|拟定中|商[定谈]中|协商中|讨论中|^拟|^待..?$")
"""Of a goal or a mechanism, which may well be 计划 or 预计 and promise 意向用户."""
UNSIGNED = re.compile(f"{_TALKS}|起草|草案|协商|(?:未|没有?|拟|待|准备|计划|正在)签")
"""Of an agreement, in a clause that names one."""
UNBINDING = re.compile(
    "(?:不具备?有?|没有|无)[^，。；]{0,3}法律(?:约束力|效力)|只签[^，。；]{0,12}意向书"
)
"""Of an agreement, wherever it is told of."""
NO_RESEARCH = re.compile(
    "(?:没有|无|不含)(?:任何)?(?:大学|高校|高等院校)[^。；]{0,4}(?:没有|和|与|或|、|及)[^。；]{0,3}(?:科研|研究)"
)
"""That neither a university nor an institute belongs."""
NO_ALLIANCE = re.compile(
    "(?:没有|未|不)(?:曾)?(?:加入|参加|在|属于)[^，。；]{0,4}联盟(?!的?(?:计划|协议))"
)
"""That somebody is in no alliance."""
NOT_JOINED = re.compile(
    f"{_TALKS}|^拟|[（(]拟|拟[加邀引聘合]|未[加签定]|尚未|(?:计划|待)[加邀]|邀请中"
)
"""Of a member, in its own name."""
LEFT = re.compile("退出|退盟|已离开")
LACK = re.compile("(?:暂?无|没有|未约定|没写|没约定)(?:.{0,6}(?:目标|机制|指标|约定))?")
"""All of what is written, where it is a word for nothing."""


def stands_in(percent: str, text: str) -> bool:
    """Whether a text writes a per cent as laws do.

    >>> stands_in("3%", "达到百分之三至百分之六的"), stands_in("3%", "不超过百分之三十")
    (True, False)
    """
    return re.search(f"{_in_han(percent)}(?![零一二三四五六七八九十点])", text) is not None


def _in_han(percent: str) -> str:
    """A per cent as laws write it.

    >>> _in_han("50%"), _in_han("3%"), _in_han("15%"), _in_han("12.5%")
    ('百分之五十', '百分之三', '百分之十五', '12.5%')
    """
    figures = "零一二三四五六七八九"
    number = percent[:-1]
    if not number.isdigit() or int(number) >= 100:
        return percent
    tens, ones = divmod(int(number), 10)
    head = {0: "", 1: "十"}.get(tens, f"{figures[tens]}十")
    return f"百分之{head}{figures[ones] if ones or not tens else ''}"
