"""``matcher library``: lists of papers, patents, projects and people become a library of teams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.console import announce, for_program, note, progress, say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, WorkspaceOption
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.corpora import Reject
    from matcher.linking.library import Linked, Update
    from matcher.linking.questions import Question
    from matcher.linking.register import Register
    from matcher.records import Achievement, Team

app = typer.Typer(
    name="library", help="由论文、专利、项目、奖励、导师等清单建立团队库。", no_args_is_help=True
)
_SHOWN = 15
_PARTIAL = 3


@app.command("build")
def build(
    files: Annotated[list[Path], typer.Argument(help="清单文件，可多个；任何能导入的格式。")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="写成团队库文件（.xlsx .csv .jsonl），不用工作区。"),
    ] = None,
    org: Annotated[str, typer.Option("--org", help="清单里没有写单位时，都属于这个单位。")] = "",
    questions: Annotated[
        Path | None, typer.Option("--review", help="把拿不准是否同一人的写成待确认表（.xlsx）。")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="把不能用的行写到这个文件（.xlsx .csv）。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成 JSON。")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> int:
    """由清单建立团队库：认出同一个人，按人和合作关系组成团队，每项成果记着出处。

    写进工作区时，再来新清单只添新的、改变了的，人工改过的不动。

    Python: matcher.linking.library.link, update
    """
    from matcher.linking.register import Register

    if output is not None or as_json:
        register = Register.temporary()
        rejected: list[Sequence[Reject]] = []
        people = _read(register, files, org, rejected)
        linked = _linked(register, people)
        if output is not None:
            from matcher.corpora import write_teams

            write_teams(linked.teams, output)
        if as_json:
            say_json(_as_data(linked))
        else:
            _tell(linked)
            say(f"团队库：{output}")
        _ask(linked.questions, questions)
        return _rejected(rejected, rejects)
    return _into_workspace(files, org, questions, rejects, workspace, encoder)


def _into_workspace(
    files: Sequence[Path], org: str, questions: Path | None, rejects: Path | None,
    workspace: Path, encoder: str,
) -> int:  # fmt: skip
    from matcher.linking.library import update
    from matcher.linking.register import Register
    from matcher.service.store.taking_in import telling_beside
    from matcher.workspace import STORE_FILE, Workspace

    announce(encoder)
    opened = Workspace(workspace, encoder=encoder)
    opened.make()
    register = Register.open(Path(workspace) / STORE_FILE)
    rejected: list[Sequence[Reject]] = []
    people = _read(register, files, org, rejected)
    with telling_beside(opened, "、".join(path.name for path in files)) as telling:
        done = update(opened, register, people, beside=telling)
    _tell(done.linked)
    _tell_change(done)
    _ask(done.linked.questions, questions)
    return _rejected(rejected, rejects)


def _read(
    register: Register, files: Sequence[Path], org: str, rejected: list[Sequence[Reject]]
) -> list[Team]:
    """Achievements into the register, piece by piece; records of people come back."""
    from matcher.corpora import ReadOptions, read_any_of

    people: list[Team] = []
    for path in files:
        with progress(f"读取 {path.name}") as bar:
            for content in read_any_of(path, options=ReadOptions(organisation=org), progress=bar):
                if content.achievements is None and content.teams is None:
                    raise InputError(
                        "这个文件里没有成果，也没有人员", given=content.file,
                        expected="论文、专利、项目、奖励、标准、导师、专家或团队的清单",
                        remedy="榜单用 matcher import 导入",
                    )  # fmt: skip
                if content.achievements is not None:
                    added = register.add(content.achievements.records)
                    rejected.append(content.achievements.rejects)
                    note(
                        f"{content.file}：成果 {added.new} 项新的，{added.changed} 项有变化，"
                        f"{added.same} 项已有"
                        + (f"，{added.withheld} 项按本人要求不收" if added.withheld else "")
                    )
                if content.teams is not None:
                    people += content.teams.records
                    rejected.append(content.teams.rejects)
                    note(f"{content.file}：人员或团队 {len(content.teams.records)} 条")
    return people


def _linked(register: Register, people: Sequence[Team]) -> Linked:
    from matcher.linking.library import link

    return link(register.works(), people, register.decisions())


def _tell(linked: Linked) -> None:
    held = sum(len(team.evidence) for team in linked.teams)
    say(
        f"成果 {len(linked.works)} 项，{linked.persons} 人，团队 {len(linked.teams)} 个"
        f"（成果合计 {held} 项）"
    )
    if linked.unassigned:
        titles = "、".join(linked.works[key].title for key in linked.unassigned[:3])
        say(
            f"{len(linked.unassigned)} 项成果没有写单位和人，归不到团队：{titles} …\n"
            "  处理：用 --org 单位 说明都属于哪个单位，"
            "或用 matcher import --team 团队编号 归给一个团队"
        )
    nameless = sum(not team.org_name for team in linked.teams)
    if nameless:
        say(f"{nameless} 个团队的清单里没有写单位：用 --org 单位 说明")
    rows = [
        (
            team.team_name,
            team.org_name,
            "、".join(team.research_directions[:3]),
            str(len(team.evidence)),
        )
        for team in sorted(linked.teams, key=lambda t: -len(t.evidence))[:_SHOWN]
    ]
    if rows:
        table("成果最多的团队", ("团队", "单位", "研究方向（归纳）", "成果"), rows, aside=True)


def _tell_change(done: Update) -> None:
    change = done.change
    say(f"工作区：新增 {change.added} 个团队，更新 {change.changed} 个，未变 {change.unchanged} 个")
    if done.kept:
        say(f"{len(done.kept)} 个团队有人工改过的内容，照旧保留")
    if done.removed:
        say(f"{len(done.removed)} 个原由清单建立的团队并入了别的团队，已去掉")
    if done.left_out:
        say(f"{len(done.left_out)} 个团队的负责人要求不收录，没有建立")


def _ask(questions: Sequence[Question], path: Path | None) -> None:
    if not questions:
        return
    if path is None:
        note(f"{len(questions)} 处拿不准是否同一人；加上 --review 待确认.xlsx 得到可以填的表")
        return
    from matcher.linking.review import write_questions

    write_questions(questions, path)
    say(f"待确认 {len(questions)} 处：{path}；填好后：matcher library review {path}")


def _rejected(rejected: Sequence[Sequence[Reject]], path: Path | None) -> int:
    rows = [reject for part in rejected for reject in part]
    if not rows:
        return 0
    for reject in rows[:_SHOWN]:
        note(f"没有使用：{reject.message}")
    if path is not None:
        from matcher.corpora import write_rejects

        write_rejects(rows, path)
        note(f"不能用的 {len(rows)} 行：{path}")
    else:
        note(f"共 {len(rows)} 行不能用；加上 --rejects 拒收.xlsx 得到清单")
    return _PARTIAL


@app.command("review")
def review(
    answers: Annotated[Path, typer.Argument(help="填好的待确认表。")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """按填好的待确认表分合，并重新建立团队；决定会记住。

    Python: matcher.linking.review.read_answers, matcher.linking.library.decide
    """
    from matcher.linking.library import decide
    from matcher.linking.review import read_answers
    from matcher.workspace import Workspace

    decided = read_answers(answers)
    opened = Workspace(workspace, encoder=encoder)
    done = decide(opened, _register(opened), decided)
    say(f"记住了 {len(decided)} 处决定")
    _tell_change(done)


@app.command("forget")
def forget(
    name: Annotated[str, typer.Argument(help="姓名。")],
    org: Annotated[str, typer.Option("--org", help="单位；不写则是所有单位里的这个名字。")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """应本人要求去掉一个人：姓名和只属于本人的成果，处处去掉，以后的清单也不再带回来。

    Python: matcher.linking.library.take_out
    """
    from matcher.linking.library import take_out
    from matcher.workspace import Workspace

    opened = Workspace(workspace, encoder=encoder)
    gone = take_out(opened, _register(opened), name, org)
    say(
        f"已去掉：成果清单 {gone.works} 项，团队 {gone.teams} 个，"
        f"另 {gone.members} 个团队的成员名单和成果里的姓名，"
        f"历史版本 {gone.versions} 个。只留下一个不能还原的标记，以后的清单不再带回来。"
    )


def _register(opened: Any) -> Register:
    from matcher.linking.register import Register
    from matcher.workspace import STORE_FILE

    opened.make()
    return Register.open(opened.folder / STORE_FILE)


@app.command("evaluate")
def evaluate(
    files: Annotated[
        list[Path], typer.Argument(help="标注好的例子（tests/data/identity 的写法）。")
    ],
    as_json: JsonOption = False,
) -> None:
    """同名是否同一人，判断得怎样：B-cubed 与成对的精确率、召回率。

    Python: matcher.linking.evaluation.read_cases, b_cubed, pairwise
    """
    from matcher.linking.evaluation import b_cubed, by_kind, groups_of, pairwise, read_cases

    for_program(as_json)
    cases = [case for path in files for case in read_cases(path)]
    found = [groups_of(case) for case in cases]
    rows = [
        (name, str(len(cases)), *(f"{value:.3f}" for value in (f.precision, f.recall, f.f1)))
        for name, f in (("B-cubed", b_cubed(found)), ("成对", pairwise(found)))
    ]
    rows += [
        (kind, str(count), *(f"{value:.3f}" for value in (f.precision, f.recall, f.f1)))
        for kind, count, f in by_kind(cases)
    ]
    table("同名是否同一人", ("", "例", "精确率", "召回率", "F1"), rows)
    if as_json:
        names = ("precision", "recall", "f1")
        say_json([
            {"name": name, "cases": int(count), **dict(zip(names, map(float, more), strict=True))}
            for name, count, *more in rows
        ])  # fmt: skip


def _as_data(linked: Linked) -> dict[str, Any]:
    def piece(key: str) -> dict[str, Any]:
        work: Achievement = linked.works[key]
        return work.model_dump(mode="json", exclude_defaults=True)

    def teams() -> Iterator[dict[str, Any]]:
        for team in linked.teams:
            yield team.model_dump(mode="json", exclude_defaults=True)

    return {
        "teams": list(teams()),
        "unassigned": [piece(key) for key in linked.unassigned],
        "questions": [
            {"name": q.name, "one": str(q.one), "other": str(q.other), "chance": q.chance}
            for q in linked.questions
        ],
    }
