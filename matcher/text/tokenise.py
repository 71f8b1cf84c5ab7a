"""Tokens: search-mode words of an owned jieba tokeniser plus character bigrams.

Words carry meaning, bigrams survive wrong segmentation; one field holding both was measured to
beat either alone (docs/evaluation.md). What is written in English is read by stems
(`matcher.text.english`), and by the Chinese terms of the glossary where it has them.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import filterfalse, groupby
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER, frequencies, read_word_list
from matcher.text.english import parts, stem
from matcher.text.glossary import Glossary, read_glossary
from matcher.text.normalise import HAN, joined_lines, normalise
from matcher.text.segmenting import Segmenter

GLOSSARY = "glossary.tsv"
_DICTIONARIES = ("technical.txt", "thuocl_it.txt", "thuocl_car.txt", GLOSSARY)
_STOP_WORDS = ("stopwords.txt", "stopwords_en.txt")
_CJK_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")
# A letter or a digit; most of what stands between Chinese words is a comma.
_LETTER = re.compile(r"[^\W_]")
# What jieba looks for words in: with a Chinese character in it, a mixed word is possible (X射线).
_BLOCK = re.compile(r"[\u3400-\u9fffa-z0-9+#&._%-]+")
# A page of a million characters is a mistake or an attack; what decides is at the beginning.
MAX_CHARACTERS = 20_000
# Grows when the rules of this package change the tokens of a text.
_RULES = 2


class Written(NamedTuple):
    """A phrase as it stands in a text in lower case, and the Chinese term it is searched by."""

    phrase: str
    term: str = ""


class Tokenizer:
    """Chinese technical text, and English in it or alone, to tokens.

    Args:
        dictionaries: word lists whose words jieba should keep whole.
        stop_words: tokens that say nothing about a subject.
        glossary: a list of Chinese terms and their English; see `read_glossary`.
    """

    def __init__(
        self,
        dictionaries: Sequence[Path] = (),
        stop_words: Iterable[str] = (),
        glossary: Path | None = None,
    ) -> None:
        self.dictionaries = tuple(dictionaries)
        self.stop_words = frozenset(stop_words)
        self._glossary_path = glossary
        self._lock = threading.Lock()
        self._known: dict[str, tuple[list[str], list[str]]] = {}

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[Any, ...]]:
        """Pickled without the dictionary: another process loads its own."""
        return type(self), (self.dictionaries, self.stop_words, self._glossary_path)

    @cached_property
    def identity(self) -> str:
        """Hash of everything that decides the tokens; stored with an index."""
        digest = hashlib.sha256()
        for path in (*self.dictionaries, *filter(None, [self._glossary_path])):
            digest.update(path.read_bytes() + b"\0")
        digest.update("\n".join(sorted(self.stop_words)).encode())
        return f"jieba-search+bigram+english{_RULES}-{digest.hexdigest()[:12]}"

    @cached_property
    def glossary(self) -> Glossary:
        """The Chinese terms of English phrases."""
        return read_glossary(self._glossary_path) if self._glossary_path else Glossary({})

    def words(self, text: str) -> list[str]:
        """Search-mode words and English stems in reading order, stop words dropped.

        >>> Tokenizer().words("轴承钢的夹杂物 rolling")
        ['轴承', '轴承钢', '夹杂', 'roll']
        """
        return self._read(text)[0]

    def cut(self, text: str) -> list[str]:
        """All of a text, cut into words."""
        return self._segmenter.cut(text)

    def rarity(self, word: str) -> float:
        """How rare a word is in the dictionary, in nats; a word not in it is rarest.

        >>> tokenizer = Tokenizer()
        >>> tokenizer.rarity("技术") < tokenizer.rarity("轴承") < tokenizer.rarity("沉没辊")
        True
        """
        return self._segmenter.rarity(word)

    def tokens(self, text: str) -> list[str]:
        """`words`, then `bigrams`.

        >>> Tokenizer().tokens("轴承钢")
        ['轴承', '轴承钢', '轴承', '承钢']
        """
        words, bigrams = self._read(text)
        return words + bigrams

    def bigrams(self, text: str) -> list[str]:
        """Character bigrams of the Chinese runs, stop words dropped.

        For English that was read as Chinese terms: the terms' bigrams, and its own stems.

        >>> Tokenizer().bigrams("轴承钢 ITO")
        ['轴承', '承钢']
        """
        return self._read(text)[1]

    def words_and_bigrams(self, text: str) -> tuple[list[str], list[str]]:
        """Both at once; the text is segmented once."""
        return self._read(text)

    def written(self, text: str) -> dict[str, Written]:
        """How tokens were written that are searched in another form: stems, and Chinese terms.

        >>> Tokenizer().written("轴承 rolling")
        {'roll': Written(phrase='rolling', term='')}
        """
        found: dict[str, Written] = {}
        if not _LATIN.search(text):
            return found
        # Of Chinese alone nothing was written otherwise, wherever its words end.
        pieces = self._pieces(joined_lines(normalise(text[:MAX_CHARACTERS])), mixed_only=True)
        for chinese, stretch in groupby(pieces, _is_chinese):
            if chinese:
                continue
            for own, terms in self.glossary.found(list(parts("".join(stretch)))):
                phrase = " ".join(part.word for part in own)
                for term in terms:
                    found |= dict.fromkeys(self._of_term(term)[0], Written(phrase, term))
                for part in own:
                    found |= {t: Written(part.word) for t in part.tokens if t != part.word}
        return found

    def _read(self, text: str) -> tuple[list[str], list[str]]:
        normal = joined_lines(normalise(text[:MAX_CHARACTERS]))
        words, bigrams = [], [*filterfalse(self.stop_words.__contains__, _bigrams(normal))]
        for chinese, pieces in groupby(self._pieces(normal), _is_chinese):
            if chinese:
                words += [w for w in pieces if len(w) > 1 and w not in self.stop_words]
            elif _LETTER.search(between := "".join(pieces)):
                self._read_english(between, words, bigrams)
        return words, bigrams

    def _pieces(self, normal: str, mixed_only: bool = False) -> Iterator[str]:
        """Words with Chinese characters, and all that stands between them.

        Args:
            normal: the text.
            mixed_only: leave what is Chinese throughout in one piece.
        """
        end = 0
        for block in _BLOCK.finditer(normal):
            if HAN.search(block.group()):
                yield normal[end : block.start()]
                if mixed_only and _CJK_RUN.fullmatch(block.group()):
                    yield block.group()
                else:
                    yield from self._segmenter.cut_for_search(block.group())
                end = block.end()
        yield normal[end:]

    def _read_english(self, text: str, words: list[str], bigrams: list[str]) -> None:
        for stretch, terms in self.glossary.found(list(parts(text))):
            # A phrase may hold stop words (state of charge), but none of them is one.
            if len(stretch) == 1 and stretch[0].word in self.stop_words:
                continue
            own = [token for part in stretch for token in part.tokens]
            own = [token for token in own if token not in self.stop_words]
            for term in terms:
                term_words, term_bigrams = self._of_term(term)
                words += term_words
                bigrams += term_bigrams
            (bigrams if terms else words).extend(own)

    def _of_term(self, term: str) -> tuple[list[str], list[str]]:
        """Words and bigrams of a Chinese term; there are some thousand of them."""
        known = self._known.get(term)
        if known is None:
            found = [w for w in self._segmenter.cut_for_search(term) if _is_chinese(w)]
            words = [w for w in found if len(w) > 1 and w not in self.stop_words]
            bigrams = [b for b in _bigrams(term) if b not in self.stop_words]
            known = self._known[term] = words, bigrams
        return known

    @property
    def _segmenter(self) -> Segmenter:
        with self._lock:  # loading takes a moment; threads that come together share one
            return self._loaded

    @cached_property
    def _loaded(self) -> Segmenter:
        return Segmenter(*frequencies(self.dictionaries))


def _is_chinese(word: str) -> bool:
    # Most words are told by their first character.
    return "\u3400" <= word[:1] <= "\u9fff" or HAN.search(word) is not None


def _bigrams(normal: str) -> Iterator[str]:
    for run in _CJK_RUN.finditer(normal):
        characters = run.group()
        yield from map(add, characters, characters[1:])


@cache
def default_tokenizer() -> Tokenizer:
    """The tokeniser with the shipped dictionary, stop words and glossary."""
    folder = data_path(DICTIONARY_FOLDER)
    stop_words = [normalise(w) for name in _STOP_WORDS for w in read_word_list(folder / name)]
    stems = map(stem, stop_words)
    return Tokenizer(
        [folder / name for name in _DICTIONARIES], [*stop_words, *stems], folder / GLOSSARY
    )
