"""An import into a workspace that people read: what is new of it waits to be published.

Alliances, which nobody publishes, are kept with the steps their days tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from matcher.intake import Preview, commit
from matcher.progress import Progress
from matcher.records.alliance import Alliance
from matcher.service.access import COMMAND_LINE, Principal
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.principals import has_accounts
from matcher.service.store.states import States
from matcher.service.store.steps import Act
from matcher.workspace import STORE_FILE, Change, Workspace


def commit_waiting(  # noqa: PLR0913 -- one transaction takes all that belongs to it
    workspace: Workspace, preview: Preview, database: Database, who: Principal, file: str,
    progress: Progress | None = None, *, waits: bool = True,
    beside: Callable[[], object] = lambda: None,
) -> tuple[list[Change], int]:  # fmt: skip
    """Store a preview: what each part changed, and how many challenges wait to be published.

    Records, states, steps, events and audit are one transaction.

    Args:
        file: what is imported, as it is told.
        waits: whether what is new waits; else it is out at once.
        beside: what else belongs to the transaction.

    Raises:
        InputError, WorkspaceError, StorageError: as `matcher.intake.commit`.
    """
    states, alliances = States(database, Audit(database)), Alliances(database, Audit(database))
    known = workspace.hashes("challenge")
    listed = [r for part in preview.parts if part.side == "challenge" for r in part.records]
    waiting = 0

    def along() -> None:
        nonlocal waiting
        if waits:
            waiting = states.take_in(who, file, known, listed)
        alliances.put(preview.alliances, Act(who, "staff", f"导入 {file}"))
        beside()

    changes = commit(workspace, preview, progress, along=database.joined(along))
    return changes, waiting


def kept_alliances(workspace: Workspace) -> Sequence[Alliance]:
    """The alliances of a workspace, to hold a list against; none where there is no workspace."""
    if not workspace.exists:
        return ()
    workspace.status()  # brings an older file up to date
    with closing(Database(workspace.folder / STORE_FILE)) as database:
        return Alliances(database, Audit(database)).all()


def commit_beside(
    workspace: Workspace, preview: Preview, file: str, progress: Progress | None = None
) -> tuple[list[Change], int]:
    """The same on the command line; where there are no accounts nobody reads, and none waits.

    Raises:
        InputError, WorkspaceError, StorageError: as `commit_waiting`.
    """
    if preview.alliances:
        workspace.make()
    if workspace.exists:
        workspace.status()  # brings an older file up to date
        with closing(Database(workspace.folder / STORE_FILE)) as database:
            if (waits := has_accounts(database)) or preview.alliances:
                return commit_waiting(
                    workspace, preview, database, COMMAND_LINE, file, progress, waits=waits
                )
    return commit(workspace, preview, progress), 0
