"""An import into a workspace that people read: what is new of it waits to be published.

Alliances, which nobody publishes, are kept with the steps their days tell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from matcher.index.indexing import record_hash
from matcher.intake import Preview, commit
from matcher.progress import Progress
from matcher.records import Challenge
from matcher.records.alliance import Alliance
from matcher.service.access import COMMAND_LINE, Principal
from matcher.service.store.alliances import Alliances
from matcher.service.store.arrivals import Before, Listed
from matcher.service.store.audit import Audit
from matcher.service.store.database import Database
from matcher.service.store.deliveries import Deliveries
from matcher.service.store.hooks import Hooks
from matcher.service.store.messages import Messages
from matcher.service.store.principals import has_accounts
from matcher.service.store.states import States
from matcher.service.store.steps import Act
from matcher.workspace import STORE_FILE, Change, Workspace


def commit_waiting(  # noqa: PLR0913 -- one transaction takes all that belongs to it
    workspace: Workspace, preview: Preview, database: Database, who: Principal, file: str,
    messages: Messages, progress: Progress | None = None, *, waits: bool = True,
) -> tuple[list[Change], int]:  # fmt: skip
    """Store a preview: what each part changed, and how many challenges wait to be published.

    Records, states, steps, events, audit and what organisations and staff are told of it are one
    transaction.

    Args:
        file: what is imported, as it is told.
        waits: whether what is new waits; else it is out at once.

    Raises:
        InputError, WorkspaceError, StorageError: as `matcher.intake.commit`.
    """
    states, alliances = States(database, Audit(database)), Alliances(database, Audit(database))
    known = workspace.hashes("challenge")
    listed = [r for part in preview.parts if part.side == "challenge" for r in part.records]
    waiting, before = 0, Before.of(database)

    def along() -> None:
        nonlocal waiting
        if waits:
            waiting = states.take_in(who, file, known, listed)
        alliances.put(preview.alliances, Act(who, "staff", f"导入 {file}"))
        before.tell(database, messages, who, file, _counted(known, listed, waiting))

    changes = commit(workspace, preview, progress, along=database.joined(along))
    return changes, waiting


def _counted(known: Mapping[str, str], records: Sequence[Challenge], waiting: int) -> Listed:
    hashes = {one.challenge_id: record_hash(one) for one in records}
    new = hashes.keys() - known.keys()
    changed = [one for one in hashes.keys() & known.keys() if hashes[one] != known[one]]
    return Listed(len(new), len(changed), waiting)


@contextmanager
def telling_beside(
    workspace: Workspace, source: str
) -> Iterator[Callable[[sqlite3.Connection], None]]:
    """Tells of teams that are built on the command line, in the transaction that writes them."""
    with closing(Database(workspace.folder / STORE_FILE)) as database:
        before, inboxes = Before.of(database), _inboxes(database)
        yield database.joined(lambda: before.tell(database, inboxes, COMMAND_LINE, source))


def _inboxes(database: Database) -> Messages:
    """Where the command line tells: of no mail, whose settings are the service's."""
    return Messages(database, Deliveries(database), Hooks(database), by_mail=False)


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
                    workspace, preview, database, COMMAND_LINE, file, _inboxes(database), progress,
                    waits=waits,
                )  # fmt: skip
    return commit(workspace, preview, progress), 0
