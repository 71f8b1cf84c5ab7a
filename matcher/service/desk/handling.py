"""Staff among themselves: who sees to a challenge, for which meeting, and what they say of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from matcher.errors import NotFoundError
from matcher.service.clock import shown_moment
from matcher.service.context import Caller
from matcher.service.desk import challenges
from matcher.service.store.handling import Handling
from matcher.service.store.messages import Told
from matcher.service.views import ChallengeLine, Filled, View, challenge_page

Meeting = Annotated[str, Field(max_length=100, examples=["2026年第三次会商"])]
_UNDER_WAY = frozenset({"待发布", "已发布", "截止"})


class HandlingAsked(Filled):
    """How a challenge is to be handled."""

    assignee: Annotated[str, Field(max_length=100, description="管理人员的账号名；空为未分配")] = ""
    meeting: Annotated[Meeting, Field(description="会议或批次")] = ""


class CommentAsked(Filled):
    """What is to be said of it."""

    text: Annotated[str, Field(min_length=1, max_length=2000, examples=["企业说下周补指标"])]


class CommentView(View):
    """A comment."""

    account: str
    text: str
    at: str


class HandlingView(View):
    """How a challenge is handled; for staff only."""

    assignee: str
    meeting: str
    staff: Annotated[list[str], Field(description="可以分给谁")]
    brokers: Annotated[list[str], Field(description="可以交给的技术经纪人")]
    given: Annotated[list[str], Field(description="其中已交给的")]
    comments: list[CommentView]


def view(caller: Caller, challenge_id: str) -> HandlingView:
    """How a challenge is handled. Raises: NotFoundError."""
    challenges.find(caller, challenge_id)
    kept = caller.service.handlings.of(challenge_id)
    staff = _staff(caller)
    names = {number: name for name, number in staff.items()}
    brokers = [one for one in caller.service.accounts.all()
               if one.role == "broker" and not one.disabled]  # fmt: skip
    grants = caller.service.grants
    return HandlingView(
        brokers=[one.name for one in brokers],
        given=[one.name for one in brokers
               if challenge_id in grants.of(one.account_id).challenges],
        assignee=names.get(kept.assignee or 0, ""), meeting=kept.meeting, staff=list(staff),
        comments=[
            CommentView(account=one.account, text=one.text, at=shown_moment(one.at))
            for one in caller.service.handlings.comments(challenge_id)
        ],
    )  # fmt: skip


def change(caller: Caller, challenge_id: str, asked: HandlingAsked) -> HandlingView:
    """Say who sees to a challenge, and for which meeting; who is new to it is told.

    Raises:
        NotFoundError: no such challenge, or account of staff.
    """
    challenge = challenges.find(caller, challenge_id)
    staff = _staff(caller)
    if asked.assignee and asked.assignee not in staff:
        raise NotFoundError("没有这个管理人员", given=asked.assignee, remedy="从列表里选")
    before = caller.service.handlings.of(challenge_id)
    after = Handling(staff.get(asked.assignee), asked.meeting)
    if after != before:
        with caller.service.database.writing():
            caller.service.handlings.keep(challenge_id, after)
            caller.note("challenge.assign", challenge_id, assignee=asked.assignee,
                        meeting=asked.meeting)  # fmt: skip
            if after.assignee not in (None, before.assignee, caller.principal.account_id):
                told = Told(
                    f"assign:{secrets.token_hex(8)}", "desk", f"分给你办：{challenge.name}",
                    f"由 {caller.principal.name} 分配", challenge_page(challenge_id),
                )  # fmt: skip
                caller.service.messages.post(told, [after.assignee])
    return view(caller, challenge_id)


def comment(caller: Caller, challenge_id: str, asked: CommentAsked) -> HandlingView:
    """Say something of a challenge among staff. Raises: NotFoundError."""
    challenges.find(caller, challenge_id)
    with caller.service.database.writing():
        caller.service.handlings.say(challenge_id, caller.principal.name, asked.text)
        caller.note("challenge.comment", challenge_id)
    return view(caller, challenge_id)


def gather(caller: Caller, challenge_ids: Sequence[str], meeting: str) -> None:
    """Say for which meeting some challenges are; in the transaction of what is done with them."""
    for challenge_id in challenge_ids if meeting else ():
        kept = caller.service.handlings.of(challenge_id)
        caller.service.handlings.keep(challenge_id, Handling(kept.assignee, meeting))


def assigned(caller: Caller) -> list[ChallengeLine]:
    """The challenges under way that the caller sees to, by id."""
    mine = {one for one, kept in caller.service.handlings.all().items()
            if kept.assignee == caller.account_id}  # fmt: skip
    return [line for line in caller.snapshot.challenges.lines
            if line.challenge_id in mine and line.state in _UNDER_WAY]  # fmt: skip


def _staff(caller: Caller) -> dict[str, int]:
    """The accounts of staff: name to number."""
    return {one.name: one.account_id for one in caller.service.accounts.all()
            if one.role == "staff" and not one.disabled}  # fmt: skip
