"""Normalising and tokenising: one spelling for one thing, tokens that say something."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Challenge
from matcher.ranking.query import queries
from matcher.text.dictionary import read_word_list
from matcher.text.normalise import clean, normalise, simplify
from matcher.text.tokenise import MAX_CHARACTERS, Tokenizer, default_tokenizer

# Anything a broken file can hold, lone surrogates included, and the characters that cause trouble.
anything = st.text(st.characters(codec=None), max_size=40)
troublesome = st.text(
    st.sampled_from("乾坤後裏軸承鋼髮發复覆著了一、。;㈱⼀ﾊﾟAİ５μｍ≤ \n\r\t\u3000\u200b\ufeff\x00"),
    max_size=30,
)
texts = st.one_of(anything, troublesome)


@given(texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(texts)
def test_normal_text_can_be_written_anywhere(text: str) -> None:
    normal = normalise(text)
    assert normal.encode("utf-8").decode("utf-8") == normal
    assert normal == normal.strip()
    assert "\r" not in normal


@given(texts)
def test_tokens_are_words_that_say_something(text: str) -> None:
    tokenizer = default_tokenizer()
    for token in tokenizer.tokens(text):
        assert len(token) > 1
        assert token not in tokenizer.stop_words
        assert not any(character.isspace() for character in token)


@given(texts)
def test_words_are_the_beginning_of_tokens(text: str) -> None:
    words = default_tokenizer().words(text)
    assert default_tokenizer().tokens(text)[: len(words)] == words


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("ＩＴＯ靶材　５μｍ", "ito靶材 5μm"),
        ("軸承鋼的夾雜物", "轴承钢的夹杂物"),
        ("光 刻\u200b胶", "光刻胶"),
        ("ArF\r\n光刻胶\r配方", "arf\n光刻胶\n配方"),
        ("m²·K⁻¹", "m2·k−1"),
        ("Ⅲ-Ⅴ族", "iii-v族"),
        ("", ""),
    ],
)
def test_one_spelling_for_one_thing(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("積體電路", "积体电路"),
        ("頭髮與發展", "头发与发展"),
        ("乾燥設備", "干燥设备"),
        ("轴承", "轴承"),
    ],
)
def test_traditional_characters_become_simplified(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\n\n", " \n \r\n"])
def test_all_line_breaks_are_one(ending: str) -> None:
    assert clean(f"一行{ending}二行") == "一行\n二行"


def test_spaces_between_latin_words_stay() -> None:
    assert clean("deep   learning 模 型") == "deep learning 模型"


def test_both_scripts_and_widths_give_the_same_tokens() -> None:
    tokenizer = default_tokenizer()
    assert tokenizer.tokens("軸承鋼ＧＣｒ１５") == tokenizer.tokens("轴承钢GCr15")


@pytest.mark.slow
def test_tokens_are_search_mode_words_then_bigrams() -> None:
    assert default_tokenizer().tokens("轴承钢") == ["轴承", "轴承钢", "轴承", "承钢"]
    assert Tokenizer(stop_words=["承钢"]).tokens("轴承钢") == ["轴承", "轴承钢", "轴承"]


def test_latin_names_and_grades_are_kept() -> None:
    assert {"arf", "gcr15"} <= set(default_tokenizer().words("ArF 光刻胶与GCr15钢"))


def test_technical_words_are_not_cut() -> None:
    assert "光刻胶" in default_tokenizer().words("高分辨率光刻胶的国产化")


@pytest.mark.parametrize("text", ["", " \n", "。，；", "12345", "的"])
def test_texts_that_say_nothing_have_no_words(text: str) -> None:
    assert default_tokenizer().words(text) == []


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    tokenizer = default_tokenizer()
    assert tokenizer.tokens("轴承" * 500_000) == tokenizer.tokens("轴承" * (MAX_CHARACTERS // 2))


@pytest.mark.slow
def test_identity_changes_with_everything_that_decides_tokens(tmp_path: Path) -> None:
    words = tmp_path / "词.txt"
    words.write_text("夹杂物控制\n", encoding="utf-8")
    plain, stopped, extended = Tokenizer(), Tokenizer(stop_words=["的"]), Tokenizer([words])
    assert len({t.identity for t in (plain, stopped, extended)}) == 3
    assert Tokenizer().identity == plain.identity
    assert "夹杂物控制" in extended.words("夹杂物控制")


def test_word_lists_have_comments_and_further_columns(tmp_path: Path) -> None:
    path = tmp_path / "词.txt"
    path.write_text("# 说明\n轴承 3 n\n光刻胶\t名词\n\n芯片  # 半导体\n", encoding="utf-8")
    assert read_word_list(path) == ["轴承", "光刻胶", "芯片"]


@pytest.mark.slow
def test_threads_that_come_together_get_the_same_tokens() -> None:
    tokenizer, found = Tokenizer(), []
    threads = [
        threading.Thread(target=lambda: found.append(tokenizer.tokens("轴承钢夹杂物")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Tokenizer().tokens("轴承钢夹杂物")] * 4


@pytest.mark.slow
def test_a_query_is_cut_into_words_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tokenizer = Tokenizer()
    cut, texts = tokenizer._segmenter.cut_for_search, []
    monkeypatch.setattr(tokenizer._segmenter, "cut_for_search", lambda t: texts.append(t) or cut(t))
    asked = Challenge(challenge_id="C", title="轴承钢", problem="夹杂物多", keywords=["洁净度"])
    (query,) = queries([asked], tokenizer, None)
    assert texts == ["轴承钢", "夹杂物多", "洁净度", "轴承钢", "洁净度"]
    assert query.tokens == tuple(tokenizer.tokens("轴承钢。夹杂物多。洁净度"))
    assert query.title_words == tuple(dict.fromkeys(tokenizer.words("轴承钢。洁净度")))
