"""The contracts that were filed for some challenges: what an alliance of theirs may go by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matcher.procedure import AWARDED
from matcher.service.context import Caller
from matcher.service.desk import cases, contracts
from matcher.service.desk.cases import PairQuery
from matcher.service.views import View, pair_page


class SignedView(View):
    """A contract of a pair, for its sides and staff."""

    team: str
    number: str
    signed: date
    link: str


def signed_for(caller: Caller, challenge_ids: Iterable[str]) -> list[SignedView]:
    """The contracts of some challenges, as far as the caller reads them."""
    found = []
    for challenge_id in challenge_ids:
        for case in cases.seen(caller, PairQuery(challenge=challenge_id)):
            kept = contracts.contract(caller, case) if case.state in AWARDED else None
            if kept is not None and kept.signed is not None:
                found.append(SignedView(
                    team=case.team.name, number=kept.number, signed=kept.signed,
                    link=pair_page(*case.key),
                ))  # fmt: skip
    return found
