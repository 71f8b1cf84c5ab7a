"""The typed client: every method asks what the interface offers, and understands what it says."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast, get_type_hints

import httpx
import pytest
from pydantic import TypeAdapter

from matcher.service.client import Client, RefusedError
from matcher.service.desk.challenges import ChallengeQuery
from matcher.service.desk.draft_fields import DraftFields
from matcher.service.desk.matching import TeamFilter
from matcher.service.desk.work import ReportAsked

from .service import Caller, make_app, service_of

ASKED: dict[str, Callable[[Client, str], object]] = {
    "challenges": lambda c, _: c.challenges(ChallengeQuery(q="轴承钢")).items[0].challenge_id,
    "challenge": lambda c, _: c.challenge("K1").challenge_id,
    "find_teams": lambda c, _: c.find_teams("K1", TeamFilter(province="江苏")).matches[0].team_id,
    "find_teams_for": lambda c, _: c.find_teams_for(
        DraftFields(title="光刻胶树脂"), TeamFilter(top=1)
    ).matches[0].team_id,
    "read_text": lambda c, _: c.read_text("轴承钢洁净度：总氧≤6ppm").challenges[0].fields.title,
    "teams": lambda c, _: c.teams().total,
    "team": lambda c, _: c.team("T1").team_name,
    "find_challenges": lambda c, _: c.find_challenges("T1").matches[0].challenge_id,
    "make_report": lambda c, _: c.make_report(ReportAsked(title="月报", draws=0)).about,
    "job": lambda c, job: c.job(job).state,
    "wait": lambda c, job: c.wait(job).state,
    "download": lambda c, job: c.download(job, "报告.json"),
    "board": lambda c, _: c.board(),
    "assignment": lambda c, _: c.assignment(),
    "topics": lambda c, _: c.topics(),
}  # fmt: skip
# Before there is a report, and a file of a job that wrote none.
REFUSED = {"download", "board", "assignment", "topics"}


def test_every_method_is_an_operation_of_the_interface(tmp_path: Path) -> None:
    app = make_app(tmp_path)
    http = Caller(app, "staff")
    key = http.post("/api/v1/keys", json={"label": "程序", "scopes": ["read", "write"]}).json()
    job = service_of(app).jobs.add(1, "match", {}).job_id
    service_of(app).jobs.cancel(job)
    seen: list[httpx.Request] = []
    plain = http.client
    plain.cookies.clear()
    plain.event_hooks = {"request": [seen.append]}
    client = Client("", key["secret"], http=cast(httpx.Client, plain))
    schema, told = app.openapi(), {}
    for name, ask in ASKED.items():
        seen.clear()
        if name in REFUSED:
            with pytest.raises(RefusedError) as refused:
                ask(client, job)
            assert refused.value.status == 404
            assert refused.value.remedy
        else:
            told[name] = ask(client, job)
        kind = get_type_hints(getattr(Client, name))["return"]
        assert name == "download" or answers(schema, seen[-1]) == title(kind), name
    assert told == {
        "challenges": "K1", "challenge": "K1", "find_teams": "T2", "find_teams_for": "T2",
        "read_text": "轴承钢洁净度", "teams": 3, "team": "轴承钢团队", "find_challenges": "K1",
        "make_report": "月报", "job": "cancelled", "wait": "cancelled",
    }  # fmt: skip
    offered = {n for n, _ in inspect.getmembers(Client, inspect.isfunction) if n[0] != "_"}
    assert offered == set(ASKED)


def test_an_answer_that_is_not_the_services_is_said(tmp_path: Path) -> None:
    away = httpx.MockTransport(lambda request: httpx.Response(502, text="<html>Bad Gateway"))
    http = httpx.Client(base_url="https://jbgs.example.cn", transport=away)
    with Client("", http=http) as client, pytest.raises(RefusedError, match="服务答 502"):
        client.teams()


def answers(schema: dict[str, Any], asked: httpx.Request) -> str:
    """The title of what the interface says it answers to a request."""
    path = asked.url.raw_path.decode().partition("?")[0]
    for template, operations in schema["paths"].items():
        pattern = "[^/]+".join(map(re.escape, re.split(r"\{[^}]*\}", template)))
        fits = re.fullmatch(pattern, path)
        operation = operations.get(asked.method.lower())
        if fits and operation:
            (good,) = (a for code, a in operation["responses"].items() if code.startswith("2"))
            name = good["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
            found: str = schema["components"]["schemas"][name]["title"]
            return found
    raise AssertionError(f"the interface has no {asked.method} {path}")


def title(kind: Any) -> str:
    made: str = TypeAdapter(kind).json_schema()["title"]
    return made
