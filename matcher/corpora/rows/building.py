"""Rows → records: every row becomes a record or at least one reject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from matcher.corpora.cells import (
    CellError,
    CellKind,
    CellType,
    Fault,
    cell_types,
    is_blank,
    parse_cell,
    split_list,
)
from matcher.corpora.headers.columns import ColumnMap, Learned, unique_name
from matcher.corpora.headers.kinds import OWNED, Owned, field_labels, id_field, required_groups
from matcher.corpora.headers.labels import strip_label
from matcher.corpora.headers.listing import ListedAchievement
from matcher.corpora.headers.originals import ORIGINAL
from matcher.corpora.layout.mended import PLACES, is_mended, source_of_mended
from matcher.corpora.options import ReadOptions
from matcher.corpora.reading import Reject, Row
from matcher.corpora.rows.problems import Problem, cell_problem, validation_problem
from matcher.corpora.rows.tidying import (
    evidence_kind,
    evidence_pieces,
    is_count,
    made_id,
    mend,
    split_keywords,
    tidy,
)
from matcher.corpora.rows.values import parse_value, public_part
from matcher.records import Challenge, Evidence, Record, Source, Team
from matcher.text.repair import Damage
from matcher.withholding import WITHHELD, lines_of

T = TypeVar("T", bound=Record)

_PLAIN = ReadOptions()
_KEYWORDS = ("keywords",)
# The field that says whose a record is.
_PARTS = frozenset(owned.part for several in OWNED.values() for owned in several)
_WHOSE: dict[type[Record], tuple[str, ...]] = {
    Challenge: ("demand_org",), Team: ("org_name",),
    ListedAchievement: ("host_org", "organisations", "applicants", "placed"),
}  # fmt: skip
# Shorter than this a cell of 论文 is a count (12篇), not a list.
_SHORTEST_LIST = 8
# Columns that only count the rows.
COUNTING = frozenset(("序号", "序", "no", "no."))
# In 万元: more than a thousand million yuan, or less than a thousand, is hardly what is meant.
_MOST, _LEAST = 100_000, 0.1
# Nobody means so much money.
_BEYOND = 1e13
_TOO_MUCH = Problem("金额大得不可能", "万元为单位的金额", "核对数字和单位，改正后再导入")
# Short cells (organisations, regions, dates, amounts) come again and again down a column.
_REMEMBERED = 60


class _CellValue(NamedTuple):
    """What a cell gives its field, the wording kept beside it, what is lost in it, a hint."""

    value: Any
    kept: str = ""
    damages: tuple[Damage, ...] = ()
    hint: str = ""


def _joined(before: Any, value: Any) -> Any:
    """What one column says after what another said of the same field."""
    if isinstance(before, list) and isinstance(value, list):
        return [*before, *value]
    if isinstance(before, str) and isinstance(value, str) and value not in before:
        return f"{before}；{value}"
    return value if before is None else before


class _Layout(NamedTuple):
    """The columns of a row: column → field, field → column, whether it is of a rejects file."""

    fields: Mapping[str, str]
    columns: Mapping[str, str]
    mended: bool


class RecordBuilder(Generic[T]):
    """Turns the rows of one table into records and collects what could not be used.

    ``nested`` says that the rows are JSON objects, which may hold ``extra`` and ``source``.
    """

    def __init__(
        self, record_type: type[T], origin: Source, options: ReadOptions = _PLAIN, *,
        nested: bool = False, verbatim: bool = False, loose: bool = False,
    ) -> None:  # fmt: skip
        self.record_type = record_type
        self.origin = origin
        self.nested = nested
        self.columns = ColumnMap(record_type, options.columns, exact=nested or verbatim)
        self.rejects: list[Reject] = []
        self.notes: list[str] = []
        self._options = options
        self._verbatim = verbatim
        self._tidies = not (nested or verbatim)
        # What this software wrote itself comes back as it is.
        self._ours = verbatim or (nested and origin.file.endswith(".jsonl"))
        self._loose = loose
        self._listed: dict[str, str] = {}
        self._layouts: dict[tuple[str, ...], _Layout] = {}
        self._groups = required_groups(record_type)
        self._types = cell_types(record_type)
        self._read_again = lru_cache(maxsize=20_000)(self._read)
        self._labels = field_labels(record_type)
        self._parts: tuple[tuple[Owned, RecordBuilder[Any]], ...] = tuple(
            (owned, RecordBuilder(owned.part, origin, nested=True))
            for owned in OWNED.get(record_type, ())
        )

    @property
    def mapping(self) -> dict[str, str]:
        """Column → field, those of nested parts included."""
        nested = {
            f"{owned.label}.{column}": f"{owned.field}.{field}"
            for owned, inner in self._parts
            for column, field in inner.columns.mapping.items()
        }
        return self.columns.mapping | self._listed | nested

    @property
    def columns_of_id(self) -> str:
        """The column of the id; "" where there is none."""
        field = id_field(self.record_type)
        return next((column for column, f in self.columns.mapping.items() if f == field), "")

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Columns kept in ``extra``, those of nested parts included."""
        places = set(PLACES) if is_mended(self.columns.unknown) else set()
        hidden = places | set(self._listed)
        unknown = (column for column in self.columns.unknown if column not in hidden)
        return (*unknown, *(
            f"{owned.label}.{c}" for owned, inner in self._parts for c in inner.columns.unknown
        ))  # fmt: skip

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was understood with a doubt, in nested parts too."""
        within = (
            f"{owned.label}: {text}"
            for owned, inner in self._parts for text in inner.columns.warnings
        )  # fmt: skip
        return (*self.columns.warnings, *within, *self.notes)

    @property
    def learned(self) -> tuple[Learned, tuple[Learned, ...], dict[str, str]]:
        """What was met of columns, for another builder of the same table to `learn`."""
        inner = tuple(part.columns.learned for _, part in self._parts)
        return self.columns.learned, inner, self._listed

    def learn(self, learned: tuple[Learned, tuple[Learned, ...], dict[str, str]]) -> None:
        """Take over what another builder met in later rows of the same table."""
        mine, inner, listed = learned
        self.columns.learn(mine)
        self._listed.update(listed)
        for (_, part), met in zip(self._parts, inner, strict=True):
            part.columns.learn(met)

    def build(self, row: Row) -> T | None:
        """The record of a row, or None after at least one reject."""
        if row.damage is not None:
            self._reject(row, None, None, Problem(row.damage, "完整的一行", "对照原件修好这一行"))
            return None
        before = len(self.rejects)
        given, extra, source = self._split(row)
        layout = self._layout(given)
        assigned = layout.columns
        values = self._values(row, given, extra, layout)
        values["extra"] = extra
        values["source"] = source_of_mended(given, source) if layout.mended else source
        self._fill_organisation(values)
        if self._tidies:
            tidy(self.record_type, values, self._options.aliases)
        self._make_id(values, assigned)
        self._check_required(row, values, assigned)
        pieces = self._taken_out(values)
        record = self._validated(row, values, assigned)
        if record is None or len(self.rejects) > before:
            return None
        if isinstance(record, Challenge):
            self._note_withheld(row, record, extra)
        parts = {
            owned.field: built
            for owned, inner in self._parts
            if (built := self._nested(row, pieces.get(owned.field, []), values, owned, inner))
        }
        return record.model_copy(update=parts) if parts else record

    def _taken_out(self, values: dict[str, Any]) -> dict[str, list[Any]]:
        """The nested pieces by field, each to be judged by itself."""
        fields = (owned.field for owned, _ in self._parts)
        return {name: values.pop(name) for name in fields if isinstance(values.get(name), list)}

    def _fill_organisation(self, values: dict[str, Any]) -> None:
        """A list that names no organisation is of the one its sender names, or its title."""
        fields = _WHOSE.get(self.record_type)
        if fields and self._options.organisation and not any(map(values.get, fields)):
            values[fields[0]] = self._options.organisation
        if self._options.listed_year and not values.get("period"):
            values.setdefault("year", self._options.listed_year)

    def _validated(self, row: Row, values: dict[str, Any], assigned: Mapping[str, str]) -> T | None:
        """The record, or rejects for what it finds wrong in the values that are there."""
        try:
            return self.record_type.model_validate(values)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=False):
                if detail["loc"][0] in values:
                    self._reject_detail(row, detail, assigned)
            return None

    def rejected(self, row: Row, field: str, problem: Problem) -> Reject:
        """A row that is sound in itself, refused for what it holds in one field."""
        assigned = {f: column for column, f in self.columns.assign(row.values).items()}
        column = assigned.get(field)
        value = row.values.get(column) if column else None
        return self._complaint(row, column, value, problem)

    def _layout(self, given: Mapping[str, Any]) -> _Layout:
        """What the columns of a row are; the rows of a table have the same ones."""
        key = tuple(given)
        layout = self._layouts.get(key)
        if layout is None:
            fields = self.columns.assign(key)
            columns = {field: column for column, field in fields.items()}
            layout = self._layouts[key] = _Layout(fields, columns, is_mended(given))
        return layout

    def _values(
        self, row: Row, given: Mapping[str, Any], extra: dict[str, Any], layout: _Layout
    ) -> dict[str, Any]:
        """Fields with their parsed values; what has no field goes into ``extra``."""
        values: dict[str, Any] = {}
        for column, raw in given.items():
            if is_blank(raw) or (layout.mended and column in PLACES):
                continue
            field = layout.fields.get(column)
            if field is None:
                if not self._add_evidence(column, raw, values):
                    extra[unique_name(column.strip(), extra)] = self._extra_value(raw)
            elif field == "evidence" and isinstance(raw, str):
                if self._tidies and is_count(raw):
                    extra[unique_name(column.strip(), extra)] = self._extra_value(raw)
                    continue
                values[field] = [*values.get(field, ()), *self._evidence_list(raw, None)]
            else:
                try:
                    value, kept, damages, hint = self._cell(column, field, raw)
                except CellError as error:
                    problem = cell_problem(error.fault, self._types[field], field)
                    self._reject(row, column, raw, problem)
                    continue
                if value is not None:
                    self._put(row, column, raw, field, value, values)
                if hint:
                    self._note_hint(row, column, hint)
                if kept:
                    extra[unique_name(f"{column.strip()}{ORIGINAL}", extra)] = kept
                if damages:
                    self._note_damages(row, column, damages)
        return values

    def _cell(self, column: str, field: str, raw: Any) -> _CellValue:
        """The value of one cell, remembered if it is likely to come again."""
        if isinstance(raw, str) and len(raw) <= _REMEMBERED:
            return self._read_again(column, field, raw)
        return self._read(column, field, raw)

    def _note_damages(self, row: Row, column: str, damages: Sequence[Damage]) -> None:
        place = f"第{row.number}行「{column}」有丢失的字，原样保留"
        self.notes += [f"{place}: {damage.context}" for damage in damages]

    def _put(
        self, row: Row, column: str, raw: Any, field: str, value: Any, values: dict[str, Any]
    ) -> None:  # fmt: skip
        """A value into its field, unless it is an amount that nobody can mean."""
        amount = field.endswith("_wan")
        if amount and not self._ours and value > _BEYOND:
            self._reject(row, column, raw, _TOO_MUCH)
            return
        values[field] = _joined(values[field], value) if field in values else value
        if amount:
            self._doubt_amount(row, column, value)
            self._add_public_part(column, field, raw, values)

    def _doubt_amount(self, row: Row, column: str, value: float) -> None:
        """An amount that a slip of the unit would explain."""
        place = f"第{row.number}行「{' '.join(column.split())}」读成"
        if value > _MOST:
            text = f"{place} {value:,.0f} 万元，大得少见；若原数是元，在列名里写明“(元)”再导入"
            self.notes.append(text)
        elif 0 < value < _LEAST and self.record_type is Challenge and not self.nested:
            text = f"{place} {value:g} 万元，小得少见；若原数是万元，在格里写明“万元”再导入"
            self.notes.append(text)

    def _note_withheld(self, row: Row, record: Challenge, given: Mapping[str, Any]) -> None:
        """What is not shown is told, but for what was kept back in the file already."""
        more = len(lines_of(record.extra.get(WITHHELD))) - len(lines_of(given.get(WITHHELD)))
        if more > 0:
            self.notes.append(
                f"第{row.number}行有 {more} 句似有联系方式或人名，没有公开；"
                "导入后在“修改”里看过，可逐句公开"
            )

    def _note_hint(self, row: Row, column: str, hint: str) -> None:
        self.notes.append(f"第{row.number}行「{' '.join(column.split())}」{hint}")

    def _add_public_part(self, column: str, field: str, raw: Any, values: dict[str, Any]) -> None:
        """财政100万元，企业自筹200万元 in one cell fills two fields."""
        told = isinstance(raw, str) and field != "fiscal_support_wan" and self._tidies
        if self.record_type is Challenge and told:
            public = public_part(raw, column)
            if public is not None:
                values.setdefault("fiscal_support_wan", public)

    def _read(self, column: str, field: str, raw: Any) -> _CellValue:
        """The value of one cell; it depends on nothing else of the row."""
        kept = hint = ""
        if field in _KEYWORDS and not self._verbatim and isinstance(raw, str):
            value: Any = split_keywords(raw)
        else:
            header = "" if self.nested else column
            read = parse_value(field, raw, self._types[field], header, self._options.year)
            value, kept, hint = read
        if not self._tidies:
            return _CellValue(value, "" if self.nested else kept, hint=hint)
        value, damages = mend(field, value, loose=self._loose)
        return _CellValue(value, kept, damages, hint)

    def _evidence_list(self, raw: str, kind: str | None) -> list[Any]:
        """The pieces in a cell: a JSON array as it is, references as records of their own."""
        if raw.lstrip().startswith("[") or not self._tidies:
            items = split_list(raw)
            if not self._tidies or any(isinstance(item, dict) for item in items):
                return items
        return evidence_pieces(raw, kind)

    def _add_evidence(self, column: str, raw: Any, values: dict[str, Any]) -> bool:
        """Columns such as 代表性论文 in a table of teams list evidence of one kind."""
        if not self._tidies or self.record_type is not Team:
            return False
        kind = evidence_kind(column)
        if kind is None or not isinstance(raw, str) or len(raw) < _SHORTEST_LIST or is_count(raw):
            return False
        self._listed[column] = f"evidence.{kind}"
        values["evidence"] = [*values.get("evidence", ()), *self._evidence_list(raw, kind)]
        return True

    def _make_id(self, values: dict[str, Any], assigned: Mapping[str, str]) -> None:
        """Tables without a column of ids get ids from the content of their records."""
        field = id_field(self.record_type)
        if field is None or field in values:
            return
        column = assigned.get(field) or next(
            (c for c, f in self.columns.mapping.items() if f == field), None
        )
        # 序号 only counts the rows: an empty one is no missing id.
        if (
            column is not None
            and strip_label(column) not in COUNTING
            and not (self._loose and field not in assigned)
        ):
            return
        groups = required_groups(self.record_type)[1:]
        if all(any(name in values for name in group) for group in groups):
            values[field] = made_id(self.record_type, values)

    def _split(self, row: Row) -> tuple[Mapping[str, Any], dict[str, Any], Source | None]:
        """Values of the file, what it already calls ``extra``, and where the record is from."""
        origin = self.origin
        here = Source(file=origin.file, sheet=origin.sheet, row=row.number, sha256=origin.sha256)
        if not self.nested:
            return row.values, {}, here
        given = dict(row.values)
        extra = dict(given.pop("extra")) if isinstance(given.get("extra"), dict) else {}
        # A piece of nested evidence is where its team is.
        source = None if self.record_type in _PARTS else here
        if isinstance(given.get("source"), dict):
            try:
                source = Source.model_validate(given["source"])
                del given["source"]
            except ValidationError:
                pass  # some other thing of this name: it stays with the unknown columns
        return given, extra, source

    def _extra_value(self, raw: Any) -> Any:
        """Tables know no types beyond the cell, so unknown columns are text in every format."""
        return raw if self.nested else parse_cell(raw, CellKind.TEXT)

    def _check_required(
        self, row: Row, values: dict[str, Any], assigned: Mapping[str, str]
    ) -> None:
        made = id_field(self.record_type)
        for group in self._groups:
            if not values.keys().isdisjoint(group):
                continue
            if made in group and made not in assigned and self._lacks_names(values):
                continue  # the missing name is told; an id would come with it
            # A field with a bad cell has its reject already.
            if any(self._was_given(row, assigned.get(field)) for field in group):
                continue
            names = "或".join(f"「{self._labels[field]}」" for field in group)
            column = next((assigned[field] for field in group if field in assigned), None)
            self._reject(
                row, column or self._labels[group[0]], None,
                Problem(Fault.MISSING.value, f"填写{names}", "补填此项"),
            )  # fmt: skip

    def _lacks_names(self, values: dict[str, Any]) -> bool:
        groups = required_groups(self.record_type)[1:]
        absent = any(not any(name in values for name in group) for group in groups)
        return absent and (
            self._loose or id_field(self.record_type) not in self.columns.mapping.values()
        )

    @staticmethod
    def _was_given(row: Row, column: str | None) -> bool:
        return column is not None and not is_blank(row.values.get(column))

    def _nested(
        self, row: Row, pieces: list[Any], values: dict[str, Any], owned: Owned,
        parts: RecordBuilder[Any],
    ) -> tuple[Any, ...]:  # fmt: skip
        """Parts are judged piece by piece: a bad one does not cost the record."""
        built: list[Any] = []
        for index, item in enumerate(pieces, start=1):
            place = f"{owned.label}[{index}]"
            piece = {"title": item} if isinstance(item, str) and owned.part is Evidence else item
            if not isinstance(piece, dict):
                fault = Fault.NOT_EVIDENCE if owned.part is Evidence else Fault.WRONG_TYPE
                self._reject(row, place, item, cell_problem(fault, CellType(CellKind.OBJECTS)))
                continue
            part = parts.build(Row(row.number, piece))
            if part is not None:
                built.append(part)
            for reject in parts.rejects:
                original = {owned.owner_id: values[owned.owner_id], **reject.original}
                column = f"{place}.{reject.column}"
                self.rejects.append(replace(reject, column=column, original=original))
            parts.rejects.clear()
        return tuple(built)

    def _reject_detail(self, row: Row, detail: ErrorDetails, assigned: Mapping[str, str]) -> None:
        field, *inner = detail["loc"]
        column = assigned.get(str(field), self._labels.get(str(field), str(field)))
        path = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in inner)
        cell_type = self._types.get(str(field), CellType(CellKind.TEXT))
        problem = validation_problem(detail["type"], cell_type, str(field) if not inner else "")
        value = row.values.get(column) if not inner else detail["input"]
        self._reject(row, column + path, value, problem)

    def _reject(self, row: Row, column: str | None, value: Any, problem: Problem) -> None:
        self.rejects.append(self._complaint(row, column, value, problem))

    def _complaint(self, row: Row, column: str | None, value: Any, problem: Problem) -> Reject:
        return Reject(
            file=self.origin.file,
            sheet=self.origin.sheet,
            row=row.number,
            column=column,
            value=value,
            reason=problem.reason,
            expected=problem.expected,
            remedy=problem.remedy,
            original=row.values,
        )
