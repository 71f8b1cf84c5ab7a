"""A need told in plain words (a chat, a mail, a ramble, a row of a table): what it says of itself.

The words for the title, the organisation, the money, the deadline and the term are found wherever
they stand; nothing is taken out of the text but greetings and marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from matcher.contacts import part_contacts
from matcher.records import Indicator
from matcher.text.envelope import unwrapped
from matcher.text.indicators import parse_indicators
from matcher.text.notation import plain_signs
from matcher.text.offers import bounty, deadline, is_offer, months_given, open_price

_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: "."}
_FULL_DIGIT = re.compile("[０-９]")
_FULL_COMMA = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
# 拟投入经费（万元）：180
_UNIT_IN_LABEL = re.compile(r"[(（](万元|个?月)[)）]\s*[:：]\s*([\d.,]+)(?=\s|$)")
_PAUSE = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_MOST_PAUSES = 4
_KEYCAP = re.compile(r"(\d)\ufe0f?\u20e3")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u2700-\u2712\u2715-\u27bf\u2b00-\u2bff\ufe0f\u200d\u20e3]+"
)
_TAG = re.compile(
    r"^\s*(?:[\[【(（<]\s*(?:转发?|代发|群?转|求转发?|扩散|急+|紧急|加急|求助|求购|需求|"
    r"技术需求|企业需求|回复|"
    r"[^\]】)）]{0,4}(?:求助|需求|发布|悬赏|难题|攻关|征集|揭榜)|外部|图片|语音|语音转文字|链接|文件|fwd?|re|转自[^\]】)）]{0,12})\s*[\]】)）>]|"
    r"(?:转发|回复|答复|[Ff][Ww][Dd]?|FW|[Rr][Ee])\s*[:：]|"
    r"(?:(?:20)?\d\d[-/.]\d\d?[-/.]\d\d?\s*)?\d{1,2}:\d\d(?::\d\d)?\s+|[>＞#*·•]+|"
    r"(?:[Ss]ubject|主题|标题|需求名称|需求题目|题目|项目|需求|诉求|(?:技术)?难题|名称|"
    r"榜单[一二三四五六七八九十\d]+)\s*(?:[:：]|——)|"
    r"急+[!！]+|(?:谁家?|哪位|哪家|有没有谁)能(?:解决|做|搞定)[^:：]{0,4}[:：])\s*"
)
_GREETING = re.compile(
    r"^(?:(?:那个|喂|嗯|哎|呃|额|就是|这个|啊)+[,，、。 ]*|"
    r"(?:尊敬的|各位|亲爱的)?[^,，。:：!！\s]{0,14}?(?:老师|专家|大佬|大神|伙伴|同学|领导|同仁|"
    r"朋友|先生|女士|教授|"
    r"同志|团队|大家|"
    r"主任|处长|院长|博士|群友|您|你)们?(?:您|你|们|大家)*(?:好|上午好|下午好|早上好|"
    r"晚上好)?[!！,，:：。~～\s]+|"
    r"(?:您|你|大家|早上|上午|下午|晚上)好[!！,，:：。~～啊呀\s]*|"
    r"(?:[Dd]ear|[Hh]i|[Hh]ello)\b[^,，:：]{0,20}[,，:：]\s*|"
    r"(?:在吗|在不在|在么)[,，。?？ ]*|"
    r"(?:打扰|麻烦|冒昧打扰|不好意思)[^,，。!！]{0,8}[,，。!！~～\s]+|"
    r"(?:有个事|有件事|事情是这样|情况是这样)[^,，。]{0,8}[,，。:：\s]+)"
)
_BULLET = re.compile(
    r"^\s*(?:[(（]?\d{1,2}[)）、.．:：](?!\d)|[①-⑳]|[-*•·▪●◆]\s*|"
    r"[一二三四五六七八九十]{1,2}[、.]|第[一二三四五六]个?[,，、是:：])\s*"
)
_SEEKING = re.compile(
    r"[,，\s]*(?:(?:急|诚|现|特|高薪|重金)?(?:找|寻|求|征|聘|招|寻求|征集|诚邀|邀请|"
    r"寻找)(?:高校|科研|专业|技术|靠谱|合作|攻关|有能力的?)*"
    r"(?:团队|专家|老师|合作|伙伴|方案|单位|高人|大神|院校|揭榜)(?:合作|揭榜|支持|对接)?|"
    r"在线等|求助|求解决|急+)[!！~～。\s]*$"
)
_LEAD_IN = re.compile(
    r"^(?:我(?:是|们是)[^,，。]{2,30}?的?[^,，。]{0,6}[,，。]\s*|"
    r"(?:现|特|兹|拟|目前)?(?:在)?(?:征集|寻求|求购|求解|求助|急寻|诚征|求|寻找|急需|急求|需要|想要|"
    r"想找人?|想|希望|委托|有没有人?|谁能)"
    r"(?:一家|一个|个|一种|能)?(?:做|搞|研发|开发|解决|攻克|帮忙|有关|关于)?(?:一种|一个|一下)?|"
    r"[Ll]ooking for (?:an? )?partners?\s*(?:to|for|on)?(?:做|搞)?\s*|"
    r"关于|厂里的?|(?:我们?|俺们?|咱们?|他们|本)(?:厂|公司|司|单位|企业|车间|这边|这里|这|家)?里?的?"
    r"(?:现在|目前|最近|这几年|一直)?(?:有(?:一?个|一?条|一?台|一?批))?|(?:现在|目前|"
    r"最近)(?:遇到|有)?)+"
)
_TITLE_END = re.compile(r"(?:的)?(?:技术|合作)?(?:需求|咨询|求助|问题求助|揭榜|合作)$")
_NO_TITLE = re.compile(
    r"^(?:[^，。]{0,20}(?:征\s*集|需\s*求|登\s*记|申\s*报|采\s*集|信\s*息)\s*表\s*$|语音转文字|会议记录|需求发布|企业技术需求|单位|公司|编号|领域|谢谢|多谢|收到|在线等|要求如下|要求|如下|指标|附件|此致|敬礼|发件人|收件人|抄送|日期|"
    r"时间|发送时间)"
)
_CLAUSE = re.compile(r"[。！!？?；;，,：:\n]")
_SMALL_TALK = re.compile(
    r"帮朋友|问[个件]事|问一下|所有人|最晚|最迟|下个月|月底|给方案|聊了一下|转发|扩散|展会|聊过|在吗|群里|的吗$|帮我|看看|昨天|走访|请描述|请填写|上次|请教|帮转|转一下|转自|协助对接|发到|发一下|登记|说一下|整理一下|[Pp]lease|"
    r"征集令|榜单（|语音转文字|会议记录|需求发布|大佬|大神|打扰|冒昧|您好|你好|大家好|介绍的|认识|麻烦|辛苦|感谢|谢谢|"
    r"收到"
)
_TELLING = re.compile(
    r"求|需要|急|寻|找|想|研发|开发|攻关|解决|改进|方案|技术|系统|问题|难题|配方|办法|老是|"
    r"总是|经常|"
    r"漏|裂|堵|断|坏|磨损|不稳|不准|不行|超标|失效|检测不|做不|太[高低大小慢快]|严重|困难|厉害|"
    r"气孔|(?:特别快|不够)$"
)
_SHORTEST_TITLE, _LONGEST_TITLE = 3, 40
_LOOKED_AT = 8

_ORG_END = (
    r"(?:(?:集团|股份|科技|责任)*有限(?:责任)?公司|集团公司|股份公司|总公司|集团|合作社|研究院|"
    r"研究所|设计院|"
    r"大学|医院|(?:[机电钢水铸锻药铁铝纸糖酒印纺化轮热件泵阀车船材料具器料业械瓷门璃灯锁缆线管砖染革毯鞋服镜齿链簧焊模]|化工|电子|"
    r"水泥)厂|分公司|公司)"
)
_ORGANISATION = re.compile(
    rf"[\u4e00-\u9fffA-Za-z0-9（）()·]{{2,28}}?{_ORG_END}(?:[^\u4e00-\u9fff]|$|的|这|，|在|做|"
    rf"走|调|反|提|是|想|有|目前|现|需|急|联|技|研|设|生|主|总|地|求|寻|征|拟|诚|因|为)"
)
_BEFORE_ORG = re.compile(
    r"^.*?(?:我们?(?:这边)?(?:是|叫|在)?(?![厂公司])|我司[（(]?|这里是|这边是|来自|单位(?:是|"
    r"叫|为)?|公司(?:叫|名称?是?)|受|代表|本人在|就职于|供职于|"
    r"[（(](?=[^）)]*$)|(?:[今昨]天|上周|我们?)(?:去|到|走访|拜访)|(?:帮|替|代)|落款|需求方(?:是|为)?|甲方(?:是|为)?|(?<=[\u4e00-\u9fff])(?:老师|专家)好|"
    r"联系|[,，。:：])+"
)
_GENERIC = re.compile(
    r"^(?:(?:我|我们|俺|咱|本|贵|该|某|一家|有家|国内|国外|进口|别的|其他|外地|老|这家?|那家?|"
    r"几家|两家|"
    r"小|大|全|分|总|子|母|各|哪家)*)(?:集团|公司|厂|企业|医院|大学|研究所|研究院|电厂|药厂)+$|"
    r"大学生|高校"
)
_TARGETS = ("≥", "≤", ">", "<", "区间")
# What is so today, and not what is to be.
_AS_IT_IS = re.compile(
    r"老是|总是|经常|跑偏|达不到|不到(?!位)|不足|不及|目前|现在|现有|现用|以前|只有|每年(?!.*[≥≤不])|厚度\S+以上的|年产"
)
_TODAY = re.compile(r"目前|现有|现用|现行|以往|现在|现阶段|当前|如今|眼下|最近|近期")
_EXCEEDS = re.compile(
    r"(?<![不能])超过|超出|高达|多达|长达|(?<!不)达到?(?![^,，]*以[上下内])|大于|高于|"
    r"上升|增加|提高|升高"
)
_ASKED = re.compile(
    r"希望|要求|要(?=[把将达降])|需[要求]?(?=[把将达降\d])|应|须|想|力争|争取|确保|保证|目标|降[到至低]|控制|"
    r"以内|[≥≤<±]|不[得能应可允]|(?<!达)不到(?!位)|实现"
)
# What nobody asks to have more of; 缺陷检出率 ends otherwise.
_DEFECT = re.compile(
    r"(?:缺陷|废品|次品|不良品?|不合格品?|故障|返修|返工|返品|退货|投诉|瓢曲|翘曲|浪形|边裂|开裂|裂纹|断[裂带丝线]|"
    r"[泄渗]?漏|脱落|剥落|报废|失效|停机|超差|堵塞|夹杂|气孔|偏析|磨损|结垢|变形|波动|误[报判检]|漏[报检])"
    r"(?:[率量数度]|次数|比例|时间|面积|长度|深度)?[高多长]?$"
)
_OWN_UNITS = re.compile(r"^(?:万?元|亿元|个?月|年|号|日|点|人|位|楼|页|级别)$")
_ASIDE = re.compile(
    r"编号|序号|预算|经费|榜额|费用|工期|期限|截止|报名|揭榜|交付|微信|电话|悬赏|出价|愿意出|投入|"
    r"报酬|完成时|年产|产能"
)
_DEMANDED = re.compile("要求(?![^,，]{0,6}[在于])")
# 处理一吨水的费用: what a piece costs is a target.
_UNIT_COST = re.compile("[每一][吨台件个亩套片米方][^,，]{0,6}费用")
_PAYS = re.compile(r"(?:能|可以?|愿意?|准备)?(?:给|出|拿|掏)(?:到|个)?")
_NEEDING = re.compile(
    r"需要|想|求|急|寻|找|难题|解决|攻关|攻克|要求|希望|委托|谁能|有没有|改进|研发|开发|指标|"
    r"老是|总是|漏|裂|坏|不行|过不了|做不"
)
_OFFICIAL = re.compile(
    r"通知|公告|公示|特此|印发|申报指南|各(?:市|县|区|有关|相关|高校|单位|部门|盟|州|地)|"
    r"征集.{0,12}(?:需求|榜单|难题)的|"
    r"管理办法|实施细则|新闻|讯[)）]|记者|主办单位|版权所有|附件\s*\d"
)
_LONGEST_NEED, _MOST_LINES = 4_000, 80


class Need(NamedTuple):
    """What a text says of itself; empty or None where it says nothing.

    ``bounty`` is in 万元, ``months`` the term, ``words`` what each of them and ``deadline`` was
    read from; ``targets`` are the lines that only set targets and ``told`` all others, in the
    order of the text.
    """

    title: str
    organisation: str
    bounty: float | None
    open_price: str
    deadline: date | None
    months: int | None
    indicators: tuple[Indicator, ...]
    targets: tuple[str, ...]
    told: tuple[str, ...]
    words: Mapping[str, str] = MappingProxyType({})


def is_need(text: str) -> bool:
    """Whether a text without a form is somebody's need, and not a notice or a page.

    >>> is_need("急找团队，柱塞泵密封圈两个月就漏，压力不能低于15MPa")
    True
    >>> is_need("关于征集技术需求的通知\\n各有关单位：请于3月底前报送。")
    False
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(text) > _LONGEST_NEED or len(lines) > _MOST_LINES or _OFFICIAL.search(text):
        return False
    if not _NEEDING.search(text):
        return False
    need = read_need(text)
    stated = (need.indicators, need.organisation, need.bounty, need.deadline, need.months)
    return bool(need.title) and any(value for value in stated)


def read_need(text: str) -> Need:
    """What a text says of itself.

    >>> need = read_need("[转发] 各位老师好，求轴承润滑方案\\n预算200万，两年内完成。")
    >>> need.title, need.bounty, need.months
    ('轴承润滑方案', 200.0, 24)
    """
    lines = [line for raw in unwrapped(text).splitlines() if (line := _plain(raw))]
    whole = "\n".join(lines)
    bare = "\n".join(_in_plain_digits(part_contacts(line).rest) for line in lines)
    targets, told = _divided(lines)
    offers: dict[str, Any] = {
        "bounty": bounty(bare),
        "deadline": deadline(bare),
        "months": months_given(bare),
    }
    values = {name: found.value if found else None for name, found in offers.items()}
    return Need(
        title=_title(lines), organisation=_organisation(lines), open_price=open_price(bare),
        indicators=tuple(_indicators(whole, lines)), targets=targets, told=told,
        words={name: found.words for name, found in offers.items() if found}, **values,
    )  # fmt: skip


def _in_plain_digits(line: str) -> str:
    """１，２００万元 as 1,200万元: what a form in full width gives."""
    if _FULL_DIGIT.search(line):
        line = _FULL_COMMA.sub(",", line.translate(_DIGITS))
    return _UNIT_IN_LABEL.sub(r"：\2\1", line)


def _plain(line: str) -> str:
    """A line without emoji; a keycap is a number in front of an item.

    Where a line was dictated, pauses are spaces and there are no commas.
    """
    text = _EMOJI.sub("", _KEYCAP.sub(r"\1、", line)).strip()
    pauses = _PAUSE.findall(text)
    return _PAUSE.sub("，", text) if len(pauses) > _MOST_PAUSES and "，" not in text else text


def _divided(lines: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The items of a list that set targets, and everything else."""
    targets = [
        line for line in lines if _BULLET.match(line) and any(_of_item(_BULLET.sub("", line)))
    ]
    return tuple(_BULLET.sub("", line) for line in targets), tuple(
        line for line in lines if line not in targets
    )


def item_of(line: str) -> str:
    """What an item of a list says, without its number."""
    return _BULLET.sub("", _plain(line))


def _of_item(text: str) -> Iterator[Indicator]:
    """The targets of an item of a list; there a bare value is one, too."""
    if not _ASIDE.search(text):
        rest = part_contacts(text).rest
        yield from (i for i in parse_indicators(rest) if i.value is not None and _is_target(i))


def _is_target(indicator: Indicator) -> bool:
    return not _OWN_UNITS.match(indicator.unit) or bool(
        re.search(
            "寿命|保质|货架|成本|[售单]价|(?:更换|清洗|维护|检修|换)(?:周期|间隔)", indicator.name
        )
    )


def _indicators(whole: str, lines: list[str]) -> Iterator[Indicator]:
    for line in lines:
        if _BULLET.match(line):
            yield from _of_item(_BULLET.sub("", line))
            continue
        for clause in re.split(r"[。；;！!？?\n]", part_contacts(line).rest):
            for found in parse_indicators(clause):
                if _surely_asked(found) and not _is_the_fault(found, clause):
                    yield found


def _surely_asked(found: Indicator) -> bool:
    """Whether what is said in passing is a target, and not of the money or the term."""
    sure = found.operator in _TARGETS or found.change is not None or "±" in found.text
    sure = sure or _DEMANDED.match(found.text) is not None
    named = bool(found.name or found.condition)
    parts = [part for part in re.split("[,，]", found.text) if found.name and found.name in part]
    said = parts[-1] if parts else found.text
    aside = (
        _PAYS.fullmatch(found.name)
        or (_ASIDE.search(said) and not _UNIT_COST.search(said))
        or _ASIDE.search(found.name)
        or _AS_IT_IS.search(said)
    )
    return found.value is not None and sure and named and not aside and _is_target(found)


def _is_the_fault(found: Indicator, sentence: str) -> bool:
    """Whether it tells how bad things are: a defect exceeds a value, or anything does today."""
    told = re.split("[,，]", found.text)[-1]
    before = plain_signs(sentence).rpartition(told)[0]
    if not _EXCEEDS.search(told) or _ASKED.search(told):
        return False
    if _DEFECT.search(found.name) and found.change not in ("decrease_by", "decrease_to"):
        return not _ASKED.search(before)
    today = list(_TODAY.finditer(before))
    return bool(today) and not _ASKED.search(before[today[-1].end() :])


def _title(lines: list[str]) -> str:
    """The first line that is a heading, else of the first clauses the one that tells a need."""
    clauses: list[str] = []
    for line in lines[:_LOOKED_AT]:
        text = part_contacts(_without_marks(_BULLET.sub("", line))).rest
        if not text or _NO_TITLE.match(text) or _is_organisation(text):
            continue
        parts = [part for part in _CLAUSE.split(text) if _may_name(part)]
        long = [part for part in _CLAUSE.split(text) if len(part.strip()) >= _SHORTEST_TITLE]
        if len(long) == 1 and parts and not clauses:
            return _named(parts[0])[:_LONGEST_TITLE]
        clauses += parts
    told = (clause for clause in clauses if _TELLING.search(clause))
    best = next(told, clauses[0] if clauses else "")
    return _named(best)[:_LONGEST_TITLE]


def _may_name(clause: str) -> bool:
    """Whether a clause may be a title: not who writes, what is paid or when, nor small talk."""
    plain = _named(clause)
    if len(plain) < _SHORTEST_TITLE or _is_organisation(plain) or _says_who(clause):
        return False
    if _SMALL_TALK.search(clause) or is_offer(clause, plain):
        return False
    return not any(_surely_asked(found) for found in parse_indicators(clause))


def _without_marks(line: str) -> str:
    before = None
    text = line
    while before != text:
        before = text
        text = _GREETING.sub("", _TAG.sub("", text)).strip(" “”")
    framed = re.fullmatch(r"[【《\[](.{4,40})[】》\]]", text)
    return framed[1] if framed else text


def _named(clause: str) -> str:
    text = _SEEKING.sub("", clause.strip(' 【】《》[]“”"~～\t'))
    text = _WHOSE.sub("", text)
    text = _LEAD_IN.sub("", _FILLER.sub("", text))
    shorter = _TITLE_END.sub("", text)
    return (shorter if len(shorter) >= 4 else text).strip(" 、的了")


_FILLER = re.compile(r"^(?:就是|那个|这个|然后|还有|另外|现在|目前)+")
# Whose need it is, before what is needed.
_WHOSE = re.compile(
    rf"^[^,，。]{{2,28}}?{_ORG_END}\s*(?=求|寻|急|想|需|征|的|拟|诚)(?:的(?=.{{4}}))?"
)


def _says_who(clause: str) -> bool:
    return bool(re.match(r"\s*(?:我是|我们是|这里是|这边是|来自|我叫|我姓|本人)", clause))


def _is_organisation(text: str) -> bool:
    return len(text) <= 30 and re.search(rf"{_ORG_END}$", text.strip()) is not None


def _organisation(lines: list[str]) -> str:
    """The fullest name of an organisation that is not one of many (我们公司)."""
    found: list[str] = []
    for line in lines:
        text = _without_marks(line)
        for match in _ORGANISATION.finditer(text):
            name = re.sub(rf"({_ORG_END}).{{0,2}}$", r"\1", match[0].strip())
            name = re.sub(r"^.*[（(](?=[^）)]*$)", "", _BEFORE_ORG.sub("", name))
            name = name.strip("，,。、 的在（(")
            if len(name) >= 4 and not _GENERIC.search(name):
                found.append(name)
    formal = [name for name in found if name.endswith(("有限公司", "责任公司", "集团"))]
    return next(iter(formal or found), "")
