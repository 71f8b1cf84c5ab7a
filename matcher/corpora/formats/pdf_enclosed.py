"""What a PDF holds beside the text of its pages: files, what is filled in, notes, pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Of trees of names and of fields, which may be damaged or endless.
_MOST_NODES = 2_000
_SHOWN, _PAGES_SHOWN = 100, 8
# A page with fewer characters and a picture over half of it was scanned.
_FEW = 100
_OUTLINES = 50
# Annotations that say nothing themselves, or belong to one that does.
_SILENT = frozenset(("Link", "Popup", "Widget", "PrinterMark", "TrapNet", "FileAttachment"))
_DRAWN = frozenset(("FreeText", "Stamp"))


class Enclosed:
    """What is met while the pages are gone through."""

    def __init__(self, document: Any) -> None:
        catalog = _dict(document.catalog)
        form = _dict(catalog.get("AcroForm"))
        names = _dict(_dict(catalog.get("Names")).get("EmbeddedFiles"))
        self._files = [*_files_in(names), *map(_file_name, _list(catalog.get("AF")))]
        self._filled = dict.fromkeys(_filled_in(_list(form.get("Fields"))))
        self._only_form = "XFA" in form
        self._notes: list[int] = []
        self._pictures: list[int] = []

    def look_at(self, page: Any) -> None:
        """Take in a page before its text is read."""
        noted = False
        for one in map(_dict, _list(getattr(page.page_obj, "annots", None))):
            kind = _text(one.get("Subtype"))
            if kind == "FileAttachment":
                self._files.append(_file_name(one.get("FS")))
            elif kind == "Widget":
                self._filled |= dict.fromkeys(_filled_in([one]))
            elif kind not in _SILENT:
                noted |= bool(_text(one.get("Contents")).strip()) or kind in _DRAWN
        if noted:
            self._notes.append(page.page_number)
        if len(page.chars) < _FEW and _is_picture(page):
            self._pictures.append(page.page_number)

    def told(self) -> list[str]:
        """A sentence for each kind of thing."""
        files, filled = "、".join(dict.fromkeys(self._files)), "、".join(self._filled)
        noted, scanned = _pages(self._notes), _pages(self._pictures)
        said = (
            (files, f"PDF 的附件没有读入：{files[:_SHOWN]}", "先另存附件，再导入"),
            (filled, f"PDF 表单里填的内容没有读入：{filled[:_SHOWN]}", "用“打印为 PDF”另存一份"),
            (self._only_form and not filled, "PDF 里动态表单 (XFA) 的内容没有读入", "另存为 Word"),
            (noted, f"{noted}有批注、打字机文字或图章，没有读入", "要紧的写进正文"),
            (
                scanned,
                f"{scanned}几乎没有文字，多半是扫描的，没有读入",
                "先做文字识别 (OCR) 并核对",
            ),
        )
        return [f"{what}；{remedy}" for there, what, remedy in said if there]


def _is_picture(page: Any) -> bool:
    """Whether a page shows pictures instead of text: large ones, or letters drawn as shapes."""
    half = float(page.width * page.height) / 2
    areas = (image["width"] * image["height"] for image in page.images)
    return any(area > half for area in areas) or len(page.curves) > _OUTLINES


def _pages(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    more = " 等" if len(numbers) > _PAGES_SHOWN else ""
    return f"第{'、'.join(map(str, numbers[:_PAGES_SHOWN]))}页{more}"


def _files_in(names: Mapping[str, Any]) -> Iterator[str]:
    """The files of a tree of names: pairs of a name and a file, or branches."""
    for node in _nodes([names]):
        for one in _list(node.get("Names"))[1::2]:
            yield _file_name(one)


def _filled_in(fields: Sequence[Any]) -> Iterator[str]:
    """The names of texts and choices somebody filled in; what was filled in may be a contact."""
    for field in _nodes(fields):
        value = field.get("V")
        filled = any(_text(one).strip() for one in _list(value) or [value])
        if filled and (not field.get("FT") or _text(field["FT"]) in ("Tx", "Ch")):
            yield f"「{_text(field.get('T'))[:20]}」"


def _nodes(roots: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """The nodes of a tree, as many as any honest file has."""
    waiting = deque(roots)
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = _dict(waiting.popleft())
        waiting += _list(node.get("Kids"))
        yield node


def _file_name(spec: Any) -> str:
    said = _dict(spec)
    return _text(said.get("UF")) or _text(said.get("F")) or "没有名称的文件"


def _dict(value: Any) -> Mapping[str, Any]:
    found = _resolved(value)
    return found if isinstance(found, dict) else getattr(found, "attrs", {})


def _list(value: Any) -> Sequence[Any]:
    found = _resolved(value)
    return found if isinstance(found, list) else []


def _text(value: Any) -> str:
    from pdfminer.psparser import PSLiteral
    from pdfminer.utils import decode_text

    found = _resolved(value)
    if isinstance(found, PSLiteral):
        return str(found.name)
    if isinstance(found, bytes):
        return str(decode_text(found))
    return found if isinstance(found, str) else ""


def _resolved(value: Any) -> Any:
    from pdfminer.pdftypes import resolve1

    return resolve1(value)
