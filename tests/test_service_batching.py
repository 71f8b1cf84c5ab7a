"""Rankings asked for together are made together, and those likely to be asked for, before that."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from matcher import Challenge, Matcher
from matcher.contest import Contest
from matcher.errors import InputError
from matcher.index.documents import Filter
from matcher.matches import Failure, Ranking
from matcher.pipeline import EVERYONE
from matcher.service.context import Caller as Asker
from matcher.service.desk import matching, teams
from matcher.service.live.batcher import Batcher
from matcher.service.live.snapshot import ranking_key
from matcher.service.live.workspace import settle
from matcher.service.warming import Warmer
from matcher.workspace import Workspace

from .service import CHALLENGES, TEAMS, Caller, make_app, service_of

TEXTS = ("轴承钢夹杂物", "光刻胶树脂", "靶材烧结", "")


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return make_app(tmp_path)


def fails(*_: object) -> Any:
    raise RuntimeError("damaged")


class Slow(Matcher):
    """Notes which challenges it ranks together; the first time it waits to be let go."""

    together: list[int]
    gate: threading.Event

    def rankings(
        self, challenges: Sequence[Challenge], top: int = 10, where: Filter = EVERYONE
    ) -> Iterator[Ranking | Failure]:
        self.together.append(len(challenges))
        assert self.gate.wait(10)
        yield from super().rankings(challenges, top, where)


def slow_matcher() -> Slow:
    made = Slow.from_records(CHALLENGES, TEAMS, encoder=None)
    made.together, made.gate = [], threading.Event()
    return made


def test_what_waits_meanwhile_is_ranked_in_one_go_and_as_it_would_be_alone() -> None:
    matcher, batcher = slow_matcher(), Batcher(1)
    challenges = [Challenge(challenge_id=str(n), title=text) for n, text in enumerate(TEXTS)]
    with ThreadPoolExecutor(5) as people:
        first = people.submit(batcher.rank, matcher, challenges[0], 2, Filter())
        while not matcher.together:
            pass
        rest = [people.submit(batcher.rank, matcher, c, 2, Filter()) for c in challenges]
        waiting = batcher._waiting
        while sum(len(asked) for _, asked in waiting.values()) < len(challenges):
            pass
        assert batcher.busy
        matcher.gate.set()
        found = [first.result(), *(one.result() for one in rest[:3])]
        with pytest.raises(InputError, match="没有可匹配的文字"):
            rest[3].result()
    assert matcher.together == [1, 4]
    assert not batcher.busy
    alone = [matcher.rank(c, 2) for c in (challenges[0], *challenges[:3])]
    assert found == alone


def test_other_filters_are_not_mixed_up() -> None:
    matcher, batcher = slow_matcher(), Batcher(1)
    matcher.gate.set()
    wanted = [Filter(), Filter(province="江苏"), Filter(org_type="高校")] * 3
    with ThreadPoolExecutor(9) as people:
        found = list(people.map(lambda f: batcher.rank(matcher, CHALLENGES[0], 5, f), wanted))
    for where, ranking in zip(wanted, found, strict=True):
        assert ranking == matcher.rank(CHALLENGES[0], 5, where)


def test_an_error_reaches_everybody_who_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Matcher, "rankings", fails)
    matcher, batcher = Matcher.from_records(CHALLENGES, TEAMS, encoder=None), Batcher(2)
    for _ in range(3):
        with pytest.raises(RuntimeError, match="damaged"):
            batcher.rank(matcher, CHALLENGES[0], 5, Filter())
    assert not batcher.busy


@pytest.mark.slow
def test_what_is_known_already_waits_for_nobody(app: FastAPI) -> None:
    library, enterprise = service_of(app).live, Caller(app, "enterprise")
    first = enterprise.get("/api/v1/challenges/K1/teams")
    held = threading.Event()
    blocks = [threading.Thread(target=library.matching, args=(lambda _: held.wait(10),))
              for _ in range(4)]  # fmt: skip
    for block in blocks:
        block.start()
    try:
        assert library.busy
        again = enterprise.get("/api/v1/challenges/K1/teams")
    finally:
        held.set()
        for block in blocks:
            block.join()
    assert again.json() == first.json()


@pytest.mark.slow
def test_warming_computes_what_each_role_looks_at_first(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_of(app)
    snapshot = service.live.current()
    Warmer(service).warm(snapshot)
    asked = matching.TeamFilter()
    for challenge in CHALLENGES:
        ranked = snapshot.results.holds(ranking_key(challenge, asked.where, asked.top))
        assert ranked == (challenge.stage == "发榜"), challenge.challenge_id
    university = service.accounts.get("university").principal
    together = matching.ranked_together(Asker(service, university), "T3")
    assert together == ("T1", "T3")
    monkeypatch.setattr(Matcher, "_made", fails)  # nothing is left to be worked out
    monkeypatch.setattr(Contest, "entered", fails)
    page = Caller(app, "university").get("/my-teams?best=1").text
    assert "高端轴承钢洁净度" in page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "expected"), [({}, [100_000]), ({"warm_teams": 2}, [2]), ({"beside": True}, [])]
)
def test_what_teams_do_is_read_before_anybody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, expected: list[int]
) -> None:
    asked: list[int] = []

    def reading(_: Workspace, together: int, teams: int) -> Iterator[int]:
        asked.append(teams)
        yield from (2, 1, 0)

    monkeypatch.setattr(Workspace, "reading_phrases", reading)
    make_app(tmp_path)
    service = service_of(make_app(tmp_path, **settings))
    Warmer(service).warm(service.live.current())
    assert asked == expected


@pytest.mark.slow
def test_warming_begins_anew_after_a_change_and_ends_when_told(tmp_path: Path) -> None:
    service = service_of(make_app(tmp_path, warm_rankings=1))
    warmer, asked = Warmer(service), matching.TeamFilter()
    warmer.start()
    try:
        fresh = Challenge(challenge_id="Z9", title="高纯铟靶材", problem="烧结密度低", stage="发榜")
        service.live.connect().put_challenges([fresh])
        snapshot = service.live.reopen()
        key = ranking_key(fresh, asked.where, asked.top)
        for _ in range(400):
            if snapshot.results.holds(key):
                break
            threading.Event().wait(0.05)
        assert snapshot.results.holds(key)
    finally:
        warmer.stop()
    assert not [t for t in threading.enumerate() if t.name == "warming"]


@pytest.mark.slow
def test_rankings_outlive_a_change_of_a_challenge_but_not_of_a_team(app: FastAPI) -> None:
    live, asked = service_of(app).live, matching.TeamFilter()
    first, other = CHALLENGES[:2]
    ranking = live.ranked(first, asked.where, asked.top)
    live.connect().put_challenges([other.model_copy(update={"problem": "光刻胶树脂批次不稳"})])
    assert live.reopen().results.holds(ranking_key(first, asked.where, asked.top))
    assert live.ranked(first, asked.where, asked.top) is ranking
    live.connect().put_teams([TEAMS[2].model_copy(update={"active_challenges": 1})])
    after = live.reopen()  # T3 is on the list, and its record is not what it was
    assert not after.results.holds(ranking_key(first, asked.where, asked.top))
    (shown,) = [m.team for m in live.ranked(first, asked.where, 3).matches if m.team_id == "T3"]
    assert shown.active_challenges == 1
    live.ranked(first, asked.where, 1)
    live.connect().put_teams([TEAMS[2].model_copy(update={"active_challenges": 2})])
    assert live.reopen().results.holds(ranking_key(first, asked.where, 1))  # it is not on this one
    live.connect().put_teams([TEAMS[2].model_copy(update={"profile": "轴承钢夹杂物控制"})])
    assert not live.reopen().results.holds(ranking_key(first, asked.where, asked.top))
    assert live.ranked(first, asked.where, asked.top) != ranking


def test_an_organisation_finds_its_own_by_any_spelling(app: FastAPI) -> None:
    service = service_of(app)
    university = service.accounts.get("university").principal
    snapshot = service.live.current()
    by_scan = [line for line in snapshot.teams.lines if teams.is_own(university, line)]
    assert teams.own(Asker(service, university)) == by_scan
    assert [line.team_id for line in by_scan] == ["T1", "T3"]
    assert teams.own(Asker(service, service.accounts.get("staff").principal)) == []


@pytest.mark.slow
def test_collections_of_garbage_pass_over_what_a_snapshot_holds(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_through() -> bool:
        return any(thing is snapshot for thing in gc.get_objects())

    snapshot = service_of(app).live.reopen()
    assert looked_through()
    monkeypatch.setattr("matcher.service.live.workspace.settle", settle)
    service_of(app).live.connect().put_teams([TEAMS[0].model_copy(update={"team_name": "改了名"})])
    snapshot = service_of(app).live.reopen()
    assert not looked_through()
