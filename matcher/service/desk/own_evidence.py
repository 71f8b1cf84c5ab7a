"""A file of achievements for a team of one's own: looked at first, then what is ticked is added."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import Field

from matcher.corpora import FileContent, ReadOptions, RowAllowance, read_any_of
from matcher.errors import InputError, NotFoundError
from matcher.records import Achievement, Evidence, Team
from matcher.service.context import Caller
from matcher.service.desk import own_teams, teams
from matcher.service.desk.own_teams import ChangeView
from matcher.service.desk.proposed import homes_of, names_of, piece_of
from matcher.service.desk.uploads import (
    MOST_ROWS,
    as_file,
    keep_upload,
    kept_upload,
    safe_name,
)
from matcher.service.views import Filled, View
from matcher.text.affiliations import split_affiliation
from matcher.text.normalise import clean
from matcher.text.organisations import normalise_organisation
from matcher.text.person_names import parse_name

# Of one file; a team has fewer, and everybody is shown all of it before anything is written.
MOST = 1000
_SHOWN_REJECTS = 50
_HAS, _NOBODY, _ELSEWHERE, _FRESH = "已有", "没有成员署名", "别的单位署名", "新的"


class PieceLine(View):
    """A piece of a file."""

    number: Annotated[int, Field(description="在文件里的次序，从 1 起")]
    kind: str
    title: str
    year: int | None
    people: list[str]
    state: Annotated[str, Field(description="新的、已有、没有成员署名、别的单位署名")]


class EvidenceFile(View):
    """What a file holds for a team; nothing is written yet."""

    upload_id: str
    file: str
    team_id: str
    team: str
    pieces: list[PieceLine]
    rejects: Annotated[list[str], Field(description="不能用的行，前 50 处")]
    rejected: int


class PiecesAsked(Filled):
    """Which pieces of a file are the team's."""

    upload_id: Annotated[str, Field(min_length=1, max_length=64)]
    numbers: Annotated[list[Annotated[int, Field(ge=1, le=MOST)]], Field(max_length=MOST)]


def upload(caller: Caller, team_id: str, name: str, content: bytes) -> EvidenceFile:
    """Read a file of papers, patents, projects or awards, and show what is in it.

    Raises:
        NotFoundError: the caller's organisation has no such team.
        InputError: it cannot be read, or holds no achievements.
    """
    team = teams.find_own(caller, team_id)
    upload_id, shown = secrets.token_hex(8), safe_name(name)
    found = _seen(team, upload_id, shown, content)
    keep_upload(caller, upload_id, shown, content)
    return found


def preview(caller: Caller, team_id: str, upload_id: str) -> EvidenceFile:
    """The same file again. Raises: NotFoundError: the upload is gone, or somebody else's."""
    return _seen(teams.find_own(caller, team_id), upload_id, *_own_upload(caller, upload_id))


def add(caller: Caller, team_id: str, asked: PiecesAsked) -> ChangeView:
    """Add the ticked pieces, as any change of a team is taken.

    Raises:
        NotFoundError: no such team of one's own; the upload is gone, or somebody else's.
        InputError: nothing new is ticked.
        ConflictError: a change of the team still waits to be approved.
    """
    team = teams.find_own(caller, team_id)
    pieces, _ = _read(*_own_upload(caller, asked.upload_id))
    known = _known(team)
    chosen = {
        clean(piece.title): piece_of(piece) for number, piece in enumerate(pieces, 1)
        if number in asked.numbers and clean(piece.title) not in known
    }  # fmt: skip
    if not chosen:
        raise InputError("没有勾选新的成果", remedy="勾选后再提交；已有的不重复登记")
    return own_teams.confirm(caller, team, list(chosen.values()))


def _own_upload(caller: Caller, upload_id: str) -> tuple[str, bytes]:
    row = caller.service.database.row(
        "SELECT account_id FROM uploads WHERE id = ?", (upload_id,)
    )  # fmt: skip
    if row is None or row["account_id"] != caller.principal.account_id:
        raise NotFoundError("上传的文件已不在", given=upload_id[:64], remedy="重新上传")
    return kept_upload(caller.service, upload_id)


def _seen(team: Team, upload_id: str, name: str, content: bytes) -> EvidenceFile:
    pieces, rejects = _read(name, content)
    known, members, homes = _known(team), names_of(team), homes_of(team)
    lines = []
    for number, piece in enumerate(pieces, 1):
        people = [one.name for one in getattr(piece, "contributors", ())]
        keys = {parsed.key for one in people if (parsed := parse_name(one))}
        state = _FRESH
        if clean(piece.title) in known:
            state = _HAS
        elif members and people and members.isdisjoint(keys):
            state = _NOBODY
        elif isinstance(piece, Achievement) and _is_elsewhere(piece, homes):
            state = _ELSEWHERE
        lines.append(PieceLine(number=number, kind=piece.kind, title=piece.title, year=piece.year,
                               people=people[:6], state=state))  # fmt: skip
    return EvidenceFile(
        upload_id=upload_id, file=name, team_id=team.team_id, team=team.name, pieces=lines,
        rejects=rejects[:_SHOWN_REJECTS], rejected=len(rejects),
    )  # fmt: skip


def _is_elsewhere(work: Achievement, homes: set[str]) -> bool:
    """Whether it says where it comes from, and not from here."""
    printed = {*work.organisations, *(o for one in work.contributors for o in one.organisations)}
    places = {normalise_organisation(split_affiliation(one).organisation) for one in printed}
    return bool(places) and places.isdisjoint(homes)


def _known(team: Team) -> set[str]:
    return {clean(piece.title) for piece in team.evidence}


def _read(name: str, content: bytes) -> tuple[list[Evidence], list[str]]:
    """The pieces of a file and what cannot be used of it. Raises: InputError."""
    pieces: list[Evidence] = []
    rejects: list[str] = []
    with as_file(name, content) as path:
        for part in _contents(path):
            for reading in (part.achievements, part.evidence):
                if reading is not None:
                    pieces += reading.records
                    rejects += [one.message for one in reading.rejects]
    if not pieces:
        raise InputError(
            "文件里没有能用的成果", given=name,
            expected="论文、专利、项目、奖励的清单，或知网、万方等导出的题录",
            remedy=rejects[0] if rejects else "检查是不是选错了文件，或把成果逐行粘贴",
        )  # fmt: skip
    if len(pieces) > MOST:
        raise InputError("成果太多", given=f"{len(pieces)} 条", expected=f"一次不超过 {MOST} 条",
                         remedy="只留本团队的，或请管理人员由清单建立团队库")  # fmt: skip
    return pieces, rejects


def _contents(path: Path) -> list[FileContent]:
    """A list as it tells what it is; where it does not, read as one of achievements."""
    with suppress(InputError):  # unclear, or to be read in two ways: we know what is meant
        found = list(read_any_of(path, options=_options()))
        if any(part.achievements is not None or part.evidence is not None for part in found):
            return found
    return list(read_any_of(path, "achievements", options=_options()))


def _options() -> ReadOptions:
    return ReadOptions(rows=RowAllowance(MOST_ROWS))
