"""``matcher alliances sheet | mark | evaluate | year``: ten aspects, and a year by its plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.alliances import DEFAULT_PACK, PackOption, act, opened
from matcher.cli.console import note, say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from matcher.cli.report_inputs import pack_of
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.alliances import Sheet
    from matcher.policy import PolicyPack

_SHOWN = 20
_PARTIAL = 3
_SheetOption = Annotated[
    Path | None, typer.Option("--sheet", help="自定的评估表（.toml）；不写则用规则包随带的。")
]
_YearOption = Annotated[int, typer.Option("--year", min=1949, max=2100, help="哪一年。")]


def _sheet_of(path: Path | None, pack: PolicyPack) -> Sheet:
    from matcher.alliances import read_sheet, shipped_sheet

    return shipped_sheet(pack) if path is None else read_sheet(path, pack)


def sheet(
    output: Annotated[Path, typer.Argument(help="写成评分表（.xlsx）。")],
    own: _SheetOption = None,
    state: Annotated[str, typer.Option("--state", help="只列这个状态的联盟。")] = "",
    pack: PackOption = DEFAULT_PACK,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """写出给评委的评分表：记录里已有的先填好并注明出处，分数由评委填。

    Python: matcher.alliances.prefill
    """
    from matcher.alliances import prefill
    from matcher.report.faces.tables import write_tables
    from matcher.report.tables.alliances import score_sheet

    asked = _sheet_of(own, pack_of(pack))
    with opened(workspace) as store:
        states = store.states()
        chosen = [a for a in store.all() if not state or states[a.alliance_id] == state]
    known = [line for one in chosen for line in prefill(asked, one)]
    write_tables(asked.sheet.name, [score_sheet(known)], output)
    say(f"已写好：{output} ({len(chosen)} 个联盟，{len(asked.indicator)} 项指标)")


def mark(
    file: Annotated[Path, typer.Argument(help="填好的评分表。")],
    year: _YearOption,
    own: _SheetOption = None,
    pack: PackOption = DEFAULT_PACK,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> int:
    """导入评委填好的评分表；同一评委再导入的替换原来的。

    Python: matcher.service.store.alliances.Alliances.put_marks
    """
    from matcher.alliances import evaluate
    from matcher.corpora.read import read_records
    from matcher.records.alliance import Mark

    reading = read_records(file, Mark)
    for reject in list(reading.rejects)[:_SHOWN]:
        note(reject.message)
    with opened(workspace) as store:
        # What cannot be evaluated is told before anything is written.
        evaluate(_sheet_of(own, pack_of(pack)), store.all(), list(reading.records), draws=1)
        done = store.put_marks(reading.records, year, act(f"导入 {file.name}"))
    say(f"已写入 {done} 条评分")
    return _PARTIAL if reading.rejects else 0


def evaluation(
    year: _YearOption,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写成 .xlsx 或 .html。")
    ] = None,
    own: _SheetOption = None,
    pack: PackOption = DEFAULT_PACK,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """一年的评估结果：名次、分不出先后的梯次、九成区间、评委一致性、谁因利益冲突回避。

    Python: matcher.alliances.evaluate
    """
    from dataclasses import asdict

    from matcher.alliances import evaluate
    from matcher.report.faces.tables import write_tables
    from matcher.report.tables.alliances import evaluation_tables

    asked = _sheet_of(own, pack_of(pack))
    with opened(workspace) as store:
        marks = store.counted_marks(year)
        kept = store.all()
    if not marks:
        raise InputError(
            "这一年没有评分", given=year,
            remedy="先用 matcher alliances mark 导入；网页上打的，评委交了分才计",
        )  # fmt: skip
    found = evaluate(asked, kept, marks)
    if output is not None:
        write_tables(f"{year} 年联盟评估", evaluation_tables(found), output)
        note(f"已写好：{output}")
    if as_json:
        say_json(asdict(found))
        return
    rows = [
        (str(p.rank or ""), str(p.tier or ""), p.title, "" if p.total is None else f"{p.total:.1f}",
         "" if p.low is None else f"{p.low:.1f}–{p.high:.1f}", p.explained)
        for p in found.places[:_SHOWN]
    ]  # fmt: skip
    table(f"{year} 年评估", ("名次", "梯次", "联盟", "总分", "九成区间", "说明"), rows)
    whole = found.agreement[0]
    say(f"评委一致性 α = {whole.alpha if whole.alpha is not None else '无'}: {whole.words}")


def year_of(
    year: _YearOption,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写成 .xlsx 或 .html。")
    ] = None,
    pack: PackOption = DEFAULT_PACK,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """一年的计划与进度：联盟、榜单、技术、资金对照目标，按年度、市、领域、计划分；四种防范。

    Python: matcher.alliances.year_report
    """
    from dataclasses import asdict

    from matcher.alliances import Records, year_report
    from matcher.report.faces.tables import write_tables
    from matcher.report.tables.alliances import year_tables
    from matcher.workspace import Workspace

    stored = Workspace(workspace, encoder=None)
    with opened(workspace) as store:
        kept = store.all()
    records = Records(kept, tuple(stored.challenges().values()), stored.outcomes())
    found = year_report(pack_of(pack), records, year)
    if output is not None:
        write_tables(f"{year} 年联盟与揭榜挂帅进度", year_tables(found), output)
        note(f"已写好：{output}")
    if as_json:
        say_json(asdict(found))
        return
    rows = [
        (p.name, p.years, f"{p.planned:g}", f"{p.reached:g}", p.unit, f"{p.share:.0%}", p.source)
        for p in found.progress
    ]
    table(f"{year} 年", ("目标", "年度", "计划", "已达到", "单位", "完成", "出处"), rows)
    for p in found.progress:
        told = [p.note, f"{p.blank} 条没有填写，没有算在已达到里" if p.blank else ""]
        if any(told):
            say(f"{p.name}: {'；'.join(filter(None, told))}")
    for guard in found.guards:
        which = f"（{'、'.join(guard.shown)}）" if guard.shown else ""
        say(f"{'! ' if guard.raised else '  '}{guard.name}: {guard.words}{which}")
