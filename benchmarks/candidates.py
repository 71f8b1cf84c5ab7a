"""Ways to a cheaper first index side by side: what each costs, and what it costs in quality.

    OMP_NUM_THREADS=1 nice -n 5 python -m benchmarks.candidates \
        speed judged recorded padding repeats [--students FOLDER …] [--work FOLDER]
        [--sets papers nkrdp/fold0 …] [--texts papers.jsonl] [--rounds 5] [--only CANDIDATE …]

``speed``: processor seconds of one thread, rounds alternating. ``judged``: nDCG@10 of the shipped
benchmark, whole challenges and titles alone, the ranker trained anew on each candidate's features
in ten folds. ``recorded``: MRR@10 of the sets, with the ranker trained on all grades. Differences
are from the full encoder, paired, with 95% bootstrap intervals. ``padding``: what packing sequences
could save. ``repeats``: pieces that are there more than once.

A candidate reads everything, or what teams say alone (challenges are few and read in full), or
their phrases alone. ``benchmarks/student.py`` makes students.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from matcher import Challenge, Matcher, Team, read_teams
from matcher.arrays import FloatArray, IntArray
from matcher.encoding import DEFAULT_ENCODER, Encoder, resolve_encoder
from matcher.encoding.cache import CachedEncoder
from matcher.encoding.onnx_runtime import OnnxRuntime, length_batches
from matcher.encoding.parts import encode_with_parts
from matcher.encoding.token_table import TokenTable, open_table
from matcher.index.passages import phrases_of, team_passages
from matcher.learning.evaluation import (
    Evaluation,
    Qrels,
    collapse,
    evaluate,
    judges_organisations,
    read_qrels,
)
from matcher.learning.grading import (
    GradedGroup,
    cross_validated,
    fit_graded,
    graded_groups,
    in_order,
)
from matcher.matches import Ranking
from matcher.models import open_encoder, phrase_reader
from matcher.progress import Progress
from matcher.resources import data_path
from matcher.text.normalise import plain

BENCHMARK = "corpora/benchmark"
_BY_TITLE = 0.5
_DEPTH = 50
_LENGTHS = (30, 120, 300)
_COUNT = 128
_FRAME = 2  # the marks at both ends of a text
_ALIKE = 0.9
_LOOSELY = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Divided:
    """An encoder that leaves what teams say, or some of it, to another one.

    Attributes:
        full: reads challenges, and the rest.
        other: reads what teams say.
        only: what of it; None for all.
    """

    full: Encoder
    other: Encoder | TokenTable
    name: str
    only: frozenset[str] | None = None
    centring: bool = True

    @property
    def identity(self) -> str:
        """Begins as the full one's does: the vectors lie about the same centre."""
        return f"{DEFAULT_ENCODER}+{self.name}"

    @property
    def dimension(self) -> int:
        """That of both."""
        return self.full.dimension

    def encode_queries(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        """By the full one."""
        return self.full.encode_queries(texts, progress=progress)

    def encode_with_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[str]]
    ) -> list[FloatArray]:
        """By the full one."""
        return encode_with_parts(self.full, texts, parts)

    def encode_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        """Each by whom it is left to."""
        mine = [n for n, text in enumerate(texts) if self.only is None or text in self.only]
        rest = sorted(set(range(len(texts))) - set(mine))
        found = np.empty((len(texts), self.dimension), np.float32)
        chosen = [texts[n] for n in mine]
        if isinstance(self.other, TokenTable):
            found[mine] = self.other.draft(chosen)
        else:
            found[mine] = self.other.encode_passages(chosen)
        found[rest] = self.full.encode_passages([texts[n] for n in rest])
        return found


def candidates(options: argparse.Namespace) -> dict[str, Encoder]:
    """The full encoder first, then all others by name."""
    full = open_encoder(DEFAULT_ENCODER)
    assert full is not None
    whole = resolve_encoder(DEFAULT_ENCODER)
    table = open_table(whole.folder, whole.max_length)
    made: dict[str, Encoder] = {"全编码器": full}
    made["词元表读团队"] = Divided(full, table, "table")
    for folder in options.students:
        layers = folder.name.rpartition("-")[2]
        student = CachedEncoder(resolve_encoder(folder), options.work / "vectors.sqlite")
        made[f"{layers} 层读全部"] = student
        made[f"{layers} 层读团队"] = Divided(full, student, layers)
        made[f"{layers} 层只读团队的短语"] = Divided(full, student, f"{layers}p", phrases(options))
    return {name: one for name, one in made.items() if not options.only or name in options.only}


def phrases(options: argparse.Namespace) -> frozenset[str]:
    """Phrases of all teams that are measured, but for those that are whole passages too."""
    folders = [data_path(BENCHMARK), *options.sets]
    passages = [
        passage
        for folder in folders
        for team in read_teams(folder / "teams.jsonl").records
        for passage in team_passages(team)
    ]
    said = {text for passage in passages for text in phrases_of(passage)}
    return frozenset(said - {passage.text for passage in passages})


def speed(options: argparse.Namespace) -> Iterator[str]:
    """Pieces a second of one thread; rounds alternate."""
    folders = [DEFAULT_ENCODER, *options.students]
    encoders = {Path(f).name: resolve_encoder(f, threads=1) for f in folders}
    first = next(iter(encoders))
    table = open_table(encoders[first].folder, encoders[first].max_length)
    for characters in _LENGTHS:
        texts = real_texts(options.texts, _COUNT, characters)
        runs: dict[str, Callable[[], object]] = {
            name: lambda e=e, t=texts: e.encode_passages(t)  # type: ignore[misc]
            for name, e in encoders.items()
        }
        runs["词元表"] = lambda t=texts: table.draft(t)  # type: ignore[misc]
        spent: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(options.rounds):
            for name, run in runs.items():
                began = time.process_time()
                run()
                spent[name].append(time.process_time() - began)
        for name, seconds in spent.items():
            ratios = np.array(spent[first]) / seconds
            yield (
                f"{characters} 字 | {name} | 每秒 {len(texts) / min(seconds):.0f} 段 |"
                f" {np.median(ratios):.2f} 倍 ({ratios.min():.2f}–{ratios.max():.2f})"
            )


def real_texts(path: Path, count: int, characters: int) -> list[str]:
    """Pieces of real papers, of lengths spread about that many characters as a list's are."""
    rng = random.Random(0)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    texts: list[str] = []
    while len(texts) < count:
        paper = rng.choice(rows)
        text = paper["title"] + "。" + paper["abstract"]
        start = rng.randrange(max(1, len(text) - characters))
        texts.append(text[start : start + max(4, round(rng.gammavariate(3, characters / 3)))])
    return texts


def judged(options: argparse.Namespace) -> Iterator[str]:
    """nDCG@10 of each candidate, and its difference from the first."""
    folder = data_path(BENCHMARK)
    qrels = read_qrels(folder / "qrels_graded.txt")
    base: dict[str, Evaluation] = {}
    for name, encoder in candidates(options).items():
        groups, more = graded(encoder)
        scores = cross_validated(groups, more)
        for label, weight in (("全文", 1.0), ("仅题目", _BY_TITLE)):
            of = [n for n, group in enumerate(groups) if group.weight == weight]
            run = in_order([groups[n] for n in of], [scores[n] for n in of])
            found = evaluate(qrels, run)
            base.setdefault(label, found)
            told = difference(found, base[label], "nDCG@10")
            seen = found.mean("Judged@10")
            yield f"{label} | {name} | {found.mean('nDCG@10'):.4f} | {told} | 已判 {seen:.3f}"


def graded(encoder: Encoder) -> tuple[list[GradedGroup], list[GradedGroup]]:
    """Groups of the benchmark, whole and by title alone, and of the written challenges beside."""
    folder = data_path(BENCHMARK)
    matcher = _matcher(folder / "challenges.jsonl", encoder)
    titles = {i: Challenge(challenge_id=i, title=c.title) for i, c in matcher.challenges.items()}
    qrels = read_qrels(folder / "qrels_graded.txt")
    groups = [
        *graded_groups(matcher, qrels),
        *graded_groups(replace(matcher, challenges=titles), qrels, _BY_TITLE),
    ]
    written = _matcher(folder / "silver" / "challenges.jsonl", encoder)
    return groups, graded_groups(written, read_qrels(folder / "silver" / "qrels_graded.txt"))


def _matcher(challenges: Path, encoder: Encoder) -> Matcher:
    teams = data_path(BENCHMARK) / "teams.jsonl"
    return Matcher.from_files(challenges, teams, encoder=encoder, ranker="fused", calibrated=False)


def recorded(options: argparse.Namespace) -> Iterator[str]:
    """MRR@10 of each candidate on sets with recorded answers; a set of several folders is one."""
    base: dict[str, Evaluation] = {}
    for name, encoder in candidates(options).items():
        groups, more = graded(encoder)
        ranker = fit_graded([*groups, *more]).with_reader(phrase_reader(encoder))
        parts: dict[str, list[Evaluation]] = {}
        for folder in options.sets:
            family = folder.parent.name if "fold" in folder.name else folder.name
            matcher, qrels = _recorded_set(folder, encoder)
            run: Mapping[str, Sequence[str]] = {
                one.challenge.challenge_id: [match.team_id for match in one.matches]
                for one in replace(matcher, ranker=ranker).match(top=_DEPTH)
                if isinstance(one, Ranking)
            }
            if judges_organisations(qrels):
                run = collapse(run, {i: team.org_name for i, team in matcher.teams.items()})
            parts.setdefault(family, []).append(evaluate(qrels, run))
        for family, found in parts.items():
            values = {"RR@10": np.concatenate([one.values["RR@10"] for one in found])}
            whole = replace(found[0], values=values)
            base.setdefault(family, whole)
            told = difference(whole, base[family], "RR@10")
            yield f"{family} ({len(values['RR@10'])}) | {name} | {whole.mean('RR@10'):.4f} | {told}"


def _recorded_set(folder: Path, encoder: Encoder) -> tuple[Matcher, Qrels]:
    found = Matcher.from_files(
        folder / "challenges.jsonl", folder / "teams.jsonl",
        encoder=encoder, ranker="fused", calibrated=False,
    )  # fmt: skip
    (judgements,) = sorted(folder.glob("qrels_*.txt"))[:1]
    return found, read_qrels(judgements)


def difference(one: Evaluation, other: Evaluation, measure: str) -> str:
    """Mean of the paired differences, with its interval."""
    paired = replace(one, values={measure: one.values[measure] - other.values[measure]})
    low, high = paired.interval(measure)
    return f"{paired.mean(measure):+.4f} [{low:+.4f}, {high:+.4f}]"


def padding(options: argparse.Namespace) -> Iterator[str]:
    """Padded tokens of today's batches, and the time of the same tokens without any padding.

    Nothing is padded where all texts of a batch are equally long: the texts of each batch are cut
    or filled up to its mean length, which is what packing could reach at best.
    """
    runtime = resolve_encoder(DEFAULT_ENCODER, threads=1)._runtime
    assert isinstance(runtime, OnnxRuntime)
    for characters in _LENGTHS:
        for count in (_COUNT, 1024):
            texts = ["passage: " + t for t in real_texts(options.texts, count, characters)]
            ids = runtime._ids(texts)
            lengths = [len(row) for row in ids]
            made = list(length_batches(lengths))
            padded = sum(max(lengths[i] for i in batch) * len(batch) for batch in made)
            yield (
                f"{characters} 字, {count} 段 | 词元 {sum(lengths)} | 补齐 {padded - sum(lengths)}"
                f" = {(padded - sum(lengths)) / padded:.2%} | {len(made)} 批"
            )
            if count > _COUNT:
                continue
            own = [[ids[i] for i in batch] for batch in made]
            even = [_evenly(rows) for rows in own]
            spent: dict[str, list[float]] = {"现在": [], "没有补齐": []}
            for _ in range(options.rounds):
                for name, all_rows in (("现在", own), ("没有补齐", even)):
                    began = time.process_time()
                    for rows in all_rows:
                        runtime._run(rows)
                    spent[name].append(time.process_time() - began)
            ratios = np.array(spent["没有补齐"]) / np.array(spent["现在"])
            rate = sum(lengths) / min(spent["现在"])
            yield (
                f"{characters} 字 | 现在每秒 {rate:.0f} 个词元 | 没有补齐时的用时"
                f" {np.median(ratios):.3f} 倍 ({ratios.min():.3f}–{ratios.max():.3f})"
            )


def _evenly(rows: Sequence[IntArray]) -> list[IntArray]:
    """As many tokens in as many texts, as evenly long as can be."""
    flat = np.concatenate(rows)
    return list(np.array_split(flat, len(rows)))


def repeats(options: argparse.Namespace) -> Iterator[str]:
    """Shares of pieces that are read once already, and of those nearly the same."""
    for folder in [data_path(BENCHMARK), *options.sets]:
        teams: Sequence[Team] = read_teams(folder / "teams.jsonl").records
        passages = list(chain.from_iterable(team_passages(team) for team in teams))
        for name, texts in (
            ("段", [p.text for p in passages]),
            ("短语", [text for p in passages for text in phrases_of(p)]),
        ):
            read = {plain(text) for text in texts}
            loosely = {_LOOSELY.sub("", text).lower() for text in read}
            near = nearly_repeated(sorted(loosely))
            yield (
                f"{folder.parent.name}/{folder.name} | {name} {len(texts)} | 不同的 {len(read)} ="
                f" {len(read) / len(texts):.1%} | 其中只差标点、大小写的 {len(read) - len(loosely)}"
                f" | 与前面某一个的二元组九成以上相同的 {near} = {near / len(read):.2%}"
            )
        only = [p for p in passages if p.text == p.title]
        lengths = [len(p.text) for p in only] or [0]
        yield (
            f"{folder.parent.name}/{folder.name} | 只有题目的段 {len(only)} ="
            f" {len(only) / len(passages):.1%}, 平均 {np.mean(lengths):.0f} 字"
        )


def nearly_repeated(texts: Sequence[str]) -> int:
    """How many share nine in ten of their pairs of letters (Jaccard) with an earlier one."""
    from sklearn.feature_extraction.text import CountVectorizer

    found = CountVectorizer(analyzer="char", ngram_range=(2, 2), binary=True).fit_transform(texts)
    sizes = np.asarray(found.sum(axis=1)).ravel()
    shared = (found @ found.T).tocoo()
    earlier = shared.col < shared.row
    row, column, both = shared.row[earlier], shared.col[earlier], shared.data[earlier]
    return len(np.unique(row[both >= _ALIKE * (sizes[row] + sizes[column] - both)]))


MEASURES: Mapping[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "speed": speed,
    "judged": judged,
    "recorded": recorded,
    "padding": padding,
    "repeats": repeats,
}


def main() -> None:
    """Print the lines asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="+", choices=MEASURES)
    parser.add_argument("--students", type=Path, nargs="*", default=[])
    parser.add_argument("--sets", type=Path, nargs="*", default=[])
    parser.add_argument("--work", type=Path, default=Path("output"))
    parser.add_argument("--texts", type=Path, help="论文, JSONL: title, abstract")
    parser.add_argument("--only", nargs="*", default=[], help="候选的名称; 默认全部")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    for name in options.measures:
        for line in MEASURES[name](options):
            print(line, flush=True)


if __name__ == "__main__":
    main()
