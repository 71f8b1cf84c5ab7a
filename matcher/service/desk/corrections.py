"""Corrections: what a team or staff say is wrong is acted on, kept, and judged truth to learn from.

A piece that is not the team's leaves its record, and no later import brings it back; a coverage
counts as unseen; a match is left out, as if staff had excluded it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Self, TypeVar

from pydantic import Field, model_validator

from matcher.consortium import Applicant
from matcher.errors import NotFoundError
from matcher.ranking.grades import Coverage
from matcher.records import Evidence, Outcome, Team
from matcher.service.context import Caller
from matcher.service.desk import challenges, teams
from matcher.service.errors import ConflictError
from matcher.service.showing import facet_views
from matcher.service.store.corrections import Correction, CorrectionKind
from matcher.service.views import Filled, MatchView, Page, PageNumber, PageSize, View
from matcher.text.dates import today
from matcher.text.normalise import clean

MatchT = TypeVar("MatchT", bound=MatchView)
_Id = Annotated[str, Field(max_length=200)]


class CorrectionAsked(Filled):
    """What is wrong, and why."""

    kind: CorrectionKind
    challenge_id: Annotated[_Id, Field(description="覆盖、匹配：哪项难题")] = ""
    subject: Annotated[
        str, Field(max_length=1000, description="成果：名称；覆盖：要求，如 攻关内容1")
    ] = ""  # fmt: skip
    reason: Annotated[str, Field(min_length=1, max_length=500, examples=["作者是同名的人"])]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind != "匹配" and not self.subject:
            raise ValueError("没有写是哪条成果或要求")
        if self.kind != "成果" and not self.challenge_id:
            raise ValueError("没有写是哪项难题")
        return self


class UndoAsked(Filled):
    """Why a correction does not stand."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class CorrectionView(View):
    """A correction with the names."""

    number: int
    kind: CorrectionKind
    team_id: str
    team: str
    challenge_id: str
    challenge: str
    subject: str
    reason: str
    account: str
    at: str
    undone_at: Annotated[str | None, Field(description="撤销的时间；仍然有效为空")]
    undone_by: str
    undone_reason: str


def mark(caller: Caller, team_id: str, asked: CorrectionAsked) -> CorrectionView:
    """Act on a correction and keep it; the same one again changes nothing.

    Raises:
        NotFoundError: no such team of the caller's, piece, challenge or requirement.
    """
    team = teams.find_own(caller, team_id)
    number = _disown(caller, team, asked) if asked.kind == "成果" else _doubt(caller, team, asked)
    return _view(caller, _found(caller, number))


def undo(caller: Caller, number: int, asked: UndoAsked) -> CorrectionView:
    """Take a correction back: the piece, the coverage or the match counts again; staff only.

    Raises:
        NotFoundError: no such correction, or its team is gone.
        ConflictError: it was undone already.
    """
    made = _found(caller, number)

    database = caller.service.database

    def change() -> None:
        if not caller.service.corrections.undo(number, caller.principal, asked.reason):
            raise ConflictError("这条更正已经撤销", given=str(number), remedy="刷新页面")
        if made.kind == "匹配":
            database.write("DELETE FROM outcomes WHERE id = ?", (_outcome(made).record_id,))
        caller.note("correction.undo", f"{made.challenge_id} {made.team_id}", kind=made.kind)

    if made.kind == "成果":
        team = teams.find(caller, made.team_id)
        piece = Evidence.model_validate_json(made.content)
        again = team.model_copy(update={"evidence": (*team.evidence, piece)})
        teams.replace(caller, team, again, change, as_stated=True)
    else:
        caller.service.restate(change)
    return _view(caller, _found(caller, number))


def browse(caller: Caller, page: PageNumber, size: PageSize) -> Page[CorrectionView]:
    """All corrections, the newest first; staff only."""
    made, total = caller.service.corrections.page(page, size)
    items = [_view(caller, one) for one in made]
    return Page(items=items, total=total, page=page, size=size)


def recent(caller: Caller, since: str) -> list[CorrectionView]:
    """What teams have marked since a moment and still stands, the newest first."""
    made = [one for one in caller.service.corrections.standing()
            if one.role != "staff" and one.at >= since]  # fmt: skip
    return [_view(caller, one) for one in reversed(made)]


def disowned(caller: Caller, team_id: str) -> list[CorrectionView]:
    """The pieces that do not count for a team."""
    standing = caller.service.corrections.standing(team_id=team_id)
    return [_view(caller, one) for one in standing if one.kind == "成果"]


def corrected(caller: Caller, matches: Sequence[MatchT]) -> list[MatchT]:
    """Matches as they are once corrected: coverage unseen, those marked as wrong behind, marked."""
    if not matches:
        return []
    one_team = len({match.team_id for match in matches}) == 1
    key = {"team_id": matches[0].team_id} if one_team else {
        "challenge_id": matches[0].challenge_id}  # fmt: skip
    made = caller.service.corrections.standing(**key)
    shown = [_applied(match, made) for match in matches]
    return sorted(shown, key=lambda match: bool(match.marked))


def as_applicants(
    caller: Caller, challenge_id: str, applicants: Iterable[Applicant]
) -> list[Applicant]:
    """Those who could join a consortium, without what was marked as wrong."""
    made = caller.service.corrections.standing(challenge_id=challenge_id)
    out = {one.team_id for one in made if one.kind == "匹配"}
    wrong = {(one.team_id, one.subject) for one in made if one.kind == "覆盖"}
    return [
        replace(a, coverage={label: level for label, level in a.coverage.items()
                             if (a.team_id, label) not in wrong})
        for a in applicants if a.team_id not in out
    ]  # fmt: skip


def judged_pairs(caller: Caller) -> str:
    """Matches marked as wrong as judgements of grade 0, for `matcher train --judged`."""
    made = caller.service.corrections.standing()
    lines = {f"{one.challenge_id} 0 {one.team_id} 0" for one in made if one.kind == "匹配"}
    return "".join(f"{line}\n" for line in sorted(lines))


def judged_details(caller: Caller) -> str:
    """All that stands as JSON lines: pieces and coverages are truth that no qrels can hold."""
    made = caller.service.corrections.standing()
    fields = ("kind", "team_id", "challenge_id", "subject", "reason", "at")
    return "".join(
        json.dumps({name: getattr(one, name) for name in fields}, ensure_ascii=False) + "\n"
        for one in made
    )


def _disown(caller: Caller, team: Team, asked: CorrectionAsked) -> int:
    title = clean(asked.subject)
    pieces = [piece for piece in team.evidence if clean(piece.title) == title]
    if not pieces:
        standing = caller.service.corrections.standing(team_id=team.team_id)
        for one in standing:
            if (one.kind, one.subject) == ("成果", title):
                return one.number
        raise NotFoundError(
            "这个团队没有这条成果", given=asked.subject[:100], remedy="刷新页面再看"
        )
    content = pieces[0].model_dump_json(exclude_defaults=True)
    numbers: list[int] = []
    kept = tuple(piece for piece in team.evidence if clean(piece.title) != title)
    without = team.model_copy(update={"evidence": kept})
    teams.replace(
        caller, team, without,
        lambda: numbers.append(_keep(caller, team, asked, title, content)),
    )  # fmt: skip
    return numbers[0]


def refuse(caller: Caller, team: Team, piece: Evidence, reason: str) -> int:
    """Keep, in the open transaction, that a piece which was proposed is not a team's."""
    title = clean(piece.title)
    asked = CorrectionAsked(kind="成果", subject=title, reason=reason)
    return _keep(caller, team, asked, title, piece.model_dump_json(exclude_defaults=True))


def _doubt(caller: Caller, team: Team, asked: CorrectionAsked) -> int:
    challenge = challenges.find(caller, asked.challenge_id)
    labels = {facet.label for facet in facet_views(challenge)}
    if asked.kind == "覆盖" and asked.subject not in labels:
        raise NotFoundError("这项难题没有这条要求", given=asked.subject, remedy="刷新页面再看")
    subject = asked.subject if asked.kind == "覆盖" else ""
    if asked.kind == "覆盖":
        with caller.service.database.writing():
            return _keep(caller, team, asked, subject)
    numbers: list[int] = []
    outcome = Outcome(
        challenge_id=challenge.challenge_id, team_id=team.team_id, stage="人工排除",
        reason=asked.reason, who=caller.principal.name, when=today(),
    )  # fmt: skip
    caller.service.put((), lambda: numbers.append(_keep(caller, team, asked, subject)), [outcome])
    return numbers[0]


def _keep(
    caller: Caller, team: Team, asked: CorrectionAsked, subject: str, content: str = ""
) -> int:
    pair = (team.team_id, "" if asked.kind == "成果" else asked.challenge_id)
    caller.note("correction.mark", f"{pair[1]} {pair[0]}".strip(), kind=asked.kind)
    return caller.service.corrections.add(
        caller.principal, asked.kind, pair, subject, asked.reason, content
    )


def _applied(match: MatchT, made: Iterable[Correction]) -> MatchT:
    mine = [one for one in made
            if (one.team_id, one.challenge_id) == (match.team_id, match.challenge_id)]  # fmt: skip
    wrong = {one.subject: one.reason for one in mine if one.kind == "覆盖"}
    marked = next((one.reason for one in mine if one.kind == "匹配"), "")
    coverage = [
        part.model_copy(
            update={"status": Coverage.UNSEEN, "note": f"已更正为未见：{wrong[part.label]}"}
        )
        if part.label in wrong
        else part
        for part in match.coverage
    ]
    return match.model_copy(update={"coverage": coverage, "marked": marked}) if mine else match


def _outcome(made: Correction) -> Outcome:
    return Outcome(challenge_id=made.challenge_id, team_id=made.team_id, stage="人工排除")


def _found(caller: Caller, number: int) -> Correction:
    made = caller.service.corrections.find(number)
    if made is None:
        raise NotFoundError("没有这条更正", given=str(number), remedy="在更正的列表里查找")
    return made


def _view(caller: Caller, made: Correction) -> CorrectionView:
    matcher = caller.snapshot.matcher
    challenge, team = matcher.challenges.get(made.challenge_id), matcher.teams.get(made.team_id)
    shown = {name: getattr(made, name) for name in CorrectionView.model_fields
             if name not in ("team", "challenge")}  # fmt: skip
    return CorrectionView(
        **shown, team=team.name if team else "", challenge=challenge.name if challenge else ""
    )
