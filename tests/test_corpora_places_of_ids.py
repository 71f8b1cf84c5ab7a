"""Where an id stands first is known as surely on disk as in memory."""

from __future__ import annotations

import pytest

from matcher.corpora.rows.places import Claimed, FirstPlaces, Place


@pytest.mark.parametrize("keep", [0, 1, 100])
def test_the_first_place_of_a_key_is_kept(keep: int) -> None:
    places = FirstPlaces(keep)
    first, second = Place("表1", 2), Place(None, 3)
    assert places.claim(("甲",), first, 7) is None
    assert places.claim(("乙", "丙"), second, 8) is None
    assert places.claim(("甲",), second, 7) == Claimed(first, same=True)
    assert places.claim(("甲",), second, 9) == Claimed(first, same=False)
    assert places.claim(("乙", "丙"), first, 8) == Claimed(second, same=True)
    assert places.claim(("乙\t丙",), first, 8) == Claimed(second, same=True)
