"""Asking for an account; the requests on the desk."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import ANYONE, LOCAL_STAFF, SIGN_IN, allow
from matcher.service.desk import registration
from matcher.service.pages.again import again, filled_in
from matcher.service.pages.asked import Form, form_as, linker, query_as, texts, twin_of
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router()


@router.get("/register")
@allow(ANYONE)
def register_page(request: Request, caller: CurrentCaller) -> Response:
    """The form."""
    registration.check_open(caller)
    return render(request, "register.html", {"given": texts(filled_in(request)), "sent": False})


@router.post("/register")
@allow(SIGN_IN)
@again(register_page, InputError, filled=True)
def register(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Keep what was asked for."""
    registration.ask(caller, form_as(form, registration.RegistrationNew))
    return render(request, "register.html", {"given": texts(form), "sent": True})


@router.get("/staff/registrations")
@allow(LOCAL_STAFF)
def registrations(request: Request, caller: CurrentCaller) -> Response:
    """The requests in one's charge."""
    query = query_as(request, registration.RegistrationQuery)
    page = registration.browse(caller, query)
    shown = {
        "page": page,
        "waiting": [asked for asked in page.items if asked.decided is None],
        "decided": [asked for asked in page.items if asked.decided is not None],
        "link": linker(request, path="/staff/registrations"),
        "twin": twin_of(request, "/registrations"),
    }
    return render(request, "registrations.html", shown)


@router.post("/staff/registrations/{registration_id}/approval")
@allow(LOCAL_STAFF.in_person())
@again(registrations)
def approve(
    request: Request, caller: CurrentCaller, registration_id: str, form: Form
) -> Response:  # fmt: skip
    """Make the account."""
    registration.approve(caller, registration_id, form_as(form, registration.Approval))
    return RedirectResponse("/staff/registrations", 303)


@router.post("/staff/registrations/{registration_id}/refusal")
@allow(LOCAL_STAFF.in_person())
@again(registrations)
def refuse(
    request: Request, caller: CurrentCaller, registration_id: str, form: Form
) -> Response:  # fmt: skip
    """Send it back."""
    registration.refuse(caller, registration_id, form_as(form, registration.Refusal))
    return RedirectResponse("/staff/registrations", 303)
