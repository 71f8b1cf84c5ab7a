"""Queries whose answer is known: does the library built from lists find it?

    python benchmarks/known_answers.py draw 团队库.jsonl --out records.jsonl      # for a reader
    python benchmarks/known_answers.py score 团队库.jsonl records.jsonl queries.jsonl

``draw`` picks pieces of evidence at random, one a line {"n", "title", "abstract", "keywords"}, for
somebody who has not seen the library to write a need in their own words: {"n", "query"}. ``score``
asks each query of the whole library; it is answered if a team that holds the piece is among the
first three.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matcher import Matcher
from matcher.corpora import read_teams
from matcher.corpora.pasted import challenge_from_text
from matcher.encoding import DEFAULT_ENCODER
from matcher.records import Team

_RANKS = 10
# Titles this short may be those of several pieces.
_SHORTEST = 8


def drawn(teams: Sequence[Team], count: int, seed: int) -> list[dict[str, Any]]:
    """Pieces that say enough to be asked for, each piece as likely as any other."""
    pieces = {
        piece.title: piece
        for team in teams
        for piece in team.evidence
        if len(piece.title) >= 10 and len(piece.abstract) >= 80
    }
    chosen = random.Random(seed).sample(sorted(pieces), count)
    return [
        {"n": n, "title": title, "abstract": pieces[title].abstract[:400],
         "keywords": list(pieces[title].keywords)}
        for n, title in enumerate(chosen, start=1)
    ]  # fmt: skip


def ranks(
    teams: Sequence[Team], records: Sequence[dict[str, Any]], queries: Sequence[dict[str, Any]],
    encoder: str,
) -> list[int | None]:  # fmt: skip
    """For each query the rank of the first team that holds its piece; None beyond the tenth."""
    holders = {
        record["n"]: {
            t.team_id for t in teams if any(_one(e.title, record["title"]) for e in t.evidence)
        }
        for record in records
    }
    matcher = Matcher.from_records([], teams, encoder=encoder)
    found: list[int | None] = []
    for query in queries:
        need = challenge_from_text(query["query"], f"Q{query['n']}")
        matches = matcher.find_teams(need, _RANKS)
        places = [m.rank for m in matches if m.team_id in holders[query["n"]]]
        found.append(min(places, default=None))
    return found


def _one(title: str, other: str) -> bool:
    """Whether two titles are one, whatever a later reading of the page took off its end."""
    short, long = sorted((re.sub(r"[\W_]+", "", text) for text in (title, other)), key=len)
    return len(short) >= _SHORTEST and long.startswith(short)


def main() -> None:
    """Draw, or score."""
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    draw = verbs.add_parser("draw")
    draw.add_argument("library", type=Path)
    draw.add_argument("--out", type=Path, required=True)
    draw.add_argument("--count", type=int, default=30)
    draw.add_argument("--seed", type=int, default=20261129)
    score = verbs.add_parser("score")
    score.add_argument("library", type=Path)
    score.add_argument("records", type=Path)
    score.add_argument("queries", type=Path)
    score.add_argument("--encoder", default=DEFAULT_ENCODER)
    given = parser.parse_args()
    teams = list(read_teams(given.library).records)
    if given.verb == "draw":
        rows = drawn(teams, given.count, given.seed)
        given.out.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        return
    found = ranks(teams, _lines(given.records), _lines(given.queries), given.encoder)
    for query, rank in zip(_lines(given.queries), found, strict=True):
        print(query["n"], rank if rank else f">{_RANKS}", query["query"][:60])
    for k in (1, 3, _RANKS):
        print(f"hit@{k} {sum(r is not None and r <= k for r in found) / len(found):.2f}", end="  ")
    print(f"n {len(found)}, {len(teams):,} teams")


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


if __name__ == "__main__":
    main()
