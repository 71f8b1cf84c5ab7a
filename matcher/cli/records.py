"""``matcher show | status | index | delete``: what a workspace holds."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.console import note, progress, say, say_json, table
from matcher.cli.engines import LOCAL, engine_of
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    EngineOption,
    JsonOption,
    ResumeOption,
    SchedulerOption,
    SideOption,
    WorkspaceOption,
)
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.cluster.blocks import Engine
    from matcher.records import Challenge, Team
    from matcher.service.desk.records import Kind
    from matcher.workspace import Status, Workspace


def show(
    record_id: Annotated[str, typer.Argument(help="榜单编号、团队编号或联盟编号。")],
    side: SideOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """显示一条记录（不含联系方式）；联盟与 matcher alliances show 相同。

    Python: Workspace.challenges()[ID], Workspace.teams()[ID]
    """
    from matcher.cli import alliances
    from matcher.records import headers, private_fields

    opened = existing(workspace)
    try:
        record = named_record(opened, record_id, side)
    except NotFoundError:
        if side is not None or not alliances.is_alliance(workspace, record_id):
            raise
        alliances.show(record_id, alliances.DEFAULT_PACK, workspace, DEFAULT_ENCODER, as_json)
        return
    hidden = set(private_fields(type(record)))
    record = record.model_copy(update={"extra": _public(record.extra)})
    if as_json:
        say_json(record.model_dump(mode="json", exclude_defaults=True, exclude=hidden))
        return
    rows = [
        (header.name, _cell(getattr(record, name)))
        for name, header in headers(type(record))
        if name not in hidden and name != "evidence" and getattr(record, name)
    ]
    rows += [(f"{key}（原列）", str(value)) for key, value in record.extra.items()]
    for number, piece in enumerate(getattr(record, "evidence", ()), 1):
        year = f" ({piece.year})" if piece.year else ""
        rows.append((f"成果{number} {piece.kind}", f"{piece.title}{year}"))
    table(record.name, ("项目", "内容"), rows)


def status(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """显示工作区里有什么、索引由什么模型建立。

    Python: Workspace.status
    """
    from dataclasses import asdict

    from matcher.cli import alliances

    found = existing(workspace).status()
    told = alliances.counted(workspace)
    if as_json:
        say_json(asdict(found) | {"alliances": told})
        return
    rows = [
        ("榜单项目", f"{found.challenges} 项，{found.challenge_passages} 段文字"),
        ("团队", f"{found.teams} 个，{found.team_passages} 段文字"),
        ("结果与标注", f"{found.outcomes} 条"),
        *([("联盟", told)] if told else []),
        *([("语义向量", _share(found))] if found.pending else []),
        *([("团队的方向", _read(found))] if found.unread and not found.pending else []),
        (
            "语义模型",
            "未使用（只按用词）" if found.stamp.encoder == "none" else found.stamp.encoder,
        ),
        ("分词", found.stamp.tokenizer),
    ]
    table(f"工作区 {workspace}", ("项目", "内容"), rows)


def index(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="用当前模型重建全部索引。")] = False,
    engine: EngineOption = LOCAL,
    scheduler: SchedulerOption = "",
    resume: ResumeOption = False,
) -> None:
    """补齐导入时推后的语义向量（import --meaning later）和旧版没有存下的；加 --rebuild 则重建全部。

    换了语义模型或词典之后要重建。补齐时服务照常回答，可以中断，再运行时接着做。重建时加
    --engine processes 或 dask 则分块完成，中断后加 --resume 继续（docs/scale.md）。

    Python: Workspace.complete, rebuild, matcher.cluster.indexing.rebuild_in_blocks
    """
    chosen = engine_of(engine, scheduler, resume)
    opened = existing(workspace, encoder)
    if rebuild:
        _rebuild(opened, workspace, encoder, chosen)
    else:
        _complete(opened)


def _rebuild(opened: Workspace, workspace: Path, encoder: str, chosen: Engine | None) -> None:
    with progress("重建索引") as bar:
        if chosen is None:
            opened.rebuild(bar)
        else:
            from matcher.cluster.indexing import rebuild_in_blocks

            folder = workspace / "index-blocks"
            rebuild_in_blocks(opened, folder, chosen, encoder=encoder, progress=bar)
    say("索引已重建。")


def _complete(opened: Workspace) -> None:
    before = opened.status()
    left = max(before.pending, before.unread)
    if not left:
        raise InputError("语义向量已齐，没有要补的", remedy="要以当前模型重建索引，加上 --rebuild")
    with progress("补齐语义向量") as bar:
        opened.complete(bar)
    say(f"已补齐 {left} 段的语义向量。")


def _share(found: Status) -> str:
    whole = found.challenge_passages + found.team_passages
    return (
        f"{whole - found.pending} / {whole} 段 ({(whole - found.pending) / whole:.0%}), "
        "其余先用粗算的向量；用 matcher index 补齐"
    )


def _read(found: Status) -> str:
    done = found.team_passages - found.unread
    return (
        f"{done} / {found.team_passages} 段读过 ({done / found.team_passages:.0%}), "
        "其余用到时现读；用 matcher index 读好"
    )


def delete(
    record_ids: Annotated[list[str], typer.Argument(help="榜单编号或团队编号。")],
    side: SideOption = None,
    reason: Annotated[
        str, typer.Option("--reason", help="为什么删除；有账号时有关单位会看到。")
    ] = "在命令行删除",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """从工作区删除记录；网页上的“已删除的记录”里可以恢复。

    有账号时照状态办理：已发布的先撤下再删除，两步都记；有对接在办的要先办完。
    有关单位会收到通知。要么全部删除，要么一条也不动。

    Python: matcher.service.desk.records.delete
    """
    from matcher.service.desk.beside import at_command_line
    from matcher.service.desk.records import Deletion
    from matcher.service.desk.records import delete as take_out

    opened = existing(workspace, encoder)
    wanted = _sides(side)
    both = [i for i in record_ids if i in opened.challenges() and i in opened.teams()]
    if both and len(wanted) > 1:
        raise InputError(
            "编号既是榜单项目又是团队", given="、".join(both), expected="要删哪一种",
            remedy="加上 --as challenges 或 --as teams；什么也没有删",
        )  # fmt: skip
    challenges, teams = (
        [i for i in dict.fromkeys(record_ids) if name in wanted and i in records]
        for name, records in (("challenges", opened.challenges()), ("teams", opened.teams()))
    )
    if not challenges + teams:
        raise _unknown(opened, record_ids)
    with at_command_line(workspace, encoder) as caller:
        going: list[tuple[Kind, str]] = [("challenges", i) for i in challenges]
        going += [("teams", i) for i in teams]
        take_out(caller, going, Deletion(reason=reason), down=True)
    say(f"已删除榜单项目 {len(challenges)} 项、团队 {len(teams)} 个。")


def named_record(opened: Workspace, record_id: str, side: str | None) -> Challenge | Team:
    """The record an id names; where it names one of each, the challenge, and that is said.

    Raises:
        NotFoundError: it names none.
    """
    records: dict[str, Mapping[str, Challenge] | Mapping[str, Team]] = {
        "challenges": opened.challenges(), "teams": opened.teams(),
    }  # fmt: skip
    found = [records[name][record_id] for name in _sides(side) if record_id in records[name]]
    if not found:
        raise _unknown(opened, [record_id])
    if len(found) > 1:
        note(f"编号 {record_id} 也是团队「{found[1].name}」；要看它，加上 --as teams")
    return found[0]


def _sides(side: str | None) -> tuple[str, ...]:
    names = ("challenges", "teams")
    if side is None:
        return names
    if side not in names:
        raise InputError(
            "不认识的种类", given=side, expected="、".join(names), remedy="改正 --as"
        )  # fmt: skip
    return (side,)


def _unknown(opened: Workspace, record_ids: list[str]) -> NotFoundError:
    known = [*opened.challenges(), *opened.teams()]
    near = [n for i in record_ids[:5] for n in get_close_matches(i, known, n=3)]
    hint = f"是否指 {'、'.join(dict.fromkeys(near))}; " if near else ""
    return NotFoundError(
        "工作区里没有这个编号",
        given="、".join(record_ids),
        remedy=f"{hint}用 matcher status 查看已有内容",
    )


def _public(extra: dict[str, Any]) -> dict[str, Any]:
    """Columns that no field knew, without personal contacts, wherever in them they stand."""
    from matcher.contacts import hide_contacts
    from matcher.corpora.headers.columns import is_private_column

    return {
        name: hide_contacts(value) if isinstance(value, str) else value
        for name, value in extra.items()
        if not is_private_column(name)
    }


def existing(workspace: Path, encoder: str = DEFAULT_ENCODER) -> Workspace:
    """The workspace in a folder, to be read with an encoder."""
    from matcher.workspace import Workspace

    return Workspace(workspace, encoder=encoder)


def _cell(value: Any) -> str:
    from matcher.contacts import hide_contacts
    from matcher.corpora.cells import cell_text
    from matcher.records import Indicator

    parts = value if isinstance(value, tuple) else (value,)
    texts = (part.text or part.name if isinstance(part, Indicator) else part for part in parts)
    return hide_contacts("；".join(map(cell_text, texts)))
