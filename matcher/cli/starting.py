"""``matcher quickstart | completion``: the first list in a minute, and the shell's own help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from matcher.cli.charts import show_chart
from matcher.cli.console import announce, note, say
from matcher.cli.options import EncoderOption
from matcher.encoding import DEFAULT_ENCODER

_DEMO = ("corpora/demo/challenges.jsonl", "corpora/demo/teams.jsonl")
_TRIED = "GF2-001"


def quickstart(
    workspace: Annotated[
        Path, typer.Option("--workspace", "-w", help="示范工作区放在哪里。")
    ] = Path("示范"),
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """用随附的示范榜单和团队库走一遍：导入，排出第一张名单，告诉下一步。

    Python: Workspace.put_challenges, Workspace.put_teams, Matcher.rank
    """
    from matcher.corpora import read_challenges, read_teams
    from matcher.resources import data_path
    from matcher.workspace import Workspace

    announce(encoder)
    challenges, teams = (data_path(name) for name in _DEMO)
    opened = Workspace(workspace, encoder=encoder)
    say(f"1. 导入示范榜单和团队库，存进“{workspace}”")
    note("   第一次要为每条成果算向量，约半分钟")
    opened.put_challenges(read_challenges(challenges).records)
    opened.put_teams(read_teams(teams).records)
    matcher = opened.matcher()
    say(f"   榜单 {len(matcher.challenges)} 项，团队 {len(matcher.teams)} 个")
    ranking = matcher.rank(_TRIED, 5)
    say(f"2. 为 {_TRIED}「{ranking.challenge.name}」找团队：{ranking.verdict}。{ranking.advice}")
    show_chart(ranking.matches)
    say("3. 接着可以试")
    for command, what in (
        (f"matcher teams {_TRIED} -w {workspace}", "逐个看依据"),
        (f'matcher teams "轴承钢夹杂物控制不好" -w {workspace}', "换成自己的一句话"),
        (f"matcher report -w {workspace} -o 报告 --format xlsx,html", "出整张榜单的报告"),
        (f"matcher serve -w {workspace}", "打开网页"),
        ("matcher import --challenges 榜单.xlsx --teams 团队.xlsx", "导入自己的文件"),
    ):
        say(f"   {command}    # {what}")


def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument(help="bash、zsh 或 fish。")],
) -> None:
    """写出命令补全的脚本，放进 shell 的启动文件。

    Python：无
    """
    from typer._completion_shared import get_completion_script

    say(get_completion_script(prog_name="matcher", complete_var="_MATCHER_COMPLETE", shell=shell))
