"""Targets set in passing: what a sentence asks for, and not what is so today or is paid.

In an item of a list a bare value is a target, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.contacts import part_contacts
from matcher.records import Indicator
from matcher.text.indicators import parse_indicators
from matcher.text.notation import plain_signs

BULLET = re.compile(
    r"^\s*(?:[(（]?\d{1,2}[)）、.．:：](?!\d)|[①-⑳]|[-*•·▪●◆]\s*|"
    r"[一二三四五六七八九十]{1,2}[、.]|第[一二三四五六]个?[,，、是:：])\s*"
)
# 议定先按, 场长说对: no name of anything; and what says that it is another value now.
_ONLY_SAID = re.compile(
    r"(?:会议|[场厂院]长|老板|总经理|议定|商定|最[后终]|先|按|说|对|现在?|新的|请|改[成为]?|定为?|应|"
    r"还是|要|我们|ok|单卡|更正|为|是|到|就|\s){0,8}",
    re.IGNORECASE,
)
_CORRECTS = re.compile("改|议定|最[后终]定|更正|说对|写错|记错|ok", re.IGNORECASE)
_TARGETS = ("≥", "≤", ">", "<", "区间")
# What is so today, and not what is to be.
_AS_IT_IS = re.compile(
    r"老是|总是|经常|跑偏|达不到|不到(?!位)|不足|不及|(?<![比较])(?:目前|现在|现有|现用)|以前|只有|每年(?!.{0,200}[≥≤不])|厚度\S+以上的|年产"
)
_TODAY = re.compile(r"目前|现有|现用|现行|以往|现在|现阶段|当前|如今|眼下|最近|近期")
_EXCEEDS = re.compile(
    r"(?<![不能])(?<!不要)超过|超出|高达|多达|长达|(?<!不)达到?(?![^,，]{0,100}以[上下内])|(?<!不)(?:大于|高于)|"
    r"上升|增加|提高|升高"
)
_ASKED = re.compile(
    r"希望|要求|要(?=[把将达降])|需[要求]?(?=[把将达降\d])|应|须|想|力争|争取|确保|保证|目标|降[到至低]|控制|"
    r"以内|[≥≤<±]|不[得能应可允]|(?<!达)不到(?!位)|实现"
)
# What nobody asks to have more of; 缺陷检出率 ends otherwise.
_DEFECT = re.compile(
    r"(?:缺陷|废品|次品|不良品?|不合格品?|故障|返修|返工|返品|退货|投诉|瓢曲|翘曲|浪形|边裂|开裂|裂纹|断[裂带丝线]|"
    r"[泄渗]?漏|脱落|剥落|报废|失效|停机|超差|堵塞|夹杂|气孔|偏析|磨损|结垢|变形|波动|误[报判检]|漏[报检])"
    r"(?:[率量数度]|次数|比例|时间|面积|长度|深度)?[高多长]?$"
)
_OWN_UNITS = re.compile(r"^(?:万?元|亿元|个?月|年|号|日|点|人|位|楼|页|级别)$")
# What is a target although it is told in money or months.
_IN_OWN_UNITS = re.compile(
    r"寿命|保质|货架|成本|[售单]价|BOM|稳定|保存|有效期|费用|运行费|[单每一][台套件个吨亩]|"
    r"(?:更换|清洗|维护|检修|换)(?:周期|间隔)"
)
_ASIDE = re.compile(
    r"编号|序号|预算|经费|榜额|费用|工期|期限|截止|报名|揭榜|交付|微信|电话|悬赏|出价|愿意出|投入|"
    r"报酬|完成时|年产|产能"
)
# An item of more than a sentence tells of other things, too.
_SEVERAL = re.compile(r"[。！!？?](?:[。！!？?]|[^\S\n]){0,20}[^\s。！!？?]")
_DEMANDED = re.compile("要求(?![^,，]{0,6}[在于])")
# 处理一吨水的费用: what a piece costs is a target.
_UNIT_COST = re.compile(r"[每一1单][吨台件个亩套片米方][^,，]{0,6}费用?")
_PAYS = re.compile(r"(?:能|可以?|愿意?|准备)?(?:给|出|拿|掏)(?:到|个)?")


def asked_for(lines: list[str]) -> Iterator[Indicator]:
    """The targets of a text, line by line; what is put right later replaces what stood before.

    >>> told = ["晶锭重量450kg以上，设备商说撑不住。", "议定先按400kg以上发榜。"]
    >>> [(one.name, one.value) for one in asked_for(told)]
    [('晶锭重量', 400.0)]
    """
    kept: list[Indicator] = []
    for found in _told(lines):
        earlier = _put_right(found, kept) if _ONLY_SAID.fullmatch(found.name) else None
        if earlier is None:
            kept.append(found)
            continue
        kept.remove(earlier)
        kept.append(found.model_copy(update={"name": earlier.name}))
    yield from kept


def _put_right(found: Indicator, kept: list[Indicator]) -> Indicator | None:
    """The last target in the same unit and of the same sense, if this one corrects it."""
    if not found.unit or not _CORRECTS.search(found.text):
        return None
    mine = (found.unit, found.operator, found.change)
    alike = (one for one in reversed(kept) if (one.unit, one.operator, one.change) == mine)
    return next(alike, None)


def _told(lines: list[str]) -> Iterator[Indicator]:
    for line in lines:
        if BULLET.match(line) and not _SEVERAL.search(line):
            yield from of_item(BULLET.sub("", line))
            continue
        for clause in re.split(r"[。；;！!？?\n]", part_contacts(line).rest):
            after = False
            for found in parse_indicators(clause):
                asked = surely_asked(found, bare=after) and not _is_the_fault(found, clause)
                if asked:
                    yield found
                after = asked


def surely_asked(found: Indicator, *, bare: bool = False) -> bool:
    """Whether what is said in passing is a target, and not of the money or the term.

    A ``bare`` value is one, too, right behind another target: 包封率≥85%，载药量30%左右.
    """
    sure = found.operator in _TARGETS or found.change is not None or "±" in found.text
    sure = (
        sure
        or (bare and bool(found.name and found.unit))
        or _DEMANDED.match(found.text) is not None
    )
    named = bool(found.name or found.condition)
    parts = [part for part in re.split("[,，]", found.text) if found.name and found.name in part]
    said = parts[-1] if parts else found.text
    aside = (
        _PAYS.fullmatch(found.name)
        or (_ASIDE.search(said) and not _UNIT_COST.search(said))
        or (_ASIDE.search(found.name) and not _UNIT_COST.search(found.name))
        or _AS_IT_IS.search(said)
    )
    return found.value is not None and sure and named and not aside and _is_target(found)


def _is_the_fault(found: Indicator, sentence: str) -> bool:
    """Whether it tells how bad things are: a defect exceeds a value, or anything does today."""
    told = re.split("[,，]", found.text)[-1]
    plain = plain_signs(sentence)
    before = plain.rpartition(told)[0]
    if not before and found.name:  # numerals may have been read in figures
        before = plain.partition(found.name)[0]
    if not _EXCEEDS.search(told) or _ASKED.search(told):
        return False
    if _DEFECT.search(found.name) and found.change not in ("decrease_by", "decrease_to"):
        return not _ASKED.search(before)
    today = list(_TODAY.finditer(before))
    return bool(today) and not _ASKED.search(before[today[-1].end() :])


def of_item(text: str) -> Iterator[Indicator]:
    """The targets of an item of a list; there a bare value is one, too."""
    if not _ASIDE.search(text):
        rest = part_contacts(text).rest
        yield from (i for i in parse_indicators(rest) if i.value is not None and _is_target(i))


def _is_target(indicator: Indicator) -> bool:
    return not _OWN_UNITS.match(indicator.unit) or bool(_IN_OWN_UNITS.search(indicator.name))
