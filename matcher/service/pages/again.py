"""A form that cannot be done as it stands: its page again, with what was wrong."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from matcher.errors import MatcherError

_EndpointT = TypeVar("_EndpointT", bound=Callable[..., Response])


def again(
    page: Callable[..., Response], *kinds: type[MatcherError],
    but: tuple[type[MatcherError], ...] = (), filled: bool = False,
) -> Callable[[_EndpointT], _EndpointT]:  # fmt: skip
    """Declare the page that is shown again where an endpoint fails; below the rule of access.

    Args:
        page: gets those of the endpoint's arguments that it takes; finds what was wrong as
            ``fault`` (`fault_of`) in its template.
        kinds: of errors for which it is shown; without any, whatever is meant for a user.
        but: kinds that lead to the page of an error all the same.
        filled: the page shows what was filled in (`filled_in`).
    """
    takes = inspect.signature(page).parameters
    shown_for = kinds or (MatcherError,)

    def declare(endpoint: _EndpointT) -> _EndpointT:
        @wraps(endpoint)
        def tried(**given: Any) -> Response:
            try:
                return endpoint(**given)
            except but:
                raise
            except shown_for as error:
                state = given["request"].state
                state.fault, state.filled = error, given["form"] if filled else None
                return page(**{name: value for name, value in given.items() if name in takes})

        return cast(_EndpointT, tried)

    return declare


def fault_of(request: Request) -> MatcherError | None:
    """What was wrong, on a page that is shown again."""
    return getattr(request.state, "fault", None)


def filled_in(request: Request) -> FormData | None:
    """The form that was sent, on a page that shows it again."""
    return getattr(request.state, "filled", None)
