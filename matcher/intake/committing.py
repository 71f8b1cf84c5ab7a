"""A preview made true, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import chain

from matcher.intake.preview import Preview
from matcher.progress import Progress
from matcher.workspace import Change, Workspace


def commit(
    workspace: Workspace, preview: Preview, progress: Progress | None = None, *,
    along: Callable[[sqlite3.Connection], None] | None = None,
) -> list[Change]:  # fmt: skip
    """Store all parts of a preview or, whatever goes wrong, none. What each part changed.

    Args:
        along: writes what goes with it, in the same transaction.

    Raises:
        InputError: evidence of a team that is not there.
        WorkspaceError, StorageError: as `matcher.workspace.Workspace.put`.
    """
    if preview.obstacle is not None:
        raise preview.obstacle
    parts = preview.parts
    batches = [(part.side, part.records) for part in parts if part.side is not None]
    stated = [part.records for part in parts if part.side is None]
    changes = iter(workspace.put(batches, chain(*stated), progress, along=along))
    return [Change(len(p.records), 0, 0) if p.side is None else next(changes) for p in parts]
