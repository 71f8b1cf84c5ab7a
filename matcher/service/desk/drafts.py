"""Drafts: challenges an enterprise is writing. They are in no list and no index until published."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from pydantic import Field

from matcher.errors import InputError, NotFoundError
from matcher.procedure import CHALLENGE, PUBLIC, Party
from matcher.records import Challenge
from matcher.service.access import Principal
from matcher.service.clock import now, shown_moment
from matcher.service.context import Caller, Service
from matcher.service.desk.draft_fields import LONGEST_ITEM, DraftFields
from matcher.service.desk.reachable import check_phone
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.showing import challenge_view
from matcher.service.store.steps import Act, Step
from matcher.service.views import Asked, ChallengeView, Filled, Page, PageNumber, PageSize, View

DraftState = Literal["草稿", "已提交", "退回", "待发布", "已发布"]
# In these it has gone out of hand: what counts is the challenge that came of it.
HANDED_OVER = frozenset({"待发布", "已发布"})
# The versions somebody has read, one of which a draft must still be; None: whatever it is.
Versions = Collection[str] | None
_PREFIX = "draft-"
_ID = re.compile(r"draft-[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and whose it is."""

    draft_id: str
    account_id: int
    organisation: str
    fields: DraftFields
    state: DraftState
    created: str
    updated: str

    @property
    def version(self) -> str:
        """Changes with everything that is shown of it."""
        parts = (self.draft_id, self.fields.model_dump_json(), self.state, self.updated)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    @property
    def challenge(self) -> Challenge:
        """As a challenge that can be matched."""
        return self.fields.challenge(self.draft_id, "需求征集")


class DraftView(View):
    """A draft as its owner sees it."""

    draft_id: Annotated[str, Field(examples=["draft-6f1c"])]
    organisation: str
    state: DraftState
    created: str
    updated: str
    version: Annotated[str, Field(description="这一版的记号，即 ETag；写入时用 If-Match 带回")]
    fields: DraftFields
    challenge_id: Annotated[str, Field(description="发榜的编号；还没有为空")] = ""
    returned: Annotated[str, Field(description="被退回的理由")] = ""


class DraftQuery(Asked):
    """Which drafts are wanted; empty settings want all."""

    state: DraftState | None = None
    page: PageNumber = 1
    size: PageSize = 20


class Published(View):
    """Under which number a draft went out."""

    challenge_id: str


class Returned(Filled):
    """Why a draft goes back to who wrote it."""

    reason: Annotated[str, Field(min_length=1, max_length=500, examples=["缺验收方式"])]


def is_draft_id(record_id: str) -> bool:
    """Whether an id is that of a draft."""
    return record_id.startswith(_PREFIX)


def new_id() -> str:
    """An id nobody has or guesses."""
    return f"{_PREFIX}{secrets.token_hex(8)}"


def create(caller: Caller, fields: DraftFields, draft_id: str = "") -> DraftView:
    """Keep a new draft; a form that names its id and is sent twice makes one.

    Raises:
        InputError: neither title nor problem.
        NotFoundError: the id is another organisation's.
        ConflictError: it is published already.
        ChangedError: it holds something else already.
    """
    draft_id = draft_id if _ID.fullmatch(draft_id) else new_id()
    kept = _own_fields(caller.principal, fields)
    moment = now()
    with caller.service.database.writing() as connection:
        made = connection.execute(
            "INSERT OR IGNORE INTO drafts VALUES (?, ?, ?, ?, '草稿', ?, ?)",
            (draft_id, caller.account_id, caller.principal.organisation, kept.model_dump_json(),
             moment, moment),
        )  # fmt: skip
        if made.rowcount:
            caller.note("draft.create", draft_id)
        elif find(caller, draft_id).fields != kept:
            _unpublished(caller, draft_id, ())
    return view(caller, draft_id)


def browse(caller: Caller, query: DraftQuery) -> Page[DraftView]:
    """A page of the drafts a caller may read, newest first: staff read what was submitted."""
    who = caller.principal
    rows = caller.service.database.rows(
        """SELECT * FROM drafts WHERE (? OR account_id = ? OR organisation = ?)
        ORDER BY updated DESC, id""",
        (who.role in ("staff", "local"), who.account_id, who.organisation),
    )
    found = [draft for draft in map(_draft, rows) if _may_read(caller, draft)]
    if query.state is not None:
        found = [draft for draft in found if _shown_state(caller, draft) == query.state]
    page = Page[Draft].of(found, query.page, query.size)
    items = [_traced(caller, _view(draft)) for draft in page.items]
    return Page(items=items, total=page.total, page=page.page, size=page.size)


def find(caller: Caller, draft_id: str) -> Draft:
    """One draft; another organisation's is told like one that is not there.

    Raises:
        NotFoundError: no such draft for this caller.
    """
    row = caller.service.database.row("SELECT * FROM drafts WHERE id = ?", (draft_id,))
    draft = None if row is None else _draft(row)
    if draft is None or not _may_read(caller, draft):
        raise NotFoundError("没有这份草稿", given=draft_id, remedy="在草稿的列表里查找")
    return draft


def draft_challenge(service: Service, draft_id: str) -> Challenge | None:
    """A draft as a challenge, for what the service tells of it; None where it was deleted."""
    row = service.database.row("SELECT * FROM drafts WHERE id = ?", (draft_id,))
    return None if row is None else _draft(row).challenge


def view(caller: Caller, draft_id: str) -> DraftView:
    """One draft. Raises: NotFoundError."""
    return _traced(caller, _view(find(caller, draft_id)))


def as_challenge(caller: Caller, draft_id: str) -> ChallengeView:
    """One draft shown as the challenge it would be. Raises: NotFoundError."""
    return challenge_view(find(caller, draft_id).challenge, caller.principal)


def change(
    caller: Caller, draft_id: str, fields: DraftFields,
    versions: Versions = None,
) -> DraftView:  # fmt: skip
    """Write a draft anew.

    Raises:
        NotFoundError: no such draft.
        ConflictError: it is published already, or staff are looking at it.
        ChangedError: it is none of ``versions``.
    """
    with caller.service.database.writing() as connection:
        draft = _unpublished(caller, draft_id, versions)
        if not is_writable(caller, draft):
            raise ConflictError(
                "已提交，管理人员正在审核，不能改", given=draft_id, remedy="先收回，改好再提交"
            )
        kept = _own_fields(caller.principal, fields, draft.organisation)
        if draft.fields.source_words:  # what the source said is not changed
            said = {"source_words": draft.fields.source_words}
            kept = kept.model_copy(update=said)
        connection.execute(
            "UPDATE drafts SET content = ?, updated = ? WHERE id = ?",
            (kept.model_dump_json(), now(), draft_id),
        )
        caller.note("draft.change", draft_id)
    return view(caller, draft_id)


def is_writable(caller: Caller, draft: Draft | DraftView) -> bool:
    """Whether the caller may write on it: what was submitted is as it was for who looks at it."""
    return draft.state not in HANDED_OVER and (caller.principal.is_staff or draft.state != "已提交")


def submit(
    caller: Caller, draft_id: str, versions: Versions = None, fields: DraftFields | None = None
) -> DraftView:
    """Hand a draft to staff, who may publish it; again changes nothing. Raises: as `change`.

    Args:
        fields: what it is to hold from now on, kept in the same transaction; None as it is.
    """
    with caller.service.database.writing():
        draft = _unpublished(caller, draft_id, versions)
        if fields is not None:
            change(caller, draft_id, fields)
        if draft.state != "已提交":
            _go(caller, draft, "提交", "draft.submit")
    return view(caller, draft_id)


def recall(caller: Caller, draft_id: str, versions: Versions = None) -> DraftView:
    """Take a submitted draft back to write on. Raises: as `change`; ConflictError."""
    with caller.service.database.writing():
        _go(caller, _unpublished(caller, draft_id, versions), "收回", "draft.recall")
    return view(caller, draft_id)


def send_back(
    caller: Caller, draft_id: str, returned: Returned, versions: Versions = None
) -> DraftView:
    """Give a submitted draft back, with what is to be mended; staff only. Raises: as `recall`."""
    with caller.service.database.writing():
        draft = _unpublished(caller, draft_id, versions)
        _go(caller, draft, "退回修改", "draft.return", returned.reason)
    return view(caller, draft_id)


def delete(caller: Caller, draft_id: str, versions: Versions = None) -> None:
    """Throw a draft away. Raises: NotFoundError; ChangedError."""
    with caller.service.database.writing() as connection:
        _check(find(caller, draft_id), versions)
        connection.execute("DELETE FROM drafts WHERE id = ?", (draft_id,))
        connection.execute("DELETE FROM challenge_states WHERE challenge_id = ?", (draft_id,))
        caller.note("draft.delete", draft_id)


def publish(
    caller: Caller, draft_id: str, challenge_id: str,
    versions: Versions = None, at_once: bool = True,
) -> Published:  # fmt: skip
    """Put a draft on the list under a number of its own, in one transaction; staff only.

    Args:
        at_once: before the public; otherwise among those that wait to be published together.

    Raises:
        NotFoundError: no such draft.
        InputError: no number, or one that cannot be used.
        ConflictError: published already, or the number is taken.
        ChangedError: it is none of ``versions``, or is being changed.
    """
    draft = _unpublished(caller, draft_id, versions)
    challenge_id = challenge_id.strip()
    if not 1 <= len(challenge_id) <= LONGEST_ITEM or is_draft_id(challenge_id):
        raise InputError(
            "榜单编号不能用", given=challenge_id or "空",
            expected=f"1 至 {LONGEST_ITEM} 个字，不以 {_PREFIX} 开头", remedy="写上发榜的编号",
        )  # fmt: skip

    def change() -> None:
        # What goes out is what was read: nobody may have changed it meanwhile.
        _unpublished(caller, draft_id, [draft.version])
        _set_state(caller, draft_id, "已发布" if at_once else "待发布", "draft.publish",
                   challenge_id=challenge_id)  # fmt: skip
        act = Act(caller.principal, "staff", detail={"challenge_id": challenge_id})
        states, told = caller.service.states, [challenge.demand_org]
        states.move(draft_id, "通过", draft.state, act, told)
        states.move(challenge_id, "通过", "已提交", Act(caller.principal, "staff"))
        if at_once:
            states.move(challenge_id, "发布", "待发布", Act(caller.principal, "staff"), told)

    challenge = draft.fields.challenge(challenge_id, "发榜")
    try:
        caller.service.live.connect().add_challenge(
            challenge, caller.service.database.joined(change)
        )
    except InputError as error:
        raise ConflictError(error.what, given=challenge_id, remedy=error.remedy) from error
    caller.service.live.reopen()
    return Published(challenge_id=challenge_id)


def _go(caller: Caller, draft: Draft, move: str, action: str, reason: str = "") -> None:
    """Move a draft as the table of moves allows. Raises: ConflictError."""
    party: Party = "staff" if caller.principal.is_staff else "demand"
    act = Act(caller.principal, party, reason)
    told = [draft.organisation] if "demand" in CHALLENGE[move].told else []
    caller.service.states.move(draft.draft_id, move, draft.state, act, told)
    state = caller.service.states.of(draft.draft_id)
    _set_state(caller, draft.draft_id, cast(DraftState, state), action)


def _set_state(
    caller: Caller, draft_id: str, state: DraftState, action: str,
    **detail: str,
) -> None:  # fmt: skip
    with caller.service.database.writing() as connection:
        connection.execute(
            "UPDATE drafts SET state = ?, updated = ? WHERE id = ?", (state, now(), draft_id)
        )
        caller.note(action, draft_id, **detail)


def _unpublished(caller: Caller, draft_id: str, versions: Versions) -> Draft:
    draft = find(caller, draft_id)
    if draft.state in HANDED_OVER:
        raise ConflictError("已经发布，不能再改", given=draft_id, remedy="另写一份")
    _check(draft, versions)
    return draft


def check_version(caller: Caller, draft_id: str, versions: Versions) -> None:
    """Raises: NotFoundError; ChangedError: it is none of ``versions``."""
    _check(find(caller, draft_id), versions)


def _check(draft: Draft, versions: Versions) -> None:
    if versions is not None and draft.version not in versions:
        raise ChangedError(
            "这份草稿在你打开之后已被修改",
            given=f"{draft.draft_id}，上次保存 {shown_moment(draft.updated)}",
            remedy="重新打开草稿，看过别人的修改再改",
        )  # fmt: skip


def _own_fields(
    principal: Principal, fields: DraftFields, organisation: str | None = None
) -> DraftFields:
    """An enterprise writes in its own name only. Raises: InputError: empty, or an idle phone."""
    if not (fields.title or fields.problem):
        raise InputError("草稿是空的", expected="至少写题目或要解决的问题", remedy="补上后再保存")
    check_phone(fields.contact_phone)
    if principal.is_staff:
        return fields
    return fields.model_copy(update={"demand_org": organisation or principal.organisation})


def _may_read(caller: Caller, draft: Draft) -> bool:
    """What was not submitted is for who writes it alone; then also for staff in charge of it."""
    who = caller.principal
    if who.account_id == draft.account_id:
        return True
    if who.role == "enterprise":
        return who.belongs_to(draft.organisation)
    if draft.state == "草稿":
        return False
    return who.is_staff or (who.role == "local" and _lies_in(caller, draft))


def _lies_in(caller: Caller, draft: Draft) -> bool:
    """Whether it lies in the charge of local staff: where it says, else where its account is."""
    fields = draft.fields
    province, city = fields.province, fields.city
    if not province:
        account = caller.service.accounts.by_id(draft.account_id)
        province, city = ("", "") if account is None else (account.province, account.city)
    return caller.principal.given.covers([draft.organisation, fields.demand_org], province, city)


def _traced(caller: Caller, draft: DraftView) -> DraftView:
    """With what came of it: the number it got, or why it was given back."""
    last = _last_step(caller, draft.draft_id)
    if last is None:
        return draft
    traced = {
        "challenge_id": last.detail.get("challenge_id", ""),
        "state": _state_now(caller, last, draft.state),
    }
    if draft.state == "退回":
        traced["returned"] = last.reason
    return draft.model_copy(update=traced)


def _last_step(caller: Caller, draft_id: str) -> Step | None:
    steps = caller.service.states.history(draft_id)
    return steps[-1] if steps else None


def _shown_state(caller: Caller, draft: Draft) -> DraftState:
    """Its state now; only of one that waits has what came of it to be looked up."""
    if draft.state != "待发布":
        return draft.state
    return _state_now(caller, _last_step(caller, draft.draft_id), draft.state)


def _state_now(caller: Caller, last: Step | None, kept: DraftState) -> DraftState:
    """Its state; one that waited is out as soon as the challenge that came of it is public."""
    number = "" if last is None else last.detail.get("challenge_id", "")
    waited = kept == "待发布" and caller.snapshot.states.get(number) in PUBLIC
    return "已发布" if waited else kept


def _view(draft: Draft) -> DraftView:
    return DraftView(
        draft_id=draft.draft_id, organisation=draft.organisation, state=draft.state,
        created=draft.created, updated=draft.updated, version=draft.version, fields=draft.fields,
    )  # fmt: skip


def _draft(row: sqlite3.Row) -> Draft:
    fields = DraftFields.model_validate_json(row["content"])
    return Draft(
        row["id"], row["account_id"], row["organisation"], fields, row["state"], row["created"],
        row["updated"],
    )  # fmt: skip
