"""What was fitted on labelled texts by a program of `benchmarks`: files of ``models``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from matcher.resources import data_path


@cache
def learnt(name: str) -> Mapping[str, Any]:
    """How much each thing counts, as it was fitted for a choice.

    >>> sorted(learnt("stated"))
    ['amount', 'deadline', 'organisation', 'term']
    """
    kept: Mapping[str, Any] = json.loads(data_path(f"models/{name}.json").read_text("utf-8"))
    weights: Mapping[str, Any] = kept["weights"]
    return weights
