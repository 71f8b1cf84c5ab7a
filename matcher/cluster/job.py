"""What the blocks of a run of matching have in common, and the rankings they write."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.cluster.blocks import software_version
from matcher.errors import InputError
from matcher.explanation import Explanation
from matcher.matches import Failure, Match, Ranking
from matcher.models import RankerChoice
from matcher.pipeline import Matcher
from matcher.ranking.grades import Band, Verdict
from matcher.workspace import Workspace

# Enough for the matrix products, few enough that a lost worker costs little.
BLOCK = 64
_local = threading.local()


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """How a list is matched.

    Attributes:
        encoder: name or folder, the same on all workers.
        ranker, reranker: see `matcher.models.RankerChoice`.
        top, explained: see `Matcher.match`.
        size: challenges in a block.
        team_blocks: in how many blocks the library is looked through, its segments at most.
    """

    encoder: str
    ranker: str = ""
    top: int = 100
    explained: int = 0
    size: int = BLOCK
    team_blocks: int = 1
    reranker: str = ""

    @property
    def choice(self) -> RankerChoice:
        """Of the ranker."""
        return RankerChoice(self.ranker, self.reranker)


@dataclass(frozen=True, slots=True)
class MatchJob:
    """What all blocks of a run have in common.

    Attributes:
        workspace: its folder, the same on all machines.
        state: the workspace's, so that an open matcher is not used for another one.
        version: of the software; others may rank otherwise.
    """

    workspace: str
    settings: MatchSettings
    state: str
    version: str

    def matcher(self) -> Matcher:
        """The workspace's; one a thread: what a database connection is made for.

        Raises:
            InputError: the workspace or the software is not that of the run.
        """
        if self.version != software_version():
            raise InputError(
                "计算节点上的软件版本不同", given=software_version(), expected=self.version,
                remedy="所有节点安装同一版本",
            )  # fmt: skip
        if getattr(_local, "job", None) != self:
            opened = Workspace(self.workspace, encoder=self.settings.encoder)
            if opened.state != self.state:
                raise InputError(
                    "工作区在运行期间被更新", given=self.workspace, remedy="不加 --resume 重新运行"
                )
            _local.matcher, _local.job = opened.matcher(self.settings.choice), self
        opened_here: Matcher = _local.matcher
        return opened_here


def write_rankings(target: Path, found: Iterator[Ranking | Failure]) -> None:
    """Rankings as lines of JSON: numbers and explanations, no records."""
    lines = [json.dumps(_as_json(result), ensure_ascii=False) for result in found]
    target.write_text("\n".join(lines), encoding="utf-8")


def read_rankings(file: Path, opened: Matcher) -> Iterator[Ranking | Failure]:
    """What `write_rankings` wrote, with the records of a matcher."""
    for line in file.read_text(encoding="utf-8").splitlines():
        yield _from_json(json.loads(line), opened)


def _as_json(result: Ranking | Failure) -> dict[str, Any]:
    from pydantic import TypeAdapter

    if isinstance(result, Failure):
        return {"challenge": result.challenge.challenge_id, "reason": result.reason}
    adapter = TypeAdapter(Explanation | None)
    return {
        "challenge": result.challenge.challenge_id,
        "verdict": result.verdict,
        "chance": result.chance,
        "too_short": result.too_short,
        "matches": [
            (m.team_id, m.score, m.band, adapter.dump_python(m.explanation, mode="json"),
             m.chance)
            for m in result.matches
        ],
    }  # fmt: skip


def _from_json(content: dict[str, Any], opened: Matcher) -> Ranking | Failure:
    from pydantic import TypeAdapter

    challenge = opened.challenge(content["challenge"])
    if "reason" in content:
        return Failure(challenge, content["reason"])
    adapter: TypeAdapter[Explanation | None] = TypeAdapter(Explanation | None)
    matches: Sequence[Any] = content["matches"]
    return Ranking(
        challenge,
        tuple(
            Match(rank, challenge, team_id, score, Band(band),
                  adapter.validate_python(explanation), chance, opened.teams)
            for rank, (team_id, score, band, explanation, chance) in enumerate(matches, 1)
        ),
        Verdict(content["verdict"]),
        content["chance"],
        content["too_short"],
    )  # fmt: skip
