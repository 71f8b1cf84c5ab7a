"""``matcher brief``: one challenge on one page, to be sent to a team."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.console import say
from matcher.cli.matching import open_matcher
from matcher.cli.options import (
    DEFAULT_WORKSPACE,
    EncoderOption,
    Model,
    RankerOption,
    RerankerOption,
    WorkspaceOption,
)
from matcher.cli.records import existing, named_record
from matcher.encoding import DEFAULT_ENCODER


def brief(
    challenge: Annotated[str, typer.Argument(help="榜单编号。")],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪个网页文件（.html）。")],
    team: Annotated[
        str, typer.Option("--team", help="给哪个团队（编号）：逐条写出它的依据和缺口。")
    ] = "",
    address: Annotated[str, typer.Option("--address", help="看全文、揭榜的网址，印在页上。")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    ranker: RankerOption = "",
    reranker: RerankerOption = "",
    encoder: EncoderOption = DEFAULT_ENCODER,
) -> None:
    """把一项技术需求写成一页，可以发给团队：要什么、怎样答复；没有联系方式，不提别的团队。

    Python: matcher.report.handout.handout_of, handout_page
    """
    from matcher.atomic import atomic_path
    from matcher.errors import InputError
    from matcher.records import Challenge
    from matcher.report.handout import handout_of, handout_page, team_in_words

    if output.suffix != ".html":
        raise InputError(
            "不能写成这种文件", given=output, expected="*.html", remedy="改正 --output"
        )
    record = named_record(existing(workspace), challenge, "challenges")
    assert isinstance(record, Challenge)
    made = handout_of(record, address=address)
    if team:
        model = Model(encoder, ranker, reranker)
        matcher = open_matcher(workspace, model)
        named = team_in_words(matcher.team(team))
        found = [m.explanation for m in matcher.judge(record, [team]) if m.explanation]
        if not found:
            raise InputError("没有可以对照的内容", given=named, remedy="补上团队的方向或成果")
        made = handout_of(record, named, found[0].coverage, address)
    with atomic_path(output) as path:
        path.write_text(handout_page(made), encoding="utf-8", newline="\n")
    say(f"已写出 {output}")
