"""What a running service holds together, and who asks it: the first argument of every verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.index.store import Side
from matcher.once import Once
from matcher.records import Outcome
from matcher.service.access import PUBLIC, Principal
from matcher.service.edge.limiting import Limiter
from matcher.service.edge.observing import Metrics
from matcher.service.edge.turns import Turns
from matcher.service.live.snapshot import WorkspaceSnapshot
from matcher.service.live.workspace import LiveWorkspace
from matcher.service.openid import Provider
from matcher.service.settings import Settings
from matcher.service.store.accounts import Accounts
from matcher.service.store.alliances import Alliances
from matcher.service.store.audit import Audit
from matcher.service.store.corrections import Corrections
from matcher.service.store.database import Database
from matcher.service.store.deliveries import Deliveries
from matcher.service.store.dossier import Dossier
from matcher.service.store.events import Events
from matcher.service.store.grants import Grants
from matcher.service.store.handling import Handlings
from matcher.service.store.hooks import Hooks
from matcher.service.store.identities import Identities
from matcher.service.store.jobs import Jobs
from matcher.service.store.keys import Keys
from matcher.service.store.links import PasswordLinks
from matcher.service.store.messages import Messages
from matcher.service.store.pairs import Pairs
from matcher.service.store.registrations import Registrations
from matcher.service.store.replies import Replies
from matcher.service.store.sessions import Sessions
from matcher.service.store.signing import Signing
from matcher.service.store.states import States
from matcher.workspace import STORE_FILE, Batch, Workspace

# Files looked at last: each is read when it is uploaded, and shown by the page after that.
_PREVIEWS = 8


@dataclass(frozen=True)
class Service:
    """The parts of one running service."""

    settings: Settings
    database: Database
    accounts: Accounts
    grants: Grants
    links: PasswordLinks
    registrations: Registrations
    deliveries: Deliveries
    hooks: Hooks
    messages: Messages
    signing: Signing
    identities: Identities
    provider: Provider
    sessions: Sessions
    audit: Audit
    keys: Keys
    jobs: Jobs
    states: States
    pairs: Pairs
    corrections: Corrections
    events: Events
    dossier: Dossier
    handlings: Handlings
    alliances: Alliances
    replies: Replies
    limiter: Limiter
    turns: Turns
    metrics: Metrics
    live: LiveWorkspace
    previews: Once

    @classmethod
    def open(cls, settings: Settings) -> Service:
        """Open the workspace, made if there is none.

        Raises:
            WorkspaceError: damaged, newer, or made by another encoder.
            ModelError: the encoder is not installed.
        """
        live = LiveWorkspace(settings)
        live.connect().make()
        database = Database(settings.workspace / STORE_FILE)
        return cls(
            settings,
            database,
            Accounts(database, settings.attempts, settings.lockout_minutes),
            Grants(database),
            PasswordLinks(database),
            Registrations(database),
            deliveries := Deliveries(database),
            hooks := Hooks(database),
            Messages(database, deliveries, hooks, settings.sends_mail),
            Signing(database),
            Identities(database),
            Provider(settings),
            Sessions(database, settings.session_hours, settings.idle_minutes),
            audit := Audit(database),
            Keys(database),
            Jobs(database),
            States(database, audit),
            Pairs(database, audit),
            Corrections(database),
            Events(database),
            Dossier(database),
            Handlings(database),
            Alliances(database, audit),
            Replies(database),
            Limiter(settings.requests_per_minute),
            Turns(),
            Metrics(),
            live,
            Once(_PREVIEWS),
        )

    def put(
        self, batches: Sequence[Batch], change: Callable[[], object],
        outcomes: Iterable[Outcome] = (), *, removed: Sequence[tuple[Side, str]] = (),
        as_stated: bool = False,
    ) -> None:  # fmt: skip
        """Write records and what goes with them in one transaction, and answer from them.

        Args:
            change: writes through the stores of this service; what it raises undoes everything.
            removed: records that go; what they were stays among their versions.

        Raises:
            WorkspaceError, StorageError: as `Workspace.put`.
        """
        along = self.database.joined(change)
        self.live.connect().put(
            batches, outcomes, removed=removed, keeping=True, along=along, as_stated=as_stated
        )
        if self.live.ready:
            self.live.reopen()

    def restate(self, change: Callable[[], object]) -> None:
        """Change what the records mean, which makes stale what was derived; as `put`."""
        self.live.connect().restate(self.database.joined(change))
        self.live.reopen()

    def close(self) -> None:
        """Release the workspace."""
        self.live.close()
        self.database.close()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and which service: every verb of the desk takes one first."""

    service: Service
    principal: Principal = PUBLIC

    @property
    def account_id(self) -> int:
        """Of the account; asked only by verbs for whoever is signed in."""
        assert self.principal.account_id is not None
        return self.principal.account_id

    @property
    def snapshot(self) -> WorkspaceSnapshot:
        """What the service answers from now. Raises: WorkspaceError: it cannot be opened."""
        return self.service.live.current()

    @property
    def workspace(self) -> Workspace:
        """The records as they are stored now, whatever the service answers from."""
        return self.service.live.connect()

    def note(self, action: str, target: str = "", **detail: Any) -> None:
        """Put an act into the audit log in the caller's name, as `Audit.write`."""
        self.service.audit.write(self.principal, action, target, **detail)
