"""Many texts to tokens: nothing tokenised twice, nothing stale, the same whatever is known."""

from __future__ import annotations

import ast
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher import Evidence, Team
from matcher.encoding import Encoder
from matcher.index.indexing import entries
from matcher.processes import alone, shared
from matcher.text import token_cache, tokenising
from matcher.text.token_cache import DECISIVE, TokenCache, token_key
from matcher.text.tokenise import Tokenizer, default_tokenizer
from matcher.text.tokenising import tokenised


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenCache:
    """A cache of the test's own."""
    made = TokenCache(tmp_path / "cache" / "tokens.sqlite")
    monkeypatch.setattr(tokenising, "default_token_cache", lambda: TokenCache(made.path))
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were tokenised, as they are."""
    found: list[str] = []
    tokens = Tokenizer.tokens

    def counting(tokenizer: Tokenizer, text: str) -> list[str]:
        found.append(text)
        return tokens(tokenizer, text)

    monkeypatch.setattr(Tokenizer, "tokens", counting)
    return found


class Letters(Tokenizer):
    """A tokeniser from outside."""

    def tokens(self, text: str) -> list[str]:
        return list(super().tokens(text))


def texts_of(count: int) -> list[str]:
    return [f"轴承钢夹杂物{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{n}" for n in range(count)]


def blocks_of(texts: list[str], size: int = 7) -> list[list[str]]:
    return [texts[low : low + size] for low in range(0, len(texts), size)]


def plainly(texts: list[str], tokenizer: Tokenizer) -> list[tuple[str, ...]]:
    return [tuple(tokenizer.tokens(text)) for text in texts]


def all_of(texts: list[str], tokenizer: Tokenizer, size: int = 7) -> list[tuple[str, ...]]:
    blocks = blocks_of(texts, size)
    made = list(tokenised(tokenizer, blocks))
    assert [len(tokens) for tokens in made] == [len(block) for block in blocks]
    return [tokens for block in made for tokens in block]


HARD = ["", "的", "\ud800轴承", "轴承\n钢 a\x1fb c", "軸承鋼", "GCr15 5μm", "轴承钢" * 9000]


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Tokenizer, Letters])
def test_tokens_are_the_tokeniser_s_own(kind: type[Tokenizer]) -> None:
    tokenizer = kind(stop_words=["夹杂"])
    texts = [*texts_of(40), *HARD, *texts_of(20), *HARD]
    wanted = plainly(texts, tokenizer)
    assert all_of(texts, tokenizer) == wanted
    assert all_of(texts, tokenizer) == wanted
    assert list(tokenised(tokenizer, [])) == []
    assert list(tokenised(tokenizer, [[], ["轴承"]])) == [[], [("轴承", "轴承")]]


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is worth other processes."""
    monkeypatch.setattr(tokenising, "WORTH_SHARING", 0)
    monkeypatch.setattr(tokenising, "processors", lambda: 2)


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("processes were started")

    monkeypatch.setattr(tokenising, "shared", refused)


@pytest.mark.slow
def test_entries_made_by_several_processes_are_those_of_one(
    teams: Sequence[Team],
    encoder: Encoder,
    cache: TokenCache,
    asked: list[str],
    request: pytest.FixtureRequest,
) -> None:
    tokenizer = Tokenizer(stop_words=["研究"])
    # A team twice: what one block is still waiting for, another one asks for.
    twice = [*teams, *(team.model_copy(update={"team_id": f"{team.team_id}b"}) for team in teams)]
    alone = list(entries(twice, tokenizer, encoder))
    cache.path.unlink()
    asked.clear()
    request.getfixturevalue("processes")
    together = list(entries(twice, tokenizer, encoder))
    assert asked == []
    for one, other in zip(alone, together, strict=True):
        assert replace(one, vectors=None) == replace(other, vectors=None)
        np.testing.assert_array_equal(one.vectors, other.vectors)
    assert len(cache) == len({p.text for entry in alone for p in entry.passages})


def test_few_texts_start_no_processes(no_processes: None) -> None:
    assert len(all_of(texts_of(100), default_tokenizer())) == 100


def test_a_library_whose_tokens_are_known_starts_no_processes(
    no_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = all_of(texts_of(30), default_tokenizer())
    monkeypatch.setattr(tokenising, "WORTH_SHARING", 1)
    assert all_of(texts_of(30), default_tokenizer()) == wanted


@pytest.mark.slow
def test_subclasses_and_threads_start_no_processes(processes: None, no_processes: None) -> None:
    all_of(texts_of(30), Letters())
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(all_of(texts_of(9), Tokenizer())))
    thread.start()
    thread.join()
    assert len(found) == 1


@pytest.mark.slow
def test_a_process_of_others_starts_none() -> None:
    assert alone()
    (made,) = shared(_alone_there, [0])
    assert made == (0, False)


def _alone_there(_: int) -> bool:
    return alone()


def test_a_second_run_tokenises_nothing(asked: list[str], cache: TokenCache) -> None:
    texts = texts_of(40)
    first = all_of(texts, default_tokenizer())
    assert asked == texts
    asked.clear()
    assert all_of(texts[::-1], default_tokenizer()) == first[::-1]
    assert asked == []
    assert len(cache) == 40


def test_a_named_cache_is_used_even_while_it_is_empty(tmp_path: Path, cache: TokenCache) -> None:
    named = TokenCache(tmp_path / "named.sqlite")
    list(tokenised(default_tokenizer(), [["轴承钢"]], cache=named))
    assert len(named) == 1
    assert not cache.path.exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Tokenizer, Letters])
def test_a_text_of_many_owners_is_tokenised_once(kind: type[Tokenizer], asked: list[str]) -> None:
    all_of([*texts_of(10), *texts_of(30), *texts_of(10)], kind())
    assert asked == texts_of(30)


@pytest.mark.slow
def test_what_is_remembered_is_bounded(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokenising, "_REMEMBERED", 20)
    texts = [*texts_of(100), *texts_of(100)]
    assert all_of(texts, Letters()) == plainly(texts, Tokenizer())
    assert len(asked) == 200 + len(texts)


@pytest.mark.slow
def test_subclasses_are_not_kept(cache: TokenCache) -> None:
    all_of(texts_of(3), Letters())
    assert not cache.path.exists()


@pytest.mark.slow
def test_other_tokenisers_and_other_rules_are_apart(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "轴承钢夹杂物"
    ((plain,),) = tokenised(Tokenizer(), [[text]])
    ((stopped,),) = tokenised(Tokenizer(stop_words=["夹杂"]), [[text]])
    assert "夹杂" in plain
    assert "夹杂" not in stopped
    monkeypatch.setattr(token_cache, "token_rules", lambda: "of another version")
    list(tokenised(Tokenizer(), [[text]]))
    assert len(asked) == 3


def test_the_rules_are_of_all_code_that_decides() -> None:
    """A module the tokeniser calls and the rules leave out would give stale tokens."""
    decisive = {module.__name__ for module in DECISIVE}
    for module in DECISIVE:
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        used = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        ours = {name for name in used if name.startswith("matcher")}
        assert ours - decisive <= {"matcher.atomic", "matcher.errors", "matcher.resources"}


def test_rules_change_with_the_code_and_the_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = token_cache.token_rules.__wrapped__
    before = rules()
    assert rules() == before == token_cache.token_rules()
    with monkeypatch.context() as patch:
        patch.setattr(token_cache, "version", lambda library: f"{library} 9")
        assert rules() != before
    changed = tmp_path / "tokenise.py"
    changed.write_text("# changed", encoding="utf-8")
    monkeypatch.setattr(token_cache.tokenise, "__file__", str(changed))
    assert rules() != before


def test_an_interrupted_run_goes_on_where_it_stopped(asked: list[str]) -> None:
    def interrupted() -> Iterator[list[str]]:
        yield from blocks_of(texts_of(21))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(tokenised(default_tokenizer(), interrupted()))
    asked.clear()
    all_of(texts_of(30), default_tokenizer())
    assert asked == texts_of(30)[21:]


def test_a_damaged_file_is_rebuilt_with_a_message(
    cache: TokenCache, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = all_of(texts_of(40), default_tokenizer())
    cache.path.write_bytes(b"x" * cache.path.stat().st_size)
    assert all_of(texts_of(40), default_tokenizer()) == wanted
    assert "分词缓存已损坏" in caplog.text
    assert len(cache) == 40


@pytest.mark.parametrize("damage", ["flipped", "emptied", "not tokens"])
def test_a_damaged_row_is_tokenised_anew(cache: TokenCache, asked: list[str], damage: str) -> None:
    wanted = all_of(texts_of(10), default_tokenizer())
    key = token_key(default_tokenizer(), texts_of(10)[3])
    with sqlite3.connect(cache.path) as connection:
        (blob,) = connection.execute("SELECT token FROM tokens WHERE key=?", (key,)).fetchone()
        flipped = bytes([blob[0] ^ 1]) + blob[1:]
        bad = {"flipped": flipped, "emptied": b"", "not tokens": bytes(4)}[damage]
        connection.execute("UPDATE tokens SET token=? WHERE key=?", (bad, key))
    connection.close()
    asked.clear()
    assert all_of(texts_of(10), default_tokenizer()) == wanted
    assert asked == [texts_of(10)[3]]


def test_without_a_cache_the_tokens_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    nowhere = TokenCache(tmp_path / "file" / "tokens.sqlite")
    monkeypatch.setattr(tokenising, "default_token_cache", lambda: nowhere)
    assert all_of(texts_of(20), default_tokenizer()) == plainly(texts_of(20), default_tokenizer())
    assert caplog.text.count("分词缓存不可用") == 1


def test_nothing_of_contacts_and_people_is_kept(cache: TokenCache) -> None:
    team = Team(
        team_id="1", team_name="王国栋团队", org_name="东北大学", leader_name="王国栋",
        contact_name="欧阳联系", contact_phone="13912345678", contact_email="ouyang@example.cn",
        profile="轧制技术", evidence=[Evidence(title="超快冷")],
    )  # fmt: skip
    list(entries([team], default_tokenizer(), None))
    with sqlite3.connect(cache.path) as connection:
        rows = connection.execute("SELECT key FROM tokens").fetchall()
    connection.close()
    kept = {token for (key,) in rows for token in cache.get([key])[key]}
    assert {"轧制", "超快", "快冷"} <= kept
    for secret in ("欧阳", "联系", "国栋", "王国栋", "东北", "ouyang"):
        assert not any(secret in token for token in kept)
