"""What a format is: how it is told from others, what it may cost, and what its reader gives."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from matcher.corpora.formats.safety import MAX_BYTES, check_entries
from matcher.corpora.grid import Grid, Prose
from matcher.corpora.reading import Row
from matcher.errors import InputError
from matcher.records import Achievement

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_SEARCHED = 8 << 20


class Sample:
    """A file before it is known what it is: its beginning, and of containers what is in them."""

    def __init__(self, path: Path, head: bytes) -> None:
        self.path = path
        self.head = head
        self.suffix = path.suffix.lower()
        self.start = head.removeprefix(codecs.BOM_UTF8).lstrip()
        self.lower = self.start[:2048].lower()
        self.is_zip = head.startswith(_ZIP)
        self.is_ole = head.startswith(_OLE)

    @cached_property
    def entries(self) -> frozenset[str]:
        """The names in a ZIP container; none if it is no such thing.

        Raises:
            InputError: damaged, a bomb, or with entries that point outside.
        """
        return check_entries(self.path) if self.is_zip else frozenset()

    def has_stream(self, *names: str) -> bool:
        """Whether an old Office file has one of these streams; their names are UTF-16."""
        return self.is_ole and any(name.encode("utf-16-le") in self._beginning for name in names)

    @cached_property
    def _beginning(self) -> bytes:
        with self.path.open("rb") as file:
            return file.read(_OLE_SEARCHED)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A readable, non-empty file. ``encoding`` and ``lines`` are for the text formats.

    ``label`` is its name within an archive: 材料.zip/榜单.xlsx.
    """

    path: Path
    format: str
    sha256: str
    encoding: str = ""
    lines: int = 0
    label: str = ""

    @property
    def decoding(self) -> str:
        """How bytes that are no text are decoded: as marks by which the row is told.

        The codecs of UTF-16 and UTF-32 know no such marks and leave U+FFFD.
        """
        return "replace" if self.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"

    @property
    def name(self) -> str:
        """The file's own name, which is all that records remember of its place."""
        # A name of bytes that are no text could not be kept.
        return (self.label or self.path.name).encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Objects:
    """Records that name their fields themselves; ``names`` are those of the first."""

    rows: Iterator[Row]
    names: Sequence[str]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Works:
    """Achievements one after another; a row with ``damage`` stands for one that cannot be used."""

    items: Iterable[Achievement | Row]


Parts = Sequence[Grid | Prose]
Content = Parts | Objects | Works


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read.

    Args:
        name: as readings and messages call it.
        is_it: whether a file is of this format; asked in the order of the registry.
        read: what a file of it holds; raises `InputError`.
        limit: how many bytes it may have.
        is_text: it has an encoding, which is found out before it is read.
        by_lines: it is read line by line and never held whole, so only a line may not be too long.
        check: what else makes it dangerous; raises `InputError`.
        confined: native code reads it, which is done in a process of limited means.
    """

    name: str
    is_it: Callable[[Sample], bool]
    read: Callable[[SourceFile], Content]
    limit: int = MAX_BYTES
    is_text: bool = False
    by_lines: bool = False
    check: Callable[[Sample], None] | None = None
    confined: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A format that is known and not read; ``expected`` is one that is, unless it says which."""

    is_it: Callable[[Sample], bool]
    what: str
    remedy: str
    expected: str = ""

    def error(self, path: Path, supported: str) -> InputError:
        """What the user is told."""
        return InputError(
            self.what, given=str(path), expected=self.expected or f"{supported} 文件",
            remedy=self.remedy,
        )  # fmt: skip
