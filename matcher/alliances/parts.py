"""What is asked, question by question, and the lines that are near to each.

Lines are the pack's sentences and what the answer says already. One is near a question by what
both have, runs of two Han letters and figures, each weighted by how few of the lines have it;
words that stand everywhere weigh little, and nothing is told below a floor.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from matcher.alliances.topics import TOO_WIDE
from matcher.alliances.wording import stands_in
from matcher.policy import PolicyPack
from matcher.policy.rules import LeastShare, Rule, Topic

_LABEL = re.compile(
    r"[（(][0-9一二三四五][)）]|[①②③④⑤⑥]|(?:^|(?<=[：:；;。，,？?]))(?:[甲乙丙丁][，,：:]|[一二三四]、)"
)
_END = re.compile(rf"(?<=[？?。；;\n])|{_LABEL.pattern}")
_IN_TURN = re.compile(
    "第[一二三四五][，,、]([^；;。？?]*(?:[能可是有要该][^，]{0,2}[不否]|多少|谁)[^；;。？?]*)[；;]"
)
_PIECE = re.compile("(?<=[，,、])(?![^（(]*[）)])|(?=以及|还是说)")
_ASKS = re.compile(
    "多少|几[年个成项种]|什么|何时|多久|哪[天年个些一种里家项几]|谁|怎[么样]|如何|不能(?=[^，]*吗)"
    "|能不能|能否|可不可以|可否|是否|是不是|有没有|要不要|该不该|应不应|还要|对不对|行不行|算不算"
    "|够不够|会不会|给不给|计不计|作不作|吗(?=\\W|$)|呢(?=\\W|$)|(?:可以|依据|必须|一样)[？?]"
)
_WEAK = re.compile(
    "请问|我们|我校|我所|我院|我公司|你们|他们|他本人|自己|本人|认为|主张|要求|可不可以|能不能|能否|可否|是否|是不是"
    "|有没有|要不要|该不该|应不应|对不对|行不行|算不算|够不够|给不给|什么时候|什么|多少|怎么|怎样|如何"
    "|如果|不行|应当|应该|应得|可以|按照|依照|规定|条例|法律|条文|单位|成果|科技|情况|还能|至少"
    "|这份|这个|这项|这笔|那么|以及|吗|呢|的话|申请|才能|只有|第[一二三四五六七八九十]+条"
)
_HAN = re.compile("[㐀-鿿]+")
_FIGURES = re.compile(r"\d+(?:\.\d+)?\s?[%％]?")
_RATIO = re.compile(r"\d+(?:\.\d+)?\s?[:：∶比]\s?\d+(?:\.\d+)?")
_PERCENT = re.compile(r"\d+(?:\.\d+)?\s?[%％]")
# What people say whatever the field, and the words packs have for it.
_CALLED = {
    f"{_RATIO.pattern}|各半|对半|一半|各得|平分|五五": "比例，平分，按出资",
    "(?:什么时候|何时|哪天|多久|几天内)[^，。；？]{0,2}?(?:给|发|拨|到账|兑现)": "什么时候付，时限",
    "[要用应]退|退[还回多]|[来要]追|由谁来?(?:处理|查处|追)": "追回，处理",
    "到头": "上限",
    "非给不可|[还要]不要再?给|再另外给|必须再给": "可以不再给予收益和奖励，给不给由单位定",
    "分成|亏损|[一二三四五六七八九]{2}分": "权益分配，风险分担，由各方定",
    "(?<!上)(?<!下)交(?=$|[，。？给])": "上缴，留归本单位",
    "加计扣除": "依法税前列支并加计扣除",
    "(?:该不该|能不能|扣不)扣|哪种算法": "扣除，净收入怎样算",
    "后果|怎[么样]处理": "处理，责任",
    "无效|要不要付到": "约定，低于，按规定或约定",
}
# What is asked for, and by what a line tells of that.
_KINDS = {
    "谁|哪一?[级方个]": "由|向",
    "什么时候|何时|多久|几[年天]|哪[天年月]": "年|日|时限|什么时候",
    "多少|几成|比例": "多少|数额|比例|[%％]|万元",
}
_OF_KIND, _OF_GIST = 1.5, 1.0
_ARTICLE = re.compile("第[^条，；：]{1,6}条(?:第[^款，；：（]{1,3}款)?")
_CLAIMS = re.compile("[，,。；;：:？?]")
_SUMS = re.compile(r"\d+(?:\.\d+)?\s?(?:万|亿)?元")
_YEARS = re.compile(r"(?<!\d)\d{1,2}年|[一二三四五六七八九十]{1,2}年")
_OF_TEXT = re.compile(
    "有没有[^，。；？]{0,12}(?:规定|写|要求|依据|说)|(?:是不是|是否)[^，]{0,12}(?:规定|写)|规定了?吗"
)
_EACH = re.compile("[两三四几]件事|[甲乙]、[乙丙]|各应?怎[么样]|分别")
_OF_CLAIMS = re.compile(
    "(?:主张|要求|说法|意见|做法|打算|想法)[^，]{0,12}(?:依据|对不对|成立|可以|道理|合法|怎)"
)
_MOST_CLAIMS = 3
_LONGEST = 44
_NAMED_ARTICLE = re.compile("第[一二三四五六七八九十百]{1,6}条")
_OF_ARTICLE = 5.0
_FLOOR, _OWN_FLOOR, _FAR = 6.0, 4.0, 1.6
_OF_TOPIC = 4.0
_BESIDE, _RARE = 0.4, 2.5
_OF_CLAIM = 6.0
_NAMED = 3
_SHORT_TOPIC, _LONG_TOPIC, _LONG = 100, 200, 240


def questions_in(text: str) -> tuple[str, ...]:
    """The single questions of a text; what leads up to one is part of it.

    >>> questions_in("请问三人至少应得多少？专员能不能参与？市里给多少钱、什么时候给？")
    ('三人至少应得多少', '专员能不能参与', '市里给多少钱', '什么时候给')
    >>> questions_in("协议写了知识产权。李某认为没拿钱，不应受限制，对不对？")
    ('李某认为没拿钱，不应受限制，对不对',)
    >>> questions_in("（1）要学校上缴300万元；（2）只付450万元。两件事各应怎么办？")
    ('要学校上缴300万元', '只付450万元')
    >>> questions_in("第一，能不能由我们牵头；第二，建成以后是不是一定会给？")
    ('能不能由我们牵头', '建成以后是不是一定会给')
    """
    found: list[str] = []
    text = _IN_TURN.sub(r"\1？", text)
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
        for one in map(_bare, mine or [led]):
            each = labelled(text) if _EACH.search(one) else ()
            found += each or [one]
    return tuple(dict.fromkeys(filter(None, found)))


def labelled(text: str) -> tuple[str, ...]:
    """What stands behind each label of a list that asks nothing by itself: several or none."""
    parts = [one for one in _LABEL.split(text)[1:] if one]
    heads = (re.split("[。；;]", one.strip())[0] for one in parts if "？" not in one[:-1])
    told = tuple(one for one in map(_bare, heads) if one and not _ASKS.search(one))
    return told if len(told) > 1 else ()


def shortened(question: str) -> str:
    """A question with its end, where it is too long for a line."""
    return question if len(question) <= _LONGEST else f"…{question[-_LONGEST:].lstrip('，、')}"


def _bare(question: str) -> str:
    asked = re.sub("^[^，,：:]{0,6}问[：:]", "", question.strip())
    return re.sub("^(?:第[一二三四五][，,、]|那么|另外|请问|问|[：:，,、])+", "", asked).rstrip(
        "？?。；;，,、 "
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line that may answer: of the source, word by word, in the pack's words, or the answer's.

    Attributes:
        text: the sentence.
        told: the same with its clause, as it is shown.
        rule: that it stands under.
        literal: whether it is the source's.
        silent: whether it says that the source does not say it.
        own: whether the answer says it of the record already.
        gist: whether it is what a topic of the pack says of its clause.
    """

    text: str
    told: str
    rule: str
    literal: bool = False
    silent: bool = False
    own: bool = False
    gist: bool = False

    @property
    def article(self) -> str:
        """The paragraph it stands under; else its rule."""
        found = _ARTICLE.search(self.told)
        return found[0] if found else self.rule


class Sentences:
    """All a pack says, and what the answer says already, to find what is near a question."""

    def __init__(
        self, pack: PolicyPack, own: Iterable[Sentence] = (), asked: Collection[str] = ()
    ) -> None:
        """``asked``: ids of the programmes something is asked for under: others' are left out."""
        self._pack = pack
        kept: dict[str, Sentence] = {one.text: one for one in own}
        mine = {p.clause for p in pack.programme if p.id in asked}
        others = {p.clause for p in pack.programme if asked and p.clause not in mine} - {""}
        amounts = {p.amount for p in pack.programme if asked and p.id not in asked}
        amounts -= {p.amount for p in pack.programme if p.id in asked}
        self._far = amounts | {
            rule.id for _, rule in pack.rules() if getattr(rule, "clause", "") in others
        }
        for table in ("topic", "funding", "programme", "condition", "check", "principle"):
            for rule in getattr(pack, table):
                for one in _of_rule(pack, rule, asked):
                    kept.setdefault(one.text, one)
        for words in pack.pack.silent:
            silent = Sentence(words, f"条文没有写：{words}", "", silent=True)
            kept.setdefault(words, silent)
        self._all = tuple(kept.values())
        self._terms = [_terms(one.text) for one in self._all]
        seen = Counter(term for terms in self._terms for term in terms)
        self._weight = {
            term: math.log((len(self._all) + 1) / (count + 0.5)) for term, count in seen.items()
        }
        self._whole = "".join(one.text for one in self._all if not one.own)

    def near(self, question: str, led_up: str = "", told: str = "") -> tuple[Sentence, ...]:
        """What answers a question: the nearest of the answer's own lines, then of the source.

        ``led_up``: what stands before a question that says too little by itself; of its claims
        the two that are nearest to a line. ``told``: what the record tells, where what a question
        names by a word may stand in full.
        """
        terse = 0 < len(question.strip("，")) <= _NAMED
        of_claims = led_up and (terse or _OF_CLAIMS.search(question))
        found = [] if of_claims else self._nearest(question, record=told)
        if found:
            return tuple(one for _, one in found)
        claims = [
            self._nearest(claim, _OF_TOPIC if terse else _OF_CLAIM)
            for claim in _CLAIMS.split(led_up)
            if claim
        ]
        by_article: dict[str, Sentence] = {}
        for claim in sorted(claims, key=lambda c: -c[0][0] if c else 0):
            for _, one in claim[:1]:
                by_article.setdefault(one.article, self._all_of(one))
        if of_claims and not by_article:
            return tuple(one for _, one in self._nearest(question))
        return tuple(by_article.values())[:_MOST_CLAIMS]

    def _nearest(
        self, question: str, floor: float = 0, record: str = ""
    ) -> list[tuple[float, Sentence]]:
        terms = _terms(_WEAK.sub("，", self.in_its_words(question)))
        more = self._beside(terms, record)
        topics = {t.id: t for t in self._pack.topic if self._raises(t, question)}
        kinds = [line for asked, line in _KINDS.items() if re.search(asked, question)]
        far = self._far - topics.keys()
        articles = set(_NAMED_ARTICLE.findall(question))
        lines = sorted(
            ((self._score(terms, kinds, at) + _OF_TOPIC * (one.rule in topics)
              + _OF_ARTICLE * any(map(one.article.startswith, articles)), one)
             for at, one in enumerate(self._all) if one.rule not in far), key=lambda o: -o[0],
        )  # fmt: skip
        mine = [pair for pair in lines if pair[1].own and pair[0] >= (floor or _OWN_FLOOR)][:1]
        theirs = [
            (score, one) for score, one in lines
            if not one.own and not (mine and one.silent and score <= mine[0][0])
        ]  # fmt: skip
        if more:
            at = {one.text: self._score(more, (), n) for n, one in enumerate(self._all)}
            theirs.sort(key=lambda o: -o[0] - _BESIDE * at[o[1].text])
        best, first = theirs[0] if theirs else (0.0, Sentence("", "", ""))
        raised = topics.get(first.rule)
        gist = self._gist(first, lines)
        if best < (floor or (_OF_TOPIC if raised else _FLOOR)):
            return mine
        if raised and not first.silent and (first.literal or first.text in raised.text):
            little = best < _FLOOR and not first.literal
            if len(raised.text) <= _SHORT_TOPIC or little:
                first = _whole_topic(raised)  # a word of it and no more, or little to tell
            elif len(raised.text) <= _LONG_TOPIC and first.text in raised.text:
                first = _whole_topic(raised, first.text)
        same = [
            (score, one) for score, one in theirs
            if one.rule == first.rule and one.literal and score >= _FLOOR
        ]  # fmt: skip
        told = [(best, first)]
        if first.literal and gist is not None:
            told = [(best, gist), (best, first)]
        elif not first.literal and first.rule:
            told += same[:1]
        return [*told, *mine] if mine and best > _FAR * mine[0][0] else [*mine, *told]

    def _beside(self, terms: frozenset[str], record: str) -> frozenset[str]:
        """What stands beside a rare word of a question where the record tells of it in full."""
        more: set[str] = set()
        for piece in _CLAIMS.split(record):
            own = _terms(_WEAK.sub("，", piece))
            if any(
                self._weight.get(term, _RARE * term[0].isdigit()) >= _RARE for term in own & terms
            ):
                more |= own - terms
        return frozenset(more)

    def _gist(self, literal: Sentence, lines: Sequence[tuple[float, Sentence]]) -> Sentence | None:
        """What a topic says of its clause in the pack's words: all of it, or what is nearest."""
        parts = [one for _, one in lines if one.rule == literal.rule and one.gist]
        return self._all_of(parts[0]) if parts else None

    def _all_of(self, part: Sentence) -> Sentence:
        """All a topic says, where that is short, of a part of it."""
        topic = next((t for t in self._pack.topic if t.id == part.rule), None)
        short = topic is not None and len(topic.text) <= _LONG_TOPIC and part.text in topic.text
        return _whole_topic(topic) if topic is not None and short else part

    def written(self, words: str) -> str:
        """The shortest sentence of the source that has some words, with its clause; else empty."""
        found = [one for one in self._all if one.literal and words in one.text]
        return min(found, key=lambda one: len(one.text)).told if found else ""

    def nearest_written(self, question: str, clause: str = "") -> str:
        """The source's sentence that shares most with a question, with its clause; else empty.

        ``clause``: the one to look in, as a line has it.
        """
        terms = _terms(_WEAK.sub("，", self.in_its_words(question)))
        articles = tuple(set(_NAMED_ARTICLE.findall(question)))
        best, told = 0.0 if clause else _OF_TOPIC, ""
        for at, one in enumerate(self._all):
            inside = one.told.startswith(clause) if clause else one.rule not in self._far
            if one.literal and inside:
                named = _OF_ARTICLE * (bool(articles) and one.article.startswith(articles))
                if (score := self._score(terms, (), at) + named) > best:
                    best, told = score, one.told
        return told

    def own(self, question: str) -> Sentence | None:
        """The answer's own line that is nearest to a question."""
        return next((one for _, one in self._nearest(question) if one.own), None)

    def _raises(self, topic: Topic, question: str) -> bool:
        """Whether a question is of a topic, by more than a word that stands everywhere."""
        found = re.search(topic.words, self.in_its_words(question))
        return found is not None and found[0] not in TOO_WIDE

    def _score(self, terms: Iterable[str], kinds: Sequence[str], at: int) -> float:
        text = self._all[at].text
        shared = sum(self._weight[term] for term in terms if term in self._terms[at])
        if not shared:
            return 0.0
        of_kind = sum(_OF_KIND for line in kinds if re.search(line, text))
        of_gist = _OF_GIST * self._all[at].gist
        return shared / (0.75 + 0.25 * min(len(text), _LONG) / 60) + of_kind + of_gist

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
                and not stands_in(one, self._whole)
            ]
            told += [one.replace(" ", "") for one in _SUMS.findall(question)]
            told += _YEARS.findall(question)
        told += [
            found[0]
            for one in self._pack.synonym
            if one.named and (found := re.search(one.words, question))
        ]
        return tuple(one for one in dict.fromkeys(told) if one not in self._whole)

    def nowhere(self, question: str) -> str:
        """The first thing a question names of which no line has a trace; else empty."""
        runs: list[str] = _HAN.findall(_WEAK.sub("，", question))
        for run in runs:
            if len(run) > _NAMED and not any(
                run[at : at + 2] in one.text for one in self._all for at in range(len(run) - 1)
            ):
                return run
        return ""

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


def _of_rule(pack: PolicyPack, rule: Rule, asked: Collection[str] = ()) -> Iterator[Sentence]:
    """The sentences of a rule: the source's, the pack's; of a topic those on what is asked."""
    own = {p.clause: rule.by_plan.get(p.id, "") for p in pack.programme if p.id in asked} if (
        isinstance(rule, Topic)
    ) else {}  # fmt: skip
    if isinstance(rule, Topic) and own and all(own.values()):
        for clause, words in own.items():
            ask = f"→ {rule.ask}" if rule.ask else ""
            told = f"{clause}（大意）：{words}{ask}"
            yield Sentence(words, told, rule.id, gist=True)
        return
    clause = rule.clause or "条文"
    kind = "据报道" if pack.sources[rule.source].kind == "报道" else "原文"
    for words in filter(None, map(str.strip, re.split("(?<=。)|\n", rule.original))):
        yield Sentence(words, f"{clause}（{kind}）：“{words}”", rule.id, literal=True)
    silent = isinstance(rule, Topic) and rule.silent
    ask = f"→ {rule.ask}" if isinstance(rule, Topic) and rule.ask else ""
    if silent:
        yield Sentence(rule.text, f"这份条文没有写{rule.text}{ask}", rule.id, silent=True)
        return
    for words in _segments(rule.text):
        more = ask if "没有写" in words else ""
        gist = isinstance(rule, Topic)
        yield Sentence(words, f"{clause}（大意）：{words}{more}", rule.id, gist=gist)
    for words in rule.further:
        yield Sentence(words, f"条文另写：{words}", rule.id)


def _whole_topic(topic: Topic, first: str = "") -> Sentence:
    """All a topic says; ``first``: the part of it that is nearest, which comes first."""
    text = topic.text
    if first:
        text = "；".join((first, *(part for part in _segments(text) if part != first)))
    ask = f"→ {topic.ask}" if topic.ask else ""
    clause = "这份条文没有写" if topic.silent else f"{topic.clause or '条文'}（大意）："
    return Sentence(topic.text, f"{clause}{text}{ask}", topic.id, silent=topic.silent)


def _segments(text: str) -> Iterator[str]:
    yield from filter(None, map(str.strip, text.split("；")))


def _terms(text: str) -> frozenset[str]:
    """The runs of two Han letters of a text, and its figures.

    >>> sorted(_terms("还差40.0万元，是 15 %"))
    ['15%', '40', '万元', '还差']
    """
    runs = _HAN.findall(text)
    figures = (one.replace(" ", "").replace("％", "%") for one in _FIGURES.findall(text))
    bare = (re.sub(r"\.0+(?=%|$)", "", one) for one in figures)
    return frozenset(run[at : at + 2] for run in runs for at in range(len(run) - 1)).union(bare)
