"""How things stood in a report: what a later one is compared with; kept in its manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from matcher.ranking.grades import Band, Verdict
from matcher.records import Challenge, Outcome, Team
from matcher.report.identity import Identity
from matcher.report.model import ChallengeCard, Report
from matcher.report.overrides import decisions

# Enough of a hash to tell two states of one record apart.
_LETTERS = 12
_NOT_CONTENT = {"source"}


@dataclass(frozen=True, slots=True)
class ChallengeStanding:
    """One challenge.

    Attributes:
        text: hash of the record.
        teams: (id, band) by rank.
    """

    title: str
    text: str
    verdict: Verdict
    teams: tuple[tuple[str, Band], ...]
    assigned: tuple[str, ...]
    alternates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """One listed team.

    Attributes:
        evidence: hashes of its pieces, sorted.
        profile: hash of all else.
    """

    name: str
    evidence: tuple[str, ...]
    profile: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All challenges of a report, the teams it lists and what went in.

    Attributes:
        against: which report this is, in words; "" for the one being made.
        inputs: hashes by name of `Identity`.
        settings: everything else that decides ranks and plan, as JSON.
        decisions: (challenge, team, in words).
        awarded: by challenge, who has it, in words.
        parted: (challenge, team, in words) of pairs that came to nothing.
    """

    inputs: Mapping[str, str]
    settings: str
    challenges: Mapping[str, ChallengeStanding]
    teams: Mapping[str, TeamStanding]
    decisions: tuple[tuple[str, str, str], ...]
    against: str = ""
    awarded: Mapping[str, str] = field(default_factory=dict)
    parted: tuple[tuple[str, str, str], ...] = ()


def standing_of(
    report: Report,
    challenges: Mapping[str, Challenge],
    teams: Mapping[str, Team],
    outcomes: Iterable[Outcome],
    identity: Identity,
    settings: str,
) -> Standing:
    """How things stand in a report.

    Args:
        report: as data.
        challenges, teams: the records behind it, by id.
        outcomes: decisions of staff among them count.
        identity: of all that went in.
        settings: what decides ranks and plan, as JSON.
    """
    listed = {line.team_id for card in report.cards for line in card.teams}
    listed |= {line.team_id for line in report.plan.lines}
    return Standing(
        inputs=asdict(identity),
        settings=settings,
        challenges={
            c.challenge_id: _challenge(c, challenges[c.challenge_id]) for c in report.cards
        },
        teams={i: _team(teams[i]) for i in sorted(listed)},
        decisions=tuple(
            (o.challenge_id, o.team_id, _decision(o)) for o in decisions(outcomes).made
        ),
        awarded={line.challenge_id: line.words for line in report.awarded},
        parted=tuple((c.challenge_id, c.team_id, c.text) for c in report.conflicts if c.is_parting),
    )  # fmt: skip


def _challenge(card: ChallengeCard, record: Challenge) -> ChallengeStanding:
    return ChallengeStanding(
        title=card.title,
        text=_short(record.model_dump_json(exclude=_NOT_CONTENT)),
        verdict=card.verdict,
        teams=tuple((line.team_id, line.band) for line in card.teams if line.rank),
        assigned=card.assigned,
        alternates=card.alternates,
    )


def _team(team: Team) -> TeamStanding:
    pieces = (piece.model_dump_json(exclude=_NOT_CONTENT) for piece in team.evidence)
    return TeamStanding(
        name=team.name,
        evidence=tuple(sorted(map(_short, pieces))),
        profile=_short(team.model_dump_json(exclude={*_NOT_CONTENT, "evidence"})),
    )


def _decision(outcome: Outcome) -> str:
    told = (outcome.reason, outcome.who, str(outcome.when or ""))
    return f"{outcome.stage}（{'，'.join(filter(None, told)) or '未填写理由'}）"


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_LETTERS]
