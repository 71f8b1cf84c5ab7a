"""A challenge before the public and off again: published after a look, corrected, taken down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from matcher.contacts import hide_contacts
from matcher.corpora import FieldChange, difference
from matcher.corpora.headers.originals import ORIGINAL
from matcher.errors import InputError, NotFoundError
from matcher.index.indexing import record_hash
from matcher.procedure import CHALLENGE, PUBLIC, revising, state_of
from matcher.records import Challenge, private_fields
from matcher.service.access import PUBLIC as ANYBODY
from matcher.service.clock import shown_moment
from matcher.service.context import Caller
from matcher.service.desk import challenges, handling
from matcher.service.desk.draft_fields import DraftFields, columns_kept
from matcher.service.errors import ChangedError
from matcher.service.showing import challenge_view
from matcher.service.store.principals import has_accounts
from matcher.service.store.steps import Act, standing
from matcher.service.store.versions import check_replaced
from matcher.service.views import (
    Asked,
    ChallengeLine,
    ChallengeView,
    Filled,
    Page,
    PageNumber,
    PageSize,
    View,
    numbered,
)
from matcher.text.dates import today
from matcher.withholding import CLEARED, WITHHELD, lines_of

MOST_AT_ONCE = 500
# An address or a salutation in the text of a need; a circuit or a line is no street.
_PERSONAL = re.compile(
    r"(?:地址[:：]?)?[一-龥]{2,12}(?:(?<![电气油水线回管])路|街|大道|巷|弄)[甲乙]?\d+号"
    r"(?:[一-龥\d]{0,6}(?:楼|室|栋|座))?|(?:领导|老师|专家|各位)?(?:您|你们?)好|(?:领导|老师|专家|各位)好|尊敬的[一-龥]{1,8}"
)
_NUMBER = re.compile(r"(?P<head>.*?)(?P<count>[0-9]{1,9})")
_Id = Annotated[str, Field(min_length=1, max_length=200, examples=["KB-18"])]
# Fields of a few words: told with what they were and are.
_SHORT = frozenset({"title", "bounty_wan", "total_budget_wan", "duration_months", "apply_deadline"})
Reason = Annotated[str, Field(max_length=500, examples=["企业补充了指标"])]


class PendingQuery(Asked):
    """Which of the challenges that wait to be published are wanted."""

    q: Annotated[str, Field(max_length=200, description="要出现的词，空格分开")] = ""
    page: PageNumber = 1
    size: PageSize = 50


class Chosen(Asked):
    """Challenges to be published together."""

    challenge_ids: Annotated[list[_Id], Field(min_length=1, max_length=MOST_AT_ONCE)]
    meeting: Annotated[handling.Meeting, Field(description="为哪次会议或批次；空则不改")] = ""


class Restated(Filled):
    """A move of a published challenge, and why."""

    move: Literal["撤下", "停止揭榜", "重新发布", "撤销"]
    reason: Reason = ""


class Correction(Filled):
    """The fields of a published challenge as they should be, and why."""

    fields: DraftFields
    reason: Annotated[Reason, Field(min_length=1)]


class Preview(View):
    """What the public will see of a challenge, and what to look at before."""

    challenge: ChallengeView
    notes: list[str]


class StepView(View):
    """A step of a challenge or a pair."""

    number: int
    move: str
    source: str
    target: str
    party: str
    account: str
    organisation: str
    reason: str
    at: str
    undone: bool


class HistoryView(View):
    """How a challenge came to be where it is."""

    challenge_id: str
    state: str
    version: Annotated[str, Field(description="这一版内容的记号，更正时带回")]
    moves: Annotated[list[str], Field(description="现在可以走的步骤")]
    undo: Annotated[str, Field(description="可以撤销的最后一步；没有为空")]
    stays: Annotated[str, Field(description="撤销它收不回什么")]
    steps: list[StepView]


def pending(caller: Caller, query: PendingQuery) -> Page[ChallengeLine]:
    """A page of the challenges that wait to be published, by id."""
    states = caller.snapshot.states
    lines = caller.snapshot.challenges.find(
        query.q, lambda line: states[line.challenge_id] == "待发布"
    )
    return Page[ChallengeLine].of(lines, query.page, query.size)


def next_number(ids: Iterable[str]) -> str:
    """The number after the last one, where all a list gave are of one pattern; otherwise "".

    >>> next_number(["LN-2026-001", "LN-2026-009", "XQ-0123456789"])
    'LN-2026-010'
    >>> next_number(["LN-2026-001", "KB-18"]), next_number([])
    ('', '')
    """
    given = [_NUMBER.fullmatch(one) for one in map(numbered, ids) if one]
    counted = [found for found in given if found is not None]
    if len(counted) < len(given) or len({found["head"] for found in counted}) != 1:
        return ""
    last = max(counted, key=lambda found: int(found["count"]))
    return f"{last['head']}{int(last['count']) + 1:0{len(last['count'])}d}"


def preview(caller: Caller, challenge_ids: Sequence[str]) -> list[Preview]:
    """What the public would see of some challenges. Raises: NotFoundError: one does not wait."""
    return [preview_of(_waiting(caller, one)) for one in dict.fromkeys(challenge_ids)]


def publish(caller: Caller, asked: Chosen, key: str = "") -> list[str]:
    """Put challenges before the public, all of them or none.

    Raises:
        NotFoundError: one is not there or does not wait.
        ConflictError: somebody was quicker.
    """
    chosen = [_waiting(caller, one) for one in dict.fromkeys(asked.challenge_ids)]
    ids = [challenge.challenge_id for challenge in chosen]

    def change() -> None:
        for challenge in chosen:
            act = Act(caller.principal, "staff", key=key and f"{key}:{challenge.challenge_id}")
            caller.service.states.move(
                challenge.challenge_id, "发布", "待发布", act, [challenge.demand_org]
            )
        handling.gather(caller, ids, asked.meeting.strip())
        caller.note("challenge.publish", "", challenges=len(chosen))

    caller.service.restate(change)
    return ids


def restate(caller: Caller, challenge_id: str, asked: Restated) -> HistoryView:
    """Take a challenge down, close it, put it up again, or undo its last step.

    Raises:
        NotFoundError: no such challenge.
        ConflictError: the table of moves does not allow it.
    """
    challenge = challenges.find(caller, challenge_id)
    act = Act(caller.principal, "staff", asked.reason)
    told = concerned(caller, challenge)

    def change() -> None:
        states = caller.service.states
        if asked.move == "撤销":
            states.undo(challenge_id, act, told)
        else:
            states.move(challenge_id, asked.move, state_of(None, _stored(caller, challenge)), act,
                        told)  # fmt: skip

    caller.service.restate(change)
    return history(caller, challenge_id)


def correct(
    caller: Caller, challenge_id: str, asked: Correction, version: str | None = None
) -> HistoryView:
    """Write a challenge anew; what it was stays among its versions.

    Raises:
        NotFoundError: no such challenge.
        ConflictError: it is closed.
        ChangedError: somebody has changed it since ``version``.
        InputError: nothing would change.
    """
    before = _stored(caller, challenges.find(caller, challenge_id))
    _check_version(before, version)
    revise(caller, before, _with(before, asked.fields), asked.reason)
    return history(caller, challenge_id)


def revise(caller: Caller, before: Challenge, after: Challenge, reason: str) -> None:
    """Write a challenge anew, as a correction where it is public.

    Raises:
        InputError: nothing would change.
        ConflictError: the table of moves does not allow it.
        ChangedError: somebody has changed it since it was read.
    """
    found = difference(before, after)
    if not found:
        raise InputError("内容没有变", remedy="改了再提交")
    challenge_id, source = before.challenge_id, state_of(None, before)
    changed = {"changed": [one.label for one in found], "told": _told(found)}
    act = Act(caller.principal, "staff", reason, changed)
    told = [*concerned(caller, before), after.demand_org]
    name = revising(caller.service.states.of(challenge_id) or source)

    def change() -> None:
        caller.service.states.move(challenge_id, name, source, act, told)
        check_replaced(caller.service.database, "challenge", before)

    caller.service.put([("challenge", [after])], change)


def _told(found: Iterable[FieldChange]) -> list[str]:
    """What was changed of what everybody reads; of short fields from what to what."""
    return [
        f"{one.label} {one.before or '未填写'} → {one.after or '未填写'}" if one.field in _SHORT
        else one.label
        for one in found if one.field in ChallengeView.model_fields
    ]  # fmt: skip


def history(caller: Caller, challenge_id: str) -> HistoryView:
    """The steps of a challenge and what may be done next. Raises: NotFoundError."""
    challenge = challenges.find(caller, challenge_id)
    state = caller.snapshot.states[challenge_id]
    steps = caller.service.states.history(challenge_id)
    counted = standing(steps)
    last = CHALLENGE[counted[-1].move] if counted else None
    if last is not None and not last.undoable:
        last = None
    return HistoryView(
        challenge_id=challenge_id, state=state, version=record_hash(_stored(caller, challenge)),
        moves=[move.name for move in CHALLENGE.allowed(state, "staff")],
        undo=last.name if last else "", stays=last.kept if last else "",
        steps=[
            StepView(
                number=s.number, move=s.move, source=s.source, target=s.target, party=s.party,
                account=s.account, organisation=s.organisation, reason=s.reason,
                at=shown_moment(s.at), undone=s.undone is not None,
            )
            for s in steps
        ],
    )  # fmt: skip


def is_public(caller: Caller, challenge: Challenge) -> bool:
    """Whether a challenge is before the public now."""
    return state_of(caller.service.states.of(challenge.challenge_id), challenge) in PUBLIC


def make_step(caller: Caller, challenge: Challenge, move: str, act: Act) -> None:
    """Make a move of a challenge in the open transaction, and tell whom it concerns.

    Where nobody has an account nothing is before the public: of such a list there are no states.

    Raises:
        ConflictError: the table of moves does not allow it.
    """
    if not has_accounts(caller.service.database):
        caller.note("challenge.move", challenge.challenge_id, move=move)
        return
    told, source = concerned(caller, challenge), state_of(None, challenge)
    caller.service.states.move(challenge.challenge_id, move, source, act, told)


def concerned(caller: Caller, challenge: Challenge) -> list[str]:
    """The organisations that are told of what happens to a challenge: its own, its teams'."""
    told, teams = [challenge.demand_org], caller.workspace.teams()
    for pair in caller.service.pairs.of_challenge(challenge.challenge_id):
        team = teams.get(pair.team_id)
        if team is not None and "team" in pair.told:
            told.append(team.org_name)
    return told


def _waiting(caller: Caller, challenge_id: str) -> Challenge:
    challenge = challenges.find(caller, challenge_id)
    if caller.snapshot.states[challenge_id] != "待发布":
        raise NotFoundError(
            "这一项不在待发布里", given=challenge_id, remedy="在“发布”里看还有哪些待发布"
        )
    return challenge


def preview_of(challenge: Challenge) -> Preview:
    """A challenge as the public would see it, with what to look at before."""
    notes = []
    if challenge.apply_deadline is None:
        notes.append("没有填写揭榜截止日期，会一直显示为可揭榜")
    elif challenge.apply_deadline < today():
        notes.append(f"揭榜截止日期 {challenge.apply_deadline} 已过，发布后显示为已结束")
    if not (challenge.problem or challenge.research_content or challenge.indicators_text):
        notes.append("只有题目，没有说明，团队难以判断")
    if not challenge.demand_org:
        notes.append("没有填写需求单位：没有企业账号能办理对接")
    if told := _personal(challenge):
        notes.append(f"正文里有地址或称呼，会公开，不该公开的先删去：{'、'.join(told)}")
    if kept := lines_of(challenge.extra.get(WITHHELD)):
        notes.append(f"有 {len(kept)} 句似有联系方式或人名，没有公开；可以公开的，在“修改”里按一下")
    unknown = [name for name in challenge.extra
               if not name.endswith(ORIGINAL) and name not in (WITHHELD, CLEARED)]  # fmt: skip
    if unknown:
        columns = "、".join(map(hide_contacts, unknown))
        notes.append(f"未识别的栏目不公开：{columns}")
    return Preview(challenge=challenge_view(challenge, ANYBODY), notes=notes)


def _personal(challenge: Challenge) -> list[str]:
    """Words of a public text that are addressed to somebody, or say where somebody is."""
    texts = (getattr(challenge, name) for name in Challenge.model_fields
             if name not in private_fields(Challenge) and name != "demand_org")  # fmt: skip
    found = (match[0] for text in texts if isinstance(text, str)
             for match in _PERSONAL.finditer(text))  # fmt: skip
    return list(dict.fromkeys(found))


def _with(before: Challenge, fields: DraftFields) -> Challenge:
    """A challenge with what a form changed of it; what the form cannot hold stays as it is."""
    shown, given = DraftFields.of(before).model_dump(), fields.model_dump()
    changed = {name: value for name, value in given.items() if value != shown[name]}
    for said in ("original_words", "source_words"):  # what the source said is not changed
        changed.pop(said, None)
    if not fields.indicators:
        changed.pop("indicators", None)  # not asked for
    if "indicators_text" in changed and "indicators" not in changed:
        changed["indicators"] = ()  # read again from the new text
    if changed.keys() & {"withheld", "cleared"}:
        kept = {n: said for n, said in before.extra.items() if n not in (WITHHELD, CLEARED)}
        changed["extra"] = kept | columns_kept(given)
    for column in ("withheld", "cleared"):
        changed.pop(column, None)
    return Challenge.model_validate({**before.model_dump(), **changed})


def _stored(caller: Caller, challenge: Challenge) -> Challenge:
    """The record itself: in a snapshot its stage follows its state."""
    kept = caller.snapshot.workspace.challenges().get(challenge.challenge_id)
    return challenge if kept is None else kept


def _check_version(before: Challenge, version: str | None) -> None:
    if version is not None and version != record_hash(before):
        raise ChangedError("这一项在你打开之后已被修改", remedy="重新打开，看过别人的修改再改")
