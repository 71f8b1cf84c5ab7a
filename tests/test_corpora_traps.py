"""Files made to be lost: at both doors none brings anything down, and no row goes by unseen."""

from __future__ import annotations

import pytest

from tests.hostile.attack import DOORS, attack
from tests.hostile.traps import DAMAGE, SHAPES, WRITERS, Trap, all_traps

TRAPS = all_traps()
_LARGE = 1 << 20
_FEW = 29


def test_there_are_as_many_as_are_said() -> None:
    assert len({trap.content for trap in TRAPS}) > 900
    assert len({trap.name for trap in TRAPS}) == len(TRAPS)
    assert sum(bool(trap.titles) for trap in TRAPS) > 0.9 * len(TRAPS)
    assert len(WRITERS) > 20
    assert len(SHAPES) > 25
    assert len(DAMAGE) > 10


def _some(traps: list[Trap]) -> list[Trap]:
    """Of every kind and format a few, the same ones every time, none of them large."""
    return [trap for trap in traps if len(trap.content) < _LARGE][::_FEW]


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize("door", DOORS)
def test_some_traps(door: str) -> None:
    result = attack(door, _some(TRAPS))
    assert (result.count, result.faults) == (len(_some(TRAPS)), [])


@pytest.mark.long
@pytest.mark.processes
@pytest.mark.parametrize("door", DOORS)
def test_all_traps(door: str) -> None:
    result = attack(door, TRAPS)
    print(f"\n{door}: {result.count} files, {result.refused} refused, {result.late} late")
    assert (result.count, result.faults) == (len(TRAPS), [])
