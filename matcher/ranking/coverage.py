"""Whether one thing a team says of itself answers one requirement, as a reader would judge it.

Every direction, capability and piece of evidence is held against the requirement by itself: a team
does several things, and the one that answers drowns in the mean of them all. The signals are
absolute, so that a library that knows nothing of the subject covers nothing. What they must reach
was fitted on pairs that a person judged blind (``corpora/benchmark/coverage.jsonl``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.arithmetic import on_grid, products, unit
from matcher.arrays import FloatArray
from matcher.atomic import atomic_path
from matcher.encoding import Encoder
from matcher.errors import ModelError
from matcher.index.lexical import LexicalIndex
from matcher.index.passages import PROFILE, Passage
from matcher.ranking.calibration import Logistic
from matcher.ranking.grades import LIKELY, Coverage
from matcher.ranking.query import Query
from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, read_word_list
from matcher.text.tokenise import Tokenizer, Written

# Cosine of the requirement and of the whole challenge to the piece; share of the idf mass of the
# requirement, and of the whole challenge, that the piece holds; share of the piece's own words
# that the challenge has. A requirement alone may fit many fields (优化设计方法): the challenge
# says which is meant.
BY_WORDS = ("shared", "subject_shared", "named")
BY_MEANING = ("cosine", "subject_cosine", *BY_WORDS)
# Which of a team's pieces is named: the nearest, where a shared word counts as well.
_WORDS_WORTH = 0.5
# The challenge says which field is meant, never that this requirement is met.
_OWN_SHARE, _OWN_COSINE = 0.15, 0.25
Kept = Callable[[], Mapping[str, NDArray[np.float16]]]
_MEASURED = ("pairs", "covered", "likely", "partly", "related", "unseen")
_MOST_PARTS = 40
_LONGEST = 400
# Things said that stay in memory.
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a team says of itself.

    Attributes:
        kind: of evidence (论文, 专利, …), or ``方向`` for a part of its description.
        title: what a reader is shown.
        text: what is compared.
    """

    kind: str
    title: str
    text: str


class Judgement(NamedTuple):
    """What is said of one piece and one requirement.

    Attributes:
        chance: that a reader finds the piece says what the requirement asks.
        note: what is left to verify, "" where nothing is.
    """

    status: Coverage
    chance: float
    note: str = ""


@dataclass(frozen=True)
class Bounds:
    """Models of what a reader finds, and the chances from which that is claimed.

    Attributes:
        says_so: over `BY_MEANING` or `BY_WORDS`, rising in each: the piece answers the requirement.
        related: the same for a piece that has at least to do with it.
        covered: lowest chance of saying so for 覆盖.
        likely: lowest chance of saying so for `LIKELY` beside 部分.
        seen: lowest chance of being related for 部分; below it nothing is seen.
    """

    says_so: Logistic
    related: Logistic
    covered: float
    likely: float
    seen: float

    def judged(self, signals: FloatArray) -> Judgement:
        """The signals of one piece in words."""
        return self.judged_all(signals[None, :])[0]

    def judged_all(self, signals: FloatArray) -> list[Judgement]:
        """The same of several pieces: (n, len(names))."""
        chances = self.says_so.probability(signals).tolist()
        related = self.related.probability(signals) >= self.seen
        return [
            self._judgement(row, chance, bool(has_to_do))
            for row, chance, has_to_do in zip(signals, chances, related, strict=True)
        ]

    def _judgement(self, signals: FloatArray, chance: float, related: bool) -> Judgement:
        if not related:
            return Judgement(Coverage.UNSEEN, chance)
        if chance < self.likely or not self._answers(signals):
            return Judgement(Coverage.PARTLY, chance)
        if chance < self.covered:
            return Judgement(Coverage.PARTLY, chance, LIKELY)
        return Judgement(Coverage.COVERED, chance)

    def _answers(self, signals: FloatArray) -> bool:
        """Whether the piece has to do with the requirement itself, not only with the challenge."""
        named = dict(zip(self.says_so.names, signals.tolist(), strict=True))
        return bool(named["shared"] >= _OWN_SHARE or named.get("cosine", 0.0) >= _OWN_COSINE)


@dataclass(frozen=True)
class CoverageRule:
    """The bounds with an encoder, and without one.

    Attributes:
        measured: how often each word was right where a person judged and the bounds had not seen
            the challenge: ``pairs``, how many, and the shares that are true: ``covered``,
            ``likely``, ``unseen``; of 部分 without a note what says so (``partly``) and what has at
            least to do with it (``related``).
    """

    by_meaning: Bounds
    by_words: Bounds
    measured: Mapping[str, float]


@dataclass(frozen=True)
class Asked:
    """The requirements of one query, ready to be held against what teams say.

    Attributes:
        tokens: per requirement, and last of the whole challenge, the telling tokens with their idf.
        towards: (n_requirements + 1, dim), the whole challenge last; None without an encoder.
    """

    tokens: tuple[Mapping[str, float], ...]
    towards: FloatArray | None


@dataclass
class PieceReader:
    """Holds requirements against what teams say; vectors and words are made when first needed.

    Attributes:
        tokenizer: the library's.
        encoder: None for words only.
        centres: gives the (dim,) means of queries and of phrases in general.
    """

    tokenizer: Tokenizer
    encoder: Encoder | None = None
    centres: Callable[[Encoder], tuple[FloatArray, FloatArray]] | None = None
    _held: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _vectors: dict[str, FloatArray] = field(default_factory=dict, repr=False)
    _written: dict[str, Mapping[str, Written]] = field(default_factory=dict, repr=False)

    @cached_property
    def _means(self) -> tuple[FloatArray, FloatArray]:
        assert self.encoder is not None
        assert self.centres is not None
        return self.centres(self.encoder)

    @property
    def names(self) -> tuple[str, ...]:
        """The signals it gives."""
        return BY_WORDS if self.encoder is None else BY_MEANING

    def asked(self, query: Query, statistics: LexicalIndex) -> Asked:
        """The facets of a query made ready; ``statistics`` are the library's."""
        texts = [facet.text for facet in query.facets]
        telling = [_telling(self.tokenizer.tokens(text)) for text in texts]
        telling.append(_telling(query.tokens))
        weights = statistics.weights(chain.from_iterable(telling))
        tokens = tuple({token: weights[token] for token in own} for own in telling)
        if self.encoder is None or query.vector is None:
            return Asked(tokens, None)
        found = [*query.facet_vectors(self.encoder), query.vector]
        return Asked(tokens, _centred(np.stack(found), self._means[0]))

    def signals(self, asked: Asked, said: Sequence[Said], kept: Kept = lambda: {}) -> FloatArray:
        """(n_requirements, len(said), len(names)).

        Args:
            asked: the requirements.
            said: what teams say.
            kept: vectors there are of what they say, asked for where they are not known here.
        """
        held = [self._tokens(one.text) for one in said]
        shares = _shares(asked.tokens, held)
        named = _named(asked.tokens[-1], held)
        alike = np.ones((len(asked.tokens) - 1, 1), dtype=np.float32)
        columns = [shares[:-1], alike * shares[-1], alike * named]
        if asked.towards is not None:
            cosines = products(asked.towards, self._read([one.text for one in said], kept).T)
            columns = [cosines[:-1], alike * cosines[-1], *columns]
        return np.stack(columns, axis=-1).astype(np.float32)

    def _read(self, texts: Sequence[str], kept: Kept) -> FloatArray:
        """(len(texts), dim); new ones are taken from what is kept or encoded in one batch."""
        if len(self._vectors) + len(texts) > _KEPT:
            self._vectors = {}  # not emptied: another thread may be reading it
        known = self._vectors
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            assert self.encoder is not None
            there = kept()
            missing = [text for text in new if text not in there]
            encoded = self.encoder.encode_passages(missing).astype(np.float16)
            there = {**there, **dict(zip(missing, encoded, strict=True))}
            # As a cache of vectors gives them back: kept or encoded now, the very same.
            found = unit(np.stack([there[text] for text in new]).astype(np.float32))
            known.update(zip(new, _centred(found, self._means[1]), strict=True))
        return np.stack([known[text] for text in texts])

    def written(self, text: str) -> Mapping[str, Written]:
        """See `Tokenizer.written`."""
        known = self._written.get(text)
        if known is None:
            if len(self._written) >= _KEPT:
                self._written = {}
            known = self._written[text] = self.tokenizer.written(text)
        return known

    def _tokens(self, text: str) -> frozenset[str]:
        known = self._held.get(text)
        if known is None:
            if len(self._held) >= _KEPT:
                self._held = {}
            known = self._held[text] = frozenset(self.tokenizer.tokens(text))
        return known


def said_in(passages: Sequence[Passage]) -> tuple[Said, ...]:
    """What a team's passages say: the parts of its description one by one, and each piece.

    >>> [one.title for one in said_in([Passage("t", 0, "方向", "", "控轧控冷。超快冷")])]
    ['控轧控冷', '超快冷']
    """
    found: list[Said] = []
    for passage in passages:
        if passage.kind != PROFILE:
            found.append(Said(passage.kind, passage.title, passage.text))
            continue
        parts = [part for part in passage.text.split("。") if len(part) > 1][:_MOST_PARTS]
        found += [Said(PROFILE, part[:_LONGEST], part[:_LONGEST]) for part in parts]
    return tuple(found)


def nearest(signals: FloatArray, names: Sequence[str]) -> int:
    """Which of some pieces to name, from their signals (n, len(names))."""
    worth = signals[:, names.index("shared")]
    if "cosine" in names:
        worth = signals[:, names.index("cosine")] + _WORDS_WORTH * worth
    return int(np.argmax(worth))


def says_nothing(word: str) -> bool:
    """Whether a word is a place, a common verb or a manner, by which nothing is proved.

    >>> says_nothing("辽宁"), says_nothing("交流"), says_nothing("电渣重熔")
    (True, True, False)
    """
    return word in _silent()


@cache
def _silent() -> frozenset[str]:
    folder = data_path(DICTIONARY_FOLDER)
    regions = (folder / "regions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    places = re.split(r"[\s、,，;；|]+", "\n".join(regions))
    return frozenset([*read_word_list(folder / "manners.txt"), *filter(None, places)])


def _telling(tokens: Sequence[str]) -> list[str]:
    silent = _silent()
    return [token for token in dict.fromkeys(tokens) if token not in silent]


def _shares(asked: Sequence[Mapping[str, float]], held: Sequence[frozenset[str]]) -> FloatArray:
    """(len(asked), len(held)) share of each requirement's idf mass that each piece holds."""
    found = np.zeros((len(asked), len(held)), dtype=np.float32)
    anywhere = frozenset().union(*asked)
    common = [anywhere & tokens for tokens in held]
    for row, weights in enumerate(asked):
        mass = sum(weights.values())
        if not mass:
            continue
        wanted = frozenset(weights)
        for column, tokens in enumerate(common):
            found[row, column] = sum(sorted(map(weights.__getitem__, wanted & tokens))) / mass
    return found


def _named(asked: Mapping[str, float], held: Sequence[frozenset[str]]) -> FloatArray:
    """(len(held),) share of each piece's words that the challenge has."""
    return np.array(
        [len(asked.keys() & tokens) / max(len(tokens), 1) for tokens in held], dtype=np.float32
    )


def _centred(vectors: FloatArray, centre: FloatArray) -> FloatArray:
    return on_grid(unit(vectors - centre))


def save_rule(rule: CoverageRule, path: Path, **beside: str) -> None:
    """Write as JSON, with what else belongs to it."""
    content = json.dumps(beside | asdict(rule), ensure_ascii=False, indent=1)
    with atomic_path(path) as temporary:
        temporary.write_text(content + "\n", encoding="utf-8")


def load_rule(path: Path) -> CoverageRule:
    """Read what `save_rule` wrote.

    Raises:
        ModelError: missing, damaged, or made for signals this version does not have.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        bounds = [
            _bounds(content[part], names)
            for part, names in (("by_meaning", BY_MEANING), ("by_words", BY_WORDS))
        ]
        measured = {name: float(content["measured"][name]) for name in _MEASURED}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "覆盖规则文件无法读取",
            given=f"{path}: {error}",
            remedy="重新安装，或用 python -m benchmarks.coverage --fit 重新生成",
        ) from error
    return CoverageRule(bounds[0], bounds[1], measured)


def _bounds(content: Any, names: tuple[str, ...]) -> Bounds:
    models = []
    for model in (content["says_so"], content["related"]):
        if tuple(model["names"]) != names or len(model["weights"]) != len(names):
            raise ValueError(f"{model['names']} != {names}")
        models.append(Logistic(names, tuple(map(float, model["weights"])), float(model["bias"])))
    covered, likely, seen = (float(content[name]) for name in ("covered", "likely", "seen"))
    return Bounds(models[0], models[1], covered, likely, seen)
