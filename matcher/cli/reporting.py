"""``matcher report | assign | consortium``: from a list to a plan a meeting can decide on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import note, progress, say, say_json, table
from matcher.cli.matching import PARTIAL
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    JsonOption,
    RankerOption,
    WorkspaceOption,
)
from matcher.cli.report_inputs import Opened, open_inputs, open_pack
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.records import Outcome
    from matcher.report.build import ReportInputs
    from matcher.report.manifest import Check
    from matcher.report.model import PlanSummary, Report
    from matcher.report.resume import Kept
    from matcher.report.settings import PlanSettings

_File = Path | None
_Challenges = Annotated[_File, typer.Option("--challenges", help="榜单文件; 不写则用工作区。")]
_Teams = Annotated[_File, typer.Option("--teams", help="团队库文件; 不写则用工作区。")]
_Evidence = Annotated[_File, typer.Option("--evidence", help="单独的成果文件 (按团队编号)。")]
_Outcomes = Annotated[
    _File, typer.Option("--outcomes", help="人工推荐、人工排除的文件; 工作区里的也算。")
]
_Pack = Annotated[str, typer.Option("--pack", help="规则包: 名称 (liaoning-2021) 或 .toml 文件。")]
_Only = Annotated[str, typer.Option("--only", help="只要这些榜单编号, 逗号分开。")]
_Since = Annotated[str, typer.Option("--since", help="只要这一天仍可揭榜的 (年-月-日)。")]
_Contenders = Annotated[
    int, typer.Option("--contenders", min=1, help="每个需求里可供指派的前几名。")
]
_Lowest = Annotated[str, typer.Option("--lowest-band", help="最低等级: 强、中、弱 或 未定。")]
_Min = Annotated[int, typer.Option("--min-teams", min=1, help="每项最少团队数。")]
_Max = Annotated[int, typer.Option("--max-teams", min=1, help="每项最多团队数。")]
_Alternates = Annotated[int, typer.Option("--alternates", min=0, help="每项备选数。")]
_Leader = Annotated[
    int | None, typer.Option("--leader-limit", min=0, help="每位负责人最多几项, 含在研。")
]
_Org = Annotated[int | None, typer.Option("--org-limit", min=0, help="每个单位最多几项。")]
_Research = Annotated[bool, typer.Option("--research-member", help="每项须有高校或科研院所。")]
_Worst = Annotated[
    float, typer.Option("--worst-off", min=0, max=1, help="最差项目的权重 λ, 0 到 1。")
]
_Spread = Annotated[float, typer.Option("--spread", min=0, help="同一单位集中的惩罚 μ。")]
_Capacity = Annotated[int, typer.Option("--capacity", min=0, help="没写可承担数的团队最多几项。")]
_Limit = Annotated[float, typer.Option("--time-limit", min=1, help="求解限时, 秒。")]


def report(
    output: Annotated[
        _File, typer.Option("--output", "-o", help="文件 (.xlsx .docx .html .json .csv) 或文件夹。")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="几种格式, 逗号分开: xlsx,docx,html,json,csv。")
    ] = "",
    challenges: _Challenges = None,
    teams: _Teams = None,
    evidence: _Evidence = None,
    outcomes: _Outcomes = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    only: _Only = "",
    since: _Since = "",
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="每个需求列出多少个。")] = 10,
    contenders: _Contenders = 40,
    title: Annotated[str, typer.Option("--title", help="报告标题。")] = "",
    pack: _Pack = "",
    lowest_band: _Lowest = "中",
    min_teams: _Min = 1,
    max_teams: _Max = 1,
    alternates: _Alternates = 2,
    leader_limit: _Leader = None,
    org_limit: _Org = None,
    research_member: _Research = False,
    worst_off: _Worst = 0.0,
    spread: _Spread = 0.0,
    capacity: _Capacity = 1,
    time_limit: _Limit = 60.0,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="稳定性分析的抽签次数; 0 不分析。")
    ] = 4,
    no_resume: Annotated[
        bool, typer.Option("--no-resume", help="不用、也不保存工作区里已算好的结果。")
    ] = False,
    verify: Annotated[
        _File, typer.Option("--verify", help="核对一份清单 (*.manifest.json), 不写报告。")
    ] = None,
    ranker: RankerOption = "default",
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> int:
    """把整张榜单匹配成一份会议能用的报告: 排名、依据、指派、流标风险、冲突、集中度。

    Python: matcher.report.build_report, write_report
    """
    from matcher.report.settings import ReportSettings

    began = time.monotonic()
    if output is None and verify is None:
        raise InputError("没有指定报告写到哪里", remedy="加上 --output 文件或文件夹")
    plan = _plan(
        lowest_band, min_teams, max_teams, alternates, leader_limit, org_limit,
        research_member, worst_off, spread, capacity, time_limit,
    )  # fmt: skip
    settings = ReportSettings(
        title=title or ReportSettings().title, top=top, contenders=contenders, only=_ids(only),
        since=_day(since), draws=draws, plan=plan,
    )  # fmt: skip
    files = None if output is None else _files(output, formats)
    opened = open_inputs(challenges, teams, evidence, outcomes, workspace, (encoder, ranker))
    if verify is not None:
        return _verify(verify, opened, pack)
    assert files is not None
    inputs = opened.report_inputs(settings, open_pack(pack))
    with _kept(None if no_resume else opened) as kept:
        _write(inputs, files, kept, began)
    return _finish(opened)


def assign(
    challenges: _Challenges = None,
    teams: _Teams = None,
    evidence: _Evidence = None,
    outcomes: _Outcomes = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    only: _Only = "",
    since: _Since = "",
    contenders: _Contenders = 40,
    pack: _Pack = "",
    pin: Annotated[
        list[str] | None, typer.Option("--pin", help="指定: 榜单编号:团队编号:理由; 可多次。")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="排除: 写法同 --pin; 可多次。")
    ] = None,
    lowest_band: _Lowest = "中",
    min_teams: _Min = 1,
    max_teams: _Max = 1,
    alternates: _Alternates = 2,
    leader_limit: _Leader = None,
    org_limit: _Org = None,
    research_member: _Research = False,
    worst_off: _Worst = 0.0,
    spread: _Spread = 0.0,
    capacity: _Capacity = 1,
    time_limit: _Limit = 60.0,
    ranker: RankerOption = "default",
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> int:
    """给整张榜单指派团队: 名额、上限、规则之内总体最好; 等级不够就不指派。

    Python: matcher.report.build_planning 与 matcher.assignment.assign
    """
    from matcher.report.build import build_report
    from matcher.report.settings import ReportSettings

    plan = _plan(
        lowest_band, min_teams, max_teams, alternates, leader_limit, org_limit,
        research_member, worst_off, spread, capacity, time_limit,
    )  # fmt: skip
    # Nothing is shown of the evidence, so nothing is explained.
    settings = ReportSettings(
        top=1, contenders=contenders, only=_ids(only), since=_day(since), draws=0, plan=plan
    )
    opened = open_inputs(challenges, teams, evidence, outcomes, workspace, (encoder, ranker))
    opened.outcomes += tuple(_decisions(pin or (), "人工推荐"))
    opened.outcomes += tuple(_decisions(exclude or (), "人工排除"))
    with progress("匹配") as bar:
        made = build_report(opened.report_inputs(settings, open_pack(pack)), progress=bar)
    if made.plan.infeasible:
        raise InputError(made.plan.infeasible, remedy="按上面的办法放宽, 或去掉互相矛盾的指定")
    _show_plan(made, as_json)
    return _finish(opened)


def consortium(
    challenge: Annotated[str, typer.Argument(help="榜单编号, 或技术需求的文字。")],
    challenges: _Challenges = None,
    teams: _Teams = None,
    evidence: _Evidence = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    size: Annotated[int, typer.Option("--size", min=1, help="最多几个团队。")] = 5,
    contenders: _Contenders = 40,
    lowest_band: _Lowest = "中",
    enterprise_lead: Annotated[
        bool, typer.Option("--enterprise-lead", help="须有企业任盟主。")
    ] = False,
    lead: Annotated[str, typer.Option("--lead", help="自任盟主的发榜企业。")] = "",
    research_member: _Research = False,
    ranker: RankerOption = "default",
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> int:
    """为一个技术需求找合起来覆盖要求的最少几个团队, 并与最好的单个团队对照。

    Python: matcher.consortium.consortium
    """
    from matcher.assignment import RESEARCH_MEMBER
    from matcher.consortium import Applicant, ConsortiumRules, requirements
    from matcher.consortium import consortium as form
    from matcher.report.planning import band_words

    allowed = band_words(lowest_band)
    opened = open_inputs(challenges, teams, evidence, None, workspace, (encoder, ranker))
    matches = opened.matcher.find_teams(challenge, contenders)
    # Without calibration every band is 未定 and says nothing against anybody.
    able = [m for m in matches if m.band in allowed or m.chance is None]
    rules = ConsortiumRules(
        max_teams=size, enterprise_lead=enterprise_lead, lead_org=lead,
        kinds=RESEARCH_MEMBER if research_member else (),
    )  # fmt: skip
    people = [Applicant.from_match(m, m.chance if m.chance is not None else 1 / m.rank)
              for m in able]  # fmt: skip
    found = form(requirements(matches), people, rules)
    names = {m.team.team_id: m.team.name for m in matches}
    if as_json:
        say_json(asdict(found) | {"team_names": {m.team_id: names[m.team_id]
                                                 for m in found.members}})  # fmt: skip
        return _finish(opened)
    if not found.members:
        say(f"前 {len(matches)} 名里没有等级够的团队可以组成联合体 (最低等级“{lowest_band}”)。")
        return _finish(opened)
    rows = [(m.role, m.team_id, names[m.team_id], m.org, "、".join(m.facets) or "(按规则须有)")
            for m in found.members]  # fmt: skip
    table(
        f"联合体: {matches[0].challenge.name}", ("角色", "编号", "团队", "单位", "负责的要求"), rows
    )
    single = names.get(found.best_single, "无")
    say(f"合起来覆盖 {found.coverage:.2f}; 最好的单个团队 {single} 覆盖 {found.single_coverage:.2f}"
        " (0–1, 部分覆盖记 0.5)")  # fmt: skip
    say(f"仍未见依据: {'、'.join(found.open) or '无'}")
    for words in found.unmet:
        say(f"未满足: {words}")
    return _finish(opened)


def _plan(
    lowest_band: str, min_teams: int, max_teams: int, alternates: int, leader_limit: int | None,
    org_limit: int | None, research_member: bool, worst_off: float, spread: float, capacity: int,
    time_limit: float,
) -> PlanSettings:  # fmt: skip
    from matcher.report.planning import band_words
    from matcher.report.settings import PlanSettings

    band_words(lowest_band)
    return PlanSettings(
        lowest_band, min_teams, max_teams, alternates, leader_limit, org_limit, research_member,
        worst_off, spread, capacity, time_limit,
    )  # fmt: skip


def _files(output: Path, formats: str) -> tuple[Path, ...]:
    from matcher.report.faces import output_files

    return output_files(output, _ids(formats))


@contextmanager
def _kept(opened: Opened | None) -> Iterator[Kept]:
    from matcher.report.resume import NothingKept, kept_results

    if opened is None or opened.folder is None:
        yield NothingKept()
        return
    with kept_results(opened.folder) as kept:
        yield kept


def _write(inputs: ReportInputs, files: tuple[Path, ...], kept: Kept, began: float) -> None:
    from matcher.report.build import build_report
    from matcher.report.faces import write_report
    from matcher.report.manifest import manifest_of, write_manifest

    with progress("匹配") as bar:
        made = build_report(inputs, kept, bar)
    write_report(made, files)
    place = files[0].with_suffix(".manifest.json")
    pack = "" if inputs.pack is None else inputs.pack.pack.id
    spent = time.monotonic() - began
    write_manifest(manifest_of(made, inputs.identity, inputs.settings, pack, files, spent), place)
    for words in made.notes:
        note(f"注意: {words}")
    plan, risky = made.plan, sum(card.risk.level == "高" for card in made.cards)
    say(f"{plan.challenges} 项技术需求, 指派 {plan.answered} 项, 流标风险高 {risky} 项, "
        f"冲突与提示 {len(made.conflicts)} 条")  # fmt: skip
    for path in (*files, place):
        say(f"  {path}")


def _verify(path: Path, opened: Opened, pack: str) -> int:
    from matcher.report.build import build_report
    from matcher.report.manifest import check_files, check_inputs, check_report, read_manifest

    manifest = read_manifest(path)
    inputs = opened.report_inputs(manifest.report_settings, open_pack(pack or manifest.pack))
    checks: list[Check] = [*check_files(manifest, path.parent)]
    same = list(check_inputs(manifest, inputs.identity))
    checks += same
    if all(check.holds for check in same):
        with progress("重新生成") as bar:
            checks.append(check_report(manifest, build_report(inputs, progress=bar)))
    for check in checks:
        say(f"{'一致' if check.holds else '不一致'}  {check.what}  {check.detail}".rstrip())
    if all(check.holds for check in checks):
        say("核对通过: 同样的输入得到同样的报告。")
        return 0
    say("核对没有通过。")
    return 1


def _finish(opened: Opened) -> int:
    if not opened.lines:
        return 0
    note(f"有 {len(opened.lines)} 行不能用, 没有进入报告:")
    for line in opened.lines:
        note(f"  {line}")
    return PARTIAL


def _show_plan(made: Report, as_json: bool) -> None:
    if as_json:
        unanswered = [
            {"challenge_id": c.challenge_id, "title": c.title, "reason": c.risk.reason}
            for c in made.cards
            if not c.assigned
        ]
        overrides = [asdict(o) for o in made.overrides]
        say_json(asdict(made.plan) | {"unanswered": unanswered, "overrides": overrides})
        return
    for words in made.notes:
        note(f"注意: {words}")
    plan: PlanSummary = made.plan
    rows = [
        (x.challenge_id, x.challenge_title, x.role, x.band, x.team_id, x.team_name, x.org_name)
        for x in plan.lines
    ]
    table("指派方案", ("编号", "技术需求", "方案", "等级", "团队编号", "团队", "单位"), rows)
    proof = "已证明最优" if plan.optimal else f"未证明最优, 差距 {plan.gap}"
    say(f"{plan.challenges} 项里指派 {plan.answered} 项, 契合度合计 {plan.total_fit:.2f}, {proof}")
    for card in made.cards:
        if not card.assigned:
            say(f"无人可指派 {card.challenge_id} {card.title}: {card.risk.reason}")
    for line in made.overrides:
        pair = f"{line.challenge_id}–{line.team_id}"
        say(f"{line.stage} {pair} ({line.reason or '未写理由'}): {line.honoured}")


def _decisions(written: Iterable[str], stage: str) -> Iterator[Outcome]:
    from matcher.records import Outcome

    for text in written:
        challenge_id, _, rest = text.partition(":")
        team_id, _, reason = rest.partition(":")
        if not challenge_id or not team_id:
            raise InputError(
                "指定或排除的写法不对", given=text, remedy="改正 --pin 或 --exclude",
                expected="榜单编号:团队编号 或 榜单编号:团队编号:理由",
            )  # fmt: skip
        yield Outcome.model_validate(
            {
                "challenge_id": challenge_id,
                "team_id": team_id,
                "stage": stage,
                "reason": reason,
                "when": date.today(),
            }  # said now, so it stands against earlier decisions
        )


def _ids(written: str) -> tuple[str, ...]:
    parts = written.replace("，", ",").split(",")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise InputError(
            "日期写法不对", given=written, expected="如 2026-03-31", remedy="改正 --since"
        ) from error
