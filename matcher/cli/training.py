"""``matcher train | calibrate``: how rankings are made better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.console import for_program, note, say, say_json
from matcher.cli.options import DEFAULT_WORKSPACE, EncoderOption, JsonOption, Model, RankerOption
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.learning.calibrating import Sample
    from matcher.learning.evaluation import Qrels
    from matcher.learning.judged import Taught
    from matcher.learning.outcomes import Learned
    from matcher.pipeline import Matcher
    from matcher.ranking.calibration import Calibration
    from matcher.ranking.learned import LearnedRanker


def train(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="排序模型文件（.json）；原有的另存为 .原.json。")
    ],
    sets: Annotated[
        list[Path] | None,
        typer.Argument(help="训练集文件夹，内有 challenges.jsonl、teams.jsonl、qrels_*.txt。"),
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="graded（分级判断）、linear 或 lambdamart。")
    ] = "linear",
    outcomes: Annotated[
        Path | None,
        typer.Option("--outcomes", help="结果与标注：揭榜、立项、验收、人工推荐、人工排除。"),
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option("--judged", help="分级判断文件（matcher judge read 写出的）。"),
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="只学自己的判断，不与随附的评测集一起学。")
    ] = False,
    challenges: Annotated[
        Path | None, typer.Option("--challenges", help="结果或判断所说的榜单文件。")
    ] = None,
    teams: Annotated[
        Path | None, typer.Option("--teams", help="结果或判断所说的团队库文件。")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="从工作区里的榜单、团队和结果学习。")
    ] = None,
    ranker: RankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:
    """训练排序模型；同样的数据得到逐字节相同的文件。

    给训练集文件夹时从头训练；其中若有 challenges_title_only.jsonl（只有题目的同一批需求），
    也用来训练。给 --outcomes（加 --challenges、--teams）或 --workspace 时，在 --ranker
    指定的线性模型上学习使用中的结果，并报告学习前后的指标。给 --judged (加 --challenges、
    --teams，或 --workspace) 时学评判人给的等级，同样报告前后。

    Python: matcher.learning.training.training_groups, matcher.learning.outcomes.learn,
    matcher.learning.judged.learn_grades
    """
    from matcher.ranking.learned import save_ranker

    for_program(as_json)
    from_use = outcomes is not None or (workspace is not None and judged is None)
    if [bool(sets), from_use, judged is not None].count(True) != 1:
        raise InputError(
            "不清楚从什么学习",
            given="给了不止一种" if sets or from_use else "什么都没给",
            expected="训练集文件夹，或 --outcomes，或 --judged，或 --workspace",
            remedy="只给其中一种，例：matcher train --workspace 工作区 -o 排序.json",
        )
    made: LearnedRanker
    if sets:
        made = _from_sets(sets, kind, encoder)
    elif judged is not None:
        opened = _judged_matcher(challenges, teams, workspace, Model(encoder, ranker, ""))
        made = _from_grades(opened, judged, "" if alone else encoder)
    else:
        learned = _from_use(outcomes, challenges, teams, workspace, ranker, encoder)
        _say_change(learned, "RR@10")
        made = learned.ranker
    if output.exists():
        kept = output.with_suffix(f".原{output.suffix}")
        output.replace(kept)
        note(f"原模型另存为 {kept}")
    save_ranker(made, output)
    say(f"已训练 {made.name}，写入 {output}")
    say(f"使用：matcher ranker use {output}（工作区从此用它），或在命令上加 --ranker {output}")
    if as_json:
        say_json({"ranker": made.name, "output": str(output)})


def _from_sets(sets: Sequence[Path], kind: str, encoder: str) -> LearnedRanker:
    from matcher.learning.training import training_groups
    from matcher.ranking.learned import fit_boosted, fit_linear

    if kind not in ("graded", "linear", "lambdamart"):
        raise InputError(
            "不认识的模型种类", given=kind, expected="graded / linear / lambdamart",
            remedy="改成其中一种",
        )  # fmt: skip
    if kind == "graded":
        from matcher.learning.grading import fit_graded, graded_set

        return fit_graded([group for folder in sets for group in graded_set(folder, encoder)])
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
    from matcher.models import NO_RERANKER, RankerChoice, shipped_linear
    from matcher.pipeline import Matcher
    from matcher.ranking.additive import AdditiveRanker
    from matcher.ranking.learned import LinearRanker
    from matcher.workspace import Workspace

    found = () if outcomes is None else read_outcomes(outcomes).records
    if workspace is not None:
        kept = Workspace(workspace, encoder=encoder)
        # What reads again is no part of what is learned here.
        matcher = kept.matcher(RankerChoice(ranker, NO_RERANKER))
        found = (*kept.outcomes(), *found)
    elif challenges is None or teams is None:
        raise InputError(
            "不知道结果说的是哪个榜单和团队库",
            given=f"--outcomes {outcomes}",
            expected="--challenges 和 --teams，或 --workspace",
            remedy="加上结果所属的榜单和团队库",
        )
    else:
        matcher = Matcher.from_files(challenges, teams, encoder=encoder, ranker=ranker)
    if isinstance(matcher.ranker, AdditiveRanker):
        # Outcomes say who took a challenge, not how well others fit: a linear ranker learns them.
        matcher = replace(matcher, ranker=shipped_linear())
    if not isinstance(matcher.ranker, LinearRanker):
        raise InputError(
            "只能在线性模型上学习结果",
            given=matcher.ranker.name,
            expected="default 或 matcher train 得到的 linear 模型",
            remedy="去掉 --ranker，或改用线性模型",
        )
    return learn(matcher, found, matcher.ranker)


def _judged_matcher(
    challenges: Path | None, teams: Path | None, workspace: Path | None, model: Model
) -> Matcher:
    from matcher.cli.report_inputs import open_inputs

    if workspace is None and (challenges is None or teams is None):
        raise InputError(
            "不知道判断说的是哪个榜单和团队库", given="--judged",
            expected="--challenges 和 --teams，或 --workspace", remedy="加上判断所属的榜单和团队库",
        )  # fmt: skip
    return open_inputs(challenges, teams, None, None, workspace or DEFAULT_WORKSPACE, model).matcher


def _from_grades(matcher: Matcher, judged: Path, shipped_with: str) -> LearnedRanker:
    """``shipped_with``: the encoder for the shipped grades; "" to leave them out."""
    from matcher.learning.evaluation import read_qrels
    from matcher.learning.judged import MAIN, learn_grades, shipped_groups

    qrels = read_qrels(judged)
    taught = learn_grades(matcher, qrels, shipped_groups(shipped_with) if shipped_with else ())
    _say_change(taught, MAIN)
    return taught.ranker


def _say_change(learned: Learned | Taught, measure: str) -> None:
    from matcher.report.evaluation_table import as_markdown

    say(as_markdown([learned.before, learned.after], measure, learned.before.name))
    if learned.test.difference < 0:
        note("注意：学习之后在这些结果上反而下降，建议继续用原模型。")
    elif learned.test.p_value > 0.05:
        note("注意：差别在噪声之内，还不能说新模型更好。")


def calibrate(
    sets: Annotated[list[Path], typer.Argument(help="有判断的集合文件夹，同 matcher train。")],
    foreign: Annotated[
        list[Path],
        typer.Option("--foreign", help="各集合的无关领域需求（.jsonl），与集合一一对应。"),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="校准文件（.json）；有 --reranker 时写进它的文件夹。"),
    ] = None,
    ranker: RankerOption = "",
    reranker: Annotated[
        Path | None, typer.Option("--reranker", help="校准这个重排模型（CrossEncoder 文件夹）。")
    ] = None,
    encoder: EncoderOption = DEFAULT_ENCODER,
    as_json: JsonOption = False,
) -> None:
    """拟合校准：需求有没有合适团队的把握，匹配的档次。先在一半上拟合，另一半上检验。

    给 --reranker 时，先学重排得分占多大分量，再拟合用到它的档次；结果留在模型文件夹里，
    以后 --reranker 就按它来。

    Python: matcher.learning.calibrating.sample, fit_calibration, check_calibration;
    matcher.learning.reranking.fit_weight
    """
    for_program(as_json)
    if len(sets) != len(foreign):
        raise InputError(
            "--foreign 与集合数目不同", given=len(foreign), expected=str(len(sets)),
            remedy="每个集合给一个 --foreign 文件",
        )  # fmt: skip
    if (output is None) == (reranker is None):
        raise InputError(
            "不清楚校准什么", given="--output 和 --reranker 都给了" if output else "都没给",
            expected="--output 校准文件，或 --reranker 重排模型文件夹", remedy="只给其中一种",
        )  # fmt: skip
    from matcher.learning.calibrating import halves
    from matcher.learning.training import judged_set
    from matcher.ranking.calibration import save_calibration

    before = "fused" if reranker is None else ranker
    opened = [judged_set(folder, encoder, before) for folder in sets]
    parts: tuple[str, ...] = ()
    beside: dict[str, str | float] = {}
    if reranker is not None:
        opened, beside = _reranked(opened, reranker)
        from matcher.ranking.cross_encoder import PART, SETTINGS

        parts, output = (PART,), reranker / SETTINGS
    pairs = [halves(*one, path, parts) for one, path in zip(opened, foreign, strict=True)]
    assert output is not None
    made = _checked(sets, pairs)
    save_calibration(made, output, **beside)
    say(f"写入 {output}")
    if as_json:
        say_json({"output": str(output), "checks": [asdict(check) for check in made.checks]})


def _checked(sets: Sequence[Path], pairs: Sequence[tuple[Sample, Sample]]) -> Calibration:
    """A calibration of all, when it was shown what one of the first halves does on the others."""
    from matcher.learning.calibrating import check_calibration, fit_calibration
    from matcher.ranking.calibration import Check

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
    return replace(fitted, checks=tuple(checks))


def _reranked(
    sets: Sequence[tuple[Matcher, Qrels]], folder: Path
) -> tuple[list[tuple[Matcher, Qrels]], dict[str, str | float]]:
    """The sets read again by a model with the weight they teach it, and what to remember."""
    from matcher.learning.reranking import fit_weight, reranking_groups
    from matcher.ranking.cross_encoder import DEPTH, open_cross_encoder
    from matcher.ranking.stages import Chain

    plain = open_cross_encoder(str(folder))
    groups = [
        group for matcher, qrels in sets for group in reranking_groups(matcher, qrels, plain, DEPTH)
    ]
    weight = fit_weight(groups)
    say(f"重排得分的分量：{weight:g} ({len(groups)} 项需求)")
    stage = open_cross_encoder(str(folder), weight)
    made = [(replace(m, ranker=Chain((m.ranker, stage))), qrels) for m, qrels in sets]
    encoder = sets[0][0].encoder
    return made, {"weight": weight, "encoder": "none" if encoder is None else encoder.identity}
