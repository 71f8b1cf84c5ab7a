"""From texts of teams to the first complete ranking: what it costs, and when answers begin.

    nice -n 10 python benchmarks/first_index.py TEXTS.jsonl [--teams 1000 10000]
        [--ways words later now] [--complete]

The commands a person would run, each a process of its own, in an empty workspace without any
cache of tokens or vectors: `matcher import`, then `matcher teams` for the first ranking. Teams have
a description and two papers, drawn from the sentences of real papers, of 120 characters on average.

    words    by words alone
    later    words and drafts of vectors, exact ones put off; ``--complete``: then made
    now      all vectors made first

After the first ranking one team in a hundred is changed and imported again. A line a step: wall
clock, processor seconds of the process and what it started, the most memory they held together
(pages shared between them counted once each), and the machine's load when it ended.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from timing import tree_memory

from matcher.encoding.installed import encoders_dir
from matcher.resources import data_path

_CHARACTERS = 120
# Lengths spread as those of a list do: most pieces are short, some three times the mean.
_SHAPE = 3.0
_PIECES = 3
_CHANGED = 100
_PROGRAM = "from matcher.cli import main; main()"


def papers(path: Path) -> list[tuple[str, list[str]]]:
    """Titles with the sentences of their abstracts."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        sentences = [f"{said}。" for said in str(paper["abstract"]).split("。") if said.strip()]
        if paper["title"] and sentences:
            found.append((str(paper["title"]), sentences))
    return found


def made_teams(
    source: Sequence[tuple[str, list[str]]], numbers: Sequence[int], seed: int
) -> Iterator[dict[str, Any]]:
    """Teams of those numbers; another seed says something else of the same teams."""
    for number in numbers:
        chosen = random.Random(seed * 1_000_003 + number)
        texts = [_text(source, chosen) for _ in range(_PIECES)]
        yield {
            "team_id": f"T{number:07}",
            "team_name": f"{chosen.choice(source)[0][:12]}{number}课题组",
            "org_name": f"第{number % 900}大学",
            "profile": texts[0][1],
            "evidence": [
                {"kind": "论文", "title": title, "abstract": body} for title, body in texts[1:]
            ],
        }


def _text(source: Sequence[tuple[str, list[str]]], chosen: random.Random) -> tuple[str, str]:
    """A title, and sentences of several papers until title and sentences are long enough."""
    title, _ = chosen.choice(source)
    wanted = chosen.gammavariate(_SHAPE, _CHARACTERS / _SHAPE) - len(title)
    body = ""
    while len(body) < wanted:
        _, sentences = chosen.choice(source)
        body += chosen.choice(sentences)[: max(1, int(wanted) - len(body))]
    return title, body


def write(path: Path, teams: Iterator[dict[str, Any]]) -> None:
    """A team list."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(team, ensure_ascii=False)}\n" for team in teams)


def measured(step: str, command: Sequence[str], environment: dict[str, str]) -> None:
    """Run ``matcher`` with some arguments, and print what it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *command], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    peak = 0
    while process.poll() is None:
        peak = max(peak, tree_memory(process.pid))
        time.sleep(0.5)
    wall = time.perf_counter() - began
    if process.returncode:
        assert process.stderr is not None
        sys.exit(f"{step}: 退出码 {process.returncode}\n{process.stderr.read()[-2000:]}")
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = done.ru_utime + done.ru_stime - before.ru_utime - before.ru_stime
    load = os.getloadavg()[0]
    print(
        f"{step}\t{wall:.1f} 秒\t处理器 {spent:.1f} 秒\t内存 {peak / 1e9:.2f} GB\t负载 {load:.1f}",
        flush=True,
    )


def fresh_environment(folder: Path) -> dict[str, str]:
    """That of a user who has the models and nothing else yet but what is in the folder."""
    encoders = folder / "models" / "encoders"
    if not encoders.exists():
        encoders.parent.mkdir(parents=True)
        encoders.symlink_to(encoders_dir())
    return {
        **os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "MATCHER_MODELS_DIR": str(encoders),
    }  # fmt: skip


def run(way: str, count: int, source: Sequence[tuple[str, list[str]]], complete: bool) -> None:
    """One way at one size."""
    name = f"{way}\t{count}"
    challenges = data_path("corpora/demo/challenges.jsonl")
    first = json.loads(challenges.read_text(encoding="utf-8").splitlines()[0])["challenge_id"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        teams, changed = folder / "团队.jsonl", folder / "改过的团队.jsonl"
        write(teams, made_teams(source, range(count), 1))
        write(changed, made_teams(source, range(0, count, _CHANGED), 2))
        workspace = ["-w", str(folder / "workspace")]
        if way == "words":
            workspace += ["--encoder", "none"]
        meaning = ["--meaning", "later"] if way == "later" else []
        environment = fresh_environment(folder)
        ask = ["teams", first, *workspace]
        both = ["--challenges", str(challenges), "--teams", str(teams)]
        measured(f"{name}\t导入", ["import", *both, *meaning, *workspace], environment)
        measured(f"{name}\t第一个排名", ask, environment)
        measured(f"{name}\t再一个排名", ask, environment)
        again = ["import", "--teams", str(changed), *meaning, *workspace]
        measured(f"{name}\t改百分之一", again, environment)
        measured(f"{name}\t改后的排名", ask, environment)
        if complete and way == "later":
            measured(f"{name}\t补齐", ["index", *workspace], environment)
            measured(f"{name}\t补齐后的排名", ask, environment)


def main() -> None:
    """Print the lines."""
    parser = argparse.ArgumentParser(description="从文字到第一个完整的排名")
    parser.add_argument("texts", type=Path)
    parser.add_argument("--teams", type=int, nargs="+", default=[1000])
    parser.add_argument("--ways", nargs="+", default=["words", "later", "now"])
    parser.add_argument("--complete", action="store_true")
    options = parser.parse_args()
    source = papers(options.texts)
    for count in options.teams:
        for way in options.ways:
            run(way, count, source, options.complete)


if __name__ == "__main__":
    main()
