"""Rows → records: every row becomes a record or at least one reject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from matcher.corpora.cells import (
    CellError,
    CellKind,
    CellType,
    cell_types,
    is_blank,
    parse_cell,
    split_list,
)
from matcher.corpora.columns import ColumnMap, unique_name
from matcher.corpora.problems import Problem, cell_problem, validation_problem
from matcher.corpora.reading import Reject, Row
from matcher.records import (
    Challenge,
    Evidence,
    Header,
    Identifier,
    Outcome,
    Record,
    Source,
    Team,
    headers,
)

T = TypeVar("T", bound=Record)


class _OwnedByTeam(Record):
    team_id: Annotated[Identifier, Header("团队编号", ("团队ID",))]


class TeamEvidence(Evidence, _OwnedByTeam):
    """A row of an evidence table: a piece of evidence and the team it belongs to."""


# Of each group of fields, every record (and so every table) needs one.
_REQUIRED: dict[type[Record], tuple[tuple[str, ...], ...]] = {
    Challenge: (("challenge_id",), ("title", "problem")),
    Team: (("team_id",), ("team_name", "org_name")),
    Outcome: (("challenge_id",), ("team_id",), ("stage",)),
    TeamEvidence: (("team_id",),),
}


def required_groups(record_type: type[Record]) -> tuple[tuple[str, ...], ...]:
    """The groups of fields of which at least one must be filled in."""
    return _REQUIRED.get(record_type, ())


def field_labels(record_type: type[Record]) -> dict[str, str]:
    """Field → Chinese header."""
    return {name: mark.name for name, mark in headers(record_type)}


class RecordBuilder(Generic[T]):
    """Turns the rows of one table into records and collects what could not be used.

    ``nested`` says that the rows are JSON objects, which may hold ``extra`` and ``source``.
    """

    def __init__(self, record_type: type[T], origin: Source, *, nested: bool = False) -> None:
        self.record_type = record_type
        self.origin = origin
        self.nested = nested
        self.columns = ColumnMap(record_type)
        self.rejects: list[Reject] = []
        self._types = cell_types(record_type)
        self._labels = field_labels(record_type)
        self._evidence: RecordBuilder[Evidence] | None = (
            RecordBuilder(Evidence, origin, nested=True) if record_type is Team else None
        )

    @property
    def mapping(self) -> dict[str, str]:
        """Column → field, nested evidence included."""
        inner = self._evidence.columns.mapping if self._evidence else {}
        nested = {f"成果.{column}": f"evidence.{field}" for column, field in inner.items()}
        return self.columns.mapping | nested

    @property
    def unknown_columns(self) -> tuple[str, ...]:
        """Columns kept in ``extra``, nested evidence included."""
        inner = self._evidence.columns.unknown if self._evidence else {}
        return (*self.columns.unknown, *(f"成果.{column}" for column in inner))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was understood with a doubt, nested evidence included."""
        inner = self._evidence.columns.warnings if self._evidence else {}
        return (*self.columns.warnings, *(f"成果: {text}" for text in inner))

    def build(self, row: Row) -> T | None:
        """The record of a row, or None after at least one reject."""
        if row.damage is not None:
            self._reject(row, None, None, Problem(row.damage, "完整的一行", "对照原件修好这一行"))
            return None
        before = len(self.rejects)
        values, assigned = self._values(row)
        self._check_required(row, values, assigned)
        pieces = values.pop("evidence") if isinstance(values.get("evidence"), list) else []
        record = self._validated(row, values, assigned)
        if record is None or len(self.rejects) > before:
            return None
        evidence = self._nested_evidence(row, pieces, values)
        return record.model_copy(update={"evidence": evidence}) if evidence else record

    def _validated(self, row: Row, values: dict[str, Any], assigned: dict[str, str]) -> T | None:
        """The record, or rejects for what it finds wrong in the values that are there."""
        try:
            return self.record_type.model_validate(values)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_context=False):
                if detail["loc"][0] in values:
                    self._reject_detail(row, detail, assigned)
            return None

    def reject(self, row: Row, field: str, problem: Problem) -> None:
        """Refuse a row that is sound in itself, for what it holds in one field."""
        assigned = {f: column for column, f in self.columns.assign(row.values).items()}
        column = assigned.get(field)
        self._reject(row, column, row.values.get(column) if column else None, problem)

    def _values(self, row: Row) -> tuple[dict[str, Any], dict[str, str]]:
        """Fields with their parsed values, and field → column."""
        given, extra, source = self._split(row)
        assigned = self.columns.assign(given)
        values: dict[str, Any] = {}
        for column, raw in given.items():
            if is_blank(raw):
                continue
            field = assigned.get(column)
            if field is None:
                extra[unique_name(column.strip(), extra)] = self._extra_value(raw)
                continue
            try:
                values[field] = self._parse(field, raw)
            except CellError as error:
                self._reject(row, column, raw, cell_problem(str(error), self._types[field]))
        values["extra"] = extra
        values["source"] = source
        return values, {field: column for column, field in assigned.items()}

    def _split(self, row: Row) -> tuple[Mapping[str, Any], dict[str, Any], Source | None]:
        """Values of the file, what it already calls ``extra``, and where the record is from."""
        here = self.origin.model_copy(update={"row": row.number})
        if not self.nested:
            return row.values, {}, here
        given = dict(row.values)
        extra = dict(given.pop("extra")) if isinstance(given.get("extra"), dict) else {}
        # A piece of nested evidence is where its team is.
        source = None if self.record_type is Evidence else here
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

    def _parse(self, field: str, raw: Any) -> Any:
        if field == "evidence" and isinstance(raw, str):
            return split_list(raw)
        return parse_cell(raw, self._types[field].kind)

    def _check_required(self, row: Row, values: dict[str, Any], assigned: dict[str, str]) -> None:
        for group in required_groups(self.record_type):
            # A field with a bad cell has its reject already.
            if any(field in values or self._was_given(row, assigned.get(field)) for field in group):
                continue
            names = "或".join(f"「{self._labels[field]}」" for field in group)
            column = next((assigned[field] for field in group if field in assigned), None)
            self._reject(
                row, column or self._labels[group[0]], None,
                Problem("缺少必填项", f"填写{names}", "补填此项"),
            )  # fmt: skip

    @staticmethod
    def _was_given(row: Row, column: str | None) -> bool:
        return column is not None and not is_blank(row.values.get(column))

    def _nested_evidence(
        self, row: Row, pieces: list[Any], values: dict[str, Any]
    ) -> tuple[Evidence, ...]:
        """Evidence is judged piece by piece: a bad one does not cost the team."""
        built: list[Evidence] = []
        if self._evidence is None:
            return ()
        for index, item in enumerate(pieces, start=1):
            piece = {"title": item} if isinstance(item, str) else item
            if not isinstance(piece, dict):
                problem = cell_problem("不是一条成果", CellType(CellKind.OBJECTS))
                self._reject(row, f"成果[{index}]", item, problem)
                continue
            evidence = self._evidence.build(Row(row.number, piece))
            if evidence is not None:
                built.append(evidence)
            for reject in self._evidence.rejects:
                original = {"team_id": values["team_id"], **reject.original}
                column = f"成果[{index}].{reject.column}"
                self.rejects.append(replace(reject, column=column, original=original))
            self._evidence.rejects.clear()
        return tuple(built)

    def _reject_detail(self, row: Row, detail: ErrorDetails, assigned: dict[str, str]) -> None:
        field, *inner = detail["loc"]
        column = assigned.get(str(field), self._labels.get(str(field), str(field)))
        path = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in inner)
        cell_type = self._types.get(str(field), CellType(CellKind.TEXT))
        problem = validation_problem(detail["type"], cell_type)
        value = row.values.get(column) if not inner else detail["input"]
        self._reject(row, column + path, value, problem)

    def _reject(self, row: Row, column: str | None, value: Any, problem: Problem) -> None:
        self.rejects.append(
            Reject(
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
        )
