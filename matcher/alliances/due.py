"""What is due out of results, row by row and in all: what was paid of it, what is left, by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.alliances.due_words import (
    FIRMS,
    OF_STATE_ONLY,
    answers_on,
    deciding_clauses,
    disputed_beside,
    disputed_costs,
    floor_of,
    net_is_open,
    of_parts,
    parts_of,
)
from matcher.alliances.read_rows import rows_of
from matcher.alliances.reckoning import Reckoned, amount_of, reckon
from matcher.alliances.result_rows import (
    READ_FROM,
    base_of,
    day_of,
    facts_of_row,
    holders_of,
    is_read,
    is_told,
    label_of,
    programme_for,
)
from matcher.alliances.topics import topics_of, words_of
from matcher.alliances.wording import CLAUSE
from matcher.policy import Advice, Fact, Means, PolicyPack, advise
from matcher.policy.amounts import plain, wan
from matcher.policy.rules import LeastShare, Programme
from matcher.records.alliance import Alliance, Income

_UNRULED: Mapping[str, str] = {
    "技术开发": "技术开发", "技术咨询": "技术咨询", "技术服务": "技术服务", "作价投资": "作价",
}  # fmt: skip
_TOGETHER = re.compile("(?:共同|合作|联合)(?:完成|研发|研究|开发|成果)")
_UNSPLIT = re.compile(
    "(?<!奖励)(?<!报酬)(?:尚未|还没有?|没有?|未)(?:分配|分成|定怎[么样]分)(?!给|奖|报酬)"
    "|怎[么样]分[^。；;]{0,6}(?:没有?|未)(?:约定|商定|定)"
    "|(?:分配|分成)[^。；;]{0,6}(?:没有?|未)(?:作?约定|商定|谈)"
)
_PARTS = re.compile(
    r"(?:^|(?<=[，,。；;：:（(]))[^，,。；;：:（(费款价分]*分(?:[两二三四五2-5](?:次|期|年|笔)|期|年|批)[^。；;）)]*"
)
_HALVES = re.compile("到账[^，,。；;]{0,3}当年[^，,。；;]{0,6}一半[，,、]?次年[^，,。；;]{0,6}一半")
_KEEPING = ("政府设立的高校", "政府设立的科研机构")
_DIVIDED = "权益分配"
_CALLED = {"转让许可净收入": "净收入", "营业利润": "利润"}
_ASKED = re.compile("分(?:多少|几成|得多少)|怎[么样]分|[应该各]分")
_PART = re.compile(r"([㐀-鿿]{2,12}?)\s?(\d+(?:\.\d+)?)\s?[%％]")
_WHOSE = re.compile("^.*(?:按照?|由|的|为|归)|(?:分得?|得|占|拿)$")
_NOT_AGREED = re.compile("拟|打算|建议|草案|要求|主张|提出|认为|没有|未|如果|想|曾|奖励|报酬|奖金")
_PEOPLE = re.compile("人员|完成人|发明人|个人|团队|课题组|老师|教师|教授")
_WHOLE = 100
_SPLIT_OPEN = (
    "几个单位怎样分没有定（按本单位分得的那一份算）→ "
    "请各单位写明本单位分得多少（成果收益表「本单位分得(%)」栏）"
)

_OWN_PART = (
    "按全部还是按本单位分得的算（几家分这笔收入，条文没有写）"
    "→ 请主管部门明确按全部还是按本单位分得的算"
)


@dataclass(frozen=True, slots=True)
class Due:
    """What is said of the rows: the answers, what each programme says, each row with its rule."""

    answers: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    rewards: tuple[tuple[LeastShare, Reckoned], ...] = ()


def due_of(
    pack: PolicyPack, alliance: Alliance, year: int, known: Mapping[str, Fact], means: Means
) -> Due:
    """Every row reckoned; of one no programme rules on, that the source does not say it.

    Args:
        pack: the rules.
        alliance: whose rows.
        year: that is asked about, for rows without one.
        known: facts of the alliance, for items no column of the rows is for.
        means: of the alliance.
    """
    rows_told = rows_of(pack, alliance)
    groups: dict[tuple[str, str, str], list[Income]] = {}
    answers: list[str] = []
    advice: list[Advice] = []
    rewards: list[tuple[LeastShare, Reckoned]] = []
    for written in rows_told:
        row = _with_dispute(alliance, written)
        programme = programme_for(pack, row)
        if programme is None:
            if row.way or amount_of(row)[0] is not None:
                answers += _unruled(pack, row)
            continue
        groups.setdefault((row.result, row.holder, programme.id), []).append(row)
    plans = {p.id: p for p in pack.programme}
    for (_, _, plan), rows in groups.items():
        programme = plans[plan]
        told: list[dict[str, Fact]] = [
            facts_of_row(pack, programme, row, year, known) | _net_disputed(pack, row)
            for row in rows
        ]
        reckoned = [
            _with_open_net(
                pack, replace(reckon(pack, programme, r, f), unsplit=is_unsplit(alliance, r))
            )
            for r, f in zip(rows, told, strict=True)
        ]
        advice += [
            _advice(pack, programme, one, facts, means)
            for one, facts in zip(reckoned, told, strict=True)
        ]
        if not any(is_told(row) for row in rows):
            continue
        rule = pack.funding_rule(programme.amount) if programme.amount else None
        if isinstance(rule, LeastShare):
            rewards += [(rule, one) for one in reckoned]
        answers += _as_agreed_between(pack, alliance, reckoned)
        if any(one.unsplit for one in reckoned):
            answers += _not_split(pack)
        answers += answers_on(pack, programme, reckoned)
        answers += [*_in_parts(alliance, reckoned), *_kept(pack, alliance, reckoned)]
        answers += deciding_clauses(pack, programme, told)
    answers += _read_from([row for row in rows_told if is_read(row) and is_told(row)])
    return Due(tuple(dict.fromkeys(answers)), tuple(advice), tuple(rewards))


def _read_from(rows: Sequence[Income]) -> Iterator[str]:
    """From which words each cell was read, where no row was written."""
    words: dict[str, list[str]] = {}
    for row in rows:
        for cell, told in row.extra[READ_FROM].items():
            words.setdefault(told, []).append(cell)
    each = "；".join(
        f"{'、'.join(dict.fromkeys(cells))}（{told}）" for told, cells in words.items()
    )
    if each:
        yield f"以上是读出来的，请核对，写进成果收益表以它为准：{each}"


def _unruled(pack: PolicyPack, row: Income) -> Iterator[str]:
    """That the source does not rule on it, with what it says of that, if anything."""
    topics = topics_of(pack, _UNRULED.get(row.way, "净收入"))
    silent = [line.partition("：")[2] for line in topics if "没有写" in line.partition("：")[2][:7]]
    rest = silent[0] if silent else f"这份条文没有写{row.way}的收入怎样奖励人员→ 请问主管部门"
    agreed = f"；{row.agreed}了的按它给" if row.agreed in ("单位规定", "与人员约定") else ""
    yield f"结论（{label_of(row)}）：{rest}{agreed}；按这份条文没有应付的数"


def is_unsplit(alliance: Alliance, row: Income) -> bool:
    """Whether several did it and nobody settled what part of the income is whose.

    Several names in one cell are several who hold it.

    >>> one = Alliance(alliance_id="A", benefit_mechanism="双方权益分配没有约定")
    >>> is_unsplit(one, Income(way="许可", net_wan=90, note="与甲公司共同完成，尚未分配"))
    True
    >>> is_unsplit(one, Income(way="许可", net_wan=90, own_percent=50, note="共同完成"))
    False
    """
    if row.own_percent is not None or row.own_wan is not None:
        return False
    places = [row.note] if len(alliance.incomes) > 1 else [
        row.note, alliance.note, alliance.benefit_mechanism, alliance.income_of
    ]  # fmt: skip
    text = "。".join(places)
    return len(holders_of(row)) > 1 or bool(_TOGETHER.search(text) and _UNSPLIT.search(text))


def _with_dispute(alliance: Alliance, row: Income) -> Income:
    """A row with what is asked of a disputed cost, where the record has no other row."""
    asked = f"{alliance.question}。{alliance.note}"
    if len(alliance.incomes) != 1 or next(disputed_costs(row.note), None) is not None:
        return row
    return row.model_copy(update={"note": f"{row.note}。{asked}"})


def _net_disputed(pack: PolicyPack, row: Income) -> dict[str, Fact]:
    """That a net income is open, where its source does not define it and a cost is disputed."""
    disputed = disputed_beside(row) if net_is_open(pack) else []
    if not disputed:
        return {}
    sums = "、".join(map(plain, disputed))
    basis = f"扣不扣 {sums} 万元有争议，净收入怎样算条文没有写"
    ask = "请算定后填写净收入（成果收益表「净收入(万元)」栏）"
    return {"licence_income": Fact(None, basis, ask)}


def _with_open_net(pack: PolicyPack, one: Reckoned) -> Reckoned:
    """Without a sum of its own, where each reading of the net income has one."""
    if one.holds is not None or not _net_disputed(pack, one.row):
        return one
    return replace(one, least=None, part=None, agreed=None, worked="")


def _as_agreed_between(
    pack: PolicyPack, alliance: Alliance, rows: Sequence[Reckoned]
) -> Iterator[str]:
    """What of an income is whose by the agreement of the parties, where that is asked."""
    plan = next(
        (p for p in pack.programme if "约定" in p.original and _DIVIDED in p.original), None
    )
    (one, *others) = rows
    amount, base = amount_of(one.row)[0], _CALLED.get(base_of(one.row) or "")
    if plan is None or others or one.unsplit or amount is None or base is None:
        return
    if not ("合作怎么约定怎么分" in alliance.asks or _ASKED.search(alliance.question)):
        return
    texts = {"利益机制": alliance.benefit_mechanism, "备注": f"{alliance.note}。{one.row.note}"}
    for where, text in texts.items():
        for clause in CLAUSE.split(text):
            parts = [
                (_WHOSE.sub("", who), wan(float(share))) for who, share in _PART.findall(clause)
            ]
            whole = len(parts) > 1 and sum(share for _, share in parts) == _WHOLE
            if not whole or base not in clause or _NOT_AGREED.search(clause):
                continue
            if any(_PEOPLE.search(who) or not who for who, _ in parts):
                continue
            each = "，".join(
                f"{who} {plain(amount)} × {plain(share)}% = {plain(amount * share / 100)} 万元"
                for who, share in parts
            )
            yield (
                f"结论（单位之间怎样分）：按各方的协议（{plan.clause}写合作各方在协议里约定权益分配），"
                f"{where}写“{clause.strip()}”：{each}；由收到这笔收入的一方按协议付〔理解〕；"
                "条文的奖励比例是单位给人员的，不是单位之间怎样分"
            )
            return


def _in_parts(alliance: Alliance, rows: Sequence[Reckoned]) -> Iterator[str]:
    """In which year what part is due, where it was agreed to pay in parts."""
    if len(rows) > 1 or rows[0].agreed is None or rows[0].row.agreed == "没有":
        return
    text = f"{rows[0].row.note}。{alliance.reward_agreed}"
    if (said := _PARTS.search(text)) is None or not re.search("[付发给]", said[0]):
        return
    words, came = said[0].strip(" ，,"), day_of(rows[0].row.received)
    if _HALVES.search(words) is None or came is None:
        yield f"哪年付多少按约定的时限：“{words}”；上面的数是几次合计，没有到期的不算欠"
        return
    half = plain(rows[0].agreed / 2)
    yield (
        f"按约定的时限（“{words}”，{came.year} 年到账）："
        f"{came.year} 年付 {half} 万元，{came.year + 1} 年付 {half} 万元"
    )


def _kept(pack: PolicyPack, alliance: Alliance, rows: Sequence[Reckoned]) -> Iterator[str]:
    """What a university or institute keeps after the reward, where that is asked."""
    topic = next((one for one in pack.topic if one.id == "about-kept"), None)
    (one, *others) = rows
    amount = amount_of(one.row)[0]
    if topic is None or others or not one.holds or one.unsplit or one.part is not None:
        return
    if amount is None or one.least is None or one.row.holder_kind not in _KEEPING:
        return
    chosen = "收入归谁余下怎么用" in alliance.asks
    if base_of(one.row) != "转让许可净收入":
        return
    if not (chosen or re.search(topic.words, words_of(alliance))):
        return
    given = max(one.least, one.agreed or one.least, one.paid)
    yield (
        f"奖励以后留归{one.row.holder or '本单位'}的：{plain(amount)} − {plain(given)} = "
        f"{plain(amount - given)} 万元，主要用于科研和转化，全部用在别处不合“主要”〔理解〕"
    )


def _not_split(pack: PolicyPack) -> Iterator[str]:
    """That the source writes no split between those who did it together, where it has none."""
    for topic in pack.topic:
        if topic.silent and topic.id == "about-jointly":
            ask = f"→ {topic.ask}" if topic.ask else ""
            yield f"结论（单位之间怎样分）：这份条文没有写{topic.text}{ask}"


def _is_on(row: Income, words: str) -> bool:
    """Whether what the source adds is on a holder of this kind."""
    if row.holder_kind == "民营企业" and words.startswith("国有企业、事业单位"):
        return False
    return not (row.holder_kind in FIRMS and words.startswith(OF_STATE_ONLY))


def _advice(
    pack: PolicyPack, programme: Programme, one: Reckoned, facts: Mapping[str, Fact], means: Means
) -> Advice:
    """What the programme says of a row alone."""
    row, told = one.row, is_told(one.row)
    force = facts["in_force"]
    open_force = f"{force.basis}→ {force.ask}" if force.holds is None else ""
    split = _SPLIT_OPEN if one.unsplit and told else ""
    doubts = filter(None, (open_force, split, _OWN_PART if one.part is not None else ""))
    own = means if is_read(row) else replace(means, doubts=(), refusals=(), doubts_of={})
    own = replace(
        own, idle=means.idle if not told else frozenset(),
        refusals=(*own.refusals, *((force.basis,) if force.holds is False else ())),
        doubts_of={programme.id: (*own.doubts_of.get(programme.id, ()), *doubts)},
    )  # fmt: skip
    said = advise(pack, "联盟", facts, own)
    (mine,) = (advice for advice in said if advice.programme_id == programme.id)
    least = None if one.least is None or one.unsplit else float(one.least)
    blank = base_of(row) in ("转让许可净收入", "营业利润") and amount_of(row)[0] is None
    worked = f"{base_of(row)}未填写；{mine.working}" if blank else mine.working
    worked = f"{one.worked}，不低于此数" if one.worked else worked
    own_rule = one.instead and one.agreed is not None
    about = label_of(row) + ("（条文的标准不管它；规定或约定应给的见结论）" if own_rule else "")
    return replace(
        mine, about=about if told else "", answered=told, least_wan=least,
        floor=floor_of(pack, programme, one), formula=worked, working=worked,
        further=tuple(words for words in mine.further if _is_on(row, words)),
        negotiable=parts_of(programme, one), turns=of_parts(pack, programme, one),
    )  # fmt: skip
