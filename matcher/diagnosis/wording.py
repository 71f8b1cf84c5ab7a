"""Targets that cannot be checked, and titles that name no object."""

from __future__ import annotations

import re

from matcher.diagnosis.finding import Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.reading import clauses, written
from matcher.records import Challenge
from matcher.text.normalise import clean

_WISH = (
    r"(?:大幅度?|显著|明显|有效|进一步|较大幅度|极大|尽可能|尽量)地?"
    r"(?:提[高升]|降低|减少|减轻|缩短|延长|改善|增强|增加|优化|节约)"
)
_LEVEL = (
    r"(?:国际|国内|世界|全球|行业|同行业?|省内)(?:的)?(?:先进|领先|一流|领跑|高端)(?:水平|地位)?"
    r"|(?:达到|优于|接近|不低于)(?:进口|国外|国际|同类)(?:同类)?(?:产品|先进)?(?:的)?水平"
    r"|可(?:承受|接受)(?=$|[，。])|控制在允许值?(?:范围)?内|满足(?:使用|生产|客户|用户|市场)(?:要求|需求|需要)"
)
# In a section of targets these are wishes wherever they stand.
_LOOSE = r"(?:较|更|足够|非常)[高低好强稳长短]|良好|优异|优良|达标|合格(?!率|品率)$"
_ANYWHERE = re.compile(f"{_WISH}|{_LEVEL}")
_IN_TARGETS = re.compile(f"{_WISH}|{_LEVEL}|{_LOOSE}")
_NUMBER = re.compile(r"\d|[一二两三四五六七八九十百]+(?:倍|成|个百分点|分之)|翻[一两倍]")
_MOST = 6

_EMPTY_WORDS = re.compile(
    r"关键(?:共性)?|核心|共性|重大|重点|先进|新型|高端|高性能|高品质|高效|绿色|智能化?|数字化|自动化|信息化|"
    r"技术|工艺|装备|设备|系统|平台|产品|材料|方法|方案|软件|制造|生产线?|研究|研发|开发|设计|应用|示范|"
    r"产业化|工程化|国产化|攻关|项目|课题|需求|难题|问题|提升|改造|升级|优化|解决|建设|创新|集成|成套|"
    r"及其?|与|和|的|基于|面向|一种|企业|公司|行业|产业|工业|[\W_\d]"
)
# What is left of a title that names an object has at least this many characters.
_SHORTEST = 2


def vague_targets(challenge: Challenge) -> tuple[Finding, ...]:
    """Clauses that wish for more without saying how much; each a finding of its own."""
    told = {
        clause: None
        for text, pattern in (
            (clean(challenge.indicators_text), _IN_TARGETS),
            (written(challenge), _ANYWHERE),
        )
        for clause in clauses(text)
        if pattern.search(clause) and not _NUMBER.search(clause)
    }
    return tuple(finding(FindingCode.VAGUE_TARGET, clause) for clause in list(told)[:_MOST])


def general_title(challenge: Challenge) -> tuple[Finding, ...]:
    """A title of words that fit any need: it names neither a product, a material nor a process.

    >>> general_title(Challenge(challenge_id="1", title="关键技术研究与应用"))[0].code.value
    'title_too_general'
    >>> general_title(Challenge(challenge_id="1", title="轴承"))
    ()
    """
    title = clean(challenge.title)
    if not title or len(_EMPTY_WORDS.sub("", title)) >= _SHORTEST:
        return ()
    return (finding(FindingCode.TITLE_TOO_GENERAL, title),)
