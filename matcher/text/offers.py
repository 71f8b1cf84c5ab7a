"""Which values of a call are its own (money, days, terms), and which tell how things are."""

from __future__ import annotations

import re

_BY_A_DAY = re.compile(
    r"(?:截止\D{0,4}|最迟|须?在|于)?(?:(?:19|20)\d\d[年./-]\s?(?:\d{1,2}[月./-])?|\d{1,2}月)"
    r"(?:\d{1,2}[日号]?|[底末初份]|[上中下]旬|年?底)?(?:\s?\d\d?:\d\d)?(?:之?前|以前|前后|截?止)*"
    r"(?:[^\d,，]{0,6}?(?:完成|交付|验收|提交|结题|投产|上报))?"
)
# Names of what a call gives or asks of a bidder, by what they are counted in.
_OFFERED = re.compile(
    r"预算|经费|榜[额金]|榜单金额|赏金|奖金|悬赏|报酬|出价|工期|截止|20\d\d年\d{1,2}月"
)
_GIVEN = r"投资|投入(?!产出)|自筹|出资|财政|配套|资助|补助|拨|奖|资金"
_MONEY_GIVEN = re.compile(
    rf"^(?:最[高低多少]|总计|合计|其中|共计?|不超过)?(?:人民币|约)?$|{_GIVEN}|资本|额度|"
    rf"近[一二两三五\d]年|支付|[首尾]款"
)
_OFFERED_BY_UNIT = {
    "元": _MONEY_GIVEN, "元/年": _MONEY_GIVEN, "元/a": _MONEY_GIVEN,
    "": re.compile(_GIVEN.replace("投入(?!产出)", "投入$")),
    "%": re.compile(r"[首尾付拨]款|首付|自筹|支付|预付|再付|[先再]拨|质保金|资助|额度"),
    "人": re.compile(r"团队|博士|硕士|成员|(?:研发|技术|管理|科研|研究|项目)人员|职称"),
}  # fmt: skip
# What tells of the firm, names what is used, or reaches somebody: no target unless it is bounded.
_STATED: tuple[tuple[frozenset[str], re.Pattern[str]], ...] = (
    (
        frozenset(("", "种", "个", "项", "类", "台", "套", "家", "名", "人", "条")),
        re.compile(
            r"^(?:针对|采用|围绕|面向|利用|基于|依托|选用|配备|购置|借鉴|详见|参见|通过(?!率))"
            r"|电话|手机|邮编|邮政编码|传真|微信|QQ|代码|编号|证号|账号|网址|排名|名次"
        ),
    ),
    (
        frozenset(
            (
                "元",
                "美元",
                "欧元",
                "人",
                "名",
                "家",
                "个",
                "位",
                "项",
                "条",
                "台",
                "套",
                "亩",
                "m²",
                "",
            )
        ),
        re.compile(
            r"^(?:去年|上一?年度?|前年|今年|20\d\d年|我?公司|我[司厂]|本公司|企业(?!标准)|现有|"
            r"已有|拥有|占地)"
        ),
    ),
    (
        frozenset(("年", "月", "个月", "")),
        re.compile(
            r"^(?:研[发制究]|项目|合作|实施|执行|完成|攻关|开发|总|整体)*(?:周期|工期|期限?|年限|"
            r"时[间限])$"
        ),
    ),
    (frozenset(("人", "名")), re.compile("[员职]工|人员|技工")),
    (frozenset(("倍", "%")), re.compile("(?:[售单报]价|价格)$")),
)
_OPEN_PRICE = re.compile(
    r"(?:价格|费用|经费|预算|报酬|金额|榜额|资金|钱)[^,，。；;\n]{0,4}?(?P<open>面议|面谈|详谈|"
    r"好商量|可谈|另议|待定|协商)"
)


def is_a_day(text: str) -> bool:
    """Whether a text says nothing but a day by which something is to be done.

    >>> is_a_day("2027年6月底前完成"), is_a_day("3月试制的样机")
    (True, False)
    """
    return _BY_A_DAY.fullmatch(text) is not None


def is_offered(name: str, unit: str) -> bool:
    """Whether a value of this name and unit is the call's own, and no target of the work.

    >>> is_offered("项目总投资", "元"), is_offered("单套成本", "元"), is_offered("首款", "%")
    (True, False, True)
    """
    named = _OFFERED_BY_UNIT.get(unit)
    return _OFFERED.search(name) is not None or (named is not None and bool(named.search(name)))


def is_a_fact(name: str, unit: str) -> bool:
    """Whether a bare value of this name and unit tells how things are, and asks for nothing.

    >>> is_a_fact("现有员工", "人"), is_a_fact("进口设备售价", "倍"), is_a_fact("单班人数", "人")
    (True, True, False)
    """
    return any(unit in units and named.search(name) for units, named in _STATED)


def open_price(text: str) -> str:
    """The words that leave the price open (面议), or none."""
    found = _OPEN_PRICE.search(text)
    return found["open"] if found else ""
