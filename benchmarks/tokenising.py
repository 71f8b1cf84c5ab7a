"""Tokenising a library, against bare ``jieba.lcut`` on the same texts and dictionary.

    python benchmarks/tokenising.py [--teams TEAMS.jsonl] [--rounds 3]

Ours adds normalising (Unicode, script, white space), search-mode words, bigrams and stop words.
"""

from __future__ import annotations

from timing import alternating, arguments, records, show

from matcher.index.indexing import passages_of
from matcher.text.normalise import normalise
from matcher.text.tokenise import default_tokenizer


def main() -> None:
    """Print the table."""
    options = arguments("分词速度: 与裸 jieba 之比")
    _, teams = records(options)
    texts = [passage.text for team in teams for passage in passages_of(team)]
    tokenizer = default_tokenizer()
    jieba = tokenizer._jieba
    runs = {
        "裸 jieba.lcut (精确模式)": lambda: [jieba.lcut(text) for text in texts],
        "裸 jieba.lcut_for_search": lambda: [jieba.lcut_for_search(text) for text in texts],
        "只做规范化": lambda: [normalise(text) for text in texts],
        "matcher 分词": lambda: [tokenizer.tokens(text) for text in texts],
    }
    show("分词", alternating(runs, options.rounds), len(texts), "段")


if __name__ == "__main__":
    main()
