"""The yearly evaluation: evaluators mark alone and blind to each other, staff see the result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from matcher.alliances import Evaluation, Sheet, belongs, evaluate, prefill, shipped_sheet
from matcher.errors import InputError, NotFoundError
from matcher.policy import shipped_pack
from matcher.records.alliance import Alliance, Mark
from matcher.service.context import Caller
from matcher.service.desk import asking
from matcher.service.errors import ConflictError
from matcher.service.store.evaluators import Evaluator, Evaluators
from matcher.service.store.messages import Told
from matcher.service.store.steps import Act
from matcher.service.views import Filled, View
from matcher.text.organisations import normalise_organisation

DEFAULT_PACK = "liaoning-2021"
# What has been registered may be evaluated, again too.
_EVALUATED = frozenset({"已备案", "典型", "已评估"})
_DONE = ("已评", "回避")
_REASONS = {"两端": "0 分和满分写明理由", "全部": "每个分写明理由", "不要": ""}
Year = Annotated[int, Field(ge=1949, le=2100, examples=[2021])]


class MarksAsked(Filled):
    """What an evaluator says of an alliance: marks and why, or a conflict and no marks."""

    scores: Annotated[
        dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]],
        Field(description="指标编号 → 得分；没有打的不写", examples=[{"direction-1": 8}]),
    ] = Field(default_factory=dict)
    reasons: Annotated[
        dict[str, Annotated[str, Field(max_length=500)]], Field(description="指标编号 → 理由")
    ] = Field(default_factory=dict)
    conflict: Annotated[str, Field(max_length=500, description="利益冲突；写了就回避，不计分")] = ""


class EvaluatorAsked(Filled):
    """An account that is to mark."""

    name: Annotated[str, Field(min_length=1, max_length=100, description="账号", examples=["甲"])]
    alliances: Annotated[
        str, Field(max_length=4000, description="给他评哪些联盟，编号用逗号分开；不写为全部")
    ] = ""


class MarkedLine(View):
    """An alliance to be marked, and how far its evaluator is."""

    alliance_id: str
    title: str
    lead_org: str
    status: Annotated[str, Field(description="未评、未填齐、已评、回避")]


class IndicatorLine(View):
    """An indicator with what the record says of it, and the evaluator's own mark."""

    indicator_id: str
    aspect: str
    text: str
    scale: float
    known: str
    source: str
    score: float | None
    reason: str


class MarkForm(View):
    """An alliance to be marked by one evaluator; nobody else's marks are in it."""

    year: int
    alliance_id: str
    title: str
    organisations: list[str]
    barred: Annotated[str, Field(description="为什么必须回避；空为不必")]
    conflict: str
    note: str
    reasons: Annotated[str, Field(description="哪些分要写理由才能交；空为都不必")]
    handed_in: str
    indicators: list[IndicatorLine]


class EvaluatorLine(View):
    """How far an evaluator is."""

    account_id: int
    name: str
    organisation: str
    marked: int
    left_out: Annotated[int, Field(description="回避的联盟")]
    asked: int
    handed_in: Annotated[str, Field(description="什么时候交的；空为还没有交")]


class OwnMarks(View):
    """What an evaluator is asked to mark, and whether it handed in."""

    alliances: list[MarkedLine]
    handed_in: str


class EvaluationOverview(View):
    """A year for staff: who marks, how far they are, what came of it."""

    year: int
    evaluators: list[EvaluatorLine]
    alliances: int
    result: dict[str, Any] | None


def sheet_of(pack: str = "") -> Sheet:
    """The sheet of a pack. Raises: NotFoundError, InputError: there is none."""
    return shipped_sheet(shipped_pack(pack or DEFAULT_PACK))


def years(caller: Caller) -> tuple[int, ...]:
    """The years the caller was asked to mark."""
    account_id = caller.principal.account_id
    tasks = () if account_id is None else _evaluators(caller).tasks_of(account_id)
    return tuple(sorted(map(int, tasks), reverse=True))


def mine(caller: Caller, year: int) -> OwnMarks:
    """The alliances the caller was given to mark. Raises: NotFoundError: nobody asked."""
    evaluator = _asked(caller, year)
    said = _said(caller, year, caller.principal.name)
    size = len(sheet_of().indicator)
    lines = [
        MarkedLine(
            alliance_id=one.alliance_id, title=one.title, lead_org=one.lead_org,
            status=_status(one, said.get(one.alliance_id, ()), size, caller.principal.organisation),
        )
        for one in _given(evaluator, _evaluated(caller))
    ]  # fmt: skip
    return OwnMarks(alliances=lines, handed_in=evaluator.handed_in)


def hand_in(caller: Caller, year: int) -> OwnMarks:
    """The caller's marks are final.

    Raises:
        NotFoundError: nobody asked.
        InputError: an alliance is neither marked in full nor stood back from, or a mark lacks
            the reason its sheet asks for.
    """
    evaluator, found = _asked(caller, year), mine(caller, year)
    open_ones = [
        f"{one.title}（{one.status}）" for one in found.alliances if one.status not in _DONE
    ]
    if open_ones or not found.alliances:
        raise InputError(
            "还没有评完，不能交", given="、".join(open_ones) or "没有要评的联盟",
            expected="每个联盟都打齐分，或写明利益冲突回避", remedy="评完再交",
        )  # fmt: skip
    sheet, said = sheet_of(), _said(caller, year, caller.principal.name)
    bare = [
        f"{one.title}：{'、'.join(i.text for i in lacking)}"
        for one in found.alliances
        if one.status == "已评" and (lacking := sheet.without_reason(said[one.alliance_id]))
    ]
    if bare:
        raise InputError(
            "有的分还没有写理由，不能交", given="；".join(bare),
            expected=_REASONS[sheet.sheet.reasons], remedy="写明理由再交",
        )  # fmt: skip
    _evaluators(caller).hand_in(str(year), evaluator.account_id, caller.principal)
    return mine(caller, year)


def give_back(caller: Caller, year: int, account_id: int) -> EvaluationOverview:
    """Let an evaluator change what was handed in."""
    _evaluators(caller).hand_in(str(year), account_id, caller.principal, back=True)
    return overview(caller, year)


def form(caller: Caller, year: int, alliance_id: str) -> MarkForm:
    """An alliance with what is known of it. Raises: NotFoundError."""
    one = _one(caller, year, alliance_id)
    sheet = sheet_of()
    own = {m.indicator_id: m for m in _said(caller, year, caller.principal.name)
           .get(alliance_id, ())}  # fmt: skip
    conflict = next((m.conflict for m in own.values() if m.conflict), "")
    lines = []
    for known in prefill(sheet, one):
        mark = own.get(known.indicator.id)
        lines.append(IndicatorLine(
            indicator_id=known.indicator.id, aspect=known.indicator.aspect,
            text=known.indicator.text, scale=known.indicator.scale, known=known.words,
            source=known.source, score=mark.score if mark else None,
            reason=mark.reason if mark else "",
        ))  # fmt: skip
    return MarkForm(
        year=year, alliance_id=alliance_id, title=one.title,
        organisations=[name for name in (one.lead_org, *one.members) if name],
        barred=_barred(one, caller.principal.organisation), conflict=conflict,
        note=sheet.sheet.note, reasons=_REASONS[sheet.sheet.reasons],
        handed_in=_asked(caller, year).handed_in, indicators=lines,
    )  # fmt: skip


def save(caller: Caller, year: int, alliance_id: str, asked: MarksAsked) -> MarkForm:
    """Keep what the caller says of an alliance in place of what it said before.

    Raises:
        NotFoundError: nobody asked, or there is no such alliance.
        InputError: an unknown indicator, a mark outside its scale, neither marks nor a conflict.
        ConflictError: the marks of the year were handed in.
    """
    if _asked(caller, year).handed_in:
        raise ConflictError("这一年的分已经交了", given=year, remedy="要改请管理人员退回")
    one, sheet, who = _one(caller, year, alliance_id), sheet_of(), caller.principal
    conflict = asked.conflict or _barred(one, who.organisation)
    if not (asked.scores or conflict):
        raise InputError("没有打分", expected="得分，或写明利益冲突", remedy="打分后再提交")
    strange = sorted({*asked.scores, *asked.reasons} - {i.id for i in sheet.indicator})
    if strange:
        raise InputError("没有这项指标", given="、".join(strange), remedy="刷新页面后再填")
    marks = [
        Mark(
            alliance_id=alliance_id, indicator_id=i.id, evaluator=who.name,
            organisation=who.organisation, reason=asked.reasons.get(i.id, ""), conflict=conflict,
            score=None if conflict else asked.scores.get(i.id),
        )
        for i in sheet.indicator
    ]  # fmt: skip
    evaluate(sheet, [one], marks, draws=1)  # what cannot be counted is told before it is kept
    caller.service.alliances.put_marks(marks, year, Act(who, "staff"))
    return form(caller, year, alliance_id)


def overview(caller: Caller, year: int) -> EvaluationOverview:
    """A year for staff."""
    marks = caller.service.alliances.marks(year)
    asked, size = _evaluated(caller), len(sheet_of().indicator)
    lines = []
    for one in _evaluators(caller).of(str(year)):
        said = _by_alliance([m for m in marks if m.evaluator == one.name])
        own = _given(one, asked)
        told = [_status(a, said.get(a.alliance_id, ()), size, one.organisation) for a in own]
        lines.append(EvaluatorLine(
            account_id=one.account_id, name=one.name, organisation=one.organisation,
            marked=told.count("已评"), left_out=told.count("回避"), asked=len(own),
            handed_in=one.handed_in,
        ))  # fmt: skip
    found = result(caller, year)
    return EvaluationOverview(
        year=year, evaluators=lines, alliances=len(asked),
        result=None if found is None else asdict(found),
    )  # fmt: skip


def result(caller: Caller, year: int, pack: str = "") -> Evaluation | None:
    """What came of a year's marks; None where there are none.

    Of those who were asked and have not handed in nothing counts, asked no longer or not.
    """
    marks = caller.service.alliances.counted_marks(year)
    return evaluate(sheet_of(pack), caller.service.alliances.all(), marks) if marks else None


def ask(caller: Caller, year: int, asked: EvaluatorAsked) -> EvaluationOverview:
    """Ask an account to mark a year.

    Raises:
        NotFoundError: no such account, no such alliance.
        InputError: the account is closed.
    """
    account = caller.service.accounts.get(asked.name)
    given = {part.strip() for part in re.split("[,，、;；\\s]+", asked.alliances) if part.strip()}
    strange = sorted(given - {one.alliance_id for one in _evaluated(caller)})
    if strange:
        raise NotFoundError(
            "没有这些要评估的联盟",
            given="、".join(strange),
            remedy="填已备案、典型或已评估的联盟编号",
        )
    told = Told(
        f"evaluator:{year}", "case", f"请你评估 {year} 年的联盟",
        "逐个联盟打分，评完交分；有利益关系的写明并回避。看不到别人的分。", f"/evaluations/{year}",
    )  # fmt: skip
    asking.ask(caller, "联盟", str(year), account, told, given)
    return overview(caller, year)


def release(caller: Caller, year: int, account_id: int) -> EvaluationOverview:
    """Ask it no longer; what it said stays, and counts if it was handed in."""
    asking.release(caller, "联盟", str(year), account_id)
    return overview(caller, year)


def _evaluators(caller: Caller) -> Evaluators:
    return asking.asked_of(caller, "联盟")


def _evaluated(caller: Caller) -> list[Alliance]:
    states = caller.service.alliances.states()
    return [a for a in caller.service.alliances.all() if states[a.alliance_id] in _EVALUATED]


def _asked(caller: Caller, year: int) -> Evaluator:
    found = _evaluators(caller).find(str(year), caller.principal.account_id)
    if found is None:
        raise NotFoundError("没有请你评估", given=year, remedy="请管理人员指定评委")
    return found


def _given(evaluator: Evaluator, alliances: list[Alliance]) -> list[Alliance]:
    """Those an evaluator is to mark."""
    return [a for a in alliances if not evaluator.given or a.alliance_id in evaluator.given]


def _one(caller: Caller, year: int, alliance_id: str) -> Alliance:
    for one in _given(_asked(caller, year), _evaluated(caller)):
        if one.alliance_id == alliance_id:
            return one
    raise NotFoundError("没有这个要评估的联盟", given=alliance_id, remedy="回到列表核对")


def _said(caller: Caller, year: int, evaluator: str) -> Mapping[str, tuple[Mark, ...]]:
    marks = caller.service.alliances.marks(year)
    return _by_alliance([mark for mark in marks if mark.evaluator == evaluator])


def _by_alliance(marks: list[Mark]) -> dict[str, tuple[Mark, ...]]:
    kept: dict[str, tuple[Mark, ...]] = {}
    for mark in marks:
        kept[mark.alliance_id] = (*kept.get(mark.alliance_id, ()), mark)
    return kept


def _status(one: Alliance, said: tuple[Mark, ...], size: int, organisation: str) -> str:
    if any(mark.conflict for mark in said) or _barred(one, organisation):
        return "回避"
    scores = sum(mark.score is not None for mark in said)
    return "已评" if scores == size else "未填齐" if scores else "未评"


def _barred(one: Alliance, organisation: str) -> str:
    """Why somebody of an organisation has to stand back; empty where nothing says so."""
    if organisation and belongs(one, normalise_organisation(organisation)):
        return f"{organisation}是联盟成员"
    return ""
