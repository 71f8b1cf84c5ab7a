"""Setting a password by a link."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matcher.service.context import Caller
from matcher.service.views import View


class PasswordNew(BaseModel):
    """A password chosen by whoever has a link."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    password: Annotated[str, Field(max_length=200)]


class LinkView(View):
    """For which account a link is."""

    name: str


def link(caller: Caller, token: str) -> LinkView:
    """What a link is for. Raises: NotFoundError: it has ended or was used."""
    return LinkView(name=caller.service.links.account_of(token))


def set_by_link(caller: Caller, token: str, new: PasswordNew) -> LinkView:
    """Set the password; the link and all sign-ins of the account end.

    Raises:
        NotFoundError: the link has ended or was used.
        InputError: a password too short; the link can be used again.
    """
    service = caller.service
    with service.database.writing():
        name = service.links.use(token)
        account = service.accounts.set_password(name, new.password)
        service.audit.write(account.principal, "account.password-by-link", name)
    return LinkView(name=name)
