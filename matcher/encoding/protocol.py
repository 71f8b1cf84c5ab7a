"""What the rest of the product may ask of an encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from matcher.arrays import FloatArray
from matcher.progress import Progress

Vectors: TypeAlias = FloatArray
"""Array (n, dimension) of float32 rows of length one."""

Role: TypeAlias = Literal["query", "passage"]
"""A text is encoded as something looked for (query) or something found (passage)."""

"""Called as ``progress(done, total)``, both in texts, from the calling thread."""


@runtime_checkable
class Encoder(Protocol):
    """Turns texts into vectors whose dot product is their cosine.

    Implementations keep the order of the texts, give the same vector for a text whatever its
    neighbours in the call, return shape (0, dimension) for no texts and accept empty strings.
    """

    @property
    def identity(self) -> str:
        """Name and weights hash; equal identities give equal vectors, on any machine."""

    @property
    def dimension(self) -> int:
        """Length of one vector."""

    @property
    def centring(self) -> bool:
        """Whether vectors are compared after taking off the mean, as the model's card says."""

    def encode_queries(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode what is looked for.

        Args:
            texts: n texts of any length; what exceeds the model's maximum is not read.
            progress: called with (texts done, n).

        Returns:
            (n, dimension) float32, rows of length one.
        """

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode what is searched; otherwise as :meth:`encode_queries`."""
