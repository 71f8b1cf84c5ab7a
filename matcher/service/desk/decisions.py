"""What staff decide about a pair (pin, exclude, with the reason) and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from matcher.errors import InputError, NotFoundError
from matcher.records import Outcome, OutcomeStage
from matcher.report.overrides import BAR, PIN
from matcher.service.context import Caller
from matcher.service.desk import challenges, teams
from matcher.service.desk.searching import named
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.store.pairs import is_by_hand
from matcher.service.views import Filled, Page, View
from matcher.text.dates import today

_Id = Annotated[str, Field(min_length=1, max_length=200)]


class Decision(Filled):
    """Recommend or exclude a team for a challenge; the report and the plan honour it."""

    team_id: Annotated[_Id, Field(examples=["L0001"])]
    decision: Literal["人工推荐", "人工排除"]
    reason: Annotated[str, Field(min_length=1, max_length=500, examples=["已有合作基础"])]


class OutcomeEntry(Filled):
    """What became of a pair."""

    challenge_id: Annotated[_Id, Field(examples=["KB-18"])]
    team_id: Annotated[_Id, Field(examples=["L0001"])]
    stage: OutcomeStage
    grade: Annotated[int | None, Field(ge=0, le=3)] = None
    reason: Annotated[str, Field(max_length=500)] = ""
    when: date | None = None


class OutcomeView(View):
    """A decision or an outcome, with the names."""

    challenge_id: str
    challenge: str
    team_id: str
    team: str
    stage: str
    grade: int | None
    reason: str
    who: str
    when: date | None
    by_hand: Annotated[bool, Field(description="登记的；否则由对接的步骤得来")]


def version(caller: Caller, challenge_id: str) -> str:
    """Changes with every decision on a challenge."""
    made = [one.model_dump_json() for one in _decided(caller, challenge_id)]
    return hashlib.sha256("\n".join(made).encode()).hexdigest()[:32]


def decide(
    caller: Caller, challenge_id: str, decision: Decision,
    read: str | None = None,
) -> OutcomeView:  # fmt: skip
    """Record a decision; it replaces an opposite one.

    Args:
        read: the version of the decisions somebody has before them; None: whatever they are.

    Raises:
        NotFoundError: no such challenge or team.
        ChangedError: somebody has decided meanwhile.
    """
    _check(caller, challenge_id, read)
    opposite = BAR if decision.decision == PIN else PIN
    entry = OutcomeEntry(
        challenge_id=challenge_id, team_id=decision.team_id, stage=decision.decision,
        reason=decision.reason, when=today(),
    )  # fmt: skip
    made = _checked(caller, entry)
    return _record(caller, made, "decision", [made.model_copy(update={"stage": opposite})])


def withdraw(
    caller: Caller, challenge_id: str, team_id: str,
    read: str | None = None,
) -> None:  # fmt: skip
    """Take the decision on a pair back. Raises: InputError: there is none; as `decide`."""
    _check(caller, challenge_id, read)
    pair = {"challenge_id": challenge_id, "team_id": team_id}
    ids = [Outcome.model_validate({**pair, "stage": stage}).record_id for stage in (PIN, BAR)]
    with caller.service.database.writing():
        if not caller.service.pairs.put_outcomes((challenge_id, team_id), (), ids):
            raise InputError("这一对没有人工决定", given=f"{challenge_id} – {team_id}",
                             remedy="核对编号")  # fmt: skip
        caller.note("decision.withdraw", f"{challenge_id} {team_id}")


def enter(caller: Caller, entry: OutcomeEntry) -> OutcomeView:
    """Record an outcome. Raises: NotFoundError: no such challenge or team."""
    return _record(caller, _checked(caller, entry), "outcome")


def erase(caller: Caller, challenge_id: str, team_id: str, stage: OutcomeStage) -> None:
    """Take out an outcome entered by mistake.

    Raises:
        NotFoundError: there is none.
        ConflictError: it is read off the moves of a pair.
    """
    wrong = Outcome(challenge_id=challenge_id, team_id=team_id, stage=stage)
    told = f"{challenge_id} – {team_id} {stage}"
    found = [o for o in caller.workspace.outcomes(challenge_id) if o.record_id == wrong.record_id]
    if not found:
        raise NotFoundError("没有登记过这一条", given=told, remedy="看结果登记里的")
    if not is_by_hand(found[0]):
        raise ConflictError(
            "这一条由对接的步骤得来，不能单独删除", given=told, remedy="在“对接”里撤销那一步"
        )
    with caller.service.database.writing():
        caller.service.pairs.put_outcomes((challenge_id, team_id), (), [wrong.record_id])
        caller.note("outcome.delete", f"{challenge_id} {team_id}", stage=stage)


def browse(caller: Caller, challenge_id: str, page: int, size: int) -> Page[OutcomeView]:
    """Decisions and outcomes, by challenge and team: all, or of one challenge."""
    kept = caller.snapshot.workspace.outcomes(challenge_id)
    found = Page[Outcome].of(kept, page, size)
    shown = [_view(caller, outcome) for outcome in found.items]
    return Page(items=shown, total=found.total, page=page, size=size)


def _decided(caller: Caller, challenge_id: str) -> list[Outcome]:
    made = caller.snapshot.workspace.outcomes(challenge_id)
    return [outcome for outcome in made if outcome.stage in (PIN, BAR)]


def _check(caller: Caller, challenge_id: str, read: str | None) -> None:
    if read is not None and read != version(caller, challenge_id):
        raise ChangedError(
            "这项难题的决定在你打开之后有变动", remedy="看过现有的决定，需要的话再作一次"
        )


def _checked(caller: Caller, entry: OutcomeEntry) -> Outcome:
    """With the numbers of the records that were meant, by number or by name."""
    challenge = challenges.find(caller, named(caller, "challenge", entry.challenge_id))
    team = teams.find(caller, named(caller, "team", entry.team_id))
    meant = {"challenge_id": challenge.challenge_id, "team_id": team.team_id}
    return Outcome(**{**entry.model_dump(), **meant}, who=caller.principal.name)


def _record(
    caller: Caller, outcome: Outcome, action: str, instead_of: Iterable[Outcome] = ()
) -> OutcomeView:
    key = outcome.challenge_id, outcome.team_id
    with caller.service.database.writing():
        caller.service.pairs.put_outcomes(key, [outcome], [one.record_id for one in instead_of])
        caller.note(action, " ".join(key), stage=outcome.stage)
    return _view(caller, outcome)


def _view(caller: Caller, outcome: Outcome) -> OutcomeView:
    matcher = caller.snapshot.matcher
    challenge = matcher.challenges.get(outcome.challenge_id)
    team = matcher.teams.get(outcome.team_id)
    shown = outcome.model_dump(exclude={"extra", "source"})
    return OutcomeView(
        **shown,
        challenge=challenge.name if challenge else "",
        team=team.name if team else "",
        by_hand=is_by_hand(outcome),
    )
