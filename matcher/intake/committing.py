"""A preview made true, in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import chain

from matcher.intake.preview import Part, Preview
from matcher.progress import Progress
from matcher.workspace import Change, Workspace


def commit(
    workspace: Workspace, preview: Preview, progress: Progress | None = None, *,
    along: Callable[[sqlite3.Connection], None] | None = None,
) -> list[Change]:  # fmt: skip
    """Store all parts of a preview or, whatever goes wrong, none. What each part changed.

    Args:
        along: writes what goes with it, in the same transaction: alliances among it.

    Raises:
        InputError: evidence of a team that is not there.
        WorkspaceError, StorageError: as `matcher.workspace.Workspace.put`.
    """
    if preview.obstacle is not None:
        raise preview.obstacle
    parts = preview.parts
    batches = [(part.side, part.records) for part in parts if part.side is not None]
    stated = [p.records for p in parts if p.side is None and p.change is None]
    if parts and all(part.change is not None for part in parts) and along is not None:
        workspace.beside(along)
        return [part.change for part in parts if part.change is not None]
    changes = iter(workspace.put(batches, chain(*stated), progress, along=along))
    return [_changed(part) or next(changes) for part in parts]


def _changed(part: Part) -> Change | None:
    """What is not compared with the workspace changes; None where the workspace tells."""
    if part.change is not None:
        return part.change
    return Change(len(part.records), 0, 0) if part.side is None else None
