"""From texts of teams to the first complete ranking: what it costs, and when answers begin.

    OMP_NUM_THREADS=1 nice -n 10 python benchmarks/first_index.py TEXTS.jsonl [--teams 1000]
        [--exact 1000]

Teams have three pieces of about 120 characters cut from the texts given. Processor seconds, from
an empty workspace on disk to the ranking of the first challenge, without any cache of vectors:

    words    by words alone
    drafts   ``later``: words and drafts of vectors, exact ones put off
    exact    all vectors made first; for ``--exact`` teams, and by its rate for all

The last lines say what that is at other sizes, every part by its own growth.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from matcher import Challenge, Evidence, Team
from matcher.corpora import read_challenges
from matcher.encoding import resolve_encoder
from matcher.resources import data_path
from matcher.text.tokenise import default_tokenizer
from matcher.workspace import Workspace

_CHARACTERS = 120
_PIECES = 3


def pieces(path: Path) -> Iterator[str]:
    """Stretches of the texts of a file, again from another place when all are used."""
    lines = path.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    whole = "".join(str(t.get("abstract") or t.get("problem") or "") for t in texts)
    start = 0
    while True:
        for low in range(start, len(whole) - _CHARACTERS, _CHARACTERS):
            yield whole[low : low + _CHARACTERS]
        start += 37


def made_teams(path: Path, count: int) -> list[Team]:
    """Teams of a description and two papers."""
    texts = pieces(path)
    made = []
    for number in range(count):
        profile, *rest = islice(texts, _PIECES)
        evidence = tuple(
            Evidence(kind="论文", title=text[:20], abstract=text[20:]) for text in rest
        )
        made.append(
            Team(
                team_id=f"T{number:07}",
                team_name=f"第{number}组",
                org_name="某单位",
                profile=profile,
                evidence=evidence,
            )
        )
    return made


def first_ranking(
    teams: list[Team], challenge: Challenge, encoder: object, later: bool
) -> dict[str, float]:
    """Processor seconds of each step."""
    spent = {}
    with tempfile.TemporaryDirectory() as folder:
        opened = Workspace(folder, encoder=encoder, later=later)  # type: ignore[arg-type]
        began = time.process_time()
        opened.put([("challenge", [challenge]), ("team", teams)])
        spent["存入"] = time.process_time() - began
        began = time.process_time()
        matcher = opened.matcher()
        spent["打开"] = time.process_time() - began
        began = time.process_time()
        ranked = matcher.rank(challenge.challenge_id, 10)
        assert len(ranked.matches) == 10
        spent["第一个排名"] = time.process_time() - began
    return spent


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="从文字到第一个完整的排名")
    parser.add_argument("texts", type=Path)
    parser.add_argument("--teams", type=int, nargs="+", default=[1000])
    parser.add_argument("--exact", type=int, default=1000)
    options = parser.parse_args()
    challenge = read_challenges(data_path("corpora/demo/challenges.jsonl")).records[0]
    encoder = resolve_encoder()
    tokenizer = default_tokenizer()
    tokenizer.tokens("先载入词典")
    encoder.encode_queries(["先载入"])
    encoder.draft(["先载入"])
    ways: list[tuple[str, int, object, bool]] = [("全部编码", options.exact, encoder, False)]
    for count in options.teams:
        ways += [("只用词", count, None, False), ("先粗算", count, encoder, True)]
    for name, count, model, later in ways:
        spent = first_ranking(made_teams(options.texts, count), challenge, model, later)
        parts = ", ".join(f"{step} {seconds:.2f}" for step, seconds in spent.items())
        whole = sum(spent.values())
        print(
            f"{name}\t{count} 个团队\t{whole:.1f} 秒, 每个团队 {1e3 * whole / count:.2f} 毫秒\t"
            f"{parts}",
            flush=True,
        )


if __name__ == "__main__":
    main()
