"""Where work is run: in this process, or in blocks here or on a cluster."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.cluster.blocks import Engine

LOCAL = "local"
_DASK = "dask"


def engine_of(engine: str, scheduler: str, resume: bool) -> Engine | None:
    """The engine that options name; None for this process without blocks.

    Raises:
        InputError: options that do not go together, or Dask is not installed.
    """
    if engine not in (LOCAL, _DASK):
        raise InputError(
            "不认识的计算方式", given=engine, expected="local 或 dask", remedy="改正 --engine"
        )
    if engine == LOCAL and (scheduler or resume):
        raise InputError(
            "--scheduler 和 --resume 只用于集群", remedy="加上 --engine dask, 或去掉它们"
        )
    if engine == LOCAL:
        return None
    if find_spec("distributed") is None:
        raise InputError("没有安装 Dask", remedy="pip install 'jiebang-matcher[cluster]'")
    from matcher.cluster.blocks import Engine

    # Without a scheduler the same blocks are run here, one by one.
    return Engine(scheduler, resume)
