"""What staff set for an assignment, declared once: command line, pages, form and API derive it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from matcher.errors import InputError
from matcher.ranking.grades import Band

if TYPE_CHECKING:
    from matcher.assignment import Exclusion, Objective, Rules

LowestBand = Literal[Band.STRONG, Band.MEDIUM, Band.WEAK, Band.UNKNOWN]
LOWEST_BANDS: tuple[LowestBand, ...] = get_args(LowestBand)
_Limit = Annotated[int | None, Field(ge=0, le=1000)]


class PlanRules(BaseModel):
    """What every face asks for; titles are those of the form, descriptions the help.

    Attributes:
        lowest_band: nobody is assigned below it (不拉郎配).
        research_member: a university or institute on every answered challenge.
        worst_off: λ in 0..1, weight of the worst-off challenge.
        spread: μ, the penalty on assignments in one organisation.
    """

    model_config = ConfigDict(frozen=True)

    lowest_band: Annotated[
        LowestBand,
        Field(title="至少什么档次才指派", description="最低等级：强、中、弱 或 未定。"),
    ] = Band.MEDIUM
    min_teams: Annotated[
        int, Field(ge=1, le=10, title="每项至少指派几个团队", description="每项最少团队数。")
    ] = 1
    max_teams: Annotated[
        int, Field(ge=1, le=10, title="每项最多指派几个团队", description="每项最多团队数。")
    ] = 1
    alternates: Annotated[
        int, Field(ge=0, le=10, title="每项备选几个团队", description="每项备选数。")
    ] = 2
    leader_limit: Annotated[
        _Limit, Field(title="每个负责人最多承担", description="每位负责人最多几项，含在研。")
    ] = None
    org_limit: Annotated[
        _Limit, Field(title="每个单位最多承担", description="每个单位最多几项。")
    ] = None
    research_member: Annotated[
        bool,
        Field(title="每项须有高校或科研院所", description="每项须有高校或科研院所。"),
    ] = False
    worst_off: Annotated[
        float,
        Field(ge=0, le=1, title="最差项目的权重", description="最差项目的权重 λ, 0 到 1。"),
    ] = 0.0
    spread: Annotated[
        float, Field(ge=0, le=10, title="集中的惩罚", description="同一单位集中的惩罚 μ。")
    ] = 0.0


class PlanSettings(PlanRules):
    """The rules and how they are worked out; formulas in ``docs/assignment.md``.

    Attributes:
        default_capacity: 可承担数 of teams that state none; None for no limit.
        time_limit_s: seconds the solver may take.
    """

    default_capacity: Annotated[
        int | None, Field(ge=0, description="没写可承担数的团队最多几项。")
    ] = 1
    time_limit_s: Annotated[float, Field(ge=1, description="求解限时，秒。")] = 60.0

    @property
    def allowed_bands(self) -> tuple[str, ...]:
        """The bands from which teams may be assigned, strongest first."""
        return allowed_bands(self.lowest_band)

    def rules(
        self, forced: tuple[tuple[str, str], ...] = (), excluded: tuple[Exclusion, ...] = ()
    ) -> Rules:
        """As the engine takes them."""
        from matcher.assignment import RESEARCH_MEMBER, Rules

        return Rules(
            min_teams=self.min_teams,
            max_teams=self.max_teams,
            alternates=self.alternates,
            leader_limit=self.leader_limit,
            org_limit=self.org_limit,
            kinds=RESEARCH_MEMBER if self.research_member else (),
            lowest_band=self.lowest_band,
            forced=forced,
            excluded=excluded,
        )

    @property
    def objective(self) -> Objective:
        """As the engine takes it."""
        from matcher.assignment import Objective

        return Objective(worst_off=self.worst_off, concentration=self.spread)


def allowed_bands(lowest: str) -> tuple[str, ...]:
    """The bands from which teams may be assigned, strongest first.

    Raises:
        InputError: no such band.

    >>> [str(band) for band in allowed_bands("中")]
    ['强', '中']
    """
    if lowest not in LOWEST_BANDS:
        raise InputError(
            "不认识的等级", given=lowest, expected=" / ".join(LOWEST_BANDS), remedy="改正最低等级"
        )
    return LOWEST_BANDS[: LOWEST_BANDS.index(lowest) + 1]
