"""What may be somebody's name in a pasted text, and what speaks for it.

Every surname with one or two characters behind it, and whatever the tagger takes for a person, is a
candidate. Where it stands (behind a post, before a number, at the end of a line …), what its
characters are as a given name, what the tagger made of it and what else the text says of its
surname speak for it or against it; how much each counts was fitted on labelled needs
(`benchmarks/persons.py`) and stands in ``models/persons.json``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from matcher.contacts import SURNAME
from matcher.learnt import learnt
from matcher.speech import is_word
from matcher.tagging import PERSON, Tagged
from matcher.text.candidates import Features, score

CHOICE = "persons"
_HAN = "\u4e00-\u9fff"
# Surnames that are met now and then, of all peoples.
_SELDOM = (
    "檀忻眭慕虎库铁来闪果改撒妥者开保脱锁才付代肖闫萧邸昝蹇鹤骞候候候侴乞敏敖斯木乃依努"
    "玛扎旦尕白玉玖忽妙拉拓拜摆洒沓海满火登盘砂祖续羿腾苍英茂蔺衷训谯逮遇邝釜镡镨长问隋雄青顿"
)
_ONE = re.compile(rf"{SURNAME}|[{_SELDOM}]")
_COMPOUND = re.compile(SURNAME.split("|[")[0].removeprefix("(?:"))
_RUN = re.compile(rf"[{_HAN}]{{2,}}")
_NO_PART = re.compile("[的了吗呢们这哪什么你他她它吧啊]")
_POST = (
    r"(?:总工程师|总工|经理|副总|[厂场社所部站院校园店课组队行局处科股镇村会]长|书记|主任|总裁|总监|主管|秘书|老板娘?|"
    r"高工|[员师]|助理|专员|法人|掌柜|教授|博士|会计|老师|师傅|同志|先生|女士|小姐|顾问|[部科处室办组院厂站社队司局])"
)
# Kinds of what stands right before and right behind.
_BEFORE = {
    "label": re.compile(
        r"(?:人|姓名|记录|整理|经办|联络|联系|对接|落款|签[名字]|户名|称呼|执笔|代笔|接听|陪同|参加)\s*[:：是为]?\s*$"
    ),
    "called": re.compile(
        r"(?:叫做?|我是|本名|真名|全名|名字|姓[\u4e00-\u9fff]{1,2}[,，、 ]?(?:名)?)\s*$"
    ),
    "sought": re.compile(
        r"(?:找|联系|问|打给|发给|寄给|交给|咨询|致电|对接|转|请|@|归|由|跟|和|与)\s*$"
    ),
    "post": re.compile(rf"{_POST}\s*[:：]?\s*$"),
    "kin": re.compile(
        r"(?:儿子|女儿|闺女|儿媳妇?|女婿|外甥女?|侄[子女]|孙[子女]|老公|老婆|媳妇|爱人|[妹姐]夫|舅舅?|弟弟?|哥哥?|妹妹?|姐姐?|爸|爹|妈|叔|伯)\s*$"
    ),
    "i": re.compile(r"[我俺咱]\s*$"),
    "of": re.compile(r"的\s*$"),
    "number": re.compile(r"[\d零〇一二三四五六七八九幺]{4}[\s,，(（]*$"),
    "line": re.compile(r"(?:^|\n)[\s>＞•·*\-—]*$"),
    "sign": re.compile(r"[,，。;；:：、/|(（\t　 \[【<《“\"-]$"),
    "date": re.compile(r"\d日?\s*$"),
    "latin": re.compile(r"[A-Za-z]\s*[(（/|]?\s*$"),
}
_BEHIND = {
    "number": re.compile(
        r"[\s,，:：(（/|-]*(?:手机|电话|微信|座机|联系)?[\s:：是]*[\d零〇一二两三四五六七八九幺＋+]{4}"
    ),
    "mail": re.compile(r"[\s,，:：(（/|<-]*[\w.+-]{2,40}@"),
    "post": re.compile(rf"\s*[(（]?{_POST}"),
    "end": re.compile(r"\s*(?:$|\n)"),
    "sign": re.compile(r"[,，。;；:：、/|)）\t　 \]】>》”\"-]"),
    "asks": re.compile(
        r"(?:就[行是好可成]|即可|吧|电话|手机|微信|负责|联系|对接|收|转|敬|谨|拜|[讲说谈])"
    ),
    "i": re.compile(r"[我俺咱]"),
    "latin": re.compile(r"\s*[(（/|]?\s*[A-Z][a-z]"),
    "explained": re.compile(rf"[{_HAN}]{{0,6}}[的是]?[{_HAN}]的[{_HAN}]"),
    "house": re.compile(
        rf"[{_HAN}]{{0,6}}(?:公司|集团|合作社|厂|村|镇|县|市|省|路|街|大学|法|定律|方程|效应|硬度|系数)"
    ),
    "date": re.compile(r"\s*(?:于)?20\d\d"),
}
_REACHED = re.compile(r"\d{7,}|[零〇一二三四五六七八九幺]{8,}|\d{3,4}[- ]\d{4,}|@")
_LOCAL = re.compile(r"([A-Za-z][A-Za-z0-9._-]{1,30})@")
_THINGS = (
    "组部科室处院所厂班阀机器管件板材料剂膜片线泵炉箱仪表率度量值法段区层性能型化体物质水油气电"
)
_ECHO = re.compile(
    rf"(?:[姓老小]|免贵姓)(?P<before>[{_HAN}])|(?P<behind>[{_HAN}])(?:工(?![艺业程具作序况件装])|总(?![体量装成计是在额的线数])|老师|经理|主任|[厂所院部科处站社]长|师傅|"
    r"先生|女士|大?姐|大?哥|大?叔|婶|嫂|博士|教授|书记|董)"
)


_NEAR_BEHIND, _NEAR_BEFORE, _LAST_LINES = 14, 24, 5
# Where a name stands for the thirtieth time nothing new is said of it.
_MOST_LOOKED_AT = 30
# What says more together than each by itself.
_TOGETHER = (
    ("before_line", "behind_end"), ("before_i", "alone"), ("before_post", "behind_sign"),
    ("before_post", "behind_number"), ("before_of", "behind_sign"), ("before_i", "b_e"),
    ("before_called", "b_e"), ("before_sought", "b_e"), ("before_post", "b_e"),
)  # fmt: skip


class NameCandidate(NamedTuple):
    """What may be a name, where it stands in the text, and what speaks for it."""

    name: str
    places: list[int]
    features: dict[str, float]


def name_candidates(
    text: str, words: Sequence[Tagged], told: Mapping[str, Iterable[str]]
) -> list[NameCandidate]:
    """All that may be a name in a text; ``words`` are all of it with their tags, ``told`` says by
    which patterns a name stands where names stand.
    """
    about = _About(text, words)
    found: dict[str, NameCandidate] = {}
    by_pattern = {name: tuple(patterns) for name, patterns in told.items()}
    for start, name in about.spans(by_pattern):
        if name in found and len(found[name].places) >= _MOST_LOOKED_AT:
            found[name].places.append(start)
            continue
        features = about.features(name, start)
        if name in found:
            known = found[name]
            known.places.append(start)
            known.features.update(
                (one, max(known.features.get(one, 0.0), value)) for one, value in features.items()
            )
        else:
            found[name] = NameCandidate(name, [start], features)
    for name, one in found.items():
        one.features.update(about.of_the_name(name))
        one.features.update({f"told_{pattern}": 1.0 for pattern in by_pattern.get(name, ())})
        if len(one.places) > 1:
            one.features["again"] = 1.0
    return list(found.values())


def may_begin_a_name(name: str) -> bool:
    """Whether it begins with a surname.

    >>> may_begin_a_name("檀学军"), may_begin_a_name("氨逃逸")
    (True, False)
    """
    return _ONE.match(name) is not None


def likely_names(found: Iterable[NameCandidate], weights: Mapping[str, float]) -> list[str]:
    """Those of which more speaks for a name than against it, the likeliest where two overlap."""
    rated = sorted(((score(one.features, weights), one.name, one) for one in found), reverse=True)
    taken: dict[int, int] = {}
    chosen = []
    for rate, name, one in rated:
        if rate <= 0:
            break
        free = [at for at in one.places if not any(at + n in taken for n in range(len(name)))]
        if free:
            chosen.append(name)
            taken.update({at + n: 1 for at in free for n in range(len(name))})
    return chosen


class _About:
    """A text, its words and what it says of surnames and addresses."""

    def __init__(self, text: str, words: Sequence[Tagged]) -> None:
        self._text = text
        self._words = words
        self._starts = [one.start for one in words]
        self._ends = {one.start + len(one.word) for one in words}
        self._begin = set(self._starts)
        self._reached = [found.start() for found in _REACHED.finditer(text)]
        lines = text.rsplit("\n", _LAST_LINES)
        self._last_lines = len(lines[0]) if len(lines) > _LAST_LINES else 0
        self._mails = [re.sub(r"[^a-z]", "", one.casefold()) for one in _LOCAL.findall(text)]
        self._echoed = {one["before"] or one["behind"] for one in _ECHO.finditer(text)}

    def spans(self, told: Mapping[str, object]) -> Iterator[tuple[int, str]]:
        """Where each candidate begins, and what it is; none twice at one place."""
        seen: set[tuple[int, str]] = set()
        for start, name in self._all_spans(told):
            if (start, name) not in seen and not _NO_PART.search(name):
                seen.add((start, name))
                yield start, name

    def _all_spans(self, told: Mapping[str, object]) -> Iterator[tuple[int, str]]:
        for run in _RUN.finditer(self._text):
            for at in range(len(run[0]) - 1):
                if _COMPOUND.match(run[0], at):
                    sizes: tuple[int, ...] = (3, 4)
                elif _ONE.match(run[0], at):
                    sizes = (2, 3)
                else:
                    continue
                for size in sizes:
                    if at + size <= len(run[0]):
                        yield run.start() + at, run[0][at : at + size]
        for one in self._words:
            name = one.word.strip()
            if one.tag == PERSON and re.fullmatch(rf"[{_HAN}]{{2,4}}", name):
                yield one.start + one.word.index(name), name
        for name in told:
            if re.fullmatch(rf"[{_HAN}]{{2,4}}", name):
                for found in re.finditer(name, self._text):
                    yield found.start(), name

    def features(self, name: str, start: int) -> dict[str, float]:
        """What speaks for a name by where it stands."""
        text, end = self._text, start + len(name)
        found: dict[str, float] = {}
        before, behind = text[max(0, start - 16) : start], text[end : end + 16]
        for kind, pattern in _BEFORE.items():
            if pattern.search(before):
                found[f"before_{kind}"] = 1.0
        for kind, pattern in _BEHIND.items():
            if pattern.match(behind):
                found[f"behind_{kind}"] = 1.0
        found |= _beside(name, before, behind) | self._as_tagged(name, start)
        near = bisect_right(self._reached, end)
        if near < len(self._reached) and self._reached[near] - end < _NEAR_BEHIND:
            found["reached_behind"] = 1.0
        if near and 0 < start - self._reached[near - 1] < _NEAR_BEFORE:
            found["reached_before"] = 1.0
        if end >= self._last_lines:
            found["late"] = 1.0
        return found | {
            "+".join(pair): 1.0 for pair in _TOGETHER if all(one in found for one in pair)
        }

    def _as_tagged(self, name: str, start: int) -> dict[str, float]:
        """What the tagger made of it and of what stands around."""
        end = start + len(name)
        at = bisect_right(self._starts, start) - 1
        if at < 0:
            return {}
        last = bisect_right(self._starts, end - 1) - 1
        found: dict[str, float] = {}
        begins, ends = start in self._begin, end in self._ends
        found[f"{'b' if begins else 'x'}_{'e' if ends else 'x'}"] = 1.0
        covering = self._words[at : last + 1]
        kinds = {one.tag for one in covering}
        if begins and ends and len(covering) == 1:
            found[f"is_{covering[0].tag}"] = 1.0
        else:
            found["in_" + "+".join(one.tag for one in covering[:3])] = 1.0
            if PERSON in kinds:
                found["part_person"] = 1.0
        if at:
            found[f"tag_before_{self._words[at - 1].tag}"] = 1.0
        if last + 1 < len(self._words):
            found[f"tag_behind_{self._words[last + 1].tag}"] = 1.0
        return found

    def of_the_name(self, name: str) -> dict[str, float]:
        """What speaks for a name by what it is, and by what else the text says."""
        surname = 2 if len(name) > 2 and _COMPOUND.match(name) else 1
        given = name[surname:]
        chances = _given_names()
        found = {f"size_{len(name) - surname}": 1.0, "bias": 1.0}
        rates = [chances.get(one, -1.0) for one in given]
        found["given"] = sum(rates) / len(rates) / 2
        found["least_given"] = min(rates) / 2
        found["surname"] = _surnames().get(name[:surname], -2.0) / 2
        if surname == 2:
            found["compound"] = 1.0
        if is_word(name):
            found["word"] = 1.0
        if len(name) > 2 and is_word(name[:2]):
            found["word_first"] = 1.0
        if len(name) > 2 and is_word(name[-2:]):
            found["word_last"] = 1.0
        if name[-1] in _THINGS:
            found["thing"] = 1.0
        if name[0] in self._echoed:
            found["echoed"] = 1.0
        if self._mails and any(_spells(mail, name) for mail in self._mails):
            found["spelt_in_mail"] = 1.0
        return found


def _beside(name: str, before: str, behind: str) -> dict[str, float]:
    """The characters right beside it, and the words they would make with it."""
    left, right = before[-1:], behind[:1]
    found = {f"left_{left if left.strip() else '^'}": 1.0}
    found[f"right_{right if right.strip() else '$'}"] = 1.0
    for side, two in (("left", before[-2:]), ("right", behind[:2])):
        if re.fullmatch(f"[{_HAN}]{{2}}", two):
            found[f"{side}_{two}"] = 1.0
    if left and is_word(left + name[0]):
        found["word_left"] = 1.0
    if right and is_word(name[-1] + right):
        found["word_right"] = 1.0
    if right and len(name) == 2 and is_word(name[1:] + right):
        found["word_right_too"] = 1.0
    if not any(re.match(f"[{_HAN}A-Za-z]", one) for one in (left, right)):
        found["alone"] = 1.0
    return found


def _spells(mail: str, name: str) -> bool:
    """Whether an address is made of the sounds of a name: lengzx of 冷梓萱, xiefang of 解放."""
    from pypinyin import Style, lazy_pinyin

    sounds = [one.replace("v", "u") for one in lazy_pinyin(name, style=Style.NORMAL)]
    first, rest = sounds[0], sounds[1:]
    initials = "".join(one[0] for one in rest)
    ways = {first + "".join(rest), first + initials, initials + first, "".join(rest) + first}
    if len(mail) <= 3:
        ways.add(first[0] + initials)
    return any(mail.startswith(way) for way in ways)


def _given_names() -> Features:
    """How much oftener a character stands in given names than in words: log odds."""
    given: Features = learnt(CHOICE)["given"]
    return given


def _surnames() -> Features:
    """How much oftener a character begins a name than a word: log odds."""
    surnames: Features = learnt(CHOICE)["surnames"]
    return surnames


def name_weights() -> Features:
    """How much each thing counts that speaks for a name or against it."""
    clues: Features = learnt(CHOICE)["clues"]
    return clues
