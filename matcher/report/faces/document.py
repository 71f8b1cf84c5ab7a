"""Headings, text, tables and pictures of a Word document, in the form of official papers.

Everything is set in named styles, so that a department can change them, or bring its own paper:
a template keeps its letterhead, margins and whatever styles of these names it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from matcher.errors import InputError
from matcher.report.tables.table import Table
from matcher.report.words import fill

_BODY, _HEADING = "宋体", "黑体"
SMALL, NOTICE, CELL, HEAD, DENSE, DENSE_HEAD = (
    "报告小字", "报告提示", "报告表格", "报告表头", "报告密表", "报告密表头"
)  # fmt: skip
# (name, font, points, bold, points after)
_OWN = (
    (SMALL, _BODY, 8.5, False, 2), (NOTICE, _BODY, 10.5, True, 4), (CELL, _BODY, 9.0, False, 0),
    (HEAD, _HEADING, 9.0, False, 0), (DENSE, _BODY, 7.5, False, 0),
    (DENSE_HEAD, _HEADING, 7.5, False, 0),
)  # fmt: skip
_HEAD_FILL = "#DCE6F1"
# A line of text, cm.
_TEXT = 18.0
# Between the frame of a cell and its words, cm.
_INSIDE = 0.1
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Paper:
    """A document under the pen: A4, 宋体 with 黑体 headings, page numbers; or on a template."""

    def __init__(self, title: str, template: Path | None = None) -> None:
        import docx

        self.document: Any = docx.Document() if template is None else open_template(template)
        if template is None:
            self._set_up()
        for name, font, size, bold, after in _OWN:
            self._add_style(name, font, size, bold=bold, after=after)
        self._table_style = self._style_id("Table Grid")
        self.document.core_properties.title = _clean(title)
        self.heading(title, 0)

    def heading(self, text: str, level: int, *, new_page: bool = False) -> None:
        """A heading that stays with what follows."""
        name = "Title" if level == 0 else f"Heading {level}"
        paragraph = self.document.add_paragraph(_clean(text), style=self._known(name))
        paragraph.paragraph_format.keep_with_next = True
        if new_page:
            paragraph.paragraph_format.page_break_before = True

    def text(self, text: str, *, small: bool = False, lead: str = "", bold: bool = False) -> None:
        """A paragraph; ``lead`` says in bold what it is about."""
        paragraph = self.document.add_paragraph(style=SMALL if small else None)
        if lead:
            paragraph.add_run(f"{lead}　" if text else lead).bold = True
        paragraph.add_run(_clean(text)).bold = bold or None

    def points(self, lines: Sequence[str]) -> None:
        """A list."""
        for line in lines:
            self.document.add_paragraph(_clean(line), style=self._known("List Bullet"))

    def warn(self, text: str) -> None:
        """A paragraph a reader must not miss."""
        self.document.add_paragraph(f"注意：{_clean(text)}", style=NOTICE)

    def pictures(self, *drawn: bytes | None, width: float = _TEXT) -> None:
        """Pictures side by side, together ``width`` cm wide; None is left out."""
        from docx.shared import Cm

        found = [png for png in drawn if png is not None]
        if not found:
            return
        paragraph = self.document.add_paragraph()
        for png in found:
            placed = paragraph.add_run().add_picture(BytesIO(png), width=Cm(width / len(found)))
            # Unsaid, LibreOffice takes an eighth of an inch on every side.
            for side in "TBLR":
                placed._inline.set(f"dist{side}", "0")

    def table(self, table: Table[Any], *, dense: bool = False) -> None:
        """A table with a repeated header; known words take their colour, a line break stays one."""
        from docx.oxml import parse_xml
        from docx.shared import Pt

        # Written as XML at once: the library's way costs a search through the table for each cell.
        columns = table.on("docx")
        stretch = _TEXT / sum(column.docx for column in columns)
        widths = [column.docx * stretch for column in columns]
        body = self._style_id(DENSE if dense else CELL)
        lines = [
            _row(table.headers("docx"), widths, ("cantSplit", "tblHeader"),
                 self._style_id(DENSE_HEAD if dense else HEAD), colour=_HEAD_FILL)
        ]  # fmt: skip
        lines += [
            _row([column.text(row) for column in columns], widths, ("cantSplit",), body)
            for row in table.rows
        ]
        grid = "".join(f'<w:gridCol w:w="{_twips(wide)}"/>' for wide in widths)
        style = f'<w:tblStyle w:val="{self._table_style}"/>' if self._table_style else ""
        made = parse_xml(
            f'<w:tbl xmlns:w="{_WORD}"><w:tblPr>{style}'
            '<w:tblW w:w="0" w:type="auto"/>'
            # As far in as the cells' margins, so that the frame stands on the margin of the text.
            f'<w:tblInd w:w="{_twips(_INSIDE)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblCellMar><w:left w:w="{_twips(_INSIDE)}" w:type="dxa"/>'
            f'<w:right w:w="{_twips(_INSIDE)}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
        )
        self.document.element.body.sectPr.addprevious(made)
        after = self.document.add_paragraph().paragraph_format
        after.space_after = Pt(2)
        after.line_spacing = Pt(4)

    def _known(self, name: str) -> str:
        """A style of Word itself; added where a template has none of the name."""
        if name not in self.document.styles:
            level = re.search(r"\d", name)
            size = {"1": 15.0, "2": 12.0}.get(level[0], 20.0) if level else 20.0
            plain = name.startswith("List")
            self._add_style(name, _BODY if plain else _HEADING, 10.5 if plain else size)
        return name

    def _style_id(self, name: str) -> str:
        return str(self.document.styles[name].style_id) if name in self.document.styles else ""

    def _set_up(self) -> None:
        from docx.shared import Cm, Pt

        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(1.5)
        section.top_margin = section.bottom_margin = Cm(1.3)
        section.footer_distance = Cm(0.5)
        styles = self.document.styles
        _font(styles["Normal"], _BODY, 10.5)
        styles["Normal"].paragraph_format.space_after = Pt(4)
        for name, size, before in (("Title", 16, 0), ("Heading 1", 14, 6), ("Heading 2", 11, 3)):
            _font(styles[name], _HEADING, size)
            styles[name].paragraph_format.space_before = Pt(before)
            styles[name].paragraph_format.space_after = Pt(3)
        styles["List Bullet"].paragraph_format.space_after = Pt(2)
        _number_pages(section)

    def _add_style(
        self, name: str, font: str, size: float, *, bold: bool = False, after: float = 4
    ) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import Pt

        styles = self.document.styles
        if name in styles:
            return
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if "Normal" in styles:
            style.base_style = styles["Normal"]
        _font(style, font, size)
        style.font.bold = bold
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.0


def open_template(template: Path) -> Any:
    """A department's own paper. Raises: InputError: it is no Word document."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        return docx.Document(str(template))
    except (OSError, KeyError, ValueError, BadZipFile, PackageNotFoundError) as error:
        raise InputError(
            "模板无法打开", given=template, expected="Word 文档 (.docx)",
            remedy="检查文件名；用 Word 或 WPS 另存为 .docx 再试",
        ) from error  # fmt: skip


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
    cells: Sequence[str], widths: Sequence[float], marks: Sequence[str], style: str,
    colour: str = "",
) -> str:  # fmt: skip
    inside = "".join(
        _cell(text, wide, style, colour or fill(text))
        for text, wide in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr>{''.join(f'<w:{m}/>' for m in marks)}</w:trPr>{inside}</w:tr>"


def _cell(text: str, wide: float, style: str, colour: str) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{colour.lstrip("#")}"/>' if colour else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in _clean(text).split("\n")
    )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(wide)}" w:type="dxa"/>{shade}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{lines}</w:r></w:p></w:tc>'
    )


def _twips(cm: float) -> int:
    """The unit of the format: 1/20 of a point."""
    return round(cm * 1440 / 2.54)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
