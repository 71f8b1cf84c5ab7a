"""Parts of a text read within it: one pass over the text gives the vectors of them all.

A part is the mean of what the model made of its own tokens, after they have read the whole text
("late chunking", Günther et al. 2024). Encoding every part by itself costs the text once more for
each way it is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from matcher.encoding.protocol import Encoder, Vectors

WithParts: TypeAlias = Callable[[Sequence[str], Sequence[Sequence[str]]], list[Vectors]]


def encode_with_parts(
    encoder: Encoder, texts: Sequence[str], parts: Sequence[Sequence[str]]
) -> list[Vectors]:
    """What is looked for, with parts of it.

    Args:
        encoder: one that has no ``encode_with_parts`` of its own encodes every part by itself.
        texts: n texts.
        parts: of each text; what does not stand in it, or beyond what is read of it, is encoded by
            itself.

    Returns:
        For each text (1 + its parts, dimension) float32: of the text, and of its parts.
    """
    own: WithParts | None = getattr(encoder, "encode_with_parts", None)
    if own is not None:
        return own(texts, parts)
    wanted = [said for text, own_parts in zip(texts, parts, strict=True)
              for said in (text, *own_parts)]  # fmt: skip
    distinct = list(dict.fromkeys(wanted))
    found = dict(zip(distinct, encoder.encode_queries(distinct), strict=True))
    return [
        np.stack([found[said] for said in (text, *own_parts)])
        for text, own_parts in zip(texts, parts, strict=True)
    ]
