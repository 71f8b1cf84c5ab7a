"""Amounts in 万元 as they are written, not as binary holds them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from matcher.errors import InputError

_CENT = Decimal("0.01")


def wan(value: float) -> Decimal:
    """As it is written: 0.1 is a tenth."""
    return Decimal(str(value))


def amount_of(value: float, name: str) -> Decimal:
    """An amount somebody gave. Raises: InputError: negative or no number."""
    amount = wan(value)
    if not amount.is_finite() or amount < 0:
        raise InputError(
            f"{name}不是金额", given=value, expected="不小于 0 的万元数", remedy="改正后重试"
        )
    return amount


def down(value: Decimal) -> Decimal:
    """To 0.01, so that a cap is never broken by rounding."""
    return value.quantize(_CENT, ROUND_FLOOR)


def up(value: Decimal) -> Decimal:
    """To 0.01, so that a least amount is never missed by rounding."""
    return value.quantize(_CENT, ROUND_CEILING)


def plain(value: Decimal) -> str:
    """A number without trailing noughts: 1000, 99.99."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """A share in per cent: 30%."""
    return f"{plain(wan(share) * 100)}%"


def sum_of(amounts: Iterable[float | None]) -> Decimal:
    """The sum of those that are filled in."""
    return sum((wan(amount) for amount in amounts if amount is not None), Decimal(0))
