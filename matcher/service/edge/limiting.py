"""How often one caller may ask."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter


class Limiter:
    """Requests a minute for each caller, counted in memory."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._counted = SlidingWindowCounterRateLimiter(MemoryStorage())

    def admits(self, caller: str, purpose: str = "", per_minute: int | None = None) -> bool:
        """Count a request; whether it is still within the limit.

        >>> limiter = Limiter(2)
        >>> [limiter.admits("a") for _ in range(3)], limiter.admits("b")
        ([True, True, False], True)
        """
        allowed = RateLimitItemPerMinute(per_minute or self._per_minute)
        return self._counted.hit(allowed, purpose, caller)
