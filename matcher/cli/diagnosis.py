"""``matcher diagnose``: what a need lacks or leaves unclear, and what to ask."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import note, say, say_json, table
from matcher.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from matcher.errors import NotFoundError

if TYPE_CHECKING:
    from matcher.corpora import Reject
    from matcher.diagnosis import Diagnosis
    from matcher.records import Challenge

_SHOWN = 20
_PARTIAL = 3


def diagnose(
    need: Annotated[
        str | None,
        typer.Argument(
            help="榜单文件、榜单编号，或 -（从标准输入读一段文字）；不写则为工作区全部。"
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="写成诊断表（.xlsx）。")
    ] = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """需求诊断：列出缺少的、含糊的、矛盾的、重复的，各附要问的问题和示例；完整度只供参考。

    Python: matcher.diagnosis.diagnose, diagnose_all, write_diagnoses
    """
    from matcher.diagnosis import diagnose_all, write_diagnoses

    stored = _stored(workspace)
    needs, rejects = _needs(need, stored)
    diagnoses = diagnose_all(needs, stored.values())
    if output is not None:
        write_diagnoses(diagnoses, output)
        note(f"已写好：{output}")
    if as_json:
        say_json([one.as_data() for one in diagnoses])
    elif len(diagnoses) == 1:
        _show(diagnoses[0])
    else:
        _list(diagnoses)
    for reject in rejects:
        note(reject.message)
    if rejects:
        raise typer.Exit(_PARTIAL)


def _stored(workspace: Path) -> dict[str, Challenge]:
    """The challenges of the workspace; none where there is no workspace."""
    from matcher.workspace import Workspace

    return dict(Workspace(workspace, encoder=None).challenges()) if workspace.is_dir() else {}


def _needs(
    need: str | None, stored: dict[str, Challenge]
) -> tuple[list[Challenge], tuple[Reject, ...]]:
    """The needs meant, and the rows of a file that could not be used."""
    from matcher.corpora import read_challenges
    from matcher.corpora.pasted import challenge_from_text

    if need is None:
        return list(stored.values()), ()
    if need == "-":
        return [challenge_from_text(sys.stdin.read())], ()
    if need in stored:
        return [stored[need]], ()
    if not Path(need).is_file():
        raise NotFoundError(
            "没有这个需求", given=need, expected="榜单文件、工作区里的榜单编号，或 -",
            remedy="检查文件名，或用 matcher status 查看工作区",
        )  # fmt: skip
    reading = read_challenges(need)
    return list(reading.records), tuple(reading.rejects)


def _show(one: Diagnosis) -> None:
    say(f"{one.challenge_id} {one.title}")
    say(f"完整度：{one.completeness.score}（仅供参考，不作门槛）")
    for element in one.elements:
        say(f"{element.name}：{'、'.join(element.words) or '（未见）'}")
    rows = [(f.kind.value, f.told, f.question, f.example) for f in one.findings]
    if rows:
        table("需要补充", ("类别", "发现", "要问的", "示例"), rows)
    else:
        say("没有要补充的。")


def _list(diagnoses: tuple[Diagnosis, ...]) -> None:
    if not diagnoses:
        say("没有需求。")
        return
    rows = [
        (
            one.challenge_id,
            one.title,
            str(one.completeness.score),
            "、".join(one.missing),
            "；".join(found.told for found in one.findings if found.words),
        )
        for one in diagnoses
    ]
    table("需求诊断", ("编号", "名称", "完整度", "缺少", "其他发现"), rows[:_SHOWN])
    if len(rows) > _SHOWN:
        note(f"… 另有 {len(rows) - _SHOWN} 项；加上 --output 诊断.xlsx 得到全部")
