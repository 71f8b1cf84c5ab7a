"""Running text with numbered headings: chapters, and the records described under them.

Application guides number a chapter 1. and its projects 1.1, 1.2; a contest is told under
一、发榜单位 and 二、题目名称. What is said of each thing stands in the paragraphs below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from matcher.corpora.headers.classifying import fields_found
from matcher.corpora.headers.columns import unique_name
from matcher.corpora.headers.kinds import KINDS
from matcher.corpora.headers.labels import book_of
from matcher.corpora.reading import Row
from matcher.text.indicators import parse_indicators

_HAN = "一二三四五六七八九十"
_WORD = r"(?:重点|揭榜|攻关)?(?:专题|专项|方向|任务|课题|项目|榜单|需求|难题|赛题|题目|榜题)"
_STYLES = tuple(
    (name, re.compile(rf"\s*{pattern}\s*"))
    for name, pattern in (
        ("word", rf"{_WORD}\s*(?P<n>[{_HAN}\d]{{1,3}}|\d\d?[.．]\d\d?)\s*(?:[、:：.．]|\s)"),
        ("part", rf"第(?P<n>[{_HAN}\d]{{1,3}})[章节部分篇项题类批]{{1,2}}[、:：]?"),
        ("1.1.1", r"(?P<n>\d{1,2}[.．]\d{1,2}[.．]\d{1,2})(?![.．\d])[、.．]?"),
        ("1.1", r"(?P<n>\d{1,2}[.．]\d{1,2})(?![.．\d])[、.．]?"),
        ("（一）", rf"[(（](?P<n>[{_HAN}]{{1,3}})[)）]、?"),
        ("一、", rf"(?P<n>[{_HAN}]{{1,3}})\s*[、.．]"),
        ("（1）", r"[(（](?P<n>\d{1,2})[)）]、?"),
        ("1)", r"(?P<n>\d{1,2})[)）]"),
        ("1.", r"(?P<n>\d{1,2})\s*[、.．](?!\d)"),
        ("①", r"(?P<n>[①-⑳])"),
        ("1 ", r"(?P<n>\d{1,2})[ \u3000]+(?=[\u4e00-\u9fff]{2})"),
    )
)  # fmt: skip
# 一、榜单一：…… is numbered twice.
_AGAIN = re.compile(rf"{_WORD}[{_HAN}\d]{{1,3}}\s*[、:：]\s*")
_LABELLED = re.compile(
    r"^\s*[【\[]?\s*([^:：\n。；，,【】\[\]]{2,24}?)\s*(?:[】\]]\s*[:：]?|[:：])\s*(.*)$", re.S
)
_ENDS = ("。", "；", ";", "！", "？", "，", ",", "、")
_LONGEST_HEADING, _LONGEST_LABEL = 60, 24
_SURE = 90
# （共性关键技术类） behind a title says which class it is of.
_CLASS = re.compile(
    r"\s*[(（]([^()（）]{1,30}(?:类|项目|课题|专题|方向|计划)(?:[,，、][^()（）]{1,20})?)[)）]\s*$"
)
# Without one of these nothing is described, it is only named.
_BODY = frozenset(
    ("problem", "tech_difficulties", "research_content", "indicators_text", "existing_basis",
     "research_directions", "core_capabilities")
)  # fmt: skip
_NAMES = frozenset(("title", "team_name"))
# Said on one line.
_ONE_LINE = frozenset(
    ("challenge_id", "title", "demand_org", "bounty_wan", "total_budget_wan", "apply_deadline",
     "duration_months", "team_id", "team_name", "org_name", "leader_name", "contact_phone")
)  # fmt: skip
_NAMED_KINDS = tuple(kind for kind in KINDS if kind.naming)

Line = tuple[int, str]


class _Heading(NamedTuple):
    """A line that begins something: how it is numbered, what it names, what it says at once."""

    style: str
    place: int
    title: str
    text: str
    is_label: bool


@dataclass(eq=False)
class _Part:
    """A heading with all that stands below it."""

    heading: _Heading
    lines: list[Line]
    parts: list[_Part] = field(default_factory=list)
    body: list[Line | _Part] = field(default_factory=list)

    def all_lines(self) -> Iterator[Line]:
        """The lines of the part in their order, its heading first."""
        yield from self.lines
        for item in self.body:
            if isinstance(item, _Part):
                yield from item.all_lines()
            else:
                yield item


def chapters_to_rows(
    lines: Sequence[Line], given: Mapping[str, str] | None = None
) -> tuple[list[Row], list[Line]]:
    """The records described under numbered headings, and the lines that belong to none.

    Gives no records for a text that is not laid out so.
    """
    root = _outlined(lines, given)
    rows: list[Row] = []
    used: set[int] = set()
    for title, group in _records(root, given):
        # Records under one heading share its lines, which are counted with the first.
        own = [number for number, _ in _lines_of(title, group) if number not in used]
        rows.append(Row(own[0], _values(title, group), None, len(own)))
        used.update(own)
    return rows, [line for line in lines if line[0] not in used]


def labelled_parts(
    text: str, given: Mapping[str, str] | None = None
) -> tuple[str, list[tuple[str, str]]]:
    """A cell in which labels stand over their texts: what stands before them, and the pairs.

    There are none if it is no such cell: it takes labels of two fields.

    >>> labelled_parts("概述\\n1、主要问题\\n尺寸不稳\\n2、技术难点（必填）\\n不接触测量")
    ('概述', [('主要问题', '尺寸不稳'), ('技术难点（必填）', '不接触测量')])
    """
    lead: list[str] = []
    pairs: list[tuple[str, str]] = []
    styles: set[str] = set()
    for line in text.splitlines() if "\n" in text else ():
        found = _heading(line, given, frozenset()) or _run_in(line, given)
        if found is not None and (found.is_label or (found.style and found.style in styles)):
            pairs.append((found.title, found.text))
            styles.add(found.style)
        elif pairs:
            label, value = pairs[-1]
            pairs[-1] = (label, f"{value}\n{line.strip()}".strip())
        elif line.strip():
            lead.append(line.strip())
    if len(_fields([label for label, _ in pairs], given)) < 2:
        return text, []
    return "\n".join(lead), [more for pair in pairs for more in _with_targets(*pair, given)]


def _with_targets(
    label: str, text: str, given: Mapping[str, str] | None
) -> Iterator[tuple[str, str]]:
    """A part that by its label holds targets among other things gives them a second time."""
    yield label, text
    hint = re.search("[(（]([^()（）]*)[)）]", label)
    if hint and "指标" in hint[1] and "indicators_text" not in _fields([label], given):
        sentences = re.split("(?<=[。；;\n])", text)
        targets = [s for s in sentences if any(i.value is not None for i in parse_indicators(s))]
        if targets:
            yield "主要指标", "".join(targets).strip()


def _outlined(lines: Sequence[Line], given: Mapping[str, str] | None) -> _Part:
    """The text as a tree of headings."""
    again = _said_again(lines, given)
    found = [_heading(text, given, again) for _, text in lines]
    # A number with a space behind it numbers headings only where it numbers labels, too.
    if not any(one is not None and one.is_label and one.style == "1 " for one in found):
        found = [None if one is not None and one.style == "1 " else one for one in found]
    root = _Part(_Heading("", 0, "", "", is_label=False), [])
    stack = [root]
    for index, (line, heading) in enumerate(zip(lines, found, strict=True)):
        if heading is None:
            if _is_whole(stack[-1].heading, given):
                stack.pop()
            stack[-1].body.append(line)
            continue
        if heading.is_label and _is_chapter(heading, found[index + 1 : index + 3]):
            heading = heading._replace(is_label=False)  # noqa: PLW2901 -- seen with what follows
        part = _Part(heading, [line])
        _climb(stack, heading)
        stack[-1].parts.append(part)
        stack[-1].body.append(part)
        stack.append(part)
    return root


def _is_whole(heading: _Heading, given: Mapping[str, str] | None) -> bool:
    """Whether 编号：A-1 has said all it says: what follows is no part of it."""
    if not heading.is_label or not heading.text:
        return False
    return not _fields([heading.title], given).isdisjoint(_ONE_LINE)


def _climb(stack: list[_Part], heading: _Heading) -> None:
    """Leave the parts that end where this heading begins."""
    free = next((i for i, part in enumerate(stack) if part.heading.is_label), len(stack))
    for depth in range(len(stack) - 1, 0, -1):
        above = stack[depth].heading
        follows = above.place + 1 == heading.place or (above.is_label and heading.is_label)
        if above.style == heading.style and heading.style and follows:
            del stack[depth:]
            return
    if heading.is_label:
        del stack[free:]
        return
    same = [
        depth for depth, part in enumerate(stack[:free])
        if part.heading.style == heading.style and heading.place > 1
    ]  # fmt: skip
    if heading.style == "1.1" and not same:
        same = [i for i, part in enumerate(stack[:free]) if i and part.heading.style == "1.1"]
    if same:
        del stack[same[-1] :]


def _is_chapter(heading: _Heading, following: Sequence[_Heading | None]) -> bool:
    """Whether 三、攻关内容 heads projects with labels of their own, and no text."""
    if heading.text or not heading.style or len(following) < 2:
        return False
    first, second = following
    return (
        first is not None and not first.is_label and second is not None and second.is_label
        and first.style != heading.style
    )  # fmt: skip


def _heading(text: str, given: Mapping[str, str] | None, again: frozenset[str]) -> _Heading | None:
    """What a line begins, if it begins anything."""
    style, place, rest = _numbered(text)
    found = _LABELLED.match(_less_indented(rest))
    if found and (_is_sure(found[1], given) or (not style and found[1] in again)):
        return _Heading(style, place, found[1].strip(), found[2].strip(), is_label=True)
    plain = rest.strip()
    if _is_sure(plain.rstrip(":："), given):
        return _Heading(style, place, plain.rstrip(":："), "", is_label=True)
    if not style or not 2 <= len(plain) <= _LONGEST_HEADING or plain.endswith(_ENDS):
        return None
    if re.search("[:：]", plain):
        return None
    return _Heading(style, place, plain, "", is_label=False)


def _run_in(line: str, given: Mapping[str, str] | None) -> _Heading | None:
    """关键字(1-5个字) 蜡模 尺寸: a label with its text on the same line."""
    label, _, text = line.strip().partition(" ")
    if text and _is_sure(label, given):
        return _Heading("", 0, label, text.strip(), is_label=True)
    return None


def _numbered(text: str) -> tuple[str, int, str]:
    """How a line is numbered, which number it has, and what stands behind it."""
    for style, pattern in _STYLES:
        found = pattern.match(text)
        if found and _may_follow(style, text[found.end() :]):
            return style, _place(found["n"]), _AGAIN.sub("", text[found.end() :])
    return "", 0, text


def _may_follow(style: str, rest: str) -> bool:
    """1.5mm and 1.2 MPa number nothing."""
    if not style.startswith("1.1"):
        return bool(rest.strip())
    return re.match(r"[\u4e00-\u9fff《“\"]|[A-Z0-9][\w.-]*[\u4e00-\u9fff]", rest) is not None


def _place(number: str) -> int:
    last = re.split("[.．]", number)[-1]
    if last.isdecimal():
        return int(last)
    if len(last) == 1 and "①" <= last <= "⑳":
        return ord(last) - ord("①") + 1
    tens, ten, ones = last.partition("十")
    value = {char: place for place, char in enumerate(_HAN, start=1)}
    if not ten:
        return value.get(last, 0)
    return 10 * value.get(tens, 1) + value.get(ones, 0)


def _is_sure(label: str, given: Mapping[str, str] | None) -> bool:
    if not 2 <= len(label.strip()) <= _LONGEST_LABEL + 20:
        return False
    guesses = (book_of(kind.record, given).find(label.strip()) for kind in _NAMED_KINDS)
    return any(guess is not None and guess.score >= _SURE for guess in guesses)


def _said_again(lines: Sequence[Line], given: Mapping[str, str] | None) -> frozenset[str]:
    """Words before a colon that come as often as the labels do, and are labels no field knows."""
    counts: Counter[str] = Counter()
    sure: Counter[str] = Counter()
    for _, text in lines:
        found = _LABELLED.match(_less_indented(text))
        if found and len(found[1]) <= 8:
            (sure if _is_sure(found[1], given) else counts)[found[1]] += 1
    most = max(sure.values(), default=0)
    return frozenset(word for word, count in counts.items() if 2 <= count <= most)


def _less_indented(text: str) -> str:
    """A line with two of the spaces before it at most: more are tried in every way."""
    return text[max(0, len(text) - len(text.lstrip()) - 2) :]


def _fields(labels: Sequence[str], given: Mapping[str, str] | None) -> set[str]:
    return set().union(*(fields_found(labels, kind.record, given) for kind in _NAMED_KINDS))


def _records(part: _Part, given: Mapping[str, str] | None) -> Iterator[tuple[_Part, list[_Part]]]:
    """The parts that describe something, each with what belongs to it."""
    groups = list(_groups(part.parts, given))
    own = [group for group in groups if _describes(group, given)]
    if own and all(_fields(_labels(group), given) & _NAMES for group in own):
        yield from ((part, group) for group in own)
        return
    below = [found for child in part.parts if not child.heading.is_label
             for found in _records(child, given)]  # fmt: skip
    if below:
        yield from below
    elif own and part.heading.title:
        yield part, part.parts


def _groups(parts: Sequence[_Part], given: Mapping[str, str] | None) -> Iterator[list[_Part]]:
    """Parts side by side; a second 项目名称 begins a second group."""
    group: list[_Part] = []
    for part in parts:
        names = _fields([part.heading.title], given) & _NAMES if part.heading.is_label else set()
        if names and names & _fields(_labels(group), given):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _labels(group: Sequence[_Part]) -> list[str]:
    return [part.heading.title for part in group if part.heading.is_label]


def _describes(group: Sequence[_Part], given: Mapping[str, str] | None) -> bool:
    return describes(_fields(_labels(group), given))


def describes(fields: Collection[str]) -> bool:
    """Whether these fields describe something, and do not only name it."""
    return len(fields) >= 2 and not _BODY.isdisjoint(fields)


def _lines_of(title: _Part, group: Sequence[_Part]) -> list[Line]:
    """The lines of a record: its heading and what stands at once below it, then its parts."""
    below = [line for part in group for line in part.all_lines()]
    return [*title.lines, *_at_once(title), *below]


def _at_once(title: _Part) -> list[Line]:
    return [item for item in title.body if not isinstance(item, _Part)] if title.lines else []


def _values(title: _Part, group: Sequence[_Part]) -> dict[str, object]:
    """The texts under the labels of a record, and its heading as its name."""
    values: dict[str, object] = {}
    fields = _fields(_labels(group), None)
    if title.heading.title and fields.isdisjoint(_NAMES):
        name, kind = _without_class(title.heading.title)
        values["名称"] = name
        if kind:
            values["项目类别"] = kind
    before = "\n".join(text for _, text in _at_once(title))
    if before:
        values["说明" if "problem" in fields else "背景"] = before
    for part in _told(group):
        label = part.heading.title[:_LONGEST_HEADING]
        if text := _text(part):
            values[unique_name(label, values)] = text
    return values


def _told(group: Sequence[_Part]) -> Iterator[_Part]:
    """The parts that say something: 企业基本情况 only heads 企业名称 and 联系方式."""
    for part in group:
        only_heads = not part.heading.text and 0 < len(part.parts) == len(part.body)
        if only_heads and all(below.heading.is_label for below in part.parts):
            yield from _told(part.parts)
        else:
            yield part


def _text(part: _Part) -> str:
    rest = [text for _, text in part.all_lines()][1:]
    return "\n".join(filter(None, (part.heading.text, *rest)))


def _without_class(title: str) -> tuple[str, str]:
    found = _CLASS.search(title)
    return (title[: found.start()], found[1]) if found and found.start() else (title, "")
