"""The words are jieba's own, to the last one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import jieba
import pytest

from matcher.records import Challenge
from matcher.text import segmenting
from matcher.text.dictionary import frequencies
from matcher.text.segmenting import Segmenter
from matcher.text.tokenise import default_tokenizer


@pytest.fixture(scope="module", params=[0, 10**9], ids=["much", "little"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[jieba.Tokenizer, Segmenter]]:
    """jieba and ours, once as it cuts much and once as it cuts little."""
    known = frequencies(default_tokenizer().dictionaries)
    bare = jieba.Tokenizer()
    bare.FREQ, bare.total = known
    bare.initialized = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmenting, "WORTH_LOADING", request.param)
        yield bare, Segmenter(*known)


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


def test_where_two_cuts_are_equally_likely(both: tuple[jieba.Tokenizer, Segmenter]) -> None:
    bare, ours = both
    chosen = random.Random(11)
    texts = ["".join(chosen.choices("射人线钢铁-x", k=n % 12)) for n in range(300)]
    for text in [*texts, "机组常在半负荷跑"]:
        assert ours.cut_for_search(text) == list(bare.cut_for_search(text))


@pytest.mark.parametrize(
    "text", ["", "的", "的的", "  ", "\r\n", "王小明", "abc", "轴承钢", "㐀㐀"]
)
def test_of_the_shortest(both: tuple[jieba.Tokenizer, Segmenter], text: str) -> None:
    bare, ours = both
    assert ours.cut_for_search(text) == list(bare.cut_for_search(text))
