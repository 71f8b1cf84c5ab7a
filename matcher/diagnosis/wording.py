"""Targets that cannot be checked, and titles that name no object."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.diagnosis.finding import Finding, FindingCode
from matcher.diagnosis.questions import finding
from matcher.diagnosis.reading import clauses, written
from matcher.records import Challenge
from matcher.text.normalise import clean

_CHANGE = (
    r"(?:提[高升]|降低|下降|减少|减轻|缩短|延长|改善|增强|增加|优化|节约|节省|加快|"
    r"降[下得]来|提上[去来])"
)
_WISH = (
    rf"(?:大幅度?|大大|大为|显著|明显|有效|进一步|较大幅度|极大|尽可能|尽量|不断|切实|全面|有较?大)地?的?{_CHANGE}"
    r"|(?:让|使)[^，]{1,4}满意|国产替代|进口替代|填补[^，]{0,8}空白|上(?:一?个?|新)台阶|"
    r"(?:希望|想|盼)(?:能|有|找|请|个|好)*(?:办法|高招|专家看看)|(?:降|减|压)[下得]来(?!的)|(?:提|升)上[去来](?!的)|"
    r"[档层]次也?(?:上去|提[高升])|提[高升][^，]{0,4}[档层]次|有实力的|"
    r"(?:不能|不要|别|不可|不得)(?:太|过(?!\d))[高低大小长短快慢重多]|要[小低高快轻](?=$|[，。、])|"
    r"(?:比较|较|更|很)[高低]的?(?:水平|程度)|实现[^，\d]{0,14}(?:智能|柔性|自动|数字|信息|绿色|精细)化[^，\d]{0,6}$|"
    r"越[高低轻快好小大省]越好|便宜[点些]|降本增效|成本可控|(?:好用|易用)(?=$|[，。、的])|得[牢快好稳](?=$|[，。])|"
    r"不[^，]{0,4}太多(?=$|[，。])|^(?:运行|操作|维护|工序|结构)(?:平稳|方便|简单)$|^噪[音声][低小]$|手感也?要好|"
    r"(?:使|让|保证|确保|要|能)[^，\d]{0,16}(?:正常|可靠|稳定|安全|平稳)(?:工作|运行|使用|生产)$"
)
_LEVEL = (
    r"(?:国际|国内|世界|全球|行业|同行业?|省内)(?:的)?(?:先进|领先|一流|领跑|高端)(?:水平|地位)?"
    r"|(?:达到|优于|接近|不低于|赶上|追平)(?:进口|国[外际内]|世界|行业|同[类等]|产品|设备|先进|头部|龙头|企业|品牌|的)+水平"
    r"|(?:与|和|同)[^，]{2,10}(?:相当|媲美|看齐)"
    r"|可(?:承受|接受)(?=$|[，。])|控制在允许值?(?:范围)?内|满足(?:使用|生产|客户|用户|市场)(?:要求|需求|需要)"
)
# A clause that is nothing but a wish for more or less of something.
_BARE_WISH = (
    rf"^(?:希望|想要?|要求?|需要?|力争|争取|目标[:：]|并|同时|能够?|[\d一二三]+[、.])*(?:把|将)?{_CHANGE}"
    rf"(?!了|过)[^的，]{{2,12}}$|^(?:希望|想|要求?|需要?|力争|争取)[^的，]{{0,8}}{_CHANGE}[^的，]{{0,8}}$"
)
# In a section of targets these are wishes wherever they stand: a property that is only praised.
_LOOSE = (
    r"(?:较|更|足够|非常)[高低好强稳长短]|(?<![波周边焦身最延增成助加特擅部检])[高低长快强好轻小少](?=$|、|且)|"
    r"稳定(?=$|、|可靠)|(?:可靠|方便|简单|灵活|合理|美观|均匀|均一|一致|耐用|牢固|舒适|平稳|流畅|便捷|"
    r"良好|优异|优良|达标|满意)$|稳定运行$|无故障运行$|快速响应|长期工作|温和条件|"
    r"^[抗耐防][\u4e00-\u9fff]{1,4}$|(?<!检测)(?<!检验)(?<!验收)(?<!试验)合格$"
)
_PRAISED = re.compile(f"^(?=[^难]{{3,12}}$).*(?:{_LOOSE})")
_APART = re.compile(r"(?<=[\u4e00-\u9fff])\s+|且")
_SENTENCE = re.compile(r"[。！!？?；;\n]")
_ASKED = re.compile(r"要求|需要|必须|须(?!知)")
_LISTED = re.compile(r"[，,：:、\s]+|且")
_ANYWHERE = re.compile(f"{_WISH}|{_LEVEL}|{_BARE_WISH}")
_IN_TARGETS = re.compile(f"{_WISH}|{_LEVEL}|{_LOOSE}|{_CHANGE}")
_TOLD_BEHIND = re.compile(
    rf"(?:{_WISH})[^，,。；;\n\d]{{0,16}}[，,](?=[^，,。；;\n]{{2,20}}?(?:[≥≤<>]|不[低高大小少]于|不超过|"
    r"[高低大小]于|超过|达到|降到|降至|提高到|控制在|缩短到|缩短至)\s*[\d.]+)"
)
_NUMBER = re.compile(
    r"\d|(?<![一二两三四五六七八九十百])[一二两三四五六七八九十百]++(?:倍|成|个百分点|分之)|翻[一两倍]"
)
_MOST, _NEAR = 6, 16

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
    text = written(challenge)
    told = dict.fromkeys(
        piece
        for pieces, pattern in (
            (_pieces(_not_yet_told(clean(challenge.indicators_text))), _IN_TARGETS),
            (_pieces(_not_yet_told(text)), _ANYWHERE),
            (_asked_for(text), _PRAISED),
        )
        for piece in pieces
        if (met := pattern.search(piece)) and not _NUMBER.search(*_beside(piece, met))
    )
    return tuple(finding(FindingCode.VAGUE_TARGET, piece) for piece in list(told)[:_MOST])


def _beside(piece: str, met: re.Match[str]) -> tuple[str, int, int]:
    """Where a number would belong to the wish: a text without commas may hold others."""
    return piece, max(0, met.start() - _NEAR), met.end() + _NEAR


def _not_yet_told(text: str) -> str:
    """A text without the wishes whose value follows: 大幅提高硬度，硬度不低于6."""
    return _TOLD_BEHIND.sub("", text)


def _pieces(text: str) -> Iterator[str]:
    return (piece for clause in clauses(text) for piece in _APART.split(clause) if piece)


def _asked_for(text: str) -> Iterator[str]:
    """What a sentence lists behind 要求 or 需要."""
    for sentence in _SENTENCE.split(text):
        if found := _ASKED.search(sentence):
            yield from filter(None, _LISTED.split(sentence[found.end() :]))


def general_title(challenge: Challenge) -> tuple[Finding, ...]:
    """A title of words that fit any need: it names neither a product, a material nor a process.

    >>> general_title(Challenge(challenge_id="1", title="关键技术研究与应用"))[0].code.value
    'title_too_general'
    >>> general_title(Challenge(challenge_id="1", title="轴承"))
    ()
    """
    title = clean(challenge.title)
    if not title or specific(title):
        return ()
    return (finding(FindingCode.TITLE_TOO_GENERAL, title),)


def specific(text: str) -> str:
    """A text without the words that fit any need; empty where next to nothing is left."""
    left = _EMPTY_WORDS.sub("", text)
    return left if len(left) >= _SHORTEST else ""
