"""What a line of the audit log speaks of, by name: a number alone tells its reader nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field

from matcher.contacts import hide_contacts
from matcher.errors import MatcherError
from matcher.service.context import Caller
from matcher.service.desk import drafts, queue
from matcher.service.store.versions import last_version
from matcher.service.views import View, numbered


class Meant(View):
    """Something an act was about."""

    name: Annotated[str, Field(description="名称；已不在或不让看的为空")]
    number: Annotated[str, Field(description="编号；系统内部的为空，除非没有名称")]


def meant(caller: Caller, action: str, target: str) -> list[Meant]:
    """What an act was about, each thing by its name and number."""
    if not target:
        return []
    subject = _ABOUT.get(action, action.partition(".")[0])
    if subject in _OF_ONE:
        return [_told(_OF_ONE[subject](caller, target), target, hidden=subject in _INTERNAL)]
    if subject not in _OF_RECORDS:
        return [Meant(name=target, number="")]
    parts = target.split(" ")
    if len(parts) == 2 and action != "record.apart":
        names = [_challenge(caller, parts[0]), _team(caller, parts[1])]
    else:
        names = [_challenge(caller, part) or _team(caller, part) for part in parts]
    return [_told(name, part) for name, part in zip(names, parts, strict=True)]


def _told(name: str, number: str, *, hidden: bool = False) -> Meant:
    shown = "" if hidden else numbered(number)
    return Meant(name=hide_contacts(name), number=shown if name else number)


def _challenge(caller: Caller, challenge_id: str) -> str:
    catalogue = caller.snapshot.challenges
    place = catalogue.place.get(challenge_id)
    if place is not None:
        return catalogue.lines[place].title
    if drafts.is_draft_id(challenge_id):
        return _draft(caller, challenge_id)
    gone = last_version(caller.service.database, "challenge", challenge_id)
    return "" if gone is None else gone.name


def _team(caller: Caller, team_id: str) -> str:
    catalogue = caller.snapshot.teams
    place = catalogue.place.get(team_id)
    if place is not None:
        return catalogue.lines[place].team_name
    gone = last_version(caller.service.database, "team", team_id)
    return "" if gone is None else gone.name


def _draft(caller: Caller, draft_id: str) -> str:
    """What was not handed in is nobody's to read."""
    try:
        return drafts.find(caller, draft_id).fields.title or "没有题目的草稿"
    except MatcherError:
        return "一份草稿"


def _alliance(caller: Caller, alliance_id: str) -> str:
    try:
        return caller.service.alliances.find(alliance_id)[0].title
    except MatcherError:
        return ""


def _job(caller: Caller, job_id: str) -> str:
    try:
        return queue.KIND_NAMES[caller.service.jobs.get(job_id).kind]
    except MatcherError:
        return "一项任务"


def _named_in(table: str, column: str, otherwise: str) -> Callable[[Caller, str], str]:
    """The name that a table gives to what it keeps."""

    def name(caller: Caller, number: str) -> str:
        row = caller.service.database.row(f"SELECT {column} FROM {table} WHERE id = ?", (number,))
        return otherwise if row is None else str(row[0])

    return name


# What some acts are about, whose names do not begin with it.
_ABOUT = {"export.teams": "challenge", "export.bid": "pair",
          "export.bids": "challenge", "export.job": "job",
          "export.rejects": "import", "account.import": "import"}  # fmt: skip
_OF_RECORDS = frozenset({
    "challenge", "team", "record", "pair", "secret", "correction", "decision", "outcome",
})  # fmt: skip
_OF_ONE: Mapping[str, Callable[[Caller, str], str]] = {
    "draft": _draft,
    "alliance": _alliance,
    "job": _job,
    "import": _named_in("uploads", "name", "已清理的文件"),
    "query": _named_in("saved_queries", "name", "已删除的订阅"),
    "registration": _named_in("registrations", "name", "已清理的申请"),
    "hook": _named_in("hooks", "name", "已删除的地址"),
    "key": _named_in("api_keys", "label", "接口密钥"),
    "delivery": _named_in("deliveries", "title", "一条消息"),
    "evaluator": _named_in("accounts", "name", "已没有的账号"),
}
# Their numbers are our own: nobody knows them.
_INTERNAL = frozenset(_OF_ONE) - {"alliance"}
