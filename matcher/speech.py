"""Words and their parts of speech, as jieba's dictionary gives them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# Most words are nouns; only what is something else is kept.
_NOMINAL = "njlib"
# How the tags of persons begin.
_PERSON = "nr"
_LONGEST_NAME = 3


@cache
def _dictionary() -> tuple[dict[str, str], frozenset[str]]:
    """The tags of what is no noun, and the words as long as names that are nobody's."""
    import jieba

    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").split()
    words, tags = lines[::3], lines[2::3]  # between them stands how often a word is met
    others = {word: tag for word, tag in zip(words, tags, strict=True) if tag[0] not in _NOMINAL}
    nobody = frozenset(
        word for word, tag in zip(words, tags, strict=True)
        if 1 < len(word) <= _LONGEST_NAME and not tag.startswith(_PERSON)
    )  # fmt: skip
    return others, nobody


def part_of_speech(word: str) -> str:
    """The tag of a word in jieba's set; "n" for every kind of noun and for words not known.

    >>> [part_of_speech(word) for word in ("轴承", "开裂", "监测", "我们", "的")]
    ['n', 'v', 'vn', 'r', 'uj']
    """
    return _dictionary()[0].get(word, "n")


def is_word(text: str) -> bool:
    """Whether two or three characters are a word that is nobody's name.

    >>> is_word("高温"), is_word("韦建邦"), is_word("李白")
    (True, False, False)
    """
    return text in _dictionary()[1]
