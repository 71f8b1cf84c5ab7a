"""A list matched in blocks: of challenges, and of teams where the library is large."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.cluster.blocks import Engine, run_blocks, software_version
from matcher.cluster.job import MatchJob, MatchSettings, read_rankings, write_rankings
from matcher.cluster.partition import partitioned, shares
from matcher.matches import Failure, Ranking
from matcher.progress import Progress
from matcher.workspace import Workspace


@dataclass(frozen=True, slots=True)
class MatchBlock:
    """Some challenges of a workspace to be matched with all its teams."""

    name: str
    job: MatchJob
    challenge_ids: tuple[str, ...]

    def run(self, target: Path) -> None:
        """Match and write the rankings. Raises: InputError."""
        wanted = self.job.settings
        write_rankings(target, self.job.matcher().match(
            self.challenge_ids, top=wanted.top, explained=wanted.explained
        ))  # fmt: skip


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
    opened = workspace.matcher(settings.choice)
    job = MatchJob(
        str(workspace.folder.resolve()), settings, workspace.state, software_version()
    )  # fmt: skip
    ids, size = list(opened.challenges), settings.size
    blocks = {f"{low // size:06}": tuple(ids[low : low + size]) for low in range(0, len(ids), size)}
    teams = shares(opened, settings.team_blocks)
    if len(teams) > 1:
        encoded = opened.encoder is not None
        stages = partitioned(job, blocks, teams, folder.resolve(), encoded=encoded)
    else:
        stages = [[MatchBlock(f"match-{n}.jsonl", job, chosen) for n, chosen in blocks.items()]]
    decisive = asdict(settings) | {"kind": "match", "state": job.state, "version": job.version}
    for file in run_blocks(stages, folder, decisive, engine, progress):
        yield from read_rankings(file, opened)
    shutil.rmtree(folder, ignore_errors=True)
