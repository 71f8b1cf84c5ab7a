"""The trimmed vocabulary and the tokeniser made of it.

A Unigram tokeniser chooses the most probable split, so leaving out pieces that a text's best
split does not use changes nothing for that text: the trimmed model equals the full one wherever
the full one used kept pieces only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matcher.arrays import FloatArray, IntArray
from matcher.encoding.packed import PackedModel, SpecialIds
from matcher.encoding.recipe import Recipe

SPACE = "\u2581"
MASK = "<mask>"
_PLACEHOLDERS = 0xE000  # a private-use area: no text of ours holds these characters


def kept_ids(packed: PackedModel, recipe: Recipe) -> IntArray:
    """Ids of the pieces to keep, ascending, so the special marks keep their places.

    The rule needs nothing but the file itself: see ``[vocabulary]`` in the recipe.
    """
    special = packed.special
    always = {special.start, special.end, special.padding, special.unknown}
    kept: list[int] = []
    latin: list[int] = []
    for number, piece in enumerate(packed.pieces):
        body = piece.replace(SPACE, "")
        if number in always or piece == MASK or not body:
            kept.append(number)
        elif _is_latin_word(body, recipe.acronym_letters):
            latin.append(number)
        elif _is_wanted(body):
            kept.append(number)
    latin.sort(key=lambda number: (-float(packed.scores[number]), number))
    chosen = {*kept, *latin[: recipe.latin_pieces], *_ids_in_use(packed, recipe)}
    return np.array(sorted(chosen), dtype=np.int64)


def _ids_in_use(packed: PackedModel, recipe: Recipe) -> set[int]:
    """What the full vocabulary splits the prompts and the recipe's words into."""
    full = build_tokenizer(packed.pieces, packed.scores, packed.special, (), recipe.max_length)
    # Glued to a Chinese character a word has no mark of a space before it, so both ways.
    texts = [*recipe.prompts.values(), *recipe.words, *(f"为{word}" for word in recipe.words)]
    return {number for item in full.encode_batch(texts) for number in item.ids}


def _is_latin_word(body: str, acronym_letters: int) -> bool:
    """An unaccented Latin piece that must compete for a place."""
    if not body.isascii() or not any(character.isalpha() for character in body):
        return False
    return len(body) > 1 and not (body.isupper() and len(body) <= acronym_letters)


def _is_wanted(body: str) -> bool:
    if any(unicodedata.category(character).startswith("M") for character in body):
        return False
    scripts = {_script(character) for character in body}
    if "other" in scripts:
        return False
    if "han" in scripts:
        return len(body) == 1 or all(
            _script(character) != "han" or _in_gb2312(character) for character in body
        )
    return len(body) == 1 or body.isascii() or scripts == {"symbol"}


def _script(character: str) -> str:
    """han, letter (Latin or Greek), symbol (punctuation, ASCII digits, signs) or other."""
    if unicodedata.category(character) == "Nd" and not character.isascii():
        return "other"
    if not character.isalpha():
        return "symbol"
    name = unicodedata.name(character, "")
    if name.startswith("CJK") or character in "〇々":
        return "han"
    technical = ("LATIN", "GREEK", "MICRO", "OHM", "ANGSTROM", "SCRIPT", "DOUBLE-STRUCK")
    return "letter" if name.startswith(technical) else "other"


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def character_exceptions(character_map: Mapping[str, str], pieces: Sequence[str]) -> list[str]:
    """Characters of the kept pieces that NFKC would change but the model's own map leaves alone.

    The map of the XLM-R family is "nmt_nfkc" without a few such characters (the full-width tilde
    of Chinese ranges, 10～20, is one).
    """
    used = {character for piece in pieces for character in piece}
    return sorted(
        character
        for character in used
        if character not in character_map and unicodedata.normalize("NFKC", character) != character
    )


def build_tokenizer(
    pieces: Sequence[str],
    scores: FloatArray,
    special: SpecialIds,
    exceptions: Sequence[str],
    max_length: int,
) -> Any:
    """A fast tokeniser over the kept pieces, ready to be saved as ``tokenizer.json``.

    Args:
        pieces: n pieces, in row order.
        scores: (n,) log probabilities.
        special: ids among the n.
        exceptions: characters to shield from NFKC.
        max_length: tokens, marks included.
    """
    from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors

    vocabulary = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=special.unknown, byte_fallback=False))
    tokenizer.normalizer = _normalizer(exceptions)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always"),
        ]
    )
    start, end = pieces[special.start], pieces[special.end]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}",
        pair=f"{start} $A {end} {end} $B {end}",
        special_tokens=[(start, special.start), (end, special.end)],
    )
    marks = [start, pieces[special.padding], end, pieces[special.unknown]]
    tokenizer.add_special_tokens([AddedToken(mark, special=True) for mark in marks])
    if MASK in pieces:
        tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, special=True)])
    tokenizer.enable_truncation(max_length)
    return tokenizer


def _normalizer(exceptions: Sequence[str]) -> Any:
    from tokenizers import normalizers

    shields = [(character, chr(_PLACEHOLDERS + i)) for i, character in enumerate(exceptions)]
    return normalizers.Sequence(
        [
            normalizers.Nmt(),
            *(normalizers.Replace(character, shield) for character, shield in shields),
            normalizers.NFKC(),
            *(normalizers.Replace(shield, character) for character, shield in shields),
        ]
    )


def tokenizer_settings(
    pieces: Sequence[str], special: SpecialIds, max_length: int
) -> dict[str, Any]:
    """Content of ``tokenizer_config.json`` for that tokeniser."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": pieces[special.start],
        "eos_token": pieces[special.end],
        "sep_token": pieces[special.end],
        "cls_token": pieces[special.start],
        "unk_token": pieces[special.unknown],
        "pad_token": pieces[special.padding],
        **({"mask_token": MASK} if MASK in pieces else {}),
        "model_max_length": max_length,
        "clean_up_tokenization_spaces": False,
    }


def write_tokenizer(
    folder: Path,
    pieces: Sequence[str],
    scores: FloatArray,
    special: SpecialIds,
    character_map: Mapping[str, str],
    max_length: int,
) -> None:
    """Save ``tokenizer.json`` in the folder; arguments as :func:`build_tokenizer`."""
    exceptions = character_exceptions(character_map, pieces)
    tokenizer = build_tokenizer(pieces, scores, special, exceptions, max_length)
    tokenizer.save(str(folder / "tokenizer.json"))
