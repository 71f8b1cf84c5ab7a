"""Staff ask accounts to mark: one way for the alliances of a year and the bids of a challenge."""

from __future__ import annotations

from collections.abc import Collection

from matcher.errors import InputError
from matcher.service.context import Caller
from matcher.service.store.accounts import Account
from matcher.service.store.evaluators import Evaluators, Marked
from matcher.service.store.messages import Told


def asked_of(caller: Caller, kind: Marked) -> Evaluators:
    """Who was asked to mark what."""
    return Evaluators(caller.service.database, caller.service.audit, kind)


def ask(
    caller: Caller, kind: Marked, task: str, account: Account, told: Told,
    given: Collection[str] = (),
) -> None:  # fmt: skip
    """Ask an account to mark some of a task, or all; it is told once.

    Raises:
        InputError: the account is closed.
    """
    if account.disabled:
        raise InputError("不能请停用的账号", given=account.name, remedy="换一个，或先启用它")
    with caller.service.database.writing():
        asked_of(caller, kind).ask(task, account.account_id, caller.principal, given)
        caller.service.messages.post(told, [account.account_id])


def release(caller: Caller, kind: Marked, task: str, account_id: int) -> None:
    """Ask it no longer; what it said stays, and counts if it was handed in."""
    asked_of(caller, kind).release(task, account_id, caller.principal)
