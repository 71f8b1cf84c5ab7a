"""What the benchmarks share: rounds that alternate, a table of ratios."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matcher.corpora import read_challenges, read_teams
from matcher.records import Challenge, Team
from matcher.resources import data_path

Runs = Mapping[str, Callable[[], Any]]


def alternating(
    runs: Runs, rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Best time of each in seconds; rounds alternate, so that other load falls on all of them."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, run in runs.items():
            began = clock()
            run()
            best[name] = min(best[name], clock() - began)
    return best


def tree_memory(process: int) -> int:
    """Bytes that a process and all it started hold: their share of what they have in common."""
    held, waiting = 0, [process]
    while waiting:
        number = waiting.pop()
        try:
            lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
            held += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            for task in Path(f"/proc/{number}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:  # it has ended
            continue
    return 1024 * held


def show(title: str, seconds: Mapping[str, float], count: int, unit: str) -> None:
    """A line each: milliseconds a unit, and how many times the first one's (the baseline's)."""
    print(f"\n{title} ({count} {unit})")
    baseline = next(iter(seconds.values()))
    for name, spent in seconds.items():
        ratio = spent / max(baseline, 1e-9)
        print(f"  {1e3 * spent / count:10.3f} 毫秒/{unit}  {ratio:7.2f} 倍  {name}")


def arguments(purpose: str, **defaults: int) -> argparse.Namespace:
    """``--challenges``, ``--teams``, ``--encoder``, ``--rounds`` and more whole numbers."""
    parser = argparse.ArgumentParser(description=purpose)
    demo = data_path("corpora/demo")
    parser.add_argument("--challenges", type=Path, default=demo / "challenges.jsonl")
    parser.add_argument("--teams", type=Path, default=demo / "teams.jsonl")
    parser.add_argument("--encoder", default="multilingual-e5-small-zh")
    parser.add_argument("--rounds", type=int, default=3)
    for name, value in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser.parse_args()


def records(options: argparse.Namespace) -> tuple[Sequence[Challenge], Sequence[Team]]:
    """The challenges and teams named on the command line."""
    return read_challenges(options.challenges).records, read_teams(options.teams).records
