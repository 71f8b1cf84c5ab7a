"""``matcher train | calibrate``: how rankings are made better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import note, say
from matcher.cli.options import EncoderOption, RankerOption
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.learning.outcomes import Learned
    from matcher.ranking.learned import LearnedRanker


def train(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="排序模型文件 (.json); 原有的另存为 .原.json。")
    ],
    sets: Annotated[
        list[Path] | None,
        typer.Argument(help="训练集文件夹, 内有 challenges.jsonl、teams.jsonl、qrels_*.txt。"),
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="linear 或 lambdamart。")] = "linear",
    outcomes: Annotated[
        Path | None,
        typer.Option("--outcomes", help="结果与标注: 揭榜、立项、验收、人工推荐、人工排除。"),
    ] = None,
    challenges: Annotated[
        Path | None, typer.Option("--challenges", help="结果所说的榜单文件。")
    ] = None,
    teams: Annotated[Path | None, typer.Option("--teams", help="结果所说的团队库文件。")] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="从工作区里的榜单、团队和结果学习。")
    ] = None,
    ranker: RankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """训练排序模型; 同样的数据得到逐字节相同的文件。

    给训练集文件夹时从头训练; 其中若有 challenges_title_only.jsonl (只有题目的同一批需求),
    也用来训练。给 --outcomes (加 --challenges、--teams) 或 --workspace 时, 在 --ranker
    指定的线性模型上学习使用中的结果, 并报告学习前后的指标。

    Python: matcher.learning.training.training_groups, matcher.learning.outcomes.learn
    """
    from matcher.ranking.learned import save_ranker

    from_use = outcomes is not None or workspace is not None
    if bool(sets) == from_use:
        raise InputError(
            "不清楚从什么学习",
            given="训练集文件夹和使用结果都给了" if sets else "什么都没给",
            expected="训练集文件夹, 或 --outcomes, 或 --workspace",
            remedy="只给其中一种, 例: matcher train --workspace 工作区 -o 排序.json",
        )
    made = _from_sets(sets, kind, encoder) if sets else None
    if made is None:
        learned = _from_use(outcomes, challenges, teams, workspace, ranker, encoder)
        _say_change(learned)
        made = learned.ranker
    if output.exists():
        kept = output.with_suffix(f".原{output.suffix}")
        output.replace(kept)
        note(f"原模型另存为 {kept}")
    save_ranker(made, output)
    say(f"已训练 {made.name}, 写入 {output}")
    say(f"使用: matcher ranker use {output} (工作区从此用它), 或在命令上加 --ranker {output}")


def _from_sets(sets: Sequence[Path], kind: str, encoder: str) -> LearnedRanker:
    from matcher.learning.training import training_groups
    from matcher.ranking.learned import fit_boosted, fit_linear

    if kind not in ("linear", "lambdamart"):
        raise InputError(
            "不认识的模型种类", given=kind, expected="linear / lambdamart", remedy="改成其中一种"
        )
    groups = []
    for folder in sets:
        made = training_groups(folder, encoder)
        note(f"{folder.name}: {len(made)} 组")
        groups += made
    return fit_linear(groups) if kind == "linear" else fit_boosted(groups)


def _from_use(
    outcomes: Path | None,
    challenges: Path | None,
    teams: Path | None,
    workspace: Path | None,
    ranker: str,
    encoder: str,
) -> Learned:
    from matcher.corpora import read_outcomes
    from matcher.learning.outcomes import learn
    from matcher.pipeline import Matcher
    from matcher.ranking.learned import LinearRanker
    from matcher.workspace import Workspace

    found = () if outcomes is None else read_outcomes(outcomes).records
    if workspace is not None:
        kept = Workspace(workspace, encoder=encoder)
        matcher, found = kept.matcher(ranker), (*kept.outcomes(), *found)
    elif challenges is None or teams is None:
        raise InputError(
            "不知道结果说的是哪个榜单和团队库",
            given=f"--outcomes {outcomes}",
            expected="--challenges 和 --teams, 或 --workspace",
            remedy="加上结果所属的榜单和团队库",
        )
    else:
        matcher = Matcher.from_files(challenges, teams, encoder=encoder, ranker=ranker)
    if not isinstance(matcher.ranker, LinearRanker):
        raise InputError(
            "只能在线性模型上学习结果",
            given=matcher.ranker.name,
            expected="default 或 matcher train 得到的 linear 模型",
            remedy="去掉 --ranker, 或改用线性模型",
        )
    return learn(matcher, found, matcher.ranker)


def _say_change(learned: Learned) -> None:
    from matcher.report.evaluation_table import as_markdown

    say(as_markdown([learned.before, learned.after], "RR@10", learned.before.name))
    if learned.test.difference < 0:
        note("注意: 学习之后在这些结果上反而下降, 建议继续用原模型。")
    elif learned.test.p_value > 0.05:
        note("注意: 差别在噪声之内, 还不能说新模型更好。")


def calibrate(
    sets: Annotated[list[Path], typer.Argument(help="有判断的集合文件夹, 同 matcher train。")],
    foreign: Annotated[
        list[Path],
        typer.Option("--foreign", help="各集合的无关领域需求 (.jsonl), 与集合一一对应。"),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="校准文件 (.json)。")],
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """拟合校准: 需求有没有合适团队的把握, 匹配的档次。先在一半上拟合, 另一半上检验。

    Python: matcher.learning.calibrating.sample, fit_calibration, check_calibration
    """
    from matcher.learning.calibrating import check_calibration, fit_calibration, halves
    from matcher.ranking.calibration import Check, save_calibration

    if len(sets) != len(foreign):
        raise InputError(
            "--foreign 与集合数目不同", given=len(foreign), expected=str(len(sets)),
            remedy="每个集合给一个 --foreign 文件",
        )  # fmt: skip
    pairs = [halves(folder, path, encoder) for folder, path in zip(sets, foreign, strict=True)]
    trial = fit_calibration([first for first, _ in pairs])
    checks = []
    for folder, (_, held) in zip(sets, pairs, strict=True):
        found = check_calibration(trial, held)
        checks.append(Check(folder.name, found.n, round(found.auroc, 3), round(found.error, 3)))
        say(
            f"{folder.name}: n={found.n}  AUROC {found.auroc:.3f}  ECE {found.error:.3f}  "
            f"匹配 AUROC {found.pair_auroc:.3f}"
        )
        for stated, observed, n in found.reliability:
            say(f"    说 {stated:.2f}  实 {observed:.2f}  n={n}")
    fitted = fit_calibration([half for pair in pairs for half in pair])
    save_calibration(replace(fitted, checks=tuple(checks)), output)
    say(f"写入 {output}")
