"""Tokens: search-mode words of an owned jieba tokeniser plus character bigrams.

Words carry meaning, bigrams survive wrong segmentation; one field holding both was measured to
beat either alone (docs/evaluation.md).
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, frequencies, read_word_list
from matcher.text.normalise import normalise

_DICTIONARIES = ("technical.txt", "thuocl_it.txt", "thuocl_car.txt")
_CJK_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_WORD = re.compile(r"[\u3400-\u9fff]|[a-zα-ω]")
# A page of a million characters is a mistake or an attack; what decides is at the beginning.
MAX_CHARACTERS = 20_000


class Tokenizer:
    """Chinese technical text to tokens.

    Args:
        dictionaries: word lists whose words jieba should keep whole.
        stop_words: tokens that say nothing about a subject.
    """

    def __init__(self, dictionaries: Sequence[Path] = (), stop_words: Iterable[str] = ()) -> None:
        self.dictionaries = tuple(dictionaries)
        self.stop_words = frozenset(stop_words)
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[tuple[Path, ...], frozenset[str]]]:
        """Pickled without the dictionary: another process loads its own."""
        return type(self), (self.dictionaries, self.stop_words)

    @cached_property
    def identity(self) -> str:
        """Hash of everything that decides the tokens; stored with an index."""
        digest = hashlib.sha256()
        for path in self.dictionaries:
            digest.update(path.read_bytes() + b"\0")
        digest.update("\n".join(sorted(self.stop_words)).encode())
        return f"jieba-search+bigram-{digest.hexdigest()[:12]}"

    def words(self, text: str) -> list[str]:
        """Search-mode words in reading order, stop words dropped.

        >>> Tokenizer().words("轴承钢的夹杂物")
        ['轴承', '轴承钢', '夹杂']
        """
        return self._words(normalise(text[:MAX_CHARACTERS]))

    def tokens(self, text: str) -> list[str]:
        """Search-mode words, then character bigrams, stop words dropped.

        >>> Tokenizer().tokens("轴承钢")
        ['轴承', '轴承钢', '轴承', '承钢']
        """
        normal = normalise(text[:MAX_CHARACTERS])
        return self._words(normal) + self._bigrams(normal)

    def bigrams(self, text: str) -> list[str]:
        """Character bigrams of the Chinese runs, stop words dropped.

        >>> Tokenizer().bigrams("轴承钢 ITO")
        ['轴承', '承钢']
        """
        return self._bigrams(normalise(text[:MAX_CHARACTERS]))

    def _bigrams(self, normal: str) -> list[str]:
        return [b for b in _bigrams(normal) if b not in self.stop_words]

    def _words(self, normal: str) -> list[str]:
        return [w for w in self._jieba.cut_for_search(normal) if self._keep(w)]

    def _keep(self, word: str) -> bool:
        # A single Chinese character or letter is too common to tell subjects apart.
        return len(word) > 1 and word not in self.stop_words and bool(_WORD.search(word))

    @property
    def _jieba(self) -> Any:
        with self._lock:  # loading takes a moment; threads that come together share one
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:
        import jieba

        # jieba announces its dictionary on stderr from a logger it sets to DEBUG itself.
        jieba.default_logger.setLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = frequencies(self.dictionaries)
        tokenizer.initialized = True  # or it would read its own dictionary over ours
        return tokenizer


def _bigrams(normal: str) -> Iterator[str]:
    for run in _CJK_RUN.finditer(normal):
        characters = run.group()
        for start in range(len(characters) - 1):
            yield characters[start : start + 2]


@cache
def default_tokenizer() -> Tokenizer:
    """The tokeniser with the shipped dictionary and stop words."""
    folder = data_path(DICTIONARY_FOLDER)
    stop_words = read_word_list(folder / "stopwords.txt")
    return Tokenizer([folder / name for name in _DICTIONARIES], map(normalise, stop_words))
