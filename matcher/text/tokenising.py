"""Many texts to tokens, block by block.

What is known is read back, the rest is made, by several processes where there is much of it.
"""

from __future__ import annotations

import logging
import pickle
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import chain

from matcher.errors import StorageError
from matcher.processes import alone, processors, shared
from matcher.text.token_cache import TokenCache, Tokens, default_token_cache, token_key
from matcher.text.tokenise import Tokenizer

_LOG = logging.getLogger(__name__)
# Texts remembered: co-authors carry the same paper, and are often near each other.
_REMEMBERED = 4096
# Characters from which processes are started: starting two of them costs 1.7 s of processor time,
# a tenth of what this many take.
WORTH_SHARING = 2_000_000


def tokenised(
    tokenizer: Tokenizer,
    blocks: Iterable[Sequence[str]],
    count: int = 1,
    cache: TokenCache | None = None,
    kept: bool = True,
) -> Iterator[list[Tokens]]:
    """Tokens of the texts of each block, in the order of blocks and texts.

    Tokens are kept on disk when their block is done, so an interrupted run goes on where it
    stopped. Those of a subclass are not: nobody knows what decides them. A cache that cannot be
    read or written is told once, and done without.

    Args:
        tokenizer: makes the tokens.
        blocks: texts, read as they are used, in this thread.
        count: how many blocks there are. Where that many like the one in hand would be worth it,
            processes are started for it and the rest; they work ahead of whoever takes the tokens.
        cache: the user's by default.
        kept: whether tokens are read from disk and kept there; where they go into a workspace
            at once, that costs more than it saves.
    """
    plain = type(tokenizer) is Tokenizer
    if cache is None and plain and kept:
        cache = default_token_cache()
    known = _Known(tokenizer, cache if plain else None)
    left = iter(blocks)
    for number, texts in enumerate(left):
        block = known.block(texts)
        if plain and _worth_sharing(block.wanted, count - number) and alone():
            yield from _shared(known, chain([block], map(known.block, left)), tokenizer)
            return
        yield known.finished(block, _made(tokenizer, block.wanted))


def _worth_sharing(texts: Sequence[str], blocks: int) -> bool:
    return processors() > 1 and sum(map(len, texts)) * blocks >= WORTH_SHARING


def _shared(
    known: _Known, blocks: Iterable[_Block], tokenizer: Tokenizer
) -> Iterator[list[Tokens]]:
    """Blocks finished with what several processes make of them."""
    on_their_way: deque[_Block] = deque()

    def wanted() -> Iterator[list[str]]:
        for block in blocks:
            on_their_way.append(block)
            yield block.wanted

    for _, made in shared(partial(_made_apart, pickle.dumps(tokenizer)), wanted()):
        yield known.finished(on_their_way.popleft(), made)


def _made_apart(tokenizer: bytes, texts: Sequence[str]) -> list[Tokens]:
    return _made(_tokenizer(tokenizer), texts)


@lru_cache(maxsize=1)
def _tokenizer(packed: bytes) -> Tokenizer:
    # Pickled by `_shared` in the process that started this one; kept with its dictionary.
    made: Tokenizer = pickle.loads(packed)
    return made


def _made(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Tokens]:
    return [tuple(tokenizer.tokens(text)) for text in texts]


@dataclass(slots=True, eq=False)
class _Block:
    """Some texts on their way.

    Attributes:
        found: tokens by text.
        wanted: the texts that have to be tokenised.
        elsewhere: the earlier block whose ``found`` has the text, or will have.
    """

    texts: Sequence[str]
    found: dict[str, Tokens] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    elsewhere: dict[str, _Block] = field(default_factory=dict)

    def tokens(self, text: str) -> Tokens:
        tokens = self.found.get(text)
        return self.elsewhere[text].found[text] if tokens is None else tokens


class _Known:
    """What need not be tokenised: texts of the blocks before, and those on disk."""

    def __init__(self, tokenizer: Tokenizer, cache: TokenCache | None) -> None:
        self._tokenizer = tokenizer
        self._cache = cache
        self._homes: dict[str, _Block] = {}
        self._finished: deque[_Block] = deque()

    def block(self, texts: Sequence[str]) -> _Block:
        """Texts with what is known of them."""
        block = _Block(texts)
        unknown = []
        for text in dict.fromkeys(texts):
            if text in self._homes:
                block.elsewhere[text] = self._homes[text]
            else:
                unknown.append(text)
        block.found = self._stored(unknown)
        block.wanted = [text for text in unknown if text not in block.found]
        self._homes.update(dict.fromkeys(unknown, block))
        return block

    def finished(self, block: _Block, made: Sequence[Tokens]) -> list[Tokens]:
        """Tokens of all texts of a block, given those of the wanted ones.

        Blocks are finished in the order they were made in.
        """
        fresh = dict(zip(block.wanted, made, strict=True))
        self._store(fresh)
        block.found.update(fresh)
        tokens = [block.tokens(text) for text in block.texts]
        block.elsewhere.clear()  # or the first block would be held by the last
        self._finished.append(block)
        self._forget()
        return tokens

    def _forget(self) -> None:
        held = sum(len(block.found) for block in self._finished)
        while held > _REMEMBERED and len(self._finished) > 1:
            oldest = self._finished.popleft()
            held -= len(oldest.found)
            for text in oldest.found:
                del self._homes[text]

    def _stored(self, texts: Sequence[str]) -> dict[str, Tokens]:
        if self._cache is None or not texts:
            return {}
        try:
            keys = {token_key(self._tokenizer, text): text for text in texts}
            return {keys[key]: tokens for key, tokens in self._cache.get(list(keys)).items()}
        except (OSError, StorageError) as error:
            self._do_without(error)
            return {}

    def _store(self, fresh: dict[str, Tokens]) -> None:
        if self._cache is None or not fresh:
            return
        try:
            self._cache.put({token_key(self._tokenizer, t): made for t, made in fresh.items()})
        except (OSError, StorageError) as error:
            self._do_without(error)

    def _do_without(self, error: Exception) -> None:
        self._cache = None
        _LOG.warning("分词缓存不可用，不影响结果，只是下次还要重新分词：%s", error)
