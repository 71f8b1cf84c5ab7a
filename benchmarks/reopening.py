"""What the service spends when its workspace changes: opening, and again after one team or 1%.

    nice -n 5 python benchmarks/reopening.py output/made

Give a workspace that may be changed (`made_workspace.py` makes one). Processor seconds of this
process, so that others on the machine do not count; gigabytes that are not mapped from files.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from matcher.index.indexing import entries
from matcher.models import RankerChoice, open_encoder
from matcher.records import Team
from matcher.service.live.catalogue import team_catalogue
from matcher.service.live.snapshot import WorkspaceSnapshot
from matcher.workspace import Workspace

_T = TypeVar("_T")


def timed(what: str, work: Callable[[], _T]) -> _T:
    """Do it and say what it took."""
    began = time.process_time()
    made = work()
    spent = time.process_time() - began
    status = Path("/proc/self/status").read_text(encoding="utf-8").split("RssAnon:")[1]
    print(f"{what}: {spent:.2f} s, {int(status.split()[0]) / 1e6:.2f} GB", flush=True)
    return made


def _changed(team: Team) -> Team:
    return team.model_copy(update={"profile": f"{team.profile} {time.time_ns()}"})


def main() -> None:
    """Measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--encoder", default="multilingual-e5-small-zh")
    options = parser.parse_args()
    encoder = open_encoder(options.encoder)

    def opened(before: WorkspaceSnapshot | None) -> WorkspaceSnapshot:
        workspace = Workspace(options.workspace, encoder=encoder)
        return WorkspaceSnapshot.open(workspace, RankerChoice(), before)

    first = timed("open", lambda: opened(None))
    teams = first.matcher.teams
    ids = list(teams)
    second = first
    for wanted in (ids[:1], ids[::100]):
        changed = [_changed(teams[team_id]) for team_id in wanted]
        # Encoded before the clock starts: that time is the encoder's, proportional to the change.
        list(entries(changed, first.workspace.tokenizer, encoder))
        timed(f"change {len(changed)}", partial(first.workspace.put_teams, changed))
        second = timed("open again", partial(opened, second))
    hashes = second.workspace.hashes("team")
    timed("  of it, the list of teams", lambda: team_catalogue(teams, hashes, first.teams))
    timed("  the same without the list before", lambda: team_catalogue(teams, hashes))


if __name__ == "__main__":
    main()
