"""Tokens kept on disk, so that a text is tokenised once.

Keyed by sha256 of (tokeniser identity, rules, text). The rules are everything else that decides the
tokens: this software's own code for them, and the versions of what it calls. An index does not
depend on them by name (`Tokenizer.identity` is what it is stamped with), but tokens read back after
a change of the code must not be those of before.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeAlias

from matcher.content_cache import ContentCache
from matcher.text import dictionary, english, glossary, normalise, segmenting, tokenise
from matcher.text.dictionary import cache_folders
from matcher.text.tokenise import Tokenizer

Tokens: TypeAlias = tuple[str, ...]

# Everything of this package that `Tokenizer.tokens` runs; tests hold the list to be complete.
DECISIVE = (dictionary, english, glossary, normalise, segmenting, tokenise)
_LIBRARIES = ("jieba", "rjieba", "opencc", "PyStemmer")
_FILE = "tokens.sqlite"
# No token holds one: what is normalised has no control characters, and jieba cuts at white space.
_BETWEEN = "\n"


class TokenCache(ContentCache[Tokens]):
    """Tokens of a text by key: about as many bytes as the text has."""

    name = "分词缓存"
    column = "token"

    def pack(self, value: Tokens) -> bytes:
        """The tokens in their order."""
        return zlib.compress(_BETWEEN.join(value).encode(), 1)

    def unpack(self, packed: Mapping[bytes, bytes]) -> dict[bytes, Tokens]:
        """The tokens again."""
        found = {}
        for key, compressed in packed.items():
            with suppress(zlib.error, UnicodeDecodeError):
                text = zlib.decompress(compressed).decode()
                found[key] = tuple(text.split(_BETWEEN)) if text else ()
        return found


def default_token_cache() -> TokenCache:
    """The one of this user; unlike the dictionary it is never in a folder others can write to."""
    return TokenCache(cache_folders()[0] / _FILE)


def token_key(tokenizer: Tokenizer, text: str) -> bytes:
    """sha256 of what decides the tokens of a text."""
    digest = hashlib.sha256(f"{tokenizer.identity}\0{token_rules()}\0".encode())
    digest.update(text.encode("utf-8", "surrogatepass"))
    return digest.digest()


@cache
def token_rules() -> str:
    """Hash of the code and the versions of the libraries that decide tokens."""
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for module in DECISIVE:
        digest.update(Path(str(module.__file__)).read_bytes() + b"\0")
    for library in _LIBRARIES:
        digest.update(f"{library} {_version(library)}\0".encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # run from a folder: its code cannot change unseen by its user
        return ""
