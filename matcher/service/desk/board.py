"""What the last report says to staff: the review queue and the assignment, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import groupby
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from matcher.errors import NotFoundError
from matcher.procedure import PARTED, settled
from matcher.report.data_file import read_report
from matcher.report.model import ChallengeCard, Report, TopicMap
from matcher.report.plan_lines import PlanLine
from matcher.service.context import Caller, Service
from matcher.service.desk import cases, moving
from matcher.service.desk.work import result_file
from matcher.service.store.jobs import Job
from matcher.service.views import Asked, Page, PageNumber, PageSize, View

Risk = Literal["高", "中", "低"]
RISKS: tuple[Risk, ...] = ("高", "中", "低")
_JSON = "报告.json"


class BoardQuery(Asked):
    """Which challenges of the last report are wanted."""

    q: Annotated[str, Field(max_length=200, description="编号、题目里要出现的词")] = ""
    page: PageNumber = 1
    size: PageSize = 20

    def finds(self, *texts: str) -> bool:
        """Whether every word is in one of the texts."""
        return all(any(word in text for text in texts) for word in self.q.split())


class ReviewQuery(BoardQuery):
    """The same for the review queue."""

    risk: Annotated[Risk | None, Field(description="只要这个流标风险的")] = None
    assigned: Annotated[bool | None, Field(description="只要有（没有）指派的")] = None


class BoardView(View):
    """The last report in numbers."""

    job_id: str
    finished: str | None
    challenges: int
    answered: Annotated[int, Field(description="有指派的项数")]
    risks: Annotated[dict[Risk, int], Field(description="各流标风险的项数")]


class ReviewLine(View):
    """A challenge of the last report that somebody should look at."""

    challenge_id: str
    challenge: str
    verdict: str
    risk: str
    reason: str
    advice: str
    assigned: bool


class ReviewView(Page[ReviewLine]):
    """The review queue, the riskiest first."""

    board: BoardView


class BoardLine(View):
    """One team of an assignment."""

    role: str
    band: str
    team_id: str
    team: str
    org: str
    forced: Annotated[bool, Field(description="人工推荐的")] = False
    firmness: Annotated[str, Field(description="稳、较稳、难分；没有抽签为空")] = ""
    stays: Annotated[float | None, Field(description="抽签里不变的比例，0 至 1")] = None
    state: Annotated[str, Field(description="现在对接到哪一步；没有开始为空")] = ""
    invitable: Annotated[bool, Field(description="现在可以邀请")] = False
    out: Annotated[bool, Field(description="报告以后退出或落选")] = False
    promoted: Annotated[bool, Field(description="前面的退出以后由它接上")] = False


class AssignedView(View):
    """A challenge of the plan with its teams."""

    challenge_id: str
    challenge: str
    teams: list[BoardLine]
    awarded: Annotated[str, Field(description="报告以后立给了谁、到哪一步；没有立项为空")] = ""


class AssignmentView(Page[AssignedView]):
    """The plan, challenge by challenge."""

    board: BoardView


def board(caller: Caller) -> BoardView:
    """The last report in numbers. Raises: NotFoundError: no report was made yet."""
    job, made = _last(caller)
    levels = [card.risk.level for card in made.cards]
    return BoardView(
        job_id=job.job_id, finished=job.finished, challenges=made.plan.challenges,
        answered=made.plan.answered, risks={risk: levels.count(risk) for risk in RISKS},
    )  # fmt: skip


def topics(caller: Caller) -> TopicMap:
    """The list of the last report against the library, by what they are about.

    Raises:
        NotFoundError: no report was made yet, or one without an encoder.
    """
    found = _last(caller)[1].topics
    if found is None:
        raise NotFoundError("最近的报告没有供需分布", remedy="用语义模型重新出一份报告")
    return found


def review(caller: Caller, query: ReviewQuery) -> ReviewView:
    """A page of the review queue. Raises: NotFoundError: no report was made yet."""
    lines = [
        _review_line(card)
        for card in _last(caller)[1].cards
        if query.finds(card.challenge_id, card.title)
        and query.risk in (None, card.risk.level)
        and query.assigned in (None, bool(card.assigned))
    ]
    lines.sort(key=lambda line: ("高中低".index(line.risk), line.challenge_id))
    page = Page[ReviewLine].of(lines, query.page, query.size)
    return ReviewView(**dict(page), board=board(caller))


def assignment(caller: Caller, query: BoardQuery) -> AssignmentView:
    """A page of the plan. Raises: NotFoundError: no report was made yet."""
    groups = groupby(
        sorted(_last(caller)[1].plan.lines, key=lambda line: line.challenge_id),
        key=lambda line: line.challenge_id,
    )
    plan = [_assigned(challenge_id, lines) for challenge_id, lines in groups]
    found = [
        one for one in plan
        if query.finds(one.challenge_id, one.challenge, *(t.team for t in one.teams))
    ]  # fmt: skip
    page = Page[AssignedView].of(found, query.page, query.size)
    now = page.model_copy(update={"items": [_as_it_is(caller, one) for one in page.items]})
    return AssignmentView(**dict(now), board=board(caller))


def _as_it_is(caller: Caller, planned: AssignedView) -> AssignedView:
    """A challenge of the plan with what came of it since."""
    given = settled(caller.snapshot.matcher.challenges, caller.snapshot.awards)
    known = caller.snapshot.matcher.teams
    held = [
        f"{award.team_id if team is None else team.name}（{award.state}）"
        for award in given if award.challenge_id == planned.challenge_id
        for team in (known.get(award.team_id),)
    ]  # fmt: skip
    lines = [_with_state(caller, planned.challenge_id, line) for line in planned.teams]
    teams = lines if held else _promoted(lines)
    return planned.model_copy(update={"awarded": "、".join(held), "teams": teams})


def _promoted(lines: list[BoardLine]) -> list[BoardLine]:
    """The next alternates in the place of the teams that are out."""
    vacant = sum(line.out for line in lines if line.role == "主")
    waiting = [line.team_id for line in lines if line.role != "主" and not line.out][:vacant]
    return [line.model_copy(update={"role": "主", "promoted": True})
            if line.team_id in waiting else line for line in lines]  # fmt: skip


def _with_state(caller: Caller, challenge_id: str, line: BoardLine) -> BoardLine:
    """A team of the plan with how far it is; one whose record is gone stays as it was."""
    with suppress(NotFoundError):
        case = cases.find(caller, challenge_id, line.team_id)
        invitable = any(move.name == "邀请" for move in moving.allowed(caller, case))
        return line.model_copy(
            update={"state": case.state, "invitable": invitable, "out": case.state in PARTED}
        )
    return line


def _last(caller: Caller) -> tuple[Job, Report]:
    """The last report, read once for as long as the library stays as it is."""
    job = caller.service.jobs.latest_done("report")
    if job is not None:
        kept = caller.snapshot.results
        made = kept.get(("report", job.job_id), lambda: _report(caller.service, job))
        if made is not None:
            return job, made
    raise NotFoundError("还没有报告", remedy="先提交一份报告，完成后再看指派")


def _report(service: Service, job: Job) -> Report | None:
    try:
        return read_report(result_file(service, job, _JSON))
    except (NotFoundError, ValidationError, OSError):  # cleared away, or of another version
        return None


def _review_line(card: ChallengeCard) -> ReviewLine:
    return ReviewLine(
        challenge_id=card.challenge_id, challenge=card.title, verdict=card.verdict,
        risk=card.risk.level, reason=card.risk.reason, advice=card.risk.advice,
        assigned=bool(card.assigned),
    )  # fmt: skip


def _assigned(challenge_id: str, lines: Iterable[PlanLine]) -> AssignedView:
    kept = list(lines)
    return AssignedView(
        challenge_id=challenge_id,
        challenge=kept[0].challenge_title,
        teams=[
            BoardLine(role=x.role, band=x.band, team_id=x.team_id, team=x.team_name,
                      org=x.org_name, forced=x.forced,
                      firmness=x.firmness, stays=x.stays)
            for x in kept
        ],
    )  # fmt: skip
