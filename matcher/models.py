"""The models a matcher is made of, by name: encoder, ranker, calibration."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER, Encoder, encoders_dir, resolve_encoder
from matcher.ranking.calibration import Calibration, load_calibration
from matcher.ranking.fused import FusedRanker
from matcher.ranking.learned import load_ranker
from matcher.ranking.stages import Stage
from matcher.resources import data_path
from matcher.text.facets import facets

FloatArray = NDArray[np.float32]
DEFAULT_RANKER = "default"
_SHIPPED_RANKER = "models/ranker/default.json"
_SHIPPED_CALIBRATION = "models/ranker/calibration.json"
# The list whose texts give the mean of queries in general; any varied list of challenges would do.
_CENTRE_LIST = "corpora/demo/chokepoints35.jsonl"


def open_encoder(encoder: Encoder | str | None) -> Encoder | None:
    """An encoder by name or folder, with its vectors cached on disk; others as they are.

    Raises:
        ModelError: not installed.
    """
    if encoder is None or encoder == "none":
        return None
    if not isinstance(encoder, str):
        return encoder
    from matcher.encoding.cache import CachedEncoder

    return CachedEncoder(resolve_encoder(encoder), encoders_dir().parent / "vectors.sqlite")


def open_ranker(ranker: Stage | str, encoder: Encoder | None) -> Stage:
    """A ranker: ``default``, ``fused``, a file made by ``matcher train``, or one as it is.

    The default is the shipped trained one; without an encoder half its features say nothing, and
    the fused score of the words serves instead.

    Raises:
        ModelError: the file is missing, damaged or of another version.
    """
    if not isinstance(ranker, str):
        return ranker
    if ranker == "fused" or (ranker == DEFAULT_RANKER and encoder is None):
        return FusedRanker()
    return load_ranker(data_path(_SHIPPED_RANKER) if ranker == DEFAULT_RANKER else Path(ranker))


def shipped_calibration(encoder: Encoder | None) -> Calibration | None:
    """The shipped calibration; None for an encoder whose cosines it was not fitted on."""
    if encoder is None or not encoder.identity.startswith(DEFAULT_ENCODER):
        return None
    return load_calibration(data_path(_SHIPPED_CALIBRATION))


@cache
def _centre_texts() -> tuple[str, ...]:
    challenges = read_challenges(data_path(_CENTRE_LIST)).records
    return tuple(facet.text for challenge in challenges for facet in facets(challenge))


def query_centre(encoder: Encoder) -> FloatArray:
    """Mean vector of queries in general, from the shipped list: shape (dim,).

    A constant of the encoder, so that a ranking does not depend on what else is in the batch.
    """
    vectors = encoder.encode_queries(_centre_texts())
    return np.asarray(vectors.mean(axis=0), dtype=np.float32)
