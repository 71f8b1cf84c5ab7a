"""A notice as it was copied from a web page: its text, what is only page furniture, its amounts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from matcher.text.repair import Damage, repair

_PHONE = re.compile(r"(?<!\d)(?:0\d{2,3}[-— ]?\d{7,8}|1[3-9]\d{9}|400[-\d]{7,9})(?!\d)")
_FURNITURE = re.compile(
    r"(?i)^(?:contact ?us|address|about|home|copyright.*|版权所有.*|.{0,8}ICP备.*|技术支持[:：].*|"
    r"首页.*|返回(?:首页|顶部|列表)?|上一[篇页条].*|下一[篇页条].*|打印.*|关闭(?:窗口)?|分享(?:到|至).*|"
    r"扫一扫.*|您(?:当前|现在)?(?:所在)?的?位置.*|当前位置.*|网站地图.*|联系我们.*|关于我们.*|"
    r"无障碍.*|登录.*|注册|搜索|浏览次数.*|字体[:：].*|主办单位[:：].*|承办单位[:：].*|"
    r"邮编[:：].*|邮政编码[:：].*|邮箱[:：].*|电话[:：].*|传真[:：].*|地址[:：].*|来源[:：].{0,30}|"
    r"编辑[:：].{0,40}|责任编辑.{0,20}|\(?责编.{0,20}|[?？ ]{3,}.*|[>›»|｜/ \-·]+)$"
)
_NAVIGATION = re.compile(r"^(?:[^\s|｜>›»]{1,8}\s*[|｜>›»]\s*){2,}[^\s|｜>›»]{0,8}$")
_PUBLISHED = re.compile(r"(20\d{2})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_SENTENCE = re.compile(r"[^。；;！!\n]+[。；;！!]?")
_AMOUNT = re.compile(
    r"(?:(?:不超过|最高(?:不超过)?|不低于|至少|约|安排|给予)\s*)?"
    r"(?<!\d)\d++(?:\.\d++)?\s*(?:个)?(?:亿|千万|百万|万)(?:元|(?!\d))?"
    r"(?:\s*(?:至|到|-|—|~|～)\s*\d+(?:\.\d+)?\s*(?:亿|千万|百万|万)元?)?(?=元|[^个件次小辆吨平])"
    r"|(?:不超过|不低于|不高于|至少).{0,14}?\d++(?:\.\d++)?\s*%"
)
_MONEY_CONTEXT = re.compile(r"元|资金|经费|投入|支持|补助|奖励|省本级|财政")
_LONG = 40


@dataclass(frozen=True, slots=True)
class PolicyAmount:
    """An amount a notice names and the sentence that names it."""

    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A readable notice. Every line of the page is in ``paragraphs`` or in ``boilerplate``."""

    title: str
    published: str
    paragraphs: tuple[str, ...]
    boilerplate: tuple[str, ...]
    amounts: tuple[PolicyAmount, ...]
    damages: tuple[Damage, ...]
    readings_removed: int

    @property
    def body(self) -> tuple[str, ...]:
        """The paragraphs besides the title, which need not be the first line of the page.

        >>> [len(text) for text in read_notice("正文" * 40 + "\\n揭榜通知\\n不设门槛").body]
        [80, 4]
        """
        at = self.paragraphs.index(self.title) if self.title in self.paragraphs else 0
        return (*self.paragraphs[:at], *self.paragraphs[at + 1 :])


def read_notice(text: str) -> Notice:
    """Separate the text of a notice from its page.

    >>> notice = read_notice("揭榜通知\\n省级资金最高不超过1000萬元。\\n邮编:116021")
    >>> notice.title, [a.text for a in notice.amounts], notice.boilerplate
    ('揭榜通知', ['最高不超过1000万元'], ('邮编:116021',))
    """
    mended = repair(text)
    lines = [line.strip() for line in mended.text.split("\n") if line.strip()]
    counts = Counter(lines)
    kept: list[str] = []
    furniture: list[str] = []
    for line in lines:
        target = furniture if _is_furniture(line, counts[line]) else kept
        target.append(line)
    title = next((line for line in kept if len(line) <= _LONG + 20), kept[0] if kept else "")
    published = _PUBLISHED.search("\n".join(lines[:8]))
    return Notice(
        title=title,
        published="-".join(f"{int(p):02d}" for p in published.groups()) if published else "",
        paragraphs=tuple(kept),
        boilerplate=tuple(furniture),
        amounts=tuple(_amounts(kept)),
        damages=mended.damages,
        readings_removed=mended.readings_removed,
    )


def _is_furniture(line: str, times: int) -> bool:
    if len(line) > _LONG * 2:
        return False
    if _FURNITURE.match(line) or _NAVIGATION.match(line):
        return True
    if _PHONE.search(line) and len(_PHONE.sub("", line)) <= 20:
        return True
    return times > 2 and len(line) <= _LONG


def _amounts(lines: list[str]) -> list[PolicyAmount]:
    found: list[PolicyAmount] = []
    for line in lines:
        for sentence in _SENTENCE.findall(line):
            if not _MONEY_CONTEXT.search(sentence):
                continue
            for match in _AMOUNT.finditer(sentence):
                found.append(PolicyAmount(match[0].strip(), sentence.strip()))
    return found
