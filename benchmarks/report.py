"""Time and memory of a whole report on a made list and library, killed half-way and resumed.

Run: ``python benchmarks/report.py [--made_challenges 1000] [--made_teams 20000]``.

Made by resampling the demonstration data: a made team has the whole profile of one real team and
evidence of up to four others, a made challenge has the title and problem of one real challenge and
the research content and indicators of another. Every passage is therefore one of the few thousand
real ones, whose vectors are cached: encoding the library is left out (``benchmarks/encoding.py``
measures that), encoding the challenges is not. What many copies of the same passages do to the
ranking is not what is measured here.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from timing import arguments, records

from matcher.corpora import write_challenges, write_teams
from matcher.records import Challenge, Team

FORMATS = "xlsx,docx,html,json"
_ALIKE = ("research_content", "tech_difficulties", "indicators_text", "indicators")


def made_teams(teams: Sequence[Team], count: int, seed: int = 0) -> Iterator[Team]:
    """The real ones first, then resampled ones, half of them with an organisation of their own."""
    rng = random.Random(seed)
    evidence = [piece for team in teams for piece in team.evidence]
    yield from teams[:count]
    for number in range(len(teams), count):
        base, other = rng.choice(teams), rng.choice(teams)
        pieces = rng.sample(evidence, min(len(evidence), rng.randint(0, 4)))
        yield base.model_copy(
            update={
                "team_id": f"M{number:05}",
                "org_name": other.org_name if rng.random() < 0.5 else f"{other.org_name}{number}",
                "org_type": other.org_type,
                "province": other.province,
                "city": other.city,
                "evidence": tuple(pieces),
            }
        )


def made_challenges(
    challenges: Sequence[Challenge], count: int, seed: int = 0
) -> Iterator[Challenge]:
    """The real ones first, then title and problem of one with the contents of another."""
    rng = random.Random(seed)
    yield from challenges[:count]
    for number in range(len(challenges), count):
        base, other = rng.choice(challenges), rng.choice(challenges)
        contents = {name: getattr(other, name) for name in _ALIKE}
        yield base.model_copy(update={"challenge_id": f"N{number:04}", **contents})


def matcher(*words: str | Path) -> list[str]:
    """The command line of ours, run by this Python."""
    return [sys.executable, "-c", "from matcher.cli import main; main()", *map(str, words)]


def run(*words: str | Path) -> tuple[float, float, float]:
    """Wall and processor seconds and peak memory in GB of one command in a process of its own."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        started = subprocess.Popen(matcher(*words), stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(started.pid, 0)
        if status:
            said.seek(0)
            raise SystemExit(said.read())
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def kill_half_way(words: Sequence[str | Path], results: Path, half: int) -> int:
    """Kill the command (SIGKILL) once half the results are kept; how many were."""
    started = subprocess.Popen(
        matcher(*words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    kept = 0
    while kept < half and started.poll() is None:
        time.sleep(0.2)
        if results.exists():
            try:
                with sqlite3.connect(f"file:{results}?mode=ro", uri=True, timeout=5) as file:
                    kept = file.execute("SELECT COUNT(*) FROM results").fetchone()[0]
            except sqlite3.OperationalError:
                continue
    started.send_signal(signal.SIGKILL)
    started.wait()
    return int(kept)


def main() -> None:
    """Make, import, report, report again, kill and resume; print a line each."""
    options = arguments(__doc__ or "", made_challenges=1000, made_teams=20_000)
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        _measure(options, Path(folder))


def _measure(options: Namespace, folder: Path) -> None:
    challenges, teams = records(options)
    lists = folder / "榜单.jsonl", folder / "团队.jsonl"
    write_challenges(made_challenges(challenges, options.made_challenges), lists[0])
    write_teams(made_teams(teams, options.made_teams), lists[1])
    one = folder / "甲"
    show("导入 (向量已缓存)", run("import", "--workspace", one, "--challenges", lists[0],
                          "--teams", lists[1], "--encoder", options.encoder))  # fmt: skip
    two = folder / "乙"
    shutil.copytree(one, two)
    words = ("--format", FORMATS, "--pack", "liaoning-2021", "--encoder", options.encoder)
    show("报告, 四种文件", run("report", "--workspace", one, "--output", folder / "一", *words))
    show("再来一次", run("report", "--workspace", one, "--output", folder / "一", *words))
    whole = ("report", "--workspace", two, "--output", folder / "二", *words)
    kept = kill_half_way(whole, two / "report-results.sqlite", options.made_challenges // 2)
    print(f"第 {kept} 项之后 kill -9")
    show("接着算完", run(*whole))
    hashes = [json.loads((folder / n / "报告.manifest.json").read_text())["files"] for n in "一二"]
    print("结果相同" if hashes[0] == hashes[1] else f"结果不同: {hashes}")


def show(what: str, measured: tuple[float, float, float]) -> None:
    """One line."""
    wall, busy, peak = measured
    print(f"{what}: {wall:.0f} 秒 (处理器 {busy:.0f} 秒), 内存最多 {peak:.2f} GB", flush=True)


if __name__ == "__main__":
    main()
