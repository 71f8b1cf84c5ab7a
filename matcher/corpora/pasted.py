"""A pasted text as a challenge: its labelled sections go to the fields they name."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from matcher.contacts import is_private_name, part_contacts
from matcher.corpora.cells import CellError, cell_types
from matcher.corpora.headers.labels import standard_book
from matcher.corpora.headers.originals import as_columns
from matcher.corpora.rows.values import parse_value
from matcher.errors import InputError
from matcher.records import Challenge, headers
from matcher.text.amounts import parse_duration, parse_money
from matcher.text.dateline import written_on
from matcher.text.dates import DateError, parse_date
from matcher.text.envelope import unwrapped
from matcher.text.indicators import parse_indicators
from matcher.text.needs import Need, item_of, read_need, targets_in
from matcher.text.normalise import simplify
from matcher.text.organisations import organisation_kind
from matcher.text.persons import persons_in, without_persons

# 四、拟投入资金：160万元: a number before the label says nothing.
_LABELLED = re.compile(
    r"^\s*(?:[#*\-]+\s*)?(?:[一二三四五六七八九十]{1,2}、\s*)?([^:：\n]{2,16})[:：]\s*(.*)$"
)
# 三、合作方式：□转让 ☑委托: a section of its own, whatever it is of.
_OPTIONS = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,2}、\s*)?[^:：\n]{2,16}[:：][^\d\n]*[□☐■☑✓√]"
)
_HOW_FAR = re.compile(r"(?:什么|哪种|多[高大])(?:程度|水平|指标|效果)$")
_BLOCK = re.compile(r"</?(?:p|div|br|tr|li|ul|ol|h\d|table|section)\b[^<>]*>", re.IGNORECASE)
_STRUCK = re.compile(r"<(del|s|strike|script|style)\b[^<>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
# 1.2 技术指标: a heading, what it says stands below.
_NUMBERED = re.compile(
    r"^\s*(?:\d+(?:\.\d+)+|\d+[、.．]|[一二三四五六七八九十]+、|"
    r"[（(][一二三四五六七八九十\d]+[）)])\s*"
    r"([\u4e00-\u9fff]{2,12})()\s*$"
)
# What a page shows behind a name in one line.
_BESIDE_A_NAME = re.compile(
    r"(?<=.)(?:[ \t　]{2,}[^ ：:]{2,6}[：:].*|\s*[（(](?:已|未)[^（()）]{1,6}[)）]\s*)$"
)
# What no section of a need goes on behind.
_ENDS = re.compile(
    r"\s*(?:此致|敬礼|祝好|顺[颂祝]|谢谢|(?:[Bb]est |[Kk]ind )?[Rr]egards|"
    r"[^:：，,]{0,4}(?:地址|邮编|附件|备注|盖章|落款))"
)
# 2	（空）	——
_BLANK_ROW = re.compile(r"[^\t]{0,8}(?:\t\s*(?:[（(]?空[)）]?|[—\-/]+|本页完)?\s*)+")
_ITEM_NUMBER = re.compile(r"^\s*\d{1,2}[.、．]\s*")
_REMARK = re.compile(r"[（(][^（()）]*[)）]\s*$")
# A label in the middle of a paragraph: after the end of a sentence.
_INLINE = re.compile(r"(?<=[。；;！!？?])\s*(?=([^:：\n。；;，,]{2,16})[:：])")
_BRACKET_LABEL = re.compile(r"^[ \t]*[【\[]([^】\]\n]{2,16})[】\]][ \t]*[:：]?[ \t]*(.*)$", re.M)
# Fields whose text goes on below the label; every other is said on one line.
_TEXTS = frozenset(
    ("problem", "tech_difficulties", "research_content", "indicators_text", "existing_basis",
     "excluded_routes", "eligibility_text", "ip_terms")
)  # fmt: skip
_LINES = frozenset(
    ("title", "industry", "province", "city", "demand_org", "keywords", "search_terms",
     "tech_domain",
     "bounty_wan", "total_budget_wan", "apply_deadline", "duration_months", "target_trl",
     "contact_name", "contact_phone", "contact_email")
)  # fmt: skip
LONGEST_TEXT = 50_000
"""Letters of the longest text that is read as one need: reading goes over it some twenty times."""
_SURELY = 95
# Labels in English and in everyday words, that no list of headers has.
_IN_PLAIN_WORDS = {
    name: field
    for field, names in {
        "title": "need topic challenge title 难题题目 要做的东西 想做的事",
        "demand_org": "company organisation organization 我单位 我司 我公司 哪个单位",
        "problem": "background problem 碰到的问题 遇到的问题 什么问题",
        "indicators_text": "targets requirements specifications 目标值 希望达到 要达到 想达到 "
                           "想做到什么程度 做到什么程度 达到什么程度 期望指标 希望的指标 要求达到",
        "bounty_wan": "budget reward 能出多少钱 出多少钱 给多少钱 愿意出多少 打算花多少",
        "duration_months": "duration term 啥时候要 什么时候要 多久做完 多长时间 要多久 多久",
        "apply_deadline": "deadline 截至 报名到",
        "contact_name": "contact 谁管这事 谁负责 找谁 咋联系 怎么联系 如何联系 联系信息 联系我",
    }.items()
    for name in names.split()
}  # fmt: skip
# What a value is made of by reading: the words are kept beside it.
_GUESSED = ("bounty_wan", "total_budget_wan", "fiscal_support_wan", "apply_deadline",
            "duration_months", "target_trl")  # fmt: skip
_OFFERED = {"bounty": "bounty_wan", "deadline": "apply_deadline", "months": "duration_months"}


def challenge_from_text(text: str, challenge_id: str = "文本") -> Challenge:
    """A free text as a challenge: a short first line is the title, labels begin sections.

    >>> made = challenge_from_text("主轴承\\n疲劳寿命不足\\n考核指标: 总氧≤6ppm")
    >>> made.title, made.problem, made.indicators_text
    ('主轴承', '疲劳寿命不足', '总氧≤6ppm')
    >>> made = challenge_from_text("主轴承\\n寿命不足。考核指标：总氧≤6ppm。联系人：王工")
    >>> made.indicators_text, made.contact_name
    ('总氧≤6ppm。', '王工')

    Raises:
        InputError: it is longer than any need.
    """
    check_length(text)
    written = written_on(text)
    text, named = _unfolded(text)
    persons = tuple(dict.fromkeys((*part_contacts(text).names, *named)))
    sections: dict[str, list[str]] = {}
    plain: list[str] = []
    current = going_on = plain
    for line in _INLINE.sub(_broken, text.strip()).splitlines():
        label = _LABELLED.match(line) or _NUMBERED.match(line)
        field = _section(label[1]) if label else None
        if label and field and (label[2] or field in _TEXTS):
            current = sections.setdefault(field, [])
            line = label[2]  # noqa: PLW2901 -- what stands behind the label
            if field in _TEXTS:
                going_on = current
        elif _ENDS.match(line) or _NUMBERED.match(line) or _OPTIONS.match(line):
            current = going_on = plain
        current.append(line)
        if line.strip():  # what is said on one line interrupts a section, it does not end it
            current = going_on
    stated = {field: "\n".join(lines).strip() for field, lines in sections.items()}
    whole = read_need(text, written, persons)
    # The day of all the text was chosen among that of its label and one it was put right to later.
    chosen = {"apply_deadline"} if whole.deadline else set()
    values, unread = _values({field: said for field, said in stated.items() if field not in chosen})
    words = {field: stated[field] for field in _GUESSED if field in values}
    told = _told("\n".join([*plain, *unread]), whole, titled="title" in values)
    for field in ("problem", "indicators_text"):
        if field in values and field in told:
            values[field] = "\n".join(filter(None, (told[field], values[field])))
    if "indicators_text" in values:
        told.pop("indicators", None)
    offered = told.pop("words")
    if "indicators_text" in values:
        values["indicators_text"] = _without_offers(values["indicators_text"], offered.values())
    _part_contact(values)
    words = {**offered, **words}
    # First without the names that are known: what is said beside them may be shown.
    said = _without_names({**told, **values}, persons)
    made = Challenge.model_validate(
        {"challenge_id": challenge_id, **said, "extra": as_columns(words)}
    )
    more: dict[str, Any] = {}
    if not made.title and made.problem:
        more["title"] = read_need(made.problem).title
    if not made.indicators and not made.indicators_text:
        more["indicators"] = whole.indicators
    if not made.indicators and made.indicators_text:
        found = parse_indicators(made.indicators_text)
        more["indicators"] = tuple(i for i in found if i.value is not None)
    return Challenge.model_validate(_without_names({**dict(made), **more}, persons))


def check_length(text: str) -> None:
    """Refuse what is longer than any need.

    Raises:
        InputError: more than `LONGEST_TEXT`.
    """
    if len(text) > LONGEST_TEXT:
        raise InputError(
            "文字太长，不能当作一项需求来读", given=f"{len(text)} 字",
            expected=f"不超过 {LONGEST_TEXT} 字",
            remedy="只留下需求部分，或把各项填成榜单文件",
        )  # fmt: skip


def unfolded(text: str) -> str:
    """A pasted text without marks and wrapping, the cells of a row one a line.

    >>> unfolded("[转发] <p>需求名称<br>轴承</p>").split()
    ['[转发]', '需求名称', '轴承']
    """
    return _unfolded(text)[0]


def _unfolded(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its wrapping, and the persons named in it but for the labelled ones."""
    plain = simplify(_unmarked(text))
    named = persons_in(plain)
    return _labelled(_bracketed(unwrapped(plain, named))), named


def source_sentences(text: str, made: Challenge) -> dict[str, str]:
    """Where a pasted text says what was picked out of it: field → the lines as they stand there.

    Of contacts too: what comes of this is for the organisation itself.

    >>> told = "各位好，我们是示例泵业有限公司的\\n想做熔盐泵轴承材料\\n联系 王工 13900001111"
    >>> source_sentences(told, challenge_from_text(told))["demand_org"]
    '各位好，我们是示例泵业有限公司的'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = {
        field: next((_unlabelled(line, value) for line in lines if value in simplify(line)), "")
        for field in ("title", "demand_org")
        if (value := getattr(made, field))
    }
    contacts = [(line, part_contacts(simplify(line))) for line in lines]
    found["contact_name"] = _joined(line for line, one in contacts if one.names)
    found["contact_phone"] = _joined(line for line, one in contacts if one.numbers)
    found["contact_email"] = _joined(line for line, one in contacts if one.emails)
    return {field: words for field, words in found.items() if words and getattr(made, field)}


def _unlabelled(line: str, value: str) -> str:
    """A line that says nothing but a value behind its label is that value."""
    label = _LABELLED.match(line)
    return label[2].strip() if label and simplify(label[2]).strip() == value else line


def _joined(lines: Iterable[str]) -> str:
    return " / ".join(lines)


def _without_offers(text: str, offers: Iterable[str]) -> str:
    """The text without the lines that say nothing but the money, the deadline or the term.

    >>> _without_offers("总氧≤6ppm\\n预算200万元,3月底前揭榜", ["预算200万元", "3月底前揭榜"])
    '总氧≤6ppm'
    """
    said = sorted(offers, key=len, reverse=True)

    def rest(line: str) -> str:
        for words in said:
            line = line.replace(words, "")
        return line.strip(" ,，;；。、")

    return "\n".join(line for line in text.splitlines() if rest(line) or not line.strip())


def _part_contact(values: dict[str, Any]) -> None:
    """A name with a number behind it is a name and a number."""
    parted = part_contacts(str(values.get("contact_name", "")))
    if len(parted.names) == 1 and not parted.rest:
        values["contact_name"] = parted.names[0]
        for field, found in (("contact_phone", parted.numbers), ("contact_email", parted.emails)):
            if found and not values.get(field):
                values[field] = "、".join(found)


def _without_names(values: dict[str, Any], persons: tuple[str, ...]) -> dict[str, Any]:
    """Whoever is to be reached stands in the field for it and in no text."""
    if not persons:
        return values
    kept = dict(values)
    for field in ("title", *_TEXTS):
        if kept.get(field):
            kept[field] = without_persons(kept[field], persons)
    kept["indicators"] = tuple(
        one.model_copy(update={"text": without_persons(one.text, persons)})
        for one in values.get("indicators") or ()
    )
    kept["contact_name"] = values.get("contact_name") or persons[0]
    return kept


def _unmarked(text: str) -> str:
    """The source of a page as it is read: a block a line, nothing of what is struck out."""
    if not _BLOCK.search(text):
        return text
    bare = _ANY_TAG.sub("", _BLOCK.sub("\n", _STRUCK.sub("", text)))
    return html.unescape(bare).replace("\xa0", " ")


def _told(rest: str, whole: Need, *, titled: bool) -> dict[str, Any]:
    """What is said without a label, as values of a challenge."""
    indicators, target_lines = targets_in(rest)
    first, _, more = rest.strip().partition("\n")
    targets = frozenset(target_lines)
    lines = rest.strip() if titled or first.strip() != whole.title else more
    values: dict[str, Any] = {
        "title": "" if titled else whole.title,
        "problem": "\n".join(
            line for line in lines.splitlines() if item_of(line) not in targets
        ).strip(),
        "indicators_text": "\n".join(target_lines),
        "indicators": list(indicators),
        "demand_org": whole.organisation,
        "bounty_wan": whole.bounty,
        "apply_deadline": whole.deadline,
        "duration_months": whole.months,
    }
    words = {_OFFERED[name]: text for name, text in whole.words.items()}
    return {"words": words} | {
        field: value for field, value in values.items() if value not in (None, "", [])
    }


def _bracketed(text: str) -> str:
    """【需求名称】… on three lines and more: labels in brackets, as those with a colon."""
    found = _BRACKET_LABEL.findall(text)
    known = [label for label, _ in found if _is_label(label)]
    return _BRACKET_LABEL.sub(r"\1：\2", text) if len(known) >= _LEAST_LABELS else text


def _labelled(text: str) -> str:
    """A row copied from a table (cells between tabs), one labelled cell a line."""
    text = _without_blank_rows(text)
    first, below = _below_a_row(text)
    if below:
        return f"{_labelled(first)}\n{below}"
    rows = _rows(text)
    if any("\t" in line for line in text.splitlines()) and (form := _form(rows)):
        return form
    if not rows or any(len(row) < _LEAST_CELLS for row in rows):
        return text
    if len(rows) == 2 and sum(_section(cell.strip()) is not None for cell in rows[0]) >= 2:
        return "\n".join(_under(name, cell) for name, cell in zip(*rows, strict=False) if cell)
    # One need is made of one text: the rows behind the first are kept as they stand.
    further = ("\t".join(row) for row in rows[1:])
    return "\n".join([*_cells(rows[0]), *further])


def _without_blank_rows(text: str) -> str:
    """A table without the rows that hold nothing but their number."""
    return "\n".join(
        line for line in text.split("\n") if "\t" not in line or not _BLANK_ROW.fullmatch(line)
    )


def _below_a_row(text: str) -> tuple[str, str]:
    """A header and a row, and the remarks below them; "" where it is not so."""
    lines = text.strip().splitlines()
    first, below = lines[:2], lines[2:]
    told = [line.split("\t") for line in first]
    known = len(told) == 2 and sum(_section(cell.strip()) is not None for cell in told[0]) >= 2
    if not known or not below or '\t"' in text or any("\t" in line for line in below):
        return text, ""
    return "\n".join(first), "\n".join(below)


def _rows(text: str) -> list[list[str]]:
    """The cells of each line; a quoted cell holds line breaks."""
    lines = text.strip().splitlines()
    if '\t"' in text:
        quoted = list(csv.reader(lines, delimiter="\t"))
        return [["；".join(cell.splitlines()) for cell in row] for row in quoted if any(row)]
    return [line.split("\t") for line in lines if line.strip()]


def _form(rows: list[list[str]]) -> str:
    """A form copied with tabs, labels beside their values, one labelled value a line; else "".

    A row without a label goes on with the value above it; that a cell was merged leaves blanks.
    """
    if len(rows) > 2 and all(len(row) >= _LEAST_CELLS and row[0].strip().isdigit() for row in rows):
        return ""
    told: list[list[str]] = []
    labels = 0
    for row in rows:
        cells = [cell.strip() for cell in row]
        label = ""
        for place, cell in enumerate(cells):
            if not cell:
                continue
            beside = next(filter(None, cells[place + 1 :]), "")
            if not label and beside and _is_label(cell) and not _is_label(beside):
                label = cell
                labels += 1
            elif label:
                told.append([label, cell])
                label = ""
            elif told and len(cells) > 1:
                told[-1].append(cell)
            else:
                told.append([cell])
    if labels < _LEAST_LABELS:
        return ""
    return "\n".join(f"{name}：{'；'.join(said)}" if said else name for name, *said in told)


def _is_label(cell: str) -> bool:
    return len(cell) <= _LONGEST_LABEL and (_section(cell) is not None or is_private_name(cell))


def _cells(row: list[str]) -> Iterator[str]:
    """The cells of a row without a header, each under what it must be."""
    titled = False
    for cell in _with_names([cell.strip() for cell in row]):
        label = next((name for name, is_one in _TOLD_BY_LOOKS if is_one(cell)), "")
        if not label and not titled and _SHORTEST_TITLE <= len(cell) <= _LONGEST_TITLE:
            label, titled = "项目名称", True
        if cell and not cell.isdigit():
            yield f"{label}：{cell}" if label else cell


def _with_names(cells: list[str]) -> Iterator[str]:
    """The cells; whoever stands in one of their own is put beside the telephone behind it."""
    waiting = ""
    for cell in cells:
        if waiting and part_contacts(cell).rest != cell:
            cell = f"{waiting} {cell}"  # noqa: PLW2901 -- one cell of the two
        elif waiting:
            yield waiting
        waiting = cell if re.fullmatch(r"[\u4e00-\u9fff·]{2,4}", cell) else ""
        if not waiting:
            yield cell
    if waiting:
        yield waiting


def _under(name: str, cell: str) -> str:
    """A cell under its header; a bare number keeps the unit of a header no field knows."""
    unit = ""
    if cell.strip().isdigit() and not _section(name):
        in_months = re.search(r"[(（]\s*个?月\s*[)）]", name)
        unit = (
            "万元" if re.search(r"万元|[(（]\s*万\s*[)）]", name) else "个月" if in_months else ""
        )
    return f"{name}：{cell}{unit}"


def _is_date(cell: str) -> bool:
    try:
        return bool(parse_date(cell))
    except DateError:
        return False


def _is_money(cell: str) -> bool:
    return not cell.isdigit() and parse_money(cell) is not None


_LEAST_CELLS = 4
_LEAST_LABELS, _LONGEST_LABEL = 3, 16
_SHORTEST_TITLE, _LONGEST_TITLE = 4, 40
_TOLD_BY_LOOKS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("揭榜截止", _is_date),
    ("完成时限(月)", lambda cell: not cell.isdigit() and parse_duration(cell)),
    ("榜单编号", re.compile(r"[A-Za-z]{0,8}[-_]?\d[-\w]{0,20}", re.ASCII).fullmatch),
    ("榜额(万元)", _is_money),
    ("需求单位", lambda cell: len(cell) <= _LONGEST_TITLE and organisation_kind(cell)),
    ("考核指标", lambda cell: any(i.value is not None for i in parse_indicators(cell))
        and part_contacts(cell).rest == cell),
)  # fmt: skip


def _values(stated: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The value of each field, and as lines of text what is not or not wholly a value."""
    values: dict[str, Any] = {}
    unread: list[str] = []
    types, names = cell_types(Challenge), dict(headers(Challenge))
    for field, text in stated.items():
        if not text:
            continue
        if field == "demand_org" and (beside := _BESIDE_A_NAME.search(text)):
            unread.append(text[beside.start() :].strip())
            text = text[: beside.start()]  # noqa: PLW2901 -- 某公司 （已认证）  浏览：318
        try:
            value, kept, _ = parse_value(field, text, types[field])
            Challenge.model_validate({"challenge_id": "-", field: value})
        except (CellError, ValidationError):
            value, kept = None, text
        if value is not None:
            values[field] = value
        if kept:
            unread.append(f"{names[field].name}: {kept}")
    return values, unread


def _broken(found: re.Match[str]) -> str:
    """A line break before a label that names a section; nothing changes before other words."""
    return "\n" if _section(found[1]) else found[0]


def _section(label: str) -> str | None:
    """The field a label surely names, if a section may be of it."""
    label = _ITEM_NUMBER.sub("", _REMARK.sub("", label))
    if known := _IN_PLAIN_WORDS.get(label.strip().casefold()):
        return known
    if _HOW_FAR.search(label):
        return "indicators_text"
    guess = standard_book(Challenge).find(label)
    sure = guess is not None and guess.score >= _SURELY and guess.field in _TEXTS | _LINES
    return guess.field if guess is not None and sure else None
