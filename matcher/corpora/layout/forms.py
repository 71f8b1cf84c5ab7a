"""Forms: tables that name a field and give its value beside it, one record a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, pairwise

from matcher.corpora.cells import cell_text, is_blank
from matcher.corpora.grid import Grid, GridRow, Omission, Omitted, row_text
from matcher.corpora.headers.classifying import fields_found, label_hits
from matcher.corpora.headers.columns import unique_name
from matcher.corpora.headers.kinds import KINDS
from matcher.corpora.headers.labels import book_of
from matcher.corpora.layout.chapters import labelled_parts
from matcher.corpora.reading import Row

_HEAD = 60
_MAX_ROWS = 20_000
_LABEL_LENGTH = 40
_PAIR = re.compile(r"^\s*([^:：\n]{1,30}?)\s*[:：]\s*(.*)$", re.DOTALL)
_HEADING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}[、.．](?!\d)|"
    r"第[一二三四五六七八九十\d]{1,3}[项题个][、:： ]?|"
    r"(?:项目|榜单|需求|难题|课题|团队)[一二三四五六七八九十\d]{1,3}[、:： ])\s*"
)
_FORM_TITLE = re.compile(
    r"(?:表|书|申请|登记|汇总|清单|附件\s*\d*)\s*(?:[(（][^()（）]{1,6}[)）])?\s*$"
)
_NO_TITLE = re.compile(r"[。；;：:！!]|通知|公告|公示|榜单|征集|附件|汇总|清单|(?:表|书)$")
# No form has so many labels side by side, whatever else stands in the row: a list with as many
# columns of its own has.
_NO_FORM = 8
_NAMED = tuple(kind for kind in KINDS if kind.naming)


def form_or_grid(grid: Grid, given: Mapping[str, str] | None = None) -> tuple[bool, Grid]:
    """Whether a grid without blank rows is a form, and the same grid unread."""
    rows = iter(grid.rows)
    head = list(islice(rows, _HEAD))
    again = replace(grid, rows=chain(head, rows))
    return _looks_like_form(head, _groups(grid), given), again


def _looks_like_form(
    head: Sequence[GridRow], groups: frozenset[int], given: Mapping[str, str] | None
) -> bool:
    labelled = 0
    for row in head:
        cells = _beside_group(row, groups)
        known = [bool(_is_label(cell, given)) for cell in cells]
        if len(cells) >= 3 and sum(known) >= 2 and _heads_columns(known, labelled):
            return False
        position = next((i for i, is_known in enumerate(known[:2]) if is_known), None)
        if (position is not None and len(cells) > position + 1 and not known[position + 1]) or (
            len(cells) == 1 and _pair(cells[0], given)
        ):
            labelled += 1
    return labelled >= 3 and labelled >= 0.3 * len(head)


def _heads_columns(known: Sequence[bool], labelled: int) -> bool:
    """Whether a row of labels side by side is the header of a list, not a part of a form."""
    side_by_side = sum(a and b for a, b in pairwise(known))
    mostly = sum(known) >= 0.6 * len(known) or side_by_side >= _NO_FORM
    return labelled < 3 and side_by_side > 0 and mostly


def _groups(grid: Grid) -> frozenset[int]:
    """The rows in which the first column begins to stand for several of them."""
    return frozenset(m.top for m in grid.merges if m.left == 0 and m.bottom > m.top)


def _beside_group(row: GridRow, groups: frozenset[int]) -> list[str]:
    """The cells of a row; 技术需求, written downwards beside labels and values, is neither."""
    cells = _distinct(row)
    return cells[1:] if row.number in groups and len(cells) >= 3 and len(cells) % 2 else cells


def _distinct(row: GridRow) -> list[str]:
    return [cell_text(cell).strip() for cell in row.cells if not is_blank(cell)]


def _is_label(text: str, given: Mapping[str, str] | None) -> bool:
    return len(text) <= _LABEL_LENGTH and label_hits([text], given) > 0


def _pair(text: str, given: Mapping[str, str] | None) -> tuple[str, str] | None:
    found = _PAIR.match(text)
    return (found[1], found[2]) if found and _is_label(found[1], given) else None


class _Form:
    """The pairs of one record as they are collected."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.values: dict[str, object] = {}
        self.span = 0
        self.last = ""

    def put(self, label: str, value: str) -> None:
        name = label if label not in self.values else unique_name(label, self.values)
        self.values[name] = value
        self.last = name

    def go_on(self, text: str) -> None:
        old = str(self.values.get(self.last, ""))
        self.values[self.last] = f"{old}\n{text}" if old else text


def read_form(
    grid: Grid, given: Mapping[str, str] | None = None
) -> tuple[list[Row], list[Omitted]]:
    """The records of a grid of forms, one `Row` each; stacked forms are told by their title."""
    left_out: list[Omitted] = []
    rows = list(islice(grid.rows, _MAX_ROWS))
    columns = _columns_of_records(rows, given)
    if columns:
        titles = [row for row in rows if _title_over(row, rows)]
        left_out += [_title(grid, row) for row in titles]
        return _transposed([row for row in rows if row not in titles], columns), left_out
    return list(_collect(grid, rows, given, left_out)), left_out


def _collect(
    grid: Grid, rows: Sequence[GridRow], given: Mapping[str, str] | None, left_out: list[Omitted]
) -> Iterator[Row]:
    form: _Form | None = None
    groups = _groups(grid)
    for row in rows:
        cells = _beside_group(row, groups)
        pairs = list(_in_parts(_pairs(cells, given), given))
        if not pairs:
            if form is not None and len(cells) == 1 and form.last and not _heads(cells[0]):
                form.go_on(cells[0])
                form.span += 1
            else:
                if form is not None and len(cells) == 1 and _is_named(form, given):
                    yield Row(form.number, form.values, None, form.span)
                    form = None
                left_out.append(_title(grid, row))
            continue
        if form is None or _begins_anew(pairs, form, given):
            if form is not None:
                yield Row(form.number, form.values, None, form.span)
            form = _Form(row.number)
        for label, value in pairs:
            form.put(label, value)
        form.span += 1
    if form is not None:
        yield Row(form.number, form.values, None, form.span)


def _heads(text: str) -> bool:
    """Whether a row of one cell is a heading: numbered, or the title of a form."""
    return len(text) <= _LABEL_LENGTH and bool(_HEADING.match(text) or _FORM_TITLE.search(text))


def _is_named(form: _Form, given: Mapping[str, str] | None) -> bool:
    labels = list(form.values)
    return any(fields_found(labels, kind.record, given) & kind.naming for kind in _NAMED)


def _in_parts(
    pairs: Iterable[tuple[str, str]], given: Mapping[str, str] | None
) -> Iterator[tuple[str, str]]:
    """The same pairs; a value in which several labels stand over their texts gives them all."""
    for label, value in pairs:
        lead, parts = labelled_parts(value, given)
        if lead or not parts:
            yield label, lead
        yield from parts


def _pairs(cells: Sequence[str], given: Mapping[str, str] | None) -> Iterator[tuple[str, str]]:
    """Labels with their values in one row of a form."""
    if len(cells) == 1:
        pair = _pair(cells[0], given)
        lead, parts = labelled_parts(cells[0], given)
        if parts:
            caption, _, text = lead.partition("\n")
            yield from [(caption, text)] if text else []
            yield from parts
        elif pair is not None:
            yield pair
        elif _is_label(cells[0], given):
            yield cells[0], ""
        else:
            over, _, below = cells[0].partition("\n")
            yield from [(over, below)] if below and _is_label(over, given) else []
        return
    known = [_is_label(cell, given) for cell in cells]
    if not any(known):
        if len(cells) == 2 and len(cells[0]) <= 20:
            yield cells[0], cells[1]
        elif len(cells) % 2 == 0 and all(len(c) <= 12 for c in cells[::2]):
            yield from zip(cells[::2], cells[1::2], strict=True)
        return
    start = 1 if len(cells) % 2 and not known[0] and len(known) > 1 and known[1] else 0
    rest, flags = cells[start:], known[start:]
    if len(rest) % 2 == 0 and not any(flags[1::2]):
        yield from zip(rest[::2], rest[1::2], strict=True)
        return
    yield from _scanned(rest, flags)


def _scanned(cells: Sequence[str], flags: Sequence[bool]) -> Iterator[tuple[str, str]]:
    label = ""
    values: list[str] = []
    for cell, is_known in zip(cells, flags, strict=True):
        if is_known and (values or not label):
            if label:
                yield label, "\n".join(values)
            label, values = cell, []
        elif is_known:
            yield label, ""
            label = cell
        elif label:
            values.append(cell)
        else:
            label = cell
    if label:
        yield label, "\n".join(values)


def _begins_anew(
    pairs: Iterable[tuple[str, str]], form: _Form, given: Mapping[str, str] | None
) -> bool:
    """Whether these labels name a record again that has its name already."""
    have = list(form.values)
    now = [label for label, _ in pairs]
    if _is_named(form, given) and any(form.values.get(label) for label in now):
        return True
    return any(
        fields_found(have, kind.record, given) & fields_found(now, kind.record, given) & kind.naming
        for kind in _NAMED
    )


def _columns_of_records(
    rows: Sequence[GridRow], given: Mapping[str, str] | None
) -> list[int] | None:
    """Columns that hold a record each, if the fields run down the first column."""
    wide = [row for row in rows if len(_distinct(row)) >= 3]
    if len(wide) < 3 or len(wide) < 0.7 * len(rows):
        return None
    for row in wide:
        texts = [cell_text(cell).strip() for cell in row.cells]
        if not texts[0] or any(_is_label(text, given) for text in texts[1:] if text):
            return None
    labels = [cell_text(row.cells[0]).strip() for row in wide]
    if label_hits(labels, given) < 3:
        return None
    width = max(len(row.cells) for row in wide)
    return [i for i in range(1, width) if any(not is_blank(_cell(row, i)) for row in wide)]


def _title_over(row: GridRow, rows: Sequence[GridRow]) -> bool:
    """Whether a row stands alone above the rows of fields and values."""
    first = next((r.number for r in rows if len(_distinct(r)) >= 2), rows[-1].number)
    return row.number < first


def _title(grid: Grid, row: GridRow) -> Omitted:
    return Omitted(grid.sheet, row.number, Omission.TITLE, row_text(_distinct(row)))


def _cell(row: GridRow, index: int) -> object:
    return row.cells[index] if index < len(row.cells) else ""


def _transposed(rows: Sequence[GridRow], columns: Sequence[int]) -> list[Row]:
    found: list[Row] = []
    for count, column in enumerate(columns):
        values: dict[str, object] = {}
        for row in rows:
            label = cell_text(row.cells[0]).strip() if row.cells else ""
            if label:
                values[unique_name(label, values)] = _cell(row, column)
        span = len(rows) if count == 0 else 0
        found.append(Row(rows[0].number, values, None, span))
    return found


def lines_to_rows(
    lines: Sequence[tuple[int, str]], given: Mapping[str, str] | None = None
) -> tuple[list[Row], list[tuple[int, str]]]:
    """Records of running text: numbered headings, each followed by lines ``标签：内容``.

    Gives the records and the lines that belong to none. A heading is the title of the record
    below it if that has none of its own; so is a short first line that stands alone above it.
    """
    rows: list[Row] = []
    stray: list[tuple[int, str]] = []
    form: _Form | None = None
    heading: tuple[int, str] | None = None

    def close() -> None:
        if form is None:
            return
        alone = not rows and len(stray) == 1 and _is_title(stray[0][1])
        if alone and not any(_names_title(label, given) for label in form.values):
            form.number, title = stray.pop()
            form.put("名称", title.strip())
            form.span += 1
        rows.append(Row(form.number, form.values, None, form.span))

    for number, text in lines:
        pair = _pair(_HEADING.sub("", text), given) or _bracket_pair(text, given)
        more: list[tuple[str, str]] = []
        if pair is None:
            more = _spaced_pairs(text, given)
            pair = more.pop(0) if more else None
        if pair is None and _heads_record(text):
            close()
            if heading is not None:
                stray.append(heading)
            form, heading = None, (number, text)
        elif pair is None and form is not None:
            form.go_on(text)
            form.span += 1
        elif pair is None:
            stray.append((number, text))
        else:
            if form is None or _begins_anew([pair], form, given):
                close()
                form = _Form(number)
                if heading is not None:
                    form = _Form(heading[0])
                    form.span = 1
                    if not _names_title(pair[0], given):
                        form.put("名称", _HEADING.sub("", heading[1]))
                    heading = None
            for label, value in (pair, *more):
                form.put(label, value)
            form.span += 1
    close()
    if heading is not None:
        stray.append(heading)
    return rows, stray


def _spaced_pairs(text: str, given: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """A row of a form without lines (需求单位 某公司 领域 新材料): sure labels and their text."""
    parts = text.split()
    if len(parts) < 2 or not _is_sure_label(parts[0], given):
        return []
    pairs: list[tuple[str, str]] = []
    for part in parts:
        if _is_sure_label(part, given) and (not pairs or pairs[-1][1]):
            pairs.append((part, ""))
        else:
            label, value = pairs[-1]
            pairs[-1] = (label, f"{value} {part}".strip())
    return pairs


def _is_sure_label(text: str, given: Mapping[str, str] | None) -> bool:
    guesses = (book_of(kind.record, given).find(text) for kind in _NAMED)
    return any(guess is not None and guess.score >= 90 for guess in guesses)


def _bracket_pair(text: str, given: Mapping[str, str] | None) -> tuple[str, str] | None:
    """【技术难点】…… as a label with its text."""
    found = re.match(r"^\s*[【\[]([^】\]]{2,20})[】\]]\s*(.*)$", text, re.DOTALL)
    return (found[1], found[2]) if found and _is_label(found[1], given) else None


def _heads_record(text: str) -> bool:
    plain = text.strip()
    return _heads(plain) and len(plain) <= 60 and not plain.endswith(("。", "；", ";", "："))


def _is_title(text: str) -> bool:
    """Whether a line may name what the labelled lines below it are about."""
    plain = text.strip()
    return 4 <= len(plain) <= _LABEL_LENGTH and not _NO_TITLE.search(plain)


def _names_title(label: str, given: Mapping[str, str] | None) -> bool:
    return any(
        fields_found([label], kind.record, given) & {"title", "team_name"} for kind in _NAMED
    )
