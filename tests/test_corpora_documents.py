"""Office files of other writers, and what a file holds beside what is read."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import openpyxl
import pytest

from matcher.corpora import read_any
from matcher.corpora.formats.safety import MAX_LINE
from matcher.errors import InputError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _word_row(*texts: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{_paragraph(text)}</w:tc>' for text in texts)}</w:tr>"


def _word(path: Path, body: str, main: str = "document", namespace: str = W, **parts: str) -> Path:
    """A document of these parts."""
    texts = {main: f"<w:body>{body}</w:body>", **parts}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"word/{name}.xml", f'<w:x xmlns:w="{namespace}">{text}</w:x>')
    return path


WORD_HEAD, WORD_ROW = _word_row("项目名称", "需求单位"), _word_row("轴承", "甲厂")


@pytest.mark.parametrize(
    ("rows", "main", "namespace"),
    [
        (WORD_HEAD + f'<w:customXml w:element="x">{WORD_ROW}</w:customXml>', "document", W),
        (WORD_HEAD.replace("</w:tr>", f"{WORD_ROW}</w:tr>"), "document", W),
        (WORD_HEAD + WORD_ROW, "document2", W),
        (WORD_HEAD + WORD_ROW, "document", "http://purl.oclc.org/ooxml/wordprocessingml/main"),
    ],
    ids=["rows within an element", "rows within rows", "a numbered part", "strict"],
)
def test_documents_of_other_writers_are_read(
    tmp_path: Path, rows: str, main: str, namespace: str
) -> None:
    read = read_any(_word(tmp_path / "表.docx", f"<w:tbl>{rows}</w:tbl>", main, namespace))
    assert read.challenges is not None
    assert [record.title for record in read.challenges.records] == ["轴承"]


def test_what_a_document_holds_beside_its_text_is_told(tmp_path: Path) -> None:
    table = f"<w:tbl>{WORD_HEAD}{WORD_ROW}</w:tbl>"
    path = _word(
        tmp_path / "表.docx", f"{table}<w:altChunk/>", comments=_paragraph("改到十年"),
        header1=f"<w:tbl>{WORD_HEAD}{WORD_ROW}{WORD_ROW}</w:tbl>", footnotes="<w:p/>",
    )  # fmt: skip
    read = read_any(path).challenges
    assert read is not None
    told = "\n".join(read.notes)
    assert all(words in told for words in ("批注没有读入", "页眉里的表格没有读入", "altChunk"))
    assert "脚注" not in told


def test_an_office_file_with_a_part_twice_is_refused(tmp_path: Path) -> None:
    path = _word(tmp_path / "表.docx", f"<w:tbl>{WORD_HEAD}{WORD_ROW}</w:tbl>")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("word/document.xml", archive.read("word/document.xml"))
    with pytest.raises(InputError, match="有两份"):
        read_any(path)


def test_sheets_that_are_not_shown_are_told_and_those_of_one_name_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for number, state in enumerate(("visible", "hidden", "veryHidden")):
        page = book.create_sheet(f"表{number}")
        page.sheet_state = state
        page.append(["项目名称", "需求单位"])
        page.append([f"轴承{number}", "甲厂"])
    book.save(tmp_path / "藏.xlsx")
    read = read_any(tmp_path / "藏.xlsx").challenges
    assert read is not None
    assert "隐藏的工作表没有读入：「表1」、「表2」" in "\n".join(read.notes)
    with (
        zipfile.ZipFile(tmp_path / "藏.xlsx") as old,
        zipfile.ZipFile(tmp_path / "同.xlsx", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name).replace("表1".encode(), "表0".encode()))
    with pytest.raises(InputError, match="有同名的工作表"):
        read_any(tmp_path / "同.xlsx")


def _page(*rows: str) -> str:
    head = "<tr><td>项目名称</td><td>需求单位</td></tr>"
    return f"<html><body><table>{head}{''.join(rows)}</table></body></html>"


def _message(*parts: str) -> str:
    head = "From: <Saved by x>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
    return head + "".join(f"--b\nContent-Type: {part}\n" for part in parts) + "--b--\n"


def test_all_pages_of_a_saved_workbook_are_read_and_attached_files_told(tmp_path: Path) -> None:
    pages = [
        f"text/html; charset=utf-8\n\n{page}"
        for page in (
            "<html><frameset><frame src='s1.htm'></frameset></html>",
            _page("<tr><td>轴承</td><td>甲厂</td></tr>"),
            _page("<tr><td>齿轮</td><td>乙厂</td></tr>"),
        )
    ]
    file = "application/zip; name=a.zip\nContent-Disposition: attachment; filename=a.zip\n\nx"
    (tmp_path / "书.mht").write_text(_message(*pages, file), encoding="utf-8")
    read = read_any(tmp_path / "书.mht").challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承", "齿轮"]
    assert "附件没有读入：「a.zip」" in "\n".join(read.notes)


def test_a_table_in_a_drawing_is_read(tmp_path: Path) -> None:
    page = _page("<tr><td>轴承</td><td>甲厂</td></tr>")
    drawn = page.replace("<table>", "<svg><text>图</text><foreignObject><table>")
    (tmp_path / "图.html").write_text(drawn, encoding="utf-8")
    read = read_any(tmp_path / "图.html").challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承"]


def test_what_is_filled_in_on_a_page_is_read(tmp_path: Path) -> None:
    row = "<tr><td><input value='轴承'></td><td><input type=hidden value=密>甲厂</td></tr>"
    (tmp_path / "页.html").write_text(_page(row), encoding="utf-8")
    read = read_any(tmp_path / "页.html").challenges
    assert read is not None
    assert [(r.title, r.demand_org) for r in read.records] == [("轴承", "甲厂")]


def test_words_struck_out_in_an_xml_workbook_are_left_out_and_told(tmp_path: Path) -> None:
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    struck = "<H:B>轴承</H:B><H:S>齿轮</H:S>"
    rows = "".join(
        f"<Row><Cell><Data>{a}</Data></Cell><Cell><Data>{b}</Data></Cell></Row>"
        for a, b in (("项目名称", "需求单位"), (struck, "甲厂"))
    )
    (tmp_path / "表.xls").write_text(
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:H="http://www.w3.org/TR/REC-html40">'
        f"<Worksheet><Table>{rows}</Table></Worksheet></Workbook>",
        encoding="utf-8",
    )
    read = read_any(tmp_path / "表.xls").challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承"]
    assert "格里划了删除线的字没有读入：齿轮" in "\n".join(read.notes)


def test_a_packed_line_without_end_is_not_unpacked_whole(tmp_path: Path) -> None:
    work = b'{"id":"https://openalex.org/W1","title":"%s","authorships":[]}\n'
    path = tmp_path / "works.gz"
    path.write_bytes(gzip.compress(work % "轴承".encode() + work % (b"a" * (MAX_LINE + 1)), 1))
    read = read_any(path).achievements
    assert read is not None
    assert [record.title for record in read.records] == ["轴承"]
    assert ["没有尽头" in reject.reason for reject in read.rejects] == [True]
    path.write_bytes(gzip.compress(work % (b"a" * (MAX_LINE + 1)), 1))
    with pytest.raises(InputError, match=r"没有尽头[\s\S]*处理"):
        read_any(path)
