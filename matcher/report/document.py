"""Headings, text, tables and pictures of a Word document, in the form of official papers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from matcher.report.grid import FILLS

_BODY, _HEADING = "宋体", "黑体"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Paper:
    """A document under the pen: A4, 宋体 with 黑体 headings, page numbers."""

    def __init__(self, title: str) -> None:
        import docx
        from docx.shared import Cm, Pt

        self.document: Any = docx.Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
        self._font(self.document.styles["Normal"], _BODY, 10.5)
        self.document.styles["Normal"].paragraph_format.space_after = Pt(4)
        for level, size in ((0, 20), (1, 15), (2, 12)):
            name = "Title" if level == 0 else f"Heading {level}"
            self._font(self.document.styles[name], _HEADING, size)
        self._number_pages(section)
        self.document.core_properties.title = _clean(title)
        self.document.add_heading(_clean(title), 0)

    def heading(self, text: str, level: int) -> None:
        """A heading that stays with what follows."""
        self.document.add_heading(_clean(text), level)

    def text(self, text: str, *, small: bool = False) -> None:
        """A paragraph."""
        from docx.shared import Pt, RGBColor

        run = self.document.add_paragraph().add_run(_clean(text))
        if small:
            run.font.size = Pt(9)
            run.font.color.rgb = RGBColor(0x55, 0x55, 0x55)

    def warn(self, text: str) -> None:
        """A paragraph a reader must not miss."""
        paragraph = self.document.add_paragraph()
        paragraph.add_run(f"注意: {_clean(text)}").bold = True

    def picture(self, png: bytes | None) -> None:
        """A picture as wide as the text; nothing for None."""
        from docx.shared import Cm

        if png is not None:
            self.document.add_picture(BytesIO(png), width=Cm(15.5))

    def table(
        self, headers: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]
    ) -> None:
        """A table with a repeated header; known words take their colour.

        Args:
            headers: of the columns.
            rows: of text.
            widths: in cm.
        """
        from docx.shared import Cm, Pt

        table = self.document.add_table(rows=1, cols=len(headers))
        table.style = "Table Grid"
        table.autofit = False
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Cm(wide)
        first = table.rows[0]
        for cell, name, wide in zip(first.cells, headers, widths, strict=True):
            cell.width = Cm(wide)
            self._fill(cell, name, "#DCE6F1", bold=True)
        self._mark_row(first, "tblHeader")
        # Adding a row through the library is slow in long tables: one empty row is copied instead.
        empty = deepcopy(first._tr)
        for _ in rows:
            table._tbl.append(deepcopy(empty))
        for line, row in zip(list(table.rows)[1:], rows, strict=True):
            line._tr.trPr.clear()
            self._mark_row(line, "cantSplit")
            for cell, text in zip(line.cells, row, strict=True):
                self._fill(cell, text, FILLS.get(text, ""))
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

    def _fill(self, cell: Any, text: str, colour: str, *, bold: bool = False) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        paragraph = cell.paragraphs[0]
        for run in list(paragraph.runs):
            run._r.getparent().remove(run._r)
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(_clean(text))
        run.font.size = Pt(9)
        run.bold = bold or None
        properties = cell._tc.get_or_add_tcPr()
        for old in properties.findall(qn("w:shd")):
            properties.remove(old)
        if colour:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:color"), "auto")
            shade.set(qn("w:fill"), colour.lstrip("#"))
            properties.append(shade)

    @staticmethod
    def _mark_row(row: Any, mark: str) -> None:
        from docx.oxml import OxmlElement

        row._tr.get_or_add_trPr().append(OxmlElement(f"w:{mark}"))

    @staticmethod
    def _font(style: Any, name: str, size: float) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        style.font.name = "Times New Roman"
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), name)

    @staticmethod
    def _number_pages(section: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        paragraph._p.append(field)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
