"""Words and their parts of speech, as jieba's dictionary gives them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

# Most words are nouns; only what is something else is kept.
_NOMINAL = ("n", "j", "l", "i", "b")


@cache
def _others() -> dict[str, str]:
    import jieba

    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").splitlines()
    rows = (line.split(" ") for line in lines)
    return {row[0]: row[2] for row in rows if len(row) > 2 and not row[2].startswith(_NOMINAL)}


def part_of_speech(word: str) -> str:
    """The tag of a word in jieba's set; "n" for every kind of noun and for words not known.

    >>> [part_of_speech(word) for word in ("轴承", "开裂", "监测", "我们", "的")]
    ['n', 'v', 'vn', 'r', 'uj']
    """
    return _others().get(word, "n")
