"""What the encoder is taught lies apart from the challenges it is measured on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matcher.resources import data_path

APART = Path(__file__).parent.parent / "benchmarks" / "apart.txt"
# Of titles, as shares of two-letter pieces.
ALIKE = 0.25


def rows(name: str) -> Iterator[dict[str, Any]]:
    for line in data_path(name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def pieces(title: str) -> set[str]:
    return {title[place : place + 2] for place in range(len(title) - 1)}


def likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def test_no_problem_taught_is_like_a_judged_challenge() -> None:
    apart = set(APART.read_text(encoding="utf-8").splitlines())
    judged = [pieces(row["title"]) for row in rows("corpora/benchmark/challenges.jsonl")]
    problems = list(rows("corpora/silver/problems.jsonl"))
    taught = [row for row in problems if row["topic"] not in apart]
    near = [
        row["title"]
        for row in taught
        if max(likeness(pieces(row["title"]), one) for one in judged) >= ALIKE
    ]
    assert not near
    assert 2900 < len(taught) < len(problems)


def test_no_written_challenge_is_like_a_judged_one_and_none_is_graded_twice() -> None:
    judged = [pieces(row["title"]) for row in rows("corpora/benchmark/challenges.jsonl")]
    apart = set(APART.read_text(encoding="utf-8").splitlines())
    topics = {row["title"]: row["topic"] for row in rows("corpora/silver/problems.jsonl")}
    first = {row["title"] for row in rows("corpora/benchmark/silver/challenges.jsonl")}
    written = [row["title"] for row in rows("corpora/benchmark/written/challenges.jsonl")]
    assert len(written) == 150
    assert not first & set(written)
    for title in written:
        assert topics[title] not in apart
        assert max(likeness(pieces(title), one) for one in judged) < ALIKE
