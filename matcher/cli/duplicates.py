"""``matcher duplicates | merge``: records that may be one, shown, decided by a person, merged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.console import for_program, note, say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, WorkspaceOption
from matcher.encoding import DEFAULT_ENCODER

if TYPE_CHECKING:
    from matcher.corpora import Duplicate
    from matcher.service.desk.records import Kind
    from matcher.workspace import Workspace

_SHOWN = 50
_KINDS: Mapping[str, Kind] = {"榜单": "challenges", "团队": "teams"}


def duplicates(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写成一张可以填的表（.xlsx）。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """列出工作区里可能重复的项目和团队；写成表后，由人逐项决定取哪一条。

    Python: matcher.corpora.find_duplicates, write_duplicates
    """
    from matcher.corpora import write_duplicates
    from matcher.workspace import Workspace

    for_program(as_json)
    pairs = _pairs(Workspace(workspace, encoder=None))
    if as_json:
        names = ("first_id", "first", "second_id", "second", "why")
        say_json([
            dict(zip(names, (a.record_id, a.name, b.record_id, b.name, found.why), strict=True))
            for found, a, b in pairs
        ])  # fmt: skip
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
        note("加上 --output 重复.xlsx 得到可以填的表；填好后：matcher merge 重复.xlsx")
        return
    write_duplicates(pairs, output)
    say(f"已写好 {len(pairs)} 对：{output}；填好后：matcher merge {output}")


def _pairs(opened: Workspace) -> list[tuple[Duplicate, Any, Any]]:
    from matcher.corpora import find_duplicates

    found: list[tuple[Duplicate, Any, Any]] = []
    sides: tuple[Mapping[str, Any], ...] = (opened.challenges(), opened.teams())
    for records in sides:
        for duplicate in find_duplicates(records.values()):
            found.append((duplicate, records[duplicate.first_id], records[duplicate.second_id]))
    return found


def merge(
    decided: Annotated[Path, typer.Argument(help="填好的重复表（matcher duplicates 写出的）。")],
    check: Annotated[bool, typer.Option("--check", help="只看结果，什么也不改。")] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="为什么合并；有账号时对方会看到。")
    ] = "查重时确认为同一项",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """按填好的重复表合并：留下第一条的编号，删去第二条，凡记着第二条编号的都改到第一条。

    与网页上的“查重”是同一套办法：对接、结果、联盟、授权都跟着走。
    有账号时要照状态办理，并通知有关单位。要么全部合并，要么一条也不动。

    Python: matcher.corpora.read_decisions, matcher.service.desk.merging.merge_all
    """
    from matcher.corpora import apply_decisions, read_decisions
    from matcher.service.desk.beside import at_command_line
    from matcher.service.desk.merging import MergeAsked, merge_all
    from matcher.workspace import Workspace

    decisions = read_decisions(decided)
    opened = Workspace(workspace, encoder=None if check else encoder)
    challenges = apply_decisions([d for d in decisions if d.kind == "榜单"], opened.challenges())
    teams = apply_decisions([d for d in decisions if d.kind == "团队"], opened.teams())
    for old, new in (*challenges.replaced.items(), *teams.replaced.items()):
        say(f"{old} 并入 {new}")
    if check:
        say("只是检查，工作区没有改动。")
        return
    asked = [
        MergeAsked(kind=_KINDS[one.kind], first_id=one.first_id, second_id=one.second_id,
                   choices=dict(one.choices), reason=reason)
        for one in decisions
    ]  # fmt: skip
    with at_command_line(workspace, encoder) as caller:
        merge_all(caller, asked)
    say(f"已合并：榜单 {len(challenges.replaced)} 对，团队 {len(teams.replaced)} 对")
