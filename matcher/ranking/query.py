"""A query: a challenge as the retrievers see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.encoding import Encoder
from matcher.records import Challenge
from matcher.text.facets import Facet, facets
from matcher.text.tokenise import Tokenizer

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Query:
    """A challenge with its tokens and its vector.

    Attributes:
        facets: the parts a team must answer, in reading order.
        tokens: of all facets, the keywords and the technical domain.
        words: those of the tokens that are words a reader would recognise, not bigrams.
        vector: (dim,) float32, L2-normalised mean of the title's vector and the whole text's, so
            that a long problem does not drown its subject; None without an encoder.
    """

    challenge: Challenge
    facets: tuple[Facet, ...]
    tokens: tuple[str, ...]
    words: frozenset[str]
    vector: FloatArray | None

    @property
    def query_id(self) -> str:
        """The challenge's id."""
        return self.challenge.challenge_id


def queries(
    challenges: Sequence[Challenge], tokenizer: Tokenizer, encoder: Encoder | None
) -> tuple[Query, ...]:
    """Challenges as queries, encoded in one batch."""
    parts = [facets(challenge) for challenge in challenges]
    vectors = _vectors(challenges, parts, encoder) if encoder else [None] * len(challenges)
    texts = [_text(challenge, owned) for challenge, owned in zip(challenges, parts, strict=True)]
    return tuple(
        Query(
            challenge,
            owned,
            tuple(tokenizer.tokens(text)),
            frozenset(tokenizer.words(text)),
            vector,
        )
        for challenge, owned, text, vector in zip(challenges, parts, texts, vectors, strict=True)
    )


def _text(challenge: Challenge, parts: tuple[Facet, ...]) -> str:
    return "\n".join(
        [*(f.text for f in parts), *challenge.keywords, *challenge.tech_domain, challenge.industry]
    )


def _vectors(
    challenges: Sequence[Challenge], parts: Sequence[tuple[Facet, ...]], encoder: Encoder
) -> list[FloatArray | None]:
    wholes = [
        "。".join([*(f.text for f in owned), *challenge.keywords])
        for challenge, owned in zip(challenges, parts, strict=True)
    ]
    titles = [c.title or whole for c, whole in zip(challenges, wholes, strict=True)]
    encoded = encoder.encode_queries([*titles, *wholes])
    summed = encoded[: len(titles)] + encoded[len(titles) :]
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    return list(np.asarray(summed / np.maximum(lengths, 1e-9), dtype=np.float32))
