"""Taking files in: shown first (what was understood, what cannot be used), then written."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from matcher.contacts import hide_contacts
from matcher.corpora import (
    FileContent,
    ReadOptions,
    Reject,
    RowAllowance,
    read_any_of,
    write_rejects,
)
from matcher.corpora.cells import cell_text, format_cell, read_out
from matcher.corpora.headers.kinds import KINDS, KindName
from matcher.corpora.headers.originals import original_words
from matcher.diagnosis import diagnose_all
from matcher.errors import InDoubtError, InputError, NotFoundError
from matcher.intake import Part, Preview, columns_of, look, omissions_of, warnings_of
from matcher.progress import Progress
from matcher.records import Challenge, headers, private_fields
from matcher.records.alliance import Alliance
from matcher.service.access import Principal
from matcher.service.context import Caller, Service
from matcher.service.desk.uploads import (
    MOST_ROWS,
    as_file,
    keep_upload,
    kept_upload,
    safe_name,
)
from matcher.service.remedies import at_pages
from matcher.service.store.taking_in import commit_waiting
from matcher.service.views import View
from matcher.text.notice import Notice
from matcher.workspace import Change, Workspace

_SHOWN_REJECTS = 200
_SHOWN_RECORDS = 10
_SHORT_WORDS = 60
_LINE = 80  # characters shown of a paragraph of a notice
_SAID = 40  # paragraphs shown of a notice


class HowRead(NamedTuple):
    """What the person who imports says of a file: what it is, and whose where it does not say."""

    kind: KindName | None = None
    organisation: str = ""


_AS_FOUND = HowRead()


class ColumnView(View):
    """A column of the file and the field it was understood as."""

    column: str
    field: Annotated[str, Field(description="空：原样保留")]
    how: str = ""


class RecordLine(View):
    """A record as it was read."""

    record_id: str
    name: str
    diagnosis: Annotated[str, Field(description="难题的诊断：完整度、缺少、其他发现；只供参考")] = (
        ""
    )
    read_from: Annotated[
        list[str], Field(description="猜读出的值和来文的原话，如 榜额(万元)：300 ← 给300多万")
    ] = Field(default_factory=list)


class PartPreview(View):
    """What a file holds of one kind."""

    kind: KindName
    label: str
    used: int
    rejected: int
    omitted: int
    total: int
    added: Annotated[int, Field(description="新增（成果、结果不分新旧，都算这里）")]
    changed: int
    unchanged: int
    columns: list[ColumnView]
    records: Annotated[list[RecordLine], Field(description="前几条")]
    rejects: Annotated[list[str], Field(description="不能用的地方（前 200 处）")]
    omissions: Annotated[list[str], Field(description="不是数据的行")]
    notes: Annotated[list[str], Field(description="疑似重复、改用的编号、提醒")]


class ImportPreview(View):
    """What was understood of an uploaded file; nothing is written yet."""

    import_id: str
    file: str
    parts: list[PartPreview]
    unread: Annotated[list[str], Field(description="压缩包里读不了的文件，或不是榜单的通知")]
    choices: Annotated[
        list[KindName], Field(description="看不准是什么时的两种读法：带上 kind 再看一次")
    ] = Field(default_factory=list)
    doubt: Annotated[str, Field(description="为什么看不准")] = ""


def upload(caller: Caller, name: str, content: bytes, how: HowRead = _AS_FOUND) -> ImportPreview:
    """Keep a file and show what is in it.

    Raises:
        InputError: it cannot be read.
    """
    upload_id = secrets.token_hex(8)
    shown = safe_name(name)
    made = _seen(caller, upload_id, shown, content, how)
    keep_upload(caller, upload_id, shown, content)
    return made


def preview(caller: Caller, upload_id: str, how: HowRead = _AS_FOUND) -> ImportPreview:
    """The same file again, held against the workspace as it is now.

    Raises:
        NotFoundError: the upload is gone.
        InputError: it cannot be read as what it is said to be.
    """
    name, content = kept_upload(caller.service, upload_id)
    return _seen(caller, upload_id, name, content, how)


def _seen(caller: Caller, upload_id: str, name: str, content: bytes, how: HowRead) -> ImportPreview:
    """What is in a file, read once while the workspace stays as it is."""
    workspace = caller.service.live.connect()
    alliances = _kept(caller.service, how)

    def read() -> ImportPreview:
        return _read(workspace, upload_id, name, content, how, alliances)

    if alliances:  # which move while the workspace does not
        return read()
    return caller.service.previews.get((upload_id, how, workspace.generation), read)


def _read(
    workspace: Workspace, upload_id: str, name: str, content: bytes, how: HowRead,
    alliances: Sequence[Alliance],
) -> ImportPreview:  # fmt: skip
    """What is in a file; if that can be read in two ways, the two."""
    try:
        with contents(name, content, how) as parts:
            return _preview(workspace, upload_id, name, parts, alliances)
    except InDoubtError as doubt:
        choices = [kind.name for kind in KINDS if kind.name in doubt.choices]
        return ImportPreview(
            import_id=upload_id, file=name, parts=[], unread=[], choices=choices,
            doubt=f"{doubt.what}。{doubt.given}",
        )  # fmt: skip


def rejects_file(caller: Caller, upload_id: str, how: HowRead = _AS_FOUND) -> bytes:
    """The rows that cannot be used, as a workbook to mend and import. Raises: NotFoundError."""
    name, content = kept_upload(caller.service, upload_id)
    with contents(name, content, how) as parts:
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
    service: Service, who: Principal, upload_id: str, partial: bool, merge: bool, how: HowRead,
    progress: Progress,
) -> Mapping[str, Any]:  # fmt: skip
    """Write an uploaded file into the workspace: whole or not at all.

    New challenges wait to be published; until then only their owner and staff see them.

    Raises:
        NotFoundError: the upload is gone.
        InputError: rows cannot be used and ``partial`` was not asked for; evidence of no team.
    """
    name, content = kept_upload(service, upload_id)
    workspace = service.live.connect()
    changes: dict[str, dict[str, int]] = {}
    with contents(name, content, how) as found:
        seen = look(workspace, found, merging=merge, alliances=_kept(service, how))
        rejects = _rejects(seen)
        if rejects and not partial:
            raise InputError(
                f"有 {len(rejects)} 处不能用，什么也没有导入", given=rejects[0].message,
                remedy="改正后重新上传，或选择只导入其余的行",
            )  # fmt: skip
        made, waiting = commit_waiting(
            workspace, seen, service.database, who, name, service.messages, progress
        )
    for part, change in zip(seen.parts, made, strict=True):
        kept = changes.setdefault(part.kind.name, dict.fromkeys(asdict(change), 0))
        for what, count in asdict(change).items():
            kept[what] += count
    service.live.reopen()
    return {"changes": changes, "rejected": len(rejects), "pending": waiting}


def _kept(service: Service, how: HowRead) -> Sequence[Alliance]:
    """The alliances a list is held against, where it is one of alliances."""
    return service.alliances.all() if how.kind == "alliances" else ()


def _rejects(seen: Preview) -> list[Reject]:
    return [r for file in seen.files for rejects in file.rejects for r in rejects]


def _preview(
    workspace: Workspace, upload_id: str, name: str, contents: Iterable[FileContent],
    alliances: Sequence[Alliance] = (),
) -> ImportPreview:  # fmt: skip
    seen = look(workspace, contents, alliances=alliances)
    unread = [text for file in seen.files for text in file.content.unread]
    for file in seen.files:
        if (notice := file.content.notice) is not None:
            unread += _of_notice(file.content.file, notice)
    changes = seen.changes(workspace)
    parts = [
        _part(part, changes.get(id(part), Change(len(part.reading.records), 0, 0)), seen.obstacle)
        for file in seen.files
        for part in file.parts
    ]
    return ImportPreview(import_id=upload_id, file=name, parts=parts, unread=unread)


def _of_notice(file: str, notice: Notice) -> Iterator[str]:
    """What a page of prose says, so that a table without a header is not taken for one unseen."""
    title, *further = (hide_contacts(text) for text in (notice.title, *notice.body))
    yield f"{file}：是一篇通知，没有记录：{title[:_LINE]}；是没有列名的表的话，加上列名再上传"
    yield from (f"{file}：通知里的话：{text[:_LINE]}" for text in further[:_SAID])
    if len(further) > _SAID:
        yield f"{file}：通知另有 {len(further) - _SAID} 段"


def _part(part: Part, change: Change, obstacle: InputError | None) -> PartPreview:
    reading, count = part.reading, part.reading.count
    notes = [*warnings_of(reading), *part.notes]
    if obstacle is not None and (part.strays or not part.records):
        notes.append(f"{obstacle.what}：{obstacle.given}；{obstacle.remedy}")
    shown = part.records if part.kind.makes_ids else reading.records
    return PartPreview(
        kind=part.kind.name, label=part.kind.label, used=count.used, rejected=count.rejected,
        omitted=count.omitted, total=count.total, added=change.added, changed=change.changed,
        unchanged=change.unchanged,
        columns=[
            ColumnView(column=column.name, field=column.field, how=column.how)
            for column in columns_of(part.kind, reading)
        ],
        records=_lines(shown[:_SHOWN_RECORDS]),
        rejects=[at_pages(reject.message) for reject in reading.rejects[:_SHOWN_REJECTS]],
        omissions=omissions_of(reading)[:_SHOWN_REJECTS],
        notes=[at_pages(note) for note in notes[:_SHOWN_REJECTS]],
    )  # fmt: skip


def _lines(records: Sequence[Any]) -> list[RecordLine]:
    """The records as they are shown; challenges with what they lack."""
    if not all(isinstance(record, Challenge) for record in records):
        return [_line(record) for record in records]
    return [
        RecordLine(
            record_id=need.challenge_id,
            name=need.name,
            diagnosis=found.summary,
            read_from=_read_from(need),
        )
        for need, found in zip(records, diagnose_all(records), strict=True)
    ]


def _read_from(need: Challenge) -> list[str]:
    """The values that were read out of words, beside the words; contacts are not shown."""
    names = {field: mark.name for field, mark in headers(Challenge)}
    told = []
    for field, words in original_words(need).items():
        value = getattr(need, field)
        shown = read_out(value) if isinstance(value, tuple) else cell_text(format_cell(value))
        said = hide_contacts(" ".join(words.split()))[:_SHORT_WORDS]
        if field not in private_fields(Challenge):
            told.append(f"{names[field]}：{shown or '空'} ← {said}")
    return told


def _line(record: Any) -> RecordLine:
    """An id and a name; evidence and outcomes have neither of the two as such."""
    name = getattr(record, "name", "") or getattr(record, "title", "") or getattr(
        record, "stage", ""
    )  # fmt: skip
    shown = getattr(record, "record_id", "") or getattr(record, "team_id", "")
    return RecordLine(record_id=shown.replace("\t", " · "), name=name)


def file_name(service: Service, upload_id: str) -> str:
    """The name of an uploaded file; empty once it has been cleared."""
    row = service.database.row("SELECT name FROM uploads WHERE id = ?", (upload_id,))
    return "" if row is None else str(row["name"])


@contextmanager
def contents(name: str, content: bytes, how: HowRead) -> Iterator[Iterator[FileContent]]:
    """What is in the files of an upload."""
    with as_file(name, content) as path:
        options = ReadOptions(organisation=how.organisation, rows=RowAllowance(MOST_ROWS))
        yield read_any_of(path, how.kind, options=options)
