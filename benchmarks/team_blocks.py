"""What a process needs in memory that looks through one block of teams, not the whole library.

    nice -n 5 python benchmarks/team_blocks.py --teams 1000000 --blocks 4

Reads the index that `scale.py` has built. One number of blocks a process, so that memory is its
own. The deviations of the words are those of the block alone, which changes neither memory nor
time; in a run they are put together from all blocks (`matcher.cluster.partition`).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from scale import memory, opened, seconds

from matcher.cluster.partition import shares
from matcher.corpora import read_challenges
from matcher.encoding import DEFAULT_ENCODER
from matcher.index.collection import Collection
from matcher.models import open_encoder, query_centre
from matcher.pipeline import Matcher
from matcher.ranking.query import queries
from matcher.ranking.scan import word_mean_stds, word_sums
from matcher.ranking.search import nearest
from matcher.resources import data_path
from matcher.text.tokenise import default_tokenizer


def main() -> None:
    """Print a line."""
    parser = argparse.ArgumentParser(description="一块团队要多少内存")
    demo = data_path("corpora/demo")
    parser.add_argument("--teams", type=int, default=100_000)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--queries", type=int, default=64)
    parser.add_argument("--folder", type=Path, default=Path("output/scale"))
    parser.add_argument("--challenges", type=Path, default=demo / "challenges.jsonl")
    options = parser.parse_args()
    encoder = open_encoder(DEFAULT_ENCODER)
    assert encoder is not None
    wanted = read_challenges(options.challenges).records[: options.queries]
    asked = queries(wanted, default_tokenizer(), encoder)
    centre = query_centre(encoder)
    before = memory()["resident_gb"]
    library = opened(options.folder / str(options.teams))
    whole = Matcher({}, {}, Collection.whole(library), default_tokenizer(), encoder)
    share = range(*shares(whole, options.blocks)[0])
    found: list[Any] = []
    words = seconds(lambda: found.append(word_sums(asked, library, share)))
    mean_stds = word_mean_stds(found[0], library)
    near = seconds(lambda: list(nearest(asked, library, centre, 200, share, mean_stds)))
    held = memory()["resident_gb"] - before
    each = [f"{1e3 * spent / len(asked):.0f}" for _, spent in (words, near)]
    print(f"{options.teams} 个团队的 1/{options.blocks} ({len(share)} 段): 常驻 {held:.2f} GB, "
          f"每项需求处理器 {' + '.join(each)} 毫秒")  # fmt: skip


if __name__ == "__main__":
    main()
