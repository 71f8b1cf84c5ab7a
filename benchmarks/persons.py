"""What counts how much when names of persons are looked for in a pasted text.

    python -m benchmarks.persons [--write] [--exits]

A logistic regression over all candidates of the labelled needs (tests/data) and of
texts of the shipped lists, in which nobody is named; a set is told by weights fitted without its
writer. Which characters stand in given names is counted in jieba's dictionary.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import jieba
import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from matcher.contacts import SURNAME
from matcher.resources import data_path
from matcher.tagging import tagged
from matcher.text import name_candidates as naming
from matcher.text import persons
from matcher.text.name_candidates import NameCandidate, likely_names
from matcher.text.normalise import simplify
from matcher.text.persons import is_called_by_post, told_names

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
FRESH = ("", "second/", "third/", "fourth/", "fifth/", "sixth/", "seventh/", "eighth/", "ninth/",
         "tenth/", "eleventh/", "twelfth/", "thirteenth/", "fourteenth/")  # fmt: skip
LISTS = ("silver/problems.jsonl", "benchmark/challenges.jsonl", "demo/chokepoints35.jsonl")
OTHERS = "persons_unlisted.txt"
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_OFTEN = 3
_STRENGTH = 1.0
_EVERY = 12
# A name left is worse than a word hidden.
_RATHER = 1.5


class Case(NamedTuple):
    """A text, who is named in it, who may be, and all that may be names."""

    text: str
    names: frozenset[str]
    others: frozenset[str]
    found: list[NameCandidate]


def given_names() -> dict[str, dict[str, float]]:
    """How much oftener characters stand in given names, and first in names, than in words."""
    given, first, inside, begins = (Counter[str]() for _ in range(4))
    surname = re.compile(SURNAME)
    for line in Path(jieba.__file__).with_name("dict.txt").read_text("utf-8").splitlines():
        word, often, tag = line.split(" ")
        if not _HAN.fullmatch(word):
            continue
        if tag == "nr" and 2 <= len(word) <= 3 and surname.match(word):
            given.update(word[1:])
            first[word[0]] += 1
        elif not tag.startswith("nr") and len(word) > 1:
            for char in word:
                inside[char] += round(10 * math.log(1 + int(often)))
            begins[word[0]] += round(10 * math.log(1 + int(often)))
    return {"given": _odds(given, inside), "surnames": _odds(first, begins)}


def _odds(one: Counter[str], other: Counter[str]) -> dict[str, float]:
    whole, rest = sum(one.values()), sum(other.values())
    told = {
        char: round(math.log((one[char] + 1) / whole) - math.log((other[char] + 50) / rest), 1)
        for char in sorted(one)
    }
    return {char: max(-3.0, min(3.0, odds)) for char, odds in told.items() if one[char] > 1}


def case(text: str, private: list[str], others: frozenset[str]) -> Case:
    """A text with its candidates."""
    plain = simplify(text)
    names = frozenset(simplify(one) for one in private)
    found = naming.name_candidates(plain, tagged(plain), told_names(plain))
    return Case(plain, names, others, found)


def read_cases(path: Path, others: frozenset[str]) -> list[Case]:
    """The needs of a set."""
    needs = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [case(need["text"], need["private"], others) for need in needs]


def texts_without_names() -> list[Case]:
    """Lines that only look as if somebody were named, and problems of the shipped lists."""
    lines = [line.split("\t") for line in (DATA / "accounts.tsv").read_text("utf-8").splitlines()]
    alike = [case(line[0], [], frozenset()) for line in lines if len(line) > 2 and not line[1]]
    told = []
    for name in LISTS:
        for line in (data_path("corpora") / name).read_text("utf-8").splitlines():
            one: dict[str, Any] = json.loads(line)
            told.append("\n".join(str(one[part]) for part in ("title", "problem") if one.get(part)))
    return alike + [case(text, [], frozenset()) for text in told[::_EVERY]]


def rows_of(cases: list[Case]) -> tuple[list[dict[str, float]], list[int], list[float]]:
    """The candidates of which it is known whether they are names; how much each counts."""
    rows, right, weights = [], [], []
    for one in cases:
        for found in one.found:
            if found.name in one.others or _unclear(found.name, one.names):
                continue
            rows.append(found.features)
            right.append(int(found.name in one.names))
            weights.append(1.0)
    return rows, right, weights


def _unclear(name: str, names: frozenset[str]) -> bool:
    """Part of a name, or what somebody is called by who is not named: 王主任, 小李."""
    called = name not in names and is_called_by_post(name)
    return called or any(name != one and name in one for one in names)


def fit(cases: list[Case]) -> dict[str, float]:
    """What counts how much."""
    rows, right, weights = rows_of(cases)
    often = Counter(name for row in rows for name in row)
    kept = [{n: v for n, v in row.items() if often[n] >= _OFTEN} for row in rows]
    vectorizer = DictVectorizer()
    values = vectorizer.fit_transform(kept)
    model = LogisticRegression(C=_STRENGTH, max_iter=3000, fit_intercept=False)
    model.fit(values, np.array(right), sample_weight=np.array(weights))
    told = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    found = {str(name): round(float(weight), 2) for name, weight in told if abs(weight) >= 0.02}
    return found | {"bias": round(found.get("bias", 0.0) + _RATHER, 2)}


def kept_private(path: Path, weights: dict[str, float]) -> tuple[int, list[str]]:
    """How many strings of a set are private, and which of them can still be read by anybody."""
    from tests.test_private_fresh import public_of, seen

    known = vars(persons)["name_weights"]
    vars(persons)["name_weights"] = lambda: weights
    needs = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    left = [one for need in needs for one in seen(need["private"], public_of(need))]
    vars(persons)["name_weights"] = known
    return sum(len(need["private"]) for need in needs), left


def main() -> None:
    """Tell who is found in each set, and keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    reading.add_argument("--exits", action="store_true", help="what of each set is left in public")
    asked = reading.parse_args()
    told = given_names()
    naming._given_names, naming._surnames = lambda: told["given"], lambda: told["surnames"]
    others = frozenset((DATA / OTHERS).read_text("utf-8").split())
    sets = {name.strip("/") or "first": DATA / "fresh" / name / "needs.jsonl" for name in FRESH}
    sets["own"] = DATA / "needs" / "fourth.jsonl"
    cases = {name: read_cases(path, others) for name, path in sets.items()}
    plain = texts_without_names()
    whole = missed = wrong = 0
    for name, own in cases.items():
        weights = fit([*(c for n, cs in cases.items() if n != name for c in cs), *plain[::2]])
        lost, more = [], []
        for one in own:
            likely = likely_names(one.found, weights)
            wanted = [n for n in one.names if re.fullmatch("[\u4e00-\u9fff]{2,4}", n)]
            whole += len(wanted)
            lost += [n for n in wanted if n not in likely]
            more += [n for n in likely if n not in one.names | one.others
                     and not is_called_by_post(n)]  # fmt: skip
        missed, wrong = missed + len(lost), wrong + len(more)
        print(f"{name}: 漏 {lost} 多 {more}")
        if asked.exits:
            number, left = kept_private(sets[name], weights)
            print(f"  公开栏目里还留下 {len(left)}/{number}: {left}")
    weights = fit([c for cs in cases.values() for c in cs] + plain[::2])
    apart = [n for one in plain[1::2] for n in likely_names(one.found, weights)]
    print(f"合计 {whole}, 漏 {missed}, 多 {wrong}; 没有姓名的 {len(plain[1::2])} 段里 {apart}")
    if asked.write:
        fitted = {**told, "clues": weights}
        kept = {"made_by": "python -m benchmarks.persons --write", "weights": fitted}
        (data_path("models") / f"{naming.CHOICE}.json").write_text(
            json.dumps(kept, ensure_ascii=False, indent=0) + "\n", "utf-8"
        )


if __name__ == "__main__":
    main()
