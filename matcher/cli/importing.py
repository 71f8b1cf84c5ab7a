"""``matcher import | template | history``: real files into a workspace, and what was understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from matcher.cli.console import announce, note, progress, say, table
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, SideOption, WorkspaceOption
from matcher.cli.records import named_record
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.corpora import FileContent, Reading, ReadOptions, Reject
    from matcher.records import Record
    from matcher.workspace import Workspace

REFUSED, PARTIAL = 1, 3
_SHOWN, _SHORT = 20, 24
# Where a column is empty in so many records its example stays empty.
_LOOKED_AT = 1_000
_NAMES = {"challenges": "榜单", "teams": "团队", "evidence": "成果", "outcomes": "结果"}
_Files = Annotated[
    list[Path] | None,
    typer.Argument(help="文件: Excel、Word、网页、PDF、CSV、JSONL、ZIP; - 表示粘贴的文字。"),
]


@dataclass
class _Import:
    """One run of the command: where to, how strictly, and what came of it."""

    options: ReadOptions
    check: bool
    partial: bool
    merge: bool
    open_workspace: Any
    rejects: list[Sequence[Reject]] = field(default_factory=list)
    refused_files: int = 0
    mapping: dict[str, str] = field(default_factory=dict)
    _workspace: Workspace | None = None

    @property
    def workspace(self) -> Workspace:
        if self._workspace is None:
            self._workspace = self.open_workspace()
        return self._workspace


def import_files(
    files: _Files = None,
    kind: Annotated[
        str | None, typer.Option("--as", help="文件是什么: challenges teams evidence outcomes。")
    ] = None,
    challenges: Annotated[Path | None, typer.Option("--challenges", help="榜单文件。")] = None,
    teams: Annotated[Path | None, typer.Option("--teams", help="团队库文件。")] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="单独的成果文件 (按团队编号)。")
    ] = None,
    outcomes: Annotated[Path | None, typer.Option("--outcomes", help="结果与标注文件。")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="列名=字段, 可多次; 字段 extra 表示原样保留。")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="来文单位的对应表 (.toml), 用后更新。")
    ] = None,
    aliases: Annotated[
        Path | None, typer.Option("--aliases", help="补充的单位别名表 (别名<制表符>全称)。")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="没写年份的日期属于哪一年。")] = None,
    team: Annotated[str | None, typer.Option("--team", help="成果清单属于哪个团队编号。")] = None,
    check: Annotated[bool, typer.Option("--check", help="只看结果, 什么也不改。")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="有不能用的行时, 导入其余的行。")
    ] = False,
    merge: Annotated[bool, typer.Option("--merge", help="与已有记录确属同一项的, 合并。")] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="把不能用的行写到这个文件 (.xlsx .csv)。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> int:
    """把榜单、团队库、成果、结果导入工作区; 一个文件要么全部导入, 要么不动。

    Python: matcher.corpora.read_any, Workspace.put_challenges, put_teams, put_outcomes
    """
    wanted = _wanted(files, kind, challenges, teams, outcomes)
    if not wanted and evidence is None:
        raise InputError(
            "没有指定要导入的文件",
            remedy="写出文件名, 或用 --challenges、--teams 或 --outcomes 指定",
        )
    from matcher.workspace import Workspace

    run = _Import(
        _options(columns, profile, aliases, year), check, partial, merge,
        lambda: Workspace(workspace, encoder=encoder),
    )  # fmt: skip
    if not check:
        announce(encoder)
    own_evidence = evidence if teams is not None else None
    if evidence is not None and teams is None:
        wanted.append((evidence, "evidence"))
    # All files are read before anything is written: one that cannot be read stops the whole.
    contents = [
        content
        for path, stated in wanted
        for content in _contents(path, stated, run.options, team, own_evidence)
    ]
    for content in contents:
        _take(run, content)
    if profile is not None and not check:
        from matcher.corpora.headers.profiles import save_profile

        save_profile(profile, run.mapping)
    return _finish(run, rejects)


def _wanted(
    files: list[Path] | None, kind: str | None, challenges: Path | None, teams: Path | None,
    outcomes: Path | None,
) -> list[tuple[Path, str | None]]:  # fmt: skip
    if kind is not None and kind not in _NAMES:
        raise InputError(
            "不认识的种类", given=kind, expected="、".join(_NAMES), remedy="改正 --as"
        )  # fmt: skip
    named = ((challenges, "challenges"), (teams, "teams"), (outcomes, "outcomes"))
    found: list[tuple[Path, str | None]] = [(path, kind) for path in files or ()]
    return found + [(path, stated) for path, stated in named if path is not None]


def _options(
    columns: list[str] | None, profile: Path | None, aliases: Path | None, year: int | None
) -> ReadOptions:
    from matcher.corpora import ReadOptions
    from matcher.corpora.headers.profiles import load_profile, parse_mapping
    from matcher.text.organisations import read_aliases

    known = load_profile(profile) if profile is not None else {}
    mapping = {**known, **parse_mapping(columns or ())}
    return ReadOptions(mapping, read_aliases(aliases) if aliases else {}, year)


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


def _take(run: _Import, content: FileContent) -> None:
    for text in content.unread:
        note(text)
        run.refused_files += 1
    if content.notice is not None:
        _show_notice(content)
        return
    for name in _NAMES:
        reading = getattr(content, name)
        if reading is None:
            continue
        _show_reading(reading, name, run.check)
        if reading.rejects:
            run.rejects.append(reading.rejects)
        run.mapping.update({c: f for c, f in reading.mapping.items() if "." not in f})
    refused = any(reading.rejects for reading in content.readings)
    if run.check:
        return
    if refused and not run.partial:
        run.refused_files += 1
        note(f"{content.file}: 有不能用的行, 整个文件没有导入 (加 --partial 导入其余的行)。")
        return
    _store(run, content)


def _store(run: _Import, content: FileContent) -> None:
    opened = run.workspace
    if content.teams is not None:
        records = _identified(run, content.teams.records, opened.exists, "teams")
        with progress("导入团队") as bar:
            _say_change("团队", opened.put_teams(records, bar))
    if content.evidence is not None:  # refused if a team is missing, before the rest goes in
        _store_evidence(opened, content.evidence)
    if content.challenges is not None:
        records = _identified(run, content.challenges.records, opened.exists, "challenges")
        with progress("导入榜单") as bar:
            _say_change("榜单", opened.put_challenges(records, bar))
    if content.outcomes is not None:
        say(f"结果: 写入 {opened.put_outcomes(content.outcomes.records)} 条")
        _tell_strangers(opened, content.outcomes.records)


def _tell_strangers(opened: Workspace, outcomes: Sequence[Any]) -> None:
    """Outcomes may come before what they are about; a slip in an id looks just the same."""
    challenges, teams = opened.challenges(), opened.teams()
    asked = dict.fromkeys(o.challenge_id for o in outcomes if o.challenge_id not in challenges)
    bidders = dict.fromkeys(o.team_id for o in outcomes if o.team_id not in teams)
    for what, ids in (("榜单编号", asked), ("团队编号", bidders)):
        if ids:
            more = f" 等 {len(ids)} 个" if len(ids) > _SHOWN else ""
            named = "、".join(list(ids)[:_SHOWN])
            note(f"{what}不在工作区里: {named}{more}; 写错的改正后再导入")


def _say_change(what: str, change: Any) -> None:
    say(f"{what}: 新增 {change.added}, 更新 {change.changed}, 未变 {change.unchanged}")


def _identified(run: _Import, records: Sequence[Any], exists: bool, side: str) -> Sequence[Any]:
    """Records as they go in: duplicates of others shown, and merged if asked."""
    from matcher.corpora.duplicates.reconciling import reconcile

    stored = getattr(run.workspace, side)() if exists else {}
    with progress("核对是否重复"):
        result = reconcile(records, stored, merging=run.merge)
    for line in result.notes[:_SHOWN]:
        note(line)
    if len(result.notes) > _SHOWN:
        note(f"… 另有 {len(result.notes) - _SHOWN} 处")
    if any(line.startswith("疑为") for line in result.notes):
        note("导入后用 matcher duplicates 逐对核对。")
    return result.records


def _store_evidence(opened: Workspace, reading: Reading[Any]) -> None:
    from matcher.corpora.duplicates.reconciling import with_evidence

    changed, strays = with_evidence(opened.teams(), reading.records)
    if strays:
        raise InputError(
            "成果所属的团队不在工作区里", given="、".join(strays[:10]), expected="已导入的团队编号",
            remedy="先导入团队库, 或改正团队编号",
        )  # fmt: skip
    _say_change("团队 (加入成果)", opened.put_teams(changed))


def _show_reading(reading: Reading[Any], name: str, checking: bool) -> None:
    """What was understood; beside a real import only what is worth a look, and aside."""
    count = reading.count
    text = (
        f"{reading.file}: {_NAMES[name]} {len(reading.records)} 条; 共 {count.total} 行 = "
        f"用 {count.used} + 拒收 {count.rejected} + 非数据 {count.omitted}"
    )
    if checking:
        say(text)
    elif count.rejected or count.omitted:
        note(text)
    if checking or any(guess.how != "同名" for guess in reading.guesses.values()):
        from matcher.corpora.headers.kinds import KINDS

        record_type = next(kind.record for kind in KINDS if kind.name == name)
        _show_mapping(reading, record_type, aside=not checking)
    from matcher.corpora.grid import Omission
    from matcher.text.contacts import hide_contacts

    untold = (Omission.HEADER, Omission.PROSE, Omission.ELSEWHERE, Omission.UNREAD)
    left = [o for o in reading.omitted if o.why not in untold]
    several = len({omitted.sheet for omitted in reading.omitted}) > 1
    for omitted in left[:_SHOWN]:
        sheet = f"「{omitted.sheet}」" if several and omitted.sheet else ""
        note(f"  {sheet}第{omitted.row}行 {omitted.why}: {hide_contacts(omitted.text)[:60]}")
    if len(left) > _SHOWN:
        note(f"  … 另有 {len(left) - _SHOWN} 行不是数据")
    for warning in _grouped(reading):
        note(f"{reading.file}: {warning}")


def _grouped(reading: Reading[Any]) -> Sequence[str]:
    """The warnings, with the sheets that are not read in one sentence."""
    if len(reading.unread) < 2:
        return reading.warnings
    names = "、".join(f"「{sheet}」" for sheet in reading.unread)
    return [*reading.notes, f"{len(reading.unread)} 张工作表没有读取: {names}"]


def _show_mapping(reading: Reading[Any], record_type: type[Record], *, aside: bool) -> None:
    """Which column was taken for what, why, and what the first record has of it."""
    from matcher.corpora.headers.kinds import TeamEvidence
    from matcher.records import headers, private_fields

    labels = {field: mark.name for field, mark in headers(record_type)}
    labels |= {f"evidence.{field}": f"成果·{mark.name}" for field, mark in headers(TeamEvidence)}
    hidden = private_fields(record_type)
    rows = []
    for column, target in reading.mapping.items():
        if column == f"成果.{target.removeprefix('evidence.')}":
            continue  # no column of the file: what a list of references was parted into
        guess = reading.guesses.get(column)
        why = f"{guess.how} {guess.score:.0f}" if guess else ""
        shown = "(不显示)" if target in hidden else _first_value(reading.records, target)
        meant = labels.get(target, target.replace("evidence.", "成果·"))
        rows.append((" ".join(column.split()), meant, why, shown))
    rows += [(" ".join(c.split()), "(原样保留)", "", "") for c in reading.unknown_columns]
    table("列的对应", ("列名", "字段", "依据", "读成 (第一条)"), rows, aside=aside)


def _first_value(records: Sequence[Any], field: str) -> str:
    """What the first record that holds anything in a field has there, cut short."""
    from matcher.corpora.cells import cell_text, format_cell

    values = (getattr(record, field, None) for record in islice(records, _LOOKED_AT))
    value = next((value for value in values if value not in (None, "", ())), None)
    text = " ".join(cell_text(format_cell(value)).split())
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _show_notice(content: FileContent) -> None:
    notice = content.notice
    assert notice is not None
    say(f"{content.file}: 是一篇通知, 没有榜单或团队记录 (什么也没有导入)")
    say(f"标题: {notice.title}    日期: {notice.published or '未注明'}")
    for paragraph in notice.paragraphs[1:]:
        say(paragraph)
    if notice.amounts:
        table("金额", ("金额", "原句"), [(a.text, a.sentence) for a in notice.amounts])
    if notice.boilerplate:
        note(f"页面杂项 (导航、电话表等) {len(notice.boilerplate)} 行, 已分开")
    if notice.readings_removed:
        note(f"去掉粘连的注音 {notice.readings_removed} 处")
    for damage in notice.damages:
        note(f"丢失的字, 没有猜补: {damage.context}")


def _finish(run: _Import, target: Path | None) -> int:
    if run.rejects:
        count = sum(map(len, run.rejects))
        note(f"有 {count} 处不能用:")
        for reject in islice(chain.from_iterable(run.rejects), _SHOWN):
            note(f"  {reject.message}")
        if count > _SHOWN:
            note(f"  … 另有 {count - _SHOWN} 处")
        if target is None:
            note("  加上 --rejects 文件.xlsx 可得到完整清单, 改好后把该文件导入即可。")
        else:
            from matcher.corpora import write_rejects

            write_rejects(chain.from_iterable(run.rejects), target, private=True)
            note(f"  完整清单: {target}; 改好后把它导入即可。")
    if run.check:
        say("只是检查, 工作区没有改动。")
    if run.refused_files:
        return REFUSED
    return PARTIAL if run.rejects and not run.check else 0


def template(
    kind: Annotated[str, typer.Argument(help="challenges (榜单) 或 teams (团队)。")],
    output: Annotated[Path, typer.Argument(help="写到哪里 (.xlsx)。")],
) -> None:
    """写一份空白填报表: 中文表头、填写提示、下拉选项、示例行。

    Python: matcher.corpora.write_template
    """
    from matcher.corpora import write_template

    kinds: dict[str, Literal["challenges", "teams"]] = {
        "challenges": "challenges", "teams": "teams",
    }  # fmt: skip
    if kind not in kinds:
        raise InputError("没有这种模板", given=kind, expected="challenges 或 teams")
    write_template(kinds[kind], output)
    say(f"已写好: {output}")


def history(
    record_id: Annotated[str, typer.Argument(help="榜单编号或团队编号。")],
    side: SideOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """显示一条记录历次改了什么。

    Python: Workspace.challenge_versions, matcher.corpora.difference
    """
    from matcher.corpora import difference
    from matcher.corpora.headers.columns import is_private_column
    from matcher.records import Challenge, private_fields
    from matcher.text.contacts import hide_contacts
    from matcher.workspace import Workspace

    opened = Workspace(workspace, encoder=None)
    now = named_record(opened, record_id, side)
    kept = opened.challenge_versions if isinstance(now, Challenge) else opened.team_versions
    versions: list[Any] = [*kept(record_id), now]
    say(f"{now.name}: 共 {len(versions)} 版")
    hidden = private_fields(type(now))
    for number, (before, after) in enumerate(pairwise(versions), start=1):
        rows = [
            (change.label, hide_contacts(change.before), hide_contacts(change.after))
            for change in difference(before, after)
            if change.field not in hidden and not is_private_column(change.label)
        ]
        table(f"第 {number} 版 → 第 {number + 1} 版", ("项目", "原来", "后来"), rows)
