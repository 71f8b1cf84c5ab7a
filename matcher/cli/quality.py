"""``matcher evaluate | compare | audit``: how good and how fair rankings are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from matcher.cli.console import note, progress, say, say_json
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    JsonOption,
    Model,
    RankerOption,
    RerankerOption,
    WorkspaceOption,
)
from matcher.encoding import DEFAULT_ENCODER
from matcher.errors import InputError
from matcher.progress import Progress

if TYPE_CHECKING:
    from matcher.learning.evaluation import Evaluation, Qrels, Run
    from matcher.pipeline import Matcher

_ChallengesOption = Annotated[Path, typer.Option("--challenges", help="榜单文件。")]
_TeamsOption = Annotated[Path, typer.Option("--teams", help="团队库文件。")]
_QrelsOption = Annotated[Path, typer.Option("--qrels", help="判断文件（TREC 或 JSONL）。")]
_OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="把表格写成 Markdown 文件。")
]


def evaluate(
    challenges: _ChallengesOption,
    teams: _TeamsOption,
    qrels: _QrelsOption,
    baselines: Annotated[bool, typer.Option("--baselines", help="同时跑全部基线。")] = False,
    breakdown: Annotated[bool, typer.Option("--breakdown", help="按领域和长度分组。")] = False,
    ranker: RankerOption = "",
    reranker: RerankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
    output: _OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """评测排序：样本数、均值、95% 区间，与基线的配对随机化检验（Holm 校正）。

    判断里的编号为 ORG:单位名 时按单位合并（取该单位最好的团队）。

    Python: matcher.learning.evaluation.evaluate, compare
    """
    from matcher.learning.baselines import baseline_runs
    from matcher.learning.evaluation import main_measure, read_qrels
    from matcher.pipeline import Matcher

    judged = read_qrels(qrels)
    choice = Model(encoder, ranker, reranker).choice
    matcher = Matcher.from_files(challenges, teams, encoder=encoder, ranker=choice)
    _check_listed(judged, matcher, qrels)
    runs: dict[str, Run] = dict(baseline_runs(matcher)) if baselines else {}
    with progress("匹配") as bar:
        runs[matcher.ranker.name] = _run(matcher, bar)
    measured = _measured(judged, runs, {t: r.org_name for t, r in matcher.teams.items()})
    main = main_measure(judged)
    groups = _breakdown(measured[-1], matcher, main) if breakdown else []
    _present(measured, (main, "fused"), output, as_json, groups)


def compare(
    runs: Annotated[list[Path], typer.Argument(help="结果文件（TREC），第一个是基线。")],
    qrels: _QrelsOption,
    teams: Annotated[
        Path | None, typer.Option("--teams", help="团队库文件；按单位评测时需要。")
    ] = None,
    output: _OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """比较几个结果文件：同一批需求上的配对检验。

    Python: matcher.learning.evaluation.compare
    """
    from matcher.corpora import read_teams
    from matcher.learning.evaluation import (
        judges_organisations,
        main_measure,
        read_qrels,
        read_run,
    )

    judged = read_qrels(qrels)
    if judges_organisations(judged) and teams is None:
        raise InputError("判断是按单位给出的", remedy="加上 --teams 团队库文件")
    org_of = {} if teams is None else {t.team_id: t.org_name for t in read_teams(teams).records}
    # Runs are often kept under one name in several folders.
    same_names = len({path.stem for path in runs}) < len(runs)
    named: dict[str, Run] = {
        str(path) if same_names else path.stem: read_run(path) for path in runs
    }
    measured = _measured(judged, named, org_of)
    _present(measured, (main_measure(judged), measured[0].name), output, as_json)


def audit(
    challenges: Annotated[Path | None, typer.Option("--challenges", help="榜单文件。")] = None,
    teams: Annotated[Path | None, typer.Option("--teams", help="团队库文件。")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    depth: Annotated[int, typer.Option("--top", "-n", min=1, help="每个需求看前几名。")] = 10,
    ranker: RankerOption = "",
    reranker: RerankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
    output: _OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """不看出身的审计：谁被看见，与团队库和综合分相比；单位集中度；与规模、平台级别的秩相关。

    只计量，不打分。不给文件时用工作区。

    Python: matcher.learning.auditing.audit
    """
    from dataclasses import asdict

    from matcher.cli.report_inputs import open_inputs
    from matcher.learning.auditing import audit
    from matcher.report.audit_table import as_markdown

    model = Model(encoder, ranker, reranker)
    opened = open_inputs(challenges, teams, None, None, workspace, model)
    with progress("匹配") as bar:
        found = audit(opened.matcher, depth, bar)
    if as_json:
        say_json(asdict(found))
    else:
        say(as_markdown(found))
    if output is not None:
        from matcher.atomic import atomic_path

        with atomic_path(output) as temporary:
            temporary.write_text(as_markdown(found) + "\n", encoding="utf-8")


def _run(matcher: Matcher, bar: Progress) -> dict[str, list[str]]:
    from matcher.matches import Ranking

    return {
        ranking.challenge.challenge_id: [m.team_id for m in ranking.matches]
        for ranking in matcher.match(top=100, progress=bar)
        if isinstance(ranking, Ranking)
    }


def _measured(judged: Qrels, runs: dict[str, Run], org_of: dict[str, str]) -> list[Evaluation]:
    from matcher.learning.evaluation import collapse, evaluate, judges_organisations

    by_org = judges_organisations(judged)
    return [
        evaluate(judged, collapse(run, org_of) if by_org else run, name)
        for name, run in runs.items()
    ]


def _check_listed(judged: Qrels, matcher: Matcher, path: Path) -> None:
    """Judged challenges that are not in the list count as 0: said aloud, refused if all are so."""
    unknown = [query for query in judged if query not in matcher.challenges]
    if not unknown:
        return
    if len(unknown) == len(judged):
        raise InputError(
            "判断文件里的需求都不在榜单里", given=f"{path.name}: {unknown[0]} 等 {len(unknown)} 项",
            expected="榜单里的编号", remedy="检查 --challenges 和 --qrels 是否是同一批需求",
        )  # fmt: skip
    note(f"注意：{len(unknown)} 项有判断的需求不在榜单里（{unknown[0]} 等），按 0 计。")


def _present(
    measured: list[Evaluation],
    against: tuple[str, str],
    output: Path | None,
    as_json: bool,
    groups: Sequence[dict[str, Any]] = (),
) -> None:
    from matcher.report.evaluation_table import as_data, as_markdown

    if as_json:
        data = as_data(measured, *against)
        if groups:
            data[-1]["breakdown"] = groups
        say_json(data)
    else:
        say(as_markdown(measured, *against))
        _say_groups(groups)
    if output is not None:
        from matcher.atomic import atomic_path

        with atomic_path(output) as temporary:
            table = as_markdown(measured, *against)
            temporary.write_text(table + "\n", encoding="utf-8")


def _breakdown(measured: Evaluation, matcher: Matcher, main: str) -> list[dict[str, Any]]:
    """The main measures by field and by length; challenges that are not in the list left out."""
    from matcher.learning.evaluation import MEASURE_LABELS, length_group

    shown = [main, "P(rel=2)@1" if "P(rel=2)@1" in measured.values else "Success@10"]

    found = []
    for by, group_of in (
        ("领域", lambda c: c.tech_domain[0] if c.tech_domain else "未注明"),
        ("长度", length_group),
    ):
        listed = [matcher.challenges[q] for q in measured.query_ids if q in matcher.challenges]
        groups = {c.challenge_id: group_of(c) for c in listed}
        for name in sorted(set(groups.values())):
            part = measured.subset({q for q, group in groups.items() if group == name}.__contains__)
            found.append(
                {
                    "by": by,
                    "group": name,
                    "n": len(part.query_ids),
                    "interval": list(part.interval(main)),
                    **{MEASURE_LABELS.get(m, m): part.mean(m) for m in shown},
                }
            )
    return found


def _say_groups(groups: Sequence[dict[str, Any]]) -> None:
    for by in dict.fromkeys(group["by"] for group in groups):
        say(f"\n按{by}:")
        for one in (group for group in groups if group["by"] == by):
            low, high = one["interval"]
            main, other = list(one)[4:]
            say(
                f"  {one['group']}: n={one['n']}  {main} {one[main]:.3f} "
                f"[{low:.3f}, {high:.3f}]  {other} {one[other]:.3f}"
            )
