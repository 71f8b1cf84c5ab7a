"""A query: a challenge as the retrievers see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from matcher.arithmetic import unit
from matcher.arrays import FloatArray
from matcher.encoding import Encoder, encode_with_parts
from matcher.records import Challenge
from matcher.text.facets import Facet, facets
from matcher.text.needs import is_title_of
from matcher.text.normalise import HAN
from matcher.text.tokenise import Tokenizer

# What stands for a title where there is none.
_LEAD = 60
_CLAUSE = re.compile(r"[。；;,，\n]+")
_SENTENCE = re.compile(r"[。！!？?；;\n]+")
# What is wanted, and not how things are; 要求 begins what the result must be measured by.
_WANTED = re.compile(r"拟|[需想]|急求|希望|研究|开发|研发|建立")
_MEASURED = re.compile(r"\s*要求")
_SHORTEST_CLAUSE = 6
_MOST_CLAUSES = 12
# Of the text; a requirement that is more of it is read within it.
_MOST = 0.5
# So many letters may be one word, and too little to tell who fits: 钢, 轴承, 机器人.
_ONE_WORD = 4


@dataclass(frozen=True)
class Query:
    """A challenge with its tokens and its vectors.

    Attributes:
        facets: the parts a team must answer, in reading order.
        tokens: of all facets, the keywords and the technical domain.
        words: the distinct words among them in reading order; bigrams are left out.
        title_tokens: of the title and the keywords.
        title_words: the distinct words of the title and the keywords.
        title_vector, body_vector: (dim,) float32 of the title, and of the whole text; None without
            an encoder.
        whole: the whole text.
        within: (dim,) vectors of clauses, and of the requirement that is most of the text,
            that were read along with it, within it.
        alone: (dim,) vectors of facets that were read along with it, each by itself.
    """

    challenge: Challenge
    facets: tuple[Facet, ...]
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    title_tokens: tuple[str, ...]
    title_words: tuple[str, ...]
    title_vector: FloatArray | None
    body_vector: FloatArray | None
    whole: str = ""
    within: Mapping[str, FloatArray] = field(default_factory=dict, repr=False)
    alone: Mapping[str, FloatArray] = field(default_factory=dict, repr=False)

    @property
    def query_id(self) -> str:
        """The challenge's id."""
        return self.challenge.challenge_id

    @property
    def too_short(self) -> bool:
        """Whether it is one short word, which says no more than a field."""
        said = sum(len(facet.text) for facet in self.facets)
        return len(self.words) <= 1 and said <= _ONE_WORD

    @property
    def in_chinese(self) -> bool:
        """Whether there is a Chinese character in what a team must answer."""
        return any(HAN.search(facet.text) for facet in self.facets)

    @property
    def vector(self) -> FloatArray | None:
        """(dim,) L2-normalised mean of title and whole text: a long problem must not drown its
        subject.
        """
        if self.title_vector is None or self.body_vector is None:
            return None
        return _subject(self.title_vector, self.body_vector)

    def clause_vectors(self, encoder: Encoder) -> FloatArray:
        """(n, dim) of its clauses, each read within it; now, where they were not read along."""
        return _rows(self._read_within(clauses(self.facets), encoder), encoder)

    def facet_vectors(self, encoder: Encoder) -> FloatArray:
        """(n, dim) of its facets, read now where they were not read along.

        Each by itself: read within the text a requirement takes on what stands around it, and then
        fewer are rightly said to be covered. The one that is most of the text has little around it
        and is read within (docs/evaluation.md).
        """
        most = _most_of(self.facets, self.whole)
        within = dict(zip(most, self._read_within(most, encoder), strict=True))
        texts = [facet.text for facet in self.facets]
        missing = [t for t in dict.fromkeys(texts) if t not in within and t not in self.alone]
        made = dict(zip(missing, encoder.encode_queries(missing), strict=True)) if missing else {}
        known = {**self.alone, **made, **within}
        return _rows([known[text] for text in texts], encoder)

    def _read_within(self, parts: Sequence[str], encoder: Encoder) -> list[FloatArray]:
        """(dim,) of each part of the text, read within it; now, where they were not read along."""
        read = self.within
        if not all(part in read for part in parts):
            read = read_within(encoder, {self.whole: parts})[self.whole]
        return [read[part] for part in parts]


def queries(
    challenges: Sequence[Challenge],
    tokenizer: Tokenizer,
    encoder: Encoder | None,
    *,
    by_clause: bool = False,
    by_facet: bool = False,
) -> tuple[Query, ...]:
    """Challenges as queries, encoded in one batch, each text once.

    Args:
        challenges: what is asked.
        tokenizer, encoder: the library's.
        by_clause, by_facet: encode the clauses and the facets along with them, for who will ask
            for their vectors.
    """
    owned = [facets(challenge) for challenge in challenges]
    titles, wholes = _subjects(challenges, owned)
    most = [_most_of(p, w) if by_facet else [] for p, w in zip(owned, wholes, strict=True)]
    asked = [
        [f.text for f in parts if f.text not in own] if by_facet else []
        for parts, own in zip(owned, most, strict=True)
    ]
    read: dict[str, dict[str, FloatArray]] = {}
    if encoder is not None:
        alone = chain(titles, wholes, *asked)
        wanted: dict[str, list[str]] = {text: [] for text in alone}
        for whole, parts, own in zip(wholes, owned, most, strict=True):
            wanted[whole] += [*own, *(clauses(parts) if by_clause else [])]
        read = read_within(encoder, wanted)
    made = []
    for challenge, parts, heading, whole, own in zip(
        challenges, owned, titles, wholes, asked, strict=True
    ):
        title = "。".join([heading, *_keywords(challenge)])
        tokens, words = _read(_searched(challenge, parts), tokenizer)
        title_tokens, title_words = _read(title, tokenizer)
        within = read.get(whole, {})
        made.append(
            Query(
                challenge, parts, tokens, words, title_tokens, title_words,
                read.get(heading, {}).get(heading), within.get(whole), whole, within,
                {text: read[text][text] for text in own if text in read},
            )
        )  # fmt: skip
    return tuple(made)


def query_vectors(challenges: Sequence[Challenge], encoder: Encoder) -> FloatArray:
    """(n, dim) what `Query.vector` of each is, for who asks for nothing else of them."""
    titles, wholes = _subjects(challenges, [facets(challenge) for challenge in challenges])
    texts = list(dict.fromkeys(chain(titles, wholes)))
    vectors = dict(zip(texts, encoder.encode_queries(texts), strict=True))
    found = [_subject(vectors[t], vectors[w]) for t, w in zip(titles, wholes, strict=True)]
    return np.array(found, dtype=np.float32).reshape(len(found), encoder.dimension)


def clauses_read(challenges: Sequence[Challenge], encoder: Encoder) -> list[FloatArray]:
    """(n, dim) `Query.clause_vectors` of each, for who asks for nothing else of them."""
    owned = [facets(challenge) for challenge in challenges]
    _, wholes = _subjects(challenges, owned)
    said = [clauses(parts) for parts in owned]
    wanted: dict[str, list[str]] = {}
    for whole, own in zip(wholes, said, strict=True):
        wanted.setdefault(whole, []).extend(own)
    read = read_within(encoder, wanted)
    return [
        _rows([read[whole][clause] for clause in own], encoder)
        for whole, own in zip(wholes, said, strict=True)
    ]


def _subjects(
    challenges: Sequence[Challenge], owned: Sequence[tuple[Facet, ...]]
) -> tuple[list[str], list[str]]:
    """The titles and the whole texts, whose vectors say what each challenge is about."""
    titles, wholes = [], []
    for challenge, parts in zip(challenges, owned, strict=True):
        picked = _is_picked(challenge)
        titles.append(_title(challenge, parts, picked))
        wholes.append(_whole(challenge, parts, picked))
    return titles, wholes


def _subject(title: FloatArray, whole: FloatArray) -> FloatArray:
    return unit(title + whole)


def read_within(
    encoder: Encoder, wanted: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, FloatArray]]:
    """The vectors of texts, and of parts of each read within it: by text, and there by part; the
    text is a part of itself.
    """
    own = [
        [part for part in dict.fromkeys(parts) if part != text] for text, parts in wanted.items()
    ]
    found = encode_with_parts(encoder, list(wanted), own)
    return {
        text: dict(zip([text, *parts], rows, strict=True))
        for text, parts, rows in zip(wanted, own, found, strict=True)
    }


def _rows(vectors: Sequence[FloatArray], encoder: Encoder) -> FloatArray:
    return np.array(vectors, dtype=np.float32).reshape(len(vectors), encoder.dimension)


def with_text(asked: Sequence[Query]) -> list[Query]:
    """The queries that say anything a team could answer."""
    return [query for query in asked if query.facets]


def clauses(parts: Sequence[Facet]) -> list[str]:
    """The clauses of a challenge's facets but its title."""
    found = [
        clause
        for facet in parts
        if facet.kind != "题目"
        for clause in _CLAUSE.split(facet.text)
        if len(clause) >= _SHORTEST_CLAUSE
    ]
    return found[:_MOST_CLAUSES]


def _most_of(parts: Sequence[Facet], whole: str) -> list[str]:
    """The requirement that is more than half of the whole text, where there is one."""
    return [
        part.text for part in parts if part.kind != "题目" and len(part.text) > _MOST * len(whole)
    ]


def _read(text: str, tokenizer: Tokenizer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens of a text, and the distinct words among them; it is segmented once."""
    words, bigrams = tokenizer.words_and_bigrams(text)
    return tuple(words + bigrams), tuple(dict.fromkeys(words))


def _title(challenge: Challenge, parts: tuple[Facet, ...], picked: bool) -> str:
    """The title. Where it is but a clause that was picked out to name a text, the sentences that
    tell what is wanted: neither how things are nor what is measured in the end says who can do it.
    """
    if picked:
        told = "。".join(part.text for part in parts[1:])
        return _wanted(told) or told
    return challenge.title or (parts[0].text[:_LEAD] if parts else "")


def _is_picked(challenge: Challenge) -> bool:
    """Whether the title is a clause of the problem that was picked out to name it."""
    title = challenge.title
    return bool(title) and is_title_of(challenge.problem, title)


def _wanted(text: str) -> str:
    """The sentences of a text that tell what is wanted.

    >>> _wanted("密封圈两个月就漏。需要研究耐磨的密封材料。要求寿命不低于一年。")
    '需要研究耐磨的密封材料'
    """
    sentences = [said for said in _SENTENCE.split(text) if _WANTED.search(said)]
    return "。".join(said.strip() for said in sentences if not _MEASURED.match(said))


def _whole(challenge: Challenge, parts: tuple[Facet, ...], picked: bool) -> str:
    # A clause that was picked out stands in the text once more.
    told = parts[1:] if picked else parts
    return "。".join([*(f.text for f in told), *_keywords(challenge)])


def _searched(challenge: Challenge, parts: tuple[Facet, ...]) -> str:
    # Not by line breaks: those are undone, for scanners make them inside words.
    return "。".join(
        [
            *(f.text for f in parts),
            *_keywords(challenge),
            *challenge.tech_domain,
            challenge.industry,
        ]
    )


def _keywords(challenge: Challenge) -> tuple[str, ...]:
    """The list's own, and those that were added to be searched too."""
    return (*challenge.keywords, *challenge.search_terms)
