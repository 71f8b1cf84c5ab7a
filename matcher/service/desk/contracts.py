"""Contracts of pairs: what was agreed at signing, milestones on the way, what was reached.

What was agreed is the detail of the step by which it was: undone with it, never written over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.errors import InputError
from matcher.records import Challenge
from matcher.service.clock import shown_moment
from matcher.service.context import Caller
from matcher.service.desk import cases, moving
from matcher.service.desk.cases import Case, Named
from matcher.service.desk.uploads import attachments
from matcher.service.desk.waiting import Todo, waiting
from matcher.service.errors import ConflictError
from matcher.service.showing import facet_views
from matcher.service.store.pairs import Pair
from matcher.service.store.steps import Step, standing
from matcher.service.views import FacetView, Filled, View, pair_page
from matcher.text.dates import today

SIGNED = "已签约"
# Days of a contract are put before its sides so long before.
SOON_DAYS = 30
_AWARDS, _AGREED = ("立项", "递补"), ("签约", "更改合同")
_CONTRACT, _MILESTONE, _RESULTS = "contract", "milestone", "results"
_HANDED_IN, _SENT_BACK = "提请验收", "退回整改"
_Line = Annotated[str, Field(max_length=200)]
_Target = Annotated[str, Field(max_length=2000)]
Result = Literal["达到", "部分达到", "未达到", ""]
_NOTHING: Mapping[str, Any] = {
    "signed": None, "number": "", "amount_wan": None, "begins": None, "ends": None, "parties": "",
    "milestones": [], "targets": [],
}  # fmt: skip
RESULTS: tuple[Result, ...] = ("达到", "部分达到", "未达到")


class Milestone(Filled):
    """What is to be done by a day."""

    due: date
    what: Annotated[str, Field(min_length=1, max_length=200)]


class ContractFields(Filled):
    """What was agreed."""

    signed: Annotated[date, Field(description="签订日期")]
    number: Annotated[_Line, Field(description="合同编号")] = ""
    amount_wan: Annotated[float | None, Field(ge=0, le=1e7, allow_inf_nan=False)] = None
    begins: date | None = None
    ends: Annotated[date | None, Field(description="合同到期，应当验收的日期")] = None
    parties: Annotated[str, Field(max_length=500, description="签约各方")] = ""
    milestones: list[Milestone] = Field(default=[], max_length=20)
    targets: list[_Target] = Field(
        default=[], max_length=200, description="对每条要求约定的指标，按要求的次序"
    )


class ContractAsked(Named):
    """A contract to be filed; where one is signed already, what was changed, and why."""

    contract: ContractFields
    reason: Annotated[str, Field(max_length=500)] = ""
    version: Annotated[int | None, Field(ge=0)] = None
    key: Annotated[str, Field(max_length=64)] = ""


class MilestoneAsked(Named):
    """That a milestone of the contract is done."""

    number: Annotated[int, Field(ge=1, le=20, description="合同里的第几个")]
    reason: Annotated[str, Field(min_length=1, max_length=500, description="完成情况")]
    version: Annotated[int | None, Field(ge=0)] = None
    key: Annotated[str, Field(max_length=64)] = ""


class Reached(Filled):
    """What was reached of one target."""

    reached: _Target = ""
    result: Result = ""


class HandingInAsked(Named):
    """That a team asks for acceptance, with what was done."""

    reason: Annotated[str, Field(min_length=1, max_length=500, description="完成情况")]
    version: Annotated[int | None, Field(ge=0)] = None
    key: Annotated[str, Field(max_length=64)] = ""


class AcceptanceAsked(Named):
    """What was reached, target by target, and the conclusion."""

    reason: Annotated[str, Field(max_length=500, description="验收结论")]
    results: list[Reached] = Field(default=[], max_length=200)
    anyway: Annotated[bool, Field(description="有约定的没有填写或没有达到，仍然通过")] = False
    version: Annotated[int | None, Field(ge=0)] = None
    key: Annotated[str, Field(max_length=64)] = ""


_Asked = ContractAsked | MilestoneAsked | HandingInAsked | AcceptanceAsked


class PaperView(View):
    """A paper that was filed."""

    file_id: str
    name: str


class MilestoneView(View):
    """A milestone with what came of it."""

    due: date
    what: str
    done: Annotated[str, Field(description="哪一天登记完成；没有完成为空")]
    note: str


class TargetView(View):
    """A requirement with what was agreed and what was reached."""

    label: str
    text: str
    agreed: str
    reached: str
    result: Result


class ContractView(View):
    """What was agreed, and what came of it."""

    signed: Annotated[date | None, Field(description="没有登记合同为空")]
    number: str
    amount_wan: float | None
    begins: date | None
    ends: date | None
    parties: str
    milestones: list[MilestoneView]
    targets: list[TargetView]
    papers: list[PaperView]
    conclusion: Annotated[str, Field(description="验收结论；没有验收为空")]
    accepted: Annotated[str, Field(description="哪一天验收")]


def requirements(challenge: Challenge) -> list[FacetView]:
    """What a bid answers and a contract agrees on, one by one."""
    return [facet for facet in facet_views(challenge) if facet.label != "题目"]


def sign(
    caller: Caller, asked: ContractAsked, files: Sequence[tuple[str, bytes]] = ()
) -> None:  # fmt: skip
    """File a contract: the pair is signed; where it is, what was agreed is changed, with a reason.

    Raises:
        NotFoundError: there is no such pair for this caller.
        ConflictError, ChangedError: the table of moves does not allow it now.
        InputError: days that cannot be, or too many files.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    contract = asked.contract
    early = [day for day in (contract.ends, *(one.due for one in contract.milestones))
             if day and day < contract.signed]  # fmt: skip
    if early:
        given = f"{min(early)}，签订 {contract.signed}"
        raise InputError("执行期止或里程碑早于签订日期", given=given, remedy="核对日期")
    if contract.begins and contract.ends and contract.ends < contract.begins:
        raise InputError("合同的起止日期颠倒", given=f"{contract.begins} 至 {contract.ends}",
                         remedy="改正后再提交")  # fmt: skip
    agreed = contract.model_dump(mode="json")
    facets = requirements(case.challenge)
    agreed["targets"] = [
        {"label": facet.label, "text": facet.text, "agreed": words}
        for facet, words in zip(facets, _as_many(contract.targets, len(facets)), strict=True)
    ]
    name = "更改合同" if case.state == SIGNED else "签约"
    _make(caller, case, asked, name, {_CONTRACT: agreed}, files)


def reach(caller: Caller, asked: MilestoneAsked) -> None:
    """Say that a milestone is done. Raises: as `sign`."""
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    found = contract(caller, case)
    if found is None or asked.number > len(found.milestones):
        raise ConflictError("合同里没有这个里程碑", given=asked.number, remedy="刷新页面再办")
    one = found.milestones[asked.number - 1]
    _make(caller, case, asked, "完成里程碑", {_MILESTONE: [one.due.isoformat(), one.what]}, ())


def hand_in(
    caller: Caller, asked: HandingInAsked, files: Sequence[tuple[str, bytes]] = ()
) -> None:  # fmt: skip
    """Ask for acceptance, with what was done and its papers. Raises: as `sign`."""
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    _make(caller, case, asked, _HANDED_IN, {}, files)


def accept(
    caller: Caller, asked: AcceptanceAsked, files: Sequence[tuple[str, bytes]] = ()
) -> None:  # fmt: skip
    """Accept what was done, with what was reached of each target.

    Raises:
        InputError: what was agreed is not filled in or not reached, and nobody said: anyway.
        NotFoundError, ConflictError, ChangedError: as `sign`.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    held = targets(caller, case)
    given = [*asked.results[: len(held)], *[Reached()] * max(0, len(held) - len(asked.results))]
    results = [{**one.model_dump(), **got.model_dump()}
               for one, got in zip(held, given, strict=True)]  # fmt: skip
    lacking = [one["label"] for one in results
               if one["result"] == "未达到" or (one["agreed"] and not one["result"])]  # fmt: skip
    if lacking and not asked.anyway:
        raise InputError(
            "约定的指标没有都达到，不能直接通过", given="、".join(lacking),
            expected="每条约定写明达到或部分达到",
            remedy="补填；要整改的办“退回整改”；确要通过的勾选“仍然通过”",
        )  # fmt: skip
    _make(caller, case, asked, "验收", {_RESULTS: results}, files)


def contract(caller: Caller, case: Case) -> ContractView | None:
    """The contract of a pair for its sides and staff; None where none was filed."""
    if case.pair is None or not case.parties:
        return None
    return _view(caller, _since_award(standing(caller.service.pairs.history(case.key))))


def targets(caller: Caller, case: Case) -> list[TargetView]:
    """What is held against what was reached: as agreed, or the requirements themselves."""
    found = contract(caller, case)
    if found is not None and found.targets:
        return found.targets
    return [TargetView(label=f.label, text=f.text, agreed="", reached="", result="")
            for f in requirements(case.challenge)]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """What a signed pair waits for: a milestone, its acceptance, or (``day`` None) its contract,
    the acceptance that was asked for, the mending it was sent back for.
    """

    key: tuple[str, str]
    kind: Literal["里程碑", "验收", "合同", "提请验收", "退回整改"]
    day: date | None
    what: str = ""


def dues(caller: Caller) -> list[Due]:
    """What all signed pairs wait for, the next first."""
    found = [
        due for key, steps in caller.service.pairs.steps_in(SIGNED).items()
        for due in _dues(key, _since_award(steps))
    ]  # fmt: skip
    return sorted(found, key=lambda due: (due.day or date.min, due.key))


def contract_todos(
    found: Sequence[Due], named: Callable[[Due], tuple[str, str]], by_then: str, at_the_end: str,
    handed_in: str, sent_back: str,
) -> list[Todo]:  # fmt: skip
    """What waits of signed pairs: days that are near or over, and contracts not filed.

    Args:
        named: challenge and team, in words.
        by_then, at_the_end: what is to be done about milestones, and about the end.
        handed_in, sent_back: what is to be done once acceptance is asked for, or was refused.
    """
    last = today() + timedelta(days=SOON_DAYS)

    def line(due: Due) -> tuple[str, str, str]:
        challenge, team = named(due)
        late = due.day is not None and due.day < today()
        note = f"{due.day or ''}{'（已过期）' if late else ''} {due.what} {team}"
        return challenge, " ".join(note.split()), pair_page(*due.key)

    def todo(kind: str, title: str, advice: str, before: str = "") -> Todo:
        near = [due for due in found if due.kind == kind and (due.day or last) <= last]
        late = any(due.day is not None and due.day < today() for due in near)
        return waiting(
            title if late else before or title,
            advice,
            "急" if late else "办",
            f"/pairs?state={SIGNED}",
            near,
            line,
        )

    return [todo(_HANDED_IN, "提请验收", handed_in), todo(_SENT_BACK, "退回整改", sent_back),
            todo("里程碑", "里程碑到期", by_then, "里程碑临近"),
            todo("验收", "到期验收", at_the_end, "临近验收"),
            todo("合同", "合同没有登记", "登记合同编号、金额、起止和里程碑")]  # fmt: skip


def _dues(key: tuple[str, str], steps: Sequence[Step]) -> Iterator[Due]:
    asked = [step for step in steps if step.move in (_HANDED_IN, _SENT_BACK)]
    if asked:
        last = asked[-1]
        yield Due(key, "提请验收" if last.move == _HANDED_IN else "退回整改", None, last.reason)
    agreed = _agreed(steps)
    if agreed is None:
        yield Due(key, "合同", None)
        return
    done = _done(steps)
    for one in agreed.detail[_CONTRACT]["milestones"]:
        if (one["due"], one["what"]) not in done:
            yield Due(key, "里程碑", date.fromisoformat(one["due"]), one["what"])
    if ends := agreed.detail[_CONTRACT]["ends"]:
        yield Due(key, "验收", date.fromisoformat(ends))


def _make(
    caller: Caller, case: Case, asked: _Asked,
    name: str, detail: dict[str, Any], files: Sequence[tuple[str, bytes]],
) -> None:  # fmt: skip
    kept = attachments(files)
    if asked.key and caller.service.pairs.was_done(asked.key):
        return

    def along(pair: Pair) -> None:
        caller.service.dossier.file_with(pair.version, kept)

    act = moving.acting(caller, case, name, asked.reason, detail, asked.key)
    moving.make(caller, case, name, act, asked.version, along=along)


def _since_award(steps: Sequence[Step]) -> Sequence[Step]:
    """What was done since the last award: an earlier contract is one of the past."""
    last = max((n for n, step in enumerate(steps) if step.move in _AWARDS), default=0)
    return steps[last:]


def _agreed(steps: Sequence[Step]) -> Step | None:
    """The step that says what is agreed now."""
    filed = [s for s in steps if s.move in _AGREED and _CONTRACT in s.detail]
    return filed[-1] if filed else None


def _done(steps: Iterable[Step]) -> dict[tuple[str, str], Step]:
    """The steps by which milestones were done, by day and words."""
    made = [step for step in steps if _MILESTONE in step.detail]
    return {(step.detail[_MILESTONE][0], step.detail[_MILESTONE][1]): step for step in made}


def _view(caller: Caller, steps: Sequence[Step]) -> ContractView | None:
    agreed = _agreed(steps)
    last = next((step for step in reversed(steps) if step.move == "验收"), None)
    results = [] if last is None else last.detail.get(_RESULTS, [])
    if agreed is None and not results:
        return None
    kept = dict(_NOTHING if agreed is None else agreed.detail[_CONTRACT])
    held = results or [{**one, "reached": "", "result": ""} for one in kept["targets"]]
    papers = [
        PaperView(file_id=number, name=name)
        for step in steps for number, name in caller.service.dossier.filed_with(step.number)
    ]  # fmt: skip
    return ContractView(
        **{name: kept[name] for name in ("signed", "number", "amount_wan", "begins", "ends",
                                         "parties")},
        milestones=_milestones(kept["milestones"], _done(steps)),
        targets=[TargetView(**one) for one in held],
        papers=papers, conclusion="" if last is None else last.reason,
        accepted="" if last is None else shown_moment(last.at)[:10],
    )  # fmt: skip


def _milestones(
    agreed: Sequence[dict[str, Any]], done: dict[tuple[str, str], Step]
) -> list[MilestoneView]:  # fmt: skip
    found = []
    for one in agreed:
        step = done.get((one["due"], one["what"]))
        found.append(MilestoneView(
            due=one["due"], what=one["what"],
            done="" if step is None else shown_moment(step.at)[:10],
            note="" if step is None else step.reason,
        ))  # fmt: skip
    return found


def _as_many(words: Sequence[str], count: int) -> list[str]:
    return [*words[:count], *[""] * max(0, count - len(words))]
