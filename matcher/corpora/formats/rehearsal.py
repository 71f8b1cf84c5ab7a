"""Reading made ready: a small file of each kind, ours, is read before any stranger's.

What a library does once in its life (modules, tables of characters of a PDF, compiled patterns) is
then done before a fork is made, and what a fork does once (its own copy of every page of memory it
touches) before its file comes.
"""

from __future__ import annotations

import gc
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from matcher.corpora.formats.format import SourceFile
from matcher.corpora.formats.registry import FORMATS
from matcher.corpora.grid import Grid

_OFFICE = "http://schemas.openxmlformats.org/"
_RELATION = f"{_OFFICE}officeDocument/2006/relationships"
_PACKAGE = f"{_OFFICE}package/2006"
_SHEET = f'xmlns="{_OFFICE}spreadsheetml/2006/main" xmlns:r="{_RELATION}"'
_WORD = f'xmlns:w="{_OFFICE}wordprocessingml/2006/main"'
_ROWS = (("项目名称", "需求单位", "榜额"), ("轴承钢", "某厂", "50万元"), ("叶片", "某所", "80万元"))


class Rehearsal:
    """Files of some formats in memory, read again in every fork."""

    def __init__(self) -> None:
        self._files: dict[str, SourceFile] = {}

    def prepare(self, *formats: str) -> None:
        """Load what reading these takes, for all forks to come."""
        new = (set(formats) & MADE.keys()) - self._files.keys()
        if not new or not hasattr(os, "memfd_create"):
            return
        for name in sorted(new):
            handle = os.memfd_create(name)
            os.write(handle, MADE[name]())
            self._files[name] = SourceFile(Path(f"/proc/self/fd/{handle}"), name, "")
        self.rehearse()
        gc.collect()
        gc.freeze()

    def rehearse(self, called: Callable[[], bool] = lambda: False) -> None:
        """Read them all, or until it is time for a real file."""
        for name, source in self._files.items():
            if called():
                return
            with suppress(Exception):  # a real file will say what is wrong
                content = FORMATS[name].read(source)
                assert isinstance(content, Sequence)
                for part in content:
                    if isinstance(part, Grid):
                        list(part.rows)


def _xlsx() -> bytes:
    texts = [text for row in _ROWS for text in row]
    rows = "".join(
        "<row>" + "".join(f"<c t='s'><v>{texts.index(text)}</v></c>" for text in row) + "</row>"
        for row in _ROWS
    )
    return _zipped({
        "[Content_Types].xml": f"<Types xmlns='{_PACKAGE}/content-types'/>",
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {_SHEET}><sheets><sheet name='榜单' sheetId='1' r:id='r1'/>"
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"),
                                                 ("sharedStrings", "sharedStrings.xml")),
        "xl/sharedStrings.xml": f"<sst {_SHEET}>"
        f"{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {_SHEET}><sheetData>{rows}</sheetData>"
        "</worksheet>",
    })  # fmt: skip


def _docx() -> bytes:
    paragraph = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph.format(text)}</w:tc>" for text in row) + "</w:tr>"
        for row in _ROWS
    )
    body = f"{paragraph.format('榜单')}<w:tbl>{rows}</w:tbl>"
    return _zipped(
        {"word/document.xml": f"<w:document {_WORD}><w:body>{body}</w:body></w:document>"}
    )


def _html() -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{x}</td>" for x in row) + "</tr>" for row in _ROWS)
    return f"<!doctype html><html><body><h1>榜单</h1><table>{rows}</table></body></html>".encode()


def _pdf() -> bytes:
    """A ruled table with a font of which the file holds neither shapes nor characters."""
    lines = [f"{20 + 90 * i} 20 m {20 + 90 * i} 80 l S" for i in range(4)]
    lines += [f"20 {20 + 20 * i} m 290 {20 + 20 * i} l S" for i in range(4)]
    texts = [
        f"BT /F 8 Tf {25 + 90 * i} {66 - 20 * j} Td <{text.encode('utf-16-be').hex()}> Tj ET"
        for j, row in enumerate(_ROWS) for i, text in enumerate(row)
    ]  # fmt: skip
    content = "\n".join(lines + texts)
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 310 100]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream\n",
        "<</Type/Font/Subtype/Type0/BaseFont/S/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/S/CIDSystemInfo<</Registry(Adobe)"
        "/Ordering(GB1)/Supplement 5>>/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/S"
        "/Flags 4/FontBBox[0 0 999 999]/ItalicAngle 0/Ascent 800/Descent -200/StemV 90>>>>",
    )  # fmt: skip
    body = "".join(f"{n} 0 obj\n{one}\nendobj\n" for n, one in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n%%EOF".encode()


MADE: dict[str, Callable[[], bytes]] = {
    "xlsx": _xlsx, "docx": _docx, "html": _html, "pdf": _pdf,
}  # fmt: skip


def _relations(*parts: tuple[str, str]) -> str:
    listed = "".join(
        f"<Relationship Id='r{n}' Type='{_RELATION}/{kind}' Target='{target}'/>"
        for n, (kind, target) in enumerate(parts, start=1)
    )
    return f"<Relationships xmlns='{_PACKAGE}/relationships'>{listed}</Relationships>"


def _zipped(parts: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, f"<?xml version='1.0' encoding='UTF-8'?>{text}")
    return made.getvalue()
