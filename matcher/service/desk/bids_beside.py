"""The bids of one challenge side by side, for who chooses among them: on a page, in a workbook."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from matcher.procedure import READABLE
from matcher.records import Challenge, Indicator
from matcher.report.faces.tables import write_tables
from matcher.report.tables.table import Column, Table
from matcher.service.context import Caller
from matcher.service.desk import appraising, bids, cases, contracts
from matcher.service.desk.bids import BidFields
from matcher.service.desk.cases import Case, PairQuery
from matcher.service.views import FacetView, View
from matcher.text.indicators import parse_indicators
from matcher.text.meeting import met_by

Verdict = Literal["达到要求", "低于要求", "须核对", ""]
# A promise to one requirement need not name it again: 提高25%, 承诺达到 12 ppm.
_UNNAMED = re.compile(r"(?:承诺|保证|确保|可|能|将)*(?:达到?|做到|控制[在到]|实现|为)?[:：\s]*")
_CHANGES = ("提高", "提升", "增加", "降低", "下降", "减少", "缩短", "延长")
_AMOUNT = re.compile(
    rf"(?:{'|'.join(_CHANGES)}|[≥≤<>＜＞]|不?[高低大小多少超]于?过?|至[少多])*\s*\d"
)
_OPEN = "没有写"
_OVER: dict[str, str] = {"budget": "高于榜额", "months": "超过要求的时限"}


class Promise(View):
    """What a team promises on a requirement."""

    label: str
    text: str
    answer: str
    verdict: Annotated[
        Verdict, Field(description="只比较考核指标里的数，比不了的须核对；别的要求为空")
    ]


class BidBeside(View):
    """A bid among those of its challenge."""

    team_id: str
    team: str
    org_name: str
    state: str
    budget_wan: float | None
    months: int | None
    partners: str
    consortium: str
    statement: str
    files: Annotated[int, Field(description="附件数")]
    promises: Annotated[list[Promise], Field(description="只列写了承诺的要求")]
    unanswered: Annotated[list[str], Field(description="没有写承诺的要求")]
    over: Annotated[list[str], Field(description="高于榜额、超过要求的时限")]
    mean: Annotated[float | None, Field(description="专家平均分；只有管理人员看得到")]
    experts: Annotated[int, Field(description="计分的专家数")]
    conflicts: Annotated[int, Field(description="因利害关系回避的专家数")]


class BidsBeside(View):
    """All bids of a challenge, held against what it asks for."""

    challenge_id: str
    challenge: str
    demand_org: str
    bounty_wan: float | None
    duration_months: int | None
    requirements: list[FacetView]
    bids: list[BidBeside]


def beside(caller: Caller, challenge_id: str) -> list[BidBeside]:
    """The last version of every bid, the best marked first for staff, else in their order.

    Raises:
        NotFoundError: it is no challenge of the caller's.
    """
    bids.owned_challenge(caller, challenge_id)
    found = [
        made for case in cases.seen(caller, PairQuery(challenge=challenge_id))
        if case.state in READABLE and (made := _bid(caller, case)) is not None
    ]  # fmt: skip
    return sorted(found, key=lambda one: -(one.mean or 0))


def table(caller: Caller, challenge_id: str) -> BidsBeside:
    """The bids against each requirement. Raises: as `beside`."""
    found = beside(caller, challenge_id)
    challenge = caller.snapshot.matcher.challenges[challenge_id]
    return BidsBeside(
        challenge_id=challenge_id, challenge=challenge.name, demand_org=challenge.demand_org,
        bounty_wan=challenge.bounty_wan, duration_months=challenge.duration_months,
        requirements=contracts.requirements(challenge), bids=found,
    )  # fmt: skip


def held(requirement: FacetView, answer: str) -> Verdict:
    """Whether what is promised is what was asked for, as far as numbers tell.

    >>> held(FacetView(label="考核指标1", text="过钢量提高30%以上"), "提高25%")
    '低于要求'
    """
    if not requirement.label.startswith("考核指标"):
        return ""
    targets = [one for one in parse_indicators(requirement.text) if one.value is not None]
    given = [*parse_indicators(answer)]
    if len(targets) == 1:
        given += parse_indicators(_named(targets[0], answer))
    found = [met_by(target, given) for target in targets]
    if False in found:
        return "低于要求"
    return "达到要求" if found and all(found) else "须核对"


def _named(target: Indicator, answer: str) -> str:
    """An answer with the name of what it answers before it; empty where it has its own."""
    rest = answer[_UNNAMED.match(answer).end() :]  # type: ignore[union-attr]
    if not _AMOUNT.match(rest):
        return ""
    name = target.name
    for word in _CHANGES:
        if rest.startswith(word):
            name = name.removesuffix(word)
    return f"{name}{rest}"


def _bid(caller: Caller, case: Case) -> BidBeside | None:
    assert case.pair is not None
    kept = caller.service.dossier.bids(case.pair.pair_id)
    if not kept or not case.parties:
        return None
    content = BidFields.model_validate(kept[-1].content)
    appraised = appraising.appraisals(caller, case)
    marked = [one for one in appraised if not one.conflict]
    facets = contracts.requirements(case.challenge)
    answers = [*content.answers, *[""] * len(facets)]
    return BidBeside(
        team_id=case.team.team_id, team=case.team.name, org_name=case.team.org_name,
        state=case.state, budget_wan=content.budget_wan, months=content.months,
        partners=content.partners, consortium=content.consortium, statement=content.statement,
        files=len(kept[-1].files),
        promises=[Promise(label=facet.label, text=facet.text, answer=words,
                          verdict=held(facet, words))
                  for facet, words in zip(facets, answers, strict=False) if words],
        unanswered=[facet.label for facet, words in zip(facets, answers, strict=False)
                    if not words],
        over=_over(case.challenge, content),
        mean=appraising.mean_of(marked), experts=len(marked),
        conflicts=len(appraised) - len(marked),
    )  # fmt: skip


def _over(challenge: Challenge, content: BidFields) -> list[str]:
    compared = {
        "budget": (content.budget_wan, challenge.bounty_wan),
        "months": (content.months, challenge.duration_months),
    }
    return [
        _OVER[name] for name, (asked, limit) in compared.items()
        if asked is not None and limit is not None and asked > limit
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the sheet: what is compared, what was asked for, and each bid's."""

    name: str
    asked: str
    given: tuple[str, ...]


def workbook(caller: Caller, challenge_id: str) -> bytes:
    """The same as a workbook for the meeting. Raises: as `beside`."""
    found = table(caller, challenge_id)
    columns: list[Column[_Line]] = [
        Column("项目", lambda line: line.name, xlsx=14),
        Column("难题的要求", lambda line: line.asked, xlsx=34),
        *[Column(one.team, _of_bid(place), xlsx=34) for place, one in enumerate(found.bids)],
    ]
    note = (f"{found.demand_org or '需求单位未填写'}；{len(found.bids)} 份揭榜书。"
            "只比较考核指标里的数，标“须核对”的比不了；不含联系方式。")  # fmt: skip
    rows = tuple(_lines(found, caller.principal.is_staff))
    sheet = Table("揭榜书对照", tuple(columns), rows, note=note, most_lines=16, printed=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "揭榜书对照.xlsx"
        write_tables(f"揭榜书对照：{found.challenge}", [sheet], path)
        made = path.read_bytes()
    caller.note("export.bids", challenge_id, bids=len(found.bids))
    return made


def _of_bid(place: int) -> Callable[[_Line], str]:
    return lambda line: line.given[place]


def _lines(found: BidsBeside, staff: bool) -> list[_Line]:
    def line(name: str, asked: str, value: Callable[[BidBeside], str]) -> _Line:
        return _Line(name, asked, tuple(value(one) or "—" for one in found.bids))

    bounty, months = found.bounty_wan, found.duration_months
    lines = [
        line("单位", "", lambda one: one.org_name),
        line("到哪一步", "", lambda one: one.state),
        line("经费", "" if bounty is None else f"榜额 {bounty:g} 万元",
             lambda one: _noted(f"{one.budget_wan:g} 万元" if one.budget_wan is not None else "",
                                _OVER["budget"], one.over)),
        line("时限", "" if months is None else f"{months} 个月",
             lambda one: _noted(f"{one.months} 个月" if one.months else "", _OVER["months"],
                                one.over)),
        line("合作单位", "", lambda one: one.partners),
        line("联合体", "", lambda one: one.consortium),
    ]  # fmt: skip
    if staff:
        lines.append(line("专家平均分", "", _marked))
    for facet in found.requirements:
        lines.append(line(facet.label, facet.text, _promised(facet.label)))
    return [*lines, line("怎么解决", "", lambda one: one.statement)]


def _noted(words: str, note: str, over: list[str]) -> str:
    return f"{words}（{note}）" if note in over else words


def _marked(one: BidBeside) -> str:
    left = f"，回避 {one.conflicts} 人" if one.conflicts else ""
    return "没有登记" if one.mean is None else f"{one.mean:g}（{one.experts} 人{left}）"


def _promised(label: str) -> Callable[[BidBeside], str]:
    def value(one: BidBeside) -> str:
        promise = next((p for p in one.promises if p.label == label), None)
        if promise is None:
            return _OPEN
        return f"{promise.answer}\n【{promise.verdict}】" if promise.verdict else promise.answer

    return value
