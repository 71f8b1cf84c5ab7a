"""Pools of several runs, dealt to judges in an order that tells nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from matcher.atomic import atomic_path
from matcher.errors import InputError
from matcher.learning.evaluation import Qrels, Run

# Letters only: a spreadsheet takes 12E345 for a number.
_LETTERS = "ABCDEFGHJKLMNPQR"
_CODE = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One pair to be judged.

    Attributes:
        code: stands for the pair on every sheet.
    """

    code: str
    challenge_id: str
    team_id: str


@dataclass(frozen=True, slots=True)
class Deal:
    """What one judge gets of one challenge, in the order of the sheet."""

    challenge_id: str
    items: tuple[Item, ...]


def pooled(runs: Sequence[Run], depth: int, judged: Qrels | None = None) -> tuple[Item, ...]:
    """The best ``depth`` of every run, without the pairs that are judged, by challenge and team.

    >>> [i.team_id for i in pooled([{"q": ["a", "b"]}, {"q": ["c", "a"]}], 1, {"q": {"c": 2}})]
    ['a']
    """
    known = judged or {}
    found = {
        (challenge, team)
        for run in runs
        for challenge, ranked in run.items()
        for team in ranked[:depth]
        if team not in known.get(challenge, {})
    }
    pairs = sorted(found)
    codes = _codes(pairs)
    return tuple(Item(code, *pair) for code, pair in zip(codes, pairs, strict=True))


def deal(items: Sequence[Item], judge: int) -> tuple[Deal, ...]:
    """All items for one judge: challenges and teams in an order of the judge's own."""
    by_challenge = groupby(sorted(items, key=lambda i: i.challenge_id), lambda i: i.challenge_id)
    deals = [
        Deal(challenge, tuple(sorted(own, key=lambda i: _mixed(judge, i.code))))
        for challenge, own in by_challenge
    ]
    return tuple(sorted(deals, key=lambda d: _mixed(judge, d.challenge_id)))


def write_key(items: Sequence[Item], path: Path) -> None:
    """Which code stands for which pair, one JSON object a line. Judges do not get it."""
    lines = [
        json.dumps(
            {"code": i.code, "challenge_id": i.challenge_id, "team_id": i.team_id},
            ensure_ascii=False,
        )
        for i in items
    ]
    with atomic_path(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def read_key(path: Path) -> dict[str, Item]:
    """What `write_key` wrote, by code.

    Raises:
        InputError: missing, or a line that is no such object; names the line.
    """
    found: dict[str, Item] = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "读不了编号对照文件", given=str(path), expected="matcher judge sheet 写出的 .jsonl",
            remedy="检查路径",
        ) from error  # fmt: skip
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = Item(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{path.name} 第{number}行无法理解", given=line[:80],
                expected="有 code、challenge_id、team_id 的 JSON 对象", remedy="用原来的对照文件",
            ) from error  # fmt: skip
        found[item.code] = item
    return found


def _codes(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """One a pair, the same in every pool it is part of, longer where two would be alike."""
    for length in range(_CODE, 33):
        codes = [_code(*pair)[:length] for pair in pairs]
        if len(set(codes)) == len(codes):
            return codes
    raise AssertionError("two pairs with one digest")


def _code(challenge: str, team: str) -> str:
    digest = hashlib.sha256(json.dumps([challenge, team]).encode()).hexdigest()
    return "".join(_LETTERS[int(digit, 16)] for digit in digest)


def _mixed(judge: int, name: str) -> str:
    return hashlib.sha256(f"{judge}:{name}".encode()).hexdigest()
