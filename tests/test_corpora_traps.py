"""Files made to be lost: at both doors none brings anything down, and no row goes by unseen."""

from __future__ import annotations

from functools import cache

import pytest

from tests.hostile.attack import DOORS, attack
from tests.hostile.traps import DAMAGE, SHAPES, WRITERS, Trap, all_traps

_LARGE = 1 << 20
_FEW = 29


@cache
def traps() -> list[Trap]:
    """Made where they are first wanted: who only lists the tests wants none."""
    return all_traps()


def test_there_are_as_many_as_are_said() -> None:
    assert len({trap.content for trap in traps()}) > 900
    assert len({trap.name for trap in traps()}) == len(traps())
    assert sum(bool(trap.titles) for trap in traps()) > 0.9 * len(traps())
    assert len(WRITERS) > 20
    assert len(SHAPES) > 25
    assert len(DAMAGE) > 10


def _some() -> list[Trap]:
    """Of every kind and format a few, the same ones every time, none of them large."""
    return [trap for trap in traps() if len(trap.content) < _LARGE][::_FEW]


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize("door", DOORS)
def test_some_traps(door: str) -> None:
    result = attack(door, _some())
    assert (result.count, result.faults) == (len(_some()), [])


@pytest.mark.long
@pytest.mark.processes
@pytest.mark.parametrize("door", DOORS)
def test_all_traps(door: str) -> None:
    result = attack(door, traps())
    print(f"\n{door}: {result.count} files, {result.refused} refused, {result.late} late")
    assert (result.count, result.faults) == (len(traps()), [])
