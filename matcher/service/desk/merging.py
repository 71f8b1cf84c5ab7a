"""Records that may be one: listed, looked at side by side, merged or kept apart by staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.corpora import difference, find_duplicates, merge
from matcher.corpora.cells import cell_text, read_out
from matcher.errors import InputError
from matcher.index.store import Side
from matcher.procedure import AWARDED, ENGAGED, revising, state_of
from matcher.records import Challenge, Outcome, Team, headers
from matcher.service.context import Caller
from matcher.service.desk import publishing, records
from matcher.service.desk.records import KINDS, SIDES, Kind
from matcher.service.errors import ConflictError
from matcher.service.store import merging as store
from matcher.service.store.pairs import is_by_hand
from matcher.service.store.steps import Act
from matcher.service.store.versions import check_replaced
from matcher.service.views import Page, PageNumber, PageSize, View
from matcher.workspace import Batch

Choice = Literal["rule", "first", "second"]
CHOICES: Mapping[Choice, str] = {
    "rule": "第一条的，空的用第二条补", "first": "第一条的", "second": "第二条的",
}  # fmt: skip
JOINED = "合在一起"
# The targets are read from their text, whichever is taken; other columns go by rule.
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
        dict[str, Choice],
        Field(
            max_length=100,
            description="栏目取哪一条的；不写为 rule：第一条的，空的用第二条补，列表和成果合在一起",
        ),
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
    joined: Annotated[bool, Field(description="不选时两条的合在一起")]
    changes: Annotated[bool, Field(description="第一条的这一栏会变")]


class MergePreview(Two, View):
    """What would be kept of two records."""

    first: str
    second: str
    fields: list[MergedField]
    pairs: Annotated[int, Field(description="跟着并过来的对接")]
    outcomes: Annotated[int, Field(description="跟着并过来的结果")]
    obstacle: Annotated[str, Field(description="为什么不能合并；能则为空")]
    public: Annotated[list[str], Field(description="合并后对外公开的页面上会变的栏目")]
    contracts: Annotated[
        list[str], Field(description="第一条已经立项、签约、验收的团队；合同里约定的不变")
    ]


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
    """What would be kept of two records. Raises: NotFoundError; InputError: a record and itself."""
    (one,) = _planned(caller, [asked])
    first, second = one.first, one.second
    free, _ = store.moving(caller.service.pairs, one.side, second.record_id, first.record_id)
    changing = {each.field for each in difference(first, one.made)}
    fields = [
        MergedField(
            field=each.field, label=each.label, first=_short(each.before),
            second=_short(each.after), kept=_short(_value(one.made, each.field, each.label)),
            choice=asked.choices.get(each.field, "rule"), choosable=_choosable(each.field),
            joined=isinstance(getattr(first, each.field, None), tuple),
            changes=each.field in changing,
        )
        for each in difference(first, second)
        if each.field not in ("challenge_id", "team_id")
    ]  # fmt: skip
    shown = one.side == "team" or publishing.is_public(caller, first)
    return MergePreview(
        kind=asked.kind, first_id=first.record_id, second_id=second.record_id, first=first.name,
        second=second.name, fields=fields, pairs=len(free),
        outcomes=len(_moved(caller, [one])[0]), obstacle=_obstacle(caller, one),
        public=[each.label for each in records.changed_fields(first, one.made)] if shown else [],
        contracts=_contracts(caller, one),
    )  # fmt: skip


def merge_all(caller: Caller, several: Sequence[MergeAsked]) -> None:
    """Make two records one, or two after two, with all that was kept of either.

    All are one transaction. What was merged into another is followed there.

    Raises:
        NotFoundError: one is not there.
        InputError: a record and itself, or no reason.
        ConflictError: what is under way of both cannot be one.
        ChangedError: somebody has changed one of them meanwhile.
    """
    if not all(asked.reason.strip() for asked in several):
        raise InputError("合并须写明理由", remedy="写上理由")
    planned = _planned(caller, several)
    going = [(one.side, one.second.record_id) for one in planned]
    left = {(one.side, one.first.record_id): one.made for one in planned}
    stored = {key: records.stored(caller, KINDS[key[0]], key[1]) for key in (*going, *left)}
    changed = {key: made for key, made in left.items() if key not in going and made != stored[key]}
    moved, obsolete = _moved(caller, planned)

    def change() -> None:
        for one in planned:
            _make(caller, one)
        for side, record_id in {*going, *changed}:
            check_replaced(caller.service.database, side, stored[side, record_id])
        for outcome in obsolete:
            caller.service.database.write("DELETE FROM outcomes WHERE id = ?", (outcome,))

    batches: list[Batch] = [(side, [made]) for (side, _), made in changed.items()]
    caller.service.put(batches, change, moved, removed=going)


def keep_apart(caller: Caller, asked: Two) -> None:
    """Say that two records are not one: they are not listed any more. Raises: NotFoundError."""
    for one in (asked.first_id, asked.second_id):
        records.stored(caller, asked.kind, one)
    with caller.service.database.writing():
        ids = (asked.first_id, asked.second_id)
        store.keep_apart(caller.service.database, SIDES[asked.kind], ids, caller.principal.name)
        caller.note("record.apart", " ".join(ids))


@dataclass(frozen=True)
class _Merge:
    """Two records that become one, and what they become."""

    asked: MergeAsked
    side: Side
    first: Any
    second: Any
    made: Any


def _planned(caller: Caller, several: Sequence[MergeAsked]) -> list[_Merge]:
    """What two records after two become, each as those before leave it."""
    left: dict[tuple[Side, str], Any] = {}
    into: dict[Side, dict[str, str]] = {"challenge": {}, "team": {}}
    planned = []
    for asked in several:
        side = SIDES[asked.kind]
        ids = [_last(into[side], one) for one in (asked.first_id, asked.second_id)]
        if ids[0] == ids[1]:
            if asked.first_id == asked.second_id:
                raise InputError("同一条记录不能与自己合并", given=ids[0], remedy="选另一条")
            continue
        first, second = (left.get((side, i)) or records.stored(caller, asked.kind, i) for i in ids)
        made = _merged(caller, asked, first, second)
        planned.append(_Merge(asked, side, first, second, made))
        left[side, ids[0]], into[side][ids[1]] = made, ids[0]
    return planned


def _last(into: Mapping[str, str], record_id: str) -> str:
    while record_id in into:
        record_id = into[record_id]
    return record_id


def _merged(caller: Caller, asked: MergeAsked, first: Any, second: Any) -> Any:
    """What two records become."""
    chosen = {
        name: side
        for name, side in asked.choices.items()
        if side != "rule" and _choosable(name) and name in type(first).model_fields
    }
    # What stays is not written over: whoever merges looks for what is missing, not for news.
    for name, mark in headers(type(first)):
        if mark.name and name not in chosen and _choosable(name) and _is_filled(first, name):
            chosen[name] = "first"
    made: Any = merge(first, second, chosen)
    own = {column: value for column, value in first.extra.items() if value not in (None, "")}
    made = made.model_copy(update={"extra": {**second.extra, **own}})
    if isinstance(made, Team):
        free, _ = store.moving(caller.service.pairs, "team", second.record_id, first.record_id)
        engaged = sum(pair.state in ENGAGED for pair in free)
        made = made.model_copy(update={"active_challenges": first.active_challenges + engaged})
    return made


def _is_filled(record: Challenge | Team, name: str) -> bool:
    """Whether a field says anything; lists are joined instead."""
    value = getattr(record, name)
    empty = value is None or value == type(record).model_fields[name].get_default()
    return not empty and not isinstance(value, tuple)


def _contracts(caller: Caller, one: _Merge) -> list[str]:
    """The teams that have the challenge that stays, in words."""
    if one.side != "challenge":
        return []
    teams, pairs = caller.snapshot.matcher.teams, caller.service.pairs
    return [f"{teams[pair.team_id].name if pair.team_id in teams else pair.team_id}（{pair.state}）"
            for pair in pairs.of_challenge(one.first.record_id)
            if pair.state in AWARDED]  # fmt: skip


def _obstacle(caller: Caller, one: _Merge) -> str:
    """Why two records cannot be one now; empty where they can."""
    first_id, second_id = one.first.record_id, one.second.record_id
    _, clashing = store.moving(caller.service.pairs, one.side, second_id, first_id)
    if clashing:
        return f"两条都在与同一方对接（{len(clashing)} 对），先在“对接”里了结一边"
    if one.side == "challenge" and one.made != one.first and _state(caller, one.first) == "截止":
        return "第一条已截止，内容不能再改：对调两条，或先重新发布"
    return ""


def _make(caller: Caller, one: _Merge) -> None:
    """Make two records one in the open transaction. Raises: ConflictError."""
    first, second = one.first, one.second
    obstacle = _obstacle(caller, one)
    if obstacle:
        raise ConflictError(
            "不能合并", given=f"{second.name} 并入 {first.name}：{obstacle}", remedy="照办后再合并"
        )
    given, into = one.asked.reason.strip(), {store.INTO: first.record_id}
    move = "并入另一项" if one.side == "challenge" else "并入另一个"
    records.take_out(caller, second, move, Act(caller.principal, "staff",
                                               f"并入{first.name}：{given}", into))  # fmt: skip
    act = Act(caller.principal, "staff", f"{second.name}并入：{given}")
    if one.made != first and one.side == "challenge":
        publishing.make_step(caller, first, revising(_state(caller, first)), act)
    elif one.made != first:
        caller.note("team.merge", first.record_id)
    database = caller.service.database
    store.move_over(database, one.side, second.record_id, first.record_id, act)


def _moved(caller: Caller, planned: Sequence[_Merge]) -> tuple[list[Outcome], list[str]]:
    """Outcomes entered by hand as they are of what stays, and the ids they had.

    Those read off moves follow their pairs. Where what stays has its own, that stays.
    """
    into: dict[Side, dict[str, str]] = {"challenge": {}, "team": {}}
    for one in planned:
        into[one.side][one.second.record_id] = one.first.record_id
    kept = {o.record_id: o for o in caller.workspace.outcomes() if is_by_hand(o)}
    moved, obsolete = {}, []
    for record_id, outcome in kept.items():
        now = outcome.model_copy(
            update={
                "challenge_id": _last(into["challenge"], outcome.challenge_id),
                "team_id": _last(into["team"], outcome.team_id),
            }
        )
        if now != outcome:
            obsolete.append(record_id)
            if now.record_id not in kept:
                moved[now.record_id] = now
    return list(moved.values()), obsolete


def _state(caller: Caller, challenge: Challenge) -> str:
    return state_of(caller.service.states.of(challenge.challenge_id), challenge)


def _choosable(field: str) -> bool:
    return field not in _BY_RULE and not field.startswith("extra.")


def _value(record: Challenge | Team, field: str, label: str) -> str:
    if field.startswith("extra."):
        return str(record.extra.get(label) or "")
    return read_out(getattr(record, field))


def _short(text: str) -> str:
    return cell_text(text)[:_SHOWN]


def _organisation(record: Challenge | Team) -> str:
    return record.demand_org if isinstance(record, Challenge) else record.org_name
