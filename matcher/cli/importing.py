"""``matcher import | template | history``: real files into a workspace, and what was understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from matcher.cli.console import announce, for_program, note, progress, say, say_json, table
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    JsonOption,
    SideOption,
    WorkspaceOption,
)
from matcher.cli.records import named_record
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from matcher.corpora import FileContent, ReadOptions
    from matcher.intake import FilePreview, Part, Preview
    from matcher.workspace import Change

REFUSED, PARTIAL = 1, 3
NOW, LATER = "now", "later"
_SHOWN = 20
_Files = Annotated[
    list[Path] | None,
    typer.Argument(help="文件：Excel、Word、网页、PDF、CSV、JSONL、ZIP; - 表示粘贴的文字。"),
]


def import_files(
    files: _Files = None,
    kind: Annotated[
        str | None,
        typer.Option("--as", help="文件是什么：challenges teams evidence outcomes alliances。"),
    ] = None,
    challenges: Annotated[Path | None, typer.Option("--challenges", help="榜单文件。")] = None,
    teams: Annotated[Path | None, typer.Option("--teams", help="团队库文件。")] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="单独的成果文件（按团队编号）。")
    ] = None,
    outcomes: Annotated[Path | None, typer.Option("--outcomes", help="结果与标注文件。")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="列名=字段，可多次；字段 extra 表示原样保留。")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="来文单位的对应表（.toml），用后更新。")
    ] = None,
    aliases: Annotated[
        Path | None, typer.Option("--aliases", help="补充的单位别名表（别名<制表符>全称）。")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="没写年份的日期属于哪一年。")] = None,
    org: Annotated[
        str, typer.Option("--org", help="没有写单位的行都属于这个单位（需求单位或团队的单位）。")
    ] = "",
    team: Annotated[str | None, typer.Option("--team", help="成果清单属于哪个团队编号。")] = None,
    check: Annotated[bool, typer.Option("--check", help="只看结果，什么也不改。")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="有不能用的行时，导入其余的行。")
    ] = False,
    merge: Annotated[bool, typer.Option("--merge", help="与已有记录确属同一项的，合并。")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="把不能用的行写到这个文件（.xlsx .csv）。")
    ] = None,
    meaning: Annotated[
        str,
        typer.Option(
            "--meaning",
            help="团队的语义向量：now 现在算（费时），later 先粗算，以后用 matcher index 补齐。",
        ),
    ] = NOW,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> int:
    """把榜单、团队库、成果、结果导入工作区；一个文件要么全部导入，要么不动。

    Python: matcher.corpora.read_any_of, matcher.intake.look, commit
    """
    if meaning not in (NOW, LATER):
        raise InputError(
            "不认识的选择", given=meaning, expected=f"{NOW}、{LATER}", remedy="改正 --meaning"
        )
    for_program(as_json)
    wanted = _wanted(files, kind, challenges, teams, outcomes)
    if not wanted and evidence is None:
        raise InputError(
            "没有指定要导入的文件",
            remedy="写出文件名，或用 --challenges、--teams 或 --outcomes 指定",
        )
    from matcher.intake import look
    from matcher.service.store.taking_in import commit_beside, kept_alliances
    from matcher.workspace import Workspace

    options = _options(columns, profile, aliases, year, org)
    if not check:
        announce(encoder)
    own_evidence = evidence if teams is not None else None
    if evidence is not None and teams is None:
        wanted.append((evidence, "evidence"))
    # All files are read before anything is written: one that cannot be read stops the whole.
    contents = [
        content
        for path, stated in wanted
        for content in _contents(path, stated, options, team, own_evidence)
    ]
    opened = Workspace(workspace, encoder=encoder, later=meaning == LATER)
    with progress("核对是否重复"):
        kept = kept_alliances(opened) if any("alliances" in c.by_kind for c in contents) else ()
        preview = look(opened, contents, merging=merge, partial=partial or check, alliances=kept)
    for file in preview.files:
        _show(file, check)
    if check and preview.obstacle is not None:
        note(f"{preview.obstacle.what}：{preview.obstacle.given}；{preview.obstacle.remedy}")
    changes = [part.change for part in preview.parts]
    if not check and preview.parts:
        with progress("导入") as bar:
            names = "、".join(dict.fromkeys(file.content.file for file in preview.files))
            made, waiting = commit_beside(opened, preview, names, bar)
        changes = [*made]
        for part, change in zip(preview.parts, made, strict=True):
            _say_change(part, change)
        if waiting:
            say(f"其中新的榜单项目 {waiting} 项在待发布里，发布之前只有需求单位和管理人员看得到。")
            say("下一步：登录网页，在“工作台 > 发布”预览并确认发布。")
    if profile is not None and not check:
        from matcher.corpora.headers.profiles import save_profile

        save_profile(profile, _mapping(preview))
    if as_json:
        say_json(_as_data(preview, changes, check))
    return _finish(preview, rejects, check)


def _as_data(preview: Preview, changes: Sequence[Change | None], checking: bool) -> dict[str, Any]:
    parts = [
        {
            "file": part.reading.file, "kind": part.kind.name,
            "rows": asdict(part.reading.count), "columns": dict(part.reading.mapping),
            "rejects": [reject.message for reject in part.reading.rejects],
            "change": None if change is None else asdict(change),
        }
        for part, change in zip(preview.parts, changes, strict=True)
    ]  # fmt: skip
    refused = [file.content.file for file in preview.files if file.refused or file.content.unread]
    return {"checked_only": checking, "parts": parts, "refused": refused}


def _wanted(
    files: list[Path] | None, kind: str | None, challenges: Path | None, teams: Path | None,
    outcomes: Path | None,
) -> list[tuple[Path, str | None]]:  # fmt: skip
    from matcher.corpora.headers.kinds import READABLE

    names = [known.name for known in READABLE]
    if kind is not None and kind not in names:
        raise InputError(
            "不认识的种类", given=kind, expected="、".join(names), remedy="改正 --as"
        )  # fmt: skip
    named = ((challenges, "challenges"), (teams, "teams"), (outcomes, "outcomes"))
    found: list[tuple[Path, str | None]] = [(path, kind) for path in files or ()]
    return found + [(path, stated) for path, stated in named if path is not None]


def _options(
    columns: list[str] | None, profile: Path | None, aliases: Path | None, year: int | None,
    organisation: str,
) -> ReadOptions:  # fmt: skip
    from matcher.corpora import ReadOptions
    from matcher.corpora.headers.profiles import load_profile, parse_mapping
    from matcher.text.organisations import read_aliases

    known = load_profile(profile) if profile is not None else {}
    mapping = {**known, **parse_mapping(columns or ())}
    return ReadOptions(mapping, read_aliases(aliases) if aliases else {}, year, organisation)


def _contents(
    path: Path, kind: str | None, options: ReadOptions, team: str | None, evidence: Path | None
) -> Iterator[FileContent]:
    from matcher.corpora import FileContent, read_any_of, read_teams

    if str(path) == "-":
        yield from _pasted(kind, options, team)
        return
    with progress(f"读取 {path.name}") as bar:
        if evidence is not None and kind == "teams":
            reading = read_teams(path, evidence=evidence, options=options, progress=bar)
            yield FileContent(reading.file, reading.format, {"teams": reading})
        else:
            found = read_any_of(path, cast(Any, kind), options=options, team_id=team, progress=bar)
            yield from found


def _pasted(kind: str | None, options: ReadOptions, team: str | None) -> Iterator[FileContent]:
    """Text from standard input, read as a file of its own."""
    import sys
    import tempfile

    from matcher.corpora import read_any_of

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "粘贴的文字"
        path.write_bytes(sys.stdin.buffer.read())
        yield from read_any_of(path, cast(Any, kind), options=options, team_id=team)


def _show(file: FilePreview, checking: bool) -> None:
    """What was found in a file, and what to look at before it goes in."""
    for text in file.content.unread:
        note(text)
    if file.content.notice is not None:
        _show_notice(file.content)
    for part in file.parts:
        _show_reading(part, checking)
        _note_first(part.notes, "处")
        if checking and part.change is not None:
            _say_change(part, part.change)
        if part.identity.suspected:
            note("导入后用 matcher duplicates 逐对核对。")
    if file.refused:
        name = file.content.file
        note(f"{name}：有不能用的行，整个文件没有导入（加 --partial 导入其余的行）。")


def _note_first(texts: Sequence[str], what: str, before: str = "") -> None:
    for text in texts[:_SHOWN]:
        note(f"{before}{text}")
    if len(texts) > _SHOWN:
        note(f"{before}… 另有 {len(texts) - _SHOWN} {what}")


def _say_change(part: Part, change: Change) -> None:
    if part.side is None and part.change is None:
        say(f"{part.kind.label}：写入 {change.added} 条")
        return
    what = part.kind.label if part.kind.makes_ids else f"团队（加入{part.kind.label}）"
    say(f"{what}：新增 {change.added}，更新 {change.changed}，未变 {change.unchanged}")


def _mapping(preview: Preview) -> dict[str, str]:
    """What every column was understood as, for the profile of the sender."""
    readings = (part.reading for file in preview.files for part in file.parts)
    return {
        column: field
        for reading in readings
        for column, field in reading.mapping.items()
        if "." not in field
    }


def _show_reading(part: Part, checking: bool) -> None:
    """What was understood; beside a real import only what is worth a look, and aside."""
    from matcher.corpora.headers.labels import How
    from matcher.intake import columns_of, omissions_of, warnings_of

    reading, count = part.reading, part.reading.count
    text = (
        f"{reading.file}: {part.kind.label} {len(reading.records)} 条；共 {count.total} 行 = "
        f"用 {count.used} + 拒收 {count.rejected} + 非数据 {count.omitted}"
    )
    if checking:
        say(text)
    elif count.rejected or count.omitted:
        note(text)
    if checking or any(guess.how is not How.SAME for guess in reading.guesses.values()):
        rows = [
            (" ".join(column.name.split()), column.label, column.how, column.example)
            for column in columns_of(part.kind, reading)
            if column.stands_in_file
        ]
        titles = ("列名", "字段", "依据", "读成（第一条）")
        table("列的对应", titles, rows, aside=not checking)
    _note_first(omissions_of(reading), "行不是数据", "  ")
    for warning in warnings_of(reading):
        note(f"{reading.file}: {warning}")


def _show_notice(content: FileContent) -> None:
    from matcher.contacts import hide_contacts

    notice = content.notice
    assert notice is not None
    say(f"{content.file}：是一篇通知，没有榜单或团队记录（什么也没有导入）")
    say(f"标题：{hide_contacts(notice.title)}    日期：{notice.published or '未注明'}")
    for paragraph in notice.body:
        say(hide_contacts(paragraph))
    if notice.amounts:
        amounts = [(a.text, hide_contacts(a.sentence)) for a in notice.amounts]
        table("金额", ("金额", "原句"), amounts)
    if notice.boilerplate:
        note(f"页面杂项（导航、电话表等）{len(notice.boilerplate)} 行，已分开")
    if notice.readings_removed:
        note(f"去掉粘连的注音 {notice.readings_removed} 处")
    for damage in notice.damages:
        note(f"丢失的字，没有猜补：{hide_contacts(damage.context)}")


def _finish(preview: Preview, target: Path | None, checking: bool) -> int:
    rejects = [found for file in preview.files for found in file.rejects]
    if rejects:
        count = sum(map(len, rejects))
        note(f"有 {count} 处不能用：")
        for reject in islice(chain.from_iterable(rejects), _SHOWN):
            note(f"  {reject.message}")
        if count > _SHOWN:
            note(f"  … 另有 {count - _SHOWN} 处")
        if target is None:
            note("  加上 --rejects 文件.xlsx 可得到完整清单，改好后把该文件导入即可。")
        else:
            from matcher.corpora import write_rejects

            write_rejects(chain.from_iterable(rejects), target, private=True)
            note(f"  完整清单：{target}；改好后把它导入即可。")
    if checking:
        say("只是检查，工作区没有改动。")
    if any(file.refused or file.content.unread for file in preview.files):
        return REFUSED
    return PARTIAL if rejects and not checking else 0


def template(
    kind: Annotated[
        str, typer.Argument(help="challenges（榜单） teams（团队） alliances（联盟）。")
    ],
    output: Annotated[Path, typer.Argument(help="写到哪里（.xlsx）。")],
) -> None:
    """写一份空白填报表：中文表头、填写提示、下拉选项、示例行。

    Python: matcher.corpora.write_template
    """
    from matcher.corpora import TEMPLATES, write_template
    from matcher.policy import programme_names

    known = next((name for name in TEMPLATES if name == kind), None)
    if known is None:
        raise InputError("没有这种模板", given=kind, expected="、".join(TEMPLATES))
    write_template(known, output, programme_names())
    say(f"已写好：{output}")


def history(
    record_id: Annotated[str, typer.Argument(help="榜单编号、团队编号或联盟编号。")],
    side: SideOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """显示一条记录历次改了什么；联盟显示经过和何人何时改过。

    Python: Workspace.challenge_versions, matcher.corpora.difference
    """
    from matcher.cli import alliances
    from matcher.contacts import hide_contacts
    from matcher.corpora import difference
    from matcher.corpora.headers.columns import is_private_column
    from matcher.records import Challenge, private_fields
    from matcher.workspace import Workspace

    for_program(as_json)
    opened = Workspace(workspace, encoder=None)
    try:
        now = named_record(opened, record_id, side)
    except NotFoundError:
        if side is not None or not alliances.is_alliance(workspace, record_id):
            raise
        alliances.show_history(workspace, record_id)
        return
    kept = opened.challenge_versions if isinstance(now, Challenge) else opened.team_versions
    versions: list[Any] = [*kept(record_id), now]
    say(f"{now.name}：共 {len(versions)} 版")
    hidden = private_fields(type(now))
    shown = []
    for number, (before, after) in enumerate(pairwise(versions), start=1):
        rows = [
            (change.label, hide_contacts(change.before), hide_contacts(change.after))
            for change in difference(before, after)
            if change.field not in hidden and not is_private_column(change.label)
        ]
        table(f"第 {number} 版 → 第 {number + 1} 版", ("项目", "原来", "后来"), rows)
        shown.append([dict(zip(("field", "before", "after"), row, strict=True)) for row in rows])
    if as_json:
        say_json({"name": now.name, "versions": len(versions), "changes": shown})
