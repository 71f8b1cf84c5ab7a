"""Accounts on any platform, numbers told in parts or in words, plates and doors of homes.

What `matcher.contacts` finds has a shape of its own; what is found here needs a word beside it that
says what it is: a platform, a telephone, that one is to be looked up, where somebody lives.

>>> told = "B站搜“轴承老炮儿”，全网同名；手机前三位138，后面0000再接1234"
>>> [one.value for one in handles_in(told)]
['138，后面0000再接1234', '轴承老炮儿']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_HAN = "\u4e00-\u9fff"
_PLATFORM = (
    r"(?:视频号|公众号|订阅号|百家号|头条号|[Bb]站|哔哩哔哩|知乎|小红书|抖音|快手|微博|豆瓣|闲鱼|淘宝|贴吧|"
    r"今日头条|西瓜视频|喜马拉雅|网易云|领英|脉脉|陌陌|支付宝|企业微信|企微|钉钉|飞书|旺旺|咸鱼|酷安|虎扑|"
    r"(?<![A-Za-z])(?i:github|gitee|csdn|linkedin|facebook|instagram|twitter|discord|steam|soul|bilibili|"
    r"youtube|tiktok|kakaotalk|kakao|viber|signal|slack|telegram|whatsapp|skype|line|teams|dingtalk|ins|tg|"
    r"fb|wechat|weixin|vx|wx)(?![A-Za-z])|微\s?信|[Vv]信|薇信|威信|绿泡泡)"
)
_ACCOUNT = r"(?:账号|帐号|号码|号|昵称|用户名|网名|(?i:id)|主页|名字|名(?=[\s:是叫])|同名)"
# What stands between a platform and the account there.
_TOWARDS = (
    r"(?:账号|帐号|号码|号|昵称|用户名|网名|(?i:id)|主页|名字|同名|搜索|搜一下|搜|关注|私信|私聊|联系|加|找|戳|叫做|叫|"
    r"就是|是|为|上|里|的|也|就|都|可以|可|我|一下|[:@,，(（\s“\"「『【<\-—=~/])"
)
_LATIN = r"[A-Za-z0-9](?:[A-Za-z0-9_.\-]{3,28}[A-Za-z0-9_])"
# A letter and a digit or line: no plain word, no version, no type of steel.
_MIXED = rf"(?=[A-Za-z.\-]*[\d_])(?![Vv]?\d+\.\d)(?![A-Z]{{1,6}}-?\d)(?=[A-Za-z]){_LATIN}"
# How accounts are chosen: lower case with digits or a line.
_CHOSEN = r"(?=[a-z0-9_.\-]*[a-z]{2})(?=[a-z.\-]*[\d_])[a-z][a-z0-9_.\-]{3,28}[a-z0-9_]"
_NAME = rf"[{_HAN}A-Za-z0-9_·]{{2,14}}?"
_STOPS = r"(?=$|[\s,，。;；、!！?？)）]|就[能行可]|即可|能?找到)"
_END = r"(?![A-Za-z0-9_@])"
_QUOTE, _UNQUOTE = '[“"「『【《]', '[”"」』】》]'
_ON_PLATFORM = re.compile(
    rf"{_PLATFORM}(?:{_TOWARDS}){{0,8}}(?P<mixed>{_MIXED}|(?<=[号:Dd码])\s?\d{{5,12}}){_END}|"
    rf"{_PLATFORM}(?:{_TOWARDS}){{0,4}}?(?:{_ACCOUNT}|搜索?|@)\s*[:是叫为]?\s*{_QUOTE}?(?P<latin>[A-Za-z]{_LATIN}){_END}|"
    rf"微\s?信号?[^\n。A-Za-z]{{0,14}}拼音[^\n。A-Za-z]{{0,8}}(?P<spelt>[A-Za-z][A-Za-z0-9_]{{3,24}})|"
    rf"{_PLATFORM}(?:上|里|主页|{_ACCOUNT}|也|都|的|我|可以|可|请|\s){{0,4}}(?:[:@]|叫做?|名为|搜索?一?下?|关注|"
    rf"(?<=[号称名])是|(?<=[号称名])\s)\s*[:@]?\s*{_QUOTE}?(?P<han>{_NAME}){_UNQUOTE}?{_STOPS}|"
    rf"(?:我的?|本人的?){_PLATFORM}(?:{_ACCOUNT})?(?:就?是|叫)\s*{_QUOTE}?(?P<own>{_NAME}){_UNQUOTE}?{_STOPS}|"
    rf"{_PLATFORM}(?:上|里|主页|{_ACCOUNT}|的|我|有个|搜索?|叫|关注|是|[:@\s]){{0,4}}{_QUOTE}(?P<quoted>[{_HAN}A-Za-z0-9_·]{{2,14}}){_UNQUOTE}|"
    rf"(?:(?i:github|gitee|weibo|zhihu|bilibili|douyin|linkedin|douban|csdn)\.(?:com|net)/(?:people/|u/|in/|user/)?)(?P<page>[A-Za-z0-9_\-]{{3,30}})"
)
_REACHED = re.compile(
    rf"(?:加我|搜我|私信我?|私聊我?|联系我|找我|滴滴我?|戳我|呼我|敲我|艾特我|我的?(?:账号|帐号|号|(?i:id))|全网同名|同名|"
    rf"网名|昵称|用户名)[:是叫为,，(（\s“\"「@的就]{{0,6}}(?P<asked>{_CHOSEN}){_END}|"
    rf"搜索?\s*{_QUOTE}?(?P<sought>{_CHOSEN}){_END}{_UNQUOTE}?\s*(?:就|即|便|可以|可)*能?(?:找到|看到|加)|"
    rf"(?<![A-Za-z0-9_.@\-])(?P<named>{_CHOSEN})\s*(?:[,，]?\s*(?:这是|就是|是)(?:我的?|本人的?)?|[(（])\s*(?:{_PLATFORM})(?:号|账号)?(?=$|[\s,，。;；)）])|"
    rf"(?:QQ|(?<![A-Za-z])qq|扣扣|(?:加|有意|我的?|扣)\s?[Qq]|企鹅)(?:[我的号码是:为,，\s联系加群(（@]|号码){{0,6}}(?P<qq>[1-9]\d{{4,11}})(?!\d)"
)
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"[{PROVINCES}]\s?[A-HJ-NP-Z]\s?[·•.\-\s]?\s?(?=[A-HJ-NP-Z]{{0,2}}\d|\d)(?=(?:[A-Z\s]*\d){{3}})"
    r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警](?![A-Za-z0-9.])"
)
# @退火的猫先生, tiedanbot#4471, 好友代码 1186402957, 扣扣二八六四零幺九七三, ID叫“不锈钢盆战神”
_BY_SIGN = re.compile(
    rf"(?:(?<=/)|(?<=[{_HAN}]\s))@(?!所有|全体|各位|大家|\S{{0,4}}[温压速频载下])"
    rf"(?P<at>[{_HAN}][{_HAN}A-Za-z0-9_·]{{1,13}})(?=$|[\s:,，。;；])|"
    r"(?<![A-Za-z0-9_.])(?P<tag>[a-z][a-z0-9_.]{3,28}#\d{4})(?!\d)|"
    r"(?:好友代?码|会员号|会议号|个人号)[:是为\s]{0,3}"
    r"(?P<code>(?:[A-Z]{1,3}-)?\d(?:[ -]?\d){6,14})(?!\d)|"
    r"(?:QQ|扣扣|企鹅)[号是:为\s]{0,3}(?P<spoken>[零〇一二三四五六七八九幺]{6,12})|"
    rf"(?:昵称|网名|ID|名片(?:上?显示)?)[叫是为:\s]{{0,3}}{_QUOTE}(?P<called>[{_HAN}A-Za-z0-9_·\-]{{2,16}}){_UNQUOTE}"
)
_CARD = re.compile(
    r"(?:卡号|银行卡|开户账号|账户)(?:号码?)?\s*[:是为]?\s*(?P<card>\d(?:[\s\-]?\d){11,20})(?!\d)"
)
# The door of a home, not of a house of business.
_HOME = re.compile(
    r"(?:(?:家住|住在?|住址|家里?在|家庭[地住]址)\s*[:是]?|小区|家属[院楼]|花园|新村|宿舍|公寓|[家佳雅御]苑)"
    r"[^\n，。,；;]{0,16}?(?P<door>\d+\s?(?:号楼|栋|幢|座|号)(?:\s?\d+\s?单元)?(?:\s?\d+\s?楼)?\s?\d{2,4}\s?(?:室|号|房|户)?)"
)
_D = r"[\d零〇一二两三四五六七八九幺洞拐]"
_SAME = rf"[二两三四五六七八2-8]个{_D}"
_FILL = (
    r"(?:然后是?|接着是?|再接?|后面是?|后边|中间是?|前面是?|加上?|和|跟|是|接|空格|空|横杠|横|杠|短横|减|转|最后是?|末尾|"
    r"后[四三二五]位是?|前[三四]位是?|中间[四三]位是?|开头|打头|嗯+|呃+|啊|哦|那个|吧|对|[-\s,，、.·/:;；*~—…+]|"
    r"[(（][^()（）\d\n]{1,8}[)）]|[A-Za-z](?![A-Za-z]))"
)
_IN_PARTS = re.compile(
    rf"(?:电话|手机|号码?|联系方式|打|拨|致电|微信|座机|传真|(?i:tel|mob|phone))"
    rf"(?:[^\n。\d零〇一二两三四五六七八九幺]|(?<!{_D}){_D}(?!{_D}|{_FILL}?{_D})){{0,12}}?(?<!{_D})"
    rf"(?P<number>(?:{_SAME}|{_D})++(?:{_FILL}{{1,4}}+(?:{_SAME}|{_D})++){{1,12}})"
)
_TAIL = re.compile(r"尾号\s*(?:是|为|:)?\s*(?P<tail>\d{3,4})(?!\d)")
# 电话我报给你一六八…, one digit too many as it may be.
_IN_WORDS = re.compile(
    r"(?:电话|手机|号码?|打|拨)[^\n。\d零〇一二两三四五六七八九幺]{0,8}?"
    r"(?P<run>[零〇一二两三四五六七八九幺]{9,13}?)(?=二[零〇]二[零〇一-九]年|[^零〇一二两三四五六七八九幺]|$)"
)
# An account of a house, not of a person.
_HOUSE = re.compile(
    r"(?:公司|集团|大学|学院|研究[院所]|厂|局|协会|中心|平台|发布|开发|运营|推广|功能|系统|接口|直播|营销|带货)$"
)
_NO_ACCOUNT = re.compile(
    r"(?:小程序|直播|视频|推广|运营|平台|登录|支付|扫码|推送|开发|接口|后台|服务|数据|用户|内容|电商|带货|可以|看到|上看|联系|我们?$|留言)"
)
_NUMBER = re.compile(r"1[3-9]\d{9}|0[1-9]\d{8,10}")
_PLACES = re.compile("[前后间][二三四五]位")
_SAME_DIGITS = re.compile(rf"([二两三四五六七八2-8])个({_D})")
_PART = re.compile(rf"(?:{_SAME}|{_D})++")
_AS_DIGITS = str.maketrans("零〇洞一幺二两三四五六七拐八九", "000112234567789")


class Handle(NamedTuple):
    """What reaches somebody: where it stands, whether by telephone, and what it is."""

    start: int
    end: int
    by_phone: bool
    value: str


def handles_in(plain: str) -> Iterator[Handle]:
    """All of them in a text with half-width signs; they may overlap what else is found."""
    for found in _IN_PARTS.finditer(plain):
        start = found.start("number")
        if value := _number_in(found["number"]):
            yield Handle(start, start + len(value), by_phone=True, value=value)
    for found in _IN_WORDS.finditer(plain):
        yield Handle(*found.span("run"), by_phone=True, value=found["run"])
    for found in _TAIL.finditer(plain):
        yield Handle(*found.span("tail"), by_phone=True, value=found["tail"])
    for pattern in (_ON_PLATFORM, _REACHED, _BY_SIGN, _CARD, _HOME):
        for found in pattern.finditer(plain):
            part, value = next((name, one) for name, one in found.groupdict().items() if one)
            if part in ("han", "own", "quoted") and (
                _HOUSE.search(value) or _NO_ACCOUNT.search(value)
            ):
                continue
            yield Handle(*found.span(part), by_phone=False, value=value)
    for found in _PLATE.finditer(plain):
        yield Handle(*found.span(), by_phone=False, value=found[0])


def _number_in(told: str) -> str:
    """What of digits told in parts is a telephone number by how it begins and how long it is.

    >>> _number_in("一三八，四个零，再四个一、二零二七"), _number_in("1200 1300 1400")
    ('一三八，四个零，再四个一', '')
    """
    longest = 0
    digits = ""
    # 后四位 says how many digits follow, and is none.
    for part in _PART.finditer(_PLACES.sub(lambda found: "-" * len(found[0]), told)):
        same = _SAME_DIGITS.sub(_repeated, part[0])
        digits += re.sub(r"\D", "", same.translate(_AS_DIGITS))
        if _NUMBER.fullmatch(digits):
            longest = part.end()
    return told[:longest]


def _repeated(found: re.Match[str]) -> str:
    return found[2] * int(found[1].translate(_AS_DIGITS))
