"""A running service from Python: what its JSON interface gives, as the service's own views.

What is asked and what comes back are the very types the interface is declared with, so a program
that is checked against this client is checked against the interface (`tests/test_service_client`
holds both against the OpenAPI document).
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from matcher.errors import MatcherError
from matcher.report.model import TopicMap
from matcher.service.desk.board import AssignmentView, BoardQuery, BoardView
from matcher.service.desk.challenges import ChallengeQuery
from matcher.service.desk.draft_fields import DraftFields
from matcher.service.desk.matching import ChallengeFilter, TeamFilter
from matcher.service.desk.queue import JobView
from matcher.service.desk.teams import TeamQuery
from matcher.service.desk.understanding import Reading
from matcher.service.desk.work import ReportAsked
from matcher.service.problems import Problem
from matcher.service.views import (
    ChallengeHit,
    ChallengesView,
    ChallengeView,
    Page,
    TeamHit,
    TeamsView,
    TeamView,
)

T = TypeVar("T")
_ROOT = "/api/v1"
_WAITING = ("queued", "running")


class RefusedError(MatcherError):
    """The service did not do what was asked; the parts are those it gave.

    Attributes:
        status: of the answer.
    """

    code = "refused"

    def __init__(self, problem: Problem) -> None:
        self.status = problem.status
        super().__init__(
            problem.detail or problem.title, given=problem.given, expected=problem.expected,
            remedy=problem.remedy,
        )  # fmt: skip


class Client:
    """The interface of a service, for one key. Every method raises `RefusedError`.

    >>> with Client("https://jbgs.example.cn", "密钥") as service:  # doctest: +SKIP
    ...     for match in service.find_teams("KB-18", TeamFilter(province="辽宁")).matches:
    ...         print(match.rank, match.band, match.team.name)
    """

    def __init__(
        self,
        address: str,
        key: str = "",
        *,
        timeout: float = 60.0,
        http: httpx.Client | None = None,
    ) -> None:
        """Reach a service.

        Args:
            address: e.g. ``https://jbgs.example.cn``.
            key: of the interface, made on the page of the account; "" asks as the public does.
            timeout: of a request, in seconds.
            http: a client of one's own, with its proxies and certificates.
        """
        self._http = http or httpx.Client(base_url=address, timeout=timeout)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._http.close()

    def challenges(self, query: ChallengeQuery | None = None) -> Page[ChallengeHit]:
        """A page of the list."""
        return self._get("/challenges", Page[ChallengeHit], query)

    def challenge(self, challenge_id: str) -> ChallengeView:
        """One challenge in full."""
        return self._get(f"/challenges/{_part(challenge_id)}", ChallengeView)

    def find_teams(self, challenge_id: str, asked: TeamFilter | None = None) -> TeamsView:
        """Who could solve a challenge, with proof, coverage and gaps."""
        return self._get(f"/challenges/{_part(challenge_id)}/teams", TeamsView, asked)

    def find_teams_for(self, fields: DraftFields, asked: TeamFilter | None = None) -> TeamsView:
        """Who could solve a challenge that is not kept."""
        return self._post("/challenges/teams", TeamsView, fields, asked)

    def read_text(self, text: str) -> Reading:
        """What the service understands of a pasted need."""
        return self._post("/challenges/reading", Reading, {"text": text})

    def teams(self, query: TeamQuery | None = None) -> Page[TeamHit]:
        """A page of the library."""
        return self._get("/teams", Page[TeamHit], query)

    def team(self, team_id: str) -> TeamView:
        """One team in full."""
        return self._get(f"/teams/{_part(team_id)}", TeamView)

    def find_challenges(
        self, team_id: str, asked: ChallengeFilter | None = None
    ) -> ChallengesView:  # fmt: skip
        """What a team could take on."""
        return self._get(f"/teams/{_part(team_id)}/challenges", ChallengesView, asked)

    def make_report(self, asked: ReportAsked | None = None) -> JobView:
        """Have a report made; `wait` for it, then `download` its files."""
        return self._post("/jobs/report", JobView, asked or ReportAsked())

    def job(self, job_id: str) -> JobView:
        """How far a job is."""
        return self._get(f"/jobs/{_part(job_id)}", JobView)

    def wait(self, job_id: str, every: float = 1.0) -> JobView:
        """A job when it is over, asked after once in ``every`` seconds."""
        while (job := self.job(job_id)).state in _WAITING:
            time.sleep(every)
        return job

    def download(self, job_id: str, name: str) -> bytes:
        """A file a job has written."""
        return self._ask("GET", f"/jobs/{_part(job_id)}/files/{_part(name)}").content

    def board(self) -> BoardView:
        """The last report in figures."""
        return self._get("/board", BoardView)

    def assignment(self, query: BoardQuery | None = None) -> AssignmentView:
        """A page of the plan of the last report."""
        return self._get("/assignment", AssignmentView, query)

    def topics(self) -> TopicMap:
        """Where demand has no supply, by the last report."""
        return self._get("/topics", TopicMap)

    def _get(self, path: str, kind: type[T], query: BaseModel | None = None) -> T:
        return TypeAdapter(kind).validate_json(self._ask("GET", path, params=_said(query)).content)

    def _post(
        self, path: str, kind: type[T], body: BaseModel | dict[str, str],
        query: BaseModel | None = None,
    ) -> T:  # fmt: skip
        sent = _said(body) if isinstance(body, BaseModel) else body
        made = self._ask("POST", path, params=_said(query), json=sent)
        return TypeAdapter(kind).validate_json(made.content)

    def _ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        answer = self._http.request(method, f"{_ROOT}{path}", headers=self._headers, **sent)
        if answer.is_success:
            return answer
        try:
            problem = Problem.model_validate_json(answer.content)
        except ValidationError:  # a proxy before the service, say
            problem = Problem(title=f"服务答 {answer.status_code}", status=answer.status_code)
        raise RefusedError(problem)


def _part(name: str) -> str:
    return quote(name, safe="")


def _said(asked: BaseModel | None) -> dict[str, Any]:
    """What differs from what is taken without it."""
    return {} if asked is None else asked.model_dump(mode="json", exclude_defaults=True)
