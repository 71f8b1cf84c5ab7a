"""What counts how much when a title is chosen: fitted on the labelled needs, told set by set.

    python -m benchmarks.titles [--write]

First how likely a word is one of the title (a logistic regression), then which candidate is, then
which one alone or which two together. The loss of both choices is that of drawing one by its
score; their weights are drawn towards `BEFOREHAND` and `TOGETHER`, what one would say without
having seen a need. A set is told by weights fitted without it. What titles end in is counted in
the shipped lists, which hold none of the needs.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from matcher.arrays import WideArray
from matcher.corpora.pasted import unfolded
from matcher.resources import data_path
from matcher.text.candidates import Candidate, best
from matcher.text.needs import plain_lines
from matcher.text.salience import is_naming
from matcher.text.titles import CHOICE, About, Weights
from matcher.text.tokenise import default_tokenizer

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
SETS = ("needs/needs", "needs/attack", "needs/kinds", "needs/later", "fresh/needs",
        "fresh/second/needs", "fresh/third/needs", "needs/fourth",
        "fresh/fourth/needs", "fresh/fifth/needs", "fresh/sixth/needs",
        "fresh/seventh/needs", "fresh/eighth/needs", "fresh/ninth/needs", "fresh/tenth/needs",
        "fresh/eleventh/needs", "fresh/twelfth/needs", "fresh/thirteenth/needs",
        "fresh/fourteenth/needs")  # fmt: skip
# Of the five sets written last the titles are told by these as well as by weights fitted on theirs
# too, under which other sets lose: they serve to see how far the weights carry.
FITTED = SETS[:14]
STRENGTH, STRENGTH_TOGETHER = 0.01, 0.003
# How much a title is worth that has the words it must have, and one that has not.
_RIGHT, _ALIKE = 0.6, 0.25
_LEAST = 1e-3
BEFOREHAND = {
    "label_sure": 1, "label_first": 1.5, "label_likely": 0.5, "label_quoted": 0.5,
    "label_other": -1, "announced": 1, "taken_up": 1, "alone_early": 0.5, "late": -0.5,
    "sought_make": 1.5, "sought_do": 1.5, "make": 0.5, "do": 0.3, "seek": 0.3, "measured": 1,
    "head": 1, "thing": 1, "complaint": 0.3, "about": 1.5, "span": -0.3, "trade": -2,
    "recall": 3, "mean": 2,
    "per_char": 2, "top1": 0.5, "top2": 0.3, "covers_nothing": -2,
    "nominal": 1, "last_noun": 0.5, "last_action": 0.5, "last_verb": -0.2, "last_quality": -0.2,
    "as_topic": 1.5, "tried": -0.7, "wished": 0.5, "names_made": 0.5,
    "persons": -2, "small_talk": -2,
    "small_talk_around": -0.5, "asks_back": -1.5, "offer": -1.5,
    "target": -1, "organisation": -2, "house": -1, "of_house": -3, "number": -0.5,
    "has_number": -0.5,
    "has_pronoun": -1.5, "has_particle": -0.7, "has_adverb": -0.5, "has_preposition": -0.3,
    "first_of": -1, "first_verb": -0.2, "first_number": -0.3,
    **{f"first_{kind}": -0.7 for kind in ("adverb", "preposition", "particle", "pronoun",
                                          "conjunction")},
    **{f"last_{kind}": -1 for kind in ("of", "particle", "preposition", "pronoun")},
    **{f"last_{kind}": -0.7 for kind in ("adverb", "place", "number")},
    "under_5": -0.5, "under_6": -0.5, "over_20": -0.3, "over_28": -0.7,
}  # fmt: skip


TOGETHER = {
    "main": 1.0, "second": 0.3, "recall": 3, "mean": 2, "per_char": 1, "top1": 0.5, "top2": 0.3,
    "covers_nothing": -1, "pair": -2, "any_sure": -2, "over_20": -0.3, "over_28": -0.7,
    "lists": -0.5, "thing_trade": 0.3, "loose": -0.3, "thing_loose": -0.5,
    "thing_nominal": 0.5, "thing_made": 0.5,
    "thing_long": -0.5, "thing_sought": -0.3, "wanted_loose": -0.3, "wanted_sought": 0.5,
    "wanted_head": 0.3,
}  # fmt: skip
LISTS = ("silver/problems.jsonl", "benchmark/challenges.jsonl", "demo/chokepoints35.jsonl")
# How often the end of a word must stand in the lists, and how many more are made up for each.
_LEAST_ENDS, _MADE_UP = 20, 10
_WORD_STRENGTH = 0.3


class Case(NamedTuple):
    """A need whose title is known, and what it speaks of."""

    need: dict[str, Any]
    about: About

    def gains(self, found: Sequence[Candidate]) -> WideArray:
        """How much each is worth as its title."""
        return np.array([gain(self.need, str(one.value)) for one in found])


def is_right(need: dict[str, Any], title: str) -> bool:
    """Whether a title says what it must, and not much more."""
    if "title_must" not in need:
        return need["title"] in title and len(title) <= len(need["title"]) + 12
    words = (one if isinstance(one, list) else [one] for one in need["title_must"])
    return all(any(word in title for word in either) for either in words)


def likeness(first: str, second: str) -> float:
    """How many characters two titles share: F1."""
    shared = sum((Counter(first) & Counter(second)).values())
    return 2 * shared / (len(first) + len(second))


def gain(need: dict[str, Any], title: str) -> float:
    """How much a title is worth: most if it has the words it must have."""
    like = likeness(title, need["title"])
    right = is_right(need, title)
    return (_RIGHT + (1 - _RIGHT) * like**1.5 if right else _ALIKE * like**2) + _LEAST


def word_ends() -> dict[str, float]:
    """For the last characters of words, how much more likely such a word of a problem stands in
    its title than any: log odds.
    """
    inside, all_ = Counter[str](), Counter[str]()
    for name in LISTS:
        for line in (data_path("corpora") / name).read_text("utf-8").splitlines():
            told = json.loads(line)
            for word in sorted(set(default_tokenizer().cut(told["problem"]))):
                if is_naming(word):
                    all_[word[-1]] += 1
                    inside[word[-1]] += word in told["title"]
    share = sum(inside.values()) / sum(all_.values())
    odds = {
        end: (inside[end] + _MADE_UP * share) / (number + _MADE_UP)
        for end, number in sorted(all_.items())
        if number >= _LEAST_ENDS
    }
    return {end: round(_logit(one) - _logit(share), 2) for end, one in odds.items()}


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def read_cases(name: str, ends: Mapping[str, float]) -> list[Case]:
    """The needs of a set."""
    needs = map(json.loads, (DATA / f"{name}.jsonl").read_text("utf-8").splitlines())
    none = Weights({}, ends, {}, {})
    return [Case(need, About(plain_lines(unfolded(need["text"])), none)) for need in needs]


def is_in_title(need: dict[str, Any], word: str) -> bool:
    """Whether a word is one of the title, or holds one that the title must have."""
    must = (one if isinstance(one, list) else [one] for one in need.get("title_must", ()))
    return word in need["title"] or any(one in word for either in must for one in either)


def fit_words(cases: list[Case]) -> dict[str, float]:
    """What makes a word one of the title."""
    told = [own for case in cases for own in case.about.words.values()]
    own = [is_in_title(case.need, word) for case in cases for word in case.about.words]
    rows = DictVectorizer()
    model = LogisticRegression(C=_WORD_STRENGTH, max_iter=1000).fit(rows.fit_transform(told), own)
    found = dict(zip(rows.feature_names_, model.coef_[0], strict=True))
    found["bias"] += model.intercept_[0]
    return {name: round(float(one), 3) for name, one in sorted(found.items()) if abs(one) >= 0.005}


def fit(cases: list[Case], ends: Mapping[str, float]) -> Weights:
    """The weights under which a drawn title gains most, and that are near those beforehand."""
    weights = Weights(fit_words(cases), ends, {}, {})
    for kind, strength in (("titles", STRENGTH), ("together", STRENGTH_TOGETHER)):
        chosen = []
        for case in cases:
            case.about.weigh(weights)
            found = case.about.candidates()
            chosen.append(found if kind == "titles" else case.about.together(found))
        features = [[one.features for one in own] for own in chosen]
        gains = [case.gains(own) for case, own in zip(cases, chosen, strict=True)]
        beforehand = BEFOREHAND if kind == "titles" else TOGETHER
        weights = weights._replace(**{kind: near(beforehand, features, gains, strength)})
    return weights


def title_by(case: Case, weights: Weights) -> str:
    """The title these weights choose."""
    case.about.weigh(weights)
    found = best(case.about.together(case.about.candidates()), weights.together)
    return str(found.value) if found else ""


def near(
    beforehand: Mapping[str, float],
    features: Sequence[Sequence[Mapping[str, float]]],
    gains: list[WideArray],
    strength: float,
) -> dict[str, float]:
    """The weights under which what is drawn from each list gains most, near those beforehand."""
    names = sorted({n for own in features for one in own for n, v in one.items() if v})
    at = {name: place for place, name in enumerate(names)}
    start = np.array([beforehand.get(name, 0.0) for name in names])
    told = [[(at[n], float(v)) for n, v in one.items() if v] for own in features for one in own]
    rows = csr_matrix(
        ([v for one in told for _, v in one], [n for one in told for n, _ in one],
         np.cumsum([0, *map(len, told)])), shape=(len(told), len(names)),
    )  # fmt: skip
    sizes = np.array([len(own) for own in features])
    first, worth = np.cumsum(sizes) - sizes, np.concatenate(gains)

    def loss(weights: WideArray) -> tuple[float, WideArray]:
        scores = rows @ weights
        chance = np.exp(scores - np.repeat(np.maximum.reduceat(scores, first), sizes))
        chance /= np.repeat(np.add.reduceat(chance, first), sizes)
        gain = np.add.reduceat(chance * worth, first)
        slope = rows.T @ (chance - chance * worth / np.repeat(gain, sizes))
        away = weights - start
        return (
            float(-np.log(gain).sum() / len(sizes) + strength * away @ away),
            slope / len(sizes) + 2 * strength * away,
        )

    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return {n: round(float(w), 2) for n, w in zip(names, found, strict=True) if abs(w) >= 0.01}


def keep(choice: str, weights: Mapping[str, Any], made_by: str) -> None:
    """Write the weights of a choice where `matcher.learnt.learnt` reads them."""
    told = {"made_by": made_by, "weights": weights}
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    data_path(f"models/{choice}.json").write_text(text, "utf-8")


def main() -> None:
    """Tell how many titles of each set are right, or keep the weights fitted on all."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--write", action="store_true")
    reading.add_argument("--only", choices=SETS, help="只留下这一组来看")
    asked = reading.parse_args()
    ends = word_ends()
    cases = {name: read_cases(name, ends) for name in SETS}
    if asked.write:
        weights = fit([case for name in FITTED for case in cases[name]], ends)
        keep(CHOICE, weights._asdict(), "python -m benchmarks.titles --write")
        return
    right = of = 0
    for name in [asked.only] if asked.only else SETS:
        own = cases[name]
        weights = fit([case for other in FITTED if other != name for case in cases[other]], ends)
        titles = [title_by(case, weights) for case in own]
        good = [is_right(case.need, title) for case, title in zip(own, titles, strict=True)]
        alike = np.mean([likeness(t, c.need["title"]) for t, c in zip(titles, own, strict=True)])
        right, of = right + sum(good), of + len(own)
        print(f"{name}: {sum(good)}/{len(own)}, 字符 F1 {alike:.2f}", flush=True)
        for case, title, ok in zip(own, titles, good, strict=True):
            if not ok:
                print(f"  {case.need['title']} ← {title}")
    print(f"合计 {right}/{of}")


if __name__ == "__main__":
    main()
