"""A segment: some documents with their passages, postings and vectors; written once, never changed.

A library is one or more segments. What is in a segment is true of its own passages alone, so
segments can be made one by one, in any process, and new ones do not touch old ones.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.arrays import BoolArray, IntArray
from matcher.index.documents import Column, DocumentFacts, DocumentTable
from matcher.index.file_rows import FileRows
from matcher.index.postings import Postings
from matcher.index.store import Entry
from matcher.index.vectors import Vectors

# Enough that a query spends its time inside numpy, few enough to be made in a gigabyte.
SEGMENT_PASSAGES = 131_072
_VALUES = "values.json"
# Looked at for a few passages of a query only, not for all that hold a word.
_SELDOM = ("held", "held_counts", "exact")


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """What a segment takes of one document; lists are by passage.

    Attributes:
        positions: where the store keeps the passages; empty without a store.
        vectors: float16, or None.
        drafted: whether the vectors are drafts.
    """

    facts: DocumentFacts
    kinds: Sequence[str]
    years: Sequence[int | None]
    tokens: Sequence[Sequence[str]]
    vectors: NDArray[np.float16] | None
    positions: Sequence[int] = ()
    drafted: bool = False

    @classmethod
    def of(cls, entry: Entry) -> IndexedDocument:
        """An entry without its texts."""
        return cls(
            entry.facts,
            [p.kind for p in entry.passages],
            [p.year for p in entry.passages],
            entry.tokens,
            None if entry.vectors is None else entry.vectors.astype(np.float16),
        )


@dataclass(frozen=True)
class Segment:
    """Documents in order of id, each with at least one passage.

    Attributes:
        documents: facts.
        starts: (n_documents + 1,) document ``i`` has passages ``starts[i]:starts[i + 1]``.
        positions: (n,) of the passages in the store; empty without one.
        kinds: of the passages, by code.
        years: (n,) 0 where unknown.
        postings: of the passages' tokens.
        vectors: None for lexical search only.
        drafts: (n,) whose vectors are drafts; None where none are.
    """

    documents: DocumentTable
    starts: IntArray
    positions: IntArray
    kinds: Column
    years: NDArray[np.int16]
    postings: Postings
    vectors: Vectors | None
    drafts: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.years)

    @property
    def coded(self) -> Vectors:
        """The vectors, of a segment that has some. Raises: ValueError."""
        if self.vectors is None:
            raise ValueError("the segment has no vectors")
        return self.vectors

    @property
    def drafted(self) -> BoolArray:
        """(n,) whose vectors are drafts."""
        return np.zeros(len(self), dtype=bool) if self.drafts is None else self.drafts

    @classmethod
    def build(cls, read: Iterable[IndexedDocument]) -> Segment:
        """From documents in order of id, each with a passage; all with vectors or none.

        They are read once, and their words, which take most room, are held one document at a time.
        """
        documents: list[IndexedDocument] = []

        def tokens() -> Iterator[Sequence[str]]:
            for document in read:
                documents.append(replace(document, tokens=()))
                yield from document.tokens

        postings = Postings.build(tokens())
        lengths = [len(document.kinds) for document in documents]
        known: dict[str, int] = {}
        codes = [
            known.setdefault(kind, len(known)) for document in documents for kind in document.kinds
        ]
        drafted = np.repeat([document.drafted for document in documents], lengths).astype(bool)
        exact = [document.vectors for document in documents if document.vectors is not None]
        return cls(
            documents=DocumentTable.build(document.facts for document in documents),
            starts=np.cumsum([0, *lengths], dtype=np.int64),
            positions=np.array([p for o in documents for p in o.positions], dtype=np.int64),
            kinds=Column(tuple(known), np.array(codes, dtype=np.int32)),
            years=np.array([year or 0 for o in documents for year in o.years], dtype=np.int16),
            postings=postings,
            vectors=Vectors.build(np.concatenate(exact)) if exact else None,
            drafts=drafted if drafted.any() else None,
        )

    def save(self, folder: Path) -> None:
        """Write to a new folder, one file an array."""
        folder.mkdir(parents=True)
        for name, array in self._arrays():
            save_array(folder / name, array)
        values = {name: column.values for name, column in self.documents.columns.items()}
        text = json.dumps(values | {"kinds": self.kinds.values}, ensure_ascii=False)
        (folder / _VALUES).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Segment:
        """What `save` wrote; arrays are read from disk when used.

        Raises:
            OSError, ValueError: files are missing or damaged.
        """
        values = json.loads((folder / _VALUES).read_text(encoding="utf-8"))
        # JSON knows lists only; a list among the values was a tuple.
        kept = {n: tuple(tuple(v) if isinstance(v, list) else v for v in vs)
                for n, vs in values.items()}  # fmt: skip

        def read(name: str) -> Any:
            # A plain view: every slice of a memmap object costs a call into Python.
            return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r"))

        columns = {n: Column(vs, read(f"document_{n}")) for n, vs in kept.items() if n != "kinds"}

        def part(kind: Any) -> Any:
            return kind(*(FileRows(folder / f"{name}.npy") if name in _SELDOM else read(name)
                          for name in kind.__dataclass_fields__))  # fmt: skip

        postings = part(Postings)
        vectors = part(Vectors) if (folder / "codes.npy").exists() else None
        drafts = read("drafts") if (folder / "drafts.npy").exists() else None
        return cls(
            DocumentTable(read("document_ids"), columns), read("starts"), read("positions"),
            Column(kept["kinds"], read("kinds")), read("years"), postings, vectors, drafts,
        )  # fmt: skip

    def _arrays(self) -> Iterator[tuple[str, NDArray[Any]]]:
        yield "document_ids", self.documents.ids
        for name, column in self.documents.columns.items():
            yield f"document_{name}", column.codes
        yield "starts", self.starts
        yield "positions", self.positions
        yield "kinds", self.kinds.codes
        yield "years", self.years
        if self.drafts is not None:
            yield "drafts", self.drafts
        for part in (self.postings, self.vectors):
            for name in part.__dataclass_fields__ if part is not None else ():
                yield name, getattr(part, name)


def save_array(path: Path, array: NDArray[Any]) -> None:
    """Write ``path``.npy and wait until it is on the disk."""
    with path.with_name(f"{path.name}.npy").open("wb") as file:
        np.save(file, array)
        file.flush()
        os.fsync(file.fileno())


def segments(
    documents: Iterable[IndexedDocument], size: int = SEGMENT_PASSAGES
) -> Iterator[Segment]:
    """Segments of about ``size`` passages from documents in order of id, read once."""
    left = iter(documents)

    def stretch(first: IndexedDocument) -> Iterator[IndexedDocument]:
        yield first
        count = len(first.kinds)
        while count < size and (document := next(left, None)) is not None:
            yield document
            count += len(document.kinds)

    for first in left:
        yield Segment.build(stretch(first))
