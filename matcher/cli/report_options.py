"""Options that ``report``, ``assign`` and ``consortium`` share, each declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    RankerOption,
    WorkspaceOption,
)
from matcher.cli.report_inputs import Opened, open_inputs, open_pack
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.policy import PolicyPack
    from matcher.records import Outcome
    from matcher.report.settings import PlanSettings


@dataclass(frozen=True)
class SourceOptions:
    """Where records and models come from."""

    challenges: Annotated[
        Path | None, typer.Option("--challenges", help="榜单文件; 不写则用工作区。")
    ] = None
    teams: Annotated[Path | None, typer.Option("--teams", help="团队库文件; 不写则用工作区。")] = (
        None
    )
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="单独的成果文件 (按团队编号)。")
    ] = None
    workspace: WorkspaceOption = DEFAULT_WORKSPACE
    ranker: RankerOption = "default"
    encoder: EncoderOption = DEFAULT_ENCODER

    def open(self, outcomes: Path | None = None) -> Opened:
        """Open them; ``outcomes`` is a file of decisions. Raises: as `open_inputs`."""
        model = (self.encoder, self.ranker)
        return open_inputs(
            self.challenges, self.teams, self.evidence, outcomes, self.workspace, model
        )


@dataclass(frozen=True)
class PlanOptions:
    """Which challenges, whose decisions, and the rules of the plan."""

    outcomes: Annotated[
        Path | None,
        typer.Option("--outcomes", help="人工推荐、人工排除的文件; 工作区里的也算。"),
    ] = None
    save_decisions: Annotated[
        Path | None,
        typer.Option("--save-decisions", help="把人工决定写成结果文件 (.jsonl .csv .xlsx)。"),
    ] = None
    pack: Annotated[
        str, typer.Option("--pack", help="规则包: 名称 (liaoning-2021) 或 .toml 文件。")
    ] = ""
    only: Annotated[str, typer.Option("--only", help="只要这些榜单编号, 逗号分开。")] = ""
    since: Annotated[str, typer.Option("--since", help="只要这一天仍可揭榜的 (年-月-日)。")] = ""
    contenders: Annotated[
        int, typer.Option("--contenders", min=1, help="每个需求里可供指派的前几名。")
    ] = 40
    lowest_band: Annotated[
        str, typer.Option("--lowest-band", help="最低等级: 强、中、弱 或 未定。")
    ] = "中"
    min_teams: Annotated[int, typer.Option("--min-teams", min=1, help="每项最少团队数。")] = 1
    max_teams: Annotated[int, typer.Option("--max-teams", min=1, help="每项最多团队数。")] = 1
    alternates: Annotated[int, typer.Option("--alternates", min=0, help="每项备选数。")] = 2
    leader_limit: Annotated[
        int | None, typer.Option("--leader-limit", min=0, help="每位负责人最多几项, 含在研。")
    ] = None
    org_limit: Annotated[
        int | None, typer.Option("--org-limit", min=0, help="每个单位最多几项。")
    ] = None
    research_member: Annotated[
        bool, typer.Option("--research-member", help="每项须有高校或科研院所。")
    ] = False
    worst_off: Annotated[
        float, typer.Option("--worst-off", min=0, max=1, help="最差项目的权重 λ, 0 到 1。")
    ] = 0.0
    spread: Annotated[float, typer.Option("--spread", min=0, help="同一单位集中的惩罚 μ。")] = 0.0
    capacity: Annotated[
        int, typer.Option("--capacity", min=0, help="没写可承担数的团队最多几项。")
    ] = 1
    time_limit: Annotated[float, typer.Option("--time-limit", min=1, help="求解限时, 秒。")] = 60.0

    def plan(self) -> PlanSettings:
        """The rules of the plan. Raises: InputError: no such band."""
        from matcher.report.planning import band_words
        from matcher.report.settings import PlanSettings

        band_words(self.lowest_band)
        return PlanSettings(
            lowest_band=self.lowest_band,
            min_teams=self.min_teams,
            max_teams=self.max_teams,
            alternates=self.alternates,
            leader_limit=self.leader_limit,
            org_limit=self.org_limit,
            research_member=self.research_member,
            worst_off=self.worst_off,
            spread=self.spread,
            default_capacity=self.capacity,
            time_limit_s=self.time_limit,
        )

    def policy_pack(self) -> PolicyPack | None:
        """The rule pack; None without one."""
        return open_pack(self.pack)

    def challenge_ids(self) -> tuple[str, ...]:
        """Those of ``--only``."""
        return parts(self.only)

    def open_on(self) -> date | None:
        """The day of ``--since``. Raises: InputError: no date."""
        if not self.since:
            return None
        try:
            return date.fromisoformat(self.since)
        except ValueError as error:
            raise InputError(
                "日期写法不对", given=self.since, expected="如 2026-03-31", remedy="改正 --since"
            ) from error

    def keep_decisions(self, outcomes: tuple[Outcome, ...]) -> None:
        """Write the decisions of staff among the outcomes where ``--save-decisions`` says.

        Raises:
            InputError: the suffix is of no format.
            StorageError: the disk refuses.
        """
        if self.save_decisions is None:
            return
        from matcher.corpora import write_outcomes
        from matcher.report.overrides import decisions

        write_outcomes(decisions(outcomes).made, self.save_decisions)


def parts(written: str) -> tuple[str, ...]:
    """What commas separate, each once."""
    pieces = written.replace("，", ",").split(",")
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def option_groups(command: Callable[..., int]) -> Callable[..., int]:
    """The command with every parameter that is a dataclass of options spread into its fields."""
    signature = inspect.signature(command, eval_str=True)
    shown: list[inspect.Parameter] = []
    groups: dict[str, type[Any]] = {}
    for parameter in signature.parameters.values():
        if isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation):
            groups[parameter.name] = parameter.annotation
            shown += _spread(parameter.annotation)
        else:
            shown.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))

    @wraps(command)
    def run(**given: Any) -> int:
        made = {
            name: group(**{f.name: given.pop(f.name) for f in fields(group)})
            for name, group in groups.items()
        }
        return command(**given, **made)

    run.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in shown}
    return run


def _spread(group: type[Any]) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        yield inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
