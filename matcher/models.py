"""The models a matcher is made of, by name: encoder, ranker, calibration."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from matcher.arrays import FloatArray
from matcher.corpora import read_challenges, read_teams
from matcher.encoding import DEFAULT_ENCODER, Encoder, encoders_dir, resolve_encoder
from matcher.errors import ModelError
from matcher.index.library import Background
from matcher.index.passages import team_passages
from matcher.index.terms import TermStatistics
from matcher.index.vectors import Vectors
from matcher.ranking.additive import AdditiveRanker
from matcher.ranking.calibration import Calibration, load_calibration
from matcher.ranking.coverage import CoverageRule, PieceReader, load_rule
from matcher.ranking.fused import FusedRanker
from matcher.ranking.learned import LinearRanker, load_ranker, read_ranker
from matcher.ranking.phrases import PhraseReader
from matcher.ranking.query import clauses_read
from matcher.ranking.stages import Chain, Stage
from matcher.resources import data_path
from matcher.text.facets import facets
from matcher.text.tokenise import Tokenizer, default_tokenizer
from matcher.text.tokenising import tokenised

DEFAULT_RANKER = "default"
FUSED_RANKER = "fused"
NO_RERANKER = "none"
_SHIPPED_RANKER = "models/ranker/default.json"
_SHIPPED_LINEAR = "models/ranker/linear.json"
_SHIPPED_CALIBRATION = "models/ranker/calibration.json"
_SHIPPED_GRADED = "models/ranker/calibration-graded.json"
SHIPPED_COVERAGE = "models/ranker/coverage.json"
# Every so many terms of the glossary give the mean of phrases in general.
_CENTRE_TERMS = 8
# Written pairs: all tell which words are rare, every so many where passages in general lie.
_BACKGROUND = "corpora/silver/problems.jsonl"
# A hundred of them: with so many 强 keeps its word in libraries of 20 and 60 teams
# (docs/evaluation.md).
_BACKGROUND_STEP = 32
# What is taken off passages, of the shipped encoder; `python -m benchmarks.centre` makes it.
_PASSAGE_CENTRE = f"models/encoders/{DEFAULT_ENCODER}.centre.json"
# The library whose passages give the mean of passages in general.
_CENTRE_LIBRARY = "corpora/demo/teams.jsonl"
# Of another encoder these are encoded when it is first used: a few hundred, not thousands.
_CENTRE_EVERY = 8
_made_centres: dict[str, FloatArray] = {}
# The list whose texts give the mean of queries in general; any varied list of challenges would do.
_CENTRE_LIST = "corpora/demo/chokepoints35.jsonl"


def open_encoder(encoder: Encoder | str | None) -> Encoder | None:
    """An encoder by name or folder, with its vectors cached on disk; others as they are.

    Raises:
        ModelError: not installed.
    """
    if encoder is None or encoder == "none":
        return None
    if not isinstance(encoder, str):
        return encoder
    from matcher.encoding.cache import CachedEncoder

    return CachedEncoder(resolve_encoder(encoder), encoders_dir().parent / "vectors.sqlite")


@dataclass(frozen=True, slots=True)
class RankerChoice:
    """Which ranker to use.

    Attributes:
        ranker: ``default``, ``fused``, or a file made by ``matcher train``; "" for what the
            workspace remembers, which is ``default`` where nothing was chosen.
        reranker: reads the best again: folder or name of a cross-encoder; ``none`` for no such
            thing, "" for what the workspace remembers, which is none where nothing was chosen.
        content: of the ranker's file, where it is kept and not read again.
    """

    ranker: str = ""
    reranker: str = ""
    content: str = ""

    def over(self, kept: RankerChoice) -> RankerChoice:
        """This one, with what it leaves open taken from another."""
        first = self if self.ranker else kept
        return RankerChoice(first.ranker, self.reranker or kept.reranker, first.content)

    def made_lasting(self) -> RankerChoice:
        """With the content of the ranker's file, which may then move, and all that was left open.

        Raises:
            ModelError: the file cannot be used.
        """
        reranker = self.reranker or NO_RERANKER
        if Path(reranker).is_dir():
            reranker = str(Path(reranker).resolve())
        if self.ranker in ("", DEFAULT_RANKER, FUSED_RANKER):
            return RankerChoice(self.ranker or DEFAULT_RANKER, reranker)
        load_ranker(Path(self.ranker))
        return RankerChoice(self.ranker, reranker, Path(self.ranker).read_text(encoding="utf-8"))

    def __str__(self) -> str:
        alone = self.reranker in ("", NO_RERANKER)
        return self.ranker if alone else f"{self.ranker} + {self.reranker}"


def open_ranker(ranker: Stage | RankerChoice | str, encoder: Encoder | None) -> Stage:
    """A ranker by choice, by name or file (see `RankerChoice`), or one as it is.

    The default is the shipped trained one; without an encoder half its features say nothing, and
    the fused score of the words serves instead.

    Raises:
        ModelError: a file is missing, damaged or of another version.
    """
    chosen = RankerChoice(ranker) if isinstance(ranker, str) else ranker
    if not isinstance(chosen, RankerChoice):
        return chosen
    first = _first_stage(chosen, encoder)
    if chosen.reranker in ("", NO_RERANKER):
        return first
    from matcher.ranking.cross_encoder import reranked

    return reranked(first, chosen.reranker, "none" if encoder is None else encoder.identity)


def _first_stage(chosen: RankerChoice, encoder: Encoder | None) -> Stage:
    if chosen.content:
        return _reading(read_ranker(chosen.content, chosen.ranker), encoder)
    shipped = chosen.ranker in ("", DEFAULT_RANKER)
    if chosen.ranker == FUSED_RANKER or (shipped and encoder is None):
        return FusedRanker()
    path = data_path(_SHIPPED_RANKER) if shipped else Path(chosen.ranker)
    return _reading(load_ranker(path), encoder)


def _reading(ranker: Stage, encoder: Encoder | None) -> Stage:
    """The ranker, reading phrases with the encoder where it can."""
    return (
        ranker.with_reader(phrase_reader(encoder)) if isinstance(ranker, AdditiveRanker) else ranker
    )


def phrase_reader(encoder: Encoder | None) -> PhraseReader | None:
    """Reads phrases with an encoder that wants its vectors centred; others have no phrases."""
    if encoder is None or not encoder.centring:
        return None
    return PhraseReader(
        encoder, query_centre(encoder), clause_centre(encoder), phrase_centre(encoder),
        english_phrase_centre(encoder),
    )  # fmt: skip


def shipped_linear() -> LinearRanker:
    """The shipped linear ranker, which learning from use goes on from."""
    loaded = load_ranker(data_path(_SHIPPED_LINEAR))
    assert isinstance(loaded, LinearRanker)
    return loaded


def calibration_for(ranker: Stage, encoder: Encoder | None) -> Calibration | None:
    """What puts a ranker's matches into words: its own calibration, or the shipped one."""
    own = ranker.calibration if isinstance(ranker, Chain) else None
    return own or shipped_calibration(encoder, ranker)


def shipped_calibration(encoder: Encoder | None, ranker: Stage) -> Calibration | None:
    """The shipped calibration for a ranker: that of its scores for the one trained on grades.

    None for an encoder whose cosines it was not fitted on.
    """
    if encoder is None or not encoder.identity.startswith(DEFAULT_ENCODER):
        return None
    graded = isinstance(ranker, AdditiveRanker)
    return load_calibration(data_path(_SHIPPED_GRADED if graded else _SHIPPED_CALIBRATION))


@cache
def shipped_coverage() -> CoverageRule:
    """What a piece of evidence must reach to cover a requirement."""
    return load_rule(data_path(SHIPPED_COVERAGE))


def piece_reader(encoder: Encoder | None, tokenizer: Tokenizer) -> PieceReader:
    """Holds requirements against what teams say: by meaning with the encoder the bounds were
    fitted for, by words alone with any other or none.
    """
    if encoder is None or not encoder.identity.startswith(DEFAULT_ENCODER):
        return PieceReader(tokenizer)
    return PieceReader(tokenizer, encoder, lambda e: (query_centre(e), phrase_centre(e)))


def background(encoder: Encoder, tokenizer: Tokenizer) -> Background:
    """What the words of laboratories have in common, from the written pairs of `corpora/silver`."""
    found = encoder.encode_passages(_background_texts()[::_BACKGROUND_STEP])
    return Background(_background_terms(tokenizer), Vectors.build(found.astype(np.float16)))


@lru_cache(maxsize=1)
def _background_terms(tokenizer: Tokenizer) -> TermStatistics:
    (tokens,) = tokenised(tokenizer, [_background_texts()])
    return TermStatistics.of(tokens)


@cache
def _background_texts() -> tuple[str, ...]:
    lines = data_path(_BACKGROUND).read_text(encoding="utf-8").splitlines()
    return tuple("。".join(json.loads(line)["lab"]) for line in lines)


@cache
def _centre_texts() -> tuple[str, ...]:
    challenges = read_challenges(data_path(_CENTRE_LIST)).records
    return tuple(facet.text for challenge in challenges for facet in facets(challenge))


def query_centre(encoder: Encoder) -> FloatArray:
    """Mean vector of queries in general, from the shipped list: shape (dim,).

    A constant of the encoder, so that a ranking does not depend on what else is in the batch.
    """
    vectors = encoder.encode_queries(_centre_texts())
    return np.asarray(vectors.mean(axis=0), dtype=np.float32)


def passage_centre(encoder: Encoder | None) -> FloatArray | None:
    """Mean vector of passages in general, (dim,), where the encoder wants vectors centred; None
    where it does not.

    A constant of the encoder, so that nobody's score depends on who else is in the library. Of the
    shipped one it is kept, the same on every machine.

    Raises:
        ModelError: the file is missing or damaged.
    """
    if encoder is None or not encoder.centring:
        return None
    if encoder.identity.startswith(DEFAULT_ENCODER):
        return _kept_centre("centre")
    if encoder.identity not in _made_centres:
        _made_centres[encoder.identity] = mean_of_passages(encoder, _CENTRE_EVERY)
    return _made_centres[encoder.identity]


def mean_of_passages(encoder: Encoder, every: int = 1) -> FloatArray:
    """`passage_centre` worked out, from every so many of the demonstration library's passages."""
    teams = read_teams(data_path(_CENTRE_LIBRARY)).records
    texts = [passage.text for team in teams for passage in team_passages(team)]
    found = encoder.encode_passages(texts[::every]).astype(np.float64)
    return np.asarray(found.mean(axis=0).round(4), dtype=np.float32)


@cache
def _kept_centre(name: str) -> FloatArray:
    path = data_path(_PASSAGE_CENTRE)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return np.array([float(number) for number in content[name]], dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "编码器的中心无法读取", given=f"{path}: {error}", remedy="重新安装 jiebang-matcher"
        ) from error


def clause_centre(encoder: Encoder) -> FloatArray:
    """Mean vector of clauses read within their texts, from the same list: shape (dim,). What
    stands around a clause is in its vector too, so clauses do not lie where texts do.
    """
    challenges = read_challenges(data_path(_CENTRE_LIST)).records
    found = np.concatenate(clauses_read(challenges, encoder))
    return np.asarray(found.mean(axis=0), dtype=np.float32)


def phrase_centre(encoder: Encoder) -> FloatArray:
    """Mean vector of technical phrases in general, from the shipped glossary: shape (dim,)."""
    terms = list(default_tokenizer().glossary.english)[::_CENTRE_TERMS]
    return np.asarray(encoder.encode_passages(terms).mean(axis=0), dtype=np.float32)


def english_phrase_centre(encoder: Encoder) -> FloatArray | None:
    """Mean vector of English phrases in general, (dim,), of the shipped encoder; None of others.

    Raises:
        ModelError: the file is missing or damaged.
    """
    shipped = encoder.identity.startswith(DEFAULT_ENCODER)
    return _kept_centre("english") if shipped else None
