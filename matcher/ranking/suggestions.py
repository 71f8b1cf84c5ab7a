"""Words of the laboratory for a challenge in the words of a factory: suggested, never evidence.

From the glossary (the English of the challenge's own terms) and from the nearest of some thousand
written problems whose laboratory words are known (`corpora/silver`). Added unread they lower the
ranking (docs/evaluation.md), so a person chooses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from matcher.index.lexical import LexicalIndex
from matcher.ranking.query import Query
from matcher.resources import data_path
from matcher.text.normalise import normalise
from matcher.text.tokenise import Tokenizer

_PROBLEMS = "corpora/silver/problems.jsonl"
# A problem is near when it holds this part of the information of the challenge's title.
_NEAR = 0.35
_MOST_PROBLEMS = 3
_MOST_OF_GLOSSARY = 4
_MOST = 16
Origin = Literal["术语表", "相近难题", "语言模型"]


@dataclass(frozen=True, slots=True)
class SuggestedTerm:
    """A word that may be searched too.

    Attributes:
        term: the word.
        origin: where it is from.
        of: the challenge's own term it translates, the topic of the problem it belongs to, or the
            name of the language model.
    """

    term: str
    origin: Origin
    of: str


@dataclass(frozen=True)
class _Problems:
    topics: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    index: LexicalIndex


def suggested_terms(query: Query, tokenizer: Tokenizer) -> tuple[SuggestedTerm, ...]:
    """Words that may be searched beside a challenge's own, each once, the surest first.

    Words that stand in the challenge already are left out.

    Args:
        query: the challenge.
        tokenizer: made the query's tokens.
    """
    said = normalise("。".join([*(f.text for f in query.facets), *query.challenge.keywords]))
    found: dict[str, SuggestedTerm] = {}
    for suggestion in (*_of_problems(query, tokenizer), *_of_glossary(query, tokenizer)):
        if normalise(suggestion.term) not in said:
            found.setdefault(normalise(suggestion.term), suggestion)
    return tuple(found.values())[:_MOST]


def _of_problems(query: Query, tokenizer: Tokenizer) -> Iterator[SuggestedTerm]:
    problems = _problems(tokenizer)
    title = [word for word in query.title_words if problems.index.document_frequency(word)]
    weights = problems.index.weights(title)
    if not weights:
        return
    idf = np.array(list(weights.values()), dtype=np.float32)
    held = problems.index.matched_rows(title, np.arange(problems.index.size)) @ idf
    total = sum(problems.index.idfs(query.title_words))
    scores = problems.index.scores(problems.index.weights(query.tokens))
    near = np.flatnonzero(held >= _NEAR * float(total))
    for place in near[np.argsort(-scores[near], kind="stable")][:_MOST_PROBLEMS]:
        for word in problems.words[place]:
            yield SuggestedTerm(word, "相近难题", problems.topics[place])


def _of_glossary(query: Query, tokenizer: Tokenizer) -> Iterator[SuggestedTerm]:
    """English of the longest of the title's own terms."""
    english = tokenizer.glossary.english
    own = sorted((w for w in query.title_words if w in english), key=len, reverse=True)
    kept: list[str] = []
    for word in own:
        if not any(word in longer for longer in kept):
            kept.append(word)
    for word in kept[:_MOST_OF_GLOSSARY]:
        yield SuggestedTerm(english[word][0], "术语表", word)


@lru_cache(maxsize=2)
def _problems(tokenizer: Tokenizer) -> _Problems:
    lines = data_path(_PROBLEMS).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    texts = [f"{r['topic']}。{r['title']}。{r['problem']}" for r in records]
    return _Problems(
        tuple(r["topic"] for r in records),
        tuple(tuple(r["lab"]) for r in records),
        LexicalIndex.build([tokenizer.tokens(text) for text in texts]),
    )


def with_terms(kept: Sequence[str], added: Sequence[str], removed: Sequence[str]) -> list[str]:
    """Search terms after some were added and some taken away, in order, each once."""
    wanted: dict[str, str] = {}
    for term in (*kept, *added):
        wanted.setdefault(normalise(term), term)
    for term in removed:
        wanted.pop(normalise(term), None)
    return list(wanted.values())
