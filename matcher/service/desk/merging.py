"""Records that may be one: listed, looked at side by side, merged or kept apart by staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.corpora import difference, find_duplicates, merge
from matcher.corpora.cells import cell_text, format_cell
from matcher.errors import InputError
from matcher.procedure import ENGAGED, revising, state_of
from matcher.records import Challenge, Outcome, Team
from matcher.service.context import Caller
from matcher.service.desk import publishing, records
from matcher.service.desk.records import SIDES, Kind
from matcher.service.errors import ConflictError
from matcher.service.store import merging as store
from matcher.service.store.pairs import is_by_hand
from matcher.service.store.steps import Act
from matcher.service.store.versions import check_replaced
from matcher.service.views import Page, PageNumber, PageSize, View

Choice = Literal["rule", "first", "second"]
CHOICES: Mapping[Choice, str] = {"rule": "按规则", "first": "第一条的", "second": "第二条的"}
# The targets are read from their text, whichever is taken; ids and columns go by rule.
_BY_RULE = frozenset({"challenge_id", "team_id", "indicators"})
_SHOWN = 500
_Id = Annotated[str, Field(min_length=1, max_length=200)]


class DuplicateQuery(BaseModel):
    """Which records that may be one are wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = "challenges"
    page: PageNumber = 1
    size: PageSize = 20


class DuplicateLine(View):
    """Two records that may be one."""

    first_id: str
    first: str
    second_id: str
    second: str
    organisation: str
    why: str
    sure: bool


class Two(BaseModel):
    """Two records of a kind; the first one's number stays."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: Kind
    first_id: _Id
    second_id: _Id


class MergeAsked(Two):
    """How two records become one, and why."""

    choices: Annotated[
        dict[str, Choice], Field(max_length=100, description="栏目取哪一条的; 不写按规则")
    ] = {}
    reason: Annotated[str, Field(max_length=500)] = ""


class MergedField(View):
    """A field in which two records differ, and what is kept."""

    field: str
    label: str
    first: str
    second: str
    kept: str
    choice: Choice
    choosable: bool


class MergePreview(Two, View):
    """What would be kept of two records."""

    first: str
    second: str
    fields: list[MergedField]
    pairs: Annotated[int, Field(description="跟着并过来的对接")]
    outcomes: Annotated[int, Field(description="跟着并过来的结果")]
    obstacle: Annotated[str, Field(description="为什么不能合并; 能则为空")]


def duplicates(caller: Caller, query: DuplicateQuery) -> Page[DuplicateLine]:
    """A page of the records that may be one, the surest first."""
    side, snapshot = SIDES[query.kind], caller.snapshot
    library: Mapping[str, Any] = (
        snapshot.matcher.challenges if side == "challenge" else snapshot.matcher.teams
    )
    found = snapshot.results.get(
        ("duplicates", side), lambda: find_duplicates(library.values())
    )  # fmt: skip
    apart = store.apart(caller.service.database, side)
    left = [
        one
        for one in found
        if (min(one.first_id, one.second_id), max(one.first_id, one.second_id)) not in apart
    ]
    left.sort(key=lambda one: -one.score)
    lines = [
        DuplicateLine(
            first_id=one.first_id, first=library[one.first_id].name, second_id=one.second_id,
            second=library[one.second_id].name, organisation=_organisation(library[one.first_id]),
            why=one.why, sure=one.sure,
        )
        for one in left
    ]  # fmt: skip
    return Page[DuplicateLine].of(lines, query.page, query.size)


def preview(caller: Caller, asked: MergeAsked) -> MergePreview:
    """What would be kept. Raises: NotFoundError; InputError: a record and itself."""
    first, second, made = _merged(caller, asked)
    side = SIDES[asked.kind]
    free, clashing = store.moving(caller.service.pairs, side, second.record_id, first.record_id)
    fields = [
        MergedField(
            field=one.field, label=one.label, first=_short(one.before), second=_short(one.after),
            kept=_short(_value(made, one.field, one.label)),
            choice=asked.choices.get(one.field, "rule"), choosable=_choosable(one.field),
        )
        for one in difference(first, second)
        if one.field not in ("challenge_id", "team_id")
    ]  # fmt: skip
    obstacle = ""
    if clashing:
        obstacle = f"两条都在与同一方对接（{len(clashing)} 对），先在“对接”里了结一边"
    elif isinstance(first, Challenge) and made != first and _state(caller, first) == "截止":
        obstacle = "第一条已截止，内容不能再改：对调两条，或先重新发布"
    return MergePreview(
        kind=asked.kind, first_id=first.record_id, second_id=second.record_id, first=first.name,
        second=second.name, fields=fields, pairs=len(free),
        outcomes=len(_by_hand(caller, asked)), obstacle=obstacle,
    )  # fmt: skip


def merge_two(caller: Caller, asked: MergeAsked) -> records.RecordHistory:
    """Make two records one, with all that was kept of either, in one transaction.

    Raises:
        NotFoundError: one is not there.
        InputError: a record and itself, or no reason.
        ConflictError: what is under way of both cannot be one.
        ChangedError: somebody has changed one of them meanwhile.
    """
    seen = preview(caller, asked)
    if not asked.reason.strip():
        raise InputError("合并须写明理由", remedy="写上理由")
    if seen.obstacle:
        raise ConflictError("不能合并", given=seen.obstacle, remedy="照办后再合并")
    first, second, made = _merged(caller, asked)
    side, database = SIDES[asked.kind], caller.service.database
    gone = _by_hand(caller, asked)

    def change() -> None:
        act = Act(caller.principal, "staff", f"并入{first.name}：{asked.reason.strip()}")
        move = "并入另一项" if side == "challenge" else "并入另一个"
        records.take_out(caller, second, move, act)
        check_replaced(database, side, second)
        if made != first:
            _note_change(caller, first, second)
            check_replaced(database, side, first)
        store.move_over(database, caller.service.pairs, side, second.record_id, first.record_id)
        for outcome in gone:
            database.write("DELETE FROM outcomes WHERE id = ?", (outcome.record_id,))

    batches: list[Any] = [(side, [made])] if made != first else []
    renamed = [_renamed(outcome, asked) for outcome in gone]
    removed = [(side, second.record_id)]
    caller.service.put(batches, change, renamed, removed=removed)
    return records.history(caller, asked.kind, first.record_id)


def keep_apart(caller: Caller, asked: Two) -> None:
    """Say that two records are not one: they are not listed any more. Raises: NotFoundError."""
    for one in (asked.first_id, asked.second_id):
        records.stored(caller, asked.kind, one)
    with caller.service.database.writing():
        ids = (asked.first_id, asked.second_id)
        store.keep_apart(caller.service.database, SIDES[asked.kind], ids, caller.principal.name)
        caller.note("record.apart", " ".join(ids))


def _merged(caller: Caller, asked: MergeAsked) -> tuple[Any, Any, Any]:
    """The two records, and what they become."""
    if asked.first_id == asked.second_id:
        raise InputError("同一条记录不能与自己合并", given=asked.first_id, remedy="选另一条")
    first, second = (records.stored(caller, asked.kind, one)
                     for one in (asked.first_id, asked.second_id))  # fmt: skip
    chosen = {
        name: side
        for name, side in asked.choices.items()
        if side != "rule" and _choosable(name) and name in type(first).model_fields
    }
    made: Any = merge(first, second, chosen)  # type: ignore[type-var]
    if isinstance(made, Team):
        free, _ = store.moving(caller.service.pairs, "team", second.record_id, first.record_id)
        engaged = sum(pair.state in ENGAGED for pair in free)
        carried = getattr(first, "active_challenges", 0) + engaged
        made = made.model_copy(update={"active_challenges": carried})
    return first, second, made


def _note_change(caller: Caller, first: Challenge | Team, second: Challenge | Team) -> None:
    """That the one that stays says more now; public, it is a correction."""
    act = Act(caller.principal, "staff", f"{second.name} 并入")
    if isinstance(first, Challenge):
        told = publishing.concerned(caller, first)
        caller.service.states.move(
            first.challenge_id, revising(_state(caller, first)), state_of(None, first), act, told
        )
    else:
        caller.note("team.merge", first.team_id)


def _by_hand(caller: Caller, asked: Two) -> list[Outcome]:
    """What was entered by hand of the one that goes; the rest is read off its moves."""
    at = "challenge_id" if asked.kind == "challenges" else "team_id"
    kept = caller.snapshot.workspace.outcomes()
    return [one for one in kept if getattr(one, at) == asked.second_id and is_by_hand(one)]


def _renamed(outcome: Outcome, asked: Two) -> Outcome:
    at = "challenge_id" if asked.kind == "challenges" else "team_id"
    return outcome.model_copy(update={at: asked.first_id})


def _state(caller: Caller, challenge: Challenge) -> str:
    return state_of(caller.service.states.of(challenge.challenge_id), challenge)


def _choosable(field: str) -> bool:
    return field not in _BY_RULE and not field.startswith("extra.")


def _value(record: Challenge | Team, field: str, label: str) -> str:
    if field.startswith("extra."):
        return str(record.extra.get(label) or "")
    return str(format_cell(getattr(record, field)))


def _short(text: str) -> str:
    return cell_text(text)[:_SHOWN]


def _organisation(record: Challenge | Team) -> str:
    return record.demand_org if isinstance(record, Challenge) else record.org_name
