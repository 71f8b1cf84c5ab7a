"""Which parts of a file are read for one type of record, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.corpora.formats.json_file import iter_json
from matcher.corpora.formats.jsonl_file import iter_jsonl
from matcher.corpora.formats.source_file import SourceFile
from matcher.corpora.grid import Omitted
from matcher.corpora.headers.columns import ColumnMap
from matcher.corpora.headers.fields import TeamEvidence
from matcher.corpora.headers.kinds import needed_groups
from matcher.corpora.headers.labels import normalise_header
from matcher.corpora.layout.mended import is_mended
from matcher.corpora.layout.sections import RowCounter, Section, drain, sections_of
from matcher.corpora.options import ReadOptions
from matcher.corpora.table import Table
from matcher.errors import InputError
from matcher.records import Record, Team

EVIDENCE_SHEETS = ("成果", "evidence")
UNREAD = "未读取的工作表"
_PLAIN = ReadOptions()


@dataclass(frozen=True)
class Input:
    """The tables of a file that hold one type of record, and what else is in it."""

    source: SourceFile
    tables: tuple[Table, ...]
    nested: bool = False
    warnings: tuple[str, ...] = ()
    omitted: tuple[Omitted, ...] = ()
    counters: tuple[RowCounter, ...] = ()
    more_evidence: tuple[Input, ...] = ()
    options: ReadOptions = _PLAIN


def inputs_of(
    source: SourceFile, record_type: type[Record], options: ReadOptions,
    sections: Sequence[Section] | None = None,
) -> Input:  # fmt: skip
    """The tables of a file that hold this type of record (and its sheets of evidence).

    ``sections`` are those of this file if they are known already; they can be read only once.

    Raises:
        InputError: the file holds nothing.
    """
    if source.format == "jsonl":
        table = Table(None, (), iter_jsonl(source), source.lines)
        return Input(source, (table,), nested=True, options=options)
    if source.format == "json":
        table = Table(None, (), iter_json(source))
        return Input(source, (table,), nested=True, options=options)
    sections = sections_of(source, options) if sections is None else sections
    if not sections:
        raise InputError(
            "文件里没有内容", given=str(source.path), expected="第一行是列名, 以下每行一条记录",
            remedy="换一个文件",
        )  # fmt: skip
    return _select(source, sections, record_type, options)


def _select(
    source: SourceFile, sections: Sequence[Section], record_type: type[Record],
    options: ReadOptions,
) -> Input:  # fmt: skip
    """The sections of a file that hold this type of record; what is left over is listed."""
    evidence = [s for s in sections if _is_evidence(s)] if len(sections) > 1 else []
    others = [s for s in sections if s not in evidence] or list(sections)
    if record_type is TeamEvidence and evidence:
        evidence, others = others, evidence
    chosen = [s for s in others if s.kind is record_type]
    if not chosen:
        fitting = (s for s in others if _fits(s, record_type))
        chosen = [next(fitting, next((s for s in others if s.columns), others[0]))]
    if record_type is not Team or any(is_mended(s.columns) for s in evidence):
        evidence = []
    unread = [s for s in sections if s not in chosen and s not in evidence]
    omitted = [o for s in unread for o in drain(s, _why_unread(s))]
    parts = tuple(
        Input(source, (s.open(TeamEvidence),), counters=(s.counter,), options=options)
        for s in evidence
    )
    return Input(
        source, tuple(s.open(record_type) for s in chosen), False,
        tuple(unread_note(s.sheet) for s in unread if s.columns or s.sheet != "正文"),
        tuple(omitted), tuple(s.counter for s in (*chosen, *unread)), parts, options,
    )  # fmt: skip


def unread_note(sheet: str | None) -> str:
    """What is said of a sheet that is not read."""
    return f"工作表「{sheet}」没有读取"


def _why_unread(section: Section) -> str:
    return UNREAD if section.columns else "正文"


def _is_evidence(section: Section) -> bool:
    return section.kind is TeamEvidence or normalise_header(section.sheet or "") in EVIDENCE_SHEETS


def _fits(section: Section, record_type: type[Record]) -> bool:
    columns = ColumnMap(record_type)
    columns.assign(section.columns)
    return columns.lacks(needed_groups(record_type)) is None
