"""``matcher teams | challenges | match``: matching, one by one or in a batch."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.charts import show_chart
from matcher.cli.console import announce, for_program, note, progress, say, say_json, table
from matcher.cli.engines import LOCAL, engine_of
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    ChartOption,
    CityOption,
    DomainOption,
    EncoderOption,
    EngineOption,
    JsonOption,
    Model,
    ProvinceOption,
    RankerOption,
    RerankerOption,
    ResumeOption,
    SchedulerOption,
    TeamBlocksOption,
    TopOption,
    WorkspaceOption,
)
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError
from matcher.ranking.grades import Band, Verdict

if TYPE_CHECKING:
    from matcher.corpora import Reading
    from matcher.matches import Failure, Match, Ranking
    from matcher.pipeline import Matcher
    from matcher.records import Challenge, Team

PARTIAL = 3
# A short word with a figure in it, such as KB-18 or 2024001: hardly a problem in words.
_LIKE_AN_ID = re.compile(r"(?=.*\d)[\w.-]{1,30}", re.ASCII)
_OrgTypeOption = Annotated[str, typer.Option("--org-type", help="高校、科研院所、企业 或 其他。")]


def teams(
    challenge: Annotated[
        str, typer.Argument(help="榜单编号，或技术需求的文字；写 - 从标准输入读。")
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    top: TopOption = 10,
    province: ProvinceOption = "",
    city: CityOption = "",
    org_type: _OrgTypeOption = "",
    domain: DomainOption = "",
    since: Annotated[int | None, typer.Option("--since", help="有这一年以后的成果。")] = None,
    trl: Annotated[
        int | None,
        typer.Option("--trl", min=1, max=9, help="成熟度（1 至 9）到这一级；没有写的不列。"),
    ] = None,
    term: Annotated[
        list[str] | None, typer.Option("--term", help="补充检索词，可重复（只用于这一次）。")
    ] = None,
    ranker: RankerOption = "",
    reranker: RerankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
    chart: ChartOption = False,
    as_json: JsonOption = False,
) -> None:
    """为一个技术需求找团队。

    Python: Matcher.find_teams
    """
    from matcher.index.documents import Filter
    from matcher.policy import others
    from matcher.records import Challenge

    where = Filter(
        province, city, _checked_org_type(org_type), domain, since_year=since, least_trl=trl
    )
    text = _standard_input() if challenge == "-" else challenge
    matcher = open_matcher(workspace, Model(encoder, ranker, reranker))
    if _LIKE_AN_ID.fullmatch(text) and text not in matcher.challenges:
        note(f"工作区里没有编号「{text}」，按技术需求的文字匹配")
    asked: str | Challenge = text
    if term:
        found_one = matcher.challenges.get(text) or Challenge.from_text(text)
        more = (*found_one.search_terms, *term)
        asked = found_one.model_copy(update={"search_terms": more})
    ranking = matcher.rank(asked, top, where)
    if not as_json and (ranking.too_short or ranking.verdict != Verdict.UNKNOWN):
        found = ranking.verdict == Verdict.ANSWERABLE
        say(f"结论：{'库内有合适团队。' if found else ranking.advice}")
    found_all = others(ranking.matches)
    if chart and found_all and not as_json:
        show_chart(found_all)
        return
    _show(found_all, as_json, "没有符合条件的团队。", by_team=True)


def challenges(
    team_id: Annotated[str, typer.Argument(help="团队编号。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    top: TopOption = 10,
    province: ProvinceOption = "",
    city: CityOption = "",
    domain: DomainOption = "",
    open_on: Annotated[
        str, typer.Option("--open-on", help="这一天仍可揭榜的（年-月-日）；all 为全部。")
    ] = "today",
    ranker: RankerOption = "",
    reranker: RerankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:
    """为一个团队找适合揭榜的技术需求（默认只看今天仍可揭榜的）。

    档次高的在前，同一档里本团队比别的团队突出的在前。

    Python: Matcher.find_challenges
    """
    from matcher.index.documents import Filter
    from matcher.policy import others

    where = Filter(province, city, tech_domain=domain, open_on=_day(open_on))
    matcher = open_matcher(workspace, Model(encoder, ranker, reranker))
    found = matcher.find_challenges(team_id, top, where)
    _show(others(found), as_json, "没有符合条件的技术需求。", by_team=False)


def match(
    challenges_file: Annotated[
        Path | None, typer.Option("--challenges", help="榜单文件；不写则用工作区。")
    ] = None,
    teams_file: Annotated[
        Path | None, typer.Option("--teams", help="团队库文件；不写则用工作区。")
    ] = None,
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="单独的成果文件（按团队编号）。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    top: TopOption = 100,
    file_format: Annotated[
        str, typer.Option("--format", help="trec、jsonl、csv 或 xlsx；不写则看扩展名。")
    ] = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="结果文件。")] = None,
    explain: Annotated[
        int | None, typer.Option("--explain", min=0, help="每个需求前几名附依据（trec 不附）。")
    ] = None,
    shown: Annotated[
        int, typer.Option("--show", min=0, help="在终端列出前几个需求的首选团队。")
    ] = 0,
    tag: Annotated[str, typer.Option("--tag", help="TREC 运行名。")] = "matcher",
    ranker: RankerOption = "",
    reranker: RerankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
    engine: EngineOption = LOCAL,
    scheduler: SchedulerOption = "",
    team_blocks: TeamBlocksOption = 1,
    resume: ResumeOption = False,
    as_json: JsonOption = False,
) -> int:
    """批量匹配：给每个技术需求排出团队，写成一个文件。

    两个文件都给出时不需要工作区。加 --engine processes（本机每核一个进程）或 dask（集群）时
    分块完成，中断后加 --resume 继续（docs/scale.md）。全部排出时退出码为 0；有的没能排出、
    有的行不能用时列出它们，退出码为 3。

    Python: Matcher.match 与 matcher.report.write_run; matcher.cluster.matching.match_in_blocks
    """
    for_program(as_json)
    cluster = engine_of(engine, scheduler, resume)
    if cluster is None and team_blocks > 1:
        raise InputError(
            "--team-blocks 只用于分块计算", remedy="加上 --engine processes 或 dask，或去掉它"
        )
    if cluster is not None:
        _needs_workspace(challenges_file)
    if output is None:
        raise InputError("没有指定结果文件", remedy="加上 --output 文件名，如 --output 结果.xlsx")
    chosen = file_format or output.suffix.lstrip(".").lower()
    _check_format(chosen)
    batch = Batch()
    files = (challenges_file, teams_file, evidence)
    matcher = batch_matcher(files, workspace, Model(encoder, ranker, reranker), batch)
    explained = explain if explain is not None else (0 if chosen == "trec" else 10)
    if not matcher.teams:
        raise InputError("团队库是空的", remedy="先导入团队，或检查 --teams 文件")
    from matcher.report import write_run

    with progress("匹配") as bar:
        if cluster is None:
            ranked = matcher.match(top=top, explained=explained, progress=bar)
        else:
            from matcher.cluster.job import MatchSettings
            from matcher.cluster.matching import match_in_blocks
            from matcher.workspace import Workspace

            ranked = match_in_blocks(
                Workspace(workspace, encoder=encoder),
                output.with_name(f"{output.name}.blocks"),
                cluster,
                MatchSettings(
                    encoder, ranker, top, explained, team_blocks=team_blocks, reranker=reranker
                ),
                bar,
            )
        write_run(batch.passing(ranked), output, chosen, tag)
    _show_best(batch.best[:shown])
    if as_json:
        say_json({"ranked": batch.ranked, "problems": batch.lines, "output": str(output)})
    return _finish(batch, output)


@dataclass
class Batch:
    """What came of a batch: the first choices, and what could not be done."""

    lines: list[str] = field(default_factory=list)
    best: list[Match] = field(default_factory=list)
    ranked: int = 0

    def passing(self, results: Iterator[Ranking | Failure]) -> Iterator[Ranking]:
        """Rankings go through; failures are noted."""
        from matcher.matches import Failure

        for result in results:
            if isinstance(result, Failure):
                self.lines.append(f"未能匹配 {result.challenge.challenge_id}: {result.reason}")
            else:
                self.ranked += 1
                self.best.extend(result.matches[:1])
                yield result

    def add_reading(self, reading: Reading[Challenge] | Reading[Team]) -> None:
        """Rows of a file that could not be used."""
        self.lines.extend(reject.message for reject in reading.rejects)
        if reading.unknown_columns:
            note(f"{reading.file}：未识别的列已保留：{'、'.join(reading.unknown_columns)}")
        for warning in reading.warnings:
            note(f"{reading.file}: {warning}")


def batch_matcher(
    files: tuple[Path | None, Path | None, Path | None],
    workspace: Path,
    model: Model,
    batch: Batch,
) -> Matcher:
    """A matcher from files or, where none is given, from the workspace.

    Args:
        files: of challenges, teams, and evidence kept apart.
        workspace: its folder.
        model: what ranks.
        batch: told of rows that cannot be used.

    Raises:
        InputError: only one of challenges and teams is given, or a file cannot be read.
    """
    challenges_file, teams_file, evidence = files
    if challenges_file is None and teams_file is None:
        return open_matcher(workspace, model)
    if challenges_file is None or teams_file is None:
        raise InputError(
            "只给了一个文件",
            expected="--challenges 和 --teams 两个都给，或都不给（用工作区）",
            remedy="补上另一个文件，或两个都去掉",
        )
    from matcher.corpora import read_challenges, read_teams
    from matcher.models import open_encoder
    from matcher.pipeline import Matcher

    announce(model.encoder)
    opened = open_encoder(model.encoder)
    wanted = read_challenges(challenges_file)
    library = read_teams(teams_file, evidence=evidence)
    batch.add_reading(wanted)
    batch.add_reading(library)
    with progress("建立索引") as bar:
        return Matcher.from_records(
            wanted.records, library.records, encoder=opened, ranker=model.choice, progress=bar
        )


def _needs_workspace(challenges_file: Path | None) -> None:
    if challenges_file is not None:
        raise InputError(
            "分块计算只能匹配工作区里的内容",
            given="--challenges 和 --teams",
            remedy="先用 matcher import 导入共用存储上的工作区，再用 --workspace 指定它",
        )


def _standard_input() -> str:
    written = sys.stdin.buffer.read()
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return written.decode(coding)
        except UnicodeDecodeError:
            continue
    raise InputError(
        "标准输入的文字无法识别", expected="UTF-8 或 GB18030 编码", remedy="转成 UTF-8 后重试"
    )


def open_matcher(workspace: Path, model: Model) -> Matcher:
    """The matcher of a workspace, its challenges as far as they are. Raises: WorkspaceError."""
    from matcher.service.store.course import course_of
    from matcher.workspace import Workspace

    announce(model.encoder)
    opened = Workspace(workspace, encoder=model.encoder)
    matcher = opened.matcher(model.choice)
    return matcher.over(course_of(opened).staged(matcher.challenges))


def _finish(batch: Batch, output: Path) -> int:
    note(f"已排出 {batch.ranked} 个技术需求，结果：{output}")
    if not batch.lines:
        return 0
    note(f"有 {len(batch.lines)} 处没有完成：")
    for line in batch.lines:
        note(f"  {line}")
    return PARTIAL


def _show_best(best: list[Match]) -> None:
    if not best:
        return
    rows = [
        (
            m.challenge.challenge_id,
            m.challenge.name,
            m.team.name,
            m.team.org_name,
            "、".join(m.explanation.terms[:4]) if m.explanation else "",
        )
        for m in best
    ]
    table("首选团队（前几项）", ("编号", "技术需求", "团队", "单位", "共有用词"), rows)


def _check_format(chosen: str) -> None:
    from matcher.report import FORMATS

    if chosen not in FORMATS:
        raise InputError(
            "不认识的输出格式", given=chosen or "空", expected=" / ".join(FORMATS),
            remedy="用 --format 指定",
        )  # fmt: skip


def _checked_org_type(org_type: str) -> str:
    from matcher.records import ORG_TYPES

    if org_type and org_type not in ORG_TYPES:
        raise InputError(
            "不认识的单位类型", given=org_type, expected=" / ".join(ORG_TYPES),
            remedy="改成其中一种，或去掉 --org-type",
        )  # fmt: skip
    return org_type


def _day(written: str) -> date | None:
    from matcher.text.dates import today

    if written == "all":
        return None
    if written == "today":
        return today()
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(
            "日期写法不对", given=written, expected="如 2026-03-31，或 all", remedy="改正 --open-on"
        ) from error


def _show(found: tuple[Match, ...], as_json: bool, nothing: str, *, by_team: bool) -> None:
    if as_json:
        from matcher.report.run_file import match_as_json

        say_json([match_as_json(m) for m in found])
    elif not found:
        say(nothing)
    else:
        subject = found[0].challenge.name if by_team else found[0].team.name
        say(f"适合「{subject}」的{'团队' if by_team else '技术需求'}:")
        for one in found:
            say(_heading(one, by_team))
            for line in _proof(one):
                say(f"      {line}")


def _heading(match: Match, by_team: bool) -> str:
    if by_team:
        team = match.team
        place = f"{team.province}{team.city}"
        about = "  ".join(filter(None, (team.name, team.org_name, place, team.team_id)))
    else:
        from matcher.corpora.bounty import bounty_words

        challenge = match.challenge
        bounty = bounty_words(challenge)
        deadline = f"截止 {challenge.apply_deadline or '未定'}"
        about = "  ".join((challenge.name, challenge.challenge_id, deadline, f"榜额 {bounty}"))
    band = "" if match.band == Band.UNKNOWN else f"[{match.band}] "
    return f"{match.rank:>3}. {band}{about}  得分 {match.score:.2f}"


def _proof(match: Match) -> list[str]:
    explanation = match.explanation
    if explanation is None:
        return []
    lines = []
    for piece in explanation.evidence:
        year = f" ({piece.year})" if piece.year else ""
        shared = "、".join(term for term, _ in piece.terms[:6]) or "无（语义相近）"
        lines.append(f"依据 [{piece.kind}] {piece.title}{year}；共有用词：{shared}")
        lines.append(f"     “{piece.snippet}”")
    total = len(explanation.coverage)
    missing = "、".join(explanation.uncovered) or "无"
    lines.append(f"要求 {total} 条：覆盖 {len(explanation.covered)}，未见依据：{missing}")
    return lines
