"""Suggestions while typing, and searches, over a real service in a process of its own.

    python benchmarks/searching.py WORKSPACE

Titles of challenges and names and directions of teams are typed letter by letter, as somebody
would; every answer is timed on the loopback. Searches are for the same texts whole, each once, so
that nothing was found before.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
from service import serving, spent, staff

from matcher.encoding import DEFAULT_ENCODER
from matcher.workspace import Workspace

_LONGEST_TYPED = 8


def typed(texts: list[str]) -> Iterator[str]:
    """What a box holds after every letter."""
    for text in texts:
        yield from (text[:end] for end in range(1, min(len(text), _LONGEST_TYPED) + 1))


def texts_of(workspace: Path, number: int) -> tuple[list[str], list[str]]:
    """Some titles of challenges, and names and directions of teams."""
    opened = Workspace(workspace, encoder=None)
    chosen = random.Random(0)
    titles = [c.name for c in opened.challenges().values()]
    names = [text for t in opened.teams().values() for text in (t.name, *t.research_directions[:1])]
    return tuple(chosen.sample(part, min(number, len(part))) for part in (titles, names))  # type: ignore[return-value]


def timed(client: httpx.Client, path: str, texts: list[str]) -> list[float]:
    """Seconds of every answer."""
    taken = []
    for text in texts:
        began = time.perf_counter()
        client.get(path, params={"q": text}).raise_for_status()
        taken.append(time.perf_counter() - began)
    return taken


def main() -> None:
    """Print p50, p95, p99 and the processor time of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--number", type=int, default=60)
    asked = parser.parse_args()
    challenges, teams = texts_of(asked.workspace, asked.number)
    _, _, key = staff(asked.workspace)
    with serving(asked.workspace, asked.encoder) as (address, process):
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=60) as client:
            for side, texts in (("challenges", challenges), ("teams", teams)):
                for path, wanted in (
                    (f"/{side}/suggestions", list(typed(texts))), (f"/{side}", texts),
                ):  # fmt: skip
                    timed(client, path, wanted[:1])
                    before = spent(process)
                    taken = np.array(timed(client, path, wanted[1:])) * 1000
                    each = (spent(process) - before) / len(taken) * 1000
                    p50, p95, p99 = np.percentile(taken, (50, 95, 99))
                    print(
                        f"{path}: {len(taken)} 次, p50 {p50:.1f}, p95 {p95:.1f}, "
                        f"p99 {p99:.1f} 毫秒; 处理器 {each:.1f} 毫秒"
                    )


if __name__ == "__main__":
    main()
