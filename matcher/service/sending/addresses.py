"""Which addresses a webhook may have: none inside the network, unless the settings name it.

Whoever may enter an address could otherwise have this machine ask what only it can reach.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import IPvAnyNetwork

from matcher.errors import InputError

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Within these an IPv6 address stands for an IPv4 one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post goes: the address that was checked, so that no later answer can change it.

    Attributes:
        url: with the number in the place of the name.
        host: the name, for the header and the certificate.
    """

    url: str
    host: str
    name: str


def target_of(address: str, networks: Iterable[IPvAnyNetwork]) -> Target:
    """Resolve an address and check every number its name has.

    Args:
        networks: private ones that are allowed.

    Raises:
        InputError: no https address, unknown, or inside the network.
    """
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise _refused("网址写法不对") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise _refused("不是 https:// 开头的网址")
    numbers = _numbers(parts.hostname, port)
    allowed = tuple(networks)
    inside = [n for n in numbers if any(n in network for network in allowed)]
    if parts.scheme == "http" and len(inside) < len(numbers):
        raise _refused("不加密的网址只能在设置 hook_networks 允许的网段里")
    for number in numbers:
        if number not in inside and not _is_public(number):
            raise _refused("指向内部网络")
    shown = f"[{numbers[0]}]" if numbers[0].version == 6 else str(numbers[0])
    path = parts._replace(netloc=f"{shown}:{port}", fragment="").geturl()
    return Target(path, parts.netloc, parts.hostname)


def _numbers(host: str, port: int) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused("查不到这个网址") from error
    return [_plain(ipaddress.ip_address(str(entry[4][0]).partition("%")[0])) for entry in found]


def _plain(number: _Address) -> _Address:
    """What an address stands for."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo or (None, None))[1]
        if inner is None and number in _NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        return inner or number
    return number


def _is_public(number: _Address) -> bool:
    return number.is_global and not number.is_multicast


def _refused(why: str) -> InputError:
    return InputError(
        "外发地址不能用", given=why, expected="公网上 https:// 开头的网址",
        remedy="改正网址；内部网络的要先由管理员写进设置 hook_networks",
    )  # fmt: skip
