"""Taking files in: shown first (what was understood, what cannot be used), then written."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from matcher.corpora import FileContent, Reading, Reject, read_any_of, write_rejects
from matcher.corpora.duplicates.reconciling import reconcile, with_evidence
from matcher.errors import InputError, NotFoundError
from matcher.index.indexing import record_hash
from matcher.service.clock import now
from matcher.service.context import Caller, Service
from matcher.service.desk.uploads import as_file, safe_name
from matcher.service.views import View
from matcher.workspace import Workspace

Kind = Literal["challenges", "teams", "evidence", "outcomes"]
KINDS: dict[Kind, str] = {
    "challenges": "榜单", "teams": "团队", "evidence": "成果", "outcomes": "结果",
}  # fmt: skip
_SHOWN_REJECTS = 200
_SHOWN_RECORDS = 10
_KEPT_UPLOADS = 20


class ColumnView(View):
    """A column of the file and the field it was understood as."""

    column: str
    field: Annotated[str, Field(description="空: 原样保留")]
    how: str = ""


class RecordLine(View):
    """A record as it was read."""

    record_id: str
    name: str


class PartPreview(View):
    """What a file holds of one kind."""

    kind: Kind
    label: str
    used: int
    rejected: int
    omitted: int
    total: int
    added: Annotated[int, Field(description="新增 (成果、结果不分新旧, 都算这里)")]
    changed: int
    unchanged: int
    columns: list[ColumnView]
    records: Annotated[list[RecordLine], Field(description="前几条")]
    rejects: Annotated[list[str], Field(description="不能用的地方 (前 200 处)")]
    omissions: Annotated[list[str], Field(description="不是数据的行")]
    notes: Annotated[list[str], Field(description="疑似重复、改用的编号、提醒")]


class ImportPreview(View):
    """What was understood of an uploaded file; nothing is written yet."""

    import_id: str
    file: str
    parts: list[PartPreview]
    unread: Annotated[list[str], Field(description="压缩包里读不了的文件, 或不是榜单的通知")]


def upload(caller: Caller, name: str, content: bytes) -> ImportPreview:
    """Keep a file and show what is in it.

    Raises:
        InputError: it cannot be read.
    """
    upload_id = secrets.token_hex(8)
    shown = safe_name(name)
    with _contents(shown, content) as parts:
        made = _preview(caller.service.live.connect(), upload_id, shown, list(parts))
    with caller.service.database.writing() as connection:
        connection.execute(
            "INSERT INTO uploads VALUES (?, ?, ?, ?, ?)",
            (upload_id, caller.principal.account_id, shown, content, now()),
        )
        connection.execute(
            """DELETE FROM uploads WHERE id NOT IN
            (SELECT id FROM uploads ORDER BY created DESC, rowid DESC LIMIT ?)""",
            (_KEPT_UPLOADS,),
        )
        caller.note("import.upload", upload_id, bytes=len(content))
    return made


def preview(caller: Caller, upload_id: str) -> ImportPreview:
    """The same file again, held against the workspace as it is now. Raises: NotFoundError."""
    name, content = _upload(caller.service, upload_id)
    with _contents(name, content) as parts:
        return _preview(caller.service.live.connect(), upload_id, name, list(parts))


def rejects_file(caller: Caller, upload_id: str) -> bytes:
    """The rows that cannot be used, as a workbook to mend and import. Raises: NotFoundError."""
    name, content = _upload(caller.service, upload_id)
    with _contents(name, content) as parts:
        rejects = [r for part in parts for reading in part.readings for r in reading.rejects]
    if not rejects:
        raise NotFoundError("没有不能用的行", given=name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "拒收.xlsx"
        write_rejects(rejects, path, private=True)
        made = path.read_bytes()
    caller.note("export.rejects", upload_id, rows=len(rejects))
    return made


def take_in(
    service: Service, upload_id: str, partial: bool, merge: bool,
    progress: Callable[[int, int], None],
) -> Mapping[str, Any]:  # fmt: skip
    """Write an uploaded file into the workspace; a part is written whole or not at all.

    Raises:
        NotFoundError: the upload is gone.
        InputError: rows cannot be used and ``partial`` was not asked for; evidence of no team.
    """
    name, content = _upload(service, upload_id)
    workspace = service.live.connect()
    changes: dict[str, dict[str, int]] = {}
    with _contents(name, content) as found:
        parts = list(found)
        rejects = [r for part in parts for reading in part.readings for r in reading.rejects]
        if rejects and not partial:
            raise InputError(
                f"有 {len(rejects)} 处不能用, 什么也没有导入", given=rejects[0].message,
                remedy="改正后重新上传, 或选择只导入其余的行",
            )  # fmt: skip
        for part in parts:
            _store(workspace, part, merge, progress, changes)
    service.live.reopen()
    return {"changes": changes, "rejected": len(rejects)}


def _store(
    workspace: Workspace, part: FileContent, merge: bool, progress: Callable[[int, int], None],
    changes: dict[str, dict[str, int]],
) -> None:  # fmt: skip
    def note(kind: Kind, added: int, changed: int, unchanged: int) -> None:
        kept = changes.setdefault(kind, {"added": 0, "changed": 0, "unchanged": 0})
        for name, count in (("added", added), ("changed", changed), ("unchanged", unchanged)):
            kept[name] += count

    if part.challenges is not None:
        ready = reconcile(part.challenges.records, workspace.challenges(), merging=merge)
        change = workspace.put_challenges(ready.records, progress)
        note("challenges", change.added, change.changed, change.unchanged)
    if part.teams is not None:
        able = reconcile(part.teams.records, workspace.teams(), merging=merge)
        change = workspace.put_teams(able.records, progress)
        note("teams", change.added, change.changed, change.unchanged)
    if part.evidence is not None:
        teams, strays = with_evidence(workspace.teams(), part.evidence.records)
        if strays:
            raise InputError(
                "成果所属的团队不在工作区里", given="、".join(strays[:10]),
                expected="已导入的团队编号", remedy="先导入团队库, 或改正团队编号",
            )  # fmt: skip
        change = workspace.put_teams(teams, progress)
        note("evidence", change.added, change.changed, change.unchanged)
    if part.outcomes is not None:
        note("outcomes", workspace.put_outcomes(part.outcomes.records), 0, 0)


def _preview(
    workspace: Workspace, upload_id: str, name: str, contents: Sequence[FileContent]
) -> ImportPreview:
    parts: list[PartPreview] = []
    unread = [text for content in contents for text in content.unread]
    for content in contents:
        if content.notice is not None:
            unread.append(f"{content.file}: 是一篇通知, 没有记录: {content.notice.title[:80]}")
        for kind in KINDS:
            reading = getattr(content, kind)
            if reading is not None:
                parts.append(_part(workspace, kind, reading))
    return ImportPreview(import_id=upload_id, file=name, parts=parts, unread=unread)


def _part(workspace: Workspace, kind: Kind, reading: Reading[Any]) -> PartPreview:
    records, notes = list(reading.records), list(reading.warnings)
    added, changed, unchanged = len(records), 0, 0
    if kind in ("challenges", "teams"):
        stored: Mapping[str, Any] = getattr(workspace, kind)()
        ready = reconcile(records, stored)
        records, notes = list(ready.records), [*notes, *ready.notes]
        known = workspace.hashes("challenge" if kind == "challenges" else "team")
        added = sum(r.record_id not in known for r in records)
        unchanged = sum(known.get(r.record_id) == record_hash(r) for r in records)
        changed = len(records) - added - unchanged
    count = reading.count
    return PartPreview(
        kind=kind, label=KINDS[kind], used=count.used, rejected=count.rejected,
        omitted=count.omitted, total=count.total, added=added, changed=changed,
        unchanged=unchanged, columns=_columns(reading),
        records=[_line(record) for record in records[:_SHOWN_RECORDS]],
        rejects=[reject.message for reject in _first(reading.rejects)],
        omissions=[f"第{o.row}行 {o.why}: {o.text[:60]}" for o in reading.omitted
                   if o.why not in ("表头", "正文")][:_SHOWN_REJECTS],
        notes=notes[:_SHOWN_REJECTS],
    )  # fmt: skip


def _line(record: Any) -> RecordLine:
    """An id and a name; evidence and outcomes have neither of the two as such."""
    name = getattr(record, "name", "") or getattr(record, "title", "") or getattr(
        record, "stage", ""
    )  # fmt: skip
    shown = getattr(record, "record_id", "") or getattr(record, "team_id", "")
    return RecordLine(record_id=shown.replace("\t", " · "), name=name)


def _first(rejects: Sequence[Reject]) -> Sequence[Reject]:
    return rejects[:_SHOWN_REJECTS]


def _columns(reading: Reading[Any]) -> list[ColumnView]:
    known = []
    for column, field in reading.mapping.items():
        guess = reading.guesses.get(column)
        how = "" if guess is None else f"{guess.how} {guess.score:.0f}"
        known.append(ColumnView(column=column, field=field, how=how))
    return known + [ColumnView(column=column, field="") for column in reading.unknown_columns]


def file_name(service: Service, upload_id: str) -> str:
    """The name of an uploaded file; empty once it has been cleared."""
    row = service.database.row("SELECT name FROM uploads WHERE id = ?", (upload_id,))
    return "" if row is None else str(row["name"])


def _upload(service: Service, upload_id: str) -> tuple[str, bytes]:
    row = service.database.row("SELECT name, content FROM uploads WHERE id = ?", (upload_id,))
    if row is None:
        raise NotFoundError("上传的文件已不在", given=upload_id[:100], remedy="重新上传")
    return str(row["name"]), bytes(row["content"])


@contextmanager
def _contents(name: str, content: bytes) -> Iterator[Iterator[FileContent]]:
    with as_file(name, content) as path:
        yield read_any_of(path, None)
