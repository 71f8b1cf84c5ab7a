"""Words and their parts of speech, as jieba's dictionary gives them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

# Most words are nouns; only what is something else is kept.
_NOMINAL = ("n", "j", "l", "i", "b")


# How the tags of persons begin.
_PERSON = "nr"
_LONGEST_NAME = 3


def _rows() -> Iterator[list[str]]:
    import jieba

    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    return (row for line in lines if len(row := line.split(" ")) > 2)


@cache
def _others() -> dict[str, str]:
    return {row[0]: row[2] for row in _rows() if not row[2].startswith(_NOMINAL)}


@cache
def _as_long_as_names() -> frozenset[str]:
    return frozenset(
        row[0] for row in _rows()
        if 1 < len(row[0]) <= _LONGEST_NAME and not row[2].startswith(_PERSON)
    )  # fmt: skip


def part_of_speech(word: str) -> str:
    """The tag of a word in jieba's set; "n" for every kind of noun and for words not known.

    >>> [part_of_speech(word) for word in ("轴承", "开裂", "监测", "我们", "的")]
    ['n', 'v', 'vn', 'r', 'uj']
    """
    return _others().get(word, "n")


def is_word(text: str) -> bool:
    """Whether two or three characters are a word that is nobody's name.

    >>> is_word("高温"), is_word("韦建邦"), is_word("李白")
    (True, False, False)
    """
    return text in _as_long_as_names()
