"""A student begins as layers of the encoder, and learns from no text that a benchmark asks."""

from __future__ import annotations

import json
import random
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def student(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("student")


def test_a_student_begins_as_layers_spread_over_the_encoder(student: Any) -> None:
    weights = {f"encoder.layer.{n}.weight": np.array([n]) for n in range(12)}
    weights["embeddings.word_embeddings.weight"] = np.array([-1])
    for layers, wanted in ((6, [0, 2, 4, 7, 9, 11]), (4, [0, 4, 7, 11]), (3, [0, 6, 11])):
        found = student.spaced_layers(weights, 12, layers)
        assert [int(found[f"encoder.layer.{n}.weight"][0]) for n in range(layers)] == wanted
        assert len(found) == layers + 1


def test_pieces_are_runs_of_whole_sentences_of_one_text(student: Any) -> None:
    sentences = [f"第{n}句说到了热轧带钢板形的控制。" for n in range(30)]
    text = "".join(sentences)
    found = student.pieces(text, random.Random(0), 20)
    assert len(found) == 20
    assert all(piece in text and len(piece) <= 300 for piece in found)
    assert all(piece[:1] == "第" for piece in found)
    assert len({len(piece) for piece in found}) > 2


def test_no_paper_is_learned_from_that_is_asked_or_that_finds_a_team(
    student: Any, tmp_path: Path
) -> None:
    papers = [
        {"paper_id": f"P{n}", "title": f"题目{n}", "abstract": f"摘要{n}。"} for n in range(5)
    ]
    team = {"team_id": "T", "evidence": [{"title": "题目1"}]}
    pair = {"problem": "难题。", "lab": ["方向"], "near": ["邻近"]}
    silver = [{"topic": f"主题{n}", "title": f"需求{n}", **pair} for n in range(2)]
    english = [{"paper_id": "P1", "title_en": "One", "abstract_en": None}]
    files = {"papers": papers, "teams": [team], "english": english, "silver": silver}
    for name, rows in {**files, "challenges": [{"title": "题目0"}]}.items():
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    awards = tmp_path / "awards.csv"
    awards.write_text("项目名称\n" + "\n".join(f"项目{n}" for n in range(5000)), encoding="utf-8")
    said = "\n".join(
        student.texts_to_learn(tmp_path / "silver.jsonl", tmp_path, awards, {"P2", "主题1"})
    )
    assert all(text not in said for text in ("题目0", "题目1", "题目2", "摘要1", "One", "需求1"))
    assert all(text in said for text in ("题目3", "摘要4", "需求0", "项目17"))
