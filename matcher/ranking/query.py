"""A query: a challenge as the retrievers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.arithmetic import unit
from matcher.arrays import FloatArray
from matcher.encoding import Encoder
from matcher.records import Challenge
from matcher.text.facets import Facet, facets
from matcher.text.tokenise import Tokenizer

# What stands for a title where there is none.
_LEAD = 60
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
    """

    challenge: Challenge
    facets: tuple[Facet, ...]
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    title_tokens: tuple[str, ...]
    title_words: tuple[str, ...]
    title_vector: FloatArray | None
    body_vector: FloatArray | None

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
        return unit(self.title_vector + self.body_vector)


def queries(
    challenges: Sequence[Challenge], tokenizer: Tokenizer, encoder: Encoder | None
) -> tuple[Query, ...]:
    """Challenges as queries, encoded in one batch."""
    parts = [facets(challenge) for challenge in challenges]
    titles = [_title(c, owned) for c, owned in zip(challenges, parts, strict=True)]
    vectors: list[FloatArray | None] = [None] * (2 * len(challenges))
    if encoder is not None:
        wholes = [_whole(c, owned) for c, owned in zip(challenges, parts, strict=True)]
        vectors = list(encoder.encode_queries([*titles, *wholes]))
    made = []
    for place, (challenge, owned) in enumerate(zip(challenges, parts, strict=True)):
        title = "。".join([titles[place], *_keywords(challenge)])
        tokens, words = _read(_searched(challenge, owned), tokenizer)
        title_tokens, title_words = _read(title, tokenizer)
        made.append(
            Query(
                challenge, owned, tokens, words, title_tokens, title_words,
                vectors[place], vectors[len(challenges) + place],
            )
        )  # fmt: skip
    return tuple(made)


def with_text(asked: Sequence[Query]) -> list[Query]:
    """The queries that say anything a team could answer."""
    return [query for query in asked if query.facets]


def _read(text: str, tokenizer: Tokenizer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tokens of a text, and the distinct words among them; it is segmented once."""
    words, bigrams = tokenizer.words_and_bigrams(text)
    return tuple(words + bigrams), tuple(dict.fromkeys(words))


def _title(challenge: Challenge, parts: tuple[Facet, ...]) -> str:
    return challenge.title or (parts[0].text[:_LEAD] if parts else "")


def _whole(challenge: Challenge, parts: tuple[Facet, ...]) -> str:
    return "。".join([*(f.text for f in parts), *_keywords(challenge)])


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
