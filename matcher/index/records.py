"""Records where they lie, read when looked at: stored, chosen of many, without disowned pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from matcher.index.store import Side, Store
from matcher.records import Challenge, Team
from matcher.text.normalise import clean

RecordT = TypeVar("RecordT", Challenge, Team)
ItemT = TypeVar("ItemT")


class Seen(Sequence[ItemT]):
    """A sequence whose items are made when looked at."""

    def __init__(self, length: int, item: Callable[[int], ItemT]) -> None:
        self._length = length
        self._item = item

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return tuple(self._item(place) for place in range(*index.indices(self._length)))
        if not -self._length <= index < self._length:
            raise IndexError(index)
        return self._item(index % self._length)

    def __iter__(self) -> Iterator[ItemT]:
        return (self._item(place) for place in range(self._length))


def owned(
    records: Sequence[Challenge | Team], disowned: Mapping[str, frozenset[str]]
) -> Sequence[Challenge | Team]:
    """Records without the pieces that are not their team's."""

    def read(place: int) -> Challenge | Team:
        record = records[place]
        titles = disowned.get(record.record_id)
        if titles is None or not isinstance(record, Team):
            return record
        kept = tuple(piece for piece in record.evidence if clean(piece.title) not in titles)
        return record.model_copy(update={"evidence": kept})

    return Seen(len(records), read)


def selected(
    records: Sequence[Challenge | Team], positions: Sequence[int]
) -> Sequence[Challenge | Team]:
    """Some records of many, which need not be in memory."""
    return Seen(len(positions), lambda place: records[positions[place]])


class StoredRecords(Mapping[str, RecordT], Generic[RecordT]):
    """Records of one side, parsed when looked at."""

    def __init__(self, store: Store, side: Side, record_type: type[RecordT]) -> None:
        self._store = store
        self._side: Side = side
        self._type: type[RecordT] = record_type

    def __getitem__(self, record_id: str) -> RecordT:
        content = self._store.content(self._side, record_id)
        if content is None:
            raise KeyError(record_id)
        return self._type.model_validate_json(content)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._store.hashes(self._side)))

    def __len__(self) -> int:
        return self._store.count(self._side)[0]
