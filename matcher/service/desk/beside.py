"""Who works on the machine itself, beside the service, by the same verbs as at its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from matcher.service.access import COMMAND_LINE
from matcher.service.context import Caller, Service
from matcher.service.settings import Settings


@contextmanager
def at_command_line(workspace: Path, encoder: str) -> Iterator[Caller]:
    """Staff at the command line, before a workspace that nothing is answered from.

    Raises:
        WorkspaceError, ModelError, StorageError: as `Service.open`.
    """
    with closing(Service.open(Settings(workspace=workspace, encoder=encoder))) as service:
        yield Caller(service, COMMAND_LINE)
