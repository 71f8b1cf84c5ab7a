"""Makes the centre of the shipped encoder: what passages in general have in common.

    python -m benchmarks.centre models/encoders/multilingual-e5-small-zh.centre.json

From the shipped demonstration library (`corpora/demo`); no judgement has a part in it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from matcher.atomic import atomic_path
from matcher.encoding import DEFAULT_ENCODER
from matcher.models import mean_of_passages, open_encoder


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    encoder = open_encoder(DEFAULT_ENCODER)
    assert encoder is not None
    numbers = [round(float(number), 4) for number in mean_of_passages(encoder)]
    content = json.dumps({"encoder": DEFAULT_ENCODER, "centre": numbers})
    with atomic_path(parser.parse_args().output) as temporary:
        temporary.write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
