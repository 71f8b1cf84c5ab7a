"""Makes messages of what happened and sends what is due, behind the requests in line."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from matcher.errors import MatcherError
from matcher.service.store.deliveries import Deliveries, Delivery
from matcher.service.worker import step_back

_log = logging.getLogger("matcher.service")
_LOOKED_EVERY = 1.0


class Courier:
    """One thing after another in a thread of its own.

    Args:
        deliveries: the queue.
        gather: makes messages of what happened since it was last called.
        deliver: sends one delivery that has been claimed, and notes what came of it.
    """

    def __init__(
        self, deliveries: Deliveries, gather: Callable[[], object],
        deliver: Callable[[Delivery], None],
    ) -> None:  # fmt: skip
        self._deliveries = deliveries
        self._gather = gather
        self._deliver = deliver
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; what a killed process was sending is in doubt from now on."""
        self._deliveries.recover()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Stop after what is being sent."""
        self._stopping.set()
        self._deliveries.called.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        step_back()
        while not self._stopping.is_set():
            try:
                self._gather()
                self._send_due()
            except MatcherError as error:  # a long import commits, the disk is full
                _log.warning("messages cannot be noted", extra={"error": error.code})
            except Exception:
                _log.exception("messages cannot be made")
            self._deliveries.called.wait(_LOOKED_EVERY)
            self._deliveries.called.clear()

    def _send_due(self) -> None:
        while not self._stopping.is_set():
            delivery = self._deliveries.claim()
            if delivery is None:
                return
            self._deliver(delivery)
