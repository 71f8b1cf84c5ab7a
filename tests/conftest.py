"""What the test files share: the small real encoder, the demonstration corpora, a clean home."""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from matcher import Challenge, Matcher, Team, read_challenges, read_teams
from matcher.cli import main
from matcher.encoding import Encoder, Vectors, encoder_dir, encoders_dir, resolve_encoder
from matcher.learning.training import evidence_groups
from matcher.progress import Progress
from matcher.ranking.features import FeatureMatrix
from matcher.ranking.fused import FUSED_PARTS, FusedRanker, fused_parts
from matcher.ranking.learned import fit_boosted, fit_linear
from matcher.ranking.stages import Chain, Pool, Scores
from matcher.resources import data_path

TINY = Path(__file__).parent / "fixtures" / "tiny-encoder"
DEMO = "corpora/demo"
# Not a test, and needs atheris: make fuzz.
collect_ignore = ["fuzz/fuzz.py"]
# Where this machine keeps its encoders, when the default one is built; most tests do without.
INSTALLED_ENCODER = encoders_dir() if (encoder_dir() / "modules.json").is_file() else None

# The same examples on every run and machine: a failure can be repeated, a slow machine is no error.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/golden/ from what the software gives now; read the diff",
    )


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Caches and models of the suite, so that it neither reads nor touches the user's."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(home / "cache"))
        patch.setenv("MATCHER_MODELS_DIR", str(home / "models"))
        for name in [name for name in os.environ if name.startswith("MATCHER_")]:
            if name != "MATCHER_MODELS_DIR":
                patch.delenv(name)
        yield home


def pytest_collection_finish() -> None:
    """What was collected stays to the end: looking for garbage passes over it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def unsettled() -> Iterator[None]:
    """A service looks for garbage in the whole process whenever it opens a snapshot; here that is
    the whole suite, hundreds of times. tests/test_service_batching.py sees to it once.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.service.live.workspace.settle", lambda: None)
        yield


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return resolve_encoder(TINY)


@pytest.fixture(scope="session")
def challenges() -> tuple[Challenge, ...]:
    return read_challenges(data_path(f"{DEMO}/challenges.jsonl")).records


@pytest.fixture(scope="session")
def teams() -> tuple[Team, ...]:
    return read_teams(data_path(f"{DEMO}/teams.jsonl")).records


@pytest.fixture(scope="session")
def lexical(challenges: Sequence[Challenge], teams: Sequence[Team]) -> Matcher:
    return Matcher.from_records(challenges, teams, encoder=None)


@pytest.fixture(scope="session")
def fused(challenges: Sequence[Challenge], teams: Sequence[Team], encoder: Encoder) -> Matcher:
    return Matcher.from_records(challenges, teams, encoder=encoder, ranker="fused")


class DenseRanker:
    """A ranker from outside the package: the dense part of the score alone."""

    name = "dense"
    labels = FUSED_PARTS
    _parts = ("dense_first", "dense_second")

    def rerank(self, pool: Pool) -> Scores:
        return Scores.of(FeatureMatrix(self._parts, fused_parts(pool.view).columns(self._parts)))


@dataclass(frozen=True)
class TitleReader:
    """A stage from outside the package: reads the texts of the best few for the title's letters."""

    depth: int = 30
    name: str = "reader"
    labels = {"letters": "题目的字"}  # noqa: RUF012

    def rerank(self, pool: Pool) -> Scores:
        letters = set(pool.query.challenge.title)
        shares = np.zeros((len(pool.view.documents), 1), dtype=np.float32)
        for place in pool.among_best(self.depth):
            read = set("".join(pool.texts(int(place))))
            shares[place] = len(letters & read) / max(1, len(letters))
        return Scores.of(FeatureMatrix(("letters",), shares))


@pytest.fixture(scope="session")
def reranked(fused: Matcher) -> Matcher:
    return replace(fused, ranker=Chain((FusedRanker(), TitleReader())))


@pytest.fixture(scope="session")
def dense(fused: Matcher) -> Matcher:
    return replace(fused, ranker=DenseRanker())


@pytest.fixture(scope="session")
def linear(fused: Matcher) -> Matcher:
    return replace(fused, ranker=fit_linear(evidence_groups(fused, limit=40)))


@pytest.fixture(scope="session")
def boosted(fused: Matcher) -> Matcher:
    return replace(fused, ranker=fit_boosted(evidence_groups(fused, limit=40), trees=20))


@pytest.fixture(params=["lexical", "dense", "fused", "linear", "reranked"])
def matcher(request: pytest.FixtureRequest) -> Matcher:
    """Every way of retrieving and ranking, in turn; for trees see test_ranking_learned."""
    chosen: Matcher = request.getfixturevalue(request.param)
    return chosen


class CountingEncoder:
    """An encoder that counts the texts it is given."""

    def __init__(self, encoder: Encoder, identity: str | None = None) -> None:
        self._encoder = encoder
        self.identity = identity or encoder.identity
        self.dimension = encoder.dimension
        self.centring = encoder.centring
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.encoded.extend(texts)
        return self._encoder.encode_queries(texts, progress=progress)

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.encoded.extend(texts)
        return self._encoder.encode_passages(texts, progress=progress)


@pytest.fixture
def counting(encoder: Encoder) -> CountingEncoder:
    return CountingEncoder(encoder)


UNFINISHED = ("Traceback", "程序内部错误")


@dataclass
class Done:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def refused(self, *parts: str, code: int = 1) -> None:
        """Refused in Chinese, with what to do, without a traceback and without a result."""
        assert self.code == code, self.err
        for part in ("错误", "处理：", *parts):
            assert part in self.err
        assert not any(sign in self.err for sign in UNFINISHED)
        assert self.out == ""


Cli = Callable[..., Done]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Runs the program as a person does, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATCHER_ENCODER", str(TINY))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["matcher", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capfd.readouterr()
        with pytest.raises(SystemExit) as leaving:
            main()
        shown = capfd.readouterr()
        return Done(int(leaving.value.code or 0), shown.out, shown.err)

    return run


def jsonl(path: Path, records: list[dict[str, Any]]) -> Path:
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
