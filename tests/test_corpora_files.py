"""What is particular to one format: encodings, damage, formulas, layout, rejects files."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from matcher.corpora import (
    Reject,
    iter_jsonl,
    read_any,
    read_challenges,
    write_challenges,
    write_records,
    write_rejects,
)
from matcher.corpora.formats.registry import inspect_file
from matcher.errors import InputError
from matcher.records import Challenge, Indicator, Outcome, Team

LIST = (
    "榜单编号,项目名称,需求单位\n"
    "LN-1,高品质轴承钢洁净度控制,某特殊钢公司\n"
    "LN-2,海上风电齿轮箱,某风电公司\n"
)
FORMULAS = ["=1+1", "+1", "-40℃", "@甲", "＝SUM(A1)", "'=1", "''-", "'普通", "#N/A", "TRUE", "007"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_encodings(encoding: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    text = LIST if suffix == "csv" else '{"榜单编号": "LN-1", "项目名称": "高品质轴承钢洁净度控制"}'
    path.write_bytes(text.encode(encoding))
    assert read_challenges(path).records[0].title == "高品质轴承钢洁净度控制"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_line_is_refused_and_the_others_are_not_misread(
    encoding: str, tmp_path: Path
) -> None:
    lines = LIST.encode(encoding).splitlines()
    lines[2] = lines[2][:8] + b"\xff\xff" + lines[2][8:]
    path = tmp_path / "a.csv"
    path.write_bytes(b"\n".join(lines))
    reading = read_challenges(path)
    assert [r.title for r in reading.records] == ["高品质轴承钢洁净度控制"]
    (reject,) = reading.rejects
    assert (reject.row, reject.reason) == (3, "含有损坏的字符")
    write_rejects(reading.rejects, tmp_path / "拒收.csv")


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    """Read as one of them, the lines of the other would be words nobody wrote."""
    first, second, third = LIST.splitlines()
    path = tmp_path / "a.csv"
    path.write_bytes(
        "\n".join((first, second)).encode() + f"\n{third}\n{third}1\n{third}2".encode("gbk")
    )
    with pytest.raises(InputError, match="两种文字编码"):
        read_challenges(path)
    # 联通 in GB18030 is UTF-8 by chance, and proves nothing.
    path.write_bytes(f"{LIST}联通\n".encode("gbk"))
    assert len(read_challenges(path).records) == 2


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        (("OFD.xml", "Doc_0/Document.xml"), "OFD"),
        (("Index/Document.iwa",), "苹果"),
        (("xl/worksheets/sheet1.xml",), "损坏"),
    ],
)
def test_archives_that_are_documents_are_told(
    entries: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in entries:
            archive.writestr(name, "<a/>")
    with pytest.raises(InputError, match=words):
        read_challenges(path)


def test_neither_encoding_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xfe\x00\xd8" * 20)
    with pytest.raises(InputError, match="编码"):
        read_challenges(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "里面不是表格"),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "读不了这个工作簿"),
        ("a.docx", b"PK\x03\x04" + bytes(100), "读不了这个工作簿、文档"),
        ("a.pdf", b"%PDF-1.4", "读不了这个 PDF"),
        ("a.json", b"[1, 2]", "不是 JSON"),
        ("a.jsonl", b'{"challenge_id": "1"\n{"a"\n', "没有一行能读"),
        ("a.csv", b"\n \n", "没有内容"),
    ],
)
def test_files_that_cannot_be_used(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_challenges(path)
    assert caught.value.given
    assert caught.value.expected
    assert caught.value.remedy


def test_content_decides_not_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("榜单编号,名称\n1,甲\n", encoding="utf-8")
    reading = read_challenges(tmp_path / "a.xlsx")
    assert (reading.format, reading.records[0].title) == ("csv", "甲")


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="文件夹"):
        inspect_file(tmp_path)


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    write_challenges([Challenge(challenge_id="1", title="甲")], tmp_path / "a.xlsx")
    (tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    assert read_challenges(tmp_path / "a.csv").format == "xlsx"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "不是合法的 JSON"),
        ("[1]", "不是 JSON 对象"),
        ('{"a": 1, "a": 2}', "键「a」出现了两次"),
        ('{"a": "\\ud800"}', "含有损坏的字符"),
        ('{"a": Infinity}', "不是合法的 JSON"),
        ("[" * 100_000, "不是合法的 JSON"),
        ('{"a": ' + "9" * 5000 + "}", "不是合法的 JSON"),
    ],
)
def test_damaged_lines_of_jsonl(line: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"challenge_id": 1, "title": "甲"}\n\n' + line + "\n", encoding="utf-8")
    reading = read_challenges(path)
    assert len(reading.records) == 1
    (reject,) = reading.rejects
    assert (reject.row, reject.reason) == (3, reason)
    assert reject.original
    assert reading.unknown_columns == ()


def test_iter_jsonl_is_lazy_and_keeps_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "一\u2028二"}\r\n\n{"a": NaN}\n', encoding="utf-8")
    rows = iter_jsonl(path)
    first = next(rows)
    assert (first.number, first.values) == (1, {"a": "一\u2028二"})
    assert [(row.number, row.values) for row in rows] == [(3, {"a": None})]
    with pytest.raises(InputError):
        next(iter_jsonl(tmp_path / "无.jsonl"))


def test_jsonl_is_short_readable_and_keeps_the_source(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"challenge_id": "1", "title": "甲", "source": {"file": "原.docx"}}')
    reading = read_challenges(path)
    assert reading.records[0].source is not None
    assert reading.records[0].source.file == "原.docx"
    write_challenges(reading.records, path)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "challenge_id": "1", "title": "甲", "source": {"file": "原.docx"},
    }  # fmt: skip


def test_a_foreign_source_is_an_unknown_column(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"challenge_id": "1", "title": "甲", "source": "网上", "extra": {"备注": 1}}')
    reading = read_challenges(path)
    assert reading.records[0].extra == {"备注": 1, "source": "网上"}
    assert reading.unknown_columns == ("source",)


def test_csv_rows_count_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('\n编号,名称\n1,"甲\n乙"\n\n2,丙,,\n3,丁,戊\n', encoding="utf-8")
    reading = read_challenges(path)
    assert [record.source and record.source.row for record in reading.records] == [3, 5]
    (reject,) = reading.rejects
    assert reject.row == 6
    assert "比表头多" in reject.reason


def test_unbalanced_quotes_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('编号,名称\n1,"甲"乙\n2,丙\n3,"丁\n4,戊\n', encoding="utf-8")
    reading = read_challenges(path)
    assert [record.title for record in reading.records] == ["丙"]
    assert [reject.row for reject in reading.rejects] == [2, 4]
    assert "文件第 4 行至第 5 行没有读取" in reading.rejects[1].reason


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_columns_without_or_with_the_same_header(suffix: str, tmp_path: Path) -> None:
    rows = [
        ["编号", "名称", "", "备注", "备注"],
        ["1", "甲", "", "a", "b"],
        ["2", "乙", "无名", "", ""],
    ]
    path = tmp_path / f"a.{suffix}"
    if suffix == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    else:
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        workbook.save(path)
    reading = read_challenges(path)
    assert reading.records[0].extra == {"备注": "a", "备注_2": "b"}
    assert reading.records[1].extra == {"C列": "无名"}
    assert reading.unknown_columns == ("备注", "备注_2", "C列")
    assert "备注_2" in reading.warnings[0]


@pytest.mark.slow
@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_no_text_becomes_a_formula(text: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    record = Challenge(challenge_id=text, title=text, keywords=[text], extra={text: text})
    write_challenges([record], path)
    if suffix == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in cells)
    else:
        pages = openpyxl.load_workbook(path)
        kinds = {cell.data_type for row in pages.active for cell in row if cell.value is not None}
        assert kinds <= {"s", "inlineStr"}
    (again,) = read_challenges(path).records
    assert again.model_copy(update={"source": None}) == record


def test_a_workbook_is_laid_out_for_people(tmp_path: Path) -> None:
    path = tmp_path / "榜单.xlsx"
    deadline = date(2026, 3, 31)
    record = Challenge(challenge_id="1", title="甲", bounty_wan=500, apply_deadline=deadline)
    write_challenges([record], path)
    page = openpyxl.load_workbook(path).active
    header = [cell.value for cell in page[1]]
    assert page.title == "榜单"
    assert header[:3] == ["榜单编号", "项目名称", "需求单位"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref.endswith("2")
    assert page["A1"].font.bold
    assert page["A2"].value == "1"
    assert page.cell(2, header.index("榜额(万元)") + 1).value == 500
    when = page.cell(2, header.index("揭榜截止") + 1)
    assert isinstance(when.value, datetime)
    assert when.is_date


def test_cells_of_a_workbook_have_types(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["编号", "名称", "揭榜截止", "榜额", "日期", "数", "是否"])
    when = datetime(2026, 3, 31, 8, 30)
    workbook.active.append([2021001, 3.5, when, 500, date(2026, 1, 2), 7.0, True])
    workbook.save(path)
    (record,) = read_challenges(path).records
    assert (record.challenge_id, record.title) == ("2021001", "3.5")
    assert (record.apply_deadline, record.bounty_wan) == (date(2026, 3, 31), 500)
    assert record.extra == {"日期": "2026-01-02", "数": "7", "是否": "TRUE"}


def test_the_sheet_that_fits_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.title = "说明"
    workbook.active.append(["请认真填写"])
    page = workbook.create_sheet("需求")
    page.append(["编号", "名称"])
    page.append(["1", "甲"])
    workbook.create_sheet("草稿").sheet_state = "hidden"
    workbook.save(path)
    reading = read_challenges(path)
    assert [r.source and r.source.sheet for r in reading.records] == ["需求"]
    assert reading.warnings == ("工作表「说明」没有读取",)


def test_an_empty_workbook_is_an_error(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="没有内容"):
        read_challenges(tmp_path / "a.xlsx")


def test_characters_a_workbook_cannot_hold_are_shown_as_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_challenges([Challenge(challenge_id="1", title="甲\ufffe乙\uffff")], path)
    assert read_challenges(path).records[0].title == "甲\ufffd乙\ufffd"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_rejects_are_written_with_the_original_row(suffix: str, tmp_path: Path) -> None:
    path, out = tmp_path / "a.csv", tmp_path / f"拒收.{suffix}"
    path.write_text("编号,名称,榜额,电话\n1,甲,面议的,139\n2,乙,5,\n", encoding="utf-8")
    reading = read_challenges(path)
    write_rejects(reading.rejects, out)
    again = read_challenges(out)
    (reject,) = again.rejects
    assert reject.original["原值"] == "面议的"
    assert reject.original["拒收原因"] == "认不出金额"
    assert reject.original["文件"] == "a.csv"
    assert str(reject.original["行号"]) in ("2", "2.0")
    assert reject.original["名称"] == "甲"
    assert "电话" not in reject.original
    write_rejects(reading.rejects, out, private=True)
    assert str(read_challenges(out).rejects[0].original["电话"]) == "139"


def test_rejects_of_every_shape_can_be_written(tmp_path: Path) -> None:
    reject = Reject("a", None, None, None, {"x": [1]}, "r", "e", "m", {"甲": "\ud800", "乙": None})
    write_rejects([reject], tmp_path / "a.xlsx")
    write_rejects([], tmp_path / "b.csv")
    with pytest.raises(InputError, match="扩展名"):
        write_rejects([reject], tmp_path / "a.jsonl")


def test_a_message_masks_contacts_and_shortens_long_values() -> None:
    private = Reject("a.csv", "页", 3, "手机", "139", "类型不对", "文字", "改正")
    assert "139" not in private.message
    assert "第3行" in private.message
    assert len(Reject("a", None, 1, "x", "长" * 9999, "r", "e", "m").message) < 200


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
def test_values_no_file_can_hold_are_an_error(suffix: str, tmp_path: Path) -> None:
    for value in ("\ud800", float("inf")):
        record = Challenge(challenge_id="1", title="甲", extra={"x": {"y": value}})
        path = tmp_path / f"a.{suffix}"
        if value == "\ud800" or suffix == "jsonl":
            with pytest.raises(InputError, match="写不进"):
                write_challenges([record], path)
            assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有可写的记录"):
        write_records([], tmp_path / "a.csv")
    with pytest.raises(InputError, match="扩展名"):
        write_records([Team(team_id="1")], tmp_path / "a.xls")
    mixed = [Team(team_id="1"), Outcome(challenge_id="1", team_id="1", stage="揭榜")]
    with pytest.raises(InputError, match="一种记录"):
        write_records(mixed, tmp_path / "a.jsonl")


def test_a_bad_indicator_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        {"challenge_id": "1", "title": "甲", "indicators": [{"name": "总氧"}, {"value": "x"}]},
        {"challenge_id": "2", "title": "乙", "indicators": [{"name": "总氧", "value": 5}]},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    reading = read_challenges(path)
    assert reading.records[0].indicators == (Indicator(name="总氧", value=5),)
    assert {reject.column for reject in reading.rejects} == {
        "indicators[2].name",
        "indicators[2].value",
    }


def _word(folder: Path, paragraph: str) -> Path:
    """A Word file of one table: 编号, 名称, 考核指标; the last cell is the given paragraph."""
    space = (
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    )
    rows = [["榜单编号", "项目名称", "考核指标"], ["1", "轴承", None]]
    cells = "".join(
        "<w:tr>"
        + "".join(
            f"<w:tc><w:p>{paragraph if c is None else f'<w:r><w:t>{c}</w:t></w:r>'}</w:p></w:tc>"
            for c in row
        )
        + "</w:tr>"
        for row in rows
    )
    path = folder / "word.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"<w:document {space}><w:body><w:tbl>{cells}</w:tbl></w:body></w:document>",
        )
    return path


_RUN = "<w:r>{marks}<w:t>{text}</w:t></w:r>"


def _run(text: str, mark: str = "") -> str:
    return _RUN.format(text=text, marks=f"<w:rPr><w:{mark}/></w:rPr>" if mark else "")


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        (_run("寿命") + "<m:oMath><m:r><m:t>≥20</m:t></m:r></m:oMath>" + _run("年"), "寿命≥20年"),
        (_run("≥10") + _run("5", 'vertAlign w:val="superscript"') + _run("次"), "≥10⁵次"),
        (_run("压力") + '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + _run("25MPa"),
         "压力≥25MPa"),
        ("<w:r><w:t>45</w:t><w:noBreakHyphen/><w:t>52HRC</w:t></w:r>", "45-52HRC"),
        (_run("新指标") + f"<w:moveFrom>{_run('旧指标')}</w:moveFrom>", "新指标"),
        ("<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>-6</m:t></m:r>"
         "</m:sup></m:sSup></m:oMath>" + _run("Pa"), "10⁻⁶Pa"),
        ("<w:r><w:ruby><w:rt>" + _run("hai") + "</w:rt><w:rubyBase>" + _run("海")
         + "</w:rubyBase></w:ruby></w:r>" + _run("上"), "海上"),
        (_run("压力") + '<w:r><w:sym w:font="宋体" w:char="2265"/></w:r>' + _run("25MPa"),
         "压力≥25MPa"),
        (_run("\uf0b3", 'rFonts w:ascii="Symbol"') + _run("25MPa"), "≥25MPa"),
        (_run("45\u201152HRC"), "45-52HRC"),
        ("<m:oMath><m:rad><m:e><m:r><m:t>2</m:t></m:r></m:e></m:rad></m:oMath>"
         + _run("倍"), "√2倍"),
        ("<m:oMath><m:sSub><m:e><m:r><m:t>D</m:t></m:r></m:e><m:sub><m:r><m:t>50</m:t></m:r></m:sub>"
         "</m:sSub></m:oMath>" + _run("≤5μm"), "D50≤5μm"),
        ("<w:ins>" + _run("≥3") + "</w:ins><w:del><w:r><w:delText>≥2</w:delText></w:r></w:del>"
         + _run("年"), "≥3年"),
    ],
)  # fmt: skip
def test_a_word_cell_is_read_as_it_stands_on_the_page(
    tmp_path: Path, paragraph: str, text: str
) -> None:
    read = read_any(_word(tmp_path, paragraph)).challenges
    assert read is not None
    assert [record.indicators_text for record in read.records] == [text]


def test_hidden_and_struck_words_of_a_word_table_are_left_out_and_told(tmp_path: Path) -> None:
    paragraph = _run("作废", "strike") + _run("底稿", "vanish") + _run("总氧≤15ppm")
    read = read_any(_word(tmp_path, paragraph)).challenges
    assert read is not None
    assert [record.indicators_text for record in read.records] == ["总氧≤15ppm"]
    told = "\n".join(read.warnings)
    assert "作废" in told
    assert "底稿" in told


def test_what_is_struck_out_of_a_web_table_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    path.write_text(
        "<table><tr><th>榜单编号</th><th>项目名称</th><th>考核指标</th></tr><tr><td>1</td>"
        "<td><del>陆上</del><ins>海上</ins><s>用</s>轴承</td><td>寿命≥10<sup>7</sup>次</td></tr>"
        "</table>",
        encoding="utf-8",
    )
    read = read_any(path).challenges
    assert read is not None
    (record,) = read.records
    assert (record.title, record.indicators_text) == ("海上轴承", "寿命≥10⁷次")
    assert record.indicators[0].value == 1e7
    assert "陆上" in "\n".join(read.warnings)


def test_what_is_struck_out_of_running_text_is_left_out_and_told(tmp_path: Path) -> None:
    web, word = tmp_path / "页.html", tmp_path / "文.docx"
    web.write_text(
        "<html><body><p>项目名称：<s>陆上</s>海上轴承</p><p>研究内容：润滑</p>"
        "<p>考核指标：寿命≥<del>5</del>10年</p></body></html>",
        encoding="utf-8",
    )
    document = docx.Document()
    for label, gone, left in (
        ("项目名称：", "陆上", "海上轴承"), ("研究内容：", "", "润滑"),
        ("考核指标：寿命≥", "5", "10年"),
    ):  # fmt: skip
        paragraph = document.add_paragraph(label)
        paragraph.add_run(gone).font.strike = True
        paragraph.add_run(left)
    document.save(str(word))
    for path in (web, word):
        read = read_any(path).challenges
        assert read is not None
        (record,) = read.records
        assert (record.title, record.indicators_text) == ("海上轴承", "寿命≥10年")
        assert "陆上" in "\n".join(read.warnings)


def test_words_struck_out_within_a_cell_of_a_workbook_are_left_out_and_told(tmp_path: Path) -> None:
    struck, plain = InlineFont(strike=True), InlineFont()
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["项目名称", "需求单位", "榜额", "考核指标"])
    page.append(["轴承", "甲厂", "", "寿命≥5年"])
    page["C2"] = CellRichText(TextBlock(struck, "500"), TextBlock(plain, "800万元"))
    page["D2"] = CellRichText("寿命≥", TextBlock(struck, "5"), TextBlock(plain, "10年"))
    book.save(tmp_path / "改过.xlsx")
    read = read_any(tmp_path / "改过.xlsx").challenges
    assert read is not None
    (record,) = read.records
    assert (record.bounty_wan, record.indicators_text) == (800.0, "寿命≥10年")
    assert "格里划了删除线的字没有读入：C2「500」、D2「5」" in "\n".join(read.warnings)


def test_text_of_a_pdf_that_nobody_sees_is_left_out_and_told(tmp_path: Path) -> None:
    registerFont(UnicodeCIDFont("STSong-Light"))
    page = Canvas(str(tmp_path / "页.pdf"), pagesize=(400, 300))
    page.setFont("STSong-Light", 12)
    for y, text in ((250, "项目名称：轴承"), (230, "研究内容：润滑"), (210, "考核指标：寿命≥10年")):
        page.drawString(40, y, text)
    page.rect(40, 150, 200, 20, fill=1)
    page.setFillColorRGB(1, 1, 1)
    page.drawString(150, 210, "一百年")
    page.drawString(50, 155, "白字写在黑底上")
    page.setFillColorRGB(0, 0, 0)
    page.drawString(40, -50, "页外的字")
    page.save()
    read = read_any(tmp_path / "页.pdf").challenges
    assert read is not None
    (record,) = read.records
    whole = record.model_dump_json()
    assert "寿命≥10年" in record.indicators_text
    assert "一百年" not in whole
    assert "页外的字" not in whole
    assert "白字写在黑底上" in whole
    said = "\n".join(read.warnings)
    assert "一百年" in said
    assert "页外的字" in said


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_text_of_four_bytes_a_character_is_read(tmp_path: Path, encoding: str) -> None:
    text = "项目名称,需求单位\n轴承,甲厂\n"
    (tmp_path / "表.csv").write_bytes(text.encode(encoding))
    read = read_any(tmp_path / "表.csv").challenges
    assert read is not None
    assert [record.title for record in read.records] == ["轴承"]
