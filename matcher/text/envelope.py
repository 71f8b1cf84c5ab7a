"""What a need is wrapped in when it is sent: heads of mails, who speaks in a chat, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.contacts import is_person
from matcher.text.organisations import organisation_kind
from matcher.text.persons import without_persons

_QUOTED = re.compile(r"^(?:\s*[>＞]+)+\s?")
_HEAD = re.compile(
    r"^\s*(?P<name>发件人|寄件人|收件人|抄送|密送|发送时间|发送日期|发件时间|From|To|Cc|Bcc|Date|"
    r"Sent|"
    r"Reply-To|主题|Subject)\s*[:：]\s*(?P<said>.*)$",
    re.IGNORECASE,
)
# A head of a mail has a sender; 主题 alone is a label of a need.
_SENDER = re.compile(r"^\s*(?:发件人|寄件人|From)\s*[:：]\s*(?P<who>.*)$", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:主题|Subject)$", re.IGNORECASE)
_RULED = re.compile(
    r"^\s*[-—_=]{3,}.{0,20}(?:转发|原始邮件|Original|Forwarded).{0,24}[-—_=]{3,}\s*$"
)
# 公告截止 2026.08.20 12:00 is nobody who speaks.
_SPEAKER = re.compile(
    r"^(?!.{0,16}(?:截止|时间|日期|期限|受理|报名))(?P<who>[^:：]{1,28}?)[ \t]+"
    r"(?:20\d\d[-/年.]\d\d?[-/月.]\d\d?日?[ \t]*)?"
    r"\d{1,2}:\d\d(?::\d\d)?[ \t]*[:：]?[ \t]*$"
)
_DAY = r"(?:(?:20\d\d[-/年.])?\d\d?[-/月.]\d\d?日?[ \tT]*)"
_HOUR = r"(?:[上下中]午|早上|晚上|凌晨)?[ \t]*\d{1,2}:\d\d(?::\d\d)?"
# [2026-10-20 14:02] 小程(示例石化): 在吗; 09:12 小程：在吗
_STAMPED = re.compile(
    rf"^\s*[\[【(（]?{_DAY}?{_HOUR}[\]】)）]?[ \t]+(?:[-–—][ \t]+)?"
    r"(?P<who>[^:：\s]{1,24})[ \t]*[:：][ \t]*(?P<said>.*)$"
)
_STAMP = re.compile(rf"^\s*[-—\[【(（]*(?:{_DAY}{_HOUR}|{_HOUR})[\]】)）—-]*\s*$")
# An export of QQ: 2026-10-12 14:03:22 老马<2093318476>, in a line of its own, or without number.
_NUMBERED_SPEAKER = re.compile(
    rf"^\s*{_DAY}{_HOUR}\s+(?P<who>[^<>()（）:：，。；]{{1,24}}?)\s*(?:[<(（][^<>()（）]{{1,16}}[>)）])?\s*$"
)
# What the program says that kept the chat.
_OF_PROGRAM = re.compile(
    r"^\s*(?:[=＝]{5,}|(?:昵称|网名|网友|楼主|发帖人|作者|用户名?|ID)\s*[:：].{1,40}|消息(?:记录|分组|"
    r"对象).*|"
    r".*撤回了一条消息|\d+\s*楼[^，。]{0,6}[说问]\s*[:：].*|#\d+楼.*|.{1,12}拍了拍.*|"
    r".{0,40}加入了?群聊|导出人\s*[:：].*|(?:钉钉|飞书|"
    r"企业微信)?群聊记录导出.*)\s*$"
)
# Who opened a thread, and who answers in it: 楼主：琴厂学徒; —— 4楼 琴厂学徒 回复 3楼：
_POSTER = re.compile(
    r"^\s*(?:昵称|网名|网友|楼主|发帖人|作者|用户名?|ID)\s*[:：]\s*"
    r"(?P<who>[\u4e00-\u9fffA-Za-z0-9_]{2,14})"
)
_FLOOR = re.compile(
    r"^\s*[-—–]*\s*#?\d{1,4}\s*[楼#]\s*(?P<who>[^\s:：，。]{2,12})(?:\s*回复[^:：]{0,14})?\s*[:：]\s*(?P<said>.*)$"
)
_FORWARDED = re.compile(r"^\s*(?:转发自|转自|来自)[^。；;,，]{2,24}\s*[:：]?\s*$")
_HOUSED = re.compile(r"(?P<who>[^（(]{1,8})[（(](?P<house>[^（()）]{4,20})[)）]")
# 技术交流群（326）: where it was said.
_ROOM = re.compile(
    r"^\s*(?:.{0,24}群(?:聊)?\s*[（(]\d+[)）]|.{0,24}的?聊天记录|"
    r"[【\[]?(?:微信|QQ|钉钉|飞书)群?聊?[】\]:：].{0,24}|(?:\[转发\]\s*)?.{2,20}(?:[交工][流作]|"
    r"对接|互助|求助|业务)群)\s*$"
)
# Whoever speaks more than once, in a line of their own above what they say.
_BARE_SPEAKER = re.compile(r"[^\d，。；：！？,;:!?≥≤<>%\t]{2,14}")
_CALLING = re.compile(r"^\s*@\S+\s*")
_CLOSING = re.compile(
    r"^\s*(?:--+|此致|敬礼|祝好|顺[颂祝].{0,6}|谢谢|多谢|(?:Best |Kind )?Regards|"
    r"Best(?: wishes)?|Cheers|Sincerely|Thanks|BR)"
    r"\s*[!！。,，.]*\s*$",
    re.IGNORECASE,
)
# A letter that ends in these is signed on the next line, whatever the name looks like.
_FORMAL_CLOSING = re.compile(
    r"^\s*(?:此致|敬礼|祝好|顺[颂祝].{0,6}|(?:Best |Kind |Warm )?Regards|Best(?: wishes)?|"
    r"Sincerely)\s*[!！。,，.]*\s*$", re.IGNORECASE,
)  # fmt: skip
_SIGNED = re.compile(
    r"[\u4e00-\u9fff·]{2,8}|[A-Z][A-Za-z.-]{1,14}(?:[ ][A-Z][A-Za-z.-]{1,14}){0,2}"
)
# Kevin Zuo 左凯
_TWICE_SIGNED = re.compile(
    r"(?P<latin>[A-Z][A-Za-z.-]{1,14}(?:[ ][A-Z][A-Za-z.-]{1,14}){0,2})\s+"
    r"(?P<han>[\u4e00-\u9fff·]{1,4})"
)
_QUESTION = re.compile(r"^\s*[QqＱ问]\s*[:：]\s*(?P<asked>.+?)[?？]?\s*$")
_ANSWER = re.compile(r"^\s*[AaＡ答]\s*[:：]\s*")
_SAYS = re.compile(
    # 🐢慢慢来：, with whatever picture before it.
    r"^\s*[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f]*"
    r"(?P<who>[\u4e00-\u9fffA-Za-z][\u4e00-\u9fffA-Za-z0-9_~-]{1,8})\s*[:：]\s*(?=\S)"
)
_NICK = re.compile(r"[\u4e00-\u9fffA-Za-z0-9~·]{2,10}")
# What stands before a colon and is no one who speaks, and what nobody is called by himself.
_NO_NICK = re.compile(
    r"[问答题标求算间位司系话注明标址止期主目据]$|^[QAqa]\d*$|指标|要求|需求|问题|预算|时间|单位|公司|联系|电话|经费|"
    r"备注|目标|背景|说明|地址|截止|周期|主题|项目|部$|科$|处$|室$|办$|局$|中心|楼主|游客|群主|管理员|客服|"
    r"[上下]午|昨天|今天|会议|记录|回复|导师|专家$|企业|平台|政府|老师$|秘书$"
)
# 联系人：王明, the place where a name may stand.
_CONTACT = re.compile("联系人.{0,4}[:：]")
_APART = re.compile(r"\s*[|｜/]\s*")

_TAG = re.compile(
    r"^\s*(?:[\[【(（<]\s*(?:转发?|代发|群?转|求转发?|扩散|急+|紧急|加急|求助|求购|需求|"
    r"技术需求|企业需求|回复|"
    r"[^\]】)）]{0,4}(?:求助|需求|发布|悬赏|难题|攻关|征集|揭榜)|外部|图片|语音[^\]】)）]{0,14}|文字|揭榜|代发|链接|文件|fwd?|re|转自[^\]】)）]{0,12})\s*[\]】)）>]|"
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


def unwrapped(text: str, named: tuple[str, ...] = ()) -> str:
    """A text without its wrapping; whoever sent it is named in a line of its own, and those already
    known to be ``named`` in it only where it says whom to ask.

    >>> print(unwrapped("刘工 9:02\\n推进器密封老漏水\\n刘工 9:05\\n1500米水深"))
    推进器密封老漏水
    1500米水深
    联系人：刘工
    >>> print(unwrapped("发件人: 陈晓东 <c@example.com>\\n主题: 求助\\n切割发黑"))
    主题：求助
    切割发黑
    联系人：陈晓东 c@example.com
    """
    lines = [_QUOTED.sub("", line) for line in text.splitlines()]
    senders: list[str] = []
    handles: list[str] = []
    said = _answered(_without_speakers(list(_without_heads(lines, senders, handles)), handles))
    senders += [who for who in dict.fromkeys(handles) if is_person(who)]
    kept = list(_without_signature(list(said), senders))
    kept = [
        line if _CONTACT.search(line) else without_persons(line, (*senders, *handles, *named))
        for line in kept
    ]
    if senders and not any("联系人" in line for line in kept):
        kept.append(f"联系人：{senders[0]}")
    return "\n".join(kept)


def _without_heads(lines: list[str], senders: list[str], handles: list[str]) -> Iterator[str]:
    mailed = any(_SENDER.match(line) for line in lines)
    housed: list[str] = []
    for line in lines:
        if mailed and (head := _HEAD.match(line)):
            if _SUBJECT.match(head["name"]):
                yield f"主题：{head['said']}"
            elif sender := _SENDER.match(line):
                senders.append(re.sub(r"[<>\"“”]", " ", sender["who"]).strip().replace("  ", " "))
            continue
        if (answer := _answer_in_thread(line, handles)) is not None:
            yield answer
            continue
        if _STAMP.match(line) or _OF_PROGRAM.match(line):
            continue
        if speaker := _NUMBERED_SPEAKER.match(line):
            handles += _handles(speaker["who"])
            continue
        if told := _STAMPED.match(line):
            who, house = _of_whom(told["who"])
            handles += _handles(who)
            yield told["said"]
            continue
        if speaker := _SPEAKER.match(line):
            who, house = _of_whom(speaker["who"])
            handles += _handles(who)
            if house and not any(house in other for other in lines if not _SPEAKER.match(other)):
                housed.append(house)
            continue
        if _FORWARDED.match(line) or _RULED.match(line) or _ROOM.match(line):
            continue
        yield _CALLING.sub("", line)
    if len(set(housed)) == 1:
        yield f"需求单位：{housed[0]}"


def _answer_in_thread(line: str, handles: list[str]) -> str | None:
    """What is answered in a thread, without who does; who opened it is kept, too."""
    if poster := _POSTER.match(line):
        handles += _handles(poster["who"])
    if floor := _FLOOR.match(line):
        handles += _handles(floor["who"])
        return floor["said"]
    return None


def _of_whom(speaker: str) -> tuple[str, str]:
    """张工(示例电机厂): who speaks, and for which house."""
    found = _HOUSED.fullmatch(speaker.strip())
    if found is None or not organisation_kind(found["house"]):
        return speaker.strip(), ""
    return found["who"].strip(), found["house"]


def _handles(who: str) -> list[str]:
    """What somebody is called in a chat: a name or a nickname, not the department he speaks for."""
    bare = re.split(r"[-—_（(<@\s]", who.strip())[0]
    named = _NICK.fullmatch(bare) and not _NO_NICK.search(bare) and not organisation_kind(bare)
    return [bare] if named else []


def _without_speakers(lines: list[str], handles: list[str]) -> list[str]:
    """A chat in which each line begins with who says it."""
    bare = [line.strip() for line in lines if _BARE_SPEAKER.fullmatch(line.strip())]
    alone = {who for who in bare if bare.count(who) > 1}
    for who in dict.fromkeys(bare):
        handles += _handles(who) if who in alone else []
    lines = [line for line in lines if line.strip() not in alone]
    speakers = _speakers(lines)
    handles += speakers
    return [
        _SAYS.sub("", line) if (found := _SAYS.match(line)) and found["who"] in speakers else line
        for line in lines
    ]


def _speakers(lines: list[str]) -> list[str]:
    """Whoever stands before what is said in most lines of a text; labels do not come again."""
    heads = [found["who"].strip() for line in lines if (found := _SAYS.match(line))]
    named = [who for who in heads if not _NO_NICK.search(who)]
    again = {who for who in named if named.count(who) > 1}
    if again and len(set(named)) > 1 and 2 * len(named) > sum(map(bool, map(str.strip, lines))):
        again = set(named)
    elif not any(map(_is_called_so, again)) and len(again) < 2:
        again = set()
    return sorted(again, key=named.index)


def _is_called_so(who: str) -> bool:
    """Whether it is somebody's name, or the account of one who visits: 访客_8831."""
    return is_person(who) or re.search(r"[_\d]", who) is not None


def _answered(lines: list[str]) -> Iterator[str]:
    """问 and 答 on two lines as a label with its value."""
    asked = ""
    for line in lines:
        if asked and _ANSWER.match(line):
            yield f"{asked}：{_ANSWER.sub('', line)}"
            asked = ""
            continue
        if asked:
            yield asked
        question = _QUESTION.match(line)
        asked = question["asked"] if question else ""
        if not question:
            yield line
    if asked:
        yield asked


def _without_signature(lines: list[str], senders: list[str]) -> Iterator[str]:
    """Behind the closing of a letter a line that is only a name is who sent it."""
    closed = formal = False
    for line in lines:
        closed = closed or _CLOSING.match(line) is not None
        first, *more = _APART.split(line.strip(), maxsplit=1)
        signing = formal and not _CLOSING.match(line)
        if signing and (both := _TWICE_SIGNED.fullmatch(first)):
            senders += [both["latin"], both["han"]]
            formal = False
            continue
        if signing and _SIGNED.fullmatch(first) and not organisation_kind(first):
            senders.append(first)
            rest = " ".join(more)
            if _SIGNED.fullmatch(rest) and not organisation_kind(rest):
                senders.append(rest)
            elif rest:
                yield rest
            formal = False
            continue
        formal = _FORMAL_CLOSING.match(line) is not None or (formal and not line.strip())
        signed = closed or any(first == sender.split(" ")[0] for sender in senders)
        if signed and is_person(first):
            senders.append(first)
            if more:
                yield more[0]
            continue
        yield line


def without_marks(line: str) -> str:
    """A line without marks of forwarding, greetings and frames around it."""
    before = None
    text = line
    while before != text:
        before = text
        text = _GREETING.sub("", _TAG.sub("", text)).strip(" “”")
    framed = re.fullmatch(r"[【《\[](.{4,40})[】》\]]", text)
    return framed[1] if framed else text
