"""From records to views: the one place where it is decided what of a record is shown."""

from __future__ import annotations

from typing import Any

from matcher.contacts import hide_contacts
from matcher.corpora.bounty import is_negotiable
from matcher.diagnosis.elements import elements
from matcher.explanation import Explanation
from matcher.matches import Match
from matcher.policy import pair_facts
from matcher.procedure import PUBLIC, state_of
from matcher.records import Challenge, Evidence, Team
from matcher.service.access import NARROW, Principal
from matcher.service.views import (
    ChallengeLine,
    ChallengeMatch,
    ChallengeView,
    Contacts,
    CoverageView,
    EvidenceView,
    FacetView,
    FactsView,
    PartView,
    ProofView,
    TeamLine,
    TeamMatch,
    TeamView,
)
from matcher.text.dates import today
from matcher.text.facets import facets
from matcher.text.indicators import targets_of

_PROOF_TERMS = 6
# What lists write of a piece beside its fields, as readers keep it.
_AS_WRITTEN = "原文"
_CITED = ("出处", "刊名", "期刊", "期刊名称", "会议名称", "卷", "期", "卷期", "页码", "专利号",
          "申请号", "公开号", "授权号", "授权公告号", "项目编号", "批准号", "DOI")  # fmt: skip


def is_published(challenge: Challenge) -> bool:
    """Whether a challenge is on a list that went out."""
    return state_of(None, challenge) in PUBLIC


def is_own(principal: Principal, challenge: Challenge | ChallengeLine) -> bool:
    """Whether it is the principal's own organisation that posted it."""
    return principal.role == "enterprise" and principal.belongs_to(challenge.demand_org)


def is_given(principal: Principal, challenge: Challenge | ChallengeLine) -> bool:
    """Whether it was given to a broker, or lies in the charge of local staff."""
    return principal.given.covers_challenge(
        challenge.challenge_id, challenge.demand_org, challenge.province, challenge.city
    )


def in_charge(principal: Principal, challenge: Challenge | ChallengeLine) -> bool:
    """Whether the principal is staff to whom it belongs."""
    return principal.is_staff or (principal.role == "local" and is_given(principal, challenge))


def may_see(principal: Principal, challenge: Challenge | ChallengeLine, public_lists: bool) -> bool:
    """Published ones are seen by whoever gets this far, others by their owner and staff.

    Brokers and experts see what was given to them, and what is public.
    """
    if isinstance(challenge, ChallengeLine):
        published = challenge.published
    else:
        published = is_published(challenge)
    if published and (principal.role not in NARROW or public_lists):
        return True
    return principal.is_staff or is_own(principal, challenge) or is_given(principal, challenge)


def is_in_hand(principal: Principal, team: Team | TeamLine) -> bool:
    """Whether a team may be seen: by anybody but the narrow roles, who see those given to them."""
    aliases = team.org_aliases if isinstance(team, Team) else ()
    return principal.role not in NARROW or principal.given.covers_team(
        team.team_id, [team.org_name, *aliases], team.province, team.city
    )


def challenge_line(challenge: Challenge) -> ChallengeLine:
    """A challenge in a list."""
    return ChallengeLine(**_challenge_values(challenge))


def challenge_view(challenge: Challenge, principal: Principal) -> ChallengeView:
    """A challenge in full. Contacts are for its owner and staff; so are columns no field knew:
    their headers may not give away that they hold a telephone number.
    """
    own = in_charge(principal, challenge) or is_own(principal, challenge)
    shared = challenge.model_dump(
        include=set(ChallengeView.model_fields)
        - {"indicators", "facets", "elements", "extra", "contacts"}
    )
    indicators = targets_of(challenge)
    return ChallengeView(
        **{**shared, **_challenge_values(challenge)},
        facets=facet_views(challenge),
        indicators=list(indicators),
        elements=list(elements(challenge)),
        extra=dict(challenge.extra) if own else {},
        contacts=contacts(challenge) if own else None,
    )


def facet_views(challenge: Challenge) -> list[FacetView]:
    """The parts a team must answer."""
    return [FacetView(label=f.label, text=f.text) for f in facets(challenge)]


def team_line(team: Team) -> TeamLine:
    """A team in a list."""
    return TeamLine(**_team_values(team))


def team_view(team: Team, principal: Principal) -> TeamView:
    """A team in full, with contacts for its own organisation and staff."""
    names = (team.org_name, *team.org_aliases)
    own = (
        principal.is_staff
        or (principal.role == "university" and principal.belongs_to(*names))
        or (principal.role == "local" and principal.given.covers(names, team.province, team.city))
    )
    shared = team.model_dump(
        include=set(TeamView.model_fields) - {"evidence", "kinds", "pieces", "extra", "contacts"}
    )
    return TeamView(
        **{**shared, **_team_values(team)},
        pieces=[_evidence_view(piece) for piece in team.evidence],
        extra=dict(team.extra) if own else {},
        contacts=contacts(team) if own else None,
    )


def team_match(match: Match, decision: str = "") -> TeamMatch:
    """A team for a challenge."""
    return TeamMatch(**_match_values(match), team=team_line(match.team), decision=decision)


def challenge_match(match: Match) -> ChallengeMatch:
    """A challenge for a team."""
    return ChallengeMatch(**_match_values(match), challenge=challenge_line(match.challenge))


def contacts(record: Challenge | Team) -> Contacts:
    """Whom to call."""
    return Contacts(
        name=record.contact_name, phone=record.contact_phone, email=record.contact_email
    )


def _challenge_values(challenge: Challenge) -> dict[str, Any]:
    own = {"open", "published", "negotiable"}
    shown = challenge.model_dump(include=set(ChallengeLine.model_fields) - own)
    return {
        **shown,
        "title": challenge.name,
        "negotiable": is_negotiable(challenge),
        "open": challenge.is_open(today()),
        "published": is_published(challenge),
    }


def _team_values(team: Team) -> dict[str, Any]:
    shown = team.model_dump(
        include=set(TeamLine.model_fields) - {"evidence", "kinds", "latest_year"}
    )
    years = [piece.year for piece in team.evidence if piece.year]
    return {
        **shown,
        "team_name": team.name,
        "evidence": len(team.evidence),
        "kinds": list(dict.fromkeys(piece.kind for piece in team.evidence)),
        "latest_year": max(years, default=None),
    }


def _evidence_view(piece: Evidence) -> EvidenceView:
    shown = piece.model_dump(include=set(EvidenceView.model_fields) - {"cited"})
    return EvidenceView(**shown, cited=_cited(piece))


def _cited(piece: Evidence) -> str:
    """Where a piece stands, as its list wrote it."""
    whole = str(piece.extra.get(_AS_WRITTEN, ""))
    parts = [f"{name} {piece.extra[name]}" for name in _CITED if piece.extra.get(name)]
    return hide_contacts(whole or "，".join(parts))


def facts_view(challenge: Challenge, team: Team) -> FactsView:
    """What records say of a pair, as the report says it."""
    facts = pair_facts(challenge, team)
    return FactsView(
        earlier_work=[hide_contacts(title) for title in facts.earlier_work],
        conversions=[hide_contacts(title) for title in facts.conversions],
        maturity=facts.maturity,
        target_trl=facts.target_trl,
        maturity_gap=facts.maturity_gap,
        told={name: hide_contacts(text) for name, text in facts.told.items()},
    )


def _match_values(match: Match) -> dict[str, Any]:
    values: dict[str, Any] = {
        "rank": match.rank,
        "band": match.band,
        "score": round(match.score, 4),
        "challenge_id": match.challenge.challenge_id,
        "team_id": match.team_id,
        "facts": facts_view(match.challenge, match.team),
    }
    return values if match.explanation is None else values | _proof_values(match.explanation)


def _proof_values(explanation: Explanation) -> dict[str, Any]:
    return {
        "terms": list(explanation.terms[:_PROOF_TERMS]),
        "proof": [
            ProofView(kind=e.kind, title=e.title, year=e.year, snippet=e.snippet,
                      terms=[term for term, _ in e.terms[:_PROOF_TERMS]])
            for e in explanation.evidence
        ],
        "coverage": [
            CoverageView(label=c.facet.label, text=c.facet.text, status=c.status,
                         evidence_title=c.evidence_title, evidence_kind=c.evidence_kind,
                         note=c.note)
            for c in explanation.coverage
        ],
        "parts": [
            PartView(name=p.name, label=p.label, value=round(p.value, 4))
            for p in explanation.parts
        ],
    }  # fmt: skip
