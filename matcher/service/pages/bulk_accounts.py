"""Many accounts from one table: choose a file, look, make them."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from matcher.errors import InputError
from matcher.service.access import STAFF, STAFF_SECRET, allow
from matcher.service.api.routing import XLSX, attachment
from matcher.service.desk import bulk_accounts
from matcher.service.pages.again import again
from matcher.service.pages.asked import Form, upload
from matcher.service.pages.rendering import render
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/staff/accounts/table")


@router.get("")
@allow(STAFF)
def choose(request: Request) -> Response:
    """Choose a file."""
    headers = [names[0] for names in bulk_accounts.HEADERS.values()]
    return render(request, "account_table.html", {"headers": headers})


@router.post("")
@allow(STAFF.in_person().reading_files())
@again(choose, InputError)
def upload_table(request: Request, caller: CurrentCaller, form: Form) -> Response:
    """Show what is in it; nothing is written."""
    given = upload(form)
    if given is None:
        raise InputError("没有选文件", remedy="选一个账号表再上传")
    made = bulk_accounts.upload(caller, *given)
    return RedirectResponse(f"/staff/accounts/table/{made.upload_id}", 303)


@router.get("/blank")
@allow(STAFF)
def blank(caller: CurrentCaller) -> Response:
    """A table to be filled in."""
    return attachment(bulk_accounts.blank(), "账号.xlsx", XLSX)


@router.get("/{upload_id}")
@allow(STAFF.reading_files())
def preview(request: Request, caller: CurrentCaller, upload_id: str) -> Response:
    """What it would do, against the accounts there are."""
    shown = {
        "preview": bulk_accounts.preview(caller, upload_id),
        "twin": f"/api/v1/account-tables/{upload_id}",
    }
    return render(request, "account_table_preview.html", shown)


@router.post("/{upload_id}/commitment")
@allow(STAFF_SECRET.reading_files())
@again(choose, InputError)
def commit(request: Request, caller: CurrentCaller, upload_id: str) -> Response:
    """Make them; the links are told this once."""
    made = bulk_accounts.commit(caller, upload_id)
    site = str(request.base_url).rstrip("/")
    return render(request, "account_table_made.html", {"made": made, "site": site})
