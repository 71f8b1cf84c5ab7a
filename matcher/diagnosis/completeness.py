"""What a reader looks for in a need: is it there, and in which words."""

from __future__ import annotations

import re

from matcher.diagnosis.finding import Completeness, CompletenessPart, Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.reading import clauses, written
from matcher.records import Challenge
from matcher.text.indicators import parse_indicators, targets_of

_STATE = re.compile(
    r"现在|^现[^在代场实浇货役行象状金款]|^现款|开裂|冻[坏死]|破乳|起皮|发[浑霉黄]|分层|"
    r"[认识]不出|误[剔检报]|伤(?=多)|老漏|"
    r"没药|白白|得治|嫌|怨|罚|睁不开|靠人|靠[^，。]{1,6}[拔看摸撬挑送测查修]|一个月才|剩不?到|"
    r"不要$|[一二三四五六七八九]成|"
    r"现有|目前|当前|现状|现用|国产|进口|外购|依赖|依靠|受制|垄断|传统|不足|差距|瓶颈|缺乏|缺少|"
    r"短缺|"
    r"难以|难于|难[以于控压测落]|困难|无法|不能|不了|不能满足|落后|空白|卡脖子|失效|易[^于]|"
    r"差[,，、]?$|"
    r"[^较最更提升增降减缩延加][高低慢快短长多贵差少重杂](?=[、,，()（）]|$)|不[均稳清齐]|不统一|"
    r"老[化是]|"
    r"[变开炸断缩破龟]裂?(?=[形裂水烧])|磨损|退化|(?<!不)漏|堵|卡|夹皮|结[焦垢瘤块]|脱落|剥落|"
    r"涨到|升到|掉到|下降$|不达标|达不到|超标|超差|用量[高大]|烧[掉坏毁]|废弃|浪费|问题|振动难|"
    r"没有|没法|没地方|上不去|下不来|过不了|等不起|退[回货]|投诉|反映|返[修工]|报废|停[线机车]|"
    r"人工|手工|靠手|只有|外溢|麻烦|不起作用"
)
# A clause that only wishes says nothing of how things are.
_WISH = re.compile(
    r"^(?:\W|[一二三四五六七八九十\d]+[、.])*(?:需要?|要求?|希望|目标|指标|考核|实现|达到|拟|力争|"
    r"攻关内容|求)"
    r"|[≥≤]|不[得低高大小超]"
)
_CONDITIONS = re.compile(
    r"用[于在]|材质|[原燃]料[是为]|素材|输送|来水|零下|[春夏秋冬]天|雨后|内网|离线|本机|车载|"
    r"服务器|仓库|"
    r"\d\s*度(?:[的水温爬坡]|$)|全血|夹角|瓶身|批发市场|厂区|"
    r"工况|服役|极端|恶劣|高温|低温|宽温|常温|深冷|高压(?!电)|超高压|真空(?=环境|条件|下)|"
    r"高速(?=下|时)|"
    r"重载|变载|交变|载荷|负荷(?!率)|冲击(?=载荷|下)|腐蚀|盐雾|潮湿|高湿|粉尘|雨雾|强光|结冰|鸟撞|"
    r"辐照|"
    r"振动(?=环境|条件|下)|高寒|高原|深海|深部|埋深|井下|沙尘|高盐|酸性|碱性|强酸|强碱|"
    r"温度跨度|大?温差|海拔|含水[超高]|露天|户外|野外|井下|冷库|气调|冬季|夏季|雨季|风大|淋水|坡度|"
    r"面粉|烟气|[海河]水|盐度|硬度最高|夜间|断电|环境(?:下|中|温度|条件|适应)|条件下|介质|"
    r"连续运行\d|"
    r"(?:工作|使用|运行|环境|适用)(?:温度|压力|湿度|环境|条件)"
)
_ACCEPTANCE = re.compile(
    r"为准|[为才就算]合格|合格(?:算数|即可|才算|再)|算数$|检定|校准|送检|送[^，。；,;\n]{0,12}检|"
    r"比对|对照|对比$|打分|评[测审]|"
    r"盲样|小样|试样|样绳|放样|小试|中试|海试|路测|台架(?:试验|老化|疲劳|先)|考核(?!指标|内容)|"
    r"平行|抽[检取]|全检|连续\d+[件片个根块只]|"
    r"看结果|看效果|交报告|来[测检验]|试[一两三四五六七八九十\d]+个?[月天周]|实船|"
    r"验收|考核方式|考核办法|第三方|检[测验]报告|测试报告|鉴定|查新|评审通过|样机验证|样机考核|"
    r"整机试车|现场试验|台架试验|台架考核|挂机|装车考核|装机考核|用户(?:报告|证明|试用)|"
    r"连续运行(?:考核|试验)|"
    r"(?:通过|完成|取得|获得)[^，。；,;]{0,16}(?:检测|检验|认证|试验|测试|考核|试车|评估|验证)|"
    r"审定|适航|(?:按|依据|符合|满足)[^，。；,;]{0,12}(?:标准|规范)|GB/?T?\s?\d|ISO\s?\d|ASTM"
)
_MONEY = re.compile(
    r"(?:榜[额金]|投入|投资|预算|经费|资金|金额|费用|报酬|悬赏|支付)[^，。；,;\n]{0,10}?"
    r"(?:\d[\d,.]*+\s*(?:余)?(?:万|亿|元)|面议|面谈|详谈|待定|不设上限|[一二三五六七八九十百千]++万)"
    r"|(?<!\d)(?<!\d[,.])\d[\d,.]*+\s*(?:余)?(?:万|亿)(?:元|人民币)(?=$|[，。；,;\n])"
    r"|面议|[经资]费充足|(?:出|给|付|花|批了?|加起来|总共|"
    r"大概)[^，。；,;\n]{0,4}[\d一二两三四五六七八九十百]+[来多几]?万"
    r"|^[一二两三四五六七八九十百]+[来多几]?万(?:元|块)?(?:以内|左右|吧)?$|^\d+万(?:以内|左右|吧)?$"
)
# From its beginning only: a run of digits is looked at once, however long it is.
_NUMBER = r"(?:(?<!\d)\d++|(?<![一二两三四五六七八九十])[一二两三四五六七八九十]++)"
_DURATION = re.compile(
    rf"{_NUMBER}\s*(?:个月|年半|年|周)(?:内|之内|以内)[^，。；,;\n]{{0,6}}"
    r"(?:完成|交付|研制|研发|建成|实现|达到|投产|验收|拿出)"
    r"|(?:时限|期限|周期|工期|完成时间|实施期)[:：为]?\s*(?:\d+|"
    r"[一二两三四五六七八九十]+)\s*(?:个月|年)"
    r"|(?:20\d\d|今|明|后)\s*年[^，。；,;\n]{0,10}(?:底|末|前|以前|之内|完成|投[用产运]|交付)"
    r"|^\W*(?:[^\d，。]{0,4}[期间时][:： 为]*|约|整体|共)?(?:\d+|[一二两三四五六七八九十]+)\s*"
    r"(?:个月|年半|年)(?:内|左右|以内)?(?:完成|拿出来?|交付|做完)?$"
    r"|[期时][:： 为]{0,2}\s*\d+\s*个月"
    r"|20\d\d\s*年\s*\d{1,2}\s*月[^，。；,;\n]{0,4}(?:交|投|上线|用上|建成|搞完)|完成(?:时间|"
    r"期限)[:：]?\s*20\d\d"
    r"|(?:元旦|春节|汛期|[秋春]茶|收获季|检修)[^，。；,;\n]{0,6}(?:前|必须|搞完|完成|用上|要用)|"
    r"^赶[^，。；,;\n]{0,14}[季节]"
    r"|分[两三四五\d]+年|(?:做完|完成|交付)\s*\d+\s*个月|"
    rf"{_NUMBER}\s*个月内?[给出交拿]"
)
_EXCLUDED = re.compile(
    r"不接受|不采用|不得采用|不[得能可]使用|不[再予作]?考虑|不要(?!求)|不改|排除|避免采用|禁[止用]|"
    r"(?:试|换|用|做)过[^，。；,;\n]{0,8}[次种遍]|(?:已经?|都)[试换]过|试过|别(?:再|提|用)|"
    r"(?:都|也)不[行灵]|不灵$|别来|不让用|已否|(?<=[^，。])不要$|不换|不更换|不许|路线不限|不得用|"
    r"证明(?:不行|不可行|无效)|(?<=[^，。]{2})不行$|无需[^，。；,;\n]{0,6}方案|没有转动件|"
    r"(?:路线|方案|办法)(?:已|都)?(?:不可行|行不通|不行)|无铅|无氟|无铬|无氰"
)
_GRADE = re.compile(r"(?:达到?|不低于|优于)?[A-Z]{1,3}\d?级(?:以上|标准)|达到?[一二三四五六]级")
# What tells how a thing is used is a plain value of these: a temperature, a load, a size, a rate.
_PHYSICAL = re.compile(
    r"℃|°|度|[kM]?Pa|bar|[kM]?W|[km]?V|安|A|Hz|r/min|rpm|m/s|km/h|[kN]?N|‰|pH|mg/L|mg/m³|mS|ppm|"
    r"(?:t|吨|m³|kg)/(?:天|d|h|年)|[mkc]?m|μm|NTU|mol/L"
)
_NOT_PAID = re.compile(
    r"产值|成本|售价|单价|[一每]吨|一[套台片]|每[袋件台套批]|销售|损失|罚|进口|电费|水费|排污费|"
    r"工钱|工价"
)
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
        "现状与差距": _said(_STATE, text, but=_WISH),
        "工况": _said(_CONDITIONS, text) or _used_at(text),
        "指标": _targets(challenge, text),
        "验收方式": _said(_ACCEPTANCE, text),
        "预算": _amounts(challenge) or _said(_MONEY, text, but=_NOT_PAID),
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


def _said(
    pattern: re.Pattern[str], text: str, *, but: re.Pattern[str] | None = None
) -> tuple[str, ...]:
    """The first clauses a pattern is met in, ``but`` those of another kind."""
    met = (clause for clause in clauses(text) if pattern.search(clause))
    return tuple(clause for clause in met if but is None or not but.search(clause))[:_MOST_WORDS]


def _used_at(text: str) -> tuple[str, ...]:
    """Values of the surroundings or the process, and conditions targets are set under."""
    told = (
        one
        for one in parse_indicators(text)
        if one.condition or (one.operator in ("=", "区间") and one.change is None)
    )
    return tuple(
        one.text
        for one in told
        if re.search(r"\d|下|时", one.condition) or _PHYSICAL.fullmatch(one.unit)
    )[:_MOST_WORDS]


def _targets(challenge: Challenge, text: str) -> tuple[str, ...]:
    """Targets that have a value or a grade; a wish (国际先进) is none."""
    stated = targets_of(challenge)
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
