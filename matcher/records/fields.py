"""What fields are made of: their headers in files, how a cell becomes a value, what all share.

Every field carries its Chinese header and the synonyms under which it is met in real files
(`Header`), so that readers, writers, templates and pages all draw on one list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from matcher.contacts import hide_contacts


@dataclass(frozen=True, slots=True)
class Header:
    """How a field is called in files: the Chinese header we write, other headers we understand.

    >>> Header("年份", "年度、发表年份").synonyms
    ('年度', '发表年份')
    """

    name: str
    others: str = ""
    private: bool = False

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Other headers under which the field is met."""
        return tuple(self.others.split("、")) if self.others else ()


def _as_text(value: object) -> object:
    """Spreadsheets give numbers where a text is meant (an id such as 2021001)."""
    if isinstance(value, str | bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


def as_list(value: object) -> object:
    """A text as a list of one; nothing as none."""
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return () if value is None else value


def _none_as_empty(value: object) -> object:
    if type(value) is str:  # asked of every field of every row
        return value
    return "" if value is None else _as_text(value)


Text = Annotated[str, BeforeValidator(_none_as_empty)]
Identifier = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=200)]
TextList = Annotated[tuple[Text, ...], BeforeValidator(as_list)]
# In 万元; more than the whole country has is a slip, and its sums would end the report.
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Maturity = Annotated[int, Field(ge=1, le=9)]
Year = Annotated[int, Field(ge=1900, le=2100)]


class Record(BaseModel):
    """Base of all records: immutable, unknown fields refused (readers move them to ``extra``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


# People write their number into the names of files and sheets; reports show both.
_PublicName = Annotated[str, AfterValidator(lru_cache(maxsize=1_000)(hide_contacts))]


class Source(Record):
    """Where a record came from, so that any figure can be traced to a row of a file."""

    file: _PublicName
    sheet: _PublicName | None = None
    row: int | None = None
    sha256: str | None = None


def headers(record_type: type[BaseModel]) -> Iterator[tuple[str, Header]]:
    """Field names with their `Header`, in the order of declaration.

    >>> from matcher.records import Team
    >>> dict(headers(Team))["org_name"].name
    '单位'
    """
    for name, field in record_type.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, Header):
                yield name, mark


def private_fields(record_type: type[BaseModel]) -> frozenset[str]:
    """Fields that hold personal contacts: never indexed, logged or shown to outsiders."""
    return frozenset(name for name, header in headers(record_type) if header.private)
