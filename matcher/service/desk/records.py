"""Records by the hand of staff: taken out with a reason, their versions, put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from matcher.contacts import hide_contacts
from matcher.corpora import difference
from matcher.corpora.headers.columns import is_private_column
from matcher.errors import InputError, NotFoundError
from matcher.index.store import Side
from matcher.procedure import IDLE
from matcher.records import Challenge, Team, private_fields
from matcher.service.clock import shown_moment
from matcher.service.context import Caller
from matcher.service.desk import publishing, teams
from matcher.service.errors import ConflictError
from matcher.service.store.messages import Told
from matcher.service.store.steps import Act, Step, Steps
from matcher.service.store.versions import check_replaced, gone
from matcher.service.views import Filled, Page, View

Kind = Literal["challenges", "teams"]
SIDES: Mapping[Kind, Side] = {"challenges": "challenge", "teams": "team"}
KINDS: Mapping[Side, Kind] = {"challenge": "challenges", "team": "teams"}
KIND_NAMES: Mapping[Kind, str] = {"challenges": "难题", "teams": "团队"}
_SHOWN = 500
Reason = Annotated[str, Field(min_length=1, max_length=500, examples=["与 KB-18 是同一项"])]


class Deletion(Filled):
    """Why a record is taken out."""

    reason: Reason


class Restoration(Filled):
    """Which version is to count again, and why."""

    version: Annotated[int, Field(ge=1, description="第几版，见 versions")]
    reason: Reason


class Changed(View):
    """A field that differs between two versions; contacts are left out."""

    label: str
    before: str
    after: str


class VersionView(View):
    """A version of a record, and what it changed of the one before it."""

    number: int
    name: str
    changes: list[Changed]
    now: Annotated[bool, Field(description="现在的就是这一版")]


class StepTold(View):
    """What was done to a record."""

    at: str
    move: str
    account: str
    reason: str


class RecordHistory(View):
    """The versions of a record, the newest first, and what was done to it."""

    kind: Kind
    record_id: str
    name: str
    there: Annotated[bool, Field(description="还在；否则已删除")]
    versions: list[VersionView]
    steps: list[StepTold]


class GoneLine(View):
    """A record that was taken out."""

    kind: Kind
    record_id: str
    name: str
    organisation: str
    move: Annotated[str, Field(description="怎么没有的；不是在网页上办的为空")]
    reason: str
    at: str


def history(caller: Caller, kind: Kind, record_id: str) -> RecordHistory:
    """What a record was and what was done to it; also of one that was taken out.

    Raises:
        NotFoundError: there never was one.
    """
    there, versions = _versions(caller, kind, record_id)
    first = versions[0]
    shown = [VersionView(number=1, name=first.name, changes=[], now=there and len(versions) == 1)]
    for number, (before, after) in enumerate(pairwise(versions), start=2):
        now = there and number == len(versions)
        changes = changed_fields(before, after)
        shown.append(VersionView(number=number, name=after.name, changes=changes, now=now))
    steps = Steps(caller.service.database).of(SIDES[kind], record_id)
    return RecordHistory(
        kind=kind, record_id=record_id, name=versions[-1].name, there=there,
        versions=shown[::-1], steps=[_told(step) for step in reversed(steps)],
    )  # fmt: skip


def delete(
    caller: Caller, wanted: Sequence[tuple[Kind, str]], asked: Deletion, *, down: bool = False
) -> None:
    """Take records out, all or none of them; they can be put back.

    Args:
        down: what is before the public is taken down first, by a step of its own.

    Raises:
        NotFoundError: no such record.
        ConflictError: one is before the public, or something of it is under way.
        ChangedError: somebody has changed one meanwhile.
    """
    going = [(SIDES[kind], stored(caller, kind, record_id)) for kind, record_id in wanted]
    for _, record in going:
        check_idle(caller, record)
    act = Act(caller.principal, "staff", asked.reason)

    def change() -> None:
        for side, record in going:
            if down and isinstance(record, Challenge) and publishing.is_public(caller, record):
                take_out(caller, record, "撤下", act)
            take_out(caller, record, "删除", act)
            check_replaced(caller.service.database, side, record)

    caller.service.put((), change, removed=[(side, one.record_id) for side, one in going])


def restore(caller: Caller, kind: Kind, record_id: str, asked: Restoration) -> RecordHistory:
    """Let an earlier version count again, or put a record back that was taken out.

    Raises:
        NotFoundError: no such record or version.
        InputError: it is what counts now.
        ConflictError: the table of moves does not allow it.
    """
    there, versions = _versions(caller, kind, record_id)
    if asked.version > len(versions):
        raise NotFoundError("没有这一版", given=asked.version, remedy="在历次版本里选")
    wanted, reason = versions[asked.version - 1], f"恢复第 {asked.version} 版：{asked.reason}"
    act = Act(caller.principal, "staff", reason)
    if not there:
        caller.service.put([(SIDES[kind], [wanted])], lambda: _put_back(caller, wanted, act))
    elif isinstance(wanted, Challenge):
        now = versions[-1]
        assert isinstance(now, Challenge)
        publishing.revise(caller, now, wanted, reason)
    else:
        now = versions[-1]
        assert isinstance(now, Team)
        if now == wanted:
            raise InputError("内容没有变", given=f"第 {asked.version} 版", remedy="选别的版本")
        teams.replace(caller, now, wanted, lambda: team_step(caller, wanted, "恢复", act))
    return history(caller, kind, record_id)


def deleted(caller: Caller, page: int, size: int) -> Page[GoneLine]:
    """A page of the records that were taken out, the last first."""
    found, total = gone(caller.service.database, page, size)
    items = [_gone_line(caller, KINDS[one.side], one.record) for one in found]
    return Page(items=items, total=total, page=page, size=size)


def stored(caller: Caller, kind: Kind, record_id: str) -> Challenge | Team:
    """A record as it is stored. Raises: NotFoundError."""
    workspace = caller.workspace
    records: Mapping[str, Challenge | Team] = (
        workspace.challenges() if kind == "challenges" else workspace.teams()
    )
    if record_id not in records:
        raise NotFoundError(f"没有这个{KIND_NAMES[kind]}", given=record_id, remedy="核对编号")
    return records[record_id]


def check_idle(caller: Caller, record: Challenge | Team) -> None:
    """Whether nothing of a record is under way. Raises: ConflictError."""
    pairs = caller.service.pairs
    kept = (pairs.of_challenge(record.record_id) if isinstance(record, Challenge)
            else pairs.of_teams([record.record_id]))  # fmt: skip
    busy = [pair.state for pair in kept if pair.state not in IDLE]
    if busy:
        raise ConflictError(
            "还有对接在办，不能删除", given=f"{len(busy)} 对，如“{busy[0]}”",
            remedy="在“对接”里办完或终止，或与重复的一条合并",
        )  # fmt: skip


def take_out(caller: Caller, record: Challenge | Team, move: str, act: Act) -> None:
    """Note that a record goes, in the transaction in which it does. Raises: ConflictError."""
    if isinstance(record, Challenge):
        publishing.make_step(caller, record, move, act)
    else:
        team_step(caller, record, move, act)


def team_step(caller: Caller, team: Team, move: str, act: Act) -> None:
    """Note what was done to a team and tell its organisation, in the open transaction."""
    service = caller.service
    target = "在库" if move == "恢复" else "已删除"
    step = Steps(service.database).add("team", team.team_id, move, "", target, act)
    caller.note("team.move", team.team_id, move=move, step=step)
    told = Told(f"team:{step}", "account", f"团队{move}：{team.name}",
                f"由管理人员办理。理由：{act.reason}", "/team-changes")  # fmt: skip
    own = [account.account_id for account in service.accounts.all()
           if not account.disabled and teams.is_own(account.principal, team)]  # fmt: skip
    service.messages.post(told, own)


def changed_fields(before: Challenge | Team, after: Challenge | Team) -> list[Changed]:
    """What differs between two versions, contacts left out."""
    private = private_fields(type(before))
    return [
        Changed(label=one.label, before=hide_contacts(one.before)[:_SHOWN],
                after=hide_contacts(one.after)[:_SHOWN])
        for one in difference(before, after)  # type: ignore[type-var]
        if one.field not in private and not is_private_column(one.label)
    ]  # fmt: skip


def _versions(
    caller: Caller, kind: Kind, record_id: str
) -> tuple[bool, Sequence[Challenge | Team]]:  # fmt: skip
    """Whether it is still there, and all versions, oldest first. Raises: NotFoundError."""
    workspace = caller.workspace
    kept: Callable[[str], Sequence[Challenge | Team]] = (
        workspace.challenge_versions if kind == "challenges" else workspace.team_versions
    )
    versions = list(kept(record_id))
    try:
        return True, [*versions, stored(caller, kind, record_id)]
    except NotFoundError:
        if not versions:
            raise
        return False, versions


def _put_back(caller: Caller, record: Challenge | Team, act: Act) -> None:
    if isinstance(record, Challenge):
        # Deleted beside the service it has the state it had then.
        states, told = caller.service.states, [record.demand_org]
        if states.of(record.challenge_id) not in (None, "已删除"):
            states.forget(record.challenge_id)
        states.move(record.challenge_id, "恢复", "已删除", act, told)
    else:
        team_step(caller, record, "恢复", act)


def _gone_line(caller: Caller, kind: Kind, record: Challenge | Team) -> GoneLine:
    steps = Steps(caller.service.database).of(SIDES[kind], record.record_id)
    last = steps[-1] if steps and steps[-1].target == "已删除" else None
    organisation = record.demand_org if isinstance(record, Challenge) else record.org_name
    return GoneLine(
        kind=kind, record_id=record.record_id, name=record.name, organisation=organisation,
        move=last.move if last else "", reason=last.reason if last else "",
        at=shown_moment(last.at) if last else "",
    )  # fmt: skip


def _told(step: Step) -> StepTold:
    return StepTold(
        at=shown_moment(step.at), move=step.move, account=step.account, reason=step.reason
    )
