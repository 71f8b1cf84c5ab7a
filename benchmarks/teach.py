"""Teaches the encoder that a factory's words and a laboratory's words mean the same thing.

    MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 python -m benchmarks.teach \
        --weights weights.bin --silver pairs.jsonl --papers PAPERS_FOLDER --work FOLDER \
        [--start models/encoders/NAME.safetensors] --output NAME.safetensors

(Fresh memory is slow; the settings of the allocator keep what a step has used.)

Low-rank changes (LoRA, Hu et al. 2021) of the upper layers are learned by contrast: a query must
find its own answer among the others of a batch, in Chinese and in English, and a neighbouring
team's terms beside it. Goes on where it stopped, under the same schedule only; the same data, seed
and start give the same batches and rates.
"""

# torch leaves most of its types open.
# mypy: disable-error-code="no-any-return,operator,union-attr,index,no-untyped-call"
from __future__ import annotations

import argparse
import itertools
import json
import math
import random
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from matcher.encoding.folder import bert_weights
from matcher.encoding.packed import Architecture, PackedModel
from matcher.encoding.vocabulary import build_tokenizer, character_exceptions
from matcher.learning.evaluation import read_qrels
from matcher.resources import data_path

RANK = 32
FIRST_LAYER = 4
BATCH = 64
# Examples of a kind in an epoch; the authors' English is there so that what is known is kept.
MOST = {"silver": 4000, "bilingual": 256}
# Of the written pairs one in so many keeps its English side: with English answers beside Chinese
# neighbours in most batches, the language told them apart and little else was learned.
_ENGLISH_IN = 5
# The length of the schedule: one epoch. Another number is another schedule, not more of this one.
STEPS = 56
TEMPERATURE = 0.02
RATE = 6e-4
WARM_UP = 6
# Topics near the benchmark's challenges, and topics and papers that measure what was learned.
APART = Path(__file__).with_name("apart.txt")
LONGEST = 88
_CHUNKS = 6
PREFIXES = ("query: ", "passage: ")


@dataclass(frozen=True)
class Example:
    """A query, its answer, perhaps something that looks like an answer and is none."""

    query: str
    answer: str
    other: str | None
    subject: str


class LowRank(nn.Module):
    """A frozen linear layer and a low-rank change of it."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(…, in) to (…, out)."""
        return self.base(x) + (x @ self.down.T) @ self.up.T


def silver_examples(pairs: Sequence[dict[str, Any]], rng: random.Random) -> list[Example]:
    """One way to ask and to answer a pair, drawn anew at every call."""
    return [_silver(pair, rng) for pair in pairs]


def _silver(pair: dict[str, Any], rng: random.Random) -> Example:
    english = "lab_en" in pair
    whole = f"{pair['title']}。{pair['problem']}"
    forms = [whole, pair["title"], pair["problem"], pair["topic"]]
    query = rng.choices(forms, (5, 3, 1, 1))[0]
    asked_in_english = english and rng.random() < 0.15
    if asked_in_english:
        query = rng.choice([pair["paper_en"], ", ".join(_some(pair["lab_en"], rng))])
    draw = rng.random()
    if english and draw < (0.2 if asked_in_english else 0.45):
        answer = (
            pair["paper_en"]
            if rng.random() < 0.6 and query != pair["paper_en"]
            else ", ".join(_some(pair["lab_en"], rng))
        )
        other = "。".join(_some(pair["near"], rng))
    elif draw > 0.85:
        answer, other = rng.choice(pair["lab"]), rng.choice(pair["near"])
    else:
        answer, other = "。".join(_some(pair["lab"], rng)), "。".join(_some(pair["near"], rng))
    return Example(query, answer, other, pair["topic"])


def _some(terms: Sequence[str], rng: random.Random) -> list[str]:
    return rng.sample(list(terms), min(len(terms), rng.randint(3, 7)))


def paper_examples(papers: Sequence[dict[str, Any]], rng: random.Random) -> list[Example]:
    """A paper in one language finds itself in the other."""
    made = []
    for paper in papers:
        chinese = [paper["title"], _start(f"{paper['title']}。{paper['abstract']}", 110)]
        sides = [rng.choice(paper["english"]), rng.choice(chinese)]
        if rng.random() < 0.4:
            sides.reverse()
        made.append(Example(sides[0], sides[1], None, paper["paper_id"]))
    return made


def _start(text: str, characters: int) -> str:
    return text[:characters]


def batches(
    sources: dict[str, Sequence[dict[str, Any]]], seed: int, epoch: int
) -> Iterator[list[Example]]:
    """The batches of an epoch, each of one kind of data, in an order of its own."""
    rng = random.Random(seed * 1000 + epoch)
    made: list[list[Example]] = []
    for name, rows in sources.items():
        make = silver_examples if name == "silver" else paper_examples
        examples = make(rows, rng)
        rng.shuffle(examples)
        examples = examples[: MOST[name]]
        made += [examples[low : low + BATCH] for low in range(0, len(examples), BATCH)]
    made = [one for one in made if len(one) > BATCH // 2]
    rng.shuffle(made)
    return iter(made)


def loss_of(model: Teachable, examples: Sequence[Example]) -> torch.Tensor:
    """Cross-entropy of each query's own answer among all answers and neighbours of the batch."""
    others = [e for e in examples if e.other]
    queries = [PREFIXES[0] + e.query for e in examples]
    answers = [PREFIXES[1] + text for text in [e.answer for e in examples]]
    neighbours = [PREFIXES[1] + str(e.other) for e in others]
    vectors = model.encode([*queries, *answers, *neighbours])
    asked, found = vectors[: len(queries)], vectors[len(queries) :]
    scores = asked @ found.T / TEMPERATURE
    subjects = [e.subject for e in examples]
    same = torch.tensor([[a == b for b in subjects] for a in subjects]).fill_diagonal_(False)
    scores[:, : len(subjects)] = scores[:, : len(subjects)].masked_fill(same, -1e4)
    target = torch.arange(len(examples))
    forth = nn.functional.cross_entropy(scores, target)
    back = nn.functional.cross_entropy(scores[:, : len(subjects)].T, target)
    return forth + 0.5 * back


class Teachable(nn.Module):
    """The packed encoder in torch with low-rank changes, mean pooling, and its tokeniser."""

    def __init__(self, packed: PackedModel, rank: int = RANK) -> None:
        super().__init__()
        rows = np.arange(len(packed.pieces))
        self.bert = _bert(packed.architecture, bert_weights(packed, rows))
        self.tokenizer = build_tokenizer(
            packed.pieces,
            packed.scores,
            packed.special,
            character_exceptions(packed.character_map, packed.pieces),
            LONGEST,
        )
        self.tokenizer.enable_padding(pad_id=packed.special.padding)
        self.changed: dict[str, LowRank] = {}
        torch.manual_seed(0)
        for layer in range(FIRST_LAYER, packed.architecture.layers):
            prefix = f"encoder.layer.{layer}."
            for name, module in list(self.bert.named_modules()):
                if name.startswith(prefix) and isinstance(module, nn.Linear):
                    parent = self.bert.get_submodule(name.rpartition(".")[0])
                    low = LowRank(module, rank)
                    setattr(parent, name.rpartition(".")[2], low)
                    self.changed[name] = low

    def parameters_to_teach(self) -> list[nn.Parameter]:
        """The low-rank parts."""
        return [p for low in self.changed.values() for p in (low.down, low.up)]

    def encode(self, texts: Sequence[str]) -> torch.Tensor:
        """(n, width) unit vectors; texts of like length go together."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        size = -(-len(order) // _CHUNKS)
        # One region for all chunks: the frozen weights are cast once.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            parts = [
                self._pooled([texts[i] for i in order[low : low + size]])
                for low in range(0, len(order), size)
            ]
        back = torch.empty(len(order), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(order))
        return nn.functional.normalize(torch.cat(parts).float(), dim=-1)[back]

    def _pooled(self, texts: Sequence[str]) -> torch.Tensor:
        encoded = self.tokenizer.encode_batch(list(texts))
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded])
        hidden = self._hidden(ids, mask)
        weights = mask.unsqueeze(-1).float()
        return (hidden.float() * weights).sum(1) / weights.sum(1)

    def _hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        bias = (1.0 - mask[:, None, None, :].float()) * -1e4
        with torch.no_grad():
            x = self.bert.embeddings(input_ids=ids)
            for layer in self.bert.encoder.layer[:FIRST_LAYER]:
                x = _output(layer(x, attention_mask=bias.to(x.dtype)))
        for layer in self.bert.encoder.layer[FIRST_LAYER:]:
            x = _output(layer(x, attention_mask=bias.to(x.dtype)))
        return x


def _output(found: Any) -> torch.Tensor:
    return found[0] if isinstance(found, tuple) else found


def _bert(sizes: Architecture, weights: dict[str, Any]) -> nn.Module:
    from transformers import BertConfig, BertModel

    bert = BertModel(
        BertConfig(
            vocab_size=sizes.rows,
            hidden_size=sizes.width,
            num_hidden_layers=sizes.layers,
            num_attention_heads=sizes.heads,
            intermediate_size=sizes.inner,
            max_position_embeddings=sizes.positions,
            type_vocab_size=sizes.token_types,
            layer_norm_eps=sizes.epsilon,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="sdpa",
        ),
        add_pooling_layer=False,
    )
    tensors = {
        k: torch.from_numpy(np.array(v)) for k, v in weights.items() if not k.startswith("pooler")
    }
    padded = torch.zeros(sizes.rows, sizes.width)
    padded[: len(tensors["embeddings.word_embeddings.weight"])] = tensors[
        "embeddings.word_embeddings.weight"
    ]
    tensors["embeddings.word_embeddings.weight"] = padded
    missing, unexpected = bert.load_state_dict(tensors, strict=False)
    if unexpected or [name for name in missing if "position_ids" not in name]:
        raise SystemExit(f"weights do not fit: {missing} {unexpected}")
    return bert.requires_grad_(False)


def resumed(kept: Path, steps: int) -> dict[str, Any] | None:
    """What a checkpoint holds, if there is one; one of another schedule ends the run."""
    if not kept.exists():
        return None
    state: dict[str, Any] = torch.load(kept)
    if state["steps"] != steps:
        raise SystemExit(f"{kept} is of a schedule of {state['steps']} steps, not {steps}")
    return state


def keep(kept: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint whole or not at all."""
    torch.save(state, kept.with_suffix(".new"))
    kept.with_suffix(".new").replace(kept)


def set_rate(optimiser: torch.optim.Optimizer, warm: float, step: int, steps: int) -> None:
    """The rate of a step: the warmed-up one, falling along half a cosine."""
    for group in optimiser.param_groups:
        group["lr"] = warm * 0.5 * (1 + math.cos(math.pi * step / (steps + 1)))


def teach(model: Teachable, sources: dict[str, Any], steps: int, work: Path, seed: int = 0) -> None:
    """Train, keeping a checkpoint in ``work`` that a later call goes on from."""
    optimiser = torch.optim.AdamW(model.parameters_to_teach(), lr=RATE, weight_decay=0.01)
    kept = work / "checkpoint.pt"
    done = 0
    if (state := resumed(kept, steps)) is not None:
        done = state["done"]
        _load(model, state["changes"])
        optimiser.load_state_dict(state["optimiser"])
    step, spent, began = 0, 0.0, time.time()
    for epoch in itertools.count():
        for examples in batches(sources, seed, epoch):
            step += 1
            if step <= done:
                continue
            if step > steps:
                return
            set_rate(optimiser, RATE * min(1.0, step / WARM_UP), step, steps)
            loss = loss_of(model, examples)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters_to_teach(), 1.0)
            optimiser.step()
            spent = 0.95 * spent + 0.05 * float(loss.detach())
            if step % 4 == 0:
                print(f"{step}/{steps} loss {spent:.3f} {time.time() - began:.0f}s", flush=True)
            if step % 4 == 0 or step == steps:
                state = {
                    "done": step,
                    "steps": steps,
                    "changes": changes(model),
                    "optimiser": optimiser.state_dict(),
                }
                keep(kept, state)


def changes(model: Teachable) -> dict[str, torch.Tensor]:
    """The low-rank parts by name: ``<layer>.down`` (rank, in), ``<layer>.up`` (out, rank)."""
    return {
        f"{name}.{side}": getattr(low, side).detach().clone()
        for name, low in model.changed.items()
        for side in ("down", "up")
    }


def _load(model: Teachable, state: dict[str, torch.Tensor]) -> None:
    for name, low in model.changed.items():
        low.down.data.copy_(state[f"{name}.down"].float())
        low.up.data.copy_(state[f"{name}.up"].float())


def read_sources(
    silver: Path, papers: Path, apart: set[str], held: set[str]
) -> dict[str, list[dict[str, Any]]]:
    """What is taught from; ``apart`` are topics and paper ids that are not."""
    written = [_mostly_chinese(pair) for pair in _rows(silver)]
    graded = graded_pairs(data_path("corpora/benchmark"))
    pairs = [p for p in [*written, *graded] if p["topic"] not in apart]
    english = {}
    for row in _rows(papers / "english.jsonl"):
        texts = [row["title_en"], row["abstract_en"] and row["abstract_en"][:300]]
        english[row["paper_id"]] = [text for text in texts if text]
    bilingual = []
    for row in _rows(papers / "papers.jsonl"):
        if row["title"] in held or row["paper_id"] in apart:
            continue
        if english.get(row["paper_id"]):
            bilingual.append({**row, "english": english[row["paper_id"]]})
    return {"silver": pairs, "bilingual": bilingual}


def _mostly_chinese(pair: dict[str, Any]) -> dict[str, Any]:
    if zlib.crc32(pair["topic"].encode()) % _ENGLISH_IN:
        return {name: value for name, value in pair.items() if name not in ("lab_en", "paper_en")}
    return pair


def graded_pairs(benchmark: Path) -> list[dict[str, Any]]:
    """Written problems, not the judged challenges, with teams that readers found worth calling,
    each beside one that they found unrelated; squarely fitting ones twice.
    """
    rng = random.Random(1)
    phrases = {row["team_id"]: _phrases(row) for row in _rows(benchmark / "teams.jsonl")}
    qrels = read_qrels(benchmark / "silver" / "qrels_graded.txt")
    asked = {r["challenge_id"]: r for r in _rows(benchmark / "silver" / "challenges.jsonl")}
    made = []
    for number, grades in qrels.items():
        title, problem = asked[number]["title"], asked[number].get("problem", "")
        unrelated = [team for team, grade in grades.items() if grade == 0]
        for team, grade in grades.items():
            if grade < 2 or not phrases[team] or not unrelated:
                continue
            for _ in range(grade - 1):
                near = phrases[rng.choice(unrelated)]
                made.append(
                    {"topic": title, "title": title, "problem": problem}
                    | {"lab": phrases[team], "near": near}
                )
    return made


def _phrases(team: dict[str, Any]) -> list[str]:
    titles = [piece["title"] for piece in team.get("evidence", ())]
    return [*team.get("research_directions", ()), *team.get("core_capabilities", ()), *titles[:6]]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def main() -> None:
    """Teach and write the changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--silver", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--apart", type=Path, default=APART, help="topics, paper ids")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--start", type=Path, help="changes to go on from")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    apart = set(given.apart.read_text(encoding="utf-8").split("\n"))
    held = {row["title"] for row in _rows(given.papers / "challenges.jsonl")}
    sources = read_sources(given.silver, given.papers, apart, held)
    print({name: len(rows) for name, rows in sources.items()}, flush=True)
    model = Teachable(PackedModel.from_file(given.weights))
    if given.start is not None:
        _load(model, load_file(given.start))
    teach(model, sources, given.steps, given.work)
    halves = {name: tensor.half().contiguous() for name, tensor in changes(model).items()}
    save_file(halves, given.output)


if __name__ == "__main__":
    main()
