"""Which documents the stages look at."""

from __future__ import annotations

from matcher.ranking.query import Query
from matcher.ranking.search import Neighbourhood
from matcher.ranking.stages import Pool
from matcher.ranking.view import reference_view

# On papers/ and labs/ the first 200 hold 96% of the answers; the rest of the library is noise.
CANDIDATES = 200


def looked_at(depth: int) -> int:
    """How many documents must be found for a list of ``depth``."""
    return max(depth, CANDIDATES)


def candidates(query: Query, near: Neighbourhood, depth: int) -> Pool:
    """The documents with the best fused score, which is cheap and looks at everybody.

    The library's best ``CANDIDATES`` are what all are compared with; a list that is longer, or for
    some documents only, has candidates of its own.
    """
    library = Pool(reference_view(query, near.collection, near.scores, CANDIDATES))
    if near.mask is None and depth <= CANDIDATES:
        return library
    own = reference_view(query, near.collection, near.scores, looked_at(depth), mask=near.mask)
    return Pool(own, library)
