"""What a need offers, in plain words: a sum, the time it gives, the day to answer by."""

from __future__ import annotations

import re
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from matcher.text.amounts import parse_duration, parse_money
from matcher.text.dates import DateError, parse_date, year_of
from matcher.text.numerals import han_numbers

_LONGEST_TERM = 600
# How far back a clause without commas is looked at.
_NEARBY = 24
# In 万元; less than a thousand yuan is the price of something.
_LEAST_SUM = 0.1
_NUMBER = r"(?:\d+(?:[.,]\d+)*|[零一二两三四五六七八九十百千]+)"
_SUM = (
    rf"{_NUMBER}\s*(?:来|多|余|几)?\s*(?:个)?(?:万|亿|w|W|千|百万|千万)?\s*(?:元|"
    rf"块)?(?:\s*(?:至|到|-|—|－|~|～)+\s*{_NUMBER})?"
    rf"\s*(?:来|多|余)?(?:个(?=[WwＷ万]))?(?:亿|千万|百万|万|w|W|千|元|块)(?:元|块钱?|人民币|RMB)?"
)
_MONEY = re.compile(
    rf"(?P<label>榜额|榜金|榜单金额|揭榜金额|悬赏|赏金|奖金|预算|经费|资金|费用|报酬|价格|"
    rf"合同额|投入|(?<!设备)(?<!累计)(?<!已)(?<!资产)投资|掏|愿意?出|愿意?拿|愿意?给|可以?出|"
    rf"能出|能拿|能给|准备出|准备拿|拿出|拿得出|拿|出价?|出资|给到?|支付|酬金|"
    rf"(?:[Bb]udget|RMB|CNY)|"
    rf"钱)(?P<between>[^\d。；;\n]{{0,14}}?)(?P<sum>{_SUM})(?!\s*[次个件台吨只套只米张人小])"
)
_BARE_MONEY = re.compile(
    rf"(?P<sum>{_SUM})(?!\s*[次个件台吨只套米张人小])(?=\s*(?:预算|经费|[开研]发费|左右|以内|"
    rf"的?(?:预算|"
    rf"经费|费用)|包干|吧|[,，。；;)）\s]|$))"
)
# 先付20万，成了再给130万，总共150万; and 人民币贰佰万元整.
_IN_ALL = re.compile(
    rf"(?:总共|一共|合计|总计|约合)(?P<between>[^\d。；;\n]{{0,4}})(?P<sum>{_SUM})"
)
_FORMAL_SUM = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰仟]{2,}(?=[万亿元])")
# A sum of one giver is not the reward, and another currency is not converted.
_PARTLY = re.compile(r"财政|自筹|配套|补助|美元|美金|欧元|\$")
_NOT_PAID = re.compile(
    r"[每一]吨[^,，]{0,6}费用|损失|浪费|产值|成本|单价|售价|每吨|销售|营收|利润|节约|节省|增收|"
    r"每年要|罚款|亏|赔|注册资本|进口.{0,6}(?:要|"
    r"价)|一[台套支只]"
)
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
_DATE = re.compile(
    r"(?:20\d\d\s*[年\-/.]\s*)?\d{1,2}\s*[月\-/.]\s*(?:\d{1,2}\s*[日号]?|底|末|中旬|上旬|下旬|"
    r"初)|20\d\d年\s*\d{1,2}月份?|"
    r"20\d\d年?(?:年底|底|末)|(?:今|明)年\s*(?:[\d一二三四五六七八九十]{1,3}月(?:\d{1,2}[日号]|"
    r"底|末|中旬|初|份)?|年?底|年末)|"
    r"[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号]|底|末)"
)
_UNTIL = re.compile(
    r"截止|截至|报名|揭榜|回复|提交|申报|反馈|报送|联系我|投递|[Bb]efore|[Dd]eadline|[Dd]ue|"
    r"[Uu]ntil|以前|之前|前|止|最晚|最迟|有效"
)
_SPAN = re.compile(
    rf"(?<![\d.])(?!(?:19|20)\d\d\s*年)(?:{_NUMBER}\s*年半|"
    rf"{_NUMBER}\s*年(?:零?{_NUMBER}个?月)?(?!\d)|{_NUMBER}\s*(?:个半?月|months?)|半年|"
    rf"{_NUMBER}\s*个季度|"
    rf"{_NUMBER}\s*(?:天|周))"
)
_BEFORE_TERM = re.compile(
    r"(?:[Tt]ime ?frame|[Dd]uration|"
    r"周期|工期|期限|期程|时限|实施期|为期|给|时间|希望|争取|要求|计划|最好|最多|"
    r"最长)[^,，。；;\n]{0,8}$|(?:^|[连共\s，,])(?:做|干|搞|合作|持续)$"
)
_AFTER_TERM = re.compile(
    r"^\s*(?:左右|上下)?(?:的时间|时间)?(?:之内|以内|内|里)?[^,，。；;\n]{0,6}?(?:做完|做出|做成|"
    r"做好|干完|"
    r"完成|交付|搞定|拿下|拿出|出样|验收|搞出|给结果|给出|见效|出效果|上线|投用|用上|结题|落地|"
    r"解决|弄完|弄好|弄出|内|周期|工期)"
)
# A clause of nothing but a span: 300-400万，两年; 项目期9个月; 时：10个月.
_ONLY_TERM = re.compile(
    r"\W*(?!.*(?:寿命|质保|保质|保修|续航|有效))[^:：，,]{0,8}(?:时|期|限|久|"
    r"多长)[^:：，,]{0,4}[:：]\s*"
    r"(?:20\d\d年.{4,16}[（(])?|"
    r"\W*(?:整体|整个|一共|总共|差不多|前后|共|大概|约|研发|项目|开发|合作|研究)*(?:周期|工期|"
    r"期限|时限|时间|时|期)?\s*[:：]?\s*|.*\s时\s*[:：]\s*"
)
_TERM_ENDS = re.compile(
    r"\s*(?:左右|以内|内|之内)?\s*(?:$|[，,。；;\n）)]|\s(?=[\u4e00-\u9fff])|before)"
)
_NOT_TERM = re.compile(
    r"(?:寿命|质保|保质|使用|连续|运行|就|才|每|成立|保修|存放|保存|不漏|已经|干了|做了|试了|"
    r"用了|延长|缩短|坏|至少用|不低于|≥|超过|更换|换)[^,，。；;\n]{0,6}$"
)
_OPEN_PRICE = re.compile(
    r"(?:价格|费用|经费|预算|报酬|金额|榜额|资金|钱)[^,，。；;\n]{0,4}?(?P<open>面议|面谈|详谈|"
    r"好商量|可谈|另议|待定|协商)"
)
_HAN_DATE = re.compile(
    r"(?:二[零〇][零〇一二三四五六七八九]{2}年)?[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号]"
)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Jan 10, 2027; 10 January 2027
_ENGLISH_DAY = re.compile(
    rf"\b(?:(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?|"
    rf"(?P<first>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?,?)"
    r"\s+(?P<year>20\d\d)\b", re.IGNORECASE,
)  # fmt: skip


# What was said before is put right; 不是80万是120万.
_PUT_RIGHT = re.compile(
    rf"更正|改成|改为|改到|延[至到]|(?:写|说|打|填)错了?|"
    rf"不是\s*{_NUMBER}[^\d，,。；;]{{0,4}}[,，]?\s*(?:而?是|应该?[为是])"
)
_VALUE_BEFORE = re.compile(r"\d[\d/.,]*\s*(?:个?[万亿元块年月日号天周Ww])*")
ValueT = TypeVar("ValueT")


class Offer(NamedTuple, Generic[ValueT]):
    """A value, and the words it was read from."""

    value: ValueT
    words: str


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


def put_right(text: str) -> str:
    """The sentences that correct what was said, the last first, without the values they take back.

    >>> put_right("资金80万。刚才写错了，不是80万是120万，工期不变。")
    '刚才写错了，120万，工期不变'
    """
    found = []
    for sentence in re.split(r"[。；;！!\n]", text):
        marks = list(_PUT_RIGHT.finditer(sentence))
        if marks:
            before = _VALUE_BEFORE.sub("", sentence[: marks[-1].start()])
            found.append(before + sentence[marks[-1].end() :])
    return "\n".join(reversed(found))


def bounty(text: str) -> Offer[float] | None:
    """The sum offered, in 万元; a total stands before its parts.

    >>> bounty("先付20万试点，成了再给130万，总共150万"), bounty("每年损失300万")
    (Offer(value=150.0, words='总共150万'), None)
    """
    text = _FORMAL_SUM.sub(lambda found: han_numbers(found[0]), text)
    for pattern in (_IN_ALL, _MONEY, _BARE_MONEY):
        for found in pattern.finditer(text):
            before = re.split(r"[。；;\n，,]", text[: found.start()])[-1][-_NEARBY:]
            said = before + found[0] + text[found.end() : found.end() + 2]
            if _NOT_PAID.search(before + found[0]):
                continue
            if pattern is not _IN_ALL and _PARTLY.search(said):
                continue
            plain = re.sub(r"[来个]|块钱?", "", found["sum"])
            money = parse_money(plain if re.search("[万亿元wW千]", plain) else f"{plain}元")
            if money is not None and money.high and money.high >= _LEAST_SUM:
                return Offer(money.high, _around(text, found))
    return None


def open_price(text: str) -> str:
    """The words that leave the price open (面议), or none."""
    found = _OPEN_PRICE.search(text)
    return found["open"] if found else ""


def deadline(text: str) -> Offer[date] | None:
    """The day until which one may answer; a day only 前 which it is done if there is no other."""
    text = _HAN_DATE.sub(lambda found: han_numbers(found[0]), text)
    text = _ENGLISH_DAY.sub(_in_numbers, text)
    year = year_of(text)
    for found in _DATE.finditer(text):
        around = re.split(r"[。；;\n]", text[: found.start()])[-1]
        around = around[-14:] if not around.isascii() else around[-30:]
        after = re.split(r"[。；;\n，,]", text[found.end() :])[0][:12]
        if not _UNTIL.search(around) and not re.match(r"\s*(?:之前|以前|前|止|截止)", after):
            continue
        try:
            return Offer(parse_date(found[0].replace(" ", ""), year), _around(text, found))
        except DateError:
            continue
    return None


def _in_numbers(found: re.Match[str]) -> str:
    month = _MONTHS.index((found["month"] or found["name"]).lower()) + 1
    return f"{found['year']}-{month:02}-{int(found['day'] or found['first']):02}"


def months_given(text: str) -> Offer[int] | None:
    """The time given for the work, in months.

    >>> months_given("300-400万，两年"), months_given("轴承寿命两年")
    (Offer(value=24, words='两年'), None)
    """
    for found in _SPAN.finditer(text):
        before = re.split(r"[，,。；;\n]", text[: found.start()])[-1]
        if _NOT_TERM.search(before):
            continue
        after = text[found.end() :]
        apart = before if before == before.rstrip() else ""
        alone = _ONLY_TERM.fullmatch(apart) and _TERM_ENDS.match(after)
        if _BEFORE_TERM.search(before) or _AFTER_TERM.match(after) or alone:
            span = re.sub(r"\s*months?", "个月", found[0].replace("个半月", ".5个月"))
            months = parse_duration(span)
            if months and months <= _LONGEST_TERM:
                return Offer(months, _around(text, found))
    return None


def _around(text: str, found: re.Match[str]) -> str:
    """The clause a match stands in."""
    before = re.split(r"[，,。；;\n]", text[: found.start()])[-1]
    after = re.split(r"[，,。；;\n]", text[found.end() :])[0]
    return f"{before}{found[0]}{after}".strip()


def is_offer(clause: str, bare: str) -> bool:
    """Whether a clause tells a sum, a term or a day; ``bare`` is it without what leads it in."""
    if _MONEY.search(clause) or _BARE_MONEY.fullmatch(bare) or _DATE.match(bare):
        return True
    return bool(_SPAN.match(bare) and _AFTER_TERM.match(_SPAN.sub("", bare, count=1)))
