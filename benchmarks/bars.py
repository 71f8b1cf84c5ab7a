"""What else must hold beside the order of the shipped benchmark, each with its figure.

    python benchmarks/bars.py english strangers few halves pasted plan teams recorded gold asked
        [--silver PAIRS.jsonl] [--strangers TEAMS.jsonl] [--sets FOLDER …] [--gold FOLDER]
        [--papers FOLDER] [--write]

Whatever is asked of the benchmark's challenges is answered by rankers that saw neither them nor the
organisations that answer them. The data that is asked for by option is not shipped.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
from tables import put, table

from matcher import Challenge, Matcher, Team, read_teams
from matcher.assignment import AssignmentProblem, Bidder, CandidatePair, Opening, assign
from matcher.corpora.pasted import challenge_from_text
from matcher.encoding import DEFAULT_ENCODER
from matcher.learning.evaluation import (
    Evaluation,
    Qrels,
    collapse,
    evaluate,
    judges_organisations,
    read_qrels,
)
from matcher.learning.grading import fold_rankers, graded_set, more_groups
from matcher.learning.training import judged_set
from matcher.matches import Failure, Ranking
from matcher.models import phrase_reader
from matcher.ranking.additive import AdditiveRanker
from matcher.ranking.fused import FusedRanker
from matcher.ranking.grades import Band, Verdict
from matcher.records import Evidence
from matcher.resources import data_path

_DOCUMENT = Path(__file__).parent.parent / "docs" / "evaluation.md"
_FOLDER = "corpora/benchmark"
_LISTED, _PLANNED, _TITLES = 10, 20, 3
_WORTH_CALLING = 2
_LIBRARIES = (100, 600, 3000)
_SQUARELY, _SMALL, _HALF_JUDGED = 3, (1, 5, 20, 60), (5, 20, 60)
_BANDS = (Band.STRONG, Band.MEDIUM, Band.WEAK)
Lines = Iterator[tuple[str, str, str]]
"""Bar, figure, what was wanted."""


@dataclass
class Bench:
    """The shipped benchmark, and rankers that did not see what they are asked."""

    options: argparse.Namespace

    @cached_property
    def matcher(self) -> Matcher:
        """Of the shipped library and challenges."""
        return Matcher.from_files(self.folder / "challenges.jsonl", self.folder / "teams.jsonl")

    @cached_property
    def qrels(self) -> Qrels:
        """The grades."""
        return read_qrels(self.folder / "qrels_graded.txt")

    @property
    def folder(self) -> Path:
        """Of the benchmark."""
        return data_path(_FOLDER)

    @cached_property
    def folds(self) -> list[tuple[list[str], AdditiveRanker]]:
        """Challenges and the ranker that did not see them."""
        groups = graded_set(self.folder, DEFAULT_ENCODER)
        more = more_groups(self.folder / "silver", self.folder, DEFAULT_ENCODER)
        reader = phrase_reader(self.matcher.encoder)
        return [
            (sorted({groups[n].query_id for n in tested}), ranker.with_reader(reader))
            for tested, ranker in fold_rankers(groups, more)
        ]

    def rankings(
        self, matcher: Matcher, top: int = _LISTED,
        told: Callable[[Challenge], Challenge] = lambda challenge: challenge,
    ) -> list[Ranking]:  # fmt: skip
        """The benchmark's challenges, as they are told, against some library, held apart."""
        made: list[Ranking] = []
        for ids, ranker in self.folds:
            asked = [told(self.matcher.challenges[i]) for i in ids]
            found = replace(matcher, ranker=ranker).rankings(asked, top)
            made += [one for one in found if isinstance(one, Ranking)]
        return made


def english(bench: Bench) -> Lines:
    """Half of the teams, then all, known only by three English paper titles."""
    pairs = [pair for pair in _rows(bench.options.silver) if pair.get("paper_en")]
    teams = list(bench.matcher.teams.values())
    translated = in_english(bench.matcher, teams, pairs)
    for name, share in (("一半", 2), ("全部", 1)):
        library = [translated[n] if n % share == 0 else t for n, t in enumerate(teams)]
        matcher = Matcher.from_records(list(bench.matcher.challenges.values()), library)
        ours = run_of(bench.rankings(matcher))
        wanted = (".66", ".35-.55") if share == 2 else (".55", "")
        foreign = {t.team_id for n, t in enumerate(library) if n % share == 0}
        fused = run_of(_ranked(replace(matcher, ranker=FusedRanker())))
        for label, run in (("", ours), (" (综合分)", fused)):
            found = evaluate(bench.qrels, run).mean("nDCG@10")
            yield f"{name}团队只有英文论文题目: nDCG@10{label}", f"{found:.3f}", f"≥ {wanted[0]}"
            if share == 2:
                places = [team in foreign for teams_ in run.values() for team in teams_[:_LISTED]]
                yield f"前十位里的英文团队{label}", f"{np.mean(places):.3f}", wanted[1]


def in_english(
    matcher: Matcher, teams: Sequence[Team], pairs: Sequence[Mapping[str, Any]]
) -> list[Team]:
    """Teams as the three papers whose Chinese terms come nearest to what they do."""
    encoder = matcher.encoder
    assert encoder is not None
    said = ["。".join([*t.research_directions, *t.core_capabilities]) or t.team_name for t in teams]
    known = encoder.encode_passages(["。".join(pair["lab"]) for pair in pairs])
    spoken = encoder.encode_passages(said)
    centre = known.mean(axis=0)
    nearness = _unit(spoken - spoken.mean(axis=0)) @ _unit(known - centre).T
    made = []
    for team, row in zip(teams, nearness, strict=True):
        best = np.argsort(-row, kind="stable")[:_TITLES]
        papers = tuple(Evidence(kind="论文", title=pairs[int(i)]["paper_en"]) for i in best)
        made.append(
            Team(
                team_id=team.team_id, team_name=team.team_name, org_name=team.org_name,
                leader_name=team.leader_name, evidence=papers,
            )
        )  # fmt: skip
    return made


def strangers(bench: Bench) -> Lines:
    """Against libraries, ever larger, of a field in which nobody can do any of the challenges."""
    teams = list(read_teams(bench.options.strangers).records)
    random.Random(0).shuffle(teams)
    for size in (*(n for n in _LIBRARIES if n < len(teams)), len(teams)):
        library = Matcher.from_records(list(bench.matcher.challenges.values()), teams[:size])
        found = bench.rankings(library)
        said = sum(one.verdict == Verdict.ANSWERABLE for one in found)
        strong = sum(match.band == Band.STRONG for one in found for match in one.matches)
        places = sum(len(one.matches) for one in found)
        yield f"{size} 个管理学团队: 说有合适团队", f"{said} / {len(found)}", "≤ 3 / 135"
        yield f"{size} 个管理学团队: 说强", f"{strong} / {places}", "≤ 10 / 1350"


def few(bench: Bench) -> Lines:
    """Libraries of some teams drawn at random, with one that fits squarely and with none."""
    everyone = sorted(bench.matcher.teams)
    asked = {i: g for i, g in bench.qrels.items() if max(g.values()) == _SQUARELY}
    for size in _SMALL:
        rng = random.Random(0)
        said: dict[bool, list[Band]] = {True: [], False: []}
        for ids, ranker in bench.folds:
            for number in (i for i in ids if i in asked):
                grades = asked[number]
                fitting = rng.choice([t for t in everyone if grades.get(t) == _SQUARELY])
                drawn = rng.sample([t for t in everyone if t not in grades], size)
                for fits, bands in said.items():
                    kept = [fitting, *drawn[1:]] if fits else drawn
                    library = Matcher.from_records(
                        [bench.matcher.challenges[number]], [bench.matcher.teams[t] for t in kept],
                        encoder=bench.matcher.encoder,
                    )  # fmt: skip
                    found = replace(library, ranker=ranker).rank(number)
                    bands.append(found.matches[0].band)
        for fits, bands in said.items():
            label = "一个等级 3 的" if fits else "没有合适的"
            counts = " / ".join(str(bands.count(band)) for band in _BANDS)
            yield f"{size} 个团队, {label} ({len(asked)} 项): 第一名强 / 中 / 弱", counts, ""


def halves(bench: Bench) -> Lines:
    """Small libraries, half of them teams that readers graded: whether 强 keeps its word there."""
    everyone = sorted(bench.matcher.teams)
    for size in _HALF_JUDGED:
        run, strong = {}, []
        known: dict[str, dict[str, int]] = {}
        for ids, ranker in bench.folds:
            for number in ids:
                grades, rng = bench.qrels[number], random.Random(number)
                judged = rng.sample(sorted(grades), min(size // 2, len(grades)))
                strange = [t for t in everyone if t not in grades]
                drawn = [*judged, *rng.sample(strange, size - len(judged))]
                library = Matcher.from_records(
                    [bench.matcher.challenges[number]], [bench.matcher.teams[t] for t in drawn],
                    encoder=bench.matcher.encoder,
                )  # fmt: skip
                found = replace(library, ranker=ranker).rank(number, _LISTED)
                run[number] = [m.team_id for m in found.matches]
                known[number] = {t: grades[t] for t in judged}
                strong += [grades.get(m.team_id, 0) for m in found.matches if m.band == Band.STRONG]
        said = np.array(strong)
        asked = {i: g for i, g in known.items() if max(g.values())}
        figure = evaluate(asked, run).mean("nDCG@10")
        yield f"{size} 个团队, 一半判过: nDCG@10", f"{figure:.3f}", ""
        worth, unrelated = (said >= _WORTH_CALLING).mean(), (said == 0).mean()
        yield (
            f"{size} 个团队, 一半判过: 强 {len(said)} 个, 值得联系 / 无关",
            f"{worth:.2f} / {unrelated:.2f}",
            "≥ .85 / ≤ .02",
        )


def pasted(bench: Bench) -> Lines:
    """The problems of the challenges alone, as they are pasted: nobody gave them a title."""
    run = run_of(
        bench.rankings(bench.matcher, told=lambda c: challenge_from_text(c.problem, c.challenge_id))
    )
    found = evaluate(bench.qrels, run)
    yield f"没有题目的一段话 ({len(run)}): nDCG@10", f"{found.mean('nDCG@10'):.3f}", ""


def plan(bench: Bench) -> Lines:
    """The plan a meeting gets: nobody below 中, every team once; and the same with 强 alone."""
    found = bench.rankings(bench.matcher, _PLANNED)
    problem = AssignmentProblem(
        openings=tuple(Opening(one.challenge.challenge_id) for one in found),
        bidders=tuple(Bidder.from_team(team) for team in bench.matcher.teams.values()),
        pairs=tuple(
            CandidatePair(one.challenge.challenge_id, m.team_id, m.chance or 0.0, m.band)
            for one in found for m in one.matches
        ),
    )  # fmt: skip
    strictly = replace(problem, rules=replace(problem.rules, lowest_band=Band.STRONG))
    plans = {"指派": assign(problem).pairs, "指派（只用强）": assign(strictly).pairs}
    for (name, pairs), (role, label, worth, unrelated) in product(
        plans.items(), (("主", "主选", "≥ .85", "≤ .02"), ("备选", "备选", "≥ .6", ""))
    ):
        grades = [bench.qrels[p.challenge_id].get(p.team_id) for p in pairs if p.role == role]
        judged = np.array([-1 if grade is None else grade for grade in grades])
        good = (judged >= _WORTH_CALLING).sum()
        yield (
            f"{name}{label}: 值得联系 (未判 {(judged < 0).sum()})",
            f"{good} / {len(judged)} = {good / max(1, len(judged)):.2f}",
            worth,
        )
        missed = (judged <= 0).sum()
        share = f"{missed} / {len(judged)} = {missed / max(1, len(judged)):.3f}"
        yield f"{name}{label}: 无关或未判", share, unrelated


def teams(bench: Bench) -> Lines:
    """Challenges listed for a team, for teams with one that is worth it."""
    turned: dict[str, dict[str, int]] = {}
    for challenge, grades in bench.qrels.items():
        for team, grade in grades.items():
            turned.setdefault(team, {})[challenge] = grade
    asked = {t: g for t, g in turned.items() if max(g.values()) >= _WORTH_CALLING}
    keys: dict[str, list[tuple[float, float, str]]] = {t: [] for t in asked}
    for ids, ranker in bench.folds:
        told = {i: bench.matcher.challenges[i] for i in ids}
        held_apart = replace(bench.matcher, ranker=ranker, challenges=told)
        for one, _, row in held_apart.standings(list(asked)):
            for team, (level, above) in zip(asked, row, strict=True):
                keys[team].append((-level, -above, one.challenge_id))
    run = {t: [c for *_, c in sorted(keys[t])] for t in asked}
    found = evaluate(asked, run)
    yield f"团队 → 需求 ({len(asked)} 个团队): P@1", f"{found.mean('P(rel=2)@1'):.3f}", "≥ .80"
    yield "团队 → 需求: nDCG@10", f"{found.mean('nDCG@10'):.3f}", "≥ .90"


def recorded(bench: Bench) -> Lines:
    """Sets with recorded answers, whole; a set of several folders is one."""
    for name, folders in bench.options.sets.items():
        rows: dict[str, list[float]] = {}
        for folder in folders:
            matcher, qrels = judged_set(folder)
            for label, ranker in (("", bench.matcher.ranker), (" (综合分)", FusedRanker())):
                found = _measured(replace(matcher, ranker=ranker), qrels)
                rows.setdefault(label, []).extend(found.values["RR@10"])
        for label, values in rows.items():
            wanted = {"papers": "≥ .50", "nkrdp": "≥ .24"}.get(name, "")
            yield f"{name} ({len(values)}): MRR@10{label}", f"{np.mean(values):.3f}", wanted


def asked(bench: Bench) -> Lines:
    """Papers asked by the authors' English title and abstract against the Chinese library."""
    folder = bench.options.papers
    matcher, qrels = judged_set(folder)
    numbers = {row["title"]: row["paper_id"] for row in _rows(folder / "papers.jsonl")}
    written = {row["paper_id"]: row for row in _rows(folder / "english.jsonl")}
    spoken = {}
    for challenge in matcher.challenges.values():
        known = written.get(numbers.get(challenge.title, ""))
        if known and known["title_en"]:
            spoken[challenge.challenge_id] = Challenge(
                challenge_id=challenge.challenge_id, title=known["title_en"],
                problem=known["abstract_en"] or "",
            )  # fmt: skip
    wanted = {i: grades for i, grades in qrels.items() if i in spoken}
    for label, ranker in (("", bench.matcher.ranker), (" (综合分)", FusedRanker())):
        found = _measured(replace(matcher, challenges=spoken, ranker=ranker), wanted)
        yield (
            f"用英文问中文论文 ({len(wanted)}): MRR@10{label}",
            f"{found.mean('RR@10'):.3f}",
            "≥ .25",
        )


def gold(bench: Bench) -> Lines:
    """The public gold standard of reviewer assignment (arXiv 2303.16750): loss."""
    folder = bench.options.gold
    expertise = _expertise(folder / "data" / "evaluations.csv")
    rng = np.random.default_rng(0)
    people = sorted(expertise)
    for label, ranker in (("", bench.matcher.ranker), (" (综合分)", FusedRanker())):
        losses = []
        for number in range(1, 11):
            found = _affinity(folder / "evaluation_datasets" / f"d_20_{number}", ranker, bench)
            losses.append([_mistakes(found, expertise, person) for person in people])
        sums = np.array(losses).mean(axis=0)  # (reviewers, 2): weight of mistakes, of all
        drawn = [sums[rng.integers(0, len(people), len(people))].sum(axis=0) for _ in range(1000)]
        low, high = np.percentile([one[0] / one[1] for one in drawn], [2.5, 97.5])
        total = sums.sum(axis=0)
        yield (
            f"审稿人指派金标准 ({len(people)} 人): 损失{label}",
            f"{total[0] / total[1]:.3f} [{low:.3f}, {high:.3f}]",
            "≤ .25",
        )


def _affinity(folder: Path, ranker: Any, bench: Bench) -> Mapping[str, Mapping[str, float]]:
    """Reviewer to paper to score; what is not listed is below all that is."""
    papers = json.loads((folder / "submissions.json").read_text(encoding="utf-8"))
    challenges = [
        Challenge(
            challenge_id=number, title=paper["content"]["title"],
            problem=paper["content"]["abstract"] or "",
        )
        for number, paper in papers.items()
    ]  # fmt: skip
    reviewers = []
    for path in sorted((folder / "archives").glob("*.jsonl")):
        known = tuple(
            Evidence(
                kind="论文",
                title=row["content"]["title"] or "",
                abstract=row["content"]["abstract"] or "",
            )
            for row in _rows(path)
        )
        reviewers.append(Team(team_id=path.stem.lstrip("~"), team_name=path.stem, evidence=known))
    made = Matcher.from_records(
        challenges, reviewers, encoder=bench.matcher.encoder, ranker=ranker, calibrated=False
    )
    scores: dict[str, dict[str, float]] = {}
    for one in made.match(top=len(reviewers)):
        if not isinstance(one, Failure):
            for match in one.matches:
                scores.setdefault(match.team_id, {})[one.challenge.challenge_id] = match.score
    return scores


def _expertise(path: Path) -> Mapping[str, Mapping[str, float]]:
    """Reviewer to paper to what the reviewer says to know of it."""
    made: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            made[row["ParticipantID"]] = {
                row[f"Paper{n}"]: float(row[f"Expertise{n}"])
                for n in range(1, 11)
                if row[f"Paper{n}"] and row[f"Expertise{n}"]
            }
    return made


def _mistakes(
    scores: Mapping[str, Mapping[str, float]],
    expertise: Mapping[str, Mapping[str, float]],
    person: str,
) -> tuple[float, float]:
    """Weight of a reviewer's pairs of papers in the wrong order, a tie half, and of all pairs."""
    wrong = whole = 0.0
    mine = scores.get(person, {})
    for one, other in combinations(expertise[person], 2):
        truth = expertise[person][one] - expertise[person][other]
        told = mine.get(one, -np.inf) - mine.get(other, -np.inf) if mine else 0.0
        whole += abs(truth)
        if told * truth == 0 or np.isnan(told):
            wrong += abs(truth) / 2
        elif told * truth < 0:
            wrong += abs(truth)
    return wrong, whole


def run_of(found: Sequence[Ranking]) -> dict[str, list[str]]:
    """Teams of each challenge, best first."""
    return {one.challenge.challenge_id: [m.team_id for m in one.matches] for one in found}


def _ranked(matcher: Matcher) -> list[Ranking]:
    return [one for one in matcher.match(top=50) if isinstance(one, Ranking)]


def _measured(matcher: Matcher, qrels: Qrels) -> Evaluation:
    run: Mapping[str, Sequence[str]] = run_of(_ranked(matcher))
    if judges_organisations(qrels):
        run = collapse(run, {i: team.org_name for i, team in matcher.teams.items()})
    return evaluate(qrels, run)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _unit(vectors: Any) -> Any:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


BARS: Mapping[str, Callable[[Bench], Lines]] = {
    "english": english,
    "strangers": strangers,
    "few": few,
    "halves": halves,
    "pasted": pasted,
    "plan": plan,
    "teams": teams,
    "recorded": recorded,
    "asked": asked,
    "gold": gold,
}


def main() -> None:
    """Print the figures; with ``--write`` put them into docs/evaluation.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bars", nargs="+", choices=BARS)
    parser.add_argument("--silver", type=Path)
    parser.add_argument("--strangers", type=Path)
    parser.add_argument("--sets", type=Path, nargs="*", default=(), help="papers, nkrdp/fold0 …")
    parser.add_argument("--papers", type=Path)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    sets: dict[str, list[Path]] = {}
    for folder in options.sets:
        sets.setdefault(folder.parent.name if "fold" in folder.name else folder.name, []).append(
            folder
        )
    options.sets = sets
    bench = Bench(options)
    rows = []
    for name in options.bars:
        for line in BARS[name](bench):
            print(*line, sep=" | ", flush=True)
            rows.append(line)
    if options.write:
        put(_DOCUMENT, "bars", table(["要求", "现在", "目标"], rows))


if __name__ == "__main__":
    main()
