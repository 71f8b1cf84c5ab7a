"""English in technical text: words whole, and the same terms in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InputError
from matcher.resources import data_path
from matcher.text.dictionary import DICTIONARY_FOLDER
from matcher.text.english import parts, stem
from matcher.text.glossary import Glossary, read_glossary
from matcher.text.normalise import normalise
from matcher.text.tokenise import Tokenizer, default_tokenizer

PLAIN = Tokenizer()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("rolling contact prediction", ["roll", "contact", "predict"]),
        ("Remaining", ["remain"]),
        ("1200MPa", ["1200", "mpa"]),
        ("1200 MPa", ["1200", "mpa"]),
        ("5-10mm", ["10", "mm"]),
        ("Al2O3, LiFePO4", ["al2o3", "lifepo4"]),
        ("SiC/SiC", ["sic", "sic"]),
        ("C/C x-ray", ["c/c", "ray", "x-ray"]),
        ("high-entropy alloys", ["high", "entropi", "alloy"]),
        ("C++ and C#", ["c++", "and", "c#"]),
        ("316L GCr15 5G PM2.5", ["316l", "gcr15", "5g", "pm2.5"]),
        ("18CrNiMo7-6", ["18crnimo7", "18crnimo7-6"]),
        ("fibres, FIBERS", ["fiber", "fiber"]),
        ("predic-\ntion", ["predict"]),
        ("Bernoulli's", ["bernoulli"]),
        ("Schrödinger", ["schrödinger"]),
        ("采用deep learning的方法", ["采用", "deep", "learn", "方法"]),
        ("采用in-situ观察", ["采用", "in", "situ", "观察"]),
    ],
)
def test_english_is_read_in_whole_words(written: str, words: list[str]) -> None:
    assert PLAIN.words(written) == words


def test_words_of_both_scripts_stay_whole() -> None:
    assert {"x射线衍射", "3d打印"} <= set(default_tokenizer().words("X射线衍射与3D打印"))


@given(st.text(st.sampled_from("abrolingsx0159.-/+& \n,°μ"), max_size=40))
def test_no_letter_is_lost_or_made_up(text: str) -> None:
    letters = [c for c in normalise(text) if c.isalpha()]
    read = [c for part in parts(normalise(text)) for c in part.word if c.isalpha()]
    assert len(read) <= len(letters)
    assert set(read) <= set(letters)


def test_stop_words_are_stopped_in_any_form() -> None:
    words = default_tokenizer().words
    assert words("We proposed novel methods for the studies of graphene") == words("graphene")


def test_stems_of_names_and_short_words_are_themselves() -> None:
    assert [stem(word) for word in ("gas", "ros", "gcr15", "轴承")] == [
        "gas", "ros", "gcr15", "轴承",
    ]  # fmt: skip


TERMS = Glossary(
    {
        "滚动轴承": ("rolling bearing", "rolling element bearing"),
        "轴承": ("bearing",),
        "细胞": ("cell",),
        "电池": ("cell", "battery"),
        "太阳能电池": ("solar cell",),
    }
)


def found(text: str) -> list[tuple[str, ...]]:
    return [terms for _, terms in TERMS.found(list(parts(normalise(text))))]


def test_the_longest_phrase_is_the_term() -> None:
    assert found("Rolling-element bearings") == [("滚动轴承",)]
    assert found("bearings of solar cells") == [("轴承",), (), ("太阳能电池",)]
    assert found("cell") == [("细胞", "电池")]


def test_words_of_one_stem_are_different_terms() -> None:
    glossary = Glossary({"氢": ("hydrogen",), "加氢": ("hydrogenation",)})
    assert glossary.terms_of("hydrogenation") == ("加氢",)
    assert glossary.terms_of("Hydrogen") == ("氢",)
    assert Glossary({"优化": ("optimization",)}).terms_of("optimisations") == ("优化",)


@pytest.mark.slow
def test_stop_words_make_phrases_but_no_terms(tmp_path: Path) -> None:
    path = tmp_path / "术语.tsv"
    path.write_text("荷电状态\tstate of charge\n状态\tstate\n采矿\tmining\n", encoding="utf-8")
    tokenizer = Tokenizer([path], ["state", "of", "mine"], path)
    assert tokenizer.words("state of charge") == tokenizer.words("荷电状态")
    assert tokenizer.words("state") == []
    assert tokenizer.tokens("mining") == tokenizer.tokens("采矿")


def test_no_phrase_goes_over_a_mark_of_punctuation() -> None:
    assert ("滚动轴承",) not in found("cold rolling, bearing steel")
    assert ("滚动轴承",) not in found("after rolling. Bearing steel")


def test_a_glossary_is_read_with_its_faults_named(tmp_path: Path) -> None:
    path = tmp_path / "术语.tsv"
    path.write_text("# 说明\n轴承\tbearing| rolling bearing \n\n", encoding="utf-8")
    assert read_glossary(path).english == {"轴承": ("bearing", "rolling bearing")}
    for number, bad in enumerate(("轴承", "轴承\t", "轴承\tbearing\n轴承\tball bearing")):
        path = tmp_path / f"{number}.tsv"
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(InputError, match=r"第 [12] 行"):
            read_glossary(path)


def test_both_languages_meet_in_the_chinese_term() -> None:
    tokenizer = default_tokenizer()
    english = tokenizer.words("Fault diagnosis of rolling bearings")
    assert set(tokenizer.words("滚动轴承")) <= set(english)
    assert "bear" not in english
    assert {"roll", "bear"} <= set(tokenizer.bigrams("rolling bearings"))


@pytest.mark.slow
def test_traditional_script_gives_the_tokens_of_simplified() -> None:
    """All words of the shipped lists, there and back; a text pasted in 繁體 finds the same."""
    to_traditional = opencc.OpenCC("s2t")
    tokenizer = default_tokenizer()
    lines = data_path("corpora/demo/challenges.jsonl").read_text(encoding="utf-8").splitlines()
    for record in map(json.loads, lines):
        for text in (record["title"], record.get("problem", "")):
            written = to_traditional.convert(text).replace("檢覆雜", "檢複雜")  # its own mistake
            assert tokenizer.tokens(written) == tokenizer.tokens(text), text


@pytest.mark.parametrize(
    "written", ["高 性 能 轴 承 钢", "高性能\n轴承\n钢", "高性能轴承鋼", "高性能\u200b轴承钢"]
)
def test_what_a_copy_does_to_a_text_changes_no_token(written: str) -> None:
    assert default_tokenizer().tokens(written) == default_tokenizer().tokens("高性能轴承钢")


def test_the_shipped_glossary_is_what_its_readme_says() -> None:
    glossary = read_glossary(data_path(f"{DICTIONARY_FOLDER}/glossary.tsv"))
    assert all(term == term.strip() for term in glossary.english)
    assert all(glossary.terms_of(p) for phrases in glossary.english.values() for p in phrases)
    assert len(glossary.english) >= 5_000
    readme = data_path(f"{DICTIONARY_FOLDER}/README.md").read_text(encoding="utf-8")
    assert f"| {len(glossary.english):,} |" in readme
