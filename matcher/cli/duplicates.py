"""``matcher duplicates | merge``: records that may be one, shown, decided by a person, merged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.console import note, say, table
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, WorkspaceOption
from matcher.encoding import DEFAULT_ENCODER

if TYPE_CHECKING:
    from matcher.corpora import Duplicate, Merged
    from matcher.workspace import Workspace

_SHOWN = 50


def duplicates(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写成一张可以填的表 (.xlsx)。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """列出工作区里可能重复的项目和团队; 写成表后, 由人逐项决定取哪一条。

    Python: matcher.corpora.find_duplicates, write_duplicates
    """
    from matcher.corpora import write_duplicates
    from matcher.workspace import Workspace

    pairs = _pairs(Workspace(workspace, encoder=None))
    rows = [
        (first.record_id, first.name, second.record_id, second.name, found.why)
        for found, first, second in pairs[:_SHOWN]
    ]
    if not pairs:
        say("没有发现重复。")
        return
    table("可能重复", ("编号", "名称", "编号", "名称", "依据"), rows)
    if len(pairs) > _SHOWN:
        note(f"… 另有 {len(pairs) - _SHOWN} 对")
    if output is None:
        note("加上 --output 重复.xlsx 得到可以填的表; 填好后: matcher merge 重复.xlsx")
        return
    write_duplicates(pairs, output)
    say(f"已写好 {len(pairs)} 对: {output}; 填好后: matcher merge {output}")


def _pairs(opened: Workspace) -> list[tuple[Duplicate, Any, Any]]:
    from matcher.corpora import find_duplicates

    found: list[tuple[Duplicate, Any, Any]] = []
    sides: tuple[Mapping[str, Any], ...] = (opened.challenges(), opened.teams())
    for records in sides:
        for duplicate in find_duplicates(records.values()):
            found.append((duplicate, records[duplicate.first_id], records[duplicate.second_id]))
    return found


def merge(
    decided: Annotated[Path, typer.Argument(help="填好的重复表 (matcher duplicates 写出的)。")],
    check: Annotated[bool, typer.Option("--check", help="只看结果, 什么也不改。")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """按填好的重复表合并: 留下第一条的编号, 删去第二条, 结果记录随之改到新编号。

    Python: matcher.corpora.read_decisions, apply_decisions
    """
    from matcher.corpora import apply_decisions, read_decisions
    from matcher.workspace import Workspace

    decisions = read_decisions(decided)
    opened = Workspace(workspace, encoder=None if check else encoder)
    challenges = apply_decisions([d for d in decisions if d.kind == "榜单"], opened.challenges())
    teams = apply_decisions([d for d in decisions if d.kind == "团队"], opened.teams())
    for old, new in (*challenges.replaced.items(), *teams.replaced.items()):
        say(f"{old} 并入 {new}")
    if check:
        say("只是检查, 工作区没有改动。")
        return
    _store(opened, challenges, teams)
    say(f"已合并: 榜单 {len(challenges.replaced)} 对, 团队 {len(teams.replaced)} 对")


def _store(opened: Workspace, challenges: Merged[Any], teams: Merged[Any]) -> None:
    """Merged records first, then the outcomes, then the old ones go: a break loses nothing."""
    if challenges.records:
        opened.put_challenges(challenges.records)
    if teams.records:
        opened.put_teams(teams.records)
    moved = [
        outcome.model_copy(
            update={
                "challenge_id": challenges.replaced.get(outcome.challenge_id, outcome.challenge_id),
                "team_id": teams.replaced.get(outcome.team_id, outcome.team_id),
            }
        )
        for outcome in opened.outcomes()
        if outcome.challenge_id in challenges.replaced or outcome.team_id in teams.replaced
    ]
    if moved:
        opened.put_outcomes(moved)
    if challenges.replaced:
        opened.delete_challenges(challenges.replaced)
    if teams.replaced:
        opened.delete_teams(teams.replaced)
