"""What each challenge of a report may ask for: the adviser over a whole list."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from matcher.alliances import advice_for_challenge, all_claims, carrier_of
from matcher.policy import PolicyPack
from matcher.records import Challenge, Outcome
from matcher.records.alliance import Alliance
from matcher.report.rule_lines import ProgrammeLine


def programme_lines(
    pack: PolicyPack, challenges: Sequence[Challenge], outcomes: Sequence[Outcome],
    alliances: Sequence[Alliance], told: Container[str],
) -> tuple[ProgrammeLine, ...]:  # fmt: skip
    """In the order of the list. The account is of a challenge's own year, never of today's.

    Args:
        challenges: all whose money counts.
        told: ids of those that are asked about.
    """
    if not any(programme.subject == "榜单项目" for programme in pack.programme):
        return ()
    claims = all_claims(pack, alliances, challenges, outcomes)
    known = {c.challenge_id: c for c in challenges}
    years = {c.key: c.year for c in claims if c.origin != "联盟已得"}

    def lines() -> Iterator[ProgrammeLine]:
        for one in (c for c in challenges if c.challenge_id in told):
            year = years.get(one.challenge_id) or pack.pack.year
            about = carrier_of(one, alliances)[1]
            for said in advice_for_challenge(pack, one, year, claims, alliances, challenges=known):
                yield ProgrammeLine(
                    challenge_id=one.challenge_id, title=one.name, programme=said.name,
                    rule=said.programme_id, verdict=said.verdict, receiver=said.receiver,
                    year=year, most_wan=None if said.why_not else said.most_wan,
                    working="" if said.why_not else said.working,
                    lacks=(*said.why_not, *said.to_check), gaps=said.gaps,
                    readings=said.readings,
                    about=about, source=said.source,
                )  # fmt: skip

    return tuple(lines())
