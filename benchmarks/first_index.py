"""From texts of teams to the first complete ranking: what it costs, and when answers begin.

    nice -n 10 python benchmarks/first_index.py TEXTS.jsonl [--teams 1000 10000]
        [--ways words later now] [--complete] [--results FILE.jsonl]
    python benchmarks/first_index.py --write        # the table in docs/performance.md

The commands a person would run, each a process of its own, in an empty workspace without any
cache of tokens or vectors: `matcher import`, then `matcher teams` for the first ranking. Teams have
a description and two papers, drawn from the sentences of real papers, of 120 characters on average.

    words    by words alone
    later    words and drafts of vectors, exact ones put off; ``--complete``: then made
    now      all vectors made first

Then one team in a hundred is changed and imported again, with its vectors made but for ``words``. A
line a step: wall clock, processor seconds of the process and what it started, the most memory they
held together (pages shared between them counted once each), and the machine's load when it ended.
The table takes the last result of each step; sizes that were not measured go on from the two
largest that were, by what each team more had cost, and say so.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tables import put, table
from timing import tree_memory

from matcher.encoding.installed import encoders_dir
from matcher.resources import data_path

_CHARACTERS = 120
# Lengths spread as those of a list do: most pieces are short, some three times the mean.
_SHAPE = 3.0
_PIECES = 3
_CHANGED = 100
_PROGRAM = "from matcher.cli import main; main()"
_RESULTS = Path("output/first_index.jsonl")
_DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
_WAYS = {"words": "只用词", "later": "先粗算", "now": "全部精算"}
_STEPS = ("导入", "第一个排名", "再一个排名", "补齐", "补齐后的排名", "改百分之一", "改后的排名")
_BEYOND = (100_000, 1_000_000)
# What grows with the list; a later ranking is mostly the start of its process.
_GROWING = ("导入", "第一个排名", "补齐", "改百分之一")
# Above this load the clock says what others did.
_QUIET = 3.0


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


def measured(command: Sequence[str], environment: dict[str, str]) -> dict[str, float]:
    """Run ``matcher`` with some arguments; what it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *command], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    peak, load = 0, 0.0
    while process.poll() is None:
        peak, load = max(peak, tree_memory(process.pid)), max(load, os.getloadavg()[0])
        time.sleep(0.5)
    wall = time.perf_counter() - began
    if process.returncode:
        assert process.stderr is not None
        sys.exit(f"{command}: 退出码 {process.returncode}\n{process.stderr.read()[-2000:]}")
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = done.ru_utime + done.ru_stime - before.ru_utime - before.ru_stime
    return {"clock": wall, "processor": spent, "memory_gb": peak / 1e9, "load": load}


def fresh_environment(folder: Path) -> dict[str, str]:
    """That of a user who has the models and nothing else yet but what is in the folder."""
    encoders = folder / "models" / "encoders"
    if not encoders.exists():
        encoders.parent.mkdir(parents=True)
        encoders.symlink_to(encoders_dir())
    return {
        **os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "MATCHER_MODELS_DIR": str(encoders),
    }  # fmt: skip


def run(
    way: str, count: int, source: Sequence[tuple[str, list[str]]], complete: bool, results: Path
) -> None:
    """One way at one size."""
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
        steps = dict.fromkeys(_STEPS, ask)
        steps["导入"] = ["import", *both, *meaning, *workspace]
        steps["补齐"] = ["index", *workspace]
        steps["改百分之一"] = ["import", "--teams", str(changed), *workspace]
        if way != "later" or not complete:
            del steps["补齐"], steps["补齐后的排名"]
        for step, command in steps.items():
            took = {"way": way, "teams": count, "step": step, **measured(command, environment)}
            line = json.dumps(took, ensure_ascii=False)
            print(line, flush=True)
            with results.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")


def written(results: Path) -> str:
    """The table of the last result of each step, with what follows for larger lists."""
    lines = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    found = {(line["way"], line["step"], line["teams"]): line for line in lines}
    rows = []
    for way in (way for way in _WAYS if any(key[0] == way for key in found)):
        by_step = {step: _of(found, way, step) for step in _STEPS}
        measured_sizes = {size for sizes in by_step.values() for size in sizes}
        for size in sorted({*measured_sizes, *_BEYOND}):
            rows.append(
                [_WAYS[way], f"{size:,}", *(_cell(step, by_step[step], size) for step in _STEPS)]
            )
            there = [sizes[size] for sizes in by_step.values() if size in sizes]
            rows[-1] += [
                f"{max(line['memory_gb'] for line in there):.2f}" if there else "–",
                f"{max(line['load'] for line in there):.0f}" if there else "–",
            ]
        slopes = [_slope(by_step[step]) for step in _STEPS]
        rows.append([_WAYS[way], "双对数斜率", *slopes, "", ""])
    return table(["做法", "团队", *_STEPS, "内存峰值 GB", "负载至多"], rows)


def _of(found: Mapping[tuple[str, str, int], Any], way: str, step: str) -> dict[int, Any]:
    return {size: line for (w, s, size), line in sorted(found.items()) if (w, s) == (way, step)}


def _cell(step: str, sizes: Mapping[int, Any], size: int) -> str:
    """Processor seconds; by the clock too where the machine was quiet; ≈ where not measured."""
    if size in sizes:
        line = sizes[size]
        clock = f" ({line['clock']:.1f})" if line["load"] < _QUIET else ""
        return f"{line['processor']:.1f}{clock}"
    if len(sizes) < 2 or step not in _GROWING:
        return "–"
    (low, less), (high, more) = sorted(sizes.items())[-2:]
    each = (more["processor"] - less["processor"]) / (high - low)
    return f"≈ {more['processor'] + each * (size - high):,.0f}"


def _slope(sizes: Mapping[int, Any]) -> str:
    """Between each size measured and the next one, of the logarithms."""
    spent = [(math.log(size), math.log(line["processor"])) for size, line in sorted(sizes.items())]
    slopes = [(above - below) / (more - less)
              for (less, below), (more, above) in itertools.pairwise(spent)]  # fmt: skip
    return "、".join(f"{slope:.2f}".replace("-", "−") for slope in slopes)


def main() -> None:
    """Print the lines, or write the table."""
    parser = argparse.ArgumentParser(description="从文字到第一个完整的排名")
    parser.add_argument("texts", type=Path, nargs="?")
    parser.add_argument("--teams", type=int, nargs="+", default=[1000])
    parser.add_argument("--ways", nargs="+", default=["words", "later", "now"])
    parser.add_argument("--complete", action="store_true")
    parser.add_argument("--results", type=Path, default=_RESULTS)
    parser.add_argument("--write", action="store_true", help="only the table, from the results")
    options = parser.parse_args()
    if options.write:
        put(_DOCUMENT, "first index", written(options.results))
        return
    if options.texts is None:
        parser.error("要写明论文的文件")
    source = papers(options.texts)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    for count in options.teams:
        for way in options.ways:
            run(way, count, source, options.complete, options.results)


if __name__ == "__main__":
    main()
