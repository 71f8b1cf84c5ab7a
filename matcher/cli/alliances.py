"""``matcher alliances …`` and ``matcher programmes``: from a match to an alliance and its money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import note, say, say_json, table
from matcher.cli.importing import import_files
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, WorkspaceOption
from matcher.cli.report_inputs import pack_of
from matcher.cli.report_options import parts
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from matcher.alliances import Alliance
    from matcher.policy import Fact
    from matcher.records import Challenge
    from matcher.service.store.alliances import Alliances
    from matcher.service.store.steps import Act

app = typer.Typer(help="联盟：导入、组建、查看、状态、条件、重复。", no_args_is_help=True)
_SHOWN = 20
_DONE = {
    "alliance.change": "修改", "alliance.file": "存协议文件", "alliance.mark": "评分",
}  # fmt: skip
_Id = Annotated[str, typer.Argument(help="联盟编号。")]
PackOption = Annotated[str, typer.Option("--pack", help="规则包：名称或 .toml 文件。")]
_Reason = Annotated[str, typer.Option("--reason", help="理由；认定典型、评估、结束、撤销要写。")]
DEFAULT_PACK = "liaoning-2021"


@contextmanager
def opened(workspace: Path) -> Iterator[Alliances]:
    """The alliances of a workspace, made if there is none."""
    from contextlib import closing

    from matcher.service.store.alliances import Alliances
    from matcher.service.store.audit import Audit
    from matcher.service.store.database import Database
    from matcher.workspace import STORE_FILE, Workspace

    made = Workspace(workspace, encoder=None)
    if not made.exists:
        raise NotFoundError(
            "没有这个工作区", given=workspace, remedy="先用 matcher import 导入榜单和团队库"
        )
    with closing(Database(workspace / STORE_FILE)) as database:
        yield Alliances(database, Audit(database))


def act(reason: str = "") -> Act:
    """What is done on the command line, as staff."""
    from matcher.service.access import COMMAND_LINE
    from matcher.service.store.steps import Act

    return Act(COMMAND_LINE, "staff", reason)


def counted(workspace: Path) -> str:
    """How many alliances a workspace has, by state; empty where it has none or cannot be read."""
    from collections import Counter
    from sqlite3 import OperationalError

    try:
        with opened(workspace) as store:
            states = Counter(store.states().values())
    except (OperationalError, OSError):
        return ""  # made before there were alliances, and nothing may be written there
    parts = "、".join(f"{state} {number}" for state, number in states.most_common())
    return f"{states.total()} 个（{parts}）" if states else ""


def show_history(workspace: Path, alliance_id: str) -> None:
    """What was done with an alliance: its steps, and who changed the record when."""
    from contextlib import closing

    from matcher.service.store.audit import Audit
    from matcher.service.store.database import Database
    from matcher.workspace import STORE_FILE

    with opened(workspace) as store:
        record, state = store.find(alliance_id)
        done = [(s.at, s.account, s.move, s.reason) for s in store.history(alliance_id)]
    with closing(Database(workspace / STORE_FILE)) as database:
        for line in Audit(database).of_target(alliance_id):
            if (name := _DONE.get(line.action)) is not None:
                done.append((line.at, line.account, name, ""))
    say(f"{record.alliance_id} {record.title}: {state}；改动只记何人何时，不存改前的内容")
    table("经过", ("何时", "何人", "步骤", "理由"), sorted(done))


def is_alliance(workspace: Path, record_id: str) -> bool:
    """Whether a workspace has an alliance of this id."""
    with opened(workspace) as store:
        return store.version(record_id) != ""


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="联盟名单：Excel、Word、网页、CSV、JSONL。")],
    check: Annotated[bool, typer.Option("--check", help="只看会怎样，不写入。")] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="有不能用的行时导入其余的行。")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="把不能用的行写到这个文件（.xlsx .csv）。")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> int:
    """导入已有的联盟名单；疑似重复的列出来，不自动合并；日期写到哪一步，状态就到哪一步。

    Python: matcher.corpora.read_any_of, matcher.intake.look, commit
    """
    return import_files(
        [file], "alliances", check=check, partial=partial, rejects=rejects, workspace=workspace,
        encoder="none", as_json=as_json,
    )  # fmt: skip


@app.command("form")
def form(
    challenge: Annotated[str, typer.Argument(help="榜单编号。")],
    teams: Annotated[
        str, typer.Option("--teams", help="加入的团队编号，逗号分开；不写则取最好的一个。")
    ] = "",
    consortium: Annotated[
        bool, typer.Option("--consortium", help="取合起来覆盖要求的最少几个团队。")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:
    """由一对匹配或联合体组建联盟：需求单位任盟主，匹配档次和依据一并记下。

    Python: matcher.alliances.form_alliance
    """
    from matcher.alliances import form_alliance
    from matcher.text.dates import today
    from matcher.workspace import Workspace

    matcher = Workspace(workspace, encoder=encoder).matcher()
    posted = matcher.challenge(challenge)
    made = form_alliance(matcher, posted, parts(teams), consortium, today())
    with opened(workspace) as store:
        if made.alliance_id in store.states():
            raise InputError(
                "这项榜单已经组建了联盟",
                given=made.alliance_id,
                remedy="用 matcher alliances show 查看",
            )
        store.put([made], act(f"由榜单 {challenge} 的匹配组建"))
    if as_json:
        say_json(made.model_dump(mode="json", exclude_defaults=True))
        return
    say(f"已组建 {made.alliance_id} {made.title}: {made.lead_org} 与 {'、'.join(made.members)}")
    say(f"匹配档次 {made.match_band}；依据：{'；'.join(made.match_proof[:3]) or '没有'}")


@app.command("list")
def list_all(
    state: Annotated[str, typer.Option("--state", help="只看这个状态。")] = "",
    organisation: Annotated[str, typer.Option("--org", help="只看这个单位牵头或参加的。")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """列出联盟。

    Python: matcher.service.store.alliances.Alliances.page
    """
    from matcher.text.organisations import normalise_organisation

    key = normalise_organisation(organisation) if organisation else ""
    with opened(workspace) as store:
        found, total = store.page(1, 100_000 if as_json else _SHOWN, state, key)
    if as_json:
        say_json([
            {"state": s, **a.model_dump(mode="json", exclude_defaults=True)} for a, s in found
        ])  # fmt: skip
        return
    rows = [(a.alliance_id, a.title, a.lead_org, "、".join(a.members), s) for a, s in found]
    table("联盟", ("编号", "名称", "盟主", "成员", "状态"), rows)
    more = f"，上面是前 {_SHOWN} 个；全部用 --json，或用 --state、--org 缩小范围"
    say(f"共 {total} 个{more if total > _SHOWN else ''}")


@app.command("show")
def show(
    alliance: _Id, pack: PackOption = DEFAULT_PACK, workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """一个联盟的状态、经过，三项条件各满足、缺、待核实什么，下一步要什么材料。

    Python: matcher.alliances.alliance_facts, check_conditions
    """
    from dataclasses import asdict

    from matcher.alliances import Organisations, alliance_facts, check_conditions, sums_of

    rules = pack_of(pack)
    with opened(workspace) as store:
        record, state = store.find(alliance)
        steps = store.history(alliance)
        known = Organisations.of(store.all())
    posted = challenges_of(workspace)
    looked_up = shown_in(workspace, encoder, record, posted)
    checks = check_conditions(rules, alliance_facts(rules, record, posted, shown=looked_up))
    sums = sums_of(rules, record, known)
    if as_json:
        say_json({
            "alliance": record.model_dump(mode="json", exclude_defaults=True), "state": state,
            "steps": [{"move": s.move, "at": s.at, "who": s.account, "why": s.reason}
                      for s in steps],
            "conditions": [asdict(c) for c in checks],
            "sums": [{"receiver": s.receiver, "level": s.level, "note": s.note,
                      **s.grant.model_dump(mode="json", exclude_defaults=True)} for s in sums],
        })  # fmt: skip
        return
    say(f"{record.alliance_id} {record.title}: {state}")
    table(
        "经过",
        ("何时", "何人", "步骤", "理由"),
        [(s.at, s.account, s.move, s.reason) for s in steps],
    )
    for one in checks:
        say(f"[{one.status}] {one.text}（{one.source}）")
        for line in (*one.lines, *(f"→ {words}" for words in one.ask)):
            say(f"    {line}")
    if not sums:
        say("资金：未填写")
        return
    table("资金", ("年度", "金额(万元)", "情况", "出资方", "收款单位", "计划", "计入"), [
        (str(s.grant.year or "未填写"),
         "未填写" if s.grant.amount_wan is None else f"{s.grant.amount_wan:g}", s.grant.standing,
         s.grant.payer or "未填写", s.receiver, s.grant.programme or "未填写", s.note)
        for s in sums
    ])  # fmt: skip


@app.command("move")
def move(
    alliance: _Id,
    step: Annotated[str, typer.Argument(help="签订协议、备案、认定典型、评估 或 结束。")],
    reason: _Reason = "",
    day: Annotated[str, typer.Option("--date", help="哪一天，如 2021-03-01；默认今天。")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """办一步；谁、何时、为什么都记下，不该办的说明为什么。

    Python: matcher.service.store.alliances.Alliances.move
    """
    from matcher.text.dates import today

    with opened(workspace) as store:
        state = store.move(alliance, step, act(reason), _day(day) if day else today())
    say(f"{alliance}: {state}")


@app.command("undo")
def undo(
    alliance: _Id, reason: _Reason = "", workspace: WorkspaceOption = DEFAULT_WORKSPACE
) -> None:
    """撤销最后一步，须写明理由。

    Python: matcher.service.store.alliances.Alliances.undo
    """
    with opened(workspace) as store:
        state = store.undo(alliance, act(reason))
    say(f"{alliance}: {state}")


@app.command("overlaps")
def show_overlaps(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False
) -> None:
    """疑似重复的联盟，牵头几个联盟的企业，参加几个联盟的高校院所。

    Python: matcher.alliances.overlaps
    """
    from dataclasses import asdict

    from matcher.alliances import overlaps

    with opened(workspace) as store:
        found = overlaps(store.all())
    if as_json:
        say_json([asdict(one) for one in found])
        return
    rows = [(o.kind, o.organisation, "、".join(o.alliances[:10]), o.words) for o in found[:_SHOWN]]
    table("重复与重叠", ("种类", "单位", "联盟", "说明"), rows)
    say(f"共 {len(found)} 处")


def challenges_of(workspace: Path) -> dict[str, Challenge]:
    """The challenges of a workspace, by id."""
    from matcher.workspace import Workspace

    return dict(Workspace(workspace, encoder=None).challenges())


def shown_in(
    workspace: Path, encoder: str, alliance: Alliance, challenges: Mapping[str, Challenge]
) -> dict[str, Fact]:
    """What the library shows of its members' advantage; nothing where it has none of them."""
    from matcher.alliances import advantage_shown, teams_of
    from matcher.errors import WorkspaceError
    from matcher.workspace import Workspace

    if not any(key in challenges for key in alliance.challenges):
        return {}
    mine = teams_of(alliance, Workspace(workspace, encoder=None).teams().values())
    if not mine:
        return {}
    try:
        matcher = Workspace(workspace, encoder=encoder).matcher()
    except WorkspaceError as error:
        note(f"比较优势没有查团队库：{error}")
        return {}
    fact = advantage_shown(matcher, mine, alliance, challenges)
    return {} if fact is None else {alliance.alliance_id: fact}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("日期不对", given=text, expected="2021-03-01 的样子") from None
