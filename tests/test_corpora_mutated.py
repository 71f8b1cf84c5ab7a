"""Real files damaged at random: read right or refused, never a death, a hang or a row lost."""

from __future__ import annotations

import random
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from matcher.corpora import read_any_of
from matcher.errors import InputError

from .hostile.make_files import all_cases

_SLOWEST = 10.0
_LARGEST = 300_000


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut out, doubled, or numbers made huge."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(max(1, len(made)))
        length = chance.choice((1, 1, 2, 8, 200))
        way = chance.randrange(5)
        if way == 0:
            made[place : place + length] = chance.randbytes(length)
        elif way == 1:
            del made[place : place + length]
        elif way == 2:
            made[place:place] = made[place : place + length] * chance.choice((1, 3, 50))
        elif way == 3:
            made[place : place + 1] = b"4294967295"
        else:
            made[place : place + 4] = chance.choice(
                (b"\xff\xff\xff\xff", b"\0\0\0\0", b"<a><", b'"')
            )
    return bytes(made)


def _mutated(path: Path, target: Path, chance: random.Random) -> None:
    """The file itself damaged, or, of a container, a part that is packed again soundly."""
    content = path.read_bytes()
    if content.startswith(b"PK") and chance.random() < 0.8:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", 8) as new:
            entries = old.infolist()
            hit = chance.choice(entries)
            for entry in entries:
                part = old.read(entry)
                new.writestr(entry.filename, _damaged(part, chance) if entry is hit else part)
    else:
        target.write_bytes(_damaged(content, chance))


def _ending(path: Path) -> str:
    """What became of a file: anything but these is a fault."""
    try:
        contents = list(read_any_of(path))
    except InputError as error:
        return "refused" if error.remedy or error.expected else f"a bare error: {error}"
    lost = [r.count for found in contents for r in found.readings if r.count.unaccounted]
    return f"lost: {lost}" if lost else "read"


def _attack(folder: Path, count: int, seed: int) -> Counter[str]:
    chance = random.Random(seed)
    sound = []
    for case in all_cases():
        path = folder / case.name
        case.make(path)
        if path.stat().st_size < _LARGEST:
            sound.append(path)
    ended: Counter[str] = Counter()
    for number in range(count):
        path = chance.choice(sound)
        target = folder / f"坏{number}{path.suffix}"
        _mutated(path, target, chance)
        began = time.process_time()
        ended[_ending(target)] += 1
        assert time.process_time() - began < _SLOWEST, (number, seed)
        target.unlink()
    return ended


@pytest.mark.slow
def test_some_damaged_files(tmp_path: Path) -> None:
    assert set(_attack(tmp_path, 25, seed=1)) == {"read", "refused"}


@pytest.mark.long
def test_five_hundred_damaged_files(tmp_path: Path) -> None:
    ended = _attack(tmp_path, 500, seed=2)
    print(f"\n{dict(ended)}")
    assert set(ended) == {"read", "refused"}
