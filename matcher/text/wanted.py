"""Things somebody wants made, and a clause cut down to what it names."""

from __future__ import annotations

import re

from matcher.text.demander import ORG_END

# A thing, which a title may end in where somebody wants it made.
WANTED_END = re.compile(
    r"(?:机|墙|膜|剂|[涂饲面原]料|液|仪|器|炉|塔|漆|胶|布|粉|油|蛋白|制程|办法|模型|算法|小?程序|[包餐饭]装?盒)$"
)
# How a title ends: a thing or a job of engineers.
HEAD = re.compile(
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
_FILLER = re.compile(
    r"^(?:[一二三四五]是|就是|那个|这个|然后|还有|另外|现在|目前|的?(?:主要|最大)?的?(?:问题|难点|难题)[呢嘛]?就?是|"
    r"所以呢?|那|我们那个|我们这个|因此|故|其实|事情是)+"
)
_OURS = re.compile(
    r"^(?:(?:我们?|俺们?|咱们?|他们|本|敝)(?:公司|厂|司|单位|企业|车间|这边|这里|这|家|矿|院)?|(?:厂|窑|车间|公司)(?=里))里?面?的?"
    r"(?:现在|目前|最近|这几年|一直)?(?:有(?:一?[个条台批]))?"
)
# Whose need it is, before what is needed.
_WHOSE = re.compile(
    rf"^[^,，。]{{2,28}}?{ORG_END}\s*(?=求|寻|急|想|需|征|的|拟|诚|关)(?:的(?=.{{4}}))?"
)
# Who is sought, behind what is needed.
_SEEKERS = re.compile(
    r"[,，\s]*(?:(?:急|诚|现|特|高薪|重金)?(?:找|寻|求|征|聘|招|寻求|征集|诚邀|邀请|"
    r"寻找)(?:高校|科研|专业|技术|靠谱|合作|攻关|有能力的?)*"
    r"(?:团队|专家|老师|合作|伙伴|方案|单位|高人|大神|院校|揭榜)(?:合作|揭榜|支持|对接)?|"
    r"在线等|求助|求解决|急+)[!！~～。\s]*$"
)
_TAIL = re.compile(
    r"(?:(?:的)?(?:技术|合作)?(?:需求|咨询|求助|问题求助|揭榜|合作)|的(?:请示|函|通知|公告|启事|情况)|"
    r"这[一个]?[块事个件方面]*|方面|的(?:问题|事情?)|这边|[啊呢吧吗嘛哈])$"
)
# A bracket that goes on behind the clause.
_OPENED = re.compile(r"[（(【「][^）)】」]*$")
EDGES = ' 【】《》[]“”"~～\t、：:-—，,。.'
_LEAST_NAMED, _SHORTEST_NAME = 4, 6


def wanted_in(clause: str) -> str:
    """The thing a clause wants made, by its name; "" where it names none.

    >>> wanted_in("另外还想开发一套镀锌板表面缺陷检测系统"), wanted_in("检出率做到98%")
    ('镀锌板表面缺陷检测系统', '')
    """
    wanted = _WANTED.search(clause) or _SOUGHT.search(clause)
    named = trimmed(wanted["what"]) if wanted else ""
    is_thing = HEAD.search(named) is not None or WANTED_END.search(named) is not None
    return named if is_thing and len(named) >= _SHORTEST_NAME else ""


def trimmed(clause: str) -> str:
    """A clause without whose need it is, whom it seeks, fillers and what stands around a name.

    >>> trimmed("我们厂里艉轴密封老是漏油的问题"), trimmed("示例泵业有限公司求轴承润滑方案")
    ('艉轴密封老是漏油', '求轴承润滑方案')
    """
    text = _SEEKERS.sub("", clause.strip(EDGES))
    text = _OURS.sub("", _FILLER.sub("", _WHOSE.sub("", text)))
    opened = _OPENED.search(text)
    text = text[: opened.start()] if opened else text
    shorter = _TAIL.sub("", text)
    return (shorter if len(shorter) >= _LEAST_NAMED else text).strip(EDGES + "的了")
