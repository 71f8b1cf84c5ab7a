"""Starting: what a first use waits for, whole programs and their pieces.

    python benchmarks/starting.py [--encoder NAME|none] [--rounds 5]

Every figure is of a fresh process that finds its files warm in memory and its caches filled, as
the second and every later start does; the texts asked for are new each time. Processor seconds, so
that other load does not count, and times the second query of the same run.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matcher.resources import data_path

_PROGRAM = "from matcher.cli import main; main()"
_WARM = "第二个查询"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="启动速度: 与热查询之比")
    parser.add_argument("--encoder", default="multilingual-e5-small-zh")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pieces", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.pieces:
        pieces(options.pieces, options.encoder)
        return
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        named = ("--workspace", str(workspace), "--encoder", options.encoder)
        demo = data_path("corpora/demo")
        lists = ("--teams", str(demo / "teams.jsonl"), "--challenges")
        program("import", *lists, str(demo / "challenges.jsonl"), *named)
        apart = (__file__, "--pieces", str(workspace), "--encoder", options.encoder)
        best: dict[str, float] = {}
        for number in range(options.rounds + 1):
            whole = {
                "python -c pass": spent("-c", "pass"),
                "matcher --help": program("--help"),
                "matcher teams “…”": program("teams", asked(), *named),
            }
            told = output(*apart).splitlines()
            parts = {name: float(value) for name, value in (line.split("\t") for line in told)}
            if number:  # the first one fills the caches
                best = least(best, whole | parts)
    for name, seconds in best.items():
        print(f"  {1e3 * seconds:8.1f} 毫秒  {seconds / best[_WARM]:6.1f} 倍  {name}")


def asked() -> str:
    """A challenge nobody has asked for before."""
    return f"高强度轴承钢夹杂物控制技术, 总氧不高于5ppm ({time.time_ns()})"


def least(best: Mapping[str, float], found: Mapping[str, float]) -> dict[str, float]:
    """The smaller of the two for each name."""
    return {name: min(value, best.get(name, value)) for name, value in found.items()}


def program(*arguments: str) -> float:
    """Processor seconds of the whole command."""
    return spent("-c", _PROGRAM, *arguments)


def spent(*arguments: str) -> float:
    """Processor seconds of a Python process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output(*arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def output(*arguments: str) -> str:
    """What a Python process writes."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def pieces(workspace: Path, encoder: str) -> None:
    """The steps of `matcher teams` in one process, a line each."""

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        made = work()
        print(f"{name}\t{time.process_time() - began}")
        return made

    def imported() -> Any:
        import matcher.workspace

        return matcher.workspace

    home = timed("  载入代码 (import)", imported)
    opened = home.Workspace(workspace, encoder=encoder)
    timed("  载入分词器", lambda: opened.tokenizer.tokens("轴承钢"))
    timed("  载入编码器", lambda: opened.encoder)
    matcher = timed("  打开工作区和团队库", opened.matcher)
    timed("  查询的中心", lambda: matcher.centre)
    timed("第一个查询", lambda: matcher.rank(asked()))
    timed(_WARM, lambda: matcher.rank(asked()))


if __name__ == "__main__":
    main()
