"""How cost grows from a thousand to a million teams: time, memory, disk, one query and many.

    nice -n 5 python benchmarks/scale.py --teams 100000 [--source LIST --challenges LIST]
        [--folder FOLDER] [--results FILE.jsonl]

One size a process, so that peaks of memory are its own. Teams are made up (`made_teams`); queries
are real challenges, encoded without a cache. The index is built in a folder and kept there.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import resource
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from made_teams import MadeRecords, Source, made_documents, made_text

from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER, resolve_encoder
from matcher.index.collection import Collection, library_of
from matcher.index.documents import Filter
from matcher.index.library import Library
from matcher.index.segment import Segment, segments
from matcher.index.statistics import DenseStatistics
from matcher.models import open_encoder, open_ranker, passage_centre, shipped_calibration
from matcher.pipeline import Matcher
from matcher.processes import shared
from matcher.ranking.query import Query, queries
from matcher.ranking.search import neighbourhoods
from matcher.resources import data_path
from matcher.text.tokenise import default_tokenizer

_COST = "cost.json"
_STATISTICS = ("centre", "units", "squares")


def built(source: Source, count: int, folder: Path) -> dict[str, float]:
    """Make the segments and the statistics in a folder; seconds of each.

    What an interrupted run left is kept, and the rest made.
    """
    if (folder / _COST).exists():
        shutil.rmtree(folder)
    there = sorted(path.parent for path in folder.glob("segment-*/values.json"))
    first = sum(len(Segment.open(path).starts) - 1 for path in there)
    began = time.perf_counter()
    documents = made_documents(source, count, first)
    for number, segment in enumerate(segments(documents), start=len(there)):
        shutil.rmtree(folder / f"segment-{number:04}", ignore_errors=True)
        segment.save(folder / f"segment-{number:04}")
    made = time.perf_counter()
    (folder / "squares.npy").unlink(missing_ok=True)
    statistics = opened(folder).statistics
    for name in _STATISTICS:
        np.save(folder / f"{name}.npy", getattr(statistics, name))
    for number, lengths in enumerate(statistics.lengths):
        np.save(folder / f"lengths-{number:04}.npy", lengths)
    cost = {
        "built_from": first,
        "build_seconds": made - began,
        "statistics_seconds": time.perf_counter() - made,
    }
    (folder / _COST).write_text(json.dumps(cost), encoding="utf-8")
    return cost


def opened(folder: Path) -> Library:
    """The library in a folder, mapped into memory."""
    made = tuple(Segment.open(path) for path in sorted(folder.glob("segment-*")))
    kept = None
    if (folder / "squares.npy").exists():
        lengths = tuple(np.load(path) for path in sorted(folder.glob("lengths-*.npy")))
        centre, units, squares = (np.load(folder / f"{name}.npy") for name in _STATISTICS)
        kept = DenseStatistics(sum(map(len, lengths)), centre, lengths, units, squares)
    centre = passage_centre(open_encoder(DEFAULT_ENCODER))
    return replace(library_of(made, made_text, centre), kept_statistics=kept)


def memory() -> dict[str, float]:
    """Gigabytes now resident: in all, and of what is not mapped from files."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return {
        "resident_gb": int(lines["VmRSS"].split()[0]) / 1e6,
        "anonymous_gb": int(lines["RssAnon"].split()[0]) / 1e6,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def seconds(run: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor of one call."""
    began, used = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - began, time.process_time() - used


def percentiles(times: list[tuple[float, float]]) -> dict[str, float]:
    """Median and 95th percentile, by the clock and of the processor."""
    clock, processor = np.array(times).T
    return {
        "mean": float(clock.mean()),
        "p50": float(np.median(clock)),
        "p95": float(np.percentile(clock, 95)),
        "processor_p50": float(np.median(processor)),
        "processor_p95": float(np.percentile(processor, 95)),
    }


def measured(matcher: Matcher, single: int, batch: int) -> dict[str, Any]:
    """Times of queries one by one, filtered, and in a batch."""
    wanted = list(matcher.challenges.values())
    few = Filter(province="陕西")
    library = matcher.library.source
    first, _ = seconds(lambda: matcher.rank(wanted[0], 100))
    for challenge in wanted[:3]:
        matcher.rank(challenge, 100)
    ones = [wanted[number % len(wanted)] for number in range(single)]
    times = [seconds(partial(matcher.rank, challenge, 100)) for challenge in ones]
    # What a batch does for each challenge: no explanations.
    plain = [seconds(partial(_listed, matcher, [one.challenge_id])) for one in ones]
    filtered = [seconds(partial(matcher.rank, challenge, 100, few)) for challenge in ones]
    alone = queries(ones, matcher.tokenizer, matcher.encoder)
    found = [seconds(partial(_searched, matcher, [query])) for query in alone]
    many = [list(matcher.challenges)[number % len(wanted)] for number in range(batch)]
    together = seconds(partial(_listed, matcher, many))
    asked = queries([matcher.challenges[i] for i in many], matcher.tokenizer, matcher.encoder)
    searched = seconds(partial(_searched, matcher, asked))
    return {
        "first": first,
        "single": percentiles(times),
        "single_plain": percentiles(plain),
        "single_search": percentiles(found),
        "filtered": percentiles(filtered),
        "filter_share": float(library.accepted(few).mean()),
        "batch_queries": batch,
        "batch_per_query": together[0] / batch,
        "batch_processor": together[1] / batch,
        "batch_search_processor": searched[1] / batch,
        "pairs_per_second": batch * len(library.alive) / together[0],
    }


def _listed(matcher: Matcher, challenge_ids: Sequence[str]) -> None:
    for _ in matcher.match(challenge_ids, top=100):
        pass


@cache
def _reopened(folder: Path, challenges: Path) -> Matcher:
    """The same matcher in another process; no record is looked at."""
    encoder = resolve_encoder(DEFAULT_ENCODER)
    return Matcher(
        {c.challenge_id: c for c in read_challenges(challenges).records}, {},
        Collection.whole(opened(folder)), default_tokenizer(), encoder,
        ranker := open_ranker("default", encoder), shipped_calibration(encoder, ranker),
    )  # fmt: skip


def _listed_elsewhere(given: tuple[Path, Path, Sequence[str]]) -> None:
    folder, challenges, challenge_ids = given
    _listed(_reopened(folder, challenges), challenge_ids)


def in_processes(folder: Path, challenges: Path, batch: int) -> float:
    """Seconds by the clock of a batch shared among processes, their start included."""
    ids = [c.challenge_id for c in read_challenges(challenges).records]
    many = [ids[number % len(ids)] for number in range(batch)]
    blocks = [(folder, challenges, many[low : low + 64]) for low in range(0, batch, 64)]
    return seconds(lambda: list(shared(_listed_elsewhere, blocks)))[0]


def _searched(matcher: Matcher, asked: Sequence[Query]) -> None:
    for _ in neighbourhoods(asked, matcher.library.source, matcher.centre, 200):
        pass


def hottest(matcher: Matcher, count: int = 8) -> list[tuple[str, float]]:
    """The functions a query alone spends most of its search in, and their shares.

    Raises:
        ValueError: with more than one thread the profiler sees only the one that waits.
    """
    if os.environ.get("OMP_NUM_THREADS") != "1":
        raise ValueError("OMP_NUM_THREADS=1?")
    asked = queries(list(matcher.challenges.values())[:count], matcher.tokenizer, matcher.encoder)
    _searched(matcher, asked)
    profile = cProfile.Profile()
    for query in asked:
        profile.runcall(_searched, matcher, [query])
    own = {name: entry[2] for name, entry in pstats.Stats(profile).stats.items()}  # type: ignore[attr-defined]
    total = sum(own.values())
    best = sorted(own, key=lambda name: -own[name])[:5]
    return [(f"{Path(file).name} {name}", own[file, line, name] / total)
            for file, line, name in best]  # fmt: skip


def main() -> None:
    """Measure one size and append a line of JSON to the results."""
    parser = argparse.ArgumentParser(description="规模: 一个团队数")
    demo = data_path("corpora/demo")
    parser.add_argument("--teams", type=int, default=1000)
    parser.add_argument("--source", type=Path, default=demo / "teams.jsonl")
    parser.add_argument("--challenges", type=Path, default=demo / "challenges.jsonl")
    parser.add_argument("--folder", type=Path, default=Path("output/scale"))
    parser.add_argument("--results", type=Path, default=Path("output/scale.jsonl"))
    parser.add_argument("--single", type=int, default=40)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--keep", action="store_true", help="use the index that is there")
    parser.add_argument("--profile", action="store_true", help="only show where a search spends")
    parser.add_argument("--build", action="store_true", help="build the index and stop")
    options = parser.parse_args()
    folder = options.folder / str(options.teams)
    cached = open_encoder(DEFAULT_ENCODER)
    assert cached is not None
    source = Source.read(options.source, cached)
    line: dict[str, Any] = {"teams": options.teams}
    if not (options.keep and folder.exists()):
        line |= built(source, options.teams, folder)
        line["build_memory"] = memory()
    elif (folder / _COST).exists():
        line |= json.loads((folder / _COST).read_text(encoding="utf-8"))
    if options.build:
        print(json.dumps(line))
        return
    line["disk_gb"] = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e9
    encoder = resolve_encoder(DEFAULT_ENCODER)
    began = time.perf_counter()
    library = Collection.whole(opened(folder))
    line["open_seconds"] = time.perf_counter() - began
    line["teams_alive"] = len(library.places)
    line["passages"] = len(library.source.document_of_row)
    challenges = {c.challenge_id: c for c in read_challenges(options.challenges).records}
    records = MadeRecords(source, options.teams)
    matcher = Matcher(
        challenges, records, library, default_tokenizer(), encoder,
        ranker := open_ranker("default", encoder), shipped_calibration(encoder, ranker),
    )  # fmt: skip
    if options.profile:
        for name, share in hottest(matcher):
            print(f"{share:.0%} {name}")
        return
    line |= measured(matcher, options.single, options.batch)
    line["memory"] = memory()
    spent = in_processes(folder.resolve(), options.challenges.resolve(), options.batch)
    line["processes_per_query"] = spent / options.batch
    print(json.dumps(line, indent=1))
    options.results.parent.mkdir(parents=True, exist_ok=True)
    with options.results.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
