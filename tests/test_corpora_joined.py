"""Several files in one, and what a library passes over in silence: read, or told by name."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from matcher.corpora import read_any, read_any_of
from matcher.corpora.formats.rehearsal import MADE
from matcher.errors import InputError
from matcher.text.bibtex import parse_bibtex
from matcher.text.references import parse_references

from .hostile.make_files import FOLDER

GOOD = "@article{z, title={密封}}\n"


def _read(path: Path, text: str) -> tuple[list[str], list[str]]:
    """The titles of a file, and what is said of the rest of it."""
    path.write_text(text, encoding="utf-8")
    read = read_any(path).achievements
    assert read is not None
    assert read.count.unaccounted == 0
    return [one.title for one in read.records], [reject.message for reject in read.rejects]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("@article{title={轴承}, year=2020}", ["轴承"]),
        ("@article{\n  title = {轴 承},\n  year = 2020}", ["轴 承"]),
        ("@article{a title={轴承}}", ["轴承"]),
        ("@article{wang 2019, title={轴承}}", ["轴承"]),
        ("@ article {a, title={轴承}}", ["轴承"]),
        ('@article{a, title="轴" # "承", year=2020}', ["轴承"]),
        ('@string{x="轴"}\n@article{a, title=x # {承}}', ["轴承"]),
        ("@article{a, title={轴} 承, year=2020}", ["轴 承"]),
        ("@article{a, title={轴承\n@article{b, title={齿轮}}", ["轴承", "齿轮"]),
        ("@article{a, title={轴承}} @article{b, title={齿轮 @article{c, title={叶片}}",
         ["轴承", "齿轮", "叶片"]),
        ("@comment{jabref-meta: databaseType:bibtex;}\n@article{a, title={轴承}}", ["轴承"]),
        ("@comment{ \n@article{a, title={轴承}}", ["轴承"]),
        ("@article(a, title=\"轴 (承)\", year=2020)", ["轴 (承)"]),
        ("@misc{轴承}", ["轴承"]),
    ],
)  # fmt: skip
def test_every_entry_of_bibtex_is_read(tmp_path: Path, text: str, titles: list[str]) -> None:
    assert _read(tmp_path / "a.bib", f"{text}\n{GOOD}") == ([*titles, "密封"], [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@comment{@article{a, title={轴承}}\n@article{b, title={齿轮}}}", "写在 @comment 里"),
        ("@preamble{@article{a, title={轴承}}}", "写在 @comment 里"),
        ("title = {轴承},", "不在任何一条题录里"),
        ("[1] 张三. 轴承[J]. 钢铁, 2020.", "不在任何一条题录里"),
        ("@article a, title={轴承}}", "不在任何一条题录里"),
        ("项目名称,需求单位\n轴承,甲厂", "不在任何一条题录里"),
    ],
)
def test_what_is_no_entry_of_bibtex_is_told(tmp_path: Path, text: str, said: str) -> None:
    titles, told = _read(tmp_path / "a.bib", f"{GOOD}{text}\n{GOOD}")
    assert set(titles) == {"密封"}
    assert len(told) == text.count("@article{") or len(told) == 1
    assert all(said in one for one in told)


def test_an_entry_in_the_note_of_another_is_told(tmp_path: Path) -> None:
    text = "@article{a, title={密封}, note={@article{b, title={轴承}}}}"
    titles, told = _read(tmp_path / "a.bib", text)
    assert (titles, len(told)) == (["密封"], 1)


def test_a_cell_loses_nothing_of_bibtex_either() -> None:
    found = parse_references(
        "@article{a, title = {轴承}, number={3}}\n@comment{@article{b, title={齿轮}}}\n"
        "@patent{title={叶片}, number={ZL201810123456.7}}"
    )
    assert [one.title for one in found][::2] == ["轴承", "叶片"]
    assert "齿轮" in found[1].title
    assert (found[0].extra, found[2].extra) == ({"期号": "3"}, {"专利号": "ZL201810123456.7"})


@pytest.mark.parametrize(
    "piece",
    ["@a{b,t={", "@a(", "@comment{", "@comment{}", '@a{b,t="}', "@string{a={", "\n@a{b,t={", "@a{",
     '@a{b,t="{', "@a{b, c d", "@preamble{"],
)  # fmt: skip
def test_what_is_left_open_in_bibtex_costs_no_more(piece: str) -> None:
    begun = time.process_time()
    assert sum(1 for _ in parse_bibtex(GOOD + piece * 20_000)) > 0
    assert time.process_time() - begun < 20  # hours, if each looked for its end to the end


def _workbook(title: str) -> bytes:
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in (("项目名称", "需求单位"), (title, "甲厂")):
        book.active.append(row)
    book.save(made)
    return made.getvalue()


def _archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", "项目名称,需求单位\n轴承,甲厂\n")
    return made.getvalue()


JOINED = {
    "a.pdf": (MADE["pdf"](), MADE["pdf"]()),
    "b.pdf": (MADE["pdf"](), b"\r\n\0" + MADE["pdf"]()),
    "a.xlsx": (_workbook("轴承"), _workbook("密封")),
    "a.docx": (MADE["docx"](), MADE["docx"]()),
    "a.zip": (_archive(), _archive()),
    "b.zip": (_archive(), "项目名称,需求单位\n密封,乙厂\n".encode()),
    "b.xlsx": (_archive(), _workbook("密封")),
}


@pytest.mark.parametrize("name", JOINED)
def test_files_joined_into_one_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"".join(JOINED[name]))
    with pytest.raises(InputError, match=r"首尾相接|末尾接着") as refused:
        list(read_any_of(tmp_path / name))
    assert "索取分开的文件" in refused.value.remedy


def test_what_is_left_behind_a_file_by_its_way_does_not_matter(tmp_path: Path) -> None:
    for name, content in (("a.xlsx", _workbook("轴承")), ("a.zip", _archive())):
        (tmp_path / name).write_bytes(content + b"\0" * 600 + b"\r\n")
        assert len(list(read_any_of(tmp_path / name))) == 1


def test_what_stands_behind_a_pdf_is_told(tmp_path: Path) -> None:
    page = (FOLDER / "list-writer.pdf").read_bytes()
    (tmp_path / "a.pdf").write_bytes(page + "\n项目名称,需求单位\n密封,乙厂\n".encode())
    read = read_any(tmp_path / "a.pdf").challenges
    assert read is not None
    assert any("末尾还有" in note for note in read.warnings)


def test_what_stands_behind_a_saved_page_is_told(tmp_path: Path) -> None:
    page = (FOLDER / "saved-by-browser.mhtml").read_bytes()
    (tmp_path / "a.mhtml").write_bytes(page + b"\r\n" + page)
    read = read_any(tmp_path / "a.mhtml").challenges
    assert read is not None
    assert any("末尾还接着别的内容" in note for note in read.warnings)


@pytest.mark.parametrize(
    "record", ["%0 Journal Article\n%T 密封\n%D 2020\n", "PMID- 1\nTI  - 密封\nDP  - 2020\n"]
)
def test_rows_behind_the_last_record_are_told(tmp_path: Path, record: str) -> None:
    titles, told = _read(tmp_path / "a.txt", f"{record}\n项目名称,需求单位\n轴承,甲厂\n")
    assert titles == ["密封"]
    assert ["不在任何一条题录里" in one for one in told] == [True]


def test_an_abstract_may_have_paragraphs(tmp_path: Path) -> None:
    record = "%0 Journal Article\n%T 密封\n%X 第一段。\n\n第二段。\n%D 2020\n"
    assert _read(tmp_path / "a.txt", record) == (["密封"], [])


def test_an_old_workbook_behind_another_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(2 * (FOLDER / "lists-calc.xls").read_bytes())
    read = read_any(path).challenges
    assert read is not None
    assert any("另一个旧版 Office 文件" in note for note in read.warnings)
    path.write_bytes((FOLDER / "lists-calc.xls").read_bytes() + "密封,乙厂\n".encode() * 3)
    read = read_any(path).challenges
    assert read is not None
    assert any("末尾还有" in note for note in read.warnings)
