"""For whom a report is made: which parts it has and how deep it goes, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from matcher.errors import InputError

Part = Literal[
    "brief", "changes", "overview", "cards", "plan", "calls", "risks", "conflicts", "teams",
    "spread", "forms", "programmes", "method",
]  # fmt: skip
ALL_PARTS: tuple[Part, ...] = (
    "brief", "changes", "overview", "cards", "plan", "calls", "risks", "conflicts", "teams",
    "spread", "forms", "programmes", "method",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of reader.

    Attributes:
        name: in words.
        parts: of the page and the workbook.
        paper: parts of the paper, in order.
        most_cards: challenges that get a page of the paper: those that need a decision, where
            there are more; None for all.
        teams: shown on such a page.
        prints_all: every sheet of the workbook is printed, not page one and the plan alone.
    """

    name: str
    parts: tuple[Part, ...]
    paper: tuple[Part, ...]
    most_cards: int | None
    teams: int
    prints_all: bool = False


PROFILES: Mapping[str, Profile] = {
    "meeting": Profile(
        "会议", ALL_PARTS, ("brief", "changes", "plan", "cards", "spread", "forms",
                            "programmes", "method"),
        30, 4
    ),
    "expert": Profile(
        "专家评审", ("brief", "changes", "overview", "cards", "plan", "calls", "conflicts", "forms",
                "method"),
        ("brief", "changes", "calls", "cards", "forms", "method"), None, 8,
    ),
    "enterprise": Profile(
        "企业", ("brief", "changes", "overview", "cards", "risks", "forms", "method"),
        ("brief", "changes", "cards", "forms", "method"), None, 5,
    ),
    "university": Profile(
        "高校院所", ("brief", "changes", "overview", "plan", "teams", "spread", "method"),
        ("brief", "changes", "teams", "plan", "spread", "method"), 0, 0,
    ),
    "full": Profile(
        "全部内容", ALL_PARTS,
        ("brief", "changes", "plan", "calls", "risks", "conflicts", "cards", "teams", "spread",
         "forms", "programmes", "method"),
        None, 10, prints_all=True,
    ),
}  # fmt: skip
DEFAULT_PROFILE = "meeting"


def profile_of(key: str) -> Profile:
    """A profile by its key.

    Raises:
        InputError: there is no such profile.
    """
    if key not in PROFILES:
        known = " / ".join(f"{k}（{profile.name}）" for k, profile in PROFILES.items())
        raise InputError("不认识的用途", given=key, expected=known, remedy="改正 --for")
    return PROFILES[key]
