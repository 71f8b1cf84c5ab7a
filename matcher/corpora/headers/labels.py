"""Which words are headers: one book of the labels of all record types, exact and by likeness."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from matcher.records import Record, Team, headers
from matcher.text.normalise import clean, is_settled, simplify

# Ornaments of a header: numbering, required marks, hints in brackets, a colon.
_NUMBERING = re.compile(
    r"^(?:[*＊※★]|[（(]?[一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,2}[、.．]|\d{1,2}[、.．])+"
)
_BRACKETED = re.compile(r"\([^()]*\)")
_TAIL = re.compile(r"[:：*＊※]+$")
# Words around a label that do not change what it names.
_PADDING = re.compile(
    r"^(?:预期(?:达到)?的?|(?:拟|需要?|亟[需须待]|急需|待)(?:解决|攻克|突破)的?|其中:?|主要的?|请填写|本|该|企业的?|项目的?|需求的?|榜单的?|团队的?|课题的?|技术需求的?)+"
)
_SUFFIXES = (
    "情况",
    "说明",
    "简述",
    "概述",
    "介绍",
    "内容",
    "要求",
    "信息",
    "描述",
    "及要求",
    "名称",
    "全称",
)
_LONGEST_HEADER = 60
# What is left of any header if enough is taken off it.
_GENERIC = frozenset(
    (
        "名称",
        "编号",
        "序号",
        "单位",
        "简介",
        "内容",
        "类型",
        "时间",
        "类别",
        "方向",
        "说明",
        "结果",
        "状态",
    )
)
# 需求单位·名称 is what the upper word says; 榜单·名称 has a label of its own.
_NAMING = frozenset(("名称", "全称", "单位名称", "企业名称", "单位全称", "公司名称"))
# A header of several labels (负责人及联系电话) is divided here.
_AND = re.compile(r"[及和与/、,]|以及")
# What a person is called goes before the number beside it, which is parted off later.
_PERSONS = ("leader_name", "contact_name")
_CONTACTS = frozenset(("contact_name", "contact_phone", "contact_email", "leader_name"))
_PROSE = frozenset(
    (
        "problem",
        "tech_difficulties",
        "research_content",
        "indicators_text",
        "existing_basis",
        "research_directions",
        "core_capabilities",
        "facilities",
    )
)
# Columns of a table of teams that list evidence of one kind: kind → what they are called.
_EVIDENCE_COLUMNS = {
    "论文": "论文 代表性论文 代表论文 发表论文 主要论文 学术论文 论文专著 论文著作 代表作",
    "专利": "专利 代表性专利 授权专利 发明专利 主要专利 知识产权 专利情况 授权发明专利",
    "项目": "项目 承担项目 主要项目 科研项目 在研项目 主持项目 代表性项目 承担科研项目",
    "奖励": "奖励 获奖 获奖情况 科技奖励 奖项 主要获奖 荣誉奖励 获奖成果",
    "标准": "标准 制定标准 主持标准",
    "转化": "转化 成果转化 转化案例 应用案例 成果转化案例 转化成果",
}
EVIDENCE_LABELS = {
    name: kind for kind, names in _EVIDENCE_COLUMNS.items() for name in names.split()
}
LIKE, MARGIN = 80.0, 6.0
_LONGEST = 30

_BRACKETS = str.maketrans("[]{}【】〔〕〖〗", "()()()()()")


@lru_cache(maxsize=20_000)
def normalise_header(text: str) -> str:
    """A header as it is compared: NFKC, simplified, one kind of bracket, no white space or other
    character that is not seen, no case.

    >>> normalise_header(" 榜额 （万元） ")
    '榜额(万元)'
    """
    if is_settled(text):
        return text.translate(_BRACKETS).casefold()
    folded = unicodedata.normalize("NFKC", clean(text)).translate(_BRACKETS)
    folded = "".join(folded.split()).casefold()
    return folded if folded.isascii() or len(folded) > _LONGEST_HEADER else simplify(folded)


class How(StrEnum):
    """By which rule a header was understood."""

    GIVEN = "指定"
    SAME = "同名"
    SYNONYM = "同义"
    STRIPPED = "去修饰"
    JOINED = "合写"
    ALIKE = "近似"


class Guess(NamedTuple):
    """A field a header was taken for: how surely (0-100) and by which rule."""

    field: str
    score: float
    how: How


def strip_label(text: str) -> str:
    """A header without numbering, required marks, bracketed hints and colon, normalised.

    >>> strip_label("*3、榜额（万元，不含税）：")
    '榜额'
    """
    plain = _TAIL.sub("", normalise_header(text))
    plain = _NUMBERING.sub("", plain)
    return _TAIL.sub("", _BRACKETED.sub("", plain)) or plain


class LabelBook:
    """The labels of one record type, each with its field.

    Args:
        record_type: whose labels.
        more: headers given by the user or a profile, header → field.
    """

    def __init__(self, record_type: type[Record], more: Mapping[str, str] | None = None) -> None:
        self.own: dict[str, str] = {}
        self.names: dict[str, str] = {}
        for field, mark in headers(record_type):
            for name in (field, mark.name):
                self.own[normalise_header(name)] = field
                self.names[normalise_header(name)] = field
        for field, mark in headers(record_type):
            for name in mark.synonyms:
                self.names.setdefault(normalise_header(name), field)
        self.given = {normalise_header(header): field for header, field in (more or {}).items()}
        self._stripped: dict[str, str] = {}
        for name, field in self.names.items():
            self._stripped.setdefault(strip_label(name), field)
        self._others = EVIDENCE_LABELS if record_type is Team else {}
        self._guesses: dict[str, Guess | None] = {}

    def find(self, header: str) -> Guess | None:
        """The field a header names, surely or by likeness."""
        if header not in self._guesses:
            self._guesses[header] = self._find(header)
        return self._guesses[header]

    def _find(self, header: str) -> Guess | None:
        readings = self._readings(header)
        for way in (self._exact, self._several, self._alike):
            for part in readings:
                guess = way(part)
                if guess is not None:
                    return guess
        return None

    def _readings(self, header: str) -> tuple[str, ...]:
        """A header joined of two rows is read as a whole, then by its lower, then its upper part.

        A lower part that only says 名称 names what stands over it, if that is a label.
        """
        if "·" not in header:
            return (header,)
        upper, _, lower = header.rpartition("·")
        whole = header.replace("·", "")
        if strip_label(lower) in _NAMING and self._exact(upper) is not None:
            return (whole, upper)
        return (whole, lower, header)

    def _exact(self, header: str) -> Guess | None:
        folded = normalise_header(header)
        if folded in self.given:
            return Guess(self.given[folded], 100.0, How.GIVEN)
        if folded in self.own:
            return Guess(self.own[folded], 100.0, How.SAME)
        if folded in self.names:
            return Guess(self.names[folded], 99.0, How.SYNONYM)
        bare = strip_label(header)
        if bare in self._stripped:
            return Guess(self._stripped[bare], 95.0, How.STRIPPED)
        return None

    def _several(self, header: str) -> Guess | None:
        """The field of a header that joins labels: of a person and their contacts, of prose."""
        parts = [part for part in _AND.split(strip_label(header)) if part]
        found = [self._exact(part) or self._cored(part) for part in parts]
        fields = [guess.field for guess in found if guess is not None]
        if len(parts) < 2 or len(fields) < len(parts):
            return None
        if _CONTACTS.issuperset(fields):
            field = next((name for name in _PERSONS if name in fields), fields[0])
            return Guess(field, 90.0, How.JOINED)
        return Guess(fields[0], 90.0, How.JOINED) if _PROSE.issuperset(fields) else None

    def _cored(self, header: str) -> Guess | None:
        """The label within a header: without the words that do not change what it names."""
        for core in _cores(strip_label(header)):
            if core in self._stripped and core not in _GENERIC:
                return Guess(self._stripped[core], 90.0, How.STRIPPED)
        return None

    def _alike(self, header: str) -> Guess | None:
        """The most similar label, if it is similar enough and no other field is nearly so."""
        bare = strip_label(header)
        if not self._stripped or not 2 <= len(bare) <= _LONGEST or bare in self._others:
            return None
        cored = self._cored(header)
        if cored is not None:
            return cored
        from rapidfuzz import fuzz, process

        # A label less alike than this is neither good enough nor near the one that is.
        least = LIKE - MARGIN
        near = process.extract(
            bare, self._stripped.keys(), scorer=fuzz.ratio, score_cutoff=least, limit=None
        )
        ends = (bare[-n:] for n in range(max(3, (len(bare) + 1) // 2), len(bare) + 1))
        best: dict[str, float] = {}
        scores = [(name, alike) for name, alike, _ in near]
        scores += [(end, 85.0) for end in ends if end in self._stripped]
        for name, score in scores:
            field = self._stripped[name]
            best[field] = max(best.get(field, 0.0), score)
        if not best:
            return None
        (field, score), *others = sorted(best.items(), key=lambda item: -item[1])
        runner_up = others[0][1] if others else 0.0
        if score >= LIKE and score - runner_up >= MARGIN:
            return Guess(field, round(score, 1), How.ALIKE)
        return None


def _cores(bare: str) -> Iterable[str]:
    shorter = _PADDING.sub("", bare)
    yield shorter
    for suffix in _SUFFIXES:
        if bare.endswith(suffix):
            yield bare.removesuffix(suffix)
            yield shorter.removesuffix(suffix)


@cache
def standard_book(record_type: type[Record]) -> LabelBook:
    """The book of a record type without anything given by the user."""
    return LabelBook(record_type)


def book_of(record_type: type[Record], given: Mapping[str, str] | None = None) -> LabelBook:
    """The book of a record type, with what the user gave if there is any."""
    return LabelBook(record_type, given) if given else standard_book(record_type)
