"""One's own messages, where they go, and the links that mails bring."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.service.access import BY_LINK, SIGNED_IN, allow
from matcher.service.desk import inbox
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, form_as, linker, query_as, texts, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router
from matcher.service.store.messages import MESSAGE_KIND_NAMES

router = guarded_router()


@router.get("/inbox")
@allow(SIGNED_IN)
def inbox_page(request: Request, caller: CurrentCaller) -> Response:
    """The messages, newest first."""
    query = query_as(request, inbox.InboxQuery)
    shown = {
        "query": query,
        "page": inbox.browse(caller, query),
        "kinds": MESSAGE_KIND_NAMES,
        "link": linker(request),
        "twin": twin_of(request),
    }
    return render(request, "inbox.html", shown)


@router.post("/inbox/read")
@allow(SIGNED_IN)
def read(caller: CurrentCaller, form: Form) -> Response:
    """One has been read, or all of them."""
    number = texts(form).get("message", "")
    inbox.read(caller, int(number) if number.isascii() and number.isdigit() else None)
    return RedirectResponse("/inbox", 303)


@router.get("/inbox/one/{message_id}")
@allow(SIGNED_IN)
def follow(caller: CurrentCaller, message_id: int) -> Response:
    """On to what a message is about; with that it has been read."""
    return RedirectResponse(inbox.follow(caller, message_id), 303)


@router.get("/inbox/settings")
@allow(SIGNED_IN)
def settings_page(request: Request, caller: CurrentCaller) -> Response:
    """Where messages go."""
    shown = {
        "wishes": inbox.settings(caller),
        "kinds": {
            kind: name
            for kind, name in MESSAGE_KIND_NAMES.items()
            if kind != "desk" or caller.principal.role in ("staff", "local")
        },
        "twin": "/api/v1/inbox/settings",
    }
    return render(request, "message_settings.html", shown)


@router.post("/inbox/settings")
@allow(SIGNED_IN)
@again(settings_page)
def change_settings(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Write it anew."""
    inbox.change(caller, form_as(form, inbox.MessageWishes))
    return RedirectResponse("/inbox/settings", 303)


@router.get("/confirm-email/{token}")
@allow(BY_LINK)
def confirm_page(request: Request, caller: CurrentCaller, token: str) -> Response:
    """A mailbox asks its reader; opening the link alone confirms nothing."""
    return _by_link(request, inbox.confirmation(caller, token), "confirm")


@router.post("/confirm-email/{token}")
@allow(BY_LINK)
def confirm(request: Request, caller: CurrentCaller, token: str) -> Response:
    """The reader says that it is theirs."""
    return _by_link(request, inbox.confirm(caller, token), "confirm", done=True)


@router.get("/unsubscribe/{kind}/{token}")
@allow(BY_LINK)
def unsubscribe_page(request: Request, caller: CurrentCaller, kind: str, token: str) -> Response:
    """Asks first: mail programs look at links by themselves."""
    return _by_link(request, inbox.unsubscription(caller, kind, token), "unsubscribe")


@router.post("/unsubscribe/{kind}/{token}")
@allow(BY_LINK)
def unsubscribe(request: Request, caller: CurrentCaller, kind: str, token: str) -> Response:
    """No more of these; mail programs send this by themselves too (RFC 8058)."""
    return _by_link(request, inbox.unsubscribe(caller, kind, token), "unsubscribe", done=True)


def _by_link(
    request: Request, account: inbox.LinkedAccount, what: str, done: bool = False
) -> Response:
    return render(request, "by_link.html", {"account": account, "what": what, "done": done})
