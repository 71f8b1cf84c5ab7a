"""The clauses of a need, what they are labelled, and how the words around a thing speak of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from matcher.contacts import part_contacts
from matcher.speech import part_of_speech
from matcher.text.asked import BULLET, surely_asked
from matcher.text.envelope import without_marks
from matcher.text.indicators import parse_indicators
from matcher.text.stated import is_offer
from matcher.text.tokenise import default_tokenizer

_SHORTEST, _TOP_LINES = 3, 8
_CLAUSE = re.compile(r"[。！!？?；;，,：:\n…～~❗]|——|\s{2,}")
# Where a speaker who does not pause goes on.
_GOING_ON = re.compile(
    r"(?:你知道吧|那个|就是说?|然后|另外|还有|反正|对了|[啊呢嘛哦哈]|现在|主要是|所以|但是|因为)+"
)
_BREATH = 24
_CARRIES_ON = re.compile(
    r"我们?|你们?|他们?|它们?|大家|这个|那个|这样|那种|什么|都|也|就|就是|要是|如果|现在|目前|以前|去年|今年|"
    r"然后|但是|所以|因为|而且|要么|或者|以及|同时|的话|另外|其实|只要|结果|没有|不是|已经|一直|说|看|跟|请|"
    r"[啊呢吧嘛呀哦哈哎]"
)
LOOSE = frozenset(("pronoun", "adverb", "conjunction", "particle", "preposition"))
_MAKE = r"研[发制究]|开发|攻[关克]|引进|定制|选育|[Dd]evelop(?:ment of)?"
_DO = r"解决|改[进造]|替代|实现|搞|弄(?!清)|做|给"
SEEK = (
    r"求购?(?!解器)|[寻找](?!平)|寻求|征[集求]|急[需求]?(?![救性冷停])|[想需](?!求侧)|[想需]?要(?!素)|"
    r"希望|委托|拟(?![合态])|打算|缺(?![陷氧])|能(?![耗源量级效])|有没有|关于|[这那]个|针对|围绕|揭榜|"
    r"外协|[Ll]ooking for|[Nn]eed"
)
ASKING = re.compile(rf"(?P<make>{_MAKE})|(?P<do>{_DO})|(?P<seek>{SEEK})")
_LABEL = re.compile(r"\s*(?P<label>[^:：，,。；;!！]{1,26}?)\s*(?:[:：]|——)\s*(?P<said>\S.*)")
# 难题名称　…, a label of a form whose colon is a gap.
_GAPPED = re.compile(r"\s*(?P<label>[^:：，,。；;!！\s]{2,12})(?:　+|\t+| {2,})(?P<said>\S.*)")
_SURE_LABEL = re.compile(
    r"(?:(?:需求|难题|课题|项目|攻关|技术|榜单|任务|揭榜)的?(?:名称?|题目|标题|主题)|题目|课题|"
    r"项目|标题|名称|(?:技术|企业)?难题)$"
)
_LIKELY_LABEL = re.compile(
    r"需求|诉求|卡点|痛点|瓶颈|[难][处点题]|困难|主题|[Ss]ubject|东西|议题|揭榜|^[-—\s]*(?:要|想|求)|"
    r"(?:做|解决|攻[克关]|研[发制究]|开发|搞|联合)"
)
_OTHER_LABEL = re.compile(
    r"(?<!贵)(?:单位|企业(?!难题)|公司)|编号|来源|联系|指标|背景|(?<!请)描述|简述|.内容|领域|行业|"
    r"类[型别]|级别|周期|日期|时间|金额|"
    r"预算|代表|证|方$|条件|现状|对象|资金|[钱工]$|期|上一篇|下一篇|推荐|消息|群名"
)
COMPLAINT = re.compile(
    r"老是|老[出漏堵]|总是|经常|一直|容易|上不去|下不来|不下来|不上去|做不|不[稳准行住]|[开断]裂|严重|"
    r"不够|达不到|太[高低大小慢快差]|[漏裂堵断坏]|磨损|超标|失效|脱落|困难|厉害|问题|难题"
)
SMALL_TALK = re.compile(
    r"朋友|问[个件]?[一下事]|所有人|最[晚迟]|下个?月|月底|方案发|聊|转[发自]|扩散|展会|在吗|群[里聊友主]|看看|"
    r"昨天|走访|请[描填教]|上次|帮我|转一下|对接(?!焊)|发[到一]|登记|说一下|[Pp]lease|征集[令表]|榜单（|"
    r"会议|发布|大[佬神]|打扰|冒昧|大家|介绍的|认识|麻烦|辛苦|(?<!代)谢|收到|首页|浏览|字号|抬头|版权|"
    r"听过|听您|路费|定价|当面|越快|记录人|拜访|骗子|天窗|刚从|一大堆|食宿|酬劳|媒体|听说|国庆|春节|开学|"
    r"回音|请教|转给|王处|[张王李刘陈]?处[、，]|客服热线|附件[\d:：]|文件$|纪要|传真|撤回|语音转|各位|电话|微信|联系|报名|需求单位|预算|经费|费用|\d万"
)
# What was done about it so far, and by whom.
_TRIED = re.compile(
    r"[试请买用找做降换改]过|以前|竞品|同行|客户|业主|甲方|原来|去年|上[个次周月]|前[年几]|全靠|都是|都靠"
)
_WISHED = re.compile(r"想|希望|[求需]|要(?!求)|拟|征集|寻|目标|做到|能不能|能否")
_ASKS_BACK = re.compile(r"什么|哪些|怎[样么]|多少|啥|[吗呢呗咯啦吧]$")
_QUOTED = re.compile(r"[“《\"【「\[](?P<said>[^”》\"】」\]]{4,40})[”》\"】」\]]")
# 把无人机那个电池的事整理出来, 卡在泡沫比例混合精度上: what is spoken of.
AS_TOPIC = re.compile(
    r"(?:把|关于|[说问讲聊]|反映|针对|解决|[遇碰]到|头疼的?是?|卡在|就是)(?:一下|一说|的是|[那这]个|[我你他咱]们)*的?"
    r"(?P<what>[^，,。；;：:\s]{3,20}?)(?:[的这那][个块]?|这一块)?(?:事情?|问题|难题|毛病|情况|需求|上(?![面去来]))"
)
# 我们是做海参的, 养了二十年麻鸭, 那个细纱机: what the house deals with.
MADE = re.compile(
    r"(?:(?<![想要])(?:是|从事|专门?|主要)?(?:做(?![成好到得出完])|生产|制造|养殖?|种|从事|经营|加工|主营|给.{2,8}配)了?(?:[一二两三四五六七八九十几]+多?年的?)?|"
    r"(?:我们?|俺们?|咱们?|他们)(?:那个|这个|的)|对象[:：]|事由[:：]|产品[:：]|(?:把|关于|针对)(?:那个|这个)?)"
    r"(?P<thing>[\u4e00-\u9fffA-Za-z0-9.]{2,12}?)(?=的|生产|加工|养殖|制造|种植|这[个块一]|老|总|现在|事[情宜]|问题|情况|[，,。；;（(\n\s]|$)"
)
# Where it was said: a group of a chat.
_ROOM = re.compile(r"交流|群(?:聊|$|[（(\]】])|聊天记录|互助|求助群")
_TAKEN_UP = re.compile(r"^\s*这(?:个|块|一块|方面|事|件事|项|一直)")
_ANNOUNCING = re.compile(r"(?:征集|(?:需求|难题|课题)(?:如下)?|要|想做)\s*[:：]?\s*$")


class Clause(NamedTuple):
    """A clause, the label of its line, and what its words and its place say of all it names."""

    text: str
    place: int  # of its line
    label: str
    features: Mapping[str, float]


def clauses(lines: list[str]) -> Iterator[Clause]:
    """All clauses of a text in order, and what stands in quotes once more.

    >>> [(one.text, one.label) for one in clauses(["难题名称　熔盐泵轴承材料", "老是抱死，要耐磨"])]
    [('熔盐泵轴承材料', 'sure'), ('老是抱死', ''), ('要耐磨', '')]
    """
    first = True
    for place, (before, line) in enumerate(pairwise(["", *lines])):
        bare = BULLET.sub("", line)
        found, label = _labelled(bare)
        text = part_contacts(without_marks(found["said"] if found and label else bare)).rest
        parts = [part for piece in _CLAUSE.split(text) for part in _breaths(piece)]
        items = [at for at, part in enumerate(parts) if BULLET.match(part)]
        if further := items[bare == line :]:  # a list in one line: its first item stands for it
            parts = parts[: further[0]]
        parts = [BULLET.sub("", part) for part in parts]
        for at, (part, after) in enumerate(pairwise([*parts, ""])):
            yield Clause(part, place, label, _around(part, after, label) | {
                "first": first, "alone": len(parts) == 1,
                "alone_early": len(parts) == 1 and place < _TOP_LINES,
                "label_first": label in ("sure", "likely") and at == 0,
                "announced": _ANNOUNCING.search(before) is not None,
            })  # fmt: skip
            first = first and len(part) <= _SHORTEST
        for quoted in _QUOTED.finditer(text):
            said = quoted["said"]
            yield Clause(said, place, "quoted", _around(said, "", "quoted"))


def _labelled(line: str) -> tuple[re.Match[str] | None, str]:
    """A label and what it is followed by, and how surely a title stands behind it."""
    found = _LABEL.match(line)
    if found:
        return found, _label_kind(found["label"])
    gapped = _GAPPED.match(line)
    return (gapped, "sure") if gapped and _label_kind(gapped["label"]) == "sure" else (None, "")


def _breaths(clause: str) -> list[str]:
    """A clause; what is said without a pause is parted where the speaker goes on."""
    if len(clause) <= _BREATH:
        return [clause] if len(clause.strip()) > 1 else []
    parts = (run for part in _GOING_ON.split(clause) for run in _runs(part))
    return [part for part in parts if len(part.strip()) > 1]


def _runs(part: str) -> list[str]:
    """What is still long, in the stretches between the words that only carry speech on."""
    if len(part) <= _BREATH:
        return [part]
    runs = [""]
    for word in default_tokenizer().cut(part):
        if _CARRIES_ON.fullmatch(word) or (len(runs[-1]) > _BREATH and kind_of(word) in LOOSE):
            runs.append("")
        else:
            runs[-1] += word
    return runs


def _label_kind(label: str) -> str:
    """How surely a title stands behind a label: sure, likely, other (surely none); "" unknown."""
    if _OTHER_LABEL.search(label):
        return "other"
    if _SURE_LABEL.search(label):
        return "sure"
    return "likely" if _LIKELY_LABEL.search(label) else ""


def _around(text: str, after: str, label: str) -> dict[str, float]:
    """What a clause says of all it names."""
    return {
        f"label_{label}": bool(label),
        "taken_up": _TAKEN_UP.match(after) is not None,
        "small_talk_around": SMALL_TALK.search(text) is not None,
        "target": any(surely_asked(one) for one in parse_indicators(text)),
        "offer": is_offer(text),
        "tried": _TRIED.search(text) is not None,
        "wished": _WISHED.search(text) is not None,
        "asks_back": _ASKS_BACK.search(text) is not None,
        "room": _ROOM.search(text) is not None,
    }


def kind_of(word: str) -> str:
    """The part of speech of a word, in plain words.

    >>> [kind_of(word) for word in ("轴承", "开裂", "监测", "我们", "的")]
    ['noun', 'verb', 'action', 'pronoun', 'of']
    """
    tag = part_of_speech(word)
    return _KINDS.get(tag) or _KINDS.get(tag[0], "noun")


# Tags of jieba, or how they begin; all others are nouns.
_KINDS = {
    "vn": "action", "v": "verb", "a": "quality", "z": "quality", "d": "adverb", "r": "pronoun",
    "p": "preposition", "uj": "of", "u": "particle", "y": "particle", "e": "particle",
    "o": "particle", "c": "conjunction", "m": "number", "q": "number", "f": "place",
}  # fmt: skip
