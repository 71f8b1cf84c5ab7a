"""Atom feeds of saved queries; outside the API's address: a feed reader keeps it for years."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from matcher.service.access import ANYONE, allow
from matcher.service.desk import subscriptions
from matcher.service.routing import CurrentCaller, guarded_router

router = guarded_router("/feeds")


@router.get("/{token}.xml", include_in_schema=False)
@allow(ANYONE)
def read_feed(
    request: Request, caller: CurrentCaller, token: Annotated[str, Field(max_length=100)]
) -> Response:
    """Atom 订阅；地址本身就是凭据。"""
    address = str(request.base_url).rstrip("/")
    made = subscriptions.feed(caller, token, address)
    return Response(made, media_type="application/atom+xml")
