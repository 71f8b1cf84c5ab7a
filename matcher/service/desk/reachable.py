"""Contacts that are entered by hand: whether they can reach anybody."""

from __future__ import annotations

from matcher.contacts import may_reach
from matcher.errors import InputError


def check_phone(phone: str) -> None:
    """Refuse what cannot be a telephone number; it is not repeated, for errors are logged.

    Raises:
        InputError: too few digits, and no account that could be meant instead.
    """
    if not may_reach(phone):
        raise InputError(
            "联系电话不像能打通的号码", given=f"{sum(map(str.isdigit, phone))} 位数字",
            expected="手机、座机（带区号），或写明的微信号、内线",
            remedy="把号码写全；没有电话时这一栏留空，填邮箱",
        )  # fmt: skip
