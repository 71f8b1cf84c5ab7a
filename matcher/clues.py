"""What in a clause speaks for it naming somebody or saying how to reach him.

Characters one to three in a row, the shapes of letters and digits, words of reaching, kin and
posts, what may be a name by its characters, what the tagger takes for a person, and which kinds of
these stand right before and behind. How much each counts is learnt (`benchmarks/disclosing.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from matcher.contacts import SURNAME
from matcher.learnt import learnt
from matcher.speech import is_word
from matcher.tagging import PERSON, tagged

_HAN = "\u4e00-\u9fff"
# Words by what they have to do with persons.
_KINDS = {
    "reach": "找我|加我|私信|私我|留言|联系|搜我|敲我|戳我|呼我|艾特|回我|打给|打我|打电话|致电|"
    "来电|通过|备注|关注|搜索?|扫码|名片|好友|拨|[找问跟][他她]|联络|对接|同号|收(?=$|[。,])|转告|请寄|回信|接头",
    "platform": "号|微信|微博|抖音|快手|B站|知乎|豆瓣|QQ|群|公众|直播|主播|账号|帐号|昵称|网名|"
    "笔名|用户|ID|id|邮箱|电话|手机|座机|传真|身份证|护照|卡号|车牌|户名|头像|主页|博客|论坛|贴吧|会议|钉|飞书|闲鱼|旺|同名",
    "kin": "媳妇|老公|老婆|爱人|儿子|女儿|闺女|舅|叔|姨|哥|姐|弟|妹|爷|奶|爸|妈|爹|娘|嫂|婶|侄|"
    "外甥|丈人|公公|婆|师傅|徒弟|同学|战友|老乡|朋友",
    "post": "总工|经理|主任|[厂科处部所院校组班队]长|书记|董事|副总|理事|工程师|技术员|质检|经办|"
    "负责人|老师|先生|女士|教授|博士|专家|顾问|法人|法定代表|记录|填表|填报|申报人|联系人|对接人|参会|陪同|主持|签名|署名|落款|"
    "敬上|顿首|此致|汇报|撰稿|整理",
    "who": "我叫|叫我|我是|姓|名叫|本名|真名|单名|[他她]叫|人称|外号|绰号|大家叫|他|她|"
    "本人|在下|鄙人|俺|我",
    "place": "小区|单元|栋|幢|家属院|宿舍|住|门牌|楼|室|苑|弄|巷",
    "says": "说|讲|介绍|反映|提出|认为|问|答|喂|交代|听",
}
_WORDS = {kind: re.compile(words) for kind, words in _KINDS.items()}
_TOKEN = re.compile(r"[A-Za-z0-9_.@#\-:/+·&]{2,}")
_SPOKEN = re.compile("[零〇一二两三四五六七八九幺壹贰叁肆伍陆柒捌玖]{3,}")
_QUOTED = re.compile(r"[“\"「『《【‘][^”\"」』》】’]{2,14}[”\"」』》】’]")
_TWO_LATIN = re.compile("[A-Z][a-z]+ [A-Z][a-z]+")
_GROUPED = re.compile(r"\d{3,4}[ \-.]\d{3,4}")
_DOTTED = re.compile(f"[{_HAN}]{{2,}}[·•][{_HAN}]{{2,}}")
_ONE = re.compile(SURNAME)
_RUN = re.compile(f"[{_HAN}]{{2,}}")
_SHORT_NAME = re.compile(f"[{_HAN}]{{2,4}}")
_LEAST, _MOST = -3, 4
_LONG, _LONGER, _LONGEST_SHAPE = 7, 10, 14

Clues = dict[str, int]
"""What speaks for or against, in tenths."""


def clues_in(clause: str, before: str = "", behind: str = "") -> Clues:
    """All that a clause and those right beside it say, in half-width signs.

    >>> found = clues_in("问老缑就知道")
    >>> found["word_reach"] if "word_reach" in found else 0, found["word_says"]
    (0, 10)
    """
    return plain_clues(clause, before, behind) | tagged_clues(clause)


def plain_clues(clause: str, before: str = "", behind: str = "") -> Clues:
    """What needs no tagger: it costs ten times all this."""
    text = clause.strip()
    found = _written(text)
    kinds = _kinds_in(text)
    for kind, words in _WORDS.items():
        if words.search(before):
            found[f"before_{kind}"] = 6
        if words.search(behind):
            found[f"behind_{kind}"] = 6
    found.update((f"word_{kind}", 10) for kind in kinds)
    found.update(
        (f"words_{one}_{other}", 7) for n, one in enumerate(kinds) for other in kinds[n + 1 :]
    )
    found[f"length_{min(len(text) // 4, 6)}"] = 7
    found |= _tokens(text, kinds)
    found |= _likely_name(text, kinds)
    found["bias"] = 10
    return found


def _kinds_in(text: str) -> list[str]:
    return [kind for kind, words in _WORDS.items() if words.search(text)]


def _written(text: str) -> Clues:
    """Characters in a row, digits alike; at the edges they count for more."""
    bare = re.sub(r"\d", "0", text)
    found = dict.fromkeys(map("1{}".format, bare), 3)
    for size in (2, 3):
        for at in range(len(bare) - size + 1):
            found[f"{size}{bare[at : at + size]}"] = 5
    for edge in (f"^{bare[:2]}", f"^{bare[:3]}", f"{bare[-3:]}$", f"{bare[-2:]}$"):
        found[f"edge{edge}"] = 7
    return found


def _tokens(text: str, kinds: list[str]) -> Clues:
    """What runs of letters and digits look like."""
    found: Clues = {}
    for token in _TOKEN.findall(text):
        digits = sum(char.isdigit() for char in token)
        letters = sum(char.isalpha() for char in token)
        shape = re.sub("[A-Z]+", "A", re.sub("[a-z]+", "a", token))
        shape = re.sub(
            r"\d+", lambda run: "9" * min(len(run[0]), 8 if len(run[0]) < 9 else 9), shape
        )
        found[f"shape_{shape[:_LONGEST_SHAPE]}"] = 10
        if digits >= _LONG:
            found["digits_7"] = 10
        if digits >= _LONGER:
            found["digits_10"] = 10
        if digits > 2 and not letters:
            found["only_digits"] = 5
        if letters > 1 and digits > 1 and token[0].islower():
            found["chosen"] = 10
        if "_" in token:
            found["line"] = 10
        if "@" in token or "#" in token:
            found["at"] = 10
        if re.fullmatch("[A-Z][a-z]{2,}", token):
            found["capital"] = 10
        of = "m" if digits and letters else "d" if digits else "l"
        found.update((f"token_{kind}_{of}{min(len(token) // 4, 3)}", 10) for kind in kinds)
    for name, pattern, value in (
        ("two_latin", _TWO_LATIN, 10), ("grouped", _GROUPED, 10), ("spoken", _SPOKEN, 10),
        ("dotted", _DOTTED, 15), ("quoted", _QUOTED, 10),
    ):  # fmt: skip
        if pattern.search(text):
            found[name] = value
    if "quoted" in found:
        found.update((f"quoted_{kind}", 10) for kind in kinds)
    return found


def _likely_name(text: str, kinds: list[str]) -> Clues:
    """Whether a surname with characters of given names is in it, and what stands beside it."""
    likely = max(_names(text), default=None)
    if likely is None:
        return {}
    rate, start, name = likely
    level = max(_LEAST, min(_MOST, int(rate)))
    found = {f"name_{one}": 8 for one in range(_LEAST, level + 1)}
    if level < 0:
        return found
    left, right = text[max(0, start - 2) : start], text[start + len(name) :][:2]
    found[f"left_{left[-1:] or '^'}"] = found[f"right_{right[:1] or '$'}"] = 10
    found[f"left2_{left}"] = found[f"right2_{right}"] = 10
    open_left = not re.search(f"[{_HAN}]", left[-1:])
    open_right = not re.search(f"[{_HAN}]", right[:1])
    if open_left:
        found["open_left"] = 10
    if open_right:
        found["open_right"] = 10
    if open_left and open_right:
        found["alone"] = 15
    found.update((f"name_{kind}", 10) for kind in kinds)
    return found


def _names(text: str) -> Iterator[tuple[float, int, str]]:
    """What may be a name, how likely by its characters and those beside, and where."""
    for run in _RUN.finditer(text):
        told = run[0]
        for at in range(len(told) - 1):
            surname = _ONE.match(told, at)
            if surname is None:
                continue
            for size in (2, 3) if len(surname[0]) == 1 else (3, 4):
                name = told[at : at + size]
                if len(name) < size or is_word(name):
                    continue
                rate = _chance(name, len(surname[0]))
                if at and is_word(told[at - 1] + name[0]):
                    rate -= 1.5
                if at + size < len(told) and is_word(name[-1] + told[at + size]):
                    rate -= 1.2
                if is_word(name[:2]):
                    rate -= 1.5
                if is_word(name[-2:]):
                    rate -= 1.2
                yield rate, run.start() + at, name


@lru_cache(maxsize=100_000)
def _chance(name: str, surname: int) -> float:
    """How much oftener its characters stand in names than in words."""
    weights = learnt("persons")
    given: Mapping[str, float] = weights["given"]
    surnames: Mapping[str, float] = weights["surnames"]
    rates = [given.get(char, -1.0) for char in name[surname:]]
    return surnames.get(name[:surname], -2.0) / 2 + sum(rates) / len(rates) + min(rates) / 2


def tagged_clues(clause: str) -> Clues:
    """What the tagger makes of a clause, and of its words as a whole."""
    text = clause.strip()
    words, kinds = tagged(text), _kinds_in(text)
    tags = ["^", *(one.tag for one in words), "$"]
    found = {f"tags_{one}_{other}": 4 for one, other in pairwise(tags)}
    found[f"first_{tags[1]}"] = found[f"last_{tags[-2]}"] = 5
    said = ["^", *(one.word for one in words), "$"]
    for at, one in enumerate(words, start=1):
        if len(one.word) > 1:
            found["w_" + re.sub(r"\d", "0", one.word)] = 7
        if one.tag != PERSON:
            continue
        found["person"] = 15
        found[f"person_behind_{tags[at - 1]}"] = found[f"person_before_{tags[at + 1]}"] = 10
        found[f"person_of_{min(len(one.word), 4)}"] = 10
        surname = _ONE.match(one.word)
        found["person_word" if is_word(one.word) else "person_new"] = 10
        found["person_surname" if surname else "person_other"] = 10
        if _SHORT_NAME.fullmatch(one.word):
            rate = _chance(one.word, len(surname[0]) if surname and surname[0] != one.word else 1)
            found[f"person_rate_{max(_LEAST, min(_MOST, int(rate)))}"] = 10
        if len(words) == 1:
            found["person_all"] = 10
        if tags[at - 1] in ("^", "w") and tags[at + 1] in ("$", "w"):
            found["person_alone"] = 10
        found.update((f"person_{kind}", 10) for kind in kinds)
        found[f"person_left_{said[at - 1]}"] = found[f"person_right_{said[at + 1]}"] = 10
    return found
