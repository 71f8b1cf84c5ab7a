"""Files of kinds nobody asked for are read right or refused, and what is not read is told."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest

from matcher.corpora import ReadOptions, read_any, read_any_of
from matcher.corpora.options import RowAllowance
from matcher.errors import InputError
from tests.hostile.attack import Passage, account
from tests.hostile.strangers import FILES, WAYS
from tests.hostile.traps import WRITERS, Trap, rows, titles, zipped

# These take a second and more to make or to read; they go through both doors with all traps.
_LARGE = frozenset((
    "strings-million.xlsx", "thousand-paragraphs.docx", "attributes.html", "notes.pdf",
    "packed-thrice.pdf", "nulls.csv", "one-line.txt", "quote-to-end.csv", "picture-within.html",
    "hundred-thousand-deep.html",
))  # fmt: skip
SMALL = sorted(FILES.keys() - _LARGE)


@pytest.mark.parametrize("name", SMALL)
def test_nothing_that_is_sent_is_lost_in_silence(name: str, tmp_path: Path) -> None:
    make, told = FILES[name]
    named = titles(f"sent {name}")
    trap = Trap(name, make(named), tuple(named), told)
    path = tmp_path / name
    path.write_bytes(trap.content)
    try:
        shown, said = account(path)
        passage = Passage(shown=shown, said=f"{shown}\n{said}")
    except InputError as error:
        passage = Passage(refused=True, said=error.message)
    # Of a page without records that is told by the doors, not by its reading.
    assert not passage.lost(trap) or "没有记录" in told


@pytest.mark.parametrize("name", ["strings-padded.xlsx", "strings-negative.xlsx"])
def test_a_text_of_no_number_is_not_taken_for_the_first(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name][0](titles(name)))
    with pytest.raises(InputError, match="文字编号不是数"):
        list(read_any_of(path))


@pytest.mark.parametrize("kind", ["xlsx", "docx", "ods"])
def test_names_of_parts_that_not_all_programs_find_are_refused(kind: str, tmp_path: Path) -> None:
    for name in sorted(FILES):
        if name.endswith(f".{kind}") and name.removeprefix("twice-").partition(".")[0] in WAYS:
            path = tmp_path / name
            path.write_bytes(FILES[name][0](titles(name)))
            with pytest.raises(InputError):
                list(read_any_of(path))


def test_files_beside_each_other_in_an_archive_are_no_office_file(tmp_path: Path) -> None:
    path = tmp_path / "材料.zip"
    table = WRITERS["csv"](rows(titles("beside")))
    path.write_bytes(zipped({"xl/一.csv": table, "word/二.csv": table}))
    assert len(list(read_any_of(path))) == 2


def test_a_packed_list_of_empty_lines_ends(tmp_path: Path) -> None:
    path = tmp_path / "works.gz"
    work = gzip.compress(WRITERS["openalex"](rows(["轴承"])))
    path.write_bytes(work + gzip.compress(b"\n" * (1 << 20)) * 600)
    started = time.process_time()
    found = read_any(path).achievements
    assert found is not None
    assert (len(found.records), found.rejects[0].reason) == (
        1, "解开后过大，或空行过多，从这里起没有读"
    )  # fmt: skip
    assert time.process_time() - started < 10


def test_works_count_as_rows_of_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "works.gz"
    path.write_bytes(gzip.compress(WRITERS["openalex"](rows(["轴承", "齿轮", "阀门"]))))
    assert read_any(path, options=ReadOptions(rows=RowAllowance(3))).achievements is not None
    with pytest.raises(InputError, match="行数过多"):
        read_any(path, options=ReadOptions(rows=RowAllowance(2)))
