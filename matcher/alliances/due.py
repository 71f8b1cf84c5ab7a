"""What is due out of results, row by row and in all: what was paid of it, what is left, by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.alliances.due_words import answers_on, deciding_clauses, disputed_costs
from matcher.alliances.reckoning import Reckoned, amount_of, reckon
from matcher.alliances.result_rows import (
    agreed_of_row,
    base_of,
    day_of,
    equity_of_row,
    facts_of_row,
    holders_of,
    label_of,
    programme_for,
)
from matcher.alliances.topics import topics_of, words_of
from matcher.policy import Advice, Fact, Means, PolicyPack, advise
from matcher.policy.amounts import plain
from matcher.policy.rules import Programme
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
_SPLIT_OPEN = (
    "几个单位怎样分没有定（按本单位分得的那一份算）→ "
    "请各单位写明本单位分得多少（成果收益表「本单位分得(%)」栏）"
)


@dataclass(frozen=True, slots=True)
class Due:
    """What is said of the rows: the answers first, and what each programme says of each row."""

    answers: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()


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
    groups: dict[tuple[str, str, str], list[Income]] = {}
    answers: list[str] = []
    advice: list[Advice] = []
    for written in alliance.incomes:
        row = _with_dispute(alliance, written)
        programme = programme_for(pack, row)
        if programme is None:
            answers += _unruled(pack, row)
            continue
        groups.setdefault((row.result, row.holder, programme.id), []).append(row)
    plans = {p.id: p for p in pack.programme}
    for (_, _, plan), rows in groups.items():
        programme = plans[plan]
        told: list[dict[str, Fact]] = [
            facts_of_row(pack, programme, row, year, known) for row in rows
        ]
        advice += [
            _advice(pack, programme, row, facts, means, is_unsplit(alliance, row))
            for row, facts in zip(rows, told, strict=True)
        ]
        reckoned = [
            replace(reckon(pack, programme, r, f), unsplit=is_unsplit(alliance, r))
            for r, f in zip(rows, told, strict=True)
        ]
        if any(one.unsplit for one in reckoned):
            answers += _not_split(pack)
        answers += answers_on(pack, programme, reckoned)
        answers += [*_in_parts(alliance, reckoned), *_kept(pack, alliance, reckoned)]
        answers += deciding_clauses(pack, programme, told)
    return Due(tuple(dict.fromkeys(answers)), tuple(advice))


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
    if len(alliance.incomes) > 1 or next(disputed_costs(row.note), None) is not None:
        return row
    return row.model_copy(update={"note": f"{row.note}。{asked}"})


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
    if base_of(one.row) != "转让许可净收入" or not re.search(topic.words, words_of(alliance)):
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


def _advice(
    pack: PolicyPack, programme: Programme, row: Income, facts: Mapping[str, Fact], means: Means,
    unsplit: bool,
) -> Advice:  # fmt: skip
    """What the programme says of a row alone."""
    base = base_of(row)
    amount = equity_of_row(row)[1] if base == "股份或出资" else amount_of(row)[0]
    force = facts["in_force"]
    open_force = f"{force.basis}→ {force.ask}" if force.holds is None else ""
    doubts = tuple(filter(None, (open_force, _SPLIT_OPEN if unsplit else "")))
    own = replace(
        means, bases={base: float(amount)} if base and amount is not None else {}, each={},
        bases_least={}, bases_words={}, agreed=agreed_of_row(row), given_wan=0.0,
        capital_wan=row.capital_wan,
        own_part=(row.own_percent, row.own_wan), idle=frozenset(), doubts=(),
        refusals=(force.basis,) if force.holds is False else (),
        doubts_of={programme.id: doubts} if doubts else {},
    )  # fmt: skip
    said = advise(pack, "联盟", facts, own)
    (mine,) = (one for one in said if one.programme_id == programme.id)
    return replace(mine, about=label_of(row), answered=True)
