"""What can come of sending, beside that it arrived."""

from __future__ import annotations


class NotSentError(Exception):
    """It surely did not arrive.

    Attributes:
        reason: in words, without addresses.
        again: whether a later try may do better.
    """

    def __init__(self, reason: str, again: bool = True) -> None:
        self.reason = reason
        self.again = again
        super().__init__(reason)


class InDoubtError(Exception):
    """It was handed over and no answer came: it may have arrived or not."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
