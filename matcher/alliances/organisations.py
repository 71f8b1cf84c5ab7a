"""Which names are of one organisation: by its credit code, as records write it down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from matcher.policy import Claim, demand_organisations, name_key
from matcher.records import Challenge
from matcher.records.alliance import Alliance

# What is shorter is 无, a dash or a number of a list.
_CODE = re.compile(r"[0-9A-Z]{15,18}")


@dataclass(frozen=True)
class Organisations:
    """Names and credit codes that mean one organisation; a name without a code means itself.

    >>> one = Alliance(alliance_id="A1", lead_org="甲股份公司", lead_uscc="91210100MA0XYW123U")
    >>> two = Alliance(alliance_id="A2", lead_org="甲集团", lead_uscc="91210100ma0xyw123u")
    >>> known = Organisations.of([one, two])
    >>> known.same("甲集团", "甲股份公司"), known.same("甲集团", "乙公司")
    (True, False)
    """

    _all: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, alliances: Iterable[Alliance], challenges: Iterable[Challenge] = ()
    ) -> Organisations:
        """From everything that writes a name beside a code."""
        groups: dict[str, set[str]] = {}
        for name, written in _pairs(alliances, challenges):
            code = code_of(written)
            if not name or not code:
                continue
            key = name_key(name)
            mine = groups.get(key, {key}) | groups.get(code, {code})
            for member in mine:
                groups[member] = mine
        return cls({key: tuple(sorted(names)) for key, names in groups.items()})

    def names(self, name: str, code: str = "") -> tuple[str, ...]:
        """All keys of an organisation: of its name, of its code, of its other names."""
        keys = [key for key in (name_key(name) if name else "", code_of(code)) if key]
        return tuple(sorted({one for key in keys for one in self._all.get(key, (key,))}))

    def several(self, name: str) -> tuple[str, ...]:
        """The same where more than the name is known, else nothing."""
        return self._all.get(name_key(name), ())

    def same(self, one: str, other: str) -> bool:
        """Whether two names are of one organisation."""
        return bool(one and other) and self.key(one) == self.key(other)

    def key(self, name: str) -> str:
        """One key for all names of an organisation."""
        own = name_key(name)
        return self._all.get(own, (own,))[0]


def code_of(written: str) -> str:
    """A credit code in one spelling; empty where it is none.

    >>> code_of(" 91210100ma0xyw123u "), code_of("无")
    ('91210100MA0XYW123U', '')
    """
    code = "".join(written.split()).upper()
    return code if _CODE.fullmatch(code) else ""


def _pairs(
    alliances: Iterable[Alliance], challenges: Iterable[Challenge]
) -> Iterator[tuple[str, str]]:
    yield from ((one.lead_org, one.lead_uscc) for one in alliances if one.lead_uscc)
    yield from (
        (name, one.demand_org_uscc)
        for one in challenges
        if one.demand_org_uscc
        for name in demand_organisations(one)[:1]
    )


def keys_of(name: str, code: str, claims: Iterable[Claim]) -> frozenset[str]:
    """All keys of an organisation that its records and the claims of everybody know."""
    own = {key for key in (name_key(name) if name else "", code_of(code)) if key}
    more = {key for claim in claims if claim.same_as and claim.is_of(own) for key in claim.same_as}
    return frozenset(own | more)
