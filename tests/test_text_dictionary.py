"""The dictionary: parsed once, and never wrong because of what was kept of it."""

from __future__ import annotations

from pathlib import Path

import jieba
import pytest

from matcher.text import dictionary
from matcher.text.dictionary import Frequencies, frequencies


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def words(folder: Path) -> Path:
    path = folder / "词.txt"
    path.write_text("夹杂物控制\n轴承\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(folder: Path, words: Path) -> Frequencies:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dictionary, "cache_folders", lambda: (folder, folder))
        return frequencies([words])


@pytest.fixture(autouse=True)
def kept_here(folder: Path, made: Frequencies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary, "cache_folders", lambda: (folder, folder))


def parsing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(jieba.Tokenizer, "gen_pfdict", staticmethod(refused))


@pytest.mark.slow
def test_it_is_jieba_s_own_and_our_words(made: Frequencies, tmp_path: Path) -> None:
    bare = jieba.Tokenizer()
    bare.tmp_dir = str(tmp_path)
    bare.initialize()
    known = made[0]
    assert known["轴承"] == bare.FREQ["轴承"]
    assert known["夹杂物控制"] == 3
    assert set(known) - set(bare.FREQ) == {"夹杂物", "夹杂物控", "夹杂物控制"} - set(bare.FREQ)
    # Latin words are left out: jieba cut English to pieces by them.
    latin = {word: n for word, n in bare.FREQ.items() if n and word.isascii()}
    assert latin
    assert not set(latin) & {word for word, n in known.items() if n}
    assert made[1] == bare.total - sum(latin.values()) + 3


@pytest.mark.slow
def test_it_is_parsed_once(made: Frequencies, words: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsing_fails(monkeypatch)
    assert frequencies([words]) == made


@pytest.mark.slow
def test_other_words_are_another_dictionary(
    tmp_path: Path, words: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dictionary, "cache_folders", lambda: (tmp_path / "kept", tmp_path))
    other = tmp_path / "词.txt"
    other.write_text("超快冷却\n", encoding="utf-8")
    assert "超快冷却" in frequencies([words, other])[0]
    assert "超快冷却" not in frequencies([words])[0]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["emptied", "zeros", "cut", "flipped"])
def test_what_is_damaged_is_made_anew(
    made: Frequencies, folder: Path, words: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [path for path in folder.iterdir() if path.suffix != ".txt"]
    for path in files:
        whole = path.read_bytes()
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
        path.write_bytes(
            {"emptied": b"", "zeros": bytes(4), "cut": whole[:middle], "flipped": flipped}[damage]
        )
    assert frequencies([words]) == made
    parsing_fails(monkeypatch)
    assert frequencies([words]) == made


@pytest.mark.slow
def test_without_a_place_to_keep_it_the_words_are_the_same(
    made: Frequencies, words: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    nowhere = tmp_path / "file" / "folder"
    monkeypatch.setattr(dictionary, "cache_folders", lambda: (nowhere, nowhere))
    assert frequencies([words]) == made
