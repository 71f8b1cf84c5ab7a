"""Any file in: what it holds is found out, and everything it holds is told.

>>> import tempfile
>>> from pathlib import Path
>>> path = Path(tempfile.mkdtemp()) / "榜单.csv"
>>> _ = path.write_text("榜单一览,,\\n序号,项目名称,榜额\\n1,高温合金叶片,500万元\\n合计,,500\\n")
>>> found = read_any(path)
>>> [(c.title, c.bounty_wan) for c in found.challenges.records]
[('高温合金叶片', 500.0)]
>>> [(o.row, o.why) for o in found.challenges.omitted]
[(1, '标题或说明'), (2, '表头'), (4, '合计行')]
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from matcher.corpora.formats.archive import unpacked
from matcher.corpora.formats.json_file import records_in
from matcher.corpora.formats.source_file import SourceFile, inspect_file
from matcher.corpora.headers.fields import TeamEvidence
from matcher.corpora.headers.kinds import classify
from matcher.corpora.layout.mended import is_mended
from matcher.corpora.layout.sections import Section, sections_of
from matcher.corpora.layout.selecting import UNREAD, unread_note
from matcher.corpora.options import ReadOptions
from matcher.corpora.read import read_source
from matcher.corpora.reading import Reading
from matcher.corpora.rows.collecting import Progress
from matcher.errors import InputError
from matcher.records import Challenge, Outcome, Record, Source, Team
from matcher.text.notice import Notice, read_notice
from matcher.text.references import parse_references

Kind = Literal["challenges", "teams", "evidence", "outcomes"]
KINDS: dict[str, type[Record]] = {
    "challenges": Challenge, "teams": Team, "evidence": TeamEvidence, "outcomes": Outcome,
}  # fmt: skip
# Rows of a sheet that holds another kind of record and is read as that.
ELSEWHERE = "另一种内容"
_PLAIN = ReadOptions()


@dataclass(frozen=True)
class FileContent:
    """What one file holds: a reading for each kind of record met, or a notice without records."""

    file: str
    format: str
    challenges: Reading[Challenge] | None = None
    teams: Reading[Team] | None = None
    evidence: Reading[TeamEvidence] | None = None
    outcomes: Reading[Outcome] | None = None
    notice: Notice | None = None
    unread: tuple[str, ...] = field(default=())

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        """The readings there are."""
        found = (self.challenges, self.teams, self.evidence, self.outcomes)
        return tuple(reading for reading in found if reading is not None)


def read_any(
    path: str | Path,
    kind: Kind | None = None,
    *,
    options: ReadOptions = _PLAIN,
    team_id: str | None = None,
    progress: Progress | None = None,
) -> FileContent:
    """Read a file of any known format; what it is about is found out unless ``kind`` says so.

    ``team_id`` is the team whose achievements a file of references (BibTeX, RIS, text) lists.
    A page without records comes as a `Notice`. ``progress`` as in `read_records`.

    Raises:
        InputError: the file cannot be used, or it cannot be told what it holds.
    """
    source = inspect_file(path)
    return _read(source, kind, options, team_id, progress)


def read_any_of(
    path: str | Path,
    kind: Kind | None = None,
    *,
    options: ReadOptions = _PLAIN,
    team_id: str | None = None,
    progress: Progress | None = None,
) -> Iterator[FileContent]:
    """The same for an archive: the content of each file in it, one after another.

    Raises:
        InputError: as `read_any`; of an archive only if nothing in it can be read.
    """
    source = inspect_file(path)
    if source.format != "zip":
        yield _read(source, kind, options, team_id, progress)
        return
    errors: list[str] = []
    found = 0
    with unpacked(source) as members:
        for name, member in members:
            label = f"{source.name}/{name}"
            try:
                inner = inspect_file(member, label)
                content = _read(inner, kind, options, team_id, progress)
            except InputError as error:
                errors.append(f"{label}: {error.what}")
                yield FileContent(label, "", unread=(errors[-1],))
                continue
            found += 1
            yield content
    if not found:
        raise InputError(
            "压缩包里没有能读的文件", given="；".join(errors)[:500] or source.name,
            expected="至少一个有记录的文件", remedy="解压后逐个检查",
        )  # fmt: skip


def _read(
    source: SourceFile, kind: Kind | None, options: ReadOptions, team_id: str | None,
    progress: Progress | None,
) -> FileContent:  # fmt: skip
    if source.format == "zip":
        raise InputError(
            "压缩包里又有压缩包", given=source.name, expected="一层压缩包", remedy="先解压里层的"
        )
    content = FileContent(source.name, source.format)
    if source.format in ("bibtex", "ris") or (kind == "evidence" and source.format == "text"):
        return replace(content, evidence=read_references(source, team_id))
    sections = _sections(source, options)
    wanted = {KINDS[kind]} if kind else _kinds_in(source, sections, options)
    if not wanted:
        return replace(content, notice=_notice(source))
    readings: dict[str, Any] = {}
    read = {part.sheet for part in sections or () if part.kind in wanted}
    for name, record_type in KINDS.items():
        if record_type in wanted:
            reading = read_source(
                source, record_type, options, sections=sections, progress=progress
            )
            readings[name] = _told_once(reading, read)
            sections = None  # read now; the next kind looks at the file anew
    return replace(content, **readings)


def _told_once(reading: Reading[Any], read: set[str | None]) -> Reading[Any]:
    """A reading that does not call those sheets unread which hold another kind of record."""
    elsewhere = {unread_note(sheet) for sheet in read}
    return replace(
        reading,
        warnings=tuple(text for text in reading.warnings if text not in elsewhere),
        omitted=tuple(
            replace(o, why=ELSEWHERE) if o.why == UNREAD and o.sheet in read else o
            for o in reading.omitted
        ),
    )


def _sections(source: SourceFile, options: ReadOptions) -> list[Section] | None:
    """The parts of a file; JSON has none."""
    return None if source.format in ("jsonl", "json") else sections_of(source, options)


def _kinds_in(
    source: SourceFile, sections: list[Section] | None, options: ReadOptions
) -> set[type[Record]]:
    if sections is None:
        kind = classify(_keys(source), None, options.columns)
        if kind is None:
            raise _unclear(source, _keys(source))
        return {kind}
    kinds = {section.kind for section in sections if section.kind is not None}
    # The other rows of mended ones are in already, so their teams may be, too.
    if Team in kinds and not any(is_mended(section.columns) for section in sections):
        kinds.discard(TeamEvidence)
    if not kinds and source.format in ("csv", "xlsx", "xls", "ods"):
        raise _unclear(source, [c for s in sections for c in s.columns])
    return kinds


def _keys(source: SourceFile) -> list[str]:
    """The names in the first object of a JSON file."""
    if source.format == "json":
        return list(next((item for item in records_in(source) if isinstance(item, dict)), {}))
    with source.path.open(encoding=source.encoding, errors="replace") as lines:
        for line in lines:
            if line.strip():
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    return []
                return list(value) if isinstance(value, dict) else []
    return []


def _unclear(source: SourceFile, columns: list[str]) -> InputError:
    return InputError(
        "看不出这个文件是榜单、团队库还是成果", given="现有列: " + "、".join(columns)[:300],
        expected="至少有项目名称, 或团队名称, 或单位",
        remedy="在表头写明; 命令行也可以用 --as 说明是什么, 用 --map 列名=字段 说明各列",
    )  # fmt: skip


def _notice(source: SourceFile) -> Notice:
    from matcher.corpora.formats.documents import read_document
    from matcher.corpora.grid import Prose, row_text

    lines: list[str] = []
    for part in read_document(source):
        if isinstance(part, Prose):
            lines += [text for _, text in part.lines]
        else:
            lines += [row_text(row.cells) for row in part.rows]
    return read_notice("\n".join(lines))


def read_references(source: SourceFile, team_id: str | None) -> Reading[TeamEvidence]:
    """The achievements a file of references lists, all of one team.

    Raises:
        InputError: no team is named, or nothing is listed.
    """
    if not team_id:
        raise InputError(
            "成果清单没有说明属于哪个团队", given=source.name,
            expected="一个团队编号", remedy="做成有团队编号一列的表; 命令行也可以用 --team",
        )  # fmt: skip
    text = source.path.read_text(encoding=source.encoding or "utf-8", errors="replace")
    found = parse_references(text)
    if not found:
        raise InputError("文件里没有成果", given=source.name, expected="每行一条, 或 BibTeX、RIS")
    where = Source(file=source.name, sha256=source.sha256)
    records = tuple(
        TeamEvidence(team_id=team_id, source=where, **reference.as_dict()) for reference in found
    )
    return Reading(records, (), (), source.name, source.sha256, source.format, {})
