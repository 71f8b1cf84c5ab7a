"""Chinese words as jieba's search mode cuts them, by a shorter way where there is much to cut.

jieba looks up every beginning of every word in Python. `rjieba` finds the same likeliest cut in a
tenth of the time, once it has taken the dictionary in; at what no dictionary knows it guesses
otherwise, so that is left to jieba. The words are jieba's own to the last one, as tests compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from math import log
from typing import Any

# Taking the dictionary in costs what jieba needs for as many characters.
WORTH_LOADING = 50_000
# Runs of unknown characters remembered: most are names and numerals that come again.
_REMEMBERED = 1 << 16
# One run for both; of other characters they make different ones.
_OF_A_RUN = r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%-]"
_RUN = re.compile(f"{_OF_A_RUN}*")
# No text goes on for so long without a mark; guessing takes time by the square of the length.
_LONGEST_RUN = 1_000
_ENDLESS = re.compile(f"{_OF_A_RUN}{{{_LONGEST_RUN}}}")
# A word of no text: its frequency makes up what a word that stands twice adds to jieba's total.
_NO_WORD = "\ue000"


class Segmenter:
    """Cuts text into words.

    Args:
        frequencies: of words; the beginnings of words are in it with 0.
        total: of all frequencies.
    """

    def __init__(self, frequencies: Mapping[str, int], total: int) -> None:
        import jieba

        self._known, self._total = frequencies, total
        self._plain = jieba.Tokenizer()
        self._plain.FREQ, self._plain.total, self._plain.initialized = frequencies, total, True
        self._guessed = lru_cache(_REMEMBERED)(self._guess)
        self._seen = 0

    def cut_for_search(self, text: str) -> list[str]:
        """Words, each behind the words of two and three characters within it.

        >>> Segmenter({"轴": 0, "轴承": 5, "轴承钢": 3}, 8).cut_for_search("轴承钢")
        ['轴承', '轴承钢']
        """
        return [word for part in _parts(text) for word in self._cut_for_search(part)]

    def _cut_for_search(self, text: str) -> list[str]:
        self._seen += len(text)
        if self._seen < WORTH_LOADING or not _RUN.fullmatch(text):
            return list(self._plain.cut_for_search(text))
        found: list[str] = []
        alone = ""
        for word in self._fast.cut(text, False):
            # It joins letters and digits, which jieba leaves alone.
            if len(word) == 1 or word.isascii():
                alone += word
                continue
            if alone:
                found += self._guessed(alone)
                alone = ""
            if len(word) == 2:
                found.append(word)
            else:
                found += self._within(word)
        return [*found, *self._guessed(alone)] if alone else found

    def cut(self, text: str) -> list[str]:
        """Words, one behind the other."""
        return [word for part in _parts(text) for word in self._plain.cut(part)]

    def rarity(self, word: str) -> float:
        """The information of a word by its frequency, in nats."""
        return log(self._total / (self._known.get(word) or 1))

    @cached_property
    def _fast(self) -> Any:
        from rjieba import Jieba

        made: Any = Jieba.empty()  # type: ignore[no-untyped-call]
        for word, frequency in self._known.items():
            if frequency:
                made.add_word(word, frequency, "")
        made.add_word(_NO_WORD, self._total - sum(self._known.values()), "")
        return made

    def _guess(self, alone: str) -> tuple[str, ...]:
        """Words of characters that stand alone side by side: they may be unknown ones."""
        from jieba import finalseg

        if len(alone) == 1 or self._known.get(alone):
            return tuple(alone)
        return tuple(found for word in finalseg.cut(alone) for found in self._within(word))

    def _within(self, word: str) -> Iterator[str]:
        for size in range(2, min(len(word), 4)):
            for start in range(len(word) - size + 1):
                if self._known.get(word[start : start + size]):
                    yield word[start : start + size]
        yield word


def _parts(text: str) -> Iterator[str]:
    """A text, in parts where it goes on without a mark for longer than any does."""
    last = 0
    if len(text) > _LONGEST_RUN:
        for run in _ENDLESS.finditer(text):
            yield text[last : run.end()]
            last = run.end()
    yield text[last:]
