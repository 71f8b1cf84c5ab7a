"""Made-up teams for benchmarks of scale: nobody real, never shipped, never used to judge quality.

Real passages (titles, abstracts, profiles of a team list) are taken apart into sentences and drawn
again: a passage keeps most of its sentences, loses some, borrows one from another passage, and gets
a few words that are rare by construction, so that lengths, common words and the growth of the
vocabulary are those of real text. Its vector is the real passage's vector with noise, of length one
again: a million teams need no million encodings. Facts are drawn from real teams.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from matcher.arrays import FloatArray
from matcher.corpora import read_teams
from matcher.encoding import Encoder
from matcher.index.documents import DocumentFacts, document_facts
from matcher.index.indexing import passages_of
from matcher.index.passages import Passage
from matcher.index.segment import IndexedDocument
from matcher.records import Team
from matcher.text.tokenise import default_tokenizer

_SENTENCE = re.compile(r"(?<=[。;；!！?？])")
_DROPPED, _BORROWED = 0.2, 0.5
# Of the length of what a vector differs from the mean by.
_NOISE = 0.5
# A made word every so many tokens; their numbers are spread so that most occur once or twice.
_RARE_EVERY = 60
_PASSAGES_PER_TEAM = 3.0
# One team in fifty is in the first place, so that a filter leaves two in a hundred.
_PLACES = ("陕西", *["江苏", "山东", "广东", "浙江", "湖北", "四川", "辽宁"] * 7)


@dataclass(frozen=True)
class Source:
    """Real passages ready to be drawn from.

    Attributes:
        sentences: per passage, the tokens of each of its sentences.
        vectors: (n, dim).
        kinds, years: of the passages.
        facts, teams: of the real teams.
    """

    sentences: Sequence[Sequence[Sequence[str]]]
    vectors: FloatArray
    kinds: Sequence[str]
    years: Sequence[int | None]
    facts: Sequence[DocumentFacts]
    teams: Sequence[Team]

    @classmethod
    def read(cls, path: Path, encoder: Encoder, limit: int = 2000) -> Source:
        """From the first ``limit`` teams of a team list."""
        teams = read_teams(path).records[:limit]
        tokenizer = default_tokenizer()
        passages = [passage for team in teams for passage in passages_of(team)]
        sentences = [
            [tokenizer.tokens(sentence) for sentence in _SENTENCE.split(passage.text) if sentence]
            for passage in passages
        ]
        return cls(
            sentences,
            encoder.encode_passages([passage.text for passage in passages]),
            [passage.kind for passage in passages],
            [passage.year for passage in passages],
            [document_facts(team) for team in teams],
            teams,
        )


def made_documents(
    source: Source, count: int, first: int = 0, seed: int = 7
) -> Iterator[IndexedDocument]:
    """Made-up teams from number ``first`` to ``count``, in order of id, about three passages each;
    the same every time.
    """
    random = np.random.default_rng([seed, first] if first else seed)
    spread = float(np.linalg.norm(source.vectors - source.vectors.mean(axis=0), axis=1).mean())
    dimension = source.vectors.shape[1]
    scale = _NOISE * spread / np.sqrt(dimension)
    for number in range(first, count):
        size = 1 + int(random.poisson(_PASSAGES_PER_TEAM - 1))
        drawn = random.integers(len(source.kinds), size=size)
        vectors = random.standard_normal((size, dimension), dtype=np.float32) * scale
        vectors += source.vectors[drawn]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        facts = source.facts[int(random.integers(len(source.facts)))]
        yield IndexedDocument(
            replace(facts, document_id=f"MADE{number:07}", province=_PLACES[number % len(_PLACES)]),
            [source.kinds[i] for i in drawn],
            [source.years[i] for i in drawn],
            [_tokens(source, int(i), random) for i in drawn],
            vectors.astype(np.float16),
            [0] * size,
        )


def _tokens(source: Source, passage: int, random: np.random.Generator) -> list[str]:
    own = source.sentences[passage]
    kept = random.random(len(own)) >= _DROPPED
    tokens = [token for sentence, keep in zip(own, kept, strict=True) if keep for token in sentence]
    if random.random() < _BORROWED:
        other = source.sentences[int(random.integers(len(source.sentences)))]
        if other:
            tokens += other[int(random.integers(len(other)))]
    for _ in range(len(tokens) // _RARE_EVERY + 1):
        tokens.append(f"made{int(random.pareto(0.3) * 1000) % 10**9}")
    return tokens


class MadeRecords(Mapping[str, Team]):
    """A record for every made-up team, parsed when looked at as one from a store is."""

    def __init__(self, source: Source, count: int) -> None:
        self._content = [team.model_dump_json(exclude_defaults=True) for team in source.teams]
        self._count = count

    def __getitem__(self, team_id: str) -> Team:
        content = self._content[int(team_id.removeprefix("MADE")) % len(self._content)]
        return Team.model_validate_json(content).model_copy(update={"team_id": team_id})

    def __iter__(self) -> Iterator[str]:
        return (f"MADE{number:07}" for number in range(self._count))

    def __len__(self) -> int:
        return self._count


def made_text(row: int) -> Passage:
    """Stands for the text of a made-up passage."""
    return Passage("", row, "论文", f"合成成果 {row}", "合成成果")


def described(source: Source) -> Mapping[str, Any]:
    """What the source's passages are like."""
    lengths = [sum(map(len, sentences)) for sentences in source.sentences]
    return {"passages": len(lengths), "tokens": float(np.mean(lengths))}
