"""What an office file encloses beside the text and cells that are read: told, part by part.

A table set into a document as an object, words in a box over the cells, a picture of a list:
people see them when they open the file, so nobody may think that they were read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from matcher.confinement import go_on

_CHUNK = 1 << 20
_SECONDS = 60
_SHOWN = 5
# A logo has less; a list or a form that was scanned or photographed, more.
_PICTURE = 30 << 10
_WORDS = re.compile(rb"<a:t(?: [^>]*)?>[^<]*[^<\s]")
_BOXED = re.compile(rb"<v:textbox[^>]*>(?:\s|<[^>]*>)*[^<\s](?=.*?</v:textbox>)", re.DOTALL)
_ROOT = re.compile(rb"<(?:\w+:)?(\w+)[\s>]")
_WORD_TEXT = re.compile(rb"<w:t(?: [^>]*)?>[^<]*[^<\s]")
_THIRD_ROW = re.compile(rb"(?:</w:tr>.*?){3}", re.DOTALL)
_COMMENTED = re.compile(
    rb"<!--(?:(?!-->).){0,3000}?<(?:\w+:)?(?:t|v|row|table-row)[\s>]", re.DOTALL
)
_FILE = r"(?i:.+\.(?:xls[xmb]?|et|ods|doc[xm]?|wps|odt|pdf|csv|zip|rar|7z|ppt[xm]?|txt|html?))"

Look = Callable[[zipfile.ZipFile, zipfile.ZipInfo], bool]


class _Kind(NamedTuple):
    """Parts of a kind: how they are named, what they are, what to do, whether one counts."""

    name: re.Pattern[str]
    what: str
    remedy: str
    counts: Look = lambda archive, entry: True


def _holding(pattern: re.Pattern[bytes]) -> Look:
    def look(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
        return holds_any(archive, entry.filename, pattern)

    return look


def holds_any(archive: zipfile.ZipFile, part: str, wanted: re.Pattern[bytes]) -> bool:
    """Whether the bytes of a part match anywhere; much faster than parsing it."""
    with archive.open(part) as stream:
        before = b""
        while chunk := stream.read(_CHUNK):
            go_on(_SECONDS)
            if wanted.search(before + chunk):
                return True
            before = chunk[-4000:]
    return False


def _is_no_chart(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """The values of a chart are in cells."""
    is_content = entry.filename.endswith("/content.xml")
    return not (is_content and holds_any(archive, entry.filename, re.compile(rb"<office:chart>")))


def _has_no_definition(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """What a pivot table without a source holds is nowhere else."""
    return entry.filename.replace("Records", "Definition") not in archive.namelist()


def _is_large(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > _PICTURE


_KINDS = (
    _Kind(
        re.compile(r"xl/worksheets/[^/]+\.xml|word/document\d*\.xml|content\.xml"),
        "注释掉的行或文字（XML 注释）没有读入", "要紧的在原来的程序里写进格里或正文",
        _holding(_COMMENTED),
    ),
    _Kind(
        re.compile(rf"(?:.*/)?embeddings/[^/]+|{_FILE}"),
        "嵌入的文件或对象（表格、文档、公式）没有读入", "在 Office 或 WPS 中双击打开，另存后再导入",
    ),
    _Kind(
        re.compile(r"(?:Object|对象) ?\d+(?:/content\.xml)?"),
        "嵌入的文件或对象（表格、文档、公式）没有读入", "双击打开，另存后再导入", _is_no_chart,
    ),
    _Kind(
        re.compile(r".*/media/[^/]+|Pictures/[^/]+"),
        "较大的图片里的文字没有读入", "图片是表格或扫描件的，先做文字识别 (OCR) 并核对", _is_large,
    ),
    _Kind(
        re.compile(r".*/diagrams/data\d*\.xml"),
        "SmartArt 图形里的文字没有读入", "要紧的写进正文", _holding(_WORDS),
    ),
    _Kind(
        re.compile(r"word/charts/chart\d*\.xml"),
        "图表里的文字和数没有读入", "要紧的写进正文", _holding(_WORDS),
    ),
    _Kind(
        re.compile(r"xl/drawings/drawing\d*\.xml"),
        "文本框、图形里的文字没有读入", "要紧的写进格里", _holding(_WORDS),
    ),
    _Kind(
        re.compile(r"xl/drawings/\w+\.vml"),
        "文本框、图形里的文字没有读入", "要紧的写进格里", _holding(_BOXED),
    ),
    _Kind(
        re.compile(r"xl/threadedComments/.*\.xml"), "批注没有读入", "要紧的写进格里",
        lambda archive, entry: not any(n.startswith("xl/comments") for n in archive.namelist()),
    ),
    _Kind(
        re.compile(r"xl/model/.*"), "数据模型 (Power Pivot) 里的数据没有读入", "先加载到工作表里",
    ),
    _Kind(
        re.compile(r"xl/pivotCache/pivotCacheDefinition\d*\.xml"),
        "数据透视表的外部数据没有读入", "先把原始数据放进工作表",
        _holding(re.compile(rb'<cacheSource[^>]*type="(?:external|consolidation)"')),
    ),
    _Kind(
        re.compile(r"xl/pivotCache/pivotCacheRecords\d*\.xml"),
        "数据透视表的外部数据没有读入", "先把原始数据放进工作表", _has_no_definition,
    ),
    _Kind(
        re.compile(r"xl/externalLinks/externalLink\d*\.xml"),
        "从其他工作簿引来、留在外部链接里的文字没有读入", "要紧的从那个工作簿另行导入",
        _holding(re.compile(rb"<cell\s[^>]*\st=[\"']str[\"']")),
    ),
)  # fmt: skip


def enclosed_notes(archive: zipfile.ZipFile) -> list[str]:
    """A sentence for each kind of part that is not read, with the names of some of them.

    Raises: what unpacking raises.
    """
    told: dict[tuple[str, str], list[str]] = {}
    for entry in archive.infolist():
        kind = next((kind for kind in _KINDS if kind.name.fullmatch(entry.filename)), None)
        if kind is not None and not entry.is_dir() and kind.counts(archive, entry):
            name = entry.filename.removesuffix("/content.xml").rpartition("/")[2]
            told.setdefault((kind.what, kind.remedy), []).append(name)
    return [
        f"{what}：{some_of([name[:40] for name in names], '个', _SHOWN)}；{remedy}"
        for (what, remedy), names in told.items()
    ]


def some_of(names: Sequence[str], unit: str, most: int) -> str:
    """The first of some names, and of more how many there are.

    >>> some_of(["A1", "A2", "A3"], "处", 2)
    'A1、A2 等 3 处'
    """
    more = f" 等 {len(names)} {unit}" if len(names) > most else ""
    return "、".join(names[:most]) + more


# By the name of a part, or of its first element.
_STORIES = {
    "comments": "批注", "footnotes": "脚注", "endnotes": "尾注", "hdr": "页眉里的表格",
    "header": "页眉里的表格", "ftr": "页脚里的表格", "footer": "页脚里的表格",
    "document": "另一份正文",
}  # fmt: skip
_STORY = re.compile(r"word/([a-zA-Z]+)\d*\.xml")


def stories(archive: zipfile.ZipFile, main: str) -> list[str]:
    """What a Word file holds beside its text.

    Of headers and footers only tables count that are more than a frame for a logo.
    """
    found = {what for name, what in _of_word(archive, main) if _holds_words(archive, name, what)}
    return [f"{what}没有读入；要紧的写进正文" for what in sorted(found)]


def _of_word(archive: zipfile.ZipFile, main: str) -> Iterator[tuple[str, str]]:
    for name in archive.namelist():
        if name == main or not re.fullmatch(r"word/[^/]+\.xml", name):
            continue
        with archive.open(name) as stream:
            root = _ROOT.search(stream.read(4096))
        named = _STORY.fullmatch(name)
        what = _STORIES.get(named[1] if named else "") or _STORIES.get(
            root[1].decode(errors="replace") if root else ""
        )
        if what is not None:
            yield name, what


def _holds_words(archive: zipfile.ZipFile, name: str, what: str) -> bool:
    return holds_any(archive, name, _THIRD_ROW if "页" in what else _WORD_TEXT)
