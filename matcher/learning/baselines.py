"""Plain ways to rank teams, kept runnable so that every claim is made against them."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from matcher.arrays import FloatArray
from matcher.index.collection import Collection as Library
from matcher.index.fusion import best_two, top_two_mean
from matcher.index.lexical import LexicalIndex
from matcher.pipeline import Matcher
from matcher.ranking.query import Query, queries
from matcher.ranking.scoring import MeanStd, score_passages
from matcher.ranking.stages import best_first
from matcher.text.tokenise import Tokenizer

Scorer = Callable[[Query], FloatArray]
"""Scores every document of a library for one query: (n_documents,)."""

_DEPTH = 100
# The best for plain BM25 on the judged sets (docs/evaluation.md).
_PLAIN_LEXICAL_WEIGHT = 0.8


def baseline_runs(
    matcher: Matcher, names: Collection[str] = ()
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Name and run of every baseline, or of some, over all challenges, best 100 teams each."""
    asked = [
        query
        for query in queries(tuple(matcher.challenges.values()), matcher.tokenizer, matcher.encoder)
        if query.facets
    ]
    for name in names or BASELINES:
        scorer = BASELINES[name](matcher)
        yield name, {query.query_id: _ranked(scorer(query), matcher.library) for query in asked}


def _ranked(scores: FloatArray, library: Library) -> list[str]:
    return [library.ids[int(place)] for place in best_first(scores, library.ids, _DEPTH)]


def _over_passages(library: Library, scores: FloatArray) -> FloatArray:
    """The same aggregation for every baseline: mean of a document's two best passages."""
    scores = np.asarray(scores, dtype=np.float32)
    return top_two_mean(scores, *best_two(scores, library.starts))


def _random(matcher: Matcher) -> Scorer:
    def score(query: Query) -> FloatArray:
        seed = zlib.crc32(query.query_id.encode())
        drawn = np.random.default_rng(seed).random(len(matcher.library.ids))
        return drawn.astype(np.float32)

    return score


def _popularity(matcher: Matcher) -> Scorer:
    """Teams with the most evidence, whatever is asked."""
    sizes = np.diff(matcher.library.starts).astype(np.float32)
    return lambda query: sizes


def _keyword_rules(matcher: Matcher) -> Scorer:
    """How many of the title's words and keywords a passage holds: what a search box does."""
    everything = np.arange(len(matcher.library.passages))

    def score(query: Query) -> FloatArray:
        held = matcher.library.lexical.matched_rows(query.title_words, everything)
        return _over_passages(matcher.library, held.sum(axis=1))

    return score


def _tfidf(matcher: Matcher) -> Scorer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=matcher.tokenizer.words, sublinear_tf=True)
    texts = [passage.text for passage in matcher.library.passages]
    if not any(matcher.tokenizer.words(text) for text in texts):
        # scikit-learn cannot index texts without a word; nothing matches them.
        return lambda query: np.zeros(len(matcher.library.ids), dtype=np.float32)
    matrix = vectorizer.fit_transform(texts)

    def score(query: Query) -> FloatArray:
        text = "。".join([*(f.text for f in query.facets), *query.challenge.keywords])
        return _over_passages(
            matcher.library, (matrix @ vectorizer.transform([text]).T).toarray()[:, 0]
        )

    return score


def _bm25(matcher: Matcher, split: Callable[[Tokenizer, str], Sequence[str]]) -> Scorer:
    index = LexicalIndex.build([split(matcher.tokenizer, p.text) for p in matcher.library.passages])

    def score(query: Query) -> FloatArray:
        text = "。".join([*(f.text for f in query.facets), *query.challenge.keywords])
        counted = Counter(split(matcher.tokenizer, text))
        return _over_passages(matcher.library, index.scores(counted))

    return score


def _dense(matcher: Matcher) -> Scorer:
    def score(query: Query) -> FloatArray:
        return _over_passages(
            matcher.library, score_passages(query, matcher.library, matcher.centre).cosine
        )

    return score


def _bm25_and_dense(matcher: Matcher) -> Scorer:
    """Plain BM25 and similarity, standardised and added: the usual hybrid search."""

    def score(query: Query) -> FloatArray:
        found = score_passages(query, matcher.library, matcher.centre)
        words = matcher.library.lexical.scores(Counter(query.tokens))
        lexical = MeanStd.of(words).standardised(words)
        dense = np.zeros_like(lexical) if found.dense is None else found.dense
        return _over_passages(matcher.library, _PLAIN_LEXICAL_WEIGHT * lexical + dense)

    return score


def _fused(matcher: Matcher) -> Scorer:
    """What this software does without a learned ranker."""

    def score(query: Query) -> FloatArray:
        return _over_passages(
            matcher.library, score_passages(query, matcher.library, matcher.centre).fused
        )

    return score


BASELINES: Mapping[str, Callable[[Matcher], Scorer]] = {
    "random": _random,
    "popularity": _popularity,
    "keyword-rules": _keyword_rules,
    "tf-idf": _tfidf,
    "bm25-words": partial(_bm25, split=Tokenizer.words),
    "bm25-bigrams": partial(_bm25, split=Tokenizer.bigrams),
    "dense": _dense,
    "bm25+dense": _bm25_and_dense,
    "fused": _fused,
}
