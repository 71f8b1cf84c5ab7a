"""What a team works on, told from what it has done: phrases that set it apart in the library, and
how its newest works begin.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from matcher.ranking.coverage import says_nothing
from matcher.records import Achievement
from matcher.text.normalise import HAN, clean, simplify

# 面向…的, 基于…的: the manner, not the subject; and what every title ends with. Tried once from
# each place: the words of its parts are partly the same, and could be parted in countless ways.
_LEAD = re.compile(
    r"^(?:关于|面向|针对|基于|考虑|采用|利用|一种|一类|新型|用于|几种|若干|浅谈|浅析|论)"
)
_TAIL = re.compile(
    r"(?:的?(?:关键|核心|共性)?(?:基础|应用|理论|实验|试验|技术|机理|机制|方法|系统)?(?:研究|开发|探讨|综述|进展|研制|分析|设计|优化|应用|评价|"
    r"建模|仿真|方法|装置|机理|机制|规律|技术|系统|问题|策略|模型|理论|及其|初探|实践|设备)){1,6}+$"
)
_CUTS = re.compile(
    r"[，,。、；;：:（）()《》“”\"'—\-–/\s]+|及其|以及|基于|面向|针对|"
    r"(?:条件|作用|环境|背景|视角)下|过程中|中的|下的|[的与及]|和(?!谐|平)"
)
_LONGEST, _SHORTEST = 16, 3
_LETTER = re.compile(r"[\u3400-\u9fffA-Za-zα-ωΑ-Ω]")
# What stands below the keywords on a page and runs on into the last of them.
_PAGE_LABEL = re.compile(
    r"\s*(?:中图(?:法)?分类号|分类号|文章编号|文献标[识志示]码|DOI\b|收稿日期|基金项目|通[讯信]作者|作者简介|PACS\b).*$",
    re.I,
)
# How many works speak for a team, and how much of each.
_OPENINGS, _SHORTEST_SENTENCE, _LONGEST_SENTENCE = 3, 10, 110
_SENTENCE = re.compile(r"[。；;]|(?<=[a-z])\. (?=[A-Z])")
_LABEL = re.compile(
    r"^\s*(?:[\[【(（]?\s*(?:目的|背景|意义|摘要|问题|objective|background|aims?)(?:\s*[/／]\s*[\u3400-\u9fff]{2,4})?\s*"
    r"[\]】)）:：]+\s*)+",
    re.I,
)
_EDGES = " “”\"'.。:：;；,，、!！?？"
# Beside the words that no list of subjects counts: what every study has.
_MANNERS = frozenset((
    "特征", "特点", "特性", "规律", "分布", "时空", "空间", "现状", "趋势", "原则", "持续", "调控",
    "差异", "关系", "过程", "条件", "对比", "比较", "措施", "对策", "展望", "启示", "表达", "程度",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Direction:
    """A derived direction and the achievements it was told from (indices into the works)."""

    phrase: str
    works: tuple[int, ...]


def directions(
    teams: Mapping[str, Sequence[int]], works: Sequence[Achievement], most: int = 6
) -> dict[str, tuple[Direction, ...]]:
    """For each team the phrases it uses more than the library does.

    Keywords count half as much again: somebody chose them. Of two phrases of which one holds the
    other, the longer is taken unless the shorter is far commoner in the team. The weight of a
    phrase is how often a team uses it times the logarithm of how few teams do (tf-idf: Spärck
    Jones, 1972).
    """
    spelled: dict[str, str] = {}
    phrases = {n: _folded(_phrases(works[n]), spelled) for own in teams.values() for n in own}
    held: Counter[str] = Counter()
    for own in teams.values():
        held.update({phrase for n in own for phrase in phrases[n]})
    return {
        team: tuple(
            Direction(spelled[phrase], behind)
            for phrase, behind in _best(own, phrases, held, len(teams), most)
        )
        for team, own in teams.items()
    }


def openings(own: Sequence[int], works: Sequence[Achievement]) -> str:
    """The sentences in which a team's newest works say what they are for: plainer words than those
    of titles and keywords, and nearer to those of whoever needs it.
    """
    newest = sorted(own, key=lambda n: (-(works[n].year or 0), n))
    said = (_first_sentence(works[n].abstract) for n in newest)
    return "。".join(islice(dict.fromkeys(sentence for sentence in said if sentence), _OPENINGS))


def _first_sentence(abstract: str) -> str:
    """The first sentence of an abstract, without the label before it; "" if it says too little.

    >>> _first_sentence("【目的】为防止冻害，研究抗寒性。结果表明……")
    '为防止冻害，研究抗寒性'
    """
    for part in _SENTENCE.split(clean(abstract)):
        sentence = _LABEL.sub("", part).strip(_EDGES)
        if len(sentence) >= _SHORTEST_SENTENCE:
            return sentence[:_LONGEST_SENTENCE]
    return ""


def _folded(phrases: Mapping[str, float], spelled: dict[str, str]) -> dict[str, float]:
    """Phrases whatever their case; ``spelled`` keeps how each was first written."""
    found: dict[str, float] = {}
    for phrase, weight in phrases.items():
        spelled.setdefault(phrase.casefold(), phrase)
        found[phrase.casefold()] = max(weight, found.get(phrase.casefold(), 0.0))
    return found


def _best(
    own: Sequence[int], phrases: Mapping[int, Mapping[str, float]], held: Counter[str], teams: int,
    most: int,
) -> list[tuple[str, tuple[int, ...]]]:  # fmt: skip
    weight: dict[str, float] = defaultdict(float)
    behind: dict[str, list[int]] = defaultdict(list)
    for work in own:
        for phrase, value in phrases[work].items():
            weight[phrase] += value
            behind[phrase].append(work)
    ranked = sorted(weight, key=lambda p: (-weight[p] * math.log(1 + teams / held[p]), -len(p), p))
    chosen: list[str] = []
    for phrase in ranked:
        if any(phrase in known for known in chosen):
            continue
        # A longer phrase says more than the part of it that came first.
        inner = [k for k in chosen if k in phrase and weight[phrase] >= weight[k] / 2]
        if inner:
            chosen[chosen.index(inner[0])] = phrase
            chosen = [k for k in chosen if k not in inner]
        elif not any(known in phrase for known in chosen) and len(chosen) < most:
            chosen.append(phrase)
    return [(phrase, tuple(behind[phrase])) for phrase in chosen]


def _phrases(work: Achievement) -> dict[str, float]:
    found: dict[str, float] = {}
    for word in work.keywords:
        phrase = _PAGE_LABEL.sub("", _plain(word)).strip(_EDGES)
        if _SHORTEST - 1 <= len(phrase) <= 40 and _says_something(phrase):
            found[phrase] = 1.5
    for phrase in title_phrases(work.title):
        found[phrase] = max(found.get(phrase, 0.0), 1.0)
    return found


def _plain(text: str) -> str:
    """As `normalise`, in the case it is written in: CO₂ and SWAT are read, not compared."""
    return " ".join(clean(simplify(clean(unicodedata.normalize("NFKC", text)))).split())


def _says_something(phrase: str) -> bool:
    """Whether a phrase names a subject: neither numbers of pages nor 影响因素, which all have.

    >>> [_says_something(phrase) for phrase in ("影响因素", "0745-08(0745~0752)", "GHZ态", "磁暴")]
    [False, False, True, True]
    """
    letters = len(_LETTER.findall(phrase))
    if letters < _SHORTEST - 1 or 2 * letters < len(re.sub(r"\s", "", phrase)):
        return False
    if phrase.count("(") != phrase.count(")"):
        return False
    return not _is_silent(phrase)


def _is_silent(phrase: str) -> bool:
    return not phrase or any(
        (phrase[:size] in _MANNERS or says_nothing(phrase[:size])) and _is_silent(phrase[size:])
        for size in range(2, min(4, len(phrase)) + 1)
    )


def title_phrases(title: str) -> tuple[str, ...]:
    """The noun phrases of a title, without the manner of the work.

    >>> title_phrases("基于深度学习的高速主轴轴承故障诊断方法研究")
    ('深度学习', '高速主轴轴承故障诊断')
    """
    plain = _plain(title)
    if not HAN.search(plain):
        return (plain,) if 0 < len(plain) <= 80 else ()
    found = []
    for part in _CUTS.split(plain):
        phrase = _TAIL.sub("", _LEAD.sub("", part.strip()))
        if _SHORTEST <= len(phrase) <= _LONGEST and HAN.search(phrase) and not _is_silent(phrase):
            found.append(phrase)
    return tuple(dict.fromkeys(found))
