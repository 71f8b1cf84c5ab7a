"""A query: a challenge as the retrievers see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from matcher.arithmetic import unit
from matcher.arrays import FloatArray
from matcher.encoding import Encoder
from matcher.records import Challenge
from matcher.text.facets import Facet, facets
from matcher.text.needs import read_need
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
        parts: (dim,) vectors of clauses and facets that were encoded along with them.
    """

    challenge: Challenge
    facets: tuple[Facet, ...]
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    title_tokens: tuple[str, ...]
    title_words: tuple[str, ...]
    title_vector: FloatArray | None
    body_vector: FloatArray | None
    parts: Mapping[str, FloatArray] = field(default_factory=dict, repr=False)

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
    def vector(self) -> FloatArray | None:
        """(dim,) L2-normalised mean of title and whole text: a long problem must not drown its
        subject.
        """
        if self.title_vector is None or self.body_vector is None:
            return None
        return _subject(self.title_vector, self.body_vector)

    def vectors_of(self, texts: Sequence[str], encoder: Encoder) -> FloatArray:
        """(len(texts), dim) of parts of it; what was not encoded along with it is encoded now."""
        missing = [text for text in dict.fromkeys(texts) if text not in self.parts]
        made = dict(zip(missing, encoder.encode_queries(missing), strict=True)) if missing else {}
        found = [made[text] if text in made else self.parts[text] for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), encoder.dimension)


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
            for `Query.vectors_of`.
    """
    owned = [facets(challenge) for challenge in challenges]
    titles = [_title(c, parts) for c, parts in zip(challenges, owned, strict=True)]
    wholes = [_whole(c, parts) for c, parts in zip(challenges, owned, strict=True)]
    beside = [
        [*(clauses(parts) if by_clause else ()), *(f.text for f in parts if by_facet)]
        for parts in owned
    ]
    vectors: dict[str, FloatArray] = {}
    if encoder is not None:
        texts = list(dict.fromkeys(chain(titles, wholes, *beside)))
        vectors = dict(zip(texts, encoder.encode_queries(texts), strict=True))
    made = []
    for place, (challenge, parts) in enumerate(zip(challenges, owned, strict=True)):
        title = "。".join([titles[place], *_keywords(challenge)])
        tokens, words = _read(_searched(challenge, parts), tokenizer)
        title_tokens, title_words = _read(title, tokenizer)
        made.append(
            Query(
                challenge, parts, tokens, words, title_tokens, title_words,
                vectors.get(titles[place]), vectors.get(wholes[place]),
                {text: vectors[text] for text in beside[place] if text in vectors},
            )
        )  # fmt: skip
    return tuple(made)


def query_vectors(challenges: Sequence[Challenge], encoder: Encoder) -> FloatArray:
    """(n, dim) what `Query.vector` of each is, for who asks for nothing else of them."""
    owned = [facets(challenge) for challenge in challenges]
    titles = [_title(c, parts) for c, parts in zip(challenges, owned, strict=True)]
    wholes = [_whole(c, parts) for c, parts in zip(challenges, owned, strict=True)]
    texts = list(dict.fromkeys(chain(titles, wholes)))
    vectors = dict(zip(texts, encoder.encode_queries(texts), strict=True))
    found = [_subject(vectors[t], vectors[w]) for t, w in zip(titles, wholes, strict=True)]
    return np.array(found, dtype=np.float32).reshape(len(found), encoder.dimension)


def _subject(title: FloatArray, whole: FloatArray) -> FloatArray:
    return unit(title + whole)


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


def _read(text: str, tokenizer: Tokenizer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens of a text, and the distinct words among them; it is segmented once."""
    words, bigrams = tokenizer.words_and_bigrams(text)
    return tuple(words + bigrams), tuple(dict.fromkeys(words))


def _title(challenge: Challenge, parts: tuple[Facet, ...]) -> str:
    """The title. Where it is but a clause that was picked out to name a text, the sentences that
    tell what is wanted: neither how things are nor what is measured in the end says who can do it.
    """
    if _is_picked(challenge):
        told = "。".join(part.text for part in parts[1:])
        return _wanted(told) or told
    return challenge.title or (parts[0].text[:_LEAD] if parts else "")


def _is_picked(challenge: Challenge) -> bool:
    """Whether the title is a clause of the problem that was picked out to name it."""
    title = challenge.title
    return title in challenge.problem and read_need(challenge.problem).title == title != ""


def _wanted(text: str) -> str:
    """The sentences of a text that tell what is wanted.

    >>> _wanted("密封圈两个月就漏。需要研究耐磨的密封材料。要求寿命不低于一年。")
    '需要研究耐磨的密封材料'
    """
    sentences = [said for said in _SENTENCE.split(text) if _WANTED.search(said)]
    return "。".join(said.strip() for said in sentences if not _MEASURED.match(said))


def _whole(challenge: Challenge, parts: tuple[Facet, ...]) -> str:
    # A clause that was picked out stands in the text once more.
    told = parts[1:] if _is_picked(challenge) else parts
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
