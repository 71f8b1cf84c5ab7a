"""``matcher programmes``: what an alliance or a challenge may ask for, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, get_args

import typer

from matcher.cli.alliances import DEFAULT_PACK, PackOption, challenges_of, opened, shown_in
from matcher.cli.console import note, say, say_json
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, WorkspaceOption
from matcher.cli.report_inputs import pack_of
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from matcher.alliances import AccountYear
    from matcher.policy import Advice, Claim, PolicyPack
    from matcher.records.alliance import Ask


def programmes(
    subject: Annotated[str, typer.Argument(help="联盟编号或榜单编号。")],
    year: Annotated[
        int,
        typer.Option(
            "--year", min=0, max=2100,
            help="哪一年的余额；不写则今年，规则包不管今年的取最近有资金记录的一年。",
        ),
    ] = 0,
    short: Annotated[bool, typer.Option("--short", help="只要第一屏，不要依据。")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="各项计划都写全；不写则有拟申请的写全，其他的一行。"),
    ] = False,
    ask: Annotated[
        list[str] | None,
        typer.Option("--ask", help="问哪一样（可写几次），不写则照联盟表「问哪几样」。"),
    ] = None,
    pack: PackOption = DEFAULT_PACK,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """可以申请哪些计划，其他的为什么不行，还缺什么、向谁要，最多多少、怎样算的、出自哪一条。

    先是一屏：每项计划一行，可以申请、待核实还是不符合，最多多少，下一步问谁要什么。下面是依据：
    年度上限（每一笔计不计入、写在哪一行；拟申请的合计不减），各计划共同的条件，各项计划。
    条文写的附原句；条文没有写而这样理解的，注明是理解；取决于理解或未填写的一律待核实，
    写出每种理解的结果，只说“不超过”。同一单位按信用代码或名称认。

    Python: matcher.alliances.advice_for, advice_around_challenge, matcher.policy.statement_of
    """
    from dataclasses import asdict

    from matcher.policy import statement_of

    rules = pack_of(pack)
    advised = _Advised.of(rules, subject, year, workspace, encoder, asks_of(ask or ()))
    when = f"{subject}：按 {advised.year.year} 年计（{advised.year.why}）；规则包 {advised.pack}"
    if as_json:
        note(when)
        say_json([asdict(one) for one in advised.advice])
        return
    page = statement_of(rules, advised.advice)
    say(when)
    say(f"出处：{page.source}")
    if advised.about:
        say(advised.about)
    for line in (*page.summary, *(page.later if every else ())):
        say(line)
    if page.later and not every:
        say(f"另有 {len(page.later)} 行（没有问到的计划、条文没有写的），--all 列出")
    if short:
        say("依据（每一笔、每个条件、算式、原句、理解）：去掉 --short 看")
        return
    for title, lines in (("年度上限", page.rooms), ("各计划共同的条件", page.common)):
        if lines:
            say(f"── {title} ──")
            for line in lines:
                say(line)
    say("── 各计划 ──")
    for told in page.in_full(every):
        say(f"[{told.advice.verdict}] {told.advice.headline}")
        for line in told.lines:
            say(f"    {line}")
    if left := len(page.programmes) - len(page.in_full(every)):
        say(f"没有拟申请的 {left} 项只在第一屏各一行；写全：加 --all")


def asks_of(names: Sequence[str]) -> tuple[Ask, ...]:
    """Kinds of the closed list by name. Raises: InputError: one that is not of it."""
    from matcher.records.alliance import Ask

    kinds = {kind: kind for kind in get_args(Ask)}
    if strange := [name for name in names if name not in kinds]:
        raise InputError(
            "没有这一样可问", given="、".join(strange), expected="、".join(kinds),
            remedy="从列出的里选；写在联盟表「问哪几样」也可以",
        )  # fmt: skip
    return tuple(kinds[name] for name in dict.fromkeys(names))


class _Advised(NamedTuple):
    """What is said of an alliance or a challenge, for which year, and what it was held against."""

    pack: str
    year: AccountYear
    about: str
    advice: tuple[Advice, ...]

    @classmethod
    def of(
        cls, rules: PolicyPack, subject: str, year: int, workspace: Path, encoder: str,
        asks: Sequence[Ask] = (),
    ) -> _Advised:  # fmt: skip
        from matcher.alliances import advice_around_challenge, advice_for, all_claims, carrier_of
        from matcher.workspace import Workspace

        challenges = challenges_of(workspace)
        with opened(workspace) as store:
            kept = [one.model_copy(update={"asks": asks}) if asks else one for one in store.all()]
        outcomes = Workspace(workspace, encoder=None).outcomes()
        claims = all_claims(rules, kept, list(challenges.values()), outcomes)
        alliance = next((one for one in kept if one.alliance_id == subject), None)
        if alliance is not None:
            asked = _year_of(rules, year, claims, [alliance.lead_org, *alliance.challenges])
            shown = shown_in(workspace, encoder, alliance, challenges)
            advice = advice_for(rules, alliance, asked.year, claims, challenges, shown)
            return cls(rules.pack.id, asked, "", advice)
        if subject not in challenges:
            raise NotFoundError("没有这个联盟或榜单", given=subject, remedy="核对编号")
        one = challenges[subject]
        asked = _year_of(rules, year, claims, [one.demand_org, subject])
        carrier, about = carrier_of(one, kept)
        shown = shown_in(workspace, encoder, carrier, challenges) if carrier else {}
        advice = advice_around_challenge(rules, one, asked.year, claims, kept, challenges, shown)
        return cls(rules.pack.id, asked, about, advice)


def _year_of(
    rules: PolicyPack, year: int, claims: tuple[Claim, ...], own: list[str]
) -> AccountYear:
    from matcher.alliances import AccountYear, account_year
    from matcher.text.dates import today

    if year:
        return AccountYear(year, "--year 所写")
    return account_year(rules, today().year, claims, [name for name in own if name])
