"""Messages made of what happened: who is told, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from matcher.contacts import hide_contacts
from matcher.procedure import PAIR, PARTY_NAMES
from matcher.records import Challenge
from matcher.service.access import BY_GRANT, NOTHING, OF_ORGANISATION, Given
from matcher.service.context import Service
from matcher.service.desk.drafts import draft_challenge, is_draft_id
from matcher.service.store.accounts import Account
from matcher.service.store.events import Event
from matcher.service.store.messages import Told
from matcher.service.store.pairs import is_told
from matcher.service.store.steps import Steps
from matcher.service.store.versions import last_version
from matcher.service.views import challenge_page, numbered, pair_page

_AT_ONCE = 100
_LONGEST_REASON = 200


def tell_events(service: Service) -> int:
    """Tell everything that happened since the last time; how many events that was.

    The messages of an event and the mark that they were made are one transaction: whenever the
    process is killed, each is told once.
    """
    events = service.events.after(service.messages.told_up_to(), _AT_ONCE)
    if not events:
        return 0
    accounts = [account for account in service.accounts.all() if not account.disabled]
    grants = service.grants.all()
    for event in events:
        subject = _subject(service, event, grants)
        audience = list(_audience(service, event, subject, accounts))
        told = _told(service, event, subject)
        with service.database.writing():
            for page, by_grant in ((subject.pair_page, False), (subject.given_page, True)):
                reached = [x.account_id for x in audience if (x.role in BY_GRANT) == by_grant]
                service.messages.post(replace(told, link=page), reached)
            if event.to_staff:
                service.messages.post_outside(told)
            service.messages.set_told_up_to(event.number)
    return len(events)


def staff_in_charge(service: Service, organisation: str, province: str, city: str) -> list[int]:
    """The accounts of staff to whom an organisation belongs: all staff, and the local ones."""
    grants = service.grants.all()
    return [
        one.account_id for one in service.accounts.all()
        if not one.disabled and (one.role == "staff" or (
            one.role == "local" and one.account_id in grants
            and grants[one.account_id].covers([organisation], province, city)))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an event is about, as it is told.

    Attributes:
        challenge, team: by name; no hash of a draft is told.
        given: whether what a broker or local staff were given holds it.
        pair_page, given_page: where its sides, and who was given it, read of it.
    """

    challenge: str
    team: str
    pair_page: str
    given_page: str
    given: Callable[[Account], bool]


def _audience(
    service: Service, event: Event, subject: _Subject, accounts: Iterable[Account]
) -> Iterator[Account]:
    """Who is told: the organisations concerned, staff, whoever was given it; not who did it."""
    for account in accounts:
        if account.name == event.account:
            continue
        if account.role in OF_ORGANISATION:
            wanted = account.principal.belongs_to(*event.organisations)
        else:
            wanted = event.to_staff and (account.role == "staff" or subject.given(account))
        if wanted:
            yield account


def _told(service: Service, event: Event, subject: _Subject) -> Told:
    step = Steps(service.database).find(event.step)
    lines = [f"{PARTY_NAMES[event.party]}：{event.kind}", f"难题：{subject.challenge}"]
    if subject.team:
        lines.append(f"团队：{subject.team}")
    if step is not None and step.target not in ("", step.source):
        lines.append(f"现在的状态：{step.target}")
    if step is not None and step.detail.get("told"):
        lines.append(f"改了：{'；'.join(step.detail['told'])}")
    if step is not None and step.detail.get("until"):
        lines.append(f"期限：{step.detail['until']}")
    if step is not None and step.reason:
        lines.append(f"理由：{hide_contacts(step.reason)[:_LONGEST_REASON]}")
    return Told(
        f"event:{event.number}", "case" if event.team_id else "challenge",
        f"{event.kind}：{subject.challenge}{f'（{subject.team}）' if subject.team else ''}",
        "\n".join(lines), subject.pair_page,
    )  # fmt: skip


def _subject(service: Service, event: Event, grants: Mapping[int, Given]) -> _Subject:
    matcher = service.live.current().matcher
    team = matcher.teams.get(event.team_id) if event.team_id else None
    challenge = matcher.challenges.get(event.challenge_id)
    page = challenge_page(event.challenge_id)
    if challenge is None:  # taken out: it is told by the name it had
        last = last_version(service.database, "challenge", event.challenge_id)
        challenge, page = (last if isinstance(last, Challenge) else None), "/inbox"
    number = numbered(event.challenge_id)
    name = number if challenge is None else challenge.name + (f"（{number}）" if number else "")
    if is_draft_id(event.challenge_id):
        challenge = draft_challenge(service, event.challenge_id)
        page = f"/drafts/{event.challenge_id}"
        name = "一份草稿" if challenge is None else challenge.name

    def given(account: Account) -> bool:
        kept = grants.get(account.account_id, NOTHING)
        about = challenge is not None and kept.covers_challenge(
            challenge.challenge_id, challenge.demand_org, challenge.province, challenge.city
        )
        # A broker learns of a team only if it was given that, too.
        known = account.role == "local" or team is None or kept.covers_team(
            team.team_id, [team.org_name, *team.org_aliases], team.province, team.city
        )  # fmt: skip
        told = not event.team_id or _reaches(service, event, account.role == "broker")
        return about and known and told

    named = event.team_id if team is None else team.name
    own_page = pair_page(event.challenge_id, event.team_id) if event.team_id else page
    pair = service.pairs.find((event.challenge_id, event.team_id)) if event.team_id else None
    return _Subject(name, named, own_page, own_page if pair is not None else page, given)


def _reaches(service: Service, event: Event, broker: bool) -> bool:
    """Whether those beside a pair are told: what both sides are, a broker of its own steps too.

    Nothing of the undoing of what they were not told of.
    """
    kind = event.kind
    if kind not in PAIR:
        history = service.pairs.history((event.challenge_id, event.team_id))
        kind = next((step.move for step in history if step.undone == event.step), "")
    return kind in PAIR and is_told(PAIR[kind], frozenset({"broker"}) if broker else frozenset())
