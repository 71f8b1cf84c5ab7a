"""A challenge on one page, as it is sent to a team: what is asked, what it shows of it, how to
answer. No contacts, and nothing of other teams.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from matcher.contacts import hide_contacts
from matcher.corpora.bounty import bounty_words
from matcher.ranking.grades import Coverage
from matcher.records import Challenge, Team
from matcher.report.charts.coverage import SIGNS, Answered
from matcher.report.model import place
from matcher.text.facets import facets
from matcher.text.normalise import clean

# What an A4 page holds.
_MOST_ROWS, _ROW, _FACT, _PROBLEM, _CONDITIONS, _TITLE = 10, 72, 40, 220, 120, 48
_ASKED = ("技术难点", "攻关内容", "考核指标")


class Shown(Answered, Protocol):
    """A requirement as one team answers it, and by what."""

    @property
    def evidence_kind(self) -> str:
        """What kind of thing says it."""

    @property
    def evidence_title(self) -> str:
        """Which one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement, and what the team shows of it.

    Attributes:
        status: None where no team is named.
        proof: its evidence; what to add where there is none.
    """

    label: str
    text: str
    status: Coverage | None = None
    proof: str = ""

    @property
    def sign(self) -> str:
        """Of the status."""
        return "" if self.status is None else SIGNS[self.status]


@dataclass(frozen=True, slots=True)
class Handout:
    """The page.

    Attributes:
        facts: (name, value), those that are known.
        more: requirements that found no room.
        team: whom it is for; empty for anybody.
        address: where the whole of it stands; empty where there is no service.
    """

    title: str
    number: str
    facts: tuple[tuple[str, str], ...]
    problem: str
    asked: tuple[Asked, ...]
    more: int
    conditions: str
    team: str = ""
    address: str = ""


def handout_of(
    challenge: Challenge, team: str = "", shown: Iterable[Shown] = (), address: str = ""
) -> Handout:
    """The page of a challenge; for a team with what it shows of each requirement."""
    parts = [_answered(one) for one in shown] or [
        Asked(one.label, _cut(one.text, _ROW)) for one in facets(challenge)
    ]
    asked = [one for one in parts if one.label.startswith(_ASKED)]
    asked = asked or [one for one in parts if one.label == "问题"]
    return Handout(
        title=_cut(challenge.name, _TITLE), number=challenge.challenge_id,
        facts=tuple((name, value) for name, value in _facts(challenge) if value),
        problem=_cut(challenge.problem or challenge.research_content, _PROBLEM),
        asked=tuple(asked[:_MOST_ROWS]), more=len(asked[_MOST_ROWS:]),
        conditions=_cut(challenge.eligibility_text, _CONDITIONS), team=team, address=address,
    )  # fmt: skip


def team_in_words(team: Team) -> str:
    """Whom a page is for: organisation and team, once where they are the same."""
    return " ".join(dict.fromkeys(filter(None, (team.org_name, team.team_name))))


def handout_page(handout: Handout) -> str:
    """As one HTML file that opens anywhere and prints on one page of A4; all text is escaped."""
    return _environment().get_template("handout.html").render(page=handout)


def _answered(one: Shown) -> Asked:
    status = Coverage(one.status)
    seen = status != Coverage.UNSEEN
    proof = _cut(f"{one.evidence_kind}《{one.evidence_title}》", _ROW // 2) if seen else ""
    return Asked(one.label, _cut(one.text, _ROW), status, proof)


def _facts(challenge: Challenge) -> Iterator[tuple[str, str]]:
    months, grade, due = (
        challenge.duration_months, challenge.target_trl, challenge.apply_deadline,
    )  # fmt: skip
    yield "需求单位", _cut(challenge.demand_org, _FACT)
    yield "地区", place(challenge.province, challenge.city)
    yield "领域", _cut("、".join(challenge.tech_domain), _FACT)
    yield "榜额", bounty_words(challenge)
    yield "揭榜截止", "" if due is None else due.isoformat()
    yield "完成时限", f"{months} 个月" if months else ""
    yield "目标成熟度", f"{grade} 级" if grade else ""
    yield "产权归属", _cut(challenge.ip_terms, _FACT)


def _cut(text: str, most: int) -> str:
    text = hide_contacts(clean(text))
    return text if len(text) <= most else f"{text[: most - 1]}…"


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent / "faces" / "templates"
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
