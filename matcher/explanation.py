"""Why a team was matched: data whose parts sum to the score. Drawing is done elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.arrays import FloatArray
from matcher.index.collection import Collection
from matcher.index.lexical import Asked, LexicalIndex
from matcher.index.passages import Passage
from matcher.ranking.grades import Coverage
from matcher.ranking.query import Query
from matcher.ranking.scoring import PassageScores, cosines, direction
from matcher.ranking.view import View, share_of
from matcher.text.facets import Facet
from matcher.text.tokenise import Tokenizer, Written

# A facet is covered by a piece of evidence when the words they share carry this part of the
# facet's information (idf mass), or when their meanings are this many deviations closer than the
# library's passages are to the facet on average. On the demonstration library 1 of 100 teams
# drawn at random passes the upper bounds, 1 of 20 the lower ones, but 1 of 2 and 4 of 5 of the
# teams that did the work (titles). In a library that knows nothing of the subject somebody still
# stands out, so a cosine is asked for too: the nearest teams of a foreign library pass the upper
# one once in 20 times. (Cosines that are not centred are all above it; there only the deviations
# decide.)
COVERED_SHARE, COVERED_DEVIATIONS, COVERED_COSINE = 0.30, 2.9, 0.26
PARTLY_SHARE, PARTLY_DEVIATIONS, PARTLY_COSINE = 0.15, 2.0, 0.21
_TERMS = 8
_SENTENCE = re.compile(r"[。;；!！?？\n]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One named share of a score."""

    name: str
    label: str
    value: float


@dataclass(frozen=True, slots=True)
class EvidencePiece:
    """A piece of evidence that made the score.

    Attributes:
        lexical, dense: its standardised scores.
        terms: words shared with the challenge and what each adds to ``lexical``, largest first;
            bigrams count too but are not shown. English as it was written; a Chinese term that
            the piece has in English with that behind it: 轴承（bearings）.
        snippet: the sentence that holds most of them.
    """

    kind: str
    title: str
    year: int | None
    lexical: float
    dense: float
    terms: tuple[tuple[str, float], ...]
    snippet: str


@dataclass(frozen=True, slots=True)
class FacetCoverage:
    """Whether the team shows anything on one part of the challenge, and where."""

    facet: Facet
    status: Coverage
    evidence_title: str
    evidence_kind: str
    share: float
    deviations: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """``parts`` sum to the score; ``evidence`` and ``coverage`` say what stands behind them."""

    parts: tuple[Part, ...]
    evidence: tuple[EvidencePiece, ...]
    coverage: tuple[FacetCoverage, ...]

    @property
    def covered(self) -> tuple[str, ...]:
        """Labels of the facets that are covered."""
        return tuple(c.facet.label for c in self.coverage if c.status == Coverage.COVERED)

    @property
    def uncovered(self) -> tuple[str, ...]:
        """Labels of the facets on which the team shows nothing."""
        return tuple(c.facet.label for c in self.coverage if c.status == Coverage.UNSEEN)

    @property
    def terms(self) -> tuple[str, ...]:
        """Shared words of all pieces, strongest first, each once."""
        weighted: dict[str, float] = {}
        for piece in self.evidence:
            for term, share in piece.terms:
                weighted[term] = max(share, weighted.get(term, 0.0))
        return tuple(sorted(weighted, key=lambda term: (-weighted[term], term)))


@dataclass(frozen=True)
class FacetProbe:
    """The facets of one query ready to be held against any team of a collection.

    Attributes:
        collection: the candidates.
        tokenizer: the library's.
        centred: whether vectors are compared centred.
        asked: the query's tokens, weighted and looked up.
        shares: per facet, (n_passages,) share of its idf mass that each passage holds.
        towards: (n_facets, dim) where the facets point, or None.
        means, deviations: (n_facets,) of the similarities to a sample of the library.
    """

    query: Query
    collection: Collection
    tokenizer: Tokenizer
    centred: bool
    asked: Asked
    shares: tuple[FloatArray, ...]
    towards: FloatArray | None
    means: FloatArray
    deviations: FloatArray


def explain(view: View, place: int, parts: tuple[Part, ...], probe: FacetProbe) -> Explanation:
    """Explain candidate number ``place``.

    Args:
        view: the candidates.
        place: which of them.
        parts: the ranker's; they sum to the candidate's score.
        probe: the query's facets.
    """
    positions = [int(pieces[place]) for pieces in view.pieces if pieces[place] >= 0]
    return Explanation(
        parts=parts,
        evidence=tuple(_piece(view.scores, position, probe) for position in positions),
        coverage=_coverage(probe, int(view.owners[place])),
    )


def facet_probe(
    query: Query,
    collection: Collection,
    library: Collection,
    tokenizer: Tokenizer,
    vectors: FloatArray | None,
    centre: FloatArray | None,
) -> FacetProbe:
    """Prepare a query's facets.

    Args:
        query: the challenge.
        collection: the candidates.
        library: the library they are from.
        tokenizer: the library's.
        vectors: (n_facets, dim) of ``query.facets``, or None.
        centre: mean of query vectors.
    """
    words = collection.lexical
    means = deviations = np.zeros(0, dtype=np.float32)
    towards, centred = None, centre is not None
    if vectors is not None and library.source.has_vectors:
        places, exact = library.sample
        towards = direction(vectors, centre)
        sample = cosines(towards, exact, library, centred, places)
        means, deviations = sample.mean(axis=1), np.maximum(sample.std(axis=1), 1e-6)
    return FacetProbe(
        query, collection, tokenizer, centred, words.asked([words.weights(query.tokens)]),
        _shares(words, [tokenizer.tokens(f.text) for f in query.facets]),
        towards, means, deviations,
    )  # fmt: skip


def _piece(scores: PassageScores, position: int, probe: FacetProbe) -> EvidencePiece:
    collection = probe.collection
    passage = collection.passages[position]
    raw = collection.lexical.term_scores(probe.asked, position)
    scale = scores.lexical_unit
    words = set(probe.query.words)
    shares = {t: score / scale for t, score in raw.items() if t in words}
    written = probe.tokenizer.written(passage.text)
    terms = _distinct_terms(_named(shares, written, probe.query))
    dense = scores.dense
    return EvidencePiece(
        kind=passage.kind,
        title=passage.title,
        year=passage.year,
        lexical=float(scores.lexical[position]),
        dense=0.0 if dense is None else float(dense[position]),
        terms=terms,
        snippet=_snippet(passage, terms),
    )


def _named(
    shares: Mapping[str, float], written: Mapping[str, Written], query: Query
) -> dict[str, float]:
    """Shares by what a reader is shown: English as the piece has it, behind its Chinese term."""
    asked = "".join(facet.text for facet in query.facets)
    named: dict[str, float] = defaultdict(float)
    for token, share in shares.items():
        found = written.get(token)
        if found is None:
            named[token] += share
        elif not found.term:
            named[found.phrase] += share
        else:
            term = found.term if found.term in asked else token
            named[f"{term}（{found.phrase}）"] += share
    return named


def _distinct_terms(shares: dict[str, float]) -> tuple[tuple[str, float], ...]:
    """The strongest words; one inside a longer listed word would only repeat it."""
    ordered = sorted(shares, key=lambda t: (-len(t), t))
    kept: list[str] = []
    for term in ordered:
        if not any(term in longer for longer in kept):
            kept.append(term)
    strongest = sorted(kept, key=lambda t: (-shares[t], t))[:_TERMS]
    return tuple((term, shares[term]) for term in strongest)


def _snippet(passage: Passage, terms: Sequence[tuple[str, float]]) -> str:
    sentences = [s.strip() for s in _SENTENCE.split(passage.text) if s.strip()]
    if not sentences:
        return ""
    # Of a term in two languages what stands in brackets is in the passage.
    there = [(term.rstrip("）").split("（")[-1], share) for term, share in terms]
    return max(sentences, key=lambda s: sum(w for t, w in there if t in s.lower()))[:120]


def _coverage(probe: FacetProbe, owner: int) -> tuple[FacetCoverage, ...]:
    collection = probe.collection
    span = collection.span(owner)
    deviations = None
    if probe.towards is not None:
        own = np.arange(span.start, span.stop)
        vectors = collection.vectors_of(own)
        near = cosines(probe.towards, vectors, collection, probe.centred, own)
        spread = (near - probe.means[:, None]) / probe.deviations[:, None]
        deviations = _believed(spread, near)
    return tuple(
        _facet_coverage(
            facet,
            probe.shares[number][span],
            None if deviations is None else deviations[number],
            collection,
            span.start,
        )
        for number, facet in enumerate(probe.query.facets)
    )


def _believed(deviations: FloatArray, cosines: FloatArray) -> FloatArray:
    """Deviations, no higher than the cosine allows."""
    ceiling = np.where(
        cosines >= PARTLY_COSINE, COVERED_DEVIATIONS - 0.01, PARTLY_DEVIATIONS - 0.01
    )
    ceiling = np.where(cosines >= COVERED_COSINE, np.inf, ceiling)
    return np.asarray(np.minimum(deviations, ceiling), dtype=np.float32)


def _shares(words: LexicalIndex, facets: Sequence[Sequence[str]]) -> tuple[FloatArray, ...]:
    """Per facet, the share of its idf mass that each passage holds."""
    weights = words.weights(token for tokens in facets for token in tokens)
    place = {token: column for column, token in enumerate(weights)}
    held = words.matched_rows(list(weights), np.arange(words.size))
    idf = np.array(list(weights.values()), dtype=np.float32)
    columns = [[place[token] for token in dict.fromkeys(tokens)] for tokens in facets]
    return tuple(share_of(held[:, own], idf[own]) for own in columns)


def _facet_coverage(
    facet: Facet,
    shares: FloatArray,
    deviations: FloatArray | None,
    collection: Collection,
    start: int,
) -> FacetCoverage:
    strength = shares / COVERED_SHARE
    if deviations is not None:
        strength = np.maximum(strength, deviations / COVERED_DEVIATIONS)
    best = int(np.argmax(strength))
    share = float(shares[best])
    spread = None if deviations is None else float(deviations[best])
    status = _status(share, spread)
    passage = collection.passages[start + best]
    shown = status != Coverage.UNSEEN
    return FacetCoverage(
        facet=facet,
        status=status,
        evidence_title=passage.title if shown else "",
        evidence_kind=passage.kind if shown else "",
        share=share,
        deviations=spread,
    )


def _status(share: float, deviations: float | None) -> Coverage:
    spread = -np.inf if deviations is None else deviations
    if share >= COVERED_SHARE or spread >= COVERED_DEVIATIONS:
        return Coverage.COVERED
    if share >= PARTLY_SHARE or spread >= PARTLY_DEVIATIONS:
        return Coverage.PARTLY
    return Coverage.UNSEEN
