"""What is asked, question by question: the single questions, and what the pack's sentences say.

A sentence is near a question by the Han bigrams both have, each weighted by how few of the pack's
sentences have it; words that stand everywhere weigh little, and nothing is told below a floor.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from matcher.policy import PolicyPack
from matcher.policy.rules import LeastShare, Rule, Topic

_END = re.compile(r"(?<=[？?。；;\n])|[（(][0-9一二三四五][)）]|[①②③④⑤⑥]")
_PIECE = re.compile("(?<=[，,、])(?![^（(]*[）)])|(?=以及|还是说)")
_ASKS = re.compile(
    "多少|几[年个成项种]|什么|何时|多久|哪[天年个些一种里家项]|谁|怎[么样]|如何|不能(?=[^，]*吗)"
    "|能不能|能否|可不可以|可否|是否|是不是|有没有|要不要|该不该|应不应|还要|对不对|行不行|算不算"
    "|够不够|会不会|给不给|吗(?=\\W|$)|呢(?=\\W|$)|(?:可以|依据|必须|一样)[？?]"
)
_WEAK = re.compile(
    "请问|我们|我校|我所|我院|我公司|你们|他们|他本人|自己|本人|认为|主张|要求|可不可以|能不能|能否|可否|是否|是不是"
    "|有没有|要不要|该不该|应不应|对不对|行不行|算不算|够不够|给不给|什么时候|什么|多少|怎么|怎样|如何"
    "|如果|不行|应当|应该|应得|可以|按照|依照|规定|条例|法律|条文|单位|成果|科技|情况|还要|还能|至少"
    "|这份|这个|这项|这笔|那么|以及|吗|呢|的话|申请|才能|只有|第[一二三四五六七八九十]+条"
)
_HAN = re.compile("[㐀-鿿]+")
_RATIO = re.compile(r"\d+(?:\.\d+)?\s?[:：∶比]\s?\d+(?:\.\d+)?")
_PERCENT = re.compile(r"\d+(?:\.\d+)?\s?[%％]")
# What people say whatever the field, and the words packs have for it.
_CALLED = {
    _RATIO.pattern: "比例，平分，权益分配",
    "(?:什么时候|何时|哪天|多久|几天内)[^，。；？]{0,2}?(?:给|发|拨|到账|兑现)": "什么时候付，时限",
    "[要用应]退|退[还回多]|[来要]追|由谁来?(?:处理|查处|追)": "追回，处理",
    "到头": "上限",
    "(?:该不该|能不能|扣不)扣": "扣除，净收入怎样算",
    "后果|怎[么样]处理": "处理，责任",
}
_ARTICLE = re.compile("第[^条，；：]{1,6}条")
_CLAIMS = re.compile("[，,。；;：:？?]")
_SUMS = re.compile(r"\d+(?:\.\d+)?\s?(?:万|亿)?元")
_YEARS = re.compile(r"(?<!\d)\d{1,2}年|[一二三四五六七八九十]{1,2}年")
_OF_TEXT = re.compile("有没有(?:规定|写|要求)|(?:是不是|是否)[^，]{0,6}(?:规定|写)|规定了?吗")
_TOO_WIDE = ("规定", "约定", "由谁", "向谁", "谁出")
_LONGEST = 44
_FLOOR = 6.0
_OF_TOPIC = 4.0
_OF_CLAIM = 8.0
_SHORT_TOPIC = 100


def questions_in(text: str) -> tuple[str, ...]:
    """The single questions of a text; what leads up to one is part of it.

    >>> questions_in("请问三人至少应得多少？专员能不能参与？市里给多少钱、什么时候给？")
    ('三人至少应得多少', '专员能不能参与', '市里给多少钱', '什么时候给')
    >>> questions_in("协议写了知识产权。李某认为没拿钱，不应受限制，对不对？")
    ('李某认为没拿钱，不应受限制，对不对',)
    """
    found: list[str] = []
    marked = re.search("[？?]", text) is not None
    for sentence in filter(None, map(str.strip, filter(None, _END.split(text)))):
        if sentence[-1] not in "？?" if marked else not _ASKS.search(sentence):
            continue
        led, mine = "", []
        for piece in filter(None, _PIECE.split(sentence)):
            led += piece
            if _ASKS.search(piece):
                mine.append(led)
                led = ""
        if led and mine:
            mine[-1] += led
        found += map(_bare, mine or [led])
    return tuple(dict.fromkeys(filter(None, found)))


def shortened(question: str) -> str:
    """A question with its end, where it is too long for a line."""
    return question if len(question) <= _LONGEST else f"…{question[-_LONGEST:].lstrip('，、')}"


def _bare(question: str) -> str:
    asked = re.sub("^[^，,：:]{0,6}问[：:]", "", question.strip())
    return re.sub("^(?:那么|另外|请问|问|[：:，,、])+", "", asked).rstrip("？?。；;，,、 ")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a pack: of the source, word by word, or in the pack's words.

    Attributes:
        text: the sentence.
        told: the same with its clause, as it is shown.
        rule: that it stands under.
        literal: whether it is the source's.
    """

    text: str
    told: str
    rule: str
    literal: bool

    @property
    def article(self) -> str:
        """The article it stands under, whichever paragraph; else its rule."""
        found = _ARTICLE.search(self.told)
        return found[0] if found else self.rule


class Sentences:
    """All a pack says, to find what is near a question."""

    def __init__(self, pack: PolicyPack) -> None:
        self._pack = pack
        kept: dict[str, Sentence] = {}
        for table in ("topic", "funding", "programme", "condition", "check", "principle"):
            for rule in getattr(pack, table):
                for one in _of_rule(pack, rule):
                    kept.setdefault(one.text, one)
        for words in pack.pack.silent:
            kept.setdefault(words, Sentence(words, f"条文没有写：{words}", "", False))
        self._all = tuple(kept.values())
        self._terms = [_bigrams(one.text) for one in self._all]
        seen = Counter(term for terms in self._terms for term in terms)
        self._weight = {
            term: math.log((len(self._all) + 1) / (count + 0.5)) for term, count in seen.items()
        }
        self._whole = "".join(one.text for one in self._all)

    def near(self, question: str, led_up: str = "") -> tuple[str, ...]:
        """The nearest sentence, and of the source's the nearest of the same rule; or none.

        ``led_up``: what stands before a question that says too little by itself; of its claims
        the two that are nearest to a sentence.
        """
        found = self._nearest(question)
        if found or not led_up:
            return self._shown(found)
        claims = [self._nearest(claim, _OF_CLAIM) for claim in _CLAIMS.split(led_up) if claim]
        by_article: dict[str, list[tuple[float, Sentence]]] = {}
        for claim in sorted(claims, key=lambda c: -c[0][0] if c else 0):
            if claim:
                by_article.setdefault(claim[0][1].article, claim)
        near = self._shown([claim[-1] for claim in by_article.values()][:2])
        return (f"前面说的，相近的条文是：{near[0]}", *near[1:]) if near else ()

    def _shown(self, found: Sequence[tuple[float, Sentence]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.told for _, one in found))

    def _nearest(self, question: str, floor: float = 0) -> list[tuple[float, Sentence]]:
        terms = _bigrams(_WEAK.sub("，", self.in_its_words(question)))
        raised = {t.id for t in self._pack.topic if self._raises(t, question)}
        scored = sorted(
            (
                (-self._score(terms, at) - (_OF_TOPIC if one.rule in raised else 0), at)
                for at, one in enumerate(self._all)
            ),
        )
        best, at = scored[0] if scored else (0.0, 0)
        if -best < (floor or (_OF_TOPIC if raised else _FLOOR)):
            return []
        first = self._all[at]
        topic = next((t for t in self._pack.topic if t.id in raised and t.id == first.rule), None)
        short = topic is not None and len(topic.text) <= _SHORT_TOPIC
        if topic and (short or (-best < _FLOOR and not first.literal)):
            first = _whole_topic(topic)  # a word of it and no more, or little to tell: all of it
        elif raised and -best < _FLOOR:
            return [(-best, _whole_topic(next(t for t in self._pack.topic if t.id in raised)))]
        if first.literal or not first.rule:
            return [(-best, first)]
        same = [
            (-score, self._all[place]) for score, place in scored
            if self._all[place].rule == first.rule and self._all[place].literal
            and -score >= _FLOOR
        ]  # fmt: skip
        return [(-best, first), *same[:1]]

    def _raises(self, topic: Topic, question: str) -> bool:
        """Whether a question is of a topic, by more than a word that stands everywhere."""
        found = re.search(topic.words, self.in_its_words(question))
        return found is not None and found[0] not in _TOO_WIDE

    def _score(self, terms: Iterable[str], at: int) -> float:
        shared = sum(self._weight[term] for term in terms if term in self._terms[at])
        return shared / (0.75 + 0.25 * len(self._all[at].text) / 60)

    def in_its_words(self, question: str) -> str:
        """A question with what the source calls the things it names."""
        added = [one.means for one in self._pack.synonym if re.search(one.words, question)]
        added += [words for pattern, words in _CALLED.items() if re.search(pattern, question)]
        return "，".join((question, *added))

    def unwritten(self, question: str) -> tuple[str, ...]:
        """The ratios and per cents of a question, and its own words, no sentence has."""
        percents = {f"{wanted.share * 100:g}%" for wanted in self._shares()}
        told = [one.replace(" ", "") for one in _RATIO.findall(question)]
        if _OF_TEXT.search(question):
            told += [
                one
                for found in _PERCENT.findall(question)
                if (one := found.replace(" ", "").replace("％", "%")) not in percents
                and _in_han(one) not in self._whole
            ]
            told += [one.replace(" ", "") for one in _SUMS.findall(question)]
            told += _YEARS.findall(question)
        told += [
            found[0]
            for one in self._pack.synonym
            if one.named and (found := re.search(one.words, question))
        ]
        return tuple(one for one in dict.fromkeys(told) if one not in self._whole)

    def _shares(self) -> Iterator[LeastShare]:
        return (rule for rule in self._pack.funding if isinstance(rule, LeastShare))

    @property
    def authority(self) -> str:
        """Whom to ask: as the pack says it most often."""
        asks = Counter(
            found[0] for topic in self._pack.topic
            if (found := re.search("请问[^，；。→]*", topic.ask)) and topic.silent
        )  # fmt: skip
        return asks.most_common(1)[0][0] if asks else "请问主管部门"


def _of_rule(pack: PolicyPack, rule: Rule) -> Iterator[Sentence]:
    """The sentences of a rule: the source's, then the pack's."""
    clause = rule.clause or "条文"
    kind = "据报道" if pack.sources[rule.source].kind == "报道" else "原文"
    for words in filter(None, map(str.strip, re.split("(?<=。)|\n", rule.original))):
        yield Sentence(words, f"{clause}（{kind}）：“{words}”", rule.id, literal=True)
    silent = isinstance(rule, Topic) and rule.silent
    ask = f"→ {rule.ask}" if isinstance(rule, Topic) and rule.ask else ""
    if silent:
        yield Sentence(rule.text, f"这份条文没有写{rule.text}{ask}", rule.id, literal=False)
        return
    for words in _segments(rule.text):
        more = ask if "没有写" in words else ""
        yield Sentence(words, f"{clause}（大意）：{words}{more}", rule.id, literal=False)
    for words in rule.further:
        yield Sentence(words, f"条文另写：{words}", rule.id, literal=False)


def _whole_topic(topic: Topic) -> Sentence:
    ask = f"→ {topic.ask}" if topic.ask else ""
    clause = "这份条文没有写" if topic.silent else f"{topic.clause or '条文'}（大意）："
    return Sentence(topic.text, f"{clause}{topic.text}{ask}", topic.id, literal=False)


def _segments(text: str) -> Iterator[str]:
    yield from filter(None, map(str.strip, text.split("；")))


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(run[at : at + 2] for run in _HAN.findall(text) for at in range(len(run) - 1))


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
