"""How likely each word of a need belongs to its title.

A word is told by where it stands (behind a word of asking, in a clause that complains, sets a
target or offers money, early or late), how often, and what it is; how much each counts was fitted
on labelled needs (`benchmarks/titles.py`). What a word ends in was learnt from the titles of the
shipped lists.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from matcher.arithmetic import exponential
from matcher.resources import data_path
from matcher.speech import part_of_speech
from matcher.tagging import ORGANISATION, PERSON, PLACE, Tagged, tagged
from matcher.text.candidates import score
from matcher.text.clauses import AS_TOPIC, ASKING, COMPLAINT, MADE, SMALL_TALK, Clause
from matcher.text.dictionary import DICTIONARY_FOLDER, read_word_list
from matcher.text.normalise import HAN
from matcher.text.tokenise import default_tokenizer
from matcher.text.wanted import HEAD, WANTED_END

_NUMBER = re.compile(r"\d|百分之|[一二两三四五六七八九十][成万千百个天年月块把]")
_VALUE = re.compile(r"[\d≥≤<>]|不|低于|高于|超过|达到|控制")
_NOTHING = re.compile(r"[\W\d_.%]+")
# Parts of speech of words that may be in a title, and of nouns.
_NAMING, _NOUNS = frozenset("nvagbjlz"), ("n", "vn", "g")
_EARLY, _RIGHT_BEHIND, _LOOKED_AT, _LONGEST_WORD, _TOP = 40, 8, 6, 12, 5


class Salience:
    """How likely each word of a text is one of its title."""

    def __init__(self, chances: Mapping[str, float]) -> None:
        self.chances = chances
        self._top: list[str] = []
        for word in sorted(chances, key=lambda one: -chances[one]):
            if not any(word in other or other in word for other in self._top):
                self._top.append(word)
            if len(self._top) == _TOP:
                break
        self._total = sum(chances[word] for word in self._top) or 1.0

    def covered(self, title: str) -> dict[str, float]:
        """How much of what is likely a title holds.

        >>> found = Salience({"轴承": 0.9, "抱死": 0.5}).covered("轴承材料")
        >>> round(found["recall"], 2), found["top1"], found["top2"]
        (0.64, True, False)
        """
        held = [word for word in self._parts(title) if word in self.chances]
        own = [word for word in held if not any(word in one and word != one for one in held)]
        likely = sum(self.chances[word] for word in own)
        return {
            "recall": min(1.0, likely / self._total), "mean": likely / len(own) if own else 0.0,
            "per_char": sum(self.chances[word] * len(word) for word in own) / len(title),
            "covers_nothing": not own,
            **{f"top{at}": word in title for at, word in enumerate(self._top[:3], 1)},
        }  # fmt: skip

    def _parts(self, title: str) -> dict[str, None]:
        sizes = range(1, min(_LONGEST_WORD, len(title)) + 1)
        return dict.fromkeys(
            title[at : at + size] for size in sizes for at in range(len(title) - size + 1)
        )


def salience(words: Mapping[str, Mapping[str, float]], weights: Mapping[str, float]) -> Salience:
    """The chance of each word by its features."""
    scores = [score(own, weights) for own in words.values()]
    chances = 1.0 / (1.0 + exponential(-np.array(scores, dtype=np.float64)))
    return Salience(dict(zip(words, chances.tolist(), strict=True)))


def is_naming(word: str) -> bool:
    """Whether a word may be in a title.

    >>> [is_naming(word) for word in ("轴承", "我们", "茶", "3.5")]
    [True, False, True, False]
    """
    if not word.strip() or _NOTHING.fullmatch(word) or word in default_tokenizer().stop_words:
        return False
    if not HAN.match(word):
        return len(word) > 1 and word.isascii() and word.isalpha()
    kind = part_of_speech(word)[0]
    return kind in _NAMING and (len(word) > 1 or kind == "n")


def words_of(
    clauses: Sequence[Clause], text: str, house: str, ends: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """The words of a text that may be in its title, and what is known of each.

    Args:
        clauses: of the text.
        text: as it is tagged.
        house: whose need it is.
        ends: how much the last character of a word speaks for it.
    """
    found: dict[str, dict[str, float]] = {}
    counts: Counter[str] = Counter()
    seen, total = 0, sum(len(one.text) for one in clauses) or 1
    for clause in clauses:
        for word, begin, told in _told(clause):
            counts[word] += 1
            known = found.setdefault(word, {
                "bias": 1.0, "pos": (seen + begin) / total, "early": seen + begin < _EARLY,
                "line0": clause.place == 0,
            })  # fmt: skip
            for name, value in told.items():
                known[name] = max(value, known.get(name, 0.0))
        seen += len(clause.text)
    most = max(counts.values(), default=1)
    words = tagged(text)
    places = {tag: "".join(one.word for one in words if one.tag == tag)
              for tag in (PERSON, ORGANISATION, PLACE)}  # fmt: skip
    for word, known in found.items():
        rare, often = default_tokenizer().rarity(word) / 10, math.log(counts[word])
        known.update({
            "tf": often, "again": counts[word] > 1, "often": counts[word] > 2,
            "most": counts[word] / most, "rare": rare, "tfidf": often * rare,
            "house": word in house, **{f"in_{tag}": word in of for tag, of in places.items()},
            **_looks(word), "end": ends.get(word[-1], 0.0),
        })  # fmt: skip
    _add_tags(found, text, words)
    return found


def _told(clause: Clause) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Each word of a clause, where it begins, and what the clause says of it there."""
    kinds = {f"c_{name}": float(value) for name, value in clause.features.items() if value}
    kinds["complaint"] = COMPLAINT.search(clause.text) is not None
    kinds["in_number_clause" if _NUMBER.search(clause.text) else "in_plain_clause"] = 1.0
    asking = [(one.end(), one.lastgroup or "") for one in ASKING.finditer(clause.text)]
    named = {
        "topic": [one.span("what") for one in AS_TOPIC.finditer(clause.text)],
        "made": [one.span("thing") for one in MADE.finditer(clause.text)],
    }
    cut = ["", *default_tokenizer().cut(clause.text), ""]
    start = 0
    for before, word, behind in zip(cut, cut[1:], cut[2:], strict=False):
        begin, start = start, start + len(word)
        if is_naming(word):
            yield word, begin, {
                **kinds, **_asked(asking, begin), **_beside(before, behind),
                **{how: any(a <= begin < b for a, b in spans) for how, spans in named.items()},
            }  # fmt: skip


def _asked(asking: Sequence[tuple[int, str]], begin: int) -> dict[str, float]:
    """What is asked before a word, and how near."""
    before = [one for one in asking if one[0] <= begin]
    if not before:
        return {"before_ask": bool(asking)}
    end, kind = before[-1]
    return {f"behind_{kind}": 1.0, f"right_behind_{kind}": begin - end < _RIGHT_BEHIND}


def _beside(before: str, behind: str) -> dict[str, float]:
    return {
        "noun_next": HAN.match(behind) is not None and part_of_speech(behind) in _NOUNS,
        "noun_before": HAN.match(before) is not None and part_of_speech(before) in _NOUNS,
        "of_next": behind == "的", "of_before": before == "的",
        "value_next": _VALUE.match(behind) is not None,
    }  # fmt: skip


def _looks(word: str) -> dict[str, float]:
    """What a word is by itself."""
    kind = part_of_speech(word)
    return {
        f"is_{kind if kind == 'vn' else kind[0]}": 1.0, f"size{min(len(word), 4)}": 1.0,
        "latin": word.isascii(),
        "term": word in _terms(),
        "head": HEAD.search(word) is not None, "thing": WANTED_END.search(word) is not None,
        "small_talk": SMALL_TALK.search(word) is not None,
    }  # fmt: skip


@cache
def _terms() -> frozenset[str]:
    """The words of the shipped lists of technical terms."""
    folder = data_path(DICTIONARY_FOLDER)
    lists = (read_word_list(folder / name) for name in ("technical.txt", "glossary.tsv"))
    return frozenset(word for words in lists for word in words)


def _add_tags(found: dict[str, dict[str, float]], text: str, words: Sequence[Tagged]) -> None:
    """What the tagger takes the words for, wherever they stand, and what stands beside them."""
    starts = [one.start for one in words]
    for word, known in found.items():
        at = text.find(word)
        for _ in range(_LOOKED_AT):
            if at < 0:
                break
            first = bisect_right(starts, at) - 1
            last = bisect_right(starts, at + len(word) - 1) - 1
            if first >= 0:
                one = words[first]
                exact = one.start == at and one.word == word
                kind = "exact" if exact else "inside" if first == last else "across"
                known[f"tag_{one.tag}"] = known[f"tag_{kind}"] = 1.0
                if first and words[first - 1].start + len(words[first - 1].word) == one.start:
                    known[f"tag_before_{words[first - 1].tag}"] = 1.0
                if last + 1 < len(words):
                    known[f"tag_behind_{words[last + 1].tag}"] = 1.0
            at = text.find(word, at + 1)
