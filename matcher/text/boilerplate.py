"""Boilerplate: what a notice says of every challenge alike, and so of none.

Who may apply, until when, who pays, whom to call: such clauses stand in the problem texts of whole
lists. They tell no challenge from another and would only find teams that write the same way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER
from matcher.text.normalise import simplify

_FILE = f"{DICTIONARY_FOLDER}/boilerplate.tsv"
_ANCHOR = "标志"
_SENTENCE = re.compile(r"[^。；;！!？?\n]*[。；;！!？?\n]?")
_CLAUSE = re.compile(r"[^，,]*[，,]?")
_SAYS = re.compile(r"[\u3400-\u9fffA-Za-z]")
# A line of a contact block: what stands behind its label is a name, a number or a place.
_CONTACT = re.compile(
    r"^[\s(（\d、.．]*(?:联系人?|联系(?:电话|方式|地址)|咨询(?:电话|方式)|电话|手机|座机|传真|电子邮[箱件]|邮箱|"
    r"(?:通[讯信])?地址|邮编|邮政编码|网址|微信|QQ|E-?mail|Tel)(?:及\w{2,4})?\s*[:：]",
    re.IGNORECASE,
)
# Of the letters of a clause, the part that boilerplate is made of; subject words are the rest.
# Less is asked of a clause with an anchor in it than of those around it.
_MOSTLY_WITH_ANCHOR, _MOSTLY = 0.6, 0.75


def without_boilerplate(text: str) -> str:
    """A text without its clauses of boilerplate; the rest as it was written.

    >>> without_boilerplate("轴承钢夹杂物多。申报单位应为省内注册的独立法人，信用记录良好。")
    '轴承钢夹杂物多。'
    >>> without_boilerplate("本企业生产的轴承寿命短，与国外差距大")
    '本企业生产的轴承寿命短，与国外差距大'
    """
    if not _anchors().search(simplify(text)):
        return text
    kept = (_kept(sentence) for sentence in _SENTENCE.findall(text))
    return "".join(kept).strip(" \n，,；;")


def _kept(sentence: str) -> str:
    """A sentence without its clauses of boilerplate; without an anchor it has none."""
    plain = simplify(sentence)
    if not _anchors().search(plain) and not _CONTACT.match(plain):
        return sentence
    clauses = _CLAUSE.findall(sentence)
    kept = [clause for clause in clauses if not _is_boilerplate(simplify(clause))]
    said = "".join(kept)
    if len(kept) == len(clauses) or not _SAYS.search(said):
        return said if _SAYS.search(said) else ""
    ending = sentence[-1] if sentence[-1] in "。；;！!？?\n" else ""
    return said.rstrip("，,。；;！!？?\n ") + ending


def _is_boilerplate(clause: str) -> bool:
    if _CONTACT.match(clause):
        return True
    letters = len(_SAYS.findall(clause))
    left = len(_SAYS.findall(_phrases().sub("", clause)))
    mostly = _MOSTLY_WITH_ANCHOR if _anchors().search(clause) else _MOSTLY
    return left <= (1 - mostly) * letters


@cache
def _listed() -> dict[str, str]:
    lines = data_path(_FILE).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return dict(pairs)


@cache
def _anchors() -> re.Pattern[str]:
    return _any_of(phrase for phrase, kind in _listed().items() if kind == _ANCHOR)


@cache
def _phrases() -> re.Pattern[str]:
    return _any_of(_listed())


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """The longest of some phrases, by their first character: most places need one look."""
    rests: dict[str, list[str]] = defaultdict(list)
    for phrase in sorted(phrases, key=len, reverse=True):
        rests[phrase[0]].append(re.escape(phrase[1:]))
    return re.compile("|".join(f"{first}(?:{'|'.join(r)})" for first, r in rests.items()))
