"""What a need is wrapped in when it is sent: heads of mails, who speaks in a chat, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.contacts import is_person
from matcher.text.organisations import organisation_kind

_QUOTED = re.compile(r"^(?:\s*[>＞]+)+\s?")
_HEAD = re.compile(
    r"^\s*(?P<name>发件人|寄件人|收件人|抄送|密送|发送时间|发送日期|发件时间|From|To|Cc|Bcc|Date|Sent|"
    r"Reply-To|主题|Subject)\s*[:：]\s*(?P<said>.*)$",
    re.IGNORECASE,
)
# A head of a mail has a sender; 主题 alone is a label of a need.
_SENDER = re.compile(r"^\s*(?:发件人|寄件人|From)\s*[:：]\s*(?P<who>.*)$", re.IGNORECASE)
_SUBJECT = re.compile(r"^(?:主题|Subject)$", re.IGNORECASE)
_RULED = re.compile(
    r"^\s*[-—_=]{3,}.{0,20}(?:转发|原始邮件|Original|Forwarded).{0,24}[-—_=]{3,}\s*$"
)
_SPEAKER = re.compile(
    r"^(?P<who>.{1,28}?)[ \t]+(?:20\d\d[-/年.]\d\d?[-/月.]\d\d?日?[ \t]*)?"
    r"\d{1,2}:\d\d(?::\d\d)?[ \t]*[:：]?[ \t]*$"
)
_FORWARDED = re.compile(r"^\s*(?:转发自|转自|来自)[^。；;,，]{2,24}\s*[:：]?\s*$")
_HOUSED = re.compile(r"(?P<who>[^（(]{1,8})[（(](?P<house>[^（()）]{4,20})[)）]")
# 技术交流群（326）: where it was said.
_ROOM = re.compile(r"^\s*(?:.{0,24}群(?:聊)?\s*[（(]\d+[)）]|.{0,24}的?聊天记录)\s*$")
# Whoever speaks more than once, in a line of their own above what they say.
_BARE_SPEAKER = re.compile(r"[^\d，。；：！？,;:!?≥≤<>%\t]{2,14}")
_CALLING = re.compile(r"^\s*@\S+\s*")
_CLOSING = re.compile(
    r"^\s*(?:--+|此致|敬礼|祝好|顺[颂祝].{0,6}|谢谢|多谢|(?:Best |Kind )?Regards|"
    r"Best(?: wishes)?|Cheers|Sincerely|Thanks|BR)"
    r"\s*[!！。,，.]*\s*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"^\s*[QqＱ问]\s*[:：]\s*(?P<asked>.+?)[?？]?\s*$")
_ANSWER = re.compile(r"^\s*[AaＡ答]\s*[:：]\s*")
_SAYS = re.compile(r"^\s*(?P<who>[\u4e00-\u9fff]{2,3})\s*[:：]\s*(?=\S)")
_APART = re.compile(r"\s*[|｜/]\s*")


def unwrapped(text: str) -> str:
    """A text without its wrapping; whoever sent it is named in a line of its own.

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
    said = _answered(_without_speakers(list(_without_heads(lines, senders)), senders))
    kept = list(_without_signature(list(said), senders))
    if senders and not any("联系人" in line for line in kept):
        kept.append(f"联系人：{senders[0]}")
    return "\n".join(kept)


def _without_heads(lines: list[str], senders: list[str]) -> Iterator[str]:
    mailed = any(_SENDER.match(line) for line in lines)
    housed: list[str] = []
    for line in lines:
        if mailed and (head := _HEAD.match(line)):
            if _SUBJECT.match(head["name"]):
                yield f"主题：{head['said']}"
            elif sender := _SENDER.match(line):
                senders.append(re.sub(r"[<>\"“”]", " ", sender["who"]).strip().replace("  ", " "))
            continue
        if speaker := _SPEAKER.match(line):
            who, house = _of_whom(speaker["who"])
            senders += [who] if is_person(who) else []
            if house and not any(house in other for other in lines if not _SPEAKER.match(other)):
                housed.append(house)
            continue
        if _FORWARDED.match(line) or _RULED.match(line) or _ROOM.match(line):
            continue
        yield _CALLING.sub("", line)
    if len(set(housed)) == 1:
        yield f"需求单位：{housed[0]}"


def _of_whom(speaker: str) -> tuple[str, str]:
    """张工(示例电机厂): who speaks, and for which house."""
    found = _HOUSED.fullmatch(speaker.strip())
    if found is None or not organisation_kind(found["house"]):
        return speaker.strip(), ""
    return found["who"].strip(), found["house"]


def _without_speakers(lines: list[str], senders: list[str]) -> list[str]:
    """A chat in which each line begins with who says it."""
    bare = [line.strip() for line in lines if _BARE_SPEAKER.fullmatch(line.strip())]
    alone = {who for who in bare if bare.count(who) > 1}
    senders += [who for who in dict.fromkeys(bare) if who in alone and is_person(who)]
    lines = [line for line in lines if line.strip() not in alone]
    named = [found["who"] for line in lines if (found := _SAYS.match(line))]
    speakers = {who for who in named if named.count(who) > 1 and is_person(who)}
    senders += sorted(speakers, key=named.index)
    return [
        _SAYS.sub("", line) if (found := _SAYS.match(line)) and found["who"] in speakers else line
        for line in lines
    ]


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
    closed = False
    for line in lines:
        closed = closed or _CLOSING.match(line) is not None
        first, *more = _APART.split(line.strip(), maxsplit=1)
        signed = closed or any(first == sender.split(" ")[0] for sender in senders)
        if signed and is_person(first):
            senders.append(first)
            if more:
                yield more[0]
            continue
        yield line
