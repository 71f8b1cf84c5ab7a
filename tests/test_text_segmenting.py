"""The words are jieba's own, to the last one."""

from __future__ import annotations

import random
from collections.abc import Sequence

import jieba
import pytest

from matcher.records import Challenge
from matcher.text.dictionary import frequencies
from matcher.text.segmenting import Segmenter
from matcher.text.tokenise import default_tokenizer


@pytest.fixture(scope="module")
def both() -> tuple[jieba.Tokenizer, Segmenter]:
    known = frequencies(default_tokenizer().dictionaries)
    bare = jieba.Tokenizer()
    bare.FREQ, bare.total = known
    bare.initialized = True
    return bare, Segmenter(*known)


def test_of_texts_and_of_their_characters_in_any_order(
    both: tuple[jieba.Tokenizer, Segmenter], challenges: Sequence[Challenge]
) -> None:
    bare, ours = both
    texts = [f"{c.title}\n{c.problem} {c.indicators_text}" for c in challenges[:40]]
    chosen = random.Random(7)
    characters = "".join(texts) + "𠮷㐀鿿々〇\r\n\t x射线+#&._%-Ａ"
    texts += ["".join(chosen.choices(characters, k=n)) for n in range(120)]
    assert any(len(text) > 100 for text in texts)
    for text in texts:
        assert ours.cut_for_search(text) == list(bare.cut_for_search(text))


@pytest.mark.parametrize(
    "text", ["", "的", "的的", "  ", "\r\n", "王小明", "abc", "轴承钢", "㐀㐀"]
)
def test_of_the_shortest(both: tuple[jieba.Tokenizer, Segmenter], text: str) -> None:
    bare, ours = both
    assert ours.cut_for_search(text) == list(bare.cut_for_search(text))
