"""``matcher report | assign | consortium``: from a list to a plan a meeting can decide on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import for_program, note, progress, say, say_json, table
from matcher.cli.matching import PARTIAL
from matcher.cli.options import JsonOption
from matcher.cli.report_inputs import Opened, open_pack
from matcher.cli.report_options import (
    ScopeOptions,
    SourceOptions,
    dated_on,
    option_groups,
    parts,
)
from matcher.errors import InputError
from matcher.garbage import collected_seldom
from matcher.plan_settings import PlanSettings, allowed_bands

if TYPE_CHECKING:
    from matcher.consortium import Consortium
    from matcher.matches import Match
    from matcher.records import Outcome
    from matcher.report.build import ReportInputs
    from matcher.report.manifest import Check
    from matcher.report.model import Report
    from matcher.report.plan_lines import PlanSummary
    from matcher.report.profiles import Profile
    from matcher.report.resume import Kept


@option_groups
def report(
    sources: SourceOptions,
    scope: ScopeOptions,
    plan: PlanSettings,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="文件 (.xlsx .docx .html .json .csv) 或文件夹。"),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="几种格式，逗号分开：xlsx,docx,html,json,csv。")
    ] = "",
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="每个需求列出多少个。")] = 10,
    title: Annotated[str, typer.Option("--title", help="报告标题。")] = "",
    day: Annotated[str, typer.Option("--date", help="报告日期（年-月-日）；不写则为今天。")] = "",
    reader: Annotated[
        str,
        typer.Option(
            "--for",
            help="用途：meeting 会议、expert 专家评审、enterprise 企业、"
            "university 高校院所、full 全部。",
        ),
    ] = "meeting",
    template: Annotated[
        Path | None,
        typer.Option("--template", help="单位的 Word 模板（.docx）：用它的信头和样式。"),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="稳定性分析的抽签次数；0 不分析。")
    ] = 40,
    no_resume: Annotated[
        bool, typer.Option("--no-resume", help="不用、也不保存工作区里已算好的结果。")
    ] = False,
    verify: Annotated[
        Path | None,
        typer.Option("--verify", help="核对一份清单（*.manifest.json），不写报告。"),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """把整张榜单匹配成一份会议能用的报告：排名、依据、指派、流标风险、冲突、集中度。

    Python: matcher.report.build_report, write_report
    """
    from matcher.report.faces.document import open_template
    from matcher.report.profiles import profile_of
    from matcher.report.settings import ReportSettings

    began = time.monotonic()
    for_program(as_json)
    if output is None and verify is None:
        raise InputError("没有指定报告写到哪里", remedy="加上 --output 文件或文件夹")
    settings = ReportSettings(
        title=title or ReportSettings().title, top=top, contenders=scope.contenders,
        only=scope.challenge_ids(), since=scope.open_on(), draws=draws, plan=plan,
        profile=reader, dated=dated_on(day),
    )  # fmt: skip
    profile = profile_of(reader)
    files = None if output is None else _files(output, formats)
    if template is not None:
        open_template(template)  # refused before an hour of work, not after
    before = scope.earlier()
    opened = sources.open(scope.outcomes)
    if verify is not None:
        return _verify(verify, opened, scope.pack, as_json)
    assert files is not None
    inputs = opened.report_inputs(settings, scope.policy_pack(), before)
    with _kept(None if no_resume else opened) as kept:
        told = _write(inputs, (files, profile, template), kept, began)
    if as_json:
        say_json(told)
    scope.keep_decisions(opened.outcomes)
    return _finish(opened)


@option_groups
def assign(
    sources: SourceOptions,
    scope: ScopeOptions,
    plan: PlanSettings,
    pin: Annotated[
        list[str] | None, typer.Option("--pin", help="指定：榜单编号：团队编号：理由；可多次。")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="排除：写法同 --pin；可多次。")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """给整张榜单指派团队：名额、上限、规则之内总体最好；等级不够就不指派。

    Python: matcher.report.build_planning 与 matcher.assignment.assign
    """
    from matcher.report.build import build_report
    from matcher.report.settings import ReportSettings

    # Nothing is shown of the evidence, so nothing is explained.
    settings = ReportSettings(
        top=1, contenders=scope.contenders, only=scope.challenge_ids(), since=scope.open_on(),
        draws=0, plan=plan,
    )  # fmt: skip
    if scope.earlier() is not None:
        raise InputError("试算的方案不与报告比较", remedy="用 matcher report --since 清单")
    opened = sources.open(scope.outcomes)
    opened.outcomes += tuple(_decisions(pin or (), "人工推荐"))
    opened.outcomes += tuple(_decisions(exclude or (), "人工排除"))
    with progress("匹配") as bar:
        made = build_report(opened.report_inputs(settings, scope.policy_pack()), progress=bar)
    if made.plan.infeasible:
        raise InputError(made.plan.infeasible, remedy="按上面的办法放宽，或去掉互相矛盾的指定")
    scope.keep_decisions(opened.outcomes)
    _show_plan(made, as_json)
    return _finish(opened)


@option_groups
def consortium(
    challenge: Annotated[str, typer.Argument(help="榜单编号，或技术需求的文字。")],
    sources: SourceOptions,
    size: Annotated[int, typer.Option("--size", min=1, help="最多几个团队。")] = 5,
    contenders: Annotated[int, typer.Option("--contenders", min=1, help="从前几名里选。")] = 40,
    lowest_band: Annotated[
        str, typer.Option("--lowest-band", help="最低等级：强、中、弱 或 未定。")
    ] = "中",
    enterprise_lead: Annotated[
        bool, typer.Option("--enterprise-lead", help="须有企业任盟主。")
    ] = False,
    lead: Annotated[str, typer.Option("--lead", help="自任盟主的发榜企业。")] = "",
    research_member: Annotated[
        bool, typer.Option("--research-member", help="须有高校或科研院所。")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """为一个技术需求找合起来覆盖要求的最少几个团队，并与最好的单个团队对照。

    Python: matcher.consortium.consortium
    """
    from matcher.assignment import RESEARCH_MEMBER
    from matcher.consortium import Applicant, ConsortiumRules, requirements
    from matcher.consortium import consortium as form
    from matcher.matches import fit
    from matcher.policy import others

    allowed = allowed_bands(lowest_band)
    opened = sources.open()
    matches = opened.matcher.find_teams(challenge, contenders)
    # Without calibration every band is 未定 and says nothing against anybody.
    able = [m for m in others(matches) if m.band in allowed or m.chance is None]
    rules = ConsortiumRules(
        max_teams=size, enterprise_lead=enterprise_lead, lead_org=lead,
        kinds=RESEARCH_MEMBER if research_member else (),
    )  # fmt: skip
    people = [Applicant.from_match(m, fit(m.chance, m.rank)) for m in able]
    try:
        wanted = requirements(matches)
    except InputError as error:  # a title alone
        say(error.what)
        return _finish(opened)
    found = form(wanted, people, rules)
    if not people and not as_json:
        say(f"前 {len(matches)} 名里没有等级够的团队可以组成联合体（最低等级“{lowest_band}”）。")
    else:
        _show_consortium(found, {m.team_id: m.team.name for m in matches}, matches, as_json)
    return _finish(opened)


def _show_consortium(
    found: Consortium, names: Mapping[str, str], matches: Sequence[Match], as_json: bool
) -> None:
    if as_json:
        say_json(asdict(found) | {"team_names": {m.team_id: names[m.team_id]
                                                 for m in found.members}})  # fmt: skip
        return
    rows = [(m.role, m.team_id, names[m.team_id], m.org, "、".join(m.facets) or "（按规则须有）")
            for m in found.members]  # fmt: skip
    table(
        f"联合体：{matches[0].challenge.name}", ("角色", "编号", "团队", "单位", "负责的要求"), rows
    )
    single = names.get(found.best_single, "无")
    say(f"合起来覆盖 {found.coverage:.2f}；最好的单个团队 {single} 覆盖 {found.single_coverage:.2f}"
        "（0–1，部分覆盖记 0.5）")  # fmt: skip
    say(f"仍未见依据：{'、'.join(found.open) or '无'}")
    for words in found.unmet:
        say(f"未满足：{words}")


def _files(output: Path, formats: str) -> tuple[Path, ...]:
    from matcher.report.faces import output_files

    return output_files(output, parts(formats))


@contextmanager
def _kept(opened: Opened | None) -> Iterator[Kept]:
    from matcher.report.resume import NothingKept, kept_results

    if opened is None or opened.folder is None:
        yield NothingKept()
        return
    with kept_results(opened.folder) as kept:
        yield kept


def _write(
    inputs: ReportInputs,
    wanted: tuple[tuple[Path, ...], Profile, Path | None],
    kept: Kept,
    began: float,
) -> dict[str, object]:
    """Write the files and say what is in them; gives the same for a program."""
    from matcher.report.build import build_report
    from matcher.report.faces import write_report
    from matcher.report.manifest import manifest_of, write_manifest

    files, profile, template = wanted
    with collected_seldom():  # a report is many small objects, all of them alive to the end
        with progress("匹配") as bar:
            made = build_report(inputs, kept, bar)
        write_report(made, files, profile, template)
    place = files[0].with_suffix(".manifest.json")
    pack = "" if inputs.pack is None else inputs.pack.pack.id
    spent = time.monotonic() - began
    proof = manifest_of(made, inputs.identity, inputs.settings, pack, files, spent)
    write_manifest(replace(proof, standing=inputs.standing(made), before=inputs.before), place)
    for words in made.notes:
        note(f"注意：{words}")
    if made.changes is not None:
        say(made.changes.told)
    plan, risky = made.plan, sum(card.risk.level == "高" for card in made.cards)
    say(f"{plan.challenges} 项技术需求，指派 {plan.answered} 项，流标风险高 {risky} 项，"
        f"冲突与提示 {len(made.conflicts)} 条")  # fmt: skip
    for path in (*files, place):
        say(f"  {path}")
    return {
        "challenges": plan.challenges, "assigned": plan.answered, "at_risk": risky,
        "awarded": len(made.awarded),
        "cautions": len(made.conflicts), "notes": list(made.notes),
        "files": [str(path) for path in files], "manifest": str(place),
    }  # fmt: skip


def _verify(path: Path, opened: Opened, pack: str, as_json: bool) -> int:
    from matcher.report.build import build_report
    from matcher.report.manifest import check_files, check_inputs, check_report, read_manifest

    manifest = read_manifest(path)
    rules = open_pack(pack or manifest.pack)
    inputs = opened.report_inputs(manifest.report_settings, rules, manifest.before)
    checks: list[Check] = [*check_files(manifest, path.parent)]
    same = list(check_inputs(manifest, inputs.identity))
    checks += same
    if all(check.holds for check in same):
        with progress("重新生成") as bar:
            checks.append(check_report(manifest, build_report(inputs, progress=bar)))
    if as_json:
        say_json([asdict(check) for check in checks])
    for check in checks:
        say(f"{'一致' if check.holds else '不一致'}  {check.what}  {check.detail}".rstrip())
    if all(check.holds for check in checks):
        say("核对通过：同样的输入得到同样的报告。")
        return 0
    say("核对没有通过。")
    return 1


def _finish(opened: Opened) -> int:
    if not opened.lines:
        return 0
    note(f"有 {len(opened.lines)} 行不能用，没有进入报告：")
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
        told = {"unanswered": unanswered, "overrides": overrides,
                "awarded": [asdict(line) for line in made.awarded]}  # fmt: skip
        say_json(asdict(made.plan) | told)
        return
    for words in made.notes:
        note(f"注意：{words}")
    plan: PlanSummary = made.plan
    rows = [
        (x.challenge_id, x.challenge_title, x.role, x.band, x.team_id, x.team_name, x.org_name)
        for x in plan.lines
    ]
    table("指派方案", ("编号", "技术需求", "方案", "等级", "团队编号", "团队", "单位"), rows)
    proof = "已证明最优" if plan.optimal else f"未证明最优，差距 {plan.gap}"
    say(f"{plan.challenges} 项里指派 {plan.answered} 项，契合度合计 {plan.total_fit:.2f}, {proof}")
    for card in made.cards:
        if not card.assigned:
            say(f"无人可指派 {card.challenge_id} {card.title}: {card.risk.reason}")
    for given in made.awarded:
        say(f"已立项 {given.challenge_id} {given.challenge_title}: {given.words}")
    for line in made.overrides:
        pair = f"{line.challenge_id}–{line.team_id}"
        say(f"{line.stage} {pair}（{line.reason or '未填写理由'}）：{line.honoured}")


def _decisions(written: Iterable[str], stage: str) -> Iterator[Outcome]:
    from matcher.records import Outcome
    from matcher.text.dates import today

    for text in written:
        challenge_id, _, rest = text.partition(":")
        team_id, _, reason = rest.partition(":")
        if not challenge_id or not team_id:
            raise InputError(
                "指定或排除的写法不对", given=text, remedy="改正 --pin 或 --exclude",
                expected="榜单编号：团队编号 或 榜单编号：团队编号：理由",
            )  # fmt: skip
        yield Outcome.model_validate(
            {
                "challenge_id": challenge_id,
                "team_id": team_id,
                "stage": stage,
                "reason": reason,
                "when": today(),
            }  # said now, so it stands against earlier decisions
        )
