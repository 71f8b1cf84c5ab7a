"""Records where they lie, read when looked at: stored, chosen of many, without disowned pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, overload

from matcher.index.store import Side, Store
from matcher.records import Challenge, Team
from matcher.text.normalise import clean

RecordT = TypeVar("RecordT", Challenge, Team)


class OwnedRecords(Sequence[Challenge | Team]):
    """Records without the pieces that are not their team's; read as they are asked for."""

    def __init__(
        self, records: Sequence[Challenge | Team], disowned: Mapping[str, frozenset[str]]
    ) -> None:
        self._records = records
        self._disowned = disowned

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Challenge | Team: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Challenge | Team]: ...

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return OwnedRecords(self._records[index], self._disowned)
        record = self._records[index]
        titles = self._disowned.get(record.record_id)
        if titles is None or not isinstance(record, Team):
            return record
        kept = tuple(piece for piece in record.evidence if clean(piece.title) not in titles)
        return record.model_copy(update={"evidence": kept})


class ChosenRecords(Sequence[Challenge | Team]):
    """Some records of many, which need not be in memory."""

    def __init__(self, records: Sequence[Challenge | Team], positions: Sequence[int]) -> None:
        self._records = records
        self._positions = positions

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Challenge | Team: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Challenge | Team]: ...

    def __getitem__(self, index: int | slice) -> Challenge | Team | Sequence[Challenge | Team]:
        if isinstance(index, slice):
            return [self._records[position] for position in self._positions[index]]
        return self._records[self._positions[index]]


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
