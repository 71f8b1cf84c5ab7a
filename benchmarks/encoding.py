"""Throughput of the encoder against bare onnxruntime: same model, lengths, threads, one run.

    python benchmarks/encoding.py [TEXTS.jsonl] [--count 200] [--characters 300] [--threads N]

Bare means: token ids made beforehand, sorted by length, in batches of 16, nothing but
``session.run``; its better result of "all threads inside a batch" and "one thread a batch" counts.
Our figure includes tokenising, batching, pooling and normalising. Rounds alternate between the
two, so that other load on the machine falls on both. Ends with status 1 below a ratio of 0.9.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from matcher.encoding import resolve_encoder
from matcher.encoding.settings import read_settings

_BATCH = 16
_WANTED = 0.9
_FIELDS = ("abstract", "problem", "title", "team_name")


def read_texts(path: Path, count: int, characters: int) -> list[str]:
    """Texts of about that many characters: the records' own text, joined until long enough."""
    texts: list[str] = []
    part = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        part += "。".join(str(record[field]) for field in _FIELDS if record.get(field))
        while len(part) >= characters and len(texts) < count:
            texts.append(part[:characters])
            part = part[characters:]
        if len(texts) == count:
            break
    return texts


def bare(folder: Path, texts: list[str], threads: int) -> dict[str, Callable[[], None]]:
    """The two ways of running bare onnxruntime, by name."""
    from tokenizers import Tokenizer

    from matcher.encoding.onnx_runtime import load_onnxruntime

    onnxruntime = load_onnxruntime()
    settings = read_settings(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(settings.max_length)
    tokenizer.enable_padding(pad_id=0)
    ordered = sorted(texts, key=lambda text: len(tokenizer.encode(text).ids))
    batches = []
    for start in range(0, len(ordered), _BATCH):
        prompts = [settings.passage_prompt + text for text in ordered[start : start + _BATCH]]
        items = tokenizer.encode_batch(prompts)
        ids = np.array([item.ids for item in items], np.int64)
        mask = np.array([item.attention_mask for item in items], np.int64)
        batches.append({"input_ids": ids, "attention_mask": mask})

    def session(inside: int) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = inside
        return onnxruntime.InferenceSession(
            str(settings.onnx), options, providers=["CPUExecutionProvider"]
        )

    inside, beside = session(threads), session(1)

    def one_after_another() -> None:
        for batch in batches:
            inside.run(None, batch)

    def side_by_side() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda batch: beside.run(None, batch), batches))

    return {"线程在批内": one_after_another, "一线程一批": side_by_side}


def main(given: list[str] | None = None) -> int:
    """Print the figures; 0 when the ratio is high enough."""
    parser = argparse.ArgumentParser(description="编码速度: 本软件与裸 onnxruntime 之比")
    default = Path(__file__).resolve().parent.parent / "corpora"
    parser.add_argument("texts", nargs="?", type=Path, help="JSONL; 默认取 corpora/ 中最大的")
    parser.add_argument("--encoder", default="multilingual-e5-small-zh")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--characters", type=int, default=300)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(given)
    path = options.texts or max(default.rglob("*.jsonl"), key=lambda file: file.stat().st_size)
    texts = read_texts(path, options.count, options.characters)
    encoder = resolve_encoder(options.encoder, backend="onnx", threads=options.threads)
    ways: dict[str, Callable[[], Any]] = {
        "matcher": lambda: encoder.encode_passages(texts),
        **bare(encoder.folder, texts, options.threads),
    }
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(options.rounds):
        for name, run in ways.items():
            began = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - began)
    print(f"{len(texts)} 段 × {options.characters} 字, {options.threads} 线程, {encoder.identity}")
    for name, seconds in best.items():
        print(f"{name}\t{len(texts) / seconds:.1f} 段/秒")
    ratio = min(seconds for name, seconds in best.items() if name != "matcher") / best["matcher"]
    print(f"比值\t{ratio:.3f} (要求 ≥ {_WANTED})")
    return 0 if ratio >= _WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
