"""Why a team was matched: data whose parts sum to the score. Drawing is done elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np

from matcher.arrays import FloatArray
from matcher.index.collection import Collection
from matcher.index.passages import Passage
from matcher.ranking.coverage import (
    Asked,
    Bounds,
    Judgement,
    PieceReader,
    Said,
    nearest,
    said_in,
    says_nothing,
)
from matcher.ranking.grades import UNVERIFIED, Coverage
from matcher.ranking.query import Query
from matcher.ranking.scoring import PassageScores
from matcher.ranking.view import View
from matcher.records import Indicator
from matcher.text.facets import Facet
from matcher.text.indicators import parse_indicators
from matcher.text.meeting import met_by, shown_values
from matcher.text.tokenise import Written

_TERMS = 8
_NUMBER = re.compile(r"\d")
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
    """Whether the team shows anything on one requirement, and where.

    Attributes:
        evidence_title, evidence_kind: the direction, capability or piece of evidence that says it.
        share: of the requirement's idf mass that its words hold.
        chance: that a reader finds it says so.
        note: what is left to verify, "" where nothing is.
    """

    facet: Facet
    status: Coverage
    evidence_title: str
    evidence_kind: str
    share: float
    chance: float
    note: str = ""

    @property
    def label(self) -> str:
        """Of the requirement."""
        return self.facet.label

    @property
    def text(self) -> str:
        """Of the requirement."""
        return self.facet.text


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
    """What one query asks for, ready to be held against any team of a collection.

    Attributes:
        collection: the candidates.
        reader: holds requirements against what teams say.
        bounds: what a piece must reach to cover a requirement.
        added: what each token of the query adds to the score of each passage that is shown.
        requirements: `Query.facets`, looked up; the title among them.
        targets: per facet, the values an indicator asks for; none for any other.
    """

    query: Query
    collection: Collection
    reader: PieceReader
    bounds: Bounds
    added: Mapping[int, Mapping[str, float]]
    requirements: Asked
    targets: tuple[tuple[Indicator, ...], ...]


def explanations(
    view: View, places: Sequence[int], parts: Sequence[tuple[Part, ...]], probe: FacetProbe
) -> list[Explanation]:
    """Explain some candidates.

    Args:
        view: the candidates.
        places: which of them.
        parts: of each, the ranker's; they sum to the candidate's score.
        probe: the query's facets.
    """
    covered = _coverages(probe, [int(view.documents[place]) for place in places])
    return [
        Explanation(
            parts=own,
            evidence=tuple(_piece(view.scores, p, probe) for p in _positions(view, place)),
            coverage=coverage,
        )
        for place, own, coverage in zip(places, parts, covered, strict=True)
    ]


def facet_probe(
    view: View, places: Iterable[int], reader: PieceReader, bounds: Bounds
) -> FacetProbe:
    """Prepare what a query asks for.

    Args:
        view: the candidates.
        places: which of them will be explained.
        reader: of the library's tokeniser and encoder.
        bounds: for the reader's signals.
    """
    query, words = view.query, view.collection.lexical
    shown = [position for place in places for position in _positions(view, place)]
    asked = words.asked([words.weights(query.tokens)])
    added = words.term_scores(asked, np.array(shown, dtype=np.int64))
    return FacetProbe(
        query, view.collection, reader, bounds, dict(zip(shown, added, strict=True)),
        reader.asked(query, words),
        tuple(_targets(facet) for facet in query.facets),
    )  # fmt: skip


def _positions(view: View, place: int) -> list[int]:
    """The passages that made a candidate's score."""
    return [int(pieces[place]) for pieces in view.pieces if pieces[place] >= 0]


def _targets(facet: Facet) -> tuple[Indicator, ...]:
    return parse_indicators(facet.text) if facet.kind == "考核指标" else ()


def _piece(scores: PassageScores, position: int, probe: FacetProbe) -> EvidencePiece:
    collection = probe.collection
    passage = collection.passages[position]
    raw = probe.added[position]
    scale = scores.lexical_unit
    words = set(probe.query.words)
    shares = {t: s / scale for t, s in raw.items() if t in words and not says_nothing(t)}
    written = probe.reader.written(passage.text)
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


def _coverages(probe: FacetProbe, documents: Sequence[int]) -> list[tuple[FacetCoverage, ...]]:
    """Of every requirement by some documents; the title only says what these are about."""
    spans = [probe.collection.span(document) for document in documents]
    said = [said_in(probe.collection.passages[span.start : span.stop]) for span in spans]
    bounds = np.cumsum([0, *map(len, said)])
    rows = np.concatenate([np.arange(span.start, span.stop) for span in spans])
    signals = probe.reader.signals(
        probe.requirements,
        [one for own in said for one in own],
        lambda: probe.collection.text_vectors(rows),
    )
    names = probe.reader.names
    of_each = [signals[:, low:high] for low, high in pairwise(bounds)]
    best = [[nearest(rows, names) for rows in own] for own in of_each]
    nearby = [own[np.arange(len(own)), at] for own, at in zip(of_each, best, strict=True)]
    judged = iter(probe.bounds.judged_all(np.concatenate(nearby)))
    return [
        _covered(probe, pieces, at, rows[:, names.index("shared")], list(islice(judged, len(at))))
        for pieces, at, rows in zip(said, best, nearby, strict=True)
    ]


def _covered(
    probe: FacetProbe, said: Sequence[Said], best: Sequence[int], shares: FloatArray,
    judged: Sequence[Judgement],
) -> tuple[FacetCoverage, ...]:  # fmt: skip
    """Of every requirement by one document, from what was found of the nearest of what it says."""
    found = [
        _said_of(facet, said[place], float(share), grade)
        for facet, place, share, grade in zip(probe.query.facets, best, shares, judged, strict=True)
    ]
    related = any(one.status != Coverage.UNSEEN for one in found)
    return tuple(
        _verified(one, targets, said if related else ())
        for one, targets in zip(found, probe.targets, strict=True)
        if one.facet.kind != "题目"
    )


def _said_of(facet: Facet, said: Said, share: float, judged: Judgement) -> FacetCoverage:
    shown = judged.status != Coverage.UNSEEN
    return FacetCoverage(
        facet=facet,
        status=judged.status,
        evidence_title=said.title if shown else "",
        evidence_kind=said.kind if shown else "",
        share=share,
        chance=judged.chance,
        note=judged.note,
    )


def _verified(
    found: FacetCoverage, targets: Sequence[Indicator], said: Sequence[Said]
) -> FacetCoverage:
    """An indicator is covered by values that meet it and by nothing else."""
    if found.facet.kind != "考核指标":
        return found
    for piece in said:
        if targets and _meets_all(piece.text, targets):
            return replace(
                found, status=Coverage.COVERED, note="",
                evidence_title=piece.title, evidence_kind=piece.kind,
            )  # fmt: skip
    if found.status == Coverage.UNSEEN:
        return found
    return replace(found, status=Coverage.PARTLY, note=UNVERIFIED)


def _meets_all(text: str, targets: Sequence[Indicator]) -> bool:
    if not _NUMBER.search(text):
        return False
    shown = shown_values(text, targets)
    return all(met_by(target, shown, named=True) for target in targets)
