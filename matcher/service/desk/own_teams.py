"""A university keeps its own teams: profile, directions, capacity, evidence; staff may approve."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from matcher.corpora import difference
from matcher.errors import InputError, NotFoundError
from matcher.index.indexing import record_hash
from matcher.records import EVIDENCE_KINDS, Evidence, Team
from matcher.service.access import OF_ORGANISATION
from matcher.service.clock import now, shown_moment
from matcher.service.context import Caller
from matcher.service.desk import teams
from matcher.service.desk.reachable import check_phone
from matcher.service.errors import ConflictError
from matcher.service.views import Asked, Filled, Page, PageNumber, PageSize, View
from matcher.text.references import parse_references

ChangeState = Literal["待审核", "已采用", "退回"]
# In the content of a change that was decided: which fields it changed, as it was told.
_TOLD = "told"
_Line = Annotated[str, Field(max_length=500)]
_Item = Annotated[str, Field(min_length=1, max_length=200)]
_List = Annotated[list[_Item], Field(max_length=50)]


class TeamFields(BaseModel):
    """What a university may write of a team of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    team_name: Annotated[str, Field(min_length=1, max_length=200, examples=["轴承钢团队"])]
    department: _Line = ""
    leader_name: _Line = ""
    profile: Annotated[str, Field(max_length=20_000)] = ""
    research_directions: _List = []
    core_capabilities: _List = []
    application_domains: _List = []
    facilities: _List = []
    cooperation_modes: _List = []
    max_challenges: Annotated[int | None, Field(ge=0, le=1000)] = None
    contact_name: _Line = ""
    contact_phone: _Line = ""
    contact_email: _Line = ""
    references: Annotated[
        str, Field(max_length=100_000, description="新增的成果，一行一条，照文献格式粘贴即可")
    ] = ""

    @classmethod
    def of(cls, team: Team) -> TeamFields:
        """The same fields of a team."""
        values = team.model_dump(include=set(cls.model_fields) - {"references"})
        lists = {name: list(v) for name, v in values.items() if isinstance(v, tuple)}
        return cls.model_construct(**{**values, **lists}, references="")


class ChangeQuery(Asked):
    """Which proposed changes are wanted."""

    state: ChangeState | None = None
    page: PageNumber = 1
    size: PageSize = 20


class Verdict(Filled):
    """Whether a proposed change is taken; what is not is given a reason."""

    accept: bool
    reason: Annotated[str, Field(max_length=500)] = ""


class FieldLine(View):
    """A field that would change."""

    label: str
    before: str
    after: str


class ChangeView(View):
    """A change of a team that somebody of its organisation proposed."""

    number: int
    team_id: str
    team: str
    organisation: str
    account: str
    state: ChangeState
    reason: str
    created: str
    fields: list[FieldLine]
    evidence: Annotated[list[str], Field(description="新增的成果")]
    new: bool


def propose(caller: Caller, team_id: str, fields: TeamFields) -> ChangeView:
    """Write a team of one's own anew; it counts at once, or when staff approve where they must.

    Raises:
        NotFoundError: the caller's organisation has no such team.
        InputError: nothing would change, or a telephone number is none.
        ConflictError: a change still waits to be approved.
    """
    team = teams.find_own(caller, team_id)
    shown = TeamFields.of(team).model_dump(mode="json")
    given = fields.model_dump(mode="json", exclude={"references"})
    changed = {name: value for name, value in given.items() if value != shown[name]}
    if "contact_phone" in changed:
        check_phone(fields.contact_phone)
    if not changed and not _pieces(fields.references, team):
        raise InputError("内容没有变", remedy="改了再提交；已有的成果不重复登记")
    return _keep(caller, team_id, {"fields": changed, "references": fields.references}, team)


def confirm(caller: Caller, team: Team, pieces: Sequence[Evidence]) -> ChangeView:
    """Add achievements that the organisation says are its team's. Raises: as `propose`."""
    stated = [piece.model_dump(mode="json", exclude_defaults=True) for piece in pieces]
    return _keep(
        caller, team.team_id, {"fields": {}, "references": "", "pieces": stated}, team
    )  # fmt: skip


def add(caller: Caller, fields: TeamFields) -> ChangeView:
    """Propose a new team of the caller's organisation. Raises: InputError: it has none."""
    who = caller.principal
    if who.role not in OF_ORGANISATION:
        raise InputError("管理人员用导入增加团队", remedy="在“导入”里上传团队库")
    check_phone(fields.contact_phone)
    kind = "高校" if who.role == "university" else "企业"
    content = {
        "fields": fields.model_dump(mode="json", exclude={"references"}),
        "references": fields.references, "org_name": who.organisation, "org_type": kind,
    }  # fmt: skip
    return _keep(caller, _free_id(caller), content, None)


def changes(caller: Caller, query: ChangeQuery) -> Page[ChangeView]:
    """A page of the proposed changes: all for staff, those of one's own organisation else."""
    who = caller.principal
    rows, total = caller.service.database.page(
        """SELECT * FROM team_changes WHERE (? OR organisation = ?) AND (? = '' OR state = ?)
        ORDER BY state != '待审核', id DESC""",
        (who.is_staff, who.organisation_key or "-", query.state or "", query.state or ""),
        query.page, query.size,
    )  # fmt: skip
    items = [_view(caller, row) for row in rows]
    return Page(items=items, total=total, page=query.page, size=query.size)


def decide(caller: Caller, number: int, verdict: Verdict) -> ChangeView:
    """Take a proposed change or give it back; staff only.

    Raises:
        NotFoundError: there is no such change.
        ConflictError: it was decided already.
        InputError: given back without a reason.
    """
    row = _row(caller, number)
    if row["state"] != "待审核":
        raise ConflictError("已经审核过", given=row["state"], remedy="刷新页面")
    if verdict.accept:
        _apply(caller, row)
        return _view(caller, _row(caller, number))
    if not verdict.reason:
        raise InputError("退回须写明理由", remedy="写上要改什么")
    with caller.service.database.writing():
        before = caller.snapshot.workspace.teams().get(row["team_id"])
        _decided(caller, row, "退回", verdict.reason, _lines(row, before))
    return _view(caller, _row(caller, number))


def _keep(
    caller: Caller, team_id: str, content: dict[str, Any], team: Team | None
) -> ChangeView:  # fmt: skip
    waiting = caller.service.database.row(
        "SELECT id FROM team_changes WHERE team_id = ? AND state = '待审核'", (team_id,)
    )
    if waiting is not None:
        raise ConflictError("这个团队还有修改在等审核", remedy="等审核之后再改")
    who, moment = caller.principal, now()
    with caller.service.database.writing() as connection:
        made = connection.execute(
            """INSERT INTO team_changes (team_id, content, hash, state, organisation, account,
            reason, decided, created, updated) VALUES (?, ?, ?, '待审核', ?, ?, '', '', ?, ?)""",
            (team_id, json.dumps(content, ensure_ascii=False),
             "" if team is None else record_hash(team), who.organisation_key, who.name,
             moment, moment),
        )  # fmt: skip
        number = int(made.lastrowid or 0)
        caller.note("team.propose", team_id, change=number)
    if who.is_staff or not caller.service.settings.team_approval:
        _apply(caller, _row(caller, number))
    return _view(caller, _row(caller, number))


def _apply(caller: Caller, row: sqlite3.Row) -> None:
    """Write the team and that its change was taken, in one transaction."""
    before = caller.snapshot.workspace.teams().get(row["team_id"])
    lines = _lines(row, before)
    teams.replace(
        caller, before, _made(row, before), lambda: _decided(caller, row, "已采用", "", lines)
    )


def _lines(row: sqlite3.Row, before: Team | None) -> list[FieldLine]:
    """Which fields a change changes."""
    changed = difference(before or Team(team_id=row["team_id"]), _made(row, before))
    return [FieldLine(label=one.label, before=one.before[:500], after=one.after[:500])
            for one in changed if one.field != "evidence"]  # fmt: skip


def _made(row: sqlite3.Row, before: Team | None) -> Team:
    content = json.loads(row["content"])
    base: dict[str, Any] = {"team_id": row["team_id"]}
    if before is None:
        base |= {name: content[name] for name in ("org_name", "org_type") if name in content}
    else:
        base = before.model_dump()
    team = Team.model_validate({**base, **content["fields"]})
    pieces = [*_pieces(content["references"], team), *_stated(content)]
    return team.model_copy(update={"evidence": (*team.evidence, *pieces)}) if pieces else team


def _pieces(references: str, team: Team) -> list[Evidence]:
    """The achievements of a pasted list that the team does not have yet."""
    known = {piece.title for piece in team.evidence}
    found: dict[str, Evidence] = {}
    for reference in parse_references(references):
        values = reference.as_dict()
        if values["kind"] not in EVIDENCE_KINDS:
            values["kind"] = "其他"
        if values["title"] not in known:
            found.setdefault(values["title"], Evidence.model_validate(values))
    return list(found.values())


def _stated(content: Mapping[str, Any]) -> list[Evidence]:
    """The achievements of a change that were chosen from a list."""
    return [Evidence.model_validate(piece) for piece in content.get("pieces", ())]


def _decided(
    caller: Caller, row: sqlite3.Row, state: ChangeState, reason: str, lines: Sequence[FieldLine]
) -> None:
    """Close a change; what it was to change is kept as it was told, for the team moves on."""
    number = row["id"]
    kept = {**json.loads(row["content"]), _TOLD: [line.model_dump() for line in lines]}
    done = caller.service.database.write(
        """UPDATE team_changes SET content = ?, state = ?, reason = ?, decided = ?, updated = ?
        WHERE id = ? AND state = '待审核'""",
        (json.dumps(kept, ensure_ascii=False), state, reason, caller.principal.name, now(), number),
    )
    if not done:
        raise ConflictError("已经审核过", remedy="刷新页面")
    caller.note("team.decide", _row(caller, number)["team_id"], change=number, state=state)


def _free_id(caller: Caller) -> str:
    """The next number of a team that was written here."""
    taken = {*caller.snapshot.workspace.hashes("team")}
    taken |= {row["team_id"] for row in caller.service.database.rows(
        "SELECT team_id FROM team_changes")}  # fmt: skip
    number = 1
    while (made := f"自建{number:04}") in taken:
        number += 1
    return made


def _row(caller: Caller, number: int) -> sqlite3.Row:
    row = caller.service.database.row("SELECT * FROM team_changes WHERE id = ?", (number,))
    if row is None:
        raise NotFoundError("没有这次修改", given=number)
    return row


def _view(caller: Caller, row: sqlite3.Row) -> ChangeView:
    content = json.loads(row["content"])
    before = caller.snapshot.workspace.teams().get(row["team_id"])
    waits = row["state"] == "待审核"
    kept = [FieldLine.model_validate(line) for line in content.get(_TOLD, ())]
    pieces = [*_pieces(content["references"], Team(team_id=row["team_id"])), *_stated(content)]
    return ChangeView(
        number=row["id"], team_id=row["team_id"],
        team=content["fields"].get("team_name") or (before.name if before else row["team_id"]),
        organisation=content.get("org_name") or (before.org_name if before else ""),
        account=row["account"], state=row["state"], reason=row["reason"],
        created=shown_moment(row["created"]),
        fields=_lines(row, before) if waits else kept,
        evidence=[f"{piece.kind}：{piece.title}" for piece in pieces],
        new="org_name" in content,
    )  # fmt: skip
