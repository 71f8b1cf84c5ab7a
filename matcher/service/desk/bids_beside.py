"""The bids of one challenge side by side, for who chooses among them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from matcher.procedure import RECEIVED
from matcher.service.context import Caller
from matcher.service.desk import appraising, bids, cases, contracts
from matcher.service.desk.bids import BidFields
from matcher.service.desk.cases import Case, PairQuery
from matcher.service.views import View


class Promise(View):
    """What a team promises on a requirement."""

    label: str
    text: str
    answer: str


class BidBeside(View):
    """A bid among those of its challenge."""

    team_id: str
    team: str
    org_name: str
    state: str
    budget_wan: float | None
    months: int | None
    partners: str
    promises: Annotated[list[Promise], Field(description="只列写了承诺的要求")]
    mean: Annotated[float | None, Field(description="专家平均分; 只有管理人员看得到")]
    experts: Annotated[int, Field(description="计分的专家数")]
    conflicts: Annotated[int, Field(description="因利害关系回避的专家数")]


def beside(caller: Caller, challenge_id: str) -> list[BidBeside]:
    """The last version of every bid, the best marked first for staff, else in their order.

    Raises:
        NotFoundError: it is no challenge of the caller's.
    """
    bids.owned_challenge(caller, challenge_id)
    found = [
        made for case in cases.seen(caller, PairQuery(challenge=challenge_id))
        if case.state in RECEIVED and (made := _bid(caller, case)) is not None
    ]  # fmt: skip
    return sorted(found, key=lambda one: -(one.mean or 0))


def _bid(caller: Caller, case: Case) -> BidBeside | None:
    assert case.pair is not None
    kept = caller.service.dossier.bids(case.pair.pair_id)
    if not kept or not case.parties:
        return None
    content = BidFields.model_validate(kept[-1].content)
    appraised = appraising.appraisals(caller, case)
    marked = [one for one in appraised if not one.conflict]
    facets = contracts.requirements(case)
    return BidBeside(
        team_id=case.team.team_id, team=case.team.name, org_name=case.team.org_name,
        state=case.state, budget_wan=content.budget_wan, months=content.months,
        partners=content.partners,
        promises=[Promise(label=facet.label, text=facet.text, answer=words)
                  for facet, words in zip(facets, content.answers, strict=False) if words],
        mean=appraising.mean_of(marked), experts=len(marked),
        conflicts=len(appraised) - len(marked),
    )  # fmt: skip
