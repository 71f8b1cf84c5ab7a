"""What is fuzzed: the first byte chooses the target, the others are its input."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from matcher.corpora import read_any_of
from matcher.errors import InputError
from matcher.text.amounts import parse_duration, parse_money
from matcher.text.dates import DateError, parse_date
from matcher.text.indicators import parse_indicators
from matcher.text.notice import read_notice
from matcher.text.organisations import normalise_organisation
from matcher.text.references import parse_references
from matcher.text.regions import parse_region
from matcher.text.repair import repair

NAMES = (
    "a.csv", "a.txt", "a.xlsx", "a.html", "a.docx", "a.jsonl", "a.json", "a.bib", "a.ris", "a.zip",
    "a.pdf", "a.mhtml",
)  # fmt: skip
_FOLDER = Path(tempfile.mkdtemp())


def one_input(data: bytes) -> int:
    """Run one input; whatever it is, only an `InputError` may come of it.

    Returns:
        How many rows were lost without a word.
    """
    choice = data[0] % (len(NAMES) + len(_TEXTS)) if data else 0
    if choice < len(NAMES):
        return _read(NAMES[choice], data[1:])
    _TEXTS[choice - len(NAMES)](data[1:].decode("utf-8", "replace"))
    return 0


def as_input(name: str, content: bytes) -> bytes:
    """A file as an input of `one_input`, by the suffix of its name."""
    suffix = Path(name).suffix
    index = next((i for i, known in enumerate(NAMES) if Path(known).suffix == suffix), 0)
    return bytes([index]) + content


def _read(name: str, content: bytes) -> int:
    lost = 0
    path = _FOLDER / name
    path.write_bytes(content)
    with suppress(InputError):
        for found in read_any_of(path):
            lost += sum(abs(reading.count.unaccounted) for reading in found.readings)
    return lost


def _values(text: str) -> None:
    parse_money(text)
    parse_duration(text)
    parse_region(text)
    normalise_organisation(text)
    with suppress(DateError):
        parse_date(text, 2021)


_TEXTS: tuple[Callable[[str], object], ...] = (
    parse_indicators, parse_references, read_notice, repair, _values,
)  # fmt: skip
