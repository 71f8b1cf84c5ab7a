"""Headings, text, tables and pictures of a Word document, in the form of official papers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Any

from matcher.report.tables.table import Table
from matcher.report.words import fill

_BODY, _HEADING = "宋体", "黑体"
_HEAD = "#DCE6F1"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
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
        self._grid_style = self.document.styles["Table Grid"].style_id
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

    def table(self, table: Table[Any]) -> None:
        """A table with a repeated header; known words take their colour, a line break stays one."""
        from docx.oxml import parse_xml
        from docx.shared import Pt

        # Written as XML at once: the library's way costs a search through the table for each cell.
        columns = table.on("docx")
        widths = [column.docx for column in columns]
        lines = [_row(table.headers("docx"), widths, ("tblHeader", "cantSplit"), head=True)]
        lines += [
            _row([column.text(row) for column in columns], widths, ("cantSplit",))
            for row in table.rows
        ]
        grid = "".join(f'<w:gridCol w:w="{_twips(wide)}"/>' for wide in widths)
        made = parse_xml(
            f'<w:tbl xmlns:w="{_WORD}"><w:tblPr><w:tblStyle w:val="{self._grid_style}"/>'
            '<w:tblW w:w="0" w:type="auto"/><w:tblLayout w:type="fixed"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
        )
        self.document.element.body.sectPr.addprevious(made)
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)

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


def _row(
    cells: Sequence[str], widths: Sequence[float], marks: Sequence[str], *, head: bool = False
) -> str:
    inside = "".join(_cell(text, wide, head=head) for text, wide in zip(cells, widths, strict=True))
    return f"<w:tr><w:trPr>{''.join(f'<w:{m}/>' for m in sorted(marks))}</w:trPr>{inside}</w:tr>"


def _cell(text: str, wide: float, *, head: bool) -> str:
    colour = (_HEAD if head else fill(text)).lstrip("#")
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{colour}"/>' if colour else ""
    bold = "<w:b/>" if head else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _clean(text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(wide)}" w:type="dxa"/>{shade}</w:tcPr>'
        '<w:p><w:pPr><w:spacing w:after="0"/></w:pPr>'
        f'<w:r><w:rPr>{bold}<w:sz w:val="18"/></w:rPr>{lines}</w:r></w:p></w:tc>'
    )


def _twips(cm: float) -> int:
    """The unit of the format: 1/20 of a point."""
    return round(cm * 1440 / 2.54)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
