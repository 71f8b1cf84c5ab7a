"""What a report was made from, as hashes: records, model, rules. Same hashes, same report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from matcher.index.indexing import record_hash
from matcher.pipeline import Matcher
from matcher.policy import PolicyPack
from matcher.procedure import Award
from matcher.ranking.stages import Stage
from matcher.records import Challenge, Outcome, Team
from matcher.records.alliance import Alliance


@dataclass(frozen=True, slots=True)
class Identity:
    """Hashes (sha256) and names of everything that goes in.

    Attributes:
        code: of the package's own source files.
        pack: "" without one.
        alliances: "" without any; they matter to what may be asked for.
        awards, parted: "" without any.
    """

    version: str
    code: str
    tokenizer: str
    encoder: str
    ranker: str
    calibration: str
    challenges: str
    teams: str
    outcomes: str
    pack: str
    alliances: str = ""
    awards: str = ""
    parted: str = ""

    @property
    def model(self) -> dict[str, str]:
        """The part that decides a ranking."""
        names = ("code", "tokenizer", "encoder", "ranker", "calibration", "teams")
        return {name: str(getattr(self, name)) for name in names}


def identity_of(
    matcher_: Matcher,
    challenges: Sequence[Challenge],
    outcomes: Iterable[Outcome],
    pack: PolicyPack | None,
    alliances: Sequence[Alliance] = (),
    awards: Sequence[Award] = (),
    parted: Mapping[tuple[str, str], str] | None = None,
) -> Identity:
    """The identity of a report's inputs."""
    calibration = matcher_.calibration
    return Identity(
        version=_version(),
        code=code_hash(),
        tokenizer=matcher_.tokenizer.identity,
        encoder="none" if matcher_.encoder is None else matcher_.encoder.identity,
        ranker=ranker_identity(matcher_.ranker),
        calibration="" if calibration is None else _digest([json.dumps(asdict(calibration))]),
        challenges=_digest(record_hash(c) for c in challenges),
        teams=records_hash(matcher_.teams.values()),
        outcomes=_digest(sorted(o.model_dump_json(exclude={"source"}) for o in outcomes)),
        pack="" if pack is None else _digest([pack.model_dump_json()]),
        alliances=_digest(a.model_dump_json(exclude={"source"}) for a in alliances)
        if pack is not None and alliances
        else "",
        awards=_digest(sorted(" ".join(astuple(a)) for a in awards)) if awards else "",
        parted=_digest(sorted(" ".join((*pair, how)) for pair, how in parted.items()))
        if parted
        else "",
    )


def records_hash(records: Iterable[Challenge | Team]) -> str:
    """One hash of many records, whatever their order."""
    return _digest(sorted(record_hash(record) for record in records))


def ranker_identity(ranker: Stage) -> str:
    """The ranker's name with a hash of what was trained.

    >>> from matcher.ranking.fused import FusedRanker
    >>> ranker_identity(FusedRanker()) == ranker_identity(FusedRanker())
    True
    """
    return f"{ranker.name}-{_digest([repr(ranker)])[:16]}"


def code_hash() -> str:
    """Of the package's source, so that a changed program is not taken for changed data."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(p for p in root.rglob("*") if p.suffix in (".py", ".html", ".js", ".css"))
    return _digest(f"{p.relative_to(root).as_posix()}\n{_text(p)}" for p in files)


def _version() -> str:
    try:
        return version("jiebang-matcher")
    except PackageNotFoundError:
        return "未安装"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _digest(parts: Iterable[str]) -> str:
    digest = sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\x00")
    return digest.hexdigest()
