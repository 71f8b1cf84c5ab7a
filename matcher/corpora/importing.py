"""Any file in: what it holds is found out, and everything it holds is told.

>>> import tempfile
>>> from pathlib import Path
>>> path = Path(tempfile.mkdtemp()) / "榜单.csv"
>>> _ = path.write_text("榜单一览,,\\n序号,项目名称,榜额\\n1,高温合金叶片,500万元\\n合计,,500\\n")
>>> found = read_any(path)
>>> [(c.title, c.bounty_wan) for c in found.challenges.records]
[('高温合金叶片', 500.0)]
>>> [(o.row, str(o.why)) for o in found.challenges.omitted]
[(1, '标题或说明'), (2, '表头'), (4, '合计行')]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from matcher.corpora.formats.archive import ZIP, unpacked
from matcher.corpora.formats.bibliography_file import cited_at, read_cited
from matcher.corpora.formats.format import Objects, Parts, SourceFile, Works
from matcher.corpora.formats.registry import inspect_file, read_file
from matcher.corpora.formats.text_file import TEXT
from matcher.corpora.grid import Prose, row_text
from matcher.corpora.headers.classifying import in_doubt
from matcher.corpora.headers.kinds import KINDS, READABLE, KindName, TeamEvidence
from matcher.corpora.layout.mended import is_mended
from matcher.corpora.layout.prose import lines_to_records
from matcher.corpora.layout.sections import Section, sections_of
from matcher.corpora.options import ReadOptions
from matcher.corpora.pasted import challenge_from_text
from matcher.corpora.read import read_sections
from matcher.corpora.reading import Reading, Reject, Row, RowCount
from matcher.corpora.rows.listed import Converted, achievements_of, evidence_of_team
from matcher.corpora.spool import Spool
from matcher.errors import InDoubtError, InputError
from matcher.progress import Progress
from matcher.records import Achievement, Challenge, Outcome, Record, Source, Team
from matcher.text.bibliography import OTHER_TITLES
from matcher.text.needs import is_need
from matcher.text.notice import Notice, read_notice
from matcher.text.references import is_cited

_PLAIN = ReadOptions()


@dataclass(frozen=True)
class FileContent:
    """What one file holds: a reading for each kind of record met, or a notice without records."""

    file: str
    format: str
    by_kind: Mapping[KindName, Reading[Any]] = field(default_factory=dict)
    notice: Notice | None = None
    unread: tuple[str, ...] = ()

    @property
    def readings(self) -> tuple[Reading[Any], ...]:
        """The readings there are."""
        return tuple(self.by_kind.values())

    @property
    def challenges(self) -> Reading[Challenge] | None:
        """The challenges, if there are any."""
        return self.by_kind.get("challenges")

    @property
    def teams(self) -> Reading[Team] | None:
        """The teams, if there are any."""
        return self.by_kind.get("teams")

    @property
    def evidence(self) -> Reading[TeamEvidence] | None:
        """The evidence of teams that are not in the file, if there is any."""
        return self.by_kind.get("evidence")

    @property
    def outcomes(self) -> Reading[Outcome] | None:
        """The outcomes, if there are any."""
        return self.by_kind.get("outcomes")

    @property
    def achievements(self) -> Reading[Achievement] | None:
        """Papers, patents, projects or awards of whoever is named on them, if there are any."""
        return self.by_kind.get("achievements")


def read_any(
    path: str | Path,
    kind: KindName | None = None,
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
    kind: KindName | None = None,
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
    if source.format != ZIP.name:
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
                errors.append(f"{label}：{error.what}")
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
    source: SourceFile, kind: KindName | None, options: ReadOptions, team_id: str | None,
    progress: Progress | None,
) -> FileContent:  # fmt: skip
    found = FileContent(source.name, source.format)
    listed = kind in ("evidence", "achievements") and source.format == TEXT.name
    content = read_cited(source) if listed else read_file(source)
    if isinstance(content, Works):
        return replace(found, by_kind=_credited(_works(source, content, options), team_id))
    if kind in (None, "challenges") and source.format == TEXT.name:
        told = _told(source, content, options)
        if told is not None:
            return replace(found, by_kind={"challenges": told})
    sections = sections_of(content, options)
    if kind == "evidence" and team_id and _lacks_team(sections):
        kind = "achievements"
    if kind is None:
        _ask_if_in_doubt(source, sections, options)
    wanted = [k.record for k in READABLE if k.name == kind] if kind else _kinds_in(sections)
    if not wanted:
        if isinstance(content, Objects) or not _is_document(content):
            raise _unclear(source, [c for s in sections for c in s.columns])
        beside = tuple(dict.fromkeys(note for part in content for note in part.notes))
        if references := _references(content):
            works = Works([cited_at(line, source, number) for number, line in references])
            made = _works(source, works, options)
            made = replace(made, notes=(*made.notes, *beside))
            return replace(found, by_kind=_credited(made, team_id))
        return replace(found, notice=_notice(content), unread=beside)
    readings = read_sections(source, sections, wanted, options, progress)
    by_kind: dict[KindName, Reading[Any]] = {
        kind.name: readings[kind.record] for kind in READABLE if kind.record in readings
    }
    listing = by_kind.pop("achievements", None)
    if listing is not None:
        by_kind |= _credited(achievements_of(listing), team_id)
    return replace(found, by_kind=by_kind)


def _told(source: SourceFile, parts: Parts | Objects, options: ReadOptions) -> Reading[Any] | None:
    """A need told in plain words, or partly so: one challenge. None for forms and notices."""
    if isinstance(parts, Objects):
        return None
    lines = [item for part in parts if isinstance(part, Prose) for item in part.lines]
    text = "\n".join(line for _, line in lines)
    forms, stray, by_chapters = lines_to_records(lines, options.columns)
    is_form = by_chapters or len(forms) > 1 or (forms and not stray)
    if is_form or not is_need(text):
        return None
    made = challenge_from_text(text, f"文本-{source.sha256[:8]}")
    origin = Source(file=source.name, row=lines[0][0])
    records: Spool[Challenge] = Spool()
    records.append(made.model_copy(update={"source": origin}))
    return Reading(
        records.kept(), (), (), source.name, source.sha256, source.format, {},
        count=RowCount(total=len(lines), used=len(lines)),
    )  # fmt: skip


def _credited(works: Reading[Achievement], team_id: str | None) -> dict[KindName, Reading[Any]]:
    """Achievements of whoever is named on them, or evidence of the team that was named."""
    if not team_id:
        return {"achievements": works}
    pieces = Converted(works.records, lambda work: evidence_of_team(work, team_id))
    return {"evidence": replace(works, records=pieces)}  # type: ignore[arg-type]


def _lacks_team(sections: Sequence[Section]) -> bool:
    return not any(section.kind is TeamEvidence for section in sections)


def _kinds_in(sections: Sequence[Section]) -> list[type[Record]]:
    kinds = {section.kind for section in sections}
    # The other rows of mended ones are in already, so their teams may be, too.
    if Team in kinds and not any(is_mended(section.columns) for section in sections):
        kinds.discard(TeamEvidence)
    return [kind.record for kind in KINDS if kind.record in kinds]


def _ask_if_in_doubt(source: SourceFile, sections: Sequence[Section], options: ReadOptions) -> None:
    """Whoever imports knows what a table is that may be one thing as well as the other."""
    told = [section for section in sections if section.kind is not None]
    for section in told:
        both = in_doubt(section.columns, section.sheet, options.columns)
        if not both:
            continue
        names = "还是".join(kind.label for kind in both)
        ways = "；".join(f"--as {kind.name} 按{kind.label}读" for kind in both)
        place = f"{source.name}「{section.sheet}」" if section.sheet else source.name
        error = InDoubtError(
            f"看不准这是{names}", given=f"{place} 的列：{'、'.join(section.columns)[:200]}",
            expected="由知道来历的人选一种读法", remedy=ways,
        )  # fmt: skip
        error.choices = tuple(kind.name for kind in both)
        raise error


def _unclear(source: SourceFile, columns: list[str]) -> InputError:
    return InputError(
        "看不出这个文件是榜单、团队库还是成果", given="现有列：" + "、".join(columns)[:300],
        expected="至少有项目名称，或团队名称，或单位",
        remedy="在表头写明；命令行也可以用 --as 说明是什么，用 --map 列名=字段 说明各列",
    )  # fmt: skip


def _is_document(parts: Parts) -> bool:
    """Whether these are of a page, which may be a notice, and not of a table."""
    return any(isinstance(part, Prose) or part.loose for part in parts)


def _references(parts: Parts) -> list[tuple[int, str]]:
    """The lines of a page that is a list of cited works (GB/T 7714), with their numbers."""
    lines = [item for part in parts if isinstance(part, Prose) for item in part.lines]
    found = [(number, line) for number, line in lines if is_cited(line)]
    return found if len(found) >= 2 and 2 * len(found) >= len(lines) else []


def _notice(parts: Parts) -> Notice:
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Prose):
            lines += [text for _, text in part.lines]
        else:
            lines += [row_text(row.cells) for row in part.rows]
    return read_notice("\n".join(lines))


def _works(source: SourceFile, listed: Works, options: ReadOptions) -> Reading[Achievement]:
    """The achievements of an export; those of a large one lie on disk."""
    records: Spool[Achievement] = Spool()
    rejects: Spool[Reject] = Spool()
    titled_twice = 0
    for item in listed.items:
        if options.rows is not None:
            options.rows.take()
        titled_twice += isinstance(item, Achievement) and OTHER_TITLES in item.extra
        if isinstance(item, Row):
            rejects.append(_unusable(source, item))
        elif item.organisations or not options.organisation:
            records.append(item)
        else:
            records.append(item.model_copy(update={"organisations": (options.organisation,)}))
    if not len(records):
        why = [reject.message for reject in islice(rejects.kept(), 1)]
        raise InputError(
            "文件里没有能用的成果", given="；".join([source.name, *why]),
            expected="每行一条，或 BibTeX、RIS", remedy="检查是不是选错了文件，或重新导出",
        )  # fmt: skip
    used, rejected = len(records), len(rejects)
    return Reading(
        records.kept(), rejects.kept(), (), source.name, source.sha256, source.format, {},
        count=RowCount(used + rejected, used, rejected),
        notes=(f"{titled_twice} 条写了不止一个题名，第一个作题名，其余记在“{OTHER_TITLES}”里",)
        if titled_twice else (),
    )  # fmt: skip


def _unusable(source: SourceFile, row: Row) -> Reject:
    return Reject(
        file=source.name, sheet=None, row=row.number, column=None, value=None,
        reason=row.damage or "", expected="一条完整的成果", remedy="对照原件修好这一条，或重新导出",
        original=row.values,
    )  # fmt: skip
