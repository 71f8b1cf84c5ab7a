"""What a reader looks for in a need: is it there, and in which words."""

from __future__ import annotations

import re

from matcher.diagnosis.finding import Completeness, CompletenessPart, Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.reading import clauses, written
from matcher.records import Challenge
from matcher.text.indicators import parse_indicators

_STATE = re.compile(
    r"现有|目前|当前|现状|现用|国产|进口|外购|依赖|依靠|受制|垄断|传统|不足|差距|瓶颈|缺乏|缺少|短缺|"
    r"难以|难于|难[以于控压测落]|困难|无法|不能|不了|不能满足|落后|空白|卡脖子|失效|易[^于]|差[,，、]?$|"
    r"[^较最]低[、,，]?$|污染重|代价大|成本高|能耗高|周期长|不均|不稳|不清|不统一|老化|开裂|磨损|退化|"
    r"下降$|不达标|达不到|用量[高大]|烧掉|废弃|浪费|问题"
)
_CONDITIONS = re.compile(
    r"工况|服役|极端|恶劣|高温|低温|宽温|常温|深冷|高压(?!电)|超高压|真空(?=环境|条件|下)|高速(?=下|时)|"
    r"重载|变载|交变|载荷|负荷(?!率)|冲击(?=载荷|下)|腐蚀|盐雾|潮湿|高湿|粉尘|雨雾|强光|结冰|鸟撞|辐照|"
    r"振动(?=环境|条件|下)|高寒|高原|深海|深部|埋深|井下|沙尘|高盐|酸性|碱性|强酸|强碱|"
    r"温度跨度|含水超过|断电|环境(?:下|中|温度|条件|适应)|条件下|介质|连续运行\d|"
    r"(?:工作|使用|运行|环境|适用)(?:温度|压力|湿度|环境|条件)"
)
_ACCEPTANCE = re.compile(
    r"验收|考核方式|考核办法|第三方|检[测验]报告|测试报告|鉴定|查新|评审通过|样机验证|样机考核|"
    r"整机试车|现场试验|台架试验|台架考核|挂机|装车考核|装机考核|用户(?:报告|证明|试用)|连续运行(?:考核|试验)|"
    r"(?:通过|完成|取得|获得)[^，。；,;]{0,16}(?:检测|检验|认证|试验|测试|考核|试车|评估|验证)|"
    r"审定|适航|(?:按|依据|符合|满足)[^，。；,;]{0,12}(?:标准|规范)|GB/?T?\s?\d|ISO\s?\d|ASTM"
)
_MONEY = re.compile(
    r"(?:榜[额金]|投入|投资|预算|经费|资金|金额|费用|报酬|悬赏|支付)[^，。；,;\n]{0,10}?"
    r"(?:\d[\d,.]*\s*(?:余)?(?:万|亿|元)|面议|面谈|详谈|待定|不设上限|[一二三五六七八九十百千]+万)"
    r"|\d[\d,.]*\s*(?:余)?(?:万|亿)(?:元|人民币)(?=$|[，。；,;\n])"
)
_DURATION = re.compile(
    r"(?:\d+|[一二两三四五六七八九十]+)\s*(?:个月|年半|年|周)(?:内|之内|以内)[^，。；,;\n]{0,6}"
    r"(?:完成|交付|研制|研发|建成|实现|达到|投产|验收|拿出)"
    r"|(?:时限|期限|周期|工期|完成时间|实施期)[:：为]?\s*(?:\d+|[一二两三四五六七八九十]+)\s*(?:个月|年)"
    r"|20\d\d\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?(?:底|末)?(?:之?前|以前)"
)
_EXCLUDED = re.compile(
    r"不接受|不采用|不得采用|不[得能可]使用|不考虑|不要(?=[^求])|排除|避免采用|禁[止用]|已(?:经)?试过|"
    r"试过[^，。；,;\n]{0,20}(?:不行|失败|不够|不成)|无需[^，。；,;\n]{0,6}方案|没有转动件|"
    r"(?:路线|方案|办法)(?:已|都)?(?:不可行|行不通|不行)|无铅|无氟|无铬|无氰"
)
_GRADE = re.compile(r"(?:达到?|不低于|优于)?[A-Z]{1,3}\d?级(?:以上|标准)|达到?[一二三四五六]级")
_MOST_WORDS = 3
_NAMES: tuple[tuple[str, int, FindingCode], ...] = (
    ("现状与差距", 2, FindingCode.NO_CURRENT_STATE),
    ("工况", 2, FindingCode.NO_CONDITIONS),
    ("指标", 3, FindingCode.NO_TARGETS),
    ("验收方式", 2, FindingCode.NO_ACCEPTANCE),
    ("预算", 2, FindingCode.NO_BUDGET),
    ("完成时限", 1, FindingCode.NO_DURATION),
    ("排除路线", 1, FindingCode.NO_EXCLUDED_ROUTES),
)


def completeness(challenge: Challenge) -> Completeness:
    """Each element with the words that tell it; weights say how much a team needs it."""
    text = written(challenge)
    words = {
        "现状与差距": _said(_STATE, text),
        "工况": _said(_CONDITIONS, text),
        "指标": _targets(challenge, text),
        "验收方式": _said(_ACCEPTANCE, text),
        "预算": _amounts(challenge) or _said(_MONEY, text),
        "完成时限": _months(challenge) or _said(_DURATION, text),
        "排除路线": _routes(challenge) or _said(_EXCLUDED, text),
    }
    return Completeness(
        tuple(
            CompletenessPart(name, weight, bool(words[name]), words[name])
            for name, weight, _ in _NAMES
        )
    )


def missing(found: Completeness) -> tuple[Finding, ...]:
    """A question for each element that is not there."""
    codes = {name: code for name, _, code in _NAMES}
    return tuple(finding(codes[part.name]) for part in found.parts if not part.found)


def _said(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """The first clauses a pattern is met in."""
    return tuple(clause for clause in clauses(text) if pattern.search(clause))[:_MOST_WORDS]


def _targets(challenge: Challenge, text: str) -> tuple[str, ...]:
    """Targets that have a value or a grade; a wish (国际先进) is none."""
    stated = challenge.indicators or parse_indicators(challenge.indicators_text)
    if not any(one.value is not None for one in stated):
        stated = tuple(one for one in parse_indicators(text) if one.operator != "=" or one.change)
    told = tuple(one.text or one.name for one in stated if one.value is not None)
    graded = tuple(clause for clause in clauses(text) if _GRADE.search(clause))
    return (told or graded)[:_MOST_WORDS]


def _amounts(challenge: Challenge) -> tuple[str, ...]:
    named = (
        ("榜额", challenge.bounty_wan),
        ("总投入", challenge.total_budget_wan),
        ("财政支持", challenge.fiscal_support_wan),
    )
    return tuple(f"{name}{value:g}万元" for name, value in named if value is not None)


def _months(challenge: Challenge) -> tuple[str, ...]:
    months = challenge.duration_months
    return () if months is None else (f"{months}个月",)


def _routes(challenge: Challenge) -> tuple[str, ...]:
    """What was written of routes; 无 is an answer too."""
    route = challenge.excluded_routes[:60]
    return (route,) if route else ()
