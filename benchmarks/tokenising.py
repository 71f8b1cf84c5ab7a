"""Tokenising a library, against bare ``jieba.lcut`` on the same texts and dictionary.

    python benchmarks/tokenising.py [--teams TEAMS.jsonl] [--rounds 3]

Ours adds normalising (Unicode, script, white space), search-mode words, bigrams and stop words.
The second table is of what an import asks for: block by block, each text once, kept on disk.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jieba
from timing import alternating, arguments, records, show

from matcher.index.indexing import passages_of
from matcher.text import tokenising
from matcher.text.dictionary import frequencies
from matcher.text.normalise import normalise
from matcher.text.token_cache import TokenCache
from matcher.text.tokenise import default_tokenizer
from matcher.text.tokenising import tokenised

# Passages of as many teams as are encoded together.
_BLOCK = 800
_NEVER = 10**15


def processor_time() -> float:
    """Processor seconds of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the table."""
    options = arguments("分词速度: 与裸 jieba 之比")
    _, teams = records(options)
    texts = [passage.text for team in teams for passage in passages_of(team)]
    tokenizer = default_tokenizer()
    bare = jieba.Tokenizer()
    bare.FREQ, bare.total = frequencies(tokenizer.dictionaries)
    bare.initialized = True
    plain: dict[str, Callable[[], Any]] = {
        "裸 jieba.lcut (精确模式)": lambda: [bare.lcut(text) for text in texts],
        "裸 jieba.lcut_for_search": lambda: [bare.lcut_for_search(text) for text in texts],
        "只做规范化": lambda: [normalise(text) for text in texts],
        "matcher 分词": lambda: [tokenizer.tokens(text) for text in texts],
    }
    show("分词", alternating(plain, options.rounds), len(texts), "段")
    blocks = [texts[low : low + _BLOCK] for low in range(0, len(texts), _BLOCK)]
    with tempfile.TemporaryDirectory() as folder:
        kept = TokenCache(Path(folder) / "kept.sqlite")

        def blockwise(cache: TokenCache, worth_sharing: int = _NEVER) -> None:
            tokenising.WORTH_SHARING = worth_sharing
            list(tokenised(tokenizer, blocks, len(blocks), cache))

        def new() -> TokenCache:
            return TokenCache(Path(folder) / f"{time.time_ns()}.sqlite")

        blockwise(kept)
        runs: dict[str, Callable[[], Any]] = {
            "不同的文字, 逐段分词": lambda: [tokenizer.tokens(text) for text in set(texts)],
            "matcher 按块分词并存下": lambda: blockwise(new()),
            "同上, 几个进程": lambda: blockwise(new(), 0),
            "matcher 读回": lambda: blockwise(kept),
        }
        show("成块的分词", alternating(runs, options.rounds), len(texts), "段")
        spent = alternating(runs, options.rounds, processor_time)
        show("成块的分词, 各进程处理器时间之和", spent, len(texts), "段")


if __name__ == "__main__":
    main()
