"""What a record asks in its own words: what the source says of it, and what it is not about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from matcher.alliances.next_steps import FIELDS
from matcher.policy import PolicyPack
from matcher.policy.amounts import percent, plain, sum_of, wan
from matcher.policy.rules import Programme
from matcher.records.alliance import Alliance

TOO_WIDE = ("规定", "约定", "由谁", "向谁", "谁出", "低于")
"""Words by which no topic is raised: they stand everywhere."""
_OWN: Mapping[str, tuple[str, ...]] = {"equity": ("equity_share",)} | {
    key: FIELDS[key]
    for key in (
        "is_model", "on_list", "talent_from_outside", "has_project", "conversion_or_pilot_base",
        "has_conversion", "lead_is_small", "licence_income", "operating_profit", "rd_ratio",
    )
}  # fmt: skip
_SILENT = "这份条文没有写"
_CLAUSES = re.compile("[。；;？?\n]")
_WRITES = re.compile("写明|写了|写有|载明|已写|约定了|已约定|已明确")
_LACKS = re.compile("(?:没有?|未)(?:写|约定|谈|提|明确)|以后再|还没有?定")
_ASKING = re.compile("有没有|能不能")
_COUNTED = re.compile("写[明了]?了?[一二两三四五六]项|只[写约]")


def words_of(alliance: Alliance) -> str:
    """What it asks in its own words; where no column says so, all it says of results."""
    if alliance.question:
        return alliance.question
    told = (alliance.note, alliance.reward_agreed, alliance.income_of, alliance.equity_share)
    return "\n".join(filter(None, told))


def topics_of(pack: PolicyPack, text: str, asked: Collection[str] = ()) -> tuple[str, ...]:
    """A line of each topic of a pack that a text tells of: the clause, or that there is none.

    ``asked``: ids of the programmes something is asked for under; of a topic that says something
    else of all of these, only that.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("zhejiang-2021")
    >>> topics_of(pack, "条例哪一天起施行")[0][:20]
    '问到“哪一天”：2017-10-01 以'
    """
    return tuple(_lines(pack, text, asked))


def society_told(pack: PolicyPack, alliance: Alliance) -> Iterator[str]:
    """Whether what all of a place spend on research is the part of its product a pack names."""
    spent, product = alliance.society_rd_wan, alliance.gdp_wan
    topic = next((one for one in pack.topic if one.society_share), None)
    if topic is None or topic.society_share is None or spent is None or not product:
        return
    part = wan(spent) * 100 / wan(product)
    share = part.quantize(Decimal("0.01")).normalize()
    reached = "达到" if part >= wan(topic.society_share) * 100 else "没有达到"
    yield (
        f"结论：全社会研发经费 {plain(wan(spent))} ÷ 生产总值 {plain(wan(product))} = {share:f}%，"
        f"{reached}{topic.clause}的 {percent(topic.society_share)}（财政、企业、社会的都在内）"
    )


def agreement_told(pack: PolicyPack, alliance: Alliance) -> Iterator[str]:
    r"""Which of what an agreement has to settle a record's words say it has, and which it lacks.

    >>> from matcher.policy import shipped_pack
    >>> one = Alliance(alliance_id="A", question="协议还缺什么？",
    ...                note="草稿写明了分工；违约没有写")
    >>> print(*agreement_told(shipped_pack("china-law"), one))
    结论（协议，第二十六条要约定的七样）：写了：任务分工；还缺、还要约定的：违约责任；备注、利益机制里看不出的：组织形式、资金投入、知识产权归属、权益分配、风险分担
    """
    topic = next((one for one in pack.topic if one.agree), None)
    chosen = "合作怎么约定怎么分" in alliance.asks
    if topic is None or not (chosen or re.search(topic.words, alliance.question)):
        return
    clauses = [c for text in (alliance.benefit_mechanism, alliance.note, alliance.question)
               for c in _CLAUSES.split(text or "")]  # fmt: skip
    lacking = {name for name, words in topic.agree.items() for c in clauses
               if _LACKS.search(c) and not _ASKING.search(c) and re.search(words, c)}  # fmt: skip
    written = {name for name, words in topic.agree.items() for c in clauses
               if _WRITES.search(c) and not _LACKS.search(c) and re.search(words, c)}  # fmt: skip
    # A draft that is told to have so many has no others.
    if any(_COUNTED.search(c) for c in clauses if _WRITES.search(c)):
        lacking |= topic.agree.keys() - written
    if not written and not lacking:
        return
    each = {
        "写了": written - lacking, "还缺、还要约定的": lacking,
        "备注、利益机制里看不出的": topic.agree.keys() - written - lacking,
    }  # fmt: skip
    told = [f"{word}：{'、'.join(one for one in topic.agree if one in names)}"
            for word, names in each.items() if names]  # fmt: skip
    number = "零一二三四五六七八九"[len(topic.agree)]
    yield f"结论（协议，{topic.clause}要约定的{number}样）：{'；'.join(told)}"


def fraud_told(pack: PolicyPack, alliance: Alliance) -> Iterator[str]:
    """What of the money that came was got by fraud: that alone is to be given back."""
    topic = next((one for one in pack.topic if one.recovers), None)
    came = [one for one in alliance.grants if one.standing == "已得"]
    got = sum_of(one.amount_wan for one in came if one.by_fraud == "是")
    if topic is None or not any(one.by_fraud == "是" for one in came):
        return
    others = [one for one in came if one.by_fraud != "是"]
    rest = sum_of(one.amount_wan for one in others)
    told = "不是骗取的" if all(one.by_fraud == "否" for one in others) else "没有填是骗取的"
    honest = f"；别的 {plain(rest)} 万元{told}，这一条没有写追回" if rest else ""
    all_of_it = "已经花掉的、愿意退一部分的，条文没有写可以少追"
    givers = {(one.payer, one.receiver) for one in came if one.by_fraud == "是"}
    back = sum_of(
        one.amount_wan for one in alliance.grants
        if one.standing == "退回" and (one.payer, one.receiver) in givers
    )  # fmt: skip
    if back >= got:
        yield f"结论：骗取的 {plain(got)} 万元已全部退回，不用再退{honest}"
        return
    if back:
        all_of_it = f"已退回 {plain(back)} 万元，还要退 {plain(got - back)} 万元"
    yield f"结论：骗取的 {plain(got)} 万元要追回，{all_of_it}{honest}"
    if not re.search(topic.words, words_of(alliance)):  # else its line tells the rest
        yield f"{topic.text}。{pack.quote(topic)}"


def _lines(pack: PolicyPack, text: str, asked: Collection[str]) -> Iterator[str]:
    for topic in pack.topic:
        found = re.search(topic.words, text)
        if found is None or found[0] in TOO_WIDE:
            continue
        about = f"问到“{found[0].strip()}”"
        ask = f"→ {topic.ask}" if topic.ask else ""
        own = dict.fromkeys(topic.by_plan.get(plan, "") for plan in asked)
        if own and all(own):
            yield f"{about}：{'；'.join(own)}{ask}"
        elif topic.silent:
            yield f"{about}：{_SILENT}{topic.text}{ask}"
        else:
            yield f"{about}：{topic.text}{ask}。{pack.quote(topic)}"


def idle_in(pack: PolicyPack, alliance: Alliance, text: str) -> frozenset[str]:
    """The programmes a record does not tell of, where its words tell of others or ask something."""
    told = {p.id for p in pack.programme if p.raised and re.search(p.raised, text)}
    plain_words = any(re.search(topic.words, text) for topic in pack.topic)
    if not (told or plain_words or alliance.question or alliance.incomes):
        return frozenset()
    if alliance.credit_on and alliance.credit_of == "申报人本人":
        return frozenset(p.id for p in pack.programme)  # of a person, no enterprise's plans
    if not (alliance.question and told):  # what is asked about goes before what is filled in
        told |= {p.id for p in pack.programme if _filled(p, alliance)}
    if alliance.question and not alliance.lead_org:  # of a person, a university, an institute
        told -= {p.id for p in pack.programme if p.receiver == "盟主"}
    return frozenset(p.id for p in pack.programme if p.raised and p.id not in told)


def _filled(programme: Programme, alliance: Alliance) -> bool:
    """Whether a column that is of this programme alone is filled in."""
    columns = (name for item in programme.items for name in _OWN.get(item.key, ()))
    return any(getattr(alliance, name) not in (None, "", (), "未知") for name in columns)
