"""What a table of the report is: columns (header, value, look, faces with widths) over rows.

A table is declared once; the workbook, the page, the paper and the CSV each draw the columns that
stand in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from pandas import DataFrame

Face = Literal["xlsx", "html", "docx", "csv"]
Where = Literal["overview", "challenge", "team", "rule", "part"]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class To:
    """Leads to where a challenge, team, rule or part stands in full; shows ``text`` or the id."""

    where: Where
    key: str
    text: str = ""

    def __str__(self) -> str:
        return self.text or self.key


@dataclass(frozen=True, slots=True)
class Many:
    """Several that lead on, or ``empty``.

    Attributes:
        lead: in a workbook, where a cell holds one link, it leads to the first of them.
    """

    items: tuple[To, ...]
    empty: str = ""
    lead: bool = False

    def __str__(self) -> str:
        return "、".join(map(str, self.items)) or self.empty


@dataclass(frozen=True, slots=True)
class Word:
    """A word on its colour, inside a longer cell."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Soft:
    """What a reader may pass over, inside a longer cell."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of pieces side by side."""

    lines: tuple[tuple[To | Word | Soft | str, ...], ...]

    def __str__(self) -> str:
        return "\n".join(" ".join(map(str, pieces)) for pieces in self.lines)


@dataclass(frozen=True, slots=True)
class Web:
    """An address a reader may follow, if it is one of the web."""

    address: str

    def __str__(self) -> str:
        return self.address


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is worked out from what staff fill in; written by this program only.

    Attributes:
        text: with ``{row}`` for the number of its own row.
        value: what it gives now, for readers that do not calculate.
    """

    text: str
    value: str | float

    def __str__(self) -> str:
        return str(self.value)


Value = str | int | float | To | Many | Lines | Web | Formula | None


@dataclass(frozen=True, slots=True)
class Look:
    """How the cells of a column are drawn.

    Attributes:
        word: on the colour of their word.
        number: to the right, in figures of one width.
        form: number format of a workbook, e.g. ``0.00``.
        spec: the same for text, as `format` takes it.
        choices: staff choose one of these words; the cell refuses others.
        bars: numbers stand over a bar of their length.
        marks: staff enter a number from the first to the second; the cell refuses others.
        filled: staff write here.
        whole: one word, not broken in two on the page.
    """

    word: bool = False
    number: bool = False
    form: str = ""
    spec: str = ""
    choices: tuple[str, ...] = ()
    marks: tuple[float, float] | None = None
    filled: bool = False
    bars: bool = False
    whole: bool = False

    @property
    def open(self) -> bool:
        """Whether staff fill it in."""
        return bool(self.filled or self.choices or self.marks)

    def text(self, value: Value) -> str:
        """A value in words."""
        if value is None:
            return ""
        numeric = isinstance(value, int | float)
        if numeric and self.spec:
            return format(value, self.spec)
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)


PLAIN, WORD, NUMBER, FILLED = Look(), Look(word=True), Look(number=True), Look(filled=True)
BARS = Look(number=True, bars=True, form="0_)")
WHOLE = Look(whole=True)
FIT = Look(number=True, form="0.00", spec=".2f")
CLOSE_FIT = Look(number=True, form="0.000", spec=".3f")
PERCENT = Look(number=True, form="0%", spec=".0%")
FINE_PERCENT = Look(number=True, form="0.0%", spec=".1%")
FIGURE = Look(number=True, form="0.###")
MONEY = Look(number=True, form="#,##0.##")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column, and the faces it stands in.

    Attributes:
        header: on the sheet, where there is room, and in CSV.
        value: of a row.
        xlsx: width in characters; 0 where it does not stand in the workbook.
        docx: width in cm; 0 where it does not stand in the paper.
        html, csv: whether it stands on the page, in the CSV.
        short: the header on the page and the paper; "" for the same.
        folded: closed on the sheet until a reader opens it, and not printed.
    """

    header: str
    value: Callable[[Row], Value]
    look: Look = PLAIN
    xlsx: int = 0
    docx: float = 0.0
    html: bool = False
    csv: bool = False
    short: str = ""
    folded: bool = False

    def heading(self, face: Face) -> str:
        """The header in a face."""
        return self.short or self.header if face in ("html", "docx") else self.header

    def text(self, row: Row) -> str:
        """A cell in words."""
        return self.look.text(self.value(row))


@dataclass(frozen=True)
class Choice(Generic[Row]):
    """What a reader of the page chooses rows by: an attribute of the row with its label."""

    name: str
    label: str
    value: Callable[[Row], str]


@dataclass(frozen=True)
class Table(Generic[Row]):
    """A table with its rows.

    Attributes:
        name: of the sheet.
        key: of the element on the page.
        note: stands under the title of the sheet.
        anchor: what its rows are, so that others lead to them: where, and the id of a row.
        choices: what a reader of the page chooses rows by.
        most_lines: no row of the sheet is taller.
        opens_with: a column and a word: the sheet opens, and prints, with the rows that have it;
            the reader's program shows the others when the filter is taken off.
        free_lines: empty rows of the sheet for staff.
        printed: with the workbook; other sheets are printed when a reader chooses them.
        one_page: however many rows it has.
        opens_block: rows that head those after them: set in bold on a tint.
    """

    name: str
    columns: tuple[Column[Row], ...]
    rows: Sequence[Row]
    key: str = ""
    note: str = ""
    anchor: tuple[Where, Callable[[Row], str]] | None = None
    choices: tuple[Choice[Row], ...] = ()
    most_lines: int = 10
    opens_with: tuple[str, str] | None = None
    free_lines: int = 0
    printed: bool = False
    one_page: bool = False
    opens_block: Callable[[Row], bool] | None = None

    def on(self, face: Face) -> tuple[Column[Row], ...]:
        """The columns that stand in a face."""
        return tuple(column for column in self.columns if getattr(column, face))

    def headers(self, face: Face) -> tuple[str, ...]:
        """Their headers."""
        return tuple(column.heading(face) for column in self.on(face))

    def values(self, face: Face) -> Iterator[tuple[Value, ...]]:
        """The cells of a face, row by row."""
        columns = self.on(face)
        return (tuple(column.value(row) for column in columns) for row in self.rows)

    def anchors(self) -> Iterator[To | None]:
        """What leads to each row: to the first of those with one id, to the others nothing."""
        seen: set[str] = set()
        for row in self.rows:
            key = "" if self.anchor is None else self.anchor[1](row)
            fresh = self.anchor is not None and key not in seen
            seen.add(key)
            yield To(self.anchor[0], key) if self.anchor and fresh else None

    def to_frame(self, face: Face = "xlsx") -> DataFrame:
        """As a pandas DataFrame: numbers stay numbers, all else is text."""
        from pandas import DataFrame

        cells = [
            [v if isinstance(v, int | float | None) else str(v) for v in values]
            for values in self.values(face)
        ]
        return DataFrame(cells, columns=list(self.headers(face)))
