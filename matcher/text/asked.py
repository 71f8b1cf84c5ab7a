"""Targets set in passing: what a text asks for, and not what is so today, is paid or is counted.

Every quantity read from a line is a candidate. What speaks for it (its sign, its unit, the words
of its name, around it and of the label before it) was weighed on labelled needs
(`benchmarks/asked.py`) and stands in ``models/asked.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.contacts import part_contacts
from matcher.learnt import learnt
from matcher.records import Indicator
from matcher.speech import part_of_speech
from matcher.text.candidates import Candidate, score
from matcher.text.circumstances import told_under, under
from matcher.text.indicators import parse_indicators
from matcher.text.notation import plain_signs
from matcher.text.tokenise import default_tokenizer
from matcher.text.units import unit_kind

CHOICE = "asked"
BULLET = re.compile(
    r"^\s*(?:[(（]?\d{1,2}[)）、.．:：](?!\d)|[①-⑳]|[-*•·▪●◆]\s*|"
    r"[一二三四五六七八九十]{1,2}[、.]|第[一二三四五六]个?[，,、是:：])\s*"
)
# 议定先按, 场长说对: no name of anything; and what says that it is another value now.
_ONLY_SAID = re.compile(
    r"(?:会议|[场厂院]长|老板|总经理|议定|商定|最[后终]|先|按|说|对|现在?|新的|请|改[成为]?|定为?|应|"
    r"还是|要|我们|经|公司|业主|甲方|同意|ok|单卡|更正|为|是|到|就|\s){0,8}",
    re.IGNORECASE,
)
_CORRECTS = re.compile("改|议定|最[后终]定|更正|说对|写错|记错|ok", re.IGNORECASE)
# 那个1.2写低了，要1.5; 380是老的: which value no longer holds, and the one in its place.
_WRITTEN_WRONG = re.compile(
    r"(?<![\d.])(?P<old>\d+(?:\.\d+)?)[^\d，,。；;]{0,6}?(?:写[错低高少多大小]|[报记打说]错|是[老旧]|作废|不算数)"
    r"了?(?:[^\d。；;]{0,6}?[要是改为到成应](?P<new>\d+(?:\.\d+)?))?"
)
# An item of more than a sentence tells of other things, too.
_SEVERAL = re.compile(r"[。！!？?](?:[。！!？?]|[^\S\n]){0,20}[^\s。！!？?]")
_SENTENCE = re.compile(r"[。；;！!？?\n]")
_LABEL = re.compile(r"\s*([^:：，,]{1,12})[:：]")
_SAID = re.compile(r"[\u4e00-\u9fffA-Za-z]")
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
# How far back words still tell of a quantity, and how much of a long name is looked at.
_BEFORE, _LONGEST = 24, 60


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


def asked_for(lines: list[str]) -> Iterator[Indicator]:
    """The targets of a text, line by line; what is put right later replaces what stood before.

    >>> told = ["晶锭重量450kg以上，设备商说撑不住。", "议定先按400kg以上发榜。"]
    >>> [(one.name, one.value) for one in asked_for(told)]
    [('晶锭重量', 400.0)]
    >>> told = ["热老化后拉伸粘结强度≥1.2MPa", "问了技术，热老化后那个1.2写低了，要1.5"]
    >>> [(one.name, one.value) for one in asked_for(told)]
    [('热老化后拉伸粘结强度', 1.5)]
    """
    kept: list[Indicator] = []
    for line in lines:
        settled = _written_wrong(line, kept)
        for found in of_line(line):
            if not found.unit and found.value in settled:
                continue
            earlier = _put_right(found, kept) if _ONLY_SAID.fullmatch(found.name) else None
            if earlier is None:
                kept.append(found)
                continue
            kept.remove(earlier)
            kept.append(found.model_copy(update={"name": earlier.name}))
    yield from kept


def _written_wrong(line: str, kept: list[Indicator]) -> set[float]:
    """The values a line takes back and puts in their place; changes the targets kept so far."""
    settled: set[float] = set()
    for said in _WRITTEN_WRONG.finditer(line):
        old = float(said["old"])
        wrong = next((one for one in reversed(kept) if one.value == old), None)
        if wrong is None:
            continue
        at = kept.index(wrong)
        new = float(said["new"]) if said["new"] else None
        kept[at : at + 1] = [wrong.model_copy(update={"value": new})] if new is not None else []
        settled |= {old} if new is None else {old, new}
    return settled


def _put_right(found: Indicator, kept: list[Indicator]) -> Indicator | None:
    """The last target in the same unit and of the same sense, if this one corrects it."""
    if not found.unit or not _CORRECTS.search(found.text):
        return None
    mine = (found.unit, found.operator, found.change)
    alike = (one for one in reversed(kept) if (one.unit, one.operator, one.change) == mine)
    return next(alike, None)


def of_line(line: str) -> Iterator[Indicator]:
    """The targets a line asks for, each with the circumstances told in clauses of their own.

    >>> [one.name for one in of_line("目前合格率85%，预算200万元，要求合格率不低于95%")]
    ['合格率']
    >>> [(one.name, one.condition) for one in of_line("4℃下贮藏21天，褐变指数不超过2.0")]
    [('褐变指数', '4℃下贮藏21天')]
    """
    weights = learnt(CHOICE)
    told = [(one.value, one.score(weights["asked"])) for one in candidates_of(line)]
    targets = {at: under(one, told[:at], weights["under"])
               for at, (one, asked) in enumerate(told) if asked > 0}  # fmt: skip
    beside = {id(one) for its in targets.values() for one in its}
    for at, its in targets.items():
        if id(told[at][0]) not in beside:
            yield told_under(told[at][0], its)


def surely_asked(found: Indicator) -> bool:
    """Whether what is said in passing is a target, and not of the money or the term."""
    if found.value is None:
        return False
    return score(_features(found, found.text, found.text), learnt(CHOICE)["asked"]) > 0


def candidates_of(line: str) -> Iterator[Candidate]:
    """The quantities of a line, each with what speaks for its being asked for."""
    item = BULLET.match(line) is not None and not _SEVERAL.search(line)
    text = part_contacts(BULLET.sub("", line) if item else line).rest
    after = False
    for sentence in [text] if item else _SENTENCE.split(text):
        for found in parse_indicators(sentence):
            if found.value is not None and (item or not _is_the_fault(found, sentence)):
                told = _features(found, sentence, line)
                told = {**told, "item": item, "behind_a_bound": after}
                yield Candidate(found, found.text, told)
                after = found.operator != "=" or found.change is not None


def _features(found: Indicator, sentence: str, line: str) -> dict[str, float]:
    unit = unit_kind(found.unit)
    bound = found.operator != "=" or found.change is not None
    name = _words(found.name[-_LONGEST:])
    features: dict[str, float] = {
        "bias": 1,
        f"sign_{found.operator}": 1,
        f"change_{found.change}": 1,
        f"unit_{unit}": 1,
        f"{'bound' if bound else 'bare'}_{unit}": 1,
        "named": bool(found.name),
        "under": bool(found.condition),
        "large": (found.value or 0.0) >= 1000,
        f"long_{min(4, len(found.name) // 4)}": 1,
    }
    if name:
        features |= {f"first_{name[0]}": 1, f"last_{name[-1]}": 1, f"ends_{name[-1][-1]}": 1}
    features |= {f"speech_{part_of_speech(word)[0]}": 1 for word in name}
    label = _LABEL.match(line)
    zones = {
        "name": name,
        "with": [word for word in _words(found.text[-_LONGEST:]) if word not in name],
        "before": _words(plain_signs(sentence).partition(found.text[:12])[0][-_BEFORE:]),
        "label": _words(label[1]) if label else (),
    }
    return features | {f"{zone}:{word}": 1 for zone, words in zones.items() for word in words}


def _words(text: str) -> list[str]:
    cut = default_tokenizer().cut(text)
    return [word for word in cut if _SAID.search(word) and not re.search(r"\d", word)]
