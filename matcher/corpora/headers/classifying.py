"""What a table is about: challenges, teams, lists of achievements, outcomes, or none of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcher.corpora.headers.kinds import ALL_KINDS, KINDS, Kind
from matcher.corpora.headers.labels import book_of, normalise_header
from matcher.corpora.headers.listing import ListedAchievement, is_sign, signs_of_listing
from matcher.records import Challenge, Record, Team, private_fields

_SURE = 85.0
# So much of the signs of a list makes a list of achievements.
_ENOUGH = 2
# Two kinds nearer than this by their headers are not told apart by them.
_NEAR = 1.0
# What only posted challenges ask, and what only a team says of itself.
_ASKED = frozenset(
    ("demand_org", "bounty_wan", "apply_deadline", "indicators_text", "tech_difficulties",
     "research_content", "problem", "eligibility_text", "existing_basis", "intended_partners")
)  # fmt: skip
_OFFERED = frozenset(
    ("team_name", "research_directions", "core_capabilities", "facilities", "members")
)
# A table of people is one of teams if it says what they work on.
_WORK = frozenset(
    ("research_directions", "tech_domain", "core_capabilities", "application_domains")
)


def fields_found(
    columns: Sequence[str], record_type: type[Record], given: Mapping[str, str] | None = None
) -> set[str]:
    """The fields of a record type that these headers name with some certainty."""
    book = book_of(record_type, given)
    guesses = (book.find(column) for column in columns)
    return {guess.field for guess in guesses if guess is not None and guess.score >= _SURE}


def label_hits(columns: Sequence[str], given: Mapping[str, str] | None = None) -> int:
    """How many fields of one kind of record these texts name: of the kind that fits best."""
    return max(len(fields_found(columns, kind.record, given)) for kind in ALL_KINDS)


def classify(
    columns: Sequence[str], sheet: str | None, given: Mapping[str, str] | None = None
) -> type[Record] | None:
    """The kind of record a table holds, or None if it holds none.

    >>> classify(["序号", "项目名称", "需求单位", "榜额"], None).__name__
    'Challenge'
    >>> classify(["姓名", "工资"], "工资表") is None
    True
    """
    scores = [_score(columns, sheet, kind, given) for kind in KINDS]
    best = max(scores)
    return KINDS[scores.index(best)].record if best > 0 else None


def in_doubt(
    columns: Sequence[str], sheet: str | None, given: Mapping[str, str] | None = None
) -> tuple[Kind, ...]:
    """The two kinds a table may as well be of, challenges and teams; none if one is surely meant.

    >>> [kind.label for kind in in_doubt(["名称", "技术领域", "合作方式"], None)]
    ['榜单', '团队']
    >>> in_doubt(["名称", "技术领域", "考核指标"], None)
    ()
    """
    both = tuple(kind for kind in KINDS if kind.record in (Challenge, Team))
    scores = [_score(columns, sheet, kind, given) for kind in both]
    others = [_score(columns, sheet, kind, given) for kind in KINDS if kind not in both]
    if min(scores) <= 0 or abs(scores[0] - scores[1]) > _NEAR or max(others) > min(scores):
        return ()
    asked = fields_found(columns, Challenge, given) & _ASKED
    offered = fields_found(columns, Team, given) & (_OFFERED - {"team_name"})
    return both if bool(asked) == bool(offered) else ()


def _score(
    columns: Sequence[str], sheet: str | None, kind: Kind, given: Mapping[str, str] | None
) -> float:
    found = fields_found(columns, kind.record, given)
    if any(not found.intersection(group) for group in kind.needed):
        return 0.0
    if kind.record is ListedAchievement and not _is_listing(columns, given):
        return 0.0
    if kind.record is Team and not _is_team(found):
        return 0.0
    if _is_bare(columns, kind, found):
        return 0.0
    name = normalise_header(sheet or "")
    hinted = any(word in name for word in kind.sheet_words)
    signs = signs_of_listing(columns) if kind.record is ListedAchievement else 0
    return len(found) + len(found & kind.telling) + signs + (3.0 if hinted else 0.0)


def _is_listing(columns: Sequence[str], given: Mapping[str, str] | None) -> bool:
    """Whether the signs are enough, and more than what is asked or offered."""
    others = [column for column in columns if not is_sign(column)]
    asked = len(fields_found(others, Challenge, given) & _ASKED)
    offered = len(fields_found(others, Team, given) & _OFFERED)
    signs = signs_of_listing(columns)
    return signs >= _ENOUGH and 2 * (asked + offered) < signs


def _is_team(found: set[str]) -> bool:
    """The name of a person is no team without what they work on."""
    return not found.isdisjoint(("org_name", "team_name")) or not found.isdisjoint(_WORK)


def _is_bare(columns: Sequence[str], kind: Kind, found: set[str]) -> bool:
    """Whether 名称 and how to reach somebody is all there is: that may be anything."""
    if "名称" not in {normalise_header(column) for column in columns}:
        return False
    return found <= {*kind.naming, "title", *private_fields(kind.record)}
