"""What is asked, chosen from a closed list: each kind answered from the facts and the rules.

A kind is a function from what is known already (the conclusions, what is said of each programme,
the rows reckoned) to its lines, and the topics of a pack that are told with it. No word of a
question is read for it, but which of several topics of a kind the record tells of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.alliances.proposed import offers_told
from matcher.alliances.reckoning import Reckoned
from matcher.policy import Advice, PolicyPack
from matcher.policy.rules import AmountRange, LeastShare, Programme, ShareCap, Topic
from matcher.records.alliance import Alliance, Ask

_OF_REWARD = ("结论（奖励", "适用（", "待核实（", "不适用（", "哪年付", "按约定的时限")
_OF_TITLE = re.compile("^结论（(?!奖励|单位之间|定几年|课题|协议|研发)")
_PAID_BY = re.compile("由([^；，。（）]+?)付(?:，不由[^；，。]*付)?(?:，也?不向政府申请)?")
_PART = re.compile("重要贡献|没有参[与加]|未参[与加]")
_CLAUSES = re.compile("[。；;？?！!\n]")
_AFTERWARDS = "后补助"
_MANY = 4
_LONG, _START = 30, 24


@dataclass(frozen=True, slots=True)
class Known:
    """What is said of a record already.

    Attributes:
        pack, alliance: whose rules, whose record.
        advice: what is said of each programme.
        answers: the conclusions.
        rewards: the rows of results, each held against the rule on it.
    """

    pack: PolicyPack
    alliance: Alliance
    advice: Sequence[Advice]
    answers: Sequence[str]
    rewards: Sequence[tuple[LeastShare, Reckoned]]

    @property
    def asked_for(self) -> list[Advice]:
        """What something is asked for under; else what the record tells of and may be had."""
        open_ = [one for one in self.advice if not one.answered]
        told = [one for one in open_ if not one.idle and one.receiver != "完成人"]
        return [one for one in open_ if one.wanted] or told

    def plan(self, advice: Advice) -> Programme:
        """The programme that something is said of."""
        return next(p for p in self.pack.programme if p.id == advice.programme_id)

    def heads(self, *starts: str) -> Iterator[str]:
        """The conclusions that begin so."""
        return (line for line in self.answers if line.startswith(starts))


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that may be asked.

    Attributes:
        lines: what answers it.
        always: topics that are told with it, by id.
        raised: topics that are told with it where the record's words raise them.
    """

    lines: Callable[[Known], Iterator[str]]
    always: tuple[str, ...] = ()
    raised: tuple[str, ...] = ()


def kinds_told(known: Known) -> tuple[str, ...]:
    """A line each kind that was chosen: the conclusion, the reckoning, the sentence, whom to ask.

    >>> from matcher.policy import shipped_pack
    >>> law = shipped_pack("china-law")
    >>> one = Alliance(alliance_id="A", asks=["奖励算不算工资总额"])
    >>> kinds_told(Known(law, one, (), (), ()))[0].partition("，但")[0][-12:]
    '业单位：计入当年工资总额'
    """
    seen: dict[str, int] = {}
    lines = []
    for number, ask in enumerate(known.alliance.asks, start=1):
        pieces = dict.fromkeys(_told(known, ask))
        told = dict.fromkeys(
            f"见所问 {seen[piece]}" if piece in seen else piece for piece in pieces
        )
        seen = {piece: number for piece in pieces if len(piece) > _LONG} | seen
        lines.append(f"所问 {number}“{ask}”：{'；'.join(told)}")
    return tuple(lines)


def untold(lines: Sequence[str], above: Sequence[str]) -> tuple[str, ...]:
    """Those of some lines that no answer of a kind has told already, by how they begin.

    >>> untold(["所问 1“什么时候给”：给在后；没有写"], ["问到“给”：给在后", "结论：要追回"])
    ('结论：要追回',)
    """
    whole = "".join(lines)
    bare = (re.sub("^问到“.*?”：", "", line)[:_START] for line in above)
    return tuple(line for line, start in zip(above, bare, strict=True) if start not in whole)


def _told(known: Known, ask: Ask) -> Iterator[str]:
    kind = _KINDS[ask]
    lines = list(kind.lines(known))
    yield from lines
    topics = list(_topics(known, kind))
    for one in topics:
        yield from _topic(known, one)
    if not (lines or topics):
        yield f"规则包收的条文里没有写→ {_authority(known.pack)}"


def _authority(pack: PolicyPack) -> str:
    asks = [topic.ask for topic in pack.topic if topic.silent and topic.ask]
    return asks[0] if asks else "请问主管部门"


def _topics(known: Known, kind: Kind) -> Iterator[Topic]:
    one = known.alliance
    words = "\n".join((one.question, one.note, one.benefit_mechanism))
    topics = {topic.id: topic for topic in known.pack.topic}
    for name in (*kind.always, *kind.raised):
        topic = topics.get(name)
        if topic and (name in kind.always or re.search(topic.words, words)):
            yield topic


def _topic(known: Known, topic: Topic) -> Iterator[str]:
    """What a topic says, and the sentence it says it of."""
    ask = f"→ {topic.ask}" if topic.ask else ""
    if topic.silent:
        yield f"这份条文没有写{topic.text}{ask}"
        return
    asked = [one.programme_id for one in known.advice if one.wanted]
    own = list(dict.fromkeys(filter(None, (topic.by_plan.get(plan, "") for plan in asked))))
    yield f"{'；'.join(own) or topic.text}{ask}"
    yield known.pack.quote(topic)


def _verdict(one: Advice) -> str:
    """Whether it may be had, how much at most, and what stands against it or is open."""
    about = f"（{one.about.partition('《')[0].strip()}）" if one.about else ""
    amount = "" if one.why_not else one.amount or (one.open_amount and f"，{one.open_amount}")
    word = {"不符合": "不能", "待核实": "待核实"}.get(one.verdict, one.verdict)
    items = one.why_not or one.to_check
    more = f"等 {len(items)} 项" if len(items) > _MANY else ""
    head = "不满足" if one.why_not else "要核实"
    why = f"——{head}：{'、'.join(items[:_MANY])}{more}" if items else ""
    return f"[{word}] {one.name}{about}{amount}{why}"


def _eligible(known: Known) -> Iterator[str]:
    yield from known.heads("结论：申报人", "结论（研发投入", "结论：申报单位", "结论：记入")
    if any(one.wanted or one.why_not or not one.idle for one in known.asked_for):
        yield from map(_verdict, known.asked_for[:_MANY])


def _most(known: Known) -> Iterator[str]:
    if known.rewards:
        yield from _reward(known)
        return
    for one in known.asked_for[:_MANY]:
        if one.why_not:
            yield f"{_verdict(one)}，不能按它申请"
            continue
        about = f"（{one.about.partition('《')[0].strip()}）" if one.about else ""
        amount = one.amount.lstrip("，") or one.open_amount or "没有写数额"
        yield f"{one.name}{about}：{amount}；算式：{one.working}"
        yield from filter(None, (one.asked,))


def _duty(known: Known) -> Iterator[str]:
    """Whether a sum is owed by the source: where it has a figure for it, or a duty, or neither."""
    if known.rewards:
        yield from _reward(known)
        return
    for one in known.asked_for[:_MANY]:
        plan = known.plan(one)
        rule = known.pack.funding_rule(plan.amount) if plan.amount else None
        sum_ = one.request.removeprefix("申请 ") if one.asks_a_sum else ""
        sum_ = sum_ or "所要的数额"
        if one.why_not:
            yield f"不能说应当给：{_verdict(one)}"
            continue
        if isinstance(rule, AmountRange | ShareCap):
            limit = one.amount.lstrip("，") or one.working
            yield f"不是申请了就应当给：{one.name}写的是{limit}，给不给、给多少由主管部门定"
        elif "应当给予" in plan.original:
            yield (
                f"{one.name}：支持应当给（条文写“应当给予”），怎样支持、给不给钱、给多少没有写，"
                f"{sum_}不能说应当给"
            )
        elif plan.payers:
            yield f"{one.name}：条文没有写数额，{sum_}不能说应当给，给不给、给多少由主管部门定"
        yield from (f"条文写“{one.chosen}”，由主管部门定" for _ in filter(None, (one.chosen,)))
        yield from one.clauses[:1]


def _when(known: Known) -> Iterator[str]:
    for one in known.asked_for[:_MANY]:
        if _AFTERWARDS in one.name:
            yield f"不能先拿：{one.name}是后补助，做在先、给在后〔理解〕；哪一天给，条文没有写"
    yield from known.heads("哪年付", "按约定的时限", "结论（定几年", "结论：申报人")


def _payer(known: Known) -> Iterator[str]:
    paid = (_PAID_BY.search(line) for line in known.heads(*_OF_REWARD))
    yield from dict.fromkeys(found[0] for found in paid if found)
    yield from (line for line in known.heads("结论（单位之间") if "按协议付" in line)
    for one in known.asked_for[:_MANY]:
        plan = known.plan(one)
        if not plan.payers:
            continue
        if not plan.amount and len(plan.payers) == 1:  # who pays, is for its own words to say
            yield from one.clauses[:1]
            continue
        whom = one.to_whom or f"给{one.receiver}"
        yield f"{one.name}：由{'、'.join(plan.payers)}出，{whom}"
        yield from filter(None, (one.others,))
        yield from (words for words in (*one.why_not, *one.to_check) if "收款" in words)


def _cap(known: Known) -> Iterator[str]:
    notes = dict.fromkeys(note for one in known.asked_for for note in one.room_notes)
    rooms = dict.fromkeys(room for one in known.asked_for for room in one.rooms)
    yield from rooms
    yield from dict.fromkeys(one.beyond for one in known.asked_for if one.beyond)
    yield from dict.fromkeys(one.elsewise for one in known.asked_for if one.elsewise)
    yield from (note for note in notes if "信用代码" not in note)


def _reward(known: Known) -> Iterator[str]:
    """The sum, what is left of it, and how far what somebody offers or asks for is from it."""
    yield from offers_told(known.rewards)
    heads = [*known.heads("结论（奖励"), *known.heads("适用（", "待核实（", "不适用（")]
    yield from heads
    yield from (line for line in known.answers if "下限，不是上限" in line)
    if heads:
        yield from known.heads("结论（定几年", "依据：")


def _sharers(known: Known) -> Iterator[str]:
    one = known.alliance
    texts = (one.note, *(row.note for row in one.incomes))
    said = [c.strip() for text in texts for c in _CLAUSES.split(text) if _PART.search(c)]
    if said:
        yield f"有重要贡献的有份，没有重要贡献的没有份；备注写“{'；'.join(said)}”"


def _net(known: Known) -> Iterator[str]:
    found = [line for line in known.heads("结论（奖励") if "每种算法" in line]
    yield from found or known.heads("结论（奖励")


def _kept(known: Known) -> Iterator[str]:
    yield from known.heads("奖励以后留归")


def _wages(known: Known) -> Iterator[str]:
    yield from known.heads("结论（奖励")


def _together(known: Known) -> Iterator[str]:
    yield from known.heads("结论（单位之间", "结论（协议")


def _title(known: Known) -> Iterator[str]:
    yield from (line for line in known.answers if _OF_TITLE.search(line))


def _trust(known: Known) -> Iterator[str]:
    yield from known.heads("结论：骗取", "结论：申报", "结论：单位的别人", "结论：记入")
    for one in known.advice[:1]:
        yield from (words for words in (*one.why_not, *one.to_check) if words.startswith("信用"))


def _standing(known: Known) -> Iterator[str]:
    yield from known.heads("结论（课题")


def _nothing(known: Known) -> Iterator[str]:
    """Of a kind the pack's own words answer."""
    return iter(())


_KINDS: Mapping[Ask, Kind] = {
    "能不能申请或承担": Kind(
        _eligible,
        raised=("about-lead", "about-who-may", "about-whose-list", "about-posting",
                "about-ordered", "about-research-member", "about-pilot", "about-small-of-others",
                "about-conversion", "about-ratio", "about-accounts", "about-platforms"),
    ),
    "最多给多少": Kind(
        _most, always=("about-most",), raised=("about-cities", "about-amount", "about-both"),
    ),
    "是不是应当给": Kind(
        _duty, raised=("about-amount", "about-conversion", "about-posting", "about-payment",
                       "about-subsidy", "about-platforms", "about-joint"),
    ),
    "什么时候给": Kind(
        _when, always=("about-paid", "about-payment", "about-payer"), raised=("about-procedure",),
    ),
    "谁出钱给谁": Kind(
        _payer, always=("about-payer",),
        raised=("about-cities", "about-use", "about-payment", "about-conversion", "about-joint"),
    ),
    "计不计入年度上限": Kind(_cap, always=("about-yearly",), raised=("about-both",)),
    "奖励应给多少还差多少": Kind(
        _reward, raised=("about-own-rule", "about-whom", "about-equity", "about-years"),
    ),
    "奖励谁有份": Kind(_sharers, always=("about-who",), raised=("about-leaders", "about-service")),
    "净收入怎么算": Kind(_net, always=("about-net", "about-licence")),
    "收入归谁余下怎么用": Kind(_kept, always=("about-kept",)),
    "奖励算不算工资总额": Kind(_wages, always=("about-wages",)),
    "合作怎么约定怎么分": Kind(
        _together,
        always=("about-cooperation", "about-jointly", "about-owner", "about-agreement"),
        raised=("about-failure", "about-goal"),
    ),
    "份额或使用权行不行": Kind(
        _title, always=("about-title",),
        raised=("about-no-more", "about-mainly", "about-joint-share", "about-fee",
                "about-interest", "about-old"),
    ),
    "失信与追回": Kind(_trust, always=("about-integrity", "about-fraud")),
    "课题算不算省级项目": Kind(_standing, always=("about-standing",)),
    "这些规定管不管": Kind(_nothing, always=("about-scope", "about-in-force"),
                    raised=("about-whom", "about-later", "about-service")),
}  # fmt: skip
