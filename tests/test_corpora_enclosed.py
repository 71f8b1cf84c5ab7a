"""What a file encloses beside what is read is told, whatever it is read as; never silent."""

from __future__ import annotations

import io
import json
import time
import zipfile
from html import escape
from pathlib import Path

import openpyxl
import pytest

from matcher.corpora import read_any, read_any_of
from matcher.corpora.formats.rehearsal import MADE
from matcher.errors import InputError
from matcher.intake.telling import warnings_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
HEAD, ROW = ("项目名称", "需求单位"), ("轴承", "甲厂")
WORDS = f'<x xmlns:a="{A}"><a:p><a:r><a:t>密封</a:t></a:r></a:p></x>'


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _word_table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{_paragraph(text)}</w:tc>" for text in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _word(path: Path, body: str, parts: dict[str, str | bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}">{body}</w:document>')
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return path


def _workbook(path: Path, parts: dict[str, str | bytes], rows: bool = True) -> Path:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (HEAD, ROW) if rows else ():
        book.active.append(row)
    book.save(made)
    with zipfile.ZipFile(made, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    path.write_bytes(made.getvalue())
    return path


def _page(path: Path, body: str) -> Path:
    table = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in (HEAD, ROW))
    path.write_text(f"<html><body><table>{table}</table>{body}</body></html>", encoding="utf-8")
    return path


def _told(path: Path) -> str:
    """What is said of a file of which the one row is read."""
    read = read_any(path).challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承"]
    return "\n".join(warnings_of(read))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("word/embeddings/表.xlsx", b"PK", "嵌入的文件或对象（表格、文档、公式）没有读入：表.xlsx"),
        ("word/objects/oleObject1.pdf", b"%", "没有读入：oleObject1.pdf"),
        ("word/diagrams/data1.xml", WORDS, "SmartArt 图形里的文字没有读入"),
        ("word/charts/chart1.xml", WORDS, "图表里的文字和数没有读入"),
        ("word/media/image1.png", b"x" * 40_000, "较大的图片里的文字没有读入：image1.png"),
        ("word/kopf.xml", f'<w:comments xmlns:w="{W}">{_paragraph("改")}</w:comments>', "批注"),
        ("word/document2.xml", f'<w:document xmlns:w="{W}">{_paragraph("二")}</w:document>',
         "另一份正文没有读入"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "",
)  # fmt: skip
def test_what_a_document_encloses_is_told_also_after_a_title(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    body = f"<w:body>{_paragraph('二〇二五年榜单')}{_word_table(HEAD, ROW)}</w:body>"
    assert said in _told(_word(tmp_path / "a.docx", body, {name: content}))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<w:p><w:subDoc w:id="1"/></w:p>', "子文档（主控文档的分册） 没有读入"),
        ("<w:altChunk/>", "altChunk"),
        ("<w:p><w:del><w:r><w:delText>密封</w:delText></w:r></w:del></w:p>",
         "修订里删去或移走的文字，没有读入：密封"),
        (f"<w:del>{_paragraph('密封')}</w:del>", "修订里删去或移走的文字，没有读入：密封"),
        (_word_table(HEAD, ROW, ("密封", "甲厂")).replace(
            "<w:tc>", "<w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr>").replace(
            "<w:tc><w:tcPr><w:vMerge w:val='restart'/></w:tcPr><w:p><w:r><w:t>密封",
            "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>密封"), "被合并的单元格盖住的文字"),
        (f"<!--{_paragraph('密封')}-->", "注释掉的行或文字"),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>密封</w:t></w:r></w:p>", "有隐藏的文字"),
    ],
)  # fmt: skip
def test_what_a_text_hides_is_told(tmp_path: Path, body: str, said: str) -> None:
    document = f"<w:body>{_paragraph('榜单')}{body}{_word_table(HEAD, ROW)}</w:body>"
    assert said in _told(_word(tmp_path / "a.docx", document))


@pytest.mark.parametrize(
    "body",
    [
        f"<w:body>{_word_table(HEAD)}</w:body><w:body>{_word_table(HEAD, ROW)}</w:body>",
        f"<w:body><w:page>{_word_table(HEAD, ROW)}</w:page></w:body>",
    ],
    ids=["a second body", "an element nobody knows"],
)
def test_tables_in_unusual_places_are_read(tmp_path: Path, body: str) -> None:
    _told(_word(tmp_path / "a.docx", body))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("xl/embeddings/Word.docx", b"PK", "嵌入的文件或对象（表格、文档、公式）没有读入"),
        ("xl/drawings/drawing1.xml", WORDS, "文本框、图形里的文字没有读入"),
        ("xl/drawings/vmlDrawing1.vml", "<v:textbox><div>密封</div></v:textbox>", "文本框"),
        ("xl/threadedComments/threadedComment1.xml", "<x/>", "批注没有读入"),
        ("xl/model/item.data", b"x", "数据模型 (Power Pivot) 里的数据没有读入"),
        ("xl/pivotCache/pivotCacheDefinition1.xml", '<x><cacheSource type="external"/></x>',
         "数据透视表的外部数据没有读入"),
        ("xl/worksheets/sheet7.xml", "<worksheet/>", "没有列在目录里的工作表没有读入：sheet7.xml"),
    ],
)  # fmt: skip
def test_what_a_workbook_encloses_is_told(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    assert said in _told(_workbook(tmp_path / "a.xlsx", {name: content}))


def test_what_people_do_not_miss_is_not_told(tmp_path: Path) -> None:
    empty = "<v:shape><v:textbox><div style='text-align:left'></div></v:textbox></v:shape>"
    parts: dict[str, str | bytes] = {
        "xl/drawings/vmlDrawing1.vml": empty, "xl/media/logo.png": b"x", "xl/vbaProject.bin": b"x",
        "xl/drawings/drawing1.xml": "<x><a:t></a:t></x>",
    }  # fmt: skip
    assert _told(_workbook(tmp_path / "a.xlsx", parts)) == ""
    page = "<noscript>请启用脚本</noscript><footer><table><tr><td>版权</td></tr></table></footer>"
    assert _told(_page(tmp_path / "a.html", f"{page}<iframe></iframe>")) == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f'<iframe srcdoc="{escape("<table><tr><td>密封</td></tr></table>")}"></iframe>', "iframe"),
        ("<object data='a.pdf'></object>", "（object）没有读入"),
        ("<embed src='a.pdf'>", "（embed）没有读入"),
        ("<object><table><tr><td>密封</td></tr></table></object>", "（object）没有读入"),
        ("<template><table><tr><td>密封</td></tr></table></template>", "（template）没有读入"),
        (f"<noscript>{'密封' * 20}</noscript>", "（noscript）没有读入"),
        (f"<footer><table>{'<tr><td>密封</td></tr>' * 3}</table></footer>", "页脚"),
    ],
)
def test_what_a_page_encloses_is_told(tmp_path: Path, body: str, said: str) -> None:
    assert said in _told(_page(tmp_path / "a.html", body))


def test_what_follows_the_end_of_a_page_is_read(tmp_path: Path) -> None:
    first = _page(tmp_path / "a.html", "").read_text(encoding="utf-8")
    (tmp_path / "a.html").write_text(first + first.replace("轴承", "密封"), encoding="utf-8")
    read = read_any(tmp_path / "a.html").challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承", "密封"]


def test_a_file_of_nothing_but_enclosed_ones_says_so(tmp_path: Path) -> None:
    inside: dict[str, str | bytes] = {"word/embeddings/表.xlsx": b"PK"}
    with pytest.raises(InputError, match=r"嵌入的文件或对象.*表\.xlsx"):
        read_any(_word(tmp_path / "a.docx", "<w:body><w:p/></w:body>", inside))
    inside = {"xl/embeddings/表.docx": b"PK"}
    with pytest.raises(InputError, match=r"嵌入的文件或对象.*表\.docx"):
        read_any(_workbook(tmp_path / "a.xlsx", inside, rows=False))


def test_a_notice_says_what_it_encloses(tmp_path: Path) -> None:
    body = f"<w:body>{_paragraph('关于征集榜单的通知')}{_paragraph('请于三月前报送。')}</w:body>"
    found = read_any(_word(tmp_path / "a.docx", body, {"word/embeddings/表.xlsx": b"PK"}))
    assert found.notice is not None
    assert "表.xlsx" in "\n".join(found.unread)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("application/vnd.ms-excel; name=b.xls\nContent-Disposition: inline\n\nx", "「b.xls」"),
        ("text/plain; charset=utf-8\n\n另有密封", "「text/plain」"),
    ],
)
def test_other_files_of_a_saved_page_are_told(tmp_path: Path, part: str, said: str) -> None:
    page = _page(tmp_path / "a.html", "").read_text(encoding="utf-8")
    head = "From: <Saved by x>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    kinds = (f"text/html; charset=utf-8\n\n{page}", part)
    said_all = head + "".join(f"--b\nContent-Type: {kind}\n" for kind in kinds) + "--b--\n"
    (tmp_path / "a.mht").write_text(said_all, encoding="utf-8")
    assert said in _told(tmp_path / "a.mht")


@pytest.mark.parametrize(
    ("catalog", "page", "objects", "said"),
    [
        ("/Names<</EmbeddedFiles<</Names[(a)7 0 R]>>>>", "", "7 0 obj<</F(a.xlsx)>>endobj",
         "PDF 的附件没有读入：a.xlsx"),
        ("", "/Annots[7 0 R]", "7 0 obj<</Subtype/FileAttachment/FS<</F(b.xlsx)>>>>endobj",
         "PDF 的附件没有读入：b.xlsx"),
        ("/AcroForm<</Fields[7 0 R]>>", "", "7 0 obj<</T(title)/Kids[8 0 R 7 0 R]>>endobj\n"
         "8 0 obj<</T(phone)/FT/Tx/V(13900000001)>>endobj",
         "PDF 表单里填的内容没有读入：「phone」；"),
        ("/AcroForm<</XFA 7 0 R>>", "", "7 0 obj<<>>endobj", "动态表单 (XFA)"),
        ("", "/Annots[7 0 R]", "7 0 obj<</Subtype/FreeText/Contents(x)>>endobj",
         "第1页有批注、打字机文字或图章，没有读入"),
    ],
)  # fmt: skip
def test_what_a_pdf_encloses_is_told(
    tmp_path: Path, catalog: str, page: str, objects: str, said: str
) -> None:
    made = MADE["pdf"]().decode()
    made = made.replace("/Pages 2 0 R>>", f"/Pages 2 0 R{catalog}>>").replace(
        "/Type/Page/Parent", f"/Type/Page{page}/Parent"
    )
    (tmp_path / "a.pdf").write_text(made.replace("trailer", f"{objects}\ntrailer"))
    read = read_any(tmp_path / "a.pdf").challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承钢", "叶片"]
    assert said in "\n".join(warnings_of(read))


def test_a_scanned_page_between_others_is_told(tmp_path: Path) -> None:
    made = MADE["pdf"]().decode().replace("Kids[3 0 R]/Count 1", "Kids[3 0 R 7 0 R]/Count 2")
    scanned = (
        "7 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 310 100]/Contents 8 0 R/Resources"
        "<</XObject<</I 9 0 R>>>>>>endobj\n"
        "8 0 obj<</Length 29>>stream\nq 300 0 0 90 5 5 cm /I Do Q \nendstream\nendobj\n"
        "9 0 obj<</Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
        "/Length 1>>stream\nx\nendstream\nendobj\n"
    )
    (tmp_path / "a.pdf").write_text(made.replace("trailer", f"{scanned}trailer"))
    read = read_any(tmp_path / "a.pdf").challenges
    assert read is not None
    assert "第2页几乎没有文字，多半是扫描的，没有读入" in "\n".join(warnings_of(read))


def _ods(path: Path, rows: str) -> Path:
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "draw")
    ).replace("xmlns:draw:1.0", "xmlns:drawing:1.0")
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="榜单">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _ods_row(*texts: str, of: str = "") -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        for text in texts
    )
    return f"<table:table-row{of}>{cells}</table:table-row>"


ODS_ROWS = _ods_row(*HEAD) + _ods_row(*ROW)
BOX = "<draw:text-box><text:p>密封</text:p></draw:text-box>"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (ODS_ROWS.replace("<text:p>轴", "<office:annotation><text:p>改</text:p></office:annotation>"
                          "<text:p>轴"), "批注没有读入：1 处"),
        (f"{ODS_ROWS}<table:shapes>{BOX}</table:shapes>", "文本框、图形里的文字没有读入：1 处"),
        (ODS_ROWS.replace("甲厂</text:p>", "甲厂</text:p><table:table table:is-sub-table='true'>"
                          f"{_ods_row('密封')}</table:table>"), "格里的小表没有读入：1 处"),
        (_ods_row(*HEAD) + _ods_row(*ROW, of=' table:visibility="filter"'),
         "隐藏的行照样读入：「榜单」第2行"),
    ],
)  # fmt: skip
def test_what_an_ods_encloses_is_told(tmp_path: Path, rows: str, said: str) -> None:
    assert said in _told(_ods(tmp_path / "a.ods", rows))


def test_a_row_that_stands_for_a_million_is_refused_before_it_is_written_out(
    tmp_path: Path,
) -> None:
    many = _ods_row(*ROW, of=' table:number-rows-repeated="1000000"')
    with pytest.raises(InputError, match="第 2 行写着重复 1000000 次"):
        read_any(_ods(tmp_path / "a.ods", _ods_row(*HEAD) + many))
    blank = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/>'
    blank += "</table:table-row>"
    assert _told(_ods(tmp_path / "b.ods", ODS_ROWS + blank)) == ""


def test_files_that_only_look_like_those_of_a_system_are_read(tmp_path: Path) -> None:
    table = f"{','.join(HEAD)}\n{{}},甲厂\n"
    names = ("__MACOSX/二.csv", "Thumbs.db三.csv", "夹/")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(zipfile.ZipInfo(name), table.format(f"轴承{number}"))
        archive.writestr("__MACOSX/._二.csv", b"\0\5\x16\7")
    found = list(read_any_of(tmp_path / "a.zip"))
    assert [r.title for file in found for r in file.by_kind["challenges"].records] == [
        "轴承0", "轴承1", "轴承2",
    ]  # fmt: skip


AUTHOR = "AU  - 张一\nAD  - 某某大学\n"


def test_a_second_title_and_what_stands_outside_a_record_are_kept_or_told(tmp_path: Path) -> None:
    text = (
        f"TY  - JOUR\nTI  - 轴承\nTI  - Bearing\nAB  - 甲\nAB  - 乙\n{AUTHOR}ER  - \n\n"
        f"TI  - 密封\n{AUTHOR}ER  - \n手工补充: 齿轮\nEF\n"
    )
    (tmp_path / "a.ris").write_text(text, encoding="utf-8")
    read = read_any(tmp_path / "a.ris").achievements
    assert read is not None
    first, second = read.records
    assert first.title == "轴承"
    assert (first.extra["其他题名"], first.extra["其他摘要"]) == (["Bearing"], ["乙"])
    assert second.title == "密封"
    assert [(reject.row, reject.original) for reject in read.rejects] == [
        (14, {"~": "手工补充: 齿轮"})
    ]
    assert read.warnings == ("1 条写了不止一个题名，第一个作题名，其余记在“其他题名”里",)


def test_a_bibtex_entry_in_parentheses_is_read(tmp_path: Path) -> None:
    text = "@article{a, title={轴承, x@y (甲, 乙)}}\n@article(b, title={密封})\n"
    (tmp_path / "a.bib").write_text(text, encoding="utf-8")
    read = read_any(tmp_path / "a.bib").achievements
    assert read is not None
    assert [record.title for record in read.records] == ["轴承, x@y (甲, 乙)", "密封"]


ROWS = "<tr><td>密封</td><td>乙厂</td></tr>"
FIELDS = '{"title": "密封", "org": "乙厂"}, {"title": "齿轮", "org": "丙厂"}'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"<!-- <table>{ROWS}</table> -->", "注释掉的表格"),
        (f"<!-- <table>{ROWS}</table>", "注释掉的表格"),
        (f"<del><table>{ROWS}</table></del>", "划了删除线的表格（del）没有读入"),
        (f"<script>document.write('{ROWS}')</script>", "由脚本"),
        (f"<script type='text/html'>{ROWS}</script>", "由脚本"),
        (f"<script>var list = [{FIELDS}]</script>", "由脚本"),
        (f"<script>window.data = {json.dumps(FIELDS)}</script>", "由脚本"),
        (f"<script>{json.dumps(json.loads(f'[{FIELDS}]'))}</script>", "由脚本"),
        ("<script>x = [['密封', '乙厂'], ['齿轮', '丙厂'], ['轴', '丁厂']]</script>", "由脚本"),
        ("<!-- 导航开始 --><!--[if IE]><td>请升级</td><![endif]-->", ""),
        (
            "<script>months = ['一月', '二月', '三月']; texts = {ok: '确定', no: '取消'}</script>",
            "",
        ),
        ("<script>menu = [{name: '首页', url: '/'}, {name: '新闻', url: '/n'}]</script>", ""),
    ],
)
def test_rows_that_a_page_draws_or_hides_by_itself(body: str, said: str, tmp_path: Path) -> None:
    told = _told(_page(tmp_path / "a.html", body))
    assert said in told if said else told == ""


def test_a_script_of_any_length_is_looked_at_once(tmp_path: Path) -> None:
    page = _page(tmp_path / "a.html", f"<script>{'a:' * 500_000}{'<td' * 300_000}</script><!--")
    started = time.process_time()
    assert _told(page) == ""
    assert time.process_time() - started < 20
