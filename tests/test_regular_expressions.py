"""What the expressions of the package make of texts that repeat what they are made of."""

from __future__ import annotations

import re

import pytest

from tests.regular_expressions import Named, explodes, expressions, pieces, slow


def _named(pattern: str, way: str) -> Named:
    return Named(pattern, re.compile(pattern), frozenset((way,)))


def test_what_is_tried_from_every_place_is_found() -> None:
    assert slow(_named(r"(?:\s|,)*(?:\s|,)*x", "search")) is not None
    assert slow(_named(r"(?:a|aa)+b", "match")) is not None
    assert slow(_named(r"(?:\s|,)*x", "match")) is None
    assert explodes(_named(r"(?:a|aa)+b", "match"))
    assert not explodes(_named(r"(?:a|aa)++b", "match"))
    assert slow(_named(r"[0-9]{1,4}年", "search")) is None


def test_texts_are_made_of_what_an_expression_is_made_of() -> None:
    assert pieces(re.compile("(?:电话|手机)[:：]\\s*1")) == ["电话", "手机", ":", "：", " ", "1"]


def test_all_expressions_are_found() -> None:
    found = {named.name for named in expressions()}
    assert len(found) > 900
    assert {"matcher.contacts._FINDERS", "matcher.text.normalise._traditional()"} <= found


@pytest.mark.long
def test_no_expression_is_tried_in_every_way() -> None:
    """Some grew tenfold with every four letters: forty letters kept the service for ever."""
    assert {named.name: word for named in expressions() if (word := explodes(named))} == {}
