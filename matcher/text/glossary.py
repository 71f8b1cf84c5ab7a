"""The glossary: Chinese terms and the English that papers use for them.

What is written in English is also searched by its Chinese terms, on the side of queries and of
documents alike, so words meet across languages and are weighed by one idf.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from matcher.errors import InputError
from matcher.text.english import Part, parts
from matcher.text.normalise import normalise

_BETWEEN_PHRASES = "|"
# A word that stands for more things than this names none of them.
_MOST_MEANINGS = 3


@dataclass(frozen=True)
class Glossary:
    """Chinese terms with their English, looked up either way.

    Attributes:
        english: the English of each Chinese term, the usual one first.
    """

    english: Mapping[str, tuple[str, ...]]

    @cached_property
    def _terms(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Chinese terms by the words of an English phrase, in the order of the list."""
        found: dict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        for term, phrases in self.english.items():
            for phrase in phrases:
                found[_key(phrase)][normalise(term)] = None
        return {key: tuple(terms)[:_MOST_MEANINGS] for key, terms in found.items() if key}

    @cached_property
    def _longest(self) -> Mapping[str, int]:
        """How many words the longest phrase has that begins with a word."""
        longest: dict[str, int] = {}
        for key in self._terms:
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
        return longest

    def terms_of(self, phrase: str) -> tuple[str, ...]:
        """The Chinese terms of an English phrase, whatever its number and hyphens.

        >>> Glossary({"滚动轴承": ("rolling bearing",)}).terms_of("Rolling-bearings")
        ('滚动轴承',)
        """
        return self._terms.get(_key(phrase), ())

    def found(self, written: Sequence[Part]) -> Iterator[tuple[Sequence[Part], tuple[str, ...]]]:
        """A text's parts in stretches, each with the Chinese terms it stands for.

        The longest phrase at each place; parts the glossary does not know come one by one.
        """
        start = 0
        while start < len(written):
            longest = min(self._longest.get(written[start].key, 0), len(written) - start)
            terms: tuple[str, ...] = ()
            while longest and not terms:
                terms = self._terms.get(tuple(p.key for p in written[start : start + longest]), ())
                longest -= not terms
            end = start + max(longest, 1)
            yield written[start:end], terms
            start = end


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(part.key for part in parts(normalise(phrase)) if part.key)


@lru_cache(maxsize=8)
def read_glossary(path: Path) -> Glossary:
    """Read a list of ``中文术语<TAB>english|other english`` lines; ``#`` starts a comment line.

    Raises:
        InputError: a line has no English, or a term stands twice.
    """
    english: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        term, _, rest = line.partition("\t")
        phrases = tuple(p.strip() for p in rest.split(_BETWEEN_PHRASES) if p.strip())
        if not phrases or term in english:
            raise InputError(
                f"术语表 {path.name} 第 {number} 行{'重复' if phrases else '没有英文'}",
                given=line, expected="中文术语<制表符>english term|another term, 每个术语一行",
                remedy="改正这一行",
            )  # fmt: skip
        english[term] = phrases
    return Glossary(english)
