"""``matcher judge sheet | read``: blind sheets for judges, and their grades back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import for_program, note, say, say_json, table
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    JsonOption,
    Model,
    RankerOption,
    WorkspaceOption,
)
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.judging import Answers, Item
    from matcher.learning.evaluation import Qrels, Run
    from matcher.pipeline import Matcher

app = typer.Typer(help="评判：写出盲评表，读回等级。", no_args_is_help=True)
KEY = "编号对照.jsonl"
PARTIAL = 3
# Besides the ranking in use: plain ways to search, so that its blind spots are judged too.
_BESIDE = ("bm25-bigrams", "bm25+dense", "dense")
_BESIDE_WORDS = ("bm25-bigrams", "bm25-words", "tf-idf")
_ChallengesOption = Annotated[Path | None, typer.Option("--challenges", help="榜单文件。")]
_TeamsOption = Annotated[Path | None, typer.Option("--teams", help="团队库文件。")]


@app.command("sheet")
def sheet(
    output: Annotated[Path, typer.Option("--output", "-o", help="写到这个文件夹。")],
    runs: Annotated[
        list[Path] | None,
        typer.Option("--run", help="结果文件（TREC 或 JSONL），可重复；不给则用现在的排序和基线。"),
    ] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, help="每个结果取前几名。")] = 10,
    judges: Annotated[int, typer.Option("--judges", min=1, help="几个评判人，各一份。")] = 2,
    judged: Annotated[
        Path | None, typer.Option("--judged", help="已有的判断；判过的不再判。")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="写成文本（.txt），不写 Excel。")] = False,
    challenges: _ChallengesOption = None,
    teams: _TeamsOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    ranker: RankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """写出盲评表：几个结果的前几名合在一起，打乱，隐去单位、负责人、级别、名次和得分。

    每个评判人一份，次序各不相同；编号对照另存，不要发给评判人。不给文件时用工作区。

    Python: matcher.judging.pooled, deal, write_sheet
    """
    from matcher.cli.report_inputs import open_inputs
    from matcher.judging import deal, pooled, write_key, write_sheet
    from matcher.learning.evaluation import read_qrels, read_run

    matcher = open_inputs(
        challenges, teams, None, None, workspace, Model(encoder, ranker, "")
    ).matcher
    found = [read_run(path) for path in runs] if runs else _own_runs(matcher, depth)
    _check_known(found, matcher)
    items = pooled(found, depth, None if judged is None else read_qrels(judged))
    if not items:
        say("没有要评判的：这些结果的前几名都判过了。")
        return
    output.mkdir(parents=True, exist_ok=True)
    ending = ".txt" if text else ".xlsx"
    for judge in range(1, judges + 1):
        path = output / f"评判表{judge}{ending}"
        write_sheet(deal(items, judge), matcher.challenges, matcher.teams, path, str(judge))
        say(f"已写好 {path}")
    write_key(items, output / KEY)
    asked = len({item.challenge_id for item in items})
    say(f"{asked} 项需求，{len(items)} 对；编号对照 {output / KEY}（不要发给评判人）")
    say(f"收齐后：matcher judge read {output}/评判表*{ending} --key {output / KEY} -q 判断.txt")


@app.command("read")
def read(
    sheets: Annotated[list[Path], typer.Argument(help="填好的评判表，每个评判人一份。")],
    key: Annotated[Path, typer.Option("--key", help="matcher judge sheet 写的编号对照。")],
    qrels: Annotated[
        Path, typer.Option("--qrels", "-q", help="判断文件；已有的留着，新的加进去。")
    ],
    third: Annotated[
        Path | None,
        typer.Option("--third", help="意见不同的写成第三份表（.xlsx 或 .txt），请第三人评判。"),
    ] = None,
    challenges: _ChallengesOption = None,
    teams: _TeamsOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """读回等级：逐处指出读不懂的，报告评判人之间的一致程度，一致的写进判断文件。

    两人意见不同的不写进去，列在第三份表里；第三人填好后与前两份一起再读，取三人的中位数。

    Python: matcher.judging.read_answers, agreement, settled
    """
    from matcher.judging import agreement, read_answers, read_key, settled
    from matcher.learning.evaluation import read_qrels, write_qrels

    for_program(as_json)
    items = read_key(key)
    answers = [read_answers(path, items) for path in sheets]
    for one in answers:
        say(f"{one.file}：{len(one.grades)} 行有等级，{len(one.blank)} 行留空")
    rejects = [reject.message for one in answers for reject in one.rejects]
    for message in rejects:
        note(message)
    _say_agreement(answers)
    found = settled(answers)
    known = read_qrels(qrels) if qrels.exists() else {}
    kept, changed = _with_grades(known, items, found.grades)
    write_qrels(kept, qrels)
    say(f"{len(found.grades)} 对的等级已定，判断文件 {qrels} 现有 {_size(kept)} 对")
    for line in changed:
        note(line)
    if found.disputed:
        disputed = [items[code] for code in found.disputed]
        _hand_on(disputed, third, challenges, teams, workspace)
    say(f"学习：matcher train --judged {qrels} -o 排序.json（同时报告前后的指标）")
    if as_json:
        say_json({
            "settled": len(found.grades), "disputed": len(found.disputed), "pairs": _size(kept),
            "kept_old": changed, "rejects": rejects,
            "agreement": [
                asdict(one) | {"kappa": None if math.isnan(one.kappa) else one.kappa}
                for one in agreement(answers)
            ],
        })  # fmt: skip
    if rejects:
        raise typer.Exit(PARTIAL)


def _own_runs(matcher: Matcher, depth: int) -> list[Run]:
    from matcher.learning.baselines import baseline_runs
    from matcher.matches import Ranking

    ours: Run = {
        ranking.challenge.challenge_id: [match.team_id for match in ranking.matches]
        for ranking in matcher.rankings(tuple(matcher.challenges.values()), top=depth)
        if isinstance(ranking, Ranking)
    }
    beside = _BESIDE if matcher.encoder is not None else _BESIDE_WORDS
    return [ours, *(run for _, run in baseline_runs(matcher, beside))]


def _check_known(runs: Sequence[Run], matcher: Matcher) -> None:
    for run in runs:
        for challenge, ranked in run.items():
            unknown = next((team for team in ranked if team not in matcher.teams), None)
            if challenge not in matcher.challenges or unknown is not None:
                raise InputError(
                    "结果里的编号不在榜单或团队库里", given=f"{challenge} {unknown or ''}".strip(),
                    remedy="用产生这些结果的榜单和团队库",
                )  # fmt: skip


def _say_agreement(answers: Sequence[Answers]) -> None:
    from matcher.judging import agreement

    rows = [
        (
            f"{one.first} 与 {one.second}", str(one.n), f"{one.exact:.2f}",
            "—" if math.isnan(one.kappa) else f"{one.kappa:.2f}", f"{one.same_side:.2f}",
        )
        for one in agreement(answers)
    ]  # fmt: skip
    if rows:
        table("一致程度", ("评判人", "共同", "等级相同", "κ（二次加权）", "同在 2 的一边"), rows)


def _with_grades(
    known: Qrels, items: Mapping[str, Item], grades: Mapping[str, int]
) -> tuple[dict[str, dict[str, int]], list[str]]:
    """The judgements with new ones; a pair that has another grade keeps it, which is told."""
    kept = {challenge: dict(judged) for challenge, judged in known.items()}
    changed = []
    for code, grade in grades.items():
        item = items[code]
        old = kept.setdefault(item.challenge_id, {}).setdefault(item.team_id, grade)
        if old != grade:
            changed.append(
                f"{item.challenge_id} {item.team_id}：判断文件里是 {old}，这次是 {grade}，"
                "保留原判；要改用新的，先从判断文件删去这一行"
            )
    return kept, changed


def _size(qrels: Qrels) -> int:
    return sum(len(judged) for judged in qrels.values())


def _hand_on(
    disputed: Sequence[Item], third: Path | None, challenges: Path | None, teams: Path | None,
    workspace: Path,
) -> None:  # fmt: skip
    """What two judges differ on, to a third."""
    if third is None:
        note(
            f"{len(disputed)} 对意见不同，没有写进判断文件；"
            "加 --third 第三份.xlsx 得到请第三人评判的表"
        )
        return
    from matcher.cli.report_inputs import open_inputs
    from matcher.judging import deal, write_sheet

    matcher = open_inputs(
        challenges, teams, None, None, workspace, Model("none", "fused", "")
    ).matcher
    write_sheet(deal(disputed, 0), matcher.challenges, matcher.teams, third, "第三人")
    say(f"{len(disputed)} 对意见不同，写在 {third}；填好后与前面的表一起再读")
