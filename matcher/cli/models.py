"""``matcher models``: the encoders on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.console import note, say, say_json, table
from matcher.cli.options import JsonOption

app = typer.Typer(help="语义模型：建立默认模型，查看已有模型。", no_args_is_help=True)


@app.command("build")
def build(
    name: Annotated[str, typer.Argument(help="配方名；不写则建立默认模型。")] = "",
    archive: Annotated[
        Path | None, typer.Option("--archive", help="已下载的软件包文件（不能联网的机器用）。")
    ] = None,
) -> None:
    """建立离线语义模型（约 71 MB 下载，一两分钟，只需一次）。

    Python: matcher.encoding.build.build_encoder
    """
    from matcher.encoding import DEFAULT_ENCODER, encoder_dir, shipped_recipe
    from matcher.encoding.build import build_encoder

    chosen = name or DEFAULT_ENCODER
    target = build_encoder(
        encoder_dir(chosen), shipped_recipe(chosen), archive=archive, stage=_stage
    )
    say(f"模型已就绪：{target}")


@app.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """列出已建立的语义模型。

    Python: matcher.encoding.list_encoders
    """
    from matcher.encoding import list_encoders

    found = list_encoders()
    if as_json:
        say_json([
            {"name": e.name, "path": str(e.path), "dimension": e.dimension, "bytes": e.bytes,
             "identity": e.identity, "problem": e.problem}
            for e in found
        ])  # fmt: skip
        return
    if not found:
        say("还没有语义模型；用 matcher models build 建立。")
        return
    rows = [
        (
            e.name,
            str(e.dimension or "-"),
            f"{e.bytes / 1e6:.0f} MB",
            e.problem or "可用",
            str(e.path),
        )
        for e in found
    ]
    table("语义模型", ("名称", "维数", "大小", "状态", "位置"), rows)


def _stage(what: str, number: int, of: int) -> None:
    note(f"[{number}/{of}] {what} …")
