"""What experts think of a bid: entered by staff, or by the expert under an account of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from matcher.errors import InputError
from matcher.service.clock import now
from matcher.service.context import Caller
from matcher.service.desk import asking, cases
from matcher.service.desk.cases import Case, Named
from matcher.service.errors import ConflictError
from matcher.service.store.dossier import Appraisal
from matcher.service.store.evaluators import Evaluators
from matcher.service.views import View

CRITERIA = ("技术路线", "指标承诺", "团队基础", "经费与进度")
# In these a bid is marked.
MARKED = frozenset({"评审中", "备选", "拟立项"})


class OwnAppraisal(Named):
    """What an expert thinks of a bid; with a declared conflict there are no scores."""

    conflict: Annotated[str, Field(max_length=200, description="利害关系；没有不填")] = ""
    scores: list[Annotated[float, Field(ge=0, le=100)]] = Field(
        default=[], max_length=len(CRITERIA), description="、".join(CRITERIA)
    )
    comment: Annotated[str, Field(max_length=2000)] = ""


class AppraisalAsked(OwnAppraisal):
    """The same, entered by staff for an expert without an account."""

    expert: Annotated[str, Field(min_length=1, max_length=50)]


class AppraisalView(View):
    """What one expert thinks of a bid."""

    expert: str
    conflict: str
    scores: dict[str, float]
    mean: float | None
    comment: str


def appraise(caller: Caller, asked: AppraisalAsked) -> None:
    """Keep what an expert thinks of a bid; staff only, while it is under evaluation.

    Raises:
        NotFoundError: no such pair.
        ConflictError: it is not under evaluation, or the expert has an account to mark with.
        InputError: scores are missing.
    """
    case = cases.find(caller, asked.challenge_id, asked.team_id)
    if any(one.name == asked.expert for one in experts_of(caller).of(asked.challenge_id)):
        raise ConflictError(
            "这位专家有账号，由本人评", given=asked.expert, remedy="请专家登录后打分"
        )
    keep(caller, case, asked, asked.expert)


def keep(caller: Caller, case: Case, asked: OwnAppraisal, expert: str) -> None:
    """Keep what an expert thinks in place of what it thought before. Raises: as `appraise`."""
    if case.pair is None or case.state not in MARKED:
        raise ConflictError("现在不在评审中", given=case.state, remedy="先办“进入评审”")
    if not asked.conflict and len(asked.scores) != len(CRITERIA):
        raise InputError(
            "分数不全", given=f"填了 {len(asked.scores)} 项",
            expected=f"{len(CRITERIA)} 项：{'、'.join(CRITERIA)}",
            remedy="每项 0 至 100；有利害关系的写明，不打分",
        )  # fmt: skip
    scores = {} if asked.conflict else dict(zip(CRITERIA, asked.scores, strict=True))
    made = Appraisal(expert, asked.conflict, scores, asked.comment, caller.principal.name, now())
    with caller.service.database.writing():
        caller.service.dossier.appraise(case.pair.pair_id, made)
        caller.note("pair.appraise", " ".join(case.key), conflict=bool(asked.conflict))


def appraisals(caller: Caller, case: Case) -> list[AppraisalView]:
    """What the experts think of a bid; for staff alone."""
    if case.pair is None or "staff" not in case.parties:
        return []
    return [shown(one) for one in caller.service.dossier.appraisals(case.pair.pair_id)]


def mean_of(appraised: Iterable[AppraisalView]) -> float | None:
    """The mean of the experts without a conflict."""
    counted = [one.mean for one in appraised if one.mean is not None and not one.conflict]
    return round(sum(counted) / len(counted), 2) if counted else None


def shown(kept: Appraisal) -> AppraisalView:
    """An appraisal as it is read."""
    scores = dict(kept.scores)
    return AppraisalView(
        expert=kept.expert, conflict=kept.conflict, scores=scores, comment=kept.comment,
        mean=round(sum(scores.values()) / len(scores), 2) if scores else None,
    )  # fmt: skip


def experts_of(caller: Caller) -> Evaluators:
    """Who marks the bids of which challenge."""
    return asking.asked_of(caller, "揭榜书")
