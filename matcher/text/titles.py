"""The title of a need told in plain words: the best of all clauses and of what they ask for.

Every clause is a candidate, and so is what stands behind each word of asking in it. What speaks for
a candidate and against it is counted in `features`; how much each counts was fitted on labelled
needs (`benchmarks/titles.py`), and stands in ``models/titles.json``.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

from matcher.contacts import SURNAME, part_contacts
from matcher.resources import data_path
from matcher.text.asked import BULLET, surely_asked
from matcher.text.demander import ORG_END, is_organisation
from matcher.text.envelope import without_marks
from matcher.text.indicators import parse_indicators
from matcher.text.normalise import HAN
from matcher.text.speech import part_of_speech
from matcher.text.stated import is_offer, organisation_in
from matcher.text.tokenise import default_tokenizer
from matcher.text.wanted import HEAD, WANTED_END, trimmed

WEIGHTS = "models/titles.json"
_SHORTEST, _LONGEST = 3, 40
_CLAUSE = re.compile(r"[。！!？?；;，,：:\n…～~❗]|——|\s{2,}")
# Where a speaker who does not pause goes on.
_GOING_ON = re.compile(
    r"(?:你知道吧|那个|就是说?|然后|另外|还有|反正|对了|[啊呢嘛哦哈]|现在|主要是|所以|但是|因为)+"
)
_BREATH = 24
_CARRIES_ON = re.compile(
    r"我们?|你们?|他们?|它们?|大家|这个|那个|这样|那种|什么|都|也|就|就是|要是|如果|现在|目前|以前|去年|今年|"
    r"然后|但是|所以|因为|而且|要么|或者|以及|同时|的话|另外|其实|只要|结果|没有|不是|已经|一直|说|看|跟|请|"
    r"[啊呢吧嘛呀哦哈哎]"
)
_LOOSE = frozenset(("pronoun", "adverb", "conjunction", "particle", "preposition"))
_MAKE = r"研[发制究]|开发|攻[关克]|引进|定制|选育|[Dd]evelop(?:ment of)?"
_DO = r"解决|改[进造]|替代|实现|搞|弄(?!清)|做|给"
_SEEK = (
    r"求购?(?!解器)|[寻找](?!平)|寻求|征[集求]|急[需求]?(?![救性冷停])|[想需](?!求侧)|[想需]?要(?!素)|"
    r"希望|委托|拟(?![合态])|打算|缺(?![陷氧])|能(?![耗源量级效])|有没有|关于|[这那]个|针对|围绕|揭榜|"
    r"外协|[Ll]ooking for|[Nn]eed"
)
_ASKING = re.compile(rf"(?P<make>{_MAKE})|(?P<do>{_DO})|(?P<seek>{_SEEK})")
_SEEKS_FIRST = re.compile(rf"(?:公开|对外|现|兹|特|请|共同|联合)*(?:{_SEEK})")
# What stands between a word of asking and what is asked.
_BETWEEN = re.compile(
    r"^(?:\s|[:：]|[成出好了下过的]|一?[个种套款批条台项家位](?!人)|一下|一起|联合|合作|共同|帮忙?|人|"
    r"团队|老师|专家|高校|(?:an? )?partners?|to |for )+"
)
_MEASURE = re.compile(r"一?[个种套款批条台项]")
_LABEL = re.compile(r"\s*(?P<label>[^:：，,。；;!！]{1,26}?)\s*(?:[:：]|——)\s*(?P<said>\S.*)")
_SURE_LABEL = re.compile(
    r"(?:(?:需求|难题|课题|项目|攻关|技术|榜单|任务|揭榜)的?(?:名称?|题目|标题|主题)|题目|课题|"
    r"项目|标题|名称|(?:技术|企业)?难题)$"
)
_LIKELY_LABEL = re.compile(
    r"需求|诉求|卡点|痛点|瓶颈|[难][处点题]|困难|主题|[Ss]ubject|东西|议题|揭榜|^[-—\s]*(?:要|想|求)|"
    r"(?:做|解决|攻[克关]|研[发制究]|开发|搞|联合)"
)
_OTHER_LABEL = re.compile(
    r"(?<!贵)(?:单位|企业(?!难题)|公司)|编号|来源|联系|指标|背景|(?<!请)描述|简述|.内容|领域|行业|"
    r"类[型别]|级别|周期|日期|时间|金额|"
    r"预算|代表|证|方$|条件|现状|对象|资金|[钱工]$|期|上一篇|下一篇|推荐|消息|群名"
)
_COMPLAINT = re.compile(
    r"老是|老[出漏堵]|总是|经常|一直|容易|上不去|下不来|不下来|不上去|做不|不[稳准行住]|[开断]裂|严重|"
    r"不够|达不到|太[高低大小慢快差]|[漏裂堵断坏]|磨损|超标|失效|脱落|困难|厉害|问题|难题"
)
_SMALL_TALK = re.compile(
    r"朋友|问[个件]?[一下事]|所有人|最[晚迟]|下个?月|月底|方案发|聊|转[发自]|扩散|展会|在吗|群[里聊友主]|看看|"
    r"昨天|走访|请[描填教]|上次|帮我|转一下|对接(?!焊)|发[到一]|登记|说一下|[Pp]lease|征集[令表]|榜单（|"
    r"会议|发布|大[佬神]|打扰|冒昧|大家|介绍的|认识|麻烦|辛苦|(?<!代)谢|收到|首页|浏览|字号|抬头|版权|"
    r"听过|听您|路费|定价|当面|越快|记录人|拜访|骗子|天窗|刚从|一大堆|食宿|酬劳|媒体|听说|国庆|春节|开学|"
    r"回音|请教|转给|王处|[张王李刘陈]?处[、，]|客服热线|附件[\d:：]|文件$|纪要|传真|撤回|语音转|各位|电话|微信|联系|报名|需求单位|预算|经费|费用|\d万"
)
# What was done about it so far, and by whom.
_TRIED = re.compile(
    r"[试请买用找做降换改]过|以前|竞品|同行|客户|业主|甲方|原来|去年|上[个次周月]|前[年几]|全靠|都是|都靠"
)
_WISHED = re.compile(r"想|希望|[求需]|要(?!求)|拟|征集|寻|目标|做到|能不能|能否")
_PERSONS = re.compile(r"我们?|[您你贵俺咱]|老[师板]|的话|[他她]们|领导|员工|工人")
_ASKS_BACK = re.compile(r"什么|哪些|怎[样么]|多少|啥|[吗呢呗咯啦吧]$")
_QUOTED = re.compile(r"[“《\"【「\[](?P<said>[^”》\"】」\]]{4,40})[”》\"】」\]]")
# 把无人机那个电池的事整理出来, 卡在泡沫比例混合精度上: what is spoken of.
_AS_TOPIC = re.compile(
    r"(?:把|关于|[说问讲聊]|反映|针对|解决|[遇碰]到|头疼的?是?|卡在|就是)(?:一下|一说|的是|[那这]个|[我你他咱]们)*的?"
    r"(?P<what>[^，,。；;：:\s]{3,20}?)(?:[的这那][个块]?|这一块)?(?:事情?|问题|难题|毛病|情况|需求|上(?![面去来]))"
)
_SLACK = re.compile("[那这]个")
_TAKEN_UP = re.compile(r"^\s*这(?:个|块|一块|方面|事|件事|项|一直)")
_ANNOUNCING = re.compile(r"(?:征集|(?:需求|难题|课题)(?:如下)?|要|想做)\s*[:：]?\s*$")
_NUMBER = re.compile(r"\d|百分之|[一二两三四五六七八九十][成万千百个天年月块把]")
_SAYS = re.compile(r"[\u4e00-\u9fff]{2}.*[\u4e00-\u9fff]|[A-Za-z]{3}")


# What is measured, and what is wrong with a thing, are not the thing.
_NO_TOPIC = re.compile(
    rf"^[老小阿]{SURNAME}$|[率度量值力]$|系数|成本|时间|祝|{ORG_END}|{_COMPLAINT.pattern}|{_SMALL_TALK.pattern}"
)
_HOUSE = re.compile(ORG_END)
# 我们是做海参的, 养了二十年麻鸭, 那个细纱机: what the house deals with.
_MADE = re.compile(
    r"(?:(?<![想要])(?:是|从事|专门?|主要)?(?:做(?![成好到得出完])|生产|制造|养殖?|种|从事|经营|加工|主营|给.{2,8}配)了?(?:[一二两三四五六七八九十几]+多?年的?)?|"
    r"(?:我们?|俺们?|咱们?|他们)(?:那个|这个|的)|对象[:：]|事由[:：]|产品[:：]|(?:把|关于|针对)(?:那个|这个)?)"
    r"(?P<thing>[\u4e00-\u9fffA-Za-z0-9.]{2,12}?)(?=的|生产|加工|养殖|制造|种植|这[个块一]|老|总|现在|事[情宜]|问题|情况|[，,。；;（(\n\s]|$)"
)
# One of a list of things, wherever it stands; a target has a number.
_ITEM = re.compile(
    r"(?:^|[\s:：,，;；。])(?:[一二三四五]是|[(（]?[1-5一二三四五][)）、.．](?!\d)|[①-⑤])"
    r"(?=[^，,。；;\n%≥≤<>\d]{4,}(?:[，,。；;\n]|$))"
)
# What is named as a title is, and needs nothing more.
_NAMED_FOR_SURE = (
    "label_sure", "label_first", "label_likely", "label_quoted", "announced", "alone_early",
)  # fmt: skip
_NEXT_BEST, _AS_GOOD, _ALIKE = 6, 0.5, 0.6
_TOP_LINES, _MOST_WORTH = 8, 5
_READ = 20_000  # characters
_LONGEST_TOPIC, _TOPICS, _LONGEST_JOINED = 10, 4, 20
_JOINING, _BESIDE = "：", "，"


class Candidate(NamedTuple):
    """What may be the title, and what speaks for it."""

    title: str
    features: Mapping[str, float]

    def score(self, weights: Mapping[str, float]) -> float:
        """How much speaks for it."""
        return sum(weights.get(name, 0.0) * value for name, value in self.features.items())


def title_of(lines: list[str]) -> str:
    """What the text asks for most plainly.

    >>> title_of(["我们是示例泵业有限公司的，轴承老是抱死", "想找个团队一起做熔盐泵轴承材料"])
    '熔盐泵轴承材料'
    >>> title_of(["张局您好", "要做的东西：无铜陶瓷刹车片", "铜含量<0.5%"])
    '无铜陶瓷刹车片'
    """
    about = About(_first(lines))
    found = about.candidates()
    return composed(found, about, _weights())[:_LONGEST] if found else ""


def composed(found: list[Candidate], about: About, weights: Mapping[str, float]) -> str:
    """The best candidate; a story that names no thing of its own, with what the house deals with
    before it and the next best behind it, if that is as good. The items of a list are not joined:
    they may be jobs of their own.
    """
    ranked = sorted(found, key=lambda one: -one.score(weights))
    best = ranked[0]
    if about.lists or any(best.features.get(name) for name in _NAMED_FOR_SURE):
        return best.title
    title = best.title
    for after in ranked[1:_NEXT_BEST]:
        near = best.score(weights) - after.score(weights) <= _AS_GOOD
        if near and _adds(after.title, title):
            title = f"{title}{_BESIDE}{after.title}"
            break
    thing = about.made[0] if about.made else ""
    whole = f"{thing}{_JOINING}{title}"
    return whole if thing and thing not in title and len(whole) < _LONGEST else title


def _adds(more: str, title: str) -> bool:
    """Whether a clause says something that a title does not, and both are no more than a title."""
    short = len(more) + len(title) <= _LONGEST - _SHORTEST * 2
    alike = len(set(more) & set(title)) > _ALIKE * len(more)
    return short and not alike and _JOINING not in more and more not in title and title not in more


def is_title(lines: list[str], title: str) -> bool:
    """Whether `title_of` gives it; what no clause names is ruled out without weighing any.

    >>> is_title(["张局您好", "要做的东西：无铜陶瓷刹车片"], "无铜陶瓷刹车片")
    True
    >>> is_title(["刹车片响，磨损快", "要做的东西：无铜陶瓷刹车片"], "刹车片")
    False
    """
    named = (one.title for clause in _clauses(_first(lines)) for one in _named_in(clause))
    possible = (
        _JOINING in title or _BESIDE in title or any(one[:_LONGEST] == title for one in named)
    )
    return possible and title_of(lines) == title


def _first(lines: list[str]) -> list[str]:
    """The lines that begin within what a title is looked for in: a need says early what it wants,
    and a book of a million characters is not weighed clause by clause.
    """
    ends = accumulate(map(len, lines))
    return [line[:_READ] for line, end in zip(lines, ends, strict=True) if end - len(line) < _READ]


@cache
def _weights() -> Mapping[str, float]:
    found: Mapping[str, float] = json.loads(data_path(WEIGHTS).read_text("utf-8"))["weights"]
    return found


class _Clause(NamedTuple):
    """A clause, and what stands around it in the text."""

    text: str
    place: int  # of its line
    after: str
    label: str
    features: Mapping[str, float]


def _clauses(lines: list[str]) -> Iterator[_Clause]:
    first = True
    for place, (before, line) in enumerate(pairwise(["", *lines])):
        bare = BULLET.sub("", line)
        found = _LABEL.match(bare)
        label = _kind_of(found["label"]) if found else ""
        text = part_contacts(without_marks(found["said"] if found and label else bare)).rest
        parts = [part for piece in _CLAUSE.split(text) for part in _breaths(piece)]
        items = [at for at, part in enumerate(parts) if BULLET.match(part)]
        if further := items[bare == line :]:  # a list in one line: its first item stands for it
            parts = parts[: further[0]]
        parts = [BULLET.sub("", part) for part in parts]
        for at, (part, after) in enumerate(pairwise([*parts, ""])):
            yield _Clause(part, place, after, label, {
                "first": first, "alone": len(parts) == 1,
                "alone_early": len(parts) == 1 and place < _TOP_LINES,
                "label_first": label in ("sure", "likely") and at == 0,
                "announced": _ANNOUNCING.search(before) is not None,
            })  # fmt: skip
            first = first and len(part) <= _SHORTEST
        for quoted in _QUOTED.finditer(text):
            yield _Clause(quoted["said"], place, "", "quoted", {})


def _breaths(clause: str) -> list[str]:
    """A clause; what is said without a pause is parted where the speaker goes on."""
    if len(clause) <= _BREATH:
        return [clause] if len(clause.strip()) > 1 else []
    parts = (run for part in _GOING_ON.split(clause) for run in _runs(part))
    return [part for part in parts if len(part.strip()) > 1]


def _runs(part: str) -> list[str]:
    """What is still long, in the stretches between the words that only carry speech on."""
    if len(part) <= _BREATH:
        return [part]
    runs = [""]
    for word in default_tokenizer().cut(part):
        if _CARRIES_ON.fullmatch(word) or (len(runs[-1]) > _BREATH and _kind(word) in _LOOSE):
            runs.append("")
        else:
            runs[-1] += word
    return runs


def _kind_of(label: str) -> str:
    """How surely a title stands behind a label: sure, likely, other (surely none); "" unknown."""
    if _OTHER_LABEL.search(label):
        return "other"
    if _SURE_LABEL.search(label):
        return "sure"
    return "likely" if _LIKELY_LABEL.search(label) else ""


def _named_in(clause: _Clause) -> Iterator[Candidate]:
    """The clause, and what stands behind each word of asking in it."""
    sought = False
    for asking in (None, *_ASKING.finditer(clause.text)):
        behind = clause.text[asking.end() :] if asking else clause.text
        between = _BETWEEN.match(behind) if asking else None
        named = trimmed(behind[between.end() :] if between else behind)
        kind = asking.lastgroup or "" if asking else "whole"
        if len(named) >= _SHORTEST and _SAYS.search(named) and not _SEEKS_FIRST.match(named):
            yield Candidate(named, {
                kind: 1, f"sought_{kind}": sought,
                "measured": between is not None and _MEASURE.search(between[0]) is not None,
            })  # fmt: skip
        sought = sought or kind == "seek"
    for topic in _AS_TOPIC.finditer(clause.text):
        named = trimmed(_SLACK.sub("", topic["what"]))
        if len(named) >= _SHORTEST and _SAYS.search(named):
            yield Candidate(named, {"as_topic": 1})


def _with_topics(clause: _Clause, about: About) -> Iterator[Candidate]:
    """What a clause names; what is asked without its thing, also behind each topic."""
    named = list(_named_in(clause))
    yield from named
    for one in named:
        if not _SHORTEST < len(one.title) <= _LONGEST_JOINED:
            continue
        told = one.features if "whole" not in one.features else {"joined_whole": 1}
        off = about.is_off(one.title)
        for topic, kinds in about.topics.items():
            if topic not in one.title and one.title not in topic:
                title = f"{topic}{_JOINING}{one.title}"
                yield Candidate(title, {**told, **kinds, "joined": 1, "joined_off": off})


def _around(clause: _Clause) -> dict[str, float]:
    """What the clause and its place say of all it names."""
    return {
        **clause.features,
        f"label_{clause.label}": bool(clause.label),
        "taken_up": _TAKEN_UP.match(clause.after) is not None,
        "small_talk_around": _SMALL_TALK.search(clause.text) is not None,
        "target": any(surely_asked(one) for one in parse_indicators(clause.text)),
        "offer": is_offer(clause.text),
        "tried": _TRIED.search(clause.text) is not None,
        "wished": _WISHED.search(clause.text) is not None,
        "asks_back": _ASKS_BACK.search(clause.text) is not None,
    }


def _looks(title: str) -> dict[str, float]:
    """What the words of a title say of it."""
    size = len(title)
    head = HEAD.search(title) is not None
    return {
        "head": head,
        "thing": WANTED_END.search(title) is not None,
        "complaint": _COMPLAINT.search(title) is not None,
        "asking_inside": not head and _ASKING.search(title) is not None,
        "small_talk": _SMALL_TALK.search(title) is not None,
        "persons": _PERSONS.search(title) is not None,
        "number": _NUMBER.search(title) is not None,
        "organisation": is_organisation(title),
        "house": _HOUSE.search(title) is not None,
        **{f"under_{limit}": size < limit for limit in (5, 6)},
        **{f"over_{limit}": size > limit for limit in (20, 28)},
        "size": min(size, 20) / 10,
    }


class About:
    """What the text speaks of: words that come again, and how rare they are."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._tokenizer = default_tokenizer()
        text = "\n".join(part_contacts(line).rest for line in lines)
        house = organisation_in(text)
        if house:
            text = text.replace(house, "")
        self._house = {"".join(pair) for pair in pairwise(house)}
        self._counts = Counter(self._tokenizer.words(text))
        worth = sorted(map(self._worth, self._counts), reverse=True)
        self._most = sum(worth[:_MOST_WORTH]) or 1.0
        self.lists = len(_ITEM.findall(text)) > 1
        self._words, topics = self._spoken_of(text)
        self.topics = {} if self.lists else topics

    def candidates(self) -> list[Candidate]:
        """All that may be the title, in the order of the text."""
        found: dict[str, dict[str, float]] = {}
        for clause in _clauses(self._lines):
            around = _around(clause)
            for title, told in _with_topics(clause, self):
                if title not in found:
                    late = clause.place / len(self._lines)
                    found[title] = {"late": late, **self.features(title), **_looks(title)}
                known = found[title]  # what stands twice: all that is said of it
                for name, value in (*around.items(), *told.items()):
                    known[name] = max(value, known.get(name, 0))
        return [Candidate(*one) for one in found.items()]

    def _worth(self, word: str) -> float:
        return math.log(self._counts[word] + 0.5) * self._tokenizer.rarity(word)

    def _spoken_of(self, text: str) -> tuple[list[str], dict[str, dict[str, float]]]:
        """The nouns that come again most, and the longest phrase of nouns with each."""
        phrases: dict[str, str] = {}
        for nominal, run in groupby(self._tokenizer.cut(text), _is_nominal):
            words = [word for word in run if not _NO_TOPIC.search(word)] if nominal else []
            words = words[1:] if words and part_of_speech(words[0]) == "q" else words
            phrase = "".join(words)
            for word in words:
                own = phrase if len(phrase) <= _LONGEST_TOPIC else word
                phrases[word] = max(phrases.get(word, ""), own, key=len)
        again = [word for word in phrases if self._counts[word] > 1]
        most = sorted(again, key=lambda word: -self._worth(word))[:_TOPICS]
        made = [found["thing"] for found in _MADE.finditer(text) if _is_thing(found["thing"])]
        self.made = made[:_TOPICS]
        topics: dict[str, dict[str, float]] = {}
        for kind, words in (("made", self.made), ("again", most)):
            for rank, word in enumerate(words):
                phrase = phrases.get(word, word)
                told = topics.setdefault(phrase, {"rank": rank / _TOPICS})
                told[f"topic_{kind}"] = 1.0
        return most, {
            phrase: {**told, "topic_size": len(phrase) / _LONGEST_TOPIC}
            for phrase, told in topics.items()
        }

    def is_off(self, title: str) -> bool:
        """Whether a title names nothing the text speaks of most."""
        return bool(self._words) and not any(word in title for word in self._words)

    def features(self, title: str) -> dict[str, float]:
        """How much of what the text speaks of a title holds, and what it is made of."""
        known = set(self._tokenizer.words(title))
        rare = [self._tokenizer.rarity(word) for word in known]
        words = [word for word in self._tokenizer.cut(title) if word.strip()]
        kinds = [_kind(word) for word in words]
        counts = Counter(kind for kind in kinds if kind != "noun")
        return {
            "names_made": any(word in title for word in self.made),
            "about": sum(map(self._worth, known & self._counts.keys())) / self._most,
            "off": self.is_off(title),
            "of_house": sum("".join(pair) in self._house for pair in pairwise(title)) / len(title),
            "rare": sum(rare) / len(title),
            "nominal": sum(len(word) for word in words if _is_noun(word)) / len(title),
            **{f"has_{kind}": min(count, 2) for kind, count in counts.items()},
            **{f"first_{kind}": 1 for kind in kinds[:1]},
            **{f"last_{kind}": 1 for kind in kinds[-1:]},
        }


def _is_thing(words: str) -> bool:
    """Whether it names something, and no house or measure."""
    cut = [word for word in default_tokenizer().cut(words) if word.strip()]
    named = bool(cut) and _is_noun(cut[-1]) and not _NO_TOPIC.search(words)
    return named and len(cut) <= _MOST_WORTH and _kind(cut[0]) == "noun"


def _kind(word: str) -> str:
    tag = part_of_speech(word)
    return _KINDS.get(tag) or _KINDS.get(tag[0], "noun")


def _is_noun(word: str) -> bool:
    return part_of_speech(word) in ("n", "vn", "g")


def _is_nominal(word: str) -> bool:
    return HAN.match(word) is not None and _is_noun(word)


# Tags of jieba, or how they begin; all others are nouns.
_KINDS = {
    "vn": "action", "v": "verb", "a": "quality", "z": "quality", "d": "adverb", "r": "pronoun",
    "p": "preposition", "uj": "of", "u": "particle", "y": "particle", "e": "particle",
    "o": "particle", "c": "conjunction", "m": "number", "q": "number", "f": "place",
}  # fmt: skip
