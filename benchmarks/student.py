"""Distils a student of few layers from the taught encoder, and builds its folder.

    OMP_NUM_THREADS=1 nice -n 5 python benchmarks/student.py --layers 6 \
        --silver pairs.jsonl --papers PAPERS_FOLDER --awards AWARDS.csv --work FOLDER

The student begins as evenly spaced layers of the installed encoder, keeps its vocabulary and word
vectors, and learns what the encoder, as the product runs it, makes of every token (relative
squared error) and of the whole text (cosine about the centre that ranking takes off). The texts
are unlabelled pieces of 10 to 300 characters. Judged challenges, the written topics near them, and
every paper that a benchmark asks or finds are not among them; see ``apart.txt``.

What the encoder makes of the texts is computed once, in blocks, for students of any size; teaching
keeps a checkpoint. Both go on where they stopped; the same data and seed give the same batches. The
folder ``FOLDER/multilingual-e5-small-zh-N`` serves wherever an encoder's folder does
(``--encoder``).
"""

# torch leaves most of its types open.
# mypy: disable-error-code="no-any-return,operator,union-attr,index,no-untyped-call"
from __future__ import annotations

import argparse
import csv
import json
import random
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file
from teach import APART, PREFIXES, _bert, _output, _rows, keep, resumed, set_rate
from torch import nn

from matcher.encoding import DEFAULT_ENCODER, encoder_dir
from matcher.encoding.folder import WEIGHTS_FILE, write_weights
from matcher.encoding.onnx_runtime import OnnxRuntime
from matcher.encoding.packed import Architecture
from matcher.encoding.sentence import SentenceEncoder, clipped
from matcher.models import passage_centre
from matcher.text.normalise import plain

SEED = 0
STEPS = 400
RATE = 5e-4
WARM_UP = 80
# Padded tokens of a batch, and how many texts are sorted by length to make batches of.
BATCH_TOKENS = 1024
_WINDOW = 2048
# Of the awards so many titles: they are many, short and of one field.
_AWARDS = 5000
_LENGTHS = (30, 60, 120, 300)
_BLOCK = 2048
# Of all the texts so many are learned from.
TEXTS = 11 * _BLOCK
_KEEP_EVERY = 40
_SENTENCE = re.compile(r"(?<=[。；！？;])|(?<=[.!?] )")


def pieces(text: str, rng: random.Random, count: int) -> list[str]:
    """Runs of a text's sentences, each of a length drawn anew."""
    sentences = [s for s in _SENTENCE.split(text) if s.strip()]
    found = []
    for _ in range(min(count, len(sentences))):
        start, wanted = rng.randrange(len(sentences)), rng.choice(_LENGTHS)
        run = ""
        for sentence in sentences[start:]:
            if run and len(run) + len(sentence) > wanted * 1.3:
                break
            run += sentence
        found.append(run[:300].strip())
    return found


def texts_to_learn(silver: Path, papers: Path, awards: Path, apart: set[str]) -> list[str]:
    """Texts with their prompts, each once, in an order that is drawn once."""
    rng = random.Random(SEED)
    queries: list[str] = []
    passages: list[str] = []
    for pair in _rows(silver):
        if pair["topic"] in apart:
            continue
        queries += [f"{pair['title']}。{pair['problem']}", pair["title"]]
        queries += pieces(pair["problem"], rng, 1)
        passages += ["。".join(pair["lab"]), *rng.sample(pair["lab"], min(3, len(pair["lab"])))]
        passages += [rng.choice(pair["near"])]
        if "lab_en" in pair:
            passages += [pair["paper_en"], ", ".join(pair["lab_en"])]
    unseen = papers_apart(papers)
    kept = set()
    for paper in _rows(papers / "papers.jsonl"):
        if paper["title"] in unseen or paper["paper_id"] in apart:
            continue
        kept.add(paper["paper_id"])
        (queries if rng.random() < 0.3 else passages).append(paper["title"])
        passages += pieces(paper["abstract"], rng, 2)
        queries += pieces(paper["abstract"], rng, 1) if rng.random() < 0.3 else []
    for row in _rows(papers / "english.jsonl"):
        if row["paper_id"] in kept:
            passages += [row["title_en"]] if row["title_en"] else []
            passages += pieces(row["abstract_en"] or "", rng, 1)
    with awards.open(encoding="utf-8", newline="") as stream:
        titles = [row["项目名称"] for row in csv.DictReader(stream)]
    passages += rng.sample(titles, _AWARDS)
    prompted = [PREFIXES[0] + _as_read(text) for text in queries]
    prompted += [PREFIXES[1] + _as_read(text) for text in passages]
    distinct = list(dict.fromkeys(prompted))
    rng.shuffle(distinct)
    return distinct[:TEXTS]


def papers_apart(papers: Path) -> set[str]:
    """Titles of the papers that a benchmark asks or that its teams are found by."""
    asked = {row["title"] for row in _rows(papers / "challenges.jsonl")}
    found = {one["title"] for team in _rows(papers / "teams.jsonl") for one in team["evidence"]}
    return asked | found


def _as_read(text: str) -> str:
    return clipped(plain(text), 256)


class Lessons:
    """Token ids of texts and what the encoder made of each token, in blocks on disk."""

    def __init__(self, texts: Sequence[str], work: Path) -> None:
        self._work = work
        self._texts = texts
        self.blocks = -(-len(texts) // _BLOCK)

    def prepare(self, threads: int) -> None:
        """Make the blocks that are not there."""
        folder = encoder_dir(DEFAULT_ENCODER)
        runtime = OnnxRuntime(folder, folder / "onnx" / "model_int8.onnx", "mean", 256, threads)
        began = time.time()
        for number in range(self.blocks):
            if self._path(number).exists():
                continue
            texts = self._texts[number * _BLOCK : (number + 1) * _BLOCK]
            ids = runtime._ids(texts)
            states: list[Any] = [None] * len(ids)
            for batch, (hidden, _) in runtime._batches(ids, runtime._run_open):
                for row, place in enumerate(batch):
                    states[place] = hidden[row, : len(ids[place])].astype(np.float16)
            made = self._path(number).with_suffix(".new")
            with made.open("wb") as stream:
                np.savez(
                    stream,
                    ids=np.concatenate(ids).astype(np.int32),
                    lengths=np.array([len(row) for row in ids]),
                    states=np.concatenate(states),
                )
            made.replace(self._path(number))
            print(f"教师 {number + 1}/{self.blocks} {time.time() - began:.0f}s", flush=True)

    def load(self) -> tuple[list[Any], list[Any]]:
        """Token ids and states of every text."""
        ids: list[Any] = []
        states: list[Any] = []
        for number in range(self.blocks):
            with np.load(self._path(number)) as kept:
                ends = np.cumsum(kept["lengths"])[:-1]
                ids += np.split(kept["ids"], ends)
                states += np.split(kept["states"], ends)
        return ids, states

    def _path(self, number: int) -> Path:
        return self._work / f"lessons-{number:03d}.npz"


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of about one length, for ever; each epoch in an order of its own."""
    for epoch in range(10**6):
        rng = random.Random(SEED * 1000 + epoch)
        order = list(range(len(lengths)))
        rng.shuffle(order)
        made: list[list[int]] = []
        for low in range(0, len(order), _WINDOW):
            batch: list[int] = []
            for place in sorted(order[low : low + _WINDOW], key=lambda i: lengths[i]):
                if batch and lengths[place] * (len(batch) + 1) > BATCH_TOKENS:
                    made.append(batch)
                    batch = []
                batch.append(place)
            made.append(batch)
        rng.shuffle(made)
        yield from made


def sizes_of(folder: Path, layers: int) -> Architecture:
    """The encoder's sizes with other layers."""
    told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return Architecture(
        rows=told["vocab_size"], width=told["hidden_size"], layers=layers,
        heads=told["num_attention_heads"], inner=told["intermediate_size"],
        positions=told["max_position_embeddings"], token_types=told["type_vocab_size"],
        epsilon=told["layer_norm_eps"],
    )  # fmt: skip


def spaced_layers(weights: dict[str, Any], of: int, layers: int) -> dict[str, Any]:
    """The weights with evenly spaced layers alone, the first and the last among them."""
    chosen = np.linspace(0, of - 1, layers).round().astype(int)
    kept = {n: w for n, w in weights.items() if not n.startswith("encoder.layer.")}
    for new, old in enumerate(chosen):
        prefix = f"encoder.layer.{old}."
        kept |= {
            f"encoder.layer.{new}.{name.removeprefix(prefix)}": w
            for name, w in weights.items()
            if name.startswith(prefix)
        }
    return kept


def loss_of(bert: nn.Module, ids: list[Any], states: list[Any], centre: torch.Tensor) -> Any:
    """Cosine of the whole about the centre, and relative squared error of every token."""
    longest = max(len(row) for row in ids)
    given = torch.zeros(len(ids), longest, dtype=torch.long)
    mask = torch.zeros(len(ids), longest)
    wanted = torch.zeros(len(ids), longest, states[0].shape[1])
    for number, (row, state) in enumerate(zip(ids, states, strict=True)):
        given[number, : len(row)] = torch.from_numpy(row.astype(np.int64))
        mask[number, : len(row)] = 1
        wanted[number, : len(row)] = torch.from_numpy(state.astype(np.float32))
    bias = (1.0 - mask[:, None, None, :]) * -1e4
    with torch.autocast("cpu", dtype=torch.bfloat16):
        with torch.no_grad():
            x = bert.embeddings(input_ids=given)
        for layer in bert.encoder.layer:
            x = _output(layer(x, attention_mask=bias.to(x.dtype)))
    x = x.float()
    weights = mask.unsqueeze(-1)
    error = ((x - wanted).square() * weights).sum() / (wanted.square() * weights).sum()
    whole, right = (
        nn.functional.normalize((of * weights).sum(1) / weights.sum(1), dim=-1) - centre
        for of in (x, wanted)
    )
    cosine = nn.functional.cosine_similarity(whole, right).mean()
    return 1 - cosine + error, cosine.detach(), error.detach()


def teach(bert: nn.Module, lessons: Lessons, steps: int, kept: Path) -> None:
    """Train, keeping a checkpoint that a later call goes on from."""
    ids, states = lessons.load()
    print(f"{len(ids)} 段, {sum(len(row) for row in ids)} 个词元", flush=True)
    taught = [p for n, p in bert.named_parameters() if n.startswith("encoder.")]
    for parameter in taught:
        parameter.requires_grad_(True)
    found = passage_centre(SentenceEncoder(encoder_dir(DEFAULT_ENCODER)))
    assert found is not None
    centre = torch.from_numpy(found)
    optimiser = torch.optim.AdamW(taught, lr=RATE, weight_decay=0.01)
    done = 0
    if (state := resumed(kept, steps)) is not None:
        done = state["done"]
        bert.load_state_dict(state["bert"])
        optimiser.load_state_dict(state["optimiser"])
    began, spent = time.time(), np.zeros(2)
    for step, batch in enumerate(batches([len(row) for row in ids]), 1):
        if step > steps:
            return
        if step <= done:
            continue
        set_rate(optimiser, RATE * min(1.0, step / WARM_UP), step, steps)
        loss, *parts = loss_of(bert, [ids[i] for i in batch], [states[i] for i in batch], centre)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(taught, 1.0)
        optimiser.step()
        spent = 0.95 * spent + 0.05 * np.array([float(part) for part in parts])
        if step % _KEEP_EVERY == 0 or step == steps:
            told = spent / (1 - 0.95 ** (step - done))
            print(f"{step}/{steps} 余弦 {told[0]:.4f} 误差 {told[1]:.4f}"
                  f" {time.time() - began:.0f}s", flush=True)  # fmt: skip
            state = {"done": step, "steps": steps, "bert": bert.state_dict()}
            keep(kept, state | {"optimiser": optimiser.state_dict()})


def write_folder(folder: Path, bert: nn.Module, sizes: Architecture) -> None:
    """A copy of the encoder's folder with the student's weights."""
    source = encoder_dir(DEFAULT_ENCODER)
    if folder.exists():
        shutil.rmtree(folder)
    left = shutil.ignore_patterns(WEIGHTS_FILE, "onnx", "manifest.json", "tokens.npz")
    shutil.copytree(source, folder, ignore=left)
    weights = {name: tensor.numpy() for name, tensor in bert.state_dict().items()}
    pooler = {n: w for n, w in load_file(source / WEIGHTS_FILE).items() if n.startswith("pooler")}
    write_weights(folder, {**weights, **pooler}, sizes)
    for name, old, new in (
        ("config.json", '"num_hidden_layers": 12', f'"num_hidden_layers": {sizes.layers}'),
        ("matcher_card.toml", f'"{DEFAULT_ENCODER}"', f'"{folder.name}"'),
    ):
        content = (folder / name).read_text(encoding="utf-8")
        if old not in content:
            raise SystemExit(f"{folder / name} does not say {old}")
        (folder / name).write_text(content.replace(old, new), encoding="utf-8")


def main() -> None:
    """Teach a student and write its folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, required=True)
    parser.add_argument("--silver", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--awards", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    given.work.mkdir(parents=True, exist_ok=True)
    apart = set(APART.read_text(encoding="utf-8").split("\n"))
    lessons = Lessons(texts_to_learn(given.silver, given.papers, given.awards, apart), given.work)
    lessons.prepare(given.threads)
    source = encoder_dir(DEFAULT_ENCODER)
    whole = sizes_of(source, 12)
    sizes = replace(whole, layers=given.layers)
    bert = _bert(sizes, spaced_layers(load_file(source / WEIGHTS_FILE), whole.layers, sizes.layers))
    if given.steps:
        teach(bert, lessons, given.steps, given.work / f"student-{sizes.layers}.pt")
    write_folder(given.work / f"{DEFAULT_ENCODER}-{sizes.layers}", bert, sizes)


if __name__ == "__main__":
    main()
