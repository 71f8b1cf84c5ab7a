"""The rows under a header: records, and the rows that are none (totals, notes, headings)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from matcher.corpora.cells import CellKind, cell_text, cell_types, is_blank
from matcher.corpora.grid import GridRow, Merge, Omission, Omitted, row_text
from matcher.corpora.headers.columns import ColumnMap
from matcher.corpora.headers.kinds import field_labels, id_field, required_groups
from matcher.corpora.headers.labels import normalise_header
from matcher.corpora.layout.mended import is_mended, one_row_each
from matcher.corpora.layout.structure import Outline
from matcher.corpora.reading import Row
from matcher.corpora.table import Table
from matcher.records import Record, private_fields
from matcher.text.normalise import simplify

SECTION = "分组"
_TOTAL = re.compile(r"(?:总\s*计|合\s*计|小\s*计|共\s*计|总\s*数|平均|累计)(?:[(（:：\d].*)?")
# What the first cell of a row says that explains how to fill in a template.
_TEMPLATE = re.compile(
    r"(?:填写|填表|填报|字段)?(?:说明|要求|提示|规则)|(?:填写)?(?:举例|示例|样例|例子|范例)(?:数据|行|填写)?|例[:：]?|"
    r"(?:是否)?必填(?:项|\s.*)?|格式(?:要求|说明)?|数据类型",
    re.S,
)
_NUMERIC = re.compile(r"共?\s*[\d.,%％+-]+\s*(?:万?亿?元|[项个家万件篇部名人次])?")
_NOTE = re.compile(
    r"^\s*(?:[(（]?(?:附)?注[)）]?\s*\d*\s*[:：.、]|备注\s*[:：]|说明\s*[:：]|填表说明|填报说明|"
    r"[※＊*]|(?:制表|审核|填表|填报|经办|复核)(?:人|单位|日期|时间)?\s*[:：]|单位[(（]盖章|数据来源|"
    r"(?:联系人|联系电话|咨询电话|负责人|日期)\s*[:：]|以上|本表|第\s*\d+\s*页|共计?\s*\d+\s*(?:[页项]|[个家支条]\S{0,6}$)|（?以下空白|\d+、本表)"
)
# More different texts are no total and no note.
_FEW = 4
_HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]+[类批组部])"
)
_DITTO = re.compile(r"\s*(?:[同如]上(?:行|栏|格)?|同前|〃|″)\s*[。.]?\s*")
_DITTO_BEGINS = frozenset("同如〃″ \t\n\u3000")
_CONTINUED = re.compile(r"(.+)（续(\d+)）", re.DOTALL)
_TEXTUAL = (CellKind.TEXT, CellKind.LIST)


def open_table(
    found: Outline, record_type: type[Record], given: Mapping[str, str] | None = None
) -> Table:
    """The rows below a header as those of one type of record, read lazily."""
    whole = continuations(found.header.names)
    columns = tuple(column for column in found.header.named if column not in whole)
    verbatim = is_own_layout(columns, record_type)
    mended = is_mended(columns)
    omitted = list(found.omitted)
    body = _Body(found, record_type, given, whole, omitted, verbatim or mended)
    rows = one_row_each(body.rows()) if mended else body.rows()
    return Table(
        found.grid.sheet, columns, rows, found.grid.total,
        [*found.header.warnings, *found.grid.notes], omitted, found.context,
        found.grid.loose, verbatim,
    )  # fmt: skip


def is_own_layout(columns: Sequence[str], record_type: type[Record]) -> bool:
    """Whether this software wrote the table: only then are all its headers there, to the letter."""
    hidden = private_fields(record_type) | {"evidence", "indicators"}
    labels = field_labels(record_type)
    return {label for name, label in labels.items() if name not in hidden} <= set(columns)


def continuations(names: Sequence[str]) -> dict[str, str]:
    """Columns that carry on a long text, each with the column it carries on."""
    found = {name: _CONTINUED.fullmatch(name) for name in names}
    return {name: match[1] for name, match in found.items() if match and match[1] in found}


class _Pending(NamedTuple):
    """A row that may go on in the next one, and the heading it stands under."""

    row: GridRow
    cells: list[Any]
    span: int
    section: str


class _Body:
    """The rows of one table; those that hold no record are added to ``omitted`` on the way."""

    def __init__(
        self, found: Outline, record_type: type[Record], given: Mapping[str, str] | None,
        whole: Mapping[str, str], omitted: list[Omitted], verbatim: bool,
    ) -> None:  # fmt: skip
        self._found = found
        self._omitted = omitted
        self._header = found.header
        self._whole = whole
        self._verbatim = verbatim
        self._sheet = found.grid.sheet
        self._merged = _Merged(found.grid.merges)
        assigned = ColumnMap(record_type, given).assign(found.header.named)
        self._field_of = {
            index: assigned[name]
            for index, name in enumerate(found.header.names)
            if name in assigned
        }
        keys = {field for group in required_groups(record_type) for field in group}
        self._keys = [i for i, field in self._field_of.items() if field in keys]
        ident = id_field(record_type)
        self._names = [i for i in self._keys if self._field_of[i] != ident]
        self._ids = [i for i in self._keys if self._field_of[i] == ident]
        self._joins = ident is not None and bool(self._names)
        self._textual = {
            index
            for index, field in self._field_of.items()
            if cell_types(record_type)[field].kind in _TEXTUAL
        } | {i for i in range(len(self._header.names)) if i not in self._field_of}
        self._section = ""

    def rows(self) -> Iterator[Row]:
        """Rows with their values."""
        pending: _Pending | None = None
        for row in self._found.rows:
            cells, inherited = self._merged.spread(row)
            if pending is not None and not self._verbatim:
                cells = _as_above(cells, pending.cells)
            if row.damage is None and not self._verbatim:
                why = self._why_none(row, cells)
                if why:
                    self._omit(row, why)
                    continue
                if pending is not None and self._goes_on(row, cells, inherited, pending.row):
                    cut = row.number in self._found.grid.page_starts
                    joined = self._together(pending.cells, cells, inherited, "" if cut else "\n")
                    pending = pending._replace(cells=joined, span=pending.span + 1)
                    continue
            if pending is not None:
                yield self._row(pending)
            pending = _Pending(row, cells, 1, self._section)
        if pending is not None:
            yield self._row(pending)

    def _omit(self, row: GridRow, why: Omission) -> None:
        self._omitted.append(Omitted(self._sheet, row.number, why, row_text(row.cells)))

    def _row(self, pending: _Pending) -> Row:
        row, cells, span, section = pending
        header = self._header
        values = header.row(cells)
        for part, column in self._whole.items():
            more = values.pop(part, "")
            if not is_blank(more):
                values[column] = f"{values[column]}{more}"
        if section and SECTION not in values and row.damage is None:
            values[SECTION] = section
        damage = row.damage
        surplus = [cell for cell in cells[len(header.names) :] if not is_blank(cell)]
        if damage is None and surplus and self._found.grid.total is None and self._is_text_file:
            damage = "单元格比表头多（文字里的逗号要用引号括起）"
        return Row(row.number, values, damage, span)

    @property
    def _is_text_file(self) -> bool:
        return self._sheet is None and not self._found.grid.loose

    def _why_none(  # noqa: PLR0911
        self, row: GridRow, cells: Sequence[Any]
    ) -> Omission | None:
        """Why a row is no record; None if it is one. A row with a name in place always is."""
        texts = {i: text for i, cell in enumerate(row.cells) if (text := cell_text(cell).strip())}
        if not texts:
            again = any(not is_blank(cell) for cell in cells)
            return Omission.MERGED_AGAIN if again else Omission.BLANK
        distinct = list(dict.fromkeys(texts.values()))
        few = len(distinct) <= _FEW
        if few:
            distinct[0] = simplify(distinct[0])
        if self._is_header_again(texts):
            return Omission.HEADER_AGAIN
        if _TOTAL.fullmatch(distinct[0]) and all(
            _TOTAL.fullmatch(text) or _NUMERIC.fullmatch(text) for text in distinct
        ):
            return Omission.TOTAL
        if len(self._header.names) < 2:
            return None
        if len(distinct) > 1 and _TEMPLATE.fullmatch(distinct[0].strip()):
            return Omission.TEMPLATE
        if few and all(_NOTE.match(simplify(text)) for text in distinct):
            return Omission.NOTE
        if len(distinct) == 1:
            return self._why_single(row, next(iter(texts)), distinct[0])
        return None

    def _why_single(self, row: GridRow, index: int, text: str) -> Omission | None:
        """A row of one cell: a heading over the next rows, a note, or a poor record."""
        merge = self._merged.wide(row.number, index)
        if merge is None and not _HEADING.match(text):
            return None
        if merge is None and index in self._names:
            return None
        if merge is not None and merge.right - merge.left + 1 < 0.5 * len(self._header.names):
            return None
        if _NOTE.match(text) or len(text) > 60:
            return Omission.NOTE
        self._section = text
        return Omission.HEADING

    def _is_header_again(self, texts: Mapping[int, str]) -> bool:
        names = self._header.names
        return len(texts) >= 2 and all(
            i < len(names) and normalise_header(text) in _parts(names[i])
            for i, text in texts.items()
        )

    def _goes_on(
        self, row: GridRow, cells: Sequence[Any], inherited: set[int], before: GridRow
    ) -> bool:
        """Whether a row carries on the record of the row before it."""
        if not self._joins or before.damage:
            return False
        if row.number in self._found.grid.page_starts and self._ids:
            return all(is_blank(_at(cells, i)) for i in self._ids)
        names_same = [i for i in self._names if i in inherited]
        if names_same and all(i in inherited or is_blank(_at(cells, i)) for i in self._ids):
            return all(i in inherited or is_blank(_at(cells, i)) for i in self._names)
        if any(not is_blank(_at(cells, i)) for i in self._keys):
            return False
        filled = {i for i, cell in enumerate(row.cells) if not is_blank(cell)}
        known = filled & set(self._field_of)
        return bool(known) and (self._found.grid.loose or filled <= self._textual)

    @staticmethod
    def _together(
        first: Sequence[Any], more: Sequence[Any], inherited: set[int], between: str
    ) -> list[Any]:
        joined = list(first) + [""] * (len(more) - len(first))
        for index, cell in enumerate(more):
            if index in inherited or is_blank(cell) or cell == joined[index]:
                continue
            old = joined[index]
            joined[index] = cell if is_blank(old) else f"{cell_text(old)}{between}{cell_text(cell)}"
        return joined


def _as_above(cells: list[Any], above: Sequence[Any]) -> list[Any]:
    """Cells that only say 同上, with what stands above them."""
    return [
        _at(above, index)
        if isinstance(cell, str) and cell[:1] in _DITTO_BEGINS and _DITTO.fullmatch(cell)
        else cell
        for index, cell in enumerate(cells)
    ]


@lru_cache(maxsize=1_000)
def _parts(name: str) -> frozenset[str]:
    """A header and the labels it was joined of, as they are compared."""
    return frozenset(normalise_header(part) for part in (name, *name.split("·")))


def _at(cells: Sequence[Any], index: int) -> Any:
    return cells[index] if index < len(cells) else ""


class _Merged:
    """Vertical merges as the rows go by: what a merged range holds stands in all its rows."""

    def __init__(self, merges: Sequence[Merge]) -> None:
        tall = [merge for merge in merges if merge.bottom > merge.top]
        self._coming = sorted(tall, key=lambda merge: -merge.top)
        self._flat = {(m.top, m.left): m for m in merges if m.right > m.left}
        self._active: list[tuple[Merge, Any]] = []

    def wide(self, number: int, column: int) -> Merge | None:
        """The merge over several columns that begins in this cell."""
        return self._flat.get((number, column))

    def spread(self, row: GridRow) -> tuple[list[Any], set[int]]:
        """The cells of a row with merged values filled in, and which were."""
        cells = list(row.cells)
        inherited: set[int] = set()
        if self._active:
            self._active = [item for item in self._active if item[0].bottom >= row.number]
            for merge, value in self._active:
                if merge.left >= len(cells):
                    cells += [""] * (merge.left + 1 - len(cells))
                if is_blank(cells[merge.left]):
                    cells[merge.left] = value
                    inherited.add(merge.left)
        while self._coming and self._coming[-1].top <= row.number:
            merge = self._coming.pop()
            if merge.top == row.number and not is_blank(_at(cells, merge.left)):
                self._active.append((merge, cells[merge.left]))
        return cells, inherited
