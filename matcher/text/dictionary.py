"""The words jieba knows: its own dictionary and our lists, parsed once and kept on disk.

jieba keeps a parsed dictionary too, but reads it back value by value from the file, which takes
four times as long as reading the file whole (`benchmarks/starting.py`).
"""

from __future__ import annotations

import hashlib
import io
import logging
import marshal
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from matcher.atomic import atomic_path
from matcher.errors import StorageError
from matcher.text.normalise import HAN, normalise

DICTIONARY_FOLDER = "corpora/dictionary"
# A user word of this frequency is kept whole: it competes with the product of its parts'
# probabilities, and jieba's rarest words have a frequency of 1 to 3.
_USER_FREQUENCY = 3
_CHECK_BYTES = 4
# Grows when what is kept is made differently.
_FORM = 2

Frequencies: TypeAlias = tuple[dict[str, int], int]
"""Frequency of every word, 0 for what only begins one, and their sum."""


def read_word_list(path: Path) -> list[str]:
    """First column of a word list, one word a line; ``#`` starts a comment."""
    words = []
    for line in path.read_text(encoding="utf-8").splitlines():
        word = line.split("#", 1)[0].strip().split("\t")[0].split(" ")[0]
        if word:
            words.append(word)
    return words


def cache_folders() -> tuple[Path, Path]:
    """Where what the tokeniser keeps is: the user's cache, or a temporary folder where that
    cannot be written.
    """
    from platformdirs import user_cache_dir

    name = "jiebang-matcher"
    return (
        Path(user_cache_dir(name, appauthor=False)) / "tokenizer",
        Path(tempfile.gettempdir()) / f"{name}-tokenizer",
    )


def frequencies(dictionaries: Sequence[Path]) -> Frequencies:
    """jieba's dictionary and the word lists together, as jieba holds them.

    Words without a Chinese character are left out: by them jieba cuts English to pieces
    (ro|lling), and `matcher.text.english` reads it. Made once for each state of the lists; where it
    cannot be kept, at every start.

    Args:
        dictionaries: word lists whose words jieba should keep whole.
    """
    import jieba

    # jieba announces its dictionary on stderr from a logger it sets to DEBUG itself.
    jieba.default_logger.setLevel(logging.WARNING)
    base = Path(jieba.__file__).with_name("dict.txt")
    digest = hashlib.sha256(base.read_bytes())
    for path in dictionaries:
        digest.update(path.read_bytes())
    name = f"{digest.hexdigest()[:16]}-{_USER_FREQUENCY}.{marshal.version}.{_FORM}"
    kept = [folder / name for folder in cache_folders()]
    for file in kept:
        known = _read(file)
        if known is not None:
            return known
    made: Frequencies = jieba.Tokenizer.gen_pfdict(io.BytesIO(_merged(dictionaries, base)))
    for file in kept:
        if _keep(file, made):
            break
    return made


def _merged(dictionaries: Sequence[Path], base: Path) -> bytes:
    lines = [line for line in base.read_text(encoding="utf-8").splitlines() if HAN.search(line)]
    known = {line.split(" ", 1)[0] for line in lines}
    words = (normalise(word) for path in dictionaries for word in read_word_list(path))
    lines += [
        f"{word} {_USER_FREQUENCY}"
        for word in dict.fromkeys(words)
        if len(word) > 1 and word not in known and " " not in word and HAN.search(word)
    ]
    return ("\n".join(lines) + "\n").encode()


def _read(file: Path) -> Frequencies | None:
    """What was kept; None where there is nothing, or it is damaged."""
    with suppress(OSError, EOFError, ValueError):
        content = memoryview(file.read_bytes())
        check, packed = content[:_CHECK_BYTES], content[_CHECK_BYTES:]
        if zlib.crc32(packed).to_bytes(_CHECK_BYTES, "little") == check:
            known: Frequencies = marshal.loads(packed)
            return known
    return None


def _keep(file: Path, made: Frequencies) -> bool:
    """Whether it could be written."""
    packed = marshal.dumps(made)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(file) as temporary:
            temporary.write_bytes(zlib.crc32(packed).to_bytes(_CHECK_BYTES, "little") + packed)
    except (OSError, StorageError):
        return False
    return True
