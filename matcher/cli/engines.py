"""Where work is run: in this process, or in blocks here or on a cluster."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from matcher.errors import InputError

if TYPE_CHECKING:
    from matcher.cluster.blocks import Engine

LOCAL = "local"
_PROCESSES = "processes"
_DASK = "dask"


def engine_of(engine: str, scheduler: str, resume: bool) -> Engine | None:
    """The engine that options name; None for this process without blocks.

    Raises:
        InputError: options that do not go together, or Dask is not installed.
    """
    if engine not in (LOCAL, _PROCESSES, _DASK):
        raise InputError(
            "不认识的计算方式",
            given=engine,
            expected="local、processes 或 dask",
            remedy="改正 --engine",
        )
    if engine != _DASK and scheduler:
        raise InputError("--scheduler 只用于集群", remedy="加上 --engine dask，或去掉它")
    if engine == LOCAL and resume:
        raise InputError(
            "--resume 只用于分块计算", remedy="加上 --engine processes 或 dask，或去掉它"
        )
    if engine == LOCAL:
        return None
    if engine == _PROCESSES:
        from matcher.cluster.blocks import Engine

        return Engine(resume=resume, processes=True)
    if find_spec("distributed") is None:
        raise InputError("没有安装 Dask", remedy="pip install 'jiebang-matcher[cluster]'")
    from matcher.cluster.blocks import Engine

    # Without a scheduler the same blocks are run here, one by one.
    return Engine(scheduler, resume)
