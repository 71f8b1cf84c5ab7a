"""What waits for somebody, as it is listed: counted, with the way to where it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.service.views import ChallengeLine, Page, View, challenge_page

Urgency = Literal["急", "办", "看"]
# A deadline is near so many days before; without a bid it is looked at earlier.
NEAR_DAYS, RISK_DAYS = 7, 14
# So long what lapsed, or was marked by a team, is put before whom it concerns.
RECENT_DAYS = 30
SHOWN = 3


class TodoLine(View):
    """One of the things that wait."""

    title: str
    note: str = ""
    link: str


class Todo(View):
    """Things of one kind that wait."""

    title: Annotated[str, Field(examples=["草稿待审核"])]
    advice: Annotated[str, Field(description="要做什么")]
    urgency: Urgency
    count: int
    link: Annotated[str, Field(description="在哪里办")]
    lines: Annotated[list[TodoLine], Field(description="前几件")]


class TodoView(View):
    """All that waits."""

    items: list[Todo]
    count: int


def waiting(
    title: str, advice: str, urgency: Urgency, link: str, found: Page[Any] | Sequence[Any],
    line: Callable[[Any], tuple[str, str, str]],
) -> Todo:  # fmt: skip
    """Things of one kind: how many, and the first of them by title, note and link."""
    first, count = (found.items, found.total) if isinstance(found, Page) else (found, len(found))
    shown = [line(one) for one in first[:SHOWN]]
    return Todo(
        title=title, advice=advice, urgency=urgency, count=count, link=link,
        lines=[TodoLine(title=name, note=note, link=to) for name, note, to in shown],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfPairs:
    """The pairs of whoever asks by their state, and how one is told: title, note and link."""

    by_state: Mapping[str, Sequence[Any]]
    line: Callable[[Any], tuple[str, str, str]]

    def waiting(
        self, title: str, advice: str, urgency: Urgency, state: str = "",
        found: Sequence[Any] | None = None,
    ) -> Todo:  # fmt: skip
        """Those of a state, or those ``found`` of it; without a state the way is to all pairs."""
        link = f"/pairs?state={state}" if state else "/pairs"
        chosen = self.by_state[state] if found is None else found
        return waiting(title, advice, urgency, link, chosen, self.line)


def ending(lines: Iterable[ChallengeLine], day: date, days: int) -> list[ChallengeLine]:
    """The open calls that end within some days, the next first."""
    last = day + timedelta(days=days)
    found = [one for one in lines if one.open and one.published]
    dated = [(one.apply_deadline, one) for one in found if one.apply_deadline is not None]
    return [one for due, one in sorted(dated, key=lambda pair: pair[0]) if day <= due <= last]


def ends(day: date) -> Callable[[ChallengeLine], tuple[str, str, str]]:
    """A challenge with the days that are left."""

    def line(one: ChallengeLine) -> tuple[str, str, str]:
        left = "" if one.apply_deadline is None else days_left((one.apply_deadline - day).days)
        return one.title, f"{one.demand_org} {left}".strip(), challenge_page(one.challenge_id)

    return line


def days_left(days: int) -> str:
    """
    >>> days_left(0), days_left(3), days_left(-1)
    ('今天截止', '还有 3 天', '已截止')
    """
    return "今天截止" if days == 0 else f"还有 {days} 天" if days > 0 else "已截止"


def days_ago(days: int) -> str:
    """The moment so many days ago, as moments are kept."""
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
