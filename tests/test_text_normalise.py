"""What is told at one look of a text is what going the long way gives."""

from __future__ import annotations

import unicodedata

import pytest

from matcher.corpora.headers.labels import normalise_header
from matcher.text.normalise import clean, is_settled, normalise, simplify
from matcher.text.organisations import normalise_organisation

SIGNS = [
    chr(code) for code in (*range(0x20, 0x300), *range(0x2000, 0x3100), *range(0x3400, 0xFFFF))
]


def _long_way(text: str) -> str:
    """The signs one by one, with letters around them that nothing changes."""
    lower = unicodedata.normalize("NFKC", clean(text)).lower()
    return clean(simplify(clean(unicodedata.normalize("NFKC", lower))))


def test_no_sign_is_settled_that_anything_changes() -> None:
    settled = [sign for sign in SIGNS if is_settled(sign)]
    assert len(settled) > 17_000
    for low in range(0, len(settled), 200):
        text = "".join(settled[low : low + 200])
        assert is_settled(text)
        assert clean(text) == simplify(text) == unicodedata.normalize("NFKC", text) == text
        assert normalise(text) == _long_way(text)


@pytest.mark.parametrize(
    "text", ["軸承", "轴 承", "轴承\n", "（甲）", "Ａ", "ä", "轴\u200b承", "\ud800", "①", "衞生"]
)
def test_what_anything_changes_is_not_settled(text: str) -> None:
    assert not is_settled(text)


def test_headers_and_organisations_are_spelt_as_before() -> None:
    assert normalise_header("[榜额]{万元}ABC") == "(榜额)(万元)abc"
    assert normalise_organisation("某某(集团)有限公司;") == "某某（集团）有限公司"
    assert normalise_organisation("大工。") == "大连理工大学"
