r"""Makes the centres of the shipped encoder: what passages in general have in common.

    python -m benchmarks.centre models/encoders/multilingual-e5-small-zh.centre.json \
        --silver 对照.jsonl

From the shipped demonstration library (`corpora/demo`), and that of English phrases from every
fourth title of a paper in the written pairs; no judgement has a part in either.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from matcher.atomic import atomic_path
from matcher.encoding import DEFAULT_ENCODER
from matcher.models import mean_of_passages, open_encoder

_EVERY = 4


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--silver", type=Path, required=True)
    given = parser.parse_args()
    encoder = open_encoder(DEFAULT_ENCODER)
    assert encoder is not None
    pairs = [json.loads(line) for line in given.silver.read_text(encoding="utf-8").splitlines()]
    titles = [pair["paper_en"] for pair in pairs if pair.get("paper_en")][::_EVERY]
    english = encoder.encode_passages(titles).astype(np.float64).mean(axis=0)
    centres = {"centre": mean_of_passages(encoder), "english": english}
    rounded = {n: [round(float(number), 4) for number in v] for n, v in centres.items()}
    content = json.dumps({"encoder": DEFAULT_ENCODER, **rounded})
    with atomic_path(given.output) as temporary:
        temporary.write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
