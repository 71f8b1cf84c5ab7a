"""The best phrase of a document and its three best: more phrases never lower either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def best_and_three(cosines: NDArray[np.floating[Any]], counts: Sequence[int]) -> NDArray[Any]:
    """(rows, phrases of all documents) to (rows, documents, 2): of each document's phrases the best
    one, and a third of the sum of the three best; one that is missing adds nothing.

    Args:
        cosines: document by document.
        counts: how many phrases each document has; without any the best is -inf.
    """
    owners = np.repeat(np.arange(len(counts)), counts)
    places = np.arange(len(owners)) - np.repeat(np.cumsum([0, *counts[:-1]]), counts)
    # The other phrases of a document that has fewer are as far away as can be.
    spread = np.full((len(cosines), len(counts), max(3, *counts, 0)), -np.inf)
    spread[:, owners, places] = cosines
    best = np.sort(spread, axis=2)[:, :, :-4:-1]
    kept = np.maximum(best, 0)
    threes = (kept[..., 0] + kept[..., 1] + kept[..., 2]) / 3
    return np.stack([best[..., 0], threes], axis=2)
