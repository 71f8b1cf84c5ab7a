"""Options shared by several commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from matcher.models import RankerChoice

WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", "-w", envvar="MATCHER_WORKSPACE", help="工作区目录。"),
]
EncoderOption = Annotated[
    str,
    typer.Option(
        "--encoder",
        envvar="MATCHER_ENCODER",
        help="语义模型：名称、文件夹，或 none（只按用词匹配）。",
    ),
]
RankerOption = Annotated[
    str,
    typer.Option(
        "--ranker",
        help="排序方法：default（随附的）、fused（综合分），或模型文件；不写则用工作区选用的。",
    ),
]
RerankerOption = Annotated[
    str,
    typer.Option(
        "--reranker",
        help="再细读前 30 名的重排模型：CrossEncoder 文件夹或模型名；none 为不重排；"
        "不写则用工作区选用的。",
    ),
]
# Serial numbers of a list and of a library are the same few, so an id may name one of each.
SideOption = Annotated[
    str | None,
    typer.Option("--as", help="编号指什么：challenges 或 teams；两边都有这个编号时要写。"),
]
ChartOption = Annotated[
    bool, typer.Option("--chart", help="一行一个团队，用条形和符号画出把握与各条要求。")
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]
TopOption = Annotated[int, typer.Option("--top", "-n", min=1, help="列出多少个。")]
ProvinceOption = Annotated[str, typer.Option("--province", help="只看这个省。")]
CityOption = Annotated[str, typer.Option("--city", help="只看这个市。")]
DomainOption = Annotated[str, typer.Option("--domain", help="只看技术领域含有这个词的。")]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine", help="local（本机一个进程）、processes（本机每核一个）或 dask（集群）。"
    ),
]
SchedulerOption = Annotated[
    str, typer.Option("--scheduler", help="Dask 调度器地址，如 tcp://10.0.0.1:8786。")
]
TeamBlocksOption = Annotated[
    int,
    typer.Option(
        "--team-blocks",
        min=1,
        help="团队库分成几块来查；索引大于一个节点的内存时用（不用于 local）。",
    ),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="继续上次中断的任务。")]

DEFAULT_WORKSPACE = Path("workspace")


@dataclass(frozen=True)
class Model:
    """What ranks, as it was written."""

    encoder: str
    ranker: str
    reranker: str

    @property
    def choice(self) -> RankerChoice:
        """Of the ranker."""
        from matcher.models import RankerChoice

        return RankerChoice(self.ranker, self.reranker)
