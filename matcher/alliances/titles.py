"""A title to a result that was given to who made it, and of what money the result was made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from matcher.alliances import wording
from matcher.alliances.agreed import REWARD_AGREED, told_in
from matcher.records.alliance import Alliance, Way
from matcher.text.amounts import is_nothing
from matcher.text.numerals import number
from matcher.text.shares import shares_in

_MADE_WITH = re.compile(
    "^(?:(?>.*?(?:经费|资金|投入|出资)).*(?:财政|企业|自筹|横向)|"
    "(?>.*?(?:财政|企业|自筹|横向)).*(?:经费|资金|出资))"
)
_MONEY = re.compile("财政|经费|资金|投入|出资|自筹")
_UNSURE = re.compile("约(?!定)|左右|大部分|(?<!全)部分|不清楚|待|[没未不]")
_MAINLY = re.compile("主要.{0,6}财政")
_ALL = re.compile("全部|全额|完全|均为|都是|百分之百|100%")
_OWN_MONEY = re.compile("企业|自筹|横向|公司|社会")
NONE_AGREED = "没有约定"
_NO_TITLE = re.compile(
    "没有[^。；;，,]{0,10}签[^。；;，,]{0,4}(?:赋权|共有|使用权)[^。；;，,]{0,4}协议|没有(?:任何)?(?:赋权|共有)(?:协议|约定)"
)
_GIVEN_TITLE = re.compile(
    "约定[^。；;]{0,20}(?:共有|使用权)|使用权[^。；;]{0,10}[给赋]|[给赋][^。；;]{0,12}使用权|(?:按份|共同)共有"
)
_WISHED = re.compile(
    "想|打算|拟|准备|没有约定|未约定|还没|如果|假如|能不能(?:约定|给)|可不可以(?:约定|给)"
)
_USE_YEARS = re.compile("(?<![0-9一二两三四五六七八九十])([0-9一二两三四五六七八九十]++)年")
_WHOLE_SHARE = Decimal(100)
_WAYS: Mapping[str, Way] = {
    "shared_title": "按份共有", "joint_title": "共同共有", "use_right": "使用权",
}  # fmt: skip


def title_told(alliance: Alliance) -> tuple[str, str]:
    """What is told of a title that was given, and where: in the column, or a note that says so."""
    if is_nothing(alliance.reward_agreed) or alliance.reward_agreed.strip() in ("没有", "无约定"):
        return NONE_AGREED, told_in(alliance, REWARD_AGREED)
    if alliance.reward_agreed:
        return alliance.reward_agreed, told_in(alliance, REWARD_AGREED)
    if denied := _NO_TITLE.search(alliance.note):
        return NONE_AGREED, f"备注写“{denied[0]}”"
    for clause in wording.CLAUSE.split(alliance.note):
        if _GIVEN_TITLE.search(clause) and not _WISHED.search(clause):
            return clause, f"备注写“{clause.strip()}”"
    return "", ""


def titles_in(text: str, key: str) -> tuple[Way, Mapping[str, object]]:
    """The kind of title an item asks for, and the cells a text fills of it; of others, none."""
    way = _WAYS[key]
    if text == NONE_AGREED:
        return way, {"agreed": "没有"}
    if key == "joint_title":
        return way, {"agreed": "与人员约定"} if "共同共有" in text else {}
    if key == "use_right":
        written = _USE_YEARS.search(text) if "使用权" in text else None
        years = None if written is None else int(number(written[1]))
        told = {"agreed": "与人员约定"} if "使用权" in text else {}
        return way, told | ({"use_years": years} if years is not None else {})
    if "按份" in text:
        return way, {"agreed": "与人员约定"}
    other = {"agreed": "没有", "note": "写的是共同共有，不是按份的"}
    return way, other if "共有" in text else {}


def public_share(alliance: Alliance) -> tuple[float | None, str]:
    """How much of what a result was made with is public money, per cent, and the words for it."""
    told = [
        "，".join(p.strip() for p in wording.PIECE.split(c) if _MONEY.search(p))
        for c in map(_with_shares, wording.CLAUSE.split(alliance.note)) if _MADE_WITH.search(c)
    ]  # fmt: skip
    if len(told) != 1 or _UNSURE.search(told[0]) or (share := _of_public(told[0])) is None:
        return None, ""
    return float(share), f"备注写“{told[0]}”"


def _with_shares(clause: str) -> str:
    """A clause whose shares stand beside what they are of."""
    return re.sub(r"[，,]\s*(?=占\s?\d)", "", clause)


def _of_public(clause: str) -> Decimal | None:
    """How much of it is public money, in per cent; None where the clause does not tell."""
    public = [p for p in wording.PIECE.split(clause) if "财政" in p]
    whole = bool(_ALL.search(clause))
    if not public:
        own = _OWN_MONEY.search(clause) and (whole or "完成" in clause)
        return Decimal(0) if own else None
    shares = [share for piece in public for share in shares_in(piece)]
    if len(shares) == 1:
        return shares[0]
    if not shares and _MAINLY.search(clause):
        return _WHOLE_SHARE
    return _WHOLE_SHARE if whole and not shares and not _OWN_MONEY.search(clause) else None
