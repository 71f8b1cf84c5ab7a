"""Lists of achievements as they stand in a CV: papers, patents, projects, awards, standards.

Papers follow GB/T 7714 (authors. title[J]. journal, year, …), patents carry their numbers, projects
their fund and number and years. BibTeX and RIS are read too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from matcher.text.amounts import parse_money
from matcher.text.bibtex import parse_bibtex
from matcher.text.person_names import has_surname, parse_name
from matcher.text.signatures import signatures

# GB/T 7714-2015, appendix B: document type and carrier.
_TYPE_MARK = re.compile(r"\[\s*([A-Z]{1,2})(?:/OL)?\s*\]")
_KIND_OF_MARK = {
    "J": "论文",
    "C": "论文",
    "D": "论文",
    "M": "论文",
    "P": "专利",
    "S": "标准",
    "R": "其他",
}
_NUMBERING = re.compile(
    r"^\s*(?:\[\d{1,3}\]|[(（]\d{1,3}[)）]|\d{1,3}[.、．)）](?!\d)|[①-⑳]|[-•·●◆■*▪]|[一二三四五六七八九十]+、)\s*"
)
_PATENT_NUMBER = re.compile(
    r"(?:ZL|CN|专利号\s*[:：]?\s*(?:ZL)?|申请号\s*[:：]?|授权号\s*[:：]?)\s*(\d{4,13}(?:\.[\dXx]|[ABCUSY]\d?)?)"
    r"|\b((?:US|WO|EP|JP)\s?\d{4,}[\d/]*\s?[AB]?\d?)"
)
_PROJECT_NUMBER = re.compile(
    r"(?<![\w.])(\d{4}YF[A-Z]\d{5,7}|[UA]?\d{8,10}(?!\d)|\d{4}[A-Z]{2,4}\d{4,8}|[A-Z]{2,4}\d{6,12}|20\d{2}-[A-Z]+-\d+|"
    r"20\d{2}[A-Z]{2}\d{6,10}(?:-\d+)?)(?![\w.])"
)
_PROJECT = re.compile(
    r"国家自然科学基金|自然科学基金|重点研发|863|973|科技支撑|重大专项|攻关|基金|课题|计划|横向|专项|项目(?!名)|主持"
)
_AWARD = re.compile(
    r"[一二三特]等奖|科技(?:进步|发明)奖|技术发明奖|自然科学奖|金奖|银奖|优秀奖|奖励|获奖|发明奖"
)
_STANDARD = re.compile(
    r"(?:GB(?:/T)?|YB/T|HG/T|JB/T|ISO|IEC|T/[A-Z]+|DB\d{2}/T?)\s*\d+(?:[.\d]*)?(?:-\d{4})?"
)
_TRANSFER = re.compile(r"转让|许可|产业化|成果转化|应用于|技术转化|投产")
_PATENT = re.compile(r"专利|软件著作权|软著|ZL\s*\d")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_SPAN = re.compile(
    r"((?:19|20)\d{2})(?:[./年-]\d{1,2}月?)?\s*(?:-|–|—|~|～|至|到)+\s*((?:19|20)\d{2})"
)
_MONEY = re.compile(
    r"(?:经费|合同额|金额|总经费|资助|到款|直接费用)?\s*[:：]?\s*((?<!\d)(?<!\d[,.])\d[\d,.]*+\s*(?:万元|亿元|万))"
)
_ROLE = re.compile(
    r"(项目负责人|课题负责人|负责人|主持|参与|参加|骨干|第[一二三四五1-5]完成人|排名?第?\s?[一二三四五1-9]|通讯作者|第一作者|首席)"
)
_JOURNAL = re.compile(r"学报|\bJ\.\s|\bJournal\b|\bTrans\.|\bTransactions\b|\bProc\.|\bActa\b")
_QUOTED = re.compile(r"[“\"《「]([^”\"》」]{4,120})[”\"》」]")
_GLUED = re.compile(
    r"(?<=[;；。])\s*(?=(?:\[\d{1,3}\]|[(（]\d{1,2}[)）]|\d{1,2}[.、．](?!\d)|[①-⑳]))"
)
_INLINE = re.compile(r"\s+(?=\[\d{1,3}\]\s*\S)|(?<=[。；;.])\s*(?=[(（]\d{1,2}[)）])")
_LONGEST = 400
# Authors. Title. Journal, year, …, without the mark of its type.
_WRITTEN = re.compile(
    r"(?P<authors>[^.．。]{2,}(?:[A-Z][.．][^.．。]*)*?)[.．。]\s*(?P<title>[^.．。]{4,})[.．。]\s*(?P<venue>[^,，.。]{2,60})"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One achievement: its kind, title and year, and what else its line says."""

    kind: str
    title: str
    year: int | None = None
    role: str = ""
    amount_wan: float | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The fields of an `Evidence` that are known."""
        values: dict[str, Any] = {"kind": self.kind, "title": self.title}
        values |= {"year": self.year} if self.year else {}
        values |= {"role": self.role} if self.role else {}
        values |= {"amount_wan": self.amount_wan} if self.amount_wan is not None else {}
        return values | ({"extra": self.extra} if self.extra else {})


def parse_references(text: str, kind: str | None = None) -> tuple[Reference, ...]:
    """The achievements listed in a cell or a paragraph, one a line or numbered.

    ``kind`` is what a column says about them (代表性论文); marks in the line itself go before it.

    >>> [(r.kind, r.title, r.year) for r in parse_references(
    ...     "[1] 王五, 李四. 轴承钢夹杂物控制[J]. 钢铁, 2019, 54(3): 1-8.")]
    [('论文', '轴承钢夹杂物控制', 2019)]
    """
    stripped = text.lstrip()
    if stripped.startswith("@") and "{" in stripped[:40]:
        return tuple(_from_bibtex(text))
    if stripped.startswith("TY  -"):
        return tuple(parse_ris(text))
    lines = [line for block in text.split("\n") for line in _lines(block)]
    return tuple(parse_reference(line, kind) for line in lines if len(line.strip()) > 1)


def _lines(block: str) -> Iterator[str]:
    parts = [part for piece in _GLUED.split(block) for part in _INLINE.split(piece)]
    for part in parts:
        if _TYPE_MARK.search(part) or (len(part) > _LONGEST and "；" not in part):
            yield part.strip()
            continue
        yield from (
            bit.strip(" ;；")
            for bit in re.split(r"[；;](?![^(（]*[)）])", part)
            if bit.strip(" ;；")
        )


def parse_reference(line: str, kind: str | None = None) -> Reference:
    """One line as one achievement; what is not understood stays in the title."""
    line = _NUMBERING.sub("", line.strip()).strip() or line.strip()
    mark = _TYPE_MARK.search(line)
    found = _KIND_OF_MARK.get(mark[1], "论文") if mark else kind or _kind(line)
    if mark and found != "专利":
        return _cited(line, mark, found)
    if found == "论文" and (written := _WRITTEN.match(line)) and _are_names(written["authors"]):
        extra = {"原文": line, "作者": written["authors"], "出处": written["venue"].strip()}
        return Reference(found, written["title"].strip(), _year(line), _role(line), None, extra)
    if found == "专利":
        return _patent(line)
    if found == "项目":
        return _project(line)
    title = _title(line)
    return Reference(
        found, title, _year(line), _role(line), None, {"原文": line} if title != line else {}
    )


def _are_names(text: str) -> bool:
    """Whether a text is nothing but names: 张一, 李二*; Zhang Y, Li E."""
    found = signatures(text)
    plain = re.sub(r"[\W\d_]", "", text)
    said = sum(len(re.sub(r"[\W\d_]", "", one.name)) for one in found)
    return said >= 0.7 * len(plain) and all(
        (name := parse_name(one.name)) is not None
        and (has_surname(name.han) if name.han else bool(name.given))
        for one in found
    )


def is_cited(line: str) -> bool:
    """Whether a line is a work as GB/T 7714 has it cited: 张一. 题目[J]. 刊名, 2020."""
    mark = _TYPE_MARK.search(line)
    return mark is not None and mark[1] in _KIND_OF_MARK and bool(_authors(line[: mark.start()])[0])


def _kind(line: str) -> str:
    for pattern, kind in (
        (_PATENT, "专利"), (_AWARD, "奖励"), (_STANDARD, "标准"), (_PROJECT, "项目"),
        (_TRANSFER, "转化"),
    ):  # fmt: skip
        if pattern.search(line):
            return kind
    return "论文" if _JOURNAL.search(line) or re.search(r"期刊|doi|DOI", line) else "其他"


def _cited(line: str, mark: re.Match[str], kind: str) -> Reference:
    """Authors. Title[J]. Journal, year, …"""
    before, after = line[: mark.start()].strip(), line[mark.end() :].lstrip(" .。,，")
    authors, title = _authors(before)
    extra = {"原文": line}
    if authors:
        extra["作者"] = authors
    venue = re.split(r"[,，.。:：]", after, maxsplit=1)[0].strip()
    if venue and not venue.isdigit():
        extra["出处"] = venue
    return Reference(kind, title, _year(after) or _year(line), _role(line), None, extra)


def _authors(before: str) -> tuple[str, str]:
    """The last full stop that ends the authors; an initial (Smith J.) does not end them."""
    for found in re.finditer(r"(?:[.．。:：]\s+|[.．。](?=[^\x00-\x7f])|[:：](?=\S))", before):
        authors, title = before[: found.start()], before[found.end() :].strip()
        if re.search(r"(?:^|[\s,.])[A-Z]$", authors) and re.match(
            r"[A-Z][a-z]*[.,]|[A-Z]\b", title
        ):
            continue
        if len(title) >= 4 and re.search(r"[,，、\s]|^[^\x00-\x7f]{2,4}$|等$|et al$", authors):
            return authors.strip(), title
    return "", before


def _patent(line: str) -> Reference:
    number = _PATENT_NUMBER.search(line)
    extra = {"原文": line}
    if number:
        extra["专利号"] = re.sub(r"\s", "", number[0].split(":")[-1].split("：")[-1])
    mark = _TYPE_MARK.search(line)
    authors, title = _authors(line[: mark.start()]) if mark else ("", _title(line))
    if authors:
        extra["作者"] = authors
    if number:
        title = title.replace(number[0], "").strip(" :：,，") or line[:200]
    return Reference("专利", title, _patent_year(line, number), _role(line), None, extra)


def _patent_year(line: str, number: re.Match[str] | None) -> int | None:
    """The year stated, else that of the application, which the number begins with."""
    rest = line if number is None else line.replace(number[0], " ")
    stated = _year(rest)
    if stated or number is None:
        return stated
    digits = re.sub(r"\D", "", number[1] or "")
    year = int(digits[:4]) if len(digits) >= 12 else 0
    return year if 1985 <= year <= 2100 else None


def _project(line: str) -> Reference:
    number = _PROJECT_NUMBER.search(line)
    extra = {"原文": line}
    if number:
        extra["项目编号"] = number[1]
    money = _MONEY.search(line)
    amount = parse_money(money[1]) if money else None
    fund = re.match(
        r"^(?:主持|参与|承担)?\s*([^,，:：“\"《]{4,40}?(?:基金|计划|专项|项目|课题)[^,，:：“\"《]{0,20})[,，:：“\"《]",
        line,
    )
    if fund:
        extra["来源"] = re.sub(r"[(（].*$", "", fund[1]).strip()
    return Reference(
        "项目", _title(line), _year(line), _role(line), amount.high if amount else None, extra
    )


def _title(line: str) -> str:
    """What is in quotation marks, else the longest part that is no number, date or role."""
    quoted = _QUOTED.search(line)
    if quoted:
        return quoted[1].strip()
    plain = re.sub(r"[(（][^()（）]*[)）]", " ", line)
    parts = [part.strip() for part in re.split(r"[,，。;；]|(?<!\b[A-Z])\.\s|[:：]", plain)]
    titles = [part for part in parts if part and not _is_particular(part)]
    best = max(titles, key=_title_weight, default="")
    return best if len(best) >= 4 else line[:200]


def _is_particular(part: str) -> bool:
    bare = _YEARS.sub("", part)
    return (
        _PROJECT_NUMBER.fullmatch(part) is not None
        or _PATENT_NUMBER.fullmatch(part) is not None
        or _MONEY.fullmatch(part) is not None
        or _ROLE.fullmatch(part) is not None
        or not re.search(r"[\u3400-\u9fffA-Za-z]{3,}", bare)
        or bool(
            re.fullmatch(
                r"(?:中国|国家)?(?:授权)?(?:发明|实用新型)?专利.{0,6}|在研|结题|已授权|授权", part
            )
        )
    )


def _title_weight(part: str) -> int:
    fund = re.search(r"奖$|(?:基金|计划|专项)(?:委|项目|课题|重点项目|面上项目|青年项目)?$", part)
    return len(part) - (100 if fund or _JOURNAL.search(part) else 0)


def _year(text: str) -> int | None:
    """The last year of a span, else the last year there is."""
    text = unicodedata.normalize("NFKC", text)
    span = _SPAN.search(text)
    if span:
        return int(span[2])
    years = [int(year) for year in _YEARS.findall(text) if 1950 <= int(year) <= 2035]
    return years[-1] if years else None


def _role(line: str) -> str:
    found = _ROLE.search(line)
    return found[1] if found else ""


_BIB_KIND = {"patent": "专利", "techreport": "其他", "standard": "标准"}
_RIS_KIND = {"PAT": "专利", "STAND": "标准", "RPRT": "其他"}


def _from_bibtex(text: str) -> Iterator[Reference]:
    """The entries of a BibTeX text; what stands outside of them as it is."""
    for entry in parse_bibtex(text):
        people = " and ".join(entry.fields.get("author", ()))
        fields = {name: next(iter(values), "") for name, values in entry.fields.items()}
        if "type" not in fields:
            yield parse_reference(" ".join(" ".join(fields.values()).split()))
            continue
        year = _YEARS.search(fields.get("year", "") or fields.get("date", ""))
        extra = {
            label: fields[name]
            for name, label in (
                ("venue", "出处"), ("doi", "DOI"), ("issue", "期号"),
                ("number", "专利号" if fields["type"] == "patent" else "期号"),
            )
            if fields.get(name)
        } | ({"作者": people} if people else {})  # fmt: skip
        kind = _BIB_KIND.get(fields["type"], "论文")
        yield Reference(
            kind, fields["title"] or "无题", int(year[1]) if year else None, "", None, extra
        )


def parse_ris(text: str) -> Iterator[Reference]:
    """The entries of a RIS text."""
    entry: dict[str, list[str]] = {}
    for line in text.splitlines():
        found = re.match(r"^([A-Z][A-Z0-9])  - ?(.*)$", line.strip("\ufeff\r"))
        if not found:
            continue
        entry.setdefault(found[1], []).append(found[2].strip())
        if found[1] == "ER":
            yield _ris(entry)
            entry = {}
    if entry:
        yield _ris(entry)


def _ris(entry: dict[str, list[str]]) -> Reference:
    def first(*tags: str) -> str:
        return next((entry[tag][0] for tag in tags if entry.get(tag)), "")

    year = _YEARS.search(first("PY", "Y1", "DA"))
    extra = {
        label: value
        for label, value in (
            ("作者", "; ".join(entry.get("AU", []) or entry.get("A1", []))),
            ("出处", first("JO", "JF", "T2")), ("DOI", first("DO")), ("摘要", first("AB", "N2")),
        )
        if value
    }  # fmt: skip
    kind = _RIS_KIND.get(first("TY"), "论文")
    return Reference(
        kind, first("TI", "T1", "CT") or "无题", int(year[1]) if year else None, "", None, extra
    )
