"""Files made to hurt: refused with a message, within bounded memory and time."""

from __future__ import annotations

import time
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.corpora import read_any_of, read_challenges, write_challenges
from matcher.errors import InputError
from matcher.records import Challenge
from tests.hostile.make_files import footed, write_docx, write_xls, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


def _refused(path: Path, words: str, seconds: float = 5.0) -> str:
    """What was given, as the refusal tells it; refused soon and without much memory."""
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(InputError, match=words) as caught:
        list(read_any_of(path))
    assert time.process_time() - started < seconds
    assert tracemalloc.get_traced_memory()[1] < 300e6
    tracemalloc.stop()
    return str(caught.value.given or "")


def _with_member(path: Path, name: str, content: bytes) -> None:
    """A workbook or document one part of which is replaced."""
    sound = path.with_name("完好" + path.suffix)
    (write_docx if path.suffix == ".docx" else write_xlsx)(footed("plain", "plain"), sound)
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, content if entry.filename == name else old.read(entry))


@pytest.mark.slow
def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 60_000_000)
    assert _refused(path, "解开后过大")


@pytest.mark.slow
def test_a_workbook_that_unpacks_to_much(tmp_path: Path) -> None:
    _with_member(tmp_path / "a.xlsx", SHEET, b" " * 60_000_000)
    assert _refused(tmp_path / "a.xlsx", "解开后过大")


@pytest.mark.parametrize(("name", "member"), [("a.xlsx", SHEET), ("a.docx", "word/document.xml")])
def test_xml_entities(name: str, member: str, tmp_path: Path) -> None:
    _with_member(tmp_path / name, member, ENTITIES + b"<x>&b;</x>")
    assert _refused(tmp_path / name, "实体")


def test_a_cell_at_the_end_of_the_world(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "项目名称", "甲"
    book.save(tmp_path / "a.xlsx")
    assert _refused(tmp_path / "a.xlsx", "范围过大")


def test_sixteen_thousand_empty_columns(tmp_path: Path) -> None:
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    page = book.active
    page.append(["编号", "名称"])
    page.append(["1", "甲"])
    for column in range(3, 1500):
        page.cell(1, column).font = Font(bold=True)
    book.save(tmp_path / "a.xlsx")
    assert read_challenges(tmp_path / "a.xlsx").records[0].extra == {}


@pytest.mark.parametrize(
    "name", ["../../外面.csv", "/etc/外面.csv", "C:\\外面.csv", "a\\..\\..\\b.csv"]
)
def test_paths_that_lead_outside(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, "编号,名称\n1,甲\n")
    assert _refused(tmp_path / "a.zip", "指向包外")
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    inner = tmp_path / "b.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "编号,名称\n1,甲\n")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(inner, "b.zip")
    with pytest.raises(InputError, match="没有能读"):
        list(read_any_of(tmp_path / "a.zip"))


def test_a_file_of_two_hundred_megabytes(tmp_path: Path) -> None:
    for name in ("a.csv", "a.html", "a.pdf"):
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(
                b"%PDF-1.4\n" if name == "a.pdf" else b"<html>" if name == "a.html" else b"a,b\n"
            )
            file.truncate(200_000_000)
        assert _refused(path, "文件太大")


def test_deep_nesting(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html><body>" + "<div>" * 50_000 + "榜单" + "</div>" * 50_000)
    tables = tmp_path / "b.html"
    tables.write_text("<html><body>" + "<table><tr><td>" * 3_000 + "榜单")
    lines = tmp_path / "c.jsonl"
    lines.write_text("{" + '"a":{' * 50_000)
    for path in (page, tables, lines):
        started = time.process_time()
        with suppress(InputError):
            list(read_any_of(path))
        assert time.process_time() - started < 5


@pytest.mark.slow
def test_huge_spans_of_a_page(tmp_path: Path) -> None:
    cell = '<td rowspan="99999" colspan="99999">榜单</td>'
    (tmp_path / "a.html").write_text(f"<table>{'<tr>' + cell * 30 + '</tr>'}</table>" * 3)
    assert _refused(tmp_path / "a.html", "范围过大|看不出|没有")


def test_scanned_and_locked_files_are_refused_with_a_remedy(tmp_path: Path) -> None:
    scanned = tmp_path / "扫描.pdf"
    scanned.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF"
    )
    assert _refused(scanned, "扫描件")
    locked = tmp_path / "a.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    assert _refused(locked, "有密码")
    word = tmp_path / "a.doc"
    word.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"))
    assert _refused(word, "旧版 Word")


def test_formulas_are_read_as_their_values_and_written_as_text(tmp_path: Path) -> None:
    write_challenges([Challenge(challenge_id="1", title="=HYPERLINK(1)")], tmp_path / "a.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["B2"]
    assert cell.data_type == "s"
    assert read_challenges(tmp_path / "a.xlsx").records[0].title == "=HYPERLINK(1)"


SEEDS = [b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF-1.4", b"<html><table>", b"@article{", b"TY  - "]


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start=st.sampled_from([*SEEDS, "编号,名称\n1,甲\n".encode(), "项目名称：甲\n".encode()]),
    rest=st.binary(max_size=200),
    name=st.sampled_from(["a.csv", "a.txt", "a.xlsx", "a.html", "a", "a.pdf", "a.jsonl"]),
)
def test_no_bytes_crash_a_reader(start: bytes, rest: bytes, name: str, tmp_path: Path) -> None:
    assert _unaccounted(tmp_path / name, start + rest) == 0


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    kind=st.sampled_from(["xlsx", "xls", "docx"]),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_no_damaged_file_crashes_a_reader(
    kind: str, places: list[tuple[float, int]], tmp_path: Path
) -> None:
    sound = tmp_path / f"完好.{kind}"
    if not sound.exists():
        writer = {"xlsx": write_xlsx, "xls": write_xls, "docx": write_docx}[kind]
        writer(footed("plain", "plain"), sound)
    content = bytearray(sound.read_bytes())
    for place, value in places:
        content[min(len(content) - 1, int(place * len(content)))] = value
    assert _unaccounted(tmp_path / f"坏.{kind}", bytes(content)) == 0


def _unaccounted(path: Path, content: bytes) -> int:
    """How many rows a reader can say nothing of; only an `InputError` may stop it."""
    path.write_bytes(content)
    lost = 0
    with suppress(InputError):
        for found in read_any_of(path):
            lost += sum(abs(reading.count.unaccounted) for reading in found.readings)
    return lost
