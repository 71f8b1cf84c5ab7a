"""Options that ``report``, ``assign`` and ``consortium`` share, each declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_origin, get_type_hints

import typer
from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    Model,
    RankerOption,
    RerankerOption,
    WorkspaceOption,
)
from matcher.cli.report_inputs import Opened, open_inputs, open_pack
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError
from matcher.plan_settings import allowed_bands
from matcher.text.dates import today

if TYPE_CHECKING:
    from matcher.policy import PolicyPack
    from matcher.records import Outcome
    from matcher.report.standing import Standing


# Options that are called otherwise than their setting.
_NAMES = {"default_capacity": "--capacity", "time_limit_s": "--time-limit"}


@dataclass(frozen=True)
class SourceOptions:
    """Where records and models come from."""

    challenges: Annotated[
        Path | None, typer.Option("--challenges", help="榜单文件；不写则用工作区。")
    ] = None
    teams: Annotated[Path | None, typer.Option("--teams", help="团队库文件；不写则用工作区。")] = (
        None
    )
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="单独的成果文件（按团队编号）。")
    ] = None
    workspace: WorkspaceOption = DEFAULT_WORKSPACE
    ranker: RankerOption = ""
    reranker: RerankerOption = ""
    encoder: EncoderOption = DEFAULT_ENCODER

    def open(self, outcomes: Path | None = None) -> Opened:
        """Open them; ``outcomes`` is a file of decisions. Raises: as `open_inputs`."""
        model = Model(self.encoder, self.ranker, self.reranker)
        return open_inputs(
            self.challenges, self.teams, self.evidence, outcomes, self.workspace, model
        )


@dataclass(frozen=True)
class ScopeOptions:
    """Which challenges, whose decisions, and the rules of the place."""

    outcomes: Annotated[
        Path | None,
        typer.Option("--outcomes", help="人工推荐、人工排除的文件；工作区里的也算。"),
    ] = None
    save_decisions: Annotated[
        Path | None,
        typer.Option("--save-decisions", help="把人工决定写成结果文件（.jsonl .csv .xlsx）。"),
    ] = None
    pack: Annotated[
        str, typer.Option("--pack", help="规则包：名称 (liaoning-2021) 或 .toml 文件。")
    ] = ""
    only: Annotated[str, typer.Option("--only", help="只要这些榜单编号，逗号分开。")] = ""
    since: Annotated[
        list[str] | None,
        typer.Option(
            "--since",
            help="只要这一天仍可揭榜的（年-月-日）；写上次报告的 *.manifest.json 则与它比较。"
            "两样都要就写两次。",
        ),
    ] = None
    contenders: Annotated[
        int, typer.Option("--contenders", min=1, help="每个需求里可供指派的前几名。")
    ] = 40

    def policy_pack(self) -> PolicyPack | None:
        """The rule pack; None without one."""
        return open_pack(self.pack)

    def challenge_ids(self) -> tuple[str, ...]:
        """Those of ``--only``."""
        return parts(self.only)

    def open_on(self) -> date | None:
        """The day of ``--since``. Raises: InputError: no date."""
        days = [written for written in self.since or () if not _is_manifest(written)]
        expected = "如 2026-03-31，或上次报告的 *.manifest.json"
        return _day(days[-1], "--since", expected) if days else None

    def earlier(self) -> Standing | None:
        """The report of ``--since`` to compare with. Raises: InputError: it cannot be read."""
        from matcher.report.manifest import standing_before

        manifests = [written for written in self.since or () if _is_manifest(written)]
        return standing_before(Path(manifests[-1])) if manifests else None

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


def dated_on(written: str) -> date:
    """The day of ``--date``; today without. Raises: InputError: no date."""
    return _day(written, "--date", "如 2026-03-31") if written else today()


def _day(written: str, option: str, expected: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(
            "日期写法不对", given=written, remedy=f"改正 {option}", expected=expected
        ) from error


def _is_manifest(written: str) -> bool:
    return written.endswith(".json")


def parts(written: str) -> tuple[str, ...]:
    """What commas separate, each once."""
    pieces = written.replace("，", ",").split(",")
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def option_groups(command: Callable[..., int]) -> Callable[..., int]:
    """The command with every parameter that is a dataclass of options, or a model of settings,
    spread into its fields.
    """
    signature = inspect.signature(command, eval_str=True)
    shown: list[inspect.Parameter] = []
    groups: dict[str, type[Any]] = {}
    for parameter in signature.parameters.values():
        kind = parameter.annotation
        spread = _spread(kind) if isinstance(kind, type) else None
        if spread is None:
            shown.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))
        else:
            groups[parameter.name] = kind
            shown += spread

    @wraps(command)
    def run(**given: Any) -> int:
        made = {
            name: _made(group, {p.name: given.pop(p.name) for p in _spread(group) or ()})
            for name, group in groups.items()
        }
        return command(**given, **made)

    run.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in shown}
    return run


def _spread(group: type[Any]) -> list[inspect.Parameter] | None:
    """The options of a group; None for any other type."""
    if is_dataclass(group):
        hints = get_type_hints(group, include_extras=True)
        return [_parameter(field.name, field.default, hints[field.name]) for field in fields(group)]
    if issubclass(group, BaseModel):
        return [_parameter(n, f.default, _option(n, f)) for n, f in group.model_fields.items()]
    return None


def _parameter(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _option(name: str, field: FieldInfo) -> Any:
    """The option of a setting: its bounds and its help are the setting's own."""
    least: Any = next((m.ge for m in field.metadata if isinstance(m, Ge)), None)
    most: Any = next((m.le for m in field.metadata if isinstance(m, Le)), None)
    kind: Any = str if get_origin(field.annotation) is Literal else field.annotation
    option = _NAMES.get(name, f"--{name.replace('_', '-')}")
    return Annotated[kind, typer.Option(option, min=least, max=most, help=field.description)]


def _made(group: type[Any], given: dict[str, Any]) -> Any:
    """A group of options with its values; what has a word of its own for a wrong one says it.

    Raises:
        InputError: a value that is none of the setting's.
    """
    if "lowest_band" in given:
        allowed_bands(given["lowest_band"])
    return group(**given)
