"""Who may do what. Every route declares one rule; a route without one cannot be made.

The rules are data on the routes, so the authorisation matrix (docs/service.md, the tests) is read
from the routes themselves and no new route can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, get_args

from matcher.service.settings import Settings
from matcher.text.organisations import normalise_organisation

Role = Literal["public", "enterprise", "university", "broker", "expert", "local", "staff"]
Scope = Literal["read", "write", "metrics"]
ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: tuple[Scope, ...] = get_args(Scope)
ROLE_NAMES: dict[Role, str] = {
    "public": "访客", "enterprise": "企业", "university": "高校院所", "broker": "技术经纪人",
    "expert": "评审专家",
    "local": "市县园区管理人员", "staff": "管理人员",
}  # fmt: skip
# Who acts for an organisation, and who for nobody but by what was given to them.
OF_ORGANISATION: frozenset[Role] = frozenset({"enterprise", "university"})
BY_GRANT: frozenset[Role] = frozenset({"broker", "local"})
# Who sees of the library only what was given to it: nothing, until something is.
NARROW: frozenset[Role] = frozenset({"broker", "expert"})

_EndpointT = TypeVar("_EndpointT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Given:
    """What a broker or the staff of a city or a park were given.

    Attributes:
        challenges, teams: ids; of teams also `EVERY_TEAM`.
        organisations: normalised; what they post, who works there.
        regions: (province, city); without a city the whole province.
    """

    challenges: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    regions: frozenset[tuple[str, str]] = frozenset()

    def covers_challenge(
        self, challenge_id: str, organisation: str, province: str, city: str
    ) -> bool:
        """Whether a challenge is among it.

        >>> Given(regions=frozenset({("辽宁", "")})).covers_challenge("K1", "", "辽宁", "大连")
        True
        """
        return challenge_id in self.challenges or self.covers([organisation], province, city)

    def covers_team(
        self, team_id: str, organisations: Collection[str], province: str, city: str
    ) -> bool:
        """Whether a team is among it."""
        named = team_id in self.teams or EVERY_TEAM in self.teams
        return named or self.covers(organisations, province, city)

    def covers(self, organisations: Collection[str], province: str, city: str) -> bool:
        """Whether an organisation is, by one of its names or by where it is."""
        if province and not self.regions.isdisjoint({(province, ""), (province, city)}):
            return True
        return bool(self.organisations) and any(
            normalise_organisation(name) in self.organisations for name in organisations if name
        )


EVERY_TEAM = "*"
NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking.

    Attributes:
        account_id: None for the public.
        name: of the account.
        organisation: whose own records it may see.
        scopes: what an API key is limited to; None for a signed-in person.
        organisation_admin: it keeps the accounts of its organisation.
        given: what a broker or local staff see.
    """

    role: Role = "public"
    account_id: int | None = None
    name: str = ""
    organisation: str = ""
    scopes: frozenset[str] | None = None
    organisation_admin: bool = False
    given: Given = NOTHING

    @property
    def signed_in(self) -> bool:
        """Whether there is an account behind it."""
        return self.account_id is not None

    @property
    def is_staff(self) -> bool:
        """Staff see and do everything; local staff do not."""
        return self.role == "staff"

    @property
    def subject(self) -> str:
        """What limits and idempotency keys are counted by."""
        return f"account:{self.account_id}" if self.signed_in else "public"

    @property
    def organisation_key(self) -> str:
        """Its organisation by which all known spellings are the same; empty if it acts for none.

        That of an expert only says where it has to stand back.
        """
        acts = self.signed_in and self.role != "expert"
        return normalise_organisation(self.organisation) if acts else ""

    def belongs_to(self, *organisations: str) -> bool:
        """Whether one of these is its own organisation, by any of its known spellings.

        >>> Principal("university", 1, "a", "大工").belongs_to("大连理工大学")
        True
        """
        own = self.organisation_key
        return bool(own) and any(o and normalise_organisation(o) == own for o in organisations)


PUBLIC = Principal()
# Who works on the machine itself, beside the service.
COMMAND_LINE = Principal("staff", name="命令行")
# What is done by itself, when its day has come.
SERVICE = Principal("staff", name="服务")


@dataclass(frozen=True, slots=True)
class Access:
    """A rule: who may use a route.

    Attributes:
        roles: who always may.
        when_public: the public too, where `Settings.public_lists` is on.
        scope: what an API key needs; None: ``read`` for reading, ``write`` for anything else.
        per_minute: requests of one caller, where fewer than `Settings.requests_per_minute`.
        tells_secret: the answer holds a secret that is told once and never kept.
        reads_files: a file is read for it, which takes turns.
        by_person: no API key may, whatever its scopes: somebody has to be signed in.
        organisation_admins: of an organisation only who keeps its accounts.
        by_link: the address itself holds the secret; a form of ours need not have been sent.
    """

    roles: frozenset[Role]
    when_public: bool = False
    scope: Scope | None = None
    per_minute: int | None = None
    tells_secret: bool = False
    reads_files: bool = False
    by_person: bool = False
    organisation_admins: bool = False
    by_link: bool = False

    def reading_files(self) -> Access:
        """The same rule for a route that reads a file."""
        return replace(self, reads_files=True)

    def in_person(self) -> Access:
        """The same rule for what no program may do."""
        return replace(self, by_person=True)

    def allows(self, role: Role, settings: Settings, organisation_admin: bool = False) -> bool:
        """Whether a role may, under these settings."""
        if self.organisation_admins and role in OF_ORGANISATION and not organisation_admin:
            return False
        return role in self.roles or (
            role == "public" and self.when_public and settings.public_lists
        )

    def needs(self, method: str) -> Scope:
        """The scope an API key must carry."""
        return self.scope or ("read" if method in ("GET", "HEAD") else "write")


ANYONE = Access(frozenset(ROLES))
SIGNED_IN = Access(frozenset(ROLES) - {"public"})
PUBLISHED = Access(SIGNED_IN.roles, when_public=True)
# A feed shows all that is published: not for who sees only what was given.
FOLLOWING = Access(SIGNED_IN.roles - NARROW)
ENTERPRISE = Access(frozenset({"enterprise", "staff"}))
# Who reads drafts: who writes them, and once they are submitted the staff in charge.
DRAFTED = Access(ENTERPRISE.roles | {"local"})
# Who may ask for the teams of a challenge that it sees.
MATCHING = Access(frozenset({"enterprise", "broker", "local", "staff"}))
UNIVERSITY = Access(frozenset({"university", "staff"}))
# The two sides of a pair and staff; who is which is found out by the verb.
PAIRED = Access(frozenset({"enterprise", "university", "staff"}))
# Who recommends a team for a challenge, having been given both.
BROKER = Access(frozenset({"broker"}))
# Also whoever was given a pair: they read what both sides know of it.
WATCHED = Access(PAIRED.roles | BY_GRANT)
STAFF = Access(frozenset({"staff"}))
# The desk of a city or a park: what of it lies in their charge.
LOCAL_STAFF = Access(frozenset({"local", "staff"}))
# A link that sets a password is told once, and to no program.
STAFF_SECRET = replace(STAFF, tells_secret=True, by_person=True)
LOCAL_SECRET = replace(LOCAL_STAFF, tells_secret=True, by_person=True)
COLLEAGUES = Access(OF_ORGANISATION, organisation_admins=True)
COLLEAGUES_SECRET = replace(COLLEAGUES, tells_secret=True, by_person=True)
SIGN_IN = Access(frozenset(ROLES), per_minute=60)
BY_LINK = Access(frozenset(ROLES), per_minute=60, by_link=True)
SECRET = Access(SIGNED_IN.roles, tells_secret=True)
FOLLOWING_SECRET = Access(FOLLOWING.roles, tells_secret=True)
METRICS = Access(frozenset({"staff"}), scope="metrics")


def allow(access: Access) -> Callable[[_EndpointT], _EndpointT]:
    """Declare who may use an endpoint; below the route decorator.

    >>> @allow(STAFF)
    ... def audit() -> None: ...
    >>> access_of(audit) is STAFF
    True
    """

    def declare(endpoint: _EndpointT) -> _EndpointT:
        endpoint.__dict__["access"] = access
        return endpoint

    return declare


def access_of(endpoint: Callable[..., Any]) -> Access:
    """The rule an endpoint declares.

    Raises:
        RuntimeError: it declares none; the service must not start.
    """
    found = getattr(endpoint, "access", None)
    if not isinstance(found, Access):
        name = f"{endpoint.__module__}.{getattr(endpoint, '__qualname__', endpoint)}"
        raise RuntimeError(f"route without an access rule: {name} (add @allow(...))")
    return found
