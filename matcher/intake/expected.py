"""The records as they will be: those stored, with those of the same import over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from matcher.records import Challenge, Team

RecordT = TypeVar("RecordT", Challenge, Team)


class Expected(Mapping[str, RecordT], Generic[RecordT]):
    """Records by id. Where the added ones are is found out when somebody first asks."""

    def __init__(self, stored: Mapping[str, RecordT]) -> None:
        self._stored: Mapping[str, RecordT] = stored
        self._batches: list[Sequence[RecordT]] = []
        self._known = 0
        self._places: dict[str, tuple[int, int]] = {}

    def add(self, records: Sequence[RecordT]) -> None:
        """More records; they replace others of the same id."""
        self._batches.append(records)

    def __getitem__(self, record_id: str) -> RecordT:
        place = self._looked_up().get(record_id)
        return self._stored[record_id] if place is None else self._batches[place[0]][place[1]]

    def __iter__(self) -> Iterator[str]:
        added = self._looked_up()
        yield from (record_id for record_id in self._stored if record_id not in added)
        yield from added

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _looked_up(self) -> Mapping[str, tuple[int, int]]:
        for number in range(self._known, len(self._batches)):
            batch = enumerate(self._batches[number])
            self._places |= {record.record_id: (number, index) for index, record in batch}
        self._known = len(self._batches)
        return self._places
