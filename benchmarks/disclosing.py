"""What counts how much when a clause is judged for naming somebody or saying how to reach him.

    python -m benchmarks.disclosing [--write]

A logistic regression over clauses: of the labelled needs, ways of writing contacts and names
(tests/data, some of them made of patterns with names put in), against all clauses of the shipped
lists and what only looks alike. Each source is told by weights fitted without it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from matcher.clues import Clues, clues_in, plain_clues
from matcher.contacts import half_width
from matcher.corpora.pasted import challenge_from_text
from matcher.records import reachable
from matcher.resources import data_path
from matcher.tagging import tagged
from matcher.withholding import CHOICE, WEIGHTS, Cues, clauses, place_of

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
REACHING = DATA / "reaching"
LISTS = ("demo/challenges", "demo/chokepoints35", "benchmark/challenges",
         "benchmark/silver/challenges", "silver/problems")  # fmt: skip
FIELDS = ("title", "problem", "tech_difficulties", "research_content", "indicators_text",
          "existing_basis", "excluded_routes", "eligibility_text", "ip_terms")  # fmt: skip
PLACES = 1 << 17
_STRENGTH, _DRAWS, _FOLDS, _SEED = 1.0, 8, 4, 7
# What a weight is a multiple of, and clues are told in.
_STEP, _TENTHS = 0.02, 10
_ROUND = 100
# A clause is kept back from here on: in 500 of the shipped lists at most one is.
_LEAST = -1.25
_TRIED = (-2.0, -1.5, -1.25, -1.0, -0.75, -0.5, 0.0, 0.5)
_SIGNS = str.maketrans("|¦", "\n\t")
# How much a way of one source counts.
_WEIGHTS = {"contacts": 0.4, "ways": 2.0, "written": 2.0}
_RUNS, _RARE, _MET, _TIMES = (1, 2, 3, 4, 6), 8, 3, 2


Text = tuple[str, str, list[str]]


class Case(NamedTuple):
    """A clause of a text with those beside it, and whether it may not be shown."""

    source: str
    text: int
    clause: str
    before: str
    behind: str
    private: bool


def lines_of(path: Path) -> Iterator[list[str]]:
    """The columns of each line of a table."""
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("# "):
            first, *others = line.split("\t")
            yield [first.translate(_SIGNS), *others]


def texts() -> Iterator[Text]:
    """All texts with their source and what of each is private."""
    yield from _with_what_is_shown(_needs())
    for way, private in lines_of(DATA / "contacts.txt"):
        yield "contacts", way, private.split("|")
        yield "contacts", f"密封圈两个月就漏，想换材料。{way}", private.split("|")
    for text, private in lines_of(REACHING / "written.tsv"):
        yield "written", text, private.split(";")
    for source, name in (("ways harmless", "ways_harmless"), ("written harmless", "harmless")):
        yield from ((source, text, []) for text, *_ in lines_of(REACHING / f"{name}.tsv"))
    yield from (("made", *one) for one in made("told", "names"))
    yield from (("made", text, []) for text, _ in made("untold", "things"))
    for name in LISTS:
        path = data_path("corpora") / f"{name}.jsonl"
        for line in dict.fromkeys(path.read_text("utf-8").splitlines()):
            one: dict[str, Any] = json.loads(line)
            number = hashlib.sha256(str(one.get("title")).encode()).digest()[0] % _FOLDS
            said = (text for text in one.values() if isinstance(text, str))
            yield from ((f"list {number}", text, []) for text in said)


def _needs() -> Iterator[Text]:
    """What was pasted whole."""
    paths = [*sorted((DATA / "fresh").glob("*/needs.jsonl")), DATA / "fresh" / "needs.jsonl",
             DATA / "needs" / "fourth.jsonl"]  # fmt: skip
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            need = json.loads(line)
            yield f"need {path.parent.name}", need["text"], need["private"]
    for path in (DATA / "persons.tsv", DATA / "accounts.tsv", REACHING / "ways.tsv"):
        for text, private, *_ in lines_of(path):
            yield path.stem, text, list(filter(None, private.split(";")))


def _with_what_is_shown(needs: Iterable[Text]) -> Iterator[Text]:
    """Each need, and what anybody sees of it, nothing being kept back by judgement."""
    for source, text, private in needs:
        yield source, text, private
        yield from ((f"{source} shown", one, private) for one in public_texts(text))


def public_texts(text: str) -> list[str]:
    """What anybody sees of a pasted need, nothing being kept back by judgement."""
    made = challenge_from_text(text)
    return [shown for name in FIELDS if (shown := getattr(made, name))]


def made(patterns: str, values: str) -> Iterator[tuple[str, list[str]]]:
    """Texts made of patterns, with what was put into them."""
    chosen = random.Random(_SEED)
    slots: dict[str, list[str]] = {}
    for line in (REACHING / f"{values}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            kind = slots.setdefault(line[2:], [])
        else:
            kind += line.split(" ")
    for text, *_ in lines_of(REACHING / f"{patterns}.tsv"):
        for _ in range(_DRAWS if "{" in text else 1):
            put: list[str] = []

            def choose(found: re.Match[str], put: list[str] = put) -> str:
                put.append(chosen.choice(slots[found[1]]))
                return put[-1]

            yield re.sub(r"\{(.)\}", choose, text), put


def carries(clause: str, private: Iterable[str]) -> bool:
    """Whether a private string, or a good part of one, stands in a clause."""
    bare = re.sub(r"[\s\-－—.·]", "", clause)
    for one in private:
        digits = re.sub(r"\D", "", one)
        if one in clause or (len(digits) > 6 and digits in bare):
            return True
        if len(clause.strip()) > 2 and clause.strip() in one:
            return True
    return False


def cases() -> list[Case]:
    """All clauses."""
    found: dict[Case, None] = {}
    for number, (source, text, strings) in enumerate(texts()):
        private = [half_width(one) for one in strings]
        parts = [half_width(part) for part in clauses(text)]
        around = ["", *parts, ""]
        for at, part in enumerate(parts):
            one = Case(source, number, part, around[at], around[at + 2], carries(part, private))
            if part.strip():
                found[one] = None
    return list(found)


def matrix(told: list[Case], clues: Callable[[str, str, str], Clues] = clues_in) -> csr_matrix:
    """The clues of each clause by their places."""
    data, places, ends = [], [], [0]
    for at in range(0, len(told), 64):
        some = told[at : at + 64]
        tagged("\n".join(one.clause.strip() for one in some))  # all at once, and remembered
        for one in some:
            for name, value in clues(one.clause, one.before, one.behind).items():
                data.append(value / _TENTHS)
                places.append(place_of(name, PLACES))
            ends.append(len(places))
    rows = csr_matrix((data, places, ends), shape=(len(told), PLACES))
    rows.sum_duplicates()
    return rows


def fit(rows: csr_matrix, told: list[Case]) -> Any:
    """The weight of every place."""
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=_SEED)
    counts = [_WEIGHTS.get(one.source.split(" ")[0], 1.0) for one in told]
    model.fit(rows, [one.private for one in told], sample_weight=counts)
    return np.clip(np.rint(model.coef_[0] / _STEP), -127, 127).astype(np.int8), float(
        model.intercept_[0]
    )


def cues(told: list[Case]) -> list[str]:
    """Runs of characters of which one stands in most clauses that disclose, and that are met in
    several of these and seldom elsewhere.
    """

    def runs(clause: str) -> set[str]:
        bare = re.sub(r"\d", "0", clause.strip())
        return {bare[at : at + size] for size in _RUNS for at in range(len(bare) - size + 1)}

    often = Counter(
        run for one in told if one.source.startswith("list") for run in runs(one.clause)
    )
    left = [(runs(one.clause), _TIMES) for one in told if one.private]
    gains = Counter(run for own, _ in left for run in own)
    chosen: list[str] = []
    while gains:
        best = max(gains, key=lambda run: (gains[run] / (often[run] + _RARE), gains[run], run))
        if gains[best] < _MET:
            break
        chosen.append(best)
        del gains[best]
        still = []
        for own, times in left:
            if best in own and times == 1:
                gains.subtract(own - set(chosen))
            else:
                still.append((own, times - (best in own)))
        left, gains = still, +gains
    return sorted(chosen)


def main() -> None:
    """Tell what is kept back of each source, and keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    asked = reading.parse_args()
    vars(reachable)["may_disclose"] = lambda _: False
    told = cases()
    rows, groups = (
        matrix(told),
        [one.source.removesuffix(" harmless").removesuffix(" shown") for one in told],
    )
    sources = sorted(set(groups) - {"made"})
    needs = [one for one in sources if one.startswith("need")]
    folds = [needs[at::_FOLDS] for at in range(_FOLDS)]
    folds += [[one] for one in sources if one not in needs]
    seen = np.zeros(len(told), bool)
    private = np.array([one.private for one in told])
    score = np.full(len(told), np.nan)
    for fold in folds:
        out = np.isin(groups, fold)
        known = [one for one, left in zip(told, out, strict=True) if not left]
        weights, bias = fit(rows[~out], known)
        looked = Cues(cues(known))
        seen[out] = [looked.stand_in(told[at].clause) for at in np.flatnonzero(out)]
        score[out] = rows[out] @ weights * _STEP + bias
    score[~seen & ~np.isnan(score)] = -99
    kinds = np.array(
        [
            one.source.split(" ")[0] + (" harmless" if "harmless" in one.source else "")
            for one in told
        ]
    )
    for least in _TRIED:
        said = []
        for kind in dict.fromkeys(kinds):
            for sort, name in ((True, "认出"), (False, "误藏")):
                which = (kinds == kind) & (private == sort) & ~np.isnan(score)
                if which.any():
                    said.append(
                        f"{kind} {name} {(score[which] > least).mean():.4f} ({which.sum()})"
                    )
        print(f"{least}: {'; '.join(said)}")
    plain = np.char.startswith(groups, "list")
    chosen = cues(told)
    print(f"{len(chosen)} 个要细看的字词")
    shares = seen[plain].mean(), seen[private & ~np.isnan(score)].mean()
    print(f"要细看的: 榜单的句子 {shares[0]:.3f}, 该藏的 {shares[1]:.3f}")
    if asked.write:
        weights, bias = fit(rows, told)
        least = round((_LEAST - bias) / _STEP * _TENTHS)
        kept_back = private & (rows @ weights * _TENTHS > least)
        plain = matrix(
            [one for one, back in zip(told, kept_back, strict=True) if back], plain_clues
        )
        # The tagger is asked of as few clauses as may be without letting one more through.
        worth = math.floor((plain @ weights * _TENTHS).min() / _ROUND) * _ROUND
        save_file({"weights": weights}, data_path("models") / Path(WEIGHTS).name)
        kept = {"made_by": "python -m benchmarks.disclosing --write",
                "weights": {"least": least, "worth_tagging": worth, "cues": chosen}}  # fmt: skip
        (data_path("models") / f"{CHOICE}.json").write_text(
            json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8"
        )


if __name__ == "__main__":
    main()
