"""Messages made of what happened: who is told, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from matcher.contacts import hide_contacts
from matcher.procedure import PARTY_NAMES
from matcher.service.access import OF_ORGANISATION
from matcher.service.context import Service
from matcher.service.store.accounts import Account
from matcher.service.store.events import Event
from matcher.service.store.messages import Told
from matcher.service.store.steps import Steps

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
    for event in events:
        told = _told(service, event)
        with service.database.writing():
            service.messages.post(told, _audience(service, event, accounts))
            if event.to_staff:
                service.messages.post_outside(told)
            service.messages.set_told_up_to(event.number)
    return len(events)


def staff_in_charge(service: Service, organisation: str, province: str, city: str) -> list[int]:
    """The accounts of staff to whom an organisation belongs: all staff, and the local ones."""
    found = []
    for account in service.accounts.all():
        if account.disabled:
            continue
        local = account.role == "local" and service.grants.of(account.account_id).covers(
            [organisation], province, city
        )
        if account.role == "staff" or local:
            found.append(account.account_id)
    return found


def _audience(service: Service, event: Event, accounts: Iterable[Account]) -> Iterator[int]:
    """Who is told: the organisations concerned, staff, whoever was given it; not who did it."""
    challenge = service.live.current().matcher.challenges.get(event.challenge_id)
    for account in accounts:
        if account.name == event.account:
            continue
        if account.role in OF_ORGANISATION:
            wanted = account.principal.belongs_to(*event.organisations)
        elif account.role == "staff":
            wanted = event.to_staff
        else:
            given = service.grants.of(account.account_id)
            wanted = event.to_staff and challenge is not None and given.covers_challenge(
                challenge.challenge_id, challenge.demand_org, challenge.province, challenge.city
            )  # fmt: skip
        if wanted:
            yield account.account_id


def _told(service: Service, event: Event) -> Told:
    challenge, team = names_of(service, event.challenge_id, event.team_id)
    step = Steps(service.database).find(event.step)
    lines = [f"{PARTY_NAMES[event.party]}：{event.kind}"]
    lines.append(f"难题：{challenge}（{event.challenge_id}）")
    if team:
        lines.append(f"团队：{team}")
    if step is not None and step.target:
        lines.append(f"现在的状态：{step.target}")
    if step is not None and step.reason:
        lines.append(f"理由：{hide_contacts(step.reason)[:_LONGEST_REASON]}")
    return Told(
        f"event:{event.number}", "case" if event.team_id else "challenge",
        f"{event.kind}：{challenge}{f'（{team}）' if team else ''}", "\n".join(lines),
        f"/challenges/{quote(event.challenge_id, safe='')}",
    )  # fmt: skip


def names_of(service: Service, challenge_id: str, team_id: str) -> tuple[str, str]:
    """A challenge and a team by name; what is not in the library any more by its id."""
    matcher = service.live.current().matcher
    challenge = matcher.challenges.get(challenge_id)
    team = matcher.teams.get(team_id) if team_id else None
    named = challenge_id if challenge is None else challenge.name
    return named, team_id if team is None else team.name
