"""A file is written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet._writer import ALL_TEMP_FILES

from matcher.atomic import atomic_path
from matcher.corpora import read_challenges, write_challenges, write_teams
from matcher.corpora.formats.sheet_files import sheet_files
from matcher.corpora.output import write as writing
from matcher.errors import InputError, StorageError
from matcher.index.backup import backup
from matcher.records import Challenge, Evidence, Team
from matcher.workspace import STORE_FILE, Workspace

RECORDS = [Challenge(challenge_id=str(i), title="甲") for i in range(3)]


def failing(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("缺陷"), StorageError("满")])
def test_whatever_happens_the_old_file_stays_and_nothing_is_left(
    error: BaseException, tmp_path: Path
) -> None:
    target = tmp_path / "a.txt"
    target.write_text("旧")
    with pytest.raises(type(error)), atomic_path(target) as temporary:  # noqa: PT012
        temporary.write_text("新")
        raise error
    assert target.read_text() == "旧"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.ENOSPC, "磁盘空间不足"), (errno.EACCES, "没有写入权限"), (errno.EROFS, "只读")],
)
def test_a_disk_that_refuses_is_told_in_chinese(code: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=words) as caught, atomic_path(tmp_path / "a.txt"):
        raise OSError(code, os.strerror(code))
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_file_the_block_did_not_find_is_not_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "a.txt"):
        (tmp_path / "无").read_text()


def test_a_missing_folder_and_a_folder_in_the_way(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="文件夹不存在"), atomic_path(tmp_path / "无" / "a.txt"):
        pass
    with pytest.raises(StorageError, match="同名的文件夹"), atomic_path(tmp_path):
        pass


def test_a_workspace_is_written_over_by_a_backup_only(tmp_path: Path) -> None:
    Workspace(tmp_path, encoder=None).put_challenges(RECORDS)
    store, other = tmp_path / STORE_FILE, tmp_path / "b.sqlite"
    kept = store.read_bytes()
    with pytest.raises(StorageError, match="工作区或备份"), atomic_path(store) as temporary:
        temporary.write_text("榜单")
    with pytest.raises(InputError, match="工作区自己"):
        backup(store, store)
    assert store.read_bytes() == kept
    for _ in range(2):
        assert backup(store, other) > 0


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that takes no files")
def test_a_folder_that_takes_no_files() -> None:
    with pytest.raises(StorageError, match="没有写入权限"), atomic_path("/proc/a.txt"):
        pass


def test_a_name_too_long(tmp_path: Path) -> None:
    with (
        pytest.raises(StorageError, match="文件名太长"),
        atomic_path(tmp_path / f"{'长' * 200}.txt") as temporary,
    ):
        temporary.write_text("新")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")
def test_mode_and_links_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "a.txt", tmp_path / "link.txt"
    target.write_text("旧")
    target.chmod(0o640)
    link.symlink_to(target)
    with atomic_path(link) as temporary:
        temporary.write_text("新")
    assert link.is_symlink()
    assert target.read_text() == "新"
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
def test_writers_leave_the_old_file_when_they_fail(
    suffix: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a.{suffix}"
    write_challenges(RECORDS, path)
    with monkeypatch.context() as patched:
        patched.setattr("matcher.atomic._flush", failing(error))
        with pytest.raises((KeyboardInterrupt, StorageError)):
            write_challenges(RECORDS[:1], path)
    assert len(read_challenges(path).records) == 3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "xlsx"])
def test_ctrl_c_half_way_through_the_rows(suffix: str, tmp_path: Path) -> None:
    def rows() -> object:
        yield RECORDS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_challenges(rows(), tmp_path / f"a.{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_half_way_through_a_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(1000))

    def interrupt(_: str) -> str:
        if next(calls) > 30:
            raise KeyboardInterrupt
        return "甲"

    monkeypatch.setattr("matcher.corpora.formats.xlsx_file._escape", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_challenges(RECORDS, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_library_and_its_evidence_appear_together_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team(team_id="1", org_name="甲", evidence=[Evidence(title="论文")])
    real, written = writing.write_csv, []

    def second_fails(sheet: object, path: Path) -> None:
        written.append(path)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "full")
        real(sheet, path)

    monkeypatch.setattr(writing, "write_csv", second_fails)
    with pytest.raises(StorageError):
        write_teams([team], tmp_path / "团队.csv")
    assert list(tmp_path.iterdir()) == []


def test_workbooks_others_save_in_the_same_process_are_left_alone(tmp_path: Path) -> None:
    with sheet_files():
        pass
    theirs = tmp_path / "theirs.xlsx"
    book = Workbook()
    book.active.append(["题目"])
    book.save(theirs)
    assert load_workbook(theirs).active["A1"].value == "题目"
    assert not [path for path in ALL_TEMP_FILES if Path(path).exists()]
