"""``matcher ranker use | back | show``: the ranker a workspace uses."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli.console import say, say_json
from matcher.cli.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from matcher.cli.serving import write_audit

app = typer.Typer(help="工作区用哪个排序模型：选用、换回、查看。", no_args_is_help=True)


@app.command("use")
def use(
    ranker: Annotated[str, typer.Argument(help="default、fused，或 matcher train 写的模型文件。")],
    reranker: Annotated[
        str, typer.Option("--reranker", help="再细读前 30 名的重排模型；none 为不重排。")
    ] = "none",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
) -> None:
    """从此用这个排序模型：命令、网页、接口、报告都用它；原来的留着，可以换回。

    排序模型文件的内容存进工作区，文件以后可以移动或删除；重排模型的文件夹要留在原处。

    Python: Workspace.use_ranker
    """
    from matcher.workspace import Workspace

    opened = Workspace(workspace)
    before = opened.ranker
    opened.use_ranker(ranker, reranker)
    write_audit(workspace, "ranker.use", str(opened.ranker))
    say(f"从此使用：{opened.ranker}；原来是 {before}，换回：matcher ranker back")


@app.command("back")
def back(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """换回上一个排序模型；再运行一次又换过来。

    Python: Workspace.change_back
    """
    from matcher.workspace import Workspace

    now = Workspace(workspace).change_back()
    write_audit(workspace, "ranker.back", str(now))
    say(f"从此使用：{now}")


@app.command("show")
def show(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """显示正在使用的排序模型，以及换回时用哪一个。

    Python: Workspace.ranker, ranker_before
    """
    from matcher.workspace import Workspace

    opened = Workspace(workspace)
    now, before = opened.ranker, opened.ranker_before
    if as_json:
        say_json({
            "ranker": now.ranker, "reranker": now.reranker,
            "before": {"ranker": before.ranker, "reranker": before.reranker},
        })  # fmt: skip
        return
    say(f"正在使用：{now}")
    say(f"换回时用：{before}")
