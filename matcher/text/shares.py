"""Shares of a whole as people write them: 60%, 六成, 百分之六十, 三七开, 各半, 三分之二."""

from __future__ import annotations

import re
from decimal import Decimal

from matcher.text.numerals import HAN, number

_PLAIN = r"\d+(?:\.\d+)?"
_ONE = "[一二两三四五六七八九]"
_SHARE = re.compile(
    rf"(?P<percent>(?<!\d)\d++(?:\.\d++)?)\s?[%％]"
    rf"|百分之\s?(?P<hundredth>{_PLAIN}|[{HAN}点]+)"
    rf"|(?P<under>[2-9二三四五六七八九十])分之(?P<over>[1-9一二三四五六七八九])"
    rf"|(?P<tenth>{_ONE}|(?<![\d.])[1-9])成(?P<half>半)?(?P<more>{_ONE})?(?![{HAN}果立员交熟功])"
    r"(?!为(?!.{0,4}(?:财政|企业|自筹|专项)))"
    rf"|(?P<left>{_ONE})(?P<right>{_ONE})(?:开(?!发|展|始)|分成|分账|分(?![之析工担别期享]))"
    r"|(?P<even>各占一半|各半|对半|平分|均分|一半)"
)
# Of a share that is no one figure.
_INEXACT = re.compile(
    "不超过|最多|以内|以下|左右|大约|约(?=[\\d一二三四五六七八九])|至少|不低于|以上"
    "|(?<=[\\d一二三四五六七八九十成%％])\\s?[-–~～到至]\\s?(?=[\\d一二三四五六七八九十百])"
)
_HALF, _WHOLE = Decimal(50), Decimal(100)


def shares_in(text: str) -> tuple[Decimal, ...]:
    """The shares a text names, in per cent; of 三七开 both.

    >>> [str(s) for s in shares_in("科技人员六成，学校四成")], shares_in("三七开")
    (['60', '40'], (Decimal('30'), Decimal('70')))
    >>> shares_in("百分之六十五"), shares_in("各半"), shares_in("合成果汁两成果")
    ((Decimal('65'),), (Decimal('50'),), ())
    """
    named = (share for found in _SHARE.finditer(text) for share in _of(found))
    return tuple(share for share in named if 0 < share <= _WHOLE)


def is_exact(text: str) -> bool:
    """Whether the shares of a text are plain figures: not 至少六成, not 六到七成.

    >>> is_exact("约定六成"), is_exact("约定不低于六成"), is_exact("六到七成")
    (True, False, False)
    >>> is_exact("转让净收入的10%，到账后三个月内付清")
    True
    """
    return not _INEXACT.search(text)


def _of(found: re.Match[str]) -> tuple[Decimal, ...]:
    if found["even"]:
        return (_HALF,)
    if found["left"]:
        pair = (_number(found["left"]) * 10, _number(found["right"]) * 10)
        return pair if sum(pair) == _WHOLE else ()
    if found["under"]:
        return (_number(found["over"]) * _WHOLE / _number(found["under"]),)
    if found["tenth"]:
        rest = 5 if found["half"] else _number(found["more"]) if found["more"] else 0
        return (_number(found["tenth"]) * 10 + rest,)
    return (_number(found["percent"] or found["hundredth"]),)


def _number(text: str) -> Decimal:
    return Decimal(str(number(text))).normalize()
