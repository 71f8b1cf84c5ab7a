"""Signing in, and binding an account, by the identity provider."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.errors import InputError, NotFoundError
from matcher.service.context import Caller
from matcher.service.store.accounts import Account


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of a sign-in at the provider.

    Attributes:
        account: that is to be signed in; None where the one signed in was bound.
        wanted: the page to go on to.
    """

    account: Account | None
    wanted: str


def begin(caller: Caller, browser: str, redirect: str, wanted: str) -> str:
    """Where somebody is sent to sign in.

    Raises:
        NotFoundError: there is no provider.
        InputError: it does not answer.
    """
    if not caller.service.provider.configured:
        raise NotFoundError("没有配置统一身份认证", remedy="用账号和密码登录")
    flow = caller.service.provider.begin(redirect)
    caller.service.identities.begin(flow.state, browser, flow.nonce, flow.verifier, wanted)
    return flow.address


def finish(caller: Caller, browser: str, redirect: str, state: str, code: str) -> Returned:
    """Somebody comes back: signed in if the identity is known, bound if already signed in.

    Raises:
        InputError: the sign-in is not this browser's, or proves nothing; nobody has the identity.
        ConflictError: the identity is another account's.
    """
    service = caller.service
    flow = service.identities.end(state, browser)
    found = service.provider.finish(redirect, code, flow["nonce"], flow["verifier"])
    if caller.principal.signed_in:
        with service.database.writing():
            service.identities.bind(found.issuer, found.subject, caller.account_id)
            caller.note("identity.bind", caller.principal.name)
        return Returned(None, "/account")
    number = service.identities.account_of(found.issuer, found.subject)
    account = None if number is None else service.accounts.by_id(number)
    if account is None or account.disabled:
        raise InputError(
            "这个身份还没有绑定账号",
            remedy="先用账号和密码登录，在“我的账号”里绑定；没有账号的先申请",
        )
    return Returned(account, flow["wanted"])


def unbind(caller: Caller) -> None:
    """No identity opens one's own account any more; the password does."""
    with caller.service.database.writing():
        caller.service.identities.unbind(caller.account_id)
        caller.note("identity.unbind", caller.principal.name)
