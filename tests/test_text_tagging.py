"""The tagger of names: exact arithmetic, texts read beside others, and what it takes for names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from matcher import tagging
from matcher.errors import ModelError
from matcher.resources import data_path
from matcher.tag_network import TagNetwork
from matcher.tagging import ORGANISATION, PERSON, WEIGHTS, tagged
from matcher.text.persons import persons_in

from .test_private_fresh import FIFTH, NEEDS, SEVENTH, SIXTH


def words_of(text: str, tag: str) -> list[str]:
    return [one.word for one in tagged(text) if one.tag == tag]


def test_every_sum_of_products_is_exact_in_float32() -> None:
    """A row of weights times states of at most 1 in steps of 1/1024 stays below 2**24 steps."""
    kept = load_file(data_path(WEIGHTS))
    for name in ("inputs.1", "states.0", "states.1", "out"):
        rows = np.abs(kept[name].astype(int)).sum(axis=-1)
        assert rows.max() * 2**10 <= 2**24, name
    characters = np.abs(kept["rows"].astype(int)).max()
    assert np.abs(kept["inputs.0"].astype(int)).sum(axis=-1).max() * characters <= 2**24


def test_a_text_is_read_the_same_whatever_is_read_beside_it() -> None:
    network = TagNetwork.from_file(data_path(WEIGHTS))
    pieces = ["我是示例泵业有限公司的韦建邦", "泵", "联系古丽娜尔，轴承两个月就漏油，想找高校"]
    together = network.tags([*pieces, "", "很长的一句话" * 20])
    assert together[: len(pieces)] == [network.tags([piece])[0] for piece in pieces]
    assert together[len(pieces)] == []


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tagger.safetensors"
    path.write_bytes(b"{}")
    with pytest.raises(ModelError, match="重新安装"):
        TagNetwork.from_file(path)


@pytest.mark.parametrize(
    ("text", "persons", "houses"),
    [
        ("陈工说让甘志霖打给你，绍兴示例印染有限公司", ["甘志霖"], []),
        ("我们赣州镒薄新材料有限公司缺一台涂布机", [], ["赣州镒薄新材料有限公司"]),
        ("找石门岭绿源苗木合作社的庹昌福", ["庹昌福"], ["石门岭绿源苗木合作社"]),
    ],
)
def test_names_are_found_without_a_label(text: str, persons: list[str], houses: list[str]) -> None:
    assert set(persons) <= set(words_of(text, PERSON))
    assert set(houses) <= set(words_of(text, ORGANISATION))


def test_most_names_of_writers_are_found_by_the_tagger_alone() -> None:
    """It was learnt from news; none of these needs had been seen."""
    told = found = 0
    for need in (*NEEDS, *FIFTH, *SIXTH, *SEVENTH):
        names = words_of(need["text"], PERSON)
        for private in need["private"]:
            if 1 < len(private) <= 4 and all("\u4e00" <= char <= "\u9fff" for char in private):
                told += 1
                found += any(private in name or name in private for name in names)
    assert told > 90
    assert found / told >= 0.85


def shipped_texts() -> Iterator[str]:
    for name in (
        "demo/challenges",
        "demo/chokepoints35",
        "benchmark/challenges",
        "silver/problems",
    ):
        for line in data_path(f"corpora/{name}.jsonl").read_text("utf-8").splitlines()[:400]:
            record = json.loads(line)
            yield "\n".join(record[key] for key in ("title", "problem") if key in record)


def test_no_technical_word_of_the_shipped_texts_is_taken_for_a_person() -> None:
    texts = list(shipped_texts())
    read = ["\n".join(texts[at : at + 20]) for at in range(0, len(texts), 20)]
    assert {name for text in read for name in persons_in(text)} <= {"毛羽"}


class Forgetful(dict[str, list[str]]):
    """What was read, cleared by another thread as soon as it was looked at."""

    def __contains__(self, piece: object) -> bool:
        held = super().__contains__(piece)
        self.clear()
        return held


def test_what_was_read_may_be_forgotten_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tagged("韦建邦")
    monkeypatch.setattr(tagging, "_read", Forgetful(tagging._read))
    assert tagged("韦建邦") == expected
