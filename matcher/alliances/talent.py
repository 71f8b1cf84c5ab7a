"""Where people who were brought in came from: abroad, another province, the pack's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from matcher.alliances.wording import PLANNED
from matcher.policy import Fact, PolicyPack, region_key
from matcher.records.alliance import Alliance
from matcher.text.regions import parse_region, provinces

Origin = Literal["境外", "省外", "省内", "不明"]
_OUTSIDE = ("域外", "国外", "海外", "境外")
_TAIWAN_AND_PORTS = ("香港", "澳门", "台湾")
TALENTS = re.compile("领军人才|创新团队|领军.{0,4}团队")
_COUNTRIES = (
    "美国", "德国", "日本", "英国", "法国", "俄罗斯", "韩国", "朝鲜", "蒙古国", "加拿大",
    "澳大利亚", "新西兰", "意大利", "西班牙", "葡萄牙", "荷兰", "比利时", "卢森堡", "瑞士",
    "奥地利", "瑞典", "挪威", "芬兰", "丹麦", "冰岛", "爱尔兰", "波兰", "捷克", "斯洛伐克",
    "匈牙利", "罗马尼亚", "保加利亚", "塞尔维亚", "克罗地亚", "斯洛文尼亚", "希腊", "土耳其",
    "乌克兰", "白俄罗斯", "爱沙尼亚", "拉脱维亚", "立陶宛", "哈萨克斯坦", "乌兹别克斯坦",
    "以色列", "伊朗", "印度", "巴基斯坦", "孟加拉", "新加坡", "马来西亚", "泰国", "越南",
    "菲律宾", "印度尼西亚", "印尼", "沙特", "阿联酋", "埃及", "南非", "尼日利亚", "巴西",
    "阿根廷", "智利", "墨西哥", "古巴", "欧洲", "北美",
)  # fmt: skip
# 呼和浩特, 和田 are one place each; what stands in brackets is of the place before them.
_BETWEEN = re.compile(r"(?:[、,，;；/及]|(?<!呼)和(?!田|龙|静|顺|平))(?![^（(]{0,200}[）)])")
_WHICH = "请主管部门明确“域外”指省外、境外，还是本市（本地区）以外"


def talent_fact(pack: PolicyPack, alliance: Alliance) -> Fact:
    """Whether somebody came from outside; of several origins each by itself.

    The source does not say whether 域外 is outside the country, the province, or the city: abroad
    is outside by all, the lead's own city by none, everywhere else by some.
    """
    places: dict[Origin, list[str]] = {}
    for place in _pieces(alliance):
        places.setdefault(origin_of(pack, place), []).append(place)
    if not places:
        if alliance.talents == 0:
            return Fact(False, "联盟表：引进人才 0 人，还没有引进；引进以后再看")
        return Fact(None, f"{'人才来处' if alliance.talents else '引进人才'}未填写")
    return _by_origin(f"人才来自{alliance.talent_origin}", places, _own_city(alliance))


def not_yet_come(alliance: Alliance) -> Fact | None:
    """Of people who are only to come: whether money may be asked for before, no clause says."""
    kind = alliance.talent_kind
    if alliance.talents == 0 and alliance.talent_origin:
        told = "联盟表：引进人才 0 人，还没有引进"
    elif planned := PLANNED.search(kind):
        told = f"联盟表：引进人才类别={kind}（{planned[0]}），还没有引进"
    else:
        return None
    turns = "条文没有写引进以前能不能申请：能的话照下面看，不能的话引进以后再提"
    return Fact(None, f"{told}；{turns}", "请主管部门明确引进以前能不能申请、什么时候拨")


def _pieces(alliance: Alliance) -> list[str]:
    """The origins one by one; where some say that theirs is a leading talent, only these."""
    pieces = [one for one in _BETWEEN.split(alliance.talent_origin) if one.strip()]
    return [one for one in pieces if TALENTS.search(one)] or pieces


def whose_talent(pack: PolicyPack, alliance: Alliance) -> str:
    """Of several origins, which of them decides, where nobody says who the leading talent is."""
    pieces = _pieces(alliance)
    outside = [one for one in pieces if origin_of(pack, one) == "境外"]
    rest = [one for one in pieces if one not in outside]
    told = any(TALENTS.search(one) for one in pieces)
    if not outside or not rest or told or _named_abroad(pack, alliance):
        return ""
    return (
        f"没有写是哪一位：是来自{'、'.join(outside)}的话可以申请，是来自{'、'.join(rest)}的话"
        "来处不算或待核实"
    )


def _named_abroad(pack: PolicyPack, alliance: Alliance) -> bool:
    kind = alliance.talent_kind
    return bool(kind) and origin_of(pack, kind) == "境外"


def _own_city(alliance: Alliance) -> str:
    return parse_region(alliance.city).city or alliance.city.removesuffix("市")


def _by_origin(told: str, places: Mapping[Origin, list[str]], home: str) -> Fact:
    if "境外" in places:
        rest = "、".join(p for kind, named in places.items() if kind != "境外" for p in named)
        here = [p for p in places.get("省内", ()) if home and parse_region(p).city == home]
        open_ones = "算不算要看“域外”指什么，这里先不算"
        why = open_ones if "省外" in places or len(here) < len(places.get("省内", ())) else (
            "就在本市，不算" if here else "没有写明省份或国别，先不算"
        )  # fmt: skip
        return Fact(True, told + (f"；{rest}{why}" if rest else ""))
    if "省外" in places:
        turns = "“域外”指省外或本市以外的话可以申请，指境外的话不符合，条文没有写"
        return Fact(None, f"{told}，在省外、境内；{turns}", _WHICH, short=turns)
    if "不明" in places:
        return Fact(None, f"{told}，没有写明省份或国别")
    elsewhere = [p for p in places["省内"] if parse_region(p).city != home]
    if home and not elsewhere:
        return Fact(False, f"{told}，就在盟主所在的{home}；“域外”指省外、境外还是本市以外都不算")
    known = bool(home) and all(parse_region(p).city for p in elsewhere)
    where = f"在省内、{home}以外" if known else "在省内"
    ask = _WHICH + ("" if known else "；请盟主写明从哪个市引到哪个市（联盟表「人才来处」「市」栏）")
    turns = "“域外”指省外或境外的话不符合，指本市（本地区）以外的话可以申请，条文没有写"
    return Fact(None, f"{told}，{where}；{turns}", ask, short=turns)


def origin_of(pack: PolicyPack, place: str) -> Origin:
    """What a place is to the pack's province.

    >>> from matcher.policy import shipped_pack
    >>> pack = shipped_pack("liaoning-2021")
    >>> [origin_of(pack, place) for place in ("德国", "吉林长春", "沈阳", "鞍钢")]
    ['境外', '省外', '省内', '不明']
    """
    home, province = region_key(pack.pack.region), parse_region(place).province
    if any(word in place for word in (*_OUTSIDE, *_TAIWAN_AND_PORTS)):
        return "境外"
    if "省外" in place:
        return "省外"
    if home and (home in place or province == home):
        return "省内"
    if province or any(name in place for name in provinces()):
        return "省外"
    return "境外" if any(name in place for name in _COUNTRIES) else "不明"
