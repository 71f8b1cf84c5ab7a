"""What is due out of results, row by row and in all: what was paid of it, what is left, by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from matcher.alliances.due_words import answers_on, deciding_clauses
from matcher.alliances.reckoning import amount_of, reckon
from matcher.alliances.result_rows import (
    agreed_of_row,
    base_of,
    equity_of_row,
    facts_of_row,
    label_of,
    programme_for,
)
from matcher.alliances.topics import topics_of
from matcher.policy import Advice, Fact, Means, PolicyPack, advise
from matcher.policy.rules import Programme
from matcher.records.alliance import Alliance, Income

_UNRULED: Mapping[str, str] = {
    "技术开发": "技术开发", "技术咨询": "技术咨询", "技术服务": "技术服务", "作价投资": "作价",
}  # fmt: skip


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
    for row in alliance.incomes:
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
            _advice(pack, programme, row, facts, means)
            for row, facts in zip(rows, told, strict=True)
        ]
        reckoned = [reckon(pack, programme, r, f) for r, f in zip(rows, told, strict=True)]
        answers += answers_on(pack, programme, reckoned)
        answers += deciding_clauses(pack, programme, told)
    return Due(tuple(dict.fromkeys(answers)), tuple(advice))


def _unruled(pack: PolicyPack, row: Income) -> Iterator[str]:
    """That the source does not rule on it, with what it says of that, if anything."""
    topics = topics_of(pack, _UNRULED.get(row.way, "净收入"))
    silent = [line.partition("：")[2] for line in topics if "没有写" in line.partition("：")[2][:7]]
    rest = silent[0] if silent else f"这份条文没有写{row.way}的收入怎样奖励人员→ 请问主管部门"
    agreed = f"；{row.agreed}了的按它给" if row.agreed in ("单位规定", "与人员约定") else ""
    yield f"结论（{label_of(row)}）：{rest}{agreed}；按这份条文没有应付的数"


def _advice(
    pack: PolicyPack, programme: Programme, row: Income, facts: Mapping[str, Fact], means: Means
) -> Advice:
    """What the programme says of a row alone."""
    base = base_of(row)
    amount = equity_of_row(row)[1] if base == "股份或出资" else amount_of(row)[0]
    force = facts["in_force"]
    own = replace(
        means, bases={base: float(amount)} if base and amount is not None else {}, each={},
        bases_least={}, bases_words={}, agreed=agreed_of_row(row), given_wan=0.0,
        capital_wan=row.capital_wan,
        own_part=(row.own_percent, row.own_wan), idle=frozenset(), doubts=(),
        refusals=(force.basis,) if force.holds is False else (),
        doubts_of={programme.id: (f"{force.basis}→ {force.ask}",)} if force.holds is None else {},
    )  # fmt: skip
    said = advise(pack, "联盟", facts, own)
    (mine,) = (one for one in said if one.programme_id == programme.id)
    return replace(mine, about=label_of(row), answered=True)
