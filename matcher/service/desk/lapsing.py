"""What lapses by itself when its day has passed: unanswered invitations and awards, open calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from matcher.errors import NotFoundError
from matcher.procedure import PAIR
from matcher.records import Challenge
from matcher.service.access import SERVICE
from matcher.service.context import Caller, Service
from matcher.service.desk import cases, moving, publishing
from matcher.service.errors import ChangedError, ConflictError
from matcher.service.store.pairs import Pair
from matcher.service.store.steps import Act
from matcher.text.dates import today

_UNANSWERED, _CLOSED = "逾期未答", "停止揭榜"


def lapse(service: Service, day: date | None = None) -> int:
    """Let everything lapse whose day was before today in China; how many moves that was.

    Each is a transaction of its own, and is made once for one day: what staff undid stays undone,
    and what a killed process left is done by the next.

    Raises:
        WorkspaceError, StorageError: the workspace cannot be written.
    """
    caller, day = Caller(service, SERVICE), day or today()
    answers = sum(_done(partial(_close_pair, caller, one)) for one in _unanswered(service, day))
    calls = sum(_done(partial(_close_call, caller, one)) for one in _over(caller, day))
    if calls:
        service.live.reopen()
    return answers + calls


def _done(move: Callable[[], None]) -> bool:
    """Whether it was made: somebody may have been quicker, or a record is gone."""
    try:
        move()
    except (ChangedError, ConflictError, NotFoundError):
        return False
    return True


def _unanswered(service: Service, day: date) -> list[Pair]:
    waiting = service.pairs.in_states(PAIR[_UNANSWERED].sources)
    return [pair for pair in waiting if _is_past(service, pair.pair_id, pair.until, day)]


def _close_pair(caller: Caller, pair: Pair) -> None:
    assert pair.until is not None
    case = cases.find(caller, *pair.key)
    act = Act(SERVICE, "service", key=_key(pair.pair_id, pair.until))
    moving.make(caller, case, _UNANSWERED, act, pair.version)


def _over(caller: Caller, day: date) -> Iterator[Challenge]:
    """Published challenges past their deadline.

    One from before states were kept is left alone: it is shown as over by its deadline.
    """
    kept, stored = caller.service.states.all(), caller.snapshot.workspace.challenges()
    for challenge_id in caller.snapshot.challenges.place:
        if kept.get(challenge_id) == "已发布" and challenge_id in stored:
            challenge = stored[challenge_id]
            if _is_past(caller.service, challenge_id, challenge.apply_deadline, day):
                yield challenge


def _close_call(caller: Caller, challenge: Challenge) -> None:
    assert challenge.apply_deadline is not None
    key = _key(challenge.challenge_id, challenge.apply_deadline)
    act = Act(SERVICE, "service", f"揭榜截止日期 {challenge.apply_deadline} 已过", key=key)
    move = partial(
        caller.service.states.move, challenge.challenge_id, _CLOSED, "已发布", act,
        publishing.concerned(caller, challenge),
    )  # fmt: skip
    caller.service.live.connect().restate(caller.service.database.joined(move))


def _is_past(service: Service, subject: object, due: date | None, day: date) -> bool:
    """Whether a day is over and nothing was done about it yet."""
    return due is not None and due < day and not service.pairs.was_done(_key(subject, due))


def _key(subject: object, day: date) -> str:
    return f"lapse:{subject}:{day}"
