"""A need that holds several jobs: items of a list that have nothing in common with each other."""

from __future__ import annotations

import re

from matcher.diagnosis.finding import Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.wording import specific
from matcher.records import Challenge
from matcher.text.facets import split_items
from matcher.text.normalise import clean
from matcher.text.numerals import han_numbers
from matcher.text.wanted import wanted_in

_Groups = list[tuple[list[str], set[str]]]
# A heading that says who asks, or that there are several things, and not for what.
_ASKING = re.compile(
    r"[\u4e00-\u9fff]{0,6}(?:厂|公司|企业|集团|矿业|农场|园区|基地|车间)|技改|[今明]年|"
    r"(?<![一二两三四五六几多\d])[一二两三四五六几多\d]++[个件项]|"
    r"[我你们咱]|想|做|搞|找|请|帮|看看|专家|老师|急?需[要求]?|求助?|难题|问题|有|如下|以下|事情?|"
    r"方面"
)
# Parts of one thing are named together for a reason.
_TOGETHER = re.compile(r"协同|集成|一体|联合|耦合|匹配|配套|融合")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_JOINED = re.compile(r"[与和及、]")
_ONE_BY_ONE = re.compile(r"(?:^|[,，:：。；;\s])[一二三四五][是、]")
_FIRST_ITEM = re.compile(r"[(（]?[1一①][)）、.．是:：]")
_WISH = re.compile(r"^(?:提[高升]|降低|减少|改善|缩短|延长|增强|实现|达到|完成)|[≥≤<>]|不[低高超]")
_SAYS_SEVERAL = re.compile(r"([两二三四五六2-6])\s*[件个项条]\s*(?:事|项目|需求|互不相干|不同的)")
_SAYS_APART = re.compile(r"分别联系|以上[两三四五]项|各位?[^，。]{0,6}哪样|两项都|可?分开[谈做]")
_MADE_TOO = re.compile(r"(?:研[发制]|开发|做)(?:一[个种套款台]|个)(?P<what>[^，。；]{5,30})$")
# How the first thing is made is no thing of its own.
_A_STEP = re.compile(r"(?:工艺|方法|规范|标准|制度|流程)$")
_HEADED = re.compile(r"(?:需求|难题|课题)[一二三四12345]\s*[:：]\s*([^，。；,;\n]{4,40})")
_NUMBERED = re.compile(r"^\s*[(（]?[一二三四五六1-6][)）、.．]\s*(.+)$", re.MULTILINE)
_STOP = re.compile(r"[，,。；;！!？?\n]+")
_ALSO = re.compile(
    r"同时|另|此外|除此|还[想要需有求缺]|再[有就一]|顺[便带]|其次|第二|二来|"
    r"并(?:且?[还也想要需拟]|研[发制]|开发)"
)
_OF_THE_FIRST = re.compile(
    r"该|其(?![他它次])|此(?!外)|配套|上述|这[种个套台]|相应|对应|样机|推广|验证|示范"
)
# Shorter, an item names a step (配方, 烧结) and no thing of its own.
_SHORTEST = 4


def several_jobs(challenge: Challenge) -> tuple[Finding, ...]:
    """A proposal how to split, if the items are about different things and no title joins them.

    The parts of a machine are one job: only a heading that names nothing, or that itself names
    two of the things, lets the items stand for jobs of their own. So does who says that there are
    several things, and who wants another thing besides (另外还想…).
    """
    heading, items = _listed(challenge)
    groups = _grouped(items)
    apart = _SAYS_APART.search(clean(challenge.problem)) is not None
    if len(groups) < 2 or not (apart or _names_nothing(heading) or _names_both(heading, groups)):
        groups = _counted(challenge) or _grouped(_besides(clean(challenge.problem)))
    if len(groups) < 2:
        return ()
    return (finding(FindingCode.SEVERAL_JOBS, *("、".join(items) for items, _ in groups)),)


def _listed(challenge: Challenge) -> tuple[str, tuple[str, ...]]:
    """The items of a need, and the heading above them."""
    title, text = clean(challenge.title), clean(challenge.research_content)
    lead = ""
    if not text:
        text = clean(challenge.problem)
        first = _FIRST_ITEM.search(text)
        if first is None and len(_ONE_BY_ONE.findall(text)) < 2:
            return title, ()
        lead = text[: first.start()] if first else ""
        text = text[len(lead) :]
    # What was pasted without a title may have got its first item for one.
    item = next(iter(_items(text)), "")
    title = lead if title == item or (lead and item.endswith(title)) else title
    return title, tuple(item for item in _items(text) if not _WISH.search(item))


def _items(text: str) -> list[str]:
    """The items of a list, whatever numbers them."""
    found = _ONE_BY_ONE.split(text) if len(_ONE_BY_ONE.findall(text)) > 1 else split_items(text)
    return [item for one in found if (item := one.strip(" ,，。；;"))]


def _counted(challenge: Challenge) -> _Groups:
    """What each of several things is about, where the text says how many and as many set targets.

    Who says so means it, whatever word the things share.
    """
    text = clean(f"{challenge.title}\n{challenge.problem}\n{challenge.indicators_text}")
    headed = dict.fromkeys(_HEADED.findall(text))
    if len(headed) > 1:
        return [([first], _pairs(specific(first))) for first in headed]
    text = clean(challenge.problem)
    said = _SAYS_SEVERAL.search(text)
    lines = _NUMBERED.findall(text) or clean(challenge.indicators_text).splitlines()
    items = [_STOP.split(line) for line in lines]
    firsts = [first for first, *more in items if more and not _WISH.search(first)]
    counted = said is not None and han_numbers(said[1]) == str(len(firsts))
    return [([first], _pairs(specific(first))) for first in firsts] if counted else []


def _besides(text: str) -> tuple[str, ...]:
    """The things a text wants made, the further ones besides the first; empty where in doubt.

    What belongs to the first (其, 该, 配套) is no thing of its own.
    """
    wanted: list[str] = []
    joined = False
    for clause in _STOP.split(text):
        joined = joined or _ALSO.match(clause.strip()) is not None
        made = _MADE_TOO.search(clause) if joined else None
        thing = wanted_in(clause) or (made["what"] if made else "")
        if not thing or (wanted and _A_STEP.search(thing)):
            continue
        if not wanted or (joined and not _OF_THE_FIRST.search(clause)):
            wanted.append(thing)
        joined = False
    return tuple(wanted)


def _names_nothing(heading: str) -> bool:
    """Whether a heading is empty, or tells only who asks and that there are needs."""
    return not specific(_ASKING.sub("", heading)) and (
        not heading or _ASKING.search(heading) is not None
    )


def _names_both(heading: str, groups: _Groups) -> bool:
    """Whether a heading joins two things, and some items are about one of them only."""
    parts = _JOINED.split(_BRACKETED.sub("", heading))
    if len(parts) != 2 or not all(map(specific, parts)) or _TOGETHER.search(heading):
        return False
    first, second = map(_pairs, parts)
    words = [_pairs("，".join(items)) for items, _ in groups]
    return (
        not first & second
        and any(about & (first | second) for about in words)
        and not any(about & first and about & second for about in words)
    )


def _grouped(items: tuple[str, ...]) -> _Groups:
    """Items with what they are about, those that share a word together; mere steps are out."""
    groups: _Groups = []
    for item in items:
        mine, about = [item], _pairs(specific(item))
        if len(specific(item)) < _SHORTEST:
            continue
        for others, theirs in [group for group in groups if group[1] & about]:
            groups.remove((others, theirs))
            mine, about = [*others, *mine], about | theirs
        groups.append((mine, about))
    return groups


def _pairs(words: str) -> set[str]:
    return {words[n : n + 2] for n in range(len(words) - 1)}
