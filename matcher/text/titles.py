"""The title of a need told in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from matcher.contacts import part_contacts
from matcher.text.asked import BULLET, surely_asked
from matcher.text.demander import ORG_END, is_organisation
from matcher.text.envelope import without_marks
from matcher.text.indicators import parse_indicators
from matcher.text.offers import is_offer

_SEEKING = re.compile(
    r"[,，\s]*(?:(?:急|诚|现|特|高薪|重金)?(?:找|寻|求|征|聘|招|寻求|征集|诚邀|邀请|"
    r"寻找)(?:高校|科研|专业|技术|靠谱|合作|攻关|有能力的?)*"
    r"(?:团队|专家|老师|合作|伙伴|方案|单位|高人|大神|院校|揭榜)(?:合作|揭榜|支持|对接)?|"
    r"在线等|求助|求解决|急+)[!！~～。\s]*$"
)
_LEAD_IN = re.compile(
    r"^(?:我(?:是|们是)[^,，。]{2,30}?的?[^,，。]{0,6}[,，。]\s*|"
    r"(?:现|特|兹|拟|目前)?(?:在)?(?:征集|寻求|求购|求解|求助|急寻|诚征|求|寻找|急需|急求|需要|"
    r"想要|"
    r"想找人?|想|希望|委托|有没有人?|谁能)"
    r"(?:一家|一个|个|一种|能)?(?:做|搞|研发|开发|解决|攻克|帮忙|有关|关于)?(?:一种|一个|一下)?|"
    r"[Ll]ooking for (?:an? )?partners?\s*(?:to|for|on)?(?:做|搞)?\s*|"
    r"关于|厂里的?|(?:我们?|俺们?|咱们?|他们|本)(?:厂|公司|司|单位|企业|车间|这边|这里|这|"
    r"家)?里?的?"
    r"(?:现在|目前|最近|这几年|一直)?(?:有(?:一?个|一?条|一?台|一?批))?|(?:现在|目前|"
    r"最近)(?:遇到|有)?)+"
)
_SAYS = re.compile(r"[\u4e00-\u9fff]{2}.*[\u4e00-\u9fff]|[A-Za-z]{3}")
_ASKS = re.compile(
    r"什么|哪些|怎[样么]|多少|高手|去找人|抬头|\d楼|免谈|没法|[\d%]做不到|[吗呢呗咯啦]$"
)
_WANTED_END = re.compile(
    r"(?:机|墙|膜|剂|[涂饲面原]料|液|仪|器|炉|塔|漆|胶|布|粉|油|蛋白|制程|办法|模型|算法|小?程序|[包餐饭]装?盒)$"
)
_TITLE_END = re.compile(
    r"(?:(?:的)?(?:技术|合作)?(?:需求|咨询|求助|问题求助|揭榜|合作)|的(?:请示|函|通知|公告|启事|"
    r"情况))$"
)
_NO_TITLE = re.compile(
    r"^(?:[^，。]{0,20}(?:征\s*集|需\s*求|登\s*记|申\s*报|采\s*集|信\s*息)\s*表\s*$|语音转文字|"
    r"会议记录|需求发布|企业技术需求|单位|公司|编号|领域|谢谢|多谢|收到|在线等|要求如下|要求|如下|"
    r"指标|附件|此致|敬礼|发件人|收件人|抄送|日期|"
    r"时间|发送时间|首页\s*[|｜>]|您?当前的?位置|字号|浏览次数|发布时间|上一篇|下一篇|相关推荐|"
    r"版权所有|"
    r"(?:在线)?客服|传\s*真\s*$|[^，。]{2,24}文件\s*$|[^，。]{0,6}(?:会议纪要|走访记录|"
    r"电话[记纪][要录]|来访登记)|"
    r"参会|导出人|敬[启啓]者|[技经]术?[纪经][^，。]{0,6}代发|[自致]\s*[:：]|第\s*\d+\s*页)"
)
_CLAUSE = re.compile(r"[。！!？?；;，,：:\n]")
_SMALL_TALK = re.compile(
    r"帮朋友|问[个件]事|问一下|所有人|最晚|最迟|下个月|月底|给方案|聊了一下|转发|扩散|展会|聊过|"
    r"在吗|群里|的吗$|帮我|看看|昨天|走访|请描述|请填写|上次|请教|帮转|转一下|转自|协助对接|发到|"
    r"发一下|登记|说一下|整理一下|[Pp]lease|"
    r"征集令|榜单（|语音转文字|会议记录|需求发布|大佬|大神|打扰|冒昧|您好|你好|大家好|介绍的|认识|"
    r"麻烦|辛苦|感谢|谢谢|"
    r"收到"
)
_TELLING = re.compile(
    r"求|需要|急|寻|找|想|研发|开发|攻关|解决|改进|方案|技术|系统|问题|难题|配方|办法|老是|"
    r"总是|经常|"
    r"漏|裂|堵|断|坏|磨损|不稳|不准|不行|超标|失效|检测不|做不|太[高低大小慢快]|严重|困难|厉害|"
    r"气孔|(?:特别快|不够)$"
)
_SHORTEST_TITLE, _LONGEST_TITLE = 3, 40
# What stands before a colon, where a title stands behind it; the second says it less surely.
_LABEL = re.compile(r"\s*(?P<label>[^:：，,。；;!！]{1,26}?)\s*(?:[:：]|——)\s*(?P<said>\S.*)")
_SURE_LABEL = re.compile(
    r"(?:(?:需求|难题|课题|项目|攻关|技术|榜单|任务|揭榜)的?(?:名称?|题目|标题|主题)|题目|课题|"
    r"项目|标题|名称|"
    r"(?:技术|企业)?难题)$"
)
_LIKELY_LABEL = re.compile(
    r"(?:需求|诉求|卡点|痛点|瓶颈|难处|难点|困难|主题|[Ss]ubject|东西)(?:一?[是有](?:什么|哪些|"
    r"啥)?)?[?？]?$|"
    r"^[-—\s]*(?:要|想要|要的|要技术|求)$|议题[一二三四五\d]*$|(?:拿出来|公开|可以)揭榜$|"
    r"(?:要|想|需|能不能|能否|可否)(?:要|请|找)?[^:：]{0,6}(?:做|解决|攻[克关]|研[发制究]|开发|搞|"
    r"联合)"
    r"(?:的)?(?:就?是|问题|事|技术|一下)*$"
)
_OTHER_LABEL = re.compile(
    r"(?<!贵)(?:单位|企业(?!难题)|公司)|编号|来源|联系|指标|背景|(?<!请)描述|简述|内容|领域|行业|"
    r"类[型别]|级别|周期|日期|时间|金额|"
    r"预算|代表|证|方$|条件|现状"
)
_SAYS_NOTHING = re.compile(
    r"(?:(?:揭榜挂帅|揭榜|挂帅|需求|终版|定稿|初稿|最新|修改|改|版本?|附件|技术|合作|转发|回复|"
    r"答复|求助|咨询|难题|"
    r"企业|项目|表|[Ff][Ww][Dd]?|[Rr][Ee])|[-—_\s\d.:：()（）])*"
)
# How a title ends: a thing or a job of engineers.
_HEAD = re.compile(
    r"(?:技术|工艺|系统|装[置备]|设备|材料|涂[料层]|催化剂|芯片|传感器|方法|控制|检测|监测|制备|"
    r"研制|研[发究]|开发|"
    r"选育|处理|回收|利用|再生|改造|优化|软件|平台|机器人|机械手|模组|组件|配方|制剂|品种|抑制|"
    r"预警|识别|诊断|预报|"
    r"加工|成[型形]|焊接|染色|分离|提[纯取]|净化|降解|防护|密封|润滑|治理|资源化|国产化|攻关|提升|"
    r"应用|设计|仿真|"
    r"调控|调度|导航|定位|轴承|电池|刀具|模具|合金|薄膜|纤维|树脂|阀门?|泵|电机|提锂|减薄|刹车片|"
    r"强化|修复|降噪|"
    r"减振|脱[硫硝氟水除]|除[尘臭垢]|保鲜|育种|养殖|发酵|筛选|合成|评价|预测|规划|管理|自动化|"
    r"装配|清洗|输送|储存)$"
)
_WANTED = re.compile(
    r"(?:想|要|拟|关于|打算|准备|希望|需要?|寻求|征集|委托|急需|有意|计划|谁家?|哪[家位]|"
    r"有没有人?|有谁|能否|可否)"
    r"[^,，。:：]{0,12}?"
    r"(?:联合)?(?:帮?做|搞|弄|研[发制究]|开发|攻[关克]|解决|引进|定制|外协|合作|(?<=拟)征集|"
    r"(?<=对外)征集|(?<=公开)征集)"
    r"(?:成|出|好)?\s*"
    r"(?:一[个种套款批条台项]|个|种|一下|那个|"
    r"这个)?\s*(?P<what>[^,，。；;:：!！?？\s]{5,40}?)[啊呢吧吗嘛]?$"
)
_SOUGHT = re.compile(
    r"(?:(?<![需要])求[:：]?|急需|还缺|想要|需要|还要|征集)(?:一[个种套款批条台项]|个|种)?"
    r"(?P<what>[^,，。；;:：!！?？\s]{5,30}?)[啊呢吧吗嘛]?$"
)
# 活性染料低温染色，这个一直做不好; 矿井突水预警这一块.
_TAKEN_UP = re.compile(r"^\s*这(?:个|块|一块|方面|事|件事|项|一直)")
_OURS = re.compile(r"(?:现在)?(?:我们|我司|我厂|厂里|车间里?|公司)的?(?=.{4})(?!主要)")
_COMPLAINT = re.compile(
    r"老是|老出|总是|经常|一直|容易|上不去|下不来|不下来|不上去|做不|不稳|开裂|严重|不够|达不到|"
    r"太[高低大小慢快]"
)
_TOPIC_END = re.compile(r"(?:这[一个]?[块事个件方面]*|方面|的(?:问题|事情?)|这边)$")
_QUOTED = re.compile(
    r"(?:关于|征集|委托|需求|揭榜|发布|开展)[^“《\"]{0,10}[“《\"](?P<said>[^”》\"]{5,40})[”》\"]"
)
_OF_PERSONS = re.compile(r"我们|[您你贵]|老[师板]|[吗呢啊吧]$|的话|帮忙|两?[件个]事")
_TOP_LINES = 8
_SHORTEST_NAME = 6


class _Candidate(NamedTuple):
    score: float
    title: str


def title_of(lines: list[str]) -> str:
    """What a label, a heading, a wish or the first complaint names, in this order of trust.

    >>> title_of(["我们是示例泵业有限公司的，轴承老是抱死", "想找个团队一起做熔盐泵轴承材料"])
    '熔盐泵轴承材料'
    >>> title_of(["张局您好", "要做的东西：无铜陶瓷刹车片", "铜含量<0.5%"])
    '无铜陶瓷刹车片'
    """
    labelled = max((_labelled(line) for line in lines), key=lambda one: one.score, default=_NOTHING)
    if labelled.title:
        return labelled.title[:_LONGEST_TITLE]
    found: list[_Candidate] = []
    announced = False
    for place, line in enumerate(lines):
        more = list(_of_line(line, place, headed=not found))
        if announced and more:
            more[0] = more[0]._replace(score=_ANNOUNCED)
        found += more
        announced = _ANNOUNCING.search(line) is not None
    best = max(found, key=lambda one: one.score, default=_NOTHING)
    return best.title[:_LONGEST_TITLE]


_NOTHING = _Candidate(0.0, "")
# 代为征集：the line below is what it announces.
_ANNOUNCING = re.compile(r"(?:征集|(?:需求|难题|课题)(?:如下)?)\s*[:：]\s*$")
_ANNOUNCED = 7.0


def _labelled(line: str) -> _Candidate:
    """What stands behind a label that announces a title."""
    told = _LABEL.match(BULLET.sub("", line))
    if told is None or _OTHER_LABEL.search(told["label"]):
        return _NOTHING
    sure = _SURE_LABEL.search(told["label"]) is not None
    if not sure and not _LIKELY_LABEL.search(told["label"]):
        return _NOTHING
    text = part_contacts(without_marks(told["said"])).rest
    first = next((part for part in _CLAUSE.split(text) if _may_name(part)), "")
    named = _TOPIC_END.sub("", _named(first))
    if _SAYS_NOTHING.fullmatch(named):
        return _NOTHING
    return _Candidate(2.0 if sure else 1.0, named)


def _of_line(line: str, place: int, *, headed: bool) -> Iterator[_Candidate]:
    """The clauses of a line that may be a title, and how much speaks for each."""
    item = BULLET.match(line) is not None
    text = part_contacts(without_marks(BULLET.sub("", line))).rest
    if not text or _NO_TITLE.match(text) or is_organisation(text):
        return
    if quoted := _QUOTED.search(text):
        yield _Candidate(9.0, quoted["said"])
    other = (label := _LABEL.match(text)) is not None and _OTHER_LABEL.search(label["label"])
    clauses = _CLAUSE.split(text)
    alone = sum(len(part.strip()) >= _SHORTEST_TITLE for part in clauses) == 1
    for at, clause in enumerate(clauses):
        if not _may_name(clause):
            continue
        named = _named(clause)
        wanted = _WANTED.search(clause)
        if wanted and _is_thing(named_so := _wanted_name(wanted)):
            yield _Candidate(8.0 - place / 100, named_so)
            continue
        ends = _HEAD.search(named) is not None and len(named) >= _SHORTEST_NAME
        after = clauses[at + 1] if at + 1 < len(clauses) else ""
        ours = _OURS.match(clause) is not None and _COMPLAINT.search(clause) is None
        taken_up = _TAKEN_UP.match(after) or (ours and _COMPLAINT.search(after))
        score = 5.0 * (alone and headed and place < _TOP_LINES) + 3.0 * (alone or item) * ends
        score += 2.0 * (_TELLING.search(clause) is not None) + 2.0 * ends + 4.0 * bool(taken_up)
        score -= 4.0 * (_OF_PERSONS.search(named) is not None) + 4.0 * bool(other)
        score -= 1.0 * (place >= _TOP_LINES) + (place + at / 10) / 100
        yield _Candidate(score + 1.0, _TOPIC_END.sub("", named))


def wanted_in(clause: str) -> str:
    """The thing a clause wants made, by its name; "" where it names none.

    >>> wanted_in("另外还想开发一套镀锌板表面缺陷检测系统"), wanted_in("检出率做到98%")
    ('镀锌板表面缺陷检测系统', '')
    """
    wanted = _WANTED.search(clause) or _SOUGHT.search(clause)
    named = _wanted_name(wanted) if wanted else ""
    return named if _is_thing(named) and len(named) >= _SHORTEST_NAME else ""


def _wanted_name(wanted: re.Match[str]) -> str:
    """What is wanted, without a bracket that goes on behind it."""
    what = wanted["what"]
    opened = re.search(r"[（(][^）)]*$", what)
    return _named(what[: opened.start()] if opened else what)


def _is_thing(named: str) -> bool:
    """Whether what somebody wants made is a thing: by its end, which any clause may have."""
    return _HEAD.search(named) is not None or _WANTED_END.search(named) is not None


def _may_name(clause: str) -> bool:
    """Whether a clause may be a title: not who writes, what is paid or when, nor small talk."""
    plain = _named(clause)
    if not _SAYS.search(plain) or _ASKS.search(clause):
        return False
    if len(plain) < _SHORTEST_TITLE or is_organisation(plain) or _says_who(clause):
        return False
    if _SMALL_TALK.search(clause) or is_offer(clause, plain):
        return False
    return not any(surely_asked(found) for found in parse_indicators(clause))


def _named(clause: str) -> str:
    text = _SEEKING.sub("", clause.strip(' 【】《》[]“”"~～\t'))
    text = _WHOSE.sub("", text)
    text = _LEAD_IN.sub("", _FILLER.sub("", text))
    shorter = _TITLE_END.sub("", text)
    return (shorter if len(shorter) >= 4 else text).strip(" 、的了")


_FILLER = re.compile(
    r"^(?:就是|那个|这个|然后|还有|另外|现在|目前|的?(?:主要|最大)?的?(?:问题|难点)[呢嘛]?就?是|"
    r"所以呢?|那|我们那个|我们这个)+"
)
# Whose need it is, before what is needed.
_WHOSE = re.compile(
    rf"^[^,，。]{{2,28}}?{ORG_END}\s*(?=求|寻|急|想|需|征|的|拟|诚)(?:的(?=.{{4}}))?"
)


def _says_who(clause: str) -> bool:
    return bool(
        re.match(
            r"\s*(?:我们?|公司|厂里|俺们?)?主要(?:是?做|生产|从事|烧|产品|搞)|\s*(?:我是|我们是|"
            r"这里是|这边是|来自|我叫|我姓|本人)",
            clause,
        )
    )
