"""A list of challenges matched in blocks: each block is `Matcher.match` on a few of them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matcher.cluster.blocks import Engine, Progress, run_blocks, software_version
from matcher.errors import InputError
from matcher.explanation import Explanation
from matcher.matches import Failure, Match, Ranking
from matcher.models import DEFAULT_RANKER
from matcher.pipeline import Matcher
from matcher.workspace import Workspace

# Enough for the matrix products, few enough that a lost worker costs little.
BLOCK = 64
_local = threading.local()


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """How a list is matched.

    Attributes:
        encoder: name or folder, the same on all workers.
        ranker: see `matcher.models.open_ranker`.
        top, explained: see `Matcher.match`.
        size: challenges in a block.
    """

    encoder: str
    ranker: str = DEFAULT_RANKER
    top: int = 100
    explained: int = 0
    size: int = BLOCK


@dataclass(frozen=True, slots=True)
class MatchBlock:
    """Some challenges of a workspace to be matched.

    Attributes:
        workspace: its folder, the same on all machines.
        state: the workspace's, so that an open matcher is not used for another one.
        version: of the software; others may rank otherwise.
    """

    name: str
    workspace: str
    settings: MatchSettings
    state: str
    version: str
    challenge_ids: tuple[str, ...]

    def run(self, target: Path) -> None:
        """Match and write the rankings. Raises: InputError."""
        if self.version != software_version():
            raise InputError(
                "计算节点上的软件版本不同", given=software_version(), expected=self.version,
                remedy="所有节点安装同一版本",
            )  # fmt: skip
        wanted = self.settings
        found = self._matcher().match(
            self.challenge_ids, top=wanted.top, explained=wanted.explained
        )
        lines = [json.dumps(_as_json(result), ensure_ascii=False) for result in found]
        target.write_text("\n".join(lines), encoding="utf-8")

    def _matcher(self) -> Matcher:
        """One a thread: what a database connection is made for."""
        key = (self.workspace, self.settings.encoder, self.settings.ranker, self.state)
        if getattr(_local, "key", None) != key:
            opened = Workspace(self.workspace, encoder=self.settings.encoder)
            if opened.state != self.state:
                raise InputError(
                    "工作区在运行期间被更新", given=self.workspace, remedy="不加 --resume 重新运行"
                )
            _local.matcher, _local.key = opened.matcher(self.settings.ranker), key
        opened_here: Matcher = _local.matcher
        return opened_here


def match_in_blocks(
    workspace: Workspace,
    folder: Path,
    engine: Engine,
    settings: MatchSettings,
    progress: Progress | None = None,
) -> Iterator[Ranking | Failure]:
    """Rank the teams for every challenge of a workspace, as `Matcher.match` does.

    Args:
        workspace: on storage that all workers share.
        folder: for the blocks' files, likewise; removed when all were read.
        engine: where to run.
        settings: how to match.
        progress: called with (blocks done, blocks in all).

    Raises:
        InputError, ClusterError: see `run_blocks`.
    """
    # Opened here first, so that the index is up to date before many look at it.
    opened = workspace.matcher(settings.ranker)
    ids, size = list(opened.challenges), settings.size
    place, state = str(workspace.folder.resolve()), workspace.state
    blocks = [
        MatchBlock(
            f"match-{low // size:06}.jsonl", place, settings, state, software_version(),
            tuple(ids[low : low + size]),
        )
        for low in range(0, len(ids), size)
    ]  # fmt: skip
    decisive = asdict(settings) | {"kind": "match", "state": state, "version": software_version()}
    for file in run_blocks(blocks, folder, decisive, engine, progress):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield _from_json(json.loads(line), opened)
    shutil.rmtree(folder, ignore_errors=True)


def _as_json(result: Ranking | Failure) -> dict[str, Any]:
    from pydantic import TypeAdapter

    if isinstance(result, Failure):
        return {"challenge": result.challenge.challenge_id, "reason": result.reason}
    adapter = TypeAdapter(Explanation | None)
    return {
        "challenge": result.challenge.challenge_id,
        "verdict": result.verdict,
        "chance": result.chance,
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
            Match(rank, challenge, team_id, score, band,
                  adapter.validate_python(explanation), chance, opened.teams)
            for rank, (team_id, score, band, explanation, chance) in enumerate(matches, 1)
        ),
        content["verdict"],
        content["chance"],
    )  # fmt: skip
