"""How well mentions are told apart, on labelled cases: B-cubed and pairwise figures.

B-cubed (Bagga and Baldwin, Algorithms for Scoring Coreference Chains, 1998) asks of every mention
how much of its group is right (precision) and how much of its person is there (recall).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import cast

from matcher.errors import InputError
from matcher.linking.identity import identify
from matcher.linking.mentions import mentions_of
from matcher.linking.weighing import MEASURED, Weights
from matcher.records import Achievement, Contributor, EvidenceKind

_NOT_ASKED = "-"


@dataclass(frozen=True, slots=True)
class Case:
    """Achievements with the labels of the persons on them: (work, place) → label."""

    name: str
    works: tuple[Achievement, ...]
    labels: Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and F1, each between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def read_cases(path: str | Path) -> tuple[Case, ...]:
    """Labelled cases of a file as `tests/data/identity/README.md` describes it.

    Raises:
        InputError: a line that is none of the described, with its number.
    """
    cases: list[Case] = []
    name = ""
    works: list[Achievement] = []
    labels: dict[tuple[int, int], str] = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            if works:
                cases.append(Case(name, tuple(works), labels))
            name, works, labels = line.lstrip("# "), [], {}
        elif line.strip():
            work, named = _work(line, f"{path} 第 {number} 行")
            labels |= {(len(works), place): label for place, label in named}
            works.append(work)
    return (*cases, Case(name, tuple(works), labels)) if works else tuple(cases)


def _work(line: str, where: str) -> tuple[Achievement, list[tuple[int, str]]]:
    parts = [part.strip() for part in line.split("|")]
    head = re.fullmatch(r"(\S+)(?:\s+(\d{4}))?", parts[0])
    if len(parts) != 4 or head is None:
        raise InputError(
            "看不懂的一行", given=f"{where}：{line[:80]}",
            expected="类型 年份 | 题名 | 关键词 | 姓名@单位=标签; …", remedy="改正这一行",
        )  # fmt: skip
    people, labels = [], []
    for place, item in enumerate(filter(None, re.split(r"[;；]\s*", parts[3]))):
        found = re.fullmatch(r"(!?)([^@=]+?)(?:@([^=]+?))?(?:=([\w\-]+))?", item.strip())
        if found is None:
            raise InputError("看不懂的姓名", given=f"{where}：{item}", expected="姓名@单位=标签")
        orgs = tuple(filter(None, (found[3] or "").split("+")))
        people.append(Contributor(name=found[2], organisations=orgs, leads=bool(found[1])))
        if found[4] and found[4] != _NOT_ASKED:
            labels.append((place, found[4]))
    words = tuple(filter(None, re.split(r"[,，]", parts[2])))
    year = int(head[2]) if head[2] else None
    work = Achievement(
        kind=cast(EvidenceKind, head[1]),
        year=year,
        title=parts[1],
        keywords=words,
        contributors=tuple(people),
    )
    return work, labels


def groups_of(case: Case, weights: Weights = MEASURED) -> tuple[list[str], list[int]]:
    """The labels of the mentions asked about, and the persons found for them."""
    mentions = mentions_of(case.works)
    persons = identify(case.works, weights=weights, mentions=mentions)
    asked = [i for i, m in enumerate(mentions) if (m.work, m.place) in case.labels]
    labels = [case.labels[mentions[i].work, mentions[i].place] for i in asked]
    return labels, [persons.of[i] for i in asked]


def b_cubed(found: Iterable[tuple[list[str], list[int]]]) -> Figures:
    """B-cubed over all cases; every mention counts once."""
    precision, recall, count = 0.0, 0.0, 0
    for labels, groups in found:
        for label, group in zip(labels, groups, strict=True):
            together = sum(g == group for g in groups)
            person = sum(other == label for other in labels)
            both = sum(g == group and o == label for o, g in zip(labels, groups, strict=True))
            precision, recall, count = (
                precision + both / together,
                recall + both / person,
                count + 1,
            )
    return Figures(precision / count, recall / count) if count else Figures(0.0, 0.0)


def pairwise(found: Iterable[tuple[list[str], list[int]]]) -> Figures:
    """Of the pairs of mentions: joined rightly of those joined, and of those to be joined."""
    right = joined = wanted = 0
    for labels, groups in found:
        for one, other in combinations(range(len(labels)), 2):
            same, together = labels[one] == labels[other], groups[one] == groups[other]
            right += same and together
            joined += together
            wanted += same
    return Figures(right / joined if joined else 1.0, right / wanted if wanted else 1.0)


def by_kind(
    cases: Iterable[Case], weights: Weights = MEASURED
) -> Iterator[tuple[str, int, Figures]]:
    """B-cubed for each kind of case (what stands before the colon of its name)."""
    found: dict[str, list[tuple[list[str], list[int]]]] = defaultdict(list)
    for case in cases:
        found[case.name.partition(":")[0]].append(groups_of(case, weights))
    for kind in sorted(found):
        yield kind, len(found[kind]), b_cubed(found[kind])
